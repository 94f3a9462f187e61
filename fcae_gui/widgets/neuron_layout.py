"""Where the neurons and the lines between them stand: columns of circles, strips for wide layers, images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

MAX_NEURONS = 24  # circles in one column; more could not be told apart
MAX_LINES = 600  # between two layers; 24 x 24 is 576, so two columns of circles always have all of theirs
STRONGEST = 40  # lines of a summarised bundle
LEAST_SPACING_PX = 9.0  # circles closer than this become a strip
STRIP_PX = 16.0  # width of a strip of activations
IMAGE_PX = 112.0

Kind = Literal["neurons", "strip", "image"]


@dataclass(frozen=True, slots=True)
class Column:
    """One drawn layer: its size, how it is drawn, where (`box`), and how high each unit is, `ys` (size,)."""

    size: int
    kind: Kind
    box: QRectF
    ys: np.ndarray
    radius: float
    shape: tuple[int, int] | None = None  # of an image

    @property
    def x(self) -> float:
        """The middle."""
        return self.box.center().x()

    def unit_at(self, place: QPointF) -> int:
        """The unit under a place, -1 for none."""
        if self.kind == "neurons":
            near = int(np.abs(self.ys - place.y()).argmin())
            away = np.hypot(place.x() - self.x, place.y() - self.ys[near])
            return near if away <= self.radius + 2 else -1
        if not self.box.contains(place):
            return -1
        down = (place.y() - self.box.top()) / self.box.height()
        if self.shape is None:
            return min(self.size - 1, int(down * self.size))
        rows, columns = self.shape
        across = (place.x() - self.box.left()) / self.box.width()
        return min(rows - 1, int(down * rows)) * columns + min(columns - 1, int(across * columns))

    def place_of(self, unit: int) -> QPointF:
        """The middle of a unit."""
        if self.shape is None:
            return QPointF(self.x, float(self.ys[unit]))
        across = (unit % self.shape[1] + 0.5) / self.shape[1]
        return QPointF(self.box.left() + across * self.box.width(), float(self.ys[unit]))


def make_columns(
    sizes: Sequence[int], room: QRectF, *, most_radius: float, image_shape: tuple[int, int] | None
) -> list[Column]:
    """The layers evenly from left to right in `room`; image_shape: the first and the last are pictures."""
    gap = room.width() / max(1, len(sizes) - 1)
    made = []
    for at, size in enumerate(sizes):
        spacing = room.height() / size
        outer = at in (0, len(sizes) - 1)
        if outer and image_shape is not None and image_shape[0] * image_shape[1] == size:
            made.append(_image(size, image_shape, room, gap, at))
        elif size <= MAX_NEURONS and spacing >= LEAST_SPACING_PX:
            made.append(_neurons(size, room, gap, at, most_radius))
        else:
            made.append(_strip(size, room, gap, at))
    return made


def _neurons(size: int, room: QRectF, gap: float, at: int, most_radius: float) -> Column:
    spacing = min(3.4 * most_radius, room.height() / size)
    radius = min(most_radius, 0.42 * spacing, 0.3 * gap)
    middle = room.center().y()
    ys = middle + spacing * (np.arange(size) - (size - 1) / 2)
    x = room.left() + at * gap
    box = QRectF(x - radius, ys[0] - radius, 2 * radius, ys[-1] - ys[0] + 2 * radius)
    return Column(size, "neurons", box, ys, radius)


def _strip(size: int, room: QRectF, gap: float, at: int) -> Column:
    tall = min(room.height(), max(80.0, room.height() * min(1.0, 0.35 + size / 300)))
    wide = min(STRIP_PX, 0.3 * gap)
    box = QRectF(room.left() + at * gap - wide / 2, room.center().y() - tall / 2, wide, tall)
    ys = box.top() + tall * (np.arange(size) + 0.5) / size
    return Column(size, "strip", box, ys, wide / 2)


def _image(size: int, shape: tuple[int, int], room: QRectF, gap: float, at: int) -> Column:
    rows, columns = shape
    scale = min(0.72 * gap / columns, 0.7 * room.height() / rows, IMAGE_PX / max(rows, columns))
    wide, tall = scale * columns, scale * rows
    x = room.left() + at * gap
    left = x - STRIP_PX / 2 if at == 0 else x + STRIP_PX / 2 - wide  # the outer edges stay in the room
    box = QRectF(left, room.center().y() - tall / 2, wide, tall)
    ys = box.top() + tall * (np.arange(size) // columns + 0.5) / rows
    return Column(size, "image", box, ys, wide / 2, shape)


@dataclass(slots=True)
class Bundle:
    """The drawn lines between two columns: to[k], source[k] are the units of line k."""

    to: np.ndarray
    source: np.ndarray
    lines: list[QLineF]
    ends: np.ndarray  # (k, 4): x1, y1, x2, y2
    total: int

    @property
    def all_drawn(self) -> bool:
        """Whether every weight has its line."""
        return len(self.lines) == self.total

    def nearest(self, place: QPointF, within: float) -> int:
        """The line nearest to a place, -1 when none is within so many pixels."""
        if not len(self.ends):
            return -1
        x, y = place.x(), place.y()
        start, along = self.ends[:, :2], self.ends[:, 2:] - self.ends[:, :2]
        share = ((np.array((x, y)) - start) * along).sum(1) / np.maximum(1e-9, (along**2).sum(1))
        away = np.hypot(*(start + np.clip(share, 0, 1)[:, None] * along - (x, y)).T)
        best = int(away.argmin())
        return best if away[best] <= within else -1


def make_bundle(left: Column, right: Column, weights: np.ndarray) -> Bundle:
    """All lines of weights (out, in), or the strongest of them where they are too many to be seen."""
    total = weights.size
    if total <= MAX_LINES:
        chosen = np.arange(total)
    else:
        sizes = np.abs(weights).ravel()
        chosen = np.argpartition(sizes, total - STRONGEST)[total - STRONGEST :]
    to, source = np.divmod(chosen, weights.shape[1])
    ends = np.empty((len(chosen), 4))
    ends[:, 0], ends[:, 1] = left.box.right(), left.ys[source]
    ends[:, 2], ends[:, 3] = right.box.left(), right.ys[to]
    lines = [QLineF(*end) for end in ends.tolist()]
    return Bundle(to, source, lines, ends, total)
