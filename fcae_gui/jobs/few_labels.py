"""The job behind the few-labels curves: classifiers that see a few labels, on features made without any."""

from __future__ import annotations

import numpy as np

from fcae_gui.analysis import classifiers, scores
from fcae_gui.jobs.feature_sets import FeatureSets
from fcae_gui.jobs.registry import Arrays, Tell, Values

FEATURES = ("raw", "pca", "code")


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Test accuracies against labels per class, with repeats; each measurement is a partial.

    arrays: see feature_sets.request
    params: "network", "seed"; "classifier"; "features"; "budgets": labels per class (None: all), "repeats"
            for each of them; "test_size"; "trees", "threads"
    partial: {"features", "budget", "labels_per_class", "n_train", "n_test", "repeat", "accuracy", "fit_s"}
    In one repeat all features see the same labelled samples, and larger budgets hold the smaller ones.
    """
    sets = FeatureSets(arrays, params)
    test_rows = scores.draw(len(sets.labels["test"]), params.get("test_size"), 0)
    truth = sets.labels["test"][test_rows]
    wanted = plan(sets.labels["train"], params["budgets"], params["repeats"])
    for done, (budget, repeat) in enumerate(wanted):
        rows = scores.draw_per_class(sets.labels["train"], budget, repeat)
        labels = sets.labels["train"][rows]
        per_class = labels_per_class(labels)
        for features in params.get("features", FEATURES):
            tell.progress(done / len(wanted), f"{per_class:,} labels per class, repeat {repeat + 1}")
            fit = classifiers.fit_predict(
                params["classifier"],
                sets.get(features, "train", rows),
                labels,
                sets.get(features, "test", test_rows),
                seed=repeat,
                trees=int(params.get("trees", classifiers.TREES)),
                threads=int(params.get("threads", 1)),
            )
            accuracy = float(np.mean(fit.predicted == truth))
            tell.partial(
                {
                    "features": features, "budget": budget, "labels_per_class": per_class,
                    "n_train": len(rows), "n_test": len(truth), "repeat": repeat,
                    "accuracy": accuracy, "fit_s": fit.fit_s,
                }
            )  # fmt: skip
    return {}, {}


def plan(labels: np.ndarray, budgets: list[int | None], repeats: list[int]) -> list[tuple[int | None, int]]:
    """(budget, repeat) in the order of work: the cheap ones first; with all labels there is one draw."""
    largest = int(np.bincount(labels).max())
    made: list[tuple[int | None, int]] = []
    for budget, count in zip(budgets, repeats, strict=True):
        every = budget is None or budget >= largest
        made += [(None if every else budget, repeat) for repeat in range(1 if every else count)]
    return list(dict.fromkeys(made))


def labels_per_class(labels: np.ndarray) -> int:
    """Labels of a class on average, rounded."""
    return max(1, round(len(labels) / len(np.unique(labels))))
