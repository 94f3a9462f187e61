"""The clusters of the samples on the map: found in a child process, on request or following the training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.events import Started, Weights
from fcae_gui.jobs.clusters import KEYS, parameters, request
from fcae_gui.session.job import JobEvent
from fcae_gui.session.one_job import OneJobTool
from fcae_gui.session.watching import Shown

if TYPE_CHECKING:
    from fcae_gui.session.session import Session

FIRST_SIZE = 2_000  # samples: all six are through within seconds
USUAL_K = 10  # where there are no classes to count
MOST_K = 50
FOLLOW_EVERY_MS = 4_000  # between two rounds while the network learns
FOLLOWED = ("kmeans", "code")
Key = tuple[str, str]  # method, space


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One cluster. count: its samples on the map; commonest: class of most of them (-1 without labels)."""

    count: int
    commonest: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One computation on n of the samples on the map; the others were given to the cluster they fit.

    step: of the network whose code it was, -1 where no network is involved
    labels: (map,) int64, -1 for noise; pictures: (clusters, d) float32
    ari, purity: None without labels, purity also without clusters
    """

    method: str
    space: str
    seconds: float
    n: int
    of: int
    n_features: int
    ari: float | None
    purity: float | None
    noise: float
    groups: tuple[Group, ...]
    labels: np.ndarray
    pictures: np.ndarray
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTime:
    """Seconds and floating-point operations for all n x n distances of d numbers each."""

    n: int
    d: int
    seconds: float
    flops: int


class Clustering(OneJobTool):
    """Computes on request, and k-means on the code again every few seconds while it follows."""

    changed = Signal()  # results, what runs, or what it says
    failed = Signal(str, str)  # one sentence, and details to copy

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self._step = -1  # of the weights that the running job has
        self._choices: tuple[int, int | None] = (0, None)  # k and size that it has
        self._edited = False  # since it began: the code can be another one at the same step
        self._asked: tuple[Key, ...] = ()  # and not answered yet
        self._dataset: Dataset | None = None
        self._shown: Shown | None = None
        self._network: object = None
        self._visible = False
        self._rest = QElapsedTimer()
        self.results: dict[Key, Found] = {}
        self.old: set[Key] = set()  # of a network that has learned on, or of another k or size
        self.pairs: dict[tuple[int, str], PairTime] = {}
        self.measuring_pairs = False
        self.k = USUAL_K
        self.size: int | None = FIRST_SIZE
        self.following = False
        session.dataset_changed.connect(self._on_dataset)
        session.view.shown_changed.connect(self._on_shown)
        session.generation_started.connect(self._on_generation)
        session.edited.connect(self._on_edited)
        session.frame_passed.connect(self._on_frame)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def has_labels(self) -> bool:
        """Whether clusters can be held against classes."""
        return self._shown is not None and self._shown.map_labels is not None

    @property
    def can_run(self) -> bool:
        """Whether there is something to look for clusters in."""
        return self._shown is not None and self._session.view.weights is not None

    @property
    def samples(self) -> int:
        """Samples on the map."""
        return 0 if self._shown is None else len(self._shown.map_features)

    @property
    def busy_with(self) -> Key | None:
        """What is being computed right now."""
        return self._asked[0] if self.running and self._asked else None

    # --- wishes -------------------------------------------------------------------------------------------

    def set_shown(self, shown: bool) -> None:
        """Whether anybody can see it: hidden it follows nothing."""
        self._visible = shown

    def set_k(self, k: int) -> None:
        """Clusters for k-means and the mixture. What was found with another number is old."""
        if k != self.k:
            self.k = k
            self.old |= {key for key in self.results if key[0] != "hdbscan"}
            self.changed.emit()

    def set_size(self, size: int | None) -> None:
        """Samples to find the clusters on, None for all on the map."""
        if size != self.size:
            self.size = size
            self.old |= set(self.results)
            self.changed.emit()

    def set_following(self, on: bool) -> None:
        """Find k-means of the code again every few seconds while the network learns."""
        self.following = on
        if on and not self.running:
            self._rest.invalidate()
        self.changed.emit()

    @Slot()
    def run(self) -> None:
        """Everything that is not known for the present network, k and size."""
        weights = self._session.view.weights
        if self.running or weights is None:
            return
        known = {
            key for key, one in self.results.items()
            if key not in self.old and (one.space == "pixels" or one.step == weights.step)
        }  # fmt: skip
        wanted = tuple(key for key in KEYS if key not in known)
        self._begin(wanted or KEYS)

    @Slot()
    def run_pairs(self) -> None:
        """Measure what all distances cost, with as many numbers as the data has and as the code has."""
        shown, weights = self._shown, self._usable_weights()
        if self.running or shown is None or weights is None:
            return
        self.pairs = {}
        self.measuring_pairs = True
        self._start("cost_of_pairs", partial(_arrays, shown, weights, {}), parameters(weights.network))

    @Slot()
    def cancel(self) -> None:
        """Stop now; what has been found stays."""
        if self._work.cancel("Cancelled"):
            self._rested()
        self.following = False
        self.changed.emit()

    # --- the job ------------------------------------------------------------------------------------------

    def _usable_weights(self) -> Weights | None:
        weights, config = self._session.view.weights, self._session.config
        return weights if weights is not None and config and config.network == weights.network else None

    def _begin(self, wanted: tuple[Key, ...]) -> None:
        shown, weights = self._shown, self._usable_weights()
        if shown is None or weights is None:
            return
        self._asked, self._step = wanted, weights.step
        self._choices, self._edited = (self.k, self.size), False
        self.old |= {key for key in wanted if key in self.results}
        previous = {
            f"previous.{m}.{s}": self.results[m, s].labels for m, s in wanted if (m, s) in self.results
        }
        params = parameters(weights.network, k=self.k, size=self.size, wanted=[list(key) for key in wanted])
        self._start("clusters", partial(_arrays, shown, weights, previous), params)

    def _start(self, name: str, arrays: Callable[[], dict[str, np.ndarray]], params: dict[str, Any]) -> None:
        self._work.start(name, arrays, params, self._heard)
        self.changed.emit()

    def _heard(self, event: JobEvent) -> None:
        if event.kind == "partial" and self.measuring_pairs:
            told = event.values
            self.pairs[told["n"], told["space"]] = PairTime(
                n=told["n"], d=told["d"], seconds=told["seconds"], flops=told["flops"]
            )
        elif event.kind == "partial":
            self._take(event.values, event.arrays)
        elif event.last:
            self._rested()
        if event.kind == "failed":
            self.following = False
            self.failed.emit(event.message, event.details)
        self.changed.emit()

    def _take(self, told: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        key = (told["method"], told["space"])
        self.results[key] = Found(
            method=key[0], space=key[1], seconds=told["time_s"], n=told["n"], of=told["of"],
            n_features=told["n_features"], ari=told["ari"], purity=told["purity"], noise=told["noise"],
            groups=tuple(Group(**one) for one in told["clusters"]), labels=arrays["labels"],
            pictures=arrays.get("pictures", np.zeros((0, 1), np.float32)),
            step=self._step if key[1] == "code" else -1,
        )  # fmt: skip
        self._asked = tuple(asked for asked in self._asked if asked != key)
        k, size = self._choices
        chosen = size == self.size and (k == self.k or key[0] == "hdbscan")
        if chosen and not (key[1] == "code" and self._edited):
            self.old.discard(key)
        else:
            self.old.add(key)

    def _rested(self) -> None:
        self._asked = ()
        self.measuring_pairs = False
        self._rest.restart()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        before, self._dataset = self._dataset, dataset
        if before is None or before.identity != dataset.identity:
            self._shown = None
            self.k = min(MOST_K, len(dataset.class_names) or USUAL_K)
            self._drop(set(self.results))

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        before, self._shown = self._shown, shown
        same = (
            before is not None
            and before.watch.map_split == shown.watch.map_split
            and np.array_equal(before.watch.map_rows, shown.watch.map_rows)
        )
        if not same:
            self._drop(set(self.results))

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        network, before = started.config.network, self._network
        self._network = network
        self._drop({key for key in self.results if key[1] == "code"}, forget=network != before)

    @Slot(int, str)
    def _on_edited(self, step: int, _text: str) -> None:
        """The code can be another one at the same step: rotated, or with another activation."""
        self._edited = self._edited or self._step <= step
        self.old |= {key for key, one in self.results.items() if key[1] == "code" and one.step <= step}
        self.changed.emit()

    def _drop(self, keys: set[Key], *, forget: bool = True) -> None:
        """Results of what is no more: gone, or only old."""
        if self._work.cancel():
            self._rested()
        for key in keys:
            if forget:
                self.results.pop(key, None)
            else:
                self.old.add(key)
        self.old &= set(self.results)
        if forget:
            self.pairs = {}
        self.changed.emit()

    @Slot()
    def _on_frame(self) -> None:
        if not self.following or not self._visible or self.running or not self.can_run:
            return
        if self._rest.isValid() and self._rest.elapsed() < FOLLOW_EVERY_MS:
            return
        weights, found = self._session.view.weights, self.results.get(FOLLOWED)
        if found is None or FOLLOWED in self.old or (weights is not None and found.step != weights.step):
            self._begin((FOLLOWED,))


def _arrays(shown: Shown, weights: Weights, previous: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the job reads. Runs in a thread."""
    return {**request(shown.map_features, shown.map_labels, weights), **previous}


def space_title(space: str, dataset: Dataset | None) -> str:
    """As a reader knows it: "code", and "pixels", which a table does not have."""
    table = dataset is not None and dataset.image_shape is None
    return "values" if space == "pixels" and table else space
