"""The skeletons that Strokes digits are drawn from: control points as data, and splines through them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

Array = np.ndarray

# Pen positions sampled along a digit; an 8 is some 60 pixels long, so neighbours lie under 0.7 pixels apart.
POINTS = 96
GRID = 100.0  # control points are written on a grid where a digit is 100 units high


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Ways of writing a digit that can be mixed freely, because their control points correspond.

    name:   what sets the family apart, for readers
    weight: how often it is drawn, relative to the other families of the same digit
    shapes: key shapes; strokes are separated by "/", a control point is "x,y" (y down), "*" makes it a corner
    """

    name: str
    weight: float
    shapes: tuple[str, ...]


FAMILIES: dict[int, tuple[Family, ...]] = {
    0: (
        Family(
            name="oval",
            weight=0.6,
            shapes=(
                "34,1 14,8 2,35 2,65 14,94 32,100 50,90 60,62 58,32 48,8 30,0",
                "34,0 18,16 6,40 4,66 14,92 28,100 42,90 54,62 56,36 48,10 32,2",
                "40,0 16,6 0,32 0,68 16,94 38,100 60,94 76,66 74,32 58,6 36,0",
                "46,10 20,6 2,38 2,70 16,96 34,100 54,88 62,58 58,28 46,4 26,2",
                "66,4 24,8 0,40 6,70 34,96 66,100 104,88 124,60 120,30 94,6 56,0",
            ),
        ),
        Family(
            name="overlap",
            weight=0.4,
            shapes=(
                "24,14 10,30 0,55 6,86 28,100 50,88 60,58 56,26 40,4 22,6 18,20 30,28",
                "44,22 30,4 8,20 0,54 8,88 30,100 52,88 62,56 56,24 38,2 22,4 10,20",
                "20,2 8,22 0,54 8,88 32,100 56,88 66,56 58,22 42,4 28,0 16,8 8,18",
                "40,6 14,22 0,52 14,86 46,100 82,86 98,56 90,24 64,2 36,2 22,16 34,26",
                "40,12 20,8 4,44 6,84 28,100 52,86 58,52 52,18 34,0 20,4 24,18 44,24",
            ),
        ),
    ),
    1: (
        Family(name="bar", weight=0.82, shapes=("30,0 30,33 30,66 30,100", "32,0 29,33 29,66 31,100")),
        Family(name="flag", weight=0.1, shapes=("14,22 34,0* 32,50 30,100", "20,12 32,0* 32,50 31,100")),
        Family(
            name="base",
            weight=0.08,
            shapes=(
                "12,24 32,0* 32,50 32,100 / 6,100 32,99 60,98",
                "20,14 32,0* 32,50 32,98 / 12,100 32,99 54,98",
                "4,26 36,0* 34,50 32,98 / -6,98 32,98 74,98",
            ),
        ),
    ),
    2: (
        Family(
            name="foot",
            weight=0.4,
            shapes=(
                "4,22 18,4 40,2 54,20 44,46 20,74 2,98* 30,96 64,96",
                "2,8 18,1 42,0 56,14 44,44 22,72 2,98* 30,99 62,98",
                "0,24 16,6 40,4 54,26 46,54 24,80 6,98* 40,92 76,92",
                "0,24 24,4 58,2 76,22 60,50 30,78 4,98* 54,94 108,90",
                "6,28 16,4 38,0 48,22 40,56 22,84 4,100* 24,94 48,98",
            ),
        ),
        Family(
            name="loop",
            weight=0.5,
            shapes=(
                "6,24 22,4 44,4 54,24 44,50 22,78 6,94 2,84 16,78 34,90 66,98",
                "2,18 20,2 44,4 52,26 42,54 24,84 8,98 2,86 18,80 38,92 70,90",
                "10,20 28,2 54,4 60,28 46,60 24,92 6,98 0,82 16,68 40,78 74,92",
                "14,14 34,0 56,12 56,44 40,76 18,98 0,90 2,70 22,64 46,76 76,82",
                "6,16 36,0 72,6 78,30 58,62 30,94 6,98 4,80 28,72 60,86 108,96",
                "4,26 24,8 42,14 44,40 34,68 18,92 4,96 2,80 16,72 36,82 62,76",
                "0,22 24,0 60,0 80,24 66,58 36,92 12,98 0,82 18,66 50,76 96,88",
                "8,16 36,0 64,14 66,44 48,78 22,100 0,94 -2,72 22,58 54,72 92,90",
            ),
        ),
        Family(
            name="zed",
            weight=0.1,
            shapes=(
                "2,8 28,2 56,6* 30,50 2,98* 30,98 62,96",
                "0,14 26,6 52,4* 30,54 6,94* 36,94 70,98",
                "0,10 36,2 72,4* 40,50 8,96* 50,94 98,92",
            ),
        ),
    ),
    3: (
        Family(
            name="bowls",
            weight=0.6,
            shapes=(
                "4,14 22,0 46,4 50,24 40,40 20,46* 44,52 56,70 46,92 22,100 0,88",
                "2,10 24,0 46,8 46,28 36,42 16,50* 42,52 52,72 40,94 18,100 0,94",
                "8,8 28,0 52,4 52,22 38,36 18,42* 44,48 58,68 50,92 24,100 2,90",
                "12,10 30,0 48,8 42,24 32,32 20,36* 50,40 66,62 50,90 16,100 -8,84",
                "0,14 26,0 54,8 52,34 34,50 16,56* 36,58 46,74 34,94 12,100 0,94",
                "0,10 36,0 72,8 66,28 44,42 24,46* 60,48 80,68 60,94 24,100 -4,90",
            ),
        ),
        Family(
            name="loop",
            weight=0.15,
            shapes=(
                "4,12 24,0 48,8 46,30 28,46 14,50 18,42 40,50 56,70 44,94 20,100 0,88",
                "2,16 22,2 46,6 46,26 30,44 18,50 22,42 40,52 50,74 38,96 16,100 0,92",
                "0,10 34,0 64,8 58,28 36,40 20,44 26,36 54,46 70,68 50,94 16,100 -6,86",
            ),
        ),
        Family(
            name="flat",
            weight=0.25,
            shapes=(
                "4,4 28,2 54,2* 38,22 22,42* 46,48 58,68 48,92 24,100 2,90",
                "0,10 26,4 50,4* 36,24 18,46* 44,50 54,72 42,94 18,100 0,92",
                "0,6 34,2 64,4* 42,22 20,38* 52,42 68,62 46,86 18,96 -10,96",
                "8,14 26,2 46,10* 34,26 18,42* 38,46 48,64 38,84 18,94 0,100",
            ),
        ),
    ),
    4: (
        Family(
            name="open",
            weight=0.65,
            shapes=(
                "12,0 6,30 2,52* 28,54 58,48 / 52,6 48,50 44,100",
                "8,4 4,28 2,48* 28,50 52,46 / 54,0 52,50 50,100",
                "22,0 12,26 0,50* 30,52 66,46 / 50,16 44,56 38,100",
                "14,6 6,34 4,56* 26,58 52,54 / 62,0 50,50 40,100",
                "16,0 8,36 2,66* 34,64 66,58 / 54,30 48,66 42,100",
                "20,0 6,30 0,58* 44,56 88,50 / 66,10 56,56 46,100",
                "18,0 8,26 4,44* 22,46 38,42 / 40,6 38,50 36,100",
                "10,20 4,40 0,54* 30,52 60,46 / 46,0 36,50 26,100",
            ),
        ),
        Family(
            name="cup",
            weight=0.2,
            shapes=(
                "8,0 2,34 14,52 36,48 52,28 58,2* 50,50 44,100",
                "14,4 2,30 8,50 30,50 46,30 54,4* 50,52 48,100",
                "6,4 2,32 18,44 38,40 48,24 52,6* 44,52 38,100",
            ),
        ),
        Family(
            name="closed",
            weight=0.15,
            shapes=(
                "42,0 20,28 0,60* 30,60 64,58 / 44,2 42,50 40,100",
                "48,2 24,24 2,50* 28,50 56,48 / 48,2 46,50 44,100",
                "34,0 16,20 4,42* 28,44 62,40 / 40,0 36,50 32,100",
            ),
        ),
    ),
    5: (
        Family(
            name="bar",
            weight=0.45,
            shapes=(
                "16,2 12,24 10,44* 30,38 50,50 52,76 36,98 10,98 0,88 / 16,2 38,2 62,0",
                "20,6 14,28 8,46* 28,42 46,54 46,78 28,98 8,98 0,92 / 20,6 44,2 72,0",
                "14,2 14,24 14,42* 34,40 50,54 52,76 38,96 16,100 0,94 / 14,4 34,4 54,4",
                "24,8 18,26 12,42* 36,38 58,54 60,80 40,98 14,100 -4,90 / 24,8 40,4 58,2",
                "28,8 20,24 12,40* 30,38 44,50 42,70 28,88 10,98 -6,100 / 28,8 50,4 78,0",
                "34,10 26,26 16,42* 36,40 54,52 54,76 34,96 10,100 -8,94 / 34,8 66,2 100,-2",
                "22,10 14,24 10,38* 40,30 70,46 74,74 48,98 16,98 -4,86 / 22,8 44,4 66,2",
                "22,4 14,22 8,40* 36,30 60,50 58,80 34,100 6,94 -4,74 / 22,4 42,2 62,2",
            ),
        ),
        Family(
            name="one",
            weight=0.35,
            shapes=(
                "60,2 36,2 16,4* 12,24 8,44* 30,40 50,52 52,78 34,98 8,98 0,88",
                "70,0 46,2 22,4* 16,26 8,48* 28,44 46,56 44,80 26,98 8,98 0,90",
                "54,2 34,2 18,2* 16,20 14,38* 40,36 62,52 60,82 36,100 8,98 -8,86",
                "92,0 60,4 32,8* 24,24 14,42* 38,40 56,54 50,80 28,98 4,98 -10,88",
            ),
        ),
        Family(
            name="ess",
            weight=0.2,
            shapes=(
                "54,4 30,2 12,18 16,38 38,50 50,70 40,92 18,100 0,90",
                "66,0 36,4 18,20 20,40 38,54 44,74 32,94 14,100 0,92",
                "80,0 44,4 22,18 20,34 38,46 46,68 32,92 8,100 -10,92",
            ),
        ),
    ),
    6: (
        Family(
            name="loop",
            weight=1.0,
            shapes=(
                "44,0 22,20 6,52 4,80 18,98 38,94 48,76 38,60 20,64 6,80",
                "30,0 10,30 2,64 10,92 32,100 52,86 54,64 36,52 14,62 4,78",
                "50,6 28,6 8,36 2,70 14,96 36,98 50,82 44,62 24,58 6,74",
                "36,0 20,30 8,60 6,84 20,100 36,94 42,78 34,66 20,72 8,84",
                "36,0 14,26 2,58 6,88 34,100 68,94 80,72 58,56 28,64 10,84",
                "64,0 36,22 12,52 4,82 20,100 46,94 56,76 42,62 18,68 4,86",
                "34,0 12,22 0,54 6,86 28,100 50,84 50,56 32,42 12,50 2,70",
                "20,0 8,30 2,62 8,90 30,100 56,88 58,66 40,58 20,68 8,90",
            ),
        ),
    ),
    7: (
        Family(
            name="plain",
            weight=0.4,
            shapes=(
                "2,8 28,4 54,4* 40,40 26,100",
                "0,16 26,8 50,4* 42,44 34,100",
                "2,4 30,4 60,4* 42,42 16,100",
                "0,6 40,6 84,2* 54,44 26,100",
                "0,12 26,8 54,8* 38,48 34,100",
            ),
        ),
        Family(
            name="round",
            weight=0.2,
            shapes=(
                "2,16 20,4 46,4 50,20 40,50 28,100",
                "0,10 24,4 50,2 54,20 44,52 36,100",
                "0,18 30,4 64,2 66,22 46,52 26,100",
            ),
        ),
        Family(
            name="serif",
            weight=0.25,
            shapes=(
                "2,24 6,4* 28,4 54,4* 40,40 26,100",
                "0,20 2,8* 26,6 50,4* 42,44 34,100",
                "6,34 2,8* 30,8 60,4* 48,46 40,100",
                "0,28 4,12* 32,8 66,2* 46,44 26,100",
            ),
        ),
        Family(
            name="crossed",
            weight=0.15,
            shapes=(
                "2,8 28,4 54,4* 40,40 26,100 / 16,52 36,50 60,48",
                "0,12 26,6 52,4* 42,42 32,100 / 14,54 36,52 58,50",
                "0,8 32,4 66,2* 46,42 24,100 / 10,50 40,48 78,44",
            ),
        ),
    ),
    8: (
        Family(
            name="one",
            weight=0.8,
            shapes=(
                "50,12 30,0 10,12 14,32 32,46 50,66 50,88 28,100 6,88 8,68 28,48 46,32 50,12",
                "54,8 34,0 12,10 12,30 34,48 52,70 46,94 22,100 6,84 14,62 36,42 54,24 58,8",
                "44,10 28,2 14,14 18,32 30,46 42,64 42,86 24,100 6,88 8,70 26,50 42,32 46,14",
                "50,14 32,0 10,10 10,30 28,46 40,64 38,88 22,100 6,90 10,70 28,50 46,34 54,14",
                "44,14 30,0 16,10 18,28 34,42 56,62 60,86 30,100 2,88 2,66 24,46 40,32 46,14",
                "36,10 24,0 10,10 12,30 24,46 34,64 32,90 18,100 6,90 8,68 20,50 34,32 38,12",
                "56,14 36,0 12,8 8,26 30,44 44,64 38,90 20,100 6,86 16,64 36,44 52,24 68,4",
                "64,12 34,0 4,12 6,28 34,42 54,64 46,90 26,100 10,86 18,64 40,46 66,30 72,14",
                "54,16 32,0 8,12 6,38 28,56 42,72 36,94 22,100 10,92 14,76 30,58 50,40 56,18",
                "66,16 38,0 10,10 8,32 38,48 70,66 68,92 38,100 6,92 6,68 34,48 62,34 68,14",
                "44,10 26,0 8,12 10,34 26,50 34,70 28,94 20,100 14,92 18,72 30,52 44,36 50,12",
            ),
        ),
        Family(
            name="two",
            weight=0.2,
            shapes=(
                "30,0 12,8 10,30 28,46 46,34 48,12 30,0 / 28,46 8,58 2,82 26,100 50,84 48,58 28,46",
                "34,0 16,8 12,28 28,42 46,32 50,10 32,0 / 28,42 8,56 4,82 26,100 48,84 44,58 28,42",
                "34,0 10,8 4,28 26,46 50,34 54,12 34,0 / 26,46 10,60 6,84 22,100 42,86 42,62 26,46",
            ),
        ),
    ),
    9: (
        Family(
            name="straight",
            weight=0.6,
            shapes=(
                "50,10 28,2 6,16 6,40 24,50 42,36 50,8* 48,50 42,100",
                "48,14 30,0 8,12 2,36 20,46 40,32 48,10* 46,52 46,100",
                "54,8 36,0 14,16 8,40 24,48 42,34 54,8* 44,52 34,100",
                "44,12 28,0 10,10 4,28 18,40 36,30 46,10* 42,52 36,100",
                "34,10 22,2 8,12 4,30 14,42 28,32 36,8* 34,52 30,100",
                "58,14 34,0 8,10 0,30 20,44 46,32 60,12* 54,52 48,100",
                "52,20 36,0 10,8 0,34 16,56 40,48 54,20* 52,60 48,100",
                "40,4 20,6 4,20 2,40 20,48 40,36 52,4* 46,52 38,100",
                "66,14 38,0 10,10 0,38 20,58 50,46 68,12* 66,56 62,100",
                "56,8 34,8 8,22 2,44 26,50 48,34 58,6* 56,50 54,100",
            ),
        ),
        Family(
            name="smooth",
            weight=0.25,
            shapes=(
                "48,22 34,2 12,10 4,32 18,48 40,38 50,12 50,40 46,72 40,100",
                "46,16 28,0 8,12 6,36 22,46 42,34 48,14 46,42 38,72 28,100",
                "40,14 26,0 8,8 2,26 16,36 34,28 42,14 42,42 38,72 34,100",
                "60,16 40,0 14,8 6,28 24,42 48,34 60,16 54,44 40,74 22,100",
            ),
        ),
        Family(
            name="hook",
            weight=0.15,
            shapes=(
                "50,10 28,2 6,16 6,40 24,50 42,36 50,8* 52,48 44,88 22,100 4,94",
                "48,12 30,0 10,12 6,36 22,46 40,32 48,10* 50,50 46,84 28,100 10,96",
                "56,12 38,0 16,10 10,30 26,40 46,32 56,12* 54,50 40,82 20,98 -4,100",
            ),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One family, ready to draw: points = basis @ (mixed control points + noise).

    shapes:  (keys, k, 2) float32, key shapes in units of the digit's height, centred on its box
    basis:   (POINTS, k) float32, value of the spline through the control points at every pen position
    starts:  (strokes + 1,) first pen position of each stroke, then POINTS
    ends:    (k, k) float32, what takes control points to the outward direction at the ends of each stroke
    smooth:  (k, k) float32, correlates noise of neighbouring control points of a stroke
    """

    digit: int
    weight: float
    shapes: Array
    basis: Array
    starts: Array
    ends: Array
    smooth: Array


def parse(shape: str) -> list[tuple[Array, list[int]]]:
    """Strokes of a key shape, each as control points (k, 2) in grid units and the indices of its corners."""
    strokes = []
    for text in shape.split("/"):
        words = text.split()
        points = np.array([[float(v) for v in word.rstrip("*").split(",")] for word in words])
        strokes.append((points, [i for i, word in enumerate(words) if word.endswith("*")]))
    return strokes


def spline_basis(knots: Array, at: Array) -> Array:
    """(len(at), k): the Catmull-Rom spline with these knots as a matrix that acts on control points (k, ...).

    Tangents are three-point differences, one-sided at the ends (Barry and Goldman 1988 use the same knots).
    """
    k = len(knots)
    h = np.diff(knots)
    tangent = np.zeros((k, k))
    secant = (np.eye(k)[1:] - np.eye(k)[:-1]) / h[:, None]  # (k - 1, k)
    tangent[0], tangent[-1] = secant[0], secant[-1]
    for i in range(1, k - 1):
        tangent[i] = (h[i] * secant[i - 1] + h[i - 1] * secant[i]) / (h[i - 1] + h[i])
    if k > 2:  # a parabola through the last three points reaches the ends without a flat piece
        tangent[0] = 2.0 * secant[0] - tangent[1]
        tangent[-1] = 2.0 * secant[-1] - tangent[-2]
    piece = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, k - 2)
    u = ((at - knots[piece]) / h[piece])[:, None]
    width, eye = h[piece][:, None], np.eye(k)
    return (
        (2 * u**3 - 3 * u**2 + 1) * eye[piece]
        + (u**3 - 2 * u**2 + u) * width * tangent[piece]
        + (3 * u**2 - 2 * u**3) * eye[piece + 1]
        + (u**3 - u**2) * width * tangent[piece + 1]
    )


def _stroke_basis(points: Array, corners: list[int], count: int) -> Array:
    """(count, k) basis of one stroke whose spline starts anew at each corner; even in centripetal length."""
    steps = np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1))  # centripetal: no cusps (Lee 1989)
    knots = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0.0, knots[-1], count)
    basis = np.zeros((count, len(points)))
    cuts = [0, *corners, len(points) - 1]
    for first, last in pairwise(cuts):
        rows = (at >= knots[first]) & (at <= knots[last])
        basis[rows] = 0.0  # the corner itself belongs to the later piece
        basis[np.ix_(rows, range(first, last + 1))] = spline_basis(knots[first : last + 1], at[rows])
    return basis


def compile_family(digit: int, family: Family) -> Skeleton:
    """Matrices of one family; raises ValueError when its key shapes do not correspond point by point."""
    keys = [parse(shape) for shape in family.shapes]
    layout = [(len(points), corners) for points, corners in keys[0]]
    for key in keys:
        if [(len(points), corners) for points, corners in key] != layout:
            raise ValueError(f"key shapes of {digit} {family.name} do not correspond: {layout}")
    shapes = np.stack([np.concatenate([points for points, _ in key]) for key in keys])
    mean = shapes.mean(axis=0)
    sizes = [size for size, _ in layout]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    pieces = [mean[a:b] for a, b in pairwise(offsets)]
    lengths = np.array([np.linalg.norm(np.diff(piece, axis=0), axis=1).sum() for piece in pieces])
    starts = np.concatenate([[0], np.rint(POINTS * np.cumsum(lengths) / lengths.sum())]).astype(int)
    k = len(mean)
    basis, ends, smooth = np.zeros((POINTS, k)), np.zeros((k, k)), np.zeros((k, k))
    for s, (piece, (size, corners)) in enumerate(zip(pieces, layout, strict=True)):
        a, b = offsets[s], offsets[s + 1]
        basis[starts[s] : starts[s + 1], a:b] = _stroke_basis(piece, corners, starts[s + 1] - starts[s])
        ends[a, a], ends[a, a + 1] = 1.0, -1.0
        ends[b - 1, b - 1], ends[b - 1, b - 2] = 1.0, -1.0
        distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
        kernel = np.exp(-0.5 * distance**2)
        smooth[a:b, a:b] = kernel / np.sqrt((kernel**2).sum(axis=1, keepdims=True))
    low, high = shapes.min(axis=1, keepdims=True), shapes.max(axis=1, keepdims=True)
    centred = (shapes - (low + high) / 2) / GRID
    f32 = np.float32
    return Skeleton(
        digit,
        family.weight,
        centred.astype(f32),
        basis.astype(f32),
        starts,
        ends.astype(f32),
        smooth.astype(f32),
    )


@cache
def skeletons() -> tuple[tuple[Skeleton, ...], ...]:
    """The skeletons of every digit, compiled once: skeletons()[digit][family]."""
    return tuple(tuple(compile_family(d, family) for family in FAMILIES[d]) for d in range(10))
