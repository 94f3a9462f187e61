"""`fcae features`: how well classifiers do on raw values, PCA, the code and an untrained network's code."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.analysis.scores import measured
from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError, model
from fcae_gui.cli.model import BAR_FORMAT
from fcae_gui.cli.signals import StopRequest
from fcae_gui.jobs import features, few_labels
from fcae_gui.jobs.feature_sets import described, request
from fcae_gui.jobs.registry import JobFailed

SOFTMAX = "softmax"  # the classifier of a transfer


def run(args: argparse.Namespace) -> int:
    """Train or open a run, then print one line for every measurement. Exit status 0 when all were made."""
    with StopRequest() as stop:
        found = model.of(args, stop)
        dataset = found.dataset
        if dataset.train.labels is None or dataset.test.labels is None:
            raise UserError(f"{dataset.title} has no labels, which classifiers need")
        arrays = request(
            found.weights, train=dataset.train.features, train_labels=dataset.train.labels,
            test=dataset.test.features, test_labels=dataset.test.labels,
        )  # fmt: skip
        params: dict[str, Any] = {
            "network": described(found.config.network), "seed": found.config.seed, "draw": 0,
            "train_size": args.train_size, "test_size": args.test_size, "trees": args.trees,
            "threads": args.threads or -1,
        }  # fmt: skip
        if args.features:
            params["features"] = args.features
        if args.transfer and not args.labels_per_class:
            raise UserError("--transfer needs --labels-per-class N")
        names = list(dict.fromkeys(args.classifier or ["random-forest"]))
        teller = _Teller(stop, found.said, as_json=args.json)
        try:
            with teller.bar:
                if args.labels_per_class:
                    budgets = [None if text == "all" else int(text) for text in args.labels_per_class]
                    params |= {"budgets": budgets, "repeats": [args.repeats] * len(budgets)}
                    for name in [SOFTMAX] if args.transfer else names:
                        teller.begin_bands(name, dataset.train.labels, params)
                        if args.transfer:
                            from fcae_gui.jobs import transfer

                            transfer.run(arrays, params, teller)
                        else:
                            few_labels.run(arrays, params | {"classifier": name}, teller)
                else:
                    features.run(arrays, params | {"classifiers": names}, teller)
        except JobFailed as error:
            raise UserError(str(error), EXIT_FAILED) from None
        except ValueError as error:
            raise UserError(f"{error!s}: choose more labels", EXIT_FAILED) from None
    return EXIT_OK


# --- what is printed --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Teller:
    """Prints each measurement as soon as it is made; with repeats, when the last of them is."""

    stop: StopRequest
    said: dict[str, Any]
    as_json: bool
    bar: Any = None
    _classifier: str = ""
    _awaited: dict[int | None, int] = field(default_factory=dict)
    _values: dict[tuple[str, int | None], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bar = tqdm(total=1.0, file=sys.stderr, bar_format=BAR_FORMAT, disable=None, leave=False)

    def begin_bands(self, classifier: str, labels: Any, params: dict[str, Any]) -> None:
        """Measurements of this classifier with repeats are to come."""
        self._classifier, self._awaited = classifier, {}
        self._values.clear()
        for budget, _repeat in few_labels.plan(labels, params["budgets"], params["repeats"]):
            self._awaited[budget] = self._awaited.get(budget, 0) + 1

    def progress(self, fraction: float | None, text: str = "") -> None:
        """See jobs.registry.Tell."""
        if self.stop:
            raise UserError("interrupted", self.stop.exit_status)
        self.bar.set_description_str(text, refresh=False)
        self.bar.n = fraction or 0.0
        self.bar.refresh()

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
        if self.as_json:
            line = json.dumps(values | self.said, allow_nan=False)
        else:
            low, high = (100 * one for one in values["ci95"])
            line = (
                f"{title:<22}  {values['features']:<9}  {100 * values['accuracy']:6.2f} %  "
                f"({low:.2f} to {high:.2f})  fit {values['fit_s']:.1f} s"
            )
        self.bar.clear()
        print(line, flush=True)
