"""Where the docks stand: the Learn and Explore workspaces, and a person's own layout."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

LAYOUT_VERSION = 1  # grows when docks are renamed: an older saved layout is then not restored
LEARN = ("network", "latent", "decoded", "reconstructions", "loss")


class Workspaces:
    """Owns the docks of a window, by name."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.docks: dict[str, QDockWidget] = {}
        self._tools: list[str] = []  # docks of the Explore workspace, tabs of one stack

    def add(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """A dock for a panel; it stands nowhere before a workspace is shown."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.docks[name] = dock
        return dock

    def add_tool(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """A dock that is a tab of the Explore workspace, and hidden in Learn until asked for."""
        dock = self.add(name, title, panel)
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        self._tools.append(name)
        return dock

    def show(self, name: str) -> None:
        """ "learn": all five panels; "explore": the map as large as it gets, digit and tools beside it."""
        if name == "explore":
            self._show_explore()
        else:
            self._show_learn()
        for bar in self._window.findChildren(QTabBar):  # made by Qt when docks share a place
            bar.setAccessibleName("Tools")

    def restore(self, state: QByteArray) -> bool:
        """Put the docks where a saved state says; False when it is none of ours."""
        return self._window.restoreState(state, LAYOUT_VERSION)

    def saved(self) -> QByteArray:
        """The present state, for restore()."""
        return self._window.saveState(LAYOUT_VERSION)

    def _show_learn(self) -> None:
        docks = self._taken_out()
        self._place_row(("network", "latent", "decoded"))
        self._window.splitDockWidget(docks["decoded"], docks["reconstructions"], Qt.Orientation.Vertical)
        self._window.splitDockWidget(docks["reconstructions"], docks["loss"], Qt.Orientation.Vertical)
        for name in LEARN:
            docks[name].show()
        for name in self._tools:  # a tool that is asked for is a tab beside the network
            self._window.tabifyDockWidget(docks["network"], docks[name])
            docks[name].hide()
        self._share(Qt.Orientation.Horizontal, {"network": 0.25, "latent": 0.43, "decoded": 0.32})
        self._share(Qt.Orientation.Vertical, {"decoded": 0.33, "reconstructions": 0.32, "loss": 0.35})

    def _show_explore(self) -> None:
        docks = self._taken_out()
        self._place_row(("latent", "decoded"))
        docks["latent"].show()
        docks["decoded"].show()
        if self._tools:
            first = self._tools[0]
            self._window.splitDockWidget(docks["decoded"], docks[first], Qt.Orientation.Vertical)
            for one, other in pairwise(self._tools):
                self._window.tabifyDockWidget(docks[one], docks[other])
            for name in self._tools:
                docks[name].show()
            docks[first].raise_()
            self._share(Qt.Orientation.Vertical, {"decoded": 0.36, first: 0.64})
        self._share(Qt.Orientation.Horizontal, {"latent": 0.64, "decoded": 0.36})

    def _taken_out(self) -> dict[str, QDockWidget]:
        for dock in self.docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        return self.docks

    def _place_row(self, names: tuple[str, ...]) -> None:
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.docks[names[0]])
        for left, right in pairwise(names):
            self._window.splitDockWidget(self.docks[left], self.docks[right], Qt.Orientation.Horizontal)

    def _share(self, direction: Qt.Orientation, shares: dict[str, float]) -> None:
        window = self._window
        whole = window.width() if direction == Qt.Orientation.Horizontal else window.height()
        docks = [self.docks[name] for name in shares]
        window.resizeDocks(docks, [int(whole * share) for share in shares.values()], direction)
