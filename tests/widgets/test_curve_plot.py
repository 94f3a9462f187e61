"""The live plot paints what a full repaint would paint, and the mouse and keys find their way in it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.widgets.curve_plot import CurvePlot


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> CurvePlot:
    theme.apply(qapp, "light")
    made = CurvePlot()
    qtbot.addWidget(made)
    made.resize(400, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


def losses(n: int, seed: int = 0) -> np.ndarray:
    steps = np.arange(1, n + 1)
    noise = 1 + 0.02 * np.random.default_rng(seed).normal(size=n)
    return ((0.03 + 0.04 * np.exp(-steps / 200)) * noise).astype(np.float32)


def pixels(plot: CurvePlot) -> np.ndarray:
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return (
        np.frombuffer(image.constBits(), np.uint8)
        .reshape(image.height(), image.width(), 4)[..., :3]
        .astype(int)
    )


def count_of(shown: np.ndarray, colour: str) -> int:
    wanted = QColor(colour)
    distance = np.abs(shown - [wanted.blue(), wanted.green(), wanted.red()]).max(axis=2)
    return int((distance < 30).sum())


def test_a_curve_painted_in_portions_looks_like_one_painted_at_once(
    plot: CurvePlot, qapp: QApplication
) -> None:
    plot.set_smoothing(30)
    plot.set_steps_per_epoch(235)
    values = losses(3000)
    for at in range(0, 3000, 20):
        plot.append_train(values[at : at + 20])
        if (at + 20) % 240 == 0:
            plot.append_test(at + 20, 0.035)
        qapp.processEvents()
    plot.refresh_numbers()
    portions = pixels(plot)
    plot._rebuild_soon()
    at_once = pixels(plot)
    assert count_of(at_once, theme.current().train) > 100
    different = np.abs(portions - at_once).max(axis=2) > 90
    assert different.mean() < 0.002


def test_the_test_curve_and_the_floor_are_there(plot: CurvePlot) -> None:
    plot.append_train(losses(1000))
    before = count_of(pixels(plot), theme.current().test)
    for step in range(100, 1001, 100):
        plot.append_test(step, 0.05)
    assert count_of(pixels(plot), theme.current().test) > before + 100
    plain = count_of(pixels(plot), theme.current().floor)
    plot.set_floor(0.06, "PCA-2")
    assert count_of(pixels(plot), theme.current().floor) > plain + 50


def test_a_million_steps_can_be_shown_and_every_peak_is_seen(plot: CurvePlot) -> None:
    values = np.full(1_000_000, 0.05, np.float32)
    values[123_456] = 5.0
    plot.append_train(values)
    shown = pixels(plot)
    x = plot.view.x_of(123_457)
    y = plot.view.y_of(5.0)
    column = shown[round(y) + 3 : round(plot.view.y_of(0.06)), round(x) - 1 : round(x) + 2]
    assert (column.min(axis=(1, 2)) < 200).all()


@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("log_y", [False, True])
def test_all_kinds_of_axes_show_the_curve(plot: CurvePlot, log_x: bool, log_y: bool) -> None:
    plot.set_log(x=log_x, y=log_y)
    plot.append_train(losses(2000))
    assert count_of(pixels(plot), theme.current().train) > 150


def test_the_legend_never_stands_on_a_curve_end(plot: CurvePlot) -> None:
    for values in (losses(3000), losses(3000)[::-1].copy(), np.full(3000, 0.04, np.float32)):
        plot.clear()
        plot.append_train(values)
        plot.append_test(3000, float(values[-1]))
        plot.grab()
        end = QPointF(plot.view.x_of(3000), plot.view.y_of(float(values[-1])))
        assert not plot._legend.box.contains(end)
        assert plot._frame.rect().contains(plot._legend.box)


def test_the_cursor_reads_out_step_epoch_and_both_losses(plot: CurvePlot) -> None:
    plot.set_steps_per_epoch(100)
    plot.append_train(np.linspace(0.2, 0.1, 1000, dtype=np.float32))
    plot.append_test(500, 0.1234)
    plot.mark(499, "learning rate 0.001")
    plot.grab()
    plot.set_cursor_step(500)
    text = "\n".join(plot.cursor_lines())
    assert "step 500" in text and "epoch 5.00" in text
    assert "train 0.150" in text and "test 0.123" in text
    assert "learning rate 0.001" in text


def test_the_wheel_zooms_and_a_double_click_follows_again(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.append_train(losses(1000))
    plot.grab()
    at = plot.point_of(500, 0.04)
    turn = QWheelEvent(
        QPointF(at), QPointF(plot.mapToGlobal(at)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    with qtbot.waitSignal(plot.following_changed) as told:
        QApplication.sendEvent(plot, turn)
    assert told.args == [False]
    assert plot.view.x_range()[1] - plot.view.x_range()[0] < 1000
    with qtbot.waitSignal(plot.following_changed) as told:
        qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=at)
    assert told.args == [True]
    plot.grab()
    assert plot.view.x_range()[0] == 0 and plot.view.x_range()[1] >= 1000


def test_the_keyboard_moves_the_cursor_and_zooms(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.append_train(losses(1000))
    plot.grab()
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    first = plot._cursor
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert first is not None and plot._cursor is not None and plot._cursor < first < 1000
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert not plot.view.following
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert plot.view.following


def test_dragging_moves_the_curve_with_the_mouse(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.append_train(losses(1000))
    plot.grab()
    at = plot.point_of(500, 0.04)
    step = plot.view.step_at(at.x())
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=at)
    there = at + QPoint(40, 0)
    moved = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(there), QPointF(plot.mapToGlobal(there)),
        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(plot, moved)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at)
    assert plot.view.step_at(at.x() + 40) == pytest.approx(step)


def test_truncation_and_clearing_forget_and_go_on(plot: CurvePlot) -> None:
    plot.set_smoothing(30)
    plot.append_train(losses(1000))
    plot.append_test(900, 0.05)
    plot.truncate(500)
    assert plot.n == 500 and plot.newest()[1] != plot.newest()[1]
    plot.append_train(losses(20))
    assert plot.n == 520
    plot.clear()
    assert plot.n == 0
    plot.grab()
    plot.append_train(losses(20))
    plot.grab()


def test_a_loss_of_zero_or_not_a_number_does_not_break_a_logarithmic_axis(plot: CurvePlot) -> None:
    plot.set_smoothing(30)
    plot.append_train(np.array([1.0, 0.0, np.nan, np.inf, 0.5] * 50, np.float32))
    plot.append_test(100, float("nan"))
    assert count_of(pixels(plot), theme.current().train) > 10


@pytest.mark.parametrize("name", ["dark", "projector"])
def test_a_change_of_theme_repaints_the_background(plot: CurvePlot, qapp: QApplication, name: str) -> None:
    plot.append_train(losses(500))
    plot.grab()
    theme.apply(qapp, name)
    try:
        assert count_of(pixels(plot), theme.current().surface) > 20_000
        assert count_of(pixels(plot), theme.current().train) > 100
    finally:
        theme.apply(qapp, "light")


class WatchedPlot(CurvePlot):
    """Keeps the widths of what it had to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: list[int] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.widths.append(event.rect().width())
        super().paintEvent(event)


