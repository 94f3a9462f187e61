"""The card's panel by itself: what it shows, its two doors and its keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui import theme
from fcae_gui.panels.card import EMPTY, CardPanel
from fcae_gui.widgets.picture_row import Picture


@pytest.fixture
def panel(qtbot):  # type: ignore[no-untyped-def]
    theme.apply(QApplication.instance(), "light")
    made = CardPanel()
    qtbot.addWidget(made)
    made.set_image_shape((8, 8))
    made.resize(460, 380)
    made.show()
    return made


def _fill(panel: CardPanel, code_size: int = 2) -> np.ndarray:
    random = np.random.default_rng(2)
    samples = random.uniform(size=(11, 64)).astype(np.float32)
    panel.show_sample("7", "test sample 12", samples[0])
    panel.show_output(samples[0] * np.float32(0.5), random.normal(size=code_size), 3.25)
    near = [Picture(values=samples[i], text=str(i), number=i, marked=i in (2, 8)) for i in range(1, 11)]
    panel.show_neighbours(near[:5], near[5:])
    return samples


def test_an_empty_card_says_how_to_open_one(panel) -> None:
    assert panel.text_twin() == EMPTY
    _fill(panel)
    assert panel.title.startswith("7") and "test sample 12" in panel.title
    panel.clear()
    assert panel.text_twin() == EMPTY


def test_the_error_map_is_reconstruction_less_original_with_white_for_none(panel) -> None:
    samples = _fill(panel)
    original, output, error = panel.pictures.pictures
    np.testing.assert_allclose(error.values, output.values - original.values)
    np.testing.assert_array_equal(original.values, samples[0])
    assert error.signed and "3.25" in error.text
    panel.show_output(samples[0], np.zeros(2), 0.0)
    image = panel.pictures._images[2]
    assert image.pixelColor(3, 3).lightness() >= 254
    panel.show_output(samples[0] - 1, np.zeros(2), 9.0)
    assert (
        panel.pictures._images[2].pixelColor(3, 3).blue() > panel.pictures._images[2].pixelColor(3, 3).red()
    )


def test_a_small_code_is_written_out_and_a_large_one_is_drawn_as_bars(panel) -> None:
    _fill(panel, 2)
    small = panel.code.sizeHint().height()
    assert panel.code.text().count(".") == 2
    _fill(panel, 32)
    assert panel.code.sizeHint().height() > small and "32 numbers" in panel.code.text()


def test_the_shared_neighbours_are_counted_in_words(panel) -> None:
    _fill(panel)
    assert "1 of 5" in panel._shared.text()


def test_a_click_on_a_neighbour_asks_for_its_card(panel, qtbot) -> None:
    _fill(panel)
    at = panel.by_code.rect_of(2).center().toPoint()
    with qtbot.waitSignal(panel.sample_chosen) as caught:
        QTest.mouseClick(panel.by_code, Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == [8]
    panel.by_pixels.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.by_pixels, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.sample_chosen) as caught:
        QTest.keyClick(panel.by_pixels, Qt.Key.Key_Return)
    assert caught.args[0] in (1, 2)


def test_arrows_step_and_escape_closes(panel, qtbot) -> None:
    _fill(panel)
    steps, closed = [], []
    panel.step_requested.connect(steps.append)
    panel.close_requested.connect(lambda: closed.append(1))
    panel.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Escape):
        QTest.keyClick(panel, key)
    assert steps == [1, -1] and closed == [1]


@pytest.mark.parametrize("size", [(320, 600), (360, 340), (460, 380), (900, 900)])
@pytest.mark.parametrize("look", ["light", "projector"])
def test_nothing_overlaps_at_any_size(panel, look, size) -> None:
    theme.apply(QApplication.instance(), look)
    panel.resize(*size)
    _fill(panel, 16)
    QApplication.processEvents()
    parts = [panel.pictures, panel.code, panel.by_pixels, panel.by_code, panel._shared]
    areas = [part.geometry() for part in parts]
    for i, one in enumerate(areas):
        assert not any(one.intersects(other) for other in areas[i + 1 :])
    for row in (panel.pictures, panel.by_pixels, panel.by_code):
        assert row.rect_of(0).width() >= 20 and row.rect_of(0).bottom() < row.height()
    theme.apply(QApplication.instance(), "light")


def test_a_table_is_shown_as_bars(panel) -> None:
    panel.set_image_shape(None)
    _fill(panel)
    assert all(image is not None for image in panel.pictures._images)
    panel.grab()
