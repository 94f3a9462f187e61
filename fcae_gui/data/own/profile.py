"""What the columns of a table are: separator, header, numbers or text, labels, pixels."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import square_of
from fcae_gui.data.own.text import head
from fcae_gui.files import shown

Array = np.ndarray
SEPARATORS = (",", ";", "\t", "|")
SPACES = " "
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-", ".", "missing", "#n/a", "inf", "-inf"))
LABEL_NAMES = (
    "label", "labels", "class", "classes", "target", "species", "category", "digit", "letter", "y", "group",
    "variety", "type", "kind", "diagnosis", "outcome",
)  # fmt: skip
ID_NAMES = frozenset(("", "id", "index", "idx", "no", "nr", "row", "unnamed: 0", "rownames", "rowid", "#"))
NUMBER_SHARE = 0.9  # of the known cells of a column of numbers
MISSING_SHARE = 0.6  # of a column that is left out
ROWS_LOOKED_AT = 4_000
CHOICES_OFFERED = 100
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+\s*$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table as its first rows show it."""

    name: str
    numeric: bool
    why_not: str  # why it is not learned, "" when it is
    distinct: int
    missing: int
    whole: bool  # all its numbers are whole, as those of classes are


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read a table. `rows` are the first rows as text; `whole` says whether these are all."""

    encoding: str
    separator: str
    comma: bool  # decimal comma
    first_line: int  # of data, counted from 0
    header: bool
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    whole: bool
    quoted: bool
    label: str  # the likely one
    pixels: tuple[int, int] | None  # (height, width) when the numbers look like a square picture
    sure_pixels: bool

    def index(self, name: str) -> int:
        """The place of a column, -1 when there is none of that name."""
        return next((i for i, column in enumerate(self.columns) if column.name == name), -1)

    def learned(self, label: str) -> list[int]:
        """The places of the columns that are learned when `label` is the label."""
        return [i for i, column in enumerate(self.columns) if not column.why_not and column.name != label]

    def labels(self) -> tuple[str, ...]:
        """The columns that can be labels, the likeliest first."""
        fits = [
            column.name for column in self.columns
            if 1 < column.distinct <= limits.MAX_CLASSES or (column.numeric and len(self.columns) <= 40)
        ]  # fmt: skip
        fits.sort(key=lambda name: name != self.label)
        return tuple(fits[:CHOICES_OFFERED])


def profile(path: Path) -> Profile:
    """Look at the first megabyte of a table. Raises BadData."""
    name = shown(path)
    lines, encoding, whole = head(path)
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    lines = lines[first:]
    separator = _separator(lines)
    rows = [
        row
        for row in split_rows(lines[:ROWS_LOOKED_AT], separator, name)
        if any(cell.strip() for cell in row)
    ]
    whole = whole and len(lines) <= ROWS_LOOKED_AT
    if not rows:
        raise BadData(f"{name} has no rows.")
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width > limits.MAX_COLUMNS:
        raise BadData(f"{name} has {width:,} columns; at most {limits.MAX_FEATURES:,} can be learned.")
    even = [row for row in rows if len(row) == width]
    if len(even) < max(1, 0.5 * len(rows)):
        raise BadData(f"{name} is not a table: its lines have different numbers of values.")
    comma = separator != "," and _has_decimal_comma(even)
    header = _has_header(even, comma)
    names = _names(even[0] if header else None, width)
    body = even[1:] if header else even
    if not body:
        raise BadData(f"{name} has a header but no rows.")
    columns = tuple(_column(names[i], [row[i] for row in body], comma) for i in range(width))
    if not any(column.numeric for column in columns):
        raise BadData(f"{name} has no column of numbers, so there is nothing to learn from it.")
    label = _likely_label(columns, header, body)
    learned = [i for i, column in enumerate(columns) if not column.why_not and column.name != label]
    pixels, sure = _pixels(columns, learned, body, comma)
    return Profile(
        encoding, separator, comma, first, header, columns, tuple(map(tuple, body[:200])), whole,
        any('"' in line for line in lines), label, pixels, sure,
    )  # fmt: skip


def split_rows(lines: list[str], separator: str, name: str) -> list[list[str]]:
    """Lines as cells, quotes understood. Raises BadData for what no table program writes."""
    if separator == SPACES:
        return [line.split() for line in lines]
    try:
        return _cells(lines, separator)
    except csv.Error:
        raise BadData(f"{name} is damaged: a quoted text in it does not end.") from None


def _cells(lines: list[str], separator: str) -> list[list[str]]:
    return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))


def number(cell: str, comma: bool) -> float:
    """The number in a cell, NaN when it is missing or no number; infinities count as missing."""
    text = cell.strip()
    if not text or "_" in text:
        return np.nan
    if comma:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if -3e38 < value < 3e38 else np.nan


def is_missing(cell: str) -> bool:
    """True for the many ways to say that there is no value."""
    return cell.strip().lower() in MISSING


def _separator(lines: list[str]) -> str:
    """The character that cuts most lines into the same number of cells, at least two."""
    sample = [line for line in lines[:50] if line.strip()]
    best, best_score = "", 0.0
    for candidate in SEPARATORS:
        try:
            counts = Counter(len(row) for row in _cells(sample, candidate))
        except csv.Error:
            continue
        width, lines_so = counts.most_common(1)[0] if counts else (1, 0)
        score = lines_so / max(1, len(sample)) * (1 + 0.01 * min(width, 50))
        if width > 1 and score > best_score:
            best, best_score = candidate, score
    if best:
        return best
    widths = {len(line.split()) for line in sample}
    return SPACES if len(widths) == 1 and widths != {1} else ","


def _has_decimal_comma(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows[:200] for cell in row]
    return sum(bool(_DECIMAL_COMMA.match(cell)) for cell in cells) > 0.05 * len(cells)


def _has_header(rows: list[list[str]], comma: bool) -> bool:
    """True when the first row has words over a column of numbers, or over nothing but other words."""
    if len(rows) < 2:
        return False
    first, body = rows[0], rows[1:201]
    words = [bool(cell.strip()) and not is_missing(cell) and np.isnan(number(cell, comma)) for cell in first]
    for i, is_word in enumerate(words):
        if is_word:
            known = [row[i] for row in body if not is_missing(row[i])]
            numbers = sum(not np.isnan(number(cell, comma)) for cell in known)
            if known and numbers >= NUMBER_SHARE * len(known):
                return True
    return False


def _names(row: list[str] | None, width: int) -> list[str]:
    """A name of its own for every column."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for i in range(width):
        name = "".join(c if c.isprintable() else " " for c in row[i]).strip()[:60] if row is not None else ""
        name = name or f"column {i + 1}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _column(name: str, cells: list[str], comma: bool) -> Column:
    known = [cell for cell in cells if not is_missing(cell)]
    values = np.array([number(cell, comma) for cell in known])
    numbers = values[~np.isnan(values)]
    numeric = bool(known) and len(numbers) >= NUMBER_SHARE * len(known)
    missing = len(cells) - (len(numbers) if numeric else len(known))
    distinct = len(np.unique(numbers)) if numeric else len({cell.strip() for cell in known})
    why = ""
    if not known:
        why = "empty"
    elif not numeric:
        why = "text"
    elif missing > MISSING_SHARE * len(cells):
        why = "mostly missing"
    elif (name.lower() in ID_NAMES or name == "column 1") and len(numbers) == len(cells) > 2:
        why = "a running number" if (np.diff(numbers) == 1).all() else ""
    return Column(name, numeric, why, distinct, missing, bool((numbers == np.rint(numbers)).all()))


