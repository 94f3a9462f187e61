"""The PCA panel: the network's map beside PCA's, and the numbers that hold one against the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.panels.pca_reading import (
    NONE,
    CostTable,
    between_text,
    degrees_text,
    excess_text,
    strongest_text,
)
from fcae_gui.widgets.fall_curve import FallCurve
from fcae_gui.widgets.forms import Remark, Section
from fcae_gui.widgets.matrix_view import MatrixView
from fcae_gui.widgets.point_cloud import PointCloud

GOAL_DEG = 2.0  # the dashed line of the little curve: nearer than that it is PCA's plane
ROWS = (
    (
        "angle",
        "Angle to PCA's plane",
        "Largest principal angle between what the decoder's columns span and PCA's components: "
        "0° is the same plane, 90° a direction that PCA does not have.",
    ),
    (
        "excess",
        "Test error against PCA",
        "(network's test error / PCA's test error - 1), in the unit of the loss plot. "
        "A plus is worse than PCA, a minus better.",
    ),
    (
        "between",
        "Decoder columns (PCA 90°)",
        "Angle between what two code numbers add to a picture. PCA's components always stand at 90°.",
    ),
    (
        "strongest",
        "Correlation (PCA 0)",
        "Largest correlation between two code numbers over the samples on the map. PCA's scores have none.",
    ),
)


class PcaPanel(QWidget):
    """In: set_*. Out: points under the mouse, and the wish to rotate the code."""

    sample_hovered = Signal(int)  # row of the map, -1 for none
    rotate_requested = Signal()
    fit_requested = Signal()  # fit PCA again, to measure how long it takes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pca")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.network = self._cloud("The network's map", "The map appears with the first codes.")
        self.pca = self._cloud("PCA's map", "PCA appears as soon as there are data.")
        self._titles = (QLabel("This network", self), QLabel("PCA", self))
        maps = QGridLayout()
        maps.setHorizontalSpacing(8)
        maps.setVerticalSpacing(2)
        for column, (title, cloud) in enumerate(zip(self._titles, (self.network, self.pca), strict=True)):
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
            maps.addWidget(title, 0, column)
            maps.addWidget(cloud, 1, column)
            maps.setColumnStretch(column, 1)
        maps.setRowStretch(1, 1)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(6, 6, 6, 4)
        column_.setSpacing(6)
        column_.addLayout(maps, 3)
        column_.addWidget(self._numbers(), 2)
        self._column = column_
        for cloud in (self.network, self.pca):
            cloud.sample_hovered.connect(self._on_hovered)

    def _cloud(self, name: str, message: str) -> PointCloud:
        cloud = PointCloud(self)
        cloud.setAccessibleName(name)
        cloud.set_cursor_shown(False)
        cloud.set_message(message)
        cloud.setCursor(Qt.CursorShape.ArrowCursor)
        return cloud

    def _numbers(self) -> QWidget:
        inside = QWidget(self)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        table = QGridLayout()
        table.setHorizontalSpacing(10)
        table.setVerticalSpacing(4)
        self.values: dict[str, QLabel] = {}
        for row, (key, text, tip) in enumerate(ROWS):
            caption, value = QLabel(text, inside), QLabel(NONE, inside)
            caption.setWordWrap(True)  # large text: two lines rather than a cut word
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setAccessibleName(text)
            for label in (caption, value):
                label.setToolTip(tip)
            table.addWidget(caption, row, 0)
            table.addWidget(value, row, 1)
            self.values[key] = value
        table.setColumnStretch(0, 1)
        self.fall = FallCurve(90.0, GOAL_DEG, inside)
        self.fall.setToolTip("How the angle fell over the steps (logarithmic); dashed: 2°")
        self.fall.setAccessibleName("How the angle to PCA's plane fell")
        self.remark = Remark(inside)
        self.rotate = QPushButton("Rotate onto principal axes", inside)
        self.rotate.clicked.connect(self.rotate_requested)
        self.why = Remark(inside)
        left = QVBoxLayout()
        left.setSpacing(5)
        left.addLayout(table)
        left.addWidget(self.fall)
        left.addWidget(self.remark)
        left.addWidget(self.rotate)
        left.addWidget(self.why)
        left.addStretch(1)
        self.matrix = MatrixView(inside)
        self.matrix.setAccessibleName("Correlation matrix of the code")
        title = QLabel("Code correlation", inside)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title.setWordWrap(True)
        title.setToolTip("cov(i, j) / (sd(i) sd(j)) of the code's numbers: blue -1, white 0, orange 1")
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(title)
        right.addWidget(self.matrix, 1)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left, 3)
        both.addLayout(right, 2)
        self.cost = CostTable(inside)
        self.again = QPushButton("Fit PCA again", inside)
        self.again.setToolTip("Fit PCA once more while the network trains, and measure the time anew")
        self.again.clicked.connect(self.fit_requested)
        fold = QWidget(inside)
        folded = QVBoxLayout(fold)
        folded.setContentsMargins(4, 0, 0, 0)
        folded.addWidget(self.cost)
        folded.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.section = Section("What it costs", fold, inside)
        self.section.toggle.toggled.connect(self._on_fold, Qt.ConnectionType.QueuedConnection)
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(2, 2, 6, 2)
        whole.setSpacing(8)
        whole.addLayout(both, 1)
        whole.addWidget(self.section)
        scroll = QScrollArea(self)
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setBackgroundRole(QPalette.ColorRole.Base)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = scroll
        return scroll

    # --- in: the maps -------------------------------------------------------------------------------------

    def set_points(self, xy: np.ndarray | None, *, glide: bool = True) -> None:
        """The network's map, (n, 2) as the latent map shows it."""
        self.network.set_message("" if xy is not None else "The map appears with the first codes.")
        self.network.set_points(xy, glide=glide)

    def set_scores(self, xy: np.ndarray | None) -> None:
        """PCA's map, (n, 2): the first two scores of the same samples."""
        self.pca.set_points(xy, glide=False)

    def set_axes(self, x_text: str, y_text: str) -> None:
        """The network's axes; only their first words have room."""
        self.network.set_axes(_short(x_text), _short(y_text))
        self.pca.set_axes("component 1", "component 2")

    def set_labels(self, labels: np.ndarray | None, names: Sequence[str]) -> None:
        """Class of every point (n,), or None."""
        for cloud in (self.network, self.pca):
            cloud.set_labels(labels, names)

    def set_classes_shown(self, shown: frozenset[int] | None) -> None:
        """Draw only these classes in both."""
        for cloud in (self.network, self.pca):
            cloud.set_classes_shown(shown)

    def set_coloured(self, coloured: bool) -> None:
        """Whether classes have colours of their own."""
        for cloud in (self.network, self.pca):
            cloud.set_coloured(coloured)

    def set_values(self, values: np.ndarray | None) -> None:
        """Colour both by a value in [0, 1] per point (n,), None by class."""
        for cloud in (self.network, self.pca):
            cloud.set_values(values)

    def set_chosen(self, chosen: np.ndarray | None) -> None:
        """The selected points (n,) bool in both; None for no selection."""
        for cloud in (self.network, self.pca):
            cloud.set_chosen(chosen)

    def mark(self, row: int) -> None:
        """Ring a point in both, -1 for none."""
        for cloud in (self.network, self.pca):
            cloud.mark(row)

    def set_state(self, state: str, share: float = 0.0) -> None:
        """Where PCA's fit stands: "empty", "computing", "ready" or "failed"."""
        texts = {
            "empty": "PCA appears as soon as there are data.",
            "computing": f"PCA is being fitted ... {100 * share:.0f} %",
            "ready": "",
            "failed": "PCA could not be fitted: too little memory, or data that are not all numbers.",
        }
        self.pca.set_message(texts[state])

    def advance(self) -> None:
        """One frame."""
        self.network.advance()
        self.pca.advance()

    # --- in: the numbers ----------------------------------------------------------------------------------

    def set_readings(self, readings: Any) -> None:
        """The read-outs (session.standing.Readings)."""
        self._titles[1].setText(f"PCA, {readings.size} component{'s' if readings.size != 1 else ''}")
        if readings.size > 2:
            self._titles[1].setText(f"PCA, first 2 of {readings.size} components")
        linear = not readings.why_not_linear
        texts = {
            "angle": degrees_text(readings.angle) if linear else NONE,
            "excess": excess_text(readings.excess),
            "between": between_text(readings.columns),
            "strongest": strongest_text(readings.correlation),
        }
        for key, text in texts.items():
            if self.values[key].text() != text:
                self.values[key].setText(text)
        self.fall.setVisible(linear)
        self.fall.set_points(readings.fall)
        said = (
            f"No angle: this network is not linear, {readings.why_not_linear}. What its decoder reaches is "
            "curved, and no plane has an angle to it."
        )
        self.remark.set_remark("" if linear else said)
        self.matrix.set_values(readings.correlation)
        free = not readings.why_no_rotation
        self.rotate.setEnabled(free)
        self.rotate.setToolTip(
            "Turn the code so that its numbers are uncorrelated, the widest first; every reconstruction stays"
            if free
            else readings.why_no_rotation
        )
        self.why.set_remark(readings.why_no_rotation)
        self.cost.set_readings(readings)

    # --- by hand ------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_fold(self, is_open: bool) -> None:
        """What was unfolded is to be seen: the maps make room for it."""
        self._column.setStretch(0, 2 if is_open else 3)
        self._column.setStretch(1, 3 if is_open else 2)
        self._column.activate()
        if is_open:
            self._scroll.ensureWidgetVisible(self.again)

    @Slot(int)
    def _on_hovered(self, row: int) -> None:
        self.mark(row)
        self.sample_hovered.emit(row)


def _short(text: str) -> str:
    """ "principal component 1 of 32 ..." as "PC 1"."""
    return text.partition(" of ")[0].partition(" (")[0].replace("principal component", "PC")
