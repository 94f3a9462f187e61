"""Codes with their labels as a file that other programs read: npz, csv or parquet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from fcae_gui.engine.export_formats import missing_text
from fcae_gui.files import PathLike, atomic_write
from fcae_gui.jobs.registry import JobFailed

PIECE_ROWS = 2_000
Array = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """codes (n, code) float32; halves (n,): "train" or "test"; rows (n,) in the half; labels (n,)."""

    codes: Array
    halves: Array
    rows: Array
    labels: Array | None = None
    class_names: tuple[str, ...] = ()


def write(
    path: PathLike, found: Embedding, format_name: str, tell: Callable[[float], None] = lambda _done: None
) -> None:
    """Write atomically; `tell` gets the share done. Raises JobFailed (a package is missing), OSError."""
    if format_name == "npz":
        atomic_write(path, lambda file: _npz(file, found))
    elif format_name == "csv":
        atomic_write(path, lambda file: _csv(file, found, tell))
    else:
        lacking = missing_text("parquet")
        if lacking:
            raise JobFailed(lacking)
        atomic_write(path, lambda file: _parquet(file, found))


def _npz(file: BinaryIO, found: Embedding) -> None:
    arrays: dict[str, Any] = {"codes": found.codes, "split": found.halves, "row": found.rows}
    if found.labels is not None:
        arrays["labels"] = found.labels
    if found.class_names:
        arrays["class_names"] = np.array(found.class_names)
    np.savez(file, **arrays)


def _csv(file: BinaryIO, found: Embedding, tell: Callable[[float], None]) -> None:
    names = ["split", "row", *(["label"] if found.labels is not None else []), *_code_names(found)]
    file.write((",".join(names) + "\n").encode("ascii"))
    # Nine digits tell every float32 from its neighbours.
    pattern = ",".join(["%.9g"] * found.codes.shape[1])
    n = len(found.codes)
    for start in range(0, n, PIECE_ROWS):
        piece = slice(start, start + PIECE_ROWS)
        heads = [f"{half},{row}" for half, row in zip(found.halves[piece], found.rows[piece], strict=True)]
        if found.labels is not None:
            labels = found.labels[piece].tolist()
            heads = [f"{head},{label}" for head, label in zip(heads, labels, strict=True)]
        codes = found.codes[piece].tolist()
        lines = [f"{head},{pattern % tuple(code)}\n" for head, code in zip(heads, codes, strict=True)]
        file.write("".join(lines).encode("ascii"))
        tell(min(1.0, (start + PIECE_ROWS) / n))


def _parquet(file: BinaryIO, found: Embedding) -> None:
    import pyarrow
    from pyarrow import parquet

    columns: dict[str, Any] = {"split": found.halves, "row": found.rows}
    if found.labels is not None:
        columns["label"] = found.labels
    columns |= {name: found.codes[:, i] for i, name in enumerate(_code_names(found))}
    parquet.write_table(pyarrow.table(columns), file)


def _code_names(found: Embedding) -> list[str]:
    return [f"code_{i + 1}" for i in range(found.codes.shape[1])]
