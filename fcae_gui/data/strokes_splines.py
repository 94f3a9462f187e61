"""Splines through the control points of the skeletons, as matrices that draw many digits at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from fcae_gui.data.strokes_skeletons import FAMILIES, Family

Array = np.ndarray

# Pen positions sampled along a digit; an 8 is some 60 pixels long, so neighbours lie under 0.7 pixels apart.
POINTS = 96
GRID = 100.0  # control points are written on a grid where a digit is 100 units high


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
