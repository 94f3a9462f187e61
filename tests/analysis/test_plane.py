"""The map's plane against scikit-learn's PCA, and its orientation from one refresh to the next."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from fcae_gui.analysis.plane import identity_plane, principal_plane


def codes(seed: int = 0, n: int = 500, d: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, d)) * np.array([5, 3, 1, 0.5, 0.3, 0.1])[:d] + 2).astype(np.float32)


def test_the_plane_is_that_of_principal_component_analysis() -> None:
    z = codes()
    plane = principal_plane(z)
    expected = PCA(2).fit(z)
    agreement = np.abs(np.diag(plane.basis @ expected.components_.T))
    np.testing.assert_allclose(agreement, 1.0, atol=1e-4)
    np.testing.assert_allclose(plane.share, expected.explained_variance_ratio_, rtol=1e-3)
    np.testing.assert_allclose(plane.origin, z.mean(axis=0), rtol=1e-5)


def test_a_place_on_the_map_leads_to_a_code_and_back() -> None:
    plane = principal_plane(codes())
    places = np.array([[1.0, -2.0], [0.0, 0.5]], np.float32)
    np.testing.assert_allclose(plane.to_map(plane.to_code(places)), places, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2])
def test_small_codes_are_shown_as_they_are(size: int) -> None:
    plane = identity_plane(size)
    z = np.arange(size * 3, dtype=np.float32).reshape(3, size)
    places = plane.to_map(z)
    assert places.shape == (3, 2)
    np.testing.assert_array_equal(places[:, :size], z)
    np.testing.assert_array_equal(plane.to_code(places), z)


def test_the_orientation_is_kept_when_signs_flip_or_variances_cross() -> None:
    z = codes()
    first = principal_plane(z)
    flipped = principal_plane(-(z - z.mean(axis=0)) + z.mean(axis=0), first)
    np.testing.assert_allclose(flipped.basis, first.basis, atol=1e-4)
    stretched = z.copy()
    stretched[:, 1] *= 4  # the second direction becomes the first
    crossed = principal_plane(stretched, first)
    assert (np.diag(crossed.basis @ first.basis.T) > 0.9).all()


def test_broken_codes_do_not_break_the_plane() -> None:
    z = codes()
    z[3] = np.nan
    z[5, 2] = np.inf
    assert np.isfinite(principal_plane(z).basis).all()
    assert principal_plane(np.full((10, 4), np.nan, np.float32)).code_size == 4
