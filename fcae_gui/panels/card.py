"""The card of one sample: what it is, what the network makes of it, and its neighbours in both spaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fcae_gui import theme
from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.code_bars import CodeBars
from fcae_gui.widgets.picture_row import Picture, PictureRow

EMPTY = (
    "Double click or Ctrl and click a point of the map to open its card, or press Enter on the map for the "
    "point nearest to the cursor."
)
NEIGHBOURS = 5
STACK_BELOW = 1.25  # of the width: a taller panel has the neighbours below each other
MOST_PX = 84.0  # height of a neighbour
MARGIN_PX, SPACE_PX = 10, 16
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)


class CardPanel(QWidget):
    """set_* in, signals out. Left and right step through the samples, Esc closes."""

    step_requested = Signal(int)  # 1 for the next sample, -1 for the one before
    close_requested = Signal()
    sample_chosen = Signal(int)  # row of a neighbour

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("Card of a sample")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pixels: np.ndarray | None = None
        self._output: np.ndarray | None = None
        self._sse: float | None = None
        self._title = QLabel()
        self._title.setAccessibleName("Sample")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._before = self._button(Qt.ArrowType.LeftArrow, "Sample before (left arrow)", -1)
        self._after = self._button(Qt.ArrowType.RightArrow, "Next sample (right arrow)", 1)
        self.pictures = PictureRow("Original, reconstruction and error", most=3, parent=self)
        self.pictures.setToolTip(
            "Error: reconstruction less original, blue where it is too dark and orange where it is too bright"
        )
        self.code = CodeBars(self)
        self.by_pixels = PictureRow(
            "Nearest in pixel space", most=NEIGHBOURS, heading=True, choosable=True, parent=self
        )
        self.by_code = PictureRow(
            "Nearest in latent space", most=NEIGHBOURS, heading=True, choosable=True, parent=self
        )
        self._shared = QLabel()
        self._shared.setAccessibleName("Neighbours in both spaces")
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.by_pixels.chosen.connect(self.sample_chosen)
        self.by_code.chosen.connect(self.sample_chosen)
        self.clear()

    def _button(self, arrow: Qt.ArrowType, tip: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setArrowType(arrow)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(self._on_before if step < 0 else self._on_after)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self._before)
        head.addWidget(self._after)
        self._neighbours = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._neighbours.setContentsMargins(0, 0, 0, 0)
        self._neighbours.setSpacing(SPACE_PX)
        self._neighbours.addWidget(self.by_pixels, 1)
        self._neighbours.addWidget(self.by_code, 1)
        self._content = QWidget(self)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.pictures, 12)
        column.addWidget(self.code)
        column.addLayout(self._neighbours, 10)
        column.addWidget(self._shared)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN_PX, 6, MARGIN_PX, 6)
        layout.addWidget(self._content, 1)
        layout.addWidget(self._empty, 1)

    # --- in -------------------------------------------------------------------------------------------

    def set_image_shape(self, shape: tuple[int, int] | None) -> None:
        """(height, width) of the samples, None for a table, whose samples are bars. Empties the card."""
        for row in (self.pictures, self.by_pixels, self.by_code):
            row.set_shape(shape)
        self._fit()
        self.clear()

    def set_columns(self, columns: Columns) -> None:
        """Names, units and ranges of the features of a table."""
        for row in (self.pictures, self.by_pixels, self.by_code):
            row.set_columns(columns)

    def show_sample(self, label: str, text: str, pixels: np.ndarray) -> None:
        """Another sample: its class ("" for none), what it is in words, pixels (d,) in [0, 1]."""
        self._pixels, self._output, self._sse = pixels, None, None
        self._title.setText(f"{label}  \N{MIDDLE DOT}  {text}" if label else text)
        self.code.set_code(None)
        self._show_pictures()
        for row in (self.by_pixels, self.by_code):
            row.set_pictures(())
        self._shared.setText(" ")
        self._content.show()
        self._empty.hide()

    def show_output(self, pixels: np.ndarray, code: np.ndarray, sse: float) -> None:
        """What the newest network makes of it: reconstruction (d,), code, sum of squared errors."""
        if self._pixels is None or pixels.shape != self._pixels.shape:
            return
        first, self._output = self._output is None, pixels
        self.code.set_code(code)
        self._latest_sse = sse
        if first:
            self.refresh_numbers()
        self._show_pictures()

    def show_neighbours(self, by_pixels: Sequence[Picture], by_code: Sequence[Picture]) -> None:
        """Nearest first; the marked ones are near in both spaces."""
        self.by_pixels.set_pictures(by_pixels)
        self.by_code.set_pictures(by_code)
        both = sum(one.marked for one in by_pixels)
        if not by_code:
            self._shared.setText("The first codes are on their way ...")
        else:
            of = max(len(by_pixels), len(by_code))
            self._shared.setText(f"{both} of {of} near in both spaces" + (", in blue frames" if both else ""))

    def refresh_numbers(self) -> None:
        """Write the numbers anew: three times a second is as often as they can be read."""
        if self._output is None:
            return
        self.code.refresh_text()
        if self._latest_sse != self._sse:
            self._sse = self._latest_sse
            self._show_pictures()

    def clear(self) -> None:
        """No sample: say how to open one."""
        self._pixels = self._output = self._sse = None
        self._latest_sse = 0.0
        self._content.hide()
        self._empty.show()

    # --- asked ----------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the card says that its sample is."""
        return self._title.text() if self._pixels is not None else ""

    def text_twin(self) -> str:
        """The card in words."""
        if self._pixels is None:
            return EMPTY
        error = f", sum of squared errors {self._sse:.2f}" if self._sse is not None else ""
        return f"{self._title.text()}{error}. {self.code.text()}. {self._shared.text()}"

    # --- inside ---------------------------------------------------------------------------------------

    def _show_pictures(self) -> None:
        assert self._pixels is not None
        error = None if self._output is None else self._output - self._pixels
        text = "error" if self._sse is None else f"error, SSE {self._sse:.2f}"
        self.pictures.set_pictures(
            (
                Picture(values=self._pixels, text="original"),
                Picture(values=self._output, text="reconstruction"),
                Picture(values=error, text=text, short=text.removeprefix("error, "), signed=True),
            )
        )

    @Slot()
    def _on_before(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_after(self) -> None:
        self.step_requested.emit(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step_requested.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in _OWN_KEYS and not held:
                event.accept()  # while the card has the focus these keys are its own
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """Neighbours beside each other, below each other in a tall panel; no row higher than its pictures."""
        tall = self.height() > STACK_BELOW * self.width()
        side_by_side = QBoxLayout.Direction.LeftToRight
        self._neighbours.setDirection(QBoxLayout.Direction.TopToBottom if tall else side_by_side)
        wide = self.width() - 2 * MARGIN_PX
        for row in (self.by_pixels, self.by_code):
            row.setMaximumHeight(row.height_at(wide if tall else (wide - SPACE_PX) / 2, MOST_PX))
        self.pictures.setMaximumHeight(self.pictures.height_at(wide, 3 * MOST_PX))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._title.setFont(theme.font(1.08, bold=True))
            self._fit()
        super().changeEvent(event)


def _alone() -> None:
    """Show the panel by itself: python -m fcae_gui.panels.card."""
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    theme.apply(app, "light")
    panel = CardPanel()
    random = np.random.default_rng(0)
    samples = random.uniform(size=(11, 64)).astype(np.float32)
    panel.set_image_shape((8, 8))
    panel.show_sample("7", "test sample 12", samples[0])
    panel.show_output(samples[0] * 0.8, random.normal(size=16), 2.5)
    near = [Picture(values=samples[i], text=str(i), number=i, marked=i in (2, 8)) for i in range(1, 11)]
    panel.show_neighbours(near[:5], near[5:])
    panel.resize(460, 380)
    panel.show()
    app.exec()


if __name__ == "__main__":
    _alone()
