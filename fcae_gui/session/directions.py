"""Codes of more than two numbers under a hand: the map's plane, sliders along directions, and a - b + c."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.analysis.plane import (
    Plane,
    hold,
    images_plane,
    principal_directions,
    principal_plane,
    unit_directions,
    units_plane,
)
from fcae_gui.analysis.ways import most_typical
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine import events as ev
from fcae_gui.engine.decoder import encode
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.directions_state import Chosen, Sample
from fcae_gui.session.directions_work import (
    Ends,
    EndsQuestion,
    LayerKey,
    LayerMap,
    LayerQuestion,
    decode_ends,
    map_layer,
)
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session
from fcae_gui.session.touring import Touring
from fcae_gui.session.undo import Gesture
from fcae_gui.session.watching import Shown, label_name

MOST = 8  # directions: as many as a person can hold apart
REACH = 3.0  # standard deviations at the ends of a slider
DIRECTION_ROWS = 4_000  # enough codes for their directions
LAYER_EVERY_MS = 2_000  # a hidden layer is encoded for all points: dear beside a step
LAYER_SHARE = 5  # and at most this fraction of the time
LIVE_EVERY_MS = 150  # the ends while the model learns and no hand moves
TEXTS = {"pca": "first components", "units": "two units", "images": "plane of three images", "tour": "tour"}


class Directions(QObject):
    """Lives on the GUI thread; `advance` is called once a frame. What it shows is told by signals."""

    chosen_changed = Signal(object)  # directions_state.Chosen
    network_changed = Signal(int, object)  # code size, widths of the encoder's hidden layers
    directions_changed = Signal(object)  # a list of (name, tip)
    values_changed = Signal(object)  # (k,) standard deviations
    ends_changed = Signal(object, object)  # (k, d) low and high
    slot_changed = Signal(int, object)  # which slot, directions_state.Sample or None
    sum_changed = Signal(object)  # (d,) or None
    extent_changed = Signal(object)  # half the side of the square that the map shows at least, or None
    tour_running_changed = Signal(bool)
    told = Signal(str)  # a line for the status bar

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, session.view
        self._chosen = Chosen()
        self._shown: Shown | None = None
        self._network: ev.Started | None = None
        self._weights: ev.Weights | None = None
        self._codes: np.ndarray | None = None
        self._measured: np.ndarray | None = None  # the codes whose directions are known
        self._components: Plane | None = None  # the last plane of components, to keep its orientation
        self._mean = np.zeros(0)
        self._rows = np.zeros((0, 0))  # directions (k, d)
        self._deviations = self._shares = np.zeros(0)
        self._names: list[tuple[str, str]] = []
        self._z: np.ndarray | None = None  # the code that is decoded now
        self._follows = False  # whether it is the start itself, which moves as the model learns
        self._placed: np.ndarray | None = None
        self._drag_from: np.ndarray | None = None
        self._tour: Touring | None = None
        self._tour_runs = True
        self._told_reach = 0.0
        self._layer_before: Plane | None = None
        self._layer_step = -1
        self._layer_wait = 0.0  # ms
        self._asked_key: LayerKey | None = None
        self._shown_key: LayerKey | None = None
        self._active = self._stale = False
        self._ticket = 0
        self._sum_code: np.ndarray | None = None
        self._data_name, self._n_features = "", 0
        self._random = np.random.default_rng(0xD1)
        self._ends: LatestWorker[EndsQuestion, Ends] = LatestWorker("fcae-ends", decode_ends)
        self._layers: LatestWorker[LayerQuestion, LayerMap] = LatestWorker("fcae-layer", map_layer)
        self._since_ends, self._since_layer = QElapsedTimer(), QElapsedTimer()
        self._since_ends.start()
        self._since_layer.start()
        session.close_with(self.close)
        session.dataset_changed.connect(self._on_dataset)
        session.generation_started.connect(self._on_generation)
        session.frame_passed.connect(self.advance)
        self._view.shown_changed.connect(self._on_shown)
        self._view.decoded.connect(self._on_decoded)
        self._view.set_plane_choice(self._choose_plane)

    # --- what a person wants --------------------------------------------------------------------------

    @property
    def chosen(self) -> Chosen:
        """What is chosen now."""
        return self._chosen

    @property
    def tour_running(self) -> bool:
        """Whether the tour moves."""
        return self._tour_runs

    @Slot(int, str, int, int)
    def choose_plane(self, layer: int, kind: str, first: int = 0, second: int = 1) -> None:
        """Show this plane of the code (layer 0) or of a hidden layer. One step to take back."""
        wanted = self._fitted(replace(self._chosen, layer=layer, kind=kind, units=(first, second)))
        if wanted.same_plane(self._chosen):
            self.chosen_changed.emit(self._chosen)  # the panel shows what is in force
            return
        if wanted.kind == "tour":
            self.run_tour(True)
        self._do("plane of the map", wanted)

    @Slot()
    def toggle_tour(self) -> None:
        """Begin the tour; hold it; let it go on."""
        if self._chosen.kind == "tour" and not self._chosen.layer:
            self.run_tour(not self._tour_runs)
        elif self._code_size > 2:
            self.choose_plane(0, "tour", *self._chosen.units)
        else:
            self.told.emit("A code of two numbers has one plane: there is nowhere to tour")

    @Slot(bool)
    def run_tour(self, on: bool) -> None:
        """Hold the tour or let it go on."""
        self._tour_runs = on
        self.tour_running_changed.emit(on)

    @Slot()
    def next_layer(self) -> None:
        """The code, hidden layer 1, 2 ... and the code again."""
        layer = (self._chosen.layer + 1) % (1 + len(self._widths))
        self.choose_plane(layer, "pca", 0, 1)
        self.told.emit(f"The map shows hidden layer {layer}" if layer else "The map shows the code")

    @Slot()
    def show_components(self) -> None:
        """The first two principal components of what the map shows."""
        self.choose_plane(self._chosen.layer, "pca", 0, 1)

    @Slot()
    def show_next_units(self) -> None:
        """Two units as axes; asked again, the next two."""
        size = self._widths[self._chosen.layer - 1] if self._chosen.layer else self._code_size
        first, second = self._chosen.units
        if self._chosen.kind == "units":
            first, second = (first + 2) % max(1, size), (second + 2) % max(1, size)
        self.choose_plane(self._chosen.layer, "units", first, second)

    @Slot()
    def show_images_plane(self) -> None:
        """The plane through a, b and c."""
        if None in self._chosen.slots:
            self.told.emit("Three images are needed: drop them on a, b and c in the Directions panel")
        else:
            self.choose_plane(0, "images", *self._chosen.units)

    @Slot(str, int)
    def start_from(self, what: str, which: int = 0) -> None:
        """Hold the rest of the code at a sample and put the sliders there; "mean" for no sample."""
        sample = self._sample(what, which)
        if what != "mean" and sample is None:
            self.chosen_changed.emit(self._chosen)
            return
        self._do("starting point", replace(self._chosen, start=sample, start_choice=(what, which)))
        self.reset()

    @Slot()
    def start_from_cursor(self) -> None:
        """Start from the sample nearest to the cursor."""
        self.start_from("cursor", 0)

    @Slot()
    def start_from_random(self) -> None:
        """Start from a random test image."""
        self.start_from("random", 0)

    @Slot()
    def reset(self) -> None:
        """All sliders back to the start."""
        code = self._start_code()
        codes = self._view.codes
        if code is None and codes is not None:
            finite = codes[np.isfinite(codes).all(axis=1)]
            code = finite.mean(axis=0) if len(finite) else None
        if code is not None:
            self._place(code)
            self._follows = self._chosen.start is not None

    @Slot(int, float)
    def slide(self, index: int, value: float) -> None:
        """Move the decoded code along direction `index` to `value` standard deviations; the rest stays."""
        z = self._z
        if z is None or index >= len(self._rows) or len(z) != self._rows.shape[1]:
            return
        if self._drag_from is None:
            self._drag_from = z
        now = float((z - self._mean) @ self._rows[index]) / self._deviations[index]
        moved = z + (value - now) * self._deviations[index] * self._rows[index]
        self._view.move_to_code(moved.astype(np.float32))

    @Slot()
    def let_go(self) -> None:
        """A slider was let go: the whole drag is one step to take back."""
        before, after, self._drag_from = self._drag_from, self._z, None
        if before is None or after is None or before.shape != after.shape:
            return
        move = self._view.move_to_code  # codes of another size are no code for it
        self._session.history.push(Gesture("slider", lambda: move(before), lambda: move(after)))

    @Slot(int, str, int)
    def fill_slot(self, index: int, what: str, which: int = 0) -> None:
        """Put a sample into slot a, b or c: "cursor", "random", "class" and which, "empty", or "train" or
        "test" and a row."""
        sample = self._sample(what, which)
        if what == "empty" or sample is not None:
            self._do("image in a − b + c", self._fitted(self._chosen.with_slot(index, sample)))

    @Slot()
    def show_sum(self) -> None:
        """Put the cursor on a - b + c."""
        if self._sum_code is not None:
            self._place(self._sum_code)

    @Slot(bool)
    def set_active(self, on: bool) -> None:
        """Whether anybody sees the panel: ends are decoded only then."""
        self._active = on
        self._stale = self._stale or on

    def close(self) -> bool:
        """End the workers; False when one is still busy after its grace."""
        clean = self._ends.close()
        return self._layers.close() and clean

    # --- the frame ------------------------------------------------------------------------------------

    @Slot()
    def advance(self) -> None:
        """Once a frame: follow the model, turn the tour, take what the workers have."""
        view = self._view
        learned = view.weights is not self._weights
        self._weights = view.weights
        if view.codes is not self._codes:
            self._codes = view.codes
            self._follow_start()
        if self._active and self._codes is not self._measured:
            self._measure()
        if self._weights is None or self._dataset is None:
            return
        if self._chosen.layer:
            self._advance_layer(self._weights)
        elif self._chosen.kind == "tour" and self._codes is not None and self._code_size > 2:
            self._advance_tour(self._codes)
        if self._active:
            self._advance_ends(self._weights, learned)

    def _advance_tour(self, codes: np.ndarray) -> None:
        if self._tour is None:
            plane = self._view.plane
            usable = plane.decodes and plane.code_size == codes.shape[1]
            self._tour = Touring(plane if usable else principal_plane(codes))
        turned = self._tour.step(codes, self._start_code(), running=self._tour_runs)
        if turned is not None:
            self._view.place_points(*turned, glide=False)
        if self._tour.reach != self._told_reach:
            self._told_reach = self._tour.reach
            self.extent_changed.emit(self._told_reach)

    def _advance_layer(self, weights: ev.Weights) -> None:
        found = self._layers.take()
        key = self._layer_key()
        if found is not None and found.key == key:
            self._layer_wait = max(LAYER_EVERY_MS, 1000.0 * LAYER_SHARE * found.seconds)
            self._layer_before, self._layer_step = found.plane, found.step
            glide = self._shown_key == key
            self._shown_key = key
            self._view.place_points(found.plane, found.places, glide=glide)
        if self._shown is None or key is None or not self._layers.idle:
            return
        fresh = key != self._asked_key
        due = weights.step != self._layer_step and self._since_layer.elapsed() > self._layer_wait
        if fresh or due:
            if fresh and self._layer_before is not None and self._asked_key is not None:
                self._layer_before = None if key[2] != self._asked_key[2] else self._layer_before
            self._asked_key = key
            self._since_layer.restart()
            before = self._layer_before
            if before is not None and (before.kind != "pca" or before.layer != key[2]):
                before = None
            self._layers.ask(
                LayerQuestion(
                    key=key,
                    weights=weights,
                    features=self._shown.map_features,
                    before=replace(before, layer=0) if before is not None else None,
                )
            )

    def _advance_ends(self, weights: ev.Weights, learned: bool) -> None:
        self._stale = self._stale or learned
        found = self._ends.take()
        if found is not None and found.generation == weights.generation and found.ticket == self._ticket:
            self.ends_changed.emit(found.low, found.high)
            self._sum_code = found.sum_code
            self.sum_changed.emit(found.sum_pixels)
        hand = self._drag_from is not None
        if not self._stale or not self._ends.idle:
            return
        if not hand and self._since_ends.elapsed() < LIVE_EVERY_MS:
            return
        z = self._z
        if z is None or not len(self._rows) or len(z) != self._rows.shape[1] or len(z) != self._code_size:
            return
        self._stale = False
        self._since_ends.restart()
        values = (self._rows @ (z - self._mean)) / self._deviations  # (k,)
        away = (self._deviations[:, None] * self._rows).astype(np.float32)  # (k, d)
        low = z + (-REACH - values)[:, None].astype(np.float32) * away
        high = z + (REACH - values)[:, None].astype(np.float32) * away
        full = [one.values for one in self._chosen.slots if one is not None]
        self._ends.ask(
            EndsQuestion(
                ticket=self._ticket,
                weights=weights,
                codes=np.concatenate([low, high]).astype(np.float32),
                slots=np.stack(full) if len(full) == 3 else None,
            )
        )

    # --- what the session tells -----------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        if dataset.name == self._data_name and dataset.n_features == self._n_features:
            return  # a fuller version of the same data, or nothing new
        self._data_name, self._n_features = dataset.name, dataset.n_features
        self._ticket += 1
        self._z = None
        # Images of the other data go. The map waits for the new network: the old one does not fit any more.
        without = replace(self._chosen, start=None, start_choice=("mean", 0), slots=(None, None, None))
        self._chosen = without.fitted(dataset.n_features, self._code_size, self._widths)
        self._tell(self._chosen)

    @Slot(object)
    def _on_generation(self, started: ev.Started) -> None:
        self._network = started
        self._ticket += 1
        self._weights = self._codes = self._measured = self._z = self._tour = self._components = None
        self._layer_before = self._asked_key = self._shown_key = None
        self._sum_code = self._placed = self._drag_from = None
        self._follows = False
        self._rows, self._mean = np.zeros((0, 0)), np.zeros(0)
        self._names = []
        self._layer_step = -1
        self.network_changed.emit(self._code_size, self._widths)
        self.directions_changed.emit([])
        self.sum_changed.emit(None)
        self._chosen = self._fitted(self._chosen)
        self._view.set_plane_choice(self._choose_plane, elsewhere=self._placed_here(self._chosen))
        if self._chosen.kind != "tour":
            self._told_reach = 0.0
            self.extent_changed.emit(None)
        self._tell(self._chosen)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown
        self._tour = None  # other points

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        if self._follows and self._placed is not None and not np.array_equal(answer.z, self._placed):
            self._follows = False  # a hand moved it
        if self._z is None or not np.array_equal(self._z, answer.z):
            self._stale = True
        self._z = answer.z
        self._tell_values()

    def _follow_start(self) -> None:
        """While no hand has moved it, the decoded code is that of the start, wherever it has gone."""
        code = self._start_code() if self._follows and self._codes is not None else None
        if code is not None:
            self._place(code)

    def _measure(self) -> None:
        """The directions of the newest codes; only while somebody sees them."""
        codes = self._measured = self._codes
        if codes is None:
            return
        some = codes[:: max(1, len(codes) // DIRECTION_ROWS)]
        if codes.shape[1] <= 2:
            found = unit_directions(some)
        else:
            before = self._rows if self._rows.shape[1:] == codes.shape[1:] else None
            found = principal_directions(some, MOST, before)
        self._mean, self._rows, self._deviations, self._shares = found
        self._stale = True
        names = self._direction_texts()
        if names != self._names:
            self._names = names
            self.directions_changed.emit(names)
        self._tell_values()

    # --- inside ---------------------------------------------------------------------------------------

    @property
    def _dataset(self) -> Dataset | None:
        return self._session.dataset

    @property
    def _code_size(self) -> int:
        return self._network.config.network.code_size if self._network is not None else 0

    @property
    def _widths(self) -> tuple[int, ...]:
        return tuple(self._network.config.network.encoder_widths) if self._network is not None else ()

    def _fitted(self, wanted: Chosen) -> Chosen:
        if self._dataset is None:
            return wanted
        return wanted.fitted(self._dataset.n_features, self._code_size, self._widths)

    def _do(self, text: str, wanted: Chosen) -> None:
        before = self._chosen
        self._apply(wanted)
        redo: Callable[[], Any] = lambda: self._apply(self._fitted(wanted))  # noqa: E731
        self._session.history.push(Gesture(text, lambda: self._apply(self._fitted(before)), redo))

    def _apply(self, wanted: Chosen) -> None:
        before, self._chosen = self._chosen, wanted
        other_plane = not wanted.same_plane(before)
        if other_plane:
            self._tour = None
            self._shown_key = None
        if before.kind == "tour" and wanted.kind != "tour":
            self._told_reach = 0.0
            self.extent_changed.emit(None)
        holds_other = wanted.start is not before.start
        corners = wanted.kind == "images" and wanted.slots != before.slots
        if other_plane or holds_other or corners:
            self._view.set_plane_choice(self._choose_plane, elsewhere=self._placed_here(wanted))
        if wanted.slots != before.slots:
            self._sum_code = None
            self.sum_changed.emit(None)
            self._ticket += 1  # an answer about the old slots is void
            self._stale = True
        self._tell(wanted)

    def _placed_here(self, chosen: Chosen) -> bool:
        """Whether the points are placed frame by frame, or layer by layer, and not by the view."""
        return chosen.layer > 0 or (chosen.kind == "tour" and self._code_size > 2)

    def _tell(self, chosen: Chosen) -> None:
        for index, sample in enumerate(chosen.slots):
            self.slot_changed.emit(index, sample)
        self.chosen_changed.emit(chosen)

    def _choose_plane(self, codes: np.ndarray, previous: Plane) -> Plane | None:
        """What the view asks for at every refresh of codes (n, d) with d > 2."""
        chosen, weights = self._chosen, self._view.weights
        if chosen.kind == "units" and max(chosen.units) < codes.shape[1]:
            plane = units_plane(codes, *chosen.units)
        elif chosen.kind == "images" and weights is not None and None not in chosen.slots:
            corners = np.stack([one.values for one in chosen.slots if one is not None])
            if corners.shape[1] == weights.network.input_size:
                return images_plane(codes, encode(weights, corners))
            return None
        else:
            before = previous if previous.kind == "pca" and not previous.layer else self._components
            plane = self._components = principal_plane(codes, before)
        start = self._start_code()
        return hold(plane, start) if start is not None else plane

    def _start_code(self) -> np.ndarray | None:
        weights, start = self._view.weights, self._chosen.start
        if weights is None or start is None or len(start.values) != weights.network.input_size:
            return None
        return encode(weights, start.values[None])[0]

    def _place(self, code: np.ndarray) -> None:
        self._placed = np.array(code, np.float32)
        self._view.move_to_code(self._placed)

    def _sample(self, what: str, which: int) -> Sample | None:
        dataset, shown = self._dataset, self._shown
        if dataset is None or shown is None:
            return None
        if what == "random":
            return self._of_split("test", int(self._random.integers(len(dataset.test))))
        if what in ("train", "test"):
            return self._of_split(what, which)
        codes = self._view.codes
        if codes is None or len(codes) != len(shown.map_features):
            return None
        if what == "cursor" and self._z is not None and len(self._z) == codes.shape[1]:
            away = np.square(codes - self._z).sum(axis=1)
            return self._of_map(int(np.nanargmin(away)), "nearest to the cursor") if len(away) else None
        if what == "class" and shown.map_labels is not None:
            row = most_typical(codes, np.flatnonzero(shown.map_labels == which))
            return self._of_map(row, "most typical of its class") if row >= 0 else None
        return None

    def _of_split(self, split: str, row: int) -> Sample | None:
        assert self._dataset is not None
        half = self._dataset.train if split == "train" else self._dataset.test
        if not 0 <= row < len(half):
            return None
        values = np.array(half.as_float(np.array([row]))[0], np.float32)
        label = None if half.labels is None else int(half.labels[row])
        name = label_name(label, self._dataset.class_names)
        where = "training" if split == "train" else "test"
        return Sample(values, f"{name}, {where} image {row:,}" if name else f"{where} image {row:,}")

    def _of_map(self, row: int, text: str) -> Sample:
        assert self._shown is not None and self._dataset is not None
        values = self._shown.map_features[row]
        scale = np.float32(255.0) if values.dtype == np.uint8 else np.float32(1.0)
        labels = self._shown.map_labels
        name = label_name(None if labels is None else int(labels[row]), self._dataset.class_names)
        return Sample(values.astype(np.float32) / scale, f"{name}, {text}" if name else text)

    def _layer_key(self) -> LayerKey | None:
        if self._network is None or self._shown is None or not self._chosen.layer:
            return None
        if self._dataset is None or self._shown.map_features.shape[1] != self._dataset.n_features:
            return None
        if self._weights is None or self._weights.network.input_size != self._dataset.n_features:
            return None
        chosen = self._chosen
        watch = self._shown.watch.watch_id
        return (self._network.generation, watch, chosen.layer, chosen.kind, *chosen.units)

    def _direction_texts(self) -> list[tuple[str, str]]:
        word = "code" if self._rows.shape[1] <= 2 else "direction"
        tip = "One number of the code" if word == "code" else "A principal direction of the codes"
        return [
            (f"{word} {index + 1}   {100 * share:.0f} %", f"{tip}: {100 * share:.1f} % of their variance")
            for index, share in enumerate(self._shares)
        ]

    def _tell_values(self) -> None:
        z = self._z
        if self._active and z is not None and len(self._rows) and len(z) == self._rows.shape[1]:
            self.values_changed.emit((self._rows @ (z - self._mean)) / self._deviations)
