"""Maps made for looking: which are computed and kept, of which samples, and of which state of the code."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.analysis import scores
from fcae_gui.analysis.embeddings import installed
from fcae_gui.engine.events import Started, Weights
from fcae_gui.jobs.maps import METHODS, NEEDS, parameters, request
from fcae_gui.session.job import Job, JobEvent, Jobs
from fcae_gui.session.watching import Shown

if TYPE_CHECKING:
    from fcae_gui.session.session import Session

SIZES = (2_000, 5_000, 10_000)
AT_ONCE = 2  # child processes; more would only share the same cores
Key = tuple[str, str, int]  # method, source, number of points


@dataclass(slots=True)
class Found:
    """A map that has been made. step: of the network whose code it shows, -1 where no code is involved.

    edited: the network was changed by hand since, so its code can be another one at the same step
    """

    places: np.ndarray  # (n, 2)
    values: dict[str, Any]  # see jobs.maps
    step: int
    edited: bool = False


@dataclass(slots=True)
class Work:
    """A map in the making."""

    job: Job
    ticket: int
    step: int
    edited: bool = False
    fraction: float | None = None
    text: str = "starting"
    places: np.ndarray | None = None  # so far


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What there is to say of one map.

    places: (n, 2), newest, None before the first; found: the last complete one
    late:   steps that the network has learned since, 0 for none or where that does not matter
    missing: the line that installs what it needs, "" when it is there
    """

    places: np.ndarray | None
    found: Found | None
    running: bool = False
    waiting: bool = False
    fraction: float | None = None
    text: str = ""
    late: int = 0
    missing: str = ""


def install_line(method: str) -> str:
    """What to type in a terminal for a method to work; "" when it does already."""
    package = NEEDS.get(method, "")
    if not package or installed(package):
        return ""
    python = Path(sys.executable)
    if python.name.lower() == "pythonw.exe":  # what a window runs in on Windows
        python = python.with_name("python.exe")
    quoted = f'"{python}"' if " " in str(python) else str(python)
    return f"{quoted} -m pip install {package}"


@dataclass(slots=True)
class _Samples:
    """What the maps are of."""

    key: tuple[Any, ...] = ()  # equal for the same samples
    features: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # of the whole map
    labels: np.ndarray | None = None


