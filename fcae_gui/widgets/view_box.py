"""World to screen for a plot: equal scale, pan, zoom, a range that follows the data smoothly. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

MARGIN = 0.07  # of the data's size on each side, when the range is chosen anew
SHRINK = 0.78  # the range is tightened only when the data need less than this of it
EASE_S = 0.28  # time constant of the approach to a new range
MOST_GROWTH = 1.35  # of the range from one frame to the next: more would be a jump
MAX_ZOOM = 1e5  # against the range that shows everything
MIN_ZOOM = 0.02
SETTLED = 2e-3  # of the visible size: nearer than this the approach is over

Box = tuple[float, float, float, float]  # left, bottom, right, top in world units


@dataclass(slots=True)
class View:
    """What is visible: the centre in world units, and world units per screen pixel (both axes)."""

    x: float = 0.0
    y: float = 0.0
    unit: float = 0.01


class ViewBox:
    """The visible part of the world on a screen rectangle of width x height pixels, y upwards."""

    def __init__(self) -> None:
        self.width = self.height = 100.0
        self.view = View()
        self.following = True  # until the user pans or zooms
        self._goal: Box = (-1.0, -1.0, 1.0, 1.0)
        self._has_data = False
        self._fresh = True
        self._snap()

    # --- range ----------------------------------------------------------------------------------------

    def resize(self, width: float, height: float) -> None:
        """Another screen size: what was visible stays visible."""
        span = self.view.unit * min(self.width, self.height)
        self.width, self.height = max(1.0, width), max(1.0, height)
        if self.following:
            self._snap()
        else:
            self.view.unit = span / min(self.width, self.height)

    def follow(self, data: Box) -> None:
        """New extent of the data. The range moves only when they leave it or have become much smaller."""
        padded = _padded(data)
        tight = self._unit_for(padded) < SHRINK * self._unit_for(self._goal)
        if not self._has_data or tight or not _inside(data, self._goal):
            self._goal = padded
        self._has_data = True
        if self._fresh:
            self._fresh = False
            if self.following:
                self._snap()

    def forget(self) -> None:
        """No data any more: the next extent is shown at once instead of approached."""
        self._has_data, self._fresh = False, True

    def reset(self) -> None:
        """Follow the data again; advance() leads there."""
        self.following = True

    def advance(self, seconds: float) -> bool:
        """Approach the range that shows everything; True when the view moved."""
        if not self.following:
            return False
        target, view = self._target(), self.view
        size = target.unit * max(self.width, self.height)
        off = max(abs(target.x - view.x), abs(target.y - view.y)) / size
        if off == 0.0 and target.unit == view.unit:
            return False
        if off < SETTLED and abs(math.log(target.unit / view.unit)) < SETTLED:
            self.view = target
            return True
        part = 1.0 - math.exp(-max(0.0, seconds) / EASE_S)
        # All edges move alike, so that what lay in the old range and what will lie in the new one stays seen:
        # with a scale that lagged behind the centre, a map that grew fiftyfold was out of sight for half a
        # second.
        grown = view.unit + (target.unit - view.unit) * part
        if grown > MOST_GROWTH * view.unit:
            part *= (MOST_GROWTH - 1.0) * view.unit / (grown - view.unit)
        view.x += (target.x - view.x) * part
        view.y += (target.y - view.y) * part
        view.unit += (target.unit - view.unit) * part
        return True

    def state(self) -> tuple[float, float, float] | None:
        """Centre and size (world units along the shorter side) of a view the user chose; None: following."""
        if self.following:
            return None
        return (self.view.x, self.view.y, self.view.unit * min(self.width, self.height))

    def set_state(self, state: tuple[float, float, float] | None) -> None:
        """The inverse of state(). Values that are not finite or not positive mean following."""
        if state is None or not all(map(math.isfinite, state)) or not state[2] > 0.0:
            self.following = True
            return
        self.following = False
        self.view = View(state[0], state[1], state[2] / min(self.width, self.height))

    @property
    def zoom(self) -> float:
        """Magnification against the range that shows everything."""
        return self._unit_for(self._goal) / self.view.unit

    def visible(self) -> Box:
        """The visible part of the world."""
        half_w, half_h = self.view.unit * self.width / 2, self.view.unit * self.height / 2
        return (self.view.x - half_w, self.view.y - half_h, self.view.x + half_w, self.view.y + half_h)

    # --- the user's hand ------------------------------------------------------------------------------

    def pan(self, dx: float, dy: float) -> None:
        """Move the world by so many screen pixels (y downwards)."""
        self.following = False
        self.view.x -= dx * self.view.unit
        self.view.y += dy * self.view.unit

    def zoom_by(self, factor: float, at_x: float, at_y: float) -> None:
        """Magnify by `factor`, keeping the world point under the screen point (at_x, at_y) where it is."""
        whole = self._unit_for(self._goal)
        unit = min(max(self.view.unit / factor, whole / MAX_ZOOM), whole / MIN_ZOOM)
        x, y = self.to_world(at_x, at_y)
        self.following = False
        self.view.unit = unit
        self.view.x = x - (at_x - self.width / 2) * unit
        self.view.y = y + (at_y - self.height / 2) * unit

    # --- transform ------------------------------------------------------------------------------------

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """World to screen pixels from the top left corner."""
        unit = self.view.unit
        return (self.width / 2 + (x - self.view.x) / unit, self.height / 2 - (y - self.view.y) / unit)

    def to_world(self, x: float, y: float) -> tuple[float, float]:
        """Screen pixels to world."""
        unit = self.view.unit
        return (self.view.x + (x - self.width / 2) * unit, self.view.y - (y - self.height / 2) * unit)

    # --- inside ---------------------------------------------------------------------------------------

    def _unit_for(self, box: Box) -> float:
        return max((box[2] - box[0]) / self.width, (box[3] - box[1]) / self.height)

    def _target(self) -> View:
        box = self._goal
        return View((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, self._unit_for(box))

    def _snap(self) -> None:
        self.view = self._target()


def _padded(data: Box) -> Box:
    left, bottom, right, top = data
    size = max(right - left, top - bottom)
    if not size > 1e-12 * max(1.0, abs(left), abs(top)):  # a single spot
        size = max(1e-3, abs(left) * 1e-3, abs(top) * 1e-3)
    pad = MARGIN * size
    return (left - pad, bottom - pad, right + pad, top + pad)


def _inside(data: Box, goal: Box) -> bool:
    return data[0] >= goal[0] and data[1] >= goal[1] and data[2] <= goal[2] and data[3] <= goal[3]


def nice_ticks(low: float, high: float, about: int) -> tuple[list[float], int]:
    """Round values (steps of 1, 2 or 5) in [low, high], some `about` of them, and the decimals they need."""
    span = high - low
    if not (math.isfinite(span) and span > 0.0) or about < 1:
        return [], 0
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [i * step for i in range(first, min(last, first + 100) + 1)], decimals
