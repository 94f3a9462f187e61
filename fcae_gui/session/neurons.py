"""What the drawing of the neurons shows: the newest weights, and one sample on its way through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import activations
from fcae_gui.engine.events import Started, Weights
from fcae_gui.session import neuron_words as words
from fcae_gui.session.neuron_words import Names, Stage
from fcae_gui.session.session import Session
from fcae_gui.session.slow_motion import SlowMotion
from fcae_gui.session.watching import Shown, label_of, name_on_map, sample_name

FRAME_MS = 95  # ten drawings a second: as alive as more, for a third of the time
LARGE_FRAME_MS = 500  # a network of millions is looked through twice a second
LARGE_PARAMETERS = 400_000
PAUSE_PER_COST = 15  # pictures take at most a fifteenth of the window's time

Palette = Literal["weight", "gradient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the drawing is to show. Per gap the links (out, in) and rings (out,), per layer the values (size,)
    or None; columns and gaps that stand out (None: all alike); flow: 1 to the right, -1 to the left."""

    links: list[np.ndarray]
    rings: list[np.ndarray] | None
    palette: Palette
    word: str
    values: list[np.ndarray | None]
    palettes: list[Palette]
    columns: frozenset[int] | None = None
    gaps: frozenset[int] = frozenset()
    flow: int = 0


