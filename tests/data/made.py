"""Small made-up data sets as the published files are laid out, written independently of our readers."""

from __future__ import annotations

import bz2
import gzip
import struct
from pathlib import Path

import numpy as np

CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(values: np.ndarray) -> bytes:
    """An IDX file, as Yann LeCun's page describes it."""
    head = struct.pack(">HBB", 0, CODES[values.dtype.name], values.ndim)
    head += b"".join(struct.pack(">I", n) for n in values.shape)
    return head + values.astype(values.dtype.newbyteorder(">")).tobytes()


def images(n: int, side: int = 28, seed: int = 0) -> np.ndarray:
    """(n, side, side) uint8 noise."""
    return np.random.default_rng(seed).integers(0, 256, (n, side, side), dtype=np.uint8)


def labels(n: int, classes: int = 10, first: int = 0) -> np.ndarray:
    return (np.arange(n) % classes + first).astype(np.uint8)


def mnist_like(train: int = 20, test: int = 10) -> dict[str, bytes]:
    """The four files of a small MNIST, unpacked, under their unpacked names."""
    contents = (images(train), labels(train), images(test, seed=1), labels(test))
    return {name: idx(values) for name, values in zip(MNIST_FILES, contents, strict=True)}


def write(folder: Path, files: dict[str, bytes], *, packed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content, 1))
        else:
            (folder / name).write_bytes(content)
    return folder


def usps(pixels: np.ndarray, numbers: np.ndarray) -> bytes:
    """LIBSVM lines, packed; pixels (n, 256) in [-1, 1], zeros left out as LIBSVM allows."""
    lines = [
        f"{number} " + " ".join(f"{i + 1}:{value:.6g}" for i, value in enumerate(row) if value != 0)
        for row, number in zip(pixels, numbers, strict=True)
    ]
    return bz2.compress("\n".join(lines).encode() + b"\n")
