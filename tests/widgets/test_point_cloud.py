"""The point cloud as a person uses it: painted, dragged, zoomed, hovered."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui import theme
from fcae_gui.widgets.point_cloud import PointCloud


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(qtbot, qapp, clock):
    theme.apply(qapp, "light")
    made = PointCloud(clock=clock)
    qtbot.addWidget(made)
    made.resize(420, 400)
    made.set_axes("code 1", "code 2")
    made.show()
    return made


@pytest.fixture
def blobs() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(3000) % 3
    middle = np.array([(-6.0, 0.0), (6.0, 0.0), (0.0, 6.0)])
    return (middle[labels] + random.normal(size=(3000, 2))).astype(np.float32), labels


def pixels(widget) -> np.ndarray:
    """(h, w, 3) int of what the widget paints."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)


def colour_near(widget, x: float, y: float) -> np.ndarray:
    place = widget.to_widget(x, y)
    ratio = widget.devicePixelRatioF()
    column, row = int(place.x() * ratio), int(place.y() * ratio)
    return np.median(pixels(widget)[row - 6 : row + 7, column - 6 : column + 7].reshape(-1, 3), axis=0)


def frames(widget, clock, seconds: float) -> None:
    for _ in range(round(seconds * 30)):
        clock.now += 1 / 30
        widget.advance()


def dist(colour, other) -> float:
    return float(np.abs(np.asarray(colour[:3]) - np.asarray(other.getRgb()[:3])).max())


def test_points_have_the_colour_of_their_class_where_they_lie(cloud, blobs):
    cloud.set_points(np.repeat(np.float32([[-5, 0], [5, 0], [0, 5]]), 1000, axis=0))
    cloud.set_labels(np.repeat([0, 1, 2], 1000), ["", "", ""])
    cloud.set_cursor(100.0, 100.0)
    for label, (x, y) in enumerate([(-5, 0), (5, 0), (0, 5)]):
        place = cloud.to_widget(x, y).toPoint()
        assert dist(pixels(cloud)[place.y(), place.x()], theme.class_colour(label)) < 30


def test_without_labels_every_point_has_the_accent_colour(cloud):
    cloud.set_labels(None)
    cloud.set_points(np.zeros((500, 2), np.float32))
    cloud.set_cursor(100.0, 100.0)
    place = cloud.to_widget(0, 0).toPoint()
    from PySide6.QtGui import QColor

    assert dist(pixels(cloud)[place.y(), place.x()], QColor(theme.current().accent)) < 30


def test_every_frame_of_a_glide_really_changes_the_picture(cloud, clock, blobs):
    xy, labels = blobs
    cloud.set_labels(labels, ["a", "b", "c"])
    cloud.set_points(xy)
    clock.now += 1.0
    cloud.set_points(xy * 1.3 + 0.5)
    before, count = pixels(cloud), 0
    while cloud.gliding():
        frames(cloud, clock, 1 / 30)
        after = pixels(cloud)
        assert (after != before).any()
        before, count = after, count + 1
    assert count >= 15


def test_a_resting_map_paints_the_same_picture_again(cloud, clock, blobs):
    cloud.set_points(blobs[0])
    frames(cloud, clock, 2.0)
    assert (pixels(cloud) == pixels(cloud)).all()


def test_a_drag_tells_every_place_it_passes_and_its_end(cloud, qtbot, blobs):
    cloud.set_points(blobs[0])
    told = []
    cloud.point_moved.connect(lambda x, y: told.append((x, y)))
    start = cloud.to_widget(-3.0, 1.0).toPoint()
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=start)
    for i in range(1, 11):
        QTest.mouseMove(cloud, start + QPoint(5 * i, 2 * i))
    with qtbot.waitSignal(cloud.drag_finished):
        QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=start + QPoint(50, 20))
    assert len(told) == 11
    assert told[0] == pytest.approx((-3.0, 1.0), abs=0.06)
    assert told[-1] == pytest.approx(cloud.to_world(QPointF(start + QPoint(50, 20))))
    assert cloud.cursor_position() == told[-1]


