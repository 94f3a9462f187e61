"""The classifiers that judge a set of features: scikit-learn's, with settings that treat all sets alike."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray

TREES = 100
LECTURE_TREES = 500  # the lecturer's forest
NEIGHBOURS = 5


class TooFewClasses(ValueError):  # noqa: N818 - what it says, not that it is an error
    """There is nothing to tell apart: one plain sentence for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """One kind. short: for narrow places; text: one plain sentence on how it decides, for a tooltip."""

    name: str
    title: str
    short: str
    text: str


_ALL = (
    Classifier(
        name="knn", title="k nearest neighbours", short="k-NN",
        text=f"The majority among the {NEIGHBOURS} training samples nearest in Euclidean distance.",
    ),
    Classifier(
        name="logistic", title="Logistic regression", short="Logistic",
        text="One plane per class, its distances turned into probabilities (softmax), C = 10.",
    ),
    Classifier(
        name="linear-svm", title="Linear SVM", short="Linear SVM",
        text="For each class the plane that parts it from the rest with the widest margin, C = 1.",
    ),
    Classifier(
        name="random-forest", title="Random forest", short="Forest",
        text="The vote of many decision trees, each asking about one feature at a time.",
    ),
    Classifier(
        name="rbf-svm", title="RBF SVM", short="RBF SVM",
        text="A widest margin in the space of the kernel exp(-distance² / variance), C = 10.",
    ),
)  # fmt: skip
CLASSIFIERS: dict[str, Classifier] = {one.name: one for one in _ALL}


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of one: classes (n_test,) int64 and the seconds that it took."""

    predicted: Array
    fit_s: float
    predict_s: float


def make(name: str, *, seed: int = 0, trees: int = TREES, threads: int = 1) -> Any:
    """An unfitted classifier of scikit-learn. Raises ValueError for an unknown name."""
    if name not in CLASSIFIERS:
        raise ValueError(f"classifier must be one of {', '.join(CLASSIFIERS)}, got {name!r}")
    if name == "knn":
        from sklearn.neighbors import KNeighborsClassifier

        return KNeighborsClassifier(NEIGHBOURS, algorithm="brute")
    if name == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=10.0, max_iter=300)
    if name == "linear-svm":
        from sklearn.svm import LinearSVC

        return LinearSVC(C=1.0, dual="auto", max_iter=2000, random_state=seed)
    if name == "random-forest":
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(trees, random_state=seed, n_jobs=threads)
    from sklearn.svm import SVC

    return SVC(C=10.0, kernel="rbf", gamma="scale", cache_size=500)


def fit_predict(
    name: str,
    train: Array,
    labels: Array,
    test: Array,
    *,
    seed: int = 0,
    trees: int = TREES,
    threads: int = 1,
) -> Fit:
    """Fit on (n, d) samples with (n,) labels, and classify (m, d).

    Every set is centred and divided by one number, so that its total variance is 1: distances keep their
    proportions, and a penalty means the same for 784 pixels and for 32 numbers of any scale.
    Raises TooFewClasses with fewer than two.
    """
    if len(np.unique(labels)) < 2:
        raise TooFewClasses("A classifier needs training samples of at least two classes: choose more.")
    chosen = make(name, seed=seed, trees=trees, threads=threads)
    if isinstance(n_neighbours := getattr(chosen, "n_neighbors", None), int):
        chosen.n_neighbors = min(n_neighbours, len(train))
    train, test = _alike(train, test)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fit stopped before the last digit: the accuracy is what counts
        began = time.perf_counter()
        chosen.fit(train, labels)
        fitted = time.perf_counter()
        predicted = chosen.predict(test)
        ended = time.perf_counter()
    return Fit(np.asarray(predicted, np.int64), fitted - began, ended - fitted)


def _alike(train: Array, test: Array) -> tuple[Array, Array]:
    mean = train.mean(axis=0, dtype=np.float64).astype(np.float32)
    train = train - mean
    scale = float(np.sqrt(np.einsum("ij,ij->", train, train, dtype=np.float64) / max(1, len(train))))
    factor = np.float32(1.0 / scale if scale > 0 else 1.0)
    return train * factor, (test - mean) * factor
