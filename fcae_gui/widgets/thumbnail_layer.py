"""Points as pictures: on a map that is magnified far enough, samples stand where their points are."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.view_box import ViewBox

Array = np.ndarray
# x, y as drawn now, the caller's index of each, and which of them are shown (None for all)
Drawn = tuple[Array, Array, Array, Array | None]

SIDE_PX = 30.0  # about this large, in logical pixels at ordinary text size
FRAME_PX = 2.0
GAP_PX = 2.0
LEVELS = (1.0, 1.5, 2.0, 3.0)  # sizes, for maps magnified so far that there is room to spare
ROOMY, TIGHT = 0.6, 1.1  # points per picture to take the next larger size, and the next smaller one
CROWD = 5.0  # points per picture (where points usually are) up to which pictures appear
CLEAR = 3.5  # from here on they are opaque
OCTAVE = 4  # steps per doubling in which the distance between pictures follows the zoom
MOST = 100_000  # of the points, the first in drawing order, can become pictures: looking through more is felt
PALE = 0.25  # of what is not selected
CELLS = 48  # a side of the grid in which the usual density is counted
COUNTED = 8000  # of the points tell the density
RESCALED = 1.5  # a change of scale after which the cloud is counted anew
COUNT_EVERY = 60  # frames: two seconds; how dense the cloud is decides only whether there is room


class ThumbnailLayer:
    """A MapLayer. `drawn` tells where the points are; nothing is done while the map is too crowded.

    Which points become pictures depends on where they are and on how far the map is magnified, not on which
    part of it is seen: while panning the pictures stay. Of two that would overlap the one drawn first stays.
    """

    def __init__(self, drawn: Callable[[], Drawn]) -> None:
        self._drawn = drawn
        self._features: Array | None = None
        self._shape: tuple[int, int] | None = None
        self._colour: Array | None = None  # (n,) uint32, of the frame
        self._labels: Array | None = None
        self._on = True
        self._look: tuple[object, ...] = ()
        self._ratio = 1.0
        self._level = 0
        self._frame = self._inner = self._tile = 0  # device pixels
        self._atlas = np.zeros((0, 0), np.uint32)
        self._image = QImage()
        self._slots: dict[int, int] = {}  # row -> place in the atlas, the longest unused first
        self._free: list[int] = []
        self._counted: Array | None = None
        self._counted_at = 1.0  # world units per pixel at that moment
        self._age = 0
        self._density = math.inf  # points per area where points usually are
        self._seen: list[tuple[float, float, int]] = []  # world place and row of the pictures
        self._reach = 0.0  # half a picture, in world units
        self._hovered = -1
        self._selected: Array | None = None
        self._key: tuple[object, ...] = ()
        self._chosen: tuple[Array, Array | None, Array] | None = None  # x, among and the choice of that key

    # --- what is shown --------------------------------------------------------------------------------

    def set_samples(
        self, features: Array | None, shape: tuple[int, int] | None, labels: Array | None = None
    ) -> None:
        """The samples behind the points (n, d) uint8 or float in [0, 1] as pictures of `shape`, and their
        classes (n,) for the colour of the frames; None, or no shape, for no pictures."""
        fits = features is not None and shape is not None and shape[0] * shape[1] == features.shape[1]
        self._features, self._shape = (features, shape) if fits else (None, None)
        self._labels = labels
        self._look = ()
        self._seen = []
        self._counted = None

    def set_on(self, on: bool) -> None:
        """Whether there are pictures at all."""
        self._on = on
        self._seen = []

    def set_hovered(self, row: int) -> None:
        """This one stands in front of the others, -1 for none."""
        self._hovered = row

    def set_selected(self, mask: Array | None) -> None:
        """(n,) bool: the others are pale. None for no selection."""
        self._selected = mask

    # --- what can be asked ----------------------------------------------------------------------------

    @property
    def rows(self) -> list[int]:
        """The samples that are pictures now."""
        return [row for _x, _y, row in self._seen]

    def places(self) -> Array:
        """World places (k, 2) of the pictures."""
        return np.array([(x, y) for x, y, _row in self._seen], np.float64).reshape(-1, 2)

    @property
    def side(self) -> float:
        """Length of a picture's side in world units as last painted."""
        return 2 * self._reach

    def pick(self, x: float, y: float) -> int:
        """The sample whose picture covers a place of the world, -1 for none."""
        for at_x, at_y, row in self._seen:
            if abs(at_x - x) <= self._reach and abs(at_y - y) <= self._reach:
                return row
        return -1

    def covers(self, row: int) -> bool:
        """Whether this sample is a picture now."""
        return any(one == row for _x, _y, one in self._seen)

    # --- painting -------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, box: ViewBox, ratio: float) -> None:
        """Paint the pictures that can be seen."""
        self._seen = []
        if not self._on or self._features is None:
            return
        x, y, order, among = self._drawn()
        if len(order) != len(self._features):
            return  # between a change of the samples and their first codes
        self._prepare(ratio)
        room = (self._tile / ratio + GAP_PX) * box.view.unit  # world units that a picture needs
        density = self._usual_density(x, y, box.view.unit)
        crowd = density * room * room
        if not crowd <= CROWD:
            self._level = 0
            return
        if self._grow(crowd):
            self._prepare(ratio)
            room = (self._tile / ratio + GAP_PX) * box.view.unit
        # The distance follows the zoom in steps, so that zooming a little does not choose anew.
        apart = 2.0 ** (math.ceil(math.log2(room) * OCTAVE) / OCTAVE)
        key = (box.visible(), apart)
        last = self._chosen
        if last is not None and key == self._key and last[0] is x and last[1] is among:
            chosen = last[2]
        else:
            chosen = self._choose(x, y, among, box, apart)
            self._key, self._chosen = key, (x, among, chosen)
        if len(chosen) == 0:
            return
        rows = order[chosen]
        slots = self._slots_for(rows)
        self._reach = self._tile / ratio / 2 * box.view.unit
        self._seen = list(zip(x[chosen].tolist(), y[chosen].tolist(), rows.tolist(), strict=True))
        strength = min(1.0, max(0.0, (CROWD - crowd) / (CROWD - CLEAR)))
        painter.setOpacity(strength)
        mask = self._selected
        if mask is None or len(mask) != len(order):
            self._blit(painter, box, ratio, slots)
            return
        every, selected = self._seen, mask[rows].tolist()
        for wanted in (False, True):  # the selected ones in front
            painter.setOpacity(strength if wanted else strength * PALE)
            part = [i for i, one in enumerate(selected) if one is wanted]
            self._seen = [every[i] for i in part]
            self._blit(painter, box, ratio, [slots[i] for i in part])
        self._seen = every

    def _grow(self, crowd: float) -> bool:
        """Another size of pictures when these leave much room, or have too little; True when it changed."""
        before, now = self._level, LEVELS[self._level]
        if before + 1 < len(LEVELS) and crowd * (LEVELS[before + 1] / now) ** 2 < ROOMY:
            self._level += 1
        elif before and crowd > TIGHT:
            self._level -= 1
        return self._level != before

    def _blit(self, painter: QPainter, box: ViewBox, ratio: float, slots: list[int]) -> None:
        """One copy of a square of the atlas per picture, on whole device pixels."""
        tile, unit, image = self._tile, box.view.unit, self._image
        # Offsets of the plot's corner count too: round in device pixels of the screen.
        origin = painter.deviceTransform()
        dx, dy = origin.dx(), origin.dy()
        left, _, _, top = box.visible()
        front: tuple[QPointF, int] | None = None
        for (x, y, row), slot in zip(self._seen, slots, strict=True):
            across = round((x - left) / unit * ratio + dx - tile / 2) - dx
            down = round((top - y) / unit * ratio + dy - tile / 2) - dy
            at = QPointF(across / ratio, down / ratio)
            if row == self._hovered:
                front = (at, slot)
                continue
            painter.drawImage(at, image, QRectF(0, slot * tile, tile, tile))
        if front is not None:
            at, slot = front
            side = tile / ratio
            painter.setOpacity(1.0)
            painter.drawImage(
                QRectF(at.x() - side / 4, at.y() - side / 4, side * 1.5, side * 1.5),
                image,
                QRectF(0, slot * tile, tile, tile),
            )
            painter.setPen(QPen(QColor(theme.current().text), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(at.x() - side / 4, at.y() - side / 4, side * 1.5, side * 1.5))

    # --- which points ---------------------------------------------------------------------------------

    def _usual_density(self, x: Array, y: Array, unit: float) -> float:
        """Points per area where a typical point is, counted again when the points have moved."""
        self._age += 1
        # Another scale means other places: a new network's first map is not what the last one was.
        rescaled = not 1 / RESCALED < unit / self._counted_at < RESCALED
        if self._counted is None or len(self._counted) != len(x) or self._age >= COUNT_EVERY or rescaled:
            if self._counted is not x or rescaled:
                part = min(1.0, COUNTED / max(1, min(len(x), MOST)))
                self._density = usual_density(x[:COUNTED], y[:COUNTED]) / part
            self._counted, self._age, self._counted_at = x, 0, unit
        return self._density

    def _choose(self, x: Array, y: Array, among: Array | None, box: ViewBox, apart: float) -> Array:
        """Drawing positions of the pictures, so that no two are nearer than `apart` along both axes."""
        left, bottom, right, top = box.visible()
        near = 2 * apart  # what lies just outside decides too: pictures must not change at the edges
        x, y = x[:MOST], y[:MOST]
        kept = np.flatnonzero((x > left - near) & (x < right + near) & (y > bottom - near) & (y < top + near))
        if among is not None:
            kept = np.intersect1d(kept, among, assume_unique=True)
        if len(kept) == 0:
            return kept
        chosen = kept[spaced(x[kept].astype(np.float64), y[kept].astype(np.float64), apart)]
        edge = apart / 2
        seen = (x[chosen] > left - edge) & (x[chosen] < right + edge)
        seen &= (y[chosen] > bottom - edge) & (y[chosen] < top + edge)
        return chosen[seen]

    # --- the atlas ------------------------------------------------------------------------------------

    def _prepare(self, ratio: float) -> None:
        """Sizes and colours for this screen and theme; the atlas starts empty when they are others."""
        look = (theme.current().name, theme.text_px(), ratio, self._level)
        if look == self._look:
            return
        assert self._shape is not None
        self._look, self._ratio = look, ratio
        frame = max(1, round(FRAME_PX * ratio))
        longest = max(self._shape)
        wanted = SIDE_PX * LEVELS[self._level] * ratio * (theme.text_px() / 13.0) ** 0.7
        times = max(1, round(wanted / longest))
        self._inner = longest * times if longest <= 1.5 * wanted else round(wanted)
        self._frame = frame
        self._tile = self._inner + 2 * frame
        self._atlas = np.zeros((0, self._tile), np.uint32)
        self._slots, self._free = {}, []
        if self._labels is not None:
            colours = [theme.class_colour(i).rgb() for i in range(len(theme.CLASS_COLOURS))]
            self._colour = np.array(colours, np.uint32)[self._labels % len(colours)]
        else:
            self._colour = None

    def _slots_for(self, rows: Array) -> list[int]:
        """Where the pictures of `rows` lie in the atlas; those that are missing are made."""
        known = self._slots
        wanted = rows.tolist()
        missing = [row for row in wanted if row not in known]
        if missing:
            self._make_room(len(missing), set(wanted))
            places = [self._free.pop() for _ in missing]
            self._write(np.array(missing), places)
            known.update(zip(missing, places, strict=True))
        return [known[row] for row in wanted]

    def _make_room(self, count: int, wanted: set[int]) -> None:
        """At least so many free places: those of pictures that are not wanted, else a larger atlas."""
        short = count - len(self._free)
        if short <= 0:
            return
        for row in [row for row in self._slots if row not in wanted]:
            self._free.append(self._slots.pop(row))
        short = count - len(self._free)
        if short <= 0:
            return
        old = len(self._atlas) // self._tile
        more = max(64, short, old // 2)
        grown = np.zeros(((old + more) * self._tile, self._tile), np.uint32)
        grown[: len(self._atlas)] = self._atlas
        self._atlas = grown
        self._free.extend(range(old + more - 1, old - 1, -1))
        self._image = pixel_image.canvas_image(self._atlas)
        self._image.setDevicePixelRatio(self._ratio)

    def _write(self, rows: Array, places: list[int]) -> None:
        """Paint the samples `rows` into the atlas."""
        assert self._features is not None and self._shape is not None
        height, width = self._shape
        samples = pixel_image.to_bytes(self._features[rows]).reshape(-1, height, width)
        scale = self._inner / max(height, width)
        high, wide = max(1, round(height * scale)), max(1, round(width * scale))
        pictures = pixel_image.GREY[pixel_image.resized(samples, high, wide)]
        tiles = np.empty((len(rows), self._tile, self._tile), np.uint32)
        if self._colour is not None:
            tiles[:] = self._colour[rows][:, None, None]
        else:
            tiles[:] = QColor(theme.current().accent).rgb()
        inside = slice(self._frame, self._tile - self._frame)
        tiles[:, inside, inside] = 0xFF000000
        down, across = self._frame + (self._inner - high) // 2, self._frame + (self._inner - wide) // 2
        tiles[:, down : down + high, across : across + wide] = pictures
        atlas = self._atlas.reshape(-1, self._tile, self._tile)
        atlas[places] = tiles


def usual_density(x: Array, y: Array) -> float:
    """Points per area where a typical one of the points (n,), (n,) is: a median; inf for no points."""
    good = (np.abs(x) < 1e15) & (np.abs(y) < 1e15)
    x, y = x[good], y[good]
    if len(x) < 2:
        return 1e-30 if len(x) else math.inf
    low = np.array([np.percentile(x, 1), np.percentile(y, 1)])
    high = np.array([np.percentile(x, 99), np.percentile(y, 99)])
    size = float(max(high - low))
    if not size > 0.0:
        return math.inf
    cells = max(4, min(CELLS, int(math.sqrt(len(x) / 4))))
    column = np.clip((x - low[0]) / size * cells, 0, cells - 1).astype(np.int64)
    row = np.clip((y - low[1]) / size * cells, 0, cells - 1).astype(np.int64)
    cell = row * cells + column
    count = np.bincount(cell, minlength=cells * cells)
    return float(np.median(count[cell])) / (size / cells) ** 2


def spaced(x: Array, y: Array, apart: float) -> Array:
    """Indices, ascending, of points (n,), (n,) of which no two are nearer than `apart` along both axes.

    The earlier one of two goes first: the first in every cell of a grid that is fixed in the world stands as
    a candidate, and a candidate stays unless an earlier one that stays is too near. All of them at once: in
    each round those stay that have no earlier rival left, and their rivals go.
    """
    column, row = np.floor(x / apart).astype(np.int64), np.floor(y / apart).astype(np.int64)
    column -= column.min() - 1  # an empty cell on each side
    row -= row.min() - 1
    shape = (int(row.max()) + 2, int(column.max()) + 2)
    _cells, first = np.unique(row * shape[1] + column, return_index=True)
    at = (row[first], column[first])
    rank = np.full(shape, len(x))
    rank[at] = first
    gx, gy = np.full(shape, np.inf), np.full(shape, np.inf)
    gx[at], gy[at] = x[first] / apart, y[first] / apart
    with np.errstate(invalid="ignore"):  # empty cells are infinitely far from each other
        rivals = np.abs(_around(gx) - gx[1:-1, 1:-1, None, None]) < 1.0  # (rows, columns, 3, 3)
        rivals &= np.abs(_around(gy) - gy[1:-1, 1:-1, None, None]) < 1.0
    rivals[..., 1, 1] = False  # nobody is a rival of itself
    earlier = rivals & (_around(rank) < rank[1:-1, 1:-1, None, None])
    waiting, free = np.zeros(shape, bool), np.zeros(shape, bool)
    waiting[at] = True
    stays = np.zeros(shape, bool)
    inner = (slice(1, -1), slice(1, -1))
    while waiting.any():
        free[inner] = waiting[inner] & ~(earlier & _around(waiting)).any(axis=(2, 3))
        stays |= free
        waiting &= ~free
        waiting[inner] &= ~(rivals & _around(free)).any(axis=(2, 3))
    return np.sort(rank[stays])


def _around(grid: Array) -> Array:
    """(rows + 2, columns + 2) -> (rows, columns, 3, 3): every inner cell with its neighbours, no copy."""
    return np.lib.stride_tricks.sliding_window_view(grid, (3, 3))
