"""What own data holds, before it is loaded: samples, classes, choices, and what will be done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.data.own.plan import learned_count, plan
from fcae_gui.data.own.values import Choices, Found, Scale
from fcae_gui.widgets.picture_row import Picture, PictureRow

SIZES = (8, 16, 20, 24, 28, 32, 48, 64, 96, 128)
WIDTH_PX, MARGIN_PX = 620, 20  # at ordinary text size
SPARE_PX = 80  # of the screen's height, for the frame of the window and the desktop's bars
LONGEST_WORD = 24  # a longer one may be broken anywhere: names of files have no spaces
PICTURES_PX = 72
COLUMNS_SHOWN = 24
CLASSES_SHOWN = 12
LIST_ROWS = 5
_KINDS = {
    "idx": "IDX file",
    "npz": "NPZ file",
    "npy": "NPY file",
    "csv": "Table",
    "images": "Folder of images",
}
_SCALES: tuple[tuple[Scale, str, str], ...] = (
    ("unit", "each column to [0, 1]", "Smallest value 0, largest 1: x' = (x - min) / (max - min)"),
    ("standard", "standardised", "Mean 0, variance 1: x' = (x - mean) / s"),
    ("pixels", "brightness to [0, 1]", "All values divided by one number, as pixels are: x' = x / 255"),
)


class DataPreview(QDialog):
    """Shows what was found; `accepted_with` carries the choices when Load was pressed."""

    accepted_with = Signal(object, object)  # Found, Choices

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("data_preview")
        self.setWindowTitle("Load own data")
        self._found = found
        self._width = round(WIDTH_PX * theme.text_px() / 13)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setSpacing(10)
        self.title = self._line(_breakable(found.title))
        self.title.setFont(theme.font(1.35, bold=True))
        self.title.setAccessibleName(found.title)
        self.title.setToolTip(found.path)
        column.addWidget(self.title)
        column.addWidget(self._line(_summary(found), muted=True))
        if found.classes:
            column.addWidget(self._line(_classes(found)))
        self.pictures: PictureRow | None = None
        self.table: QTableWidget | None = None
        self._add_samples(column)
        column.addLayout(self._form())
        self.plan = self._line("")
        self.plan.setAccessibleName("What will be done")
        column.addWidget(self.plan)
        if found.notes:
            column.addWidget(self._line(" ".join(found.notes), muted=True))
        self.skipped: QListWidget | None = None
        if found.n_skipped:
            column.addWidget(self._line(f"{found.n_skipped:,} skipped:"))
            self.skipped = self._skipped_list()
            column.addWidget(self.skipped)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.load = self.buttons.addButton("&Load", QDialogButtonBox.ButtonRole.AcceptRole)
        self.load.setDefault(True)
        self.buttons.accepted.connect(self._on_load)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._refresh()
        self.load.setFocus()

    def choices(self) -> Choices:
        """What is chosen now."""
        shape = self.reading.currentData() or (0, 0)
        if self._found.resizes:
            side = self.size_box.currentData()
            shape = side if isinstance(side, tuple) else (side, side)
        scale: Scale = "pixels" if self._found.resizes else self.scaling.currentData()
        return replace(
            self._found.choices, label=self.labels.currentData() or "", scale=scale, height=shape[0],
            width=shape[1], share=self.share.value() / 100,
        )  # fmt: skip

    def _lay_out(self) -> None:
        """All but the buttons can be scrolled, where a screen is too low for it."""
        self._area = QScrollArea()
        self._area.setWidget(self._inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._bar = min(self._area.verticalScrollBar().sizeHint().width(), MARGIN_PX)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN_PX, 16, MARGIN_PX - self._bar, 16)
        whole.setSpacing(10)
        whole.addWidget(self._area, 1)
        last = QHBoxLayout()
        last.setContentsMargins(0, 0, self._bar, 0)
        last.addWidget(self.buttons)
        whole.addLayout(last)
        self.setFixedWidth(self._width)
        for box in self._inside.findChildren(QWidget):
            if isinstance(box, QComboBox | QSpinBox):
                box.setMinimumHeight(box.sizeHint().height())
            elif isinstance(box, QLabel) and box.wordWrap():
                box.setMinimumHeight(max(0, box.heightForWidth(self._text_width())))

    def _text_width(self) -> int:
        return self._width - 2 * MARGIN_PX

    def _fit(self) -> None:
        """As high as what stands in it, and never higher than the screen."""
        column = self._inside.layout()
        assert column is not None
        column.setContentsMargins(0, 0, self._bar, 0)
        column.invalidate()
        self._inside.setFixedWidth(self._text_width() + self._bar)
        needed = column.heightForWidth(self._text_width() + self._bar)
        rest = self.buttons.sizeHint().height() + 2 * 16 + 10
        room = self.screen().availableGeometry().height() - SPARE_PX - rest
        if needed > room:  # the bar stands where the margin was
            column.setContentsMargins(0, 0, 0, 0)
            self._inside.setFixedWidth(self._text_width())
        self._area.setMinimumHeight(min(needed, room))
        self.adjustSize()

    # --- parts --------------------------------------------------------------------------------------------

    def _add_samples(self, column: QVBoxLayout) -> None:
        found = self._found
        if len(found.samples):
            row = PictureRow("Samples", most=max(len(found.samples), 6))
            shape = (int(found.samples.shape[1]), int(found.samples.shape[2]))
            row.set_shape(shape)
            names = found.sample_names or ("",) * len(found.samples)
            row.setFixedHeight(row.height_at(self._text_width(), PICTURES_PX))
            row.set_pictures(
                [
                    Picture(values=one.reshape(-1).astype(np.float32) / 255.0, text=name)
                    for one, name in zip(found.samples, names, strict=False)
                ]
            )
            self.pictures = row
            column.addWidget(row)
        if found.rows and not (found.image_shape and len(found.samples)):
            self.table = self._rows_table()
            column.addWidget(self.table)

    def _rows_table(self) -> QTableWidget:
        found = self._found
        shown = min(COLUMNS_SHOWN, len(found.columns))
        table = QTableWidget(len(found.rows), shown)
        table.setAccessibleName("First rows")
        names = list(found.columns[:shown])
        table.setHorizontalHeaderLabels(names)
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        why = dict(found.left_out)
        for i, row in enumerate(found.rows):
            for j, text in enumerate(row[:shown]):
                item = QTableWidgetItem(text)
                if names[j] in why and names[j] != found.choices.label:
                    item.setForeground(QColor(theme.current().muted))
                    item.setToolTip(f"Left out: {why[names[j]]}")
                table.setItem(i, j, item)
        table.resizeColumnsToContents()
        table.resizeRowsToContents()
        rows = sum(table.rowHeight(i) for i in range(len(found.rows)))
        bar = table.horizontalScrollBar().sizeHint().height()
        table.setFixedHeight(table.horizontalHeader().sizeHint().height() + rows + bar + 6)
        return table

    def _form(self) -> QFormLayout:
        found = self._found
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        self.labels = self._choice("Labels", [(name or "none", name) for name in found.labels])
        self.labels.setCurrentIndex(max(0, self.labels.findData(found.choices.label)))
        self.labels.setToolTip("Labels colour the points and name the classes; nothing is learned from them")
        self.labels.setEnabled(len(found.labels) > 1)
        form.addRow("Labels from", self.labels)
        self.reading = self._choice(
            "Read as",
            [(f"pictures of {shape[1]} x {shape[0]}", shape) if shape[0] else ("table, drawn as bars", None)
             for shape in found.shapes],
        )  # fmt: skip
        at = [i for i, shape in enumerate(found.shapes) if shape == (found.choices.image_shape or (0, 0))]
        self.reading.setCurrentIndex(at[0] if at else 0)
        if len(found.shapes) > 1:
            form.addRow("Read as", self.reading)
        own = found.shapes[0] if found.resizes else (0, 0)
        sizes: list[tuple[str, object]] = [(f"{side} x {side}", side) for side in SIZES]
        if found.resizes and (own[0] != own[1] or own[0] not in SIZES):
            sizes.insert(0, (f"{own[1]} x {own[0]} (as they are)", own))
        self.size_box = self._choice("Image size", sizes)
        if found.resizes:
            fitting = self.size_box.findData(own[0]) if own[0] == own[1] and own[0] in SIZES else 0
            self.size_box.setCurrentIndex(fitting)
            self.size_box.setToolTip("Larger images show more and learn more slowly")
            form.addRow("Image size", self.size_box)
        self.scaling = self._choice("Scaling", [(title, value) for value, title, _tip in _SCALES])
        for i, (_value, _title, tip) in enumerate(_SCALES):
            self.scaling.setItemData(i, tip, Qt.ItemDataRole.ToolTipRole)
        self.scaling.setCurrentIndex(self.scaling.findData(found.choices.scale))
        if not found.resizes:
            form.addRow("Scaling", self.scaling)
        self.share = QSpinBox()
        self.share.setRange(1, 90)
        self.share.setSuffix(" %")
        self.share.setValue(round(found.choices.share * 100))
        self.share.setAccessibleName("Share held out as test set")
        self.share.setToolTip("Samples the network never learns from: the test error is measured on them")
        if not found.own_test:
            form.addRow("Held out for test", self.share)
        for box in (self.labels, self.size_box, self.scaling):
            box.currentIndexChanged.connect(self._on_changed)
        self.reading.currentIndexChanged.connect(self._on_reading)
        self.share.valueChanged.connect(self._on_changed)
        return form

    def _skipped_list(self) -> QListWidget:
        box = QListWidget()
        box.setAccessibleName("Skipped")
        box.addItems([f"{name}: {why}" for name, why in self._found.skipped])
        if self._found.n_skipped > len(self._found.skipped):
            box.addItem(f"and {self._found.n_skipped - len(self._found.skipped):,} more")
        rows = min(LIST_ROWS, box.count())
        box.setFixedHeight(rows * box.sizeHintForRow(0) + 2 * box.frameWidth() + 4)
        return box

    @staticmethod
    def _choice(name: str, entries: list[tuple[str, object]]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setMaxVisibleItems(16)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for title, value in entries:
            box.addItem(title[:60], value)
        return box

    @staticmethod
    def _line(text: str, *, muted: bool = False) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if muted:
            label.setStyleSheet(f"color: {theme.current().muted}")
        return label

    # --- a hand -------------------------------------------------------------------------------------------

    @Slot()
    def _on_reading(self) -> None:
        scale = "pixels" if self.reading.currentData() else "unit"
        self.scaling.setCurrentIndex(self.scaling.findData(scale))
        self._refresh()

    @Slot()
    def _on_changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        """Say anew what will be done; pictures need exactly as many columns as they have pixels."""
        choices, found = self.choices(), self._found
        shape = choices.image_shape
        if found.kind == "csv" and shape and learned_count(found, choices) != shape[0] * shape[1]:
            n = learned_count(found, choices)
            self.plan.setText(
                f"With these labels a row has {n:,} values, no picture of {shape[1]} x {shape[0]}: "
                "read it as a table, or choose other labels."
            )
            self.load.setEnabled(False)
            self._fit()
            return
        self.load.setEnabled(True)
        self.plan.setText("\n".join(plan(found, choices)))
        self.plan.setMinimumHeight(max(0, self.plan.heightForWidth(self._text_width())))
        self._fit()

    @Slot()
    def _on_load(self) -> None:
        self.accepted_with.emit(self._found, self.choices())
        self.accept()


def _breakable(text: str) -> str:
    """With invisible places for a new line in words that are too long for one."""
    return " ".join("\u200b".join(word) if len(word) > LONGEST_WORD else word for word in text.split(" "))


def _summary(found: Found) -> str:
    """Kind, number of samples, size."""
    about = "" if found.counted else "about "
    parts = [_KINDS[found.kind]]
    if found.image_shape is not None:
        high, wide = found.image_shape
        parts.append(f"{about}{found.count:,} images, {'mostly ' if found.resizes else ''}{wide} x {high}")
    else:
        parts.append(f"{about}{found.count:,} rows")
        parts.append(f"{max(len(found.columns), found.n_features):,} columns")
    if found.own_test:
        parts.append(f"{found.own_test:,} more to test")
    return ", ".join(parts)


def _classes(found: Found) -> str:
    """The classes and how many samples each has."""
    named = [f"{name[:20]}\N{NO-BREAK SPACE}({count:,})" for name, count in found.classes[:CLASSES_SHOWN]]
    more = f" and {len(found.classes) - CLASSES_SHOWN} more" if len(found.classes) > CLASSES_SHOWN else ""
    seen = "" if found.counted else " (in the rows looked at)"
    return f"{len(found.classes)} classes{seen}: {', '.join(named)}{more}"
