"""`fcae maps`: the 2-D code, PCA, t-SNE and UMAP of the same samples, and what each keeps of its source."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from fcae_gui.analysis import scores
from fcae_gui.analysis.embeddings import installed
from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError, model
from fcae_gui.cli.model import BAR_FORMAT
from fcae_gui.cli.signals import StopRequest
from fcae_gui.jobs import maps
from fcae_gui.jobs.registry import JobFailed

SENTENCE = "t-SNE and UMAP are better for looking at, but you cannot decode from them."


def run(args: argparse.Namespace) -> int:
    """Train or open a run, then print one line for every map of test samples. Exit status 0: all are made.

    A map whose package is missing is named on stderr and left out, unless it was asked for by name.
    """
    with StopRequest() as stop:
        found = model.of(args, stop)
        test = found.dataset.test
        rows = scores.draw(len(test), args.points, 0)
        labels = None if test.labels is None else test.labels[rows]
        said = dict(found.said, of=args.of, points=len(rows), data=found.config.data)
        arrays = maps.request(test.features[rows], labels, found.weights, None)
        with _Teller(stop) as teller:
            for method in dict.fromkeys(args.method or maps.METHODS):
                package = maps.NEEDS.get(method, "")
                if package and not installed(package):
                    line = f"{maps.TITLES[method]} needs {package}: {sys.executable} -m pip install {package}"
                    if args.method:
                        raise UserError(line, EXIT_FAILED)
                    print(f"Note: {line}", file=sys.stderr)
                    continue
                params = maps.parameters(
                    method, args.of, found.weights, seed=found.config.seed, threads=args.threads or 1
                )
                teller.title = maps.TITLES[method]
                try:
                    values, _ = maps.run(dict(arrays), params, teller)
                except JobFailed as error:
                    raise UserError(str(error), EXIT_FAILED) from None
                teller.bar.clear()
                print(_json(method, values, said) if args.json else _line(method, values), flush=True)
        if not args.json:
            print(SENTENCE)
    return EXIT_OK


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


@dataclass(slots=True)
class _Teller:
    """Shows on stderr how far a map is, and ends at Ctrl-C."""

    stop: StopRequest
    title: str = ""
    bar: Any = None

    def __enter__(self) -> _Teller:
        self.bar = tqdm(total=1.0, file=sys.stderr, bar_format=BAR_FORMAT, disable=None, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def progress(self, fraction: float | None, text: str = "") -> None:
        """See jobs.registry.Tell."""
        if self.stop:
            raise UserError("interrupted", self.stop.exit_status)
        self.bar.set_description_str(f"{self.title}: {text}", refresh=False)
        self.bar.n = fraction or 0.0
        self.bar.refresh()

    def partial(self, values: dict[str, Any], arrays: Any = None) -> None:
        """Nobody looks at it."""
