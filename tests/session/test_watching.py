"""Which samples are shown: balanced, the same for the same choice, never out of range."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.session.neighbours import CHUNK_ROWS, NearestQuestion, NearestTrainingImage
from fcae_gui.session.watching import choose, label_of, name_on_map, sample_name


def dataset(n_train: int = 60, n_test: int = 30, *, labels: bool = True) -> Dataset:
    rng = np.random.default_rng(1)

    def split(n: int) -> Split:
        return Split(
            features=rng.integers(0, 256, (n, 16), dtype=np.uint8),
            labels=np.arange(n) % 10 if labels else None,
        )

    names = tuple("abcdefghij") if labels else ()
    return Dataset(
        name="t", title="T", train=split(n_train), test=split(n_test), image_shape=(4, 4), class_names=names
    )


def test_the_grid_shows_every_class_in_turn_and_the_same_images_each_time() -> None:
    first, again = (choose(dataset(), 1, columns=10) for _ in range(2))
    assert sorted(first.grid_labels) == list("abcdefghij")
    np.testing.assert_array_equal(first.watch.grid_rows, again.watch.grid_rows)
    other = choose(dataset(), 1, columns=10, grid_seed=1)
    assert (other.watch.grid_rows != first.watch.grid_rows).any()
    np.testing.assert_allclose(first.grid_images, dataset().test.as_float()[first.watch.grid_rows])


def test_a_sample_of_the_map_is_named_by_its_half_its_number_there_and_its_class() -> None:
    data = dataset()
    test, both = choose(data, 1, columns=1), choose(data, 1, columns=1, all_points=True)
    assert (name_on_map(test, 4, data), label_of(test, 4, data)) == ("test sample 4", "e")
    assert (name_on_map(both, 59, data), label_of(both, 59, data)) == ("training sample 59", "j")
    assert (name_on_map(both, 60, data), label_of(both, 60, data)) == ("test sample 0", "a")
    assert label_of(choose(dataset(labels=False), 1, columns=1), 4, data) == ""
    assert sample_name("train", 59_999) == "training sample 59,999"


@pytest.mark.parametrize("columns", [1, 7, 40])
@pytest.mark.parametrize("labels", [True, False])
def test_any_number_of_columns_is_filled_even_from_few_samples(columns: int, labels: bool) -> None:
    shown = choose(dataset(n_test=9, labels=labels), 1, columns=columns)
    assert shown.grid_images.shape == (columns, 16)


def test_all_points_are_training_rows_first_then_test_rows() -> None:
    data = dataset()
    shown = choose(data, 1, columns=3, all_points=True)
    assert shown.watch.map_split == "all" and len(shown.watch.map_rows) == 90
    np.testing.assert_array_equal(shown.map_features[60:], data.test.features)
    assert shown.map_labels is not None and len(shown.map_labels) == 90


def test_the_nearest_image_is_the_nearest_across_chunk_borders() -> None:
    data = dataset(n_train=2 * CHUNK_ROWS + 17)
    search = NearestTrainingImage()
    for row in (0, CHUNK_ROWS - 1, CHUNK_ROWS, 2 * CHUNK_ROWS + 16):
        pixels = data.train.as_float(np.array([row]))[0]
        answer = search(NearestQuestion(ticket=1, dataset=data, pixels=pixels))
        assert answer.distance == pytest.approx(0.0, abs=1e-3)
        np.testing.assert_array_equal(answer.pixels, pixels)
