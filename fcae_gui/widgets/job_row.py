"""The head of a tool that computes in the background: a button for compute and cancel, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fcae_gui.widgets.job_bar import JobBar

SPACING_PX = 6


class JobRow(QWidget):
    """In: set_state. Out: what a person wishes."""

    compute_requested = Signal()
    cancel_requested = Signal()
    follow_toggled = Signal(bool)

    def __init__(
        self, tip: str, parent: QWidget | None = None, *, follow_tip: str = "", status_name: str
    ) -> None:
        super().__init__(parent)
        self._running = False
        self.compute = QPushButton("Compute", self)
        self.compute.setToolTip(tip)
        self.compute.clicked.connect(self._on_compute)
        self.follow = QCheckBox("Follow the training", self)
        self.follow.setToolTip(follow_tip)
        self.follow.setVisible(bool(follow_tip))
        self.follow.toggled.connect(self.follow_toggled)
        self.status = status_label(status_name, self)
        self.bar = JobBar(self)
        self._first = first = QHBoxLayout()
        first.addWidget(self.compute)
        first.addWidget(self.follow)
        first.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING_PX)
        column.addLayout(first)
        column.addLayout(status_line(self.status, self.bar))
        first.setSpacing(SPACING_PX)

    def add_choice(self, text: str, part: QWidget) -> None:
        """At the right, behind those there are, with a caption or ""."""
        if text:
            label = QLabel(text, self)
            label.setBuddy(part)
            self._first.addWidget(label)
        self._first.addWidget(part)

    def set_state(
        self, text: str, fraction: float | None, *, running: bool, can_run: bool, following: bool = False,
        again: bool = False,
    ) -> None:  # fmt: skip
        """What goes on, and what can be asked for; again: there is a result already."""
        self._running = running
        self.compute.setText("Cancel" if running else "Again" if again else "Compute")
        self.compute.setEnabled(running or can_run)
        self.follow.setEnabled(can_run)
        with QSignalBlocker(self.follow):
            self.follow.setChecked(following)
        self.status.setText(text)
        self.status.setToolTip(text)
        self.bar.set_fraction(fraction, running=running)

    @Slot()
    def _on_compute(self) -> None:
        (self.cancel_requested if self._running else self.compute_requested).emit()


def status_label(name: str, parent: QWidget) -> QLabel:
    """One line of text that takes what room there is."""
    label = QLabel("", parent)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label


def status_line(status: QLabel, bar: JobBar) -> QHBoxLayout:
    """Both beside each other."""
    line = QHBoxLayout()
    line.setSpacing(SPACING_PX)
    line.addWidget(status, 1)
    line.addWidget(bar)
    return line
