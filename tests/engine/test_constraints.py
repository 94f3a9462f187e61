"""What a live edit drags along, and that every settled edit makes a config that can be built."""

from __future__ import annotations

from itertools import product

import pytest

from fcae_gui.engine.config import LOSSES, SCHEDULES, NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.constraints import COSINE_TARGET_EPOCHS, apply_edit, bce_refusal, settle


def run_config(network: dict | None = None, **training: object) -> RunConfig:
    return RunConfig(
        network=NetworkConfig(input_size=784, encoder_widths=(128, 32), code_size=2, **(network or {})),
        training=TrainingConfig(**training),
        data="strokes",
    )


def test_an_output_without_sigmoid_moves_the_loss_from_bce_to_mse_and_says_so() -> None:
    settled = settle(run_config(loss="bce"), {"output_activation": "none"}, {})
    assert settled.network == {"output_activation": "none"}
    assert settled.training == {"loss": "mse"}
    assert "MSE" in settled.note
    assert "sigmoid" in settled.note


def test_an_output_without_sigmoid_leaves_another_loss_alone() -> None:
    settled = settle(run_config(loss="l1"), {"output_activation": "none"}, {})
    assert settled.training == {}
    assert settled.note == ""


def test_cosine_on_an_open_ended_run_gets_a_target_and_says_so() -> None:
    settled = settle(run_config(), {}, {"schedule": "cosine"})
    assert settled.training == {"schedule": "cosine", "epochs": COSINE_TARGET_EPOCHS}
    assert str(COSINE_TARGET_EPOCHS) in settled.note


def test_cosine_keeps_a_target_that_is_there() -> None:
    settled = settle(run_config(epochs=7), {}, {"schedule": "cosine"})
    assert settled.training == {"schedule": "cosine"}
    assert settled.note == ""


def test_open_ended_play_moves_cosine_to_constant_and_says_so() -> None:
    settled = settle(run_config(epochs=7, schedule="cosine"), {}, {"epochs": None})
    assert settled.training == {"epochs": None, "schedule": "constant"}
    assert "constant" in settled.note


def test_a_chosen_warm_up_has_steps() -> None:
    assert settle(run_config(), {}, {"schedule": "warmup"}).training["warmup_steps"] > 0
    assert settle(run_config(warmup_steps=7), {}, {"schedule": "warmup"}).training == {"schedule": "warmup"}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_settled_edit_can_be_built(loss: str) -> None:
    starts = [
        run_config(loss=loss, schedule=schedule, epochs=epochs)
        for schedule, epochs in product(SCHEDULES, (None, 5))
        if not (schedule == "cosine" and epochs is None)
    ]
    for config in starts:
        for output, schedule, epochs, then in product(("sigmoid", "none"), SCHEDULES, (None, 3), LOSSES):
            for network, training in (
                ({"output_activation": output}, {}),
                ({}, {"schedule": schedule}),
                ({}, {"epochs": epochs}),
                ({}, {"loss": then}),
                ({"output_activation": output}, {"schedule": schedule, "epochs": epochs, "loss": then}),
            ):
                settled = settle(config, network, training)
                apply_edit(config, settled.network, settled.training)  # raises when contradictory


def test_bce_is_refused_with_the_reason_that_holds() -> None:
    assert bce_refusal(run_config(), data_in_unit_range=True) == ""
    assert "sigmoid" in bce_refusal(run_config({"output_activation": "none"}), data_in_unit_range=True)
    assert bce_refusal(run_config(), data_in_unit_range=False, reason="It reaches 17.") == "It reaches 17."
    assert "between 0 and 1" in bce_refusal(run_config(), data_in_unit_range=False)
