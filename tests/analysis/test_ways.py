"""Ways through a code against independent answers: arc lengths, and scipy's own shortest paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.analysis import ways


def _ring(n: int = 400) -> np.ndarray:
    """Codes on a half circle: the straight way between its ends leads through nothing."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0.0, np.pi, n)
    return (np.c_[np.cos(angle), np.sin(angle)] * 3 + rng.normal(0, 0.05, (n, 2))).astype(np.float32)


@given(st.integers(2, 40), st.integers(2, 6), st.integers(1, 5), st.integers(0, 1000))
def test_an_even_way_has_equal_lengths_from_one_place_to_the_next(n: int, k: int, d: int, seed: int) -> None:
    corners = np.random.default_rng(seed).normal(size=(k, d))
    made = ways.even(corners, n)
    assert made.shape == (n, d)
    np.testing.assert_allclose(made[0], corners[0], atol=1e-5)
    np.testing.assert_allclose(made[-1], corners[-1], atol=1e-5)
    # Measured independently: a fine walk along the polyline, counting where each place lies.
    share = np.linspace(0.0, 1.0, 2001)
    walk = np.concatenate([a + share[:, None] * (b - a) for a, b in pairwise(corners)])
    passed = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(walk, axis=0), axis=1))])
    for i, place in enumerate(made):
        wanted = passed[-1] * i / (n - 1)
        near = np.abs(passed - wanted) <= passed[-1] * 2e-3 + 1e-9
        assert np.linalg.norm(walk[near] - place, axis=1).min() < 2e-3 * passed[-1] + 1e-5


def test_points_that_fall_together_are_one_place() -> None:
    same = np.ones((3, 2))
    np.testing.assert_array_equal(ways.even(same, 5), np.ones((5, 2), np.float32))


@pytest.mark.parametrize("seed", range(5))
def test_the_shortest_way_is_scipys(seed: int) -> None:
    from scipy.sparse.csgraph import dijkstra

    codes = np.random.default_rng(seed).normal(size=(150, 3)).astype(np.float32)
    way = ways.shortest(codes[1:-1], codes[0], codes[-1])
    squared = np.square(codes[:, None].astype(np.float64) - codes[None]).sum(axis=2)
    expected = dijkstra(squared, indices=0)[-1]
    assert np.square(np.diff(way.astype(np.float64), axis=0)).sum() == pytest.approx(expected, rel=1e-5)
    assert len(way) > 2


def test_a_way_along_the_data_keeps_to_the_data_where_the_straight_one_leaves_it() -> None:
    codes = _ring()
    ends = codes[[0, -1]]
    bent, straight = ways.along_data(codes, ends, 16), ways.even(ends, 16)

    def farthest(way: np.ndarray) -> float:
        return float(np.linalg.norm(way[:, None] - codes[None], axis=2).min(axis=1).max())

    assert farthest(bent) < 0.3
    assert farthest(straight) > 2.0
    np.testing.assert_allclose(bent[[0, -1]], ends, atol=1e-5)
    steps = np.linalg.norm(np.diff(bent, axis=0), axis=1)
    assert steps.max() < 1.1 * steps.min()


def test_a_way_along_the_data_meets_every_stop() -> None:
    codes = _ring()
    stops = codes[[0, 200, 30]]
    way = ways.along_data(codes, stops, 200)
    assert np.linalg.norm(way - stops[1], axis=1).min() < 0.1


def test_codes_that_are_not_numbers_are_no_stops() -> None:
    codes = _ring()
    codes[::7] = np.nan
    assert np.isfinite(ways.along_data(codes, codes[[1, -2]], 8)).all()


def test_an_end_that_is_not_a_number_ends_the_search_too() -> None:
    codes = _ring()
    nowhere = np.full(2, np.nan, np.float32)
    assert len(ways.shortest(codes, codes[0], nowhere)) == 2
    assert ways.along_data(codes, np.stack([nowhere, codes[0]]), 8).shape == (8, 2)


def test_the_most_typical_code_is_a_member_nearest_to_the_median_of_its_class() -> None:
    codes = np.array([[0, 0], [1, 0], [0.4, 0.1], [9, 9], [0, 1], [0.5, 0.2]], np.float32)
    assert ways.most_typical(codes, np.array([0, 1, 2, 4, 5])) == 2
    assert ways.most_typical(codes, np.array([3])) == 3
    assert ways.most_typical(codes, np.array([], np.int64)) == -1


def test_a_cross_fade_goes_from_one_image_to_the_other_in_equal_steps() -> None:
    made = ways.cross_fade(np.zeros(4, np.float32), np.array([1, 0.5, 0, 0.2], np.float32), 5)
    np.testing.assert_allclose(made[:, 0], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(np.diff(made, axis=0), np.diff(made, axis=0)[:1].repeat(4, axis=0), atol=1e-6)
