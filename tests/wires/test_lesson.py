"""Lessons in the real window: the whole lecture by mouse and keys, questions, undo, leaving, other files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from fcae_gui import paths, theme
from fcae_gui.session import lesson_shelf
from fcae_gui.session.lesson_file import read_lesson
from tests.clipping import clipped
from tests.data import made

WAIT = 60_000
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key

SMALL = """
format = 1
title = "A small lesson"

[[step]]
title = "First"
text = "The slope is {slope}."
point = "network/Learning rate, exact value"
setup = [{ workspace = "learn" }, { data = "digits8" }, { preset = "map" }, { play = false }]
try = [{ title = "Slope a half", do = [{ network = { leaky_slope = 0.5 } }] }]

[step.question]
text = "Which slope will it be?"
answers = ["0.5", "0.25", "0.1"]
right = 2
reveal = "It is {slope} at step {step}."
then = [{ network = { leaky_slope = 0.25 } }]

[[step]]
title = "Second"
text = "Data {data}, network {shape}."
point = "loss"
setup = [{ network = { encoder_widths = [16] } }, { until_epoch = 1 }]
"""


def lessons(window):  # type: ignore[no-untyped-def]
    """The wires of the lessons of a window."""
    return next(one for one in window._wires if type(one).__name__ == "LessonWires")


def press(button: QWidget) -> None:
    QTest.mouseClick(button, LEFT, pos=button.rect().center())


def settle(qtbot, wires) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: not wires.run.set_up_work.busy, timeout=WAIT)


@pytest.fixture
def small(open_window, tmp_path: Path, qtbot):  # type: ignore[no-untyped-def]
    """A window with the small lesson open, its wires, and its file."""
    window = open_window()
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    wires = lessons(window)
    wires.open_file(file)
    window.activateWindow()
    QApplication.processEvents()
    return window, wires, file


def test_a_window_shows_no_strip_before_a_lesson_is_opened(open_window) -> None:
    window = open_window()
    wires = lessons(window)
    assert wires.bar.isHidden() and wires.spotlight.isHidden()
    assert not window.actions_by_id["lesson_next"].isEnabled()


def test_one_click_sets_a_step_up_and_frames_what_it_is_about(small, qtbot) -> None:
    window, wires, _file = small
    panel = wires.panel
    window.show_workspace("explore")
    press(panel.set_up)
    settle(qtbot, wires)
    assert window.session.config.preset == "map" and window.session.state == "paused"
    assert window.docks["network"].isVisible()
    framed = wires.spotlight
    assert framed.isVisible() and framed.target.accessibleName() == "Learning rate, exact value"
    before = framed.geometry()
    window.resize(window.width() + 200, window.height() + 60)
    QApplication.processEvents()
    target = framed.target
    place = target.mapTo(window, target.rect().center())
    assert framed.geometry().contains(place) and framed.geometry() != before
    assert panel.text.text() == "The slope is 0.01."


def test_the_answer_is_committed_to_before_the_number_of_the_run_is_revealed(small, qtbot) -> None:
    window, wires, _file = small
    panel = wires.panel
    settle(qtbot, wires)
    assert not panel.reveal.isEnabled(), "nobody has committed to anything"
    press(panel.hands.buttons[0])
    QTest.keyClick(window, Key.Key_2, Qt.KeyboardModifier.AltModifier)
    press(panel.hands.buttons[1])
    assert [button.text() for button in panel.hands.buttons[:3]] == ["0.5  · 1", "0.25  · 2", "0.1"]
    assert panel.question.text() == "Which slope will it be?"
    first = panel.hands.buttons[0]
    middle = first.rect().center()
    first.customContextMenuRequested.emit(middle)  # what a right click sends
    assert first.text() == "0.5"
    press(first)
    press(panel.reveal)
    settle(qtbot, wires)
    qtbot.waitUntil(lambda: window.session.config.network.leaky_slope == 0.25, timeout=WAIT)
    qtbot.waitUntil(lambda: panel.question.text().startswith("It is 0.25 at step"), timeout=WAIT)
    assert panel.hands.buttons[1].text() == "✓ 0.25  · 2"
    press(panel.hands.buttons[1])
    assert panel.hands.buttons[1].text() == "✓ 0.25  · 2", "hands are down once it is revealed"
    press(panel.reveal)  # ask again
    assert panel.question.text() == "Which slope will it be?" and not panel.reveal.isEnabled()


def test_what_a_class_tries_can_be_undone_and_done_again(small, qtbot) -> None:
    window, wires, _file = small
    session = window.session
    slope = session.config.network.leaky_slope
    press(wires.panel.tries[0])
    qtbot.waitUntil(lambda: session.config.network.leaky_slope == 0.5, timeout=WAIT)
    assert window.actions_by_id["undo"].text() == "&Undo: Slope a half"
    QTest.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.config.network.leaky_slope == slope, timeout=WAIT)
    window.actions_by_id["redo"].trigger()
    qtbot.waitUntil(lambda: session.config.network.leaky_slope == 0.5, timeout=WAIT)


def test_a_lesson_is_left_in_the_middle_and_the_run_stays(small, qtbot) -> None:
    window, wires, _file = small
    session = window.session
    QTest.keyClick(window, Key.Key_PageDown)
    assert wires.run.at == 1 and wires.panel.text.text().startswith("Data Digits")
    QTest.keyClick(window, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, wires)
    assert session.config.network.encoder_widths == (16,)
    assert session.numbers().epoch >= 1
    with qtbot.waitSignals([session.frame_passed] * 3, timeout=WAIT):
        pass
    steps, weights = session.trained_steps(), session.view.weights
    QTest.keyClick(window, Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert wires.bar.isHidden() and wires.spotlight.isHidden() and wires.run.lesson is None
    assert session.trained_steps() == steps and session.view.weights is weights
    assert not window.actions_by_id["lesson_next"].isEnabled()
    QTest.keyClick(window, Key.Key_PageDown)
    assert wires.run.lesson is None


def test_back_skip_and_restart_go_where_they_say(small, qtbot) -> None:
    window, wires, _file = small
    panel = wires.panel
    press(panel.next)
    assert (
        panel.title.text() == "Second" and panel.count.text() == "step 2 of 2" and not panel.next.isEnabled()
    )
    QTest.keyClick(window, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert panel.title.text() == "First" and not panel.back.isEnabled()
    panel.steps_menu.actions()[1].trigger()
    assert panel.title.text() == "Second" and not panel.hands.isVisible()
    press(panel.restart)
    assert panel.title.text() == "First" and panel.hands.isVisible()
    panel.set_up.setFocus()
    running = window.session.state
    QTest.keyClick(panel.set_up, Key.Key_Space)
    assert wires.run.set_up_work.busy and window.session.state == running, "Space pressed the button"
    settle(qtbot, wires)


def test_another_data_set_or_network_while_a_step_is_set_up_does_no_harm(small, qtbot) -> None:
    window, wires, _file = small
    session = window.session
    wires.run.set_up()
    session.choose_data("plants")
    session.choose_preset("linear")
    QTest.keyClick(window, Key.Key_PageDown)
    wires.run.set_up()
    window.actions_by_id["lesson_leave"].trigger()
    with qtbot.waitSignals([session.frame_passed] * 10, timeout=WAIT):
        pass
    assert wires.run.lesson is None and not wires.run.set_up_work.busy


def test_a_lesson_can_be_dropped_opened_and_found_in_a_folder(
    open_window, tmp_path, qtbot, monkeypatch
) -> None:
    window = open_window()
    wires = lessons(window)
    folder = lesson_shelf.own_folder()
    folder.mkdir()
    file = folder / "mine.toml"
    file.write_text(SMALL, encoding="utf-8")
    wires.menu.aboutToShow.emit()
    titles = [action.text() for action in wires.menu.actions() if action.text()]
    assert titles == ["Fully connected autoencoders", "A small lesson"]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    no_keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(window.rect().center(), Qt.DropAction.CopyAction, data, LEFT, no_keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    middle = QPointF(window.rect().center())
    QApplication.sendEvent(window, QDropEvent(middle, Qt.DropAction.CopyAction, data, LEFT, no_keys))
    assert wires.panel.title.text() == "First" and not wires.bar.isHidden()
    broken = tmp_path / "broken.toml"
    broken.write_text(SMALL.replace("leaky_slope = 0.5", "leaky_slope = 5"), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(broken), ""))
    with qtbot.waitSignal(window.session.frame_passed, timeout=WAIT):
        window.actions_by_id["lesson_open"].trigger()
    said = window.notices.current().text
    assert wires.run.lesson.title == "A small lesson", "a bad file changes nothing"
    assert "broken.toml" in said and "leaky_slope" in said


def test_a_title_that_would_take_long_to_read_is_not_read(open_window) -> None:
    wires = lessons(open_window())
    lesson_shelf.own_folder().mkdir()
    deep = 'title = "Deep"\n' + "a." * 1_500 + "a = 1\n"
    (lesson_shelf.own_folder() / "deep.toml").write_text(deep, encoding="utf-8")
    wires.menu.aboutToShow.emit()
    titles = [action.text() for action in wires.menu.actions() if action.text()]
    assert titles == ["Fully connected autoencoders", "deep.toml"]


def test_a_lesson_finds_data_in_the_folder_that_was_named_at_the_start(open_window, tmp_path, qtbot) -> None:
    made.write(tmp_path / "data" / "KMNIST" / "raw", made.mnist_like())
    window = open_window(data_dir=tmp_path / "data")
    wires = lessons(window)
    file = tmp_path / "small.toml"
    file.write_text(SMALL.replace('data = "digits8"', 'data = "kmnist"'), encoding="utf-8")
    wires.open_file(file)
    press(wires.panel.set_up)
    qtbot.waitUntil(lambda: window.session.dataset.name == "kmnist", timeout=WAIT)
    settle(qtbot, wires)


def test_a_window_closed_in_the_middle_of_a_lesson_opens_without_an_empty_strip(open_window) -> None:
    window = open_window(remember=True)
    window.actions_by_id["lesson_lecture"].trigger()
    QApplication.processEvents()
    window.session.mark_kept()
    window.close()
    again = open_window(remember=True)
    QApplication.processEvents()
    assert lessons(again).bar.isHidden()


def test_every_step_of_the_lecture_has_its_tool_here(open_window) -> None:
    window = open_window()
    lesson = read_lesson(lesson_shelf.lecture(), lessons(window).known())
    assert lesson.left_out == ()
    assert 14 <= len(lesson.steps) <= 18
    published = " ".join(step.text for step in lesson.steps)
    assert "3.00" in published and "13.87" in published and "784-1000-500-250-30" in published


def test_the_whole_lecture_is_walked_by_mouse_and_keys(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session, failures = window.session, []
    session.report_failure = failures.append
    window.activateWindow()
    QTest.keyClick(window, Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    wires = lessons(window)
    panel = wires.panel
    count = len(wires.run.lesson.steps)
    for number in range(count):
        step = wires.run.step
        assert panel.title.text() == step.title
        if "PCA" in step.title:
            assert "principal component analysis" in panel.text.toolTip()
        press(panel.set_up)
        settle(qtbot, wires)
        assert not panel.problem.text(), f"{step.title}: {panel.problem.text()}"
        wanted = [intent.value for intent in step.setup if intent.kind == "preset"]
        changed = any(intent.kind == "edit" and intent.value["network"] for intent in step.setup)
        if wanted and not changed:
            assert session.config.preset == wanted[-1], step.title
        qtbot.waitUntil(wires.spotlight.isVisible, timeout=WAIT)
        home = step.point.partition("/")[0]
        assert window.docks[home].isVisible(), step.title
        for which in range(len(step.tries)):
            press(panel.tries[which])
            settle(qtbot, wires)
            assert not panel.problem.text(), (
                f"{step.title}: {step.tries[which].title}: {panel.problem.text()}"
            )
        if step.question is not None:
            QTest.keyClick(window, Key.Key_1, Qt.KeyboardModifier.AltModifier)
            press(panel.reveal)
            settle(qtbot, wires)
            assert panel.reveal.text() == "Ask again" and not panel.problem.text(), step.title
        if number + 1 < count:
            QTest.keyClick(window, Key.Key_PageDown)
    assert not failures
    press(panel.leave)
    assert wires.run.lesson is None


@pytest.mark.parametrize("look", ["light", "projector"])
def test_no_text_of_any_step_is_clipped_at_1280_by_720(open_window, qtbot, look) -> None:
    window = open_window()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, look)
    try:
        window.resize(1280, 720)
        wires = lessons(window)
        wires.open_lecture()
        found = []
        for number in range(len(wires.run.lesson.steps)):
            wires.run.go_to(number)
            for revealed in (False, True):
                if revealed:
                    wires.run.vote(0)
                    wires.run._revealed = True
                    wires.run._tell()
                QApplication.processEvents()
                found += [f"step {number + 1}, {look}: {line}" for line in clipped(wires.panel)]
                assert window.height() == 720, f"step {number + 1}: the strip makes the window grow"
                assert wires.panel.height() <= (120 if look == "light" else 170)
        assert not found, "\n".join(found)
    finally:
        theme.apply(app, "light")


def test_the_lessons_of_the_wheel_are_found(open_window) -> None:
    assert paths.resource("lessons", "lecture.toml").is_file()
    assert paths.resource("lessons", "README.md").is_file()


def test_with_a_lesson_open_the_window_still_fits_a_projector(open_window) -> None:
    window = open_window()
    theme.apply(QApplication.instance(), "projector")  # type: ignore[arg-type]
    window.actions_by_id["lesson_lecture"].trigger()
    for workspace in ("learn", "explore", "use"):
        window.show_workspace(workspace)
        QApplication.processEvents()
        least = window.minimumSizeHint()
        assert least.width() <= 1280 and least.height() <= 720, workspace
    for tool in ("maps", "scoreboard", "clusters"):  # what has no room can be scrolled to
        window.show_tool(tool)
        QApplication.processEvents()
        assert clipped(window.docks[tool].widget()) == []
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]
