"""Take it with you: names are asked for, files are written, and what came of it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.export_formats import (
    embedding_bytes,
    in_words,
    install_line,
    missing_for,
    network_bytes,
)
from fcae_gui.engine.script_text import needs_data_file
from fcae_gui.panels.export import ExportPanel
from fcae_gui.session.taking import Taken, Taking
from fcae_gui.widgets import panel_picture
from fcae_gui.wires.kept_fresh import KeptFresh

NOT_DRAWN = ("export", "lesson")  # docks of which nobody wants a picture
STATUS_MS = 4_000
SCRIPT_BYTES = 4_500
PARTS = {
    "encoder": "From samples to codes",
    "decoder": "From codes to samples",
    "network": "From samples to their reconstructions",
}


class ExportWires(QObject):
    """Connects the panel of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.taking = Taking(window.session, self)
        self.panel = ExportPanel()
        self.dock = window.add_tool("export", "Take it with you", self.panel, workspace="use")
        self._visible = False
        self._taken = ""
        panel, taking = self.panel, self.taking
        panel.requested.connect(self._on_requested)
        panel.options_changed.connect(self._describe)
        panel.cancel_requested.connect(taking.cancel)
        panel.copy_requested.connect(self._on_copy)
        taking.changed.connect(self._on_changed)
        taking.done.connect(self._on_done)
        taking.failed.connect(self._on_failed)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.config_changed.connect(self._on_config)
        window.session.generation_started.connect(self._on_config)
        window.session.numbers_changed.connect(self._on_numbers)
        self.dock.visibilityChanged.connect(self._on_visible)
        window.actions_by_id["export_show"].triggered.connect(self._on_show)
        window.actions_by_id["export_picture"].triggered.connect(self._on_picture)

    # --- showing ------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        self._visible = visible
        if visible:
            docks = self._window.docks
            self.panel.set_panels(
                [(name, dock.windowTitle()) for name, dock in docks.items() if name not in NOT_DRAWN]
            )
            self._describe()

    @Slot(object)
    def _on_dataset(self, _dataset: Dataset) -> None:
        self._describe()

    @Slot(object)
    def _on_config(self, _config: object) -> None:
        self._describe()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        """Weights come some time after a new network, and nothing else tells of them."""
        if self._visible:
            self._show_ready()

    @Slot()
    def _on_changed(self) -> None:
        taking = self.taking
        self.panel.set_state(taking.text, taking.fraction, running=taking.running)
        self._show_ready()

    def _show_ready(self) -> None:
        self.panel.set_ready(self._session.dataset is not None and self._session.view.weights is not None)

    @Slot()
    def _describe(self) -> None:
        """One sentence about each of them, with the size that is to be expected."""
        data, config = self._session.dataset, self._session.config
        if not self._visible or data is None or config is None:
            return
        panel = self.panel
        self._show_ready()
        code, features = config.network.code_size, config.network.input_size
        labels = "label, " if data.train.labels is not None else ""
        rows, size = self._codes()
        panel.set_text(
            "codes", f"{rows:,} codes of {code} numbers with {labels}half and row, about {in_words(size)}."
        )
        part = panel.part.value()
        size = network_bytes(config.network, part, panel.network_format.value())
        ends = {"encoder": (features, code), "decoder": (code, features), "network": (features, features)}
        if panel.network_format.value() == "safetensors":
            told = "Weights by name, as PyTorch's state_dict has them"
        else:
            told = (
                f"{PARTS[part]}, {ends[part][0]} numbers to {ends[part][1]}, as many at once as one likes. "
                "Checked against the network to 1e-5 before it is written"
            )
        panel.set_text("network", f"{told}; about {in_words(size)}.")
        if needs_data_file(config):
            size = sum(half.features.nbytes for half in (data.train, data.test))
            of_data = f" Its data go beside it, about {in_words(size)}."
        else:
            of_data = " It reads its data through torchvision."
        panel.set_text(
            "script",
            "Network, start, order, optimiser, schedule and live edits of this run, in plain PyTorch: it "
            f"arrives at the same final loss.{of_data}",
        )
        if panel.table.value() == "losses":
            panel.set_text("table", "Train loss of every step, and the test loss wherever it was measured.")
        else:
            panel.set_text("table", "Test accuracy, interval and time of every classifier and its features.")
        panel.set_text("picture", self._about_picture())
        for name, chosen in (("codes", panel.code_format), ("network", panel.network_format)):
            missing = missing_for(chosen.value())
            text = f"{chosen.currentText()} needs {' and '.join(missing)}, not installed." if missing else ""
            panel.set_lack(name, text, install_line(missing) if missing else "")

    def _codes(self) -> tuple[int, int]:
        data, config = self._session.dataset, self._session.config
        split = self.panel.split.value()
        rows = len(data.train) * (split != "test") + len(data.test) * (split != "train")
        return rows, embedding_bytes(rows, config.network.code_size, self.panel.code_format.value())

    def _about_picture(self) -> str:
        panel = self.panel
        if panel.picture_format.value() != "png":
            return "Lines and letters that stay sharp at any size; clouds of points and images are pixels."
        width, height = (
            round(mm / 25.4 * panel.dpi.value()) for mm in (panel.width_mm.value(), panel.height_mm.value())
        )
        return f"{width:,} × {height:,} pixels."

    # --- what came of it ----------------------------------------------------------------------------------

    @Slot(object)
    def _on_done(self, taken: Taken) -> None:
        paths = "\n".join(str(file) for file in taken.files)
        names = " and ".join(file.name for file in taken.files)
        note = f", {taken.note}" if taken.note else ""
        self._on_changed()
        self.panel.set_done(f"{names}: {in_words(taken.size)}{note}", paths)
        self._window.statusBar().showMessage(f"Written: {names}", STATUS_MS)

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._on_changed()
        self.panel.set_error(text)
        self._window.notices.show_notice(text, "error", details=details)

    # --- hands --------------------------------------------------------------------------------------------

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("export")

    @Slot()
    def _on_picture(self) -> None:
        """The panel under the keyboard, or the first, is what is to be drawn."""
        at = self._window.focusWidget()
        near = next(
            (n for n, dock in self._window.docks.items() if at is not None and dock.isAncestorOf(at)), ""
        )
        self._window.show_tool("export")
        if near not in NOT_DRAWN:
            self.panel.panel.set_value(near)
        self.panel.area.ensureWidgetVisible(self.panel.items["picture"])
        self.panel.panel.setFocus()

    @Slot(str)
    def _on_copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._window.statusBar().showMessage("On the clipboard", STATUS_MS)

    @Slot(str)
    def _on_requested(self, name: str) -> None:
        if self.taking.running:
            return
        {
            "codes": self._take_codes, "network": self._take_network, "script": self._take_script,
            "table": self._take_table, "picture": self._take_picture,
        }[name]()  # fmt: skip

    def _take_codes(self) -> None:
        format_name, split = self.panel.code_format.value(), self.panel.split.value()
        path = self._ask("codes", format_name)
        if path is not None:
            size = self._codes()[1]
            self.taking.embedding(path, format_name=format_name, split=split, size=size)

    def _take_network(self) -> None:
        part, format_name = self.panel.part.value(), self.panel.network_format.value()
        path = self._ask(part, format_name)
        if path is not None:
            config = self._session.config
            size = network_bytes(config.network, part, format_name)
            self.taking.network(path, part=part, format_name=format_name, size=size)

    def _take_script(self) -> None:
        path = self._ask("train", "py")
        if path is not None:
            data, size = self._session.dataset, SCRIPT_BYTES
            if needs_data_file(self._session.config):
                size += sum(half.features.nbytes for half in (data.train, data.test))
            self.taking.script(path, size=size)

    def _take_table(self) -> None:
        kind = self.panel.table.value()
        rows = [] if kind == "losses" else self._scores()
        if kind != "losses" and not rows:
            self.panel.set_error("Nothing is on the scoreboard yet: compute it first, in Features.", "warn")
            return
        path = self._ask(kind, "csv")
        if path is not None and kind == "losses":
            self.taking.losses(path)
        elif path is not None:
            columns = "classifier,features,accuracy,low_95,high_95,fit_s,n_features,n_train,n_test,step"
            self.taking.table(path, columns.split(","), rows)

    def _scores(self) -> list[list[Any]]:
        return [
            [
                one.classifier, one.features, one.accuracy, one.low, one.high, one.fit_s, one.n_features,
                one.n_train, one.n_test, one.step if one.step >= 0 else "",
            ]
            for one in self._window.scoreboard.scores.values()
        ]  # fmt: skip

    def _take_picture(self) -> None:
        panel = self.panel
        name, format_name = panel.panel.value(), panel.picture_format.value()
        dock = self._window.docks.get(name)
        if dock is None:
            return
        path = self._ask(name, format_name)
        if path is None:
            return
        fresh = dock.findChild(KeptFresh)
        if fresh is not None:  # behind another tab it has rested
            fresh.bring_up_to_date()
        try:
            content = panel_picture.render(
                dock.widget(), format_name, (panel.width_mm.value() / 10, panel.height_mm.value() / 10),
                dpi=panel.dpi.value(), white=panel.background.value() == "white", title=dock.windowTitle(),
            )  # fmt: skip
        except panel_picture.TooLarge as error:
            panel.set_error(str(error), "warn")
            return
        self.taking.file(path, content, dock.windowTitle())

    def _ask(self, stem: str, ending: str) -> Path | None:
        """A file in the folder of the last time, or None."""
        settings = self._window.settings
        start = Path(settings.export_folder or Path.home()) / f"{stem}.{ending}"
        name, _kind = QFileDialog.getSaveFileName(
            self._window, "Take it with you", str(start), f"{ending} (*.{ending})"
        )
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() != f".{ending}":
            path = path.with_name(f"{path.name}.{ending}")
        settings.export_folder = str(path.parent)
        return path


def connect(window: Any) -> ExportWires:
    """Give the window its panel."""
    return ExportWires(window)
