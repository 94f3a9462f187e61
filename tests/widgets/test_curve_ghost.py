"""The pale curve of another run: where it is drawn, what is read out of it, and that the axes show it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.widgets.curve_ghost import Ghost
from fcae_gui.widgets.curve_plot import CurvePlot

STEPS = np.arange(1.0, 5001.0, 50.0)
TRAIN = np.column_stack([STEPS, 0.1 * STEPS**-0.3])
TEST = np.array([[1000.0, 0.02], [3000.0, 0.012], [5000.0, 0.01]])


@pytest.fixture
def plot(qtbot: QtBot, qapp) -> CurvePlot:  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")
    made = CurvePlot()
    qtbot.addWidget(made)
    made.resize(500, 300)
    return made


def _pixels(plot: CurvePlot) -> np.ndarray:
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, :, :3].astype(int)


def test_it_is_drawn_where_its_values_are_and_with_gaps(plot: CurvePlot) -> None:
    plot.set_ghost(Ghost("before", TRAIN, TEST[:0]))
    with_ghost = _pixels(plot)
    inked = []
    for x in range(round(plot.view.left) + 150, round(plot.view.left + plot.view.width * 0.7)):
        step = plot.view.step_at(x)
        y = round(plot.view.y_of(0.1 * step**-0.3))
        column = with_ghost[max(0, y - 3) : y + 4, x]
        inked.append(bool((np.abs(column - column[0]).sum(1) > 60).any() or (column.sum(1) < 600).any()))
    assert 0.4 < np.mean(inked) < 0.95, "dashes, and gaps between them"


def test_the_axes_show_all_of_it_while_they_follow(plot: CurvePlot) -> None:
    plot.append_train(np.full(20, 0.2, np.float32))
    plot.grab()
    assert plot.view.x_range()[1] < 1000
    plot.set_ghost(Ghost("before", TRAIN, TEST))
    plot.grab()
    low, high = plot.view.y_range()
    assert plot.view.x_range()[1] >= 5000 and low < TRAIN[:, 1].min() and high > 0.2
    plot.set_ghost(None)
    plot.grab()
    assert plot.view.x_range()[1] < 1000


def test_it_is_read_between_its_points_and_silent_outside() -> None:
    ghost = Ghost("before", TRAIN, TEST)
    train, test = ghost.at(2000.0)
    assert train == pytest.approx(0.1 * 2000**-0.3, rel=1e-3) and test == pytest.approx(0.016)
    assert ghost.line_at(2000.0).startswith("before: train 0.0102, test 0.0160")
    assert "test" not in ghost.line_at(500.0)
    assert ghost.line_at(9000.0) == ""
    assert ghost.ends_at() == 0.01 and ghost.last_step() == 5000.0
    assert math.isnan(Ghost("empty", TRAIN[:0], TEST[:0]).ends_at())


def test_values_that_no_logarithm_can_show_leave_a_gap(plot: CurvePlot) -> None:
    broken = TRAIN.copy()
    broken[3:6, 1] = 0.0, np.nan, np.inf
    plot.set_ghost(Ghost("before", broken, TEST))
    plot.append_train(np.full(5, 0.1, np.float32))
    plot.grab()
    assert plot.view.y_range()[0] > 0 and np.isfinite(plot.view.y_range()[1])
