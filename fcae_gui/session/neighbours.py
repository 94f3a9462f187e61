"""The training image nearest to a decoded one: it tells a new digit from a remembered one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.data.dataset import Dataset, Split

CHUNK_ROWS = 4096  # 13 MB as float32: stays near the cache, and gives the interpreter back every few ms


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestQuestion:
    """Which image to look for: pixels (d,) float32 in `dataset`; `ticket` comes back with the answer."""

    ticket: int
    dataset: Dataset
    pixels: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestAnswer:
    """Row of the training half, its pixels (d,) float32, label or None, Euclidean distance in pixel space."""

    ticket: int
    row: int
    pixels: np.ndarray
    label: int | None
    distance: float


class ChunkSearch:
    """Exact search by chunks: |a - b|^2 = |a|^2 - 2 a.b + |b|^2 with the norms of the data kept.

    60,000 x 784 bytes stay bytes; a chunk is converted while it is in hand, so no float copy of the whole
    training set is held beside the engine's own.
    """

    def __init__(self) -> None:
        self._of: np.ndarray | None = None
        self._norms = np.empty(0, np.float32)

    def __call__(
        self, features: np.ndarray, wanted: np.ndarray, k: int = 1, *, without: int = -1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows (k,) of `features` (n, d) nearest to `wanted` (d,) in ascending order, and their Euclidean
        distances (k,); the row `without` does not count. Fewer when there are no more. Of equals the first.
        """
        split = Split(features=features)
        wanted = np.ascontiguousarray(wanted, np.float32)  # (d,)
        fresh = features is not self._of
        norms = np.empty(len(features), np.float32) if fresh else self._norms
        rows, scores = np.empty(0, np.int64), np.empty(0, np.float32)
        for start in range(0, len(features), CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            chunk = split.as_float(part)  # (chunk, d)
            if fresh:
                norms[part] = np.einsum("ij,ij->i", chunk, chunk)
            score = norms[part] - 2.0 * (chunk @ wanted)  # (chunk,) squared distance less |wanted|^2
            if start <= without < start + len(score):
                score[without - start] = np.inf
            best = _lowest(score, k)
            rows = np.concatenate([rows, start + best])
            scores = np.concatenate([scores, score[best]])
            kept = np.argsort(scores, kind="stable")[:k]
            rows, scores = rows[kept], scores[kept]
        if fresh:
            self._of, self._norms = features, norms
        rows = rows[rows != without]
        away = split.as_float(rows) - wanted  # (k, d): exact, where the sum above has lost digits
        return rows, np.sqrt(np.einsum("ij,ij->i", away, away))


def _lowest(score: np.ndarray, k: int) -> np.ndarray:
    """Indices (k,) of the lowest scores; those that are not numbers come last."""
    if k == 1:
        return np.array([score.argmin()])
    if k >= len(score):
        return np.argsort(score, kind="stable")
    few = np.argpartition(score, k)[:k]
    return few[np.argsort(score[few], kind="stable")]


class NearestTrainingImage:
    """The training image nearest to a decoded one."""

    def __init__(self) -> None:
        self._search = ChunkSearch()

    def __call__(self, question: NearestQuestion) -> NearestAnswer:
        """Answer one question; called on a worker."""
        split = question.dataset.train
        rows, distances = self._search(split.features, question.pixels)
        row = int(rows[0])
        return NearestAnswer(
            ticket=question.ticket,
            row=row,
            pixels=split.as_float(np.array([row]))[0],
            label=None if split.labels is None else int(split.labels[row]),
            distance=float(distances[0]),
        )
