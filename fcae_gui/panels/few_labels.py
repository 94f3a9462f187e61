"""Few labels: what a code learned without labels is worth when only a few samples have one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.band_plot import BandPlot, Curve
from fcae_gui.widgets.job_bar import JobBar
from fcae_gui.widgets.job_row import status_label, status_line

EMPTY = (
    "The autoencoder has learned from all images, and from no label. How good is a classifier that sees "
    "only a few labels, on raw values, on PCA, and on the code?"
)


class FewLabelsPanel(QWidget):
    """In: set_*. Out: what a person wishes."""

    curves_requested = Signal()
    transfer_requested = Signal()
    cancel_requested = Signal()
    classifier_chosen = Signal(str)
    labels_chosen = Signal(int)  # labels per class, once per gesture

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("few_labels")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._choices: list[int] = [10, 100]
        self._classes = 10
        self.curves = QPushButton("Compute curves", self)
        self.curves.setToolTip("Fit the classifier on ever more labels: raw values, PCA and code")
        self.transfer = QPushButton("Compute transfer", self)
        self.transfer.setToolTip(
            "A fresh softmax layer on the encoder, frozen or fine-tuned, "
            "against the same network from scratch"
        )
        self._asked = self.curves  # the button that gets the focus back
        self.cancel = QPushButton("Cancel", self)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Classifier")
        self.kind.setToolTip("Which classifier sees the labels")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName("Labels per class")
        self.slider.setToolTip(
            "How many labels per class: the values there are read, and measured if missing"
        )
        self.amount = QLabel("", self)
        self.amount.setAccessibleName("Number of labels")
        self.status = status_label("What is being measured", self)
        self.progress = JobBar(self)
        self.plot = BandPlot(self)
        self.plot.setAccessibleName("Accuracy against labels")
        self.plot.set_texts("labels per class", "test accuracy in %, bands 95 % over repeats")
        self.plot.set_message(EMPTY)
        self._build()
        self.curves.clicked.connect(self.curves_requested)
        self.transfer.clicked.connect(self.transfer_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.kind.activated.connect(self._on_kind)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderReleased.connect(self._tell)
        self.set_choices(self._choices, self._classes)

    def _build(self) -> None:
        first = QHBoxLayout()
        for part in (self.curves, self.kind, self.transfer, self.cancel):
            first.addWidget(part)
        first.addStretch(1)
        label = QLabel("Labels", self)
        label.setBuddy(self.slider)
        second = QHBoxLayout()
        second.addWidget(label)
        second.addWidget(self.slider, 1)
        second.addWidget(self.amount)
        third = status_line(self.status, self.progress)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        for row in (first, second, third):
            row.setSpacing(6)
            column.addLayout(row)
        column.addWidget(self.plot, 1)

    # --- in -----------------------------------------------------------------------------------------------

    def set_classifiers(self, choices: Sequence[tuple[str, str, str]], chosen: str) -> None:
        """All that there are, as (name, title, sentence)."""
        for name, title, text in choices:
            self.kind.addItem(title, name)
            self.kind.setItemData(self.kind.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))

    def set_choices(self, choices: Sequence[int], classes: int) -> None:
        """Where the slider can stand, labels per class; the last is all there are."""
        before = self.labels()
        self._choices, self._classes = list(choices), classes
        nearest = min(range(len(self._choices)), key=lambda i: abs(self._choices[i] - before))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(self._choices) - 1)
            self.slider.setPageStep(5)
            self.slider.setValue(nearest)
        self.plot.set_range(self._choices[0], self._choices[-1])
        self._show_amount()

    def labels(self) -> int:
        """Labels per class that the slider stands at."""
        return self._choices[min(self.slider.value(), len(self._choices) - 1)]

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """What has been measured."""
        self.plot.set_curves(curves)

    def set_state(self, text: str, fraction: float | None, *, running: bool, can_run: bool) -> None:
        """What goes on, and what can be asked for."""
        self._hand_over(running)
        self.curves.setEnabled(can_run and not running)
        self.transfer.setEnabled(can_run and not running)
        self.cancel.setEnabled(running)
        self.status.setText(text)
        self.status.setToolTip(text)
        self.progress.set_fraction(fraction, running=running)

    def _hand_over(self, running: bool) -> None:
        """The focus stays with the buttons: Qt gives that of a disabled one to whatever comes next."""
        asked = next((one for one in (self.curves, self.transfer) if one.hasFocus()), None)
        if running and asked is not None:
            self._asked = asked
            self.cancel.setEnabled(True)
            self.cancel.setFocus()
        elif not running and self.cancel.hasFocus():
            self._asked.setEnabled(True)
            self._asked.setFocus()

    # --- hands --------------------------------------------------------------------------------------------

    def _show_amount(self) -> None:
        n = self.labels()
        if n == self._choices[-1]:
            self.amount.setText("all of them")
        else:
            self.amount.setText(f"{n:,} per class, {n * self._classes:,} in all")
        self.plot.set_marker(n)

    @Slot()
    def _on_slider(self) -> None:
        self._show_amount()
        if not self.slider.isSliderDown():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self.labels_chosen.emit(self.labels())

    @Slot()
    def _on_kind(self) -> None:
        self.classifier_chosen.emit(self.kind.currentData())
