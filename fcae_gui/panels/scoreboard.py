"""The scoreboard: what classifiers make of pixels, PCA and the code, and what they take for what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.confusion_view import ConfusionView
from fcae_gui.widgets.job_row import JobRow
from fcae_gui.widgets.score_bars import Group, ScoreBars
from fcae_gui.widgets.size_box import fill
from fcae_gui.widgets.tall_area import TallArea
from fcae_gui.widgets.thumb_grid import ThumbGrid

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 30_000)
FIRST_SIZE = 2_000  # answers within seconds
EMPTY = "Compute, and choose a bar: here is what its classifier takes for what."
NOTHING = "Click a cell: the digits in it appear here, on the map and in the gallery."


class ScoreboardPanel(QWidget):
    """In: set_*. Out: what a person wishes."""

    compute_requested = Signal()
    cancel_requested = Signal()
    follow_toggled = Signal(bool)
    sizes_chosen = Signal(object, object)  # int or None for all: train, test
    classifiers_chosen = Signal(object)  # tuple of names
    bar_chosen = Signal(object)
    cell_chosen = Signal(int, int)  # true class, answer
    sample_chosen = Signal(int)  # row of the test half
    gallery_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scoreboard")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._choices: dict[str, QAction] = {}
        self._wanted: list[int | None] = [FIRST_SIZE, FIRST_SIZE]  # a small data set in between keeps it
        self.row = JobRow(
            "Fit the classifiers in the background; training goes on",
            self,
            follow_tip="Measure the code again every few seconds while the network learns",
            status_name="What is being measured",
        )
        self.compute, self.follow, self.status = self.row.compute, self.row.follow, self.row.status
        self.train = self._size_box("Training samples", "Labelled samples that the classifiers are fitted on")
        self.test = self._size_box("Test samples", "Samples that the accuracy is measured on")
        self.kinds = QToolButton(self)
        self.kinds.setText("Classifiers")
        self.kinds.setToolTip("Which classifiers to fit")
        self.kinds.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.kinds.setMenu(QMenu(self.kinds))
        for text, part in (("fit on", self.train), ("test on", self.test), ("", self.kinds)):
            self.row.add_choice(text, part)
        self.bars = ScoreBars(self)
        self.bars.set_head("features · fit")
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.bars)
        self.area.setMinimumWidth(300)
        self.bars.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        self.title = QLabel("", self)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.matrix = ConfusionView(self)
        self.matrix.set_message(EMPTY)
        self.offenders = ThumbGrid(self)
        self.offenders.setAccessibleName("Samples in the chosen cell")
        self.offenders.set_message(NOTHING)
        self.what = QLabel("", self)
        self.what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.gallery = QToolButton(self)
        self.gallery.setText("Gallery")
        self.gallery.setToolTip("Show these in the gallery, in the workspace Explore")
        self.gallery.setEnabled(False)
        self._build()
        self._connect()

    def _size_box(self, name: str, tip: str) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        return made

    def _build(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.what, 1)
        below.addWidget(self.gallery)
        right = QVBoxLayout()
        right.addWidget(self.title)
        right.addWidget(self.matrix, 3)
        right.addLayout(below)
        right.addWidget(self.offenders, 2)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self.area, 58)
        body.addWidget(TallArea(right, self), 42)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.row)
        column.addLayout(body, 1)
        below.setSpacing(6)

    def _connect(self) -> None:
        self.row.compute_requested.connect(self.compute_requested)
        self.row.cancel_requested.connect(self.cancel_requested)
        self.row.follow_toggled.connect(self.follow_toggled)
        self.train.activated.connect(self._on_size)
        self.test.activated.connect(self._on_size)
        self.bars.chosen.connect(self.bar_chosen)
        self.matrix.cell_chosen.connect(self.cell_chosen)
        self.offenders.chosen.connect(self.sample_chosen)
        self.gallery.clicked.connect(self.gallery_requested)

    # --- in -----------------------------------------------------------------------------------------------

    def set_classifiers(self, choices: Sequence[tuple[str, str, str]]) -> None:
        """All that there are, as (name, title, sentence), each of them chosen."""
        menu = self.kinds.menu()
        menu.setToolTipsVisible(True)
        for name, title, text in choices:
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(True)
            action.setToolTip(text)
            action.toggled.connect(self._on_kind)
            self._choices[name] = action

    def set_data_sizes(self, n_train: int, n_test: int) -> None:
        """How many samples there are of each half."""
        for box, n, before in zip((self.train, self.test), (n_train, n_test), self._wanted, strict=True):
            fill(box, SIZES, n, before)

    def sizes(self) -> tuple[int | None, int | None]:
        """The chosen sizes, None for all."""
        return self.train.currentData(), self.test.currentData()

    def set_state(
        self, text: str, fraction: float | None, *, running: bool, can_run: bool, following: bool
    ) -> None:
        """What goes on, and what can be asked for."""
        self.row.set_state(text, fraction, running=running, can_run=can_run, following=following)

    def set_groups(self, groups: Sequence[Group], chosen: object) -> None:
        """The bars, and which of them is chosen."""
        self.bars.set_groups(groups)
        self.bars.set_chosen(chosen)

    def set_confusion(self, title: str, counts: np.ndarray | None, names: Sequence[str]) -> None:
        """What the chosen one takes for what."""
        self.title.setText(title)
        self.title.setToolTip(title)
        self.matrix.set_matrix(counts, names)

    def set_samples(self, features: np.ndarray | None, shape: tuple[int, int] | None) -> None:
        """The test half (n, d)."""
        self.offenders.set_samples(features, shape)

    def set_caption(self, caption: Callable[[int], str]) -> None:
        """The text under a picture."""
        self.offenders.set_caption(caption)

    def set_offenders(self, text: str, rows: np.ndarray) -> None:
        """The samples of the chosen cell, rows of the test half."""
        self.what.setText(text)
        self.what.setToolTip(text)
        self.offenders.set_rows(rows)
        self.gallery.setEnabled(bool(len(rows)))

    # --- hands --------------------------------------------------------------------------------------------

    @Slot()
    def _on_size(self) -> None:
        for at, (box, size) in enumerate(zip((self.train, self.test), self.sizes(), strict=True)):
            if size is not None or box.findData(self._wanted[at]) >= 0:  # not the "all" of too few samples
                self._wanted[at] = size
        self.sizes_chosen.emit(*self.sizes())

    @Slot()
    def _on_kind(self) -> None:
        self.classifiers_chosen.emit(tuple(n for n, action in self._choices.items() if action.isChecked()))
