"""Zooming and panning the map can be taken back, one step per gesture."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui.wires.view_steps import ViewSteps

WAIT = 30_000


def _wheel(widget, notches: int) -> None:  # type: ignore[no-untyped-def]
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_turn_of_the_wheel_is_one_step_and_a_pan_another(open_window, qtbot) -> None:
    window = open_window()
    latent, history = window.latent, window.session.history
    assert latent.view_state() is None
    for _ in range(3):
        _wheel(latent.cloud, 1)
    qtbot.waitUntil(lambda: history.texts[0] == "view", timeout=WAIT)
    zoomed = latent.view_state()
    middle = latent.cloud.rect().center()
    QTest.mousePress(latent.cloud, Qt.MouseButton.RightButton, pos=middle)
    QTest.mouseMove(latent.cloud, middle + QPoint(40, 10))
    QTest.mouseRelease(latent.cloud, Qt.MouseButton.RightButton, pos=middle + QPoint(40, 10))
    panned = latent.view_state()
    assert panned != zoomed
    with qtbot.waitSignal(history.changed, timeout=WAIT):
        pass
    window.actions_by_id["undo"].trigger()
    assert latent.view_state() == zoomed
    window.actions_by_id["undo"].trigger()
    assert latent.view_state() is None
    window.actions_by_id["redo"].trigger()
    assert latent.view_state() == zoomed


def test_a_new_network_is_no_gesture(open_window, qtbot) -> None:
    window = open_window()
    _wheel(window.latent.cloud, 2)
    qtbot.waitUntil(lambda: window.session.history.texts[0] == "view", timeout=WAIT)
    with qtbot.waitSignal(window.session.generation_started, timeout=WAIT):
        window.session.new_network({"code_size": 3})
    qtbot.waitUntil(lambda: window.session.view.map_step >= 0, timeout=WAIT)
    steps = next(one for one in window._wires if isinstance(one, ViewSteps))
    assert not steps._timer.isActive(), "the new view is taken for a gesture"
    assert window.session.history.texts[0] == "view"
