"""Makes malformed and hostile files: bombs, lies, pickles and pages in the place of data."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np


def idx_bytes(array: np.ndarray, shape: tuple[int, ...] | None = None) -> bytes:
    """An IDX file of bytes, whose header may claim another shape."""
    shape = array.shape if shape is None else shape
    return (
        struct.pack(">BBBB", 0, 0, 8, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + array.tobytes()
    )


def npy_bytes(header: str, data: bytes = b"") -> bytes:
    """An NPY file with any header."""
    text = header.encode("latin1")
    text += b" " * (64 - (len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def npz_bytes(**members: bytes) -> bytes:
    """An NPZ file of any members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return out.getvalue()


def bomb(size: int, start: bytes = b"", fill: bytes = b"\0") -> bytes:
    """gzip of `start` and then so many bytes of `fill`, made without ever holding them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    pieces = [packer.compress(start)]
    block = fill * (2**20 // len(fill))
    pieces += [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*pieces, packer.flush()])


def zip_bomb(size: int) -> bytes:
    """An .npz whose one array unpacks to so many zeros, as its honest header says."""
    out = io.BytesIO()
    header = npy_bytes(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size // 784}, 784), }}")
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("x.npy", "w") as member,
    ):
        member.write(header)
        for _ in range(size // 2**20):
            member.write(b"\0" * 2**20)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of next to nothing that claims to be that large."""

    def chunk(name: bytes, data: bytes = b"") -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND")


def flipped(content: bytes, at: int) -> bytes:
    """One byte of it inverted."""
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def npy_claiming(descr: str, shape: str, data: bytes = b"") -> bytes:
    """An NPY file of that type and shape."""
    return npy_bytes(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}", data)


IMAGES = np.arange(20 * 28 * 28, dtype=np.uint8).reshape(20, 28, 28)
GOOD_NPY = npy_claiming("'|u1'", "(20, 28, 28)", IMAGES.tobytes())
OBJECTS = npy_claiming("'|O'", "(3, 3)", b"\x80\x04cos\nsystem\n.")

# name -> content, and a word that the sentence must have
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.csv": (lambda: b"", "empty"),
    "page.csv": (lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "page-idx3-ubyte": (lambda: b"\n<html><head></head></html>", "web page"),
    "page.npz": (lambda: b"<html>" + b"x" * 5000, "web page"),
    "page.csv.gz": (lambda: gzip.compress(b"<html><body>moved</body></html>"), "web page"),
    "bomb.csv.gz": (lambda: bomb(2**28, b"a,b\n", b"1,2\n"), "unpack"),
    "zeros.csv.gz": (lambda: bomb(2**28, b"a,b\n"), "not text"),
    "bomb-idx3-ubyte.gz": (lambda: bomb(2**28, idx_bytes(IMAGES[:0], (10, 28, 28))), "after its end"),
    "honest-idx3-ubyte.gz": (lambda: bomb(2**28, idx_bytes(IMAGES[:0], (2**28 // 784, 28, 28))), "unpack"),
    "bomb.npz": (lambda: zip_bomb(2**28), "unpack"),
    "twice.gz": (lambda: gzip.compress(gzip.compress(b"a,b\n1,2\n")), "packed twice"),
    "wide-idx3-ubyte": (lambda: idx_bytes(IMAGES, (20, 10**9, 28)), "too large"),
    "many-idx3-ubyte": (lambda: idx_bytes(IMAGES, (10**9, 1, 1)), "cut short"),
    "short-idx3-ubyte": (lambda: idx_bytes(IMAGES, (21, 28, 28)), "cut short"),
    "long-idx3-ubyte": (lambda: idx_bytes(IMAGES, (19, 28, 28)), "after its end"),
    "dimensions-idx": (lambda: b"\0\0\x08\xff" + b"\0\0\0\1" * 255, "dimensions"),
    "labels-only-idx1-ubyte": (lambda: idx_bytes(IMAGES[0, 0]), "labels only"),
    "pickled.npy": (lambda: OBJECTS, "pickled"),
    "pickled.npz": (lambda: npz_bytes(x=OBJECTS), "pickled"),
    "pickle.pkl": (lambda: b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x05posix\x94", "pickle"),
    "wide.npy": (lambda: npy_claiming("'<f8'", f"(4, {10**9})"), "claims"),
    "overflow.npy": (lambda: npy_claiming("'<f8'", f"({2**62}, {2**62})"), "claims"),
    "code.npy": (lambda: npy_bytes("__import__('os').system('true')"), "header"),
    "deep.npy": (lambda: npy_bytes("(" * 9000), "header"),
    "records.npy": (lambda: npy_claiming("[('a', '<f8')]", "(2,)", b"\0" * 16), "records"),
    "short.npy": (lambda: GOOD_NPY[:-100], "cut short"),
    "lying-size.npz": (lambda: npz_bytes(x=GOOD_NPY[:-100]), "cut short"),
    "altered.npz": (lambda: flipped(npz_bytes(x=GOOD_NPY), 300), "damaged"),
    "no-arrays.npz": (npz_bytes, "archive"),
    "binary.csv": (lambda: bytes(range(1, 256)) * 40 + b"\0\0", "not text"),
    "one-line.csv": (lambda: b"1," * (3 * 2**20), "line"),
    "columns.csv": (lambda: (b"1," * 30_000 + b"1\n") * 20, "columns"),
    "ragged.csv": (lambda: b"".join(b"1," * (i % 17) + b"1\n" for i in range(200)), "different numbers"),
    "words.csv": (lambda: b"name,town\n" + b"Ada,London\n" * 50, "no column of numbers"),
    "quote.csv": (lambda: b'a,b\n1,"' + b"x" * 2**18, ""),
    "header-only.csv": (lambda: b"a,b,c\n", ""),
    "two-rows.csv": (lambda: b"a,b\n1,2\n3,4\n", "at least"),
    "table.parquet": (lambda: b"PAR1" + b"\0" * 100, "Parquet"),
}
PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "claims-a-billion.png": (lambda: png_claiming(10**9, 10), "pixels"),
    "claims-large.png": (lambda: png_claiming(19_000, 19_000), "pixels"),
    "hollow.png": (lambda: png_claiming(2_800, 2_800), "cut short"),
    "page.png": (lambda: b"<!doctype html><title>404</title>", "web page"),
    "text.jpg": (lambda: b"not a picture at all", "not an image"),
    "empty.gif": (lambda: b"", "not an image"),
}
