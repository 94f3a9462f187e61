"""The latent map: every sample as a point, a cursor to decode from, classes to switch, originals on hover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.class_legend import ClassLegend
from fcae_gui.widgets.map_bar import MapBar
from fcae_gui.widgets.point_cloud import PointCloud
from fcae_gui.widgets.sample_card import SampleCard
from fcae_gui.widgets.value_legend import ValueLegend

Array = np.ndarray


class LatentPanel(QWidget):
    """Map above, legend below. The owner calls advance() for every frame; set_* never emit."""

    point_moved = Signal(float, float)  # map coordinates: click, every step of a drag, arrow keys
    drag_finished = Signal()
    sample_hovered = Signal(int)  # row of the point under the mouse, -1 for none
    classes_shown_changed = Signal(object)  # frozenset of class indices, by the user
    colouring_chosen = Signal(str)  # key of a choice given to set_colourings

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Latent map")
        self.setAccessibleName("Latent map")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.cloud = PointCloud(self)
        self.cloud.setAccessibleName("Latent map")
        self.legend = ClassLegend(self)
        self.scale = ValueLegend(self)
        self.bar = MapBar(self)
        self._card = SampleCard(self.cloud)
        self._features: Array | None = None
        self._image_shape: tuple[int, int] | None = None
        self._twin = ""
        self._rest = -1
        self._values: Array | None = None
        self._value_name = ("", "")
        self._value_range = (0.0, 1.0)
        self._coloured = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 6)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.cloud, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.scale)
        self.legend.setVisible(False)
        self.scale.setVisible(False)
        self.bar.setVisible(False)
        self.bar.colouring_chosen.connect(self.colouring_chosen)
        self.setFocusProxy(self.cloud)
        self.cloud.point_moved.connect(self._on_point_moved)
        self.cloud.drag_finished.connect(self.drag_finished)
        self.cloud.sample_hovered.connect(self._on_hovered)
        self.legend.shown_changed.connect(self._on_shown_changed)
        self._tell()

    # --- in -------------------------------------------------------------------------------------------

    def set_points(self, xy: Array | None, *, glide: bool = True) -> None:
        """Codes (n, 2) float32, or None for an empty map. With `glide` the points move there."""
        self.cloud.set_points(xy, glide=glide)
        if self.cloud.hovered() < 0:
            self._card.hide()
        self._show_legend()
        self._tell()

    def set_labels(
        self,
        labels: Array | None,
        class_names: Sequence[str] = (),
        short_names: Sequence[str] = (),
        rest: int = -1,
    ) -> None:
        """Class of every point (n,), or None: one colour and no legend. Shows all classes.

        short_names: for the map, where the names of the legend are too long for it
        rest: the class of what is in none, grey
        """
        self._rest = rest
        self.cloud.set_labels(labels, class_names, short_names, rest)
        self._show_legend()
        self.legend.set_shown(None)
        self._tell()

    def set_classes_shown(self, shown: frozenset[int] | None) -> None:
        """Show exactly these classes, None for all."""
        self.legend.set_shown(shown)
        self.cloud.set_classes_shown(shown)
        self._tell()

    def set_values(self, values: Array | None, title: str = "", unit: str = "") -> None:
        """Colour by a value per point (n,), NaN for none, with a scale in place of the legend; None: class.

        The ends of the scale are given by set_value_range, values beyond them have the colours of the ends.
        """
        self._values = values
        self._value_name = (title, unit)
        self._show_values()
        self._show_legend()
        self._tell()

    def set_value_range(self, low: float, high: float) -> None:
        """The ends of the scale of set_values."""
        self._value_range = (low, high)
        self._show_values()

    def set_coloured(self, coloured: bool) -> None:
        """Whether classes have colours of their own."""
        self.cloud.set_coloured(coloured)
        self._coloured = coloured
        self._show_legend()

    def set_chosen(self, chosen: Array | None) -> None:
        """The selected points (n,) bool; the rest stands back. None: nothing is selected."""
        self.cloud.set_chosen(chosen)

    def set_colourings(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """What the map can be coloured by, as (key, text), and which of them it is."""
        self.bar.set_colourings(choices, chosen)

    def set_tools(self, actions: Sequence[QAction]) -> None:
        """The tools that can be taken in hand."""
        self.bar.set_tools(actions)

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table, for the sample under the mouse."""
        self._card.set_columns(columns)

    def set_images(self, features: Array | None, image_shape: tuple[int, int] | None) -> None:
        """The samples behind the points, (n, d) uint8 or float32 in [0, 1], for the card on hover."""
        self._features, self._image_shape = features, image_shape
        self._card.hide()

    def set_hovered_output(self, pixels: Array | None, sse: float = 0.0) -> None:
        """What the network makes of the sample under the mouse (d,), and the sum of squared errors."""
        if pixels is not None and self._card.isVisible():
            self._card.show_output(pixels, f"reconstruction, SSE {sse:.1f}")

    def set_axes(self, x_text: str, y_text: str) -> None:
        """Texts of the axes, such as "code 1" or "PC 1 of the 32-number code"."""
        self.cloud.set_axes(x_text, y_text)

    def set_cursor(self, x: float, y: float) -> None:
        """Put the cursor at a map point."""
        self.cloud.set_cursor(x, y)
        self._tell()

    def set_message(self, text: str) -> None:
        """What is said while there is nothing to show, or above the points; empty for nothing."""
        self.cloud.set_message(text)
        self._tell()

    def advance(self) -> None:
        """One frame: glides, the range's approach and the trail move on. Cheap when nothing is on its way."""
        self.cloud.advance()
        if self._card.isVisible() and self.cloud.gliding():
            place = self.cloud.place_of(self.cloud.hovered())
            if place is not None:
                self._card.follow(place)

    def is_gliding(self) -> bool:
        """True while points, or the range that follows them, are on their way."""
        return self.cloud.moving()

    @Slot()
    def reset_view(self) -> None:
        """Follow the points again."""
        self.cloud.reset_view()

    # --- asked ----------------------------------------------------------------------------------------

    def cursor(self) -> tuple[float, float]:  # type: ignore[override]  # the map's cursor, not the mouse shape
        """The decode cursor in map coordinates."""
        return self.cloud.cursor_position()

    def classes_shown(self) -> frozenset[int]:
        """Indices of the classes that are drawn."""
        return self.legend.shown()

    def view_state(self) -> tuple[float, float, float] | None:
        """Centre x, y and size of a view the user chose, for saving; None while it follows the points."""
        return self.cloud.view_state()

    def set_view_state(self, state: tuple[float, float, float] | None) -> None:
        """Restore what view_state() gave."""
        self.cloud.set_view_state(state)

    def text_twin(self) -> str:
        """What the map shows, in words."""
        shown, names = self.cloud.points_shown(), self.cloud.class_names()
        if not shown:
            return self.cloud.message() or "The map is empty."
        text = f"{shown:,} points"
        if names:
            visible = self.classes_shown()
            text += f" in {len(names)} classes"
            if len(visible) < len(names):
                text += f", {len(visible)} of them shown"
        if self._values is not None:
            text += f", coloured by {self.scale.text_twin()}"
        x, y = self.cursor()
        return f"{text}. Cursor at {x:.2f}, {y:.2f}."

    # --- inside ---------------------------------------------------------------------------------------

    def _show_legend(self) -> None:
        names = self.cloud.class_names()
        self.legend.set_classes(names, self._rest)
        valued = self._values is not None
        self.legend.setVisible(bool(names) and not valued and self._coloured)
        self.scale.setVisible(valued)

    def _show_values(self) -> None:
        low, high = self._value_range
        if self._values is None:
            self.cloud.set_values(None)
            return
        self.cloud.set_values((self._values - np.float32(low)) / np.float32(max(high - low, 1e-30)))
        self.scale.set_scale(*self._value_name, low, high)

    def _tell(self) -> None:
        text = self.text_twin()
        if text != self._twin:
            self._twin = text
            self.cloud.setAccessibleDescription(text)

    @Slot(float, float)
    def _on_point_moved(self, x: float, y: float) -> None:
        self.point_moved.emit(x, y)
        self._tell()

    @Slot(object)
    def _on_shown_changed(self, shown: frozenset[int]) -> None:
        self.cloud.set_classes_shown(shown)
        self._tell()
        self.classes_shown_changed.emit(shown)

    @Slot(int)
    def _on_hovered(self, row: int) -> None:
        place = self.cloud.place_of(row) if row >= 0 else None
        if place is None:
            self._card.hide()
        else:
            self._card.show_sample(self._sample(row), self._image_shape, self._name(row), place)
        self.sample_hovered.emit(row)

    def _sample(self, row: int) -> Array | None:
        if self._features is None or row >= len(self._features):
            return None
        return self._features[row]

    def _name(self, row: int) -> str:
        label, names = self.cloud.label_of(row), self.cloud.class_names()
        if label is not None and 0 <= label < len(names):
            return f"{names[label]}  ·  sample {row:,}"
        return f"sample {row:,}"


def _alone() -> None:
    """Show the panel by itself: python -m fcae_gui.panels.latent."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    panel = LatentPanel()
    labels = np.arange(10_000) % 10
    random = np.random.default_rng(0)
    middle = random.normal(size=(10, 2)) * 3
    panel.set_points((middle[labels] + random.normal(size=(10_000, 2))).astype(np.float32))
    panel.set_labels(labels, [str(i) for i in range(10)])
    panel.set_axes("code 1", "code 2")
    panel.resize(700, 720)
    panel.show()
    frames = QTimer(panel, interval=33)
    frames.timeout.connect(panel.advance)
    frames.start()
    app.exec()


if __name__ == "__main__":
    _alone()
