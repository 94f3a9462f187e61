"""One of several maps of the same points: its head with progress and a button, and what to install for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.job_bar import JobBar
from fcae_gui.widgets.map_hand import MapHand, Rings
from fcae_gui.widgets.point_cloud import PointCloud
from fcae_gui.widgets.sample_card import SampleCard
from fcae_gui.widgets.select_tools import Mode
from fcae_gui.widgets.tool_row import tool_button

Array = np.ndarray

NAME_ROOM = 20.0  # squares of text height for each name of a class; in less they would hide the points
DOTS = 0.8  # of the usual radius: a pane is small
MOST_RINGS = 40  # so many selected points have a ring each; of more the colour is enough
LEAST_PX = (130, 96)  # of a map that is still one
HOW = (
    "Point at a sample to see it in every map; click it, or draw around several, to select them in every "
    "map (Ctrl adds, Alt takes away). Arrows go from point to point, Enter selects."
)


class MapPane(QWidget):
    """In: set_*. Out: what a person points at, picks and wishes. advance() is called for every frame."""

    hovered = Signal(int)  # index of a point, -1 for none
    picked = Signal(int, str)  # index, -1 for nothing; mode of the selection
    outlined = Signal(object, str)  # corners (m, 2) in world units, mode
    button_clicked = Signal()

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._features: Array | None = None
        self._image_shape: tuple[int, int] | None = None
        self.title = QLabel(title, self)
        self.title.setToolTip(tip)
        self.status = QLabel("", self)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.status.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.button = tool_button(self, "Compute", f"Compute {title} in the background, or stop that")
        self.progress = JobBar(self, name=f"Progress of {title}", high=4, wide=None)
        self.cloud = PointCloud(self)
        self.cloud.setMinimumSize(*LEAST_PX)
        self.cloud.setAccessibleName(f"{title}, a map")
        self.cloud.setToolTip(tip)
        self.cloud.setWhatsThis(f"{tip} {HOW}")
        self.cloud.set_cursor_shown(False)
        self.cloud.set_name_room(NAME_ROOM)
        self.cloud.set_dot_scale(DOTS)
        self.cloud.set_axes_shown(False)  # distances on most of these maps mean nothing
        self._hand = MapHand(self.cloud.box, self)
        self.cloud.set_tool(self._hand)
        self.cloud.add_layer(self._hand)
        self._rings = Rings(self.cloud)
        self.cloud.add_layer(self._rings)
        self._over = parent if parent is not None else self  # a pane may be too low for a card
        self._card = SampleCard(self._over)
        self._missing = QLabel("", self)
        self._missing.setWordWrap(True)
        self.line = QLabel("", self)
        self.line.setWordWrap(True)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line.setAccessibleName("Line to install it")
        self.copy = QPushButton("Copy this line", self)
        self.copy.setToolTip("Copy the line that installs what is missing, for a terminal")
        self._build()
        self.button.clicked.connect(self.button_clicked)
        self.copy.clicked.connect(self._on_copy)
        self.cloud.sample_hovered.connect(self._on_hovered)
        self._hand.drawn.connect(self._on_drawn)
        self._hand.clicked.connect(self._on_clicked)
        self._hand.walked.connect(self._on_walked)
        self._hand.entered.connect(self._on_entered)
        self.set_state("", None, running=False, button="Compute", enabled=False)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.status, 1)
        head.addWidget(self.button)
        install = QWidget(self)
        inside = QVBoxLayout(install)
        inside.addStretch(1)
        inside.addWidget(self._missing)
        inside.addWidget(self.line)
        inside.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.cloud)
        self._stack.addWidget(install)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addWidget(self._stack, 1)
        for part in (self.progress, self.button):
            keep = part.sizePolicy()
            keep.setRetainSizeWhenHidden(True)  # the map must not jump when a bar comes
            part.setSizePolicy(keep)
        self._bold()

    # --- in -----------------------------------------------------------------------------------------------

    def set_samples(
        self,
        features: Array | None,
        shape: tuple[int, int] | None,
        labels: Array | None,
        class_names: Sequence[str],
    ) -> None:
        """What the points stand for: (n, d) samples and their classes (n,)."""
        self._features, self._image_shape = features, shape
        self._card.hide()
        self.cloud.set_labels(labels, class_names)

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table, for the sample under the mouse."""
        self._card.set_columns(columns)

    def set_places(self, places: Array | None, *, glide: bool) -> None:
        """Where the points are (n, 2), None for nowhere yet."""
        self.cloud.set_points(places, glide=glide)
        if self.cloud.hovered() < 0:
            self._card.hide()

    def set_chosen(self, chosen: Array | None) -> None:
        """Selected points (n,) bool, None for no selection."""
        few = () if chosen is None else tuple(int(i) for i in np.flatnonzero(chosen)[: MOST_RINGS + 1])
        self._rings.points = few if len(few) <= MOST_RINGS else ()
        self.cloud.set_chosen(chosen)

    def set_classes_shown(self, shown: frozenset[int] | None) -> None:
        """Draw only these classes."""
        self.cloud.set_classes_shown(shown)

    def mark(self, index: int) -> None:
        """Ring a point, -1 for none; tells nobody."""
        if index != self.cloud.hovered():
            self.cloud.mark(index)
            self._card.hide()

    def set_state(
        self, text: str, fraction: float | None, *, running: bool, button: str, enabled: bool
    ) -> None:
        """What is going on, how far it is, and what the button says."""
        self.status.setText(text)
        self.status.setToolTip(text)
        self.button.setText(button)
        self.button.setEnabled(enabled)
        self.button.setAccessibleName(f"{button}: {self.title.text()}")
        self.progress.set_fraction(fraction, running=running)

    def set_message(self, text: str) -> None:
        """What is said in place of points."""
        self.cloud.set_message(text)

    def set_missing(self, text: str, line: str) -> None:
        """What is missing and the line that installs it; "" when nothing is."""
        self._missing.setText(text)
        self.line.setText(line)
        self._stack.setCurrentIndex(1 if line else 0)
        self.button.setVisible(not line)

    def advance(self) -> None:
        """One frame. Costs nothing when nothing moves."""
        self.cloud.advance()
        if self._card.isVisible() and self.cloud.gliding():
            place = self.cloud.place_of(self.cloud.hovered())
            if place is not None:
                self._card.follow(self.cloud.mapTo(self._over, place))

    # --- hands --------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_hovered(self, index: int) -> None:
        place = self.cloud.place_of(index) if index >= 0 else None
        if place is None:
            self._card.hide()
        else:
            fits = self._features is not None and index < len(self._features)
            sample = self._features[index] if fits and self._features is not None else None
            at = self.cloud.mapTo(self._over, place)
            self._card.show_sample(sample, self._image_shape, self._name(index), at)
        self.hovered.emit(index)

    def _name(self, index: int) -> str:
        label, names = self.cloud.label_of(index), self.cloud.class_names()
        return names[label] if label is not None and 0 <= label < len(names) else ""

    @Slot(object, str)
    def _on_drawn(self, outline: Array, mode: Mode) -> None:
        if len(outline):
            self.outlined.emit(outline, mode)

    @Slot(float, float, str)
    def _on_clicked(self, x: float, y: float, mode: Mode) -> None:
        self.picked.emit(self.cloud.sample_at(x, y), mode)

    @Slot(str)
    def _on_entered(self, mode: Mode) -> None:
        self.picked.emit(self.cloud.hovered(), mode)

    @Slot(float, float)
    def _on_walked(self, right: float, up: float) -> None:
        """To the nearest point in that direction; from nowhere to the point in the middle."""
        x, y, order, among = self.cloud.points_drawn()
        if among is not None:
            x, y, order = x[among], y[among], order[among]
        if not len(order):
            return
        now = np.flatnonzero(order == self.cloud.hovered())
        if len(now):
            dx, dy = x - x[now[0]], y - y[now[0]]
            ahead = dx * np.float32(right) + dy * np.float32(up)
            aside = np.abs(dx * np.float32(up)) + np.abs(dy * np.float32(right))
            away = np.where((ahead > 0) & (aside <= ahead), ahead + 2 * aside, np.inf)
        else:
            away = (x - np.median(x)) ** 2 + (y - np.median(y)) ** 2
        nearest = int(away.argmin())
        if math.isfinite(float(away[nearest])):
            self.cloud.mark(int(order[nearest]))
            self._on_hovered(int(order[nearest]))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())

    # --- look ---------------------------------------------------------------------------------------------

    def _bold(self) -> None:
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
