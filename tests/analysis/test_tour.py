"""The grand tour: always a plane, slow, smooth, without a jump where one leg ends, the same for one seed."""

from __future__ import annotations

import time

import numpy as np
import pytest

from fcae_gui.analysis.tour import FASTEST, GrandTour

FRAME_S = 1 / 30


def frames(d: int, count: int, seed: int = 0) -> np.ndarray:
    tour = GrandTour(np.eye(2, d), seed)
    return np.stack([tour.advance(FRAME_S) for _ in range(count)])  # (count, 2, d)


@pytest.mark.parametrize("d", [3, 4, 8, 64])
def test_every_frame_of_the_tour_is_a_plane(d: int) -> None:
    for frame in frames(d, 900)[::50]:
        np.testing.assert_allclose(frame @ frame.T, np.eye(2), atol=1e-5)


@pytest.mark.parametrize("d", [3, 8, 64])
def test_the_tour_turns_slowly_and_never_jumps(d: int) -> None:
    seen = frames(d, 3_000)  # 100 seconds, many legs
    overlap = np.linalg.svd(seen[1:] @ seen[:-1].transpose(0, 2, 1), compute_uv=False)
    angle = np.arccos(np.clip(overlap[:, -1], -1, 1))  # of the planes, per frame
    assert angle.max() < 1.05 * FASTEST * FRAME_S + 2e-3  # arccos near 1 of float32 frames
    # The axes inside the plane do not spin either: each frame is close to the one before, entry by entry.
    assert np.abs(np.diff(seen, axis=0)).max() < 2 * FASTEST * FRAME_S
    assert 2 * np.pi / FASTEST > 20


def test_the_tour_goes_everywhere_and_starts_where_it_is_told() -> None:
    seen = frames(6, 9_000)
    np.testing.assert_allclose(seen[0], np.eye(2, 6), atol=0.02)
    shares = (seen**2).sum(axis=1).mean(axis=0)  # how much of each unit was seen
    assert shares.min() > 0.1


def test_the_same_seed_is_the_same_tour() -> None:
    np.testing.assert_array_equal(frames(5, 400, seed=3), frames(5, 400, seed=3))
    assert np.abs(frames(5, 400, seed=3)[-1] - frames(5, 400, seed=4)[-1]).max() > 0.05


def test_a_frame_of_ten_thousand_codes_costs_little() -> None:
    codes = np.random.default_rng(0).normal(size=(10_000, 32)).astype(np.float32)
    tour = GrandTour(np.eye(2, 32))
    plane = np.ones((2, 32), np.float32)
    both = [
        (_cost(lambda: codes @ plane.T), _cost(lambda: codes @ tour.advance(FRAME_S).T)) for _ in range(50)
    ]
    least, ours = (min(times) for times in zip(*both, strict=True))
    assert ours < 3 * least + 0.002


def _cost(work) -> float:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
