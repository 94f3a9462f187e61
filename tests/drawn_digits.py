"""The ten digits as a hand would draw them: strokes in a field of unit size, for tests of the canvas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

Place = tuple[float, float]


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float, n: int = 24) -> list[Place]:
    """Points of an ellipse; angles in turns, 0 at the right, growing clockwise as screens do."""
    angles = 2 * np.pi * np.linspace(start, end, n)
    return [(float(x + rx * np.cos(a)), float(y + ry * np.sin(a))) for a in angles]


def _line(*corners: Place, n: int = 12) -> list[Place]:
    places = []
    for (x0, y0), (x1, y1) in pairwise(corners):
        places += [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in np.linspace(0, 1, n).tolist()]
    return places


DIGITS: dict[int, list[list[Place]]] = {
    0: [_arc(0.5, 0.5, 0.21, 0.33, -0.25, 0.77, 48)],
    1: [_line((0.54, 0.15), (0.46, 0.85))],
    2: [[*_arc(0.48, 0.33, 0.19, 0.18, -0.45, 0.12), *_line((0.6, 0.47), (0.3, 0.83), (0.74, 0.81))]],
    3: [[*_arc(0.46, 0.32, 0.18, 0.16, -0.42, 0.22), *_arc(0.46, 0.66, 0.22, 0.18, -0.24, 0.42)]],
    4: [_line((0.36, 0.18), (0.29, 0.52), (0.7, 0.5)), _line((0.67, 0.2), (0.61, 0.86))],
    5: [[*_line((0.68, 0.17), (0.37, 0.18), (0.34, 0.45)), *_arc(0.46, 0.63, 0.21, 0.2, -0.3, 0.42)]],
    6: [[*_line((0.6, 0.14), (0.42, 0.35), (0.33, 0.6)), *_arc(0.49, 0.67, 0.16, 0.17, -0.5, 0.52, 40)]],
    7: [_line((0.27, 0.2), (0.72, 0.19), (0.45, 0.86))],
    8: [[*_arc(0.5, 0.33, 0.15, 0.16, 0.25, -0.75, 40), *_arc(0.5, 0.67, 0.18, 0.18, -0.25, 0.75, 40)]],
    9: [[*_arc(0.47, 0.34, 0.17, 0.17, 0.0, -1.0, 40), *_line((0.64, 0.34), (0.61, 0.6), (0.54, 0.87))]],
}  # fmt: skip
