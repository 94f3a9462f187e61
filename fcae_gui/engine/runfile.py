"""A run in one .fcae file: what goes in, and what must hold before anything of it is believed. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from fcae_gui.engine.config import NetworkConfig, RunConfig
from fcae_gui.engine.state import EditRecord, RunState
from fcae_gui.files import BadFile, PathLike, peek_container, read_container, shown, write_container

KIND = "run"
SUFFIX = ".fcae"

MAX_STEP = 2**53  # the largest count that a float64 (and so a column of the test losses) holds exactly
MAX_TEXT = 1_000  # names, versions and the one-line texts of edits
END_REASONS = ("", "finished", "stopped", "diverged", "failed")

# What an optimiser keeps of each parameter, in its shape; Adam also counts its steps in "step" (1,).
MOMENTS: dict[str, tuple[str, ...]] = {
    "adam": ("exp_avg", "exp_avg_sq"),
    "adamw": ("exp_avg", "exp_avg_sq"),
    "sgd": ("momentum",),
}


def save_run(path: PathLike, state: RunState) -> None:
    """Write a run, atomically. Raises OSError (disk), ValueError (a state that could not be read back)."""
    measured = state.test_losses
    if measured.ndim == 2 and not _all_finite((measured,)):
        # A test image can overflow while training is sound; that must not cost the run.
        state = replace(state, test_losses=measured[np.isfinite(measured).all(axis=1)])
    problem = find_problem(state)
    if problem:
        raise ValueError(f"this run cannot be saved: {problem}")
    tensors = {f"weights/{name}": value for name, value in state.weights.items()}
    tensors |= {f"optimizer/{name}": value for name, value in state.optimizer.items()}
    tensors["history/train"] = state.train_losses
    tensors["history/test"] = state.test_losses
    write_container(path, kind=KIND, tensors=tensors, meta=_to_meta(state))


def load_run(path: PathLike) -> RunState:
    """Read a run that save_run wrote. Raises BadFile, with one sentence, for anything else."""
    tensors, meta = read_container(path, kind=KIND)
    name = shown(path)
    groups: dict[str, dict[str, np.ndarray]] = {"weights": {}, "optimizer": {}, "history": {}}
    for key, value in tensors.items():
        group, _, rest = key.partition("/")
        if group not in groups:
            raise BadFile(f"{name} is damaged: it holds numbers that belong to nothing.")
        groups[group][rest] = value
    history = groups["history"]
    if history.keys() != {"train", "test"}:
        raise BadFile(f"{name} is damaged: its loss history is not complete.")
    state = _from_meta(
        meta,
        name,
        weights=groups["weights"],
        optimizer=groups["optimizer"],
        train_losses=history["train"],
        test_losses=history["test"],
    )
    problem = find_problem(state)
    if problem:
        raise BadFile(f"{name} is damaged: {problem}.")
    return state


def read_summary(path: PathLike) -> dict[str, Any]:
    """What there is to say about a saved run, from the file's header alone. Raises BadFile.

    Keys: file, bytes, preset, data, network (layer sizes), parameters, config (nested), seed, device,
    threads, step, epoch (with fraction), seconds, train_loss, test_loss, test_sse (None when never measured),
    edits (list of step and text), ended, n_train, data_fingerprint, torch_version.
    """
    meta = peek_container(path, kind=KIND)
    name = shown(path)
    nothing = np.zeros(0, np.float32)
    state = _from_meta(meta, name, weights={}, optimizer={}, train_losses=nothing, test_losses=nothing)
    problem = _find_problem_in_counts(state)
    if problem:
        raise BadFile(f"{name} is damaged: {problem}.")
    last = meta.get("last")
    if not isinstance(last, dict) or not all(v is None or type(v) is float for v in last.values()):
        raise BadFile(f"{name} is damaged: its last losses cannot be read.")
    config = state.config
    return {
        "file": str(path),
        "bytes": Path(path).stat().st_size,
        "preset": config.preset,
        "data": config.data,
        "network": list(config.network.sizes),
        "parameters": config.network.parameters,
        "config": config.to_json(),
        "seed": config.seed,
        "device": config.device,
        "threads": config.threads,
        "step": state.step,
        "epoch": state.epoch + (state.position / state.n_train if state.n_train else 0.0),
        "seconds": state.seconds,
        "train_loss": last.get("train_loss"),
        "test_loss": last.get("test_loss"),
        "test_sse": last.get("test_sse"),
        "edits": [{"step": edit.step, "text": edit.text} for edit in state.edits],
        "ended": state.ended,
        "n_train": state.n_train,
        "data_fingerprint": state.data_fingerprint,
        "torch_version": state.torch_version,
    }


# --- the part that is not tensors -------------------------------------------------------------------------


def _to_meta(state: RunState) -> dict[str, Any]:
    """Everything but the tensors as JSON values; each edit holds only what it changed."""
    edits = []
    before = state.initial_config.to_json()
    for edit in state.edits:
        after = edit.config.to_json()
        edits.append({"step": int(edit.step), "text": edit.text, "changed": _difference(before, after)})
        before = after
    last_test = state.test_losses[-1] if len(state.test_losses) else None
    return {
        "config": state.config.to_json(),
        "initial_config": state.initial_config.to_json(),
        "step": int(state.step),
        "epoch": int(state.epoch),
        "position": int(state.position),
        "edits": edits,
        "data_fingerprint": state.data_fingerprint,
        "n_train": int(state.n_train),
        "ended": state.ended,
        "torch_version": state.torch_version,
        "seconds": float(state.seconds),
        "view": state.view,
        "last": {
            "train_loss": float(state.train_losses[-1]) if len(state.train_losses) else None,
            "test_loss": None if last_test is None else float(last_test[1]),
            "test_sse": None if last_test is None else float(last_test[2]),
        },
    }


def _from_meta(
    meta: dict[str, Any],
    name: str,
    *,
    weights: dict[str, np.ndarray],
    optimizer: dict[str, np.ndarray],
    train_losses: np.ndarray,
    test_losses: np.ndarray,
) -> RunState:
    """The inverse of _to_meta, of right types but with unchecked relations. Raises BadFile."""

    def take(key: str, kind: type) -> Any:
        value = meta.get(key)
        wrong = type(value) is not kind  # a bool is no int here
        if wrong or (isinstance(value, str) and len(value) > MAX_TEXT):
            raise BadFile(f"{name} is damaged: its entry {key} is missing or not valid.")
        return value

    initial = take("initial_config", dict)
    edits = []
    before = initial
    for edit in take("edits", list):
        if not (isinstance(edit, dict) and edit.keys() == {"step", "text", "changed"}):
            raise BadFile(f"{name} is damaged: its list of changes cannot be read.")
        step, text, changed = edit["step"], edit["text"], edit["changed"]
        if type(step) is not int or not isinstance(text, str) or not isinstance(changed, dict):
            raise BadFile(f"{name} is damaged: its list of changes cannot be read.")
        before = _merge(before, changed)
        edits.append(EditRecord(step=step, config=_config(before, name), text=text[:MAX_TEXT]))
    return RunState(
        config=_config(take("config", dict), name),
        initial_config=_config(initial, name),
        step=take("step", int),
        epoch=take("epoch", int),
        position=take("position", int),
        weights=weights,
        optimizer=optimizer,
        train_losses=train_losses,
        test_losses=test_losses,
        edits=tuple(edits),
        data_fingerprint=take("data_fingerprint", str),
        n_train=take("n_train", int),
        ended=take("ended", str),
        torch_version=take("torch_version", str),
        seconds=take("seconds", float),
        view=take("view", dict),
    )


def _config(value: dict[str, Any], name: str) -> RunConfig:
    """A checked config. Raises BadFile."""
    network = value.get("network")
    widths = network.get("encoder_widths") if isinstance(network, dict) else None
    try:
        if not isinstance(widths, list) or not isinstance(value.get("training"), dict):
            raise TypeError
        config = RunConfig.from_json(value)
    except ValueError as error:
        reason = str(error)
        reason = reason if len(reason) <= 80 and reason.isprintable() else "a value is out of range"
        raise BadFile(f"{name} is damaged: its settings are not valid ({reason}).") from None
    except (TypeError, KeyError, AttributeError, OverflowError):
        raise BadFile(f"{name} is damaged: its settings cannot be understood.") from None
    texts = (config.data, config.preset)
    if not all(isinstance(text, str) and len(text) <= MAX_TEXT for text in texts):
        raise BadFile(f"{name} is damaged: its settings cannot be understood.")
    return config


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The entries of `after` that are not so in `before`, nested dicts entry by entry."""
    changed = {}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            if inner := _difference(old, value):
                changed[key] = inner
        elif value != old or type(value) is not type(old):
            changed[key] = value
    return changed


