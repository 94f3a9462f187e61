"""Notices that need no answer: one sentence at a time, sliding in at the top of a window, never a dialog."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPropertyAnimation, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme

Kind = Literal["info", "warn", "error"]
INFO_MS = 6_000  # long enough to read one sentence twice
SLIDE_MS = 160  # seen as a movement, not waited for
MOST_WAITING = 20  # older ones go: whoever comes back to twenty notices reads none of them
WIDEST_PX = 760  # a line of about 100 letters
MARKS = {"info": "i", "warn": "!", "error": "×"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence, where needed with details to copy and up to two actions ((name, title), ...)."""

    text: str
    kind: Kind = "info"
    details: str = ""
    actions: tuple[tuple[str, str], ...] = ()


class _Mark(QWidget):
    """A round mark with a sign, so that the kind of a notice is not told by colour alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind: Kind = "info"
        self.setFixedSize(22, 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A disc in the colour of the kind, with its sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour_of(self.kind)))
        painter.drawEllipse(self.rect().adjusted(2, 2, -2, -2))
        painter.setPen(QColor(theme.current().surface))
        painter.setFont(theme.font(0.95, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, MARKS[self.kind])
        painter.end()


def colour_of(kind: Kind) -> str:
    """The theme's colour of a kind of notice."""
    now = theme.current()
    return {"info": now.accent, "warn": now.warn, "error": now.bad}[kind]


