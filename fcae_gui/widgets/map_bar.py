"""A slim row above the map: the tools that can be taken in hand, and what the points are coloured by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

ICON_PX = 18


class MapBar(QWidget):
    """Tools on the left, colouring on the right. set_* never emit."""

    colouring_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 0, 4, 0)
        self._row.setSpacing(2)
        self._buttons: list[QToolButton] = []
        self._row.addStretch(1)
        label = QLabel("Colour by", self)
        self.colouring = QComboBox(self)
        self.colouring.setAccessibleName("Colour the points by")
        self.colouring.setToolTip("What the colours of the points stand for")
        self.colouring.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colouring.setMinimumContentsLength(10)
        self.colouring.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        label.setBuddy(self.colouring)
        self._row.addWidget(label)
        self._row.addSpacing(4)
        self._row.addWidget(self.colouring)
        self.colouring.activated.connect(self._on_activated)

    def set_tools(self, actions: Sequence[QAction]) -> None:
        """A button per action, with its icon, or its text when it has none."""
        for button in self._buttons:
            button.setParent(None)
            button.deleteLater()
        self._buttons = []
        for index, action in enumerate(actions):
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setIconSize(QSize(ICON_PX, ICON_PX))
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonTextOnly
                if action.icon().isNull()
                else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
            button.setAccessibleName(action.text().replace("&", ""))
            self._row.insertWidget(index, button)
            self._buttons.append(button)

    def add_menu(self, text: str, tip: str, actions: Sequence[QAction]) -> QToolButton:
        """A button between the tools and the colouring that opens a menu of these actions."""
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addActions(list(actions))
        button.setMenu(menu)
        self._row.insertWidget(self._row.count() - 3, button)
        self._row.insertSpacing(self._row.count() - 3, 8)
        return button

    def set_colourings(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """The choices as (key, text)."""
        present = [
            (self.colouring.itemData(i), self.colouring.itemText(i)) for i in range(self.colouring.count())
        ]
        if present != list(choices):
            self.colouring.clear()
            for key, text in choices:
                self.colouring.addItem(text, key)
        self.colouring.setCurrentIndex(max(0, self.colouring.findData(chosen)))

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.colouring_chosen.emit(self.colouring.itemData(index))