def _merge(before: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """The inverse of _difference: `before` with `changed` put into it, neither of them touched."""
    merged = dict(before)
    for key, value in changed.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return merged


# --- what must hold ---------------------------------------------------------------------------------------


def weight_shapes(network: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every parameter: "encoder.0.weight": (128, 784), "encoder.0.bias": (128,), ..."""
    sizes = network.sizes
    depth = len(network.encoder_sizes) - 1
    shapes: dict[str, tuple[int, ...]] = {}
    for i, (inputs, outputs) in enumerate(pairwise(sizes)):
        layer = f"encoder.{i}" if i < depth else f"decoder.{i - depth}"
        shapes[f"{layer}.weight"] = (outputs, inputs)
        shapes[f"{layer}.bias"] = (outputs,)
    return shapes


def optimizer_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of all the optimiser keeps: "encoder.0.weight.exp_avg": (128, 784), "step": (1,)."""
    optimizer = config.training.optimizer
    shapes = {
        f"{name}.{moment}": shape
        for name, shape in weight_shapes(config.network).items()
        for moment in MOMENTS[optimizer]
    }
    return shapes if optimizer == "sgd" else {**shapes, "step": (1,)}


def find_problem(state: RunState) -> str:
    """What is wrong with a state, as the second half of a sentence; empty when it can be continued."""
    problem = _find_problem_in_counts(state)
    if problem:
        return problem
    shapes = weight_shapes(state.config.network)
    if {name: value.shape for name, value in state.weights.items()} != shapes:
        return "its weights do not fit its network"
    if any(value.dtype != np.float32 for value in state.weights.values()):
        return "its weights are not numbers of single precision"
    if not _all_finite(state.weights.values()):
        return "its weights are not all finite"
    if state.optimizer:
        expected = optimizer_shapes(state.config)
        if {name: value.shape for name, value in state.optimizer.items()} != expected:
            return "the state of its optimiser does not fit its network"
        if any(value.dtype != np.float32 for value in state.optimizer.values()):
            return "the state of its optimiser is not in single precision"
        if not _all_finite(state.optimizer.values()):
            return "the state of its optimiser is not finite"
        positive = (
            value for name, value in state.optimizer.items() if name.endswith("_sq") or name == "step"
        )
        if any(np.any(value < 0) for value in positive):
            return "the state of its optimiser is not possible"
    train, test = state.train_losses, state.test_losses
    if train.dtype != np.float32 or train.shape != (state.step,):
        return "its loss history does not have one value for each step"
    if test.dtype != np.float64 or test.ndim != 2 or test.shape[1] != 3:
        return "its test losses are not a table of three columns"
    if not _all_finite((train, test)):
        return "its loss history is not finite"
    if len(test) and (test[0, 0] < 0 or test[-1, 0] > state.step or np.any(np.diff(test[:, 0]) < 0)):
        return "its test losses do not belong to its steps"
    return ""


def _find_problem_in_counts(state: RunState) -> str:
    """The part of find_problem that needs no tensors."""
    counts = (state.step, state.epoch, state.position, state.n_train)
    if not all(0 <= count <= MAX_STEP for count in counts):
        return "one of its counts is out of range"
    if state.position > state.n_train:
        return "its position lies beyond its training samples"
    if not (math.isfinite(state.seconds) and state.seconds >= 0):
        return "its training time is not possible"
    if state.ended not in END_REASONS:
        return "it does not say how the run ended"
    previous = 0
    for edit in state.edits:
        if not previous <= edit.step <= state.step:
            return "its list of changes does not belong to its steps"
        previous = edit.step
    return ""


def _all_finite(arrays: Iterable[np.ndarray]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)
