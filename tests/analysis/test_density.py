"""Fog and distance from the data, against scikit-learn's neighbours and what one sees."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from fcae_gui.analysis.density import NEIGHBOURS, fog_over, spread_of


def _two_heaps() -> np.ndarray:
    random = np.random.default_rng(1)
    return np.concatenate(
        [random.normal(size=(2000, 2)), random.normal(size=(2000, 2)) + np.array([12.0, 0.0])]
    )


def test_the_air_is_clear_over_the_data_and_thick_between_and_beyond() -> None:
    fog = fog_over(_two_heaps())
    clear = fog.at(np.array([[0.0, 0.0], [12.0, 0.0], [0.7, -0.5]]))
    thick = fog.at(np.array([[6.0, 0.0], [0.0, 40.0], [-30.0, 0.0], [6.0, 3.0]]))
    np.testing.assert_allclose(clear, 1.0)
    assert (thick < 0.05).all()


def test_nearly_all_data_lie_in_clear_air() -> None:
    places = _two_heaps()
    assert np.quantile(fog_over(places).at(places), 0.2) > 0.9


def test_the_fog_is_smooth_and_follows_the_places() -> None:
    places = _two_heaps()
    line = np.stack([np.linspace(-8, 20, 4000), np.zeros(4000)], axis=1)
    along = fog_over(places).at(line)
    assert np.abs(np.diff(along)).max() < 0.01
    np.testing.assert_allclose(fog_over(places * 50 + 3).at(line * 50 + 3), along, atol=1e-5)


@pytest.mark.parametrize("places", [np.zeros((5, 2)), np.full((9, 2), np.nan), np.zeros((0, 2))])
def test_places_that_say_nothing_are_no_error(places: np.ndarray) -> None:
    fog = fog_over(places)
    if fog is not None:
        assert np.isfinite(fog.at(np.array([[0.0, 0.0], [1.0, 1.0]]))).all()


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_the_distance_is_that_of_an_independent_search(size: int) -> None:
    random = np.random.default_rng(size)
    codes = (random.normal(size=(3000, size)) * 5 + 100).astype(np.float32)
    spread = spread_of(codes)
    search = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(codes.astype(np.float64))
    rows = np.linspace(0, len(codes) - 1, 100).astype(int)
    own = search.kneighbors(codes.astype(np.float64))[0][:, 1:].mean(axis=1)
    assert spread.spacing == pytest.approx(np.median(own[rows]), rel=1e-3)
    for z in (codes.mean(axis=0), codes.max(axis=0) + 4):
        far, nearest = search.kneighbors(z[None].astype(np.float64), NEIGHBOURS)
        expected = far.mean() / max(own[nearest[0]].mean(), np.median(own[rows]))
        assert spread.away(z) == pytest.approx(expected, rel=1e-3)


def test_new_samples_are_on_the_data_and_a_far_code_is_not() -> None:
    random = np.random.default_rng(0)
    spread = spread_of(random.normal(size=(5000, 2)).astype(np.float32))
    fresh = [spread.away(z) for z in random.normal(size=(200, 2))]
    assert np.quantile(fresh, 0.95) < 2.0
    assert spread.away(np.array([7.0, 7.0])) > 5.0
    assert spread.away(np.array([20.0, 0.0])) > spread.away(np.array([10.0, 0.0]))
    assert spread.away(np.array([np.nan, 0.0])) == np.inf


def test_too_few_codes_measure_nothing() -> None:
    assert spread_of(np.zeros((3, 2), np.float32)) is None
    assert spread_of(np.full((100, 2), np.nan, np.float32)) is None
