"""Four linked maps of the same samples: computed in the background, selected and hovered together."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.polygon import inside
from fcae_gui.jobs.maps import DECODES, METHODS, NEEDS, TITLES
from fcae_gui.panels.maps import EMPTY, WAITING, MapKind, MapsPanel, Row
from fcae_gui.session.maps import SIZES, Found, Maps, State
from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.duration import duration
from fcae_gui.wires.kept_fresh import KeptFresh

TIPS = {
    "code": "What the encoder makes of each sample: the code itself, or its first two principal components",
    "pca": "The first two principal components: the best that a linear map can do",
    "tsne": "t-SNE moves points until neighbours are together; it knows these points only, and has no "
    "decoder",
    "umap": "UMAP draws a graph of neighbours in the plane; what lies between its points is not defined",
}
TOLD_EVERY = 10  # frames: ages and iterations change three times a second, faster cannot be read
TABLE = ("trustworthiness", "continuity", "purity")


class MapsWires(QObject):
    """Connects the maps of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.maps = Maps(window.session, self)
        kinds = [
            MapKind(name=name, title=TITLES[name], tip=TIPS[name], decodes=name in DECODES)
            for name in METHODS
        ]
        self.panel = MapsPanel(kinds)
        self.dock = window.add_tool("maps", "Maps", self.panel, workspace="use")
        self._frames = 0
        self._index = np.empty(0, np.int64)  # of the point for each row of the latent map, -1 for none
        self._connect()
        self.fresh = KeptFresh(self.dock, self._refresh)  # after our own slot: what is missing is known then

    def _connect(self) -> None:
        panel, maps, latent = self.panel, self.maps, self._window.latent
        panel.compute_requested.connect(self._on_compute)
        panel.cancel_requested.connect(self._on_cancel)
        panel.source_chosen.connect(maps.set_source)
        panel.size_chosen.connect(maps.set_size)
        panel.hovered.connect(self._on_hovered)
        panel.picked.connect(self._on_picked)
        panel.outlined.connect(self._on_outlined)
        maps.changed.connect(self._on_changed)
        maps.placed.connect(self._on_placed)
        maps.samples_changed.connect(self._on_samples)
        maps.failed.connect(self._on_failed)
        latent.sample_hovered.connect(self._on_map_hovered)
        latent.classes_shown_changed.connect(self._on_classes_shown)
        self._window.selection.changed.connect(self._on_selection)
        self._session.frame_passed.connect(self._on_frame)
        self.dock.visibilityChanged.connect(self._on_visible)
        self._window.actions_by_id["maps_show"].triggered.connect(self._on_show)
        self._window.actions_by_id["maps_compute"].triggered.connect(self._on_compute_action)

    # --- showing ------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible and not self.fresh.visible:
            self.maps.look_for_packages()

    @Slot()
    def _on_frame(self) -> None:
        if not self.fresh.visible:
            return
        self.panel.advance()
        self._frames += 1
        if self._frames % TOLD_EVERY == 0:
            for method in METHODS:
                self._show(method)
            self._show_busy()

    @Slot()
    def _on_samples(self) -> None:
        self.fresh.touch()

    @Slot(str)
    def _on_changed(self, method: str) -> None:
        if not self.fresh.visible:
            self.fresh.touch()
        elif method:
            self._show(method)
            self._show_table()
        else:
            self._show_all(glide=False)

    @Slot(str)
    def _on_placed(self, method: str) -> None:
        if self.fresh.visible:
            self.panel.set_places(method, self.maps.state(method).places)

    def _refresh(self) -> None:
        """Everything, after other samples or while nobody looked."""
        maps, data = self.maps, self._session.dataset
        self._index = np.full(maps.map_size, -1, np.int64)
        self._index[maps.rows] = np.arange(len(maps.rows))
        n = maps.map_size
        choices = [(f"{size:,}", size) for size in SIZES if size < n]
        if n <= SIZES[-1]:
            choices.append((f"all {n:,}", next((size for size in SIZES if size >= n), SIZES[-1])))
        self.panel.set_sizes(choices, min(maps.size, choices[-1][1]))
        if data is not None and n:
            self.panel.set_columns(Columns(data.feature_names, data.feature_units, data.feature_ranges))
            self.panel.set_samples(maps.features(), data.image_shape, maps.labels(), data.class_names)
        else:
            self.panel.set_samples(None, None, None, ())
        self._show_all(glide=False)
        self._show_chosen()
        self._on_classes_shown(self._window.latent.classes_shown())

    def _show_all(self, *, glide: bool) -> None:
        self.panel.set_source(self.maps.source, self._raw())
        for method in METHODS:
            self.panel.set_places(method, self.maps.state(method).places, glide=glide)
            self._show(method)
        self._show_table()

    def _show(self, method: str) -> None:
        """Head of one map."""
        state, pane = self.maps.state(method), self.panel.panes[method]
        pane.set_missing(f"UMAP needs the package {NEEDS.get(method, '')}:", state.missing)
        if state.missing:
            return
        busy = state.running or state.waiting
        if busy:
            button = "Cancel"
        elif state.found is None:
            button = "Compute"
        else:
            button = "Again"
        enabled = busy or self.maps.can_run
        pane.set_state(
            self._said(state), state.fraction, running=state.running, button=button, enabled=enabled
        )
        pane.set_message("" if state.places is not None else WAITING if busy else EMPTY)

    def _said(self, state: State) -> str:
        if state.waiting:
            return "waiting for its turn"
        if state.running:
            return state.text
        if state.found is None:
            return ""
        if state.late:
            return f"{state.late:,} steps old: compute again?"
        if state.found.edited:
            return "network changed: compute again?"
        if state.found.step >= 0:
            return f"code of step {state.found.step:,}"
        return str(state.found.values["by"]) if state.found.values["by"] != "NumPy" else ""

    def _show_busy(self) -> None:
        self.panel.set_busy(self.maps.busy, can_run=self.maps.can_run)

    def _show_table(self) -> None:
        self._show_busy()
        found = {m: f for m in METHODS if (f := self.maps.state(m).found) is not None}
        best: dict[str, str] = {}
        for name in TABLE:
            known = {m: f.values[name] for m, f in found.items() if f.values[name] is not None}
            if len(known) > 1:
                best[name] = max(known, key=lambda m: known[m])
        rows = {}
        for method, one in found.items():
            first = frozenset(at for at, name in enumerate(TABLE, 1) if best.get(name) == method)
            texts = tuple(_share(one.values[name]) for name in TABLE)
            rows[method] = Row(
                texts=(*texts, duration(one.values["seconds"])),  # type: ignore[arg-type]
                tip=self._told(method, one),
                best=first,
            )
        self.panel.set_rows(rows, self._note(list(found.values())))

    def _note(self, found: list[Found]) -> str:
        """What the figures are of."""
        if not found:
            return ""
        values = found[-1].values
        source = f"the {self._raw()}" if self.maps.source == "pixels" else "the code"
        text = f"Compared with {source}, {values['k']} neighbours"
        if values["n"] < values["of"]:
            text += f", on {values['n']:,} of {values['of']:,} points"
        if values["source_purity"] is not None:
            text += f"; purity in {source} {_share(values['source_purity'])}"
        return text + "."

    def _raw(self) -> str:
        """What the samples are made of."""
        data = self._session.dataset
        return "pixels" if data is None or data.image_shape is not None else "values"

    def _told(self, method: str, one: Found) -> str:
        text = f"{TITLES[method]} of {one.values['of']:,} points by {one.values['by']}"
        if method == "code":
            text += f", at step {one.step:,}: the time is for encoding, not for the training before"
        return text + "."

    # --- linked -------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_hovered(self, index: int) -> None:
        rows = self.maps.rows
        self._window.latent.cloud.mark(int(rows[index]) if 0 <= index < len(rows) else -1)

    @Slot(int)
    def _on_map_hovered(self, row: int) -> None:
        if self.fresh.visible:
            self.panel.mark(int(self._index[row]) if 0 <= row < len(self._index) else -1)

    @Slot(object)
    def _on_classes_shown(self, shown: frozenset[int]) -> None:
        """Hidden classes are hidden in every map, unless what the latent map shows are other classes."""
        data = self._session.dataset
        if data is not None and self._window.latent.cloud.class_names() == tuple(data.class_names):
            self.panel.set_classes_shown(shown)

    @Slot()
    def _on_selection(self) -> None:
        if self.fresh.visible:
            self._show_chosen()
        else:
            self.fresh.touch()

    def _show_chosen(self) -> None:
        mask = self._window.selection.mask
        fits = mask is not None and len(mask) == self.maps.map_size
        self.panel.set_chosen(mask[self.maps.rows] if fits else None)

    @Slot(int, str)
    def _on_picked(self, index: int, mode: str) -> None:
        if index >= 0:
            self._choose(np.array([index]), mode)
        elif mode == "replace":
            self._window.selection.clear()

    @Slot(str, object, str)
    def _on_outlined(self, method: str, outline: np.ndarray, mode: str) -> None:
        x, y, order, among = self.panel.panes[method].cloud.points_drawn()
        if among is not None:
            x, y, order = x[among], y[among], order[among]
        hit = order[inside(x, y, outline)]
        if len(hit):
            self._choose(hit, mode)
        elif mode == "replace":
            self._window.selection.clear()

    def _choose(self, points: np.ndarray, mode: str) -> None:
        selection, rows = self._window.selection, self.maps.rows
        if selection.map_size != self.maps.map_size or points.max() >= len(rows):
            return
        mask = np.zeros(selection.map_size, bool)
        mask[rows[points]] = True
        selection.choose(mask, mode, "select on the maps")

    # --- hands --------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_compute(self, method: str) -> None:
        self.maps.compute((method,) if method else METHODS, again=bool(method))

    @Slot(str)
    def _on_cancel(self, method: str) -> None:
        self.maps.cancel((method,) if method else METHODS)

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._window.notices.show_notice(text, "error", details=details)

    @Slot()
    def _on_compute_action(self) -> None:
        self._on_show()
        self.panel.compute.click()

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("maps")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def connect(window: Any) -> MapsWires:
    """Give the window its four maps."""
    return MapsWires(window)
