"""Which settings force which others: what must move along with an edit, and a sentence that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fcae_gui.engine.config import RunConfig

COSINE_TARGET_EPOCHS = 20  # what the `linear` preset asks for: long enough for the rate to settle
WARMUP_STEPS = 200  # under a second on two cores; a warm-up of 0 steps would do nothing

NEEDS_SIGMOID = "BCE needs a sigmoid output."
NEEDS_UNIT_RANGE = "BCE needs data between 0 and 1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An edit with everything that must move along: fields of NetworkConfig and TrainingConfig, and why."""

    network: dict[str, Any]
    training: dict[str, Any]
    note: str = ""


def bce_refusal(config: RunConfig, *, data_in_unit_range: bool, reason: str = "") -> str:
    """Why BCE cannot be chosen now, in one sentence; empty when it can."""
    if config.network.output_activation != "sigmoid":
        return NEEDS_SIGMOID
    if not data_in_unit_range:
        return reason or NEEDS_UNIT_RANGE
    return ""


def settle(config: RunConfig, network: Mapping[str, Any], training: Mapping[str, Any]) -> Settled:
    """Complete an edit of `config` so that it can be applied at once, live, without contradiction."""
    net, train = dict(network), dict(training)
    notes: list[str] = []

    output = net.get("output_activation", config.network.output_activation)
    if output != "sigmoid" and train.get("loss", config.training.loss) == "bce":
        if "output_activation" in net:
            train["loss"] = "mse"
            notes.append("The loss is now MSE: BCE needs a sigmoid output.")
        else:
            net["output_activation"] = "sigmoid"
            notes.append("The output is now sigmoid: BCE needs it.")

    schedule = train.get("schedule", config.training.schedule)
    epochs = train.get("epochs", config.training.epochs)
    if schedule == "cosine" and epochs is None:
        if train.get("schedule") == "cosine":
            train["epochs"] = COSINE_TARGET_EPOCHS
            notes.append(f"Cosine needs a target: it is now {COSINE_TARGET_EPOCHS} epochs.")
        else:
            train["schedule"] = "constant"
            notes.append("The schedule is now constant: cosine needs a target.")
    if train.get("schedule") == "warmup" and not train.get("warmup_steps", config.training.warmup_steps):
        train["warmup_steps"] = WARMUP_STEPS
        notes.append(f"The warm-up is now {WARMUP_STEPS} steps.")
    return Settled(network=net, training=train, note=" ".join(notes))


def apply_edit(config: RunConfig, network: Mapping[str, Any], training: Mapping[str, Any]) -> RunConfig:
    """`config` with both halves replaced in one go (one after the other can be invalid in between)."""
    return replace(
        config, network=replace(config.network, **network), training=replace(config.training, **training)
    )
