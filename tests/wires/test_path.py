"""Paths in the real window: drawn by mouse and keys, between classes, played, undone, while it trains."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.session.path import FRAMES
from fcae_gui.wires.path import PathWires

WAIT = 30_000
LEFT = Qt.MouseButton.LeftButton


def _explore(window) -> PathWires:  # type: ignore[no-untyped-def]
    """The Explore workspace with the path on top."""
    window.show_workspace("explore")
    window.docks["path"].raise_()
    return next(one for one in window._wires if isinstance(one, PathWires))


def _ready(wires: PathWires, qtbot) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: wires.path.frames is not None, timeout=WAIT)


def _click_path(window, offsets, *, end: Qt.Key | None = Qt.Key.Key_Return) -> list[tuple[float, float]]:  # type: ignore[no-untyped-def]
    cloud = window.latent.cloud
    window.activateWindow()
    window.actions_by_id["tool_path"].trigger()
    places = []
    for dx, dy in offsets:
        pos = cloud.rect().center() + QPoint(dx, dy)
        places.append(cloud.to_world(pos.toPointF()))
        QTest.mouseClick(cloud, LEFT, pos=pos)
    if end is not None:
        QTest.keyClick(cloud, end)
    return places


def test_clicks_and_enter_draw_a_path_that_is_evenly_spaced_and_decoded(open_window, qtbot) -> None:
    window = open_window()
    wires = _explore(window)
    places = _click_path(window, [(-60, 0), (40, -30), (70, 50)])
    _ready(wires, qtbot)
    made = wires.path.frames
    np.testing.assert_allclose(made.stops, places, atol=1e-4)
    np.testing.assert_allclose(made.codes[[0, -1]], [places[0], places[-1]], atol=1e-4)
    steps = np.linalg.norm(np.diff(made.codes, axis=0), axis=1)
    assert np.median(steps) == pytest.approx(steps.max(), rel=1e-2)
    weights = window.session.view.weights
    np.testing.assert_allclose(made.frames[[0, -1]], decode(weights, made.codes[[0, -1]]), atol=1e-6)
    # A drawn path has no images of its own: its ends as decoded are cross-faded.
    np.testing.assert_allclose(made.blends[0], made.frames[0], atol=1e-6)
    np.testing.assert_allclose(made.blends[-1], made.frames[-1], atol=1e-6)
    assert wires.panel.strip.row(0).shape == (FRAMES, 8, 8)
    assert wires.layer.line is not None
    assert window.actions_by_id["tool_cursor"].isChecked()


def test_path_and_pins_lie_above_the_pictures_that_stand_for_points(open_window) -> None:
    window = open_window()
    kinds = [type(layer).__name__ for layer in window.latent.cloud._above]
    assert kinds.index("ThumbnailLayer") < min(kinds.index("PinLayer"), kinds.index("PathLayer"))


def test_a_double_click_ends_a_path_too_and_leaves_the_view_alone(open_window, qtbot) -> None:
    window = open_window()
    wires, cloud = _explore(window), window.latent.cloud
    cloud.set_view_state((0.0, 0.0, 3.0))
    _click_path(window, [(-40, 0)], end=None)
    pos = cloud.rect().center() + QPoint(50, 20)
    QTest.mouseClick(cloud, LEFT, pos=pos)
    QTest.mouseDClick(cloud, LEFT, pos=pos)
    _ready(wires, qtbot)
    assert len(wires.path.way.codes) == 2
    assert cloud.view_state() is not None


def test_a_drag_draws_freehand(open_window, qtbot) -> None:
    window = open_window()
    wires, cloud = _explore(window), window.latent.cloud
    window.actions_by_id["tool_path"].trigger()
    middle = cloud.rect().center()
    QTest.mousePress(cloud, LEFT, pos=middle)
    for i in range(1, 12):
        QTest.mouseMove(cloud, middle + QPoint(8 * i, (i % 4) * 10))
    QTest.mouseRelease(cloud, LEFT, pos=middle + QPoint(96, 0))
    _ready(wires, qtbot)
    assert len(wires.path.way.codes) > 8


def test_escape_draws_nothing_and_gives_the_cursor_back(open_window, qtbot) -> None:
    window = open_window()
    wires = _explore(window)
    _click_path(window, [(-60, 0), (40, -30)], end=Qt.Key.Key_Escape)
    assert wires.path.way is None and window.latent.cloud.tool() is None
    assert window.actions_by_id["tool_cursor"].isChecked()


def test_a_path_between_two_classes_starts_and_ends_at_real_images_of_them(open_window, qtbot) -> None:
    window = open_window()
    wires, session = _explore(window), window.session
    combos = [wires.panel._first, wires.panel._second]
    for combo, steps in zip(combos, (3, 6), strict=True):  # from 0, and from 1
        combo.setFocus()
        for _ in range(steps):
            QTest.keyClick(combo, Qt.Key.Key_Down)
    assert wires.panel.classes() == (3, 7)
    QTest.mouseClick(wires.panel._others, LEFT)
    _ready(wires, qtbot)
    assert "3 to 7" in wires.path.way.text
    images = wires.path.way.images
    features, labels = session.dataset.test.as_float(), session.dataset.test.labels
    for image, label in zip(images, (3, 7), strict=True):
        rows = np.flatnonzero((features == image).all(axis=1))
        assert len(rows) and label in labels[rows]
    made = wires.path.frames
    np.testing.assert_allclose(made.codes[[0, -1]], encode(session.view.weights, images), atol=1e-4)
    np.testing.assert_allclose(made.blends[[0, -1]], images, atol=1e-6)
    np.testing.assert_allclose(made.blends.mean(axis=0), images.mean(axis=0), atol=1e-5)


def test_a_path_goes_along_the_data_when_asked_and_the_step_can_be_undone(open_window, qtbot) -> None:
    window = open_window()
    wires, act = _explore(window), window.actions_by_id
    session = window.session
    session.run_steps(40)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.is_at(40), timeout=WAIT)
    wires.path.connect_classes(0, 4)
    _ready(wires, qtbot)
    straight = wires.path.frames.codes
    act["path_along"].trigger()
    qtbot.waitUntil(lambda: wires.path.frames.way.along, timeout=WAIT)
    bent = wires.path.frames.codes
    np.testing.assert_allclose(bent[[0, -1]], straight[[0, -1]], atol=1e-4)

    def gap(way: np.ndarray) -> float:
        codes = session.view.codes
        return float(np.linalg.norm(way[:, None] - codes[None], axis=2).min(axis=1).mean())

    assert gap(bent) < gap(straight)
    act["undo"].trigger()
    qtbot.waitUntil(lambda: not wires.path.frames.way.along, timeout=WAIT)
    np.testing.assert_allclose(wires.path.frames.codes, straight, atol=1e-4)
    act["undo"].trigger()
    assert wires.path.way is None and wires.layer.line is None
    act["redo"].trigger()
    _ready(wires, qtbot)


def test_the_scrubber_brings_the_cursor_and_the_decoded_digit_along(open_window, qtbot) -> None:
    window = open_window()
    wires = _explore(window)
    _click_path(window, [(-60, 0), (60, 0)])
    _ready(wires, qtbot)
    seen, now = [], []
    window.session.view.decoded.connect(seen.append)
    wires.path.now_changed.connect(lambda decoded, blend: now.append((decoded, blend)))
    strip = wires.panel.strip
    x, y = int(strip.x_of(0.5)), strip.height() // 4
    QTest.mouseClick(strip, LEFT, pos=QPoint(x, y))
    assert wires.path.at == pytest.approx(0.5, abs=0.02)
    made = wires.path.frames
    middle = made.codes[len(made.codes) // 2]
    np.testing.assert_allclose(window.latent.cursor(), middle, atol=0.05 * np.ptp(made.codes))
    np.testing.assert_allclose(seen[-1].z, window.latent.cursor(), atol=1e-5)
    np.testing.assert_array_equal(now[-1][0], seen[-1].pixels)
    share = wires.path.at
    expected = (1 - share) * made.frames[0] + share * made.frames[-1]
    np.testing.assert_allclose(now[-1][1], expected, atol=1e-5)
    wires.panel.slider.setFocus()
    QTest.keyClick(wires.panel.slider, Qt.Key.Key_Right)
    assert wires.path.at > share


def test_play_slides_to_the_end_and_a_hand_on_the_map_takes_over(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires, act = _explore(window), window.actions_by_id
    _click_path(window, [(-60, 0), (60, 0)])
    _ready(wires, qtbot)
    cursors: list[tuple[float, float]] = []
    window.session.view.cursor_moved.connect(lambda x, y: cursors.append((x, y)))
    act["path_play"].trigger()
    assert wires.path.playing
    qtbot.waitUntil(lambda: wires.path.at == 1.0 and not wires.path.playing, timeout=WAIT)
    assert len(set(cursors)) > 10
    act["path_loop"].trigger()
    QTest.mouseClick(wires.panel._play, LEFT)
    qtbot.waitUntil(lambda: wires.path.at > 0.1 and wires.path.playing, timeout=WAIT)
    QTest.mouseClick(window.latent.cloud, LEFT, pos=window.latent.cloud.rect().center())
    assert not wires.path.playing


def test_the_strip_follows_the_learning_network_only_while_it_is_seen(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires = _explore(window)
    wires.path.connect_classes(1, 2)
    _ready(wires, qtbot)
    first = wires.path.frames.step
    qtbot.waitUntil(lambda: wires.path.frames.step > first, timeout=WAIT)
    window.show_workspace("learn")
    qtbot.waitUntil(lambda: wires.path._worker.idle, timeout=WAIT)
    with qtbot.waitSignal(window.session.frame_passed, timeout=WAIT):
        pass
    stood_at = wires.path.frames.step
    with qtbot.waitSignals([window.session.frame_passed] * 6, timeout=WAIT):
        pass
    assert wires.path.frames.step == stood_at and wires.layer.line is None


def test_a_path_survives_other_data_and_other_networks(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires, session = _explore(window), window.session
    wires.path.connect_classes(1, 2)
    _ready(wires, qtbot)
    window.actions_by_id["path_along"].trigger()
    window.actions_by_id["path_play"].trigger()
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 3})
    _ready(wires, qtbot)  # images are encoded anew, whatever the code
    assert wires.path.frames.codes.shape[1] == 3
    wires.path.move_to(0.5)
    np.testing.assert_allclose(session.view.cursor_code(), wires.path._sent)
    session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.config.network.input_size == 784, timeout=60_000)
    qtbot.waitUntil(lambda: wires.path.frames is None, timeout=WAIT)  # asleep: images of other data
    qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=WAIT)
    wires.path.connect_classes(-1, 4, typical=False)
    _ready(wires, qtbot)
    assert wires.panel.strip.row(1).shape == (FRAMES, 28, 28)
    session.new_network({"code_size": 2})
    qtbot.waitUntil(
        lambda: wires.path.frames is not None and wires.path.frames.codes.shape[1] == 2, timeout=WAIT
    )
    qtbot.waitUntil(lambda: session.dataset.complete, timeout=60_000)
