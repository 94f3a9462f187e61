"""`fcae maps`: the 2-D code, PCA, t-SNE and UMAP of the same samples, and what each keeps of its source."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from fcae_gui.analysis import scores
from fcae_gui.analysis.embeddings import installed
from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError, model
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.telling import Teller
from fcae_gui.jobs import maps

SENTENCE = "t-SNE and UMAP are better for looking at, but you cannot decode from them."


def run(args: argparse.Namespace) -> int:
    """Train or open a run, then print one line for every map of test samples. Exit status 0: all are made.

    A map whose package is missing is named on stderr and left out, unless it was asked for by name.
    """
    methods = [method for method in dict.fromkeys(args.method or maps.METHODS) if _is_here(method, args)]
    with StopRequest() as stop:
        found = model.of(args, stop, lambda dataset: maps.check(min(args.points, len(dataset.test))))
        test = found.dataset.test
        rows = scores.draw(len(test), args.points, 0)
        labels = None if test.labels is None else test.labels[rows]
        said = dict(found.said, of=args.of, points=len(rows), data=found.config.data)
        arrays = maps.request(test.features[rows], labels, found.weights, None)
        with Teller(stop) as teller:
            for method in methods:
                params = maps.parameters(
                    method, args.of, found.weights, seed=found.config.seed, threads=args.threads or 1
                )
                teller.title = maps.TITLES[method]
                values = teller.ask(maps.run, dict(arrays), params)
                teller.say(_json(method, values, said) if args.json else _line(method, values))
        if not args.json:
            print(SENTENCE)
    return EXIT_OK


def _is_here(method: str, args: argparse.Namespace) -> bool:
    """Whether a method has its package. Raises UserError where it has not but was asked for by name."""
    package = maps.NEEDS.get(method, "")
    if not package or installed(package):
        return True
    line = f"{maps.TITLES[method]} needs {package}: {sys.executable} -m pip install {package}"
    if args.method:
        raise UserError(line, EXIT_FAILED)
    print(f"Note: {line}", file=sys.stderr)
    return False


def _json(method: str, values: dict[str, Any], said: dict[str, Any]) -> str:
    values = {name: value for name, value in values.items() if name != "of"}
    return json.dumps({"map": method, **values, **said}, allow_nan=False)


def _line(method: str, values: dict[str, Any]) -> str:
    purity = "" if values["purity"] is None else f"  purity {values['purity']:.3f}"
    return (
        f"{maps.TITLES[method]:<9}  trustworthiness {values['trustworthiness']:.3f}  "
        f"continuity {values['continuity']:.3f}{purity}  {values['seconds']:7.2f} s  "
        f"can decode: {'yes' if values['decodes'] else 'no'}"
    )
