"""Measured times as text."""

from __future__ import annotations

import pytest

from fcae_gui.widgets.duration import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.000042, "42 µs"), (0.0042, "4.2 ms"), (0.0994, "99 ms"), (0.0996, "0.10 s"), (0.684, "0.68 s"),
        (9.994, "9.99 s"), (9.996, "10.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (200.4, "3 min 20 s"),
        (3599.4, "59 min 59 s"), (3599.6, "1 h 0 min"), (7500.0, "2 h 5 min"),
    ],
)  # fmt: skip
def test_a_time_has_two_or_three_digits_and_a_fitting_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
