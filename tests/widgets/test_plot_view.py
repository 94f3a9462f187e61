"""The axes follow a curve without twitching, and pixels and values are each other's inverse."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.widgets.plot_view import PlotView


def placed(*, log_x: bool = False, log_y: bool = True) -> PlotView:
    view = PlotView()
    view.set_log(log_x, log_y)
    view.place(40, 10, 300, 200)
    view.fit_x(1000)
    view.fit_y(0.01, 0.5)
    return view


@pytest.mark.parametrize("log_x", [False, True])
def test_a_step_is_found_again_at_its_pixel(log_x: bool) -> None:
    view = placed(log_x=log_x)
    for step in (1, 10, 777):
        assert view.step_at(view.x_of(step)) == pytest.approx(step)


@pytest.mark.parametrize("log_y", [False, True])
def test_the_whole_range_of_values_lies_inside_the_plot(log_y: bool) -> None:
    view = placed(log_y=log_y)
    assert 10 <= view.y_of(0.5) < view.y_of(0.01) <= 210


def test_equal_ratios_are_equally_high_on_a_logarithmic_axis() -> None:
    view = placed()
    assert view.y_of(0.02) - view.y_of(0.04) == pytest.approx(view.y_of(0.1) - view.y_of(0.2))


def test_a_growing_run_moves_the_step_axis_rarely() -> None:
    view, moves = PlotView(), 0
    for n in range(1, 100_001, 20):
        moves += view.fit_x(n)
        assert view.x_range()[1] >= n
    assert moves < 30


def test_a_falling_noisy_loss_moves_the_value_axis_rarely() -> None:
    rng, view, moves = np.random.default_rng(0), PlotView(), 0
    low, high = np.inf, 0.0
    for step in range(1, 20_000, 20):
        value = (0.03 + 0.5 * np.exp(-step / 300)) * (1 + 0.02 * rng.normal())
        low, high = min(low, value), max(high, value)
        moves += view.fit_y(low, high)
        assert view.y_range()[0] <= low <= high <= view.y_range()[1]
    assert moves < 25  # of 1,000 appends


def test_columns_share_out_every_value_exactly_once() -> None:
    for log_x in (False, True):
        edges = placed(log_x=log_x).edges(300)
        assert edges[0] <= 0 and edges[-1] >= 1000
        assert (np.diff(edges) >= 0).all()


def test_zooming_keeps_the_step_under_the_mouse_in_place() -> None:
    view = placed()
    before = view.step_at(200)
    view.zoom_x(0.5, 200, 1000)
    assert view.step_at(200) == pytest.approx(before)
    assert not view.following


def test_following_again_brings_the_whole_run_back() -> None:
    view = placed()
    view.zoom_x(0.1, 200, 1000)
    view.follow()
    view.fit_x(1000)
    assert view.x_range()[0] == 0 and view.x_range()[1] >= 1000


def test_a_flat_loss_still_has_an_axis() -> None:
    view = placed(log_y=False)
    view.fit_y(0.2, 0.2, now=True)
    assert view.y_range()[0] < 0.2 < view.y_range()[1]
