"""A path through the latent space: what it leads through, what is decoded on it, where on it one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.analysis import ways
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Started, Weights
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session
from fcae_gui.session.undo import Gesture
from fcae_gui.session.watching import Shown, label_name

FRAMES = 12  # of the strip: as many as can be told apart beside each other
FINE = 121  # places that a path is made of
LIVE_MS = 60  # between two strips while the model learns
SEARCH_MS = 1000  # between two searches for the way along the data, which costs tens of milliseconds
PLAY_S = 4.0  # from one end to the other
ANY = -1  # of any class


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """What a path leads through: codes (k, code) that stay, or two images (2, d) that are encoded anew.

    along: whether it goes through neighbouring codes instead of straight on
    """

    text: str
    codes: np.ndarray | None = None
    images: np.ndarray | None = None
    along: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFrames:
    """A path as the network of `step` sees it, evenly spaced.

    codes: (FINE, code);  stops: (k, code);  frames, blends: (FRAMES, d), decoded and cross-faded
    """

    generation: int
    step: int
    way: Way
    codes: np.ndarray
    stops: np.ndarray
    frames: np.ndarray
    blends: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    weights: Weights
    way: Way
    near: np.ndarray | None  # codes to go along


class _Walker:
    """Finds the codes of a path and decodes them; a way along the data is kept. Called on a worker."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._found = np.empty((0, 0), np.float32)

    def __call__(self, question: _Question) -> PathFrames:
        weights, way = question.weights, question.way
        if way.images is not None:
            stops = encode(weights, way.images)  # (2, code)
        else:
            assert way.codes is not None
            stops = way.codes
        if way.along and question.near is not None:
            of = (way, question.near)
            if len(self._of) != 2 or any(a is not b for a, b in zip(self._of, of, strict=True)):
                self._of, self._found = of, ways.along_data(question.near, stops, FINE)
            codes = self._found
        else:
            codes = ways.even(stops, FINE)
        frames = decode(weights, ways.even(codes, FRAMES))  # (FRAMES, d)
        ends = way.images if way.images is not None else frames[[0, -1]]
        return PathFrames(
            generation=weights.generation, step=weights.step, way=way, codes=codes, stops=stops,
            frames=frames, blends=ways.cross_fade(ends[0], ends[1], FRAMES),
        )  # fmt: skip


