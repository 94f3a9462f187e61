"""A recorded curve beside the live one: of a run file, or the one of Hinton's network that comes with us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui import paths
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Started
from fcae_gui.engine.names import LOSS_NAMES
from fcae_gui.engine.recorded import RecordedCurve, load_curve, read_curve
from fcae_gui.files import BadFile
from fcae_gui.session.background import Background
from fcae_gui.session.session import Session
from fcae_gui.session.undo import Gesture

PRESET = "hinton"
PUBLISHED_SSE = 3.0  # per test image of MNIST: Hinton and Salakhutdinov, Science 313 (2006), 30 numbers
PUBLISHED_ON = "mnist"
MAX_NAME = 24

Shown = Literal["", "hinton", "file"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies in the plot now. Steps are those of the live run; losses in its unit; published or None."""

    name: str
    train: np.ndarray  # (m, 2) step, loss
    test: np.ndarray  # (k, 2)
    published: float | None
    published_label: str


NOTHING = Beside("", np.zeros((0, 2)), np.zeros((0, 2)), None, "")


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    shown: Shown
    curve: RecordedCurve | None
    name: str


_NONE = _Choice("", None, "")


class Recorded(QObject):
    """Keeps one recorded curve over rewinds and new networks, until other data are learned.

    Choosing preset hinton shows Hinton's by itself; choosing another preset takes that away again.
    """

    changed = Signal(object)  # Beside
    refused = Signal(str)  # one sentence: why a file cannot be shown
    said = Signal(str)  # one sentence for the status line

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background()
        self._choice = _NONE
        self._by_itself = False
        self._config: RunConfig | None = None
        self._dataset: Dataset | None = None
        self._steps_per_epoch = 1
        self._shipped: RecordedCurve | None = None
        self._shipped_read = False
        self._told = NOTHING
        self._told_for: object = None  # what `_told` was made from
        session.generation_started.connect(self._on_started)
        session.config_changed.connect(self._on_config)
        session.dataset_changed.connect(self._on_dataset)
        session.frame_passed.connect(self._background.poll)
        session.close_with(self._close)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def beside(self) -> Beside:
        """What lies in the plot."""
        return self._told

    @property
    def curve(self) -> RecordedCurve | None:
        """The curve in hand, also while it cannot be drawn."""
        return self._choice.curve

    def shipped(self) -> RecordedCurve | None:
        """The curve that comes with the program; None, after one sentence, when it is missing or broken."""
        if not self._shipped_read:
            self._shipped_read = True
            try:
                self._shipped = read_curve(paths.resource("recorded", "hinton.json"))
            except FileNotFoundError:
                pass  # the published figure stands for itself
            except BadFile as error:
                self.refused.emit(str(error))
        return self._shipped

    # --- what a person wants ------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Show the curve of a run file or of a recorded curve; a bad one is named and nothing changes."""
        data = self._dataset

        def read(curve: RecordedCurve) -> None:
            if self._dataset is not data:
                return  # other data have come: this one was meant for those before
            why = self._why_not(curve)
            if why:
                self.refused.emit(f"{path.name} was not put beside this run: {why}.")
                return
            self._choose(_Choice("file", curve, _short(path.stem)), "show a recorded curve")

        self._background.submit("curve", lambda: load_curve(path), read, self._on_unreadable)

    @Slot()
    def show_hinton(self) -> None:
        """Hinton's network as it was trained beforehand, and the published figure."""
        why = self._why_no_images()
        if why:
            self.refused.emit(why)
            return
        if self._choice.shown == "hinton":
            return
        self._choose(_Choice("hinton", self.shipped(), "recorded"), "show Hinton's curve")

    @Slot()
    def clear(self) -> None:
        """Nothing recorded in the plot any more."""
        if self._choice.shown:
            self._choose(_NONE, "hide the recorded curve")

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_started(self, started: Started) -> None:
        self._count_steps(started.config)
        self._take(started.config)

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        self._take(config)

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        before, self._dataset = self._dataset, dataset
        if before is None:
            return
        if before.name != dataset.name:
            if self._choice.shown:
                self._put(_NONE)
            self._config = None  # preset hinton on other data shows its curve anew
        elif self._config is not None:  # fuller data of the same kind come without a new generation
            self._count_steps(self._config)
            self._tell()

    def _take(self, config: RunConfig) -> None:
        before, self._config = self._config, config
        preset_before = before.preset if before is not None else ""
        if config.preset == PRESET and preset_before != PRESET:
            if not self._choice.shown and not self._why_no_images():
                self._by_itself = True
                self._put(_Choice("hinton", self.shipped(), "recorded"))
                return
        elif config.preset not in ("", PRESET) and self._by_itself and self._choice.shown == "hinton":
            self._put(_NONE)
            return
        self._tell()

    def _on_unreadable(self, error: Exception, _details: str) -> None:
        why = str(error) if isinstance(error, BadFile) else f"The file could not be read: {error}"
        self.refused.emit(why)

    def _count_steps(self, config: RunConfig) -> None:
        if self._dataset is not None:
            self._steps_per_epoch = max(1, -(-len(self._dataset.train) // config.training.batch_size))

    # --- parts --------------------------------------------------------------------------------------------

    def _choose(self, choice: _Choice, text: str) -> None:
        """By hand: one step of undo."""
        before, config = self._choice, self._config
        self._put(choice)
        # Beside its own preset it goes when that goes; asked for beside another network it stays.
        self._by_itself = choice.shown == "hinton" and config is not None and config.preset == PRESET
        data = self._dataset.name if self._dataset is not None else ""

        def put(one: _Choice) -> Callable[[], None]:
            def again() -> None:
                if self._dataset is not None and self._dataset.name == data:
                    self._put(one)

            return again

        self._session.history.push(Gesture(text, put(before), put(choice)))

    def _put(self, choice: _Choice) -> None:
        self._choice = choice
        if not choice.shown:
            self._by_itself = False
        self._tell()
        curve = choice.curve
        if curve is not None:
            reached = f", test error {curve.sse:.2f} per sample" if curve.sse is not None else ""
            self.said.emit(f"Dashed: a recorded run of {curve.epochs:.3g} epochs{reached}")

    def _tell(self) -> None:
        loss = self._config.training.loss if self._config is not None else ""
        data = self._dataset.name if self._dataset is not None else ""
        made_from = (self._choice, loss, data, self._steps_per_epoch)
        if made_from != self._told_for:
            self._told_for, self._told = made_from, self._made()
            self.changed.emit(self._told)

    def _made(self) -> Beside:
        """The curve in the steps and in the unit of the live run."""
        config, choice, curve = self._config, self._choice, self._choice.curve
        if config is None or not choice.shown:
            return NOTHING
        loss = config.training.loss
        published, label = None, ""
        if choice.shown == "hinton" and loss == "mse":
            elsewhere = self._dataset is not None and self._dataset.name != PUBLISHED_ON
            published = PUBLISHED_SSE / (curve.n_features if curve is not None else 784)
            label = f"{'2006, MNIST' if elsewhere else 'published 2006'}: {PUBLISHED_SSE:.2f}"
        if curve is None or self._why_not(curve, any_size=choice.shown == "hinton"):
            return Beside("", NOTHING.train, NOTHING.test, published, label)
        train, test = curve.train, curve.test[:, :2]
        if curve.loss != loss:
            train, test = NOTHING.train, np.column_stack([test[:, 0], curve.test[:, 2] / curve.n_features])
        scale = np.array([self._steps_per_epoch, 1.0])
        name = choice.name
        if self._dataset is not None and curve.data != self._dataset.name and choice.shown == "hinton":
            name = "MNIST run"
        return Beside(name, train * scale, test * scale, published, label)

    def _why_not(self, curve: RecordedCurve, *, any_size: bool = False) -> str:
        """Why a curve cannot lie beside this run, as half a sentence; empty when it can."""
        config = self._config
        if config is None:
            return "no run is here yet"
        if not any_size and curve.n_features != config.network.input_size:
            here = config.network.input_size
            return f"it has learned {curve.n_features} values per sample, this one {here}"
        loss = config.training.loss
        if curve.loss != loss and not (loss == "mse" and len(curve.test)):
            return f"its loss is {LOSS_NAMES[curve.loss]}, and this run's is {LOSS_NAMES[loss]}"
        return ""

    def _why_no_images(self) -> str:
        if self._dataset is None:
            return "No data are here yet."
        if self._dataset.image_shape is None:
            return f"Hinton's network learned images; {self._dataset.title} is a table."
        return ""

    def _close(self) -> bool:
        return self._background.join(2.0)


def _short(name: str) -> str:
    """A file's name for the legend."""
    name = "".join(letter if letter.isprintable() else "?" for letter in name) or "recorded"
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…"
