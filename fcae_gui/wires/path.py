"""Paths: the panel, the tool and the line on the map, the keys, and the part of the session behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot

from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.path import PathPanel
from fcae_gui.session.path import FRAMES, Path, PathFrames, Way
from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.path_layer import PathLayer, PathTool


class PathWires(QObject):
    """Connects the path of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.path = Path(window.session, self)
        self.panel = PathPanel(FRAMES)
        self.layer = PathLayer()
        self._cloud = window.latent.cloud
        self.tool = PathTool(self._cloud.box, self)
        self._cloud.add_layer(self.layer)
        self._dock = window.add_tool("path", "Path", self.panel)
        self._seen = False  # whether the panel is on screen
        self._act = window.actions_by_id
        self._connect_actions()
        path, panel = self.path, self.panel
        path.way_changed.connect(self._on_way)
        path.frames_changed.connect(self._on_frames)
        path.moved.connect(panel.set_at)
        path.now_changed.connect(panel.set_now)
        path.playing_changed.connect(self._on_playing)
        panel.classes_chosen.connect(self._on_classes)
        panel.along_chosen.connect(path.set_along)
        panel.play_requested.connect(path.set_playing)
        panel.loop_chosen.connect(self._act["path_loop"].setChecked)
        panel.clear_requested.connect(path.clear)
        panel.scrubbed.connect(self._on_scrubbed)
        # A panel behind another tab still counts as visible: only the dock tells.
        self._dock.visibilityChanged.connect(self._on_seen)
        panel.draw_requested.connect(self._on_draw_requested)
        self.tool.finished.connect(self._on_drawn)
        self.tool.draft_changed.connect(self._on_draft)
        window.latent.point_moved.connect(path.release)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.view.plane_changed.connect(self._on_plane)

    def _connect_actions(self) -> None:
        act = self._act
        act["tool_path"].toggled.connect(self._on_tool)
        act["path_play"].triggered.connect(self._on_play)
        act["path_loop"].toggled.connect(self._on_loop)
        act["path_along"].triggered.connect(self.path.set_along)
        act["path_clear"].triggered.connect(self.path.clear)

    # --- a hand ---------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_tool(self, on: bool) -> None:
        self.panel.set_drawing(on)
        if on:
            self._cloud.set_tool(self.tool)
            self._cloud.setFocus()
            return
        self.tool.cancel()
        if self._cloud.tool() is self.tool:
            self._cloud.set_tool(None)

    @Slot(bool)
    def _on_draw_requested(self, on: bool) -> None:
        self._act["tool_path" if on else "tool_cursor"].setChecked(True)

    @Slot(object)
    def _on_drawn(self, places: np.ndarray) -> None:
        self._act["tool_cursor"].setChecked(True)
        self._show_panel()
        self.path.draw(places)

    @Slot(object)
    def _on_draft(self, draft: list[tuple[float, float]]) -> None:
        self.layer.set_draft(draft)
        self._cloud.update()

    @Slot(int, int, bool)
    def _on_classes(self, first: int, second: int, typical: bool) -> None:
        self.path.connect_classes(first, second, typical=typical)

    @Slot()
    def _on_play(self) -> None:
        self._show_panel()
        self.path.set_playing(not self.path.playing)

    @Slot(bool)
    def _on_loop(self, loop: bool) -> None:
        self.panel.set_loop(loop)
        self.path.set_loop(loop)

    @Slot(float)
    def _on_scrubbed(self, at: float) -> None:
        self.path.set_playing(False)
        self.path.move_to(at)

    def _show_panel(self) -> None:
        """Something happens that can only be seen there."""
        self._dock.show()
        self._dock.raise_()

    # --- what the session tells -----------------------------------------------------------------------

    @Slot(bool)
    def _on_seen(self, seen: bool) -> None:
        self._seen = seen
        self.path.set_watched(seen)
        self._show_on_map()

    @Slot(object)
    def _on_way(self, way: Way | None) -> None:
        along = self.path.along
        self._act["path_along"].setChecked(along)
        self.panel.set_way(way.text if way is not None else None, along=along, ready=self._ready())
        self._show_on_map()

    @Slot(object)
    def _on_frames(self, made: PathFrames) -> None:
        self.panel.set_way(made.way.text, along=made.way.along, ready=True)
        self.panel.set_frames(made.frames, made.blends)
        self._show_on_map()

    @Slot(bool)
    def _on_playing(self, playing: bool) -> None:
        self.panel.set_playing(playing)

    @Slot(object)
    def _on_plane(self, _plane: object) -> None:
        if self.path.frames is not None:
            self._show_on_map()

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_image_shape(dataset.image_shape)
        self.panel.set_columns(Columns(dataset.feature_names, dataset.feature_units, dataset.feature_ranges))
        self.panel.set_classes(dataset.class_names)

    def _ready(self) -> bool:
        return self.path.way is not None and self.path.frames is not None

    def _show_on_map(self) -> None:
        """The line belongs to the panel: it follows the network only while that is on screen."""
        drawn = self.path.on_map() if self._seen else None
        self.layer.set_path(*(drawn if drawn is not None else (None, None)))
        self._cloud.update()


def connect(window: Any) -> PathWires:
    """Build and connect."""
    return PathWires(window)
