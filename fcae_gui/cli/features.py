"""`fcae features`: how well classifiers do on raw values, PCA, the code and an untrained network's code."""

from __future__ import annotations

import argparse
import json
from typing import Any

from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.analysis.scores import measured
from fcae_gui.cli import EXIT_OK, UserError, model
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.telling import Teller
from fcae_gui.data.dataset import Dataset
from fcae_gui.jobs import features, few_labels
from fcae_gui.jobs.feature_sets import check, request
from fcae_gui.jobs.registry import JobFailed

SOFTMAX = "softmax"  # the classifier of a transfer


def run(args: argparse.Namespace) -> int:
    """Train or open a run, then print one line for every measurement. Exit status 0 when all were made."""
    if args.transfer and not args.labels_per_class:
        raise UserError("--transfer needs --labels-per-class N")
    with StopRequest() as stop:
        found = model.of(args, stop, _check)
        train, test = found.dataset.train, found.dataset.test
        assert train.labels is not None and test.labels is not None
        arrays = request(
            found.weights, train=train.features, train_labels=train.labels,
            test=test.features, test_labels=test.labels,
        )  # fmt: skip
        params: dict[str, Any] = {
            "network": found.config.network.to_json(), "seed": found.config.seed, "draw": 0,
            "train_size": args.train_size, "test_size": args.test_size, "trees": args.trees,
            "threads": args.threads or -1,
        }  # fmt: skip
        if args.features:
            params["features"] = args.features
        names = list(dict.fromkeys(args.classifier or ["random-forest"]))
        with _Teller(stop, found.said, as_json=args.json) as teller:
            if not args.labels_per_class:
                teller.ask(features.run, arrays, params | {"classifiers": names})
                return EXIT_OK
            budgets = [None if text == "all" else int(text) for text in args.labels_per_class]
            params |= {"budgets": budgets, "repeats": [args.repeats] * len(budgets)}
            for name in [SOFTMAX] if args.transfer else names:
                teller.begin_bands(name, train.labels, params)
                if args.transfer:
                    from fcae_gui.jobs import transfer

                    teller.ask(transfer.run, arrays, params)
                else:
                    teller.ask(few_labels.run, arrays, params | {"classifier": name})
    return EXIT_OK


def _check(dataset: Dataset) -> None:
    if dataset.train.labels is None or dataset.test.labels is None:
        raise JobFailed(f"{dataset.title} has no labels, which classifiers need")
    check(dataset.train.labels)


# --- what is printed --------------------------------------------------------------------------------------


class _Teller(Teller):
    """Prints each measurement as soon as it is made; with repeats, when the last of them is."""

    def __init__(self, stop: StopRequest, said: dict[str, Any], *, as_json: bool) -> None:
        super().__init__(stop)
        self._said = said
        self._as_json = as_json
        self._classifier = ""
        self._awaited: dict[int | None, int] = {}
        self._values: dict[tuple[str, int | None], list[dict[str, Any]]] = {}

    def begin_bands(self, classifier: str, labels: Any, params: dict[str, Any]) -> None:
        """Measurements of this classifier with repeats are to come."""
        self._classifier, self._awaited = classifier, {}
        self._values.clear()
        for budget, _repeat in few_labels.plan(labels, params["budgets"], params["repeats"]):
            self._awaited[budget] = self._awaited.get(budget, 0) + 1

    def partial(self, values: dict[str, Any], arrays: Any = None) -> None:
        """See jobs.registry.Tell."""
        if "budget" not in values:
            self._print(values, f"{CLASSIFIERS[values['classifier']].title}")
            return
        kept = self._values.setdefault((values["features"], values["budget"]), [])
        kept.append(values)
        if len(kept) == self._awaited[values["budget"]]:
            found = measured([one["accuracy"] for one in kept], values["n_test"])
            line = {
                "classifier": self._classifier, "features": values["features"],
                "labels_per_class": values["labels_per_class"], "n_train": values["n_train"],
                "repeats": found.repeats, "accuracy": found.mean, "ci95": [found.low, found.high],
                "fit_s": sum(one["fit_s"] for one in kept) / len(kept),
            }  # fmt: skip
            name = CLASSIFIERS[self._classifier].title if self._classifier in CLASSIFIERS else "Softmax layer"
            title = f"{name}, {line['labels_per_class']:,} labels per class"
            self._print(line, title)

    def _print(self, values: dict[str, Any], title: str) -> None:
        if self._as_json:
            line = json.dumps(values | self._said, allow_nan=False)
        else:
            low, high = (100 * one for one in values["ci95"])
            line = (
                f"{title:<22}  {values['features']:<9}  {100 * values['accuracy']:6.2f} %  "
                f"({low:.2f} to {high:.2f})  fit {values['fit_s']:.1f} s"
            )
        self.say(line)
