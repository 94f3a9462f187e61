"""The loss lens in the real window: which sample it shows, live and paused, hidden, by mouse and by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.session.settings import Settings
from fcae_gui.wires.lens import LensWires

WAIT = 30_000


def _lens(window) -> LensWires:  # type: ignore[no-untyped-def]
    return next(one for one in window._wires if isinstance(one, LensWires))


@pytest.fixture
def lens(open_window, qtbot):  # type: ignore[no-untyped-def]
    window = open_window()
    wires = _lens(window)
    window.actions_by_id["lens_show"].trigger()
    qtbot.waitUntil(lambda: wires.panel.view.shown is not None, timeout=WAIT)
    return window, wires


def _sample(window, row: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    return window.session.dataset.test.as_float(np.array([row]))[0]


def test_arrows_step_through_all_samples_or_those_of_a_class(lens) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    panel, labels = wires.panel, window.session.dataset.test.labels
    QTest.mouseClick(panel._next, Qt.MouseButton.LeftButton)
    assert panel.sample_text().startswith("test sample 1")
    np.testing.assert_allclose(panel.view.shown.x, _sample(window, 1))
    QTest.mouseClick(panel._previous, Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel._previous, Qt.MouseButton.LeftButton)
    assert wires.lens.row == len(labels) - 1
    panel._among.setCurrentIndex(panel._among.findData("class:7"))
    panel._among.activated.emit(panel._among.currentIndex())
    sevens = np.flatnonzero(labels == 7)
    assert wires.lens.row == sevens[0]
    QTest.mouseClick(panel._next, Qt.MouseButton.LeftButton)
    assert wires.lens.row == sevens[1] and panel.sample_text().endswith(", 7")


def test_worst_brings_the_sample_with_the_largest_squared_error(lens, qtbot) -> None:  # type: ignore[no-untyped-def]
    from fcae_gui.engine.decoder import decode, encode

    window, wires = lens
    QTest.mouseClick(wires.panel._worst, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not wires.lens.seeking_worst, timeout=WAIT)
    weights, x = window.session.view.weights, window.session.dataset.test.as_float()
    errors = ((decode(weights, encode(weights, x)) - x) ** 2).sum(axis=1)
    assert wires.lens.row == errors.argmax()


def test_a_point_under_the_mouse_goes_before_the_chosen_sample(lens) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    wires.lens.go(4)
    window.latent.sample_hovered.emit(9)
    assert wires.panel.sample_text().startswith("test sample 9,")
    window.latent.sample_hovered.emit(-1)
    assert wires.panel.sample_text().startswith("test sample 4,")


def test_the_lens_opens_on_the_point_that_the_mouse_points_at(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    wires, cloud = _lens(window), window.latent.cloud
    qtbot.waitUntil(lambda: not window.latent.is_gliding() and window.session.shows_newest, timeout=WAIT)
    QTest.mouseMove(cloud, cloud.place_of(25).toPoint())
    row = cloud.hovered()
    assert row >= 0
    window.actions_by_id["lens_show"].trigger()
    qtbot.waitUntil(lambda: wires.panel.view.shown is not None, timeout=WAIT)
    assert wires.lens.row == row


def test_a_selection_on_the_map_comes_under_the_lens_and_can_be_stepped_through(lens) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    mask = np.zeros(window.selection.map_size, bool)
    mask[[11, 30]] = True
    window.selection.choose(mask)
    assert wires.lens.row == 11
    wires.lens.set_among("selected")
    wires.lens.step(1)
    assert wires.lens.row == 30
    wires.lens.step(1)
    assert wires.lens.row == 11
    window.selection.clear()
    wires.lens.step(1)
    assert wires.lens.row == 12


def test_arrow_keys_move_the_marked_pixel_within_the_picture(lens) -> None:  # type: ignore[no-untyped-def]
    view = lens[1].panel.view
    view.choose(0)
    for name in ("Right", "Right", "Down", "Left", "Up", "Up"):
        QTest.keyClick(view, Qt.Key[f"Key_{name}"])
    assert view.pixel == 1
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.pixel == 7
    assert "pixel (row 1, column 8)" in lens[1].panel.formula.text()


def test_it_is_live_while_training_and_rests_while_hidden(lens, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    first = wires.panel.view.shown
    window.session.edit({}, {"epochs": None, "schedule": "constant"})
    window.session.play()
    qtbot.waitUntil(lambda: not np.array_equal(wires.panel.view.shown.output, first.output), timeout=WAIT)
    text = wires.panel.formula.text()
    qtbot.waitUntil(lambda: wires.panel.formula.text() != text, timeout=WAIT)
    window.docks["latent"].raise_()
    qtbot.waitUntil(lambda: not wires._visible, timeout=WAIT)
    readings = []
    wires.lens.reading_changed.connect(readings.append)
    step = window.session.step
    qtbot.waitUntil(lambda: window.session.step > step + 20, timeout=WAIT)
    assert readings == [] and not window.reconstructions.grid.outside_marked


def test_another_network_and_other_data_come_under_the_lens_without_a_word(lens, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    session = window.session
    wires.lens.go(100)
    session.play()
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 12})
    session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.dataset.name == "strokes", timeout=WAIT)
    qtbot.waitUntil(
        lambda: wires.panel.view.shown is not None and len(wires.panel.view.shown.x) == 784, timeout=WAIT
    )
    np.testing.assert_allclose(wires.panel.view.shown.x, _sample(window, wires.lens.row))


def test_the_losses_can_be_looked_at_side_by_side_and_the_trained_one_is_marked(lens, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = lens
    panel = wires.panel
    QTest.mouseClick(panel._heads["bce"], Qt.MouseButton.LeftButton)
    assert panel.loss == "bce" and panel.formula.text().startswith("BCE")
    assert panel.view.shown.term.sum() / 64 == pytest.approx(
        -np.mean(
            panel.view.shown.x * np.log(panel.view.shown.output)
            + (1 - panel.view.shown.x) * np.log(1 - panel.view.shown.output)
        )
    )
    assert panel._heads["mse"].text() == "MSE · trained"
    with qtbot.waitSignal(window.session.edited, timeout=WAIT):
        window.session.edit({}, {"loss": "l1"})
    qtbot.waitUntil(lambda: panel._heads["l1"].text() == "L1 · trained", timeout=WAIT)
    assert panel.loss == "bce", "a loss that a person chose to look at stays"


def test_black_ink_is_remembered_and_reaches_the_decoded_digit(open_window, qtbot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    qtbot.waitUntil(lambda: window.decoded.picture.image is not None, timeout=WAIT)
    grey = window.decoded.picture.image.pixelColor(0, 0).lightness()
    window.reconstructions._binary.click()
    assert abs(window.decoded.picture.image.pixelColor(0, 0).lightness() - (255 - grey)) <= 1
    window.settings.sync()
    assert Settings(tmp_path / "settings.ini").binary
    second = open_window()
    assert second.reconstructions.binary()
    second.reconstructions._binary.click()
    assert not Settings(tmp_path / "settings.ini").binary


def test_another_number_of_images_ends_the_single_row_of_the_slide(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    panel = window.reconstructions
    window.actions_by_id["lens_slide"].trigger()
    assert panel.columns() == 15
    panel.grab()
    assert panel.grid.bands == 1
    panel._columns.setValue(20)
    panel.grab()
    assert panel.grid.bands > 1


def test_the_mouse_marks_the_pixel_it_points_at_in_any_picture(lens) -> None:  # type: ignore[no-untyped-def]
    view = lens[1].panel.view
    view.grab()
    for which, (row, column) in enumerate(((0, 0), (7, 7), (3, 5), (6, 1), (2, 2))):
        rect = view.rect_of(which)
        at = QPoint(
            round(rect.x() + (column + 0.5) / 8 * rect.width()),
            round(rect.y() + (row + 0.5) / 8 * rect.height()),
        )
        QTest.mouseMove(view, at)
        assert view.pixel == 8 * row + column
        assert view.tip(which)
    assert view.tip(-1) == ""
