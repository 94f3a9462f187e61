"""Tables as text: rows of numbers with an optional label column, or pixels per row as Kaggle has MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.data.own.arrays import as_pictures, spread
from fcae_gui.data.own.assemble import Raw, class_values
from fcae_gui.data.own.profile import SPACES, Profile, is_missing, number, profile, split_rows
from fcae_gui.data.own.text import batches, count_lines
from fcae_gui.data.own.values import NO_LABEL, ROWS_SHOWN, Choices, Found, Say
from fcae_gui.files import shown

Array = np.ndarray
LISTED = 100  # of the lines that were skipped
_SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", SPACES: "spaces"}


def inspect(path: Path, say: Say) -> Found:
    """What the first megabyte of a table shows, and how many lines there are. Raises BadData."""
    found = profile(path)
    name = shown(path)
    shown_rows = [list(row) for row in found.rows]
    if found.whole:
        reader = _Reader(found, found.label, name)
        for lines, _place in batches(path, found.encoding):
            reader.take(lines)
        count, skipped, n_skipped = reader.count, reader.skipped, reader.n_skipped
        missing, classes = reader.missing, _class_counts(reader.label_values())
    else:
        lines_there = count_lines(path)
        count = len(found.rows) if lines_there is None else lines_there - found.first_line - found.header
        skipped, n_skipped = [], 0
        missing = sum(column.missing for column in found.columns if not column.why_not)
        place = found.index(found.label)
        cells = [row[place] for row in shown_rows] if place >= 0 else []
        numeric = place >= 0 and found.columns[place].numeric
        values = np.array([number(cell, found.comma) for cell in cells]) if numeric else np.array(cells)
        classes = _class_counts(values if cells else None)
    learned = found.learned(found.label)
    if len(learned) < 2:
        raise BadData(f"{name} has {len(learned)} column of numbers to learn from; at least two are needed.")
    limits.check_amount(name, max(count, 1), len(learned), 1 if found.sure_pixels else 4)
    picture = found.pixels if found.sure_pixels else None
    pictures = np.zeros((0, 1, 1), np.uint8)
    sample_names: tuple[str, ...] = ()
    if found.pixels is not None:
        picked = [shown_rows[row] for row in spread(len(shown_rows))]
        values = np.array([[number(row[i], found.comma) for i in learned] for row in picked], np.float32)
        pictures = as_pictures(values, found.pixels)
        place = found.index(found.label)
        sample_names = tuple(row[place].strip()[:12] if place >= 0 else "" for row in picked)
    notes = [f"Columns are separated by {_SEPARATOR_NAMES[found.separator]}."] if not picture else []
    if found.comma:
        notes.append("Decimal commas are understood.")
    if found.encoding == "cp1252":
        notes.append("It is not UTF-8, so it is read as Windows-1252: look at the letters.")
    if not found.header:
        notes.append("There is no header line, so the columns are numbered.")
    if not found.whole:
        notes.append("Looked at the first rows only; the rest is checked while it loads.")
    choices = Choices(
        label=found.label, scale="pixels" if picture else "unit", height=picture[0] if picture else 0,
        width=picture[1] if picture else 0,
    )  # fmt: skip
    return Found(
        path=str(path), kind="csv", title=name, count=count, counted=found.whole, n_features=len(learned),
        image_shape=picture, shapes=((0, 0), found.pixels) if found.pixels else ((0, 0),),
        columns=tuple(column.name for column in found.columns),
        left_out=tuple((column.name, column.why_not) for column in found.columns if column.why_not),
        labels=(*found.labels(), NO_LABEL), classes=classes, missing=missing, n_skipped=n_skipped,
        skipped=tuple(skipped), notes=tuple(notes), choices=choices, samples=pictures,
        rows=tuple(tuple(cell[:24] for cell in row[:40]) for row in shown_rows[:ROWS_SHOWN]),
        sample_names=sample_names,
    )  # fmt: skip


def read(path: Path, choices: Choices, say: Say) -> Raw:
    """All rows. Raises BadData."""
    found = profile(path)
    name = shown(path)
    if choices.label and found.index(choices.label) < 0:
        raise BadData(f"{name} has no column {choices.label!r} any more.")
    reader = _Reader(found, choices.label, name)
    for lines, place in batches(path, found.encoding):
        reader.take(lines)
        say(done=place, total=path.stat().st_size)
    features = reader.features()
    learned = found.learned(choices.label)
    if choices.image_shape and choices.height * choices.width != len(learned):
        raise BadData(
            f"{name} has {len(learned):,} values per row, which make no picture of "
            f"{choices.width} x {choices.height}."
        )
    raw = Raw(
        features=features,
        labels=reader.label_values(),
        feature_names=tuple(found.columns[i].name for i in learned),
        skipped=reader.skipped,
        n_skipped=reader.n_skipped,
    )
    if reader.missing:
        raw.notes.append(
            f"{reader.missing:,} missing values were filled with the middle value of their column"
        )
    return raw


def _class_counts(values: Array | None) -> tuple[tuple[str, int], ...]:
    known = class_values(values) if values is not None and len(values) else None
    if known is None:
        return ()
    counts = np.bincount(known[0], minlength=len(known[1]))
    return tuple((title, int(n)) for title, n in zip(known[1], counts, strict=True))


def _small_numbers(lines: list[str], mark: str, width: int) -> Array | None:
    """(k, width) uint16 of lines of whole numbers from 0 to 999, as pixels are written; None for others.

    Seven times as fast as np.loadtxt: the value at every digit is that digit and those before it.
    """
    raw = np.frombuffer((mark.join(lines) + mark).encode("ascii", "replace"), np.uint8)
    digits = raw - np.uint8(ord("0"))  # what comes before "0" wraps to large values
    is_digit = digits < 10
    ends = np.flatnonzero(~is_digit)
    if len(ends) != len(lines) * width or (raw[ends] != ord(mark)).any():
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    if lengths.min() < 1 or lengths.max() > 3:
        return None
    digits *= is_digit
    values = digits.astype(np.uint16)
    values[1:] += digits[:-1] * np.uint16(10)
    values[2:] += (digits[:-2] * is_digit[1:-1]) * np.uint16(100)
    return values[ends - 1].reshape(len(lines), width)


class _Reader:
    """Takes lines, keeps numbers: bytes as long as everything is a whole number from 0 to 255."""

    def __init__(self, found: Profile, label: str, name: str) -> None:
        self._found, self._name = found, name
        self._columns = found.learned(label)
        self._place = found.index(label) if label else -1
        self._label_is_number = self._place >= 0 and found.columns[self._place].numeric
        self._parts: list[Array] = []
        self._labels: list[Array] = []
        self._bytes = True
        self._line = 0
        self._to_skip = found.first_line + found.header
        self._fast = not found.quoted and not found.comma and found.separator != SPACES
        self._fast = self._fast and all(column.numeric for column in found.columns)
        self.count = 0
        self.missing = 0
        self.skipped: list[tuple[str, str]] = []
        self.n_skipped = 0

    def take(self, lines: list[str]) -> None:
        """The next lines of the file."""
        start = self._line
        self._line += len(lines)
        if self._to_skip:
            cut = min(self._to_skip, len(lines))
            lines, start = lines[cut:], start + cut
            self._to_skip -= cut
        if not lines:
            return
        values = self._take_fast(lines, start) if self._fast else None
        numbers, labels = values if values is not None else self._take_cells(lines, start)
        if not len(numbers):
            return
        self.count += len(numbers)
        limits.check_amount(self._name, self.count, numbers.shape[1], 1 if self._bytes else 4)
        if self._bytes:
            with np.errstate(invalid="ignore"):
                small = numbers.astype(np.uint8)
            if (small == numbers).all():
                numbers = small
            else:
                self._bytes = False
                limits.check_amount(self._name, self.count, numbers.shape[1], 4)
                self._parts = [part.astype(np.float32) for part in self._parts]
        self._parts.append(numbers if self._bytes else numbers.astype(np.float32))
        if labels is not None:
            self._labels.append(labels)

    def features(self) -> Array:
        """(n, d) uint8 or float32."""
        if not self._parts:
            raise BadData(f"{self._name} has no rows that can be used.")
        return np.concatenate(self._parts)

    def label_values(self) -> Array | None:
        """(n,) numbers or texts, None without a label column."""
        return np.concatenate(self._labels) if self._labels else None

    def _take_fast(self, lines: list[str], start: int) -> tuple[Array, Array | None] | None:
        """The numbers of plain lines by NumPy's own parser; None where it stumbles."""
        separators = len(self._found.columns) - 1
        mark = self._found.separator
        good, before = [], self.n_skipped
        for i, line in enumerate(lines):
            if line.count(mark) == separators:
                good.append(line)
            elif line.strip():
                self._skip(start + i, f"{line.count(mark) + 1} of {separators + 1} values")
        if not good:
            return np.empty((0, len(self._columns))), None
        try:
            table = _small_numbers(good, mark, separators + 1)
            if table is None:
                table = np.loadtxt(good, np.float32, delimiter=mark, comments=None, ndmin=2)
        except ValueError:
            self.n_skipped = before  # they are counted again, cell by cell
            del self.skipped[before:]
            return None
        if table.dtype == np.float32 and not np.isfinite(table).all():
            table[~np.isfinite(table)] = np.nan
            self.missing += int(np.isnan(table[:, self._columns]).sum())
        return table[:, self._columns], table[:, self._place].copy() if self._place >= 0 else None

    def _take_cells(self, lines: list[str], start: int) -> tuple[Array, Array | None]:
        """Cell by cell: quotes, missing values, text columns, decimal commas."""
        width = len(self._found.columns)
        comma = self._found.comma
        kept: list[list[float]] = []
        labels: list[str] = []
        for i, row in enumerate(split_rows(lines, self._found.separator, self._name)):
            if len(row) != width:
                if any(cell.strip() for cell in row):
                    self._skip(start + i, f"{len(row)} of {width} values")
                continue
            values = [number(row[c], comma) for c in self._columns]
            lost = sum(value != value for value in values)  # noqa: PLR0124 - NaN is the value that is not itself
            if lost == len(values):
                self._skip(start + i, "no numbers")
                continue
            self.missing += lost
            kept.append(values)
            if self._place >= 0:
                labels.append(row[self._place].strip()[:40])
        numbers = np.array(kept, np.float64).reshape(len(kept), len(self._columns))
        if self._place < 0:
            return numbers, None
        if self._label_is_number:
            return numbers, np.array([number(cell, comma) for cell in labels])
        return numbers, np.array(["" if is_missing(cell) else cell for cell in labels], dtype="<U40")

    def _skip(self, line: int, why: str) -> None:
        self.n_skipped += 1
        if len(self.skipped) < LISTED:
            self.skipped.append((f"line {line + 1:,}", why))
