"""Neurons in the real window: live while it learns, one iteration by stages, ended by whatever changes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui.session.neuron_words import stages
from fcae_gui.widgets.neuron_drawing import Pointed
from fcae_gui.wires.neurons import NeuronsWires

WAIT = 30_000


def _wires(window) -> NeuronsWires:  # type: ignore[no-untyped-def]
    return next(one for one in window._wires if isinstance(one, NeuronsWires))


def _shown(window, qtbot) -> NeuronsWires:  # type: ignore[no-untyped-def]
    """The panel in front, with a sample on its way through it."""
    wires = _wires(window)
    window.actions_by_id["neurons_show"].trigger()
    qtbot.waitUntil(lambda: bool(wires.tool.values), timeout=WAIT)
    return wires


def _slow(window, qtbot) -> NeuronsWires:  # type: ignore[no-untyped-def]
    """The first stage of an iteration on screen."""
    wires = _shown(window, qtbot)
    QTest.mouseClick(wires.panel.slow, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: wires.tool.slow.stage is not None, timeout=WAIT)
    return wires


def _ended(wires: NeuronsWires, qtbot) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: not wires.tool.slow.on, timeout=WAIT)
    assert wires.tool.slow.trace is None and not wires.tool.slow.plays
    assert not wires.panel.slow.isChecked()


def test_behind_another_tab_the_cursor_chooses_no_sample(open_window, qtbot) -> None:
    window = open_window()
    wires = _shown(window, qtbot)
    window.docks["latent"].raise_()
    qtbot.waitUntil(lambda: not wires.fresh.visible, timeout=WAIT)
    before = wires.panel.sample.whole
    places = window.session.view.codes
    farthest = int(((places - places.mean(axis=0)) ** 2).sum(axis=1).argmax())
    for row in (farthest, farthest - 1):
        window.latent.point_moved.emit(*(float(v) for v in places[row]))
    assert wires.panel.sample.whole == before
    wires.fresh.bring_up_to_date()
    assert not wires.tool.slow.on
    window.actions_by_id["neurons_show"].trigger()
    qtbot.waitUntil(lambda: wires.panel.sample.whole != before, timeout=WAIT)


def test_every_weight_is_drawn_and_moves_while_it_learns(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide", autostart=True)
    wires = _shown(window, qtbot)
    drawing = wires.panel.drawing
    assert drawing.lines_drawn == [(10, 10), (10, 10)]
    before = [link.copy() for link in drawing._links]
    qtbot.waitUntil(lambda: not np.array_equal(drawing._links[0], before[0]), timeout=WAIT)
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.shows_newest, timeout=WAIT)
    qtbot.waitUntil(lambda: drawing._links[0] is window.session.view.weights.encoder[0][0], timeout=WAIT)
    # What the neurons hold is the network's own sum for the sample, here by hand.
    (w1, b1), (w2, b2) = window.session.view.weights.encoder + window.session.view.weights.decoder
    x, z, y = wires.tool.values
    np.testing.assert_allclose(z, w1 @ x + b1, atol=1e-5)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-(w2 @ z + b2))), atol=1e-5)
    assert [len(v) for v in drawing._values] == [5, 2, 5]


def test_nothing_is_drawn_anew_behind_another_tab(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    wires = _shown(window, qtbot)
    window.docks["latent"].raise_()
    qtbot.waitUntil(lambda: not wires.tool._visible, timeout=WAIT)
    seen: list[object] = []
    wires.tool.seen_changed.connect(seen.append)
    step = window.session.step
    qtbot.waitUntil(lambda: window.session.step > step + 50, timeout=WAIT)
    assert not seen


def test_the_mouse_reads_a_weight_in_words(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    wires = _shown(window, qtbot)
    drawing = wires.panel.drawing
    QTest.mouseMove(drawing, drawing.place_of(Pointed(1, 0, 0)).toPoint())
    weight = float(window.session.view.weights.encoder[0][0][0, 0])
    text = wires.panel.reading.text().replace("\N{MINUS SIGN}", "-")
    assert text.startswith(f"Weight from input {window.session.dataset.feature_names[0]} to code 1:")
    assert f"{weight:.4g}" in text
    row = wires.tool.row
    QTest.keyClick(drawing, Qt.Key.Key_Right)
    assert wires.tool.row == row + 1 and f"test sample {row + 1:,} of" in wires.panel.sample.whole


def test_a_wide_network_says_what_it_leaves_out(open_window, qtbot) -> None:
    window = open_window(preset="map")
    wires = _shown(window, qtbot)
    drawn = wires.panel.drawing.lines_drawn
    assert all(lines in (total, 40) for lines, total in drawn)
    sizes = window.session.config.network.sizes
    assert [total for _, total in drawn] == [a * b for a, b in itertools.pairwise(sizes)]


def test_an_iteration_goes_by_key_from_forward_to_the_step_that_was_shown(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide", autostart=True)
    session = window.session
    wires = _slow(window, qtbot)
    slow, panel = wires.tool.slow, wires.panel
    assert session.state == "paused"  # starting it rests
    first = slow.trace.step
    titles = [panel.title.text()]
    for _ in stages(2)[1:]:
        seen = len(titles)
        QTest.keyClick(panel.drawing, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda: slow.phase == "on" and panel.title.text() != titles[seen - 1], timeout=WAIT)  # noqa: B023
        titles.append(panel.title.text())
        assert panel.sentence.text()
    assert titles == [
        "Forward 1 of 2", "Forward 2 of 2", "Loss", "Backward 1 of 2", "Backward 2 of 2", "Update",
        "Step made",
    ]  # fmt: skip
    assert slow.largest_difference <= 1e-6
    qtbot.waitUntil(lambda: session.trained_steps() == first + 1, timeout=WAIT)
    QTest.keyClick(panel.drawing, Qt.Key.Key_Return)  # the next batch
    qtbot.waitUntil(lambda: slow.stage is not None and slow.trace.step == first + 1, timeout=WAIT)
    QTest.keyClick(panel.drawing, Qt.Key.Key_Right)
    QTest.keyClick(panel.drawing, Qt.Key.Key_Left)
    assert panel.title.text() == "Forward 1 of 2"
    QTest.mouseClick(panel._run_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.step > first + 20, timeout=WAIT)
    _ended(wires, qtbot)


def test_the_stages_stand_out_in_the_drawing(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    wires = _slow(window, qtbot)
    drawing, slow = wires.panel.drawing, wires.tool.slow
    assert drawing.highlight.flow == 1 and drawing.highlight.gaps == {0} and drawing._values[2] is None
    while slow.stage.kind != "backward":
        slow.next()
    assert drawing.highlight.flow == -1 and drawing.highlight.gaps == {1}
    np.testing.assert_array_equal(drawing._links[1], slow.trace.layers[1].weight_gradient)
    assert not drawing._links[0].any()  # the gradient has not come so far
    np.testing.assert_allclose(drawing._values[2], slow.trace.layers[1].deltas.sum(0))
    while slow.stage.kind != "update":
        slow.next()
    change = slow.trace.layers[0].weight_after - slow.trace.layers[0].weight
    np.testing.assert_array_equal(drawing._links[0], change)


def test_it_plays_by_itself_and_the_timer_rests_afterwards(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    wires = _slow(window, qtbot)
    slow = wires.tool.slow
    assert slow._rhythm.interval() == 1250 and not slow.plays
    slow._rhythm.setInterval(10)
    QTest.mouseClick(wires.panel.rhythm, Qt.MouseButton.LeftButton)
    assert slow.plays and wires.panel.rhythm.isChecked()
    qtbot.waitUntil(lambda: slow.trace is not None and slow.trace.step >= 2, timeout=WAIT)
    QTest.keyClick(wires.panel.drawing, Qt.Key.Key_Escape)
    _ended(wires, qtbot)
    assert not wires.panel.rhythm.isChecked()


def _leave_by_tab(window) -> None:  # type: ignore[no-untyped-def]
    window.docks["latent"].raise_()


def _other_data(window) -> None:  # type: ignore[no-untyped-def]
    window.session.choose_data("digits8")


def _other_network(window) -> None:  # type: ignore[no-untyped-def]
    window.session.new_network({"encoder_widths": (4,)})


def _other_rate(window) -> None:  # type: ignore[no-untyped-def]
    window.session.edit({}, {"learning_rate": 0.007})


def _one_step(window) -> None:  # type: ignore[no-untyped-def]
    window.actions_by_id["step"].trigger()


def _rewound(window) -> None:  # type: ignore[no-untyped-def]
    window.session.rewind()


def _wider_code(window) -> None:  # type: ignore[no-untyped-def]
    window.session.resize_code(3)


def _turned_code(window) -> None:  # type: ignore[no-untyped-def]
    window.session.rotate_code()


@pytest.mark.parametrize(
    "change",
    [_leave_by_tab, _other_data, _other_network, _other_rate, _one_step, _rewound, _wider_code, _turned_code],
)
def test_whatever_changes_the_run_ends_it_cleanly(open_window, qtbot, change) -> None:
    window = open_window(data="plants", preset="slide")
    window.session.run_steps(3)
    qtbot.waitUntil(lambda: window.session.shows_newest and window.session.step == 3, timeout=WAIT)
    wires = _slow(window, qtbot)
    wires.tool.slow.next()
    with qtbot.captureExceptions() as raised:
        change(window)
        _ended(wires, qtbot)
        window.show_tool("neurons")
        qtbot.waitUntil(
            lambda: (
                bool(wires.tool.values)
                and tuple(len(v) for v in wires.tool.values) == window.session.config.network.sizes
            ),
            timeout=WAIT,
        )
        QApplication.processEvents()
    assert not raised


@pytest.mark.parametrize("go_on", ["play", "run_steps"])
def test_training_on_before_the_shown_step_is_made_ends_it(open_window, qtbot, go_on: str) -> None:
    window = open_window()
    wires = _slow(window, qtbot)
    slow = wires.tool.slow
    while slow.stage.kind != "update":
        slow.next()
    slow.next()
    getattr(window.session, go_on)()
    _ended(wires, qtbot)


def test_an_edit_while_a_batch_is_taken_apart_is_in_the_step_that_is_shown(open_window, qtbot) -> None:
    window = open_window()
    slow, session = _shown(window, qtbot).tool.slow, window.session
    slow.start()
    assert slow.phase == "waiting"
    session.edit({}, {"learning_rate": 0.5})
    qtbot.waitUntil(lambda: slow.stage is not None, timeout=WAIT)
    assert slow.trace.config.training.learning_rate == 0.5
    while slow.stage.kind != "update":
        slow.next()
    slow.next()
    qtbot.waitUntil(lambda: slow.phase == "on" and slow.stage.kind == "done", timeout=WAIT)
    assert slow.largest_difference <= 1e-6


def test_past_its_target_it_goes_on_and_shows_that_step(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    session = window.session
    session.edit({}, {"epochs": 1})
    session.play()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=WAIT)
    wires = _slow(window, qtbot)
    slow = wires.tool.slow
    while slow.stage.kind != "update":
        slow.next()
    slow.next()
    qtbot.waitUntil(lambda: slow.phase == "on" and slow.stage.kind == "done", timeout=WAIT)
    assert slow.largest_difference <= 1e-6


def test_a_batch_of_one_shows_its_own_sample(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    session = window.session
    with qtbot.waitSignal(session.config_changed, timeout=WAIT):
        session.edit({}, {"batch_size": 1})
    wires = _slow(window, qtbot)
    trace = wires.tool.slow.trace
    assert len(trace.rows) == 1
    np.testing.assert_array_equal(
        wires.tool.values[0], session.dataset.train.as_float(trace.rows)[0].astype(np.float32)
    )
    np.testing.assert_allclose(wires.tool.values[-1], trace.layers[-1].outputs[0], atol=1e-6)


def test_the_window_closes_while_a_batch_is_taken_apart(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    wires = _shown(window, qtbot)
    wires.tool.slow.start()
    assert wires.tool.slow.phase == "waiting"
    window.session.mark_kept()
    window.close()
    assert window.closed_clean


def test_a_sample_of_the_grid_under_the_mouse_goes_through_the_network(open_window, qtbot) -> None:
    window = open_window()
    wires = _shown(window, qtbot)
    grid = window.reconstructions.grid
    grid.hovered.emit(4)
    shown = wires._shown
    np.testing.assert_array_equal(wires.tool.values[0], shown.grid_images[4])
    assert f"test sample {int(shown.watch.grid_rows[4]):,}" in wires.panel.sample.whole


def test_in_slow_motion_the_mouse_reads_gradients_and_changes(open_window, qtbot) -> None:
    window = open_window(data="plants", preset="slide")
    wires = _slow(window, qtbot)
    slow, panel = wires.tool.slow, wires.panel
    while slow.stage.kind != "backward":
        slow.next()
    QTest.mouseMove(panel.drawing, panel.drawing.place_of(Pointed(2, 3, 1)).toPoint())
    layer = slow.trace.layers[1]
    read = panel.batch.text().replace("\N{MINUS SIGN}", "-")
    assert float(read.rpartition("= ")[2].rstrip(".")) == pytest.approx(layer.weight_gradient[3, 1], rel=1e-3)
    assert "Weight from" in panel.sentence.text() and "code 2" in panel.sentence.text()
    while slow.stage.kind != "update":
        slow.next()
    old, new = (
        float(part)
        for part in panel.batch.text()
        .replace("\N{MINUS SIGN}", "-")[:-1]
        .split(": ")[1]
        .split(" \N{RIGHTWARDS ARROW} ")
    )
    assert (old, new) == pytest.approx((layer.weight[3, 1], layer.weight_after[3, 1]), rel=1e-5)
