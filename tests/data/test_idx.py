"""IDX files: what is right comes back exactly, everything else is one sentence."""

from __future__ import annotations

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.data import idx
from fcae_gui.data.errors import BadData
from tests.data import made


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_type_comes_back_as_it_was_written(dtype, packed):
    values = np.arange(-12, 12).reshape(2, 3, 4).astype(dtype)
    raw = made.idx(values)
    read = idx.parse(gzip.compress(raw) if packed else raw, "file")
    assert read.dtype == values.dtype and read.dtype.isnative
    np.testing.assert_array_equal(read, values)


def test_pixels_are_not_copied():
    raw = made.idx(made.images(4))
    assert np.shares_memory(idx.parse(raw, "file"), np.frombuffer(raw, np.uint8))


@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_file_is_named_at_every_length(packed):
    raw = made.idx(made.images(3, side=5))
    raw = gzip.compress(raw) if packed else raw
    for length in range(len(raw)):
        with pytest.raises(BadData, match=r"^train-images"):
            idx.parse(raw[:length], "train-images")


def test_a_flipped_bit_in_a_packed_file_is_found():
    raw = bytearray(gzip.compress(made.idx(made.images(3))))
    raw[len(raw) // 2] ^= 1
    with pytest.raises(BadData, match="damaged"):
        idx.parse(bytes(raw), "file")


def test_bytes_after_the_end_are_refused():
    raw = made.idx(made.images(2)) + b"more"
    for content in (raw, gzip.compress(raw)):
        with pytest.raises(BadData, match="after its end"):
            idx.parse(content, "file")


def test_a_web_page_is_called_one():
    with pytest.raises(BadData, match="web page"):
        idx.parse(b"<!DOCTYPE html><html>please sign in</html>", "file")


@pytest.mark.parametrize(
    "shape", [(2**32 - 1, 2**32 - 1, 2**32 - 1), (60_000, 28, 28), (2**31,), (0, 28, 28)]
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_that_promises_too_much_allocates_nothing(shape, packed):
    raw = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    raw = gzip.compress(raw) if packed else raw
    tracemalloc.start()
    with pytest.raises(BadData):
        idx.parse(raw, "file")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_a_bomb_is_unpacked_no_further_than_its_header_says():
    bomb = gzip.compress(made.idx(made.images(1)) + bytes(200 * 2**20), 1)
    tracemalloc.start()
    with pytest.raises(BadData):
        idx.parse(bomb, "file")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20


@given(st.binary(max_size=64))
def test_no_content_raises_anything_but_one_sentence(tail):
    for raw in (tail, b"\0\0" + tail, b"\0\0\x08\x01" + tail, b"\x1f\x8b\x08\0" + tail):
        try:
            idx.parse(raw, "file")
        except BadData as error:
            assert str(error).startswith("file ") and "\n" not in str(error)
