"""One sample laid open: what the network makes of it and who its neighbours are, while the model learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.data.dataset import Split
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.events import Weights
from fcae_gui.session.decoding import INLINE_PARAMETERS
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.neighbours import ChunkSearch
from fcae_gui.session.session import Session
from fcae_gui.session.watching import Shown, label_of, name_on_map

NEIGHBOURS = 5
SEARCH_AGAIN_MS = 333  # other neighbours cannot be looked at more often


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSample:
    """The sample of a card: row of the map, class name ("" without), what it is in words, pixels (d,)."""

    row: int
    label: str
    text: str
    pixels: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOutput:
    """Code (code_size,) and reconstruction (d,) of the sample `row`, and the sum of squared errors."""

    row: int
    code: np.ndarray
    pixels: np.ndarray
    sse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A sample near another one; `shared`: it is near in the other space too."""

    row: int
    label: str
    pixels: np.ndarray
    distance: float
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNeighbours:
    """Nearest first: in pixel space, and in latent space (empty before the first codes)."""

    row: int
    by_pixels: tuple[Neighbour, ...]
    by_code: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """Samples to put through a network too large to answer at once: rows (k,) and values (k, d)."""

    weights: Weights
    rows: tuple[int, ...]
    values: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    ticket: int
    row: int
    features: np.ndarray
    codes: np.ndarray | None
    by_pixels: np.ndarray | None  # rows, when they are known already


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    ticket: int
    row: int
    by_pixels: np.ndarray
    pixel_distances: np.ndarray
    by_code: np.ndarray
    code_distances: np.ndarray


def pass_through(weights: Weights, rows: tuple[int, ...], values: np.ndarray) -> tuple[CardOutput, ...]:
    """Code and reconstruction of the samples `values` (k, d) float32."""
    codes = encode(weights, values)  # (k, code)
    outputs = decode(weights, codes)  # (k, d)
    errors = ((outputs - values) ** 2).sum(axis=1)
    return tuple(
        CardOutput(row=row, code=codes[i], pixels=outputs[i], sse=float(errors[i]))
        for i, row in enumerate(rows)
    )


class _Searcher:
    """Runs on a worker: neighbours of one row, among the samples and among their codes."""

    def __init__(self) -> None:
        self._among_pixels = ChunkSearch()

    def __call__(self, asked: _Search) -> _Found:
        wanted = Split(features=asked.features).as_float(np.array([asked.row]))[0]
        if asked.by_pixels is None:
            rows, distances = self._among_pixels(asked.features, wanted, NEIGHBOURS, without=asked.row)
        else:
            rows = asked.by_pixels
            distances = np.linalg.norm(Split(features=asked.features).as_float(rows) - wanted, axis=1)
        near, away = np.empty(0, np.int64), np.empty(0, np.float32)
        if asked.codes is not None:
            near, away = ChunkSearch()(asked.codes, asked.codes[asked.row], NEIGHBOURS, without=asked.row)
        return _Found(
            ticket=asked.ticket, row=asked.row, by_pixels=rows, pixel_distances=distances, by_code=near,
            code_distances=away,
        )  # fmt: skip


