"""Notices: one at a time, in order, closed by Esc, by their button or, when they only inform, by time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fcae_gui.widgets import toast
from fcae_gui.widgets.toast import MOST_WAITING, NoticeBar


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    qtbot.waitExposed(made)
    yield made


@pytest.fixture
def bar(host: QWidget) -> NoticeBar:
    return NoticeBar(host)


def button(bar: NoticeBar, title: str) -> QPushButton:
    return next(b for b in bar.findChildren(QPushButton) if b.text() == title and b.isVisible())


def test_notices_are_shown_one_after_another_in_order(bar: NoticeBar) -> None:
    for text in ("one.", "two.", "three."):
        bar.show_notice(text, "warn")
    seen = []
    while bar.current() is not None:
        seen.append(bar.current().text)
        bar.dismiss()
    assert seen == ["one.", "two.", "three."]
    assert not bar.isVisible()


def test_the_same_sentence_is_not_queued_twice_in_a_row(bar: NoticeBar) -> None:
    for _ in range(5):
        bar.show_notice("again.", "error")
    assert bar.waiting() == 0
    for _ in range(5):
        bar.show_notice("other.", "error")
    assert bar.waiting() == 1


def test_a_flood_keeps_the_newest(bar: NoticeBar) -> None:
    for at in range(200):
        bar.show_notice(f"{at}.", "error")
    assert bar.waiting() == MOST_WAITING


def test_information_goes_by_itself_and_the_next_notice_follows(
    host: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast, "INFO_MS", 1)
    bar = NoticeBar(host)
    monkeypatch.setattr(bar, "is_in_use", lambda: False)  # wherever the pointer of this screen is
    bar.show_notice("Saved.")
    bar.show_notice("Broken.", "error")
    qtbot.waitUntil(lambda: bar.current().text == "Broken.", timeout=30_000)


def test_an_error_waits_for_a_person(bar: NoticeBar) -> None:
    bar.show_notice("Broken.", "error")
    assert not bar._timer.isActive()
    bar.clear()
    bar.show_notice("Saved.")
    assert bar._timer.isActive()


def test_esc_closes_it(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("Broken.", "error")
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_an_action_tells_its_name_and_closes(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("No memory.", "error", actions=[("smaller", "Smaller batch"), ("cpu", "Use the CPU")])
    chosen = QSignalSpy(bar.action_chosen)
    qtbot.mouseClick(button(bar, "Use the CPU"), Qt.MouseButton.LeftButton)
    assert chosen.at(0) == ["cpu"]
    assert bar.current() is None


def test_more_than_two_actions_are_refused(bar: NoticeBar) -> None:
    with pytest.raises(ValueError, match="at most two"):
        bar.show_notice("x.", actions=[("a", "A"), ("b", "B"), ("c", "C")])


def test_details_open_on_request_and_can_be_copied(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("Broken.", "error", details="line 3")
    low = bar.height()
    qtbot.mouseClick(button(bar, "Details"), Qt.MouseButton.LeftButton)
    assert bar.height() > low
    qtbot.mouseClick(button(bar, "Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Broken.\n\nline 3"


def test_a_file_name_is_never_read_as_markup(bar: NoticeBar) -> None:
    bar.show_notice("<b>x</b>.fcae is not a run file.")
    assert bar._text.textFormat() == Qt.TextFormat.PlainText


def test_a_notice_takes_no_focus_and_stays_in_the_middle(host: QWidget, bar: NoticeBar, qtbot: QtBot) -> None:
    field = QPushButton("work", host)
    field.show()
    field.setFocus()
    bar.set_top(40)
    bar.show_notice("Broken.", "error", details="x")
    assert field.hasFocus()
    host.resize(1400, 500)
    qtbot.waitUntil(lambda: abs(bar.geometry().center().x() - 700) <= 2, timeout=30_000)
    assert bar.y() >= 40


def test_a_long_sentence_is_never_cut(host: QWidget, bar: NoticeBar) -> None:
    host.resize(420, 400)
    bar.show_notice("This is a long sentence that says what happened and what to do. " * 4, "warn")
    assert bar._text.height() >= bar._text.heightForWidth(bar._text.width())
