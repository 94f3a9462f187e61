"""PCA of the data in hand, fitted once in the background: the line that a network has to reach or pass."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from fcae_gui.analysis import pca as analysis
from fcae_gui.analysis.pca import Pca, QuickFit
from fcae_gui.data.dataset import Dataset
from fcae_gui.session.latest import LatestWorker

Array = np.ndarray
State = Literal["empty", "computing", "ready", "failed"]
Half = Literal["train", "test"]

MOST_KEPT = 3  # fits of data that were left, 10 MB each for images of 28 x 28
REST_SHARE = 1.0  # after a piece of work the worker rests as long as that took: training keeps the processor


@dataclass(frozen=True, slots=True)
class _Question:
    dataset: Dataset
    void: threading.Event  # set when nobody wants the answer any more
    fitted: Pca | None = None  # None: fit
    loss: str = ""  # with a fit: "" asks for the quick one
    k: int = 0
    report: list[float] | None = None  # its last number is the share that is done


@dataclass(frozen=True, slots=True)
class _Fit:
    dataset: Dataset
    pca: Pca
    test_sse: Array  # (d + 1,): with 0, 1 ... components


@dataclass(slots=True)
class _Known:
    """All that was worked out for one data set, which itself is not held."""

    pca: Pca
    test_sse: Array
    errors: dict[tuple[str, int], tuple[float, float]]
    quick: dict[int, QuickFit]


@dataclass(frozen=True, slots=True)
class _Errors:
    dataset: Dataset
    loss: str
    k: int
    train: float
    test: float


@dataclass(frozen=True, slots=True)
class _Quick:
    dataset: Dataset
    found: QuickFit


@dataclass(frozen=True, slots=True)
class _Failed:
    """Too little memory, or data that are not numbers. loss and k as in the question, None for the fit."""

    dataset: Dataset
    wanted: tuple[str, int] | None


_Answer = _Fit | _Errors | _Quick | _Failed


class Baseline(QObject):
    """Holds the fit of one data set; a change of code size is then only a choice of rows.

    Errors in MSE are known with the fit; those in other units are worked out when they are first asked for.
    """

    changed = Signal()  # state, fit, or an error that was asked for
    progressed = Signal(float)  # share of the fit that is done

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: LatestWorker[_Question, _Answer | None] = LatestWorker("fcae-pca", _answer)
        self._void = threading.Event()
        self._dataset: Dataset | None = None
        self._fit: _Fit | None = None
        self._errors: dict[tuple[str, int], tuple[float, float]] = {}
        self._quick: dict[int, QuickFit] = {}
        self._kept: dict[str, _Known] = {}  # by fingerprint, the newest last
        self._wanted: tuple[str, int] | None = None  # loss ("" for the quick fit) and size
        self._not_to_be_had: set[tuple[str, int]] = set()  # of those: what failed is not tried again
        self._state: State = "empty"
        self._asked = False
        self._report: list[float] = []

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the fit stands."""
        return self._state

    @property
    def pca(self) -> Pca | None:
        """All components of the data in hand, None before they are known."""
        return self._fit.pca if self._fit is not None else None

    def knows(self, k: int) -> bool:
        """Whether the fit holds k components, or all there are; of very wide data it has only the first."""
        return self._fit is not None and k >= 1 and (self._fit.pca.whole or k <= self._fit.pca.k)

    def error(self, loss: str, k: int, half: Half) -> float | None:
        """Mean error per value with k components in the unit of `loss`, None while it is not known.

        Asking is enough: what is not known is worked out, and `changed` tells when it is there; but not
        where the fit does not know so many components.
        """
        fit = self._fit
        if fit is None or not self.knows(k):
            return None
        k = min(k, fit.pca.k)
        if loss == "mse":
            sse = fit.pca.train_sse(k) if half == "train" else float(fit.test_sse[k])
            return sse / len(fit.pca.mean)
        known = self._errors.get((loss, k))
        if known is None:
            if (loss, k) not in self._not_to_be_had:
                self._wanted = (loss, k)
            return None
        return known[0] if half == "train" else known[1]

    def quick(self, k: int) -> QuickFit | None:
        """What the cheapest fit within 1 % of the exact one takes, None while it is not known.

        Asking is enough, as with `error`, which goes first.
        """
        if self._fit is None or not self.knows(k):
            return None
        k = min(k, self._fit.pca.k)
        if k not in self._quick and self._wanted is None and ("", k) not in self._not_to_be_had:
            self._wanted = ("", k)
        return self._quick.get(k)

    # --- changes ------------------------------------------------------------------------------------------

    def set_dataset(self, dataset: Dataset) -> None:
        """Fit this one from now on; what is known of the same numbers is taken from there."""
        if dataset is self._dataset:
            return
        self._keep()
        self._dataset = dataset
        self.fit_again()
        known = self._kept.pop(dataset.fingerprint, None) if dataset.fingerprint else None
        if known is not None:
            self._fit = _Fit(dataset, known.pca, known.test_sse)
            self._errors, self._quick = known.errors, known.quick
            self._asked = True
            self._tell("ready")

    def fit_again(self) -> None:
        """Fit the data in hand once more (to measure how long it takes)."""
        self._void.set()
        self._void = threading.Event()
        self._fit, self._wanted, self._asked = None, None, False
        self._errors, self._quick, self._not_to_be_had = {}, {}, set()
        self._report = []
        self._tell("computing" if self._dataset is not None else "empty")

    def poll(self, *, may_start: bool) -> None:
        """Once a frame: take what is there, and ask for what is wanted. may_start: a map is there."""
        answer = self._worker.take()
        if answer is not None and answer.dataset is self._dataset:
            self._take(answer)
        if self._report:
            self.progressed.emit(self._report[-1])
        dataset = self._dataset
        if dataset is None or not may_start:
            return
        if self._fit is None:
            if not self._asked:
                self._asked = True
                self._worker.ask(_Question(dataset, self._void, report=self._report))
        elif self._wanted is not None and self._worker.idle:
            (loss, k), self._wanted = self._wanted, None
            fitted = self._fit.pca.keep(k) if loss else self._fit.pca
            self._worker.ask(_Question(dataset, self._void, fitted=fitted, loss=loss, k=k))

    def close(self) -> bool:
        """End the worker; False when it is still busy after its grace."""
        self._void.set()
        return self._worker.close()

    # --- parts --------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Remember what is known of the data in hand, for when they are loaded again."""
        if self._dataset is None or self._fit is None or not self._dataset.fingerprint:
            return
        self._kept[self._dataset.fingerprint] = _Known(
            self._fit.pca, self._fit.test_sse, self._errors, self._quick
        )
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _take(self, answer: _Answer) -> None:
        if isinstance(answer, _Fit):
            self._fit, self._report = answer, []
            self._tell("ready")
        elif isinstance(answer, _Quick):
            self._quick[answer.found.k] = answer.found
            self._answered("", answer.found.k)
        elif isinstance(answer, _Failed):
            if answer.wanted is None:
                self._tell("failed")
            else:
                self._not_to_be_had.add(answer.wanted)
                self._answered(*answer.wanted)
        elif self._fit is not None:
            self._errors[answer.loss, answer.k] = (answer.train, answer.test)
            self._answered(answer.loss, answer.k)

    def _answered(self, loss: str, k: int) -> None:
        if self._wanted == (loss, k):  # asked for once more meanwhile
            self._wanted = None
        self.changed.emit()

    def _tell(self, state: State) -> None:
        self._state = state
        self.changed.emit()


