"""Clusters: the scores against scikit-learn and values by hand, numbers that stay, and what is found."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, pairwise_distances_argmin_min
from sklearn.metrics.cluster import contingency_matrix

from fcae_gui.analysis import clustering as c


def _blobs(n: int = 300, d: int = 5) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(1)
    truth = np.arange(n) % 3
    centres = 12 * np.eye(3, d)
    return (centres[truth] + draw.normal(size=(n, d))).astype(np.float32), truth


@pytest.mark.parametrize("seed", range(8))
def test_the_adjusted_rand_index_is_that_of_scikit_learn(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 400))
    truth, labels = draw.integers(0, 6, n), draw.integers(-1, 5, n)
    assert c.adjusted_rand(truth, labels) == pytest.approx(adjusted_rand_score(truth, labels), abs=1e-12)
    np.testing.assert_array_equal(c.contingency(truth, labels), contingency_matrix(truth, labels))


def test_the_adjusted_rand_index_by_hand() -> None:
    # Classes {0 0 0 1 1 1} and clusters {0 0 1 1 1 1}, by the formula of Hubert and Arabie: pairs
    # together 1 + 0 + 3 = 4, in classes 6, in clusters 1 + 6 = 7, of 15: (4 - 2.8) / (6.5 - 2.8).
    assert c.adjusted_rand([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]) == pytest.approx(1.2 / 3.7)
    assert c.adjusted_rand([0, 0, 1], [7, 7, 3]) == 1.0
    assert c.adjusted_rand([0, 0, 0], [1, 1, 1]) == 1.0
    assert c.adjusted_rand([0, 1, 2], [0, 0, 0]) == 0.0
    with pytest.raises(ValueError, match="as many labels"):
        c.adjusted_rand([0, 1], [0])


def test_purity_and_noise_by_hand() -> None:
    truth, labels = np.array([0, 0, 1, 1, 1, 2, 2, 2]), np.array([0, 0, 0, 1, 1, 1, -1, -1])
    assert c.purity(truth, labels) == pytest.approx(4 / 6)  # 2 of 3 and 2 of 3; noise does not count
    assert c.noise_share(labels) == 0.25
    assert c.purity(truth, np.full(8, -1)) is None
    assert c.mode(np.array([4, 4, 9])) == (4, pytest.approx(2 / 3))


@pytest.mark.parametrize("method", list(c.METHODS))
def test_each_method_finds_blobs_and_gives_newcomers_to_them(method: str) -> None:
    x, truth = _blobs()
    found = c.cluster(method, x, 3)
    assert c.adjusted_rand(truth[found.labels >= 0], found.labels[found.labels >= 0]) == 1.0
    assert found.labels.max() == 2 and c.noise_share(found.labels) < 0.3 and found.seconds > 0
    more, of = _blobs(90)
    given = found.assign(more)
    kept = given >= 0
    assert c.adjusted_rand(of[kept], given[kept]) == 1.0 and kept.mean() > 0.7
    with pytest.raises(ValueError, match="need at least"):
        c.cluster(method, x[: c.samples_needed(method, 3) - 1], 3)


def test_samples_that_are_all_the_same_do_no_harm() -> None:
    for method in c.METHODS:
        labels = c.cluster(method, np.ones((40, 6), np.float32), 3).labels
        assert labels.shape == (40,) and labels.min() >= -1


def test_numbers_stay_with_the_clusters_that_share_most() -> None:
    before = np.repeat([0, 1, 2, 3], 25)
    shuffled = np.array([2, 0, 3, 1])[before]
    shuffled[:3] = shuffled[30]  # a few change sides
    np.testing.assert_array_equal(c.numbered(shuffled, previous=before)[3:], before[3:])
    truth = np.repeat([5, 3], [60, 40])
    first = c.numbered(np.repeat([8, 4, -1], [60, 30, 10]), truth=truth)
    np.testing.assert_array_equal(first, np.repeat([1, 0, -1], [60, 30, 10]))  # 3 comes before 5
    np.testing.assert_array_equal(c.numbered(np.array([9, 7, 7]))[[0, 1]], [1, 0])  # else the larger first
    fewer = c.numbered(np.array([4, 4, 6, 6]), previous=np.array([9, 9, 2, 2]))
    np.testing.assert_array_equal(fewer, [1, 1, 0, 0])  # without holes
    assert (c.numbered(np.full(4, -1), previous=np.arange(4)) == -1).all()


def test_nearest_is_that_of_scikit_learn_and_operations_are_counted() -> None:
    draw = np.random.default_rng(0)
    x, among = draw.normal(size=(2500, 7)).astype(np.float32), draw.normal(size=(40, 7)).astype(np.float32)
    rows, square = c.nearest(x, among)
    expected, distance = pairwise_distances_argmin_min(x, among)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_allclose(square, distance**2, atol=1e-4)
    assert c.flops_of_pairs(1000, 784) == 1_568_000_000
    assert c.time_pairs(x[:200]) > 0
    assert (
        c.samples_used("hdbscan", 9_000, 784) == c.MOST_HIGH and c.samples_used("hdbscan", 9_000, 32) == 9_000
    )
