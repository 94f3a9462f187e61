"""The training image nearest to a decoded one: it tells a new digit from a remembered one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.data.dataset import Dataset

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


class NearestTrainingImage:
    """Exact search by chunks: |a - b|^2 = |a|^2 - 2 a.b + |b|^2 with the norms of the data kept.

    60,000 x 784 bytes stay bytes; a chunk is converted while it is in hand, so no float copy of the whole
    training set is held beside the engine's own.
    """

    def __init__(self) -> None:
        self._of: Dataset | None = None
        self._norms = np.empty(0, np.float32)

    def __call__(self, question: NearestQuestion) -> NearestAnswer:
        """Answer one question; called on a worker."""
        split = question.dataset.train
        wanted = np.ascontiguousarray(question.pixels, np.float32)  # (d,)
        fresh = question.dataset is not self._of
        norms = np.empty(len(split), np.float32) if fresh else self._norms
        best_row, best = 0, np.inf
        for start in range(0, len(split), CHUNK_ROWS):
            rows = slice(start, start + CHUNK_ROWS)
            chunk = split.as_float(rows)  # (chunk, d)
            if fresh:
                norms[rows] = np.einsum("ij,ij->i", chunk, chunk)
            score = norms[rows] - 2.0 * (chunk @ wanted)  # (chunk,) squared distance less |wanted|^2
            lowest = int(score.argmin())
            if score[lowest] < best:
                best_row, best = start + lowest, float(score[lowest])
        if fresh:
            self._of, self._norms = question.dataset, norms
        pixels = split.as_float(np.array([best_row]))[0]
        return NearestAnswer(
            ticket=question.ticket,
            row=best_row,
            pixels=pixels,
            label=None if split.labels is None else int(split.labels[best_row]),
            distance=float(np.linalg.norm(pixels - wanted)),
        )
