"""Selecting and colouring in the real window: lasso, rectangle, gallery, colours, export, undo."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from fcae_gui import theme

WAIT = 30_000
NONE, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def opened(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A resting window in Explore, its gallery in front, and its wires."""
    window = open_window()
    wires = next(one for one in window._wires if type(one).__name__ == "SelectionWires")
    window.workspaces.show("explore")
    window.docks["gallery"].raise_()
    with qtbot.waitSignals([window.session.frame_passed] * 3, timeout=WAIT):
        pass
    return window, wires


def _screen(cloud) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Where every row of the map is drawn in the widget, (n, 2)."""
    return np.array([(p.x(), p.y()) for p in map(cloud.place_of, range(cloud.points_shown()))])


def _drag(cloud, places: list[QPoint], modifiers=NONE) -> None:  # type: ignore[no-untyped-def]
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(cloud, left, modifiers, places[0])
    for place in places[1:]:
        QTest.mouseMove(cloud, place)
    QTest.mouseRelease(cloud, left, modifiers, places[-1])


def _circle(middle: QPoint, radius: float) -> list[QPoint]:
    angles = [2 * math.pi * i / 90 for i in range(91)]
    return [middle + QPoint(round(radius * math.cos(a)), round(radius * math.sin(a))) for a in angles]


def test_a_lasso_selects_exactly_the_points_that_it_surrounds(opened) -> None:
    window, wires = opened
    cloud = window.latent.cloud
    QTest.keyClick(window, Qt.Key.Key_L)
    assert window.actions_by_id["tool_lasso"].isChecked() and cloud.tool() is wires.lasso
    places = _screen(cloud)
    middle = QPoint(*np.rint(np.median(places, axis=0)).astype(int).tolist())
    _drag(cloud, _circle(middle, 70))
    away = np.hypot(*(places - [middle.x(), middle.y()]).T)
    selected = np.zeros(len(places), bool)
    selected[window.selection.rows] = True
    assert 10 < selected.sum() < len(places)
    clear = np.abs(away - 70) > 2.5  # a hand moves over whole pixels
    np.testing.assert_array_equal(selected[clear], (away < 70)[clear])
    assert set(wires.panel.grid.rows().tolist()) == set(window.selection.rows.tolist())
    assert f"{window.selection.count:,} of" in wires.panel.summary.text()


def test_rectangles_add_with_ctrl_and_take_away_with_alt_and_undo_takes_back(opened) -> None:
    window, _ = opened
    cloud, selection = window.latent.cloud, window.selection
    QTest.keyClick(window, Qt.Key.Key_M)
    places = _screen(cloud)
    x, y = (int(v) for v in np.median(places, axis=0))

    def within(left: int, top: int, right: int, bottom: int) -> set[int]:
        inside = (
            (places[:, 0] > left) & (places[:, 0] < right) & (places[:, 1] > top) & (places[:, 1] < bottom)
        )
        return set(np.flatnonzero(inside).tolist())

    left, right = within(x - 80, y - 60, x, y + 60), within(x, y - 60, x + 80, y + 60)
    _drag(cloud, [QPoint(x - 80, y - 60), QPoint(x - 20, y), QPoint(x, y + 60)])
    assert set(selection.rows.tolist()) == left and left
    _drag(cloud, [QPoint(x + 80, y + 60), QPoint(x, y - 60)], CTRL)
    assert set(selection.rows.tolist()) == left | right
    _drag(cloud, [QPoint(x - 80, y - 60), QPoint(x + 80, y)], ALT)
    assert set(selection.rows.tolist()) == (left | right) - within(x - 80, y - 60, x + 80, y)
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert set(selection.rows.tolist()) == left | right
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert set(selection.rows.tolist()) == left
    _drag(cloud, [QPoint(x, y)])  # a click
    assert selection.mask is None


def test_the_rest_stands_back_on_the_map_and_comes_forward_again(opened) -> None:
    window, wires = opened
    cloud = window.latent.cloud
    before = cloud.grab().toImage()
    wires.panel.what.setCurrentIndex(0)
    wires.panel.which.setCurrentIndex(3)
    QTest.mouseClick(wires.panel.take, Qt.MouseButton.LeftButton)
    labels = window.session.dataset.test.labels[: window.selection.map_size]
    np.testing.assert_array_equal(window.selection.mask, labels == 3)
    assert cloud.grab().toImage() != before and cloud.points_shown() == len(labels)
    window.actions_by_id["selection_clear"].trigger()
    assert cloud.grab().toImage() == before


def test_escape_leads_from_a_drawn_outline_back_to_the_cursor(opened) -> None:
    window, wires = opened
    cloud = window.latent.cloud
    QTest.keyClick(window, Qt.Key.Key_L)
    middle = cloud.rect().center()
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(cloud, middle + QPoint(40, 0))
    QTest.mouseMove(cloud, middle + QPoint(40, 40))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=middle)
    assert window.actions_by_id["tool_cursor"].isChecked() and cloud.tool() is None
    assert window.selection.mask is None and not wires.lasso.active()
    QTest.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=middle)
    assert window.latent.cursor() == pytest.approx(cloud.to_world(middle.toPointF()), abs=1e-6)


def test_the_worst_reconstructed_are_one_click_away_and_a_click_there_moves_the_cursor(opened, qtbot) -> None:
    window, wires = opened
    QTest.mouseClick(wires.panel.worst, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.selection.count > 0, timeout=WAIT)
    errors, rows = wires.quantities.values("error"), wires.panel.grid.rows()
    assert (np.diff(errors[rows]) <= 0).all() and errors[rows].min() >= np.delete(errors, rows).max()
    grid = wires.panel.grid
    with qtbot.waitSignal(window.session.view.decoded, timeout=WAIT):
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.place_of(1).center())
    codes = window.session.view.codes
    assert window.latent.cursor() == pytest.approx(tuple(codes[rows[1]].tolist()), abs=1e-5)
    QTest.mouseMove(grid.viewport(), grid.place_of(0).center())
    assert window.latent.cloud.hovered() == rows[0]


def test_colouring_by_error_shows_a_scale_and_follows_the_training(opened, qtbot) -> None:
    window, wires = opened
    chooser = window.latent.bar.colouring
    chooser.setCurrentIndex(chooser.findData("error"))
    chooser.activated.emit(chooser.currentIndex())
    assert window.latent.scale.isVisible() and not window.latent.legend.isVisible()
    qtbot.waitUntil(lambda: "from –" not in window.latent.scale.text_twin(), timeout=WAIT)
    before = window.latent.scale.text_twin()
    assert "reconstruction error (sum of squares per image) from" in before
    window.session.run_steps(40)
    qtbot.waitUntil(lambda: wires.quantities.row_errors.step == 40, timeout=WAIT)
    assert window.latent.scale.text_twin() != before
    chooser.setCurrentIndex(chooser.findData("class"))
    chooser.activated.emit(chooser.currentIndex())
    assert window.latent.legend.isVisible() and not window.latent.scale.isVisible()


def test_every_colouring_can_be_shown_in_every_theme_while_it_trains(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires = next(one for one in window._wires if type(one).__name__ == "SelectionWires")
    window.workspaces.show("explore")
    failures = []
    window.session.report_failure = failures.append
    chooser = window.latent.bar.colouring
    for index in range(chooser.count()):
        theme.apply(QApplication.instance(), list(theme.THEMES)[index % 3])
        chooser.setCurrentIndex(index)
        chooser.activated.emit(index)
        with qtbot.waitSignals([window.session.frame_passed] * 3, timeout=WAIT):
            pass
        assert wires.colouring.key == chooser.itemData(index)
    theme.apply(QApplication.instance(), "light")
    assert not failures


def test_another_network_and_other_data_leave_nothing_wrong_behind(opened, qtbot) -> None:
    window, wires = opened
    session = window.session
    failures = []
    session.report_failure = failures.append
    window.selection.choose(np.arange(window.selection.map_size) < 50)
    wires.colouring.choose("unit:1")
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        window.network.new_network_requested.emit({"encoder_widths": (24,), "code_size": 1})
    assert wires.colouring.key == "class"  # there is no second unit any more
    qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=WAIT)
    assert window.selection.count == 50  # the same samples, in another network
    wires.colouring.choose("error")
    QTest.keyClick(window, Qt.Key.Key_L)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=WAIT)
    qtbot.waitUntil(lambda: wires.quantities.values("error") is not None, timeout=WAIT)
    assert window.selection.mask is None and wires.selection.map_size == len(session.view.codes)
    assert "slant" in [wires.panel.what.itemText(i) for i in range(wires.panel.what.count())]
    _drag(window.latent.cloud, _circle(window.latent.cloud.rect().center(), 150))
    session.history.undo()
    session.history.undo()
    with qtbot.waitSignals([session.frame_passed] * 3, timeout=WAIT):
        pass
    assert not failures


def test_the_selection_is_exported_as_arrays_and_as_a_table(opened, qtbot, monkeypatch, tmp_path) -> None:
    window, wires = opened
    qtbot.waitUntil(lambda: wires.quantities.values("error") is not None, timeout=WAIT)
    window.selection.choose(np.isin(np.arange(window.selection.map_size), [3, 5, 8]))
    dataset, codes = window.session.dataset, window.session.view.codes
    for name in ("some.npz", "some.csv"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, n=name, **k: (str(tmp_path / n), ""))
        window.actions_by_id["selection_export"].trigger()
        qtbot.waitUntil(lambda n=name: (tmp_path / n).exists(), timeout=WAIT)
    qtbot.waitUntil(lambda: not wires._files.busy, timeout=WAIT)
    with np.load(tmp_path / "some.npz", allow_pickle=False) as read:
        np.testing.assert_array_equal(read["features"], dataset.test.features[[3, 5, 8]])
        np.testing.assert_array_equal(read["label"], dataset.test.labels[[3, 5, 8]])
        np.testing.assert_array_equal(read["code_2"], codes[[3, 5, 8], 1])
        assert read["half"].tolist() == ["test"] * 3 and read["row"].tolist() == [3, 5, 8]
    with (tmp_path / "some.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["row"] for line in lines] == ["3", "5", "8"]
    assert np.array([np.float32(line["code_1"]) for line in lines]).tolist() == codes[[3, 5, 8], 0].tolist()
    errors = wires.quantities.values("error")
    assert [np.float32(line["squared_error"]) for line in lines] == errors[[3, 5, 8]].tolist()


def test_colouring_by_cluster_shows_clusters_and_gives_the_classes_back(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    cloud = window.latent.cloud
    assert cloud.class_names()[:2] == ("0", "1")
    window.latent.colouring_chosen.emit("cluster")
    qtbot.waitUntil(lambda: tuple(cloud.class_names())[:2] == ("cluster 1", "cluster 2"), timeout=30_000)
    assert len(cloud.class_names()) == 10
    window.latent.colouring_chosen.emit("class")
    qtbot.waitUntil(lambda: tuple(cloud.class_names())[:2] == ("0", "1"), timeout=30_000)
