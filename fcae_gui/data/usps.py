"""Reads USPS as LIBSVM publishes it: bz2-packed lines `label index:value ...`, values from -1 to 1."""

from __future__ import annotations

import bz2

import numpy as np

from fcae_gui.data.errors import BadData

PIXELS = 256  # 16 x 16
MAX_TEXT_BYTES = 64 * 2**20  # the training file unpacks to about 20 MB
_TOLERANCE = 1e-6  # the values are decimals of -1 to 1


def parse(raw: bytes | bytearray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 256) float32 in [0, 1] and labels (n,) int64 as the file has them. Raises BadData."""
    lines = _unpack(raw, name).splitlines()
    if not lines:
        raise BadData(f"{name} holds no samples.")
    pixels = np.zeros((len(lines), PIXELS), np.float32)
    labels = np.zeros(len(lines), np.int64)
    for row, line in enumerate(lines):
        # "3 1:-1 2:0.5" -> 3 1 -1 2 0.5; an index that is left out means 0, LIBSVM's convention
        try:
            numbers = np.array(line.replace(b":", b" ").split(), dtype=np.float64)
        except ValueError:
            numbers = np.empty(0)
        if len(numbers) % 2 == 0 or len(numbers) > 1 + 2 * PIXELS or not np.isfinite(numbers).all():
            raise BadData(f"{name} is damaged: line {row + 1} is not a label and its pixels.")
        places, values = numbers[1::2], numbers[2::2]
        if not (np.isin(places, np.arange(1, PIXELS + 1)).all() and _within(values)):
            raise BadData(f"{name} is damaged: line {row + 1} has a pixel that cannot be.")
        labels[row] = int(np.clip(numbers[0], -1, PIXELS))
        pixels[row, places.astype(np.intp) - 1] = values
    return np.clip((pixels + 1) / 2, 0, 1), labels


def _within(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= 1 + _TOLERANCE).all())


def _unpack(raw: bytes | bytearray, name: str) -> bytes:
    """The text, no more than MAX_TEXT_BYTES of it whatever the file promises."""
    unpacker = bz2.BZ2Decompressor()
    try:
        text = unpacker.decompress(raw, MAX_TEXT_BYTES + 1)
    except (OSError, ValueError):
        page = " (it is a web page)" if raw.lstrip()[:1] == b"<" else ""
        raise BadData(f"{name} is damaged: it cannot be unpacked{page}.") from None
    if len(text) > MAX_TEXT_BYTES:
        raise BadData(f"{name} unpacks to more than {MAX_TEXT_BYTES:,} bytes, which is too large.")
    if not unpacker.eof:
        raise BadData(f"{name} is cut short: the end of the compressed data is missing.")
    return text
