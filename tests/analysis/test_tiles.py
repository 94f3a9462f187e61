"""The tile grid of the landscape: it covers what is visible, stays put under a pan, and gets finer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcae_gui.analysis.tiles import MOST_TILES, bar_tiles, grid_over


def _visible(x: float, y: float, unit: float, width: float, height: float) -> tuple[float, ...]:
    return (x - unit * width / 2, y - unit * height / 2, x + unit * width / 2, y + unit * height / 2)


@given(
    x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3), unit=st.floats(1e-6, 10.0),
    width=st.floats(50, 3840), height=st.floats(50, 2160), aspect=st.floats(0.2, 5.0),
)  # fmt: skip
def test_the_tiles_cover_what_is_visible_and_hardly_more(x, y, unit, width, height, aspect) -> None:
    visible = _visible(x, y, unit, width, height)
    grid = grid_over(visible, width, height, aspect)
    left, bottom, right, top = grid.box
    slack = 1e-9 * max(abs(v) for v in (*visible, 1.0))
    assert left <= visible[0] + slack and bottom <= visible[1] + slack
    assert right >= visible[2] - slack and top >= visible[3] - slack
    assert visible[0] - left <= grid.width + slack and top - visible[3] <= grid.height + slack
    assert grid.count <= MOST_TILES


def test_an_ordinary_map_has_about_twenty_by_twenty_tiles_of_readable_size() -> None:
    for width, height in ((720, 720), (750, 530), (1150, 950)):
        grid = grid_over(_visible(0.3, -2.0, 0.05, width, height), width, height, 1.0)
        assert 250 <= grid.count <= 700
        assert 24 <= grid.height / 0.05 <= 64


def test_a_pan_moves_the_window_over_the_tiles_and_not_the_tiles() -> None:
    one = grid_over(_visible(0.0, 0.0, 0.05, 700, 700), 700, 700, 1.0)
    other = grid_over(_visible(2.3, -1.1, 0.05, 700, 700), 700, 700, 1.0, one)
    assert (one.width, one.height) == (other.width, other.height)
    places = {tuple(place) for place in one.centres()}
    shared = sum(tuple(place) in places for place in other.centres())
    assert shared > 0.8 * other.count


def test_zooming_in_makes_the_tiles_finer_in_the_world_and_not_on_the_screen() -> None:
    whole = grid_over(_visible(0, 0, 0.05, 700, 700), 700, 700, 1.0)
    part = grid_over(_visible(0, 0, 0.05 / 8, 700, 700), 700, 700, 1.0, whole)
    assert part.height == pytest.approx(whole.height / 8)


def test_a_view_that_eases_to_and_fro_keeps_its_tile_size() -> None:
    grid = grid_over(_visible(0, 0, 0.05, 700, 700), 700, 700, 1.0)
    for part in (1.04, 0.97, 1.06, 0.95):
        grid_then = grid_over(_visible(0, 0, 0.05 * part, 700, 700), 700, 700, 1.0, grid)
        assert grid_then.height == grid.height


def test_the_centres_go_row_by_row_from_the_upper_left() -> None:
    grid = grid_over((0.1, 0.1, 3.9, 1.9), 200, 100, 1.0)
    centres = grid.centres().reshape(grid.rows, grid.columns, 2)
    assert (np.diff(centres[0, :, 0]) > 0).all() and (np.diff(centres[:, 0, 1]) < 0).all()
    left, _, _, top = grid.box
    np.testing.assert_allclose(centres[0, 0], (left + grid.width / 2, top - grid.height / 2))


def test_there_is_no_grid_over_nothing() -> None:
    assert grid_over((0.0, 0.0, 0.0, 1.0), 100, 100, 1.0) is None
    assert grid_over((0.0, 0.0, float("nan"), 1.0), 100, 100, 1.0) is None


def test_bars_of_a_table_stand_on_zero_and_are_as_high_as_their_values() -> None:
    tiles = bar_tiles(np.array([[1.0, 0.5, 0.0, -1.0]]), -1.0, 1.0, (20, 12))
    assert tiles.shape == (1, 20, 12)
    heights = tiles[0].sum(axis=0)
    assert heights.tolist() == [10, 10, 0, 5, 5, 0, 0, 0, 0, 10, 10, 0]
    assert tiles[0, :10, 9].sum() == 0 and tiles[0, 10:, 0].sum() == 0  # below and above the line
    with pytest.raises(ValueError, match="cannot hold 4 bars"):
        bar_tiles(np.zeros((1, 4)), 0.0, 1.0, (20, 3))
