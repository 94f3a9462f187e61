"""Workers answer the newest question, keep what is raised, and end."""

from __future__ import annotations

import threading

import pytest

from fcae_gui.session.background import Background
from fcae_gui.session.latest import LatestWorker
from fcae_gui.session.runner import wait_until


def test_of_many_questions_the_newest_is_answered() -> None:
    gate, started = threading.Event(), threading.Event()
    asked = []

    def answer(question: int) -> int:
        asked.append(question)
        started.set()
        gate.wait(10)
        return question * 10

    worker: LatestWorker[int, int] = LatestWorker("test", answer)
    worker.ask(1)
    assert started.wait(10)
    for question in range(2, 50):
        worker.ask(question)
    gate.set()
    assert wait_until(lambda: worker.idle, 10)
    assert asked == [1, 49]
    assert worker.take() == 490
    assert worker.take() is None
    assert worker.close()


def test_what_the_work_raises_reaches_whoever_takes_the_answer() -> None:
    def fail(_question: int) -> int:
        raise ValueError("no such neighbour")

    worker: LatestWorker[int, int] = LatestWorker("test", fail)
    worker.ask(1)
    assert wait_until(lambda: worker.idle, 10)
    with pytest.raises(ValueError, match="no such neighbour"):
        worker.take()
    assert worker.close()


def test_a_worker_that_was_never_asked_ends_at_once() -> None:
    assert LatestWorker("test", str).close()


def test_background_work_tells_its_end_only_when_polled() -> None:
    background = Background()
    told: list[object] = []
    background.submit("ok", lambda: 42, told.append, lambda error, details: told.append(error))
    background.submit("bad", lambda: 1 / 0, told.append, lambda error, details: told.append(details))
    assert background.join(10)
    assert told == []
    background.poll()
    assert 42 in told
    assert any("ZeroDivisionError" in str(item) for item in told)
    assert not background.busy
