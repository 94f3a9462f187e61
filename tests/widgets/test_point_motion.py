"""Gliding, class centres and the nearest point."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.widgets.class_labels import spread_apart
from fcae_gui.widgets.point_motion import LIMIT, PointMotion


def in_callers_order(motion: PointMotion) -> np.ndarray:
    places = np.empty((len(motion), 2), np.float32)
    places[motion.order] = np.stack([motion.x, motion.y], axis=1)
    return places


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(500, 2)).astype(np.float32)


def test_points_are_drawn_in_the_same_shuffled_order_every_time(points):
    one, two = PointMotion(), PointMotion()
    one.set_points(points, 0.0, glide=True)
    two.set_points(points + 1, 5.0, glide=True)
    assert (one.order == two.order).all()
    assert sorted(one.order) == list(range(500))
    assert (np.diff(one.order) < 0).sum() > 150
    assert in_callers_order(one) == pytest.approx(points)


def test_points_glide_from_where_they_are_to_where_they_should_be(points):
    motion = PointMotion()
    motion.set_points(points, 0.0, glide=True)
    assert not motion.advance(0.1)  # the first places are taken at once
    motion.set_points(points + 10, 1.0, glide=True)
    assert in_callers_order(motion) == pytest.approx(points)
    seen = []
    now = 1.0
    while motion.gliding:
        now += 1 / 30
        assert motion.advance(now)
        seen.append(float((in_callers_order(motion) - points).mean()))
    assert len(seen) > 8
    assert (np.diff(seen) > 0).all()
    assert in_callers_order(motion) == pytest.approx(points + 10)
    assert not motion.advance(now + 1)


@pytest.mark.parametrize("interval", [0.2, 0.7, 1.0])
def test_with_refreshes_at_an_even_pace_points_never_stand_still(points, interval):
    motion = PointMotion()
    motion.set_points(points, 0.0, glide=True)
    frames_still = 0
    now, refresh = 0.0, interval
    for frame in range(300):
        now += 1 / 30
        if now >= refresh:
            motion.set_points(points + now, now, glide=True)
            refresh += interval
        moved = motion.advance(now)
        frames_still += frame > 60 and not moved
    assert frames_still == 0


def test_a_refresh_in_mid_glide_starts_from_where_points_are_drawn(points):
    motion = PointMotion()
    motion.set_points(points, 0.0, glide=True)
    motion.set_points(points + 1, 1.0, glide=True)
    motion.advance(1.3)
    drawn = in_callers_order(motion)
    motion.set_points(points - 5, 1.3, glide=True)
    motion.advance(1.3)
    assert in_callers_order(motion) == pytest.approx(drawn)


def test_another_number_of_points_is_placed_at_once(points):
    motion = PointMotion()
    motion.set_points(points, 0.0, glide=True)
    motion.set_points(points[:100] + 3, 1.0, glide=True)
    assert not motion.gliding
    assert in_callers_order(motion) == pytest.approx(points[:100] + 3)


def test_points_that_are_not_finite_have_no_place_and_come_back_without_a_glide(points):
    broken = points.copy()
    broken[3], broken[7, 1], broken[9] = np.nan, np.inf, -1e30
    motion = PointMotion()
    motion.set_points(broken, 0.0, glide=True)
    assert motion.drawable == 497
    assert np.abs(np.array(motion.bounds)).max() < 5
    motion.set_points(points, 1.0, glide=True)
    motion.advance(1.1)
    now = in_callers_order(motion)
    assert now[[3, 7, 9]] == pytest.approx(points[[3, 7, 9]])
    motion.set_points(broken, 2.0, glide=True)
    motion.advance(2.1)
    assert (np.abs(in_callers_order(motion)[[3, 7, 9]]) > LIMIT).any(axis=1).all()


def test_a_few_points_far_away_do_not_shrink_the_map(points):
    far = points.copy()
    far[0] = 1e6
    motion = PointMotion()
    motion.set_points(far, 0.0, glide=True)
    assert motion.bounds is not None
    assert motion.bounds[2] < 10
    motion.set_points(points, 1.0, glide=False)
    assert motion.bounds == pytest.approx((*points.min(axis=0), *points.max(axis=0)))


def test_class_centres_of_separate_blobs_are_their_means(points):
    label = np.arange(500) % 2
    apart = points * 0.3 + np.where(label == 0, -10, 10)[:, None]
    motion = PointMotion()
    motion.set_points(apart, 0.0, glide=True)
    centre = motion.centres(label[motion.order], 3)
    for i in range(2):
        assert centre[i] == pytest.approx(apart[label == i].mean(axis=0), abs=0.15)
    assert np.isnan(centre[2]).all()


def test_the_nearest_point_is_the_one_brute_force_finds(points):
    motion = PointMotion()
    motion.set_points(points, 0.0, glide=True)
    random = np.random.default_rng(2)
    for x, y in random.normal(size=(50, 2)):
        away = np.hypot(points[:, 0] - x, points[:, 1] - y)
        assert motion.nearest(x, y, 9.0) == away.argmin()
        assert motion.nearest(x, y, 0.9 * away.min()) == -1
    some = np.flatnonzero(motion.order < 50)
    assert motion.nearest(0.0, 0.0, 9.0, some) == np.hypot(*points[:50].T).argmin()


def test_names_on_the_same_spot_are_moved_apart_and_others_left_alone():
    centre = np.array([[50.0, 50], [50, 50], [52, 51], [300, 300]])
    size = np.full((4, 2), 20.0)
    place = spread_apart(centre, size)
    for i in range(3):
        for j in range(i):
            assert np.abs(place[i] - place[j]).max() > 14
    assert place[3] == pytest.approx([300, 300], abs=0.01)
    assert np.abs(place[:3] - centre[:3]).max() < 60
