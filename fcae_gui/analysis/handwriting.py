"""A drawing or a photograph made like the data: light ink on black, sized into a box, centred by its mass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Array = np.ndarray

MNIST_BOX = 20 / 28  # of the field's sides: MNIST fits the ink of a digit into 20 of 28 pixels
MOST_ENLARGED = 2.5  # a first dot of a pen must not become a disc that fills the box
SAMPLES = 400  # images that tell how large the ink of a data set is


def like_data(
    grey: Array,
    shape: tuple[int, int],
    box: tuple[int, int] | None = None,
    *,
    enlarge: float | None = MOST_ENLARGED,
) -> Array | None:
    """Light ink on black (h, w) in [0, 1] or uint8 -> (rows * columns,) float32 of `shape`, or None.

    The rule of MNIST: the ink is fitted into `box` (rows, columns; 20 of 28 pixels by default) keeping its
    aspect, resampled by area, and moved by whole pixels until its centre of mass lies in the middle; it
    never leaves the field. `enlarge` limits how much larger than the whole drawing the ink may get.
    """
    rows, columns = shape
    if box is None:
        box = (max(1, round(rows * MNIST_BOX)), max(1, round(columns * MNIST_BOX)))
    seen = grey > 0
    down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(down):
        return None
    ink = np.asarray(grey[down[0] : down[-1] + 1, across[0] : across[-1] + 1], np.float32)
    if grey.dtype == np.uint8:
        ink *= np.float32(1 / 255)
    scale = min(box[0] / ink.shape[0], box[1] / ink.shape[1])
    if enlarge is not None:
        scale = min(scale, enlarge * min(rows / grey.shape[0], columns / grey.shape[1]))
    high = min(rows, max(1, round(ink.shape[0] * scale)))
    wide = min(columns, max(1, round(ink.shape[1] * scale)))
    small = _coverage(high, ink.shape[0]) @ ink @ _coverage(wide, ink.shape[1]).T  # (high, wide)
    mass = max(float(small.sum()), 1e-9)
    y = float(small.sum(axis=1) @ np.arange(high)) / mass
    x = float(small.sum(axis=0) @ np.arange(wide)) / mass
    top = min(max(0, round(rows / 2 - y)), rows - high)
    left = min(max(0, round(columns / 2 - x)), columns - wide)
    field = np.zeros(shape, np.float32)
    field[top : top + high, left : left + wide] = small
    return np.clip(field, 0.0, 1.0).ravel()


def box_of(images: Array, shape: tuple[int, int]) -> tuple[int, int]:
    """How large the ink of a data set is: (n, d) uint8 or float -> the (rows, columns) it is fitted into.

    MNIST answers 20 x 20. Falls back to the rule of MNIST for data whose background is not dark.
    """
    some = np.asarray(images[:: max(1, len(images) // SAMPLES)], np.float32)
    if images.dtype == np.uint8:
        some = some / 255.0
    pictures = some.reshape(-1, *shape)
    usual = (max(1, round(shape[0] * MNIST_BOX)), max(1, round(shape[1] * MNIST_BOX)))
    if float(np.median(_border(pictures))) > 0.25:
        return usual
    seen = pictures > 0
    high, wide = _extent(np.any(seen, axis=2)), _extent(np.any(seen, axis=1))
    share = np.maximum(high / shape[0], wide / shape[1])
    share = share[share > 0]
    if not len(share):
        return usual
    typical = float(np.median(share))
    return max(1, round(typical * shape[0])), max(1, round(typical * shape[1]))


def clean(grey: Array) -> Array:
    """A photograph or scan (h, w) in [0, 1] -> light ink on black, background 0 and ink up to 1.

    The border is taken for the background: where it is light the image is turned round.
    """
    grey = np.asarray(grey, np.float32)
    border = _border(grey[None])
    background, unevenness = float(np.median(border)), float(border.std())
    if background > 0.5:
        grey, background = 1.0 - grey, 1.0 - background
    ink = float(np.percentile(grey, 99.5)) if grey.size > 400 else float(grey.max())
    ink = max(ink, 0.5 * float(grey.max()))
    if ink - background < 0.02:
        return np.zeros_like(grey)
    if background < 1 / 512 and ink > 0.95:  # a clean image is left exactly as it is
        return grey
    stretched = np.clip((grey - background) / (ink - background), 0.0, 1.0)
    paper = min(0.5, max(0.12, 6.0 * unevenness / (ink - background)))  # it is never quite even
    return np.where(stretched < paper, 0.0, stretched).astype(np.float32)


def votes(
    code: Array, codes: Array, labels: Array | None, k: int = 10
) -> tuple[Array, list[tuple[int, float]]]:
    """The k codes nearest to `code`: their rows, nearest first, and (label, share) of their labels.

    code (d,), codes (n, d), labels (n,) or None. Equal shares are ordered by the nearest of each label.
    """
    away = codes - code
    distance = np.einsum("ij,ij->i", away, away)
    distance = np.where(np.isfinite(distance), distance, np.inf)
    k = min(k, len(codes))
    if k == 0:
        return np.empty(0, np.int64), []
    rows = np.argpartition(distance, k - 1)[:k]
    rows = rows[np.argsort(distance[rows], kind="stable")]
    if labels is None:
        return rows, []
    found = [int(label) for label in labels[rows]]
    each = sorted(set(found), key=lambda label: (-found.count(label), found.index(label)))
    return rows, [(label, found.count(label) / k) for label in each]


def _border(pictures: Array) -> Array:
    """(n, h, w) -> the values of the outermost pixels."""
    edges = (pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1])
    return np.concatenate([edge.ravel() for edge in edges])


def _extent(seen: Array) -> Array:
    """(n, size) bool -> (n,) from the first to the last True, 0 without any."""
    first, last = seen.argmax(axis=1), seen.shape[1] - seen[:, ::-1].argmax(axis=1)
    return np.where(seen.any(axis=1), last - first, 0)


@lru_cache(maxsize=256)
def _coverage(out: int, size: int) -> Array:
    """(out, size) float32: which share of output pixel i is covered by input pixel j; rows sum to 1."""
    edges = np.linspace(0, size, out + 1)
    low, high = edges[:-1, None], edges[1:, None]
    at = np.arange(size)[None, :]
    shared = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, None)
    made = (shared / (high - low)).astype(np.float32)
    made.setflags(write=False)
    return made
