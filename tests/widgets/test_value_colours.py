"""Colours of values: ordered for every eye and theme, painted where they belong, and the rest stands back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from fcae_gui import theme
from fcae_gui.widgets.point_cloud import PointCloud
from fcae_gui.widgets.value_legend import ValueLegend

# Viénot, Brettel, Mollon 1999: what dichromats see, in linear RGB.
DICHROMATS = {
    "normal": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def _linear(colours: np.ndarray) -> np.ndarray:
    c = colours / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _lightness(linear: np.ndarray) -> np.ndarray:
    """CIE L* of linear RGB (n, 3)."""
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


@pytest.mark.parametrize("name", list(theme.THEMES))
@pytest.mark.parametrize("eye", list(DICHROMATS))
def test_lightness_moves_one_way_for_every_eye(qapp, name: str, eye: str) -> None:
    theme.apply(qapp, name)
    colours = np.array(theme.value_colours(64), float)
    lightness = _lightness(np.clip(_linear(colours) @ DICHROMATS[eye].T, 0, 1))
    steps = np.diff(lightness) * (1 if theme.current().dark else -1)
    assert steps.min() > 0.1 and abs(lightness[-1] - lightness[0]) > 45
    surface = QColor(theme.current().surface)
    ground = _lightness(_linear(np.array([[surface.red(), surface.green(), surface.blue()]], float)))[0]
    assert abs(lightness - ground).min() > 18  # even the lowest value can be seen
    theme.apply(qapp, "light")


@pytest.fixture
def cloud(qtbot, qapp):  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")
    made = PointCloud()
    qtbot.addWidget(made)
    made.resize(420, 400)
    made.set_cursor_shown(False)
    places = [(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
    made.set_points(np.repeat(np.array(places, np.float32), 40, axis=0), glide=False)
    made.show()
    return made


def _at(cloud: PointCloud, x: float, y: float) -> np.ndarray:
    image = cloud.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    place = cloud.to_widget(x, y)
    colour = QColor(image.pixel(round(place.x()), round(place.y())))
    return np.array([colour.red(), colour.green(), colour.blue()], float)


def _near(colour: np.ndarray, expected: object) -> bool:
    return float(np.abs(colour - np.array(expected, float)).max()) < 16


def test_a_value_has_the_colour_of_its_place_on_the_scale(cloud) -> None:
    cloud.set_values(np.repeat(np.array([0.0, 1.0, 7.0, np.nan], np.float32), 40))
    ramp = theme.value_colours(32)
    assert _near(_at(cloud, -1, 0), ramp[0])
    assert _near(_at(cloud, 0, 0), ramp[-1])
    assert _near(_at(cloud, 1, 0), ramp[-1])  # beyond the end: the colour of the end
    line = QColor(theme.current().line)
    assert _near(_at(cloud, 0, 1), (line.red(), line.green(), line.blue()))
    cloud.set_values(None)
    accent = QColor(theme.current().accent)
    assert _near(_at(cloud, -1, 0), (accent.red(), accent.green(), accent.blue()))


def test_values_of_another_number_of_points_wait_until_they_fit(cloud) -> None:
    before = _at(cloud, -1, 0)
    cloud.set_values(np.zeros(7, np.float32))
    assert _near(_at(cloud, -1, 0), before)


def test_what_is_not_chosen_stands_back_and_never_covers_or_disappears(cloud) -> None:
    labels = np.repeat([0, 1, 2, 3], 40)
    cloud.set_labels(labels, list("abcd"))
    cloud.set_points(np.full((160, 2), 0.5, np.float32), glide=False)
    assert cloud.points_shown() == 160
    chosen = np.zeros(160, bool)
    chosen[100] = True  # of class c, one among 160 on the same spot
    cloud.set_chosen(chosen)
    cloud._names.paint = lambda *a, **k: None  # the class names lie over the points
    want = theme.class_colour(2)
    assert _near(_at(cloud, 0.5, 0.5), (want.red(), want.green(), want.blue()))
    cloud.set_chosen(np.arange(160) < 0)
    pale = _at(cloud, 0.5, 0.5)
    assert (pale < 250).any(), "a point that stands back has disappeared"
    assert pale.min() > 120, "it does not stand back"


def test_the_scale_says_what_its_colours_mean(qtbot) -> None:
    legend = ValueLegend()
    qtbot.addWidget(legend)
    legend.set_scale("reconstruction error", "sum of squares per image", 5.26, 75.83)
    assert legend.text_twin() == "reconstruction error (sum of squares per image) from 5.26 to 75.8"
    legend.resize(500, legend.sizeHint().height())
    shown = legend.grab().toImage()
    row = [QColor(shown.pixel(x, shown.height() // 2)) for x in range(shown.width())]
    ramp = theme.value_colours(16)
    assert any(_near(np.array(c.getRgb()[:3], float), ramp[8]) for c in row)
