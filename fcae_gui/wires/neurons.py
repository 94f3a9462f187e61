"""The drawing of the neurons connected to its part of the session, and its slow motion to the keys."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.panels.neurons import NeuronsPanel
from fcae_gui.session.neuron_words import Names
from fcae_gui.session.neurons import Neurons, Seen
from fcae_gui.session.watching import Shown, sample_name
from fcae_gui.widgets.neuron_drawing import Highlight
from fcae_gui.wires.kept_fresh import KeptFresh

STATUS_MS = 6000


class NeuronsWires(QObject):
    """Holds both and translates between their words."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.panel = panel = NeuronsPanel()
        self.tool = tool = Neurons(window.session, self)
        self.dock = window.add_tool("neurons", "Neurons", panel, workspace="learn", beside="latent")
        self._stage_shown = ""
        self.fresh = KeptFresh(self.dock, self._look)
        self._shown: Shown | None = None
        slow = tool.slow

        self.dock.visibilityChanged.connect(self._on_visible)
        panel.sample_step_requested.connect(tool.step)
        panel.slow_requested.connect(slow.start)
        panel.next_requested.connect(slow.next)
        panel.back_requested.connect(slow.back)
        panel.rhythm_requested.connect(slow.play)
        panel.run_on_requested.connect(slow.run_on)
        panel.end_requested.connect(slow.end)
        panel.pointed.connect(tool.point)
        tool.network_changed.connect(self._on_network)
        tool.seen_changed.connect(self._on_seen)
        tool.sample_changed.connect(panel.set_sample)
        tool.text_changed.connect(panel.set_reading)
        tool.stage_changed.connect(self._on_stage)
        slow.phase_changed.connect(panel.set_slow)
        slow.rhythm_changed.connect(panel.set_rhythm)
        slow.ended.connect(self._on_ended)
        window.latent.sample_hovered.connect(self._on_hovered)
        window.latent.point_moved.connect(self._on_moved)
        window.session.view.shown_changed.connect(self._on_shown)
        window.reconstructions.grid.hovered.connect(self._on_grid_hovered)
        act = window.actions_by_id
        act["neurons_show"].triggered.connect(self._on_show)
        act["neurons_slow"].triggered.connect(self._on_slow)

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible and not self.tool.chosen_by_hand:
            self.tool.choose_at_cursor()
        self.tool.set_visible(visible)

    def _look(self) -> None:
        """Once, when nobody sees it and slow motion cannot be on."""
        if not self.fresh.visible:
            self.tool.set_visible(True)
            self.tool.set_visible(False)

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("neurons")
        self.panel.drawing.setFocus()

    @Slot()
    def _on_slow(self) -> None:
        """Begin, or the next stage."""
        self._on_show()
        self.tool.slow.next()

    @Slot(int)
    def _on_hovered(self, row: int) -> None:
        if row >= 0 and not self.tool.slow.on:
            self.tool.choose(row)

    @Slot(float, float)
    def _on_moved(self, _x: float, _y: float) -> None:
        if self.fresh.visible:
            self.tool.choose_at_cursor()

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._shown = shown

    @Slot(int)
    def _on_grid_hovered(self, index: int) -> None:
        """A sample of the reconstructions under the mouse goes through the network."""
        shown = self._shown
        if shown is None or not 0 <= index < len(shown.grid_images) or self.tool.slow.on:
            return
        if self.fresh.visible:
            text = sample_name(shown.watch.grid_split, int(shown.watch.grid_rows[index]))
            label = shown.grid_labels[index]
            self.tool.show_sample(
                shown.grid_images[index], f"{label}  \N{MIDDLE DOT}  {text}" if label else text
            )

    @Slot(object)
    def _on_network(self, names: Names) -> None:
        dataset = self._window.session.dataset
        shape = dataset.image_shape if dataset is not None and names.image_width else None
        self.panel.set_network(names.network.sizes, names.captions(), names.inputs, shape)

    @Slot(object)
    def _on_seen(self, seen: Seen) -> None:
        self.tool.picture_seconds = self.panel.drawing.lines_seconds
        stage = self.tool.slow.stage
        key = "" if stage is None else f"{stage.kind} {stage.layer}"
        fresh, self._stage_shown = key != self._stage_shown, key
        highlight = (
            None if seen.columns is None else Highlight(columns=seen.columns, gaps=seen.gaps, flow=seen.flow)
        )
        self.panel.show_weights(
            seen.links, seen.rings, seen.values, seen.palettes,
            palette=seen.palette, word=seen.word, fresh=fresh, highlight=highlight,
        )  # fmt: skip

    @Slot(str, str)
    def _on_stage(self, title: str, text: str) -> None:
        trace = self.tool.slow.trace
        if trace is None:
            return
        n = len(trace.rows)
        of = "one sample, the whole batch" if n == 1 else f"this sample; gradients: the batch of {n:,}"
        self.panel.set_stage(title, text, f"Step {trace.step + 1:,}. Activations: {of}.")

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        if why:
            self._window.statusBar().showMessage(why, STATUS_MS)


def connect(window: Any) -> NeuronsWires:
    """Build and connect."""
    return NeuronsWires(window)
