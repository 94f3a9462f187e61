"""The decoded panel: image, code and the nearest training image, which fades but never leaves its place."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.panels.decoded import EMPTY, DecodedPanel, latent_lines, nearest_texts
from fcae_gui.widgets.bar_view import Columns


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> DecodedPanel:
    theme.apply(qapp, "light")
    made = DecodedPanel()
    qtbot.addWidget(made)
    made.resize(420, 260)
    made.set_image_shape((4, 4))
    made.show()
    return made


def test_an_empty_panel_says_what_to_do(panel: DecodedPanel) -> None:
    assert panel.text_twin() == EMPTY
    assert not panel.picture.isVisible()


def test_the_decoded_image_is_shown_larger_than_the_nearest(panel: DecodedPanel) -> None:
    panel.show_image(np.linspace(0, 1, 16, dtype=np.float32))
    panel.show_nearest(np.zeros(16, np.uint8), "4", 5.1, of=60_000)
    image = panel.picture.image
    assert image is not None
    assert image.pixelColor(3, 3).red() == 255 and image.pixelColor(0, 0).red() == 0
    assert panel.picture.width() > panel.nearest.width() > 30


def test_the_nearest_image_fades_while_it_is_old_and_nothing_moves(panel: DecodedPanel) -> None:
    panel.show_image(np.zeros(16, np.float32))
    panel.show_latent(np.array([0.5, 3.0]))
    panel.show_nearest(np.zeros(16, np.float32), "4", 5.123, 6.2, of=60_000)
    places = (panel.picture.geometry(), panel.nearest.geometry())
    panel.show_image(np.ones(16, np.float32))
    panel.show_latent(np.array([0.5, 3.0]))
    assert not panel.nearest.faded  # the same point, decoded by newer weights
    panel.show_latent(np.array([-12.5, 3.0]))
    assert panel.nearest.faded and panel.nearest.image is not None
    assert (panel.picture.geometry(), panel.nearest.geometry()) == places
    panel.show_nearest(np.zeros(16, np.float32), "Ankle boot", 15.1)
    assert not panel.nearest.faded
    assert (panel.picture.geometry(), panel.nearest.geometry()) == places


def test_the_text_twin_tells_label_and_distance(panel: DecodedPanel) -> None:
    panel.show_image(np.zeros(16, np.float32))
    panel.show_latent(np.array([1.5, -0.25]))
    panel.show_nearest(np.zeros(16, np.float32), "4", 5.1, of=60_000)
    text = panel.text_twin()
    assert "1.50" in text and "−0.25" in text
    assert "nearest of 60,000 training images: label 4, distance 5.10" in text


def test_long_codes_are_summed_up_beside_the_place_on_the_map() -> None:
    code = np.full(32, 0.5)
    assert latent_lines(code, (1.0, -2.0)) == ["plane \u20071.00 −2.00", "32 numbers, length 2.83"]
    assert latent_lines(np.array([1.0, 2.0]), None) == ["z = \u20071.00 \u20072.00"]
    assert nearest_texts("", 0.5, None, None)[0] == "nearest training image: distance 0.500"


def test_other_data_empties_the_panel(panel: DecodedPanel) -> None:
    panel.show_image(np.zeros(16, np.float32))
    panel.show_nearest(np.zeros(16, np.float32), "4", 5.1)
    panel.set_image_shape((2, 2))
    assert panel.text_twin() == EMPTY
    panel.show_image(np.zeros(4, np.float32))
    assert panel.nearest.image is None


def test_a_table_is_decoded_into_bars(panel: DecodedPanel) -> None:
    panel.set_image_shape(None, ("length", "width", "height"))
    panel.show_image(np.array([0.1, -0.5, 2.0], np.float32))
    panel.show_nearest(np.zeros(3, np.float32), "", 0.3)
    assert panel.bars.isVisible() and not panel.picture.isVisible()
    panel.grab()


@pytest.mark.parametrize("name", ["light", "projector"])
@pytest.mark.parametrize("size", [(340, 180), (360, 220), (700, 400), (240, 500), (1900, 1000)])
def test_nothing_overlaps_or_leaves_the_panel(
    panel: DecodedPanel, qapp: QApplication, name: str, size: tuple[int, int]
) -> None:
    theme.apply(qapp, name)
    panel.set_image_shape((28, 28))
    panel.resize(*size)
    panel.show_image(np.zeros(784, np.float32))
    panel.show_latent(np.array([-1.5, -2.5]))
    panel.show_nearest(np.zeros(784, np.float32), "4", 5.1, of=60_000)
    boxes = [
        QRectF(panel.picture.geometry()),
        QRectF(panel.nearest.geometry()),
        panel._latent_box,
        panel._caption_box,
    ]
    room = QRectF(panel.rect())
    for i, box in enumerate(boxes):
        assert room.contains(box), (i, box)
        for other in boxes[i + 1 :]:
            assert not box.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1)), (box, other)
    assert panel.nearest.width() >= 0.3 * panel.picture.width() and panel.nearest.width() >= 40
    assert QFontMetricsF(theme.font()).horizontalAdvance(panel._latent[0]) <= panel._latent_box.width()
    theme.apply(qapp, "light")


@pytest.mark.parametrize("columns", [5, 20])
@pytest.mark.parametrize("size", [(340, 180), (400, 200), (700, 400), (240, 500)])
def test_nothing_of_a_table_overlaps_or_leaves_the_panel(
    panel: DecodedPanel, columns: int, size: tuple[int, int]
) -> None:
    panel.set_image_shape(None)
    panel.set_columns(Columns(tuple(f"measurement {i}" for i in range(columns)), ("mm",) * columns))
    panel.resize(*size)
    panel.show_image(np.linspace(0, 1, columns, dtype=np.float32))
    panel.show_latent(np.array([-1.5, -2.5]))
    panel.show_nearest(np.zeros(columns, np.float32), "4", 5.1, of=1280)
    boxes = [QRectF(panel.bars.geometry()), panel._latent_box, panel._caption_box]
    for i, box in enumerate(boxes):
        assert QRectF(panel.rect()).contains(box), (i, box)
        for other in boxes[i + 1 :]:
            assert not box.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1)), (box, other)
    assert panel.bars.height() >= 0.4 * panel.height()
    assert "1,280 training samples" in panel.text_twin()
    panel.grab()
