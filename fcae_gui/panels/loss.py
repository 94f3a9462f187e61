"""The loss panel: how training and test loss fall, with axes, smoothing and a read-out under the cursor."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.curve_ghost import Ghost
from fcae_gui.widgets.curve_plot import CurvePlot
from fcae_gui.widgets.tool_row import tool_button, tool_row

SMOOTHINGS = {"off": 0.0, "light": 20.0, "strong": 300.0}  # time constants in steps


class LossPanel(QWidget):
    """Curves of the losses. In: set_*, append_*, mark, truncate, clear. Out: nothing but its own look."""

    recorded_hidden = Signal()  # the recorded curve is not wanted any more
    look_changed = Signal()  # axes or smoothing were chosen; the owner may keep look_state()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loss")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._unit = ""
        self._smoothing = "light"
        self.plot = CurvePlot(self)
        self.plot.set_smoothing(SMOOTHINGS[self._smoothing])
        self.plot.setAccessibleName("Loss curves")
        self._log_x = tool_button(
            self, "log x", "Logarithmic axis of steps: the first steps get as much room as all later ones"
        )
        self._log_y = tool_button(
            self, "log y", "Logarithmic axis of the loss: equal ratios look equally high"
        )
        self._log_x.setCheckable(True)
        self._log_y.setCheckable(True)
        self._log_y.setChecked(True)
        self._smooth = tool_button(
            self, "smooth", "How much the training curve is smoothed; the raw one stays behind it"
        )
        self._smooth.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._smooth)
        self._choices = QActionGroup(menu)
        for name in SMOOTHINGS:
            action = QAction(name.capitalize(), menu)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == self._smoothing)
            self._choices.addAction(action)
            menu.addAction(action)
        self._smooth.setMenu(menu)
        self._follow = tool_button(
            self, "whole run", "Show the whole run again and follow it (double-click or 0 in the plot)"
        )
        self._follow.setEnabled(False)

        tip = "Take the recorded curve away; undo brings it back"
        self._recorded = tool_button(self, "recorded  ×", tip)
        self._recorded.setAccessibleName("Take the recorded curve away")
        self._recorded.hide()

        bar = tool_row((self._log_y, self._log_x, self._smooth), (self._recorded, self._follow))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(bar)
        column.addWidget(self.plot, 1)
        self.setTabOrder(self._log_y, self._log_x)
        self.setTabOrder(self._log_x, self._smooth)
        self.setTabOrder(self._smooth, self._recorded)
        self.setTabOrder(self._recorded, self._follow)
        self.setTabOrder(self._follow, self.plot)

        self._log_x.toggled.connect(self._axes_chosen)
        self._log_y.toggled.connect(self._axes_chosen)
        self._choices.triggered.connect(self._smoothing_chosen)
        self._recorded.clicked.connect(self.recorded_hidden)
        self._follow.clicked.connect(self.plot.follow)
        self.plot.following_changed.connect(self._following_changed)

    # --- in

    def set_unit(self, text: str) -> None:
        """What the loss is, such as "MSE per pixel"."""
        self._unit = text
        self.plot.set_unit(text)

    def set_steps_per_epoch(self, n: int) -> None:
        """Number of steps of an epoch, 0 when not known."""
        self.plot.set_steps_per_epoch(n)

    def append_train(self, values: np.ndarray) -> None:
        """Add training losses of consecutive steps: (k,) float."""
        self.plot.append_train(values)

    def append_test(self, step: int, value: float) -> None:
        """Add a test loss measured after `step` steps."""
        self.plot.append_test(step, value)

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self.plot.truncate(step)

    def clear(self) -> None:
        """Forget the run; axes and smoothing stay as chosen."""
        self.plot.clear()

    def set_floor(self, value: float | None, label: str = "", short: str = "") -> None:
        """A reference line such as PCA's error, or None. short: its name where room is scarce."""
        self.plot.set_floor(value, label, short)

    def set_kept(self, value: float | None, label: str = "") -> None:
        """A line at what an earlier run reached, such as the error with a frozen encoder; None for none."""
        self.plot.set_kept(value, label)

    def set_published(self, value: float | None, label: str = "") -> None:
        """A line at a published figure, in the plot's unit, under its label; None for none."""
        self.plot.set_published(value, label)

    def set_recorded(
        self,
        name: str,
        steps: np.ndarray,
        train: np.ndarray,
        test_steps: np.ndarray,
        test: np.ndarray,
    ) -> None:
        """The curve of another run behind the live one: (m,) steps and losses, (k,) steps and test losses.

        Steps are those of this run, rising, and need not be whole. An empty name shows nothing.
        """
        ghost = Ghost(name, _pairs(steps, train), _pairs(test_steps, test)) if name else None
        self.plot.set_ghost(ghost)
        self._recorded.setVisible(ghost is not None)
        self._recorded.setToolTip(f"{name}: dashed. Press to take it away (undo brings it back)")
        self.refresh_numbers()

    def mark(self, step: int, text: str) -> None:
        """A thin line where something was changed; `text` shows under the cursor."""
        self.plot.mark(step, text)

    def refresh_numbers(self) -> None:
        """Bring legend and text twin up to date (appending does it three times a second by itself)."""
        self.plot.refresh_numbers()
        self.plot.setAccessibleDescription(self.text_twin())

    def set_look(self, *, log_x: bool, log_y: bool, smoothing: str) -> None:
        """Axes and smoothing ("off", "light", "strong"), telling nobody. KeyError on another name."""
        steps = SMOOTHINGS[smoothing]
        for button, value in ((self._log_x, log_x), (self._log_y, log_y)):
            button.blockSignals(True)
            button.setChecked(value)
            button.blockSignals(False)
        self.plot.set_log(x=log_x, y=log_y)
        for action in self._choices.actions():
            action.setChecked(action.data() == smoothing)
        if smoothing != self._smoothing:
            self._smoothing = smoothing
            self.plot.set_smoothing(steps)

    def look_state(self) -> dict[str, bool | str]:
        """The arguments of set_look that would bring back what is shown."""
        return {
            "log_x": self._log_x.isChecked(),
            "log_y": self._log_y.isChecked(),
            "smoothing": self._smoothing,
        }

    def text_twin(self) -> str:
        """The newest values in a sentence, for a screen reader."""
        n = self.plot.n
        if not n:
            return "No loss yet: training has not made a step."
        train, test = self.plot.newest()
        where = f"At step {n:,}"
        epoch = self.plot.epoch_of(n)
        if epoch is not None:
            where += f", epoch {epoch:.2f}"
        unit = f" ({self._unit})" if self._unit else ""
        text = f"{where}, the training loss is {three_digits(train)}"
        if math.isfinite(test):
            text += f" and the test loss {three_digits(test)}"
        recorded = self.plot.ghost.line_at(n) if self.plot.ghost is not None else ""
        return f"{text}{unit}." + (f" Here {recorded}." if recorded else "")

    # --- chosen by hand

    @Slot()
    def _axes_chosen(self) -> None:
        self.plot.set_log(x=self._log_x.isChecked(), y=self._log_y.isChecked())
        self.look_changed.emit()

    @Slot(QAction)
    def _smoothing_chosen(self, action: QAction) -> None:
        self._smoothing = action.data()
        self.plot.set_smoothing(SMOOTHINGS[self._smoothing])
        self.look_changed.emit()

    @Slot(bool)
    def _following_changed(self, following: bool) -> None:
        self._follow.setEnabled(not following)


def _pairs(steps: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(m, 2) float64 of both."""
    return np.column_stack([np.asarray(steps, np.float64), np.asarray(values, np.float64)])
