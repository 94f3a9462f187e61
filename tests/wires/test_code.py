"""The code panel in the real window: it follows every edit, shows what changed, and can be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from fcae_gui.engine.code_text import code_text
from fcae_gui.widgets.code_view import changed_lines

WAIT = 30_000


def test_the_code_follows_every_edit_and_lights_what_changed(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.actions_by_id["code_show"].trigger()
    view = window.docks["code"].widget().view
    assert window.docks["code"].isVisible()
    qtbot.waitUntil(lambda: "leaky_relu(" in view.toPlainText(), timeout=WAIT)
    assert view.toPlainText() == code_text(window.session.config)
    assert view.changed_lines == ()
    window.session.edit({"activation": "tanh"}, {"learning_rate": 0.002})
    qtbot.waitUntil(lambda: "torch.tanh(" in view.toPlainText() and bool(view.changed_lines), timeout=WAIT)
    lines = view.toPlainText().splitlines()
    assert any("lr=0.002" in lines[number] for number in view.changed_lines)
    assert not any("class" in lines[number] for number in view.changed_lines)
    qtbot.waitUntil(lambda: view.changed_lines == (), timeout=WAIT)  # the light goes out
    qtbot.mouseClick(window.docks["code"].widget().copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == view.toPlainText()


def test_a_hidden_code_panel_writes_nothing_and_catches_up(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    view = window.docks["code"].widget().view
    with qtbot.waitSignal(window.session.edited, timeout=WAIT):
        window.session.edit({}, {"learning_rate": 0.004})
    assert view.toPlainText() == ""
    window.actions_by_id["code_show"].trigger()
    qtbot.waitUntil(lambda: "lr=0.004" in view.toPlainText(), timeout=WAIT)
    window.docks["network"].raise_()
    window.session.new_network({"encoder_widths": (9,)})
    qtbot.waitUntil(lambda: window.session.config.network.encoder_widths == (9,), timeout=WAIT)
    assert "64, 9" not in view.toPlainText()
    window.actions_by_id["code_show"].trigger()
    qtbot.waitUntil(lambda: "torch.nn.Linear(64, 9)" in view.toPlainText(), timeout=WAIT)


def test_changed_lines_are_those_that_differ() -> None:
    before = "a\nb\nc\nd"
    assert changed_lines(before, "a\nB\nc\nd") == [1]
    assert changed_lines(before, "a\nb\nx\ny\nc\nd") == [2, 3]
    assert changed_lines(before, "a\nb\nd") == [2]
    assert changed_lines(before, before) == []
