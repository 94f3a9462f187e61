"""Groups of horizontal bars with whiskers, one of which is chosen; they fill in as values arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fcae_gui import theme
from fcae_gui.widgets import axis
from fcae_gui.widgets.plot_frame import mixed

Ink = Literal["accent", "test", "muted", "line"]
PAD = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. value, low, high: in [0, 1], None while there is no value yet.

    key:   what it stands for, told when it is chosen
    label: left of the bar; note: right of it, said after the value
    busy:  it is being measured right now; old: the value belongs to an earlier state
    """

    key: object
    label: str
    value: float | None = None
    low: float = 0.0
    high: float = 0.0
    note: str = ""
    tip: str = ""
    ink: Ink = "muted"
    busy: bool = False
    old: bool = False


Group = tuple[str, str, tuple[Bar, ...]]  # title, tooltip, bars


def percent(value: float) -> str:
    """A share as per cent with one digit: 0.9571 -> "95.7"."""
    return f"{100 * value:.1f}"


class ScoreBars(QWidget):
    """In: set_groups, set_chosen. Out: chosen(key), by mouse or arrow keys."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._chosen: object = None
        self._head = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Accuracies")
        self.setMouseTracking(True)

    def set_groups(self, groups: Sequence[Group]) -> None:
        """What to show, from top to bottom."""
        self._groups = tuple(groups)
        self.setAccessibleDescription(self.text_twin())
        self.updateGeometry()
        self.update()

    def set_head(self, text: str) -> None:
        """What the notes on the right say, above them."""
        self._head = text
        self.update()

    def set_chosen(self, key: object) -> None:
        """Which bar is framed, None for none. Does not emit."""
        self._chosen = key
        self.update()

    def text_twin(self) -> str:
        """All values in words."""
        said = [
            f"{title}, {bar.label}: {percent(bar.value)} % ({percent(bar.low)} to {percent(bar.high)})"
            for title, _, bars in self._groups
            for bar in bars
            if bar.value is not None
        ]
        return "; ".join(said) or "No accuracies yet"

    # --- geometry -----------------------------------------------------------------------------------------

    def _line(self) -> float:
        return QFontMetricsF(theme.font()).height()

    def _row_height(self) -> float:
        """Rows share the height, within reason."""
        rows = sum(len(bars) + 1.25 for _, _, bars in self._groups) or 1.0
        room = (self.height() - 2.2 * self._line()) / rows
        return max(self._line() + 1, min(1.75 * self._line(), room))

    def _columns(self) -> tuple[float, float, float]:
        """Where the bars begin and end, and how wide the texts to their right are."""
        metrics = QFontMetricsF(theme.font())
        bars = [bar for _, _, group in self._groups for bar in group]
        labels = max([metrics.horizontalAdvance(bar.label) for bar in bars], default=0.0)
        small = QFontMetricsF(theme.font(0.92))
        notes = max([small.horizontalAdvance(bar.note) for bar in bars], default=0.0)
        value = metrics.horizontalAdvance("100.0 ± 0.0") + PAD
        left = labels + 3 * PAD
        right = self.width() - value - notes - 3 * PAD
        if right - left < 0.3 * self.width():  # narrow: the notes are left to the tooltip
            notes, right = 0.0, self.width() - value - 2 * PAD
        return left, max(left + 40.0, right), notes

    def _range(self) -> tuple[float, float]:
        """The axis ends at 1 and begins at a round value below every whisker."""
        lows = [bar.low for _, _, bars in self._groups for bar in bars if bar.value is not None]
        if not lows:
            return 0.0, 1.0
        lowest = min(lows)
        for start in (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2):
            if lowest >= start + 0.15 * (1.0 - start):
                return start, 1.0
        return 0.0, 1.0

    def _places(self) -> list[tuple[QRectF, Bar]]:
        """The row of every bar."""
        y, high, made = 1.9 * self._line(), self._row_height(), []
        for _, _, bars in self._groups:
            y += 1.1 * high
            for bar in bars:
                made.append((QRectF(0, y, self.width(), high), bar))
                y += high
            y += 0.15 * high
        return made

    def _titles(self) -> list[tuple[QRectF, str, str]]:
        y, high, made = 1.9 * self._line(), self._row_height(), []
        for title, tip, bars in self._groups:
            made.append((QRectF(0, y, self.width(), 1.1 * high), title, tip))
            y += (1.25 + len(bars)) * high
        return made

    def sizeHint(self) -> QSize:
        """Room for every row."""
        rows = sum(len(bars) + 1.25 for _, _, bars in self._groups)
        return QSize(360, round((2.3 + 1.35 * rows) * self._line()))

    def minimumSizeHint(self) -> QSize:
        """One line of text per row."""
        rows = sum(len(bars) + 1.25 for _, _, bars in self._groups)
        return QSize(300, round(2.3 * self._line() + rows * (self._line() + 1)))

    def place_of(self, key: object) -> QRectF:
        """The row of a bar, empty when it is not shown."""
        return next((place for place, bar in self._places() if bar.key == key), QRectF())

    # --- painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axis, titles, bars."""
        look, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right, notes = self._columns()
        low, high = self._range()
        places = self._places()
        bottom = places[-1][0].bottom() if places else self.height()
        self._paint_axis(painter, left, right, low, high, bottom, notes=notes > 0)
        painter.setFont(theme.font(bold=True))
        painter.setPen(QColor(look.text))
        for place, title, _ in self._titles():
            room = place.adjusted(PAD, 0, 0, -1)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), title)
        for place, bar in places:
            self._paint_bar(painter, place, bar, (left, right, notes), (low, high))

    def _paint_axis(
        self,
        painter: QPainter,
        left: float,
        right: float,
        low: float,
        high: float,
        bottom: float,
        *,
        notes: bool,
    ) -> None:
        look, line = theme.current(), self._line()
        painter.setFont(theme.font(0.92))
        metrics = QFontMetricsF(theme.font(0.92))
        wanted = max(2, int((right - left) / (3.2 * metrics.horizontalAdvance("100"))))
        for value, label in axis.linear_ticks(100 * low, 100 * high, wanted):
            x = round(left + (value / 100 - low) / (high - low) * (right - left)) + 0.5
            painter.setPen(QPen(mixed(look.line, look.surface, 0.35), 1))
            painter.drawLine(QPointF(x, 1.9 * line), QPointF(x, bottom))
            painter.setPen(QColor(look.muted))
            wide = metrics.horizontalAdvance(label)
            painter.drawText(QPointF(x - wide / 2, 0.9 * line + metrics.ascent()), label)
        text = "test accuracy in %" if low == 0 else f"test accuracy in %, from {100 * low:.0f} %"
        painter.drawText(QPointF(PAD, metrics.ascent()), text)
        head = self.width() - PAD - metrics.horizontalAdvance(self._head)
        if notes and head > right + metrics.horizontalAdvance("100"):
            painter.drawText(QPointF(head, 0.9 * line + metrics.ascent()), self._head)

    def _paint_bar(
        self,
        painter: QPainter,
        place: QRectF,
        bar: Bar,
        columns: tuple[float, float, float],
        span: tuple[float, float],
    ) -> None:
        look = theme.current()
        left, right, notes = columns
        low, high = span
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        if bar.key == self._chosen and bar.value is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(look.surface, look.accent, 0.16))
            painter.drawRoundedRect(place.adjusted(1, 0, -1, 0), 3, 3)
            if self.hasFocus():
                painter.setPen(QPen(QColor(look.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(place.adjusted(1, 0.5, -1, -0.5), 3, 3)
        painter.setFont(theme.font())
        painter.setPen(QColor(look.text if bar.value is not None and not bar.old else look.muted))
        painter.drawText(place.adjusted(2 * PAD, 0, 0, 0), flags, bar.label)
        thick = round(0.56 * place.height())
        track = QRectF(left, place.center().y() - thick / 2, right - left, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        if bar.value is None:
            painter.setBrush(mixed(look.surface, look.line, 0.45))
            painter.drawRoundedRect(QRectF(track.left(), track.center().y() - 1, track.width(), 2), 1, 1)
            if bar.busy:
                painter.setPen(QColor(look.accent))
                painter.drawText(QRectF(right + PAD, place.top(), 200, place.height()), flags, "measuring")
            return

        def x_of(value: float) -> float:
            return left + (max(low, value) - low) / (high - low) * (right - left)

        colour = QColor(getattr(look, bar.ink))
        colour.setAlphaF(0.35 if bar.old else 0.85)
        painter.setBrush(colour)
        if bar.ink == "line":  # the control: an outline, which is seen on every ground
            painter.setPen(QPen(QColor(look.muted), 1))
        painter.drawRect(QRectF(left, track.top(), max(1.0, x_of(bar.value) - left), thick))
        painter.setPen(QPen(QColor(look.text), 1.4))
        middle = track.center().y()
        painter.drawLine(QPointF(x_of(bar.low), middle), QPointF(x_of(bar.high), middle))
        for end in (bar.low, bar.high):
            painter.drawLine(QPointF(x_of(end), middle - thick / 3), QPointF(x_of(end), middle + thick / 3))
        painter.setPen(QColor(look.muted if bar.old else look.text))
        half = (bar.high - bar.low) / 2
        text = f"{percent(bar.value)} ± {100 * half:.1f}"
        painter.drawText(QRectF(right + PAD, place.top(), 300, place.height()), flags, text)
        if notes:
            painter.setFont(theme.font(0.92))
            painter.setPen(QColor(look.muted))
            room = QRectF(self.width() - notes - PAD, place.top(), notes + PAD - 2, place.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), bar.note)

    # --- hands --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses the bar in whose row it falls."""
        for place, bar in self._places():
            if place.contains(event.position()) and bar.value is not None:
                self._choose(bar.key)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down through the bars that have a value."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        keys = [bar.key for _, bar in self._places() if bar.value is not None]
        if not step or not keys:
            super().keyPressEvent(event)
            return
        at = keys.index(self._chosen) + step if self._chosen in keys else (0 if step > 0 else len(keys) - 1)
        self._choose(keys[min(max(0, at), len(keys) - 1)])

    def _choose(self, key: object) -> None:
        self._chosen = key
        self.update()
        self.chosen.emit(key)

    def event(self, event: QEvent) -> bool:
        """Tooltips of rows and titles."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            where = QPointF(event.pos())
            tips = [bar.tip for place, bar in self._places() if place.contains(where)]
            tips += [tip for place, _, tip in self._titles() if place.contains(where)]
            QToolTip.showText(event.globalPos(), tips[0] if tips else "", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)
