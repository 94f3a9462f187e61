"""Pins in the real window: keys, mouse, undo, and pictures that are what the decoder makes of the place."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode
from fcae_gui.session.pins import PinPictures
from fcae_gui.wires.pins import PinsWires

WAIT = 30_000


def _wires(window) -> PinsWires:  # type: ignore[no-untyped-def]
    return next(one for one in window._wires if isinstance(one, PinsWires))


def _explore(window) -> PinsWires:  # type: ignore[no-untyped-def]
    """The Explore workspace with the pins on top."""
    window.show_workspace("explore")
    window.docks["pins"].raise_()
    return _wires(window)


def _numbers(wires: PinsWires) -> list[int]:
    return [pin.number for pin in wires.pins.pins]


def _press(window, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:  # type: ignore[no-untyped-def]
    window.activateWindow()
    QTest.keyClick(window.latent.cloud, key, modifier)


def test_p_pins_the_place_under_the_cursor_and_shift_p_takes_the_last_one_away(open_window, qtbot) -> None:
    window = open_window()
    wires = _explore(window)
    cloud = window.latent.cloud
    cloud.setFocus()
    for offset in (QPoint(0, 0), QPoint(60, 30)):
        QTest.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=cloud.rect().center() + offset)
        _press(window, Qt.Key.Key_P)
    assert _numbers(wires) == [1, 2]
    assert wires.layer.pins[1][1:] == pytest.approx(window.latent.cursor(), abs=1e-5)
    assert wires.panel.table.numbers == (1, 2)
    _press(window, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert _numbers(wires) == [1]


def test_every_gesture_with_pins_is_one_step_of_undo(open_window, qtbot) -> None:
    window = open_window()
    wires, act = _explore(window), window.actions_by_id
    for x in (0.0, 0.5, 1.0):
        window.session.view.move_cursor(x, 0.0)
        act["pins_pin"].trigger()
    act["pins_remove_last"].trigger()
    act["pins_clear"].trigger()
    seen = [_numbers(wires)]
    for _ in range(5):
        act["undo"].trigger()
        seen.append(_numbers(wires))
    assert seen == [[], [1, 2], [1, 2, 3], [1, 2], [1], []]
    act["redo"].trigger()
    assert _numbers(wires) == [1]


def test_a_pin_keeps_decoding_while_the_model_learns_and_shows_its_past(open_window, qtbot) -> None:
    window = open_window()
    wires, session = _explore(window), window.session
    session.view.move_cursor(0.4, -0.3)
    window.actions_by_id["pins_pin"].trigger()
    told: list[PinPictures] = []
    wires.pins.pictures_changed.connect(told.append)
    for more, step in ((4, 4), (8, 12), (28, 40)):  # a run of 40 can be over before a second frame is due
        session.run_steps(more)
        qtbot.waitUntil(lambda: session.state == "paused" and session.view.is_at(step), timeout=WAIT)  # noqa: B023
    qtbot.waitUntil(lambda: bool(told) and told[-1].step == 40, timeout=WAIT)
    last = told[-1]
    z = np.array([[0.4, -0.3]], np.float32)
    np.testing.assert_allclose(last.live[0], decode(session.view.weights, z)[0], atol=1e-6)
    assert last.steps[0] == 0 and {4, 12} <= set(last.steps) and list(last.steps) == sorted(set(last.steps))
    assert last.frames.shape == (1, len(last.steps), 64)
    # The place looked different then: the past is not the present repeated.
    assert np.abs(last.frames[0, 0] - last.live[0]).max() > 0.05
    assert wires.panel.table.now(1) is not None
    assert len(wires.panel.table.film(1)) == len(last.steps)


def test_a_pin_made_late_has_a_past_too(open_window, qtbot) -> None:
    window = open_window()
    wires, session = _explore(window), window.session
    session.run_steps(30)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.is_at(30), timeout=WAIT)
    with qtbot.waitSignal(wires.pins.pictures_changed, timeout=WAIT) as caught:
        window.actions_by_id["pins_pin"].trigger()
    assert caught.args[0].steps[0] == 0 and len(caught.args[0].steps) >= 2


def test_a_click_on_a_pin_brings_the_cursor_there_and_delete_removes_it(open_window, qtbot) -> None:
    window = open_window()
    wires, session = _explore(window), window.session
    for x in (0.0, 0.7):
        session.view.move_cursor(x, 0.1)
        window.actions_by_id["pins_pin"].trigger()
    table = wires.panel.table
    QTest.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.row_rect(1).center())
    assert wires.pins.chosen == 1
    assert window.latent.cursor() == pytest.approx((0.0, 0.1), abs=1e-5)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert wires.pins.chosen == 2
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert _numbers(wires) == [1]


@pytest.mark.parametrize("hidden", ["in Learn", "behind another tab"])
def test_nothing_is_decoded_for_pins_that_nobody_sees(open_window, qtbot, hidden: str) -> None:
    window = open_window()
    _explore(window)
    if hidden == "in Learn":
        window.show_workspace("learn")
    else:
        window.docks["path"].raise_()
    wires, session = _wires(window), window.session
    told: list[PinPictures] = []
    wires.pins.pictures_changed.connect(told.append)
    window.actions_by_id["pins_pin"].trigger()
    session.run_steps(20)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.is_at(20), timeout=WAIT)
    assert not told and len(wires.layer.pins) == 1


def test_pins_survive_other_data_and_other_networks(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires, session = _explore(window), window.session
    window.actions_by_id["pins_pin"].trigger()
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 3})
    qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=WAIT)
    assert _numbers(wires) == []  # asleep: it is a place of another code
    with qtbot.waitSignal(wires.pins.pictures_changed, timeout=WAIT):
        window.actions_by_id["pins_pin"].trigger()
    assert _numbers(wires) == [2]
    session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.config.network.input_size == 784, timeout=60_000)
    with qtbot.waitSignal(
        wires.pins.pictures_changed, timeout=WAIT, check_params_cb=lambda made: made.live.shape[1] == 784
    ):
        pass
    assert wires.panel.table.now(2).width() == 28
    session.new_network({"code_size": 2})
    qtbot.waitUntil(lambda: _numbers(wires) == [1], timeout=WAIT)
    qtbot.waitUntil(lambda: session.dataset.complete, timeout=60_000)
