"""The glossary as a page: terms to search on the left, plain words and formula on the right."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme


class GlossaryBox(QDialog):
    """entries: (term, plain words, formula or "")."""

    def __init__(self, entries: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Glossary")
        self._entries = sorted(entries, key=lambda entry: entry[0].lower())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search all terms")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search the glossary")
        self.terms = QListWidget()
        self.terms.setAccessibleName("Terms")
        self.page = QTextBrowser()
        self.page.setAccessibleName("Explanation")
        for number, (term, _text, _formula) in enumerate(self._entries):
            item = QListWidgetItem(term)
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.terms.addItem(item)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.terms)
        columns = QHBoxLayout()
        columns.addLayout(left, 2)
        columns.addWidget(self.page, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addLayout(columns)
        column.addWidget(buttons)
        self.terms.currentRowChanged.connect(self._on_row)
        self.search.textChanged.connect(self._on_search)
        self.terms.setCurrentRow(0)
        scale = theme.text_px() / 13
        self.resize(int(640 * min(scale, 1.6)), int(440 * min(scale, 1.4)))
        self.search.setFocus()

    @Slot(int)
    def _on_row(self, row: int) -> None:
        item = self.terms.item(row)
        if item is None:
            self.page.setHtml("")
            return
        term, text, formula = self._entries[int(item.data(Qt.ItemDataRole.UserRole))]
        shown = f"<h3>{html.escape(term)}</h3><p>{html.escape(text)}</p>"
        if formula:
            shown += f"<p><b>{html.escape(formula)}</b></p>"
        self.page.setHtml(shown)

    @Slot(str)
    def _on_search(self, wanted: str) -> None:
        words = wanted.lower().split()
        shown = []
        for row in range(self.terms.count()):
            item = self.terms.item(row)
            entry = " ".join(self._entries[int(item.data(Qt.ItemDataRole.UserRole))]).lower()
            hidden = not all(word in entry for word in words)
            item.setHidden(hidden)
            if not hidden:
                place = item.text().lower().find(wanted.lower().strip())  # a term of that name comes first
                shown.append((place if place >= 0 else len(entry), row))
        first = min(shown)[1] if shown else -1
        self.terms.setCurrentRow(first)
        if first < 0:
            self.page.setPlainText("No term has these words.")


def what_is_this(term: str, text: str, formula: str) -> str:
    """Rich text for Qt's own "What is this?" window."""
    shown = f"<b>{html.escape(term)}</b><p>{html.escape(text)}</p>"
    return shown + (f"<p>{html.escape(formula)}</p>" if formula else "")