class Path(QObject):
    """The path of one window. A path of another code or other data sleeps until they are back."""

    way_changed = Signal(object)  # Way or None
    frames_changed = Signal(object)  # PathFrames
    moved = Signal(float)  # where on the path, 0 to 1
    now_changed = Signal(object, object)  # (d,) decoded there, (d,) the cross-fade there
    playing_changed = Signal(bool)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = session.view
        self._way: Way | None = None
        self._along = False
        self._frames: PathFrames | None = None
        self._shown: Shown | None = None
        self._at = 0.0
        self._sent: np.ndarray | None = None  # the code the cursor was brought to, None when a hand moved it
        self._watched = self._playing = self._loop = False
        self._bring = False  # whether the cursor goes to the path as soon as there is one
        self._direction = 1.0
        self._draws = 0
        self._generation = -1
        self._seen: Weights | None = None
        self._near: np.ndarray | None = None
        self._stale = True
        self._since, self._since_search, self._since_step = QElapsedTimer(), QElapsedTimer(), QElapsedTimer()
        for timer in (self._since, self._since_search, self._since_step):
            timer.start()
        self._worker: LatestWorker[_Question, PathFrames] = LatestWorker("fcae-path", _Walker())
        session.close_with(self._worker.close)
        session.generation_started.connect(self._on_started)
        session.frame_passed.connect(self._on_frame)
        session.view.shown_changed.connect(self._on_shown)
        session.view.decoded.connect(self._on_decoded)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def way(self) -> Way | None:
        """What the path leads through."""
        return self._way

    @property
    def frames(self) -> PathFrames | None:
        """The path as last computed, None while there is none for the present network."""
        return self._frames

    @property
    def at(self) -> float:
        """Where on the path one is, 0 to 1."""
        return self._at

    @property
    def playing(self) -> bool:
        """Whether the cursor slides by itself."""
        return self._playing

    @property
    def along(self) -> bool:
        """Whether paths go through neighbouring codes."""
        return self._along

    def on_map(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The path (FINE, 2) and its stops (k, 2) on the map, None when there is nothing to draw."""
        made, plane = self._frames, self._view.plane
        if made is None or not plane.decodes or plane.code_size != made.codes.shape[1]:
            return None
        return plane.to_map(made.codes), plane.to_map(made.stops)

    # --- what a hand does ---------------------------------------------------------------------------------

    def draw(self, places: np.ndarray) -> None:
        """A path through places (k, 2) of the map, k >= 2."""
        plane = self._view.plane
        if len(places) < 2 or not plane.decodes:
            return
        codes = plane.to_code(np.asarray(places, np.float32))
        self._do("draw a path", Way(text="drawn on the map", codes=codes, along=self._along))

    def connect_classes(self, first: int, second: int, *, typical: bool = True) -> None:
        """A path from an image of class `first` to one of `second` (ANY for any): typical ones, or others."""
        shown, dataset = self._shown, self._session.dataset
        if shown is None or dataset is None:
            return
        rows = [self._pick(shown, label, typical=typical) for label in (first, second)]
        if min(rows) < 0:
            return
        images = shown.map_features[rows]
        if images.dtype == np.uint8:
            images = images.astype(np.float32) / np.float32(255.0)
        names = [label_name(label, dataset.class_names) or "any image" for label in (first, second)]
        how = "typical images" if typical else "images"
        text = f"{how}: {names[0]} to {names[1]}"
        self._do(f"path {names[0]} to {names[1]}", Way(text=text, images=images, along=self._along))

    @Slot(bool)
    def set_along(self, along: bool) -> None:
        """Go through neighbouring codes, or straight on."""
        if along == self._along:
            return
        if self._way is None:
            self._along = along
            self.way_changed.emit(None)
            return
        way = Way(text=self._way.text, codes=self._way.codes, images=self._way.images, along=along)
        self._do("path along the data" if along else "straight path", way)

    @Slot()
    def clear(self) -> None:
        """No path."""
        if self._way is not None:
            self._do("remove the path", None)

    @Slot(float)
    def move_to(self, at: float) -> None:
        """Bring the cursor to this share of the path's length."""
        self._at = min(max(0.0, at), 1.0)
        self.moved.emit(self._at)
        if self._frames is not None:
            self._sent = ways.along(self._frames.codes, np.array([self._at]))[0]
            self._view.move_to_code(self._sent)

    @Slot()
    def release(self) -> None:
        """A hand moves the cursor elsewhere: it is not on the path any more."""
        self._sent = None
        self.set_playing(False)

    @Slot(bool)
    def set_playing(self, playing: bool) -> None:
        """Let the cursor slide along the path."""
        playing = playing and self._frames is not None and self._watched
        if playing and not self._playing:
            self._since_step.restart()
            self._direction = 1.0
            if self._at >= 1.0:
                self.move_to(0.0)
        if playing != self._playing:
            self._playing = playing
        self.playing_changed.emit(playing)

    @Slot(bool)
    def set_loop(self, loop: bool) -> None:
        """Back and forth without an end."""
        self._loop = loop

    @Slot(bool)
    def set_watched(self, watched: bool) -> None:
        """Whether somebody sees the strip: else nothing is computed and nothing slides."""
        self._watched = watched
        self._stale = True
        if not watched and self._playing:
            self.set_playing(False)

    def _pick(self, shown: Shown, label: int, *, typical: bool) -> int:
        """A row of the map's samples, -1 when the class has none."""
        labels = shown.map_labels
        if label == ANY or labels is None:
            rows = np.arange(len(shown.map_features))
        else:
            rows = np.flatnonzero(labels == label)
        if not len(rows):
            return -1
        codes = self._view.codes
        if typical and label != ANY and codes is not None and len(codes) == len(shown.map_features):
            row = ways.most_typical(codes, rows)
            if row >= 0:
                return row
        self._draws += 1
        return int(np.random.default_rng([self._draws, 0xA7]).choice(rows))

    def _do(self, text: str, after: Way | None) -> None:
        before = self._way
        self._set(after)
        self._session.history.push(Gesture(text, lambda: self._set(before), lambda: self._set(after)))

    def _set(self, way: Way | None) -> None:
        old, self._way = self._way, way
        fresh = way is None or old is None or way.codes is not old.codes or way.images is not old.images
        if way is not None:
            self._along = way.along
        if fresh:
            self._forget()
            self._at, self._bring = 0.0, True
            self.moved.emit(0.0)
        self._near, self._stale = None, True
        self.way_changed.emit(way)

    def _forget(self) -> None:
        """What was computed is void."""
        self._frames = self._sent = self._near = None
        self._stale = True
        if self._playing:
            self.set_playing(False)

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_started(self, started: Started) -> None:
        self._generation = started.generation
        self._seen = None
        self._bring = self._bring or self._sent is not None
        self._forget()
        self.way_changed.emit(self._way)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        made = self._frames
        if made is None or self._sent is None or not self._watched:
            return
        if np.array_equal(answer.z, self._sent) and len(answer.pixels) == made.blends.shape[1]:
            share = np.float32(self._at)
            self.now_changed.emit(answer.pixels, (1 - share) * made.blends[0] + share * made.blends[-1])

    @Slot()
    def _on_frame(self) -> None:
        weights = self._view.weights
        if weights is not None and weights is not self._seen and weights.generation == self._generation:
            self._seen, self._stale = weights, True
        made = self._worker.take()
        if made is not None and made.generation == self._generation and made.way is self._way:
            self._take(made)
        if not self._watched or self._way is None:
            return
        if self._stale and self._worker.idle and self._since.elapsed() >= LIVE_MS:
            self._ask(self._way)
        if self._playing:
            self._slide(self._since_step.restart() / 1000.0)

    def _take(self, made: PathFrames) -> None:
        dataset = self._session.dataset
        if dataset is None or made.frames.shape[1] != dataset.n_features:
            return
        self._frames = made
        self.frames_changed.emit(made)
        if (self._bring or self._sent is not None) and not self._playing:
            self._bring = False
            self.move_to(self._at)  # the place on the path has moved with it

    def _ask(self, way: Way) -> None:
        weights, dataset = self._seen, self._session.dataset
        if weights is None or dataset is None or weights.network.input_size != dataset.n_features:
            return
        if way.codes is not None and way.codes.shape[1] != weights.network.code_size:
            return  # asleep
        if way.images is not None and way.images.shape[1] != dataset.n_features:
            return
        if way.along:
            newest = self._view.codes
            if newest is None or newest.shape[1] != weights.network.code_size:
                return  # the codes come soon
            if self._near is None or self._since_search.elapsed() >= SEARCH_MS:
                self._near = newest
                self._since_search.restart()
        self._stale = way.along and self._near is not self._view.codes
        self._since.restart()
        self._worker.ask(_Question(weights=weights, way=way, near=self._near if way.along else None))

    def _slide(self, seconds: float) -> None:
        at = self._at + self._direction * min(seconds, 0.2) / PLAY_S
        if 0.0 <= at <= 1.0:
            self.move_to(at)
            return
        self.move_to(at)
        if self._loop:
            self._direction = -self._direction
        else:
            self.set_playing(False)