def test_arrow_keys_move_the_cursor_and_shift_moves_it_ten_times_as_far(cloud, blobs):
    cloud.set_points(blobs[0])
    cloud.set_cursor(0.0, 0.0)
    told = []
    cloud.point_moved.connect(lambda x, y: told.append((x, y)))
    QTest.keyClick(cloud, Qt.Key.Key_Right)
    QTest.keyClick(cloud, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert len(told) == 2
    assert told[0][0] > 0
    assert told[0][1] == 0
    assert told[1][1] == pytest.approx(10 * told[0][0])


def test_setting_anything_tells_nobody(cloud, qtbot, blobs):
    xy, labels = blobs
    told = []
    for signal in (cloud.point_moved, cloud.drag_finished, cloud.sample_hovered, cloud.view_changed):
        signal.connect(lambda *args: told.append(args))
    cloud.set_points(xy)
    cloud.set_labels(labels, ["a", "b", "c"])
    cloud.set_classes_shown(frozenset({1}))
    cloud.set_cursor(1.0, 2.0)
    cloud.set_message("loading")
    cloud.set_view_state((0.0, 0.0, 3.0))
    cloud.set_points(None)
    cloud.advance()
    assert told == []


def test_the_wheel_zooms_about_the_mouse_and_a_double_click_shows_all_again(cloud, clock, blobs):
    cloud.set_points(blobs[0])
    whole = cloud.visible_range()
    at = QPointF(300, 120)
    under = cloud.to_world(at)
    turn = QWheelEvent(
        at, cloud.mapToGlobal(at), QPoint(), QPoint(0, 360), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(cloud, turn)
    assert cloud.to_world(at) == pytest.approx(under)
    assert cloud.visible_range()[2] - cloud.visible_range()[0] < 0.7 * (whole[2] - whole[0])
    assert cloud.view_state() is not None
    QTest.mouseDClick(cloud, Qt.MouseButton.LeftButton, pos=at.toPoint())
    frames(cloud, clock, 4.0)
    assert cloud.view_state() is None
    assert cloud.visible_range() == pytest.approx(whole, rel=1e-2)


@pytest.mark.parametrize(
    ("button", "modifier"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_dragging_with_another_button_or_shift_moves_the_map_and_not_the_cursor(
    cloud, blobs, button, modifier
):
    cloud.set_points(blobs[0])
    cloud.set_cursor(1.0, 1.0)
    grabbed = cloud.to_world(QPointF(200, 200))
    QTest.mousePress(cloud, button, modifier, QPoint(200, 200))
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(240, 170), cloud.mapToGlobal(QPointF(240, 170)),
        Qt.MouseButton.NoButton, button, modifier,
    )  # fmt: skip
    QApplication.sendEvent(cloud, move)
    QTest.mouseRelease(cloud, button, modifier, QPoint(240, 170))
    assert cloud.to_world(QPointF(240, 170)) == pytest.approx(grabbed)
    assert cloud.cursor_position() == (1.0, 1.0)


def test_hover_tells_the_point_under_the_mouse_and_none_away_from_it(cloud, blobs):
    xy, _ = blobs
    xy[17] = (0.0, -5.0)
    cloud.set_points(xy)
    told = []
    cloud.sample_hovered.connect(told.append)
    place = cloud.place_of(17).toPoint()
    QTest.mouseMove(cloud, place + QPoint(3, 3))
    QTest.mouseMove(cloud, place + QPoint(3, 2))
    QTest.mouseMove(cloud, place + QPoint(14, 0))
    assert told == [17, -1]


def test_classes_that_are_switched_off_are_neither_painted_nor_hovered(cloud, blobs):
    xy, labels = blobs
    cloud.set_points(xy)
    cloud.set_labels(labels, ["a", "b", "c"])
    cloud.set_cursor(100, 100)
    surface = np.array([255, 255, 255])
    assert np.abs(colour_near(cloud, -6, 0) - surface).max() > 60
    cloud.set_classes_shown(frozenset({1, 2}))
    assert np.abs(colour_near(cloud, -6, 0) - surface).max() < 12
    told = []
    cloud.sample_hovered.connect(told.append)
    QTest.mouseMove(cloud, cloud.place_of(0).toPoint())
    assert told == []


def test_an_empty_map_paints_its_message_and_ignores_the_mouse(cloud, qtbot):
    cloud.set_points(None)
    plain = pixels(cloud)
    cloud.set_message("Strokes are being drawn")
    assert (pixels(cloud) != plain).any()
    told = []
    cloud.point_moved.connect(lambda *a: told.append(a))
    QTest.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.keyClick(cloud, Qt.Key.Key_Left)
    assert told == []
    cloud.set_points(np.zeros((0, 2), np.float32))
    assert cloud.points_shown() == 0


def test_points_that_are_not_finite_are_left_out_without_a_word(cloud, clock, recwarn):
    xy = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    xy[::7] = np.nan
    xy[3] = np.inf
    cloud.set_points(xy)
    pixels(cloud)
    cloud.set_points(xy + 1)
    frames(cloud, clock, 0.2)
    pixels(cloud)
    assert cloud.points_shown() == 400 - np.count_nonzero(~np.isfinite(xy).all(axis=1))
    assert not [w for w in recwarn if "fcae_gui" in str(w.filename)]
    cloud.set_points(np.full((400, 2), np.nan, np.float32))
    pixels(cloud)
    assert cloud.points_shown() == 0


def test_points_of_another_shape_are_refused_by_name(cloud):
    with pytest.raises(ValueError, match=r"xy must have shape \(n, 2\), got \(5, 3\)"):
        cloud.set_points(np.zeros((5, 3)))


def test_a_change_of_theme_repaints_the_map(cloud, qapp, blobs):
    cloud.set_points(blobs[0])
    light = pixels(cloud)[3, 3]
    theme.apply(qapp, "dark")
    qapp.processEvents()
    dark = pixels(cloud)[3, 3]
    theme.apply(qapp, "light")
    assert light.mean() > 230
    assert dark.mean() < 60


def test_the_trail_of_a_drag_fades(cloud, clock, blobs):
    cloud.set_points(blobs[0])
    start = cloud.to_widget(-2.0, -3.0).toPoint()
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=start)
    clock.now += 0.05
    QTest.mouseMove(cloud, start + QPoint(90, 0))
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=start + QPoint(90, 0))
    with_trail = pixels(cloud)[start.y(), start.x() + 40]
    frames(cloud, clock, 1.5)
    without = pixels(cloud)[start.y(), start.x() + 40]
    assert np.abs(with_trail - without).max() > 40


def test_a_drag_beyond_the_plot_stays_at_its_edge(cloud, blobs):
    cloud.set_points(blobs[0])
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(cloud, QPoint(5000, 200))
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=QPoint(5000, 200))
    assert cloud.cursor_position()[0] == pytest.approx(cloud.visible_range()[2])