class Neurons(QObject):
    """Works only while its panel is on screen (`set_visible`)."""

    network_changed = Signal(object)  # neuron_words.Names
    seen_changed = Signal(object)  # Seen
    sample_changed = Signal(str)  # which sample, in words
    text_changed = Signal(str)  # what is pointed at
    stage_changed = Signal(str, str)  # title and sentence of a stage of slow motion

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.slow = SlowMotion(session, self)
        self._visible = False
        self._names: Names | None = None
        self._shown: Shown | None = None
        self._row = -1
        self.chosen_by_hand = False  # with the arrows: it does not follow the map's cursor any more
        self._sample: np.ndarray | None = None
        self._weights: Weights | None = None  # that the drawing shows
        self._before: list[np.ndarray] = []
        self._after: list[np.ndarray] = []
        self._at: tuple[int, int, int] | None = None
        self.picture_seconds = 0.0  # what the last picture took to paint, as its owner says
        self._since = QElapsedTimer()
        self._since.start()
        session.generation_started.connect(self._on_generation)
        session.dataset_changed.connect(self._on_dataset)
        session.view.shown_changed.connect(self._on_shown)
        session.frame_passed.connect(self._on_frame)
        session.numbers_changed.connect(self._on_numbers)
        self.slow.stage_changed.connect(self._on_stage)
        self.slow.ended.connect(self._on_slow_ended)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        """Row of the map of the shown sample, -1 for one that is not of the map."""
        return self._row

    @property
    def values(self) -> list[np.ndarray]:
        """What every neuron holds, (size,) per layer, the sample first."""
        return [self._sample, *self._after] if self._sample is not None and self._after else []

    # --- intents ------------------------------------------------------------------------------------------

    @Slot(bool)
    def set_visible(self, visible: bool) -> None:
        """Whether the drawing can be seen; leaving it ends slow motion."""
        if visible == self._visible:
            return
        self._visible = visible
        if visible:
            self._weights = None
            self._refresh()
        else:
            self.slow.end()

    @Slot(int)
    def choose(self, row: int) -> None:
        """Follow this sample of the map through the network."""
        shown = self._shown
        if shown is None or not 0 <= row < len(shown.map_features):
            return
        self._row = row
        dataset = self._session.dataset
        label = label_of(shown, row, dataset)
        text = f"{name_on_map(shown, row, dataset)} of {len(shown.map_features):,}"
        self._take(
            Split(features=shown.map_features).as_float(np.array([row]))[0],
            f"{label}  \N{MIDDLE DOT}  {text}" if label else text,
        )

    @Slot()
    def choose_at_cursor(self) -> None:
        """Follow the sample whose code is nearest to what the map's cursor stands for."""
        codes, here = self._session.view.codes, self._session.view.cursor_code()
        if codes is not None and here is not None and codes.shape[1:] == here.shape and not self.slow.on:
            self.choose(int(((codes - here) ** 2).sum(axis=1).argmin()))

    def show_sample(self, sample: np.ndarray, text: str) -> None:
        """Follow a sample that is not of the map: (d,) float32 in the data's units."""
        self._row = -1
        self._take(sample, text)

    def step(self, by: int) -> None:
        """The next sample, or the one before; round at the ends."""
        if self._shown is not None:
            self.chosen_by_hand = True
            self.choose((max(self._row, 0) + by) % len(self._shown.map_features))

    @Slot(object)
    def point(self, at: object) -> None:
        """What the mouse is on: (column, unit, source or -1), None for nothing."""
        self._at = at if isinstance(at, tuple) else None
        self._tell_pointed()
        if self.slow.stage is not None:
            self._tell_stage(self.slow.stage)

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        self._weights = None
        self._before, self._after = [], []
        self._set_network(started.config.network)

    @Slot(object)
    def _on_dataset(self, _dataset: Dataset) -> None:
        self._sample, self._row, self._names = None, -1, None
        self.chosen_by_hand = False
        self._before, self._after = [], []

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown
        self.choose(min(max(self._row, 0), len(shown.map_features) - 1))

    def _set_network(self, network: NetworkConfig) -> None:
        dataset = self._session.dataset
        if dataset is None or dataset.n_features != network.input_size:
            return
        names = dataset.feature_names if len(dataset.feature_names) == dataset.n_features else ()
        width = dataset.image_shape[1] if dataset.image_shape is not None else 0
        made = Names(network, () if width else names, width)
        if made != self._names:
            self._names, self._at = made, None
            self.network_changed.emit(made)

    @Slot()
    def _on_frame(self) -> None:
        if not self._visible or self._session.view.weights is self._weights:
            return
        weights = self._session.view.weights
        large = weights is not None and weights.network.parameters > LARGE_PARAMETERS
        pause = max(LARGE_FRAME_MS if large else FRAME_MS, 1000 * PAUSE_PER_COST * self.picture_seconds)
        if self._since.elapsed() >= pause:
            self._refresh()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if self._visible and self._at is not None:
            self._tell_pointed()

    # --- the picture --------------------------------------------------------------------------------------

    def _take(self, sample: np.ndarray, text: str) -> None:
        self._sample = sample
        self.sample_changed.emit(text)
        self._weights = None
        self._refresh()

    def _refresh(self) -> None:
        """Take the newest weights, put the sample through them and show both."""
        newest = self._session.view.weights
        if not self._visible or newest is None or self._sample is None:
            return
        if newest.network.input_size != len(self._sample):
            return
        self._since.restart()
        self._weights = newest
        stage = self.slow.stage
        weights = newest if stage is None or stage.kind == "done" else self._traced_weights(newest)
        self._set_network(weights.network)
        if self._names is None:
            return
        before, after = activations(weights, self._sample[None, :])
        self._before, self._after = [a[0] for a in before], [a[0] for a in after]
        if stage is None or stage.kind == "done":
            self.seen_changed.emit(self._live(weights))
        else:
            self.seen_changed.emit(self._staged(stage))

    def _traced_weights(self, newest: Weights) -> Weights:
        """The weights that the iteration on screen began with."""
        trace = self.slow.trace
        assert trace is not None
        layers = tuple((layer.weight, layer.bias) for layer in trace.layers)
        half = len(layers) // 2
        return replace(newest, network=trace.config.network, encoder=layers[:half], decoder=layers[half:])

    def _live(self, weights: Weights) -> Seen:
        layers = weights.encoder + weights.decoder
        values: list[np.ndarray | None] = list(self.values)
        return Seen(
            links=[layer[0] for layer in layers], rings=[layer[1] for layer in layers], palette="weight",
            word="weight", values=values, palettes=["weight"] * len(values),
        )  # fmt: skip

    @Slot(object)
    def _on_stage(self, stage: Stage) -> None:
        trace = self.slow.trace
        if trace is None or self._sample is None or not self._after:
            return
        if self._at is not None:
            self._tell_pointed()
        only = trace.layers[0].inputs[0] if len(trace.rows) == 1 else self._sample
        if np.array_equal(only, self._sample) or stage.kind == "done":
            self._refresh()
        else:  # a batch of one: its sample is the one to see
            self.show_sample(only, f"{sample_name('train', int(trace.rows[0]))}, the whole batch")
        self._tell_stage(stage)

    def _staged(self, stage: Stage) -> Seen:
        trace = self.slow.trace
        assert trace is not None
        layers, i = trace.layers, stage.layer
        links = [layer.weight for layer in layers]
        rings: list[np.ndarray] | None = [layer.bias for layer in layers]
        values: list[np.ndarray | None] = list(self.values)
        palettes: list[Palette] = ["weight"] * len(values)
        palette: Palette = "weight"
        word, columns, gaps, flow = "weight", None, frozenset(range(len(layers))), 0
        if stage.kind == "forward":
            columns, gaps, flow = frozenset((i, i + 1)), frozenset((i,)), 1
            values = [value if at <= i + 1 else None for at, value in enumerate(values)]
        elif stage.kind == "loss":
            columns, gaps = frozenset((0, len(layers))), frozenset()
        elif stage.kind == "backward":
            columns, gaps, flow = frozenset((i, i + 1)), frozenset((i,)), -1
            palette, word = "gradient", "gradient"
            links = [
                layer.weight_gradient if at >= i else np.zeros_like(layer.weight)
                for at, layer in enumerate(layers)
            ]
            rings = [
                layer.bias_gradient if at >= i else np.zeros_like(layer.bias)
                for at, layer in enumerate(layers)
            ]
            for at in range(i + 1, len(values)):
                values[at], palettes[at] = layers[at - 1].deltas.sum(0), "gradient"
        else:
            word = "weight change"
            links = [layer.weight_after - layer.weight for layer in layers]
            rings = [layer.bias_after - layer.bias for layer in layers]
        return Seen(
            links=links, rings=rings, palette=palette, word=word, values=values, palettes=palettes,
            columns=columns, gaps=gaps, flow=flow,
        )  # fmt: skip

    # --- words --------------------------------------------------------------------------------------------

    def _tell_stage(self, stage: Stage) -> None:
        trace = self.slow.trace
        if trace is None or self._names is None or self._sample is None:
            return
        if stage.kind == "done":
            text = (
                "The run has made this step. Largest difference between what was shown and what it did: "
                f"{words.number(self.slow.largest_difference)}. Next takes the following batch apart."
            )
        else:
            sample = self._before, self._after, self._sample
            text = words.stage_text(self._names, trace.config.training, trace, stage, sample, self._at)
        self.stage_changed.emit(stage.title(len(trace.layers)), text)

    def _tell_pointed(self) -> None:
        weights = self._weights
        if self._at is None or weights is None or self._names is None or not self._after:
            self.text_changed.emit("")
            return
        stage, trace = self.slow.stage, self.slow.trace
        if stage is not None and trace is not None and stage.kind in ("backward", "update"):
            change = stage.kind == "update"
            self.text_changed.emit(words.gradient_text(self._names, trace, self._at, change=change))
            return
        layers = weights.encoder + weights.decoder
        self.text_changed.emit(
            words.pointed_text(
                self._names, [one[0] for one in layers], [one[1] for one in layers], self.values, self._at
            )
        )

    @Slot(str)
    def _on_slow_ended(self, _why: str) -> None:
        self._weights = None
        self._refresh()
