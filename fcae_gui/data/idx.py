"""Reads IDX, the format MNIST and its relatives come in: bytes in, an array or one sentence out.

The format: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian 32-bit
number, then the values, big-endian, the last dimension fastest.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib

import numpy as np

from fcae_gui.data.errors import BadData

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"

MAX_DIMENSIONS = 4  # images with channels; more is no picture and no table
MAX_BYTES = 2**30  # the largest known set of the family, EMNIST by class, has 547 MB
_DEFLATE_RATIO = 1032  # deflate cannot pack tighter, so a header that claims more is a bomb


def parse(raw: bytes | bytearray, name: str) -> np.ndarray:
    """The array in an IDX file, gzipped or not, in this machine's byte order.

    uint8 data is not copied: it shares the memory of `raw`, and can be written to when that is a bytearray.
    `name` stands in the messages. Raises BadData, and nothing else, for every other content.
    """
    if raw[:2] == _GZIP_MAGIC:
        return _parse_packed(raw, name)
    kind, shape, start = _header(raw, name)
    expected = start + math.prod(shape) * kind.itemsize
    if len(raw) < expected:
        raise BadData(f"{name} is cut short: {len(raw):,} of {expected:,} bytes are there.")
    if len(raw) > expected:
        raise BadData(f"{name} is damaged: it goes on for {len(raw) - expected:,} bytes after its end.")
    values = np.frombuffer(raw, kind, offset=start).reshape(shape)
    return values if kind.itemsize == 1 else values.astype(kind.newbyteorder("="))


def stated_size(start: bytes, name: str) -> int:
    """The size in bytes that an unpacked file must have, from its first 20 bytes. Raises BadData."""
    kind, shape, header = _header(start, name)
    return header + math.prod(shape) * kind.itemsize


def _header(raw: bytes | bytearray, name: str) -> tuple[np.dtype, tuple[int, ...], int]:
    """(type, shape, where the values start), with every size checked before anything is allocated."""
    if not raw:
        raise BadData(f"{name} is empty.")
    if raw[:2] != b"\0\0" or len(raw) < 4 or raw[2] not in _TYPES:
        if raw.lstrip()[:1] == b"<":
            raise BadData(f"{name} is a web page, not an IDX file.")
        raise BadData(f"{name} is not an IDX file.")
    dimensions = raw[3]
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise BadData(f"{name} is not a usable IDX file: it states {dimensions} dimensions.")
    start = 4 + 4 * dimensions
    if len(raw) < start:
        raise BadData(f"{name} is cut short: its header is not complete.")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", dimensions, offset=4))
    kind = np.dtype(_TYPES[raw[2]])
    if math.prod(shape) * kind.itemsize > MAX_BYTES:
        raise BadData(f"{name} states a size of {' x '.join(map(str, shape))}, which is too large.")
    if math.prod(shape) == 0:
        raise BadData(f"{name} holds no values.")
    return kind, shape, start


def _parse_packed(raw: bytes | bytearray, name: str) -> np.ndarray:
    """Unpack no more than the header inside promises, and refuse a promise that deflate cannot keep."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            start = file.read(4 + 4 * MAX_DIMENSIONS)
            expected = stated_size(start, name)
            if expected > _DEFLATE_RATIO * len(raw):
                raise BadData(f"{name} is damaged: {len(raw):,} bytes cannot hold {expected:,}.")
            # One byte more than promised: it finds data that goes on, and makes gzip check its checksum.
            rest = file.read(max(0, expected - len(start)) + 1)
    except EOFError:
        raise BadData(f"{name} is cut short: the end of the compressed data is missing.") from None
    except (OSError, zlib.error) as error:  # gzip.BadGzipFile is an OSError
        raise BadData(f"{name} is damaged: it cannot be unpacked ({_plain(error)}).") from None
    return parse(bytearray(start) + rest, name)


def _plain(error: Exception) -> str:
    """The library's words on one line, for the brackets of a message."""
    return " ".join(str(error).split())[:80]
