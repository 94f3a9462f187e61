"""The scoreboard of features: what is measured, on how many samples, of which state of the network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from fcae_gui.analysis import scores
from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.events import Started, Weights
from fcae_gui.jobs.feature_sets import FEATURES, request
from fcae_gui.session.job import JobEvent
from fcae_gui.session.one_job import OneJobTool

if TYPE_CHECKING:
    from fcae_gui.session.session import Session

FIRST_SIZE = 2_000  # of both halves: all classifiers are through within seconds
FOLLOW_EVERY_MS = 4_000  # between two rounds while the network learns
Key = tuple[str, str]  # classifier, features


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One measurement. step: of the network whose code it was (-1 where no network is involved)."""

    classifier: str
    features: str
    accuracy: float
    low: float
    high: float
    fit_s: float
    n_features: int
    n_train: int
    n_test: int
    predicted: np.ndarray
    test_rows: np.ndarray
    step: int


class Scoreboard(OneJobTool):
    """Measures on request, and the code again every few seconds while it follows the training."""

    changed = Signal()  # scores, what runs, or what it says
    failed = Signal(str, str)  # one sentence, and details to copy

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self._step = -1  # of the weights that the running job has
        self._sizes: tuple[int | None, int | None] = (None, None)  # train and test, of the running job
        self._edited = False  # since it began: the code can be another one at the same step
        self._asked: tuple[Key, ...] = ()  # and not answered yet
        self._dataset: Dataset | None = None
        self._network: object = None
        self._shown = False
        self._rest = QElapsedTimer()
        self.scores: dict[Key, Score] = {}
        self.old: set[Key] = set()  # scores of a network that has learned on, or of another one
        self.classifiers: tuple[str, ...] = tuple(CLASSIFIERS)
        self.train_size: int | None = FIRST_SIZE
        self.test_size: int | None = FIRST_SIZE
        self.following = False
        session.dataset_changed.connect(self._on_dataset)
        session.generation_started.connect(self._on_generation)
        session.edited.connect(self._on_edited)
        session.frame_passed.connect(self._on_frame)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def has_labels(self) -> bool:
        """Whether the data can be classified at all."""
        data = self._dataset
        return data is not None and data.train.labels is not None and data.test.labels is not None

    @property
    def can_run(self) -> bool:
        """Whether there is something to measure."""
        return self.has_labels and self._session.view.weights is not None

    @property
    def busy_with(self) -> Key | None:
        """What is being measured right now."""
        return self._asked[0] if self.running and self._asked else None

    def confusion(self, key: Key) -> np.ndarray | None:
        """Counts (k, k) of a measurement, truth by answer."""
        score, truth = self.scores.get(key), self._truth(key)
        if score is None or truth is None or self._dataset is None:
            return None
        classes = max(len(self._dataset.class_names), int(max(truth.max(), score.predicted.max())) + 1)
        return scores.confusion(truth, score.predicted, classes)

    def offenders(self, key: Key, truth: int, answer: int) -> np.ndarray:
        """Rows of the test half of class `truth` that were taken for `answer`: (k,) int64."""
        score, known = self.scores.get(key), self._truth(key)
        if score is None or known is None:
            return np.empty(0, np.int64)
        return score.test_rows[(known == truth) & (score.predicted == answer)]

    def _truth(self, key: Key) -> np.ndarray | None:
        score, data = self.scores.get(key), self._dataset
        if score is None or data is None or data.test.labels is None:
            return None
        return data.test.labels[score.test_rows]

    # --- wishes -------------------------------------------------------------------------------------------

    def set_shown(self, shown: bool) -> None:
        """Whether anybody can see it: hidden it follows nothing."""
        self._shown = shown

    def set_sizes(self, train: int | None, test: int | None) -> None:
        """Samples to fit on and to test on, None for all. What was measured on others is old."""
        if (train, test) != (self.train_size, self.test_size):
            self.train_size, self.test_size = train, test
            self.old |= set(self.scores)
            self.changed.emit()

    def set_classifiers(self, names: tuple[str, ...]) -> None:
        """Which classifiers to show and to fit."""
        self.classifiers = tuple(name for name in CLASSIFIERS if name in names)
        self.changed.emit()

    def set_following(self, on: bool) -> None:
        """Measure the code again every few seconds while the network learns."""
        self.following = on
        if on and not self.running:
            self._rest.invalidate()
        self.changed.emit()

    @Slot()
    def run(self) -> None:
        """Measure everything that is not known for the present network and sizes."""
        if self.running or not self.can_run or not self.classifiers:
            return
        self._begin(FEATURES)

    @Slot()
    def cancel(self) -> None:
        """Stop now; what has been measured stays."""
        if self._work.cancel("Cancelled"):
            self._rested()
        self.following = False
        self.changed.emit()

    # --- the job ------------------------------------------------------------------------------------------

    def _begin(self, features: tuple[str, ...]) -> None:
        data, weights = self._dataset, self._session.view.weights
        config = self._session.config
        if data is None or weights is None or config is None or config.network != weights.network:
            return
        if self._network != (weights.network, config.seed):  # grown, shrunk or changed without a restart
            self._network = (weights.network, config.seed)
            self._drop({key for key in self.scores if key[1] != "raw"})
        self._step = weights.step
        fresh = {
            key for key in self.scores
            if key not in self.old and (key[1] != "code" or self.scores[key].step == weights.step)
        }  # fmt: skip
        wanted = [(c, f) for c in self.classifiers for f in features if (c, f) not in fresh]
        if not wanted:
            self._work.rest("Everything is measured for this state of the network")
            self._rested()
            self.changed.emit()
            return
        named = [f for f in features if any(f == key[1] for key in wanted)]
        self._asked = tuple((c, f) for c in self.classifiers for f in named)
        self.old |= {key for key in self._asked if key in self.scores}
        params = {
            "network": weights.network.to_json(), "seed": config.seed, "features": named,
            "classifiers": list(self.classifiers), "draw": 0,
            "train_size": self.train_size, "test_size": self.test_size,
        }  # fmt: skip
        self._sizes, self._edited = (self.train_size, self.test_size), False
        whole = bool({"pca", "untrained"} & set(named))
        arrays = partial(_arrays, data, weights, None if whole else (self.train_size, self.test_size))
        self._work.start("features", arrays, params, partial(self._heard, whole))
        self.changed.emit()

    def _heard(self, whole: bool, event: JobEvent) -> None:
        if event.kind == "partial":
            self._take(event.values, event.arrays, whole=whole)
        elif event.last:
            self._rested()
        if event.kind == "failed":
            self.following = False
            self.failed.emit(event.message, event.details)
        self.changed.emit()

    def _take(self, values: dict[str, Any], arrays: dict[str, np.ndarray], *, whole: bool) -> None:
        key = (values["classifier"], values["features"])
        rows = arrays["test_rows"]
        if not whole and self._dataset is not None:  # numbered within the part that was sent
            rows = scores.draw(len(self._dataset.test), self._sizes[1], 0)[rows]
        self.scores[key] = Score(
            classifier=key[0], features=key[1], accuracy=values["accuracy"], low=values["ci95"][0],
            high=values["ci95"][1], fit_s=values["fit_s"], n_features=values["n_features"],
            n_train=values["n_train"], n_test=values["n_test"], predicted=arrays["predicted"],
            test_rows=rows, step=self._step if key[1] == "code" else -1,
        )  # fmt: skip
        self._asked = tuple(asked for asked in self._asked if asked != key)
        if self._sizes == (self.train_size, self.test_size) and not (key[1] == "code" and self._edited):
            self.old.discard(key)
        else:
            self.old.add(key)

    def _rested(self) -> None:
        self._asked = ()
        self._rest.restart()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        before, self._dataset = self._dataset, dataset
        if before is None or before.identity != dataset.identity:
            self._drop(set(self.scores))

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        network = started.config.network
        known = (network, started.config.seed)
        if known == self._network:
            self._drop({key for key in self.scores if key[1] == "code"}, forget=False)
        else:
            self._network = known
            self._drop({key for key in self.scores if key[1] != "raw"})

    @Slot(int, str)
    def _on_edited(self, step: int, _text: str) -> None:
        """The code can be another one at the same step: rotated, or with another activation."""
        self._edited = self._edited or self._step <= step
        self.old |= {key for key, score in self.scores.items() if key[1] == "code" and score.step <= step}
        self.changed.emit()

    def _drop(self, keys: set[Key], *, forget: bool = True) -> None:
        """Measurements of what is no more: gone, or only old."""
        if self._work.cancel():
            self._rested()
        for key in keys:
            if forget:
                self.scores.pop(key, None)
            else:
                self.old.add(key)
        self.old &= set(self.scores)
        self.changed.emit()

    @Slot()
    def _on_frame(self) -> None:
        if not self.following or not self._shown or self.running or not self.can_run:
            return
        if self._rest.isValid() and self._rest.elapsed() < FOLLOW_EVERY_MS:
            return
        weights = self._session.view.weights
        assert weights is not None
        complete = all((c, f) in self.scores and (c, f) not in self.old
                       for c in self.classifiers for f in FEATURES if f != "code")  # fmt: skip
        newer = any(self.scores[key].step != weights.step for key in self.scores if key[1] == "code")
        if not complete:
            self._begin(FEATURES)
        elif newer:
            self._begin(("code",))


def _arrays(
    data: Dataset, weights: Weights, sizes: tuple[int | None, int | None] | None
) -> dict[str, np.ndarray]:
    """What the job reads; of the code alone only the samples that it is measured on. Runs in a thread."""
    train, test = data.train, data.test
    assert train.labels is not None and test.labels is not None
    parts = [train.features, train.labels, test.features, test.labels]
    if sizes is not None:
        rows = scores.draw(len(train), sizes[0], 0), scores.draw(len(test), sizes[1], 0)
        parts = [train.features[rows[0]], train.labels[rows[0]], test.features[rows[1]], test.labels[rows[1]]]
    return request(weights, train=parts[0], train_labels=parts[1], test=parts[2], test_labels=parts[3])
