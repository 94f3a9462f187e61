"""Points as pictures and the card of one sample: opened from the map, stepped through, closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.panels.card import CardPanel
from fcae_gui.session.card import Card, CardNeighbours, CardOutput, CardSample, Neighbour
from fcae_gui.session.watching import Shown
from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.pick_tool import PickTool
from fcae_gui.widgets.picture_row import Picture
from fcae_gui.widgets.thumbnail_layer import ThumbnailLayer


class CardWires(QObject):
    """Connects the card and the pictures on the map of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._latent, self._cloud = window.latent, window.latent.cloud
        self.card = Card(self._session, self)
        self.panel = CardPanel()
        self.dock = window.add_tool("card", "Card", self.panel)
        self.thumbnails = ThumbnailLayer(self._cloud.points_drawn)
        self._cloud.add_layer(self.thumbnails, lowest=True)
        self._cloud.set_picker(self.thumbnails.pick, self.thumbnails.covers)
        self.tool = PickTool(self._cloud.sample_at, self)
        self._brought_up = False  # the dock was hidden before the card was opened
        self._connect()

    def _connect(self) -> None:
        act, card, panel = self._window.actions_by_id, self.card, self.panel
        self._session.view.shown_changed.connect(self._on_shown)
        self._session.numbers_changed.connect(panel.refresh_numbers)
        self._latent.sample_hovered.connect(self._on_hovered)
        self._cloud.sample_chosen.connect(self._open)
        self._cloud.escaped.connect(card.close)
        self.tool.chosen.connect(self._open)
        self.tool.step_requested.connect(self._step)
        self._window.selection.changed.connect(self._on_selection)
        self.dock.visibilityChanged.connect(card.set_visible)
        card.opened.connect(self._on_opened)
        card.closed.connect(self._on_closed)
        card.output_changed.connect(self._on_output)
        card.neighbours_changed.connect(self._on_neighbours)
        card.hovered_output_changed.connect(self._on_hovered_output)
        panel.step_requested.connect(self._step)
        panel.sample_chosen.connect(card.open)
        panel.close_requested.connect(card.close)
        act["tool_card"].toggled.connect(self._on_tool)
        act["card_open"].triggered.connect(self._on_open)
        act["card_next"].triggered.connect(self._on_next)
        act["card_previous"].triggered.connect(self._on_previous)
        act["card_thumbnails"].setChecked(True)
        act["card_thumbnails"].toggled.connect(self._on_thumbnails)

    # --- what a person wants ------------------------------------------------------------------------------

    @Slot(int)
    def _open(self, row: int) -> None:
        self._brought_up = self._brought_up or self.dock.isHidden()
        self.dock.show()
        self.dock.raise_()
        self.card.open(row)

    @Slot()
    def _on_open(self) -> None:
        row = self._cloud.sample_at_cursor()
        if row >= 0:
            self._open(row)

    @Slot(int)
    def _step(self, by: int) -> None:
        if self.card.row < 0:
            self._on_open()
            return
        self._open(self.card.row)
        self.card.step(by)

    @Slot()
    def _on_next(self) -> None:
        self._step(1)

    @Slot()
    def _on_previous(self) -> None:
        self._step(-1)

    @Slot(bool)
    def _on_tool(self, on: bool) -> None:
        if on:
            self._cloud.set_tool(self.tool)

    @Slot(bool)
    def _on_thumbnails(self, on: bool) -> None:
        self.thumbnails.set_on(on)
        self._cloud.update()

    # --- what the session and the map tell ----------------------------------------------------------------

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        shape = dataset.image_shape if dataset is not None else None
        self.panel.set_image_shape(shape)
        if dataset is not None:
            self.panel.set_columns(
                Columns(dataset.feature_names, dataset.feature_units, dataset.feature_ranges)
            )
        self.thumbnails.set_samples(shown.map_features, shape, shown.map_labels)
        if self.card.row >= 0:
            self.card.open(self.card.row)
        self._cloud.update()

    @Slot()
    def _on_selection(self) -> None:
        self.thumbnails.set_selected(self._window.selection.mask)
        self._cloud.update()

    @Slot(int)
    def _on_hovered(self, row: int) -> None:
        self.thumbnails.set_hovered(row)
        self.card.hover(row)

    @Slot(object)
    def _on_hovered_output(self, output: CardOutput | None) -> None:
        if output is None:
            self._latent.set_hovered_output(None)
        else:
            self._latent.set_hovered_output(output.pixels, output.sse)

    @Slot(object)
    def _on_opened(self, sample: CardSample) -> None:
        self.panel.show_sample(sample.label, sample.text, sample.pixels)

    @Slot()
    def _on_closed(self) -> None:
        self.panel.clear()
        if self._brought_up:
            self._brought_up = False
            self.dock.hide()
        self._cloud.setFocus()

    @Slot(object)
    def _on_output(self, output: CardOutput) -> None:
        self.panel.show_output(output.pixels, output.code, output.sse)

    @Slot(object)
    def _on_neighbours(self, found: CardNeighbours) -> None:
        self.panel.by_pixels.set_heading("nearest in pixel space")
        self.panel.by_code.set_heading("nearest in latent space")
        self.panel.show_neighbours(_pictures(found.by_pixels), _pictures(found.by_code))


def _pictures(found: Sequence[Neighbour]) -> list[Picture]:
    return [
        Picture(
            values=one.pixels, text=one.label or f"{one.distance:.2f}", marked=one.shared, number=one.row,
            tip=f"distance {one.distance:.3g}" + (", near in both spaces" if one.shared else ""),
        )
        for one in found
    ]  # fmt: skip


def connect(window: Any) -> CardWires:
    """Build and connect."""
    return CardWires(window)
