"""Accuracy against the number of labels: classifiers on three features, and transfer of the encoder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.analysis.scores import Band, measured
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.events import Started, Weights
from fcae_gui.jobs.feature_sets import request
from fcae_gui.session.job import JobEvent
from fcae_gui.session.one_job import OneJobTool

if TYPE_CHECKING:
    import numpy as np

    from fcae_gui.session.session import Session

FEWEST = 10  # labels per class
TEST_SIZE = 2_000
STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)  # of the slider, and ten, a hundred times that
CLASSIFIER_BUDGETS = (10, 20, 50, 100, 200, 500, 1_000, 2_000)
TRANSFER_BUDGETS = (10, 30, 100, 300, 1_000)
CLASSIFIER_SERIES = ("raw", "pca", "code")
TRANSFER_SERIES = ("frozen", "tuned", "scratch")
OF_THE_CODE = ("code", "frozen", "tuned")
Kind = str  # "few_labels" or "transfer"


def repeats(budget: int | None, kind: Kind) -> int:
    """The fewer labels, the more their choice matters."""
    if budget is None:
        return 1
    many = 10 if budget <= 20 else 5 if budget <= 200 else 3
    return many if kind == "few_labels" else min(many, 3)


class FewLabels(OneJobTool):
    """Measures on request, in a child process."""

    changed = Signal()
    failed = Signal(str, str)  # one sentence, and details to copy

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self._dataset: Dataset | None = None
        self._network: object = None
        self._values: dict[tuple[str, int], dict[int, float]] = {}  # (series, labels): repeat -> accuracy
        self._n_test = 1
        self._waiting: list[tuple[Kind, int]] = []  # single budgets to measure when the job has ended
        self.classifier = "knn"
        self.largest = 100
        self.step = -1  # of the code that is measured
        self._edited = False  # since then: the code can be another one at the same step
        session.dataset_changed.connect(self._on_dataset)
        session.generation_started.connect(self._on_generation)
        session.edited.connect(self._on_edited)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def has_labels(self) -> bool:
        """Whether there is anything to classify."""
        data = self._dataset
        return data is not None and data.train.labels is not None and data.test.labels is not None

    @property
    def can_run(self) -> bool:
        """Whether there is something to measure."""
        return self.has_labels and self._session.view.weights is not None

    @property
    def is_old(self) -> bool:
        """Whether the network has learned on since the code was measured."""
        weights = self._session.view.weights
        return self.step >= 0 and weights is not None and (self._edited or weights.step != self.step)

    def curve(self, series: str) -> list[tuple[int, Band]]:
        """(labels per class, mean with band) by rising number of labels."""
        found = sorted((labels, values) for (name, labels), values in self._values.items() if name == series)
        return [(labels, measured(list(values.values()), self._n_test)) for labels, values in found]

    def choices(self) -> list[int]:
        """Where the slider can stand: round numbers of labels per class, all of them last."""
        made = [factor * step for factor in (1, 10, 100, 1000) for step in STEPS]
        return [n for n in made if n < self.largest] + [self.largest]

    # --- wishes -------------------------------------------------------------------------------------------

    def set_classifier(self, name: str) -> None:
        """Which classifier sees the labels."""
        if name != self.classifier:
            self.cancel()
            self.classifier = name
            self._forget(CLASSIFIER_SERIES)
            self.changed.emit()

    @Slot()
    def run_curves(self) -> None:
        """The classifier on raw, PCA and code, from few labels to all."""
        self._begin("few_labels", [*(b for b in CLASSIFIER_BUDGETS if b < self.largest), None])

    @Slot()
    def run_transfer(self) -> None:
        """The encoder with a softmax layer, frozen or not, against the same network from scratch."""
        self._begin("transfer", [b for b in TRANSFER_BUDGETS if b < self.largest] or [None])

    def measure_at(self, labels: int) -> None:
        """Measure this number of labels too, for whatever has curves of the present network."""
        if self.is_old:
            return
        known = {name for name, _ in self._values}
        for kind, of in (("few_labels", CLASSIFIER_SERIES), ("transfer", TRANSFER_SERIES)):
            if known & set(of) and not any((name, labels) in self._values for name in of):
                self._waiting = [one for one in self._waiting if one[0] != kind] + [(kind, labels)]
        self._next()

    @Slot()
    def cancel(self) -> None:
        """Stop now; what has been measured stays."""
        self._waiting.clear()
        if self._work.cancel("Cancelled"):
            self.changed.emit()

    # --- the job ------------------------------------------------------------------------------------------

    def _begin(self, kind: Kind, budgets: list[int | None]) -> None:
        data, weights, config = self._dataset, self._session.view.weights, self._session.config
        if self.running or not self.can_run or data is None or weights is None or config is None:
            return
        if config.network != weights.network:
            return
        if self._network != (weights.network, config.seed):  # grown, shrunk or changed without a restart
            self._network = (weights.network, config.seed)
            self._forget((*OF_THE_CODE, "pca", "scratch"))
        if self._edited or weights.step != self.step:
            self._forget(OF_THE_CODE)
            self.step, self._edited = weights.step, False
        params = {
            "network": weights.network.to_json(), "seed": config.seed, "budgets": budgets,
            "repeats": [repeats(budget, kind) for budget in budgets],
            "test_size": min(TEST_SIZE, len(data.test)), "classifier": self.classifier,
        }  # fmt: skip
        self._work.start(kind, partial(_arrays, data, weights), params, self._heard)
        self.changed.emit()

    def _heard(self, event: JobEvent) -> None:
        if event.kind == "partial":
            said = event.values
            labels = self.largest if said["budget"] is None else int(said["labels_per_class"])
            self._n_test = int(said["n_test"])
            self._values.setdefault((said["features"], labels), {})[int(said["repeat"])] = said["accuracy"]
        elif event.last:
            if event.kind == "failed":
                self._waiting.clear()
                self.failed.emit(event.message, event.details)
            self._next()
        self.changed.emit()

    def _next(self) -> None:
        if self.is_old:  # the points would belong to another code than the curves
            self._waiting.clear()
        if self._waiting and not self.running:
            kind, labels = self._waiting.pop(0)
            self._begin(kind, [None if labels >= self.largest else labels])

    def _forget(self, series: tuple[str, ...]) -> None:
        self._values = {key: value for key, value in self._values.items() if key[0] not in series}

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        before, self._dataset = self._dataset, dataset
        if before is not None and before.identity == dataset.identity:
            return
        self.cancel()
        self._values.clear()
        self.step = -1
        self._work.rest("")
        if dataset.train.labels is not None:
            counts = [
                int((dataset.train.labels == label).sum()) for label in set(dataset.train.labels.tolist())
            ]
            self.largest = max(FEWEST + 1, round(sum(counts) / max(1, len(counts))))
        self.changed.emit()

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        known = (started.config.network, started.config.seed)
        self.cancel()
        self._forget(OF_THE_CODE)
        if known != self._network:
            self._forget(("pca", "scratch"))
        self._network = known
        self.step = -1
        self.changed.emit()

    @Slot()
    def _on_edited(self) -> None:
        self._edited = True
        self.changed.emit()


def _arrays(data: Dataset, weights: Weights) -> dict[str, np.ndarray]:
    assert data.train.labels is not None and data.test.labels is not None
    return request(
        weights, train=data.train.features, train_labels=data.train.labels, test=data.test.features,
        test_labels=data.test.labels,
    )  # fmt: skip
