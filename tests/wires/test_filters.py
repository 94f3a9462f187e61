"""Filters and atoms in the real window: live, on one stated scale, the longest first, enlarged on demand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.neuron_colours import end_colours

WAIT = 30_000


@pytest.fixture
def shown(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A window that learns digits, with the filters in front."""
    window = open_window(autostart=True)
    window.actions_by_id["filters_show"].trigger()
    panel = window.docks["filters"].widget()
    qtbot.waitUntil(lambda: len(panel.grid.order()) == 128, timeout=WAIT)
    return window, panel


def test_filters_are_the_first_weights_with_the_longest_first(shown, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, panel = shown
    wires = next(item for item in window._wires if type(item).__name__ == "FiltersWires")
    pages = []
    wires.filters.page_changed.connect(pages.append)
    with qtbot.waitSignal(wires.filters.page_changed, timeout=WAIT):
        pass
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.state == "paused", timeout=WAIT)
    qtbot.waitUntil(lambda: pages[-1].values is window.session.view.weights.encoder[0][0], timeout=WAIT)
    page = pages[-1]
    wanted = np.linalg.norm(page.values.astype(np.float64), axis=1)
    assert np.allclose(page.norms, wanted, rtol=1e-5)
    wires.filters._since_order.start()  # the order is looked at again at once
    panel.kind.setCurrentIndex(1)
    panel.kind.activated.emit(1)
    atoms = pages[-1]
    assert atoms.kind == "atoms"
    assert np.array_equal(atoms.values, window.session.view.weights.decoder[-1][0].T)
    length = np.linalg.norm(atoms.values.astype(np.float64), axis=1)
    assert list(atoms.order) == list(np.argsort(-length, kind="stable"))
    assert f"orange +{three_digits(atoms.scale)}" in panel._scale.text()


def test_a_unit_pointed_at_is_enlarged_and_a_sample_is_followed_through_all_layers(shown, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, panel = shown
    grid = panel.grid
    unit = int(grid.order()[3])
    QTest.mouseMove(grid.viewport(), grid.place_of(3).center())
    qtbot.waitUntil(lambda: grid.enlarged >= 0, timeout=WAIT)
    held = grid.order().copy()
    assert grid.enlarged == int(grid.order()[3])
    assert f"Unit {grid.enlarged + 1} of 128" in grid._text(grid.enlarged) and unit >= 0
    with qtbot.waitSignal(window.session.numbers_changed, timeout=WAIT):
        pass
    assert np.array_equal(grid.order(), held)  # pictures do not run away from the hand
    QTest.mouseMove(grid.viewport(), QPoint(1, 1))
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.enlarged == int(grid.order()[1])
    filters = next(item for item in window._wires if type(item).__name__ == "FiltersWires").filters
    assert filters._held
    panel.kind.setFocus()  # without the keyboard the order is free again
    assert grid.enlarged < 0 and not filters._held

    # and below, one sample in every layer
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.state == "paused" and window.session.shows_newest, timeout=WAIT)
    window.latent.sample_hovered.emit(7)
    strips = panel.strips.strips()
    assert [len(strip.values) for strip in strips] == [64, 128, 32, 2, 32, 128, 64]
    dataset, weights = window.session.dataset, window.session.view.weights
    sample = dataset.test.as_float(np.array([7]))
    assert np.array_equal(strips[0].values, sample[0])
    assert np.allclose(strips[3].values, encode(weights, sample)[0], atol=1e-5)
    assert np.allclose(strips[-1].values, decode(weights, encode(weights, sample))[0], atol=1e-5)
    assert "test sample 7" in panel._sample.text()


def test_a_table_has_bars_other_data_may_come_and_hidden_filters_rest(shown, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, panel = shown
    window.session.choose_preset("slide")
    qtbot.waitUntil(lambda: panel.grid._values.shape == (2, 5), timeout=WAIT)
    picture = panel.grid.grab().toImage()
    low, high = (colour.name() for colour in end_colours("weight"))
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 3)
        for y in range(0, picture.height(), 3)
    }
    assert low in seen or high in seen
    assert panel.grid._columns[0] == "height"
    window.session.choose_preset("lecture")
    qtbot.waitUntil(lambda: panel.grid._values.shape == (32, 64), timeout=WAIT)
    # Behind another tab they cost nothing.
    window.docks["latent"].raise_()
    wires = next(item for item in window._wires if type(item).__name__ == "FiltersWires")
    qtbot.waitUntil(lambda: not wires.filters._visible, timeout=WAIT)
    told: list[object] = []
    wires.filters.page_changed.connect(told.append)
    wires.filters.passage_changed.connect(told.append)
    for _ in range(3):
        with qtbot.waitSignal(window.session.numbers_changed, timeout=WAIT):
            pass
    assert not told
