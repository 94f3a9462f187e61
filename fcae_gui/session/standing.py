"""How the network stands against PCA: floor, reconstructions, angles, excess, and what each of them cost."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.analysis import pca as analysis
from fcae_gui.analysis.pca import Pca
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Started
from fcae_gui.engine.linear import can_pass_pca, decoder_columns, training_flops, why_not_linear
from fcae_gui.engine.surgery import rotation_refusal
from fcae_gui.session.baseline import Baseline
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.passing import Passing
from fcae_gui.session.session import Session
from fcae_gui.session.watching import Shown

Array = np.ndarray

MOST_ANGLES = 2_000  # of the little curve; every second one goes when there are more
SLICE = 1_024  # rows at once of the samples on the map
MOST_ROWS = 5_000  # codes for the correlations: 6 ms at 32 units, three times a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the panel says. None where there is nothing to say (yet).

    excess: of the test error over PCA's, as a fraction; angle: largest principal angle in degrees
    fall: (m, 2) float64 of step and angle; columns: (k, k) degrees between the decoder's columns
    near_seconds: training time until the error came within 1 % of PCA's; quick_seconds: time of the cheapest
    PCA that does so, from quick_rows samples; pca_seconds: of the exact one. flops are estimates
    """

    size: int
    why_not_linear: str
    why_no_rotation: str
    angle: float | None = None
    fall: Array | None = None
    excess: float | None = None
    columns: Array | None = None
    correlation: Array | None = None
    pca_seconds: float | None = None
    pca_flops: float | None = None
    quick_rows: int | None = None
    quick_seconds: float | None = None
    quick_flops: float | None = None
    near_step: int | None = None
    near_seconds: float | None = None
    near_flops: float | None = None
    passed_step: int | None = None


