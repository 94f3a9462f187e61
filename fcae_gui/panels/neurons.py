"""Every neuron and weight of the network, live, and one training iteration in slow motion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fcae_gui import theme
from fcae_gui.widgets.choice_button import ChoiceButton
from fcae_gui.widgets.fitting_label import FittingLabel
from fcae_gui.widgets.neuron_colours import Palette
from fcae_gui.widgets.neuron_drawing import Highlight, NeuronDrawing, Pointed
from fcae_gui.widgets.tool_row import tool_button

HINT = "Point at a neuron or a weight to read its number."
WAITING = "Taking the next batch apart ..."
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class NeuronsPanel(QWidget):
    """set_* in, signals out. Left and right choose the sample; in slow motion they choose the stage."""

    sample_step_requested = Signal(int)  # 1 next, -1 previous
    slow_requested = Signal()
    next_requested = Signal()
    back_requested = Signal()
    rhythm_requested = Signal(bool)
    run_on_requested = Signal()
    end_requested = Signal()
    pointed = Signal(object)  # (column, unit, source or -1) or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("neurons")
        self.setAccessibleName("Neurons")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._slow = False
        self._batch = ""
        self.drawing = NeuronDrawing(self)
        self.sample = FittingLabel("Sample in the drawing", self)
        self._previous = self._button(
            "\N{LEFTWARDS ARROW}", "Previous sample (left arrow)", self._on_previous
        )
        self._following = self._button(
            "\N{RIGHTWARDS ARROW}", "Next sample (right arrow)", self._on_following
        )
        self.values = ChoiceButton(self)
        self.values.setText("Values")
        self.values.setToolTip("Show what every neuron passes on for this sample")
        self.values.setChecked(True)
        self.values.toggled.connect(self.drawing.set_values_shown)
        self.slow = ChoiceButton(self)
        self.slow.setText("Slow motion")
        self.slow.setToolTip(
            "Take the next training iteration apart: forward, loss, backward, update. "
            "Training rests meanwhile (Ctrl+Shift+B; Esc leaves)"
        )
        self.slow.clicked.connect(self._on_slow)
        self.reading = QLabel(HINT, self)
        self.reading.setAccessibleName("What is pointed at")
        self.reading.setToolTip(
            "Lines are weights: blue below zero, orange above, thicker the larger. Circles hold what each "
            "neuron passes on for this sample, h' = f(sum of w h + b), coloured relative to their layer. "
            "Up and down walk over the neurons, with Shift over the layers"
        )
        self.reading.setTextFormat(Qt.TextFormat.PlainText)
        self.reading.setWordWrap(True)
        self._bar = self._made_bar()
        self._lay_out()
        self.drawing.pointed.connect(self._on_pointed)
        self._fit()

    def _button(self, text: str, tip: str, slot: object) -> QToolButton:
        button = tool_button(self, text, tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(False)
        button.clicked.connect(slot)
        return button

    def _made_bar(self) -> QFrame:
        bar = QFrame(self)
        bar.setAccessibleName("Slow motion")
        self.title = QLabel(bar)
        self.title.setAccessibleName("Stage of the iteration")
        self.sentence = QLabel(bar)
        self.sentence.setAccessibleName("What happens in this stage")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.batch = QLabel(bar)
        self.batch.setAccessibleName("Which samples")
        self.batch.setWordWrap(True)
        self._back = self._button("Back", "Stage before (left arrow)", self._on_back)
        self._next = self._button("Next", "Next stage (right arrow or Enter)", self._on_next)
        self.rhythm = ChoiceButton(bar)
        self.rhythm.setText("Play")
        self.rhythm.setToolTip("Let the stages follow each other by themselves, one every 1.25 s")
        self.rhythm.clicked.connect(self.rhythm_requested)
        self._run_on = self._button("Run on", "Leave slow motion and train on at full speed", self._on_run_on)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 1)
        for button in (self._back, self._next, self.rhythm, self._run_on):
            row.addWidget(button)
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.sentence)
        column.addWidget(self.batch)
        bar.hide()
        return bar

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._previous)
        head.addWidget(self._following)
        head.addWidget(self.sample, 1)
        head.addWidget(self.values)
        head.addWidget(self.slow)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.drawing, 1)
        column.addWidget(self.reading)
        column.addWidget(self._bar)

    # --- in -------------------------------------------------------------------------------------------------

    def set_network(
        self,
        sizes: Sequence[int],
        captions: Sequence[str],
        names: Sequence[str] = (),
        image_shape: tuple[int, int] | None = None,
    ) -> None:
        """Another network; names of the inputs, or their image shape, where there are any."""
        self.drawing.set_network(sizes, captions, names, image_shape)

    def set_sample(self, text: str) -> None:
        """Which sample is shown, in words: "dune · test sample 178 of 320"."""
        number = text.rpartition(" of ")[0] or text
        self.sample.set_wordings((text, number, number.replace(" sample ", " ")))

    def show_weights(
        self,
        links: Sequence[np.ndarray],
        rings: Sequence[np.ndarray] | None,
        values: Sequence[np.ndarray | None],
        palettes: Sequence[Palette] | None = None,
        *,
        palette: Palette = "weight",
        word: str = "weight",
        fresh: bool = False,
        highlight: Highlight | None = None,
    ) -> None:
        """Lines (out, in) per gap, rings (out,) per gap, the value of every neuron (size,) per layer."""
        self.drawing.set_links(links, rings, palette=palette, word=word, fresh=fresh)
        self.drawing.set_values(values, palettes)
        self.drawing.set_highlight(highlight)

    def set_reading(self, text: str) -> None:
        """What is pointed at, "" for nothing. In slow motion it stands where else it says which samples."""
        self.reading.setText(text or HINT)
        self.batch.setText(text or self._batch)

    def set_slow(self, phase: str) -> None:
        """ "off", "waiting", "on" or "stepping"."""
        self._slow = phase != "off"
        self._bar.setVisible(self._slow)
        self.reading.setVisible(not self._slow)
        self.slow.setChecked(self._slow)
        self._back.setEnabled(phase == "on")
        if phase == "waiting":
            self.title.setText("")
            self.sentence.setText(WAITING)
            self._batch = ""
            self.batch.setText("")

    def set_stage(self, title: str, text: str, batch: str) -> None:
        """A stage of slow motion: its name, its sentence, and which samples the numbers are of."""
        self.title.setText(title)
        self.sentence.setText(text)
        if self.batch.text() in ("", self._batch):
            self.batch.setText(batch)
        self._batch = batch

    def set_rhythm(self, on: bool) -> None:
        """Whether the stages follow each other by themselves."""
        self.rhythm.setChecked(on)

    # --- asked ----------------------------------------------------------------------------------------------

    def text_twin(self) -> str:
        """The panel in words."""
        parts = [self.sample.whole]
        parts += [self.title.text(), self.sentence.text()] if self._slow else [self.reading.text()]
        return ". ".join(part for part in parts if part)

    # --- inside ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_pointed(self, at: Pointed | None) -> None:
        self.pointed.emit(None if at is None else (at.column, at.unit, at.source))

    @Slot()
    def _on_previous(self) -> None:
        self.sample_step_requested.emit(-1)

    @Slot()
    def _on_following(self) -> None:
        self.sample_step_requested.emit(1)

    @Slot()
    def _on_slow(self) -> None:
        self.slow.setChecked(self._slow)  # what is in force is said by set_slow
        (self.end_requested if self._slow else self.slow_requested).emit()
        self.drawing.setFocus()

    @Slot()
    def _on_back(self) -> None:
        self.back_requested.emit()

    @Slot()
    def _on_next(self) -> None:
        self.next_requested.emit()

    @Slot()
    def _on_run_on(self) -> None:
        self.run_on_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows for samples or stages; Enter and Esc in slow motion."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = 1 if key == Qt.Key.Key_Right else -1
            if not self._slow:
                self.sample_step_requested.emit(by)
            else:
                (self.next_requested if by > 0 else self.back_requested).emit()
        elif self._slow and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_requested.emit()
        elif self._slow and key == Qt.Key.Key_Escape:
            self.end_requested.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While the panel has the focus these keys are its own."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in _OWN_KEYS and not held:
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """A new font has other heights."""
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """Texts of changing length in rooms of constant height, so that the drawing stays where it is."""
        self.title.setFont(theme.font(1.08, bold=True))
        line = self.fontMetrics().lineSpacing()
        self.reading.setMinimumHeight(2 * line)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setMinimumHeight(4 * line)
        self.batch.setMinimumHeight(2 * line)
        self.batch.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)


def _alone() -> None:
    """Show the panel by itself: python -m fcae_gui.panels.neurons."""
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    theme.apply(app, "light")
    panel = NeuronsPanel()
    sizes, random = (5, 2, 5), np.random.default_rng(0)
    panel.set_network(sizes, ("input", "code", "output"), ("a", "b", "c", "d", "e"))
    links = [random.normal(size=(5, 2)).T, random.normal(size=(5, 2))]
    rings = [random.normal(size=2), random.normal(size=5)]
    panel.show_weights(links, rings, [random.normal(size=size) for size in sizes])
    panel.resize(520, 520)
    panel.show()
    app.exec()


if __name__ == "__main__":
    _alone()
