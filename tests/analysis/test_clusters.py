"""k-means against scikit-learn's on clouds that are apart, and its numbering from one refresh to the next."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from fcae_gui.analysis.clusters import k_means


def clouds(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, 2000)
    return (rng.normal(size=(5, 3)) * 20)[truth].astype(np.float32) + rng.normal(size=(2000, 3)), truth


def test_the_clusters_are_those_of_scikit_learn_and_of_the_clouds() -> None:
    points, truth = clouds()
    labels, centres = k_means(points, 5)
    theirs = KMeans(5, n_init=10, random_state=0).fit(points)
    assert adjusted_rand_score(truth, labels) > 0.99
    ours = np.square(points - centres[labels]).sum()
    assert ours == pytest.approx(theirs.inertia_, rel=1e-3)


def test_clusters_keep_their_numbers_while_points_move() -> None:
    points, _truth = clouds()
    labels, centres = k_means(points, 5)
    again, _centres = k_means(points * 1.1 + 0.5, 5, start=centres)
    assert (labels == again).mean() > 0.99


def test_broken_points_move_nothing_and_too_few_are_refused() -> None:
    points, _truth = clouds()
    points[7] = np.nan
    assert np.isfinite(k_means(points, 5)[1]).all()
    with pytest.raises(ValueError, match="at least 5 points, got 3"):
        k_means(points[:3], 5)