class NoticeBar(QFrame):
    """Lies over the top of its parent, centred; shows queued notices one after another.

    action_chosen(str): name of the pressed action; the notice closes
    closed(str):        text of the notice that has gone, however it went
    """

    action_chosen = Signal(str)
    closed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue: deque[Notice] = deque()
        self._now: Notice | None = None
        self._top = 0
        self._host = parent
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFO_MS)
        self._timer.timeout.connect(self.dismiss)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.setVisible(False)
        parent.installEventFilter(self)

    # --- in --------------------------------------------------------------------------------------------

    def show_notice(
        self,
        text: str,
        kind: Kind = "info",
        *,
        details: str = "",
        actions: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show one sentence now, or after those that wait; the same sentence is not shown twice in a row.

        Raises ValueError for more than two actions.
        """
        if len(actions) > 2:
            raise ValueError(f"a notice has at most two actions, got {len(actions)}")
        notice = Notice(text=text, kind=kind, details=details, actions=tuple(actions))
        last = self._queue[-1] if self._queue else self._now
        if notice == last:
            if notice == self._now:
                self._restart_timer()
            return
        self._queue.append(notice)
        while len(self._queue) > MOST_WAITING:
            self._queue.popleft()
        if self._now is None:
            self._show_next()
        else:
            self._show_count()
            self._place()
            self._restart_timer()

    def set_top(self, y: int) -> None:
        """Where the bar hangs in its parent: the lower edge of the tool bar."""
        self._top = y
        self._place()

    def current(self) -> Notice | None:
        """The notice on screen."""
        return self._now

    def waiting(self) -> int:
        """How many notices wait behind the one on screen."""
        return len(self._queue)

    @Slot()
    def dismiss(self) -> None:
        """Close the notice on screen; the next one follows."""
        gone = self._now
        if gone is None:
            return
        self._timer.stop()
        self._now = None
        self._show_next()
        self.closed.emit(gone.text)

    @Slot()
    def clear(self) -> None:
        """Close everything, also what waits."""
        self._queue.clear()
        self.dismiss()

    def dismiss_information(self) -> None:
        """What was only told belongs to the past; errors and questions stay."""
        self._queue = type(self._queue)(one for one in self._queue if one.kind != "info" or one.actions)
        if self._now is not None and self._now.kind == "info" and not self._now.actions:
            self.dismiss()
        else:
            self._show_count()

    # --- building --------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._mark = _Mark(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # a file's name is never read as markup
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._count = QLabel(self)
        self._details_button = QPushButton("Details", self)
        self._details_button.setCheckable(True)
        self._details_button.setAccessibleName("Details of this notice")
        self._action_buttons = [QPushButton(self), QPushButton(self)]
        self._close = QToolButton(self)
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close (Esc)")
        self._close.setAccessibleName("Close notice")
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._buttons = QWidget(self)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(30, 0, 0, 0)
        buttons.setSpacing(8)
        buttons.addWidget(self._details_button)
        buttons.addStretch(1)
        for button in self._action_buttons:
            buttons.addWidget(button)
            button.clicked.connect(self._on_action_clicked)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setFixedHeight(130)
        self._details.setTabChangesFocus(True)
        self._copy = QPushButton("Copy details", self)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self._copy)
        self._drawer = QWidget(self)
        drawer = QVBoxLayout(self._drawer)
        drawer.setContentsMargins(30, 0, 0, 0)
        drawer.setSpacing(6)
        drawer.addWidget(self._details)
        drawer.addLayout(below)
        self._drawer.setVisible(False)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._buttons)
        column.addWidget(self._drawer)
        self._details_button.toggled.connect(self._on_details_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._close.clicked.connect(self.dismiss)

    # --- showing ---------------------------------------------------------------------------------------

    def _show_next(self) -> None:
        if not self._queue:
            self._slide.stop()
            if self.isAncestorOf(self.focusWidget() or self) and self.focusWidget() is not None:
                self.focusWidget().clearFocus()
            self.setVisible(False)
            return
        notice = self._now = self._queue.popleft()
        self._mark.kind = notice.kind
        self._mark.update()
        self._text.setText(notice.text)
        word = {"info": "Notice", "warn": "Warning", "error": "Error"}[notice.kind]
        self.setAccessibleName(f"{word}: {notice.text}")
        self._details.setPlainText(notice.details)
        self._details_button.setChecked(False)
        self._details_button.setVisible(bool(notice.details))
        for at, button in enumerate(self._action_buttons):
            button.setVisible(at < len(notice.actions))
            if at < len(notice.actions):
                name, title = notice.actions[at]
                button.setProperty("action_name", name)
                button.setText(title)
        self._buttons.setVisible(bool(notice.details or notice.actions))
        self._show_count()
        self._slide_in()
        self._restart_timer()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _show_count(self) -> None:
        more = len(self._queue)
        self._count.setText(f"{more} more" if more else "")
        self._count.setVisible(more > 0)

    def _restart_timer(self) -> None:
        """Plain information goes by itself, and so does what offers nothing while others wait behind it."""
        notice = self._now
        stays = (
            notice is None
            or bool(notice.actions)
            or self.is_in_use()
            or (notice.kind != "info" and not self._queue)
        )
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    def is_in_use(self) -> bool:
        """True while the mouse or the keyboard is on the bar, or its details are open."""
        focus = self.window().focusWidget()
        inside = focus is not None and self.isAncestorOf(focus) and focus.hasFocus()
        return self.underMouse() or inside or self._details_button.isChecked()

    def _rest(self) -> QPoint:
        return QPoint((self._host.width() - self.width()) // 2, self._top + 6)

    def _fit(self) -> None:
        wide = max(200, min(WIDEST_PX, self._host.width() - 24))
        self.resize(wide, self._column.totalHeightForWidth(wide))

    def _place(self) -> None:
        if self._now is not None:
            self._slide.stop()
            self._fit()
            self.move(self._rest())
            self.raise_()

    def _slide_in(self) -> None:
        was_visible = self.isVisible()
        self._column.activate()
        self._fit()
        self.setVisible(True)
        self._column.activate()
        self._fit()  # shown parts have their real fonts only now
        self.raise_()
        if was_visible:
            self.move(self._rest())
            return
        rest = self._rest()
        self._slide.stop()
        self._slide.setStartValue(QPoint(rest.x(), rest.y() - self.height() // 2))
        self._slide.setEndValue(rest)
        self._slide.start()

    # --- what a person does ----------------------------------------------------------------------------

    @Slot()
    def _on_action_clicked(self) -> None:
        button = self.sender()
        name = str(button.property("action_name")) if button is not None else ""
        self.dismiss()
        self.action_chosen.emit(name)

    @Slot(bool)
    def _on_details_toggled(self, is_open: bool) -> None:
        self._drawer.setVisible(is_open)
        self._column.activate()
        self._place()
        self._restart_timer()

    @Slot()
    def _on_copy_clicked(self) -> None:
        notice = self._now
        if notice is not None:
            QGuiApplication.clipboard().setText(f"{notice.text}\n\n{notice.details}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes from anywhere in the bar."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            event.accept()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Whoever points at a notice is reading it."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The time to read starts again."""
        self._restart_timer()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay centred when the window changes its size."""
        if event.type() == QEvent.Type.Resize and watched is self._host:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        """Larger text needs a taller bar."""
        taken = super().event(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutRequest):
            self._place_if_grown()
        return taken

    def _place_if_grown(self) -> None:
        if self._now is not None and self._column.totalHeightForWidth(self.width()) != self.height():
            self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised strip with the colour of its kind on the left."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.line), 1))
        painter.setBrush(QColor(now.surface))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        if self._now is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour_of(self._now.kind)))
            painter.drawRoundedRect(0, 6, 4, self.height() - 12, 2, 2)
        painter.end()
