"""`python -m fcae_gui.bench [NAME ...]`: run benchmarks, each module in a process of its own."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence

from fcae_gui import children
from fcae_gui.bench import REGISTRY
from fcae_gui.bench.reporting import CannotRun, Figure, writer
from fcae_gui.paths import DATA_DIR_VARIABLE

MODULE_LIMIT_S = 900  # the longest benchmark watches the window for some minutes
MAX_REASON = 200


def main(argv: Sequence[str] | None = None) -> int:
    """Run what was asked for. Exit status: 1 when a measured figure falls short of its target, else 0."""
    parser = argparse.ArgumentParser(
        prog="fcae bench",
        description="Measure the figures that fcae_gui promises. Exit status 1 means that one falls short.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"figures: {', '.join(REGISTRY)}")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument("--data-dir", metavar="DIR", help="folder that holds MNIST/raw")
    parser.add_argument("--module", choices=sorted(set(REGISTRY.values())), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.data_dir:
        os.environ[DATA_DIR_VARIABLE] = args.data_dir
    if args.module:
        return measure(args.module)
    wanted: list[str] = []
    for name in args.names or REGISTRY:
        # A figure, or the name of a module for all its figures.
        named = [name] if name in REGISTRY else [one for one, its in REGISTRY.items() if its == name]
        if not named:
            parser.error(f"there is no figure {name!r}; choose from {', '.join(REGISTRY)}")
        wanted += named
    fell_short = False
    try:
        for module in dict.fromkeys(REGISTRY[name] for name in wanted):
            names = [name for name, its_module in REGISTRY.items() if its_module == module]
            for figure in run_module(module, [name for name in names if name in wanted]):
                print(figure.to_json() if args.json else figure.row(), flush=True)
                fell_short |= figure.holds is False
    except KeyboardInterrupt:
        return 130
    return 1 if fell_short else 0


def run_module(module: str, wanted: Sequence[str]) -> Iterator[Figure]:
    """The wanted figures of one module, from a child process; what fails is a figure with a reason."""
    command = children.command("fcae_gui.bench", "--module", module)
    env = {"OPENBLAS_NUM_THREADS": "1", **children.environment()}  # as in the window
    missing = dict.fromkeys(wanted)
    reason = "the benchmark ended without a result"
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child:
        limit = threading.Timer(MODULE_LIMIT_S, child.kill)
        limit.start()
        try:
            for line in child.stdout or ():
                try:
                    figure = Figure.from_json(line)
                except ValueError:
                    continue
                if figure.name == "":
                    reason = figure.reason
                elif figure.name in missing:
                    del missing[figure.name]
                    yield figure
        finally:
            if child.poll() is None and sys.exc_info()[0] is not None:
                child.kill()  # interrupted: do not leave it measuring
            child.wait()
            limit.cancel()
            limit.join()
    if child.returncode < 0:
        reason = f"the benchmark was ended by signal {-child.returncode}"
    for name in missing:
        yield Figure(name=name, value=None, reason=reason)


def measure(module: str) -> int:
    """In the child: run one module. Only figures go to stdout, whatever else is printed goes to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    report = writer(stream)
    try:
        found = importlib.import_module(f"fcae_gui.bench.{module}")
    except ModuleNotFoundError as error:
        report("", None, "", "", None, reason=f"this needs the module {error.name}, which is not installed")
        return 1
    try:
        found.run(report)
    except CannotRun as error:
        report("", None, "", "", None, reason=str(error))
        return 0
    except Exception as error:  # noqa: BLE001 - one broken benchmark must not stop the others
        traceback.print_exc()
        line = (str(error).strip().splitlines() or [""])[0]
        report("", None, "", "", None, reason=f"{type(error).__name__}: {line}"[:MAX_REASON])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
