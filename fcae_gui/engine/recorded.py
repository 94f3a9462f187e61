"""The curve of a run that was trained before: what is kept of it to lie beside a live one. No torch."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from fcae_gui.engine.config import LOSSES, MAX_EPOCHS, MAX_WIDTH
from fcae_gui.engine.runfile import load_run
from fcae_gui.engine.state import RunState
from fcae_gui.files import BadFile, PathLike, atomic_write, opened, shown, strict_json

FORMAT = 1
SUFFIX = ".json"
MAX_BYTES = 64_000
MAX_POINTS = 400  # of either half: more cannot be seen in a plot
MAX_TEXT = 60
EVEN_WINDOWS, GROWING_WINDOWS = 60, 100  # of the training losses: even for linear axes, growing for logs

_TEXTS = ("preset", "data", "loss", "torch")
_KEYS = {"format", *_TEXTS, "network", "steps_per_epoch", "seed", "threads", "minutes", "train", "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCurve:
    """Losses over epochs, so that runs with other batches can be held against each other.

    train: (m, 2) float64, epoch and mean loss of the steps around it; test: (k, 3) float64, epoch, loss and
    sum of squared errors per sample. Epochs rise; losses are per value in the unit of `loss`
    network: layer sizes; steps_per_epoch, seed, threads, torch, minutes: how the run was made
    """

    preset: str
    data: str
    loss: str
    network: tuple[int, ...]
    steps_per_epoch: int
    seed: int
    threads: int
    torch: str
    minutes: float
    train: np.ndarray
    test: np.ndarray

    @property
    def n_features(self) -> int:
        """Values per sample."""
        return self.network[0]

    @property
    def epochs(self) -> float:
        """How far it goes."""
        return max(float(half[-1, 0]) for half in (self.train, self.test) if len(half))

    @property
    def sse(self) -> float | None:
        """What it reached in the end: sum of squared errors per test sample."""
        return float(self.test[-1, 2]) if len(self.test) else None


def load_curve(path: PathLike) -> RecordedCurve:
    """The curve of a run file, or of a file that write_curve made (.json). Raises BadFile."""
    if Path(path).suffix.lower() == SUFFIX:
        return read_curve(path)
    try:
        return of_run(load_run(path))
    except BadFile:
        raise
    except ValueError as error:
        raise BadFile(f"{shown(path)} has no curve to show: {error}.") from None


def of_run(state: RunState) -> RecordedCurve:
    """What is kept of a run. Raises ValueError, half a sentence, when its losses are not one curve."""
    config, n = state.config, state.step
    if not n:
        raise ValueError("it has not made a step")
    epochs = np.empty(n + 1)  # after so many steps
    epochs[0] = 0.0
    settings = [(0, state.initial_config), *((edit.step, edit.config) for edit in state.edits)]
    for i, (first, there) in enumerate(settings):
        last = settings[i + 1][0] if i + 1 < len(settings) else n
        if last <= first:
            continue
        if there.training.loss != config.training.loss:
            raise ValueError("its loss was changed while it learned")
        each = 1.0 / max(1, -(-state.n_train // there.training.batch_size))
        epochs[first + 1 : last + 1] = epochs[first] + each * np.arange(1, last - first + 1)
    windows = np.concatenate([np.linspace(0, n, EVEN_WINDOWS + 1), np.geomspace(1, n, GROWING_WINDOWS + 1)])
    edges = np.unique(np.round(windows).astype(np.int64))
    sums = np.concatenate([[0.0], np.cumsum(state.train_losses, dtype=np.float64)])
    train = np.column_stack(
        [(epochs[edges[:-1]] + epochs[edges[1:]]) / 2, np.diff(sums[edges]) / np.diff(edges)]
    )
    measured = state.test_losses
    if len(measured) > MAX_POINTS:
        measured = measured[np.unique(np.linspace(0, len(measured) - 1, MAX_POINTS).astype(np.int64))]
    test = measured.copy()
    test[:, 0] = epochs[measured[:, 0].astype(np.int64)]
    if len(test):
        test = test[np.append(np.diff(test[:, 0]) > 0, True)]  # measured twice at one place: the newer one
    return RecordedCurve(
        preset=config.preset[:MAX_TEXT],
        data=config.data[:MAX_TEXT],
        loss=config.training.loss,
        network=config.network.sizes,
        steps_per_epoch=max(1, -(-state.n_train // config.training.batch_size)),
        seed=config.seed,
        threads=config.threads or 0,
        torch=state.torch_version[:MAX_TEXT],
        minutes=state.seconds / 60.0,
        train=train,
        test=test,
    )


# --- as a file --------------------------------------------------------------------------------------------


def write_curve(path: PathLike, curve: RecordedCurve) -> None:
    """Write a curve as a small JSON file, atomically. Raises OSError."""

    def rows(table: np.ndarray) -> str:
        lines = [", ".join([f"{row[0]:.12g}", *(f"{value:.5g}" for value in row[1:])]) for row in table]
        return "[\n" + ",\n".join(f"  [{line}]" for line in lines) + "\n ]" if lines else "[]"

    head = {
        "format": FORMAT,
        "preset": curve.preset,
        "data": curve.data,
        "loss": curve.loss,
        "torch": curve.torch,
        "network": list(curve.network),
        "steps_per_epoch": curve.steps_per_epoch,
        "seed": curve.seed,
        "threads": curve.threads,
        "minutes": round(curve.minutes, 2),
    }
    lines = [f' "{key}": {json.dumps(value, allow_nan=False)},' for key, value in head.items()]
    text = "\n".join(["{", *lines, f' "train": {rows(curve.train)},', f' "test": {rows(curve.test)}', "}\n"])
    atomic_write(path, text.encode("utf-8"))


def read_curve(path: PathLike) -> RecordedCurve:
    """A curve that write_curve wrote. Raises BadFile, with one sentence, for anything else."""
    name = shown(path)
    with opened(path) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadFile(f"{name} is larger than a recorded curve may be ({MAX_BYTES // 1000} KB).")
    try:
        table = strict_json(content)
    except ValueError:
        raise BadFile(f"{name} is not a recorded curve: it is not valid JSON.") from None
    problem = _problem(table)
    if problem:
        raise BadFile(f"{name} is not a recorded curve: {problem}.")
    return RecordedCurve(
        **{key: table[key] for key in (*_TEXTS, "steps_per_epoch", "seed", "threads")},
        network=tuple(table["network"]),
        minutes=float(table["minutes"]),
        train=np.array(table["train"], np.float64).reshape(-1, 2),
        test=np.array(table["test"], np.float64).reshape(-1, 3),
    )


def _problem(table: Any) -> str:
    """What is wrong with a parsed file, as the second half of a sentence; empty when nothing is."""
    if not isinstance(table, dict) or table.keys() != _KEYS:
        return "its entries are not those of one"
    if type(table["format"]) is not int or table["format"] != FORMAT:
        return "its format is unknown here"
    if not all(isinstance(table[key], str) and len(table[key]) <= MAX_TEXT for key in _TEXTS):
        return "one of its texts is not valid"
    if not all(table[key].isprintable() for key in _TEXTS) or table["loss"] not in LOSSES:
        return "one of its texts is not valid"
    sizes = table["network"]
    if not isinstance(sizes, list) or not 3 <= len(sizes) <= 100:
        return "its network is not valid"
    if not all(type(size) is int and 1 <= size <= MAX_WIDTH for size in sizes):
        return "its network is not valid"
    counts = [table[key] for key in ("steps_per_epoch", "seed", "threads")]
    if not all(type(count) is int and 0 <= count < 2**63 for count in counts) or counts[0] == 0:
        return "one of its counts is not valid"
    if not _number(table["minutes"]):
        return "its time is not valid"
    for key, wide in (("train", 2), ("test", 3)):
        if not _is_curve(table[key], wide):
            return f"its {key} losses are not a curve"
    return "" if table["train"] or table["test"] else "it is empty"


def _is_curve(rows: Any, wide: int) -> bool:
    """Rows of so many numbers, the first of them an epoch that rises."""
    if not isinstance(rows, list) or len(rows) > MAX_POINTS:
        return False
    if not all(isinstance(row, list) and len(row) == wide and all(map(_number, row)) for row in rows):
        return False
    epochs = [row[0] for row in rows]
    return all(a < b for a, b in pairwise(epochs)) and max(epochs, default=0) <= MAX_EPOCHS


def _number(value: Any) -> bool:
    """A finite number that is not negative."""
    return type(value) in (int, float) and value >= 0 and value < 1e30 and math.isfinite(value)
