"""USPS in LIBSVM's text form."""

from __future__ import annotations

import bz2

import numpy as np
import pytest

from fcae_gui.data import usps
from fcae_gui.data.errors import BadData
from tests.data import made


def test_pixels_are_moved_to_the_unit_range_and_missing_ones_are_zero():
    pixels = np.zeros((2, 256))
    pixels[0, :3] = -1.0, 1.0, 0.5
    read, labels = usps.parse(made.usps(pixels, np.array([10, 1])), "usps.bz2")
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read[0, :4], [0.0, 1.0, 0.75, 0.5])
    assert labels.tolist() == [10, 1]


@pytest.mark.parametrize(
    "text",
    [b"", b"3 1:0.5 2", b"3 1:0.5 300:0.1", b"3 1:1.5", b"3 1:nan", b"three 1:0.1", b"3 0:0.5", b"nan 1:0"],
)
def test_lines_that_cannot_be_are_refused_by_name(text):
    with pytest.raises(BadData, match=r"^usps\.t\.bz2"):
        usps.parse(bz2.compress(text), "usps.t.bz2")


def test_a_truncated_file_is_named():
    raw = made.usps(np.random.default_rng(0).uniform(-1, 1, (20, 256)), np.ones(20, int))
    for length in (0, 3, len(raw) // 2, len(raw) - 1):
        with pytest.raises(BadData, match=r"^usps\.bz2"):
            usps.parse(raw[:length], "usps.bz2")


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(usps, "MAX_TEXT_BYTES", 10_000)
    with pytest.raises(BadData, match="too large"):
        usps.parse(bz2.compress(bytes(20_000)), "usps.bz2")
