"""Four maps of the same samples side by side, and the table of what each of them keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.even_table import EvenTable
from fcae_gui.widgets.map_pane import MapPane
from fcae_gui.widgets.tall_area import TallArea

Array = np.ndarray

LECTURE = "t-SNE and UMAP are better for looking at, but you cannot decode from them."
EMPTY = "Compute shows the samples here."
WAITING = "The map appears here."
COLUMNS = ("Map", "Trustworthiness", "Continuity", "Purity", "Time", "Can decode")
COLUMN_TIPS = (
    "How the map is made",
    "Are neighbours on the map neighbours in the source? 1 is perfect. "
    "1 − 2 / (n k (2 n − 3 k − 1)) · Σ (rank − k) over false neighbours, k = 10",
    "Are neighbours in the source still neighbours on the map? The same with map and source exchanged",
    "Share of the 10 nearest points on the map that have the point's own class",
    "Seconds on one core for these points",
    "Whether a place on the map, also between the points, can be turned back into a sample",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapKind:
    """What a pane is called and what it is."""

    name: str
    title: str
    tip: str
    decodes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Figures of a map as texts; `best`: columns in which it stands first."""

    texts: tuple[str, str, str, str]  # trustworthiness, continuity, purity, time
    tip: str = ""
    best: frozenset[int] = frozenset()


