"""The Directions tool in the real window: planes, tour, sliders, slots, layers; by mouse, key and drop."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode, hidden
from fcae_gui.widgets import row_drag
from fcae_gui.wires.directions import DirectionsWires

WAIT = 30_000


@pytest.fixture
def explore(open_window, qtbot):  # type: ignore[no-untyped-def]
    """Opens a window with a code of so many numbers, the Directions tab on top."""

    def open_one(code_size: int = 6, **options: object):  # type: ignore[no-untyped-def]
        window = open_window(**options)
        session = window.session
        if code_size != 2:
            session.new_network({"code_size": code_size})
            qtbot.waitUntil(
                lambda: (
                    session.view.codes is not None
                    and session.view.codes.shape[1] == code_size
                    and session.view.cursor_code() is not None
                ),
                timeout=WAIT,
            )
        window.show_workspace("explore")
        window.docks["directions"].raise_()
        wires = next(one for one in window._wires if isinstance(one, DirectionsWires))
        qtbot.waitUntil(lambda: len(wires.panel.rows) == min(code_size, 8), timeout=WAIT)
        qtbot.waitUntil(lambda: wires.panel.rows[0].low.image is not None, timeout=WAIT)
        return window, wires.tool, wires.panel

    return open_one


def drop(widget, data) -> None:  # type: ignore[no-untyped-def]
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(5, 5), *arguments)
    widget.dragEnterEvent(enter)
    if enter.isAccepted():
        widget.dropEvent(QDropEvent(QPointF(5, 5), *arguments))


def page(slider) -> None:  # type: ignore[no-untyped-def]
    """Half a standard deviation towards the middle, by key."""
    QTest.keyClick(slider, Qt.Key.Key_PageDown if slider.value() > 0 else Qt.Key.Key_PageUp)


def fill(panel, rows=(3, 8, 20)) -> None:  # type: ignore[no-untyped-def]
    for slot, row in zip(panel.slot_widgets, rows, strict=True):
        drop(slot, row_drag.pack("test", row))


def test_a_key_on_a_slider_moves_the_code_along_one_direction_only(explore, qtbot) -> None:
    window, tool, panel = explore(10)
    assert len(panel.rows) == 8  # of ten directions
    seen = []
    window.session.view.decoded.connect(seen.append)
    before = window.session.view.cursor_code().copy()
    slider = panel.rows[1].slider
    slider.setFocus()
    page(slider)
    after = window.session.view.cursor_code()
    moved = after - before
    assert seen and np.array_equal(seen[-1].z, after)
    assert "slider" in window.session.history.texts[0]  # a key is a whole gesture
    along = tool._rows @ moved / tool._deviations
    assert abs(along[1]) > 0.3
    np.testing.assert_allclose(np.delete(along, 1), 0, atol=1e-3)
    np.testing.assert_allclose(
        decode(window.session.view.weights, after[None])[0], seen[-1].pixels, atol=1e-6
    )


def test_dragging_a_slider_decodes_live_and_is_one_step_to_undo(explore, qtbot) -> None:
    window, _tool, panel = explore(6)
    seen = []
    window.session.view.decoded.connect(seen.append)
    before = window.session.view.cursor_code().copy()
    slider = panel.rows[0].slider
    panel._scroll.ensureWidgetVisible(slider)
    place = slider.sliderPosition() - slider.minimum()
    x = round(slider.width() * place / (slider.maximum() - slider.minimum()))
    start = QPoint(min(max(x, 6), slider.width() - 6), slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    step = -6 if start.x() > slider.width() / 2 else 6
    for i in range(1, 11):
        QTest.mouseMove(slider, start + QPoint(step * i, 0))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=start + QPoint(10 * step, 0))
    assert len({answer.pixels.tobytes() for answer in seen}) >= 5
    after = window.session.view.cursor_code().copy()
    assert "slider" in window.session.history.texts[0]
    window.actions_by_id["undo"].trigger()
    np.testing.assert_allclose(window.session.view.cursor_code(), before, atol=1e-5)
    window.actions_by_id["redo"].trigger()
    np.testing.assert_allclose(window.session.view.cursor_code(), after, atol=1e-5)


def test_the_ends_of_a_slider_show_what_the_decoder_makes_there(explore, qtbot) -> None:
    window, tool, panel = explore(4)
    with qtbot.waitSignal(tool.ends_changed, timeout=WAIT) as caught:
        page(panel.rows[0].slider)
    qtbot.waitUntil(lambda: not tool._stale and tool._ends.idle, timeout=WAIT)
    low, high = caught.args
    assert low.shape == high.shape == (4, 64)
    z = window.session.view.cursor_code()
    rows, mean, deviations = tool._rows, tool._mean, tool._deviations
    for i in range(4):
        at = (z - mean) @ rows[i] / deviations[i]
        expected = z + (3.0 - at) * deviations[i] * rows[i]
        pixels = decode(window.session.view.weights, expected[None].astype(np.float32))[0]
        if np.allclose(pixels, high[i], atol=1e-4):
            break
    else:
        pytest.fail("no upper end is what the decoder makes of +3 standard deviations")


def test_the_two_units_of_a_small_code_have_sliders_too(explore) -> None:
    window, _tool, panel = explore(2)
    before = window.session.view.cursor_code().copy()
    page(panel.rows[1].slider)
    after = window.session.view.cursor_code()
    assert after[0] == pytest.approx(before[0]) and abs(after[1] - before[1]) > 1e-3
    assert not panel._kind.isEnabled()


def test_two_units_are_shown_and_undo_brings_the_components_back(explore, qtbot) -> None:
    window, _tool, panel = explore(6)
    view = window.session.view
    code = view.cursor_code().copy()
    panel._kind.setCurrentIndex(panel._kind.findData("units"))
    panel._kind.activated.emit(panel._kind.currentIndex())
    panel._units[0].setValue(5)
    panel._units[1].setValue(3)
    assert view.plane.kind == "units"
    np.testing.assert_allclose(view.plane.to_map(view.codes), view.codes[:, [4, 2]], atol=1e-5)
    np.testing.assert_array_equal(view.cursor_code(), code)  # the digit stays, the cursor goes where it lies
    assert window.latent.cursor() == pytest.approx((float(code[4]), float(code[2])), abs=1e-4)
    for _ in range(3):
        window.actions_by_id["undo"].trigger()
    assert view.plane.kind == "pca"


def test_a_start_holds_what_the_map_does_not_show(explore, qtbot) -> None:
    window, tool, panel = explore(6)
    view = window.session.view
    index = panel._from.findText("most typical of 3")
    panel._from.setCurrentIndex(index)
    panel._from.activated.emit(index)
    start = tool.chosen.start
    expected = encode(view.weights, start.values[None])[0]
    np.testing.assert_allclose(view.cursor_code(), expected, atol=1e-5)
    assert start.text.startswith("3")
    # A place on the map now leads to that sample's code off the plane.
    x, y = window.latent.cursor()
    np.testing.assert_allclose(view.plane.to_code(np.array([[x, y]]))[0], expected, atol=1e-3)
    page(panel.rows[2].slider)
    assert np.abs(view.cursor_code() - expected).max() > 1e-3
    QTest.mouseClick(panel._reset, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(view.cursor_code(), expected, atol=1e-5)


def test_the_most_typical_of_a_class_is_near_the_middle_of_its_codes(explore) -> None:
    window, tool, _panel = explore(3)
    view = window.session.view
    tool.start_from("class", 7)
    labels = window.session.dataset.test.labels[: len(view.codes)]
    own = view.codes[labels == 7]
    away = np.linalg.norm(own - own.mean(axis=0), axis=1)
    distance = np.linalg.norm(view.cursor_code() - own.mean(axis=0))
    assert distance <= np.quantile(away, 0.2)


def test_images_dropped_on_a_b_and_c_are_added_up_in_the_code(explore, qtbot) -> None:
    window, tool, panel = explore(6)
    view = window.session.view
    with qtbot.waitSignal(
        tool.sum_changed, timeout=WAIT, check_params_cb=lambda pixels: pixels is not None
    ) as caught:
        fill(panel)
    a, b, c = encode(view.weights, window.session.dataset.test.as_float(np.array([3, 8, 20])))
    np.testing.assert_allclose(caught.args[0], decode(view.weights, (a - b + c)[None])[0], atol=1e-5)
    QTest.mouseClick(panel._show_result, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(view.cursor_code(), a - b + c, atol=1e-5)


def test_things_that_are_no_samples_are_not_taken(explore) -> None:
    window, _tool, panel = explore(3)
    for text in (b"test:99999999", b"nonsense", b"test:-1", b"other:3", b"\xff\xfe"):
        data = row_drag.pack("test", 0)
        data.setData(row_drag.MIME, text)
        drop(panel.slot_widgets[0], data)
    assert not panel.slot_widgets[0].filled
    assert window.session.history.texts[0] in ("", "new network")


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # offscreen, of a menu
def test_a_slot_is_filled_by_keyboard_and_emptied_again(explore, qtbot) -> None:
    _window, _tool, panel = explore(3)
    slot = panel.slot_widgets[1]
    slot.setFocus()
    QTest.keyClick(slot, Qt.Key.Key_Return)
    qtbot.waitUntil(slot.choices.isVisible, timeout=WAIT)
    slot.choices.setActiveAction(next(a for a in slot.choices.actions() if a.text() == "Most typical of 4"))
    QTest.keyClick(slot.choices, Qt.Key.Key_Return)
    assert slot.filled and "4" in slot.accessibleName()
    slot.choices.actions()[-1].trigger()
    assert not slot.filled


def test_the_plane_through_three_images_shows_them_where_they_decode(explore) -> None:
    window, tool, panel = explore(6)
    view = window.session.view
    fill(panel)
    window.actions_by_id["directions_images"].trigger()
    assert view.plane.kind == "images"
    corners = encode(view.weights, window.session.dataset.test.as_float(np.array([3, 8, 20])))
    np.testing.assert_allclose(view.plane.to_code(view.plane.to_map(corners)), corners, atol=1e-3)
    tool.fill_slot(0, "empty")
    assert tool.chosen.kind == "pca"  # two images make no plane


def test_the_tour_moves_the_map_smoothly_at_one_scale_and_can_be_held(explore, qtbot) -> None:
    window, tool, panel = explore(6)
    view = window.session.view
    code = view.cursor_code().copy()
    planes = []
    view.plane_changed.connect(planes.append)
    window.actions_by_id["directions_tour"].trigger()
    qtbot.waitUntil(lambda: len(planes) > 40, timeout=WAIT)
    assert all(plane.kind == "tour" for plane in planes)
    for one, next_one in pairwise(planes):
        assert np.abs(one.basis - next_one.basis).max() < 0.05
    assert len({plane.axis_texts() for plane in planes}) == 1
    np.testing.assert_array_equal(view.cursor_code(), code)
    left, bottom, right, top = window.latent.cloud._least
    away = np.linalg.norm(view.codes - view.codes.mean(axis=0), axis=1)
    assert min(-left, -bottom, right, top) >= np.quantile(away, 0.9)
    QTest.mouseClick(panel._run, Qt.MouseButton.LeftButton)
    assert not tool.tour_running
    qtbot.waitUntil(lambda: tool._tour._since_new > 45, timeout=WAIT)
    stood_at = view.plane
    with qtbot.waitSignals([window.session.frame_passed] * 5, timeout=WAIT):
        pass
    assert view.plane is stood_at
    window.actions_by_id["directions_components"].trigger()
    assert view.plane.kind == "pca" and window.latent.cloud._least is None


def test_a_click_on_the_touring_map_decodes_what_lies_there(explore, qtbot) -> None:
    window, _tool, _panel = explore(6)
    view, cloud = window.session.view, window.latent.cloud
    window.actions_by_id["directions_tour"].trigger()
    qtbot.waitUntil(lambda: view.plane.kind == "tour", timeout=WAIT)
    before = view.cursor_code().copy()
    QTest.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=cloud.rect().center() + QPoint(30, 20))
    clicked = view.cursor_code().copy()
    assert np.abs(clicked - before).max() > 1e-4
    with qtbot.waitSignals([window.session.frame_passed] * 5, timeout=WAIT):
        pass
    np.testing.assert_allclose(view.cursor_code(), clicked, atol=1e-5)  # the place turns away, the code stays


def test_a_hidden_layer_is_shown_and_nothing_pretends_to_decode_it(explore, qtbot) -> None:
    window, tool, panel = explore(6)
    view, session = window.session.view, window.session
    code = view.cursor_code().copy()
    with qtbot.waitSignal(
        view.map_changed, timeout=WAIT, check_params_cb=lambda *_: not view.plane.decodes
    ) as caught:
        window.actions_by_id["directions_layer"].trigger()
    places = caught.args[0]
    features = session.dataset.test.as_float()[: len(places)]
    activations = hidden(view.weights, features, 1)
    from sklearn.decomposition import PCA

    expected = PCA(2).fit_transform(activations[:: max(1, -(-len(activations) // 2000))])
    assert abs(np.corrcoef(places[: len(expected), 0], expected[:, 0])[0, 1]) > 0.999
    assert not window.latent.cloud._cursor_shown and not panel._note.isHidden()
    view.move_cursor(1.0, 1.0)  # a hand on the map means nothing here
    np.testing.assert_array_equal(view.cursor_code(), code)
    page(panel.rows[0].slider)  # but the sliders go on
    assert np.abs(view.cursor_code() - code).max() > 1e-4
    tool.choose_plane(1, "units", 7, 2)
    qtbot.waitUntil(lambda: view.plane.axis_texts()[0].startswith("layer 1, unit 8"), timeout=WAIT)
    tool.choose_plane(0, "pca")
    assert view.plane.decodes and window.latent.cloud._cursor_shown


@pytest.mark.parametrize("kind", ["pca", "units", "images", "tour", "layer"])
def test_another_network_and_other_data_while_it_is_in_use_raise_nothing(explore, qtbot, kind) -> None:
    window, tool, panel = explore(6, autostart=True)
    session = window.session
    failures = []
    session.report_failure = failures.append
    fill(panel)
    tool.start_from("random")
    if kind == "layer":
        tool.choose_plane(2, "pca")
    else:
        tool.choose_plane(0, kind, 4, 5)
    for change in ({"code_size": 3}, {"encoder_widths": (20,), "code_size": 12}, {"code_size": 2}):
        with qtbot.waitSignal(session.generation_started, timeout=WAIT):
            session.new_network(change)
        size = change["code_size"]
        qtbot.waitUntil(
            lambda size=size: session.view.codes is not None and session.view.codes.shape[1] == size,
            timeout=WAIT,
        )
        with qtbot.waitSignals([session.frame_passed] * 6, timeout=WAIT):
            pass
        assert len(panel.rows) == min(size, 8)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    qtbot.waitUntil(
        lambda: session.view.weights is not None and session.view.weights.network.input_size == 784,
        timeout=WAIT,
    )
    with qtbot.waitSignals([session.frame_passed] * 6, timeout=WAIT):
        pass
    assert tool.chosen.start is None and tool.chosen.slots == (None, None, None)
    for _ in range(6):  # what belonged to the old data comes back as far as it fits
        session.history.undo()
        with qtbot.waitSignals([session.frame_passed] * 2, timeout=WAIT):
            pass
    assert not failures


def test_an_image_pulled_out_of_the_reconstructions_is_that_row(explore, qtbot, monkeypatch) -> None:
    window, _tool, panel = explore(3)
    window.show_workspace("learn")
    carried = []
    monkeypatch.setattr(row_drag, "start", lambda _source, split, row, _picture: carried.append((split, row)))
    grid = window.reconstructions.grid
    qtbot.waitUntil(lambda: grid.rect_of(2).isValid(), timeout=WAIT)
    at = grid.rect_of(2).center()
    QTest.mousePress(grid, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grid, at + QPoint(30, 0))
    QTest.mouseRelease(grid, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    shown = window.session.view._shown
    assert carried == [("test", int(shown.watch.grid_rows[2]))]
    drop(panel.slot_widgets[0], row_drag.pack(*carried[0]))
    assert panel.slot_widgets[0].filled
