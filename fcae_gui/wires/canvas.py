"""The canvas: its panel, its mark on the map, its files and its undo, and the two parts of the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.canvas import DRAW, PULL, CanvasPanel
from fcae_gui.session.around import Around, Near
from fcae_gui.session.canvas import Canvas, Reading, taken_in
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.pull import Pull, Pulled
from fcae_gui.session.undo import Gesture
from fcae_gui.session.watching import Shown
from fcae_gui.widgets.drawn_mark import DrawnMark
from fcae_gui.widgets.ink import Drawing
from fcae_gui.widgets.picture_in import BadPicture, from_mime, read_file

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".svg")  # dropped anywhere on the window
FILTER = "Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.pgm *.ppm *.pbm *.xbm *.svg);;All files (*)"


class CanvasWires(QObject):
    """Connects the canvas of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        view = window.session.view
        self.panel = CanvasPanel()
        self.around = Around(view)
        self.canvas = Canvas(window.session, self.around, self)
        self.pull = Pull(window.session, self)
        self.mark = DrawnMark()
        self._cloud = window.latent.cloud
        self._cloud.add_layer(self.mark)
        self.dock = window.add_tool("canvas", "Canvas", self.panel)
        self._decoded: Decoded | None = None
        self._visible = False

        act = window.actions_by_id
        act["canvas_draw"].triggered.connect(self._on_draw)
        act["canvas_pull"].triggered.connect(self._on_pull)
        act["canvas_open"].triggered.connect(self._on_open)
        act["canvas_paste"].triggered.connect(self._on_paste)
        act["canvas_clear"].triggered.connect(self.panel.field.clear)
        window.drops.add_suffix("image", PICTURES, self.open)
        panel = self.panel
        panel.drawing_changed.connect(self._on_drawing)
        panel.drawing_finished.connect(self._on_finished)
        panel.mode_changed.connect(self._on_mode)
        panel.shown_changed.connect(self._on_visible)
        panel.brushed.connect(self.pull.brush)
        panel.brush_lifted.connect(self.pull.lift)
        panel.release_requested.connect(self.pull.release)
        panel.open_requested.connect(self._on_open)
        panel.paste_requested.connect(self._on_paste)
        panel.dropped.connect(self._on_dropped)
        self.canvas.read.connect(self._on_read)
        self.pull.pulled.connect(self._on_pulled)
        self.pull.refused.connect(self._on_refused)
        view.decoded.connect(self._on_decoded)
        view.plane_changed.connect(self._show_mark)
        view.shown_changed.connect(self._on_shown)
        window.latent.point_moved.connect(self.canvas.let_cursor_go)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.generation_started.connect(self._on_started)

    # --- the session tells

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self._decoded = None
        self.pull.forget()
        self.panel.set_image_shape(dataset.image_shape)
        self.canvas.set_dataset(dataset)
        self._show_mark()

    @Slot(object)
    def _on_started(self, _started: object) -> None:
        self._decoded = None
        self._show_mark()

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self._session.dataset
        self.around.set_shown(shown, dataset.class_names if dataset is not None else ())

    @Slot(object)
    def _on_read(self, found: tuple[Reading, Near | None] | None) -> None:
        self._show_mark()
        if self.panel.mode != DRAW:
            return
        if found is None:
            self.panel.clear_reading()
            return
        reading, near = found
        usual = self._session.numbers().test_sse
        what = (f"error {reading.error:.1f}", *((f"usual {usual:.1f}",) if usual is not None else ()))
        self._tell(reading.given, reading.output, reading.z, near, what)

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        self._decoded = answer
        if self._visible and self.panel.mode == PULL and self.pull.held is None:
            self.panel.show_decoded(answer.pixels, None)

    @Slot(object)
    def _on_pulled(self, pulled: Pulled | None) -> None:
        if self.panel.mode != PULL:
            return
        if pulled is None:
            self.panel.clear_reading()
            self.panel.show_decoded(self._decoded.pixels if self._decoded is not None else None, None)
            return
        self.panel.set_remark("")
        self.panel.show_decoded(pulled.pixels, pulled.marks)
        count = int(np.count_nonzero(pulled.marks))
        what = f"{100 * pulled.reached:.0f} % of {count} pixel{'s' if count != 1 else ''}"
        self._tell(pulled.target, pulled.pixels, pulled.z, self.around.near(pulled.z), (what,))

    def _tell(
        self, first: np.ndarray, second: np.ndarray, z: np.ndarray, near: Near | None, what: tuple[str, ...]
    ) -> None:
        code = "z = " + " ".join(f"{value:.2f}" for value in z) if len(z) <= 3 else f"{len(z)} code numbers"
        verdict, vote = (near.verdict, near.words) if near is not None else ("", "")
        self.panel.show_reading(first, second, verdict, vote, (*what, code))
        self.panel.show_neighbours(
            near.images if near is not None else np.empty((0, len(first)), np.float32),
            near.names if near is not None and near.names else ("",) * (len(near.images) if near else 0),
        )

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        self.panel.set_remark(text, "warn")

    @Slot()
    def _show_mark(self) -> None:
        reading, plane = self.canvas.reading, self._session.view.plane
        place = None
        seen = self._visible and self.panel.mode == DRAW
        if seen and reading is not None and plane.decodes and plane.code_size == len(reading.z):
            x, y = plane.to_map(reading.z[None])[0]
            place = (float(x), float(y))
        if place != self.mark.place:
            for one in (self.mark.place, place):  # only there: the whole map costs milliseconds
                if one is not None and np.isfinite(one).all():
                    self._cloud.update(self.mark.rect(self._cloud.to_widget(*one)))
            self.mark.place = place

    # --- a hand

    @Slot()
    def _on_drawing(self) -> None:
        drawing = self.panel.field.drawing
        self.panel.set_remark("")
        self.canvas.look(self.panel.grey(), opened=drawing.picture is not None)

    @Slot(object, object)
    def _on_finished(self, before: Drawing, after: Drawing) -> None:
        if len(after.strokes) > len(before.strokes):
            text = "erase" if after.strokes[-1].erases else "pen stroke"
        elif after.empty:
            text = "clear the canvas"
        else:
            text = "open an image" if after.picture is not before.picture else "take a stroke back"
        back, again = partial(self.panel.set_drawing, before), partial(self.panel.set_drawing, after)
        kept = sum(one.picture.nbytes for one in (before, after) if one.picture is not None)
        self._session.history.push(Gesture(text, back, again, n_bytes=kept + 1000))

    @Slot(str)
    def _on_mode(self, mode: str) -> None:
        self.panel.set_remark("")
        self._refresh()

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        self._visible = visible
        self._refresh()

    def _refresh(self) -> None:
        """Only the mode that can be seen works."""
        pull = self.panel.mode == PULL
        self.canvas.let_cursor_go()
        self.pull.set_active(self._visible and pull)
        self.canvas.set_active(self._visible and not pull)
        if self._visible and pull:
            self.panel.show_decoded(self._decoded.pixels if self._decoded is not None else None, None)
        self._show_mark()

    def _bring(self, mode: str) -> None:
        self.panel.set_mode(mode)
        self.dock.show()
        self.dock.raise_()
        self._refresh()

    @Slot()
    def _on_draw(self) -> None:
        self._bring(DRAW)
        self.panel.field.setFocus()

    @Slot()
    def _on_pull(self) -> None:
        self._bring(PULL)
        self.panel.brush.setFocus()

    @Slot()
    def _on_open(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self._window, "Open image", "", FILTER)
        if name:
            self.open(Path(name))

    def open(self, file: Path) -> None:
        """Put an image file on the canvas, or say why not."""
        self._bring(DRAW)
        try:
            self._take_in(read_file(file))
        except BadPicture as error:
            self.panel.set_remark(str(error), "warn")

    @Slot()
    def _on_paste(self) -> None:
        self._on_dropped(QGuiApplication.clipboard().mimeData())

    @Slot(object)
    def _on_dropped(self, data: QMimeData | None) -> None:
        self._bring(DRAW)
        try:
            self._take_in(from_mime(data))
        except BadPicture as error:
            self.panel.set_remark(str(error), "warn")

    def _take_in(self, picture: np.ndarray) -> None:
        ink = taken_in(picture)
        if ink.any():
            self.panel.change_drawing(Drawing(picture=ink))
        else:
            self.panel.set_remark("The image is even: there is nothing to see on it.", "warn")


def connect(window: Any) -> CanvasWires:
    """Build and connect."""
    return CanvasWires(window)