def test_a_zoomed_view_goes_along_when_keys_take_the_cursor_out_of_it(cloud, blobs):
    cloud.set_points(blobs[0])
    cloud.set_view_state((0.0, 0.0, 2.0))
    cloud.set_cursor(0.0, 0.0)
    for _ in range(30):
        QTest.keyClick(cloud, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    left, _, right, _ = cloud.visible_range()
    assert cloud.cursor_position()[0] == pytest.approx(6.0)
    assert left < 6.0 <= right + 1e-9


def test_control_and_arrows_move_the_map(cloud, blobs):
    cloud.set_points(blobs[0])
    cloud.set_cursor(0.0, 0.0)
    before = cloud.visible_range()
    QTest.keyClick(cloud, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(cloud, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert cloud.visible_range()[0] > before[0]
    assert cloud.visible_range()[1] > before[1]
    assert cloud.cursor_position() == (0.0, 0.0)


def test_very_many_points_are_drawn_in_part_while_they_move_and_whole_at_rest(
    cloud, clock, monkeypatch, blobs
):
    monkeypatch.setattr("fcae_gui.widgets.point_layer.WHILE_MOVING", 300)
    cloud.set_points(blobs[0])
    part = pixels(cloud)
    frames(cloud, clock, 0.5)
    whole = pixels(cloud)
    painted = [(picture.min(axis=2) < 200).sum() for picture in (part, whole)]
    assert painted[0] < 0.6 * painted[1]


def test_another_pixel_ratio_is_painted_at_that_ratio(cloud, blobs):
    cloud.set_points(blobs[0])
    layer, box = cloud._layer, cloud._box
    for ratio in (1.0, 1.5, 2.0):
        picture = layer.picture(box, ratio)
        assert picture.width() == round(box.width * ratio)
        assert picture.devicePixelRatio() == ratio
        before = picture.copy()
        cloud.set_points(blobs[0] * (0.9 / ratio), glide=False)
        assert layer.picture(box, ratio) != before  # the image shows the memory that is painted into
    QApplication.sendEvent(cloud, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert (pixels(cloud) == pixels(cloud)).all()
