"""The directions panel: which plane the map shows, a slider per direction of the code, and a - b + c."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets.direction_row import DirectionRow
from fcae_gui.widgets.image_slot import SIDE, ImageSlot
from fcae_gui.widgets.sample_tile import SampleTile

MOST_ROWS = 8
KINDS = (
    ("pca", "first components", "The two directions in which the codes differ most"),
    ("units", "two units", "Two numbers of the code as they are"),
    ("images", "through a, b, c", "The plane through the three images below"),
    ("tour", "grand tour", "A plane that turns slowly through all directions"),
)
FROM = (
    ("mean", "the mean of all codes"),
    ("cursor", "the sample nearest to the cursor"),
    ("random", "a random test image"),
)
EMPTY = "The directions appear with the first codes of a network."
SMALL = "A code of two numbers is the map itself: nothing to choose."
HIDDEN = "No decoder starts at this layer: the cursor rests. The sliders still move the code."


class DirectionsPanel(QWidget):
    """In: set_*, which never emit. Out: what a person wishes."""

    plane_requested = Signal(int, str, int, int)  # layer (0: code), kind, first and second unit
    tour_run_requested = Signal(bool)
    start_requested = Signal(str, int)  # "mean", "cursor", "random", or "class" and which
    slider_moved = Signal(int, float)  # direction, standard deviations
    slider_let_go = Signal()
    reset_requested = Signal()
    slot_dropped = Signal(int, str, int)  # slot, half of the data set, row
    slot_requested = Signal(int, str, int)  # slot, "cursor", "random", "class" (and which) or "empty"
    result_requested = Signal()
    shown_changed = Signal(bool)  # whether anybody can see the panel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("directions")
        self._shape: tuple[int, int] | None = None
        self._code_size = 0
        self._widths: tuple[int, ...] = ()
        self._build_plane()
        self._build_start()
        self._build_rows()
        self._build_slots()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(self._choices)
        column.addWidget(self._note)
        column.addWidget(self._scroll, 1)
        column.addLayout(self._sum)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._restyle()
        self.set_layers(0, ())
        self.set_directions(())

    # --- parts ----------------------------------------------------------------------------------------

    def _build_plane(self) -> None:
        self._layer = _combo("What the points of the map are", self)
        self._kind = _combo("Which plane of it the map shows", self)
        for index, (kind, text, tip) in enumerate(KINDS):
            self._kind.addItem(text, kind)
            self._kind.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        self._units = (_spin("First unit", self), _spin("Second unit", self))
        self._run = QToolButton(self)
        self._run.setCheckable(True)
        self._run.setChecked(True)
        self._run.setText("pause")
        self._run.setAccessibleName("Pause the tour")
        self._run.setToolTip("Hold the tour, or let it go on  (Shift+T)")
        self._choices = QGridLayout()
        self._choices.setHorizontalSpacing(6)
        self._choices.setVerticalSpacing(4)
        self._choices.setColumnStretch(1, 1)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._layer, 1)
        line.addWidget(self._kind, 1)
        line.addWidget(self._units[0])
        line.addWidget(self._units[1])
        line.addWidget(self._run)
        self._choices.addWidget(_label("Map", self._layer), 0, 0)
        self._choices.addLayout(line, 0, 1)
        self._layer.activated.connect(self._on_layer)
        self._kind.activated.connect(self._on_plane)
        for spin in self._units:
            spin.valueChanged.connect(self._on_plane)
        self._run.toggled.connect(self._on_run)

    def _build_start(self) -> None:
        self._from = _combo("Where the sliders start", self)
        self._reset = QToolButton(self)
        self._reset.setText("reset")
        self._reset.setToolTip("All sliders back to where they started  (Backspace)")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._from, 1)
        line.addWidget(self._reset)
        self._choices.addWidget(_label("Start", self._from), 1, 0)
        self._choices.addLayout(line, 1, 1)
        self._from.activated.connect(self._on_from)
        self._reset.clicked.connect(self.reset_requested)
        self._note = QLabel(self)
        self._note.setWordWrap(True)
        self._note.hide()

    def _build_rows(self) -> None:
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(96)
        self._scroll.setBackgroundRole(QPalette.ColorRole.Base)
        holder = QWidget()
        holder.setBackgroundRole(QPalette.ColorRole.Base)
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(6)
        self._empty = QLabel(EMPTY, holder)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(self._empty, 1)
        self._rows: list[DirectionRow] = []
        for index in range(MOST_ROWS):
            row = DirectionRow(index, holder)
            row.moved.connect(self.slider_moved)
            row.let_go.connect(self.slider_let_go)
            row.hide()
            inside.addWidget(row)
            self._rows.append(row)
        inside.addStretch(1)
        self._scroll.setWidget(holder)

    def _build_slots(self) -> None:
        self._slots = tuple(ImageSlot(index, self) for index in range(3))
        self._result = SampleTile(SIDE, self)
        self._result.setToolTip("What the decoder makes of the code a − b + c")
        self._show_result = QToolButton(self)
        self._show_result.setText("to map")
        self._show_result.setToolTip("Put the cursor on the code a − b + c")
        self._sum = QHBoxLayout()
        self._sum.setSpacing(6)
        self._signs = []
        for slot, sign in zip(self._slots, ("−", "+", "="), strict=True):
            self._sum.addWidget(slot)
            said = QLabel(sign, self)
            self._signs.append(said)
            self._sum.addWidget(said)
        self._sum.addWidget(self._result)
        self._sum.addWidget(self._show_result)
        self._sum.addStretch(1)
        for slot in self._slots:
            slot.row_dropped.connect(self.slot_dropped)
            slot.chosen.connect(self.slot_requested)
        self._show_result.clicked.connect(self.result_requested)
        self.set_result(None)

    # --- in -------------------------------------------------------------------------------------------

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the samples, None for a table. What was shown goes."""
        self._shape = shape
        for row in self._rows:
            row.set_shape(shape)
        for slot in self._slots:
            slot.set_shape(shape)
        self._result.set_shape(shape)
        self.set_result(None)

    def set_class_names(self, names: Sequence[str]) -> None:
        """Classes that a start or a slot can be typical of."""
        at = self._from.currentIndex()
        self._from.clear()
        for what, text in FROM:
            self._from.addItem(text, (what, 0))
        for index, name in enumerate(names):
            self._from.addItem(f"most typical of {name}", ("class", index))
        self._from.setCurrentIndex(at if 0 <= at < self._from.count() else 0)
        for slot in self._slots:
            slot.set_class_names(names)

    def set_layers(self, code_size: int, widths: Sequence[int]) -> None:
        """Size of the code and of the encoder's hidden layers, as the map can show them."""
        self._code_size, self._widths = code_size, tuple(widths)
        with QSignalBlocker(self._layer):
            self._layer.clear()
            self._layer.addItem(f"code ({code_size})" if code_size else "code", 0)
            for index, width in enumerate(widths):
                self._layer.addItem(f"layer {index + 1} ({width})", index + 1)
        self._show_fields()

    def set_plane(self, layer: int, kind: str, first: int, second: int) -> None:
        """What is chosen; units count from 0."""
        with QSignalBlocker(self._layer), QSignalBlocker(self._kind):
            self._layer.setCurrentIndex(self._layer.findData(layer))
            self._kind.setCurrentIndex(self._kind.findData(kind))
        size = self._size()
        for spin, unit in zip(self._units, (first, second), strict=True):
            with QSignalBlocker(spin):
                spin.setRange(1, max(1, size))
                spin.setValue(unit + 1)
        self._show_fields()

    def set_tour_running(self, running: bool) -> None:
        """Whether the tour moves."""
        with QSignalBlocker(self._run):
            self._run.setChecked(running)
        self._run.setText("pause" if running else "go on")

    def set_start(self, what: str, which: int, text: str) -> None:
        """What is held where no slider is: the choice, and which sample that is."""
        for index in range(self._from.count()):
            if self._from.itemData(index) == (what, which):
                self._from.setCurrentIndex(index)
        self._from.setToolTip(text or "The rest of the code is held at the mean")

    def set_directions(self, texts: Sequence[tuple[str, str]]) -> None:
        """Name and tip of each direction, at most eight; none before the first codes."""
        self._empty.setVisible(not texts)
        for index, row in enumerate(self._rows):
            if index < len(texts):
                row.set_texts(*texts[index])
            row.setVisible(index < len(texts))
        self._reset.setEnabled(bool(texts))

    def set_values(self, values: np.ndarray) -> None:
        """Where the present code lies along each direction, in standard deviations: (k,)."""
        for row, value in zip(self._rows, values, strict=False):
            row.set_value(float(value))

    def set_ends(self, low: np.ndarray, high: np.ndarray) -> None:
        """What the decoder makes of both ends of each direction: (k, d) each."""
        for row, left, right in zip(self._rows, low, high, strict=False):
            row.set_ends(left, right)

    def set_slot(self, index: int, values: np.ndarray | None, text: str) -> None:
        """The sample in slot 0, 1 or 2 (a, b, c), None for none."""
        self._slots[index].set_values(values, text)
        self._show_fields()

    def set_result(self, values: np.ndarray | None) -> None:
        """What the decoder makes of a - b + c: (d,), None while a slot is empty."""
        self._result.set_values(values)
        self._result.setAccessibleName("Decoded a − b + c" if values is not None else "a − b + c: not yet")
        self._show_result.setEnabled(values is not None)

    # --- asked ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[DirectionRow]:
        """The rows that are shown."""
        return [row for row in self._rows if not row.isHidden()]

    @property
    def slot_widgets(self) -> tuple[ImageSlot, ...]:
        """a, b, c."""
        return self._slots

    @property
    def result(self) -> SampleTile:
        """The picture of a - b + c."""
        return self._result

    def text_twin(self) -> str:
        """What is chosen, in words."""
        return f"{self._layer.currentText()}, {self._kind.currentText()}. {len(self.rows)} directions."

    # --- inside ---------------------------------------------------------------------------------------

    def _size(self) -> int:
        layer = self._layer.currentData() or 0
        return self._code_size if layer == 0 else self._widths[layer - 1]

    def _show_fields(self) -> None:
        layer, kind = self._layer.currentData() or 0, self._kind.currentData()
        free = self._size() > 2
        self._kind.setEnabled(free)
        model = self._kind.model()
        for index, (name, _, _) in enumerate(KINDS):
            possible = layer == 0 or name in ("pca", "units")
            if name == "images":
                possible = possible and all(slot.filled for slot in self._slots)
            item = model.item(index)  # type: ignore[attr-defined]
            item.setEnabled(possible)
        for spin in self._units:
            spin.setVisible(free and kind == "units")
        self._run.setVisible(free and layer == 0 and kind == "tour")
        note = HIDDEN if layer else SMALL if 0 < self._code_size <= 2 and not self._widths else ""
        self._kind.setToolTip(SMALL if not free and not layer else "Which plane of it the map shows")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleDescription(self.text_twin())

    @Slot()
    def _on_layer(self) -> None:
        if self._layer.currentData() and self._kind.currentData() not in ("pca", "units"):
            self._kind.setCurrentIndex(0)
        size = self._size()
        for spin in self._units:
            with QSignalBlocker(spin):
                spin.setRange(1, max(1, size))
        self._on_plane()

    @Slot()
    def _on_plane(self) -> None:
        first, second = (spin.value() - 1 for spin in self._units)
        kind = self._kind.currentData()
        if kind == "units" and first == second:  # two axes are two units
            second = (first + 1) % max(1, self._size())
        self.plane_requested.emit(self._layer.currentData() or 0, kind, first, second)

    @Slot(bool)
    def _on_run(self, running: bool) -> None:
        self.set_tour_running(running)
        self.tour_run_requested.emit(running)

    @Slot()
    def _on_from(self) -> None:
        self.start_requested.emit(*self._from.currentData())

    def _restyle(self) -> None:
        for sign in self._signs:
            sign.setFont(theme.font(1.3))
        palette = self._note.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.current().muted)
        self._note.setPalette(palette)
        self._empty.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown_changed.emit(False)


def _combo(name: str, parent: QWidget) -> QComboBox:
    made = QComboBox(parent)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(9)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def _spin(name: str, parent: QWidget) -> QSpinBox:
    made = QSpinBox(parent)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setRange(1, 1)
    made.setKeyboardTracking(False)
    return made


def _label(text: str, buddy: QWidget) -> QLabel:
    made = QLabel(text)
    made.setBuddy(buddy)
    return made


def _alone() -> None:
    """Show the panel by itself: python -m fcae_gui.panels.directions."""
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    panel = DirectionsPanel()
    panel.set_image_shape((8, 8))
    panel.set_class_names([str(i) for i in range(10)])
    panel.set_layers(16, (64, 32))
    panel.set_plane(0, "pca", 0, 1)
    panel.set_directions([(f"{i + 1}   {30 - 3 * i} %", "") for i in range(8)])
    panel.set_ends(*np.random.default_rng(0).random((2, 8, 64), np.float32))
    panel.resize(420, 460)
    panel.show()
    app.exec()


if __name__ == "__main__":
    _alone()
