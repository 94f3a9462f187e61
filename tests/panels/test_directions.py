"""The directions panel by itself: what it offers, what it asks for, and that set_* stays silent."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui import theme
from fcae_gui.panels.directions import EMPTY, DirectionsPanel
from fcae_gui.widgets.direction_row import STEPS


@pytest.fixture
def panel(qtbot, qapp) -> DirectionsPanel:  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")
    made = DirectionsPanel()
    qtbot.addWidget(made)
    made.set_image_shape((8, 8))
    made.set_class_names([str(i) for i in range(10)])
    made.set_layers(16, (64, 32))
    made.set_plane(0, "pca", 0, 1)
    made.set_directions([(f"direction {i + 1}", "") for i in range(5)])
    made.resize(420, 460)
    made.show()
    return made


def test_set_never_emits(panel, qtbot) -> None:
    said = []
    for signal in (
        panel.plane_requested,
        panel.start_requested,
        panel.slider_moved,
        panel.tour_run_requested,
    ):
        signal.connect(lambda *values: said.append(values))
    panel.set_plane(0, "units", 3, 4)
    panel.set_plane(2, "pca", 0, 1)
    panel.set_values(np.array([0.5, -1.0, 9.0, 0.0, -9.0]))
    panel.set_tour_running(False)
    panel.set_start("class", 4, "4")
    panel.set_class_names(["a", "b"])
    panel.set_layers(3, (8,))
    assert not said
    assert panel.rows[2].slider.value() == 3 * STEPS  # beyond the end the slider stands at its end


def test_before_any_codes_it_says_what_will_come(panel) -> None:
    panel.set_directions(())
    assert panel.rows == [] and panel._empty.isVisible() and panel._empty.text() == EMPTY


def test_what_is_not_possible_cannot_be_chosen(panel) -> None:
    def possible(kind: str) -> bool:
        return panel._kind.model().item(panel._kind.findData(kind)).isEnabled()

    assert possible("tour") and possible("units") and not possible("images")
    for index in range(3):
        panel.set_slot(index, np.full(64, 0.5, np.float32), "x")
    assert possible("images")
    panel.set_plane(1, "pca", 0, 1)
    assert possible("units") and not possible("images") and not possible("tour")
    assert panel._note.isVisible()
    panel.set_layers(2, ())
    panel.set_plane(0, "pca", 0, 1)
    assert not panel._kind.isEnabled()


def test_choosing_the_same_unit_twice_asks_for_two_units(panel, qtbot) -> None:
    panel.set_plane(0, "units", 3, 4)
    with qtbot.waitSignal(panel.plane_requested) as caught:
        panel._units[1].setValue(4)
    assert caught.args == [0, "units", 3, 4]


def test_a_hidden_layer_is_asked_for_with_a_plane_it_has(panel, qtbot) -> None:
    panel.set_plane(0, "tour", 0, 1)
    with qtbot.waitSignal(panel.plane_requested) as caught:
        panel._layer.setFocus()
        QTest.keyClick(panel._layer, Qt.Key.Key_Down)
    assert caught.args == [1, "pca", 0, 1]


def test_ends_and_slots_take_tables_too(panel) -> None:
    panel.set_image_shape(None)
    low = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    panel.set_ends(low, -low)
    panel.set_slot(0, low[0], "row 0")
    panel.set_result(low[1])
    assert not panel.grab().isNull() and panel.rows[0].low.image is not None


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_nothing_is_cut_off_in_any_theme(panel, qapp, name) -> None:
    theme.apply(qapp, name)
    panel.resize(420, 460)
    panel.grab()
    for row in panel.rows:
        assert row._name.sizeHint().width() + row._number.sizeHint().width() <= row._name.width() + 60
        assert row._name.height() >= row._name.fontMetrics().height() - 1
    assert panel.minimumSizeHint().width() <= 470
    theme.apply(qapp, "light")
