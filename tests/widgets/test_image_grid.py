"""The grid shows originals, outputs and errors where it says they are, as large as the room allows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.widgets.grid_placement import place
from fcae_gui.widgets.image_grid import ImageGrid


@pytest.fixture
def grid(qtbot: QtBot, qapp: QApplication) -> ImageGrid:
    theme.apply(qapp, "light")
    made = ImageGrid()
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.set_shape((4, 4))
    return made


def tile_mean(grid: ImageGrid, row: int, index: int) -> float:
    """Brightness of one picture, read from what was painted."""
    image = grid.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    made = grid._placement
    assert made is not None
    x, y = made.origin(row, index)
    corner = grid._corner()
    x, y = int(corner.x()) + x, int(corner.y()) + y
    values = [
        image.pixelColor(x + i, y + j).red()
        for i in range(4, made.tile[0] - 4, 3)
        for j in range(4, made.tile[1] - 4, 3)
    ]
    return float(np.mean(values))


def test_every_picture_stands_in_its_row_and_column(grid: ImageGrid) -> None:
    levels = np.linspace(0.1, 0.8, 6, dtype=np.float32)
    originals = np.repeat(levels[:, None], 16, axis=1)
    grid.set_originals(originals)
    grid.set_outputs(1 - originals)
    grid.set_errors_shown(True)
    for index, level in enumerate(levels):
        assert tile_mean(grid, 0, index) == pytest.approx(255 * level, abs=3)
        assert tile_mean(grid, 1, index) == pytest.approx(255 * (1 - level), abs=3)


def test_new_outputs_replace_the_old_ones(grid: ImageGrid) -> None:
    grid.set_originals(np.zeros((3, 16), np.float32))
    grid.set_outputs(np.zeros((3, 16), np.float32))
    assert tile_mean(grid, 1, 1) < 3
    grid.set_outputs(np.ones((3, 16), np.float32))
    assert tile_mean(grid, 1, 1) > 252


def test_outputs_of_an_older_choice_are_ignored(grid: ImageGrid) -> None:
    grid.set_originals(np.zeros((3, 16), np.float32))
    grid.set_outputs(np.ones((5, 16), np.float32))
    assert grid.pair(0)[1] is None
    grid.grab()


@pytest.mark.parametrize("room", [(300, 150), (350, 250), (200, 700), (3000, 900), (90, 60)])
@pytest.mark.parametrize("rows", [2, 3])
def test_everything_fits_into_the_room(room: tuple[int, int], rows: int) -> None:
    made = place(16, rows, (28, 28), room=room, label=(48, 16), gap=2, band_gap=8)
    assert made.size()[0] <= room[0] and made.size()[1] <= room[1]
    assert made.columns * made.bands >= 16


def test_a_narrow_and_tall_room_gets_more_bands() -> None:
    wide = place(12, 2, (28, 28), room=(1200, 150), label=(48, 16), gap=2, band_gap=8)
    tall = place(12, 2, (28, 28), room=(200, 700), label=(48, 16), gap=2, band_gap=8)
    assert wide.bands == 1 and tall.bands >= 2
    assert tall.tile[0] > (200 - 48) // 12


def test_the_sample_under_the_mouse_is_told_once(grid: ImageGrid, qtbot: QtBot) -> None:
    grid.set_originals(np.zeros((6, 16), np.float32))
    grid.grab()
    for index in range(6):
        assert grid.index_at(QPointF(grid.rect_of(index).center())) == index
    with qtbot.waitSignal(grid.hovered) as told:
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert told.args == [0]
    with qtbot.assertNotEmitted(grid.hovered):
        grid.choose(0)
    with qtbot.waitSignal(grid.hovered) as told:
        qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert told.args == [-1]


def test_a_table_is_drawn_as_bars_as_high_as_its_values(grid: ImageGrid) -> None:
    grid.set_shape(None)
    grid.set_originals(np.array([[0.1] * 5, [1.0] * 5], np.float32))
    low, high = tile_mean(grid, 0, 0), tile_mean(grid, 0, 1)
    assert high < low - 40  # more of the accent colour, less of the pale ground


def test_an_empty_grid_says_so(grid: ImageGrid) -> None:
    blank = grid.grab().toImage()
    grid.set_message("nothing yet")
    assert grid.grab().toImage() != blank
