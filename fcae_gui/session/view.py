"""What the window looks at: the watched samples, the map's plane, the cursor with its decoded image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from fcae_gui.analysis.plane import Plane, identity_plane, principal_plane
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine import events as ev
from fcae_gui.session.decoding import Decoded, DecodeService
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.neighbours import NearestAnswer, NearestQuestion, NearestTrainingImage
from fcae_gui.session.watching import Shown, choose

REST_BEFORE_SEARCH_MS = (
    60  # the search itself takes about 40 ms: together under 150 ms after the cursor rests
)
DECODE_AGAIN_MS = 60  # a digit that a hand drags is decoded at every move; one at rest changes slowly
SEARCH_AGAIN_MS = 1000  # the digit under a resting cursor changes while the model learns
PLANE_ROWS = 10_000  # enough codes for two principal components
FIRST_COLUMNS = 10
MAX_COLUMNS = 40
READ_OUT_STEP = 0.1  # a place that drifts with its plane is told a few times a second, not at every frame

# From codes (n, d) and the plane before to the plane to show; None: the usual one.
PlaneChoice = Callable[[np.ndarray, Plane], Plane | None]


class View(QObject):
    """Turns observations into pictures, and places on the map into decoded images.

    Knows nothing of playing, files or data sources; `put` hands a command to the engine.
    """

    shown_changed = Signal(object)  # watching.Shown
    outputs_changed = Signal(object)  # (k, d) float32
    map_changed = Signal(object, bool)  # (n, 2) float32, and whether to glide there
    plane_changed = Signal(object)  # analysis.plane.Plane
    cursor_moved = Signal(float, float)  # by the program, not by a hand
    decoded = Signal(object)  # decoding.Decoded
    nearest_found = Signal(object)  # neighbours.NearestAnswer

    def __init__(self, put: Callable[[ev.Command], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._put = put
        self._decoder = DecodeService()
        self._nearest: LatestWorker[NearestQuestion, NearestAnswer] = LatestWorker(
            "fcae-nearest", NearestTrainingImage()
        )
        self._dataset: Dataset | None = None
        self._generation = -1
        self._weights: ev.Weights | None = None
        self._codes: ev.Codes | None = None
        self._outputs_step = -1
        self._decoded: Decoded | None = None
        self._plane: Plane = identity_plane(2)
        self._choice: PlaneChoice | None = None
        self._placed_elsewhere = False
        self._cursor: tuple[float, float] | None = None
        self._held: np.ndarray | None = None  # (code,): what the cursor stands for when it is off the plane
        self._decode_due = False  # newer weights have come than the digit on screen was decoded with
        self._since_decode = QElapsedTimer()
        self._since_decode.start()
        self._searched = False  # whether the decoded image on screen has been searched for
        self._ticket = 0
        self._watch_id = 0
        self._shown: Shown | None = None
        self._columns = FIRST_COLUMNS
        self._grid_split: Literal["train", "test"] = "test"
        self._grid_seed = 0
        self._all_points = False
        self._since_search = QElapsedTimer()
        self._since_search.start()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_BEFORE_SEARCH_MS)
        self._rest.timeout.connect(self._search_nearest)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def weights(self) -> ev.Weights | None:
        """The newest published weights of the present network."""
        return self._weights

    @property
    def plane(self) -> Plane:
        """What the map shows of the code."""
        return self._plane

    @property
    def codes(self) -> np.ndarray | None:
        """Codes (n, code) of the watched samples in the order of the map, None before the first ones."""
        return self._codes.points if self._codes is not None else None

    def cursor_code(self) -> np.ndarray | None:
        """The code (code,) that the cursor stands for, None where it stands for none."""
        return self._code_at_cursor()

    @property
    def all_points(self) -> bool:
        """Whether the map shows the training images too."""
        return self._all_points

    @property
    def map_step(self) -> int:
        """Step of the network whose codes the map shows, -1 before the first ones."""
        return self._codes.step if self._codes is not None else -1

    def is_at(self, step: int) -> bool:
        """Whether map, grid and decoded image all show the network as it is after `step` steps."""
        return (
            self._codes is not None
            and self._codes.step == step
            and self._outputs_step == step
            and self._decoded is not None
            and self._decoded.step == step
            and self._searched
            and self._nearest.idle
            and not self._rest.isActive()
        )

    # --- a hand on the map --------------------------------------------------------------------------------

    @Slot(float, float)
    def move_cursor(self, x: float, y: float) -> None:
        """Decode the place (x, y) of the map with the newest weights, now."""
        if not self._plane.decodes:
            return
        self._cursor = (x, y)
        self._held = None
        self._rest.start()
        self._decode_cursor()

    def move_to_code(self, z: np.ndarray) -> None:
        """Decode the code z (code,), on the map's plane or off it; the cursor goes where it is seen."""
        if self._weights is None or z.shape != (self._weights.network.code_size,):
            return
        self._held = np.array(z, np.float32)
        self._follow_held()
        self._rest.start()
        self._decode_cursor()

    def set_plane_choice(self, choice: PlaneChoice | None, *, elsewhere: bool = False) -> None:
        """Which plane of the code to show from now on. The decoded code stays; the cursor goes where it lies.

        elsewhere: the points come through place_points instead (a tour, a hidden layer)
        """
        self._choice, self._placed_elsewhere = choice, elsewhere
        if elsewhere or self._codes is None:
            return
        plane = self._made_plane(self._codes.points)
        self.place_points(plane, plane.to_map(self._codes.points), glide=True)

    def place_points(self, plane: Plane, places: np.ndarray, *, glide: bool) -> None:
        """Show the watched samples at these places (n, 2) of a plane; the decoded code stays as it is."""
        if self._decoded is not None and self._held is None:
            self._held = self._decoded.z
        self._plane = plane
        self.plane_changed.emit(plane)
        self.map_changed.emit(places, glide)
        self._follow_held()
        if self._decoded is not None and self._cursor is not None:
            x, y = self._decoded.xy
            if glide or abs(x - self._cursor[0]) + abs(y - self._cursor[1]) > READ_OUT_STEP:
                self._decode_cursor()  # the same picture, but it says where it lies

    @Slot(bool)
    def show_all_points(self, on: bool) -> None:
        """All samples on the map, or 10,000 of the test half."""
        if on != self._all_points:
            self._all_points = on
            self._watch()

    def set_grid(
        self, *, split: str | None = None, columns: int | None = None, shuffle: bool = False
    ) -> None:
        """Which reconstructions to show."""
        if split is not None:
            self._grid_split = "train" if split == "train" else "test"
        if columns is not None:
            self._columns = min(max(1, columns), MAX_COLUMNS)
        if shuffle:
            self._grid_seed += 1
        self._watch()

    # --- what the session tells ---------------------------------------------------------------------------

    def set_dataset(self, dataset: Dataset) -> None:
        """Look at samples of this data set from now on."""
        self._dataset = dataset
        self._ticket += 1  # an answer about the old data is void
        self._decoded = None
        self._watch()

    def forget_choices(self) -> None:
        """Back to the choices of a first start; takes effect with the next data set."""
        self._cursor = None
        self._columns, self._grid_split, self._grid_seed = FIRST_COLUMNS, "test", 0
        self._all_points = False

    def start_generation(self, started: ev.Started) -> None:
        """Another network stands there: nothing seen of the old one counts any more."""
        self._generation = started.generation
        self._weights = None
        self._codes = None
        self._outputs_step = -1
        self._decoded = None
        self._held = None
        self._plane = identity_plane(started.config.network.code_size)
        self.plane_changed.emit(self._plane)

    def show(self, seen: ev.Observation) -> None:
        """Pass on what an observation of the present generation carries."""
        if seen.weights is not None and not self._fits(seen.weights.network.input_size):
            return  # the data set has changed and the network has not yet
        if seen.weights is not None:
            self._weights = seen.weights
        if seen.codes is not None and seen.codes.watch_id == self._watch_id:
            self._place_codes(seen.codes)
        if (
            seen.outputs is not None
            and seen.outputs.watch_id == self._watch_id
            and self._fits(seen.outputs.images.shape[1])
        ):
            self._outputs_step = seen.outputs.step
            self.outputs_changed.emit(seen.outputs.images)
        self._decode_due = self._decode_due or seen.weights is not None

    def poll(self, *, running: bool) -> None:
        """Once a frame: answers of the workers, and a new search while the digit under the cursor changes."""
        if self._decode_due and (not running or self._since_decode.elapsed() >= DECODE_AGAIN_MS):
            self._decode_cursor()
        late = self._decoder.take()
        if late is not None:
            self._tell_decoded(late)
        found = self._nearest.take()
        if found is not None and found.ticket == self._ticket:
            self.nearest_found.emit(found)
        stale = self._decoded is not None and not self._searched
        calm = not running and not self._rest.isActive()
        if stale and self._nearest.idle and (calm or self._since_search.elapsed() > SEARCH_AGAIN_MS):
            self._search_nearest()

    def close(self) -> bool:
        """End the workers; False when one is still busy after its grace."""
        self._rest.stop()
        self._dataset = None
        clean = self._decoder.close()
        return self._nearest.close() and clean

    # --- remembering --------------------------------------------------------------------------------------

    def remembered(self) -> dict[str, object]:
        """The choices of this view, as JSON values for a run file."""
        return {
            "cursor": list(self._cursor) if self._cursor is not None else None,
            "columns": self._columns,
            "grid_split": self._grid_split,
            "grid_seed": self._grid_seed,
            "all_points": self._all_points,
        }

    def recall(self, remembered: dict[str, object]) -> None:
        """Take over what a file says about the view; anything unexpected in it is left as it is."""
        cursor, columns = remembered.get("cursor"), remembered.get("columns")
        seed = remembered.get("grid_seed")
        if isinstance(cursor, list) and len(cursor) == 2 and all(isinstance(v, int | float) for v in cursor):
            self._cursor = (float(cursor[0]), float(cursor[1]))
            self.cursor_moved.emit(*self._cursor)
        if isinstance(columns, int) and 1 <= columns <= MAX_COLUMNS:
            self._columns = columns
        if isinstance(seed, int) and 0 <= seed < 2**31:
            self._grid_seed = seed
        self._grid_split = "train" if remembered.get("grid_split") == "train" else "test"
        self._all_points = remembered.get("all_points") is True

    # --- parts --------------------------------------------------------------------------------------------

    def _fits(self, n_features: int) -> bool:
        """Between a change of data and the new network, what the old one sends does not fit any more."""
        return self._dataset is not None and n_features == self._dataset.n_features

    def _watch(self) -> None:
        if self._dataset is None:
            return
        self._watch_id += 1
        self._shown = choose(
            self._dataset,
            self._watch_id,
            columns=self._columns,
            grid_split=self._grid_split,
            grid_seed=self._grid_seed,
            all_points=self._all_points,
        )
        self._codes = None
        self._outputs_step = -1
        self._put(self._shown.watch)
        self.shown_changed.emit(self._shown)

    def _place_codes(self, codes: ev.Codes) -> None:
        first = self._codes is None
        self._codes = codes
        if self._placed_elsewhere:
            return
        plane = self._made_plane(codes.points)
        if plane is not self._plane:
            self._plane = plane
            self.plane_changed.emit(plane)
        places = self._plane.to_map(codes.points)
        self.map_changed.emit(places, not first)
        self._follow_held()
        if self._cursor is None:
            self._place_cursor(places)

    def _made_plane(self, codes: np.ndarray) -> Plane:
        size = codes.shape[1]
        if size <= 2:
            fits = self._plane.code_size == size and self._plane.kind == "code"
            return self._plane if fits else identity_plane(size)
        some = codes[:: max(1, len(codes) // PLANE_ROWS)]
        chosen = self._choice(some, self._plane) if self._choice is not None else None
        if chosen is not None:
            return chosen
        return principal_plane(some, self._plane if self._plane.kind == "pca" else None)

    def _follow_held(self) -> None:
        """The cursor goes where the held code lies on the map, if the map shows codes."""
        if self._held is None or not self._plane.decodes or self._held.shape != (self._plane.code_size,):
            return
        x, y = (float(v) for v in self._plane.to_map(self._held[None, :])[0])
        self._cursor = (x, y)
        self.cursor_moved.emit(x, y)

    def _code_at_cursor(self) -> np.ndarray | None:
        if self._weights is None or self._cursor is None:
            return None
        size = self._weights.network.code_size
        if self._held is not None and self._held.shape == (size,):
            return self._held
        if not self._plane.decodes or self._plane.code_size != size:
            return None
        return self._plane.to_code(np.array([self._cursor], np.float32))[0]  # (code,)

    def _place_cursor(self, places: np.ndarray) -> None:
        """A first place in the middle of the cloud, so that there is a digit before any click."""
        finite = places[np.isfinite(places).all(axis=1)]
        if len(finite):
            x, y = (float(v) for v in np.median(finite, axis=0))
            self._cursor = (x, y)
            self.cursor_moved.emit(x, y)
            self._rest.start()

    def _decode_cursor(self) -> None:
        weights, z = self._weights, self._code_at_cursor()
        self._decode_due = False
        self._since_decode.restart()
        if weights is None or z is None or self._cursor is None:
            return
        answer = self._decoder.request(weights, z, self._cursor)
        if answer is not None:
            self._tell_decoded(answer)

    def _tell_decoded(self, answer: Decoded) -> None:
        if answer.generation == self._generation and self._fits(len(answer.pixels)):
            before, self._decoded = self._decoded, answer
            same = before is not None and before.step == answer.step and np.array_equal(before.z, answer.z)
            self._searched = self._searched and same
            self.decoded.emit(answer)

    @Slot()
    def _search_nearest(self) -> None:
        if self._decoded is None or self._dataset is None:
            return
        if not self._fits(len(self._decoded.pixels)):
            return
        self._since_search.restart()
        self._searched = True
        self._ticket += 1
        self._nearest.ask(
            NearestQuestion(ticket=self._ticket, dataset=self._dataset, pixels=self._decoded.pixels)
        )
