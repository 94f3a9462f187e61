"""The window: docks around the panels, wires from panel signals to session intents, and no logic."""

from __future__ import annotations

import secrets
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, QEvent, QSize, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QToolBar, QWidget

from fcae_gui import actions, paths, theme, wires
from fcae_gui.analysis.plane import Plane
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Started
from fcae_gui.engine.names import shape_name
from fcae_gui.panels.decoded import DecodedPanel
from fcae_gui.panels.latent import LatentPanel
from fcae_gui.panels.loss import LossPanel
from fcae_gui.panels.network import NetworkPanel
from fcae_gui.panels.reconstructions import ReconstructionsPanel
from fcae_gui.session import wording
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.neighbours import NearestAnswer
from fcae_gui.session.session import Session
from fcae_gui.session.settings import Settings
from fcae_gui.session.values import Notice, Numbers
from fcae_gui.session.watching import Shown, label_name
from fcae_gui.widgets.about import AboutBox, ShortcutsBox
from fcae_gui.widgets.bar_view import Columns
from fcae_gui.widgets.on_screen import on_screen
from fcae_gui.widgets.toast import NoticeBar
from fcae_gui.window.bars import ProgressBar, RunBar, StatusLine
from fcae_gui.window.drops import Drops
from fcae_gui.window.file_commands import FileCommands
from fcae_gui.window.looks import Looks
from fcae_gui.window.workspaces import WORKSPACES, Place, Workspace, Workspaces

FIRST_SIZE = QSize(1280, 720)
STATUS_MS = 5000


