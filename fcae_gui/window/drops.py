"""What may be dropped on the window, as a table of kinds: what each takes and does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that can be dropped.

    takes: looks at names only, because it is asked while something hovers over the window
    open:  does it; reports what is wrong in its own way and does not raise
    """

    name: str
    takes: Callable[[list[Path]], bool]
    open: Callable[[list[Path]], None]


class Drops:
    """The kinds in the order they are asked; `last` is asked when no other takes what is there."""

    def __init__(self) -> None:
        self._kinds: list[Kind] = []
        self.last: Kind | None = None

    def add(
        self, name: str, takes: Callable[[list[Path]], bool], open_them: Callable[[list[Path]], None]
    ) -> None:
        """A kind that looks at all the paths that were dropped together."""
        self._kinds.append(Kind(name, takes, open_them))

    def add_suffix(self, name: str, suffixes: tuple[str, ...], open_one: Callable[[Path], None]) -> None:
        """A kind of single file, known by the end of its name (lower case, with the dot)."""

        def takes(dropped: list[Path]) -> bool:
            return len(dropped) == 1 and dropped[0].name.lower().endswith(suffixes)

        self.add(name, takes, lambda dropped: open_one(dropped[0]))

    def kind(self, data: QMimeData) -> Kind | None:
        """Who would take this; None when nobody does."""
        dropped = local_paths(data)
        if not dropped:
            return None
        return next((kind for kind in self._kinds if kind.takes(dropped)), None) or (
            self.last if self.last is not None and self.last.takes(dropped) else None
        )

    def take(self, data: QMimeData) -> bool:
        """Open what was dropped; False when nobody takes it."""
        kind = self.kind(data)
        if kind is not None:
            kind.open(local_paths(data))
        return kind is not None


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of a drop; empty when one of them is not on this machine."""
    urls = data.urls()
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
