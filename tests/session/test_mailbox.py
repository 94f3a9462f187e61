"""Nothing that happened is lost, and of what is to be seen only the newest is kept."""

from __future__ import annotations

import threading

import numpy as np

from fcae_gui.engine.events import Codes, Observation, Outputs, StateChanged
from fcae_gui.session.mailbox import Mailbox


def seen(step: int, generation: int = 1, *, codes: bool = False, outputs: bool = False) -> Observation:
    return Observation(
        generation=generation, step=step, epoch=0.0, images_per_s=0.0, learning_rate=0.1, seconds_left=None,
        codes=Codes(generation=generation, watch_id=1, step=step, points=np.zeros((1, 2))) if codes else None,
        outputs=Outputs(generation=generation, watch_id=1, step=step, images=np.zeros((1, 4)))
        if outputs
        else None,
    )  # fmt: skip


def test_the_newest_observation_wins_and_inherits_what_only_the_older_one_carried() -> None:
    box = Mailbox()
    box.post(seen(1, codes=True))
    box.post(seen(2, outputs=True))
    _facts, newest = box.take()
    assert newest is not None and newest.step == 2
    assert newest.codes is not None and newest.codes.step == 1
    assert newest.outputs is not None and newest.outputs.step == 2
    assert box.take() == ([], None)


def test_nothing_is_inherited_from_another_generation() -> None:
    box = Mailbox()
    box.post(seen(90, generation=1, codes=True))
    box.post(seen(0, generation=2))
    newest = box.take()[1]
    assert newest is not None and newest.codes is None


def test_facts_keep_their_order_and_none_is_lost_under_a_flood() -> None:
    box = Mailbox()
    taken: list[str] = []
    done = threading.Event()

    def flood() -> None:
        for i in range(3000):
            box.post(StateChanged(state="running" if i % 2 else "paused"))
            box.post(seen(i))
        done.set()

    thread = threading.Thread(target=flood)
    thread.start()
    while not done.is_set():
        taken += [fact.state for fact in box.take()[0]]
    thread.join()
    taken += [fact.state for fact in box.take()[0]]
    assert taken == ["paused", "running"] * 1500
