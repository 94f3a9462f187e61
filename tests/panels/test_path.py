"""The path panel alone: fields, strip, scrubber; set_* never emit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.panels.path import ANY, PathPanel

FRAMES = 12


@pytest.fixture
def panel(qtbot):  # type: ignore[no-untyped-def]
    made = PathPanel(FRAMES)
    qtbot.addWidget(made)
    made.resize(440, 400)
    made.show()
    made.set_image_shape((8, 8))
    made.set_classes(["0", "1", "2"])
    return made


def _fill(panel: PathPanel) -> None:
    panel.set_way("typical images: 0 to 1", along=True, ready=True)
    frames = np.linspace(0, 1, FRAMES, dtype=np.float32)[:, None].repeat(64, axis=1)
    panel.set_frames(frames, frames[::-1])


def test_set_never_emits_and_shows_what_it_is_given(panel) -> None:
    told = []
    for signal in (panel.classes_chosen, panel.along_chosen, panel.play_requested, panel.scrubbed):
        signal.connect(lambda *args: told.append(args))
    _fill(panel)
    panel.set_at(0.4)
    panel.choose_classes(2, ANY)
    panel.set_playing(True)
    panel.set_now(np.ones(64, np.float32), np.zeros(64, np.float32))
    assert panel.strip.row(0)[-1].min() == 255 and panel.strip.row(1)[-1].max() == 0
    assert panel.classes() == (2, ANY)
    assert not told


def test_strip_and_slider_scrub(panel, qtbot) -> None:
    _fill(panel)
    for share in (0.0, 0.5, 1.0):
        place = QPoint(round(panel.strip.x_of(share)), 30)
        with qtbot.waitSignal(panel.scrubbed) as caught:
            QTest.mouseClick(panel.strip, Qt.MouseButton.LeftButton, pos=place)
        assert caught.args[0] == pytest.approx(share, abs=0.01)
    with qtbot.waitSignal(panel.scrubbed) as caught:
        panel.slider.setValue(250)
    assert caught.args[0] == 0.25


def test_an_empty_strip_cannot_be_scrubbed(panel) -> None:
    told = []
    panel.scrubbed.connect(told.append)
    QTest.mouseClick(panel.strip, Qt.MouseButton.LeftButton, pos=QPoint(100, 30))
    assert not told


def test_without_labels_any_image_can_be_asked_for(panel, qtbot) -> None:
    panel.set_classes(())
    with qtbot.waitSignal(panel.classes_chosen) as caught:
        QTest.mouseClick(panel._others, Qt.MouseButton.LeftButton)
    assert caught.args == [ANY, ANY, False]


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (4, 16), None])
def test_the_strip_fits_its_panel_whatever_the_shape(panel, qtbot, shape) -> None:
    panel.set_image_shape(shape)
    n = 5 if shape is None else shape[0] * shape[1]
    panel.set_way("drawn on the map", along=False, ready=True)
    panel.set_frames(np.zeros((FRAMES, n), np.float32), np.zeros((FRAMES, n), np.float32))
    qtbot.waitUntil(
        lambda: panel.strip.geometry().bottom() < panel.slider.geometry().top() + 2, timeout=30_000
    )
    panel.grab()
    assert panel.strip.x_of(1.0) < panel.strip.width()
