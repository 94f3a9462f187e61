"""Density on the map: against a count of neighbours."""

from __future__ import annotations

import numpy as np

from fcae_gui.analysis.crowding import crowding


def test_the_density_orders_points_as_a_count_of_their_neighbours_does() -> None:
    random = np.random.default_rng(0)
    tight, wide = random.normal(0, 0.5, (2000, 2)), random.normal(6, 2.0, (2000, 2))
    points = np.concatenate([tight, wide])
    found = crowding(points[:, 0], points[:, 1])
    near = np.array([np.count_nonzero(np.hypot(*(points - p).T) < 0.5) for p in points])
    ranks = [np.argsort(np.argsort(values)) for values in (found, near)]
    assert np.corrcoef(*ranks)[0, 1] > 0.95
    assert abs(float(found.mean()) - 1.0) < 1e-5


def test_points_without_a_place_have_no_density() -> None:
    x = np.array([0.0, 1.0, np.nan, 1e18, 0.5], np.float32)
    found = crowding(x, x)
    np.testing.assert_array_equal(np.isfinite(found), [True, True, False, False, True])
    assert np.isfinite(crowding(np.zeros(5), np.zeros(5))).all()
    assert len(crowding(x[:0], x[:0])) == 0
