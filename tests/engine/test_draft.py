"""The draft: edits on their way, proposals, and that no order of answers shows a value nobody wants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.constraints import apply_edit
from fcae_gui.engine.draft import Draft


def run_config(network: dict | None = None, **training: object) -> RunConfig:
    shape = {"input_size": 784, "encoder_widths": (128, 32), "code_size": 2} | (network or {})
    return RunConfig(network=NetworkConfig(**shape), training=TrainingConfig(**training), data="mnist")


EDITS = st.sampled_from(
    [
        {"batch_size": 64},
        {"batch_size": 128},
        {"batch_size": 256},
        {"loss": "bce"},
        {"loss": "l1"},
        {"output_activation": "none"},
        {"output_activation": "sigmoid"},
        {"schedule": "cosine"},
        {"epochs": None},
        {"epochs": 5},
        {"activation": "tanh"},
    ]
)


@given(st.lists(EDITS, max_size=12))
def test_a_run_that_obeys_every_edit_ends_where_the_draft_is_and_answers_move_nothing(
    edits: list[dict],
) -> None:
    draft = Draft(run_config())
    answer, answers = run_config(), []
    for edit in edits:
        settled = draft.edit(edit)
        answer = apply_edit(answer, settled.network, settled.training)
        answers.append(answer)
    assert draft.config == answer
    for one in answers:
        draft.confirm(one)
    assert draft.config == answer


def test_an_old_value_in_an_answer_wins_and_so_does_somebody_else() -> None:
    draft = Draft(run_config())
    draft.edit({"batch_size": 512})
    draft.confirm(run_config())
    assert draft.config.training.batch_size == 256
    draft.edit({"batch_size": 512})
    draft.confirm(run_config(batch_size=7))
    assert draft.config.training.batch_size == 7


def test_refusing_goes_back_to_what_was_confirmed_and_keeps_the_proposal() -> None:
    draft = Draft(run_config())
    draft.edit({"activation": "tanh"})
    draft.propose({"code_size": 5})
    draft.refuse()
    assert draft.config == run_config()
    assert draft.proposal == {"code_size": 5}


def test_a_proposal_keeps_up_with_live_edits() -> None:
    draft = Draft(run_config())
    draft.propose({"code_size": 5})
    draft.edit({"activation": "tanh"})
    assert draft.proposed is not None
    assert (draft.proposed.code_size, draft.proposed.activation) == (5, "tanh")
    assert draft.config.network.code_size == 2


def test_a_proposal_of_the_standing_network_is_none() -> None:
    draft = Draft(run_config())
    draft.propose({"code_size": 5})
    draft.propose({"code_size": 2, "encoder_widths": (128, 32)})
    assert draft.proposal == {}
    assert draft.proposed is None
    assert draft.network == run_config().network


@pytest.mark.parametrize("other", [{"input_size": 64}, {"code_size": 5}, {"start": "pytorch"}])
def test_another_network_ends_a_proposal(other: dict) -> None:
    draft = Draft(run_config())
    draft.propose({"code_size": 5})
    draft.confirm(run_config(other))
    assert draft.proposal == {}


def test_a_proposal_that_is_no_network_says_why() -> None:
    draft = Draft(run_config())
    draft.propose({"encoder_widths": (16384, 16384, 16384)})
    assert draft.proposed is None
    assert draft.problem.startswith("The network would have")
    assert draft.network == run_config().network
