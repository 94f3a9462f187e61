"""Seams on the curve belong to the run that stands there, also right after an undo."""

from __future__ import annotations

from fcae_gui.session import run_link

WAIT = 30_000


def test_an_undone_change_leaves_no_seam_behind(open_window, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session = window.session
    window.actions_by_id["epoch"].trigger()
    qtbot.waitUntil(lambda: session.step > 0 and session.shows_newest, timeout=WAIT)
    told: list[str] = []
    session.edited.connect(lambda _step, text: told.append(text))
    with monkeypatch.context() as slow:
        slow.setattr(run_link, "EDIT_QUIET_MS", 60_000)
        session.resize_code(3)
        qtbot.waitUntil(lambda: session.config.network.code_size == 3, timeout=WAIT)
        with qtbot.waitSignal(
            session.generation_started,
            timeout=WAIT,
            check_params_cb=lambda started: started.reason == "restored",
        ):
            session.history.undo()  # before the change is told, which waits until a hand rests
    assert session.config.network.code_size == 2
    session.edit({}, {"learning_rate": 0.001})
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    assert not [text for text in told if text.startswith("code ")]
    assert not [text for _, text in window.loss.plot._frame.marks if text.startswith("code ")]
