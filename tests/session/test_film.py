"""The kept decoders: geometric steps, bounded, true copies."""

from __future__ import annotations

import numpy as np

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Weights
from fcae_gui.session import film


def _weights(step: int, width: int = 4) -> Weights:
    decoder = ((np.full((width, 2), step, np.float32), np.zeros(width, np.float32)),)
    return Weights(
        generation=0, step=step, network=NetworkConfig(input_size=width, encoder_widths=(), code_size=2),
        encoder=(), decoder=decoder,
    )  # fmt: skip


def test_a_long_run_is_kept_in_few_frames_at_steps_that_grow_geometrically() -> None:
    kept = film.Film()
    for step in range(0, 50_000, 3):
        kept.see(_weights(step))
    steps = np.array([weights.step for weights in kept.frames])
    assert len(steps) == film.FRAMES and steps[0] == 0
    gaps = np.diff(np.log2(steps + 1.0))
    assert (gaps > 0).all() and gaps.max() < 3.5 * gaps.mean()
    assert steps[-1] > 10_000


def test_the_first_steps_are_kept_while_there_is_room() -> None:
    kept = film.Film()
    for step in range(20):
        kept.see(_weights(step))
    assert [weights.step for weights in kept.frames][:4] == [0, 1, 2, 3]


def test_a_frame_holds_what_the_decoder_was() -> None:
    kept = film.Film()
    weights = _weights(5)
    assert kept.see(weights) and not kept.see(_weights(5))
    weights.decoder[0][0][:] = 99.0
    assert (kept.frames[0].decoder[0][0] == 5.0).all()
    assert kept.frames[0].encoder == ()


def test_a_run_that_went_back_loses_its_frames_of_the_future() -> None:
    kept = film.Film()
    for step in (0, 10, 100, 1000):
        kept.see(_weights(step))
    kept.see(_weights(50))
    assert [weights.step for weights in kept.frames] == [0, 10, 50]


def test_a_very_large_decoder_gets_fewer_frames() -> None:
    kept = film.Film()
    for power in range(8):
        kept.see(_weights(4**power, width=1_000_000))
    assert len(kept.frames) == 4  # of 12 MB each
