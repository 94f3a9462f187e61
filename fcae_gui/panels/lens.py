"""The loss lens: one sample, what comes out, and what every pixel adds to the loss, with the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.panels import lens_formulas as written
from fcae_gui.widgets.choice_button import ChoiceButton
from fcae_gui.widgets.formula import FormulaView
from fcae_gui.widgets.lens_pictures import LensPictures
from fcae_gui.widgets.lens_view import LensView
from fcae_gui.widgets.readout import Readout
from fcae_gui.widgets.tool_row import tool_button

WIDEST = "−0,000,000"
OUTPUTS = (("sigmoid", "sigmoid"), ("none", "none"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LensValues:
    """One sample taken apart, arrays (d,) float64; terms and sums by loss, None where it is not defined.

    below, above: how many outputs lie under 0 and over 1; bounded: a sigmoid is there
    """

    x: np.ndarray
    output: np.ndarray
    logits: np.ndarray
    terms: Mapping[str, np.ndarray | None]
    sums: Mapping[str, float | None]
    below: int
    above: int
    bounded: bool


class LensPanel(QWidget):
    """In: set_shape, set_sample, set_values, set_trained, refresh_numbers. Out: what a person wishes."""

    step_requested = Signal(int)  # 1 or -1
    worst_requested = Signal()
    among_chosen = Signal(str)  # "all", "selected" or "class:3"
    output_chosen = Signal(str)  # "sigmoid" or "none"
    marks_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lens")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._values: LensValues | None = None
        self._trained = "mse"
        self._chosen = ""  # a loss that a person chose to look at; "" follows the trained one
        self._note = ""
        self.view = LensView(self)
        self.formula = FormulaView(self)
        self._previous = tool_button(self, "‹", "Previous sample")
        self._next = tool_button(self, "›", "Next sample")
        self._worst = tool_button(
            self, "worst", "The sample with the largest squared error of those stepped through"
        )
        for button, name in (
            (self._previous, "Previous sample"), (self._next, "Next sample"), (self._worst, "Worst sample"),
        ):  # fmt: skip
            button.setAccessibleName(name)
        self._sample = QLabel(self)
        self._sample.setAccessibleName("Sample")
        self._sample.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._among = QComboBox(self)
        self._among.addItem("all samples", "all")
        self._among.setToolTip("Which samples to step through; on the map, point at one or select some")
        self._among.setAccessibleName("Step through")
        self._build_losses()
        self._build_output()
        self._lay_out()
        self._connect()
        self._show_loss()

    # --- parts --------------------------------------------------------------------------------------------

    def _build_losses(self) -> None:
        self._losses = QButtonGroup(self)
        self._heads: dict[str, ChoiceButton] = {}
        self._sums: dict[str, Readout] = {}
        self._means: dict[str, Readout] = {}
        for name in written.LOSSES:
            head = ChoiceButton(self)
            head.setToolTip(written.TIPS[name])
            head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._losses.addButton(head)
            self._heads[name] = head
            title = written.NAMES[name]
            self._sums[name] = Readout(WIDEST, f"{title}, sum over the sample", self)
            self._means[name] = Readout(WIDEST, f"{title}, mean per value", self)

    def _build_output(self) -> None:
        self._outputs = QButtonGroup(self)
        self._output_buttons: dict[str, ChoiceButton] = {}
        for key, text in OUTPUTS:
            button = ChoiceButton(self)
            button.setText(text)
            button.setAccessibleName(f"Output {text}")
            self._outputs.addButton(button)
            self._output_buttons[key] = button
        self._output_buttons["sigmoid"].setToolTip(
            "x̂ = σ(a) = 1 / (1 + e^−a): every output lies between 0 and 1, as a pixel does"
        )
        self._output_buttons["none"].setToolTip(
            "x̂ = a: the last layer's numbers as they are, which may leave [0, 1]. BCE then gives way to MSE."
        )
        self._marks = QCheckBox("mark outside [0, 1]", self)
        self._marks.setChecked(True)
        self._marks.setToolTip(
            "Colour the output pixels that no pixel can be: blue below 0, orange above 1, here and in the "
            "reconstructions"
        )
        self.explanation = QLabel(self)
        self.explanation.setWordWrap(True)
        self.explanation.setAccessibleName("Outside [0, 1]")
        self.explanation.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 4, 6, 0)
        bar.setSpacing(4)
        for widget in (self._previous, self._next):
            bar.addWidget(widget)
        bar.addWidget(self._sample, 1)
        bar.addWidget(self._among)
        bar.addWidget(self._worst)
        table = QGridLayout()
        table.setContentsMargins(6, 0, 6, 0)
        table.setHorizontalSpacing(10)
        table.setVerticalSpacing(1)
        self._sum_label, self._mean_label = QLabel("sum", self), QLabel("mean", self)
        table.addWidget(self._sum_label, 1, 0)
        table.addWidget(self._mean_label, 2, 0)
        for column, name in enumerate(written.LOSSES, start=1):
            table.addWidget(self._heads[name], 0, column)
            table.addWidget(self._sums[name], 1, column, Qt.AlignmentFlag.AlignHCenter)
            table.addWidget(self._means[name], 2, column, Qt.AlignmentFlag.AlignHCenter)
            table.setColumnStretch(column, 1)
        out = QHBoxLayout()
        out.setContentsMargins(6, 2, 6, 0)
        out.setSpacing(4)
        out.addWidget(QLabel("Output", self))
        for button in self._output_buttons.values():
            out.addWidget(button)
        out.addStretch(1)
        out.addWidget(self._marks)
        words = QHBoxLayout()
        words.setContentsMargins(6, 0, 6, 4)
        words.addWidget(self.explanation)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(3)
        column_.addLayout(bar)
        column_.addWidget(self.view, 1)
        column_.addWidget(self.formula)
        column_.addLayout(table)
        column_.addLayout(out)
        column_.addLayout(words)
        order: Sequence[QWidget] = (
            self._previous, self._next, self._among, self._worst, self.view, *self._heads.values(),
            *self._output_buttons.values(), self._marks,
        )  # fmt: skip
        for first, second in pairwise(order):
            self.setTabOrder(first, second)
        self._fix_heights()

    def _connect(self) -> None:
        self._previous.clicked.connect(self._on_previous)
        self._next.clicked.connect(self._on_next)
        self._worst.clicked.connect(self.worst_requested)
        self._among.activated.connect(self._on_among)
        self._losses.buttonClicked.connect(self._on_loss)
        self._outputs.buttonClicked.connect(self._on_output)
        self._marks.toggled.connect(self.view.set_marked)
        self._marks.toggled.connect(self.marks_toggled)
        self.view.pixel_chosen.connect(self._on_pixel)

    # --- in -----------------------------------------------------------------------------------------------

    def set_shape(self, shape: tuple[int, int] | None, names: tuple[str, ...] = ()) -> None:
        """(height, width), or None for a table. Empties the panel."""
        self._values = None
        self.view.set_shape(shape, names)
        self._show_numbers()

    def set_classes(self, classes: Sequence[tuple[int, str]]) -> None:
        """(label, name) of every class there is to step through."""
        wanted = [("all samples", "all"), ("selected", "selected")]
        wanted += [(f"class {name}", f"class:{label}") for label, name in classes]
        before = self._among.currentData()
        self._among.clear()
        for text, key in wanted:
            self._among.addItem(text, key)
        self._among.setCurrentIndex(max(0, self._among.findData(before)))

    def set_among(self, key: str) -> None:
        """Which samples are stepped through."""
        self._among.setCurrentIndex(max(0, self._among.findData(key)))

    def set_sample(self, text: str) -> None:
        """Which sample it is, in words; its values follow."""
        self._sample.setText(text)

    def set_values(self, values: LensValues | None) -> None:
        """What is to be seen; the numbers follow with refresh_numbers."""
        first = self._values is None
        self._values = values
        self._show_pictures()
        if first or values is None:
            self.refresh_numbers()

    def set_trained(self, loss: str, output: str) -> None:
        """The loss that is being trained ("mse", "l1", "bce") and the output activation."""
        self._trained = loss
        self._output_buttons[output].setChecked(True)
        self._show_loss()

    def set_note(self, text: str) -> None:
        """What an edit changed besides, in one sentence."""
        self._note = text
        self._show_numbers()

    @Slot()
    def refresh_numbers(self) -> None:
        """Write all numbers anew."""
        self.view.refresh_numbers()
        self._show_numbers()

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def loss(self) -> str:
        """The loss whose terms are shown."""
        if self._chosen and (self._values is None or self._values.terms[self._chosen] is not None):
            return self._chosen
        return self._trained

    @property
    def marks(self) -> bool:
        """Whether outputs outside [0, 1] are coloured."""
        return self._marks.isChecked()

    def sum_text(self, loss: str) -> str:
        """The shown sum of a loss."""
        return self._sums[loss].text()

    def mean_text(self, loss: str) -> str:
        """The shown mean of a loss."""
        return self._means[loss].text()

    def sample_text(self) -> str:
        """Which sample is shown, in words."""
        return self._sample.text()

    # --- showing ------------------------------------------------------------------------------------------

    def _show_pictures(self) -> None:
        values = self._values
        if values is None:
            self.view.set_pictures(None)
            return
        term = values.terms[self.loss]
        if term is None:  # the config says BCE while the last weights had no sigmoid yet
            term = values.terms["mse"]
        assert term is not None
        self.view.set_pictures(
            LensPictures(
                x=values.x, output=values.output, logits=values.logits, term=term,
                term_title=written.TERM_TITLES[self.loss], bounded=values.bounded,
            )
        )  # fmt: skip

    def _show_loss(self) -> None:
        for name, head in self._heads.items():
            text = written.NAMES[name] + (" · trained" if name == self._trained else "")
            head.setText(text)
            head.setAccessibleName(text)
            defined = self._values is None or self._values.terms[name] is not None
            head.setEnabled(defined)
        self._heads[self.loss].setChecked(True)

    def _show_numbers(self) -> None:
        self._show_loss()
        values = self._values
        if values is None:
            self.formula.set_lines(())
            self.explanation.setText(self._note)
            for readout in (*self._sums.values(), *self._means.values()):
                readout.setText("")
            return
        count = len(values.x)
        self._sum_label.setText(f"sum of {count:,}")
        for name in written.LOSSES:
            total = values.sums[name]
            self._sums[name].setText("–" if total is None else written.number(total))
            self._means[name].setText("–" if total is None else written.number(total / count))
        shown, total = self.view.shown, values.sums[self.loss]
        if shown is not None and total is not None:
            at = self.view.pixel
            self.formula.set_lines(
                written.lines(
                    written.Figures(
                        loss=self.loss, place=self.view.place_text(), x=float(shown.x[at]),
                        output=float(shown.output[at]), term=float(shown.term[at]), total=total, count=count,
                    )
                )
            )  # fmt: skip
        said = written.explained(count, values.below, values.above, bounded=values.bounded)
        self.explanation.setText(f"{self._note} {said}".strip())
        self._fix_heights()

    def _fix_heights(self) -> None:
        """Room for two lines of explanation, or as many as it needs; a digit more moves nothing."""
        line = self.explanation.fontMetrics().lineSpacing()
        wide = max(100, self.width() - 12)
        lines = max(2, -(-(self.explanation.heightForWidth(wide) - 2) // line))
        if self.explanation.height() != lines * line + 2:
            self.explanation.setFixedHeight(lines * line + 2)

    # --- by hand ------------------------------------------------------------------------------------------

    @Slot()
    def _on_previous(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_next(self) -> None:
        self.step_requested.emit(1)

    @Slot(int)
    def _on_among(self, at: int) -> None:
        self.among_chosen.emit(self._among.itemData(at))

    @Slot()
    def _on_loss(self) -> None:
        for name, head in self._heads.items():
            if head.isChecked():
                self._chosen = name
        self._show_pictures()
        self.refresh_numbers()

    @Slot()
    def _on_output(self) -> None:
        for key, button in self._output_buttons.items():
            if button.isChecked():
                self.output_chosen.emit(key)

    @Slot(int)
    def _on_pixel(self, _pixel: int) -> None:
        self._show_numbers()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower, the explanation takes more lines."""
        super().resizeEvent(event)
        self._fix_heights()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(
            self, "explanation"
        ):
            self._fix_heights()
        super().changeEvent(event)
