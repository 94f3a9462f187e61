"""Selecting and colouring: tools in hand, the shared selection, the gallery, and the colours of the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QFileDialog

from fcae_gui.analysis.polygon import SortedPoints
from fcae_gui.engine.events import Started
from fcae_gui.panels.gallery import GalleryPanel
from fcae_gui.session import export
from fcae_gui.session.background import Background
from fcae_gui.session.colouring import BY_CLASS, Colouring, Colours
from fcae_gui.session.gallery import Gallery
from fcae_gui.session.quantities import Quantities
from fcae_gui.session.selection import Selection
from fcae_gui.session.watching import Shown, label_name
from fcae_gui.widgets import row_drag
from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.select_tools import LassoTool, OutlineTool, RectangleTool

FILTER = "Arrays of numpy (*.npz);;Table, one line per sample (*.csv)"
STATUS_MS = 5000
JOIN_S = 30.0  # a file on its way is not cut short


class SelectionWires(QObject):
    """Connects the selection of one window. `window.selection` is what every tool shares."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self._map = window.latent.cloud
        self._points: SortedPoints | None = None
        self._labels: np.ndarray | None = None
        self._clustered = False  # the map's labels are clusters for now
        self.selection = window.selection = Selection(window.session.history, self)
        self.quantities = Quantities(self)
        self.colouring = window.colouring = Colouring(self.quantities, self)
        self.gallery = Gallery(self.selection, self.quantities, self)
        self.panel = GalleryPanel()
        self._dock = window.add_tool("gallery", "Gallery", self.panel)
        self._files = Background()
        self.lasso = LassoTool(self._map.box, self._count, self)
        self.rectangle = RectangleTool(self._map.box, self._count, self)
        self._connect_tools()
        self._connect_session()
        self._connect_panel()

    # --- connections --------------------------------------------------------------------------------------

    def _connect_tools(self) -> None:
        act, latent = self._window.actions_by_id, self._window.latent
        group = self._window.findChild(QActionGroup, "map_tool")
        latent.set_tools(group.actions())
        act["tool_cursor"].toggled.connect(self._on_cursor)
        act["tool_cursor"].setChecked(True)
        act["tool_lasso"].toggled.connect(self._on_lasso)
        act["tool_rectangle"].toggled.connect(self._on_rectangle)
        for tool in (self.lasso, self.rectangle):
            self._map.add_layer(tool)
            tool.begun.connect(self._on_begun)
            tool.drawn.connect(self._on_drawn)
        act["selection_clear"].triggered.connect(self.selection.clear)
        act["selection_invert"].triggered.connect(self.selection.invert)
        act["selection_worst"].triggered.connect(self._on_worst)
        act["selection_export"].triggered.connect(self._on_export)

    def _connect_session(self) -> None:
        session, view = self._session, self._session.view
        view.shown_changed.connect(self._on_shown)
        view.map_changed.connect(self._on_map)
        session.generation_started.connect(self._on_generation)
        session.frame_passed.connect(self._on_frame)
        session.close_with(self._close)
        self.selection.changed.connect(self._on_selection)
        self.colouring.changed.connect(self._on_colours)
        self.colouring.choices_changed.connect(self._window.latent.set_colourings)
        self.colouring.choices_changed.connect(self._on_colouring)
        self._window.latent.colouring_chosen.connect(self.colouring.choose)

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.set_caption(self._caption)
        panel.set_sort(self.gallery.sort)
        self._dock.visibilityChanged.connect(self._on_visible)
        self.gallery.rows_changed.connect(self._on_rows)
        self.gallery.sort_changed.connect(panel.set_sort)
        self.quantities.changed.connect(self._on_quantity)
        self.quantities.choices_changed.connect(self._on_choices)
        panel.sort_chosen.connect(self.gallery.set_sort)
        panel.worst_requested.connect(self.gallery.select_worst)
        panel.class_requested.connect(self.gallery.select_class)
        panel.range_requested.connect(self.gallery.select_range)
        panel.quantity_chosen.connect(self._on_form)
        panel.clear_requested.connect(self.selection.clear)
        panel.invert_requested.connect(self.selection.invert)
        panel.export_requested.connect(self._on_export)
        panel.sample_hovered.connect(self._map.mark)
        panel.sample_chosen.connect(self._on_chosen)
        panel.grid.drag_started.connect(self._on_drag)
        self._on_selection()

    # --- tools --------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_cursor(self, on: bool) -> None:
        if on:
            self._map.set_tool(None)
        # With the cursor in hand Esc belongs to whatever has the focus.
        self._window.actions_by_id["tool_cursor"].setShortcuts([] if on else [QKeySequence("Esc")])
        self._show_bar()

    @Slot(bool)
    def _on_lasso(self, on: bool) -> None:
        self._take(self.lasso, on)

    @Slot(bool)
    def _on_rectangle(self, on: bool) -> None:
        self._take(self.rectangle, on)

    def _take(self, tool: OutlineTool, on: bool) -> None:
        if on:
            self._map.set_tool(tool)
        else:
            tool.cancel()
            self._map.update()

    def _sorted_points(self) -> tuple[SortedPoints, np.ndarray]:
        """The points as they are drawn now, and which row of the map each of them is."""
        x, y, rows, among = self._map.points_drawn()
        if among is not None:
            x, y, rows = x[among], y[among], rows[among]
        return SortedPoints(x, y), rows

    @Slot()
    def _on_begun(self) -> None:
        self._points = self._sorted_points()[0]

    def _count(self, outline: np.ndarray) -> int:
        return int(np.count_nonzero(self._points.inside(outline))) if self._points is not None else -1

    @Slot(object, str)
    def _on_drawn(self, outline: np.ndarray, mode: str) -> None:
        self._points = None
        points, rows = self._sorted_points()  # they may have glided on since the first corner
        mask = np.zeros(self.selection.map_size, bool)
        found = rows[points.inside(outline)]
        mask[found[found < len(mask)]] = True
        if mask.any():
            self.selection.choose(mask, mode, "selection")  # type: ignore[arg-type]
        elif mode == "replace":
            self.selection.clear()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        if dataset is None:
            return
        self._labels = shown.map_labels
        self.gallery.set_labels(shown.map_labels)
        self.panel.set_samples(shown.map_features, dataset.image_shape)
        self.panel.set_classes(dataset.class_names if shown.map_labels is not None else ())
        self.colouring.set_size(len(shown.map_features))
        self.quantities.set_shown(shown, dataset)
        self.selection.set_shown(shown, dataset)

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        self.quantities.start_generation(started.config.network.code_size)
        self.panel.refresh()

    @Slot(object, bool)
    def _on_map(self, places: np.ndarray, _glide: bool) -> None:
        if len(places) == self.selection.map_size:
            self.quantities.set_map(places, self._session.view.codes)

    @Slot()
    def _on_frame(self) -> None:
        self._files.poll()
        self.quantities.poll(self._session.view.weights, running=self._session.state == "running")

    @Slot(object)
    def _on_colours(self, colours: Colours) -> None:
        latent = self._window.latent
        if colours.quantity is not None and colours.quantity.key == "cluster" and colours.values is not None:
            self._show_clusters(colours.values)
            return
        if self._clustered:
            self._clustered = False
            latent.set_labels(self._labels, self._class_names())
        latent.set_coloured(colours.by_class)
        if colours.quantity is None:
            latent.set_values(None)
            return
        latent.set_classes_shown(None)  # the legend that hides classes makes way for the scale
        latent.set_value_range(colours.low, colours.high)
        latent.set_values(colours.values, colours.quantity.title, colours.quantity.unit)

    def _show_clusters(self, numbers: np.ndarray) -> None:
        """Clusters are classes for the eye: distinct colours, names at their centres, a legend that hides."""
        if not np.issubdtype(numbers.dtype, np.integer) or len(numbers) != self.selection.map_size:
            return
        latent = self._window.latent
        latent.set_values(None)
        latent.set_coloured(True)
        self._clustered = True
        count = int(numbers.max(initial=-1)) + 1
        names, short = ([f"{word}{i + 1}" for i in range(count)] for word in ("cluster ", "c"))
        rest = count if (numbers < 0).any() else -1
        if rest >= 0:
            numbers = np.where(numbers < 0, rest, numbers)
            names, short = [*names, "noise"], [*short, "noise"]
        latent.set_labels(numbers, names, short, rest)

    def _class_names(self) -> tuple[str, ...]:
        dataset = self._session.dataset
        return dataset.class_names if dataset is not None and self._labels is not None else ()

    @Slot(object, str)
    def _on_colouring(self, _choices: object, _key: str) -> None:
        self._show_bar()

    def _show_bar(self) -> None:
        """The bar is there while tools are, or something is in hand that is put back there."""
        resting = self._window.actions_by_id["tool_cursor"].isChecked() and self.colouring.key == BY_CLASS
        self._window.latent.bar.setVisible(not resting or not self._dock.isHidden())

    # --- the gallery --------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        self.gallery.set_shown(visible)
        self._on_form(self.panel.quantity())
        self._show_bar()

    @Slot()
    def _on_selection(self) -> None:
        selection = self.selection
        self._window.latent.set_chosen(selection.mask)
        whole = f"{selection.map_size:,}"
        text = f"{selection.count:,} of {whole} selected" if selection.mask is not None else f"all {whole}"
        self.panel.set_summary(text if selection.map_size else "", selected=selection.mask is not None)
        act = self._window.actions_by_id
        act["selection_clear"].setEnabled(selection.mask is not None)
        act["selection_export"].setEnabled(selection.mask is not None)

    @Slot(object)
    def _on_rows(self, rows: np.ndarray) -> None:
        self.panel.set_rows(rows)

    @Slot(str)
    def _on_quantity(self, key: str) -> None:
        if key == "error":
            self.panel.refresh()
            if not self.panel.grid.viewport().underMouse():  # pictures do not run away from a hand
                self.gallery.refresh()
        if key == self.panel.quantity():
            self._show_range(key)

    @Slot(object)
    def _on_choices(self, _choices: object) -> None:
        self.panel.set_quantities([(one.key, one.name) for one in self.quantities.choices])

    @Slot(str)
    def _on_form(self, key: str) -> None:
        self.quantities.want("form", key if not self._dock.isHidden() else "")
        if key:
            self._show_range(key)

    def _show_range(self, key: str) -> None:
        values = self.quantities.values(key)
        finite = values[np.isfinite(values)] if values is not None else np.empty(0)
        if len(finite):
            self.panel.set_range(float(finite.min()), float(finite.max()))

    def _caption(self, row: int) -> str:
        errors, dataset = self.quantities.row_errors.errors, self._session.dataset
        names = dataset.class_names if dataset is not None else ()
        there = self._labels is not None and row < len(self._labels)
        parts = [three_digits(float(errors[row]))] if errors is not None and row < len(errors) else []
        if there and self._labels is not None:
            parts.append(label_name(int(self._labels[row]), names))
        return " · ".join(parts)

    @Slot(int)
    def _on_chosen(self, row: int) -> None:
        codes = self._session.view.codes
        if codes is not None and row < len(codes):
            self._session.view.move_to_code(codes[row])
            self._map.mark(row)

    @Slot(int)
    def _on_drag(self, row: int) -> None:
        dataset, numbers = self._session.dataset, self.selection.numbers
        if dataset is None or row >= len(numbers):
            return
        number, n_train = int(numbers[row]), len(dataset.train)
        split, at = ("test", number - n_train) if number >= n_train else ("train", number)
        row_drag.start(self.panel.grid, split, at, self.panel.grid.picture(row))

    @Slot()
    def _on_worst(self) -> None:
        self._dock.show()
        self._dock.raise_()
        self.gallery.select_worst()

    # --- files --------------------------------------------------------------------------------------------

    @Slot()
    def _on_export(self) -> None:
        rows, dataset = self.selection.rows, self._session.dataset
        if dataset is None or not len(rows):
            return
        name, kind = QFileDialog.getSaveFileName(self._window, "Export selection", "selection.npz", FILTER)
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".csv" if "csv" in kind else ".npz")
        codes, errors = self._session.view.codes, self.quantities.row_errors.errors
        fits = self.selection.map_size
        chosen = export.Chosen(
            dataset=dataset,
            numbers=self.selection.numbers[rows],
            codes=codes[rows] if codes is not None and len(codes) == fits else None,
            errors=errors[rows] if errors is not None and len(errors) == fits else None,
        )
        count = len(rows)

        def told(_nothing: object) -> None:
            self._window.statusBar().showMessage(f"Exported {count:,} samples to {path.name}", STATUS_MS)

        def failed(error: Exception, _details: str) -> None:
            reason = getattr(error, "strerror", None) or str(error)
            self._window.notices.show_notice(f"{path.name} could not be written: {reason}.", "error")

        self._files.submit("export", lambda: export.write(path, chosen), told, failed)

    def _close(self) -> bool:
        written = self._files.join(JOIN_S)
        return self.quantities.close() and written


def connect(window: Any) -> SelectionWires:
    """Build and connect."""
    return SelectionWires(window)
