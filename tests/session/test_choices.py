"""Choices made one after the other, faster than data arrive, all count."""

from __future__ import annotations

WAIT = 60_000


def test_a_preset_chosen_while_other_data_are_on_their_way_waits_for_them(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    session = open_window(data="strokes").session
    session.choose_preset("slide")
    qtbot.waitUntil(lambda: session.dataset.name == "plants" and session.view.map_step >= 0, timeout=WAIT)
    session.choose_data("digits8")
    session.choose_preset("lecture")
    qtbot.waitUntil(lambda: session.dataset.name != "plants", timeout=WAIT)
    qtbot.waitUntil(lambda: session.view.map_step >= 0 and session.config.preset == "lecture", timeout=WAIT)
    assert session.dataset.name == "digits8" and session.config.network.sizes == (64, 32, 64)
