"""Strokes, the data set that needs no download: digits drawn with a simulated pen, and how each was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.fingerprint import fingerprint
from fcae_gui.data.strokes_render import SIDE, centre, fit_box, ink
from fcae_gui.data.strokes_splines import POINTS, Skeleton, skeletons

Array = np.ndarray

NAME = "strokes"
TITLE = "Strokes"
CLASS_NAMES = tuple("0123456789")
BLOCK = 500  # samples drawn from one generator: sample i depends on (seed, i) alone, whatever is asked for
TRAIN_SEED, TEST_SEED = 1, 2
FULL_TRAIN, FULL_TEST = 20_000, 4_000
QUICK_TRAIN, QUICK_TEST = 2_000, 500
MAX_CONTROLS = 24  # control points of the longest skeleton, at most: fixes how many numbers a sample draws
MAX_KEYS = 16  # key shapes of the richest family, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How much handwriting varies; lengths in units of a digit's height, unless they are pixels.

    Logarithmic spreads (size, thickness, width, wobble) multiply, the others add.
    """

    slant: float = 0.05  # mean shear to the right
    slant_spread: float = 0.25
    rotation_spread: float = 0.1  # radians
    width: float = 1.08
    width_spread: float = 0.25
    size_spread: float = 0.2
    thickness: float = 2.35  # pixels, of a digit of usual size
    thickness_spread: float = 0.25
    wobble: float = 0.03  # of each control point
    wobble_spread: float = 0.35
    bend: float = 0.12  # of the six quadratic terms
    overshoot: float = 0.15  # of the first and last piece of a stroke
    mixing: float = 0.6  # Dirichlet concentration: below 1 most digits stay near one key shape
    pressure: float = 0.08  # change of thickness along the path
    edge: float = 1.7  # pixels of grey between paper and ink, as scanning and scaling left them in MNIST

    def __post_init__(self) -> None:
        for name in ("width", "thickness", "mixing", "edge"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        spreads = [name for name in self.__slots__ if name.endswith("_spread")]
        for name in ("wobble", "bend", "overshoot", "pressure", *spreads):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")


HAND = Hand()


def quick() -> Dataset:
    """The first 2,000 training and 500 test samples of `full`, in about half a second; not complete."""
    return _dataset(render(QUICK_TRAIN, TRAIN_SEED), render(QUICK_TEST, TEST_SEED), complete=False)


def full(
    progress: Callable[[int, int], None] | None = None,
    *,
    n_train: int = FULL_TRAIN,
    n_test: int = FULL_TEST,
) -> Dataset:
    """The whole data set; `progress(done, total)` is called after each block of samples."""
    total = n_train + n_test
    train = render(n_train, TRAIN_SEED, progress and (lambda done: progress(done, total)))
    test = render(n_test, TEST_SEED, progress and (lambda done: progress(n_train + done, total)))
    return _dataset(train, test, complete=True)


def render(n: int, seed: int, progress: Callable[[int], None] | None = None, hand: Hand = HAND) -> Split:
    """The first n digits of this seed and hand: uint8 (n, 784), labels balanced in every 500, factors."""
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    blocks = []
    for index in range(-(-n // BLOCK)):
        blocks.append(_render_block(seed, index, hand))
        if progress is not None:
            progress(min(n, (index + 1) * BLOCK))
    return Split(
        features=np.concatenate([b.features for b in blocks])[:n],
        labels=np.concatenate([b.labels for b in blocks if b.labels is not None])[:n],
        factors={name: np.concatenate([b.factors[name] for b in blocks])[:n] for name in blocks[0].factors},
    )


def _dataset(train: Split, test: Split, *, complete: bool) -> Dataset:
    return Dataset(
        name=NAME,
        title=TITLE,
        train=train,
        test=test,
        image_shape=(SIDE, SIDE),
        class_names=CLASS_NAMES,
        complete=complete,
        fingerprint=fingerprint(NAME, train.features, test.features),
    )


def _render_block(seed: int, index: int, hand: Hand) -> Split:
    """Block `index` of a seed: BLOCK samples, every digit equally often, in random order."""
    rng = np.random.default_rng([seed, index])
    n = BLOCK
    labels = rng.permutation(np.arange(n) % 10)

    def normal(*shape: int) -> Array:
        return rng.standard_normal((n, *shape), dtype=np.float32)

    choice = rng.random(n, dtype=np.float32)
    mix = rng.standard_gamma(hand.mixing, (n, MAX_KEYS)).astype(np.float32) + 1e-6
    size = np.exp(hand.size_spread * normal())  # height of the writing; the pen stays the same
    thickness = np.clip(hand.thickness * np.exp(hand.thickness_spread * normal()) / size, 1.2, 5.5)  # pixels
    slant = hand.slant + hand.slant_spread * normal()
    rotation = hand.rotation_spread * normal()  # clockwise
    width = hand.width * np.exp(hand.width_spread * normal())
    wobble = hand.wobble * np.exp(hand.wobble_spread * normal())
    bend = hand.bend * normal(6)
    noise, stretch = normal(MAX_CONTROLS, 2), hand.overshoot * normal(MAX_CONTROLS)
    pressure = hand.pressure * normal(3)

    points = np.empty((n, POINTS, 2), np.float32)
    pen_down = np.empty((n, POINTS), np.float32)
    family = np.empty(n, np.float32)
    for digit, choices in enumerate(skeletons()):
        bounds = np.cumsum([s.weight for s in choices])
        rows_of_digit = np.flatnonzero(labels == digit)
        picks = np.searchsorted(bounds[:-1] / bounds[-1], choice[rows_of_digit], side="right")
        for number, skeleton in enumerate(choices):
            rows = rows_of_digit[picks == number]
            if len(rows) == 0:
                continue
            points[rows] = _path(skeleton, mix[rows], noise[rows], stretch[rows], wobble[rows])
            pen_down[rows] = _joined(skeleton)
            family[rows] = number
    points = _write(points, slant, rotation, width, bend)

    along = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
    modes = np.stack([np.cos(np.pi * along), np.cos(2 * np.pi * along), np.cos(3 * np.pi * along)])
    radii = 0.5 * thickness[:, None] * np.clip(1.0 + pressure @ modes, 0.7, 1.4)
    points = fit_box(points, radii)
    patches = ink(points, _lengths(points, pen_down), radii, hand.edge)
    factors = {
        "slant": slant,
        "thickness": thickness,
        "rotation": rotation,
        "width": width,
        "size": size,
        "wobble": wobble,
        "skeleton": family,
    }
    return Split(
        features=centre(patches).reshape(n, -1),
        labels=labels.astype(np.int64),
        factors={name: values.astype(np.float32) for name, values in factors.items()},
    )


def _path(skeleton: Skeleton, mix: Array, noise: Array, stretch: Array, wobble: Array) -> Array:
    """Pen positions (n, POINTS, 2): key shapes mixed, control points shaken, ends drawn short or long."""
    keys, k, _ = skeleton.shapes.shape
    weights = mix[:, :keys] / mix[:, :keys].sum(axis=1, keepdims=True)
    controls = np.einsum("ns,skc->nkc", weights, skeleton.shapes)
    shaken = 0.5 * noise[:, :k] + np.matmul(skeleton.smooth, noise[:, :k])
    outward = np.matmul(skeleton.ends, controls)
    controls = controls + wobble[:, None, None] * shaken + outward * stretch[:, :k, None]
    return np.matmul(skeleton.basis, controls)


def _joined(skeleton: Skeleton) -> Array:
    """(POINTS,) 1 where the pen has drawn its way from the position before, 0 at the start of a stroke."""
    down = np.ones(POINTS, np.float32)
    down[skeleton.starts[:-1]] = 0.0
    return down


def _lengths(points: Array, pen_down: Array) -> Array:
    """(n, p) length of path that each pen position stands for: half of each neighbouring piece."""
    steps = np.sqrt(((points[:, 1:] - points[:, :-1]) ** 2).sum(axis=2)) * pen_down[:, 1:]
    lengths = np.zeros(pen_down.shape, np.float32)
    lengths[:, 1:] += 0.5 * steps
    lengths[:, :-1] += 0.5 * steps
    return lengths


def _write(points: Array, slant: Array, rotation: Array, width: Array, bend: Array) -> Array:
    """Paths in a hand's own way: bent (six quadratic terms), widened, slanted, turned; y points down."""
    x, y = points[:, :, 0] * width[:, None], points[:, :, 1]
    b = bend[:, :, None]
    bent_x = x + b[:, 0] * y * y + b[:, 1] * x * y + b[:, 2] * x * x
    bent_y = y + b[:, 3] * x * x + b[:, 4] * x * y + b[:, 5] * y * y
    leaning = bent_x - slant[:, None] * bent_y
    cos, sin = np.cos(rotation)[:, None], np.sin(rotation)[:, None]
    return np.stack([cos * leaning - sin * bent_y, sin * leaning + cos * bent_y], axis=2)
