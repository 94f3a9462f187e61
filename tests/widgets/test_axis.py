"""Ticks stand at round values inside the axis, and numbers carry three significant digits."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.widgets import axis


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.04123, "0.0412"),
        (0.041, "0.0410"),
        (5.1, "5.10"),
        (31.26, "31.3"),
        (999.7, "1,000"),
        (60_000, "60,000"),
        (4.12e-5, "4.12e-5"),
        (0.0, "0"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_written_with_three_digits(value: float, text: str) -> None:
    assert axis.three_digits(value) == text


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), wanted=st.integers(2, 12))
def test_linear_ticks_are_evenly_spaced_inside_and_not_too_many(low: float, span: float, wanted: int) -> None:
    ticks = [value for value, _ in axis.linear_ticks(low, low + span, wanted)]
    assert len(ticks) <= wanted + 1
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    gaps = {round(b - a, 9) for a, b in pairwise(ticks)}
    assert len(gaps) <= 1 or max(gaps) - min(gaps) < 1e-6 * max(gaps)


@given(exponent=st.floats(-8, 6), decades=st.floats(0.05, 12), wanted=st.integers(2, 10))
def test_logarithmic_ticks_rise_and_stay_inside(exponent: float, decades: float, wanted: int) -> None:
    low, high = 10**exponent, 10 ** (exponent + decades)
    values = [value for value, _ in axis.log_ticks(low, high, wanted)]
    assert values == sorted(values)
    assert all(low * (1 - 1e-6) <= value <= high * (1 + 1e-6) for value in values)
    assert len(values) <= wanted + 2


def test_a_narrow_logarithmic_axis_still_has_ticks() -> None:
    assert len(axis.log_ticks(0.033, 0.071, 2)) >= 2


def test_labels_of_neighbouring_ticks_differ() -> None:
    for low, high in ((0.0, 1e6), (0.03, 0.07), (0.0401, 0.0403), (0, 12)):
        labels = [label for _, label in axis.linear_ticks(low, high, 6)]
        assert len(set(labels)) == len(labels) > 1


@given(per=st.integers(1, 1000), span=st.floats(1, 1e7), wanted=st.integers(1, 20))
def test_epoch_marks_thin_out(per: int, span: float, wanted: int) -> None:
    every = axis.epoch_step(per, span, wanted)
    assert every >= 1
    assert math.floor(span / per / every) <= wanted
