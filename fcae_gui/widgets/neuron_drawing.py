"""A network drawn with every neuron and every weight, live; wide layers as strips, and it says so."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fcae_gui import theme
from fcae_gui.widgets import neuron_colours as colours
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.empty_note import paint_empty
from fcae_gui.widgets.neuron_colours import Palette
from fcae_gui.widgets.neuron_layout import MAX_LINES, Bundle, Column, make_bundle, make_columns
from fcae_gui.widgets.recolour import THEME_EVENTS

MARGIN_PX = 10
LINE_REACH_PX = 5.0
MANY_LINES = 800
CHOICE_EVERY = 3  # pictures: the strongest of a wide layer change slowly
LEAST_FADE = 0.25  # of what is not highlighted
EMPTY = "The network appears with its first weights."


@dataclass(frozen=True, slots=True)
class Pointed:
    """What the mouse or a key points at: a unit of a column, or with `source` the weight that leads to it
    from that unit of the column before."""

    column: int
    unit: int
    source: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """What a stage is about: columns and gaps (0: between the first two columns), others fade.

    flow: 1 for an arrow to the right over the gaps, -1 to the left, 0 for none
    """

    columns: frozenset[int] = frozenset()
    gaps: frozenset[int] = frozenset()
    flow: int = 0


class NeuronDrawing(QWidget):
    """set_* in, `pointed` out. Up and down walk over the neurons of a layer, with Shift over the layers."""

    pointed = Signal(object)  # Pointed or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Drawing of the neurons")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._sizes: tuple[int, ...] = ()
        self._captions: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._image_shape: tuple[int, int] | None = None
        self._columns: list[Column] = []
        self._bundles: list[Bundle | None] = []
        self._links: Sequence[np.ndarray] | None = None
        self._biases: Sequence[np.ndarray] | None = None
        self._palette: Palette = "weight"
        self._word = "weight"
        self._limit = 1.0
        self._values: Sequence[np.ndarray | None] = ()
        self._value_palettes: Sequence[Palette] = ()
        self._values_shown = True
        self._highlight: Highlight | None = None
        self._pointed: Pointed | None = None
        self._turn = 0
        self.lines_seconds = 0.0  # what painting the lines took the last time
        self._picture: QPixmap | None = None  # of the lines: painted again only when they change

    # --- in -------------------------------------------------------------------------------------------------

    def set_network(
        self,
        sizes: Sequence[int],
        captions: Sequence[str],
        names: Sequence[str] = (),
        image_shape: tuple[int, int] | None = None,
    ) -> None:
        """Another network: sizes of its layers, a word above each, names of the inputs, their shape."""
        self._sizes, self._captions = tuple(sizes), tuple(captions)
        self._names = tuple(names) if len(names) == (sizes[0] if sizes else 0) else ()
        self._image_shape = image_shape
        self._links, self._biases, self._values = None, None, ()
        self._highlight = None
        self._point(None)
        self._lay_out()

    def set_links(
        self,
        links: Sequence[np.ndarray],
        biases: Sequence[np.ndarray] | None = None,
        *,
        palette: Palette = "weight",
        word: str = "weight",
        fresh: bool = False,
    ) -> None:
        """What the lines stand for, (out, in) per gap, and the rings of the neurons, (out,) per gap.

        fresh: look up the strongest of wide layers anew, everywhere, and fit the scale.
        Raises ValueError when the shapes are not those of the network.
        """
        wanted = [(b, a) for a, b in zip(self._sizes, self._sizes[1:], strict=False)]
        if [link.shape for link in links] != wanted:
            raise ValueError(f"expected weights of shapes {wanted}, got {[link.shape for link in links]}")
        other = fresh or self._links is None or (palette, word) != (self._palette, self._word)
        self._links, self._biases, self._palette, self._word = links, biases, palette, word
        if other or len(self._bundles) != len(links):
            self._bundles = [None] * len(links)
        elif links:  # which lines are strongest is looked up anew for one gap at a time: 3 ms for 784 x 500
            self._turn = (self._turn + 1) % (CHOICE_EVERY * len(links))
            gap, due = divmod(self._turn, CHOICE_EVERY)
            bundle = self._bundles[gap]
            if due == 0 and bundle is not None and not bundle.all_drawn:
                self._bundles[gap] = None
        self._set_limit(other)
        self._redraw()

    def set_values(
        self, values: Sequence[np.ndarray | None], palettes: Sequence[Palette] | None = None
    ) -> None:
        """The number in every neuron, (size,) per layer; None leaves a layer empty."""
        if len(values) != len(self._sizes):
            return
        self._values = values
        self._value_palettes = palettes or ["weight"] * len(values)
        self.update()

    def set_values_shown(self, shown: bool) -> None:
        """Whether neurons show their values."""
        self._values_shown = shown
        self.update()

    def set_highlight(self, highlight: Highlight | None) -> None:
        """What a stage is about, None: all alike."""
        if highlight != self._highlight:
            self._highlight = highlight
            self._redraw()

    # --- asked ----------------------------------------------------------------------------------------------

    @property
    def lines_drawn(self) -> list[tuple[int, int]]:
        """(lines drawn, weights there are) between every two columns."""
        return [(len(b.lines), b.total) if b is not None else (0, 0) for b in self._made_bundles()]

    @property
    def highlight(self) -> Highlight | None:
        """What stands out."""
        return self._highlight

    def place_of(self, at: Pointed) -> QPointF:
        """Where a unit, or the middle of a drawn weight, stands in the widget."""
        if at.source < 0:
            return self._columns[at.column].place_of(at.unit)
        bundle = self._made_bundles()[at.column - 1]
        assert bundle is not None
        (k,) = np.flatnonzero((bundle.to == at.unit) & (bundle.source == at.source))
        return bundle.lines[int(k)].pointAt(0.5)

    def sizeHint(self) -> QSize:
        """A good size."""
        return QSize(520, 360)

    # --- making ---------------------------------------------------------------------------------------------

    def _set_limit(self, at_once: bool) -> None:
        """The end of the scale: held while it is not far off, so that colours do not flicker."""
        assert self._links is not None
        drawn = [
            np.abs(link[bundle.to, bundle.source]).max()
            for link, bundle in zip(self._links, self._made_bundles(), strict=True)
            if bundle is not None
        ]
        largest = float(max(drawn, default=0.0))
        if not np.isfinite(largest):
            return
        wanted = colours.nice(largest)
        if at_once or wanted > self._limit or largest < 0.4 * self._limit:
            self._limit = wanted

    def _most_radius(self) -> float:
        """A neuron with room for a number such as -0.42."""
        return 0.5 * QFontMetricsF(theme.font(0.92)).horizontalAdvance("\N{MINUS SIGN}0.00") + 4

    def _room(self) -> QRectF:
        """Where the middles of the neurons may stand."""
        metrics = QFontMetricsF(theme.font(0.92))
        line = metrics.height()
        side = MARGIN_PX + 18.0
        if self._names:
            wide = max(metrics.horizontalAdvance(name) for name in self._names)
            side = self._most_radius() + 12 + min(wide + 2, 0.25 * self.width())
        summarised = any(a * b > MAX_LINES for a, b in zip(self._sizes, self._sizes[1:], strict=False))
        top, bottom = 2 * line + 18, (3 if summarised else 1) * line + 16
        wide, tall = max(40.0, self.width() - 2 * side), max(40.0, self.height() - top - bottom)
        return QRectF(side, top, wide, tall)

    def _lay_out(self) -> None:
        radius = self._most_radius()
        self._columns = (
            make_columns(self._sizes, self._room(), most_radius=radius, image_shape=self._image_shape)
            if self._sizes
            else []
        )
        self._bundles = [None] * max(0, len(self._sizes) - 1)
        self._redraw()

    def _made_bundles(self) -> list[Bundle | None]:
        if self._links is not None:
            for gap, bundle in enumerate(self._bundles):
                if bundle is None:
                    left, right = self._columns[gap], self._columns[gap + 1]
                    self._bundles[gap] = make_bundle(left, right, self._links[gap])
        return self._bundles

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines from their picture, then neurons, words and the legend."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().surface))
        if self._links is None or not self._columns:
            paint_empty(painter, QRectF(self.rect()), EMPTY)
            painter.end()
            return
        if self._picture is None:
            began = time.perf_counter()
            self._picture = self._painted_lines()
            self.lines_seconds = time.perf_counter() - began
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pointed_line(painter)
        for at, column in enumerate(self._columns):
            faded = self._highlight is not None and at not in self._highlight.columns
            painter.setOpacity(LEAST_FADE + 0.15 if faded else 1.0)
            if column.kind == "neurons":
                self._paint_neurons(painter, at, column)
            else:
                self._paint_strip(painter, at, column)
        painter.setOpacity(1.0)
        self._paint_words(painter)
        painter.end()

    def _painted_lines(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.current().surface))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        assert self._links is not None
        many = sum(drawn for drawn, _ in self.lines_drawn) > MANY_LINES
        for gap, bundle in enumerate(self._made_bundles()):
            if bundle is None:
                continue
            faded = self._highlight is not None and gap not in self._highlight.gaps
            painter.setOpacity(LEAST_FADE if faded else 1.0)
            values = self._links[gap][bundle.to, bundle.source]
            shades = colours.levels(np.nan_to_num(values), self._limit)
            thickness = 4.5 if bundle.total <= 120 else 3.0
            for level in sorted(set(shades.tolist()), key=abs):  # strong lines over weak ones
                # Of many lines the faint ones are drawn plainly: 2,304 take 27 ms smooth, 12 ms so.
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, not (many and abs(level) < 4))
                painter.setPen(colours.pen_of(level, self._palette, thickness))
                painter.drawLines([bundle.lines[k] for k in np.flatnonzero(shades == level).tolist()])
        painter.end()
        return picture

    def _paint_pointed_line(self, painter: QPainter) -> None:
        at = self._pointed
        if at is None or at.source < 0:
            return
        left, right = self._columns[at.column - 1], self._columns[at.column]
        line = QLineF(left.box.right(), left.ys[at.source], right.box.left(), right.ys[at.unit])
        painter.setPen(QPen(QColor(theme.current().accent), 2.4, Qt.PenStyle.DashLine))
        painter.drawLine(line)

    def _shares(self, at: int) -> np.ndarray | None:
        """The values of a column relative to its largest, in [-1, 1]."""
        values = self._values[at] if self._values_shown and at < len(self._values) else None
        if values is None or len(values) != self._sizes[at]:
            return None
        largest = float(np.abs(values).max())
        return values / largest if largest > 0 and np.isfinite(largest) else np.zeros(len(values))

    def _paint_neurons(self, painter: QPainter, at: int, column: Column) -> None:
        now = theme.current()
        shares = self._shares(at)
        font = theme.font(0.92)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        biases = self._biases[at - 1] if self._biases is not None and at > 0 else None
        for unit in range(column.size):
            middle = QPointF(column.x, float(column.ys[unit]))
            palette = self._value_palettes[at] if shares is not None else "weight"
            fill = (
                QColor(now.surface)
                if shares is None
                else colours.colour_of(0.8 * float(shares[unit]), palette)
            )
            ring = QPen(QColor(now.muted), 1.0)
            if biases is not None:
                level = int(colours.levels(biases[unit : unit + 1], self._limit)[0])
                if level:
                    ring = colours.pen_of(level, self._palette, 2.5)
            if self._is_pointed(at, unit):
                ring = QPen(QColor(now.accent), 3.0)
            painter.setPen(ring)
            painter.setBrush(fill)
            painter.drawEllipse(middle, column.radius, column.radius)
            if shares is not None:
                value = float(self._values[at][unit])  # type: ignore[index]
                text = colours.fitting(value, metrics.horizontalAdvance, 2 * column.radius - 2)
                painter.setPen(colours.readable_on(fill))
                painter.drawText(column_box(middle, column.radius), int(Qt.AlignmentFlag.AlignCenter), text)
        self._paint_names(painter, at, column, metrics)

    def _paint_names(self, painter: QPainter, at: int, column: Column, metrics: QFontMetricsF) -> None:
        """Names of the inputs, left of them, and of the outputs, right of them."""
        if not self._names or at not in (0, len(self._columns) - 1) or metrics.height() > _spacing(column):
            return
        painter.setPen(QColor(theme.current().text))
        edge = column.radius + 6
        wide = column.x - edge - 4 if at == 0 else self.width() - column.x - edge - 4
        side = Qt.AlignmentFlag.AlignRight if at == 0 else Qt.AlignmentFlag.AlignLeft
        for unit, name in enumerate(self._names):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
            left = 4.0 if at == 0 else column.x + edge
            box = QRectF(left, column.ys[unit] - metrics.height() / 2, wide, metrics.height())
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_strip(self, painter: QPainter, at: int, column: Column) -> None:
        now = theme.current()
        shares = self._shares(at)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if shares is None:
            painter.fillRect(column.box, QColor(now.raised))
        elif column.shape is not None and self._value_palettes[at] == "weight":
            values = np.asarray(self._values[at], np.float32).reshape(column.shape)
            painter.drawImage(column.box, pixel_image.to_image(pixel_image.to_bytes(values)))
        else:
            grid = shares.reshape(column.shape or (column.size, 1))
            painter.drawImage(column.box, colours.heat(grid, self._value_palettes[at]))
        painter.setPen(QPen(QColor(now.muted), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(column.box)
        if self._pointed is not None and self._pointed.source < 0 and self._pointed.column == at:
            painter.setPen(QPen(QColor(now.accent), 2))
            painter.drawEllipse(column.place_of(self._pointed.unit), 4, 4)

    def _is_pointed(self, at: int, unit: int) -> bool:
        here = self._pointed
        return here is not None and here.source < 0 and (here.column, here.unit) == (at, unit)

    def _paint_words(self, painter: QPainter) -> None:
        """Above each layer its name and size, below each bundle how much of it is drawn, and the scale."""
        now = theme.current()
        font = theme.font(0.92)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        line = metrics.height()
        gap = self._columns[1].x - self._columns[0].x if len(self._columns) > 1 else float(self.width())
        captions = self._captions
        if any(metrics.horizontalAdvance(text) > gap - 4 for text in captions[1:-1]):
            captions = tuple(text.removeprefix("layer ") for text in captions)
        for at, column in enumerate(self._columns):
            on = self._highlight is None or at in self._highlight.columns
            texts = (captions[at] if at < len(captions) else "", self._size_text(at, gap, metrics))
            for row, text in enumerate(texts):
                painter.setPen(QColor(now.text if row == 0 and on else now.muted))
                wide = metrics.horizontalAdvance(text)
                left = min(max(2.0, column.x - wide / 2), self.width() - wide - 2)
                painter.drawText(QPointF(left, 4 + row * line + metrics.ascent()), text)
        self._paint_arrows(painter)
        bottom = self.height() - 3 * line - 8
        summarised = False
        for at, bundle in enumerate(self._bundles):
            if bundle is None or bundle.all_drawn:
                continue
            summarised = True
            middle = (self._columns[at].x + self._columns[at + 1].x) / 2
            painter.setPen(QColor(now.muted))
            for row, text in enumerate((f"{len(bundle.lines)} of", _count(bundle.total, gap, metrics))):
                box = QRectF(middle - gap / 2, bottom + row * line, gap, line)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        legend = QRectF(MARGIN_PX, self.height() - line - 5, self.width() - 2 * MARGIN_PX, line + 2)
        x = colours.paint_scale(painter, legend, self._palette, self._limit, self._word)
        notes = []
        if any(column.kind == "neurons" for column in self._columns[1:]) and self._biases is not None:
            notes.append("ring: bias")
        if summarised:
            notes.append("n of m: the strongest")
        room = QRectF(x + 14, legend.top(), legend.right() - x - 14, legend.height())
        while notes and metrics.horizontalAdvance("   ".join(notes)) > room.width():
            notes.pop(0)  # what is left out of a drawing weighs more than what a ring means
        text = "   ".join(notes)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)

    def _size_text(self, at: int, gap: float, metrics: QFontMetricsF) -> str:
        size, column = self._sizes[at], self._columns[at]
        long = f"{size:,} pixels" if column.kind == "image" else f"{size:,} neurons"
        return long if metrics.horizontalAdvance(long) <= gap - 6 else f"{size:,}"

    def _paint_arrows(self, painter: QPainter) -> None:
        if self._highlight is None or not self._highlight.flow:
            return
        colour = QColor(theme.current().accent)
        if self._palette == "gradient":
            colour = colours.end_colours("gradient")[0]
        painter.setPen(QPen(colour, 2.2))
        painter.setBrush(colour)
        y = self._room().top() - 8
        for gap in self._highlight.gaps:
            left, right = self._columns[gap].x + 14, self._columns[gap + 1].x - 14
            tip, tail = (right, left) if self._highlight.flow > 0 else (left, right)
            back = tip - 9 * self._highlight.flow
            painter.drawLine(QPointF(tail, y), QPointF(back, y))
            painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(back, y - 4.5), QPointF(back, y + 4.5)]))

    # --- mouse and keys -------------------------------------------------------------------------------------

    def _under(self, place: QPointF) -> Pointed | None:
        for at, column in enumerate(self._columns):
            unit = column.unit_at(place)
            if unit >= 0:
                return Pointed(at, unit)
        for gap, bundle in enumerate(self._made_bundles() if self._links is not None else ()):
            inside = self._columns[gap].x < place.x() < self._columns[gap + 1].x
            k = bundle.nearest(place, LINE_REACH_PX) if bundle is not None and inside else -1
            if k >= 0:
                assert bundle is not None
                return Pointed(gap + 1, int(bundle.to[k]), int(bundle.source[k]))
        return None

    def _point(self, at: Pointed | None) -> None:
        if at != self._pointed:
            self._pointed = at
            self.update()
            self.pointed.emit(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the mouse."""
        self._point(self._under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing any more."""
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the neurons; Esc points at nothing."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._sizes:
            by = 1 if key == Qt.Key.Key_Down else -1
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            columns, units = (by, 0) if shift else (0, by)
            now = self._pointed or Pointed(0, -1 if units > 0 else 0)
            column = min(max(0, now.column + columns), len(self._sizes) - 1)
            unit = min(max(0, now.unit + units), self._sizes[column] - 1)
            self._point(Pointed(column, unit))
        elif key == Qt.Key.Key_Escape and self._pointed is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in (*THEME_EVENTS, QEvent.Type.FontChange):
            self._lay_out()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything has another place."""
        self._lay_out()


def column_box(middle: QPointF, radius: float) -> QRectF:
    """The square around a neuron."""
    return QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)


def _spacing(column: Column) -> float:
    return float(column.ys[1] - column.ys[0]) if column.size > 1 else 1e9


def _count(total: int, gap: float, metrics: QFontMetricsF) -> str:
    text = f"{total:,}"
    return text if metrics.horizontalAdvance(text) <= gap - 2 else f"{total / 1000:,.0f} k"
