"""Whether widgets are painted for a picture file now: then lines stay lines, and pixels are fine ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_ratio = 0.0  # device pixels per logical one of the picture that is being made, 0 for none


@contextmanager
def drawing_at(ratio: float) -> Iterator[None]:
    """For as long as widgets are rendered into a file."""
    global _ratio
    before, _ratio = _ratio, ratio
    try:
        yield
    finally:
        _ratio = before


def drawing() -> bool:
    """Whether what is painted goes into a file: nothing kept for the screen is of use then."""
    return _ratio > 0.0


def ratio(of_screen: float) -> float:
    """Device pixels per logical pixel for pictures that a widget makes of itself."""
    return _ratio or of_screen
