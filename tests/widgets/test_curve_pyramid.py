"""Decimation must not lose an extreme and smoothing must be the recurrence it claims to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcae_gui.widgets.curve_pyramid import STRIDE, CurvePyramid, SmoothedCurve


def filled(values: np.ndarray, chunk: int) -> CurvePyramid:
    made = CurvePyramid()
    for at in range(0, len(values), chunk):
        made.append(values[at : at + chunk])
    return made


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 20_000),
    chunk=st.sampled_from([1, 7, 16, 20, 333, 20_000]),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_extremes_of_any_range_are_those_numpy_finds(
    n: int, chunk: int, seed: int, data: st.DataObject
) -> None:
    values = np.random.default_rng(seed).normal(size=min(n, 600 if chunk == 1 else n)).astype(np.float32)
    made = filled(values, chunk)
    cuts = st.lists(st.integers(0, len(values)), min_size=2, max_size=2)
    ranges = np.array([sorted(data.draw(cuts)) for _ in range(8)])
    low, high = made.extremes(ranges[:, 0], ranges[:, 1])
    for i, (a, b) in enumerate(ranges):
        if a == b:
            assert np.isnan(low[i]) and np.isnan(high[i])
        else:
            assert low[i] == values[a:b].min() and high[i] == values[a:b].max()


def test_a_value_that_is_not_finite_never_becomes_an_extreme() -> None:
    values = np.linspace(1, 2, 1000, dtype=np.float32)
    values[[3, 500, 999]] = np.nan, np.inf, -np.inf
    low, high = filled(values, 100).extremes(np.array([0, 3]), np.array([1000, 4]))
    assert low[0] == 1.0
    assert high[0] == values[998]
    assert np.isnan(low[1])


def test_after_truncation_the_forgotten_extremes_are_gone_and_new_values_follow_on() -> None:
    values = np.concatenate([np.ones(1000), np.full(1000, 9.0)]).astype(np.float32)
    made = filled(values, 2000)
    made.truncate(1000)
    made.append(np.full(500, 2.0))
    low, high = made.extremes(np.array([0, 1000]), np.array([1500, 1500]))
    assert len(made) == 1500
    assert low.tolist() == [1.0, 2.0]
    assert high.tolist() == [2.0, 2.0]


def plain_smoothing(values: np.ndarray, steps: float) -> np.ndarray:
    """The same recurrence, one value after the other."""
    state, found = 0.0, []
    for i, value in enumerate(values):
        share = 1 / (1 + i / 10) if i < int(10 * steps) else 1 - np.exp(-1 / steps)
        state += (value - state) * share
        found.append(state)
    return np.array(found)


@pytest.mark.parametrize("chunk", [1, 20, 64, 5000])
def test_smoothing_in_any_portions_is_the_plain_recurrence(chunk: int) -> None:
    values = np.random.default_rng(1).uniform(0.5, 1.5, 3000)
    made = SmoothedCurve(30)
    for at in range(0, len(values), chunk):
        made.append(values[at : at + chunk])
    expected = plain_smoothing(values, 30)
    assert made.last == pytest.approx(expected[-1], rel=1e-12)
    for index in (0, 8, 299, 300, 301, 1999):
        assert made.at(index) == pytest.approx(expected[index // STRIDE * STRIDE], rel=1e-9)
    _, mean = made.means(np.array([80]), np.array([161]))
    assert mean[0] == pytest.approx(expected[80:161:STRIDE].mean(), rel=1e-9)


def test_a_constant_loss_is_smoothed_to_itself_from_the_first_step() -> None:
    made = SmoothedCurve(300)
    made.append(np.full(10_000, 0.25))
    assert made.at(0) == pytest.approx(0.25)
    assert made.last == pytest.approx(0.25)


def test_a_diverged_value_does_not_poison_the_smoothed_curve() -> None:
    made = SmoothedCurve(30)
    made.append(np.array([1.0, np.nan, np.inf, 1.0]))
    assert made.last == pytest.approx(1.0)