def _answer(question: _Question) -> _Answer | None:
    """In the worker's thread."""
    try:
        return _worked_out(question)
    except Exception:  # noqa: BLE001 - where it was the fit, the panel says so
        return _Failed(question.dataset, None if question.fitted is None else (question.loss, question.k))


def _worked_out(question: _Question) -> _Answer | None:
    dataset, void = question.dataset, question.void
    train, test = dataset.train.features, dataset.test.features
    if question.fitted is None:
        found: Any = _last(analysis.fit_in_pieces(train), void, question.report)
        table = None if found is None else _last(analysis.sse_by_size_in_pieces(found, test), void)
        return None if table is None else _Fit(dataset, found, table)
    if not question.loss:
        pieces = analysis.quick_fit_in_pieces(question.fitted, train, question.k)
        quick = _last(pieces, void)
        return None if quick is None else _Quick(dataset, quick)
    on_test = _last(analysis.error_in_pieces(question.fitted, test, question.loss), void)
    on_train = _last(analysis.error_in_pieces(question.fitted, train, question.loss), void)
    if on_test is None or on_train is None:
        return None
    return _Errors(dataset, question.loss, question.k, on_train, on_test)


def _last(pieces: Iterator[Any], void: threading.Event, report: list[float] | None = None) -> Any:
    """What the pieces end with, resting between them; None when the answer became void."""
    last, began = None, time.perf_counter()
    for last in pieces:
        if void.is_set():
            return None
        if report is not None and isinstance(last, float):
            report[:] = [last]
        void.wait(REST_SHARE * (time.perf_counter() - began))  # whoever closes need not wait for a rest
        began = time.perf_counter()
    return last
