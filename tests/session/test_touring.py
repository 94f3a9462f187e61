"""The touring map: new codes are eased in, a held tour rests, and its scale holds every plane."""

from __future__ import annotations

import numpy as np

from fcae_gui.analysis.plane import principal_plane
from fcae_gui.session.touring import Touring


def codes(seed: int = 0, n: int = 400, d: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_new_codes_are_eased_in_and_arrive() -> None:
    first, second = codes(0), codes(0) + 1.5
    tour = Touring(principal_plane(first))
    tour.step(first, None, running=False)
    jumps = []
    last = None
    for _ in range(60):
        turned = tour.step(second, None, running=False)
        if turned is None:
            break
        plane, places = turned
        world = places + plane.origin @ plane.basis.T
        if last is not None:
            jumps.append(np.abs(world - last).max())
        last = world
    expected = second @ plane.basis.T
    np.testing.assert_allclose(last, expected, atol=0.02)
    assert max(jumps) < 0.2 * np.abs(1.5 * plane.basis.sum(axis=1)).max() + 1e-3
    assert tour.step(second, None, running=False) is None


def test_the_reach_holds_nearly_every_code_and_stands_still_for_small_changes() -> None:
    z = codes(n=4_000)
    tour = Touring(principal_plane(z))
    tour.step(z, None, running=True)
    reach = tour.reach
    assert (np.linalg.norm(z - z.mean(axis=0), axis=1) <= reach).mean() > 0.99
    tour.step(z * 0.9, None, running=True)
    assert tour.reach == reach
    tour.step(z * 0.3, None, running=True)
    assert tour.reach < reach


def test_a_held_sample_lies_on_the_passing_plane() -> None:
    z = codes()
    tour = Touring(principal_plane(z))
    plane, places = tour.step(z, z[11], running=True)
    np.testing.assert_allclose(plane.to_code(places[11:12])[0], z[11], atol=1e-4)


def test_codes_that_are_not_finite_do_not_stop_it() -> None:
    z = codes()
    z[3] = np.nan
    tour = Touring(principal_plane(z))
    plane, _places = tour.step(z, None, running=True)
    assert np.isfinite(plane.origin).all() and np.isfinite(plane.basis).all()
