"""Drawings and photographs made like the data: MNIST's own rule, measured on MNIST itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fcae_gui.analysis.handwriting import box_of, clean, like_data, votes
from fcae_gui.data.catalog import load

SHAPE = (28, 28)


def _drawing() -> np.ndarray:
    """A slanted bar with a foot far from the middle of a large field."""
    grey = np.zeros((300, 300), np.float32)
    for i in range(120):
        grey[150 + i, 20 + i // 3 : 40 + i // 3] = 1.0
    grey[262:270, 30:79] = 1.0  # a foot: its mass lies in the middle of no pixel's edge
    return grey


@pytest.mark.mnist
def test_an_image_of_mnist_comes_back_as_itself(mnist_dir: Path) -> None:
    images = load("mnist", mnist_dir).test.as_float(slice(0, 300)).reshape(-1, 28, 28)
    for image in images:
        large = image.repeat(16, axis=0).repeat(16, axis=1)
        found = like_data(large, SHAPE)
        assert found is not None and np.allclose(found.reshape(SHAPE), image, atol=1e-4)


@pytest.mark.mnist
def test_the_box_of_mnist_is_measured_as_twenty_pixels(mnist_dir: Path) -> None:
    assert box_of(load("mnist", mnist_dir).train.features, SHAPE) == (20, 20)


def test_data_that_fill_their_field_get_drawings_that_fill_it() -> None:
    data = load("digits8")
    box = box_of(data.train.features, (8, 8))
    assert box == (8, 8)
    found = like_data(_drawing(), (8, 8), box, enlarge=None)
    assert found is not None
    assert np.flatnonzero(found.reshape(8, 8).any(axis=1)).tolist() == list(range(8))


def test_the_ink_keeps_its_aspect_fits_the_box_and_has_its_mass_in_the_middle() -> None:
    found = like_data(_drawing(), SHAPE)
    assert found is not None
    image = found.reshape(SHAPE)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert rows[-1] - rows[0] + 1 == 20
    assert columns[-1] - columns[0] + 1 == round(20 * 59 / 120)
    y = (image.sum(axis=1) @ np.arange(28)) / image.sum()
    x = (image.sum(axis=0) @ np.arange(28)) / image.sum()
    assert abs(y - 14) <= 0.5 and abs(x - 14) <= 0.5
    assert found.min() >= 0.0 and found.max() <= 1.0


def test_where_the_drawing_lies_and_how_fine_it_is_change_nothing() -> None:
    here = like_data(_drawing(), SHAPE)
    moved = like_data(np.roll(_drawing(), (-100, 180), (0, 1)), SHAPE)
    finer = like_data(_drawing().repeat(2, axis=0).repeat(2, axis=1), SHAPE)
    assert here is not None and moved is not None and finer is not None
    assert np.array_equal(here, moved)
    assert np.abs(here - finer).max() < 1e-5


def test_a_dot_stays_a_dot_and_nothing_is_nothing() -> None:
    grey = np.zeros((280, 280), np.float32)
    assert like_data(grey, SHAPE) is None
    grey[100:130, 50:80] = 1.0
    dot = like_data(grey, SHAPE)
    assert dot is not None and np.count_nonzero(dot) < 12 * 12


@pytest.mark.parametrize("shape", [(8, 8), (16, 16), (28, 20), (5, 40)])
def test_any_shape_of_image_is_filled_without_leaving_it(shape: tuple[int, int]) -> None:
    found = like_data(_drawing(), shape, enlarge=None)
    assert found is not None and found.shape == (shape[0] * shape[1],) and found.max() > 0.3


def test_dark_ink_on_light_paper_is_turned_round_and_its_paper_becomes_black() -> None:
    rng = np.random.default_rng(0)
    paper = 0.8 + 0.02 * rng.normal(size=(120, 90)).astype(np.float32)
    paper[30:90, 40:50] = 0.15
    cleaned = clean(paper)
    assert cleaned[30:90, 40:50].min() > 0.9
    outside = np.ones_like(paper, bool)
    outside[30:90, 40:50] = False
    assert cleaned[outside].max() == 0.0


def test_a_clean_light_image_on_black_is_left_as_it_is_and_an_even_one_is_empty() -> None:
    grey = np.zeros((28, 28), np.float32)
    grey[5:20, 9:14] = 1.0
    grey[5:20, 14] = 0.05
    assert np.array_equal(clean(grey), grey)
    assert not clean(np.full((40, 40), 0.7, np.float32)).any()


def test_votes_are_those_of_a_plain_sort() -> None:
    rng = np.random.default_rng(3)
    codes, labels = rng.normal(size=(500, 3)).astype(np.float32), rng.integers(0, 4, 500)
    rows, shares = votes(np.zeros(3, np.float32), codes, labels, k=10)
    expected = np.argsort((codes.astype(np.float64) ** 2).sum(axis=1))[:10]
    assert rows.tolist() == expected.tolist()
    assert shares[0][1] == max(np.bincount(labels[expected])) / 10
    assert sum(share for _, share in shares) == pytest.approx(1.0)


def test_votes_work_without_labels_with_few_codes_and_with_codes_that_are_not_finite() -> None:
    codes = np.array([[0.0, 0.0], [np.nan, 0.0], [1.0, 0.0]], np.float32)
    rows, shares = votes(np.zeros(2, np.float32), codes, None, k=10)
    assert rows.tolist()[:2] == [0, 2] and shares == []
    assert votes(np.zeros(2, np.float32), codes[:0], None)[1] == []
