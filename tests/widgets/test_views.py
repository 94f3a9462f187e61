"""The single picture and the bars: they show what they were given and fade when it is old."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.widgets.bar_view import BarView, Columns, bars_as_pixels
from fcae_gui.widgets.pixel_view import PixelView
from fcae_gui.widgets.polyline import polygon


def greys(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()


def test_pixels_are_square_and_crisp(qtbot: QtBot) -> None:
    view = PixelView()
    qtbot.addWidget(view)
    view.resize(90, 60)
    view.set_shape((2, 3))
    view.set_pixels(np.array([0, 1, 0, 1, 0, 1], np.float32))
    where = view.picture_rect()
    assert where.width() / where.height() == pytest.approx(1.5)
    shown = greys(view)[int(where.top()) : int(where.bottom()), int(where.left()) : int(where.right())]
    side = int(where.height() / 2)
    assert set(np.unique(shown)) == {0, 255}
    assert (shown[:side, side : 2 * side] == 255).all() and (shown[side:, side : 2 * side] == 0).all()


def test_a_faded_picture_is_still_there_but_paler(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    view = PixelView()
    qtbot.addWidget(view)
    view.resize(60, 60)
    view.set_shape((2, 2))
    view.set_pixels(np.zeros(4, np.float32))
    view.set_faded(True)
    middle = greys(view)[30, 30]
    assert 100 < middle < 230


def test_pixels_that_do_not_fit_are_refused(qtbot: QtBot) -> None:
    view = PixelView()
    qtbot.addWidget(view)
    view.set_shape((2, 2))
    with pytest.raises(ValueError, match="5 pixels"):
        view.set_pixels(np.zeros(5, np.float32))


def test_bars_rise_from_zero_and_hang_below_it() -> None:
    bars = bars_as_pixels(np.array([[1.0, -1.0, 0.5, 0.0]]), -1.0, 1.0, 8)[0]
    inside = bars > 0
    assert inside[:4, 0].all() and not inside[4:, 0].any()
    assert inside[4:, 1].all() and not inside[:4, 1].any()
    assert inside[2:4, 2].all() and not inside[:2, 2].any()
    assert not inside[:, 3].any()


@pytest.mark.parametrize("size", [(200, 160), (120, 40)])
def test_a_larger_value_has_a_larger_bar(qtbot: QtBot, qapp: QApplication, size: tuple[int, int]) -> None:
    theme.apply(qapp, "light")
    view = BarView()
    qtbot.addWidget(view)
    view.resize(*size)
    counts = []
    for value in (0.2, 0.9):
        view.set_pixels(np.array([value] * 4 + [1.0], np.float32))
        counts.append(int((greys(view) < 140).sum()))
    assert counts[1] > counts[0] + 50


def test_a_polygon_holds_the_points_of_the_arrays_without_the_gaps() -> None:
    for n in (5, 50):
        xs, ys = np.arange(n, dtype=float), np.arange(n, dtype=float) ** 2
        ys[2] = np.nan
        made = polygon(xs, ys)
        assert made.size() == n - 1
        assert (made.at(2).x(), made.at(2).y()) == (3.0, 9.0)


def test_values_are_told_in_the_units_of_their_columns() -> None:
    columns = Columns(("height",), ("cm",), ((10.0, 30.0),))
    assert columns.value_text(0, 0.5) == "20.0 cm"
    assert columns.value_text(1, 0.5) == "0.500" and columns.name(1) == "feature 2"


def test_a_tick_stands_where_the_second_sample_lies(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    view = BarView()
    qtbot.addWidget(view)
    view.resize(300, 60)
    view.set_pixels(np.array([0.2, 0.2], np.float32))
    colour = theme.current().test
    places = []
    for value in (0.5, 0.9):
        view.set_reference(np.array([value, value], np.float32))
        image = view.grab().toImage()
        places.append([x for x in range(300) if image.pixelColor(x, 15).name() == colour])
    assert places[0] and places[1] and places[0][-1] < places[1][0]
    view.set_reference(None)
    image = view.grab().toImage()
    assert not any(image.pixelColor(x, 15).name() == colour for x in range(300))
