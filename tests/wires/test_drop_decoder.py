"""Dropping the decoder: the right half of the drawing fades for a classifier, and comes back as it was."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fcae_gui.widgets.on_screen import on_screen

WAIT = 30_000


def _halves(hourglass) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """The drawing left and right of the code, without the button in the corner."""
    image = hourglass.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    picture = hourglass.picture()
    code = round(picture.bars[len(picture.half) - 1].x * image.devicePixelRatio())
    top = round(picture.shape.top() * image.devicePixelRatio())
    return pixels[top:, : code - 12].copy(), pixels[top:, code + 12 :].copy()


def test_the_button_fades_the_right_half_and_brings_it_back(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    wires = next(one for one in window._wires if type(one).__name__ == "DropDecoderWires")
    hourglass = window.network.hourglass
    left, right = _halves(hourglass)
    QTest.mouseClick(wires.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: hourglass.dropped() == 1.0, timeout=WAIT)
    left_now, right_now = _halves(hourglass)
    shape = hourglass.picture().shape
    tall = round(shape.height())
    np.testing.assert_array_equal(left_now[:tall], left[:tall])
    assert np.mean(right_now != right) > 0.05
    assert "dropped" in hourglass.accessibleDescription()
    assert wires.button.accessibleName() == "Bring the decoder back"

    QTest.keyClick(
        window, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: hourglass.dropped() == 0.0, timeout=WAIT)
    np.testing.assert_array_equal(_halves(hourglass)[1], right)


def test_behind_another_tab_the_drawing_comes_to_the_front_and_refusals_are_told_on_top(
    open_window, qtbot
) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    network = window.docks["network"]
    assert on_screen(network)
    window.actions_by_id["code_show"].trigger()
    qtbot.waitUntil(lambda: on_screen(window.docks["code"]) and not on_screen(network), timeout=WAIT)
    window.session.edit({"output_activation": "none"}, {"loss": "bce"})
    assert any("sigmoid" in label.text() for label in window.notices.findChildren(QLabel))
    window.actions_by_id["drop_decoder"].trigger()
    qtbot.waitUntil(lambda: on_screen(network), timeout=WAIT)


def test_from_another_workspace_the_drawing_is_brought_up(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.show_workspace("use")
    window.actions_by_id["drop_decoder"].trigger()
    assert window.workspaces.shown == "learn" and window.docks["network"].isVisible()
    qtbot.waitUntil(lambda: window.network.hourglass.dropped() == 1.0, timeout=WAIT)