class Card(QObject):
    """The open card and the sample under the mouse. Works only for what can be seen.

    Rows are those of the map. `set_visible` says whether the card's panel is on screen.
    """

    opened = Signal(object)  # CardSample
    closed = Signal()
    output_changed = Signal(object)  # CardOutput of the open sample
    neighbours_changed = Signal(object)  # CardNeighbours
    hovered_output_changed = Signal(object)  # CardOutput of the sample under the mouse, None for none

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = session.view
        self._through: LatestWorker[_Pass, tuple[CardOutput, ...]] = LatestWorker(
            "fcae-card", lambda asked: pass_through(asked.weights, asked.rows, asked.values)
        )
        self._search: LatestWorker[_Search, _Found] = LatestWorker("fcae-card-nearest", _Searcher())
        session.close_with(self._through.close)
        session.close_with(self._search.close)
        self._shown: Shown | None = None
        self._row = self._hovered = -1
        self._visible = False
        self._passed: tuple[Weights | None, tuple[int, ...]] = (None, ())
        self._ticket = 0
        self._searched_codes: np.ndarray | None = None
        self._search_due = False
        self._by_pixels: np.ndarray | None = None
        self._since_search = QElapsedTimer()
        self._since_search.start()
        self._view.shown_changed.connect(self._on_shown)
        session.frame_passed.connect(self._on_frame)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        """Row of the open sample, -1 when the card is closed."""
        return self._row

    @property
    def count(self) -> int:
        """How many samples can be opened."""
        return 0 if self._shown is None else len(self._shown.map_features)

    # --- intents ------------------------------------------------------------------------------------------

    @Slot(int)
    def open(self, row: int) -> None:
        """Lay the sample of this row of the map open."""
        if not 0 <= row < self.count:
            return
        if row != self._row:
            self._row = row
            self._by_pixels = None
            self._ticket += 1
        self._search_due = True
        self._passed = (None, ())
        self.opened.emit(self._sample(row))
        self._refresh()

    def step(self, by: int) -> None:
        """The next card, or the one before; round at the ends."""
        if self.count:
            self.open((max(self._row, 0 if by < 0 else -1) + by) % self.count)

    @Slot()
    def close(self) -> None:
        """No card."""
        if self._row >= 0:
            self._row = -1
            self._ticket += 1
            self.closed.emit()

    @Slot(int)
    def hover(self, row: int) -> None:
        """The mouse is on this row, -1 for none."""
        self._hovered = row if row < self.count else -1
        self._passed = (None, ())
        if self._hovered < 0:
            self.hovered_output_changed.emit(None)
        else:
            self._refresh()

    @Slot(bool)
    def set_visible(self, visible: bool) -> None:
        """Whether the card can be seen; nothing is done for it while it cannot."""
        self._visible = visible
        if visible:
            self._passed = (None, ())
            self._search_due = True

    # --- the frame ----------------------------------------------------------------------------------------

    @Slot()
    def _on_frame(self) -> None:
        late = self._through.take()
        if late is not None:
            self._tell(late)
        found = self._search.take()
        if found is not None:
            self._tell_found(found)
        if self._hovered >= 0 or (self._row >= 0 and self._visible):
            self._refresh()

    def _refresh(self) -> None:
        """Answers for what is seen, when the weights or what is seen are new."""
        seen = {self._hovered, self._row if self._visible else -1}
        rows = tuple(sorted(seen - {-1}))
        weights = self._view.weights
        news = self._passed[0] is not weights or self._passed[1] != rows
        if rows and news and weights is not None and self._fits(weights):
            self._passed = (weights, rows)
            values = self._values(np.array(rows))
            if _parameters(weights) <= INLINE_PARAMETERS:
                self._tell(pass_through(weights, rows, values))
            else:
                self._through.ask(_Pass(weights=weights, rows=rows, values=values))
        if self._row >= 0 and self._visible:
            self._look_for_neighbours()

    def _look_for_neighbours(self) -> None:
        codes = self._view.codes
        if codes is not None and len(codes) != self.count:
            codes = None
        changed = codes is not self._searched_codes and self._since_search.elapsed() > SEARCH_AGAIN_MS
        if (self._search_due or changed) and self._search.idle and self._shown is not None:
            self._search_due = False
            self._searched_codes = codes
            self._since_search.restart()
            self._search.ask(
                _Search(
                    ticket=self._ticket, row=self._row, features=self._shown.map_features, codes=codes,
                    by_pixels=self._by_pixels,
                )
            )  # fmt: skip

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        """Other samples on the map: the card follows its sample when that is still among them."""
        before, self._shown = self._shown, shown
        same = before is not None and before.map_features is shown.map_features
        self.hover(-1)
        if same or self._row < 0:
            return
        self._ticket += 1
        self._by_pixels = None
        row = self._moved(before, shown) if before is not None else -1
        if row < 0:
            self.close()
        else:
            self._row = -1
            self.open(row)

    def _moved(self, before: Shown, now: Shown) -> int:
        """Where the open sample stands now, -1 when it is no longer there."""
        old, new = before.map_features, now.map_features
        if old.shape[1] != new.shape[1] or self._session.dataset is None:
            return -1
        trained = len(self._session.dataset.train)
        row = self._row
        if (before.watch.map_split, now.watch.map_split) == ("test", "all"):
            row = trained + row
        elif (before.watch.map_split, now.watch.map_split) == ("all", "test"):
            row = row - trained
        return row if 0 <= row < len(new) and np.array_equal(old[self._row], new[row]) else -1

    def _tell(self, outputs: tuple[CardOutput, ...]) -> None:
        for output in outputs:
            if len(output.pixels) != self._width():
                continue
            if output.row == self._row and self._visible:
                self.output_changed.emit(output)
            if output.row == self._hovered:
                self.hovered_output_changed.emit(output)

    def _tell_found(self, found: _Found) -> None:
        if found.ticket != self._ticket or found.row != self._row:
            self._search_due = True
            return
        self._by_pixels = found.by_pixels
        both = set(found.by_pixels.tolist()) & set(found.by_code.tolist())
        self.neighbours_changed.emit(
            CardNeighbours(
                row=found.row,
                by_pixels=self._neighbours(found.by_pixels, found.pixel_distances, both),
                by_code=self._neighbours(found.by_code, found.code_distances, both),
            )
        )

    # --- parts --------------------------------------------------------------------------------------------

    def _neighbours(self, rows: np.ndarray, distances: np.ndarray, both: set[int]) -> tuple[Neighbour, ...]:
        assert self._shown is not None
        shown, dataset, pixels = self._shown, self._session.dataset, self._values(rows)
        return tuple(
            Neighbour(
                row=row, label=label_of(shown, row, dataset), pixels=pixels[i], distance=float(distances[i]),
                shared=row in both,
            )
            for i, row in enumerate(rows.tolist())
        )  # fmt: skip

    def _sample(self, row: int) -> CardSample:
        assert self._shown is not None
        shown, dataset = self._shown, self._session.dataset
        return CardSample(
            row=row, label=label_of(shown, row, dataset), text=name_on_map(shown, row, dataset),
            pixels=self._values(np.array([row]))[0],
        )  # fmt: skip

    def _values(self, rows: np.ndarray) -> np.ndarray:
        """(k, d) float32."""
        assert self._shown is not None
        return Split(features=self._shown.map_features).as_float(rows)

    def _width(self) -> int:
        return -1 if self._shown is None else self._shown.map_features.shape[1]

    def _fits(self, weights: Weights) -> bool:
        """Between a change of data and the new network, the old weights do not fit the samples."""
        return weights.network.input_size == self._width()


def _parameters(weights: Weights) -> int:
    return sum(layer[0].size for layer in weights.encoder + weights.decoder)