class Standing(QObject):
    """Follows one session and one baseline; read-outs are worked out only while they are seen."""

    floor_changed = Signal(object, str, str)  # float in the plot's unit or None, its name, a shorter name
    reference_changed = Signal(object, str)  # (k, d) reconstructions of the grid's samples or None, label
    passed = Signal(int, str)  # the step, one sentence; once for every network
    scores_changed = Signal(object)  # (n, 2) of the samples on the map, None for none
    readings_changed = Signal(object)  # Readings

    def __init__(self, session: Session, baseline: Baseline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._baseline = session, baseline
        self._scores: LatestWorker[tuple[int, Pca, Array], tuple[int, Array]] = LatestWorker(
            "fcae-scores", _scores
        )
        self._ticket = 0
        self._scores_due = False
        self._passing = Passing()
        self._config: RunConfig | None = None
        self._shown: Shown | None = None
        self._visible = False
        self._told_floor: tuple[float | None, str] = (None, "")
        self._test: float | None = None
        self._fall: list[tuple[int, float]] = []
        self._seconds = 0.0
        self._counted = True  # all training of this network was seen
        self._near_seconds: float | None = None
        self._last = time.monotonic()
        session.dataset_changed.connect(baseline.set_dataset)
        session.generation_started.connect(self._on_generation)
        session.config_changed.connect(self._on_config)
        session.losses_grown.connect(self._passing.append)
        session.losses_cut.connect(self._passing.truncate)
        session.test_measured.connect(self._on_test)
        session.view.shown_changed.connect(self._on_shown)
        session.numbers_changed.connect(self._on_numbers)
        session.frame_passed.connect(self._on_frame)
        session.close_with(self._close)
        baseline.changed.connect(self._on_baseline)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def passed_step(self) -> int | None:
        """The step at which the network passed PCA."""
        return self._passing.passed_step

    @property
    def readings(self) -> Readings | None:
        """The read-outs as they stand; None before there is a network."""
        return self._read() if self._config is not None else None

    def set_visible(self, visible: bool) -> None:
        """Whether anybody looks at the read-outs."""
        self._visible = visible
        if visible:
            self._tell()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        self._passing.restart()
        self._passing.clear(started.task_step)  # a run that goes on tells its old losses once more
        self._fall.clear()
        self._test, self._seconds, self._near_seconds = None, 0.0, None
        self._counted = started.step == 0
        self._take_config(started.config)

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        before = self._config
        if before is not None and _task(before) != _task(config):
            self._passing.clear(self._session.trained_steps())
            self._fall.clear()
            self._test, self._near_seconds = None, None
        self._take_config(config)

    def _take_config(self, config: RunConfig) -> None:
        before, self._config = self._config, config
        self._refresh_errors()
        if before is None or before.network.code_size != config.network.code_size:
            self._show_reference()
            self._scores_due = True
        if self._visible:
            self._tell()

    @Slot(int, float, float)
    def _on_test(self, _step: int, loss: float, _sse: float) -> None:
        self._test = loss

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown
        self._ticket += 1
        self._scores_due = True
        self.scores_changed.emit(None)
        self._show_reference()

    @Slot()
    def _on_baseline(self) -> None:
        if self._baseline.state != "ready":
            self._ticket += 1
            self.scores_changed.emit(None)
        self._refresh_errors()
        self._show_reference()
        self._scores_due = True
        if self._visible:
            self._tell()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if self._visible:
            self._tell()

    @Slot()
    def _on_frame(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        if self._session.state == "running":
            self._seconds += passed
        view = self._session.view
        self._baseline.poll(may_start=view.map_step >= 0)  # the first map comes first
        if self._passing.look():
            self._on_moment()
        found = self._scores.take()
        if found is not None and found[0] == self._ticket:
            self.scores_changed.emit(found[1])
        pca = self._pca()
        if self._scores_due and self._visible and pca is not None and self._shown is not None:
            self._scores_due = False
            self._ticket += 1
            self._scores.ask((self._ticket, pca.keep(2), self._shown.map_features))

    # --- parts --------------------------------------------------------------------------------------------

    def _pca(self) -> Pca | None:
        """The fit, when it fits what is looked at."""
        pca, shown = self._baseline.pca, self._shown
        if pca is None or shown is None or shown.grid_images.shape[1] != len(pca.mean):
            return None
        return pca

    def _refresh_errors(self) -> None:
        """Floor line and passing, after a change of data, loss or code size."""
        if self._config is None:
            return
        network, loss = self._config.network, self._config.training.loss
        size = network.code_size
        pca = self._baseline.pca
        fits = pca is not None and len(pca.mean) == network.input_size
        on_test = self._baseline.error(loss, size, "test") if fits else None
        on_train = self._baseline.error(loss, size, "train") if fits else None
        self._passing.set_error(on_train, can_pass=can_pass_pca(network))
        label = name_of(size)
        if (on_test, label) != self._told_floor:
            self._told_floor = (on_test, label)
            self.floor_changed.emit(on_test, label, f"PCA-{size}")

    def _show_reference(self) -> None:
        pca = self._pca()
        if pca is None or self._config is None or self._shown is None:
            self.reference_changed.emit(None, "")
            return
        kept = pca.keep(self._config.network.code_size)
        made = kept.reconstruct(kept.codes(self._shown.grid_images)).astype(np.float32)
        self.reference_changed.emit(made, f"PCA {kept.k}")

    def _on_moment(self) -> None:
        assert self._config is not None
        near, now = self._passing.near_step, self._session.trained_steps()
        if near is not None and self._near_seconds is None and self._counted and now:
            self._near_seconds = self._seconds * min(1.0, near / now)
        step = self._passing.passed_step
        if step is not None:
            self.passed.emit(step, f"The network passes PCA at step {step:,}, in training error")

    def _tell(self) -> None:
        if self._config is not None:
            self.readings_changed.emit(self._read())

    def _read(self) -> Readings:
        config = self._config
        assert config is not None
        network = config.network
        session, pca = self._session, self._pca()
        known = pca is not None and self._baseline.knows(network.code_size)
        kept = pca.keep(network.code_size) if pca is not None and known else None
        weights, codes = session.view.weights, session.view.codes
        if weights is not None and weights.network.sizes != network.sizes:
            weights = None
        columns = decoder_columns(weights) if weights is not None else None
        if columns is not None and not np.isfinite(columns).all():
            columns = None  # a diverged network
        why = why_not_linear(network)
        angle = None
        if not why and columns is not None and weights is not None and kept is not None:
            angle = float(analysis.principal_angles(columns, kept.components.T)[0])
            self._note_angle(weights.step, angle)
        floor = self._told_floor[0]
        excess = None
        if floor is not None and floor > 0.0 and self._test is not None and math.isfinite(self._test):
            excess = self._test / floor - 1.0
        correlation = None
        if codes is not None and codes.shape[1] == network.code_size:
            some = codes[:: max(1, len(codes) // MOST_ROWS)]
            correlation = analysis.correlations(some) if np.isfinite(some).all() else None
        near = self._passing.near_step
        quick = self._baseline.quick(network.code_size) if pca is not None else None
        return Readings(
            size=network.code_size,
            why_not_linear=why,
            why_no_rotation=rotation_refusal(config),
            angle=angle,
            fall=np.array(self._fall, np.float64).reshape(-1, 2) if not why else None,
            excess=excess,
            columns=analysis.column_angles(columns) if columns is not None else None,
            correlation=correlation,
            pca_seconds=pca.seconds if pca is not None else None,
            pca_flops=pca.fit_flops if pca is not None else None,
            quick_rows=quick.rows if quick is not None else None,
            quick_seconds=quick.seconds if quick is not None else None,
            quick_flops=quick.flops if quick is not None else None,
            near_step=near,
            near_seconds=self._near_seconds,
            near_flops=training_flops(network, near * config.training.batch_size)
            if near is not None
            else None,
            passed_step=self._passing.passed_step,
        )

    def _note_angle(self, step: int, angle: float) -> None:
        if not self._fall or self._fall[-1][0] < step:
            self._fall.append((step, angle))
            if len(self._fall) > MOST_ANGLES:
                del self._fall[1::2]

    def _close(self) -> bool:
        clean = self._baseline.close()
        return self._scores.close() and clean


def name_of(size: int) -> str:
    """PCA, 2 components."""
    return f"PCA, {size} component{'s' if size != 1 else ''}"


def _task(config: RunConfig) -> tuple[object, ...]:
    """What decides which losses can be held against which error of PCA."""
    return (config.training.loss, config.network.code_size, config.network.input_size)


def _scores(question: tuple[int, Pca, Array]) -> tuple[int, Array]:
    """First two scores of the samples on the map: (n, 2) float32."""
    ticket, pca, features = question
    made = np.zeros((len(features), 2), np.float32)
    for start in range(0, len(features), SLICE):
        codes = pca.codes(features[start : start + SLICE])
        made[start : start + SLICE, : codes.shape[1]] = codes
    return ticket, made
