"""Range, pan and zoom of a plot."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.widgets.view_box import ViewBox, nice_ticks

finite = st.floats(-1e6, 1e6)


def box(width=400.0, height=300.0) -> ViewBox:
    made = ViewBox()
    made.resize(width, height)
    made.follow((-2.0, -1.0, 2.0, 1.0))
    return made


@given(finite, finite)
def test_screen_and_world_are_inverse(x, y):
    view = box()
    view.pan(31, -17)
    view.zoom_by(1.7, 100, 50)
    assert view.to_world(*view.to_screen(x, y)) == pytest.approx((x, y), abs=1e-6)


def test_the_first_range_shows_all_data_with_the_same_scale_on_both_axes():
    view = box()
    left, bottom, right, top = view.visible()
    assert left < -2 < 2 < right
    assert bottom < -1 < 1 < top
    assert (right - left) / 400 == pytest.approx((top - bottom) / 300)
    assert view.to_screen(0, 1)[1] < view.to_screen(0, -1)[1]  # y points upwards


@given(st.floats(0.1, 10), st.floats(0, 400), st.floats(0, 300))
def test_zoom_keeps_the_point_under_the_mouse(factor, x, y):
    view = box()
    before = view.to_world(x, y)
    view.zoom_by(factor, x, y)
    assert view.to_world(x, y) == pytest.approx(before, abs=1e-9)
    assert not view.following


def test_small_changes_of_the_data_do_not_move_the_range():
    view = box()
    before = view.visible()
    view.follow((-1.95, -1.02, 2.03, 0.97))
    assert not view.advance(1 / 30)
    assert view.visible() == before


def test_a_new_range_is_approached_without_a_jump_and_reached():
    view = box()
    view.follow((-20.0, -10.0, 20.0, 10.0))
    widths = [view.visible()[2] - view.visible()[0]]
    while view.advance(1 / 30):
        widths.append(view.visible()[2] - view.visible()[0])
        assert len(widths) < 200
    steps = np.diff(widths)
    assert (steps > 0).all()
    assert np.abs(np.diff(np.log(widths))).max() < 0.35  # no frame changes the scale by much
    assert view.visible()[0] < -20
    assert view.visible()[2] > 20


def test_the_range_is_tightened_when_the_data_have_become_much_smaller():
    view = box()
    view.follow((-0.2, -0.1, 0.2, 0.1))
    while view.advance(0.1):
        pass
    assert view.visible()[2] == pytest.approx(0.228, rel=0.01)


def test_the_users_view_is_left_alone_until_it_is_reset():
    view = box()
    view.pan(50, 0)
    before = view.visible()
    view.follow((-50.0, -50.0, 50.0, 50.0))
    assert not view.advance(1.0)
    assert view.visible() == before
    view.reset()
    while view.advance(0.1):
        pass
    assert view.visible()[0] < -50


def test_a_resize_keeps_what_the_user_looked_at():
    view = box()
    view.zoom_by(2.0, 200, 150)
    state = view.state()
    view.resize(800, 600)
    assert view.state() == pytest.approx(state)


def test_the_state_of_a_view_can_be_restored():
    view, other = box(), box(300, 500)
    assert view.state() is None
    view.pan(20, 30)
    other.set_state(view.state())
    assert other.state() == pytest.approx(view.state())
    other.set_state((math.nan, 0.0, 1.0))
    assert other.following


def test_a_single_spot_gets_a_range_of_its_own():
    view = ViewBox()
    view.resize(300, 300)
    view.follow((3.0, 3.0, 3.0, 3.0))
    left, _, right, _ = view.visible()
    assert left < 3.0 < right
    assert math.isfinite(view.zoom)


@given(st.floats(-1e5, 1e5), st.floats(1e-4, 1e6), st.integers(2, 12))
def test_ticks_are_round_inside_and_few(low, span, about):
    ticks, decimals = nice_ticks(low, low + span, about)
    assert len(ticks) <= 1.01 * about + 1
    for value in ticks:
        assert low - 1e-6 * span <= value <= low + span * (1 + 1e-6)
        assert value == pytest.approx(round(value, decimals), abs=1e-9 * max(1, abs(value)))


def test_ticks_of_nonsense_are_none():
    assert nice_ticks(1.0, 1.0, 5) == ([], 0)
    assert nice_ticks(0.0, math.inf, 5) == ([], 0)


def test_points_on_their_way_stay_in_sight_while_the_range_grows_fiftyfold() -> None:
    box = ViewBox()
    box.resize(400, 400)
    old, new = (-0.15, -0.12, -0.05, 0.0), (-2.0, -2.5, 4.0, 0.5)
    box.follow(old)
    box.follow(new)
    for _ in range(60):
        box.advance(0.033)
        left, bottom, right, top = box.visible()
        assert left <= old[0] and bottom <= old[1] and right >= old[2] and top >= old[3]
