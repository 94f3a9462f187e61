"""Plain words on everything: tips and "What is this?" on controls of all panels, and the glossary page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDockWidget, QToolBar, QWhatsThis, QWidget
from shiboken6 import isValid

from fcae_gui import paths
from fcae_gui.files import BadFile
from fcae_gui.session.glossary import Glossary, parse_glossary, tip_of
from fcae_gui.widgets.control_name import control_name
from fcae_gui.widgets.glossary_box import GlossaryBox, what_is_this


class GlossaryWires(QObject):
    """Explains the controls of one window. A dock is gone through again whenever it comes to the front."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.glossary = Glossary(())
        try:
            file = paths.resource("glossary.toml")
            self.glossary = parse_glossary(file.read_bytes(), file.name)
        except (BadFile, OSError) as error:  # tips are no reason not to start
            window.notices.show_notice(str(error), "warn")
        window.glossary = self.glossary
        act = window.actions_by_id
        act["glossary"].triggered.connect(self.show_page)
        act["what_is_this"].triggered.connect(self._on_what_is_this)
        for dock in window.docks.values():
            dock.visibilityChanged.connect(self._on_visible)
        window.session.numbers_changed.connect(self._on_numbers)
        self._tips: dict[QWidget, str] = {}  # as they were written here
        self._longer: dict[QWidget, str] = {}
        self.explain(window)

    def explain(self, root: QWidget) -> None:
        """Give every control below `root` its tip and its longer text."""
        place = "" if root is self._window else _place_of(root)
        for control in (root, *root.findChildren(QWidget)):
            name = control_name(control)
            if not name:
                continue
            if control.toolTip() != self._tips.get(control):
                self._write(control, name, place or _place_of(control))

    def _write(self, control: QWidget, name: str, place: str) -> None:
        """Tip and longer text of a control; a longer text that comes from elsewhere stays."""
        entry, tip = self.glossary.find(place, name), control.toolTip()
        if entry is not None:
            tip = tip_of(tip, entry)
            longer = what_is_this(entry.name, entry.text, entry.formula)
        else:
            longer = what_is_this(name, tip, "") if tip else ""
        if tip != control.toolTip():
            control.setToolTip(tip)
        self._tips[control] = tip
        if control.whatsThis() in ("", self._longer.get(control)):
            control.setWhatsThis(longer)
            self._longer[control] = longer

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        """Panels write new tips on their controls while they are seen: what is added here comes back."""
        for control, tip in tuple(self._tips.items()):
            if not isValid(control):
                del self._tips[control]
                self._longer.pop(control, None)
            elif control.isVisible() and control.toolTip() != tip:
                self._write(control, control_name(control), _place_of(control))

    @Slot()
    def show_page(self) -> None:
        """Open the glossary."""
        entries = [(one.name, one.text, one.formula) for one in self.glossary.entries if one.on_page]
        GlossaryBox(entries, self._window).open()

    @Slot()
    def _on_what_is_this(self) -> None:
        if QWhatsThis.inWhatsThisMode():
            QWhatsThis.leaveWhatsThisMode()
        else:
            QWhatsThis.enterWhatsThisMode()

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        dock = self.sender()
        if visible and isinstance(dock, QDockWidget):
            self.explain(dock)


def _place_of(control: QWidget) -> str:
    """The dock or bar a control stands in, "-" for none."""
    one: QWidget | None = control
    while one is not None:
        if isinstance(one, QDockWidget | QToolBar):
            return one.objectName()
        one = one.parentWidget()
    return "-"


def connect(window: Any) -> GlossaryWires:
    """Build and connect."""
    return GlossaryWires(window)
