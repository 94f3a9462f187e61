"""Take it with you: what can be taken along, what it will hold, and a button for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.widgets.fields import Choice, Whole
from fcae_gui.widgets.forms import Remark, Tone, Toned
from fcae_gui.widgets.job_bar import JobBar
from fcae_gui.widgets.recolour import THEME_EVENTS

NAMES = ("codes", "network", "script", "table", "picture")
MM = (20, 2_000)  # of a picture's side
DPI = (50, 1_200)


class Heading(QLabel):
    """A bold line in the theme's size."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(theme.font(1.05, bold=True))

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        done = super().event(event)
        if event.type() in THEME_EVENTS and self.font().pixelSize() != theme.text_px(1.05):
            self.setFont(theme.font(1.05, bold=True))
        return done


class Item(QWidget):
    """One thing to take: its title, one sentence about it, its choices, and a button."""

    requested = Signal(str)  # its name
    copy_requested = Signal(str)  # the line that installs what is missing

    def __init__(self, name: str, title: str, button: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.title = Heading(title, self)
        self.text = Toned("muted", self)
        self.text.setWordWrap(True)
        self.button = QPushButton(button, self)
        self.button.setAccessibleName(button.removesuffix(" ..."))
        self.button.setToolTip(tip)
        self.lack = Remark(self)
        self.copy = QPushButton("Copy the line", self)
        self.copy.setAccessibleName(f"Copy the line that installs what {title.lower()} needs")
        self.copy.setToolTip("Put the line that installs the missing package on the clipboard")
        self.copy.hide()
        self.row = QHBoxLayout()
        self.row.setSpacing(6)
        self.row.addStretch(1)
        self.row.addWidget(self.button)
        below = QHBoxLayout()
        below.addWidget(self.lack, 1)
        below.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(self.row)
        column.addLayout(below)
        self.line = ""
        self.button.clicked.connect(self._on_clicked)
        self.copy.clicked.connect(self._on_copy)

    def add(self, label: str, field: QWidget, tip: str) -> None:
        """A choice, left of the button."""
        field.setParent(self)
        field.setAccessibleName(f"{self.title.text()}: {label.lower()}")
        field.setToolTip(tip)
        if isinstance(field, Whole):
            field.lineEdit().setToolTip(tip)
        at = self.row.count() - 2
        if label:
            caption = QLabel(label, self)
            caption.setBuddy(field)
            self.row.insertWidget(at, caption)
            at += 1
        self.row.insertWidget(at, field)

    def set_lack(self, text: str, line: str) -> None:
        """What is missing, as a sentence and as the line that installs it; empty when nothing is."""
        self.line = line
        self.lack.set_remark(text, "warn")
        self.copy.setVisible(bool(line))

    @Slot()
    def _on_clicked(self) -> None:
        self.requested.emit(self._name)

    @Slot()
    def _on_copy(self) -> None:
        self.copy_requested.emit(self.line)


class ExportPanel(QWidget):
    """In: set_*. Out: what a person wishes."""

    requested = Signal(str)  # one of NAMES
    options_changed = Signal()
    cancel_requested = Signal()
    copy_requested = Signal(str)  # what to put on the clipboard

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._paths = ""
        self._running = self._ready = False
        self.items = {
            name: Item(name, title, button, tip, self)
            for name, title, button, tip in (
                ("codes", "Codes with labels", "Export codes ...", "Write the code of every sample"),
                (
                    "network", "Encoder and decoder", "Export network ...",
                    "Write a part of the network as a file that other programs run",
                ),
                (
                    "script", "PyTorch script", "Export script ...",
                    "Write a script that trains this run again, without this program",
                ),
                ("table", "Tables", "Export table ...", "Write numbers of this run as a table"),
                (
                    "picture", "Picture of a panel", "Save picture ...",
                    "Draw a panel at this size and write it to a file",
                ),
            )
        }  # fmt: skip
        self._fill()
        self.status = QLabel("", self)
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.status.setAccessibleName("What has been written")
        self.error = Remark(self)
        self.progress = JobBar(self, name="Progress of the export", wide=None)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setAccessibleName("Cancel the export")
        self.cancel.setToolTip("Stop writing; nothing of the file remains")
        self.copy = QPushButton("Copy path", self)
        self.copy.setAccessibleName("Copy the path of what was written")
        self.copy.setToolTip("Put the path of what was written on the clipboard")
        self._build()
        self.cancel.clicked.connect(self.cancel_requested)
        self.copy.clicked.connect(self._on_copy)
        for item in self.items.values():
            item.requested.connect(self.requested)
            item.copy_requested.connect(self.copy_requested)
        self.set_state("", None, running=False)

    def _fill(self) -> None:
        codes, network, picture = self.items["codes"], self.items["network"], self.items["picture"]
        self.split = Choice("split", (("all", "train and test"), ("train", "train"), ("test", "test")))
        self.code_format = Choice("format", (("npz", "NPZ"), ("csv", "CSV"), ("parquet", "Parquet")))
        codes.add("", self.split, "Which half of the data is encoded and written")
        codes.add("as", self.code_format, "NPZ for NumPy, CSV for spreadsheets, Parquet for data frames")
        self.part = Choice(
            "part", (("encoder", "encoder"), ("decoder", "decoder"), ("network", "both in a row"))
        )
        self.network_format = Choice(
            "format", (("pt2", "PyTorch .pt2"), ("onnx", "ONNX"), ("safetensors", "safetensors"))
        )
        network.add("", self.part, "The encoder makes codes of samples, the decoder samples of codes")
        network.add(
            "as", self.network_format,
            "PyTorch and ONNX files compute by themselves; safetensors are the weights alone",
        )  # fmt: skip
        self.table = Choice("table", (("losses", "loss curve"), ("scores", "features scoreboard")))
        self.items["table"].add("", self.table, "Which numbers are written, as CSV")
        self.panel = Choice("panel", (("", "no panel"),))
        self.picture_format = Choice("format", (("svg", "SVG"), ("pdf", "PDF"), ("png", "PNG")))
        self.width_mm, self.height_mm = Whole("width", *MM), Whole("height", *MM)
        self.width_mm.set_value(160)
        self.height_mm.set_value(100)
        self.dpi = Whole("dpi", *DPI)
        self.dpi.set_value(300)
        self.background = Choice("background", (("theme", "as on screen"), ("white", "white")))
        picture.add("", self.panel, "Which panel is drawn, with what it shows now")
        picture.add("as", self.picture_format, "SVG and PDF hold lines and letters, PNG holds pixels")
        second = QHBoxLayout()
        second.setSpacing(6)
        for label, field, tip in (
            ("Width", self.width_mm, "How wide the picture is, in millimetres; text keeps its size"),
            ("Height", self.height_mm, "How high the picture is, in millimetres; text keeps its size"),
            ("DPI", self.dpi, "Dots per inch of a PNG: 300 for print, 96 for the screen"),
            ("Paper", self.background, "The colours of the screen, or the light theme on white paper"),
        ):
            field.setParent(picture)
            field.setAccessibleName(f"Picture of a panel: {label.lower()}")
            field.setToolTip(tip)
            if isinstance(field, Whole):
                field.setSuffix(" mm" if label != "DPI" else "")
                field.lineEdit().setToolTip(tip)
            caption = QLabel(label, picture)
            caption.setBuddy(field)
            second.addWidget(caption)
            second.addWidget(field)
        second.addStretch(1)
        column = picture.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertLayout(2, second)
        for choice in (
            self.split, self.code_format, self.part, self.network_format, self.table, self.panel,
            self.picture_format, self.width_mm, self.height_mm, self.dpi, self.background,
        ):  # fmt: skip
            choice.edited.connect(self._on_edited)

    def _build(self) -> None:
        inner = QWidget()
        inner.setBackgroundRole(QPalette.ColorRole.Base)
        inner.setAutoFillBackground(True)
        list_of = QVBoxLayout(inner)
        list_of.setContentsMargins(12, 8, 12, 8)
        list_of.setSpacing(16)
        for item in self.items.values():
            list_of.addWidget(item)
        list_of.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(12, 0, 12, 6)
        bottom.setSpacing(8)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.status)
        said.addWidget(self.error)
        said.addWidget(self.progress)
        bottom.addLayout(said, 1)
        bottom.addWidget(self.copy)
        bottom.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.area, 1)
        column.addLayout(bottom)

    # --- in -----------------------------------------------------------------------------------------------

    def set_text(self, name: str, text: str) -> None:
        """What one of them will hold, in one sentence with its size."""
        self.items[name].text.setText(text)

    def set_lack(self, name: str, text: str, line: str) -> None:
        """What one of them lacks, and the line that installs it."""
        self.items[name].set_lack(text, line)
        self._enable()

    def set_panels(self, panels: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """Panels that can be drawn, as (name, title)."""
        before = chosen or self.panel.value()
        self.panel.clear()
        for name, title in panels:
            self.panel.addItem(title, name)
        self.panel.set_value(before)

    def set_ready(self, ready: bool) -> None:
        """Whether there is anything to take; what was said of the last export stays."""
        if ready != self._ready:
            self._ready = ready
            self._enable()

    def set_state(self, text: str, fraction: float | None, *, running: bool) -> None:
        """What goes on."""
        self._running = running
        self.progress.set_fraction(fraction, running=running)
        self.cancel.setVisible(running)
        if running:
            self.error.set_remark("")
            self._paths = ""
        if running or text:
            self._say(text)
        self.copy.setVisible(bool(self._paths))
        self._enable()

    def set_done(self, text: str, paths: str) -> None:
        """What was written, and where."""
        self._paths = paths
        self._say(text)
        self.copy.setVisible(True)

    def set_error(self, text: str, tone: Tone = "bad") -> None:
        """Why nothing was written."""
        self._say("")
        self.error.set_remark(text, tone)

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setToolTip(self._paths)

    def _enable(self) -> None:
        for item in self.items.values():
            item.button.setEnabled(self._ready and not self._running and not item.line)

    # --- hands --------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _on_edited(self, _key: str, _value: object) -> None:
        self.options_changed.emit()

    @Slot()
    def _on_copy(self) -> None:
        self.copy_requested.emit(self._paths)
