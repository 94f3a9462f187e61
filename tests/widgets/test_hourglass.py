"""The hourglass: heights to the scale it names, labels that never overlap, edges that can be dragged."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from fcae_gui.widgets.hourglass import Hourglass
from fcae_gui.widgets.hourglass_picture import MIN_BAR_PX, bars, label_order, mirrored

NETWORKS = [
    (784, 32),
    (784, 128, 32, 2),
    (784, 1000, 500, 250, 2),
    (5, 2),
    (1, 1),
    (784, *range(700, 60, -20), 3),
    (784, 16384, 1),
]


@given(st.lists(st.integers(1, 16384), min_size=2, max_size=34))
def test_heights_are_square_roots_and_both_sides_are_the_same(half: list[int]) -> None:
    made = bars(half, left=10, right=300, height=150)
    assert [bar.size for bar in made] == list(mirrored(half))
    assert [bar.half for bar in made] == [bar.half for bar in reversed(made)]
    for bar in made:
        assert bar.half * 2 == pytest.approx(max(MIN_BAR_PX, 150 * math.sqrt(bar.size / max(half))))
    assert made[0].x == 10
    assert made[-1].x == pytest.approx(300)
    assert [bar.layer for bar in made] == list(range(len(half))) + list(range(len(half) - 2, -1, -1))


def test_four_times_as_many_units_stand_twice_as_high() -> None:
    tall, low = bars((400, 100), left=0, right=100, height=200)[:2]
    assert tall.half == pytest.approx(2 * low.half)


def test_code_and_both_ends_are_labelled_first() -> None:
    assert label_order(7, 3)[:3] == [3, 0, 6]
    assert sorted(label_order(7, 3)) == list(range(7))


@pytest.fixture
def glass(qtbot: QtBot) -> Hourglass:
    made = Hourglass()
    qtbot.addWidget(made)
    made.resize(320, 200)
    made.set_sizes((784, 128, 32, 2))
    made.set_functions("leaky ReLU", "linear", "sigmoid")
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("half", NETWORKS)
@pytest.mark.parametrize("width", [200, 320, 900])
def test_every_network_can_be_drawn(glass: Hourglass, half: tuple[int, ...], width: int) -> None:
    glass.resize(width, 190)
    glass.set_sizes(half)
    for pending in (False, True):
        glass.set_pending(pending)
        assert not glass.grab().isNull()


def edge_of(glass: Hourglass, layer: int) -> QPoint:
    bar = next(bar for bar in glass.picture().bars if bar.layer == layer)
    middle = glass.picture().shape.center().y()
    return QPointF(bar.x, middle - bar.half).toPoint()


def test_dragging_an_edge_proposes_a_larger_layer(glass: Hourglass, qtbot: QtBot) -> None:
    proposed = QSignalSpy(glass.sizes_proposed)
    at = edge_of(glass, 1)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(glass, left, pos=at)
    qtbot.mouseMove(glass, at - QPoint(0, 20))
    qtbot.mouseRelease(glass, left, pos=at - QPoint(0, 20))
    assert proposed.count() >= 1
    sizes = proposed.at(proposed.count() - 1)[0]
    half_px = 784**-0.5 * glass.picture().shape.height() / 2  # of one unit's root
    expected = ((128**0.5 * half_px + 20) / half_px) ** 2
    assert sizes[1] == pytest.approx(expected, rel=0.1)
    assert (sizes[0], *sizes[2:]) == (784, 32, 2)


def test_the_input_layer_cannot_be_dragged(glass: Hourglass, qtbot: QtBot) -> None:
    proposed = QSignalSpy(glass.sizes_proposed)
    at = edge_of(glass, 0)
    qtbot.mousePress(glass, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(glass, at + QPoint(0, 30))
    qtbot.mouseRelease(glass, Qt.MouseButton.LeftButton, pos=at + QPoint(0, 30))
    assert proposed.count() == 0


def test_keys_choose_and_change_a_layer(glass: Hourglass, qtbot: QtBot) -> None:
    glass.clearFocus()
    glass.setFocus(Qt.FocusReason.TabFocusReason)
    assert glass.selected() == 3  # the code first
    qtbot.keyClick(glass, Qt.Key.Key_Up)
    assert glass.sizes() == (784, 128, 32, 3)
    qtbot.keyClick(glass, Qt.Key.Key_Left)
    qtbot.keyClick(glass, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert glass.sizes() == (784, 128, 22, 3)
    qtbot.keyClick(glass, Qt.Key.Key_PageUp)
    assert glass.sizes() == (784, 128, 44, 3)
    removed = QSignalSpy(glass.layer_removed)
    qtbot.keyClick(glass, Qt.Key.Key_Delete)
    assert removed.at(0) == [2]


def test_a_layer_never_leaves_its_limits(glass: Hourglass, qtbot: QtBot) -> None:
    glass.set_max_size(1000)
    glass.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        qtbot.keyClick(glass, Qt.Key.Key_Down)
    assert glass.sizes()[3] == 1
    for _ in range(20):
        qtbot.keyClick(glass, Qt.Key.Key_PageUp)
    assert glass.sizes()[3] == 1000


def test_the_picture_has_a_text_twin(glass: Hourglass) -> None:
    glass.set_ratio("392 : 1 compression", "392 : 1")
    text = glass.accessibleDescription()
    for part in ("784-128-32-2-32-128-784", "leaky ReLU", "sigmoid", "392 : 1"):
        assert part in text
    glass.set_pending(True)
    assert glass.accessibleDescription().startswith("proposed")
