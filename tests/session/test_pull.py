"""Pulling longer codes: the painted pixels are reached, and the code stays where the data are."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.engine.decoder import decode
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.pull import Held, Pull

WAIT = 30_000


def test_few_painted_pixels_outweigh_the_many_and_many_count_less_each() -> None:
    base = np.full(784, 0.2, np.float32)
    marks = np.zeros(784, np.int8)
    marks[:3], marks[3:5] = 1, -1
    held = Held(home=np.zeros(2), base=base, marks=marks)
    assert held.target[:6].tolist() == pytest.approx([1, 1, 1, 0, 0, 0.2])
    assert held.importance[10] == 1.0 < held.importance[0]
    many = Held(home=np.zeros(2), base=base, marks=np.ones(784, np.int8))
    assert 1.0 < many.importance[0] < held.importance[0]


@pytest.fixture
def learned(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A window whose code has eight numbers and has learned for a while, and a Pull of its own."""
    window = open_window()
    session = window.session
    session.new_network({"code_size": 8})
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        pass
    session.run_steps(55)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.map_step == 55, timeout=WAIT)
    pull = Pull(session)
    pull.set_active(True)
    session.view.move_to_code(session.view.codes[0])
    return window, pull


def test_a_long_code_reaches_the_pixels_and_stays_near_the_data(learned, qtbot) -> None:
    window, pull = learned
    session = window.session
    start = session.view.codes[0]
    image = decode(session.view.weights, start[None])[0]
    pixels = np.array([26, 27, 34, 35])
    wanted = 0.0 if image[pixels].mean() > 0.5 else 1.0
    done = []
    pull.pulled.connect(done.append)
    pull.brush(pixels, wanted)
    pull.lift()
    qtbot.waitUntil(lambda: pull._worker.idle and pull._goal is None and len(done) >= 2, timeout=WAIT)
    found = decode(session.view.weights, pull.z[None])[0]
    assert np.abs(found[pixels] - wanted).mean() < 0.8 * np.abs(image[pixels] - wanted).mean()
    assert done[-1].reached > 0.3
    spread = session.view.codes.std(axis=0)
    assert np.abs((pull.z - start) / spread).max() < 6.0
    assert np.allclose(session.view.cursor_code(), pull.z, atol=1e-5)
    session.history.undo()
    assert pull.held is None and np.allclose(session.view.cursor_code(), start, atol=1e-5)


def test_only_a_cursor_moved_by_somebody_else_lets_the_pixels_go(learned, qtbot) -> None:
    window, pull = learned
    view, passed = window.session.view, []
    pull.pulled.connect(passed.append)
    pull.brush(np.array([26, 27]), 1.0)
    first = passed[0].z
    pull.lift()
    qtbot.waitUntil(lambda: pull._worker.idle and pull._goal is None and len(passed) >= 2, timeout=WAIT)
    late = {"generation": view.weights.generation, "step": 55, "xy": (0.0, 0.0), "pixels": passed[0].pixels}
    view.decoded.emit(Decoded(z=first, **late))  # a large decoder's answer, frames late
    assert pull.held is not None
    view.move_to_code(view.codes[5] + 1.0)
    assert pull.held is None


def test_a_new_network_forgets_what_was_painted_and_undo_leaves_it_alone(learned, qtbot) -> None:
    window, pull = learned
    session = window.session
    pull.brush(np.array([26, 27]), 1.0)
    pull.lift()
    session.new_network({"code_size": 3})
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        pass
    assert pull.held is None
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    session.history.undo()
    assert pull.held is None
