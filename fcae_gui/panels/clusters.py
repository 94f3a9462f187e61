"""Clusters: what three methods find in the code and in pixels, side by side, and what each cluster means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets.job_row import JobRow
from fcae_gui.widgets.size_box import fill
from fcae_gui.widgets.tall_area import TallArea
from fcae_gui.widgets.thumb_grid import ThumbGrid

SIZES = (500, 1_000, 2_000, 5_000, 10_000)
MOST_K = 50
HEADS = (
    ("method", "What looks for the clusters, and in which numbers."),
    ("n", "Samples that the clusters were found on; the others on the map went to the cluster they fit."),
    ("time", "Seconds for finding the clusters, on one core, without the time for encoding."),
    ("found", "Number of clusters that were found; only HDBSCAN decides that itself."),
    ("ARI", "Adjusted Rand index: (pairs together in clusters and classes − chance) / (their mean − chance). "
            "1 is the classes, 0 no better than chance; noise counts as one more cluster."),
    ("purity", "Share of the samples in clusters that are of their cluster's commonest class."),
    ("noise", "Share of the samples that are in no cluster; only HDBSCAN leaves any out."),
)  # fmt: skip
EMPTY_LINE = Qt.ItemFlag.NoItemFlags  # the keys pass over it
LINE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
NOTHING = "Compute, and choose a line of the table: its clusters appear here."
NO_CLUSTERS = "No clusters were found here: everything is noise."
PAIRS_TIP = (
    "Time all n × n distances between samples, about 2 n² d operations, with as many numbers d as the data "
    "has and with those of the code, on one core, keeping the nearest of each."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: cells as in HEADS."""

    key: object
    cells: tuple[str, ...]
    tip: str = ""
    faded: bool = False  # old, or not there yet
    empty: bool = False  # there is nothing to choose yet
    best: bool = False


