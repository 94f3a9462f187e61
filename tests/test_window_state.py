"""What a window leaves for the next start, and how it goes when it is told to while it asks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication


@pytest.mark.parametrize("workspace", ["explore", "use", "learn"])
def test_a_window_opens_in_the_workspace_it_was_closed_in(open_window, workspace: str) -> None:  # type: ignore[no-untyped-def]
    window = open_window(remember=True)
    window.show_workspace(workspace)
    shown = {name for name, dock in window.docks.items() if not dock.isHidden()}
    window.session.mark_kept()
    window.close()

    again = open_window(remember=True)
    assert again.workspaces.shown == workspace
    assert again.actions_by_id[f"workspace_{workspace}"].isChecked()
    assert {name for name, dock in again.docks.items() if not dock.isHidden()} == shown
    again.show_tool("scoreboard")  # a tool of another workspace still brings its own
    assert again.workspaces.shown == "use" and again.docks["network"].isHidden()


def test_a_signal_closes_the_window_that_asks_whether_to_save(open_window, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    monkeypatch.setattr(type(window.session), "worth_asking", True)
    asked: list[bool] = []

    def told() -> None:
        asked.append(QApplication.activeModalWidget() is not None)
        window.close_without_asking()

    QTimer.singleShot(300, told)
    window.close()
    assert asked == [True] and not window.isVisible() and window.closed_clean
