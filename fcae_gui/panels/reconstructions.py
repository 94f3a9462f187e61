"""The reconstructions panel: the same samples for the whole run, originals above what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSizeF, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.bar_view import Columns, paint_sample_bars
from fcae_gui.widgets.image_grid import ImageGrid
from fcae_gui.widgets.pair_popup import PairPopup
from fcae_gui.widgets.tool_row import tool_button, tool_row

TABLE_PX, TABLE_ASPECT = 112, 2.6  # an enlarged sample of a table
LEAST_COLUMNS, MOST_COLUMNS = 2, 32
SPLITS = ("test", "train")


class ReconstructionsPanel(QWidget):
    """In: set_image_shape, set_originals, set_outputs, set_split, set_columns. Out: what a person wishes."""

    split_chosen = Signal(str)  # "train" or "test"
    columns_chosen = Signal(int)
    shuffle_requested = Signal()
    reference_shown_changed = Signal(bool)  # a person showed or hid the row of PCA
    errors_shown_changed = Signal(bool)  # a person showed or hid the error row
    binary_chosen = Signal(bool)  # black ink on white paper, or white on black

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reconstructions")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._labels: tuple[str, ...] = ()
        self._shape: tuple[int, int] | None = None
        self._table = Columns()
        self._popup: PairPopup | None = None
        self.grid = ImageGrid(self)
        self.grid.setAccessibleName("Originals above reconstructions")
        self.grid.set_message("The reconstructions appear as soon as a network is there.")
        self._split = QComboBox(self)
        for name in SPLITS:
            self._split.addItem(name, name)
        self._split.setToolTip("Show images the network learns from (train) or has never seen (test)")
        self._split.setAccessibleName("Training or test images")
        self._columns = QSpinBox(self)
        self._columns.setRange(LEAST_COLUMNS, MOST_COLUMNS)
        self._columns.setValue(12)
        self._columns.setKeyboardTracking(False)
        self._columns.setToolTip("Number of images")
        self._columns.setAccessibleName("Number of images")
        self._pca = tool_button(
            self,
            "PCA",
            "A row of what PCA makes of the same images, with as many components as the code has numbers: "
            "mean + sum of score times component",
            checkable=True,
        )
        self._pca.setChecked(True)
        self._reference: np.ndarray | None = None
        self._reference_label = ""
        self._errors = tool_button(
            self,
            "error",
            "A last row: output minus original, blue too dark, orange too bright",
            checkable=True,
        )
        self._binary = tool_button(
            self,
            "binary",
            "Black ink on white paper, as on the slide (matplotlib's colour map “binary”)",
            checkable=True,
        )
        self._compression = ""
        self._caption = QLabel(self)
        self._caption.setAccessibleName("Compression")
        self._caption.setContentsMargins(6, 0, 6, 2)
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._caption.setToolTip(
            "How many numbers of the input share one number of the code: 784 / 32 = 24.5"
        )
        self._shuffle = tool_button(self, "shuffle", "Choose other images")

        tools = (self._split, self._columns, self._pca, self._errors, self._binary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(tool_row(tools, (self._shuffle,)))
        column.addWidget(self.grid, 1)
        column.addWidget(self._caption)
        order = (*tools, self._shuffle, self.grid)
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

        self._split.activated.connect(self._split_activated)
        self._columns.valueChanged.connect(self._columns_changed)
        self._pca.toggled.connect(self._pca_toggled)
        self._errors.toggled.connect(self._errors_toggled)
        self._binary.toggled.connect(self._binary_toggled)
        self._shuffle.clicked.connect(self._shuffle_clicked)
        self.grid.hovered.connect(self._show_pair)

    # --- in

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width), or None for a table, whose samples are drawn as bars. Empties the panel."""
        self._shape = shape
        self._labels = ()
        self._reference = None
        self._binary.setEnabled(shape is not None)  # bars have no ink
        self.grid.set_shape(shape)

    def set_columns_of_table(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table, for the sample under the mouse."""
        self._table = columns

    def set_originals(self, images: np.ndarray, labels: Sequence[str] = ()) -> None:
        """(k, d) float32 in [0, 1] or uint8, with a label text per sample or none."""
        self._labels = tuple(labels)
        self._reference = None
        self.grid.choose(-1)
        self.grid.set_originals(_as_float(images))

    def set_outputs(self, images: np.ndarray) -> None:
        """(k, d) reconstructions of the originals that are shown; another number of them is ignored."""
        self.grid.set_outputs(_as_float(images))
        if self._popup is not None and self._popup.isVisible():
            self._show_pair(self.grid.chosen)

    def set_reference(self, images: np.ndarray | None, label: str = "") -> None:
        """(k, d) of the originals on screen, as PCA makes them, with a short label; None: no row."""
        self._reference, self._reference_label = images, label
        self._show_reference()

    def set_reference_shown(self, shown: bool) -> None:
        """The row of PCA, where there is one."""
        self._pca.blockSignals(True)
        self._pca.setChecked(shown)
        self._pca.blockSignals(False)
        self._show_reference()

    def reference_shown(self) -> bool:
        """Whether the row of PCA is wanted."""
        return self._pca.isChecked()

    def _show_reference(self) -> None:
        shown = self._reference if self._pca.isChecked() else None
        self.grid.set_reference(None if shown is None else _as_float(shown), self._reference_label)

    def set_split(self, split: str) -> None:
        """Which half the images come from: "train" or "test". Raises ValueError otherwise."""
        if split not in SPLITS:
            raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
        self._split.setCurrentIndex(SPLITS.index(split))

    def set_columns(self, n: int) -> None:
        """The number of images in the field; another one ends a single row."""
        if n != self._columns.value():
            self.grid.set_single_band(False)
        self._columns.blockSignals(True)
        self._columns.setValue(n)
        self._columns.blockSignals(False)

    def set_errors_shown(self, shown: bool) -> None:
        """The row of errors."""
        self._errors.blockSignals(True)
        self._errors.setChecked(shown)
        self._errors.blockSignals(False)
        self.grid.set_errors_shown(shown)

    def set_binary(self, binary: bool) -> None:
        """Black ink on white paper instead of white on black."""
        self._binary.blockSignals(True)
        self._binary.setChecked(binary)
        self._binary.blockSignals(False)
        self.grid.set_binary(binary)

    def set_single_row(self, single: bool) -> None:
        """All originals in one line over all outputs, as on a slide, until another number is chosen."""
        self.grid.set_single_band(single)

    def binary(self) -> bool:
        """Whether ink is black and paper white."""
        return self._binary.isChecked()

    def set_compression(self, n_features: int, code_size: int) -> None:
        """Said below the pictures: 784 → 32: 24.5 ×."""
        self._compression = f"{n_features:,} → {code_size:,}: {n_features / code_size:.3g} ×"
        self.refresh_numbers()

    def set_outside_marked(self, marked: bool) -> None:
        """Whether output pixels that no pixel can be are coloured, and counted below the pictures."""
        self.grid.set_outside_marked(marked)
        self.refresh_numbers()

    def refresh_numbers(self) -> None:
        """Write the line below the pictures anew."""
        counted = self.grid.outside() if self.grid.outside_marked else None
        text = self._compression
        if counted is not None and counted[0]:
            outside, of = counted
            text += f"  ·  {outside:,} ({100 * outside / of:.0f} %) outside [0, 1]"
        if text != self._caption.text():
            self._caption.setText(text)

    def caption(self) -> str:
        """The line below the pictures."""
        return self._caption.text()

    def set_message(self, text: str) -> None:
        """What the empty panel says."""
        self.grid.set_message(text)

    def columns(self) -> int:
        """The number of images asked for."""
        return self._columns.value()

    def split(self) -> str:
        """ "train" or "test"."""
        return str(self._split.currentData())

    def errors_shown(self) -> bool:
        """Whether the row of errors is there."""
        return self._errors.isChecked()

    def pair_text(self, index: int) -> list[str]:
        """What there is to say about a sample: its label, and the error of its reconstruction."""
        original, output = self.grid.pair(index)
        what, part = ("image", "pixel") if self._shape is not None else ("sample", "column")
        lines = [f"{self.split()} {what}"]
        if index < len(self._labels) and self._labels[index]:
            lines = [f"{self.split()} {what}: {self._labels[index]}"]
        if output is not None:
            squared = (output.astype(np.float64) - original) ** 2
            lines.append(f"squared error {three_digits(float(squared.sum()))}")
            lines.append(f"mean per {part} {three_digits(float(squared.mean()))}")
        reference = self.grid.reference(index)
        if reference is not None:
            squared = (reference.astype(np.float64) - original) ** 2
            lines.append(f"{self._reference_label}: squared error {three_digits(float(squared.sum()))}")
        return lines

    # --- by hand

    @Slot(int)
    def _split_activated(self, index: int) -> None:
        self.split_chosen.emit(SPLITS[index])

    @Slot(bool)
    def _pca_toggled(self, shown: bool) -> None:
        self._show_reference()
        self.reference_shown_changed.emit(shown)

    @Slot(bool)
    def _errors_toggled(self, shown: bool) -> None:
        self.grid.set_errors_shown(shown)
        self.errors_shown_changed.emit(shown)

    @Slot(int)
    def _columns_changed(self, columns: int) -> None:
        self.grid.set_single_band(False)
        self.columns_chosen.emit(columns)

    @Slot(bool)
    def _binary_toggled(self, binary: bool) -> None:
        self.grid.set_binary(binary)
        self.binary_chosen.emit(binary)

    @Slot()
    def _shuffle_clicked(self) -> None:
        self.shuffle_requested.emit()

    @Slot(int)
    def _show_pair(self, index: int) -> None:
        """Enlarge the sample under the mouse."""
        if index < 0:
            if self._popup is not None:
                self._popup.hide()
            return
        if self._popup is None:
            self._popup = PairPopup(self)
        original, output = self.grid.pair(index)
        if self._shape is None:
            caption = "original" if output is None else "original, ticks: output"
            pictures = [(caption, self._table_picture(original, output))]
        else:
            pictures = [("original", self._picture(original))]
        if output is not None and self._shape is not None:
            pictures.append(("output", self._picture(output)))
            pictures.append(("error", self._picture(output - original, signed=True)))
        at = self.grid.rect_of(index)
        self._popup.show_at(
            QRect(self.grid.mapToGlobal(at.topLeft()), at.size()), pictures, self.pair_text(index)
        )
        self.grid.setAccessibleDescription(". ".join(self.pair_text(index)))

    def _picture(self, values: np.ndarray, *, signed: bool = False) -> QImage:
        assert self._shape is not None
        data = pixel_image.signed_to_bytes(values) if signed else pixel_image.to_bytes(values)
        grey = pixel_image.BINARY if self.binary() else pixel_image.GREY
        table = pixel_image.SIGNED if signed else grey
        return pixel_image.to_image(data.reshape(self._shape), table)

    def _table_picture(self, values: np.ndarray, output: np.ndarray | None) -> QImage:
        """A sample as named bars, with a tick for its output in each."""
        side = round(TABLE_PX * max(1.0, theme.text_px() / 13))
        ratio = self.devicePixelRatioF()
        size = QSizeF(TABLE_ASPECT * side, side) * ratio
        image = QImage(size.toSize(), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(theme.current().surface))
        painter = QPainter(image)
        box = QRectF(0, 0, TABLE_ASPECT * side, side)
        paint_sample_bars(painter, box, values, self._table, self.grid.value_range, output)
        painter.end()
        return image

    def hideEvent(self, event: QHideEvent) -> None:
        self.grid.choose(-1)
        super().hideEvent(event)


def _as_float(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(255)
    return images.astype(np.float32, copy=False)
