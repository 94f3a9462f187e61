"""The grid of small pictures: right ones in the right places, only as much work as can be seen."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from fcae_gui import theme
from fcae_gui.widgets.thumb_grid import ThumbGrid


@pytest.fixture
def grid(qtbot, qapp):  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")
    made = ThumbGrid()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def _plain(n: int) -> np.ndarray:
    """Sample i is a field of grey i % 251."""
    return np.repeat((np.arange(n) % 251).astype(np.uint8)[:, None], 64, axis=1)


def _grey(grid: ThumbGrid, index: int) -> int:
    shown = grid.viewport().grab().toImage()
    return QColor(shown.pixel(grid.place_of(index).center())).red()


def test_pictures_stand_in_the_given_order(grid) -> None:
    grid.set_samples(_plain(100), (8, 8))
    grid.set_rows(np.array([30, 90, 60]))
    assert [_grey(grid, i) for i in range(3)] == [30, 90, 60]
    grid.set_rows(np.array([60, 30]))
    assert [_grey(grid, i) for i in range(2)] == [60, 30]


def test_scrolling_shows_what_comes_further_down(grid) -> None:
    grid.set_samples(_plain(5000), (8, 8))
    grid.set_rows(np.arange(5000)[::-1])
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    visible = grid._visible()
    middle = visible[len(visible) // 2]
    assert _grey(grid, middle) == (4999 - middle) % 251


def test_a_click_and_the_arrow_keys_choose_and_the_mouse_tells(grid) -> None:
    grid.set_samples(_plain(100), (8, 8))
    grid.set_rows(np.arange(50, 100))
    chosen, hovered = [], []
    grid.chosen.connect(chosen.append)
    grid.hovered.connect(hovered.append)
    QTest.mouseMove(grid.viewport(), grid.place_of(2).center())
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.place_of(1).center())
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    columns = grid._columns()
    assert chosen == [51, 52, 52 + columns]
    assert 52 in hovered
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert chosen[-1] == 99 and grid.viewport().rect().contains(grid.place_of(49))
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(grid.viewport().width() - 1, 1))
    assert len(chosen) == 4, "beside the pictures nothing is chosen"


def test_a_picture_that_is_pulled_away_is_not_chosen(grid) -> None:
    grid.set_samples(_plain(100), (8, 8))
    grid.set_rows(np.arange(50, 100))
    chosen, dragged = [], []
    grid.chosen.connect(chosen.append)
    grid.drag_started.connect(dragged.append)
    middle, left = grid.place_of(3).center(), Qt.MouseButton.LeftButton
    QTest.mousePress(grid.viewport(), left, pos=middle)
    QTest.mouseMove(grid.viewport(), middle + QPoint(30, 20))
    QTest.mouseRelease(grid.viewport(), left, pos=middle + QPoint(30, 20))
    assert dragged == [53] and chosen == []
    assert QColor(grid.picture(53).pixel(20, 20)).red() == 53


def test_seventy_thousand_pictures_cost_no_more_than_those_that_are_seen(grid) -> None:
    features = np.random.default_rng(0).integers(0, 256, (70_000, 784), np.uint8)

    def cost(n: int) -> float:
        grid.set_samples(features, (28, 28))
        took = []
        for _ in range(7):
            grid.set_rows(np.arange(n))
            began = time.perf_counter()
            grid.viewport().repaint()
            took.append(time.perf_counter() - began)
        return min(took)

    few = cost(200)
    assert cost(70_000) < 5 * few + 0.005


def test_rows_of_a_table_are_drawn_as_bars_and_nothing_says_so(grid) -> None:
    grid.set_samples(np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32), None)
    grid.set_rows(np.arange(9))
    assert grid.grab().toImage().size() == grid.size()
    grid.set_samples(None, None)
    grid.set_message("Nothing yet.")
    assert grid.grab().toImage().size() == grid.size()


def test_pictures_grow_while_all_of_them_can_be_seen_and_have_a_stripe(qtbot, qapp) -> None:  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")
    made = ThumbGrid(caption_lines=2, most_side=112)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.set_samples(_plain(60), (8, 8))
    made.set_caption(lambda row: f"{row}\nsecond line")
    made.set_stripe(lambda row: QColor("#ff0000") if row == 1 else None)
    made.set_rows(np.arange(3))
    assert made.place_of(0).width() == 112
    shown = made.viewport().grab().toImage()
    foot = [made.place_of(i).center() for i in range(2)]
    feet = [QColor(shown.pixel(at.x(), made.place_of(0).bottom() - 2)).red() for at in foot]
    assert feet[1] == 255 and feet[0] == 0
    made.set_rows(np.arange(60))
    assert made.place_of(0).width() == 56 and made.verticalScrollBar().maximum() > 0
