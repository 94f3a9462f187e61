"""What learning the code is worth: the error of a random, frozen encoder beside that of a trained one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.engine.config import NetworkConfig, RunConfig
from fcae_gui.engine.events import Started
from fcae_gui.session.run_link import RunLink

Task = tuple[str, NetworkConfig, str]  # data, network, loss: errors of the same task can be compared


@dataclass(frozen=True, slots=True)
class Best:
    """The smallest error on the test set so far."""

    loss: float  # in the unit of the run's loss
    sse: float  # sum of squared errors per image


class CodeWorth(QObject):
    """Keeps the best error of both kinds for the present task, over rewinds and restarts of the same network.

    An encoder counts as random only if it was frozen before its first step.
    """

    changed = Signal()

    def __init__(self, session: RunLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._is_frozen = False
        self._has_learned = False  # the encoder of the run in hand
        self.frozen: Best | None = None
        self.trained: Best | None = None
        session.generation_started.connect(self._on_started)
        session.config_changed.connect(self._on_config)
        session.test_measured.connect(self._on_measured)

    def text(self) -> str:
        """One or two short sentences for the panel; empty when nothing was ever frozen."""
        if self._is_frozen and self._has_learned:
            return "This encoder has learned already. Rewind to freeze a random one."
        if self.frozen is None:
            return "The encoder is random; the decoder learns alone." if self._is_frozen else ""
        begun = f"Random encoder: {self.frozen.sse:.2f} per image"
        if self.trained is None:
            return f"{begun} so far." if self._is_frozen else f"{begun}. Now both learn."
        gain = 1.0 - self.trained.sse / self.frozen.sse
        worth = f"Learning the code is worth {gain:.0%}." if gain > 0.0 else "Learning it has not paid yet."
        return f"{begun}; trained: {self.trained.sse:.2f}. {worth}"

    @Slot(object)
    def _on_started(self, started: Started) -> None:
        # Of a run that comes back with steps behind it nobody knows here what its encoder has been through.
        if started.reason != "resized":
            self._has_learned = started.step > 0 and not (
                started.config.training.freeze_encoder and not started.edits
            )
        self._take(started.config)

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        frozen = config.training.freeze_encoder
        if frozen and not self._is_frozen and self._session.config_step > 0:
            self._has_learned = True
        self._take(config)

    def _take(self, config: RunConfig) -> None:
        # A live change of what the activations do is another task; what freezes is not.
        task = (config.data, config.network, config.training.loss)
        if task != self._task:
            self._task = task
            self.frozen = self.trained = None
        self._is_frozen = config.training.freeze_encoder
        self.changed.emit()

    @Slot(int, float, float)
    def _on_measured(self, step: int, loss: float, sse: float) -> None:
        if step == 0:
            return
        if not self._is_frozen:
            self._has_learned = True
            self.trained = _better(self.trained, loss, sse)
        elif not self._has_learned:
            self.frozen = _better(self.frozen, loss, sse)
        else:
            return
        self.changed.emit()


def _better(best: Best | None, loss: float, sse: float) -> Best:
    if best is None:
        return Best(loss, sse)
    return replace(best, loss=min(best.loss, loss), sse=min(best.sse, sse))