class Maps(QObject):
    """Computes on request, in child processes, and keeps what it found until data or network change."""

    changed = Signal(str)  # a method whose State is another, "" for all; not told: fraction and text
    placed = Signal(str)  # a method whose map moved on
    samples_changed = Signal()  # other points: rows, labels, features
    failed = Signal(str, str)  # one sentence, and details to copy

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = Jobs(session, self)
        self._samples = _Samples()
        self._kept: dict[Key, Found] = {}
        self._working: dict[Key, Work] = {}
        self._waiting: list[Key] = []
        self._ticket = 0
        self._missing: dict[str, str] = {}
        self.source = "pixels"
        self.size = SIZES[0]
        self.rows = np.empty(0, np.int64)  # of the latent map, rising: the points
        session.view.shown_changed.connect(self._on_shown)
        session.generation_started.connect(self._on_generation)
        session.edited.connect(self._on_edited)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def map_size(self) -> int:
        """Points of the latent map, from which those of the maps are drawn."""
        return len(self._samples.features)

    @property
    def busy(self) -> bool:
        """Whether a map of those in sight is being made or waits for it."""
        return any(key in self._working or key in self._waiting for key in map(self._key, METHODS))

    @property
    def can_run(self) -> bool:
        """Whether there is something to make a map of."""
        return len(self.rows) >= 4 and self._session.view.weights is not None

    def state(self, method: str) -> State:
        """Of the source and the size that are chosen."""
        key = self._key(method)
        found, work = self._kept.get(key), self._working.get(key)
        places = work.places if work is not None and work.places is not None else None
        if places is None and found is not None:
            places = found.places
        missing = self._missing.get(method, "") if found is None and work is None else ""
        return State(
            places=places, found=found, running=work is not None, waiting=key in self._waiting,
            fraction=work.fraction if work is not None else None,
            text=work.text if work is not None else "", late=self._late(found), missing=missing,
        )  # fmt: skip

    def _late(self, found: Found | None) -> int:
        weights = self._session.view.weights
        if found is None or found.step < 0 or weights is None:
            return 0
        return max(0, weights.step - found.step)

    def labels(self) -> np.ndarray | None:
        """Classes of the points (n,)."""
        return None if self._samples.labels is None else self._samples.labels[self.rows]

    def features(self) -> np.ndarray:
        """The samples behind the points (n, d), as stored."""
        return self._samples.features[self.rows]

    def look_for_packages(self) -> None:
        """See again what is installed; takes a few milliseconds."""
        self._missing = {method: install_line(method) for method in METHODS}

    # --- wishes -------------------------------------------------------------------------------------------

    def set_source(self, source: str) -> None:
        """Make maps of "pixels" or of the "code"."""
        if source != self.source:
            self.source = source
            self.changed.emit("")

    def set_size(self, size: int) -> None:
        """How many points."""
        if size != self.size:
            self.size = size
            self._draw()
            self.samples_changed.emit()
            self.changed.emit("")

    def compute(self, methods: Iterable[str] = METHODS, *, again: bool = False) -> None:
        """Make the maps that are not there or late; with `again` also those that are."""
        if not self.can_run:
            return
        for method in methods:
            key, state = self._key(method), self.state(method)
            found = state.found
            fresh = found is not None and not (state.late or found.edited or again)
            if not (fresh or state.running or state.waiting or state.missing):
                self._waiting.append(key)
        self._start_next()
        self.changed.emit("")

    def cancel(self, methods: Iterable[str] = METHODS) -> None:
        """Stop now; a map that was there before comes back."""
        for key in map(self._key, methods):
            if key in self._waiting:
                self._waiting.remove(key)
            work = self._working.pop(key, None)
            if work is not None:
                work.job.cancel()
                self.placed.emit(key[0])
        self._start_next()
        self.changed.emit("")

    # --- jobs ---------------------------------------------------------------------------------------------

    def _key(self, method: str) -> Key:
        return method, self.source, len(self.rows)

    def _start_next(self) -> None:
        weights, config = self._session.view.weights, self._session.config
        dataset = self._session.dataset
        while self._waiting and len(self._working) < AT_ONCE:
            key = method, source, size = self._waiting.pop(0)
            of_code = method == "code" or source == "code"
            if weights is None or config is None or dataset is None:
                continue
            if self._samples.features.shape[1] != weights.network.input_size:
                continue  # between two data sets
            rows = scores.draw(self.map_size, size, 0)
            before = self._kept.get(key)
            previous = before.places if before is not None else None
            arrays = partial(
                _arrays, self._samples.features, self._samples.labels, rows, weights if of_code else None,
                previous,
            )  # fmt: skip
            params = parameters(method, source, weights if of_code else None, seed=config.seed)
            self._ticket += 1
            heard = partial(self._heard, key, self._ticket)
            job = self._jobs.start("maps", arrays, params, heard)
            self._working[key] = Work(job, self._ticket, weights.step if of_code else -1)

    def _heard(self, key: Key, ticket: int, event: JobEvent) -> None:
        work = self._working.get(key)
        if work is None or work.ticket != ticket:
            return
        if event.kind == "progress":
            work.fraction, work.text = event.fraction, event.text
        elif event.kind == "partial":
            work.places = event.arrays["places"]
        else:
            del self._working[key]
            if event.kind == "done":
                self._kept[key] = Found(event.arrays["places"], event.values, work.step, work.edited)
            self._start_next()
        if event.kind == "failed":
            self.failed.emit(event.message, event.details)
        if key == self._key(key[0]) and event.kind != "progress":
            self.placed.emit(key[0])
            if event.last:
                self.changed.emit(key[0])

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        if dataset is None:
            return
        split, n = shown.watch.map_split, len(shown.map_features)
        key = (*dataset.identity, split, n)
        same = key == self._samples.key
        self._samples = _Samples(key, shown.map_features, shown.map_labels)
        if same:
            return
        self._forget(lambda _key: True)
        self._draw()
        self.samples_changed.emit()
        self.changed.emit("")

    @Slot(object)
    def _on_generation(self, _started: Started) -> None:
        """Another network: maps of pixels stay, what shows its code goes."""
        self._forget(lambda key: key[0] == "code" or key[1] == "code")
        self._start_next()
        self.changed.emit("")

    @Slot(int, str)
    def _on_edited(self, step: int, _text: str) -> None:
        those: list[Found | Work] = [*self._kept.values(), *self._working.values()]
        for one in those:
            one.edited = one.edited or 0 <= one.step <= step
        self.changed.emit("")

    def _forget(self, which: Any) -> None:
        self._waiting = [key for key in self._waiting if not which(key)]
        for key in [key for key in self._working if which(key)]:
            self._working.pop(key).job.cancel()
        self._kept = {key: found for key, found in self._kept.items() if not which(key)}

    def _draw(self) -> None:
        self.rows = scores.draw(self.map_size, min(self.size, SIZES[-1]), 0)


def _arrays(
    features: np.ndarray,
    labels: np.ndarray | None,
    rows: np.ndarray,
    weights: Weights | None,
    previous: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """What the job reads. Runs in a thread."""
    return request(features[rows], None if labels is None else labels[rows], weights, previous)
