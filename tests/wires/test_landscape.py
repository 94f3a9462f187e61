"""The decoded landscape in the real window: it covers the view, follows it and the model, and can be off."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from fcae_gui import theme
from fcae_gui.engine.decoder import decode
from fcae_gui.wires.landscape import LandscapeWires

WAIT = 30_000


def _wires(window) -> LandscapeWires:  # type: ignore[no-untyped-def]
    return next(wires for wires in window._wires if isinstance(wires, LandscapeWires))


def _explore(open_window, qtbot, **options):  # type: ignore[no-untyped-def]
    window = open_window(**options)
    window.show_workspace("explore")
    landscape = _wires(window).landscape
    cloud = window.latent.cloud
    qtbot.waitUntil(
        lambda: (
            landscape.mosaic is not None and landscape._asked.fog is not None and _covers(landscape, cloud)
        ),
        timeout=WAIT,
    )
    return window, landscape


def _covers(landscape, cloud) -> bool:  # type: ignore[no-untyped-def]
    left, bottom, right, top = cloud.visible_range()
    box = landscape.mosaic.box
    return box[0] <= left and box[1] <= bottom and box[2] >= right and box[3] >= top


def _background(window) -> np.ndarray:  # type: ignore[no-untyped-def]
    """The map as it is painted, without its points."""
    cloud = window.latent.cloud
    cloud.set_classes_shown(frozenset())
    image = cloud.grab().toImage()
    cloud.set_classes_shown(None)
    return np.frombuffer(bytes(image.constBits()), np.uint8).astype(int)


def _zoom(cloud, steps: int) -> None:  # type: ignore[no-untyped-def]
    at = QPointF(cloud.rect().center())
    for _ in range(steps):
        QApplication.sendEvent(
            cloud,
            QWheelEvent(
                at, cloud.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip


def test_learn_begins_without_a_landscape_and_explore_with_a_faint_one(open_window, qtbot) -> None:
    window = open_window()
    wires = _wires(window)
    with qtbot.waitSignals([window.session.frame_passed] * 3, timeout=WAIT):
        pass
    assert wires.landscape.mode == "off" and wires.landscape.mosaic is None
    window.actions_by_id["workspace_explore"].trigger()
    qtbot.waitUntil(lambda: wires.landscape.mosaic is not None, timeout=WAIT)
    assert wires.landscape.mode == "faint" and window.actions_by_id["landscape_faint"].isChecked()
    window.actions_by_id["workspace_learn"].trigger()
    qtbot.waitUntil(lambda: wires.landscape.mosaic is None, timeout=WAIT)
    assert not wires.layer.shown


def test_the_tiles_show_what_the_decoder_makes_of_their_places(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    assert _covers(landscape, window.latent.cloud)
    grid, canvas = landscape.mosaic.grid, landscape.mosaic.canvas
    high, wide = canvas.shape[0] // grid.rows, canvas.shape[1] // grid.columns
    cells = canvas.reshape(grid.rows, high, grid.columns, wide).transpose(0, 2, 1, 3)
    cells = cells.reshape(grid.count, high, wide)[:, :8, :8].reshape(grid.count, 64).astype(float)
    expected = decode(window.session.view.weights, grid.centres().astype(np.float32)) * 255
    strong = cells.max(axis=1) > 80
    assert strong.sum() > 20
    # The fog makes a tile weaker as a whole, and changes nothing else.
    share = (cells * expected).sum(axis=1) / (expected * expected).sum(axis=1)
    assert np.abs(cells - share[:, None] * expected)[strong].max() < 2.5
    assert share.max() > 0.95 and share.min() < 0.5


def test_the_key_goes_from_off_to_faint_to_full_and_the_picture_with_it(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    pictures = {"faint": _background(window)}
    window.activateWindow()
    for mode in ("full", "off", "faint"):
        QTest.keyClick(window.latent.cloud, Qt.Key.Key_B)
        assert landscape.mode == mode and window.actions_by_id[f"landscape_{mode}"].isChecked()
        qtbot.waitUntil(lambda mode=mode: (landscape.mosaic is None) == (mode == "off"), timeout=WAIT)
        pictures[f"{mode} again" if mode in pictures else mode] = _background(window)
    ink = {mode: np.abs(picture - pictures["off"]).sum() for mode, picture in pictures.items()}
    assert ink["off"] == 0 < ink["faint"] < 0.6 * ink["full"]
    assert ink["faint again"] == ink["faint"]


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_the_paper_stays_paper_in_every_theme(open_window, qtbot, name: str) -> None:
    window, landscape = _explore(open_window, qtbot)
    window.actions_by_id[f"theme_{name}"].trigger()
    landscape.set_mode("full")
    image = window.latent.cloud.grab().toImage()
    grey = [image.pixelColor(x, y).lightness() for x in range(100, 400, 7) for y in range(60, 300, 7)]
    paper = theme.current().surface
    from PySide6.QtGui import QColor

    assert abs(float(np.median(grey)) - QColor(paper).lightness()) < 90, "ink covers the paper"
    theme.apply(QApplication.instance(), "light")


def test_zooming_in_decodes_finer_tiles_of_exactly_what_is_visible(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    cloud, before = window.latent.cloud, landscape.mosaic.grid
    _zoom(cloud, 11)
    now = landscape.mosaic.grid  # at once: before another frame has passed
    assert now.height < before.height / 4
    assert _covers(landscape, cloud)
    assert now.count < 2 * before.count


def test_a_pan_shifts_the_tiles_and_leaves_none_uncovered(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    cloud = window.latent.cloud
    _zoom(cloud, 3)
    before = landscape.mosaic.grid
    start = cloud.rect().center()
    QTest.mousePress(cloud, Qt.MouseButton.RightButton, pos=start)
    for i in range(1, 12):
        QTest.mouseMove(cloud, start + QPoint(9 * i, -7 * i))
        QApplication.processEvents()
        assert _covers(landscape, cloud)
    QTest.mouseRelease(cloud, Qt.MouseButton.RightButton, pos=start)
    now = landscape.mosaic.grid
    assert (now.width, now.height) == (before.width, before.height)
    assert (now.column, now.row) != (before.column, before.row)


def test_the_landscape_follows_the_model_and_rests_with_it(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot, autostart=True)
    step = landscape.mosaic.step
    qtbot.waitUntil(lambda: landscape.mosaic is not None and landscape.mosaic.step > step, timeout=WAIT)
    session = window.session
    session.pause()
    qtbot.waitUntil(
        lambda: (
            session.state == "paused" and landscape.mosaic.step == session.view.weights.step == session.step
        ),
        timeout=WAIT,
    )
    since_change = [0]
    landscape.mosaic_changed.connect(lambda _: since_change.__setitem__(0, 0))
    session.frame_passed.connect(lambda: since_change.__setitem__(0, since_change[0] + 1))
    # The last fog may still be on its way; then nothing is decoded again.
    qtbot.waitUntil(lambda: since_change[0] > 60, timeout=WAIT)


def test_a_hidden_map_decodes_nothing(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    window.docks["latent"].hide()
    qtbot.waitUntil(lambda: landscape.mosaic is None, timeout=WAIT)
    window.docks["latent"].show()
    qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)


def test_other_networks_and_rewinds_begin_a_landscape_of_their_own(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot, autostart=True)
    session = window.session
    for fields in ({"encoder_widths": (48,), "code_size": 5}, {"code_size": 1}, {"code_size": 2}):
        seen = []
        landscape.mosaic_changed.connect(seen.append)
        with qtbot.waitSignal(session.generation_started, timeout=WAIT):
            window.network.new_network_requested.emit(fields)
        assert None in seen, "the old network's landscape stays"
        qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)
        assert session.view.weights.network.code_size == fields["code_size"]
        landscape.mosaic_changed.disconnect(seen.append)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.rewind()
    qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)


def test_a_large_decoder_answers_from_the_worker(open_window, qtbot, monkeypatch) -> None:
    from fcae_gui.session import landscape as module

    monkeypatch.setattr(module, "INLINE_MULTIPLICATIONS", 0)
    window, landscape = _explore(open_window, qtbot, autostart=True)
    step = landscape.mosaic.step
    qtbot.waitUntil(lambda: landscape.mosaic is not None and landscape.mosaic.step > step, timeout=WAIT)
    _zoom(window.latent.cloud, 8)
    qtbot.waitUntil(lambda: _covers(landscape, window.latent.cloud), timeout=WAIT)


def test_the_cursor_says_how_far_it_is_from_the_data(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    cloud, notes = window.latent.cloud, []
    qtbot.waitUntil(lambda: "on the data" in window.decoded.text_twin(), timeout=WAIT)  # without any click
    landscape.note_changed.connect(notes.append)
    x, y, _, _ = cloud.points_drawn()
    place = cloud.to_widget(float(x[0]), float(y[0])).toPoint()
    corner = cloud.to_widget(*cloud.visible_range()[:2]).toPoint() + QPoint(3, -3)

    def said(where: QPoint, words: str) -> bool:
        QTest.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=where)
        return words in window.decoded.text_twin()

    qtbot.waitUntil(lambda: said(corner, "spacings off the data"), timeout=WAIT)
    assert said(place, "on the data")
    assert said(corner, "spacings off the data") and notes


def test_a_small_table_has_a_landscape_of_bars(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    with qtbot.waitSignal(window.session.dataset_changed, timeout=WAIT):
        window.session.choose_preset("slide")
    qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)
    mosaic = landscape.mosaic
    rows, columns = mosaic.canvas.shape[0] // mosaic.grid.rows, mosaic.canvas.shape[1] // mosaic.grid.columns
    assert (rows, columns) == (30, 26)  # 28 x 25 and the gap
    assert mosaic.canvas.any() and window.actions_by_id["landscape_next"].isEnabled()


def test_a_wide_table_has_no_landscape_and_the_menu_says_why(open_window, qtbot, monkeypatch) -> None:
    from dataclasses import replace

    window, landscape = _explore(open_window, qtbot)
    dataset = replace(window.session.dataset, image_shape=None)
    monkeypatch.setattr(type(window.session), "dataset", property(lambda _self: dataset))
    window.session.dataset_changed.emit(dataset)
    action = window.actions_by_id["landscape_next"]
    assert not action.isEnabled() and "table" in action.statusTip()
    with qtbot.waitSignals([window.session.frame_passed] * 3, timeout=WAIT):
        pass
    assert landscape.mosaic is None
    monkeypatch.undo()
    window.session.dataset_changed.emit(window.session.dataset)
    assert action.isEnabled() and "table" not in action.statusTip()
    qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)


def test_other_data_bring_a_landscape_of_their_own_shape(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot, autostart=True)
    session = window.session
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    assert landscape.mosaic is None, "the old data's landscape stays"
    qtbot.waitUntil(lambda: landscape.mosaic is not None, timeout=WAIT)
    grid, canvas = landscape.mosaic.grid, landscape.mosaic.canvas
    assert (canvas.shape[0] // grid.rows, canvas.shape[1] // grid.columns) == (30, 30)  # 28 and the gap


def test_the_button_above_the_map_offers_the_three_strengths(open_window, qtbot) -> None:
    window, landscape = _explore(open_window, qtbot)
    button = next(b for b in window.latent.bar.findChildren(QToolButton) if b.text() == "Landscape")
    assert button.isVisible()
    for action in reversed(button.menu().actions()):
        action.trigger()
        assert landscape.mode == action.data()
        assert [one.isChecked() for one in button.menu().actions()].count(True) == 1
