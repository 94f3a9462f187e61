"""What maps keep of neighbourhoods: against scikit-learn, by hand, and in cases that are clear."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from fcae_gui.analysis import embeddings
from fcae_gui.analysis.embedding_quality import CHUNK_ROWS, quality


def samples(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize(("n", "d", "k"), [(60, 3, 5), (CHUNK_ROWS + 45, 40, 10), (300, 200, 12)])
def test_trustworthiness_and_continuity_are_scikit_learns(n: int, d: int, k: int) -> None:
    far = samples(n, d).astype(np.float32)
    flat = far[:, :2] + 0.3 * samples(n, 2, seed=1)
    found = quality(far, flat, k=k)
    assert found.trustworthiness == pytest.approx(trustworthiness(far, flat, n_neighbors=k), abs=1e-6)
    assert found.continuity == pytest.approx(trustworthiness(flat, far, n_neighbors=k), abs=1e-6)
    assert (found.n, found.of, found.k, found.purity) == (n, n, k, None)


def test_five_points_on_a_line_with_two_exchanged_by_hand() -> None:
    line = np.array([0.0, 1.0, 2.1, 3.3, 4.6])[:, None]
    places = line.copy()
    places[[1, 3]] = places[[3, 1]]  # on the map in the order 0, 3, 2, 1, 4
    found = quality(line, np.column_stack([places, 0 * places]), k=1)
    # Nearest on the map, its rank in the source: 0 -> 3 (3), 1 -> 2 (2), 2 -> 3 (2), 3 -> 0 (4), 4 -> 1 (3).
    lost = 2 + 1 + 1 + 3 + 2
    assert found.trustworthiness == pytest.approx(1 - 2 / (5 * (10 - 3 - 1)) * lost) == pytest.approx(0.4)
    assert found.continuity == pytest.approx(0.4)  # exchanging them once more leads back


def test_a_map_that_is_its_source_is_perfect_and_noise_is_no_map() -> None:
    flat = samples(400, 2)
    same = quality(flat, flat * 7.0 + 3.0)
    assert same.trustworthiness == same.continuity == 1.0
    noise = quality(flat, samples(400, 2, seed=5))
    assert 0.4 < noise.trustworthiness < 0.6 and 0.4 < noise.continuity < 0.6


def test_tearing_costs_continuity_and_gluing_costs_trustworthiness() -> None:
    angle = np.linspace(0.0, 2 * np.pi, 300, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    line = np.column_stack([angle, np.zeros(300)])
    torn, glued = quality(ring, line), quality(line, ring)
    assert torn.trustworthiness > torn.continuity
    assert glued.trustworthiness == pytest.approx(torn.continuity)
    assert glued.trustworthiness < glued.continuity


def test_purity_is_the_share_of_neighbours_of_the_same_class() -> None:
    labels = np.repeat([0, 1], 30)
    apart = np.column_stack([10.0 * labels, np.arange(60.0) * 1e-3])
    mixed = np.column_stack([np.tile(np.arange(30.0), 2), 1e-3 * labels])  # pairs of one of each
    found = quality(mixed, apart, labels, k=10)
    assert found.purity == 1.0
    assert found.source_purity == pytest.approx(0.5, abs=0.06)
    assert quality(mixed, mixed, labels, k=1).purity == 0.0


def test_of_very_many_points_a_part_is_compared_and_that_is_said() -> None:
    flat = samples(500, 2)
    found = quality(flat, flat, np.zeros(500), most=200)
    assert (found.n, found.of) == (200, 500)
    assert found.trustworthiness == 1.0 and found.purity == 1.0


def test_what_cannot_be_judged_is_refused() -> None:
    flat = samples(10, 2)
    assert quality(flat, flat, k=10).k == 4  # k must stay below half of the points
    with pytest.raises(ValueError, match="equally long"):
        quality(flat, flat[:9])
    with pytest.raises(ValueError, match="at least 4"):
        quality(flat[:3], flat[:3])
    with pytest.raises(ValueError, match="finite"):
        quality(flat, np.full((10, 2), np.nan))


def test_turned_places_lie_as_before_and_keep_their_shape() -> None:
    before = samples(50, 2) * [3.0, 1.0]
    turn = np.array([[0.6, -0.8], [-0.8, -0.6]])  # a mirror as well
    after = 2.0 * before @ turn + 5.0
    found = embeddings.turned(after, before)
    np.testing.assert_allclose(found - found.mean(axis=0), 2.0 * (before - before.mean(axis=0)), atol=1e-9)
    flipped = embeddings.turned(before * [-1.0, 1.0], before, flips_only=True)
    np.testing.assert_allclose(flipped[:, 1], before[:, 1])
    assert np.corrcoef(flipped[:, 0], before[:, 0])[0, 1] == pytest.approx(1.0)
    assert embeddings.turned(after, before[:10]) is after
