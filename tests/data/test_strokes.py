"""Strokes are deterministic, sized as MNIST is, drawn as their factors say, and look like handwriting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fcae_gui.bench.strokes import class_accuracies, nearest
from fcae_gui.data import catalog, strokes
from fcae_gui.data.dataset import Split
from fcae_gui.data.strokes_render import BOX, MARGIN, PATCH, ink
from fcae_gui.data.strokes_skeletons import FAMILIES, Family
from fcae_gui.data.strokes_splines import POINTS, compile_family, skeletons, spline_basis

CALM = dict.fromkeys(
    ("slant", "slant_spread", "rotation_spread", "width_spread", "size_spread", "thickness_spread"), 0.0
) | dict.fromkeys(("wobble", "bend", "overshoot", "pressure"), 0.0)


@pytest.fixture(scope="module")
def drawn() -> Split:
    return strokes.render(3_000, seed=11)


def _images(split: Split) -> np.ndarray:
    return split.as_float().reshape(-1, 28, 28)


def _labels(split: Split) -> np.ndarray:
    assert split.labels is not None
    return split.labels


def test_quick_is_a_prefix_of_the_full_set() -> None:
    quick = strokes.quick()
    full = strokes.full(n_train=2_500, n_test=1_000)
    assert (len(quick.train), len(quick.test), quick.complete, full.complete) == (2_000, 500, False, True)
    for few, many in ((quick.train, full.train), (quick.test, full.test)):
        n = len(few)
        np.testing.assert_array_equal(few.features, many.features[:n])
        np.testing.assert_array_equal(_labels(few), _labels(many)[:n])
        assert few.factors.keys() == many.factors.keys()
        for name, values in few.factors.items():
            np.testing.assert_array_equal(values, many.factors[name][:n])
    assert quick.fingerprint and quick.fingerprint != full.fingerprint


def test_a_data_set_says_what_the_window_needs() -> None:
    quick = strokes.quick()
    assert (quick.name, quick.title, quick.image_shape) == ("strokes", "Strokes", (28, 28))
    assert quick.class_names == tuple("0123456789")
    assert quick.train.features.dtype == np.uint8
    assert set(quick.train.factors) >= {
        "slant", "thickness", "rotation", "width", "size", "wobble", "skeleton"
    }  # fmt: skip


def test_a_seed_draws_the_same_digits_whatever_number_is_asked_for() -> None:
    some = strokes.render(730, seed=5)
    np.testing.assert_array_equal(some.features, strokes.render(1_200, seed=5).features[:730])
    assert not np.array_equal(some.features, strokes.render(730, seed=6).features)


def test_training_and_test_half_share_no_image() -> None:
    quick = strokes.quick()
    train = {row.tobytes() for row in quick.train.features}
    assert len(train) == len(quick.train)
    assert not train & {row.tobytes() for row in quick.test.features}


def test_classes_are_balanced_and_shuffled(drawn: Split) -> None:
    labels = _labels(drawn)
    for start in range(0, len(labels), 500):
        assert np.bincount(labels[start : start + 500]).tolist() == [50] * 10
    repeats = (labels[1:] == labels[:-1]).mean()
    assert repeats == pytest.approx(0.1, abs=0.03)


def test_progress_rises_to_the_total() -> None:
    seen: list[tuple[int, int]] = []
    strokes.full(lambda done, total: seen.append((done, total)), n_train=1_200, n_test=300)
    assert seen == [(500, 1_500), (1_000, 1_500), (1_200, 1_500), (1_500, 1_500)]


def test_every_digit_fills_the_box_of_twenty_pixels(drawn: Split) -> None:
    inked = _images(drawn) > 0.25
    height, width = inked.any(axis=2).sum(axis=1), inked.any(axis=1).sum(axis=1)
    longer = np.maximum(height, width)
    assert np.mean(np.abs(longer - BOX) <= 1) > 0.98
    assert np.all(np.abs(longer - BOX) <= 2)


def test_the_mass_of_every_digit_lies_in_the_middle(drawn: Split) -> None:
    images, axis = _images(drawn), np.arange(28)
    mass = images.sum(axis=(1, 2))
    for across in (2, 1):
        off = np.abs(images.sum(axis=across) @ axis / mass - 13.5)
        assert np.mean(off <= 0.51) > 0.98  # whole pixels: never more than half of one
        assert off.max() < 1.6


def _shear(images: np.ndarray) -> np.ndarray:
    """Lean to the right from second moments, an estimate that knows nothing of how digits were drawn."""
    y, x = np.mgrid[:28, :28].astype(float)
    mass = images.sum(axis=(1, 2))
    y_off = y - ((images * y).sum(axis=(1, 2)) / mass)[:, None, None]
    x_off = x - ((images * x).sum(axis=(1, 2)) / mass)[:, None, None]
    return -(images * x_off * y_off).sum(axis=(1, 2)) / (images * y_off**2).sum(axis=(1, 2))


def test_factors_are_what_the_images_show(drawn: Split) -> None:
    images, labels = _images(drawn), _labels(drawn)

    def correlation(digit: int, name: str, seen: np.ndarray) -> float:
        rows = labels == digit
        return float(np.corrcoef(drawn.factors[name][rows], seen[rows])[0, 1])

    assert correlation(1, "slant", _shear(images)) > 0.8
    assert correlation(1, "rotation", _shear(images)) > 0.2  # clockwise leans to the right
    columns = (images > 0.25).any(axis=1).sum(axis=1)
    for digit in (0, 3, 8):
        assert correlation(digit, "slant", _shear(images)) > 0.7
        assert correlation(digit, "thickness", images.sum(axis=(1, 2))) > 0.8
    assert correlation(0, "width", columns.astype(float)) > 0.4


def test_a_calm_hand_draws_upright_bars_of_the_width_it_is_told() -> None:
    hand = strokes.Hand(thickness=3.0, **CALM)
    split = strokes.render(500, seed=1, hand=hand)
    bars = _images(split)[(_labels(split) == 1) & (split.factors["skeleton"] == 0)]
    assert np.abs(_shear(bars)).max() < 0.03
    np.testing.assert_allclose(bars[:, 10:18].sum(axis=2), 3.0, atol=0.08)


def test_ink_of_a_straight_line_has_the_exact_profile() -> None:
    x = np.linspace(-15.0, 35.0, 400, dtype=np.float32)
    points = np.stack([x, np.full_like(x, 9.3)], axis=1)[None]
    lengths = np.full((1, 400), x[1] - x[0], np.float32)
    patch = ink(points, lengths, np.full((1, 400), 1.4, np.float32), edge=1.5)[0]
    rows = np.arange(PATCH) + 0.5 - MARGIN
    expected = np.clip((1.4 - np.abs(rows - 9.3)) / 1.5 + 0.5, 0.0, 1.0)
    np.testing.assert_allclose(patch, np.repeat(expected[:, None], PATCH, axis=1), atol=2e-3)


def test_ink_of_a_circle_agrees_with_the_distance_to_it() -> None:
    turn = np.linspace(0.0, 2.0 * math.pi, 301, dtype=np.float32)
    points = np.stack([10 + 7 * np.cos(turn), 10 + 7 * np.sin(turn)], axis=1)[None]
    lengths = np.full((1, 301), 2.0 * math.pi * 7 / 301, np.float32)
    patch = ink(points, lengths, np.full((1, 301), 1.3, np.float32), edge=1.7)[0]
    rows, columns = np.mgrid[:PATCH, :PATCH] + 0.5 - MARGIN
    distance = np.abs(np.hypot(rows - 10, columns - 10) - 7)
    expected = np.clip((1.3 - distance) / 1.7 + 0.5, 0.0, 1.0)
    # On the inside of a bend the soft minimum sees a little more ink; a tenth of a grey step at radius 7.
    np.testing.assert_allclose(patch, expected, atol=0.1)
    assert np.abs(patch - expected).mean() < 0.02


def test_splines_pass_through_their_points_and_keep_parabolas() -> None:
    knots = np.array([0.0, 0.7, 1.1, 2.4, 3.0])
    np.testing.assert_allclose(spline_basis(knots, knots), np.eye(5), atol=1e-12)
    at = np.linspace(0.0, 3.0, 50)
    np.testing.assert_allclose(spline_basis(knots, at) @ (2 - knots + 3 * knots**2), 2 - at + 3 * at**2)


def test_skeletons_fit_the_numbers_a_sample_draws() -> None:
    compiled = skeletons()
    assert [len(families) for families in compiled] == [len(FAMILIES[digit]) for digit in range(10)]
    for families in compiled:
        for skeleton in families:
            keys, controls, _ = skeleton.shapes.shape
            assert keys <= strokes.MAX_KEYS and controls <= strokes.MAX_CONTROLS
            assert skeleton.basis.shape == (POINTS, controls)
            np.testing.assert_allclose(skeleton.basis.sum(axis=1), 1.0, atol=1e-5)  # moves with its points
            assert skeleton.starts[0] == 0 and skeleton.starts[-1] == POINTS


def test_key_shapes_that_do_not_correspond_are_refused() -> None:
    family = Family(name="odd", weight=1.0, shapes=("0,0 10,10 20,0", "0,0 10,10* 20,0"))
    with pytest.raises(ValueError, match="key shapes of 3 odd do not correspond"):
        compile_family(3, family)


@pytest.mark.parametrize(
    ("field", "value"), [("thickness", 0.0), ("slant_spread", -0.1), ("mixing", math.nan)]
)
def test_an_impossible_hand_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} must be .*{value}"):
        strokes.Hand(**{field: value})


def test_no_digits_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        strokes.render(0, seed=1)


def test_other_strokes_are_recognised_by_their_nearest_neighbour(drawn: Split) -> None:
    other = strokes.render(500, seed=12)
    answer = _labels(drawn)[nearest(drawn.as_float(), other.as_float())]
    assert (answer == _labels(other)).mean() > 0.9


@pytest.mark.mnist
def test_real_digits_are_recognised_by_the_nearest_stroke(mnist_dir: object, drawn: Split) -> None:
    mnist = catalog.load("mnist", str(mnist_dir)).test
    some, truth = mnist.as_float(slice(0, 2_000)), _labels(mnist)[:2_000]
    answer = _labels(drawn)[nearest(drawn.as_float(), some)]
    # 3,000 strokes here; `fcae bench strokes` measures the figure with 20,000 on all 10,000.
    assert (answer == truth).mean() > 0.78
    assert class_accuracies(truth, answer).min() > 0.55
