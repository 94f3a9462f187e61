"""The picture of all points as they are drawn now: positions, colours, size of dots, and the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor, QImage

from fcae_gui import theme
from fcae_gui.widgets.point_motion import LIMIT, PointMotion
from fcae_gui.widgets.rasterise import Rasteriser
from fcae_gui.widgets.view_box import ViewBox

Array = np.ndarray

WHILE_MOVING = 200_000  # more points are drawn only when the picture rests; a part of the shuffle looks alike
MAX_CLASSES = 1000
FINE = 0.85  # power of the device pixel ratio with which dots grow
PLAIN = len(theme.CLASS_COLOURS)  # palette entry of points without a class
SHADES = 32  # palette entries of continuous values: finer steps cannot be told apart in a dot
MISSING = PLAIN + 1 + SHADES  # entry of points without a value
FULL = MISSING + 1  # entries; as many again follow for points that stand back behind a selection
STAND_BACK = 0.72  # how far those are blended into the surface
STAND_BACK_OPACITY = 0.6


class PointLayer:
    """Points, their classes, and a premultiplied image of them. Nothing here knows about widgets."""

    def __init__(self) -> None:
        self.motion = PointMotion()
        self.names: tuple[str, ...] = ()
        self.dot_scale = 1.0  # of the usual radius; smaller where something beneath is to be seen
        self.complete = True  # False while only part of very many points is drawn
        self._labels: Array | None = None
        self._rest = -1
        self._hidden: frozenset[int] = frozenset()
        self._colour = np.zeros(0, np.int64)  # palette entry per drawing position
        self._class = np.zeros(0, np.int64)  # class per drawing position, empty without labels
        self._among: Array | None = None  # drawing positions that are shown, None for all
        self._coloured = True  # by class, where there are classes
        self._shade: Array | None = None  # (n,) palette entry of a value per point of the caller
        self._chosen: Array | None = None  # (n,) bool: the rest stands back
        self._painted: Array | None = None  # drawing positions in the order of painting, None for all
        self._centre_from = self._centre_to = np.zeros((0, 2))
        self._raster = Rasteriser()
        self._version = -1
        self._image = QImage()

    # --- what is shown --------------------------------------------------------------------------------

    def set_points(self, xy: Array | None, now: float, *, glide: bool) -> None:
        """New positions (n, 2) or None; see PointMotion.set_points."""
        drawn = self.centres(now)
        before = self.motion.order
        if xy is None or len(xy) == 0:
            self.motion.clear()
        else:
            self.motion.set_points(xy, now, glide=glide)
        if self.motion.order is not before:
            self._sort_by_drawing()
        self._aim_centres(drawn)

    def set_labels(self, labels: Array | None, names: Sequence[str], rest: int = -1) -> None:
        """Class per point (n,), or None: one colour. Counts only while it is as long as the points.

        rest: the class of what is in none, grey
        """
        self._rest = rest
        self._labels = None if labels is None else np.asarray(labels).astype(np.int64).ravel()
        self.names = tuple(names)
        if self._labels is not None and not self.names and len(self._labels):
            top = int(min(self._labels.max(), MAX_CLASSES - 1))
            self.names = tuple(str(i) for i in range(top + 1))
        self._hidden = frozenset()
        self._sort_by_drawing()
        self._aim_centres(None)

    def set_shown(self, shown: frozenset[int] | None) -> None:
        """Indices of the classes to draw, None for all."""
        self._hidden = frozenset() if shown is None else frozenset(range(len(self.names))) - shown
        self._choose()

    def set_values(self, values: Array | None) -> None:
        """Colour by a value in [0, 1] per point (n,), NaN for none, in place of the class; None: by class."""
        self._shade = None
        if values is not None:
            values = np.asarray(values, np.float32)
            with np.errstate(invalid="ignore"):
                steps = np.clip(values, 0.0, 1.0) * np.float32(SHADES - 1) + np.float32(PLAIN + 1.5)
            self._shade = np.where(np.isfinite(values), np.nan_to_num(steps), MISSING).astype(np.int64)
        self._sort_by_drawing()

    def set_coloured(self, coloured: bool) -> None:
        """Whether classes have colours of their own."""
        self._coloured = coloured
        self._sort_by_drawing()

    def set_chosen(self, chosen: Array | None) -> None:
        """The points (n,) bool in front; all others stand back in pale colours. None: nothing is chosen."""
        self._chosen = None if chosen is None else np.array(chosen, bool)
        self._sort_by_drawing()

    def shown(self) -> frozenset[int]:
        """Indices of the classes that are drawn."""
        return frozenset(range(len(self.names))) - self._hidden

    @property
    def among(self) -> Array | None:
        """Drawing positions of the points that are shown, None for all."""
        return self._among

    @property
    def labelled(self) -> bool:
        """True when every point has a class."""
        return len(self._class) > 0

    def label_of(self, index: int) -> int | None:
        """Class of the caller's point `index`, None without classes."""
        if not self.labelled or self._labels is None:
            return None
        return int(self._labels[index])

    def place_of(self, index: int) -> tuple[float, float] | None:
        """Where the caller's point `index` is drawn now, None when it has no place."""
        at = np.flatnonzero(self.motion.order == index)
        if len(at) == 0 or abs(self.motion.x[at[0]]) >= LIMIT:
            return None
        return float(self.motion.x[at[0]]), float(self.motion.y[at[0]])

    def nearest(self, x: float, y: float, reach: float) -> int:
        """Index of the shown point nearest to a world point, -1 when none is within `reach`."""
        return self.motion.nearest(x, y, reach, self._among)

    def centres(self, now: float) -> Array:
        """Class centres as drawn now, (classes, 2); NaN for classes that are empty or hidden."""
        part = self.motion.part(now)
        centre = self._centre_to
        if part < 1.0 and self._centre_from.shape == centre.shape:
            between = self._centre_from + (centre - self._centre_from) * part
            centre = np.where(np.isnan(between), centre, between)
        if self._hidden:
            centre = centre.copy()
            centre[[i for i in self._hidden if i < len(centre)]] = np.nan
        return centre

    def _sort_by_drawing(self) -> None:
        order = self.motion.order
        if self._labels is not None and len(self._labels) == len(order) and self.names:
            self._class = np.clip(self._labels[order], 0, len(self.names) - 1)
        else:
            self._class = np.zeros(0, np.int64)
        if self._shade is not None and len(self._shade) == len(order):
            self._colour = self._shade[order]
        elif self._coloured and len(self._class):
            self._colour = np.where(self._class == self._rest, MISSING, self._class % PLAIN)
        else:
            self._colour = np.full(len(order), PLAIN, np.int64)
        if self._standing_back():
            self._colour = self._colour + FULL * ~self._chosen[order]  # type: ignore[operator,index]
        self._choose()

    def _standing_back(self) -> bool:
        """True while a choice fits the points that are there."""
        return self._chosen is not None and len(self._chosen) == len(self.motion.order)

    def _choose(self) -> None:
        self._among = None
        if self._hidden and self.labelled:
            keep = np.ones(len(self.names), bool)
            keep[list(self._hidden)] = False
            self._among = np.flatnonzero(keep[self._class])
        self._painted = self._among
        if self._standing_back():  # those first, so that none covers a chosen one
            back = self._colour >= FULL
            if self._among is None:
                self._painted = np.concatenate([np.flatnonzero(back), np.flatnonzero(~back)])
            else:
                back = back[self._among]
                self._painted = np.concatenate([self._among[back], self._among[~back]])

    def _aim_centres(self, drawn: Array | None) -> None:
        if not self.labelled:
            self._centre_from = self._centre_to = np.zeros((0, 2))
            return
        self._centre_to = self.motion.centres(self._class, len(self.names))
        usable = drawn is not None and drawn.shape == self._centre_to.shape and self.motion.gliding
        self._centre_from = drawn if usable and drawn is not None else self._centre_to

    # --- the picture ----------------------------------------------------------------------------------

    def dot_radius(self, box: ViewBox) -> float:
        """Radius of a dot in logical pixels: smaller for many points, growing when zoomed in."""
        n = max(1, len(self.motion))
        crowd = n / max(1.0, box.zoom) ** 1.5
        size = 3.2 * (1000.0 / max(crowd, 300.0)) ** 0.2
        size *= min(1.5, max(0.75, (min(box.width, box.height) / 600.0) ** 0.5))
        if theme.current().name == "projector":
            size *= 1.3
        return min(5.0, max(0.75, size * self.dot_scale))

    def picture(self, box: ViewBox, ratio: float, *, moving: bool = False) -> QImage:
        """The points seen through `box` at a device pixel ratio; valid until the next call."""
        width, height = max(1, round(box.width * ratio)), max(1, round(box.height * ratio))
        raster = self._raster
        raster.resize(width, height)
        # In quarters, for few different stamps. Fine screens show finer dots, and those cost less time.
        radius = round(4 * self.dot_radius(box) * ratio**FINE) / 4
        n = len(self.motion)
        opacity = 0.95 if n < 3000 else 0.9 if n < 30_000 else 0.82
        plain = self._shade is None and self._rest < 0 and not self._standing_back()
        raster.set_dots(radius, *_palette(opacity, whole=not plain))
        if raster.version != self._version:
            self._version = raster.version
            memory = raster.memory.view(np.uint8).data
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(memory, width, height, raster.stride * 4, form)
        self._image.setDevicePixelRatio(ratio)
        x, y, colour = self._seen(box, radius / ratio, moving=moving)
        scale = np.float32(ratio / box.view.unit)
        left, _, _, top = box.visible()
        with np.errstate(all="ignore"):
            raster.render((x - np.float32(left)) * scale, (np.float32(top) - y) * scale, colour)
        return self._image

    def _seen(self, box: ViewBox, radius: float, *, moving: bool) -> tuple[Array, Array, Array]:
        """Positions and palette entries of the points that can be seen."""
        x, y, colour, among = self.motion.x, self.motion.y, self._colour, self._painted
        self.complete = not (moving and len(x) > WHILE_MOVING)
        if not self.complete:
            x, y, colour = x[:WHILE_MOVING], y[:WHILE_MOVING], colour[:WHILE_MOVING]
            among = None if among is None else among[among < WHILE_MOVING]
        if among is not None:
            x, y, colour = x[among], y[among], colour[among]
        if box.zoom > 1.3:
            left, bottom, right, top = box.visible()
            edge = (radius + 2.0) * box.view.unit
            inside = (x > left - edge) & (x < right + edge) & (y > bottom - edge) & (y < top + edge)
            kept = np.flatnonzero(inside)
            x, y, colour = x[kept], y[kept], colour[kept]
        return x, y, colour


def _palette(opacity: float, *, whole: bool) -> tuple[Array, Array]:
    """Class colours, the colour of points without a class, and with `whole` those of values and everything
    once more for points that stand back: (c, 3) uint8, and the opacity of each (c,)."""
    now = theme.current()
    colours = [theme.class_colour(i) for i in range(PLAIN)] + [QColor(now.accent)]
    table = [(c.red(), c.green(), c.blue()) for c in colours]
    if not whole:
        return np.array(table, np.uint8), np.full(len(table), opacity)
    missing, surface = QColor(now.line), QColor(now.surface)
    table += [*theme.value_colours(SHADES), (missing.red(), missing.green(), missing.blue())]
    front = np.array(table, float)
    ground = np.array([surface.red(), surface.green(), surface.blue()], float)
    back = front + (ground - front) * STAND_BACK
    strength = np.repeat([opacity, opacity * STAND_BACK_OPACITY], FULL)
    return np.rint(np.concatenate([front, back])).astype(np.uint8), strength