class MainWindow(QMainWindow):
    """Panels in docks around one Session. Close it like any window; `closed_clean` says how that went.

    remember: keep the layout for the next start; a run with nobody in front of it leaves none behind
    """

    def __init__(self, session: Session, settings: Settings, *, remember: bool = True) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self.closed_clean = True
        self._remember = remember
        self._ask_on_close = True
        self._config: RunConfig | None = None
        self._data_name = ""
        self.setObjectName("main")
        self.setWindowIcon(QIcon(str(paths.resource("icons", "app.svg"))))
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        self._build()
        self._connect_actions()
        self._connect_session()
        self._connect_panels()
        self._wires = [connect(self) for connect in wires.ALL]  # tools keep themselves connected
        self._show_title()
        self._show_theme_choice()
        self.actions_by_id["speed_0"].setChecked(True)
        self.actions_by_id["workspace_learn"].setChecked(True)
        self.resize(FIRST_SIZE)
        self.workspaces.show("learn")
        if remember:
            self._restore_layout()

    # --- parts --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.network = NetworkPanel()
        self.latent = LatentPanel()
        self.decoded = DecodedPanel()
        self.reconstructions = ReconstructionsPanel()
        self.loss = LossPanel()
        self.workspaces = Workspaces(self)
        self.docks = self.workspaces.docks
        for name, title, panel in (
            ("network", "Network", self.network),
            ("latent", "Latent map", self.latent),
            ("decoded", "Decoded", self.decoded),
            ("reconstructions", "Reconstructions", self.reconstructions),
            ("loss", "Loss", self.loss),
        ):
            self.workspaces.add(name, title, panel)
        self.actions_by_id, self._menus = actions.build(self, self.menuBar())
        for dock in self.docks.values():
            self._menus["&View"].addAction(dock.toggleViewAction())
        self.run_bar = RunBar(self.actions_by_id, self)
        self.addToolBar(self.run_bar)
        self.addToolBarBreak()
        self.progress = ProgressBar(self)
        self.addToolBar(self.progress)
        self.status = StatusLine(self)
        self.notices = NoticeBar(self)
        self.files = FileCommands(self, self.session, self.settings)
        self._menus["&File"].insertMenu(self.actions_by_id["save"], self.files.recent)
        self.looks = Looks(self, self.session, self.settings)
        self.drops = Drops()
        self.drops.add_suffix("run", (".fcae",), self.session.open)

    def menu(self, name: str) -> QMenu:
        """A menu by the name it has in the table of actions, such as "&Data"."""
        return self._menus[name]

    def add_tool(
        self, name: str, title: str, panel: QWidget, workspace: Workspace = "explore", beside: Place = ""
    ) -> QDockWidget:
        """Give a panel a dock: a tab of that workspace (in Learn, of the panel named), found in View too."""
        dock = self.workspaces.add_tool(name, title, panel, workspace, beside)
        self._menus["&View"].addAction(dock.toggleViewAction())
        return dock

    def show_tool(self, name: str) -> None:
        """Bring a dock to the front, changing the workspace where it must."""
        self.workspaces.show_tool(name)
        self.actions_by_id[f"workspace_{self.workspaces.shown}"].setChecked(True)

    # --- wires --------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        session, act = self.session, self.actions_by_id
        for name, slot in (
            ("open", self.files.open), ("save", self.files.save), ("save_as", self.files.save_as),
            ("save_picture", self.files.save_picture), ("settings", self.looks.show_settings),
            ("quit", self.close), ("play", session.toggle), ("step", self._on_step),
            ("epoch", session.run_epoch), ("rewind", session.rewind), ("new_seed", self._on_new_seed),
            ("undo", session.history.undo), ("redo", session.history.redo),
            ("start_over", session.start_over), ("larger", self.looks.larger),
            ("smaller", self.looks.smaller), ("usual_size", self.looks.usual),
            ("reset_map", self.latent.reset_view), ("reset_layout", self._on_reset_layout),
            ("shortcuts", self._on_shortcuts), ("show_log", self._on_copy_log), ("about", self._on_about),
        ):  # fmt: skip
            act[name].triggered.connect(slot)
        act["all_points"].toggled.connect(session.view.show_all_points)
        act["full_screen"].toggled.connect(self._on_full_screen)
        for group, handler in (
            ("speed", self._on_speed_action), ("theme", self.looks.on_theme_action),
            ("workspace", self._on_workspace),
        ):  # fmt: skip
            self.findChildren(QActionGroup, group)[0].triggered.connect(handler)
        for source in catalog.SOURCES.values():
            action = QAction(source.title, self)
            action.setStatusTip(source.text)
            action.setData(source.name)
            action.triggered.connect(self._on_data_action)
            self._menus["&Data"].addAction(action)
        self.run_bar.speed.activated.connect(self._on_speed_chosen)
        self.run_bar.data.activated.connect(self._on_data_chosen)
        self.run_bar.preset.activated.connect(self._on_preset_chosen)
        self.progress.strip.cancel_requested.connect(session.cancel_data)
        self.notices.action_chosen.connect(session.act)
        self.files.failed.connect(self._on_file_failed)
        self.looks.changed.connect(self._on_looks)

    def _connect_session(self) -> None:
        session, view = self.session, self.session.view
        session.state_changed.connect(self._on_state)
        session.config_changed.connect(self._on_config)
        session.dataset_changed.connect(self._on_dataset)
        session.data_kept.connect(self.run_bar.set_data)
        session.generation_started.connect(self._on_generation)
        session.losses_grown.connect(self.loss.append_train)
        session.losses_cut.connect(self.loss.truncate)
        session.test_measured.connect(self._on_test)
        session.edited.connect(self._on_edited)
        session.numbers_changed.connect(self._on_numbers)
        session.noticed.connect(self._on_notice)
        session.refused.connect(self._on_refused)
        session.data_progressed.connect(self.progress.set_progress)
        session.saved.connect(self._on_saved)
        session.opened.connect(self._on_opened)
        session.history.changed.connect(self._on_undo_changed)
        session.frame_passed.connect(self.latent.advance)
        view.shown_changed.connect(self._on_shown)
        view.outputs_changed.connect(self.reconstructions.set_outputs)
        view.map_changed.connect(self._on_map)
        view.plane_changed.connect(self._on_plane)
        view.cursor_moved.connect(self.latent.set_cursor)
        view.decoded.connect(self._on_decoded)
        view.nearest_found.connect(self._on_nearest)

    def _connect_panels(self) -> None:
        session = self.session
        self.latent.point_moved.connect(session.view.move_cursor)
        self.network.edited.connect(session.edit)
        self.network.new_network_requested.connect(session.new_network)
        self.network.seed_requested.connect(session.new_seed)
        self.network.code_resized.connect(self._on_code_resized)
        self.reconstructions.split_chosen.connect(self._on_split)
        self.reconstructions.columns_chosen.connect(self._on_columns)
        self.reconstructions.shuffle_requested.connect(self._on_shuffle)

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(str)
    def _on_state(self, state: str) -> None:
        running = state == "running"
        play = self.actions_by_id["play"]
        play.setIcon(actions.icon("pause" if running else "play"))
        play.setText("&Pause" if running else "&Play")
        self.status.state.setText(wording.STATE_TEXTS[state])

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        self._config = config
        self.network.set_config(config)
        self.run_bar.set_preset(config.preset)
        dataset = self.session.dataset
        if dataset is not None:
            self.network.set_bce_allowed(dataset.in_unit_range)
        self.loss.set_unit(f"{config.training.loss.upper()} per value")
        self._show_title()

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        if dataset.name != self._data_name:
            self._data_name = dataset.name
            self.notices.dismiss_information()
        self.run_bar.set_data(dataset.name)
        self.network.set_data_title(dataset.title)
        self.decoded.set_image_shape(dataset.image_shape, dataset.feature_names)
        columns = Columns(dataset.feature_names, dataset.feature_units, dataset.feature_ranges)
        self.decoded.set_columns(columns)
        self.latent.set_columns(columns)
        self.reconstructions.set_columns_of_table(columns)
        self.reconstructions.set_image_shape(dataset.image_shape)
        self.decoded.clear_nearest()
        if self._config is not None:  # fuller data of the same kind come without a new generation
            batch = self._config.training.batch_size
            self.loss.set_steps_per_epoch(-(-len(dataset.train) // batch))

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        dataset = self.session.dataset
        self.loss.clear()
        if dataset is not None:
            batch = started.config.training.batch_size
            self.loss.set_steps_per_epoch(-(-len(dataset.train) // batch))
        for step, text in started.edits:
            self.loss.mark(step, text)
        if started.reason in ("new", "network", "data"):
            self.latent.set_points(None)
            self.latent.set_message("The first map is on its way ...")
            self.latent.reset_view()

    @Slot(int, float, float)
    def _on_test(self, step: int, loss: float, _sse: float) -> None:
        self.loss.append_test(step, loss)

    @Slot(int, str)
    def _on_edited(self, step: int, text: str) -> None:
        self.loss.mark(step, text)
        self.statusBar().showMessage(text, STATUS_MS)

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        dataset = self.session.dataset
        names = dataset.class_names if dataset is not None else ()
        self.reconstructions.set_split(shown.watch.grid_split)
        self.reconstructions.set_columns(len(shown.grid_labels))
        self.reconstructions.set_originals(shown.grid_images, shown.grid_labels)
        self.latent.set_labels(shown.map_labels, names)
        self.latent.set_images(shown.map_features, dataset.image_shape if dataset is not None else None)

    @Slot(object, bool)
    def _on_map(self, places: np.ndarray, glide: bool) -> None:
        self.latent.set_message("")
        self.latent.set_points(places, glide=glide)

    @Slot(object)
    def _on_plane(self, plane: Plane) -> None:
        self.latent.set_axes(*plane.axis_texts())

    @Slot(object)
    def _on_decoded(self, answer: Decoded) -> None:
        self.decoded.show_image(answer.pixels)
        self.decoded.show_latent(answer.z, plane=answer.xy if len(answer.z) > 2 else None)

    @Slot(object)
    def _on_nearest(self, found: NearestAnswer) -> None:
        dataset = self.session.dataset
        names = dataset.class_names if dataset is not None else ()
        self.decoded.show_nearest(
            found.pixels,
            label_name(found.label, names),
            found.distance,
            of=len(dataset.train) if dataset is not None else None,
        )

    @Slot(object)
    def _on_numbers(self, numbers: Numbers) -> None:
        self.run_bar.set_numbers(numbers)
        self.status.set_numbers(numbers)
        self.network.set_live(numbers.step)
        self.loss.refresh_numbers()

    @Slot(object)
    def _on_notice(self, notice: Notice) -> None:
        self.notices.show_notice(notice.text, notice.level, details=notice.details, actions=notice.actions)

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        """Said beside the control that asked, or on top of the window when that is hidden."""
        if on_screen(self.docks["network"]):
            self.network.set_refused(text)
        else:
            self.notices.show_notice(text, "warn")

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self._show_title()
        self.statusBar().showMessage(f"Saved {file.name}", STATUS_MS)

    @Slot(object)
    def _on_opened(self, file: Path) -> None:
        self._show_title()
        self.actions_by_id["all_points"].setChecked(self.session.view.all_points)
        self.statusBar().showMessage(f"Opened {file.name}", STATUS_MS)

    @Slot(str, str)
    def _on_undo_changed(self, undo: str, redo: str) -> None:
        for name, word, text in (("undo", "Undo", undo), ("redo", "Redo", redo)):
            self.actions_by_id[name].setText(f"&{word}: {text}" if text else f"&{word}")
            self.actions_by_id[name].setEnabled(bool(text))

    # --- what a person wants ------------------------------------------------------------------------------

    @Slot()
    def _on_step(self) -> None:
        self.session.run_steps(1)

    @Slot()
    def _on_new_seed(self) -> None:
        self.session.new_seed(secrets.randbelow(1_000_000))

    @Slot(int)
    def _on_speed_chosen(self, index: int) -> None:
        self.actions_by_id[f"speed_{index}"].trigger()

    @Slot(QAction)
    def _on_speed_action(self, action: QAction) -> None:
        self.run_bar.speed.setCurrentIndex(int(action.objectName().rpartition("_")[2]))
        speed = action.data()
        self.session.set_speed(None if speed is None else float(speed))

    @Slot(int)
    def _on_data_chosen(self, index: int) -> None:
        self.session.choose_data(self.run_bar.data.itemData(index))

    @Slot()
    def _on_data_action(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.session.choose_data(action.data())

    @Slot(int)
    def _on_preset_chosen(self, index: int) -> None:
        self.session.choose_preset(self.run_bar.preset.itemData(index))

    @Slot(int, bool)
    def _on_code_resized(self, size: int, same_gesture: bool) -> None:
        self.session.resize_code(size, same_gesture=same_gesture)

    @Slot(str)
    def _on_split(self, split: str) -> None:
        self.session.view.set_grid(split=split)

    @Slot(int)
    def _on_columns(self, columns: int) -> None:
        self.session.view.set_grid(columns=columns)

    @Slot()
    def _on_shuffle(self) -> None:
        self.session.view.set_grid(shuffle=True)

    # --- looks --------------------------------------------------------------------------------------------

    @Slot()
    def _on_looks(self) -> None:
        self.workspaces.refresh_titles()
        actions.refresh_icons(self.actions_by_id)
        self._on_state(self.session.state)
        self._show_theme_choice()

    def _show_theme_choice(self) -> None:
        self.actions_by_id[f"theme_{theme.current().name}"].setChecked(True)

    @Slot(bool)
    def _on_full_screen(self, on: bool) -> None:
        self.menuBar().setVisible(not on)
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    @Slot(QAction)
    def _on_workspace(self, action: QAction) -> None:
        self.show_workspace(action.data())

    def show_workspace(self, name: Workspace) -> None:
        """ "learn", "explore" or "use"."""
        self.actions_by_id[f"workspace_{name}"].setChecked(True)
        self.workspaces.show(name)

    @Slot()
    def _on_reset_layout(self) -> None:
        self.settings.forget_layout()
        self.show_workspace("learn")

    def _restore_layout(self) -> None:
        layout = self.settings.layout
        if layout is not None:
            geometry, state = layout
            self.restoreGeometry(QByteArray(geometry))
            for name in WORKSPACES:
                if name == self.settings.workspace:
                    self.show_workspace(name)
            if not self.workspaces.restore(QByteArray(state)):
                self.show_workspace("learn")

    # --- boxes --------------------------------------------------------------------------------------------

    @Slot()
    def _on_shortcuts(self) -> None:
        ShortcutsBox(actions.shortcut_table(), self).open()

    @Slot()
    def _on_about(self) -> None:
        AboutBox(self.session.numbers().device, self).open()

    @Slot()
    def _on_copy_log(self) -> None:
        file = paths.log_dir() / "fcae_gui.log"
        text = file.read_text(encoding="utf-8", errors="replace")[-20_000:] if file.exists() else ""
        QGuiApplication.clipboard().setText(text or "The log is empty.")
        self.statusBar().showMessage("The newest log lines are on the clipboard", STATUS_MS)

    def _show_title(self) -> None:
        file = self.session.file
        shape = shape_name(self._config.network) if self._config is not None else ""
        parts = [file.name if file is not None else "", shape, "fcae_gui"]
        self.setWindowTitle("  -  ".join(part for part in parts if part))

    # --- Qt -----------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_file_failed(self, text: str) -> None:
        self.notices.show_notice(text, "error")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what a kind of `drops` takes, anywhere on the window."""
        if self.drops.kind(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.drops.take(event.mimeData()):
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notices hang under the tool bar."""
        super().resizeEvent(event)
        self.place_notices()

    def place_notices(self) -> None:
        """Notices hang under the lowest bar that is shown."""
        bars = [bar for bar in self.findChildren(QToolBar) if bar.isVisible()]
        self.notices.set_top(max((bar.geometry().bottom() for bar in bars), default=0))

    def changeEvent(self, event: QEvent) -> None:
        """Rest while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.session.set_window_visible(not self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask only when there is something to lose, then end the session."""
        leave = not self._ask_on_close or not self.session.worth_asking or self.files.may_leave()
        if not leave and self._ask_on_close:  # a signal may have come while the question stood there
            event.ignore()
            return
        if self._remember:
            self.settings.save_layout(self.saveGeometry(), self.workspaces.saved(), self.workspaces.shown)
            self.settings.sync()
        self.closed_clean = self.session.close()
        event.accept()

    def close_without_asking(self) -> None:
        """Close for Ctrl-C or SIGTERM: whoever sends them cannot answer a question."""
        self._ask_on_close = False
        question = QApplication.activeModalWidget()
        if question is not None:
            question.close()
        self.close()
