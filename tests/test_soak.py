"""Two hundred random things done to the window while it learns: nothing is raised, nothing stays behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fcae_gui import theme
from tests.hand import Hand

# What the platform without a screen says of every menu.
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support grabbing the (keyboard|mouse)", extend=True
)

WAIT = 60_000
FRAME_EVERY = 4  # acts between two frames that are waited for


def _soak(open_window: Any, qtbot: Any, tmp_path: Path, monkeypatch: Any, seed: int, acts: int) -> Hand:
    window = open_window(autostart=True)
    session = window.session
    session.edit({}, {"epochs": None, "schedule": "constant"})
    window.actions_by_id["workspace_explore"].trigger()
    hand = Hand(window, seed, tmp_path, monkeypatch)
    with qtbot.captureExceptions() as raised:
        for number in range(acts):
            hand.act()
            if number % FRAME_EVERY == 0:
                with qtbot.waitSignal(session.frame_passed, timeout=WAIT):
                    pass
            told = "\n".join(hand.did)
            assert not raised, f"act {number} of seed {seed} raised {raised[-1]}; before it:\n{told}"
            assert not hand.errors, f"act {number} of seed {seed}: {hand.errors[-1]}; before it:\n{told}"
    return hand


@pytest.fixture(autouse=True)
def _light_again(qapp: Any) -> Any:
    yield
    theme.apply(qapp, "light")


def test_two_hundred_random_acts_while_it_learns_raise_nothing(
    open_window, qtbot, tmp_path, monkeypatch
) -> None:
    hand = _soak(open_window, qtbot, tmp_path, monkeypatch, seed=4, acts=200)
    assert len(hand.counts) >= 10, "the hand did too few kinds of things"


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_random_acts_while_it_learns_raise_nothing(
    open_window, qtbot, tmp_path, monkeypatch, seed
) -> None:
    _soak(open_window, qtbot, tmp_path, monkeypatch, seed=seed, acts=2000)
