"""A child process with jobs that only tests want: busy, crashing, failing, echoing."""

from __future__ import annotations

import os
import signal
import sys
import time

import numpy as np

from fcae_gui.jobs import registry
from fcae_gui.jobs.child import main
from fcae_gui.jobs.registry import Arrays, JobFailed, Tell, Values


def echo(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Everything back, with one part on the way."""
    sys.stdout.write("noise that is no event\n")
    os.write(1, b"noise of a compiled library, without an end")
    tell.progress(0.5, "half of it")
    tell.partial({"first": next(iter(arrays), "")}, {name: array * 2 for name, array in arrays.items()})
    limits = {name: os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    nice = os.nice(0) if hasattr(os, "nice") else None
    return {"params": params, "limits": limits, "nice": nice}, arrays


def busy(arrays: Arrays, params: Values, tell: Tell) -> None:
    """Never lets go of the interpreter for long: one large product after another."""
    a = np.random.default_rng(0).random((1500, 1500))
    tell.progress(0.0, "begun")
    while True:
        a = a @ a
        a /= np.abs(a).max()


def learns(arrays: Arrays, params: Values, tell: Tell) -> None:
    """Deep inside one call of scikit-learn that takes minutes."""
    from sklearn.svm import SVC

    draw = np.random.default_rng(0)
    x, y = draw.random((20_000, 100)), draw.integers(0, 2, 20_000)
    tell.progress(None, "begun")
    SVC().fit(x, y)


def crash(arrays: Arrays, params: Values, tell: Tell) -> None:
    """What a fault in a compiled library looks like."""
    os.write(2, b"last words")
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)


def refuses(arrays: Arrays, params: Values, tell: Tell) -> None:
    """A job that knows why it cannot be done."""
    raise JobFailed("This needs at least two classes.")


def breaks(arrays: Arrays, params: Values, tell: Tell) -> None:
    """A job with a mistake in it."""
    raise KeyError("no such thing")


HERE = ("echo", "busy", "learns", "crash", "refuses", "breaks")
registry.JOBS.update({name: f"tests.jobs.child:{name}" for name in HERE})

if __name__ == "__main__":
    sys.exit(main())
