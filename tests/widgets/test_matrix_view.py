"""The matrix writes its numbers as a reader expects them."""

from __future__ import annotations

import numpy as np

from fcae_gui.panels.pca_reading import excess_text, strongest_text
from fcae_gui.widgets.matrix_view import shown


def test_a_rounded_zero_has_no_sign_and_a_minus_is_a_minus() -> None:
    assert shown(-0.0004) == "0.00" and shown(-0.312) == "\N{MINUS SIGN}0.31" and shown(1.0) == "1.00"
    assert excess_text(-0.00001) == "+0.00 %" and excess_text(-0.0123) == "\N{MINUS SIGN}1.23 %"
    assert strongest_text(np.array([[1.0, -0.001], [-0.001, 1.0]])) == "+0.00"
