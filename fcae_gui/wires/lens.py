"""The loss lens and the look of the slide: one sample pixel by pixel, outputs outside [0, 1], black ink."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.lens import Reading
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.constraints import settle
from fcae_gui.panels.lens import LensPanel, LensValues
from fcae_gui.session.lens import Lens, LensSample
from fcae_gui.session.watching import Shown

SLIDE_COLUMNS = 15
UNLEARNT = "These weights were learnt for the other output: let them learn on."
NOTE_STEPS = 100  # of training after which a note about an edit is old


class LensWires(QObject):
    """Connects the lens of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self._grid = window.reconstructions
        self._config: RunConfig | None = None
        self._visible = False
        self._note_step = -1  # when the note that is shown was made, -1 without one
        self.lens = Lens(self)
        self.panel = LensPanel()
        self.dock = window.add_tool("lens", "Loss lens", self.panel, workspace="learn", beside="latent")
        self._connect_session()
        self._connect_panel()
        self._set_binary(window.settings.binary)

    def _connect_session(self) -> None:
        session, window, act = self._session, self._window, self._window.actions_by_id
        session.dataset_changed.connect(self._on_dataset)
        session.config_changed.connect(self._on_config)
        session.generation_started.connect(self._on_generation)
        session.view.shown_changed.connect(self._on_shown)
        session.frame_passed.connect(self._on_frame)
        session.numbers_changed.connect(self._on_numbers)
        session.refused.connect(self._on_refused)
        session.close_with(self.lens.close)
        window.latent.sample_hovered.connect(self.lens.hover)
        window.latent.cloud.sample_chosen.connect(self.lens.go)
        window.selection.changed.connect(self._on_selection)
        self._grid.binary_chosen.connect(self._set_binary)
        act["lens_show"].triggered.connect(self._on_show)
        act["lens_slide"].triggered.connect(self._on_slide)

    def _connect_panel(self) -> None:
        lens, panel = self.lens, self.panel
        self.dock.visibilityChanged.connect(self._on_visible)
        lens.sample_changed.connect(self._on_sample)
        lens.reading_changed.connect(self._on_reading)
        lens.classes_changed.connect(self._on_classes)
        panel.step_requested.connect(lens.step)
        panel.worst_requested.connect(lens.seek_worst)
        panel.among_chosen.connect(lens.set_among)
        panel.output_chosen.connect(self._on_output)
        panel.marks_toggled.connect(self._show_marks)

    # --- what a person wants ------------------------------------------------------------------------------

    @Slot()
    def _on_show(self) -> None:
        pointed_at = self._window.latent.cloud.hovered()
        if pointed_at >= 0:
            self.lens.go(pointed_at)
        self._window.show_tool("lens")
        self.panel.view.setFocus()

    @Slot()
    def _on_slide(self) -> None:
        """The look of the slide; the run stays as it is."""
        self._session.view.set_grid(columns=SLIDE_COLUMNS)
        self._grid.set_single_row(True)
        self._grid.set_reference_shown(False)
        self._grid.set_errors_shown(False)
        self._set_binary(True)
        self._window.show_tool("reconstructions")

    @Slot(bool)
    def _set_binary(self, binary: bool) -> None:
        self._grid.set_binary(binary)
        self._window.decoded.set_binary(binary)
        self.panel.view.set_binary(binary)
        if binary != self._window.settings.binary:
            self._window.settings.binary = binary

    @Slot(str)
    def _on_output(self, value: str) -> None:
        """The same edit as in the network panel, with what must move along."""
        config = self._config
        if config is None or value == config.network.output_activation:
            return
        settled = settle(config, {"output_activation": value}, {})
        self.panel.set_note(f"{settled.note} {UNLEARNT}".strip())
        self._note_step = self._session.step
        self._session.edit(settled.network, settled.training)

    @Slot()
    def _show_marks(self) -> None:
        """Marks stand in the reconstructions as long as the lens that explains them is seen."""
        self._grid.set_outside_marked(self._visible and self.panel.marks)

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_shape(dataset.image_shape, dataset.feature_names)

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        self._config = config
        self.panel.set_trained(config.training.loss, config.network.output_activation)
        self._grid.set_compression(config.network.input_size, config.network.code_size)

    @Slot()
    def _on_refused(self) -> None:
        if self._config is not None:
            self._on_config(self._config)

    @Slot()
    def _on_generation(self) -> None:
        self.lens.start_generation()
        self.panel.set_note("")

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        if dataset is not None:
            self.lens.set_shown(shown, dataset)
            self.panel.set_among(self.lens.among)

    @Slot()
    def _on_selection(self) -> None:
        self.lens.set_selected(self._window.selection.mask)

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        self._visible = visible
        self.lens.set_visible(visible)
        self._show_marks()

    @Slot()
    def _on_frame(self) -> None:
        running = self._session.state == "running"
        before = self.panel.view.shown
        self.lens.poll(self._session.view.weights, running=running)
        if not running and self.panel.view.shown is not before:
            self.panel.refresh_numbers()  # at rest the numbers are those of the picture, at once

    @Slot()
    def _on_numbers(self) -> None:
        self._grid.refresh_numbers()
        if 0 <= self._note_step < self._session.step - NOTE_STEPS:
            self._note_step = -1
            self.panel.set_note("")
        if self._visible:
            self.panel.refresh_numbers()

    # --- what the lens tells ------------------------------------------------------------------------------

    @Slot(object)
    def _on_classes(self, classes: tuple[tuple[int, str], ...]) -> None:
        self.panel.set_classes(classes)

    @Slot(object)
    def _on_sample(self, sample: LensSample) -> None:
        self.panel.set_sample(sample.text)

    @Slot(object)
    def _on_reading(self, reading: Reading) -> None:
        self.panel.set_values(
            LensValues(
                x=reading.x, output=reading.output, logits=reading.logits, terms=reading.terms,
                sums=reading.sums, below=reading.below, above=reading.above, bounded=reading.bounded,
            )
        )  # fmt: skip


def connect(window: Any) -> LensWires:
    """Build and connect."""
    return LensWires(window)
