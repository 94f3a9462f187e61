"""The code panel: the network and its training as the PyTorch lines one would type."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fcae_gui.widgets.code_view import CodeView
from fcae_gui.widgets.tool_row import tool_button

EMPTY = "The lines appear with the first network."


class CodePanel(QWidget):
    """In: set_text, set_summary. Out: copied, when the text is on the clipboard."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.view = CodeView(self)
        self.view.setPlaceholderText(EMPTY)
        self._summary = QLabel(self)
        self._summary.setToolTip(
            "This network and its training written in PyTorch. The lines run as they stand once `samples` "
            "holds the data: a float32 tensor with one sample per row. Every edit changes them at once."
        )
        self.copy = tool_button(self, "Copy", "Put all lines on the clipboard")
        self.copy.setAccessibleName("Copy the code")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 4, 0)
        bar.addWidget(self._summary, 1)
        bar.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.setMinimumSize(160, 100)

    def set_text(self, text: str) -> None:
        """The program; lines that differ from the one before light up."""
        self.view.set_text(text)
        self.copy.setEnabled(bool(text))

    def set_summary(self, text: str) -> None:
        """One line above it, such as the sizes of the layers."""
        self._summary.setText(text)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.toPlainText())
        self.copied.emit()