def _likely_label(columns: tuple[Column, ...], header: bool, body: list[list[str]]) -> str:
    """The column that is probably the label, "" for none."""
    by_name = {column.name.lower(): column for column in columns}
    if header:
        for word in LABEL_NAMES:
            column = by_name.get(word)
            if column is None or not 1 < column.distinct <= limits.MAX_CLASSES:
                continue
            if not column.numeric or (column.whole and sum(not one.why_not for one in columns) > 2):
                return column.name
    few = max(2, min(limits.MAX_CLASSES, len(body) // 2))
    texts = [column.name for column in columns if column.why_not == "text" and 1 < column.distinct <= few]
    if texts:
        return texts[-1]
    if not header and square_of(len(columns) - 1):  # the usual layout of digits: a class, then pixels
        for column in (columns[0], columns[-1]):
            if column.numeric and 1 < column.distinct <= 62:
                return column.name
    return ""


def _pixels(
    columns: tuple[Column, ...], learned: list[int], body: list[list[str]], comma: bool
) -> tuple[tuple[int, int] | None, bool]:
    """((height, width), whether that is likely) when the learned columns may be a square picture."""
    square = square_of(len(learned))
    if square is None:
        return None, False
    rows = body[:100]
    values = np.array([[number(row[i], comma) for i in learned] for row in rows])
    known = values[~np.isnan(values)]
    grey = bool(len(known)) and known.min() >= 0.0 and known.max() <= 255.0
    named = sum("pix" in columns[i].name.lower() or "x" in columns[i].name.lower() for i in learned)
    whole = bool((known == np.rint(known)).all())
    return (square, bool(whole or named > 0.9 * len(learned))) if grey else (None, False)
