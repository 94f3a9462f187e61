"""A hand that does anything a person could do to the window, at random and repeatable from a seed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QToolButton,
    QWidget,
)

from fcae_gui.widgets import row_drag

Key = Qt.Key
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
MAP_KEYS = (
    Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Return, Key.Key_Escape, Key.Key_Plus,
    Key.Key_Minus, Key.Key_0, Key.Key_Delete, Key.Key_Backspace, Key.Key_Tab,
)  # fmt: skip
# What ends the window, or opens a box that only another program could close.
NEVER = ("quit",)
REMEMBERED = 25  # of the last acts, told when something went wrong


class Hand:
    """`act()` does one thing. `did` remembers the last ones, `errors` what went wrong in any thread."""

    def __init__(self, window: Any, seed: int, folder: Path, monkeypatch: Any) -> None:
        self.window = window
        self.did: deque[str] = deque(maxlen=REMEMBERED)
        self.errors: list[str] = []
        self.counts: dict[str, int] = {}
        self._random = np.random.default_rng(seed)
        self._folder = folder
        self._picture = folder / "picture.png"
        image = QImage(40, 30, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        image.setPixel(7, 9, 0)
        image.save(str(self._picture))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", self._open_name)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._save_name)
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
        monkeypatch.setattr(QMessageBox, "exec", lambda *_: QMessageBox.StandardButton.Cancel)
        monkeypatch.setattr(threading, "excepthook", lambda args: self.errors.append(repr(args.exc_value)))
        window.session.report_failure = self.errors.append
        window.session.run_ended.connect(self._on_ended)
        self._acts: tuple[tuple[float, Callable[[], str]], ...] = (
            (3.0, self._drag_on_map),
            (2.0, self._click_on_map),
            (2.0, self._turn_wheel),
            (2.0, self._hover),
            (2.0, self._press_key_on_map),
            (5.0, self._trigger_action),
            (2.0, self._take_tool),
            (6.0, self._touch_widget),
            (1.0, self._raise_tool),
            (1.0, self._drop),
            (0.6, self._edit_network),
            (0.8, self._operate_on_code),
            (0.15, self._choose_data),
        )

    def act(self) -> None:
        """Do one thing."""
        weights = np.array([weight for weight, _ in self._acts])
        chosen = int(self._random.choice(len(self._acts), p=weights / weights.sum()))
        act = self._acts[chosen][1]
        self.did.append(f"{act.__name__}: ...")  # so that an act that dies is told too
        self.did[-1] = f"{act.__name__}: {act()}"
        self.counts[act.__name__] = self.counts.get(act.__name__, 0) + 1
        self._close_boxes()

    # --- the map ------------------------------------------------------------------------------------------

    @property
    def _map(self) -> QWidget:
        return self.window.latent.cloud

    def _drag_on_map(self) -> str:
        button = self._one((Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton))
        modifier = self._one(MODIFIERS)
        return self._drag(self._map, button, modifier, int(self._random.integers(2, 8)))

    def _click_on_map(self) -> str:
        at, modifier = self._place(self._map), self._one(MODIFIERS)
        click = QTest.mouseDClick if self._chance(0.3) else QTest.mouseClick
        click(self._map, Qt.MouseButton.LeftButton, modifier, at)
        return f"{click.__name__} {at.toTuple()} {modifier.name}"

    def _turn_wheel(self) -> str:
        at, turned = self._place(self._map), int(self._random.integers(-480, 720))
        self._wheel(self._map, at, turned)
        return f"{turned} at {at.toTuple()}"

    def _hover(self) -> str:
        at = self._place(self._map)
        QTest.mouseMove(self._map, at)
        return str(at.toTuple())

    def _press_key_on_map(self) -> str:
        key, modifier = self._one(MAP_KEYS), self._one(MODIFIERS)
        self._map.setFocus()
        QTest.keyClick(self._map, key, modifier)
        return f"{key.name} {modifier.name}"

    # --- commands -----------------------------------------------------------------------------------------

    def _trigger_action(self) -> str:
        name = self._one([name for name in self.window.actions_by_id if name not in NEVER])
        self.window.actions_by_id[name].trigger()
        return name

    def _take_tool(self) -> str:
        name = self._one([name for name in self.window.actions_by_id if name.startswith("tool_")])
        self.window.actions_by_id[name].trigger()
        return name

    def _raise_tool(self) -> str:
        name = self._one(list(self.window.docks))
        self.window.docks[name].show()
        self.window.docks[name].raise_()
        return name

    def _edit_network(self) -> str:
        session = self.window.session
        what = int(self._random.integers(4))
        if what == 0:
            size = int(self._random.integers(1, 7))
            session.new_network({"code_size": size})
            return f"code of {size}"
        if what == 1:
            session.edit({}, {"learning_rate": float(10 ** self._random.uniform(-4, -2))})
            return "learning rate"
        if what == 2:
            preset = self._one(("map", "lecture", "linear"))
            session.choose_preset(preset)
            return preset
        session.play()
        return "play"

    def _operate_on_code(self) -> str:
        """The code gets another size or turns, or its encoder is frozen, in the midst of everything."""
        session = self.window.session
        what = int(self._random.integers(4))
        if what < 2:
            size = int(self._random.integers(1, 9))
            session.resize_code(size, same_gesture=what == 1)
            return f"code to {size}"
        if what == 2:
            session.rotate_code()
            return "rotate"
        frozen = self._chance(0.5)
        session.edit({}, {"freeze_encoder": frozen})
        return f"frozen {frozen}"

    def _choose_data(self) -> str:
        name = self._one(("digits8", "strokes"))
        self.window.session.choose_data(name)
        return name

    # --- panels -------------------------------------------------------------------------------------------

    def _touch_widget(self) -> str:
        """Anything in a panel that can be seen, as its kind wants to be used."""
        panels = [dock.widget() for dock in self.window.docks.values() if dock.widget().isVisible()]
        if not panels:
            self.window.actions_by_id["reset_layout"].trigger()
            return "no panel can be seen"
        panel = self._one(panels)
        parts = [
            part
            for part in [panel, *panel.findChildren(QWidget)]
            if part.isVisible() and part.isEnabled() and part.width() > 2 and part.height() > 2
        ]
        part = self._one(parts) if parts else panel
        name = f"{type(part).__name__} '{part.accessibleName() or part.objectName()}' of {panel.objectName()}"
        return f"{name}: {self._use(part)}"

    def _use(self, part: QWidget) -> str:
        if isinstance(part, QToolButton) and part.menu() is not None:
            self._one(part.menu().actions() or [part.defaultAction()]).trigger()  # its menu would wait for us
            return "entry of the menu"
        if isinstance(part, QAbstractButton):
            QTest.mouseClick(part, Qt.MouseButton.LeftButton)
            return f"click on {part.text()}"
        if isinstance(part, QComboBox):
            index = int(self._random.integers(max(1, part.count())))
            part.setCurrentIndex(index)
            part.activated.emit(index)
            return f"choose {part.currentText()}"
        if isinstance(part, QLineEdit):
            text = self._one(("3", "0.01", "-1", "abc", "1e9", ""))
            part.selectAll()
            QTest.keyClicks(part, text)
            QTest.keyClick(part, Key.Key_Return if self._chance(0.7) else Key.Key_Escape)
            return f"type {text!r}"
        if isinstance(part, QAbstractSpinBox | QAbstractSlider):
            key = self._one((Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Home))
            QTest.keyClick(part, key)
            return key.name
        if isinstance(part, QAbstractItemView):
            QTest.mouseClick(part.viewport(), Qt.MouseButton.LeftButton, pos=self._place(part.viewport()))
            return "click on a row"
        what = int(self._random.integers(5))
        if what == 0:
            return self._drag(part, Qt.MouseButton.LeftButton, self._one(MODIFIERS), 4)
        if what == 1:
            self._wheel(part, self._place(part), int(self._random.integers(-240, 240)))
            return "wheel"
        if what == 2:
            key = self._one(MAP_KEYS)
            QTest.keyClick(part, key)
            return key.name
        click = QTest.mouseDClick if what == 3 else QTest.mouseClick
        at = self._place(part)
        click(part, Qt.MouseButton.LeftButton, self._one(MODIFIERS), at)
        return f"{click.__name__} {at.toTuple()}"

    def _drop(self) -> str:
        """Something is dragged onto something that takes drops."""
        parts = self.window.findChildren(QWidget)
        part = self._one([*[one for one in parts if one.acceptDrops() and one.isVisible()], self.window])
        data = QMimeData()
        what = self._one(("row", "row", "picture", "image", "text"))
        if what == "row":
            data = row_drag.pack(self._one(row_drag.SPLITS), int(self._random.integers(500)))
        elif what == "picture":
            data.setUrls([QUrl.fromLocalFile(str(self._picture))])
        elif what == "image":
            data.setImageData(QImage(str(self._picture)))
        else:
            data.setText("not a row")
        at = self._place(part)
        rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(at, *rest)
        QApplication.sendEvent(part, enter)
        if enter.isAccepted():
            QApplication.sendEvent(part, QDropEvent(QPointF(at), *rest))
        return f"{what} on {type(part).__name__}, {'taken' if enter.isAccepted() else 'refused'}"

    # --- parts --------------------------------------------------------------------------------------------

    def _drag(self, part: QWidget, button: Qt.MouseButton, modifier: Any, steps: int) -> str:
        places = [self._place(part) for _ in range(steps)]
        QTest.mousePress(part, button, modifier, places[0])
        for place in places[1:]:
            QTest.mouseMove(part, place)
            QApplication.processEvents()
        QTest.mouseRelease(part, button, modifier, places[-1])
        return f"{button.name} {modifier.name} {[place.toTuple() for place in places]}"

    @staticmethod
    def _wheel(part: QWidget, at: QPoint, turned: int) -> None:
        event = QWheelEvent(
            QPointF(at), QPointF(part.mapToGlobal(at)), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(part, event)

    def _place(self, part: QWidget) -> QPoint:
        x, y = (int(self._random.integers(max(1, size))) for size in part.size().toTuple())
        return QPoint(x, y)

    def _one(self, among: Any) -> Any:
        return among[int(self._random.integers(len(among)))]

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _close_boxes(self) -> None:
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            popup = QApplication.activePopupWidget()
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                top.close()

    def _open_name(self, *arguments: Any, **_more: Any) -> tuple[str, str]:
        wants_picture = any("mage" in str(one) for one in arguments)
        return (str(self._picture) if wants_picture else "", "")

    def _save_name(self, *arguments: Any, **_more: Any) -> tuple[str, str]:
        for word, name in (("xport", "out.npz"), ("icture", "window.png"), ("run", "soak.fcae")):
            if any(word in str(one) for one in arguments[1:2]):
                return (str(self._folder / name), "")
        return ("", "")

    def _on_ended(self, end: Any) -> None:
        if end.reason == "failed":
            self.errors.append(f"the run failed: {end.message} {end.details}")
