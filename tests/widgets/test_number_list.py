"""The list of whole numbers: text and spin boxes say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from fcae_gui.widgets.number_list import MOST_SPINS, NumberList, parse_whole_numbers


@given(
    st.lists(st.integers(1, 16384), max_size=32),
    st.sampled_from([", ", ",", " ", "-", " - ", "; ", "x", " → "]),
)
def test_any_list_survives_being_written(numbers: list[int], joint: str) -> None:
    text = joint.join(str(number) for number in numbers)
    assert parse_whole_numbers(text, low=1, high=16384, at_most=32) == tuple(numbers)


@given(st.text(max_size=30))
def test_any_text_is_a_list_or_one_sentence(text: str) -> None:
    try:
        found = parse_whole_numbers(text, low=1, high=100, at_most=4)
    except ValueError as problem:
        assert str(problem).endswith(".")
    else:
        assert len(found) <= 4
        assert all(1 <= number <= 100 for number in found)


@pytest.fixture
def numbers(qtbot: QtBot) -> NumberList:
    made = NumberList("widths", 1, 16384, 32, title="Widths", item_name="layer")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.set_value((128, 32))
    return made


def retype(qtbot: QtBot, numbers: NumberList, text: str) -> None:
    numbers.text_field.setFocus()
    numbers.text_field.selectAll()
    qtbot.keyClick(numbers.text_field, Qt.Key.Key_Delete)
    qtbot.keyClicks(numbers.text_field, text)


def test_set_value_fills_text_and_spin_boxes_and_tells_nobody(numbers: NumberList) -> None:
    edited = QSignalSpy(numbers.edited)
    numbers.set_value((500, 250, 30))
    assert numbers.text_field.text() == "500, 250, 30"
    assert [spin.value() for spin in numbers.spins()] == [500, 250, 30]
    assert [spin.isVisible() for spin in numbers.spins()] == [True] * 3
    assert edited.count() == 0


def test_typing_moves_the_spin_boxes(numbers: NumberList, qtbot: QtBot) -> None:
    retype(qtbot, numbers, "64, 16, 8")
    assert numbers.value() == (64, 16, 8)
    assert [spin.value() for spin in numbers.spins()] == [64, 16, 8]


def test_a_spin_box_moves_the_text(numbers: NumberList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(numbers.edited) as edited:
        numbers.spins()[1].stepUp()
    assert edited.args == ["widths", numbers.value()]
    assert numbers.value()[0] == 128
    assert numbers.value()[1] > 32
    assert numbers.text_field.text() == ", ".join(str(n) for n in numbers.value())


def test_layers_are_added_and_removed_at_the_end(numbers: NumberList, qtbot: QtBot) -> None:
    qtbot.mouseClick(numbers.add_button, Qt.MouseButton.LeftButton)
    assert numbers.value() == (128, 32, 16)
    for _ in range(3):
        qtbot.mouseClick(numbers.remove_button, Qt.MouseButton.LeftButton)
    assert numbers.value() == ()
    assert not numbers.remove_button.isEnabled()
    qtbot.mouseClick(numbers.add_button, Qt.MouseButton.LeftButton)
    assert numbers.value() == (128,)


def test_a_wrong_text_is_refused_with_a_sentence_and_keeps_the_list(
    numbers: NumberList, qtbot: QtBot
) -> None:
    refused = QSignalSpy(numbers.refused)
    retype(qtbot, numbers, "12, abc")
    assert numbers.value() == (12,)
    assert "abc" in numbers.problem()
    assert refused.at(refused.count() - 1) == ["widths", numbers.problem()]
    retype(qtbot, numbers, "12")
    assert numbers.problem() == ""


def test_a_long_list_is_edited_as_text_only(numbers: NumberList) -> None:
    numbers.set_value(tuple(range(100, 100 + MOST_SPINS + 1)))
    assert list(numbers.spins()) == []
    numbers.set_value((5,))
    assert [spin.value() for spin in numbers.spins()] == [5]
