"""Seams on the curve belong to the run that stands there, also right after an undo."""

from __future__ import annotations

WAIT = 30_000


def test_an_undone_change_leaves_no_seam_behind(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session = window.session
    window.actions_by_id["epoch"].trigger()
    qtbot.waitUntil(lambda: session.step > 0 and session.shows_newest, timeout=WAIT)
    told: list[str] = []
    session.edited.connect(lambda _step, text: told.append(text))
    session.resize_code(3)
    qtbot.waitUntil(lambda: session.config.network.code_size == 3, timeout=WAIT)
    session.history.undo()  # before the change is told, which waits until a hand rests
    qtbot.waitUntil(lambda: session.config.network.code_size == 2, timeout=WAIT)
    session.edit({}, {"learning_rate": 0.001})
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert not [text for text in told if text.startswith("code ")]
    assert not [text for _, text in window.loss.plot._frame.marks if text.startswith("code ")]
