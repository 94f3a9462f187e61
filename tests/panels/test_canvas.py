"""The canvas panel alone: pens, pressure, tables, shapes, themes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui import theme
from fcae_gui.panels.canvas import DRAW, PULL, CanvasPanel
from fcae_gui.widgets.ink import Drawing, Ink, Stroke

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(qtbot) -> CanvasPanel:  # type: ignore[no-untyped-def]
    made = CanvasPanel()
    qtbot.addWidget(made)
    made.resize(460, 380)
    made.set_image_shape((28, 28))
    made.show()
    return made


def _line(*, width: float = 0.1, pressure: float = 1.0, erases: bool = False) -> Stroke:
    points = tuple((0.2 + 0.01 * i, 0.5, pressure) for i in range(60))
    return Stroke(points=points, width=width, erases=erases)


def test_a_line_is_as_wide_as_the_pen_and_thinner_under_light_pressure(qapp) -> None:
    ink = Ink((28, 28))
    ink.paint(Drawing(strokes=(_line(),)))
    heavy = int((ink.grey()[:, 224] > 127).sum())
    assert heavy == pytest.approx(0.1 * 448, abs=2)
    ink.paint(Drawing(strokes=(_line(pressure=0.1),)))
    assert 0 < int((ink.grey()[:, 224] > 127).sum()) < 0.6 * heavy


def test_a_growing_stroke_paints_what_a_finished_one_does(qapp) -> None:
    whole, growing, stroke = Ink(), Ink(), _line()
    whole.paint(Drawing(strokes=(stroke,)))
    for n in range(1, len(stroke.points) + 1):
        growing.grow(replace(stroke, points=stroke.points[:n]))
    growing.finish(stroke)
    assert np.array_equal(whole.grey(), growing.grey())


def test_an_eraser_takes_ink_away(qapp) -> None:
    ink = Ink()
    ink.paint(Drawing(strokes=(_line(), _line(width=0.2, erases=True))))
    assert not (ink.grey() > 40).any()


def test_small_pictures_are_enlarged_exactly_and_large_ones_reduced(qapp) -> None:
    small = np.zeros((28, 28), np.uint8)
    small[4:24, 10:18] = 200
    ink = Ink((28, 28))
    ink.paint(Drawing(picture=small))
    assert np.array_equal(ink.grey(), small.repeat(16, axis=0).repeat(16, axis=1))
    ink.paint(Drawing(picture=small.repeat(40, axis=0).repeat(40, axis=1)))
    assert abs(float(ink.grey().mean()) - small.mean()) < 2.0


def test_set_drawing_tells_of_no_gesture_and_the_buttons_do(panel: CanvasPanel, qtbot) -> None:
    gestures = []
    panel.drawing_finished.connect(lambda before, after: gestures.append((before, after)))
    drawing = Drawing(strokes=(_line(), _line(width=0.05)))
    panel.set_drawing(drawing)
    assert not gestures
    QTest.mouseClick(panel._back, LEFT)
    QTest.mouseClick(panel._clear, LEFT)
    assert [len(after.strokes) for _, after in gestures] == [1, 0]
    assert gestures[0][0] is drawing
    assert not panel._back.isEnabled() and not panel._clear.isEnabled()


def test_a_table_has_nothing_to_draw_and_says_so(panel: CanvasPanel) -> None:
    panel.set_image_shape(None)
    assert not panel.field.isVisible() and not panel.reading.isVisible()
    assert panel._nothing.isVisible() and "no pictures" in panel._nothing.text()
    panel.set_image_shape((8, 8))
    assert panel.field.isVisible() and not panel._nothing.isVisible()


@pytest.mark.parametrize("shape", [(8, 8), (16, 16), (20, 28), (28, 12)])
def test_the_brush_paints_the_pixels_it_goes_over_in_any_shape(panel: CanvasPanel, shape) -> None:
    panel.set_image_shape(shape)
    panel.set_mode(PULL)
    panel.show_decoded(np.zeros(shape[0] * shape[1], np.float32), None)
    QApplication.processEvents()
    brushed = []
    panel.brushed.connect(lambda pixels, value: brushed.append((pixels, value)))
    where = panel.brush.picture_rect()
    row, column = shape[0] // 2, shape[1] // 3
    each = where.width() / shape[1]
    place = where.topLeft() + QPointF((column + 0.5) * each, (row + 0.5) * each)
    QTest.mouseClick(panel.brush, LEFT, NO_KEYS, place.toPoint())
    QTest.mouseClick(panel.brush, Qt.MouseButton.RightButton, NO_KEYS, place.toPoint())
    assert [value for _, value in brushed] == [1.0, 0.0]
    assert row * shape[1] + column in brushed[0][0]
    assert len(brushed[0][0]) < 10


def test_the_mode_is_told_only_when_a_hand_chose_it(panel: CanvasPanel) -> None:
    modes = []
    panel.mode_changed.connect(modes.append)
    panel.set_mode(PULL)
    panel.set_mode(DRAW)
    assert not modes
    QTest.mouseClick(panel._pull, LEFT)
    assert modes == [PULL] and panel.brush.isVisible() and not panel.field.isVisible()


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_it_paints_in_every_theme_small_and_large(panel: CanvasPanel, name: str) -> None:
    theme.apply(QApplication.instance(), name)
    image = np.linspace(0, 1, 784, dtype=np.float32)
    panel.show_reading(image, image[::-1], "Ankle boot", "9 of 10 nearest", ("error 31.5", "z = 1.00 2.00"))
    panel.show_neighbours(np.stack([image] * 10), ["Ankle boot"] * 10)
    for size in ((300, 240), (460, 380), (900, 800)):
        panel.resize(*size)
        assert not panel.grab().isNull()
    assert "Ankle boot. 9 of 10 nearest. error 31.5" in panel.reading.text_twin()
    theme.apply(QApplication.instance(), "light")


def test_a_decoded_sample_of_a_table_leaves_the_brush_empty(panel) -> None:  # type: ignore[no-untyped-def]
    panel.show_decoded(np.ones(784, np.float32), None)
    assert panel.brush.image is not None
    panel.set_image_shape(None)
    panel.show_decoded(np.ones(5, np.float32), np.ones(5, np.int8))
    assert panel.brush.image is None
