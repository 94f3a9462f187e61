"""The canvas in the real window: drawn on, opened, pasted, dropped, pulled, undone, and left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.panels.canvas import DRAW, PULL
from fcae_gui.wires.canvas import CanvasWires

WAIT = 30_000
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
THREE = [(0.3, 0.25), (0.5, 0.15), (0.65, 0.3), (0.5, 0.48), (0.68, 0.62), (0.55, 0.85), (0.3, 0.78)]


def _wires(window) -> CanvasWires:  # type: ignore[no-untyped-def]
    return next(wires for wires in window._wires if isinstance(wires, CanvasWires))


def _open_canvas(window) -> CanvasWires:  # type: ignore[no-untyped-def]
    window.actions_by_id["workspace_explore"].trigger()
    window.actions_by_id["canvas_draw"].trigger()
    wires = _wires(window)
    assert wires.panel.isVisible() and wires.panel.mode == DRAW
    return wires


def _stroke(widget, rect, places, button=LEFT) -> None:  # type: ignore[no-untyped-def]
    """Press, drag through the places (shares of the rectangle), release."""
    at = [rect.topLeft() + QPointF(x * rect.width(), y * rect.height()) for x, y in places]
    QTest.mousePress(widget, button, NO_KEYS, at[0].toPoint())
    for place in at[1:]:
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, widget.mapToGlobal(place), Qt.MouseButton.NoButton, button, NO_KEYS
        )
        QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, button, NO_KEYS, at[-1].toPoint())


def _draw(wires: CanvasWires, places=THREE, button=LEFT) -> None:  # type: ignore[no-untyped-def]
    _stroke(wires.panel.field, wires.panel.field.field_rect(), places, button)


def _png(path: Path, *, light: bool) -> Path:
    image = QImage(60, 60, QImage.Format.Format_Grayscale8)
    image.fill(250 if light else 0)
    for y in range(10, 50):
        for x in range(27, 33):
            image.setPixelColor(x, y, Qt.GlobalColor.black if light else Qt.GlobalColor.white)
    assert image.save(str(path))
    return path


def test_a_stroke_of_the_mouse_is_encoded_and_the_cursor_goes_where_it_lies(open_window, qtbot) -> None:
    window = open_window()
    wires, view = _open_canvas(window), window.session.view
    _draw(wires)
    reading = wires.canvas.reading
    assert reading is not None and reading.given.shape == (64,) and reading.given.max() > 0.5
    assert np.allclose(reading.z, encode(view.weights, reading.given[None])[0], atol=1e-5)
    assert np.allclose(reading.output, decode(view.weights, reading.z[None])[0], atol=1e-5)
    assert reading.error == pytest.approx(float(np.square(reading.output - reading.given).sum()), rel=1e-4)
    assert window.latent.cursor() == pytest.approx(tuple(reading.z), abs=1e-4)
    assert wires.mark.place == pytest.approx(tuple(reading.z), abs=1e-4)
    assert wires.panel.reading.neighbours_shown == 10
    assert "of 10 nearest" in wires.panel.reading.text_twin()


def test_the_code_follows_while_the_pen_is_still_down(open_window) -> None:
    window = open_window()
    wires = _open_canvas(window)
    codes = []
    wires.canvas.read.connect(lambda found: codes.append(found[0].z))
    _draw(wires)
    assert len(codes) >= len(THREE)
    assert len({tuple(code.tolist()) for code in codes}) > 3


def test_the_right_button_erases_and_every_gesture_is_one_step_of_the_history(open_window) -> None:
    window = open_window()
    wires, field = _open_canvas(window), _wires(window).panel.field
    undo, redo = window.actions_by_id["undo"], window.actions_by_id["redo"]
    _draw(wires)
    drawn = wires.panel.grey()
    _draw(wires, THREE[:4], Qt.MouseButton.RightButton)
    erased = wires.panel.grey()
    assert 0 < erased.sum() < drawn.sum()
    assert window.session.history.texts[0] == "erase"
    undo.trigger()
    assert np.array_equal(wires.panel.grey(), drawn)
    redo.trigger()
    assert np.array_equal(wires.panel.grey(), erased)
    window.actions_by_id["canvas_clear"].trigger()
    assert field.drawing.empty and wires.canvas.reading is None and wires.mark.place is None
    undo.trigger()
    undo.trigger()
    undo.trigger()
    assert field.drawing.empty
    redo.trigger()
    assert np.array_equal(wires.panel.grey(), drawn)


def test_the_whole_canvas_works_by_keys(open_window) -> None:
    window = open_window()
    wires = _open_canvas(window)
    field = wires.panel.field
    window.activateWindow()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    for _ in range(4):
        QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert len(field.drawing.strokes) == 1 and wires.canvas.reading is not None
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.drawing.empty


def test_a_drawing_follows_the_network_while_it_learns(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires = _open_canvas(window)
    _draw(wires)
    first = wires.canvas.reading
    qtbot.waitUntil(
        lambda: wires.canvas.reading is not None and wires.canvas.reading.step > first.step + 20, timeout=WAIT
    )
    assert wires.canvas.reading.given is first.given


def test_a_hidden_canvas_reads_nothing(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires = _open_canvas(window)
    _draw(wires)
    window.actions_by_id["workspace_learn"].trigger()
    assert not wires.panel.isVisible() and wires.mark.place is None
    read = []
    wires.canvas.read.connect(read.append)
    with qtbot.waitSignals([window.session.frame_passed] * 10, timeout=WAIT):
        pass
    assert not read


@pytest.mark.parametrize("light", [True, False])
def test_an_image_can_be_opened_and_paper_is_turned_round(
    open_window, tmp_path: Path, monkeypatch, light: bool
) -> None:
    window = open_window()
    file = _png(tmp_path / "one.png", light=light)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(file), ""))
    window.actions_by_id["canvas_open"].trigger()
    wires = _wires(window)
    assert wires.panel.isVisible()
    image = wires.canvas.reading.given.reshape(8, 8)
    assert image[:, :2].max() == 0.0 and image.max() > 0.9  # a light bar on black, whatever the file had
    window.actions_by_id["undo"].trigger()
    assert wires.panel.field.drawing.empty


def test_an_image_can_be_pasted_and_an_empty_clipboard_is_said(open_window) -> None:
    window = open_window()
    wires = _open_canvas(window)
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("no image")
    window.actions_by_id["canvas_paste"].trigger()
    assert "clipboard" in wires.panel.remark.text() and wires.panel.field.drawing.empty
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)  # as drawing programs paste: black on nothing
    for y in range(8, 32):
        image.setPixelColor(20, y, Qt.GlobalColor.black)
    clipboard.setImage(image)
    window.actions_by_id["canvas_paste"].trigger()
    assert wires.canvas.reading is not None and wires.canvas.reading.given.max() > 0.5
    assert not wires.panel.remark.text()
    clipboard.clear()


def test_an_image_can_be_dropped_and_a_bad_file_is_one_sentence(open_window, tmp_path: Path) -> None:
    window = open_window()
    wires = _open_canvas(window)
    field = wires.panel.field
    bad = tmp_path / "notes.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + b"these are not pixels" * 10)
    good = _png(tmp_path / "good.png", light=True)
    for file in (bad, good):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        arguments = (Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
        enter = QDragEnterEvent(QPoint(20, 20), *arguments)
        QApplication.sendEvent(field, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(field, QDropEvent(QPointF(20, 20), *arguments))
        if file is bad:
            said = wires.panel.remark.text()
            assert "notes.png" in said and said.count(".") <= 2 and field.drawing.empty
    assert field.drawing.picture is not None and wires.canvas.reading is not None


def test_painted_pixels_pull_the_code_and_the_cursor_slides_there(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    session.run_steps(50)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.map_step == 50, timeout=WAIT)
    wires = _open_canvas(window)
    window.actions_by_id["canvas_pull"].trigger()
    assert wires.panel.mode == PULL
    brush = wires.panel.brush
    qtbot.waitUntil(lambda: brush.image is not None, timeout=WAIT)
    start, before = window.latent.cursor(), session.view.cursor_code()
    base = decode(session.view.weights, before[None])[0]
    seen = []
    session.view.cursor_moved.connect(lambda x, y: seen.append((x, y)))
    _stroke(brush, brush.picture_rect(), [(0.15, 0.2), (0.15, 0.5), (0.15, 0.8)])
    held = wires.pull.held
    assert held is not None and (held.marks == 1).sum() >= 3
    qtbot.waitUntil(lambda: wires.pull._goal is None and wires.pull._worker.idle, timeout=WAIT)
    qtbot.waitUntil(lambda: wires.pull.z is not None and len(seen) > 2, timeout=WAIT)
    cost = float(held.importance @ (decode(session.view.weights, wires.pull.z[None])[0] - held.target) ** 2)
    assert cost < float(held.importance @ (base - held.target) ** 2)
    assert window.latent.cursor() != start
    assert window.latent.cursor() == pytest.approx(tuple(wires.pull.z), abs=1e-4)
    window.actions_by_id["undo"].trigger()
    assert wires.pull.held is None
    assert window.latent.cursor() == pytest.approx(start, abs=1e-4)
    window.actions_by_id["redo"].trigger()
    assert np.array_equal(wires.pull.held.marks, held.marks)


def test_moving_the_cursor_by_hand_lets_the_painted_pixels_go(open_window, qtbot) -> None:
    window = open_window()
    wires = _open_canvas(window)
    window.actions_by_id["canvas_pull"].trigger()
    brush, cloud = wires.panel.brush, window.latent.cloud
    QTest.keyClick(brush, Qt.Key.Key_Return)
    assert wires.pull.held is not None
    qtbot.waitUntil(lambda: wires.pull._goal is None and wires.pull._worker.idle, timeout=WAIT)
    QTest.mouseClick(cloud, LEFT, NO_KEYS, QPoint(cloud.width() // 3, cloud.height() // 3))
    assert wires.pull.held is None
    QTest.keyClick(brush, Qt.Key.Key_Backspace)
    assert (wires.pull.held.marks == -1).any()
    QTest.keyClick(brush, Qt.Key.Key_Delete)
    assert wires.pull.held is None


@pytest.mark.parametrize("mode", ["canvas_draw", "canvas_pull"])
def test_another_network_and_other_data_while_it_is_in_use(open_window, qtbot, mode: str) -> None:
    window = open_window(autostart=True)
    session, failures = window.session, []
    session.report_failure = failures.append
    wires = _open_canvas(window)
    _draw(wires)
    window.actions_by_id[mode].trigger()
    QTest.keyClick(wires.panel.brush, Qt.Key.Key_Return)
    session.new_network({"code_size": 5})
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        pass
    qtbot.waitUntil(lambda: session.view.codes is not None and session.view.codes.shape[1] == 5, timeout=WAIT)
    window.actions_by_id["canvas_draw"].trigger()
    _draw(wires)
    assert wires.canvas.reading.z.shape == (5,)
    window.actions_by_id[mode].trigger()
    QTest.keyClick(wires.panel.brush, Qt.Key.Key_Return)
    with qtbot.waitSignal(session.dataset_changed, timeout=60_000):
        session.choose_data("strokes")
    QTest.keyClick(wires.panel.brush, Qt.Key.Key_Return)  # before the new network is there
    qtbot.waitUntil(
        lambda: session.view.weights is not None and session.view.weights.network.input_size == 784,
        timeout=WAIT,
    )
    window.actions_by_id["canvas_draw"].trigger()
    _draw(wires, [(0.2, 0.2), (0.8, 0.8)])
    assert wires.canvas.reading.given.shape == (784,)
    while window.actions_by_id["undo"].isEnabled() and "stroke" in session.history.texts[0]:
        window.actions_by_id["undo"].trigger()
    assert not failures
    qtbot.waitUntil(lambda: session.dataset.complete, timeout=60_000)
