"""What the landscape decodes, against one decode per tile."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from fcae_gui.analysis.density import fog_over
from fcae_gui.analysis.plane import identity_plane, principal_plane
from fcae_gui.analysis.tiles import grid_over
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Weights
from fcae_gui.session.landscape import IN_THE_FOG, MosaicQuestion, distance_text, make_mosaic


def _weights(sides: tuple[int, int], code_size: int = 2) -> Weights:
    random = np.random.default_rng(3)
    network = NetworkConfig(input_size=sides[0] * sides[1], encoder_widths=(20,), code_size=code_size)
    sizes = (code_size, 20, network.input_size)
    layers = tuple(
        (random.normal(size=(out, into)).astype(np.float32), random.normal(size=out).astype(np.float32))
        for into, out in pairwise(sizes)
    )
    return Weights(generation=1, step=5, network=network, encoder=(), decoder=layers)


def _question(sides: tuple[int, int], **other: Any) -> MosaicQuestion:
    grid = grid_over((-3.0, -2.0, 3.0, 2.0), 360, 240, sides[1] / sides[0])
    weights = _weights(sides)
    made = MosaicQuestion(
        ticket=0, weights=weights, plane=identity_plane(2), grid=grid, fog=None, shape=sides
    )
    return replace(made, **other)


@pytest.mark.parametrize("sides", [(8, 8), (12, 20)])
def test_every_tile_is_what_the_decoder_makes_of_its_middle(sides: tuple[int, int]) -> None:
    question = _question(sides)
    mosaic = make_mosaic(question)
    grid = question.grid
    cell = np.array(mosaic.canvas.shape) // (grid.rows, grid.columns)
    assert (cell > sides).all(), "there is no gap between the tiles"
    for tile in (0, 1, grid.columns, grid.count // 2, grid.count - 1):
        row, column = divmod(tile, grid.columns)
        x = (grid.column + column + 0.5) * grid.width
        y = grid.box[3] - (row + 0.5) * grid.height
        expected = decode(question.weights, np.array([[x, y]], np.float32)).reshape(sides) * 255
        top, left = row * cell[0], column * cell[1]
        shown = mosaic.canvas[top : top + cell[0], left : left + cell[1]]
        inner = shown[tuple(slice((c - s) // 2, (c - s) // 2 + s) for c, s in zip(cell, sides, strict=True))]
        assert np.abs(inner - expected).max() <= 1.0
        assert shown.sum() == inner.sum(), "there is ink in the gap"


def test_tiles_without_data_are_pale() -> None:
    random = np.random.default_rng(0)
    fog = fog_over(random.normal(size=(1000, 2)) * 0.2)
    clear, foggy = _question((8, 8)), _question((8, 8), fog=fog)
    cells = [make_mosaic(q).canvas.reshape(q.grid.rows, 9, q.grid.columns, 9) for q in (clear, foggy)]
    share = cells[1].sum(axis=(1, 3)) / cells[0].sum(axis=(1, 3))
    assert share.max() > 0.95 and share[0, 0] == pytest.approx(IN_THE_FOG, abs=0.05)
    assert share[share.shape[0] // 2, share.shape[1] // 2] > 0.5


def test_a_large_image_is_decoded_in_part() -> None:
    question = _question((120, 60))
    mosaic = make_mosaic(question)
    grid = question.grid
    cell = np.array(mosaic.canvas.shape) // (grid.rows, grid.columns)
    assert (cell <= 44).all()
    whole = decode(question.weights, grid.centres()[:1].astype(np.float32)).reshape(120, 60)[::3, ::3] * 255
    gap = (cell - whole.shape) // 2
    shown = mosaic.canvas[gap[0] : gap[0] + 40, gap[1] : gap[1] + 20]
    assert np.abs(shown - whole).max() <= 1.0


def test_codes_of_more_dimensions_are_decoded_on_the_maps_plane() -> None:
    codes = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    plane, weights = principal_plane(codes), _weights((8, 8), code_size=5)
    question = _question((8, 8), plane=plane, weights=weights)
    mosaic = make_mosaic(question)
    expected = decode(weights, plane.to_code(question.grid.centres()[:1])).reshape(8, 8) * 255
    assert np.abs(mosaic.canvas[:8, :8] - expected).max() <= 1.0


def test_a_diverged_network_draws_nothing_and_raises_nothing() -> None:
    question = _question((8, 8))
    broken = tuple((weight * np.float32(np.nan), bias) for weight, bias in question.weights.decoder)
    mosaic = make_mosaic(replace(question, weights=replace(question.weights, decoder=broken)))
    assert not mosaic.canvas.any()


def test_the_distance_is_said_in_words_and_number() -> None:
    assert distance_text(0.8) == "on the data"
    assert distance_text(3.21) == "3.2 spacings off the data"
    assert distance_text(41.7) == "42 spacings off the data"
    assert distance_text(float("inf")) == ""