class ClustersPanel(QWidget):
    """In: set_*. Out: what a person wishes."""

    compute_requested = Signal()
    cancel_requested = Signal()
    follow_toggled = Signal(bool)
    k_chosen = Signal(int)
    size_chosen = Signal(object)  # int, or None for all
    row_chosen = Signal(object)  # key of a Row
    cluster_chosen = Signal(int)
    cluster_hovered = Signal(int)  # -1 for none
    colours_toggled = Signal(bool)
    pairs_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clusters")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._rows: tuple[Row, ...] = ()
        self._chosen: object = None
        self._pairs: tuple[tuple[str, ...], ...] = ()
        self.row = JobRow(
            "Look for clusters with three methods, in the code and in pixels, while training goes on.",
            self,
            follow_tip="Find k-means of the code again every few seconds while the network learns.",
            status_name="What is being computed",
        )
        self.compute, self.follow, self.status = self.row.compute, self.row.follow, self.row.status
        self.k = QSpinBox(self)
        self.k.setRange(2, MOST_K)
        self.k.setKeyboardTracking(False)
        self.k.setAccessibleName("Number of clusters k")
        self.k.setToolTip("How many clusters k-means and the mixture look for; HDBSCAN finds its own number.")
        self.samples = QComboBox(self)
        self.samples.setAccessibleName("Samples")
        self.samples.setToolTip("How many of the samples on the map the clusters are found on.")
        self.row.add_choice("k", self.k)
        self.row.add_choice("samples", self.samples)
        self.table = _table(self, "Methods", [name for name, _ in HEADS])
        self.table.setToolTip("Choose a line to see its clusters below and as colours on the map.")
        for column, (_, tip) in enumerate(HEADS):
            _head(self.table, column).setToolTip(tip)
        self.title = QLabel("", self)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.colours = QCheckBox("Colour the map", self)
        self.colours.setToolTip("Colour the points of the map by the clusters of the chosen line.")
        self.pictures = ThumbGrid(self, caption_lines=2, most_side=112)
        self.pictures.setAccessibleName("Clusters")
        self.pictures.setToolTip("Choose a cluster: its samples become the selection on the map.")
        self.pictures.set_message(NOTHING)
        self.what = QLabel("", self)
        self.what.setWordWrap(True)
        self.what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pairs_title = QLabel("Cost of all distances", self)
        self.pairs_title.setToolTip(PAIRS_TIP)
        self.pairs_button = QPushButton("Measure", self)
        self.pairs_button.setToolTip(PAIRS_TIP)
        self.pairs = _table(self, "Cost of all pairwise distances", ["n", "data", "code", "ratio"])
        self.pairs.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.pairs.setToolTip(PAIRS_TIP)
        self.pairs_note = QLabel("", self)
        self.pairs_note.setWordWrap(True)
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.colours)
        left = QVBoxLayout()
        left.addLayout(head)
        left.addWidget(self.pictures, 1)
        left.addWidget(self.what)
        cost = QHBoxLayout()
        cost.addWidget(self.pairs_title, 1)
        cost.addWidget(self.pairs_button)
        right = QVBoxLayout()
        right.addLayout(cost)
        right.addWidget(self.pairs)
        right.addWidget(self.pairs_note)
        right.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(14)
        below.addLayout(left, 60)
        below.addLayout(right, 40)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.row)
        parts = QVBoxLayout()
        parts.setSpacing(6)
        parts.addWidget(self.table)
        parts.addLayout(below, 1)
        column.addWidget(TallArea(parts, self), 1)
        for one in (head, cost):
            one.setSpacing(6)

    def _connect(self) -> None:
        self.row.compute_requested.connect(self.compute_requested)
        self.row.cancel_requested.connect(self.cancel_requested)
        self.row.follow_toggled.connect(self.follow_toggled)
        self.k.valueChanged.connect(self.k_chosen)
        self.samples.activated.connect(self._on_size)
        self.table.currentCellChanged.connect(self._on_row)
        self.pictures.chosen.connect(self.cluster_chosen)
        self.pictures.hovered.connect(self.cluster_hovered)
        self.colours.toggled.connect(self.colours_toggled)
        self.pairs_button.clicked.connect(self.pairs_requested)

    # --- in -----------------------------------------------------------------------------------------------

    def set_choices(self, k: int, n: int, size: int | None) -> None:
        """The number of clusters, how many samples there are, and on how many of them to look."""
        with QSignalBlocker(self.k):
            self.k.setValue(k)
        fill(self.samples, SIZES, n, size)

    def set_state(
        self, text: str, fraction: float | None, *, running: bool, can_run: bool, following: bool
    ) -> None:
        """What goes on, and what can be asked for."""
        again = bool(self.pictures.rows().size)
        self.row.set_state(text, fraction, running=running, can_run=can_run, following=following, again=again)
        self.pairs_button.setEnabled(can_run and not running)

    def set_rows(self, rows: Sequence[Row], chosen: object) -> None:
        """The table, and which line of it is chosen (None: none)."""
        if (tuple(rows), chosen) != (self._rows, self._chosen):
            self._rows, self._chosen = tuple(rows), chosen
            self._fill_table()

    def set_clusters(
        self, title: str, tip: str, pictures: np.ndarray | None, shape: tuple[int, int] | None
    ) -> None:
        """The clusters of the chosen line, one picture (k, d) each."""
        self.title.setText(title)
        self.title.setToolTip(tip)
        self.pictures.set_message(NOTHING if pictures is None else NO_CLUSTERS)
        self.pictures.set_samples(pictures, shape)
        if pictures is not None:
            self.pictures.set_rows(np.arange(len(pictures)))

    def set_caption(self, caption: Callable[[int], str], stripe: Callable[[int], QColor | None]) -> None:
        """The text under the picture of a cluster, and its colour on the map."""
        self.pictures.set_caption(caption)
        self.pictures.set_stripe(stripe)

    def set_what(self, text: str) -> None:
        """About the cluster under the mouse, or the one that was chosen."""
        self.what.setText(text)
        self.what.setToolTip(text)

    def set_coloured(self, on: bool, *, possible: bool) -> None:
        """Whether the map shows the clusters, and whether it can."""
        with QSignalBlocker(self.colours):
            self.colours.setChecked(on)
        self.colours.setEnabled(possible or on)

    def set_pairs(self, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> None:
        """The cost of all distances: lines of (n, time on the data, time on the code, ratio)."""
        self.pairs.setHorizontalHeaderLabels(list(heads))
        self.pairs_note.setText(note)
        self.pairs.setVisible(bool(rows))
        pairs = tuple(tuple(row) for row in rows)
        if pairs != self._pairs:
            self._pairs = pairs
            self._fill_pairs()

    # --- inside -------------------------------------------------------------------------------------------

    def _fill_table(self) -> None:
        look = theme.current()
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self._rows))
            for at, row in enumerate(self._rows):
                ink = QColor(look.muted if row.faded else look.text)
                for column, text in enumerate(row.cells):
                    bold = row.best and HEADS[column][0] == "ARI"
                    item = _put(self.table, at, column, text, ink, row.tip, bold=bold)
                    item.setFlags(EMPTY_LINE if row.empty else LINE)
            chosen = next((i for i, row in enumerate(self._rows) if row.key == self._chosen), -1)
            if chosen >= 0:
                self.table.setCurrentCell(chosen, 0)
            else:
                self.table.clearSelection()
        _fit(self.table)

    def _fill_pairs(self) -> None:
        look = theme.current()
        self.pairs.setRowCount(len(self._pairs))
        for at, cells in enumerate(self._pairs):
            for column, text in enumerate(cells):
                _put(self.pairs, at, column, text, QColor(look.text), "")
        _fit(self.pairs)

    @Slot()
    def _on_size(self) -> None:
        self.size_chosen.emit(self.samples.currentData())

    @Slot(int, int, int, int)
    def _on_row(self, row: int, _column: int, _row_before: int, _column_before: int) -> None:
        if 0 <= row < len(self._rows):
            self.row_chosen.emit(self._rows[row].key)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "pairs"):
            self._fill_table()
            self._fill_pairs()


def _table(parent: QWidget, name: str, heads: Sequence[str]) -> QTableWidget:
    made = QTableWidget(0, len(heads), parent)
    made.setAccessibleName(name)
    made.setHorizontalHeaderLabels(list(heads))
    made.verticalHeader().hide()
    made.setShowGrid(False)
    made.setFrameShape(QTableWidget.Shape.NoFrame)
    made.setTabKeyNavigation(False)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = made.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsClickable(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    _head(made, 0).setTextAlignment(left)
    return made


def _head(table: QTableWidget, column: int) -> QTableWidgetItem:
    item = table.horizontalHeaderItem(column)
    assert item is not None
    return item


def _put(
    table: QTableWidget, row: int, column: int, text: str, ink: QColor, tip: str, *, bold: bool = False
) -> QTableWidgetItem:
    item = table.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setItem(row, column, item)
    item.setText(text)
    item.setForeground(ink)
    item.setToolTip(tip)
    item.setFont(theme.font(bold=bold))
    return item


def _fit(table: QTableWidget) -> None:
    """As high as its lines are."""
    line = table.fontMetrics().height() + 8
    for row in range(table.rowCount()):
        table.setRowHeight(row, line)
    table.setFixedHeight(table.horizontalHeader().sizeHint().height() + line * table.rowCount() + 2)