def test_a_frame_repaints_only_the_columns_that_grow(qtbot: QtBot, qapp: QApplication) -> None:
    plot = WatchedPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.append_train(losses(10_000))
    plot.show()
    qtbot.waitExposed(plot)
    plot.refresh_numbers()
    qapp.processEvents()
    plot.widths.clear()
    for _ in range(5):
        plot._numbers_at = time.monotonic()  # figures are not due
        plot.append_train(losses(20))
        qapp.processEvents()
    assert len(plot.widths) == 5
    assert max(plot.widths) < 40


def test_the_floor_goes_by_its_short_name_where_there_is_little_room(
    plot: CurvePlot, qapp: QApplication
) -> None:
    theme.apply(qapp, "projector")
    plot.append_train(np.geomspace(0.07, 0.03, 300).astype(np.float32))
    plot.append_test(300, 0.0325)
    plot.set_floor(0.0521, "PCA, 2 components", "PCA-2")
    said = []
    for wide, high in ((900, 300), (390, 150)):
        plot.resize(wide, high)
        plot.grab()
        said.append(plot._frame._labels[0][1])
    assert said == ["PCA, 2 components 0.0521", "PCA-2 0.0521"]
    theme.apply(qapp, "light")


@pytest.mark.parametrize("wide", [380, 410, 440])
def test_the_name_of_the_floor_keeps_out_of_the_legend_in_a_low_plot(
    plot: CurvePlot, qapp: QApplication, wide: int
) -> None:
    theme.apply(qapp, "projector")
    plot.resize(wide, 150)
    plot.append_train(np.geomspace(0.07, 0.03, 300).astype(np.float32))
    plot.append_test(300, 0.0325)
    plot.set_floor(0.0521, "PCA, 2 components")
    plot.grab()
    name = plot._frame.taken[0]
    assert not plot._legend.box.isEmpty() and not name.intersects(plot._legend.box)
    assert plot._frame.rect().contains(name) and plot._frame._labels[0][1].startswith("PCA")
    theme.apply(qapp, "light")


def test_the_name_of_the_floor_can_be_read_where_the_curve_runs_beside_it(plot: CurvePlot) -> None:
    def covered() -> int:
        at_once = pixels(plot)
        box = plot._frame.taken[0].toRect()
        return count_of(at_once[box.top() : box.bottom(), box.left() : box.right()], theme.current().train)

    plot.set_smoothing(30)
    plot.append_train(np.full(3, 0.2, np.float32))
    plot.append_train(np.full(1500, 0.05, np.float32) + np.float32(0.01) * (np.arange(1500) % 2))
    plot.set_floor(0.0551, "PCA, 2 components")  # the curve is on both sides of the line
    assert covered() == 0
    plot.set_floor(0.061, "PCA, 2 components")  # the curve is below it: the name stands above
    pixels(plot)
    assert plot._frame.taken[0].bottom() <= plot.point_of(10, 0.061).y() + 1
