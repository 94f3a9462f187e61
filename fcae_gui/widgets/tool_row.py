"""The quiet row of flat buttons above a panel: the first ones on the left, the last ones on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget


def tool_button(
    parent: QWidget, text: str, tip: str, *, checkable: bool = False, tab_only: bool = False
) -> QToolButton:
    """A flat button named by its text. tab_only: a click leaves the focus where it is, on a map or a list."""
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    button.setAutoRaise(True)
    button.setCheckable(checkable)
    if tab_only:
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def tool_row(left: Sequence[QWidget], right: Sequence[QWidget] = ()) -> QHBoxLayout:
    """A layout for the top of a panel."""
    row = QHBoxLayout()
    row.setContentsMargins(6, 4, 6, 0)
    row.setSpacing(4)
    for widget in left:
        row.addWidget(widget)
    row.addStretch(1)
    for widget in right:
        row.addWidget(widget)
    return row
