"""Where the docks stand: the workspaces Learn, Explore and Use, and a person's own layout."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

LAYOUT_VERSION = 2  # grows when docks are renamed: an older saved layout is then not restored
TABS_TIP = "Tools that share one place: choose the one to bring to the front."
LEARN = ("network", "latent", "decoded", "reconstructions", "loss")
Workspace = Literal["learn", "explore", "use"]
WORKSPACES: tuple[Workspace, ...] = ("learn", "explore", "use")
Place = Literal["", "network", "latent", "decoded", "reconstructions", "loss"]


class Workspaces:
    """Owns the docks of a window, by name."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.docks: dict[str, QDockWidget] = {}
        self._tools: dict[str, tuple[Workspace, Place]] = {}  # by dock, in the order of their tabs
        self.shown: Workspace = "learn"
        # Tabs above, as everywhere else: Qt's own place for those of docks is below.
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)

    def add(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """A dock for a panel; it stands nowhere before a workspace is shown."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.docks[name] = dock
        return dock

    def refresh_titles(self) -> None:
        """Titles in the size of the text, after a change of theme.

        Qt keeps the title's font of the start for a dock whose font is the application's: it has to differ.
        """
        font = QFont(QApplication.font())
        font.setWordSpacing(0.1)  # pixels: nobody sees it
        for dock in self.docks.values():
            dock.setFont(font)

    def add_tool(
        self, name: str, title: str, panel: QWidget, workspace: Workspace = "explore", beside: Place = ""
    ) -> QDockWidget:
        """A dock that is a tab of a workspace, and hidden in the others until it is asked for.

        beside: in Learn, the panel whose place it shares; Explore and Use stack all of theirs.
        """
        dock = self.add(name, title, panel)
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        self._tools[name] = (workspace, beside)
        return dock

    def show(self, name: Workspace) -> None:
        """Learn has all five panels; in Explore the map is as large as it gets; in Use tools have half."""
        self.shown = name
        if name == "learn":
            self._show_learn()
        elif name == "explore":
            self._show_explore()
        else:
            self._show_use()
        for bar in self._window.findChildren(QTabBar):  # made by Qt when docks share a place
            bar.setAccessibleName("Tools")
            bar.setToolTip(TABS_TIP)

    def show_tool(self, name: str) -> None:
        """Bring a dock to the front, in the present workspace if it stands there and else in its own."""
        dock = self.docks[name]
        if not dock.isVisible() and self.home(name) != self.shown:
            self.show(self.home(name))
        dock.show()
        dock.raise_()

    def home(self, name: str) -> Workspace:
        """The workspace that a dock belongs to."""
        return self._tools[name][0] if name in self._tools else "learn"

    def restore(self, state: QByteArray) -> bool:
        """Put the docks where a saved state of the shown workspace says; False when it is none of ours."""
        nowhere = Qt.DockWidgetArea.NoDockWidgetArea
        away = [dock for dock in self.docks.values() if self._window.dockWidgetArea(dock) == nowhere]
        for dock in away:  # Qt would give a place to every child that the state does not name
            dock.setParent(None)
        done = self._window.restoreState(state, LAYOUT_VERSION)
        for dock in away:
            dock.setParent(self._window)
            dock.hide()
        return done

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
        for name, (workspace, beside) in self._tools.items():
            # Tools of other workspaces can be asked for: they are then a tab beside the network.
            host = beside if workspace == "learn" and beside else "network"
            self._window.tabifyDockWidget(docks[host], docks[name])
            docks[name].setVisible(workspace == "learn")
        for name in LEARN:
            docks[name].raise_()
        self._share(Qt.Orientation.Horizontal, {"network": 0.25, "latent": 0.43, "decoded": 0.32})
        self._share(Qt.Orientation.Vertical, {"decoded": 0.33, "reconstructions": 0.32, "loss": 0.35})

    def _show_explore(self) -> None:
        docks = self._taken_out()
        self._place_row(("latent", "decoded"))
        docks["latent"].show()
        docks["decoded"].show()
        tools = self._stack("explore")
        if tools:
            self._window.splitDockWidget(docks["decoded"], docks[tools[0]], Qt.Orientation.Vertical)
            self._pile(tools)
            self._share(Qt.Orientation.Vertical, {"decoded": 0.36, tools[0]: 0.64})
        self._share(Qt.Orientation.Horizontal, {"latent": 0.64, "decoded": 0.36})

    def _show_use(self) -> None:
        docks = self._taken_out()
        tools = self._stack("use")
        self._place_row(("latent", *tools[:1]))
        docks["latent"].show()
        self._pile(tools)
        if tools:
            self._share(Qt.Orientation.Horizontal, {"latent": 0.42, tools[0]: 0.58})

    def _stack(self, workspace: Workspace) -> list[str]:
        return [name for name, (home, _) in self._tools.items() if home == workspace]

    def _pile(self, names: list[str]) -> None:
        """Tabs of one stack, the first in front."""
        for one, other in pairwise(names):
            self._window.tabifyDockWidget(self.docks[one], self.docks[other])
        for name in names:
            self.docks[name].show()
        if names:
            self.docks[names[0]].raise_()

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
