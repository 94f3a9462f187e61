"""A strip with one sentence and two buttons, for a change that says what it costs before it is made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fcae_gui import theme
from fcae_gui.widgets.forms import Remark, Tone


class ConfirmBar(QFrame):
    """Hidden while there is nothing to say."""

    applied = Signal()
    discarded = Signal()

    def __init__(self, title: str, apply_tip: str, discard_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._sentence = Remark(self)
        self.apply_button = QPushButton("Apply", self)
        self.apply_button.setToolTip(apply_tip)
        self.discard_button = QPushButton("Discard", self)
        self.discard_button.setToolTip(discard_tip)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self.discard_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self._sentence)
        column.addLayout(buttons)
        self.apply_button.clicked.connect(self.applied)
        self.discard_button.clicked.connect(self.discarded)
        self.setVisible(False)

    def ask(self, sentence: str, *, can_apply: bool) -> None:
        """Show what would happen."""
        self._show(sentence, "warn", can_apply)

    def object_to(self, sentence: str) -> None:
        """Show why it cannot happen."""
        self._show(sentence, "bad", False)

    def rest(self) -> None:
        """Nothing to say."""
        self.setVisible(False)

    def text(self) -> str:
        """The sentence shown last."""
        return self._sentence.text()

    def _show(self, sentence: str, tone: Tone, can_apply: bool) -> None:
        self._sentence.set_remark(sentence, tone)
        self.apply_button.setEnabled(can_apply)
        self.setVisible(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised strip with a mark of warning on its left."""
        now = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(now.raised))
        painter.fillRect(0, 0, 3, self.height(), QColor(now.warn))
        painter.end()
