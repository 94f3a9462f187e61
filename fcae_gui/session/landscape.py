"""The decoded landscape: what the decoder makes of every place the map shows, kept fresh while it learns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.analysis.density import Fog, Spread, fog_over, spread_of
from fcae_gui.analysis.plane import Plane
from fcae_gui.analysis.tiles import Box, TileGrid, bar_tiles, grid_over
from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Started, Weights
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.session import Session

Mode = Literal["off", "faint", "full"]
MODES: tuple[Mode, ...] = ("off", "faint", "full")
DEFAULTS: dict[str, Mode] = {"learn": "off", "explore": "faint"}  # workspace -> mode

INLINE_MULTIPLICATIONS = 120_000_000  # a mosaic that takes about 3 ms: less than waiting for the next frame
SHARE = 0.03  # of the window's time, at most, goes into following the model
WORKER_SHARE = 0.06  # of a core, beside the window
LEAST_S, MOST_S = 0.12, 2.0  # between two pictures of the same places
SURVEY_S = 0.5  # between two looks at where the data are
NOTE_S = 0.33  # numbers that change faster cannot be read
LARGEST_SIDE = 40  # pixels of a tile; of larger images every second, third ... pixel is decoded
BAR_ROWS, MOST_BARS = 28, 40  # height of a sample of a table in pixels, and columns that can be told apart
IN_THE_FOG = 0.14  # of its strength a tile keeps where there is no data
ON_THE_DATA = 2.0  # spacings; new samples of the same kind lie within 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mosaic:
    """Decoded tiles as one picture: canvas (height, width) uint8, 0 for paper, over `box` of the world."""

    step: int
    grid: TileGrid
    canvas: np.ndarray

    @property
    def box(self) -> Box:
        """What the canvas covers, in world units."""
        return self.grid.box


@dataclass(frozen=True, slots=True, kw_only=True)
class MosaicQuestion:
    """What to decode: the places of `grid` on `plane`, by `weights`, as images of `shape` (rows, columns).

    bars: for a table, whose samples are drawn as bars: the lowest and the highest value
    """

    ticket: int
    weights: Weights
    plane: Plane
    grid: TileGrid
    fog: Fog | None
    shape: tuple[int, int]
    bars: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedTiles:
    """The answer to a MosaicQuestion, and what it cost."""

    ticket: int
    mosaic: Mosaic
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _SurveyQuestion:
    ticket: int
    places: np.ndarray
    codes: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    ticket: int
    fog: Fog | None
    spread: Spread | None


def is_cheap(question: MosaicQuestion) -> bool:
    """Whether it is answered at once, on the thread that asks."""
    per_tile = sum(layer[0].size for layer in question.weights.decoder)
    return per_tile * question.grid.count <= INLINE_MULTIPLICATIONS


class TileDecoder:
    """Latest wins: a mosaic at once where that is cheap, or from a worker."""

    def __init__(self) -> None:
        self._worker: LatestWorker[MosaicQuestion, DecodedTiles] = LatestWorker("fcae-tiles", _decoded)

    def ask(self, question: MosaicQuestion) -> DecodedTiles | None:
        """The answer when it is cheap; None when it comes from `take` later."""
        if is_cheap(question):
            return _decoded(question)
        self._worker.ask(question)
        return None

    def take(self) -> DecodedTiles | None:
        """An answer of the worker, once."""
        return self._worker.take()

    def close(self) -> bool:
        """End the worker."""
        return self._worker.close()


class Landscape(QObject):
    """Decodes tiles while somebody looks, at once when the view changes and now and then while it learns."""

    mosaic_changed = Signal(object)  # Mosaic, or None for no landscape
    mode_changed = Signal(str)  # one of MODES
    note_changed = Signal(str)  # how far the decoded code lies from the data, "" when that is not known
    available_changed = Signal(bool, str)  # whether there can be one, and why not

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, session.view
        self._modes = dict(DEFAULTS)
        self._workspace = "learn"
        self._shape: tuple[int, int] | None = None
        self._bars: tuple[float, float] | None = None  # for a table: the range of its values
        self._features = 0
        self._mosaic: Mosaic | None = None
        self._asked: MosaicQuestion | None = None
        self._fog: Fog | None = None
        self._spread: Spread | None = None
        self._unsurveyed: np.ndarray | None = None  # places that are newer than the fog
        self._ticket = 0  # of everything that belongs to one network on one data set
        self._cost = 0.0  # seconds a mosaic takes, smoothed
        self._note = ""
        self._z: np.ndarray | None = None  # the code that is decoded now
        self._tiles = TileDecoder()
        self._surveyor: LatestWorker[_SurveyQuestion, _Survey] = LatestWorker("fcae-survey", _survey)
        self._since_mosaic, self._since_survey, self._since_note = (QElapsedTimer() for _ in range(3))
        for clock in (self._since_mosaic, self._since_survey, self._since_note):
            clock.start()
        session.close_with(self.close)
        session.dataset_changed.connect(self._on_dataset)
        session.generation_started.connect(self._on_generation)
        self._view.map_changed.connect(self._on_map)
        self._view.decoded.connect(self._on_decoded)

    # --- what is wanted -----------------------------------------------------------------------------------

    @property
    def mode(self) -> Mode:
        """How it is shown in the present workspace."""
        return self._modes[self._workspace]

    @property
    def mosaic(self) -> Mosaic | None:
        """What is shown now."""
        return self._mosaic

    def set_mode(self, mode: str) -> None:
        """Show it off, faint or full, in the present workspace from now on. KeyError for anything else."""
        self._modes[self._workspace] = {one: one for one in MODES}[cast(Mode, mode)]
        self.mode_changed.emit(self.mode)

    @Slot()
    def next_mode(self) -> None:
        """From off to faint to full to off."""
        self.set_mode(MODES[(MODES.index(self.mode) + 1) % len(MODES)])

    def set_workspace(self, name: str) -> None:
        """Each workspace has a mode of its own."""
        if name != self._workspace and name in self._modes:
            self._workspace = name
            self.mode_changed.emit(self.mode)

    # --- what is there ------------------------------------------------------------------------------------

    def look(self, visible: Box | None, width: float, height: float) -> None:
        """Once a frame, and at once when the view moved: what of the map is seen, on width x height pixels.

        None for `visible`: nobody looks.
        """
        self._take()
        if visible is not None:
            self._survey_again()
        question = self._question(visible, width, height) if visible is not None else None
        if question is None:
            self._forget_mosaic()
            return
        before = self._asked
        if before is not None and before.ticket == question.ticket and before.grid == question.grid:
            same = (
                before.weights is question.weights
                and before.plane is question.plane
                and before.fog is question.fog
            )
            share = SHARE if is_cheap(question) else WORKER_SHARE
            pause = min(max(LEAST_S, self._cost / share), MOST_S)
            if same or self._since_mosaic.elapsed() < 1000 * pause:
                return
        self._ask(question)

    def close(self) -> bool:
        """End the workers; False when one is still busy after its grace."""
        clean = self._tiles.close()
        return self._surveyor.close() and clean

    # --- parts --------------------------------------------------------------------------------------------

    def _question(self, visible: Box, width: float, height: float) -> MosaicQuestion | None:
        weights, plane, shape = self._view.weights, self._view.plane, self._shape
        if self.mode == "off" or weights is None or shape is None or not plane.decodes:
            return None
        network = weights.network
        if plane.code_size != network.code_size or network.input_size != self._features:
            return None
        before = self._asked.grid if self._asked is not None else None
        grid = grid_over(visible, width, height, shape[1] / shape[0], before)
        if grid is None:
            return None
        return MosaicQuestion(
            ticket=self._ticket, weights=weights, plane=plane, grid=grid, fog=self._fog, shape=shape,
            bars=self._bars,
        )  # fmt: skip

    def _ask(self, question: MosaicQuestion) -> None:
        self._asked = question
        self._since_mosaic.restart()
        answer = self._tiles.ask(question)
        if answer is not None:
            self._show(answer)

    def _take(self) -> None:
        answer = self._tiles.take()
        if answer is not None and answer.ticket == self._ticket and self._asked is not None:
            self._show(answer)
        survey = self._surveyor.take()
        if survey is not None and survey.ticket == self._ticket:
            self._fog, self._spread = survey.fog, survey.spread
            self._measure_note()

    def _show(self, answer: DecodedTiles) -> None:
        self._cost = answer.seconds if not self._cost else 0.8 * self._cost + 0.2 * answer.seconds
        self._mosaic = answer.mosaic
        self.mosaic_changed.emit(answer.mosaic)

    def _survey_again(self) -> None:
        if self._unsurveyed is None:
            return
        if self._spread is not None and self._since_survey.elapsed() < 1000 * SURVEY_S:
            return
        self._since_survey.restart()
        self._surveyor.ask(
            _SurveyQuestion(ticket=self._ticket, places=self._unsurveyed, codes=self._view.codes)
        )
        self._unsurveyed = None

    def _forget_mosaic(self) -> None:
        self._asked = None
        if self._mosaic is not None:
            self._mosaic = None
            self.mosaic_changed.emit(None)

    def _forget(self) -> None:
        """Nothing that is known belongs to what comes now."""
        self._ticket += 1
        self._fog = self._spread = self._unsurveyed = self._z = None
        self._cost = 0.0
        self._forget_mosaic()
        self._tell_note("")

    def _tell_note(self, text: str) -> None:
        self._since_note.restart()
        if text != self._note:
            self._note = text
            self.note_changed.emit(text)

    @Slot(object)
    def _on_dataset(self, _dataset: object) -> None:
        dataset = self._session.dataset
        self._shape = self._bars = None
        if dataset is not None:
            self._features = dataset.n_features
            self._shape = dataset.image_shape
            if self._shape is None and self._features <= MOST_BARS:
                some = dataset.test.as_float(slice(2000))
                self._shape = (BAR_ROWS, self._features * max(2, BAR_ROWS // self._features))
                self._bars = min(0.0, float(some.min())), max(1e-6, float(some.max()))
        self._forget()
        reason = (
            "" if self._shape is not None else f"A table of more than {MOST_BARS} columns has no landscape."
        )
        self.available_changed.emit(self._shape is not None, reason)

    @Slot(object)
    def _on_generation(self, _started: Started) -> None:
        self._forget()

    @Slot(object, bool)
    def _on_map(self, places: np.ndarray, _glide: bool) -> None:
        self._unsurveyed = places

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        by_hand = self._z is None or not np.array_equal(self._z, answer.z)
        self._z = answer.z
        if by_hand or self._since_note.elapsed() >= 1000 * NOTE_S:
            self._measure_note()

    def _measure_note(self) -> None:
        """Say how far the decoded code lies from the data, as far as both are known."""
        spread, z = self._spread, self._z
        if spread is not None and z is not None and spread.codes.shape[1] == len(z):
            self._tell_note(distance_text(spread.away(z)))


def distance_text(away: float) -> str:
    """How far a code lies from the nearest codes of the data, in words and number."""
    if not np.isfinite(away):
        return ""
    if away <= ON_THE_DATA:
        return "on the data"
    number = f"{away:.1f}" if away < 9.95 else f"{min(away, 9999.0):,.0f}"
    return f"{number} spacings off the data"


def _decoded(question: MosaicQuestion) -> DecodedTiles:
    clock = QElapsedTimer()
    clock.start()
    mosaic = make_mosaic(question)
    return DecodedTiles(ticket=question.ticket, mosaic=mosaic, seconds=clock.nsecsElapsed() / 1e9)


def make_mosaic(question: MosaicQuestion) -> Mosaic:
    """Decode all tiles in one batch and lay them out, with a gap between them; in the fog they are weaker."""
    grid, weights = question.grid, question.weights
    rows, columns = question.shape
    stride = 1 if question.bars is not None else -(-max(rows, columns) // LARGEST_SIDE)
    if stride > 1:
        # Of the last layer only the pixels that are shown are computed.
        kept = np.arange(rows * columns).reshape(rows, columns)[::stride, ::stride]
        weight, bias = weights.decoder[-1]
        last = (weight[kept.ravel()], bias[kept.ravel()])
        weights = replace(weights, decoder=(*weights.decoder[:-1], last))
        rows, columns = kept.shape
    places = grid.centres()
    with np.errstate(all="ignore"):  # a diverged network gives no numbers, and then no picture
        pixels = decode(weights, question.plane.to_code(places))  # (tiles, rows * columns)
        if question.bars is not None:
            values = np.nan_to_num(pixels)  # (tiles, columns of the table)
            pixels = bar_tiles(values, *question.bars, question.shape).reshape(grid.count, -1)
        np.fmax(pixels, 0.0, out=pixels)  # what is no number becomes paper
        if weights.network.output_activation != "sigmoid":
            np.fmin(pixels, 1.0, out=pixels)
        strength = np.full(grid.count, 255.0, np.float32)
        if question.fog is not None:
            strength *= IN_THE_FOG + (1.0 - IN_THE_FOG) * question.fog.at(places)
        pixels *= strength[:, None]
        tiles = pixels.astype(np.uint8)
    high_gap, wide_gap = max(1, rows // 14), max(1, columns // 14)
    laid = np.zeros((grid.rows, rows + high_gap, grid.columns, columns + wide_gap), np.uint8)
    top, left = high_gap // 2, wide_gap // 2
    laid[:, top : top + rows, :, left : left + columns] = tiles.reshape(
        grid.rows, grid.columns, rows, columns
    ).transpose(0, 2, 1, 3)
    canvas = laid.reshape(grid.rows * (rows + high_gap), grid.columns * (columns + wide_gap))
    canvas.setflags(write=False)
    return Mosaic(step=weights.step, grid=grid, canvas=canvas)


def _survey(question: _SurveyQuestion) -> _Survey:
    codes = question.codes
    return _Survey(
        ticket=question.ticket,
        fog=fog_over(question.places),
        spread=spread_of(codes) if codes is not None else None,
    )
