"""Pictures keep their brightness, their signs and their square pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from fcae_gui.widgets import pixel_image


def test_black_white_and_grey_arrive_as_they_are() -> None:
    image = pixel_image.to_image(pixel_image.to_bytes(np.array([[0.0, 1.0], [0.5, 2.0]], np.float32)))
    assert image.pixelColor(0, 0) == QColor(0, 0, 0)
    assert image.pixelColor(1, 0) == QColor(255, 255, 255)
    assert image.pixelColor(0, 1) == QColor(128, 128, 128)
    assert image.pixelColor(1, 1) == QColor(255, 255, 255)


def test_a_signed_error_is_blue_below_white_at_and_orange_above_zero() -> None:
    data = pixel_image.signed_to_bytes(np.array([[-1.0, 0.0, 1.0]], np.float32))
    image = pixel_image.to_image(data, pixel_image.SIGNED)
    below, at, above = (image.pixelColor(i, 0) for i in range(3))
    assert below.blue() > 150 and below.red() < 100
    assert min(at.red(), at.green(), at.blue()) > 250
    assert above.red() > 200 and above.blue() < 50


def test_what_is_not_a_number_does_not_warn_or_break() -> None:
    assert pixel_image.to_bytes(np.array([np.nan, np.inf, -np.inf], np.float32)).tolist() == [0, 255, 0]


@given(out=st.integers(1, 90), size=st.integers(1, 40), value=st.integers(0, 255))
def test_resampling_keeps_an_even_picture_even(out: int, size: int, value: int) -> None:
    image = np.full((1, size, size), value, np.uint8)
    assert (np.abs(pixel_image.resized(image, out, out).astype(int) - value) <= 1).all()


@given(out=st.integers(5, 90), seed=st.integers(0, 5))
def test_resampling_keeps_the_mean_brightness(out: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    assert pixel_image.resized(image, out, out).mean() == pytest.approx(image.mean(), abs=1.0)


def test_whole_multiples_are_crisp() -> None:
    image = np.array([[[0, 255], [255, 0]]], np.uint8)
    large = pixel_image.resized(image, 8, 8)[0]
    assert (large[:4, :4] == 0).all() and (large[:4, 4:] == 255).all() and (large[4:, :4] == 255).all()


def test_a_large_picture_gets_a_whole_multiple_and_a_small_one_all_the_room() -> None:
    assert pixel_image.fit_shape(300, 400, (28, 28)) == (280, 280)
    assert pixel_image.fit_shape(45, 60, (28, 28)) == (45, 45)
    assert pixel_image.fit_shape(100, 1000, (10, 50)) == (100, 20)
