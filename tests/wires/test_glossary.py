"""Plain words on everything: a tip of a sentence on every control in every workspace, and a page of terms."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QWhatsThis,
    QWidget,
)

from fcae_gui.session.glossary import is_sentence
from fcae_gui.widgets.control_name import control_name
from fcae_gui.widgets.glossary_box import GlossaryBox, what_is_this

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
WAIT = 30_000


def _is_part_of_another(widget: QWidget) -> bool:
    """Popup lists, the text inside a spin box, scroll bars: what Qt builds its own controls from."""
    if widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QComboBox | QAbstractSpinBox | QMenu) and parent is not widget:
            return True
        parent = parent.parentWidget()
    return type(widget).__name__ in ("QScrollBar", "QViewport")


def _unexplained(window: QWidget) -> list[str]:
    found = []
    for widget in window.findChildren(QWidget):
        can_be_used = widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, CONTROLS)
        if not can_be_used or not widget.isVisible() or isinstance(widget, QLabel):
            continue
        if _is_part_of_another(widget) or (
            isinstance(widget, QAbstractButton) and widget.parentWidget().__class__.__name__ == "QTabBar"
        ):
            continue
        tip = widget.toolTip()
        parent = widget.parentWidget()
        while not tip and parent is not None and not isinstance(widget, CONTROLS):
            tip, parent = parent.toolTip(), parent.parentWidget()
        if not is_sentence(tip):
            text = getattr(widget, "text", lambda: "")()
            dock = window.docks  # type: ignore[attr-defined]
            where = next((name for name, one in dock.items() if one.isAncestorOf(widget)), "-")
            found.append(f"{where}/{widget.accessibleName() or text} ({type(widget).__name__}): {tip!r}")
    return found


@pytest.mark.parametrize("workspace", ["learn", "explore", "use"])
def test_every_control_of_every_tool_says_what_it_is_on_hover(open_window, qtbot, workspace) -> None:
    window = open_window(autostart=False)
    window.show_workspace(workspace)
    if workspace == "learn":
        window.actions_by_id["lesson_lecture"].trigger()
        window.network.more.set_open(True)
    missing = set(_unexplained(window))
    for name in window.docks:
        if window.workspaces.home(name) == workspace:
            window.show_tool(name)
            QApplication.processEvents()
            missing |= set(_unexplained(window))
    assert not missing, "\n".join(sorted(missing))


def test_terms_with_a_formula_show_it_on_hover_and_on_shift_f1(open_window, qtbot) -> None:
    window = open_window()
    rate = window.network.fields["weight_decay"]
    assert "w ← w − η λ w" in rate.toolTip()
    assert "w ← w − η λ w" in rate.whatsThis()
    window.network.more.set_open(True)
    own = "What a panel says of it later is another sentence than before."
    rate.setToolTip(own)  # the formula comes back below it
    qtbot.waitUntil(lambda: rate.toolTip() == f"{own}\nw ← w − η λ w", timeout=WAIT)
    plain = next(  # one that the glossary does not know
        part
        for part in window.findChildren(QAbstractButton)
        if part.isVisible() and part.whatsThis() == what_is_this(control_name(part), part.toolTip(), "")
    )
    plain.setToolTip(own)
    qtbot.waitUntil(lambda: own in plain.whatsThis(), timeout=WAIT)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert QWhatsThis.inWhatsThisMode()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    QWhatsThis.leaveWhatsThisMode()


def test_the_glossary_page_finds_terms_by_any_word(open_window) -> None:
    window = open_window()
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    box = window.findChild(GlossaryBox)
    assert box is not None and box.isVisible()
    QTest.keyClicks(box.search, "sig")
    assert box.terms.currentItem().text() == "Sigmoid"
    box.search.clear()
    QTest.keyClicks(box.search, "chain rule")
    shown = [
        box.terms.item(row).text() for row in range(box.terms.count()) if not box.terms.item(row).isHidden()
    ]
    assert shown == ["Backpropagation"]
    assert "layer by layer" in box.page.toPlainText() and "δ" in box.page.toPlainText()
    QTest.keyClicks(box.search, " zebra")
    assert box.page.toPlainText() == "No term has these words."
    box.close()
