"""The job behind the scoreboard: every classifier on every set of features, told one by one."""

from __future__ import annotations

import numpy as np

from fcae_gui.analysis import classifiers, scores
from fcae_gui.jobs.feature_sets import FEATURES, FeatureSets
from fcae_gui.jobs.registry import Arrays, Tell, Values

FEATURE_NAMES = {"raw": "raw", "pca": "PCA", "code": "code", "untrained": "untrained code"}


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Test accuracies of classifiers x features; each is a partial with the classes that it gave.

    arrays: see feature_sets.request
    params: "network", "seed"; "classifiers" and "features" by name; "train_size", "test_size" (None: all),
            "draw": seed of that choice; "trees", "threads"
    partial: {"classifier", "features", "accuracy", "ci95": [low, high], "fit_s", "predict_s", "n_features",
             "n_train", "n_test"} and "predicted" (n_test,), "test_rows" (n_test,)
    """
    sets = FeatureSets(arrays, params)
    draw = int(params.get("draw", 0))
    train_rows = scores.draw(len(sets.labels["train"]), params.get("train_size"), draw)
    test_rows = scores.draw(len(sets.labels["test"]), params.get("test_size"), draw)
    labels, truth = sets.labels["train"][train_rows], sets.labels["test"][test_rows]
    wanted = [
        (classifier, features)
        for classifier in params.get("classifiers", list(classifiers.CLASSIFIERS))
        for features in params.get("features", FEATURES)
    ]
    for done, (classifier, features) in enumerate(wanted):
        title = classifiers.CLASSIFIERS[classifier].title
        tell.progress(done / len(wanted), f"{title} on {FEATURE_NAMES[features]}")
        fit = classifiers.fit_predict(
            classifier,
            sets.get(features, "train", train_rows),
            labels,
            sets.get(features, "test", test_rows),
            seed=draw,
            trees=int(params.get("trees", classifiers.TREES)),
            threads=int(params.get("threads", 1)),
        )
        correct = int(np.count_nonzero(fit.predicted == truth))
        low, high = scores.wilson(correct, len(truth))
        tell.partial(
            {
                "classifier": classifier, "features": features, "accuracy": correct / len(truth),
                "ci95": [low, high], "fit_s": fit.fit_s, "predict_s": fit.predict_s,
                "n_features": sets.size(features), "n_train": len(labels), "n_test": len(truth),
            },
            {"predicted": fit.predicted, "test_rows": test_rows},
        )  # fmt: skip
    return {}, {}
