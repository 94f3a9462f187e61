"""Plain words for terms and controls, read from one checked file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from fcae_gui.files import BadFile, shown
from fcae_gui.session.strict_toml import table_of

FORMAT = 1
MAX_BYTES = 256 * 1024
MAX_ENTRIES = 400
MAX_NAME = 60
MAX_TEXT = 260
MAX_FORMULA = 140
MAX_CONTROLS = 40
FEWEST_WORDS = 4  # fewer say what a control is called, not what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term or control in plain words. `controls`: "dock/name" or "name", with * for any letters."""

    name: str
    text: str
    formula: str = ""
    controls: tuple[str, ...] = ()
    on_page: bool = True


class Glossary:
    """Finds the entry of a control; a name without a * goes before a pattern."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._exact: dict[str, Entry] = {}
        self._patterns: list[tuple[str, Entry]] = []
        for entry in self.entries:
            for control in entry.controls:
                if "*" in control:
                    self._patterns.append((control, entry))
                else:
                    self._exact[control] = entry

        self._terms = [
            (re.compile(rf"\b{re.escape(term(entry.name))}", re.IGNORECASE), entry)
            for entry in sorted(self.entries, key=lambda one: -len(term(one.name)))
            if entry.on_page
        ]

    def in_text(self, text: str, most: int = 3) -> list[Entry]:
        """Entries of the page whose terms stand in a text, in its order; none inside a longer one."""
        taken: list[tuple[int, int, Entry]] = []
        for pattern, entry in self._terms:
            for match in pattern.finditer(text):
                start, end = match.span()
                if all(end <= low or start >= high for low, high, _ in taken):
                    taken.append((start, end, entry))
                    break
        return [entry for _, _, entry in sorted(taken, key=lambda one: one[0])[:most]]

    def find(self, place: str, name: str) -> Entry | None:
        """The entry of the control called `name` in the dock or bar `place`."""
        full = f"{place}/{name}"
        exact = self._exact.get(full) or self._exact.get(name)
        if exact is not None or not name:
            return exact
        return next((entry for pattern, entry in self._patterns if fnmatchcase(full, pattern)), None)


def term(name: str) -> str:
    """The term itself, without what stands in brackets behind it: "PCA (principal ...)" -> "PCA"."""
    return name.partition(" (")[0]


def is_sentence(tip: str) -> bool:
    """Whether a tip says more than a name."""
    return len(tip.split()) >= FEWEST_WORDS


def tip_of(own: str, entry: Entry) -> str:
    """What hovering says: the control's own sentence where it has one, else the entry's, and the formula."""
    text = own if is_sentence(own) else entry.text
    return f"{text}\n{entry.formula}" if entry.formula and entry.formula not in text else text


def parse_glossary(content: bytes, name: str) -> Glossary:
    """The glossary in a file. Raises BadFile naming the entry and the field."""
    name = shown(name)
    table = table_of(content, name, "a glossary", MAX_BYTES)

    def fail(where: str, why: str) -> NoReturn:
        raise BadFile(f"{name}: {where}: {why}.")

    def text(entry: dict[str, Any], key: str, most: int, where: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
            fail(f"{where}: {key}", f"must be one line of text of at most {most} characters")
        return value.strip()

    if set(table) - {"format", "entry"} or table.get("format") != FORMAT:
        fail("format", f"must be {FORMAT}, beside entries only")
    raw = table.get("entry", [])
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_ENTRIES:
        fail("entry", f"must be a list of 1 to {MAX_ENTRIES}")
    entries: list[Entry] = []
    names: set[str] = set()
    claimed: set[str] = set()
    for number, one in enumerate(raw, 1):
        where = f"entry {number}"
        if not isinstance(one, dict) or set(one) - {"name", "text", "formula", "controls", "page"}:
            fail(where, "must have name and text, and may have formula, controls and page")
        title = text(one, "name", MAX_NAME, where)
        where = f"entry {number} ({title})"
        controls = one.get("controls", [])
        if not isinstance(controls, list) or len(controls) > MAX_CONTROLS:
            fail(f"{where}: controls", "must be a list of names")
        for control in controls:
            if not isinstance(control, str) or not control or control in claimed:
                fail(f"{where}: controls", "must be names that no other entry explains")
            claimed.add(control)
        page = one.get("page", True)
        if not isinstance(page, bool):
            fail(f"{where}: page", "must be true or false")
        if title in names:
            fail(where, "is there twice")
        names.add(title)
        entries.append(
            Entry(
                name=title,
                text=text(one, "text", MAX_TEXT, where),
                formula=text(one, "formula", MAX_FORMULA, where) if "formula" in one else "",
                controls=tuple(controls),
                on_page=page,
            )
        )
    return Glossary(entries)
