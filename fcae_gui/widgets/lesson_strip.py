"""Parts of the strip a lesson is shown in: the two columns, and answers that count hands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from fcae_gui import theme
from fcae_gui.widgets.flow_row import FlowRow
from fcae_gui.widgets.recolour import THEME_EVENTS, Role, recolour

LINES = 6.75  # heights of text that the strip keeps, so that nothing jumps from step to step
COLUMN_GAP_PX = 18
GAP_PX = 3
MARGIN_PX = 8
EDGE_PX = 3
LEFT_SHARE = 0.5
LEFT_SHARE_ALONE = 0.66  # of a step that asks nothing
PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class AccentButton(QToolButton):
    """A button in the accent colour while `prominent`, for the one thing to do next."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prominent = False
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_prominent(self, prominent: bool) -> None:
        """Stand out, or not."""
        if prominent != self._prominent:
            self._prominent = prominent
            self._paint_state()

    def _paint_state(self) -> None:
        look, on = theme.current(), self._prominent and self.isEnabled()
        recolour(
            self,
            {
                Role.Button: look.accent if on else look.raised,
                Role.ButtonText: look.on_accent if on else (look.text if self.isEnabled() else look.muted),
            },
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as Space does."""
        if event.key() in PRESSING:
            self.click()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow the theme and whether it can be pressed; keep the window's keys off the ones that press."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in PRESSING:
                event.accept()
                return True
        if event.type() in (*THEME_EVENTS, QEvent.Type.EnabledChange) and hasattr(self, "_prominent"):
            self._paint_state()
        return super().event(event)


class Hands(FlowRow):
    """Answers as buttons; each press counts one hand, until the answer is revealed."""

    chosen = Signal(int)
    taken_back = Signal(int)

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = [AccentButton("", self) for _ in range(most)]
        self._texts: tuple[str, ...] = ()
        for number, button in enumerate(self.buttons):
            button.setProperty("answer", number)
            button.clicked.connect(self._on_clicked)
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(self._on_right_clicked)
            self.add(button)
            button.hide()

    def set_answers(self, texts: Sequence[str]) -> None:
        """Other answers, no hands."""
        self._texts = tuple(texts)
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(self._texts))
        self.set_hands([0] * len(self._texts), revealed=False, right=None)

    def set_hands(self, hands: Sequence[int], *, revealed: bool, right: int | None) -> None:
        """How many chose each; when revealed, the right one (from 0) is marked."""
        for number, (button, text) in enumerate(zip(self.buttons, self._texts, strict=False)):
            count = hands[number]
            mark = "✓ " if revealed and number == right else ""
            button.setText(f"{mark}{text}  · {count}" if count else f"{mark}{text}")
            said = f"{count} chose it" if count else "nobody chose it yet"
            button.setAccessibleName(f"Answer {number + 1}: {text}, {said}")
            button.setToolTip(
                "Commit to this answer: press once for each raised hand. A right click takes one back."
                if not revealed
                else f"{said[:1].upper()}{said[1:]}. Ask again to choose anew."
            )
            button.set_prominent(number == right if revealed else count > 0)
            button.setEnabled(not revealed or number == right)
        self.arrange()

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.chosen.emit(int(button.property("answer")))

    @Slot()
    def _on_right_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.taken_back.emit(int(button.property("answer")))


class TwoColumns(QWidget):
    """A line over the whole width, and below it two columns; as tall as its fullest column needs.

    A tool bar does not ask how tall its widgets want to be at a width, so the strip sets its own height.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: QWidget | None = None
        self._columns: tuple[list[QWidget], list[QWidget]] = ([], [])
        self.left_share = LEFT_SHARE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, head: QWidget, left: list[QWidget], right: list[QWidget]) -> None:
        """Take these parts, from the top to the bottom of each column."""
        self._head, self._columns = head, (left, right)
        for part in (head, *left, *right):
            part.setParent(self)

    def fit(self) -> None:
        """Place everything and take the height it needs."""
        if self._head is None:
            return
        # Before it is shown it has no width of its own yet; a narrow one would make the window grow.
        margin = MARGIN_PX
        inner = (self.width() if self.isVisible() else self.window().width()) - 2 * MARGIN_PX
        top = EDGE_PX
        head_height = self._head.sizeHint().height()
        self._head.setGeometry(margin, top, inner, head_height)
        top += head_height + GAP_PX
        left_width = int((inner - COLUMN_GAP_PX) * self.left_share)
        places = (
            (margin, left_width),
            (margin + left_width + COLUMN_GAP_PX, inner - left_width - COLUMN_GAP_PX),
        )
        bottom = top
        for (x, width), parts in zip(places, self._columns, strict=True):
            y = top
            for part in parts:
                if part.isHidden():
                    continue
                height = part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
                part.setGeometry(x, y, width, height)
                y += height + GAP_PX
            bottom = max(bottom, y - GAP_PX)
        kept = round(LINES * self.fontMetrics().height())
        self.setFixedHeight(max(kept, bottom + EDGE_PX))

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(600, self.height())

    def minimumSizeHint(self) -> QSize:
        """Never a reason for a wider window."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the texts anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def event(self, event: QEvent) -> bool:
        """Larger text needs more room."""
        taken = super().event(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange, QEvent.Type.Show):
            self.fit()
        return taken


def text_label(name: str) -> QLabel:
    """A label of plain text that wraps."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setAccessibleName(name)
    return label
