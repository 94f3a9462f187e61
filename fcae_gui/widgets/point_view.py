"""Many points painted fluently: they glide, the range follows them, a cursor marks one place."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import paper
from fcae_gui.widgets.axes import paint_axes, plot_rect
from fcae_gui.widgets.class_labels import ClassNames, Places
from fcae_gui.widgets.cursor_mark import CursorMark
from fcae_gui.widgets.empty_note import paint_empty, paint_pill
from fcae_gui.widgets.map_parts import MapLayer
from fcae_gui.widgets.point_layer import PointLayer
from fcae_gui.widgets.view_box import Box, ViewBox

Array = np.ndarray

REST_S = 0.15  # after the last movement very many points are drawn completely


class PointView(QWidget):
    """Layers from the back: axes (kept as a pixmap), points (an image), class names, trail and cursor.

    Nothing moves by itself: whoever shows it calls advance() for every frame. set_* never emit.
    """

    def __init__(
        self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._layer = PointLayer()
        self._box = ViewBox()
        self._cursor = CursorMark()
        self._cursor_shown = True
        self._axes_shown = True
        self._name_room = 0.0
        self._least: Box | None = None
        self._x_text = self._y_text = self._message = ""
        self._plot = QRectF()
        self._back = QPixmap()
        self._back_key: tuple[object, ...] = ()
        self._image = QImage()
        self._points_key: tuple[object, ...] = ()
        self._drawn = 0
        self._easing = False
        self._changes = 0  # counts everything that alters the picture of the points
        self._names = ClassNames()
        self._short_names: tuple[str, ...] = ()
        self._rest = -1
        self._beneath: list[MapLayer] = []
        self._above: list[MapLayer] = []
        self._hovered = -1
        self._covers: Callable[[int], bool] | None = None  # whether a picture lies on a point
        self._last_frame = self._last_move = clock()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of points")
        self._lay_out()

    # --- what is shown --------------------------------------------------------------------------------

    def set_points(self, xy: Array | None, *, glide: bool = True) -> None:
        """Positions (n, 2) in world units, None or empty for none; those not finite are not drawn.

        With `glide`, as many points as before move there over several advance().
        """
        if xy is not None and (np.ndim(xy) != 2 or np.shape(xy)[1] != 2):
            raise ValueError(f"xy must have shape (n, 2), got {np.shape(xy)}")
        self._layer.set_points(xy, self._clock(), glide=glide)
        bounds = self._layer.motion.bounds
        if bounds is None:
            self._box.forget()
            self._hovered = -1
        else:
            self._box.follow(self._with_least(bounds))
        if self._hovered >= len(self._layer.motion):
            self._hovered = -1
        self._touch()

    def set_labels(
        self,
        labels: Array | None,
        class_names: Sequence[str] = (),
        short_names: Sequence[str] = (),
        rest: int = -1,
    ) -> None:
        """Class of every point (n,), or None for one colour; all classes are shown again.

        short_names: what stands on the map where the names themselves are too long for it
        rest: the class of what is in none: grey, and without a name on the map
        """
        self._short_names, self._rest = tuple(short_names), rest
        self._layer.set_labels(labels, class_names, rest)
        self._names.forget()
        self._touch()

    def set_classes_shown(self, shown: frozenset[int] | None) -> None:
        """Draw only these classes, None for all."""
        self._layer.set_shown(shown)
        self._touch()

    def set_values(self, values: Array | None) -> None:
        """Colour by a value in [0, 1] per point (n,), NaN for none, in place of the class; None: by class."""
        self._layer.set_values(values)
        self._touch()

    def set_coloured(self, coloured: bool) -> None:
        """Whether classes have colours of their own; without, all points have one."""
        self._layer.set_coloured(coloured)
        self._touch()

    def set_chosen(self, chosen: Array | None) -> None:
        """The points (n,) bool in front; all others stand back, but stay. None: nothing is chosen."""
        self._layer.set_chosen(chosen)
        self._touch()

    def mark(self, index: int) -> None:
        """Ring point `index` as if the mouse were on it, -1 for none; tells nobody."""
        self._hovered = index if 0 <= index < len(self._layer.motion) else -1
        self.update()

    def set_dot_scale(self, scale: float) -> None:
        """Radius of the dots against the usual one: smaller ones let more of the layers beneath be seen."""
        if scale != self._layer.dot_scale:
            self._layer.dot_scale = scale
            self._touch()

    def set_axes(self, x_text: str, y_text: str) -> None:
        """Texts of the axes; an empty one takes no room."""
        if (x_text, y_text) == (self._x_text, self._y_text):
            return
        self._x_text, self._y_text = x_text, y_text
        self._lay_out()

    def set_name_room(self, room: float) -> None:
        """Write the names of classes only where each has so many times the square of the text's height."""
        self._name_room = room
        self.update()

    def set_axes_shown(self, shown: bool) -> None:
        """Whether there are axes at all; without, the points have all the room."""
        self._axes_shown = shown
        self._lay_out()

    def set_cursor(self, x: float, y: float) -> None:
        """Put the cursor at a world point. Values that are not finite are ignored."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return
        self._repaint_cursor()
        self._cursor.move(x, y)
        self._repaint_cursor()

    def set_least_extent(self, box: Box | None) -> None:
        """A part of the world that the range always holds while it follows the points; None for no such."""
        self._least = box
        bounds = self._layer.motion.bounds
        if bounds is not None:
            self._box.follow(self._with_least(bounds))

    def _with_least(self, bounds: Box) -> Box:
        least = self._least
        if least is None:
            return bounds
        low, high = map(min, bounds[:2], least[:2]), map(max, bounds[2:], least[2:])
        return (*low, *high)  # type: ignore[return-value]

    def set_cursor_shown(self, shown: bool) -> None:
        """Whether there is a cursor at all."""
        self._cursor_shown = shown
        self.update()

    def add_layer(self, layer: MapLayer, *, beneath: bool = False, lowest: bool = False) -> None:
        """Paint `layer` above the points and under the cursor, or beneath the points; the last one on top.

        lowest: under all other layers of its side, whenever these come (pictures that stand for points)
        """
        layers = self._beneath if beneath else self._above
        layers.insert(0 if lowest else len(layers), layer)
        self.update()

    def remove_layer(self, layer: MapLayer) -> None:
        """Take a layer away again; nothing happens when it is not there."""
        self._beneath = [one for one in self._beneath if one is not layer]
        self._above = [one for one in self._above if one is not layer]
        self.update()

    @property
    def box(self) -> ViewBox:
        """The visible part of the world, to be read."""
        return self._box

    def points_drawn(self) -> tuple[Array, Array, Array, Array | None]:
        """x, y (n,) float32 as drawn now and the caller's index (n,) in drawing order, to be read; then the
        drawing positions of the classes that are shown, None for all."""
        motion = self._layer.motion
        return motion.x, motion.y, motion.order, self._layer.among

    def set_message(self, text: str) -> None:
        """What is said instead of points, or above them while there are some; empty for nothing."""
        self._message = text
        self.update()

    # --- what can be asked ----------------------------------------------------------------------------

    def cursor_position(self) -> tuple[float, float]:
        """The cursor in world units."""
        return (self._cursor.x, self._cursor.y)

    def points_shown(self) -> int:
        """Points that have a place on the map."""
        return self._layer.motion.drawable

    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, empty without classes."""
        return self._layer.names if self._layer.labelled else ()

    def dot_radius(self) -> float:
        """Radius of a dot in logical pixels as it is drawn now."""
        return self._layer.dot_radius(self._box)

    def message(self) -> str:
        """What set_message() was given."""
        return self._message

    def place_of(self, index: int) -> QPointF | None:
        """Where point `index` is drawn in the widget, None when it has no place."""
        place = self._layer.place_of(index)
        return None if place is None else self.to_widget(*place)

    def label_of(self, index: int) -> int | None:
        """Class of point `index`."""
        return self._layer.label_of(index)

    def hovered(self) -> int:
        """The point that is marked because the mouse is on it, -1 for none."""
        return self._hovered

    def gliding(self) -> bool:
        """True while points are on their way."""
        return self._layer.motion.gliding

    def moving(self) -> bool:
        """True while points, or the range that follows them, are on their way."""
        return self.gliding() or self._easing

    def view_state(self) -> tuple[float, float, float] | None:
        """Centre and size of the view the user chose, None while it follows the points."""
        return self._box.state()

    def set_view_state(self, state: tuple[float, float, float] | None) -> None:
        """Restore what view_state() gave."""
        self._box.set_state(state)
        self._touch()

    def visible_range(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of what can be seen, in world units."""
        return self._box.visible()

    def to_widget(self, x: float, y: float) -> QPointF:
        """Where a world point lies in the widget."""
        return QPointF(*self._box.to_screen(x, y)) + self._plot.topLeft()

    def to_world(self, place: QPointF) -> tuple[float, float]:
        """The world point under a place in the widget."""
        inside = place - self._plot.topLeft()
        return self._box.to_world(inside.x(), inside.y())

    # --- frames ---------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Move everything that is on its way by one frame."""
        now = self._clock()
        passed, self._last_frame = min(0.1, now - self._last_frame), now
        glided = self._layer.motion.advance(now)
        moved = self._easing = self._box.advance(passed)
        if glided or moved:
            self._touch()
        elif not self._layer.complete and now - self._last_move > REST_S:
            self._points_key = ()
            self.update()
        trail = self._plot_rect_of_cursor()
        if self._cursor.fade(now):
            self.update(trail)

    def pictures_drawn(self) -> int:
        """How often the points have been drawn anew, not merely shown again."""
        return self._drawn

    def reset_view(self) -> None:
        """Follow the points again; the way there takes a few frames."""
        self._box.reset()
        self._last_frame = self._clock()

    def _touch(self) -> None:
        """The picture of the points is no longer right."""
        self._changes += 1
        self._last_move = self._clock()
        self.update()

    def _lay_out(self) -> None:
        if self._axes_shown:
            self._plot = plot_rect(self.width(), self.height(), x_text=self._x_text, y_text=self._y_text)
        else:
            edge = 0.6 * theme.text_px()  # for names of classes at the rim
            self._plot = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        self._box.resize(self._plot.width(), self._plot.height())
        self._back_key = ()
        self._touch()

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter, event)
        finally:
            painter.end()  # a painter that outlives its event crashes; layers and tools are others' code

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        now, ratio = self._clock(), paper.ratio(self.devicePixelRatioF())
        painter.setClipRegion(event.region())
        self._paint_back(painter, ratio)
        self._paint_layers(painter, self._beneath, ratio)
        if not self.points_shown():
            paint_empty(painter, QRectF(self.rect()), self._message)
            return
        painter.drawImage(self._plot.topLeft(), self._picture(now, ratio))
        painter.save()
        painter.setClipRect(self._plot.adjusted(-4, -4, 4, 4), Qt.ClipOperation.IntersectClip)
        painter.translate(self._plot.topLeft())
        room = self._box.width * self._box.height
        if self.class_names() and room >= self._name_room * len(self.class_names()) * theme.text_px() ** 2:
            self._names.paint(
                painter,
                self._points_key,
                self._places,
                ratio,
                room,
                gliding=self.gliding() and not paper.drawing(),
            )
        self._paint_layers(painter, self._above, ratio, translated=True)
        self._paint_hovered(painter)
        if self._cursor_shown:
            self._cursor.paint(painter, self._box, now, focused=self.hasFocus())
        painter.restore()
        if self._message:
            paint_pill(painter, self._plot, self._message)

    def _paint_layers(
        self, painter: QPainter, layers: list[MapLayer], ratio: float, *, translated: bool = False
    ) -> None:
        for layer in layers:
            painter.save()
            if not translated:
                painter.setClipRect(self._plot, Qt.ClipOperation.IntersectClip)
                painter.translate(self._plot.topLeft())
            layer.paint(painter, self._box, ratio)
            painter.restore()

    def _paint_back(self, painter: QPainter, ratio: float) -> None:
        if not paper.drawing():
            self._refresh_back(ratio)
            painter.drawPixmap(0, 0, self._back)
            return
        painter.fillRect(self.rect(), QColor(theme.current().surface))
        if self.points_shown() and self._axes_shown:
            painter.save()
            paint_axes(painter, self._plot, self._box, self._x_text, self._y_text)
            painter.restore()

    def _refresh_back(self, ratio: float) -> None:
        """Background and axes, painted again only when range, size, texts or theme changed."""
        view = self._box.view
        where = (self.width(), self.height(), ratio, view.x, view.y, view.unit)
        look = (theme.current().name, theme.text_px(), self._x_text, self._y_text, self.points_shown() > 0)
        key = (*where, *look)
        if key == self._back_key:
            return
        self._back_key = key
        size = self.size() * ratio
        if self._back.size() != size:
            self._back = QPixmap(size)
        self._back.setDevicePixelRatio(ratio)
        self._back.fill(QColor(theme.current().surface))
        if self.points_shown() and self._axes_shown:
            painter = QPainter(self._back)
            paint_axes(painter, self._plot, self._box, self._x_text, self._y_text)
            painter.end()

    def _picture(self, now: float, ratio: float) -> QImage:
        view = self._box.view
        key = (self._changes, ratio, view.x, view.y, view.unit, theme.current().name)
        if key != self._points_key:
            self._points_key = key
            self._drawn += 1
            self._image = self._layer.picture(self._box, ratio, moving=now - self._last_move <= REST_S)
        return self._image

    def _places(self) -> Places:
        names, centre = self.class_names(), self._layer.centres(self._clock())
        there = [i for i in range(len(centre)) if math.isfinite(centre[i, 0]) and i != self._rest]
        names = self._short_names or names
        return [(names[i], *self._box.to_screen(*centre[i])) for i in there]

    def _paint_hovered(self, painter: QPainter) -> None:
        place = self._layer.place_of(self._hovered) if self._hovered >= 0 else None
        if place is None or (self._covers is not None and self._covers(self._hovered)):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = QPointF(*self._box.to_screen(*place))
        reach = self._layer.dot_radius(self._box) + 3.0
        for colour, wide in ((theme.current().surface, 4.0), (theme.current().text, 1.6)):
            painter.setPen(QPen(QColor(colour), wide))
            painter.drawEllipse(middle, reach, reach)

    def _plot_rect_of_cursor(self) -> QRect:
        return self._cursor.rect(self._box).translated(self._plot.topLeft()).toAlignedRect()

    def _repaint_cursor(self) -> None:
        self.update(self._plot_rect_of_cursor())

    # --- changes from outside -------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._names.forget()
            self._lay_out()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._names.forget()
            self._lay_out()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._repaint_cursor()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._repaint_cursor()
        super().focusOutEvent(event)
