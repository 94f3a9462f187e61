"""Ten digits drawn with the mouse on the real canvas land near their own class of MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui.wires.canvas import CanvasWires
from tests.drawn_digits import DIGITS

WAIT = 120_000
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def _draw(field, places) -> None:  # type: ignore[no-untyped-def]
    rect = field.field_rect()
    at = [rect.topLeft() + QPointF(x * rect.width(), y * rect.height()) for x, y in places]
    QTest.mousePress(field, LEFT, NO_KEYS, at[0].toPoint())
    for place in at[1:]:
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, field.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, NO_KEYS
        )
        QApplication.sendEvent(field, event)
    QTest.mouseRelease(field, LEFT, NO_KEYS, at[-1].toPoint())


@pytest.mark.mnist
def test_a_drawn_digit_lands_nearest_its_own_class(open_window, qtbot, mnist_dir: Path) -> None:
    window = open_window(data="mnist", data_dir=mnist_dir, preset="lecture")
    session = window.session
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        session.edit({}, {"epochs": 5})
    session.play()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=WAIT)
    qtbot.waitUntil(lambda: session.view.map_step == session.trained_steps(), timeout=WAIT)
    window.actions_by_id["workspace_explore"].trigger()
    window.actions_by_id["canvas_draw"].trigger()
    wires = next(wires for wires in window._wires if isinstance(wires, CanvasWires))
    codes, labels = session.view.codes, session.dataset.test.labels[: len(session.view.codes)]
    centres = np.stack([codes[labels == digit].mean(axis=0) for digit in range(10)])
    votes, nearest = {}, {}
    for digit, strokes in DIGITS.items():
        for places in strokes:
            _draw(wires.panel.field, places)
        reading = wires.canvas.reading
        votes[digit] = wires.around.near(reading.z).verdict
        nearest[digit] = int(np.linalg.norm(centres - reading.z, axis=1).argmin())
        wires.panel.field.clear()
    assert sum(votes[digit] == str(digit) for digit in DIGITS) >= 8, votes
    assert sum(nearest[digit] == digit for digit in DIGITS) >= 8, nearest
