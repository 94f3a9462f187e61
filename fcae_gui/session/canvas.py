"""What the network makes of a drawing: its code, its reconstruction, its error, and who lives nearby."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.analysis.handwriting import box_of, clean, like_data
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Weights
from fcae_gui.session.around import Around
from fcae_gui.session.decoding import INLINE_PARAMETERS
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session

FOLLOW_MS = 100  # a drawing at rest follows the learning network ten times a second
BOX_IMAGES = 400  # of the training half: enough to know how large its ink is


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """input and output (d,) float32, the code z (code,), and the sum of squared errors between the two."""

    generation: int
    step: int
    given: np.ndarray
    output: np.ndarray
    z: np.ndarray
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    weights: Weights
    given: np.ndarray


def _read(question: _Question) -> Reading:
    weights, given = question.weights, question.given
    z = encode(weights, given[None])[0]  # (code,)
    output = decode(weights, z[None])[0]  # (d,)
    away = output - given
    return Reading(
        generation=weights.generation, step=weights.step, given=given, output=output, z=z,
        error=float(away @ away),
    )  # fmt: skip


class Canvas(QObject):
    """Reads the newest drawing with the newest weights; does nothing while nobody sees it."""

    read = Signal(object)  # (Reading, Near | None), or None when there is nothing to read

    def __init__(self, session: Session, around: Around, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._around = around
        self._active = False
        self._leads = False  # whether the cursor is where the drawing put it
        self._grey: np.ndarray | None = None
        self._opened = False
        self._given: np.ndarray | None = None
        self._reading: Reading | None = None
        self._seen: Weights | None = None
        self._of: Dataset | None = None
        self._box: tuple[int, int] | None = None
        self._since = QElapsedTimer()
        self._since.start()
        self._worker: LatestWorker[_Question, Reading] = LatestWorker("fcae-canvas", _read)
        session.close_with(self._worker.close)
        session.frame_passed.connect(self._on_frame)
        session.generation_started.connect(self._on_started)

    @property
    def reading(self) -> Reading | None:
        """The newest reading of the present network."""
        return self._reading

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Whether somebody looks."""
        self._active = active
        if active:
            self._ask()

    def look(self, grey: np.ndarray, *, opened: bool) -> None:
        """The drawing as pixels (h, w) uint8, at every move of the pen. `opened`: it holds an image."""
        self._grey, self._opened = grey, opened
        self._prepare()
        self._leads = self._given is not None
        self._ask()

    @Slot()
    def let_cursor_go(self) -> None:
        """A hand has moved the cursor: the drawing does not pull it back until the next stroke."""
        self._leads = False

    @Slot(object)
    def set_dataset(self, dataset: Dataset) -> None:
        """The drawing is made like these data from now on."""
        self._of, self._box, self._reading = dataset, None, None
        shape = dataset.image_shape
        if shape is not None:
            self._box = box_of(dataset.train.features[:: max(1, len(dataset.train) // BOX_IMAGES)], shape)
        self._prepare()

    # --- inside

    def _prepare(self) -> None:
        self._given = None
        if self._grey is None or self._of is None or self._of.image_shape is None:
            return
        limit = {"enlarge": None} if self._opened else {}
        self._given = like_data(self._grey, self._of.image_shape, self._box, **limit)

    def _ask(self) -> None:
        weights, given = self._session.view.weights, self._given
        if given is None:
            self._reading = None
            self.read.emit(None)
            return
        if not self._active or weights is None or weights.network.input_size != len(given):
            return
        self._seen = weights
        self._since.restart()
        question = _Question(weights=weights, given=given)
        if weights.network.parameters <= INLINE_PARAMETERS:
            self._tell(_read(question))
        else:
            self._worker.ask(question)

    def _tell(self, reading: Reading) -> None:
        weights = self._session.view.weights
        fits = self._given is not None and len(reading.given) == len(self._given)
        if weights is None or reading.generation != weights.generation or not fits or not self._active:
            return
        self._reading = reading
        self.read.emit((reading, self._around.near(reading.z)))
        if self._leads:
            self._session.view.move_to_code(reading.z)

    @Slot()
    def _on_frame(self) -> None:
        late = self._worker.take()
        if late is not None:
            self._tell(late)
        if not self._active or self._given is None:
            return
        if self._session.view.weights is not self._seen and self._since.elapsed() >= FOLLOW_MS:
            self._ask()

    @Slot(object)
    def _on_started(self, _started: object) -> None:
        self._reading = self._seen = None


def taken_in(picture: np.ndarray) -> np.ndarray:
    """An opened image (h, w) uint8 -> light ink on black, uint8; dark on light is turned round."""
    return np.rint(clean(picture.astype(np.float32) / np.float32(255.0)) * 255.0).astype(np.uint8)
