"""What a window leaves for the next start, and how it goes when it is told to while it asks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette
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


def test_the_titles_of_docks_follow_the_theme(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()

    def width_of_title() -> int:
        dock = window.docks["reconstructions"]
        window.repaint()
        image = dock.grab().toImage()
        panel = dock.widget()
        row = range(2, panel.y() - 2)
        ground = image.pixelColor(panel.width() // 2, panel.y() // 2)
        inked = [x for x in range(image.width() // 2) if any(image.pixelColor(x, y) != ground for y in row)]
        return max(inked) - min(inked)

    small = width_of_title()
    window.looks.choose_theme("projector")
    QApplication.processEvents()
    assert width_of_title() > 1.2 * small
    window.looks.choose_theme("light")
    QApplication.processEvents()
    assert abs(width_of_title() - small) <= 2


def test_what_was_told_about_data_goes_with_them(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.notices.show_notice("Now learning something.", "info")
    window.notices.show_notice("A file could not be read.", "error")
    choice = window.run_bar.preset
    choice.setCurrentIndex(choice.findData("slide"))
    choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(lambda: window.session.dataset.name == "plants", timeout=30_000)
    now = window.notices.current()
    assert now is not None and now.text == "A file could not be read."


def test_a_small_number_is_not_left_out_of_a_narrow_neuron() -> None:
    from fcae_gui.widgets.neuron_colours import fitting

    assert fitting(-0.03, lambda text: 10.0 * len(text), 40.0) == "0.0"
    assert fitting(-0.25, lambda text: 10.0 * len(text), 40.0) == "\N{MINUS SIGN}0.2"


def test_boxes_follow_the_theme_there_and_back(open_window) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    box = window.network.fields["epochs"].open_box
    before = box.palette().color(QPalette.ColorRole.Base)
    for name in ("dark", "projector", "dark", "light"):
        window.looks.choose_theme(name)
        QApplication.processEvents()
    assert box.palette().color(QPalette.ColorRole.Base) == before


def test_what_the_code_is_worth_is_scrolled_into_view(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    panel = window.network
    panel.set_code_worth("Random encoder: 50.28 per image; trained: 33.22. Learning the code is worth 34%.")
    remark = panel._form._remarks["freeze_encoder"]

    def seen() -> bool:
        corner = remark.mapTo(panel._scroll.viewport(), remark.rect().bottomLeft())
        return remark.isVisible() and corner.y() <= panel._scroll.viewport().height() + 2

    qtbot.waitUntil(seen, timeout=30_000)