class MapsPanel(QWidget):
    """In: set_*. Out: what a person wishes, by the name of a map. Owner calls advance() for every frame."""

    compute_requested = Signal(str)  # name, "" for all
    cancel_requested = Signal(str)
    source_chosen = Signal(str)
    size_chosen = Signal(int)
    hovered = Signal(int)  # index of a point, -1 for none
    picked = Signal(int, str)  # index, mode
    outlined = Signal(str, object, str)  # name of the map, outline (m, 2), mode

    def __init__(self, kinds: Sequence[MapKind], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("maps")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._kinds = tuple(kinds)
        self._busy = False
        self._cells: dict[tuple[int, int], QTableWidgetItem] = {}
        self.compute = QPushButton("Compute", self)
        self.compute.setToolTip("Make all four maps in the background, or stop all; training goes on")
        self.source = QComboBox(self)
        self.source.setAccessibleName("Maps of")
        self.source.setToolTip("What PCA, t-SNE and UMAP start from, and what every map is compared with")
        self.source.addItem("pixels", "pixels")
        self.source.addItem("code", "code")
        self.points = QComboBox(self)
        self.points.setAccessibleName("Number of points")
        self.points.setToolTip("How many of the samples on the latent map are in these maps")
        self.panes: dict[str, MapPane] = {
            kind.name: MapPane(kind.title, kind.tip, self) for kind in self._kinds
        }
        self.table = self._made_table()
        self.sentence = QLabel(LECTURE, self)
        self.sentence.setWordWrap(True)
        self.note = QLabel("", self)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._build()
        self._connect()
        self.set_busy(False, can_run=False)

    def _made_table(self) -> EvenTable:
        table = EvenTable(len(self._kinds), len(COLUMNS), self)
        table.setAccessibleName("What each map keeps")
        table.setToolTip("What each map keeps of the neighbourhoods in the source, and what it costs")
        for column, tip in enumerate(COLUMN_TIPS):
            head = QTableWidgetItem(COLUMNS[column])
            head.setToolTip(tip)
            table.setHorizontalHeaderItem(column, head)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setFrameShape(QTableWidget.Shape.NoFrame)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        for row, kind in enumerate(self._kinds):
            for column in range(len(COLUMNS)):
                item = QTableWidgetItem("")
                left = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignHCenter
                item.setTextAlignment(left | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, column, item)
                self._cells[row, column] = item
            self._cells[row, 0].setText(kind.title)
            self._cells[row, 0].setToolTip(kind.tip)
            self._cells[row, len(COLUMNS) - 1].setText("yes" if kind.decodes else "no")
        return table

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.compute)
        for text, part in (("Maps of", self.source), ("Points", self.points)):
            label = QLabel(text, self)
            label.setBuddy(part)
            top.addSpacing(8)
            top.addWidget(label)
            top.addWidget(part)
        top.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, kind in enumerate(self._kinds):
            grid.addWidget(self.panes[kind.name], at // 2, at % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        parts = QVBoxLayout()
        parts.setSpacing(4)
        parts.addLayout(grid, 1)
        parts.addWidget(self.table)
        parts.addWidget(self.sentence)
        parts.addWidget(self.note)
        column.addLayout(top)
        column.addWidget(TallArea(parts, self), 1)
        self._fit_table()

    def _connect(self) -> None:
        self.compute.clicked.connect(self._on_compute)
        self.source.activated.connect(self._on_source)
        self.points.activated.connect(self._on_size)
        for pane in self.panes.values():
            pane.set_message(EMPTY)
            pane.hovered.connect(self._on_hovered)
            pane.picked.connect(self.picked)
            pane.outlined.connect(self._on_outlined)
            pane.button_clicked.connect(self._on_pane)

    # --- in -----------------------------------------------------------------------------------------------

    def set_sizes(self, choices: Sequence[tuple[str, int]], chosen: int) -> None:
        """How many points there can be, as (text, number)."""
        with QSignalBlocker(self.points):
            self.points.clear()
            for text, number in choices:
                self.points.addItem(text, number)
            self.points.setCurrentIndex(max(0, self.points.findData(chosen)))

    def set_source(self, source: str, raw: str) -> None:
        """Show which source is in force, and what the samples are made of: "pixels" or "values"."""
        self.source.setItemText(0, raw)
        with QSignalBlocker(self.source):
            self.source.setCurrentIndex(max(0, self.source.findData(source)))

    def set_samples(
        self,
        features: Array | None,
        shape: tuple[int, int] | None,
        labels: Array | None,
        class_names: Sequence[str],
    ) -> None:
        """What the points stand for; the same in every map."""
        for pane in self.panes.values():
            pane.set_samples(features, shape, labels, class_names)

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table."""
        for pane in self.panes.values():
            pane.set_columns(columns)

    def set_places(self, name: str, places: Array | None, *, glide: bool = True) -> None:
        """Where the points of a map are (n, 2)."""
        self.panes[name].set_places(places, glide=glide)

    def set_chosen(self, chosen: Array | None) -> None:
        """The selected points (n,) bool."""
        for pane in self.panes.values():
            pane.set_chosen(chosen)

    def set_classes_shown(self, shown: frozenset[int] | None) -> None:
        """Draw only these classes, in every map."""
        for pane in self.panes.values():
            pane.set_classes_shown(shown)

    def mark(self, index: int) -> None:
        """Ring a point in every map, -1 for none."""
        for pane in self.panes.values():
            pane.mark(index)

    def set_busy(self, busy: bool, *, can_run: bool) -> None:
        """Whether maps are being made, and whether they can be."""
        self._busy = busy
        self.compute.setText("Cancel" if busy else "Compute")
        self.compute.setEnabled(busy or can_run)

    def set_rows(self, rows: Mapping[str, Row], note: str) -> None:
        """The table, and what its figures are of."""
        for at, kind in enumerate(self._kinds):
            row = rows.get(kind.name)
            for column in range(1, len(COLUMNS) - 1):
                item = self._cells[at, column]
                item.setText(row.texts[column - 1] if row is not None else "–")
                item.setToolTip(row.tip if row is not None else "")
                font = item.font()
                font.setBold(row is not None and column in row.best)
                item.setFont(font)
        self.table.fit_columns()
        self.note.setText(note)
        self.note.setToolTip(note)
        self.table.setAccessibleDescription(self.text_twin())

    def advance(self) -> None:
        """One frame."""
        for pane in self.panes.values():
            pane.advance()

    def text_twin(self) -> str:
        """The table in words."""
        lines = []
        for at, kind in enumerate(self._kinds):
            cells = [self._cells[at, column].text() for column in range(1, len(COLUMNS))]
            told = [f"{name.lower()} {text}" for name, text in zip(COLUMNS[1:], cells, strict=True)]
            lines.append(f"{kind.title}: {', '.join(told)}.")
        return " ".join(lines)

    # --- hands --------------------------------------------------------------------------------------------

    @Slot()
    def _on_compute(self) -> None:
        (self.cancel_requested if self._busy else self.compute_requested).emit("")

    @Slot()
    def _on_source(self) -> None:
        self.source_chosen.emit(self.source.currentData())

    @Slot()
    def _on_size(self) -> None:
        self.size_chosen.emit(self.points.currentData())

    @Slot(int)
    def _on_hovered(self, index: int) -> None:
        for pane in self.panes.values():
            if pane is not self.sender():
                pane.mark(index)
        self.hovered.emit(index)

    @Slot(object, str)
    def _on_outlined(self, outline: Array, mode: str) -> None:
        self.outlined.emit(self._name_of(self.sender()), outline, mode)

    @Slot()
    def _on_pane(self) -> None:
        name = self._name_of(self.sender())
        stops = self.panes[name].button.text() == "Cancel"
        (self.cancel_requested if stops else self.compute_requested).emit(name)

    def _name_of(self, pane: object) -> str:
        return next(name for name, one in self.panes.items() if one is pane)

    # --- look ---------------------------------------------------------------------------------------------

    def _fit_table(self) -> None:
        """As high as its rows, which are as high as their text."""
        line = self.table.fontMetrics().height() + 4
        self.table.verticalHeader().setMinimumSectionSize(line)
        self.table.verticalHeader().setDefaultSectionSize(line)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + line * self.table.rowCount() + 2)
        self.table.fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "sentence"):
            self._fit_table()
        super().changeEvent(event)
