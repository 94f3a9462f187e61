"""Claim 11: how do we know that the two numbers are good? Learning them beats two random ones by so much."""

from __future__ import annotations

import re

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode

WAIT = 60_000


def _sse(window) -> float:  # type: ignore[no-untyped-def]
    """The error on the test set, worked out here."""
    weights = window.session.view.weights
    x = window.session.dataset.test.as_float()
    return float(((decode(weights, encode(weights, x)) - x) ** 2).sum(1).mean())


def test_the_gap_between_a_frozen_and_a_trained_encoder_is_on_screen(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, panel = window.session, window.network
    box = panel.fields["freeze_encoder"]
    first = [weight.copy() for weight, _ in session.view.weights.encoder]
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=_inside(box))  # 1
    qtbot.waitUntil(lambda: session.config.training.freeze_encoder, timeout=WAIT)
    session.run_steps(150)  # 2
    qtbot.waitUntil(lambda: session.step == 150 and session.shows_newest, timeout=WAIT)
    frozen = _sse(window)
    for weight, before in zip(session.view.weights.encoder, first, strict=True):
        assert np.array_equal(weight[0], before)
    qtbot.waitUntil(lambda: panel._form.remark("freeze_encoder") != "", timeout=WAIT)
    # The number follows the newest measurement on the test set, three times a second.
    qtbot.waitUntil(lambda: _near(_number(panel, "Random encoder: "), frozen), timeout=WAIT)

    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=_inside(box))  # 3
    qtbot.waitUntil(lambda: not session.config.training.freeze_encoder, timeout=WAIT)
    window.actions_by_id["rewind"].trigger()  # 4
    qtbot.waitUntil(lambda: session.step == 0, timeout=WAIT)
    session.run_steps(150)  # 5
    qtbot.waitUntil(lambda: session.step == 150 and session.shows_newest, timeout=WAIT)
    trained = _sse(window)
    assert trained < 0.9 * frozen
    qtbot.waitUntil(lambda: _near(_number(panel, "trained: "), trained), timeout=WAIT)
    worth = re.search(r"worth (\d+)%", panel._form.remark("freeze_encoder"))
    assert worth is not None and abs(int(worth[1]) / 100 - (1 - trained / frozen)) < 0.03
    frame = window.loss.plot._frame
    assert frame.kept_label == "random encoder"
    assert abs(frame.kept * session.dataset.n_features - frozen) < 0.02 * frozen


def test_a_trained_encoder_that_is_frozen_is_not_called_random(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, panel = window.session, window.network
    session.run_steps(20)
    qtbot.waitUntil(lambda: session.step == 20 and session.shows_newest, timeout=WAIT)
    session.edit({}, {"freeze_encoder": True})
    qtbot.waitUntil(lambda: "learned already" in panel._form.remark("freeze_encoder"), timeout=WAIT)
    assert window.loss.plot._frame.kept is None
    window.actions_by_id["rewind"].trigger()
    qtbot.waitUntil(lambda: "random" in panel._form.remark("freeze_encoder"), timeout=WAIT)


def _inside(box):  # type: ignore[no-untyped-def]
    """A place on the box itself, left of its text."""
    from PySide6.QtCore import QPoint

    return QPoint(8, box.height() // 2)


def _near(number: float | None, wanted: float) -> bool:
    return number is not None and abs(number - wanted) < 0.02 * wanted


def _number(panel, after: str) -> float | None:  # type: ignore[no-untyped-def]
    found = re.search(re.escape(after) + r"([\d.]+\d)", panel._form.remark("freeze_encoder"))
    return float(found[1]) if found else None
