"""Points inside an outline, against Qt's own polygons and shapes whose inside is known."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from fcae_gui.analysis.polygon import inside


def _by_qt(x: np.ndarray, y: np.ndarray, outline: np.ndarray) -> np.ndarray:
    polygon = QPolygonF([QPointF(*map(float, corner)) for corner in outline])
    rule = Qt.FillRule.OddEvenFill
    return np.array([polygon.containsPoint(QPointF(float(a), float(b)), rule) for a, b in zip(x, y)])  # noqa: B905


@pytest.mark.parametrize("seed", range(8))
def test_a_wild_outline_that_crosses_itself_agrees_with_qt(seed: int) -> None:
    random = np.random.default_rng(seed)
    outline = np.cumsum(random.normal(size=(60, 2)), axis=0)
    x, y = random.uniform(-12, 12, (2, 3000)).astype(np.float32)
    np.testing.assert_array_equal(inside(x, y, outline), _by_qt(x, y, outline))


def test_a_drawn_circle_holds_exactly_the_points_within_its_radius() -> None:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    outline = np.stack([3 + 2 * np.cos(angle), -1 + 2 * np.sin(angle)], axis=1)
    x, y = np.random.default_rng(3).uniform(-3, 6, (2, 70_000)).astype(np.float32)
    away = np.hypot(x - 3, y + 1)
    found = inside(x, y, outline)
    clear = np.abs(away - 2) > 1e-3  # a polygon of 400 corners lies this near to the circle
    np.testing.assert_array_equal(found[clear], away[clear] < 2)


def test_a_thin_sliver_is_not_lost_between_the_cells() -> None:
    outline = np.array([[0, 0], [100, 100], [100, 100.01]])
    x = np.array([50.0, 50.0, 50.0], np.float32)
    y = np.array([49.99, 50.002, 50.01], np.float32)
    np.testing.assert_array_equal(inside(x, y, outline), [False, True, False])


def test_points_without_a_place_and_outlines_without_an_area_hold_nothing() -> None:
    x = np.array([0.5, np.nan, np.inf], np.float32)
    y = np.array([0.5, 0.5, 0.5], np.float32)
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    np.testing.assert_array_equal(inside(x, y, square), [True, False, False])
    assert not inside(x, y, square[:2]).any()
    assert not inside(x, y, np.array([[0, 0], [1, 0], [2, 0]])).any()
    assert not inside(x[:0], y[:0], square).any()
