"""A slim strip that says what is on its way, how far it is, and offers to cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

BAR_STEPS = 1000


class ProgressStrip(QWidget):
    """Hidden while nothing is on its way. `set_progress` never emits."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._bar.setAccessibleName("Progress")
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName("Cancel what is on its way")
        self._cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self._label, 2)
        row.addWidget(self._bar, 3)
        row.addWidget(self._cancel)
        self.hide()

    def set_progress(self, text: str, done: int, total: int | None, *, can_cancel: bool) -> None:
        """Show `text` and the share done / total; without a total the bar only says that something moves."""
        self._label.setText(text)
        self._label.setToolTip(text)
        if total:
            self._bar.setRange(0, BAR_STEPS)
            self._bar.setValue(min(BAR_STEPS, round(BAR_STEPS * done / total)))
        else:
            self._bar.setRange(0, 0)
        self._cancel.setVisible(can_cancel)
        self.show()

    def finish(self) -> None:
        """Nothing is on its way any more."""
        self._bar.setRange(0, BAR_STEPS)  # a bar without a range animates for ever, also while hidden
        self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        self.cancel_requested.emit()
