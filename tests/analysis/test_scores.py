"""Intervals against their definition and published values, confusion against counting, draws against sets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fcae_gui.analysis.scores import band, confusion, draw, draw_per_class, measured, wilson


def test_the_wilson_interval_solves_its_own_equation() -> None:
    """Its ends are the shares p from which the observed one is exactly 1.96 standard errors away."""
    for correct, n in ((9709, 10_000), (3, 10), (1, 400)):
        for p in wilson(correct, n):
            assert abs(correct / n - p) == pytest.approx(1.959964 * math.sqrt(p * (1 - p) / n), rel=1e-6)


def test_the_wilson_interval_of_a_published_example_is_met() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 857), table I, method 3: 81 of 263."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_all_or_nothing_right_still_has_a_width_inside_the_unit_interval() -> None:
    assert wilson(0, 50)[0] == 0.0 < wilson(0, 50)[1]
    assert wilson(50, 50)[0] < 1.0 == pytest.approx(wilson(50, 50)[1])
    with pytest.raises(ValueError, match=r"\[0, n\]"):
        wilson(3, 2)


def test_a_band_is_students_interval_of_the_mean() -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    for k in (2, 5, 12):
        values = np.random.default_rng(k).normal(0.8, 0.05, k)
        low, high = scipy_stats.t.interval(0.95, k - 1, values.mean(), values.std(ddof=1) / math.sqrt(k))
        found = band(values)
        assert (found.mean, found.repeats) == (pytest.approx(values.mean()), k)
        assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_single_measurement_has_the_interval_of_its_test_samples() -> None:
    found = measured([0.9], 1000)
    assert (found.low, found.high) == wilson(900, 1000)
    assert measured([0.9, 0.8], 1000) == band([0.9, 0.8])


def test_confusion_counts_truth_in_rows_and_answers_in_columns() -> None:
    from sklearn.metrics import confusion_matrix

    draw_of = np.random.default_rng(0)
    truth, said = draw_of.integers(0, 4, 200), draw_of.integers(0, 4, 200)
    np.testing.assert_array_equal(confusion(truth, said, 4), confusion_matrix(truth, said))
    assert confusion(np.array([2]), np.array([0]), 3)[2, 0] == 1


def test_a_larger_draw_holds_the_smaller_and_the_same_seed_draws_the_same() -> None:
    small, large = set(draw(1000, 50, 3).tolist()), set(draw(1000, 400, 3).tolist())
    assert len(small) == 50 and small < large
    assert set(draw(1000, 50, 4).tolist()) != small
    assert len(draw(30, None, 0)) == len(draw(30, 100, 0)) == 30


def test_a_draw_per_class_takes_as_many_of_each_class_as_there_are() -> None:
    labels = np.array([0] * 40 + [1] * 40 + [2] * 5)
    rows = draw_per_class(labels, 10, 1)
    assert np.bincount(labels[rows]).tolist() == [10, 10, 5]
    assert set(rows.tolist()) < set(draw_per_class(labels, 20, 1).tolist())
    assert len(draw_per_class(labels, None, 1)) == 85
