"""The map's plane against scikit-learn's PCA, and its orientation from one refresh to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA

from fcae_gui.analysis.plane import (
    hold,
    identity_plane,
    images_plane,
    principal_directions,
    principal_plane,
    units_plane,
)


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


def test_a_held_code_keeps_its_place_and_lies_on_the_plane() -> None:
    z = codes()
    plane = principal_plane(z)
    held = hold(plane, z[7])
    np.testing.assert_allclose(held.to_map(z), plane.to_map(z), atol=1e-4)
    np.testing.assert_allclose(held.to_code(held.to_map(z[7:8])), z[7:8], atol=1e-4)


def test_two_units_are_shown_in_their_own_numbers() -> None:
    z = codes()
    plane = units_plane(z, 4, 1)
    np.testing.assert_allclose(plane.to_map(z), z[:, [4, 1]], atol=1e-6)
    back = plane.to_code(np.array([[0.5, -1.0]], np.float32))[0]
    assert back[4] == pytest.approx(0.5) and back[1] == pytest.approx(-1.0)
    np.testing.assert_allclose(np.delete(back, [4, 1]), np.delete(z.mean(axis=0), [4, 1]), atol=1e-5)
    assert plane.axis_texts()[0].startswith("code 5")
    variances = z.var(axis=0)
    assert plane.share[0] == pytest.approx(variances[4] / variances.sum(), rel=1e-3)


def test_the_plane_through_three_images_holds_all_three() -> None:
    z = codes()
    corners = z[[3, 50, 99]]
    plane = images_plane(z, corners)
    np.testing.assert_allclose(plane.to_code(plane.to_map(corners)), corners, atol=1e-4)
    places = plane.to_map(corners)
    np.testing.assert_allclose(places[0], 0, atol=1e-5)
    assert places[1, 0] > 0 and places[1, 1] == pytest.approx(0, abs=1e-4) and places[2, 1] > 0


@pytest.mark.parametrize("rows", [[0, 0, 0], [0, 0, 5], [0, 5, 0], [0, 5, 5]])
def test_the_same_image_twice_still_gives_a_plane(rows: list[int]) -> None:
    z = codes()
    basis = images_plane(z, z[rows]).basis
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-5)


def test_directions_are_those_of_principal_component_analysis_and_keep_their_ends() -> None:
    z = codes()
    mean, rows, deviations, shares = principal_directions(z, 4)
    expected = PCA(4).fit(z)
    np.testing.assert_allclose(np.abs((rows * expected.components_).sum(axis=1)), 1, atol=1e-4)
    np.testing.assert_allclose(shares, expected.explained_variance_ratio_, rtol=1e-3)
    np.testing.assert_allclose(deviations, ((z - mean) @ rows.T).std(axis=0), rtol=1e-3)
    again = principal_directions(z, 4, -rows)[1]
    np.testing.assert_allclose(again, -rows, atol=1e-6)


def test_the_map_of_a_hidden_layer_leads_to_no_code() -> None:
    plane = replace(principal_plane(codes()), layer=1)
    assert not plane.decodes
    assert hold(plane, codes()[0]) is plane
