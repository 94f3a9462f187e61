"""The logarithmic slider: equal factors, exact entry, live while dragging, one commit per gesture."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui.widgets.log_slider import KEY_STEP, TICKS_PER_DECADE, LogSlider


@pytest.fixture
def slider(qtbot: QtBot) -> LogSlider:
    made = LogSlider("rate", 1e-5, 1.0, title="Rate")
    qtbot.addWidget(made)
    made.resize(300, 30)
    made.show()
    qtbot.waitExposed(made)
    made.set_value(1e-3)
    return made


def test_equal_ways_are_equal_factors(slider: LogSlider) -> None:
    assert slider.slider.maximum() == 5 * TICKS_PER_DECADE
    for power in range(6):
        slider.set_value(10.0 ** (power - 5))
        assert slider.slider.value() == power * TICKS_PER_DECADE


def test_set_value_tells_nobody_and_keeps_the_exact_number(slider: LogSlider) -> None:
    edited, committed = QSignalSpy(slider.edited), QSignalSpy(slider.committed)
    slider.set_value(0.00123456)
    assert slider.value() == 0.00123456
    assert slider.number.text() == "0.0012346"
    assert edited.count() == committed.count() == 0


def test_a_drag_tells_on_the_way_and_commits_once_at_the_end(slider: LogSlider, qtbot: QtBot) -> None:
    edited, committed = QSignalSpy(slider.edited), QSignalSpy(slider.committed)
    slider.slider.setSliderDown(True)
    for tick in range(130, 200):
        slider.slider.setSliderPosition(tick)
    assert 1 <= edited.count() < 70  # at most one a frame
    assert committed.count() == 0
    qtbot.waitUntil(lambda: edited.at(edited.count() - 1)[1] == slider.value())  # the last one, still held
    slider.slider.setSliderDown(False)
    assert committed.count() == 1
    assert committed.at(0) == ["rate", slider.value()]


def test_a_key_changes_by_one_factor_and_commits(slider: LogSlider, qtbot: QtBot) -> None:
    slider.slider.setFocus()
    with qtbot.waitSignals([slider.edited, slider.committed]):
        qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.value() == pytest.approx(1e-3 * 10 ** (KEY_STEP / TICKS_PER_DECADE), rel=0.05)


def wheel(widget: LogSlider, notches: int) -> QWheelEvent:
    where = QPointF(widget.slider.rect().center())
    event = QWheelEvent(
        where,
        widget.slider.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget.slider, event)
    return event


def test_the_wheel_turns_only_a_focused_slider(slider: LogSlider) -> None:
    slider.number.setFocus()
    wheel(slider, 1)
    assert slider.value() == 1e-3
    slider.slider.setFocus()
    wheel(slider, 1)
    assert slider.value() > 1e-3


@pytest.mark.parametrize(
    ("typed", "value"), [("0.00037", 0.00037), ("3e-4", 3e-4), ("0,005", 0.005), ("7", 7.0)]
)
def test_the_exact_field_takes_any_number_also_beyond_the_slider(
    slider: LogSlider, qtbot: QtBot, typed: str, value: float
) -> None:
    committed = QSignalSpy(slider.committed)
    slider.number.setFocus()
    slider.number.selectAll()
    qtbot.keyClicks(slider.number, typed)
    assert committed.count() == 0
    qtbot.keyClick(slider.number, Qt.Key.Key_Return)
    assert slider.value() == value
    assert committed.count() == 1


@pytest.mark.parametrize("typed", ["0", "-1", "abc", "nan", "1e9", ""])
def test_nonsense_in_the_exact_field_is_refused_and_the_old_number_comes_back(
    slider: LogSlider, qtbot: QtBot, typed: str
) -> None:
    edited = QSignalSpy(slider.edited)
    slider.number.setFocus()
    slider.number.selectAll()
    qtbot.keyClick(slider.number, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(slider.refused) as refused:
        qtbot.keyClicks(slider.number, typed)
        qtbot.keyClick(slider.number, Qt.Key.Key_Return)
    assert refused.args[0] == "rate"
    assert refused.args[1].startswith("Rate must be")
    assert slider.number.text() == "0.001"
    assert edited.count() == 0


def test_an_echo_does_not_fight_the_hand_on_the_slider(slider: LogSlider) -> None:
    slider.slider.setSliderDown(True)
    slider.slider.setSliderPosition(200)
    held = slider.value()
    slider.set_value(1e-4)
    assert slider.value() == held
    slider.slider.setSliderDown(False)
