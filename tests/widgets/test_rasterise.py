"""The dots of the map, checked against a slow painter and against geometry."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.widgets.rasterise import PHASES, Rasteriser, Stamp

RED = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)


def channels(raster: Rasteriser) -> np.ndarray:
    """(h, w, 4) float64: red, green, blue, alpha, premultiplied."""
    pixels = raster.pixels
    return np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0, 24)], axis=2).astype(float)


def painted(x, y, colour, *, radius=2.0, size=(40, 30), opacity=1.0) -> Rasteriser:
    raster = Rasteriser()
    raster.resize(*size)
    raster.set_dots(radius, RED, opacity)
    raster.render(np.float32(x), np.float32(y), np.int64(colour))
    return raster


@pytest.mark.parametrize("radius", [0.8, 1.5, 2.5, 4.0, 9.0])
def test_a_stamp_covers_as_much_as_a_disc_of_its_radius(radius):
    for coverage in Stamp(radius).coverage:
        assert coverage.sum() == pytest.approx(np.pi * radius**2, rel=0.12 if radius > 1 else 0.2)


def test_a_dot_lies_where_it_was_asked_to_be_within_half_a_phase():
    for x, y in [(10.0, 12.0), (10.3, 12.9), (21.62, 7.11)]:
        alpha = channels(painted([x], [y], [0]))[:, :, 3]
        rows, columns = np.indices(alpha.shape) + 0.5
        assert (alpha * columns).sum() / alpha.sum() == pytest.approx(x, abs=0.6 / PHASES)
        assert (alpha * rows).sum() / alpha.sum() == pytest.approx(y, abs=0.6 / PHASES)


def test_a_move_of_a_quarter_pixel_changes_the_picture():
    assert (painted([10.1], [10.1], [0]).pixels != painted([10.4], [10.1], [0]).pixels).any()


def test_later_dots_lie_over_earlier_ones_even_across_batches():
    n = 5000
    colour = np.zeros(n, int)
    colour[-1] = 1
    picture = channels(painted(np.full(n, 20.0), np.full(n, 15.0), colour))
    assert tuple(picture[15, 20]) == (0, 0, 255, 255)


def test_dots_blend_as_the_over_operator_says():
    raster = Rasteriser()
    raster.resize(20, 20)
    raster.set_dots(4.0, RED, 0.5)
    # Two batches, so that the second dot finds the first: the rest of the first batch lies outside.
    x = np.full(4096, -500.0, np.float32)
    x[0] = x[-1] = 10.0
    colour = np.zeros(4096, np.int64)
    colour[-1] = 1
    raster.render(x, np.full(4096, 10.0, np.float32), colour)
    assert channels(raster)[10, 10] == pytest.approx([255 * 0.25, 0, 255 * 0.5, 255 * 0.75], abs=2)


def test_no_channel_ever_exceeds_alpha():
    random = np.random.default_rng(0)
    for opacity in (0.1, 0.5, 0.83, 1.0):
        raster = painted(
            random.uniform(-5, 45, 9000),
            random.uniform(-5, 35, 9000),
            random.integers(0, 2, 9000),
            opacity=opacity,
        )
        picture = channels(raster)
        assert (picture[:, :, :3] <= picture[:, :, 3:] + 1).all()


def test_dots_outside_leave_the_picture_alone_and_dots_at_the_edge_are_cut():
    far = painted([-1e18, 1e18, 60.0, 20.0], [5.0, 5.0, 5.0, -50.0], [0, 0, 1, 1])
    assert not far.pixels.any()
    edge = channels(painted([0.0], [15.0], [0]))[:, :, 3]
    assert edge[15, 0] > 200
    assert not edge[:, 3:].any()  # nothing comes back on the other side


def test_rendering_again_forgets_what_was_there():
    raster = painted([10.0], [10.0], [0])
    raster.render(np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    assert not raster.pixels.any()


def test_the_memory_begins_at_the_first_pixel_of_the_picture():
    raster = painted([1.0], [1.0], [1])
    rows = raster.memory[: raster.stride * 3].reshape(3, raster.stride)
    assert (rows[:, :40] == raster.pixels[:3]).all()
