"""Which jobs there are, and how a job tells what it has found so far.

A job is a function `run(arrays, params, tell) -> (values, arrays) | None`: named arrays and JSON values in,
JSON values and named arrays out (float64, float32, int64, int32 or uint8). It may say on the way how far it
is, and hand over parts that are ready. The command line calls the same functions in its own process.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from fcae_gui.analysis.classifiers import TooFewClasses

Arrays = dict[str, np.ndarray]
Values = dict[str, Any]  # what JSON holds

# name -> "module:function"; imported only in the child, because it may bring scikit-learn or torch along
JOBS: dict[str, str] = {
    "clusters": "fcae_gui.jobs.clusters:run",
    "cost_of_pairs": "fcae_gui.jobs.clusters:cost",
    "export": "fcae_gui.jobs.export:run",
    "features": "fcae_gui.jobs.features:run",
    "few_labels": "fcae_gui.jobs.few_labels:run",
    "maps": "fcae_gui.jobs.maps:run",
    "transfer": "fcae_gui.jobs.transfer:run",
}


class JobFailed(Exception):  # noqa: N818 - what it says, not that it is an error
    """Why a job cannot be done: one plain sentence for the user."""


def in_words(error: Exception) -> str:
    """Why a job has failed, whatever it has raised, as one sentence for the user."""
    if isinstance(error, (JobFailed, TooFewClasses)):
        return str(error)
    if isinstance(error, MemoryError):
        return "There was not enough memory for this: choose fewer samples."
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"This could not be computed: {line}"


class Tell(Protocol):
    """How a running job speaks."""

    def progress(self, fraction: float | None, text: str = "") -> None:
        """How far it is, in [0, 1] or None when nobody can know, and what is being done."""

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        """A part of the result, as soon as it is there."""


Run = Callable[[Arrays, Values, Tell], tuple[Values, Arrays] | None]


def find(name: str) -> Run:
    """The function of a job. Raises KeyError for an unknown name."""
    module, _, function = JOBS[name].partition(":")
    found: Run = getattr(importlib.import_module(module), function)
    return found


class Quiet:
    """A listener that listens to nothing, for calls in the same process."""

    def progress(self, fraction: float | None, text: str = "") -> None:
        """Not said."""

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        """Not said."""
