"""Colours of single widgets that follow the theme, in spite of the application's style sheet."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

Role = QPalette.ColorRole
Group = QPalette.ColorGroup

# What reaches every widget when the theme changes; ApplicationPaletteChange comes to windows only.
THEME_EVENTS = (QEvent.Type.StyleChange, QEvent.Type.PaletteChange)


def recolour(widget: QWidget, colours: Mapping[QPalette.ColorRole, str]) -> None:
    """Give `widget` these colours ("#rrggbb"), and the application's otherwise; call it on THEME_EVENTS.

    Under an application-wide style sheet Qt hands no palette down from parent to child, and every new sheet
    puts back the palette from before the last one. So what counts is what the widget has now.
    """
    now = widget.palette()
    if all(now.color(Group.Active, role) == QColor(colour) for role, colour in colours.items()):
        return  # also ends the event that setPalette sends
    palette = QPalette()
    for role, colour in colours.items():
        for group in (Group.Active, Group.Inactive, Group.Disabled):
            if group != Group.Disabled or role not in (Role.Text, Role.WindowText):  # greyed stays greyed
                palette.setColor(group, role, QColor(colour))
    widget.setPalette(palette)
