"""What a file may claim or unpack to before it is refused, and the only ways in which its bytes are read."""

from __future__ import annotations

import contextlib
import gzip
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fcae_gui.data.errors import BadData
from fcae_gui.files import shown

MAX_FILE_BYTES = 4 * 2**30  # of a file on the disk
MAX_VALUE_BYTES = 2**30  # of all numbers together, as they will lie in memory: EMNIST by class has 547 MB
MAX_SAMPLES = 2_000_000
MAX_FEATURES = 16_384  # 128 x 128, or the columns of a table
MAX_IMAGE_SIDE = 128  # of a picture that is learned; larger ones in a folder are made smaller
MAX_CLASSES = 200
MIN_SAMPLES = 4

MAX_RATIO = 100.0  # unpacked to packed; MNIST has 5, deflate can reach 1,032
FREE_BYTES = 32 * 2**20  # up to this size nobody asks about the ratio
CHECKED_BYTES = 64 * 2**20  # packed data up to this size is unpacked once before it is offered
CHUNK_BYTES = 2**20

MAX_MEMBERS = 100  # of an .npz
MAX_ARRAY_HEADER = 10_000  # characters; numpy's own limit

HEAD_BYTES = 2**20  # of a table is looked at before it is offered
MAX_LINE_BYTES = 4 * 2**20
MAX_COLUMNS = MAX_FEATURES + 64  # with labels and what is left out

MAX_FILES = 200_000  # of a folder
MAX_FOLDERS = 2_000
MAX_DEPTH = 4
MAX_PICTURE_BYTES = 64_000_000  # of one image file
MAX_PICTURE_SIDE = 20_000
MAX_PICTURE_PIXELS = 50_000_000  # of a JPEG, which can be decoded at an eighth of its size
MAX_DECODED_PIXELS = 8_000_000  # 32 MB with four channels

MAX_NAME = 900  # of path and choices together: run files keep it

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
WEB = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<script", b"<div", b"<!--")


def is_web_page(start: bytes) -> bool:
    """True when these first bytes are those of a page, which servers send in place of a file."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(WEB)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file of a size that is allowed. Raises BadData with one sentence."""
    name = shown(path)
    try:
        if not path.exists():
            raise BadData(f"{name} was not found.")
        if not path.is_file():  # a pipe or a device never ends
            raise BadData(f"{name} is not a file.")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise BadData(f"{name} is empty.")
            if size > MAX_FILE_BYTES:
                raise BadData(f"{name} is larger than {MAX_FILE_BYTES // 2**30} GB.")
            yield file
    except (OSError, ValueError) as error:
        if isinstance(error, BadData):
            raise
        if isinstance(error, (gzip.BadGzipFile, EOFError)):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the name is not valid"
        raise BadData(f"{name} cannot be read: {reason[0].lower()}{reason[1:]}.") from None


def check_amount(name: str, count: int, features: int, item_bytes: int) -> None:
    """Refuse numbers that cannot be held, before anything is allocated for them. Raises BadData."""
    if count < 1 or features < 1:
        raise BadData(f"{name} holds no values.")
    if count > MAX_SAMPLES:
        raise BadData(f"{name} claims {count:,} samples; at most {MAX_SAMPLES:,} can be learned.")
    if features > MAX_FEATURES:
        raise BadData(
            f"{name} claims {features:,} values per sample; at most {MAX_FEATURES:,} can be learned."
        )
    if count * features * item_bytes > MAX_VALUE_BYTES:
        raise BadData(
            f"{name} claims {count:,} samples of {features:,} values, which is more than "
            f"{MAX_VALUE_BYTES // 2**20:,} MB."
        )


def check_ratio(name: str, packed: int, unpacked: int) -> None:
    """Refuse a bomb: what unpacks to far more than data does. Raises BadData."""
    if unpacked > FREE_BYTES and unpacked > MAX_RATIO * packed:
        raise BadData(
            f"{name} is damaged or made to harm: {packed:,} bytes claim to unpack to {unpacked:,} or more."
        )


class Unpacked:
    """The content of a file, gzipped or not, read forward in pieces and never more than is sensible.

    Every read raises BadData with one sentence where the data ends early, is altered, or unpacks without end.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.name = shown(path)
        self.size = os.fstat(file.fileno()).st_size
        self._file = file
        self.packed = file.read(2) == GZIP
        file.seek(0)
        self._inner: BinaryIO = gzip.GzipFile(fileobj=file) if self.packed else file  # type: ignore[assignment]
        self.done = 0  # bytes given out

    @property
    def place(self) -> int:
        """How far the file on the disk has been read, for a progress bar."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end."""
        pieces = []
        while size > 0:
            piece = self._read(min(size, CHUNK_BYTES))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _read(self, size: int) -> bytes:
        try:
            piece = self._inner.read(size)
        except EOFError:
            raise BadData(f"{self.name} is cut short: the end of the compressed data is missing.") from None
        except (gzip.BadGzipFile, zlib.error):
            raise BadData(f"{self.name} is damaged: it cannot be unpacked.") from None
        self.done += len(piece)
        if self.packed:
            check_ratio(self.name, self.size, self.done)
        return piece
