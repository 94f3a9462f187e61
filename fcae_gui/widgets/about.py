"""Two boxes of text: who we are with versions to copy, and every shortcut."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme

PACKAGES = ("fcae-gui", "torch", "torchvision", "PySide6-Essentials", "numpy", "scikit-learn")


def versions(device: str) -> str:
    """The lines a bug report needs: packages, Python, system, device."""
    lines = []
    for package in PACKAGES:
        try:
            lines.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{package} not installed")
    lines += [f"Python {platform.python_version()}", platform.platform(), f"device: {device or 'none yet'}"]
    return "\n".join(lines)


class AboutBox(QDialog):
    """What this is, and the versions with a button that copies them."""

    def __init__(self, device: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About fcae_gui")
        self._text = versions(device)
        title = QLabel("fcae_gui")
        title.setFont(theme.font(1.6, bold=True))
        what = QLabel(
            "Watch fully connected autoencoders learn, and decode their latent space while they do.\n"
            "BSD 3-Clause License."
        )
        what.setWordWrap(True)
        shown = QPlainTextEdit(self._text)
        shown.setReadOnly(True)
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        shown.setAccessibleName("Versions")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton("Copy versions")
        copy.clicked.connect(self._on_copy)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        for part in (title, what, shown, buttons):
            column.addWidget(part)
        self.resize(460, 400)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)


class ShortcutsBox(QDialog):
    """A table of (where, command, keys)."""

    def __init__(self, rows: list[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("All shortcuts")
        table = QTableWidget(len(rows), 3)
        table.setAccessibleName("All shortcuts")
        table.setHorizontalHeaderLabels(["Menu", "Command", "Keys"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.setItem(row, column, QTableWidgetItem(text))
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        table.resizeRowsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(table)
        layout.addWidget(buttons)
        self.resize(560, 620)
