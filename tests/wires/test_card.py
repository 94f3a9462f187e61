"""Cards in the real window: opened by mouse and keys, live, stepped, closed; pictures on the map."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui.wires.card import CardWires

WAIT = 30_000


@pytest.fixture
def tool(open_window, qtbot):  # type: ignore[no-untyped-def]
    window = open_window()
    window.resize(1280, 720)
    window.show_workspace("explore")
    wires = next(one for one in window._wires if isinstance(one, CardWires))
    QApplication.processEvents()
    _settle(window, qtbot)
    return window, wires


def _settle(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: not window.latent.is_gliding() and window.session.shows_newest, timeout=WAIT)


def _seen_row(cloud) -> int:  # type: ignore[no-untyped-def]
    """A sample whose point stands alone, so that a click can only mean this one."""
    x, y, order, _ = cloud.points_drawn()
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(away, np.inf)
    for place in np.argsort(-away.min(axis=1)):
        if cloud.rect().contains(cloud.place_of(int(order[place])).toPoint()):
            return int(order[place])
    raise AssertionError("no point can be seen")


def test_control_click_on_a_point_opens_its_card_beside_the_map(tool, qtbot) -> None:
    window, wires = tool
    cloud = window.latent.cloud
    row = _seen_row(cloud)
    cursor = window.latent.cursor()
    QTest.mouseClick(
        cloud, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, cloud.place_of(row).toPoint()
    )
    assert wires.card.row == row and wires.panel.isVisible()
    assert f"test sample {row:,}" in wires.panel.title
    assert window.latent.cursor() == cursor
    qtbot.waitUntil(lambda: len(wires.panel.by_code.pictures) == 5, timeout=WAIT)
    assert wires.panel.pictures.pictures[1].values is not None


def test_a_double_click_opens_a_card_and_beside_the_points_shows_all(tool, qtbot) -> None:
    window, wires = tool
    cloud = window.latent.cloud
    row = _seen_row(cloud)
    QTest.mouseDClick(cloud, Qt.MouseButton.LeftButton, pos=cloud.place_of(row).toPoint())
    assert wires.card.row == row
    cloud._zoom(3.0, QPointF(cloud.rect().center()))
    assert cloud.view_state() is not None
    empty = next(
        place
        for place in (QPointF(i, j) for i in range(100, 500, 7) for j in range(60, 300, 7))
        if cloud._plot.contains(place) and cloud.sample_at(*cloud.to_world(place)) < 0
    )
    QTest.mouseDClick(cloud, Qt.MouseButton.LeftButton, pos=empty.toPoint())
    assert cloud.view_state() is None and wires.card.row == row


def test_enter_opens_the_point_nearest_to_the_cursor_and_keys_step_and_close(tool, qtbot) -> None:
    window, wires = tool
    cloud = window.latent.cloud
    cloud.setFocus()
    QTest.keyClick(cloud, Qt.Key.Key_Return)
    x, y, order, _ = cloud.points_drawn()
    at_x, at_y = window.latent.cursor()
    assert wires.card.row == int(order[np.hypot(x - at_x, y - at_y).argmin()])
    row = wires.card.row
    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    assert wires.card.row == row + 1
    QTest.keyClick(window, Qt.Key.Key_BracketLeft)
    QTest.keyClick(window, Qt.Key.Key_BracketLeft)
    assert wires.card.row == row - 1
    wires.panel.setFocus()
    QTest.keyClick(wires.panel, Qt.Key.Key_Escape)
    assert wires.card.row == -1 and wires.panel.title == ""


def test_the_card_tool_opens_what_it_is_dragged_across_and_escape_puts_it_away(tool, qtbot) -> None:
    window, wires = tool
    cloud = window.latent.cloud
    window.actions_by_id["tool_card"].trigger()
    row = _seen_row(cloud)
    opened = []
    wires.card.opened.connect(lambda sample: opened.append(sample.row))
    start = cloud.place_of(row).toPoint()
    end = cloud._plot.center().toPoint()
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=start)
    for i in range(1, 11):
        QTest.mouseMove(cloud, start + (end - start) * i / 10)
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=end)
    assert opened[0] == row and len(opened) > 1
    cloud.setFocus()
    QTest.keyClick(cloud, Qt.Key.Key_Right)
    assert wires.card.row == (opened[-2] + 1) % wires.card.count
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.actions_by_id["tool_cursor"].isChecked() and cloud.tool() is None and wires.card.row >= 0
    QTest.keyClick(cloud, Qt.Key.Key_Escape)
    assert wires.card.row == -1


def test_the_card_is_live_and_survives_another_network_and_other_data(tool, qtbot) -> None:
    window, wires = tool
    session = window.session
    window.actions_by_id["card_open"].trigger()
    qtbot.waitUntil(lambda: wires.panel.pictures.pictures[1].values is not None, timeout=WAIT)
    first = wires.panel.pictures.pictures[1].values
    session.play()
    qtbot.waitUntil(lambda: not np.array_equal(wires.panel.pictures.pictures[1].values, first), timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 12})
    qtbot.waitUntil(lambda: "12 numbers" in wires.panel.code.text(), timeout=WAIT)
    session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.dataset.name == "strokes" and session.view.map_step >= 0, timeout=WAIT)
    assert wires.card.row == -1
    window.actions_by_id["card_open"].trigger()
    qtbot.waitUntil(
        lambda: wires.panel.pictures.pictures and wires.panel.pictures.pictures[1].values is not None,
        timeout=WAIT,
    )
    assert wires.panel.pictures.pictures[0].values.shape == (784,)


def test_magnified_points_are_pictures_and_the_mouse_shows_what_is_made_of_them(tool, qtbot) -> None:
    window, wires = tool
    cloud = window.latent.cloud
    cloud._zoom(5.0, cloud._plot.center())
    cloud.repaint()
    rows = wires.thumbnails.rows
    assert len(rows) > 3
    place = cloud.to_widget(*wires.thumbnails.places()[0])
    side = wires.thumbnails.side / cloud.box.view.unit
    corner = place + QPointF(0.4 * side, 0.4 * side)  # on the picture, far from its point
    with qtbot.waitSignal(wires.card.hovered_output_changed, timeout=WAIT) as caught:
        QTest.mouseMove(cloud, corner.toPoint())
    assert cloud.hovered() == rows[0] and caught.args[0].row == rows[0]
    assert window.latent._card.isVisible() and "SSE" in window.latent._card.accessibleDescription()
    window.actions_by_id["card_thumbnails"].trigger()
    cloud.repaint()
    assert wires.thumbnails.rows == []


def test_in_the_learn_workspace_the_card_comes_up_beside_the_network(open_window, qtbot) -> None:
    window = open_window()
    wires = next(one for one in window._wires if isinstance(one, CardWires))
    assert not wires.panel.isVisible() and window.network.isVisible()
    window.actions_by_id["card_open"].trigger()
    qtbot.waitUntil(wires.panel.isVisible, timeout=WAIT)
    assert window.docks["network"] in window.tabifiedDockWidgets(wires.dock)
    wires.panel.setFocus()
    QTest.keyClick(wires.panel, Qt.Key.Key_Escape)
    assert not wires.panel.isVisible()
    qtbot.waitUntil(window.network.isVisible, timeout=WAIT)
