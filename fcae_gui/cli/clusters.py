"""`fcae clusters`: what k-means, a Gaussian mixture and HDBSCAN find in the code and in pixels."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from fcae_gui.analysis import scores
from fcae_gui.analysis.clustering import METHODS
from fcae_gui.cli import EXIT_OK, model
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.telling import Teller
from fcae_gui.data.dataset import Dataset
from fcae_gui.jobs import clusters

USUAL_K = 10
USUAL_SAMPLES = 10_000


def run(args: argparse.Namespace) -> int:
    """Train or open a run, then print one line for every method in both spaces. Exit status 0: all found."""
    wanted = [key for key in clusters.KEYS if not args.method or key[0] in args.method]

    def check(dataset: Dataset) -> None:
        n = min(len(dataset.train) + len(dataset.test), args.samples or min(USUAL_SAMPLES, len(dataset.test)))
        clusters.check(n, _count(args, dataset), [method for method, _ in wanted])

    with StopRequest() as stop:
        found = model.of(args, stop, check)
        samples, labels, split = _samples(found.dataset, args.samples)
        k = _count(args, found.dataset)
        said = {"k": k, "split": split, "data": found.config.data, **found.said}
        params = clusters.parameters(found.config.network, k=k, wanted=wanted, seed=found.config.seed)
        with _Teller(stop, said, as_json=args.json) as teller:
            teller.ask(clusters.run, clusters.request(samples, labels, found.weights), params)
    return EXIT_OK


def _count(args: argparse.Namespace, dataset: Dataset) -> int:
    """Clusters to look for."""
    return args.k or len(dataset.class_names) or USUAL_K


def _samples(dataset: Dataset, count: int | None) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Of the test half, and of all samples where more are asked for: (n, d), labels (n,), which."""
    train, test = dataset.train, dataset.test
    if count is None or count <= len(test):
        rows = scores.draw(len(test), count or USUAL_SAMPLES, 0)
        return test.features[rows], None if test.labels is None else test.labels[rows], "test"
    rows = scores.draw(len(train) + len(test), count, 0)
    first, last = rows[rows < len(train)], rows[rows >= len(train)] - len(train)
    features = np.concatenate([train.features[first], test.features[last]])
    if train.labels is None or test.labels is None:
        return features, None, "all"
    return features, np.concatenate([train.labels[first], test.labels[last]]), "all"


class _Teller(Teller):
    """Prints what is found as soon as it is."""

    def __init__(self, stop: StopRequest, said: dict[str, Any], *, as_json: bool) -> None:
        super().__init__(stop)
        self._said = said
        self._as_json = as_json

    def partial(self, values: dict[str, Any], arrays: Any = None) -> None:
        """See jobs.registry.Tell."""
        told = {name: value for name, value in values.items() if name not in ("of", "clusters")}
        if self._as_json:
            line = json.dumps({**told, **self._said}, allow_nan=False)
        else:
            ari = "-" if told["ari"] is None else f"{told['ari']:.3f}"
            purity = "-" if told["purity"] is None else f"{100 * told['purity']:.1f} %"
            line = (
                f"{METHODS[told['method']].title:<16}  {told['space']:<6}  n {told['n']:>6,}  "
                f"{told['time_s']:7.2f} s  {told['n_clusters']:>3} clusters  ARI {ari:>6}  "
                f"purity {purity:>7}  noise {100 * told['noise']:5.1f} %"
            )
        self.say(line)
