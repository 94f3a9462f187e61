"""A job in its own process: what it says arrives, it can be ended at any moment, and nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fcae_gui import children, paths
from fcae_gui.session.job import Job, JobEvent, Jobs

CHILD = "tests.jobs.child"
ROOT = Path(__file__).resolve().parents[2]
CANCEL_S = 5.0  # it takes 1 ms; the work in hand would take minutes


@pytest.fixture(autouse=True)
def _child_finds_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is installed, its children know nothing of this folder."""
    known = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT), known))))


def folders() -> list[Path]:
    return list((paths.cache_dir() / "datasets").glob(".preparing-job_*"))


def children_left() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE and any(CHILD in part for part in child.cmdline())
    ]


def heard(job: Job, until: Callable[[JobEvent], bool], limit_s: float = 60.0) -> list[JobEvent]:
    """Everything told up to the first event that fits."""
    told: list[JobEvent] = []
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        for event in job.poll():
            told.append(event)
            if until(event):
                return told
        time.sleep(0.005)
    raise AssertionError(f"not told within {limit_s:.0f} s; told so far: {told}")


def last(event: JobEvent) -> bool:
    return event.last


@pytest.fixture
def started() -> Iterator[Callable[..., Job]]:
    jobs: list[Job] = []

    def start(name: str, arrays: object = None, params: dict[str, object] | None = None) -> Job:
        job = Job(name, arrays or {}, params, module=CHILD)  # type: ignore[arg-type]
        jobs.append(job)
        job.start()
        return job

    yield start
    for job in jobs:
        job.cancel()
        assert job.join(10)
    assert not children_left()
    assert not folders()


def test_arrays_and_values_come_back_as_they_went_and_parts_arrive_before_the_end(
    started: Callable[..., Job],
) -> None:
    x = np.arange(12, dtype=np.float32).reshape(3, 4)
    labels = np.array([3, 1, 2])
    told = heard(started("echo", {"x": x, "labels": labels}, {"size": 3, "names": ["a"]}), last)

    assert [event.kind for event in told] == ["progress", "partial", "done"]
    assert (told[0].fraction, told[0].text) == (0.5, "half of it")
    np.testing.assert_array_equal(told[1].arrays["x"], x * 2)
    np.testing.assert_array_equal(told[2].arrays["labels"], labels)
    assert told[2].arrays["x"].dtype == np.float32
    assert told[2].values["params"] == {"size": 3, "names": ["a"]}


def test_a_child_steps_back_and_takes_one_core(
    started: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FCAE_JOB_NICE")
    values = heard(started("echo"), last)[-1].values
    assert set(values["limits"].values()) == {"1"}
    if hasattr(os, "nice"):
        assert values["nice"] >= min(19, os.nice(0) + 10)


def test_arrays_can_be_made_off_the_callers_thread(started: Callable[..., Job]) -> None:
    def make() -> dict[str, np.ndarray]:
        return {"x": np.full((2, 2), 7.0)}

    assert heard(started("echo", make), last)[-1].arrays["x"].tolist() == [[7, 7], [7, 7]]


@pytest.mark.parametrize("name", ["busy", "learns"])
def test_cancel_answers_at_once_however_deep_the_child_is_in_its_work(
    started: Callable[..., Job], name: str
) -> None:
    job = started(name)
    heard(job, lambda event: event.text == "begun")
    assert children_left()

    begin = time.perf_counter()
    job.cancel()
    events = job.poll()
    assert time.perf_counter() - begin < CANCEL_S
    assert [event.kind for event in events] == ["cancelled"]
    assert job.join(10)
    assert not children_left()
    assert not folders()
    assert job.poll() == []


def test_a_job_cancelled_before_its_child_stands_never_starts_one(started: Callable[..., Job]) -> None:
    job = started("busy", {"x": np.zeros((2000, 784), np.uint8)})
    job.cancel()
    assert [event.kind for event in job.poll()] == ["cancelled"]
    assert job.join(10)
    assert not children_left()


@pytest.mark.skipif(os.name != "posix", reason="a fault is a signal here")
def test_a_crash_of_the_child_becomes_one_sentence(started: Callable[..., Job]) -> None:
    told = heard(started("crash"), last)[-1]
    assert told.kind == "failed"
    assert "ended unexpectedly" in told.message
    assert "\n" not in told.message
    assert "last words" in told.details


def test_a_job_that_knows_why_it_fails_says_it_in_its_own_words(started: Callable[..., Job]) -> None:
    told = heard(started("refuses"), last)[-1]
    assert (told.kind, told.message) == ("failed", "This needs at least two classes.")


def test_a_mistake_in_a_job_is_one_sentence_with_the_traceback_to_copy(started: Callable[..., Job]) -> None:
    told = heard(started("breaks"), last)[-1]
    assert told.kind == "failed"
    assert "Traceback" not in told.message
    assert "Traceback" in told.details


def test_an_array_that_cannot_be_made_is_told_like_any_failure(started: Callable[..., Job]) -> None:
    def make() -> dict[str, np.ndarray]:
        raise ValueError("the codes are gone")

    told = heard(started("echo", make), last)[-1]
    assert (told.kind, told.message) == ("failed", "This could not be computed: the codes are gone")


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_child_ends_with_its_parent_and_removes_its_folder(tmp_path: Path) -> None:
    code = (
        "import sys, time, numpy as np\n"
        "from fcae_gui.session.job import Job\n"
        f"job = Job('busy', {{}}, module={CHILD!r}); job.start()\n"
        "while not job.poll(): time.sleep(0.01)\n"
        "print('begun', flush=True); time.sleep(600)\n"
    )
    environment = {**children.environment(), paths.CACHE_DIR_VARIABLE: str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"begun\n"
    busy = [child for child in psutil.Process(parent.pid).children() if CHILD in child.cmdline()]
    assert len(busy) == 1
    parent.kill()
    parent.wait()
    _gone, alive = psutil.wait_procs(busy, timeout=10)
    assert not alive
    assert not list(tmp_path.rglob(".preparing-job_*"))


def test_closing_the_window_while_a_job_computes_is_clean(qtbot, open_window) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    jobs = Jobs(window.session)
    events: list[JobEvent] = []
    jobs.start("busy", {}, {}, events.append, module=CHILD)
    qtbot.waitUntil(lambda: bool(events), timeout=30_000)

    window.session.mark_kept()
    window.close()
    assert window.closed_clean
    assert not children_left()
    assert not folders()


def test_jobs_tell_their_events_with_the_frames_and_every_end_once(qtbot, open_window) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    jobs = Jobs(window.session)
    one: list[JobEvent] = []
    other: list[JobEvent] = []
    jobs.start("echo", {"x": np.ones(3)}, {}, one.append, module=CHILD)
    job = jobs.start("busy", {}, {}, other.append, module=CHILD)
    qtbot.waitUntil(lambda: bool(other) and any(event.last for event in one), timeout=30_000)
    job.cancel()
    qtbot.waitUntil(lambda: not jobs.busy, timeout=30_000)
    assert [event.kind for event in one] == ["progress", "partial", "done"]
    assert other[-1].kind == "cancelled"
    assert sum(event.last for event in other) == 1
