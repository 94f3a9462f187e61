"""Claim 2: the bottleneck need not be 2, nor the depth 1; the code changes its size while it learns."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

WAIT = 30_000


def _outputs(window):  # type: ignore[no-untyped-def]
    grid = window.reconstructions.grid
    return np.stack([grid.pair(i)[1] for i in range(grid.count)])


def test_the_dial_widens_the_code_without_a_restart_and_without_changing_an_output(
    open_window, qtbot
) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, dial = window.session, window.network.dial
    window.actions_by_id["epoch"].trigger()  # 1
    qtbot.waitUntil(lambda: session.step > 0 and session.shows_newest, timeout=WAIT)
    step, before = session.step, _outputs(window)
    losses = session.trained_steps()
    dial.slider.setFocus()

    QTest.keyClick(dial.slider, Qt.Key.Key_Right)  # 2
    qtbot.waitUntil(lambda: _size(window) == 3 and session.shows_newest, timeout=WAIT)
    qtbot.waitUntil(lambda: window.loss.plot._frame.marks != [], timeout=WAIT)
    assert np.abs(_outputs(window) - before).max() <= 1e-5
    assert session.step == step and session.trained_steps() == losses
    assert session.view.weights.network.code_size == 3 and session.view.codes.shape[1] == 3
    assert window.network.hourglass.sizes() == (64, 128, 32, 3)
    assert dial.number.text() == "3" and dial.slider.value() == 3
    at, text = window.loss.plot._frame.marks[-1]
    assert at == step and text.startswith("code 2 -> 3: no output changed")

    window.actions_by_id["epoch"].trigger()  # 3: it goes on from here
    qtbot.waitUntil(lambda: session.step == 2 * step and session.shows_newest, timeout=WAIT)
    assert session.trained_steps() == 2 * step
    window.actions_by_id["undo"].trigger()  # 4
    qtbot.waitUntil(
        lambda: _size(window) == 2 and session.step == step and session.shows_newest,
        timeout=WAIT,
    )
    assert np.array_equal(_outputs(window), before)
    window.actions_by_id["redo"].trigger()  # 5
    qtbot.waitUntil(
        lambda: _size(window) == 3 and session.step == 2 * step and session.shows_newest,
        timeout=WAIT,
    )
    # The run that came back brings its seam with it.
    assert [text for _, text in window.loss.plot._frame.marks] == [text]


def test_a_dragged_dial_ends_where_it_is_let_go_and_is_one_step_to_undo(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(autostart=True)
    session, slider = window.session, window.network.dial.slider
    qtbot.waitUntil(lambda: session.trained_steps() > 20, timeout=WAIT)
    steps = session.trained_steps()
    slider.setSliderDown(True)
    for size in (3, 5, 9, 14, 20, 26, 32):
        slider.setSliderPosition(size)
        with qtbot.waitSignal(session.frame_passed, timeout=WAIT):
            pass
    slider.setSliderDown(False)
    qtbot.waitUntil(
        lambda: session.view.codes is not None and session.view.codes.shape[1] == 32, timeout=WAIT
    )
    assert session.state == "running" and session.trained_steps() > steps
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: session.view.codes is not None and session.view.codes.shape[1] == 2, timeout=WAIT)
    marks = [text for _, text in window.loss.plot._frame.marks if text.startswith("code ")]
    assert marks[-1].startswith("code 32 -> 2: 30 principal directions held at the mean, moments rotated")
    session.history.undo()
    qtbot.waitUntil(lambda: _size(window) == 32, timeout=WAIT)
    session.history.undo()
    qtbot.waitUntil(lambda: _size(window) == 2, timeout=WAIT)


def test_layers_are_added_and_removed_on_the_drawing(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    hourglass = window.network.hourglass
    menu = hourglass.menu_for(2)
    {action.text(): action for action in menu.actions()}["Add a layer after it"].trigger()  # 1
    assert hourglass.sizes() == (64, 128, 32, 8, 2)
    menu = hourglass.menu_for(1)
    {action.text(): action for action in menu.actions()}["Remove this layer"].trigger()  # 2
    assert hourglass.sizes() == (64, 32, 8, 2)
    window.network.setFocus()
    window.network.apply()  # 3
    qtbot.waitUntil(
        lambda: session_sizes(window) == (64, 32, 8, 2, 8, 32, 64) and window.session.view.codes is not None,
        timeout=WAIT,
    )


def _size(window):  # type: ignore[no-untyped-def]
    """The code size of the network that stands there, as last seen; 0 between two networks."""
    weights = window.session.view.weights
    return weights.network.code_size if weights is not None else 0


def session_sizes(window):  # type: ignore[no-untyped-def]
    weights = window.session.view.weights
    return weights.network.sizes if weights is not None else ()
