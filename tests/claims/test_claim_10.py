"""Claim 10: 784 -> 32 -> 784 works, shown as on the slide: fifteen originals over their reconstructions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

WAIT = 60_000
GOOD = 26.0  # sum of squares per image: half of what the mean image leaves of handwriting
PERFECT = 1.0  # below this nobody would see an artefact


def test_fifteen_digits_stand_over_their_reconstructions_in_black_ink(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(data="strokes")
    session, panel = window.session, window.reconstructions
    choice = window.run_bar.preset
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        choice.setCurrentIndex(choice.findData("lecture"))  # 1
        choice.activated.emit(choice.currentIndex())
    window.actions_by_id["play"].trigger()  # 2
    qtbot.waitUntil(lambda: session.step >= 160, timeout=WAIT)
    if session.state == "running":  # on a fast machine it may have come to its end
        window.actions_by_id["play"].trigger()  # 3
    qtbot.waitUntil(lambda: session.state != "running" and session.shows_newest, timeout=WAIT)
    step = session.step
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)  # 4
    qtbot.waitUntil(lambda: panel.grid.count == 15 and session.shows_newest, timeout=WAIT)

    assert session.step == step, "the look of the slide must not touch the run"
    assert panel.caption().startswith("784 → 32: 24.5 ×")
    panel.grab()
    assert panel.grid.bands == 1
    pairs = [panel.grid.pair(i) for i in range(15)]
    errors = np.array([((output - original) ** 2).sum() for original, output in pairs])
    assert PERFECT < errors.mean() < GOOD

    # Paper is white and ink black: where an original is empty the picture is white.
    picture, rect = panel.grid.grab().toImage(), panel.grid.rect_of(0)
    assert pairs[0][0][0] == 0 and picture.pixelColor(rect.topLeft()).lightness() > 240
    rows, columns = range(rect.top(), rect.center().y()), range(rect.left(), rect.right())
    assert min(picture.pixelColor(x, y).lightness() for y in rows for x in columns) < 60
    assert panel.binary() and window.settings.binary
