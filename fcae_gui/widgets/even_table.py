"""A small table of figures to be read, whose columns share what width there is."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTableWidget


class EvenTable(QTableWidget):
    """Columns as wide as their texts, and an equal part each of what is left."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """After other texts or another width."""
        columns = range(self.columnCount())
        header = self.horizontalHeader()
        least = [max(header.sectionSizeHint(i), self.sizeHintForColumn(i)) for i in columns]
        spare = max(0, self.viewport().width() - sum(least)) // max(1, len(least))
        for column, wide in enumerate(least):
            self.setColumnWidth(column, wide + spare)
