"""Carries out the intents of a lesson one after the other, each when the one before has taken effect."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig, needs_new_network
from fcae_gui.engine.presets import PRESETS
from fcae_gui.session.lesson_values import IMAGES, Intent
from fcae_gui.session.session import Session

LONGEST_MS = 60_000  # for one intent to take effect; data may have to be drawn first


class SetUp(QObject):
    """Runs one list of intents at a time; a new list ends the one in hand.

    wished(kind, value): what only the window can do: "dock", "workspace", "action"
    ended(str):          "" when everything took effect, else one sentence
    """

    wished = Signal(str, str)
    ended = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: deque[Intent] = deque()
        self._until: Callable[[], bool] | None = None
        self._since = QElapsedTimer()
        self._limited = True
        self._generations = 0
        self._busy = False
        self._images = ""  # the images that were learned last, to come back to from a table
        session.frame_passed.connect(self._advance)
        session.generation_started.connect(self._on_started)
        session.refused.connect(self._on_refused)
        session.dataset_changed.connect(self._on_dataset)

    @property
    def busy(self) -> bool:
        """Whether something has not taken effect yet."""
        return self._busy

    def start(self, intents: Iterable[Intent]) -> None:
        """Begin with a new list; what can be done at once is done before this returns."""
        self._waiting = deque(intents)
        self._until = None
        self._busy = True
        self._advance()

    def cancel(self) -> None:
        """Leave the rest undone."""
        self._waiting.clear()
        self._until = None
        self._busy = False

    # --- the queue ----------------------------------------------------------------------------------------

    @Slot()
    def _advance(self) -> None:
        if not self._busy:
            return
        if self._until is not None:
            if not self._until():
                if self._limited and self._since.elapsed() > LONGEST_MS:
                    self._end("That took too long and was given up; the run stays as it is.")
                return
            self._until = None
        while self._waiting:
            intent = self._waiting.popleft()
            problem = self._do(intent)
            if problem:
                self._end(problem)
                return
            if not self._busy:  # refused, or another list began
                return
            if self._until is not None:
                self._since.start()
                return
        self._end("")

    def _end(self, problem: str) -> None:
        self.cancel()
        self.ended.emit(problem)

    @Slot(object)
    def _on_started(self, _started: object) -> None:
        self._generations += 1

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        if dataset.image_shape is not None and dataset.name in catalog.SOURCES:
            self._images = dataset.name

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        if self._busy:
            self._end(text)

    # --- what an intent does ------------------------------------------------------------------------------

    def _do(self, intent: Intent) -> str:
        """Start it, and set `_until` where it takes effect later. One sentence when it cannot be done."""
        session, value = self._session, intent.value
        self._limited = True
        match intent.kind:
            case "data":
                return self._choose_data(value)
            case "preset":
                self._wait_for_network(preset=value)
                session.choose_preset(value)
            case "rotate":
                session.rotate_code()
            case "edit":
                self._edit(value)
            case "code":
                self._resize_code(value)
            case "rewind":
                self._wait_for_network()
                session.rewind()
            case "play":
                if value:
                    session.play()
                elif session.state == "running":
                    session.pause()
                    self._until = self._rests
            case "until_epoch":
                self._limited = False  # as long as it takes; whoever does not want to wait goes on
                session.play()
                self._until = _EpochReached(session, value)
            case _:
                self.wished.emit(intent.kind, value)
        return ""

    def _choose_data(self, name: str) -> str:
        session, dataset = self._session, self._session.dataset
        if name == IMAGES:
            if dataset is not None and dataset.image_shape is not None:
                return ""
            if dataset is not None and self._preset_brings_images(dataset.name):
                return ""
            name = self._images or catalog.default_name(session.data_dir)
        if dataset is not None and dataset.name == name:
            return ""
        if name != catalog.STROKES and catalog.find(name, session.data_dir) == "missing":
            title = catalog.SOURCES[name].title
            return f"{title} is not on this machine yet: choose it in the Data menu, then set this up again."
        generations = self._generations
        session.choose_data(name)
        self._until = lambda: (
            session.dataset is not None and session.dataset.name == name and self._generations > generations
        )
        return ""

    def _preset_brings_images(self, name: str) -> bool:
        """Whether the next intent is a preset that leaves the table of another one by itself."""
        following = self._waiting[0] if self._waiting else None
        if following is None or following.kind != "preset":
            return False
        return not PRESETS[following.value].data and name in {preset.data for preset in PRESETS.values()}

    def _edit(self, changes: dict[str, dict[str, Any]]) -> None:
        session = self._session
        before = session.config
        if before is None:
            return
        if _makes_new(before, changes["network"]):
            self._wait_for_network()
        session.edit(changes["network"], changes["training"])
        if (
            self._until is not None and changes["training"]
        ):  # a new network keeps the training fields of before
            self._waiting.appendleft(Intent("edit", {"network": {}, "training": changes["training"]}))

    def _resize_code(self, size: int) -> None:
        session = self._session
        session.resize_code(size)
        self._until = lambda: session.config is not None and session.config.network.code_size == size

    def _wait_for_network(self, preset: str = "") -> None:
        generations, session = self._generations, self._session

        def there() -> bool:
            right = not preset or (session.config is not None and session.config.preset == preset)
            return right and self._generations > generations

        self._until = there

    def _rests(self) -> bool:
        return self._session.state != "running"


class _EpochReached:
    """True once the run has reached an epoch; it then rests there."""

    def __init__(self, session: Session, epoch: int) -> None:
        self._session, self._epoch = session, epoch

    def __call__(self) -> bool:
        session = self._session
        reached = session.numbers().epoch >= self._epoch or session.state in (
            "finished",
            "diverged",
            "failed",
        )
        if reached and session.state == "running":
            session.pause()
        return reached


def _makes_new(config: RunConfig, network: dict[str, Any]) -> bool:
    try:
        return needs_new_network(config.network, config.with_network(**network).network)
    except ValueError:
        return False
