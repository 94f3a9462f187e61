"""The tool bar with its choosers, the strip for progress, and the status line."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QMainWindow, QSizePolicy, QToolBar, QVBoxLayout, QWidget

from fcae_gui import actions
from fcae_gui.data import catalog
from fcae_gui.engine.presets import PRESETS
from fcae_gui.session import wording
from fcae_gui.session.values import DataProgress, Numbers
from fcae_gui.widgets.progress_strip import ProgressStrip
from fcae_gui.widgets.readout import Readout

PLAY_ACTIONS = ("play", "step", "epoch", "rewind")


class RunBar(QToolBar):
    """Play and its relatives, the choosers of speed, data and preset, and where the run stands."""

    def __init__(self, actions_by_id: dict[str, QAction], parent: QWidget) -> None:
        super().__init__("Run", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(actions.ICON_PX, actions.ICON_PX))
        for name in PLAY_ACTIONS:
            self.addAction(actions_by_id[name])
        self.addSeparator()
        self.speed = self._add_chooser("Speed", [(text, text, "") for text, _speed in actions.SPEEDS])
        self.data = self._add_chooser("Data", [(s.title, s.name, s.text) for s in catalog.SOURCES.values()])
        self.preset = self._add_chooser("Preset", [(p.title, p.name, p.text) for p in PRESETS.values()])
        self.preset.setPlaceholderText("your own")
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self._numbers = Readout("epoch 888.88 of 888   step 8,888,888", "Epoch and step")
        self.addWidget(self._numbers)

    def set_numbers(self, numbers: Numbers) -> None:
        """Where the run stands."""
        self._numbers.setText(f"{wording.epoch(numbers)}   step {numbers.step:,}")

    def set_data(self, name: str) -> None:
        """Show this data set as chosen."""
        self.data.setCurrentIndex(self.data.findData(name))

    def set_preset(self, name: str) -> None:
        """Show this preset as chosen; the empty name is a network of one's own."""
        self.preset.setCurrentIndex(self.preset.findData(name))

    def _add_chooser(self, name: str, entries: list[tuple[str, str, str]]) -> QComboBox:
        """entries: (title, value, tip)."""
        chooser = QComboBox()
        chooser.setAccessibleName(name)
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for title, value, tip in entries:
            chooser.addItem(title, value)
            chooser.setItemData(chooser.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        label = QLabel(f" {name} ")
        label.setBuddy(chooser)
        self.addWidget(label)
        self.addWidget(chooser)
        return chooser


class ProgressBar(QToolBar):
    """A bar of its own for what is on its way, so that it pushes the docks and covers nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Progress", parent)
        self.setObjectName("progress")
        self.setMovable(False)
        self.setStyleSheet("QToolBar { padding: 0; spacing: 0; border: none; }")
        self.strip = ProgressStrip()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        self.addWidget(holder)
        self.hide()

    def set_progress(self, progress: DataProgress) -> None:
        """Show it, or hide when it is done."""
        if progress.done:
            self.strip.finish()
            self.hide()
            return
        amount = wording.data_bytes(progress.done_bytes, progress.total_bytes) if progress.in_bytes else ""
        self.strip.set_progress(
            f"{progress.text}  {amount}",
            progress.done_bytes,
            progress.total_bytes,
            can_cancel=progress.can_cancel,
        )
        self.show()


class StatusLine:
    """The labels in a window's status bar."""

    def __init__(self, window: QMainWindow) -> None:
        bar = window.statusBar()
        bar.setSizeGripEnabled(False)
        self.state = QLabel("No data yet")
        self.state.setAccessibleName("State of the run")
        self._losses = Readout("train 0.08888   test 0.08888", "Loss now")
        self._speed = Readout("888.8k img/s", "Images per second")
        self._left = Readout("88:88 min left", "Time left")
        self._device = QLabel("")
        self._device.setAccessibleName("Device")
        bar.addWidget(self.state, 1)
        for label in (self._losses, self._speed, self._left, self._device):
            label.setContentsMargins(12, 0, 6, 0)
            bar.addPermanentWidget(label)

    def set_numbers(self, numbers: Numbers) -> None:
        """State, losses, speed, time left, device."""
        train, test = (wording.significant(value) for value in (numbers.train_loss, numbers.test_loss))
        self.state.setText(wording.STATE_TEXTS[numbers.state])
        self._losses.setText(f"train {train}   test {test}")
        self._speed.setText(wording.rate(numbers.images_per_s))
        self._left.setText(wording.duration(numbers.seconds_left))
        self._device.setText(wording.device(numbers))
        self._device.setToolTip(numbers.device)
