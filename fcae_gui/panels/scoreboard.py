"""The scoreboard: what classifiers make of pixels, PCA and the code, and what they take for what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.confusion_view import ConfusionView
from fcae_gui.widgets.score_bars import Group, ScoreBars
from fcae_gui.widgets.tall_area import TallArea
from fcae_gui.widgets.thumb_grid import ThumbGrid

SIZES: tuple[int | None, ...] = (500, 1_000, 2_000, 5_000, 10_000, 30_000, None)
FIRST_SIZE = 2_000  # answers within seconds
EMPTY = "Compute, and choose a bar: here is what its classifier takes for what."
NOTHING = "Click a cell: the digits in it appear here, on the map and in the gallery."
BAR_STEPS = 1000


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
        self._running = False
        self._choices: dict[str, QAction] = {}
        self._wanted: list[int | None] = [FIRST_SIZE, FIRST_SIZE]  # a small data set in between keeps it
        self.compute = QPushButton("Compute", self)
        self.compute.setToolTip("Fit the classifiers in the background; training goes on")
        self.follow = QCheckBox("Follow the training", self)
        self.follow.setToolTip("Measure the code again every few seconds while the network learns")
        self.train = self._size_box("Training samples", "Labelled samples that the classifiers are fitted on")
        self.test = self._size_box("Test samples", "Samples that the accuracy is measured on")
        self.kinds = QToolButton(self)
        self.kinds.setText("Classifiers")
        self.kinds.setToolTip("Which classifiers to fit")
        self.kinds.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.kinds.setMenu(QMenu(self.kinds))
        self.status = QLabel("", self)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.status.setAccessibleName("What is being measured")
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setFixedWidth(140)
        self.progress.setAccessibleName("Progress")
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
        first = QHBoxLayout()
        first.addWidget(self.compute)
        first.addWidget(self.follow)
        first.addStretch(1)
        for text, part in (("fit on", self.train), ("test on", self.test)):
            label = QLabel(text, self)
            label.setBuddy(part)
            first.addWidget(label)
            first.addWidget(part)
        first.addWidget(self.kinds)
        second = QHBoxLayout()
        second.addWidget(self.status, 1)
        second.addWidget(self.progress)
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
        column.addLayout(first)
        column.addLayout(second)
        column.addLayout(body, 1)
        for one in (first, second, below):
            one.setSpacing(6)

    def _connect(self) -> None:
        self.compute.clicked.connect(self._on_compute)
        self.follow.toggled.connect(self.follow_toggled)
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
            box.clear()
            for size in SIZES:
                if size is not None and size < n:
                    box.addItem(f"{size:,}", size)
            box.addItem(f"all {n:,}", None)
            at = box.findData(before)
            box.setCurrentIndex(at if at >= 0 and before is not None else box.count() - 1)

    def sizes(self) -> tuple[int | None, int | None]:
        """The chosen sizes, None for all."""
        return self.train.currentData(), self.test.currentData()

    def set_state(
        self, text: str, fraction: float | None, *, running: bool, can_run: bool, following: bool
    ) -> None:
        """What goes on, and what can be asked for."""
        self._running = running
        self.compute.setText("Cancel" if running else "Compute")
        self.compute.setEnabled(running or can_run)
        self.follow.setEnabled(can_run)
        with QSignalBlocker(self.follow):
            self.follow.setChecked(following)
        self.status.setText(text)
        self.status.setToolTip(text)
        self.progress.setVisible(running)
        self.progress.setRange(0, BAR_STEPS if fraction is not None or not running else 0)
        self.progress.setValue(round(BAR_STEPS * (fraction or 0.0)))

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
    def _on_compute(self) -> None:
        if self._running:
            self.cancel_requested.emit()
        else:
            self.compute_requested.emit()

    @Slot()
    def _on_size(self) -> None:
        for at, (box, size) in enumerate(zip((self.train, self.test), self.sizes(), strict=True)):
            if size is not None or box.findData(self._wanted[at]) >= 0:  # not the "all" of too few samples
                self._wanted[at] = size
        self.sizes_chosen.emit(*self.sizes())

    @Slot()
    def _on_kind(self) -> None:
        self.classifiers_chosen.emit(tuple(n for n, action in self._choices.items() if action.isChecked()))
