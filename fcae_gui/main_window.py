"""The window: docks around the panels, wires from panel signals to session intents, and no logic."""

from __future__ import annotations

import secrets
from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Slot
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
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import actions, paths, theme, wires
from fcae_gui.analysis.plane import Plane
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Started
from fcae_gui.engine.names import DEVICE_NAMES, LOSS_NAMES, shape_name
from fcae_gui.engine.presets import PRESETS, bce_allowed
from fcae_gui.panels.decoded import DecodedPanel
from fcae_gui.panels.latent import LatentPanel
from fcae_gui.panels.loss import LossPanel
from fcae_gui.panels.network import NetworkPanel
from fcae_gui.panels.reconstructions import ReconstructionsPanel
from fcae_gui.session import wording
from fcae_gui.session.decoding import Decoded
from fcae_gui.session.neighbours import NearestAnswer
from fcae_gui.session.session import Session
from fcae_gui.session.settings import LAYOUT_VERSION, Settings
from fcae_gui.session.values import DataProgress, Notice, Numbers
from fcae_gui.session.watching import Shown, label_name
from fcae_gui.widgets.about import AboutBox, ShortcutsBox
from fcae_gui.widgets.progress_strip import ProgressStrip
from fcae_gui.widgets.readout import Readout
from fcae_gui.widgets.settings_box import SettingsBox
from fcae_gui.widgets.toast import NoticeBar

LEARN = ("network", "latent", "decoded", "reconstructions", "loss")
FIRST_SIZE = QSize(1280, 720)
TEXT_SCALES = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
STATUS_MS = 5000
RUN_FILTER = "fcae runs (*.fcae)"


class MainWindow(QMainWindow):
    """Panels in docks around one Session. Close it like any window; `closed_clean` says how that went."""

    def __init__(self, session: Session, settings: Settings, *, remember: bool = True) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self.closed_clean = True
        self._remember = remember  # a run with nobody in front of it leaves no layout behind
        self._ask_on_close = True
        self._config: RunConfig | None = None
        self._undo_text = self._redo_text = ""
        self.setObjectName("main")
        self.setWindowIcon(QIcon(str(paths.resource("icons", "app.svg"))))
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        self._build_panels()
        self.actions_by_id, self._menus = actions.build(self, self.menuBar())
        self._build_toolbar()
        self._build_status()
        self._connect_actions()
        self._connect_session()
        self._wires = [connect(self) for connect in wires.ALL]  # tools keep themselves connected
        self._show_title()
        self._show_theme_choice()
        self.actions_by_id["speed_0"].setChecked(True)
        self.actions_by_id["workspace_learn"].setChecked(True)
        self.resize(FIRST_SIZE)
        self._layout_learn()
        if remember:
            self._restore_layout()
        self._fill_recent()

    # --- parts --------------------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        self.network = NetworkPanel()
        self.latent = LatentPanel()
        self.decoded = DecodedPanel()
        self.reconstructions = ReconstructionsPanel()
        self.loss = LossPanel()
        self.docks: dict[str, QDockWidget] = {}
        self._tools: list[str] = []  # docks of the Explore workspace, tabs of one stack
        for name, title, panel in (
            ("network", "Network", self.network),
            ("latent", "Latent map", self.latent),
            ("decoded", "Decoded", self.decoded),
            ("reconstructions", "Reconstructions", self.reconstructions),
            ("loss", "Loss", self.loss),
        ):
            self._add_dock(name, title, panel)

    def _add_dock(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.docks[name] = dock
        return dock

    def add_tool(self, name: str, title: str, panel: QWidget) -> QDockWidget:
        """Give a panel a dock: a tab of the Explore workspace, hidden in Learn until asked for."""
        dock = self._add_dock(name, title, panel)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.hide()
        self._tools.append(name)
        self._menus["&View"].addAction(dock.toggleViewAction())
        return dock

    def _build_toolbar(self) -> None:
        bar = QToolBar("Run")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(actions.ICON_PX, actions.ICON_PX))
        for name in ("play", "step", "epoch", "rewind"):
            bar.addAction(self.actions_by_id[name])
        bar.addSeparator()
        self._speed = self._chooser("Speed", [(text, text) for text, _speed in actions.SPEEDS])
        self._data = self._chooser("Data", [(s.title, s.name) for s in catalog.SOURCES.values()])
        self._preset = self._chooser("Preset", [(p.title, p.name) for p in PRESETS.values()])
        for index, source in enumerate(catalog.SOURCES.values()):
            self._data.setItemData(index, source.text, Qt.ItemDataRole.ToolTipRole)
        for index, preset in enumerate(PRESETS.values()):
            self._preset.setItemData(index, preset.text, Qt.ItemDataRole.ToolTipRole)
        for name, chooser in (("Speed", self._speed), ("Data", self._data), ("Preset", self._preset)):
            label = QLabel(f" {name} ")
            label.setBuddy(chooser)
            bar.addWidget(label)
            bar.addWidget(chooser)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        self._numbers = Readout("epoch 888.88 of 888   step 8,888,888", "Epoch and step")
        bar.addWidget(self._numbers)
        self.addToolBar(bar)
        self._toolbar = bar

        # Progress stands in a second bar, so that it pushes the docks and covers nothing.
        strip = QToolBar("Progress")
        strip.setObjectName("progress")
        strip.setMovable(False)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.progress = ProgressStrip()
        column.addWidget(self.progress)
        self.addToolBarBreak()
        strip.addWidget(holder)
        strip.setStyleSheet("QToolBar { padding: 0; spacing: 0; border: none; }")
        self.addToolBar(strip)
        self._strip = strip
        strip.hide()
        self.notices = NoticeBar(self)

    @staticmethod
    def _chooser(name: str, entries: list[tuple[str, str]]) -> QComboBox:
        chooser = QComboBox()
        chooser.setAccessibleName(name)
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for text, value in entries:
            chooser.addItem(text, value)
        return chooser

    def _build_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._state_label = QLabel("No data yet")
        self._state_label.setAccessibleName("State of the run")
        self._speed_label = Readout("888.8k img/s", "Images per second")
        self._device_label = QLabel("")
        self._device_label.setAccessibleName("Device")
        self._left_label = Readout("88:88 min left", "Time left")
        self._loss_label = Readout("train 0.08888   test 0.08888", "Loss now")
        bar.addWidget(self._state_label, 1)
        for label in (self._loss_label, self._speed_label, self._left_label, self._device_label):
            label.setContentsMargins(12, 0, 6, 0)
            bar.addPermanentWidget(label)

    # --- wires --------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        session, act = self.session, self.actions_by_id
        for name, slot in (
            ("open", self._on_open), ("save", self._on_save), ("save_as", self._on_save_as),
            ("save_picture", self._on_save_picture), ("quit", self.close), ("play", session.toggle),
            ("step", self._on_step), ("epoch", session.run_epoch), ("rewind", session.rewind),
            ("new_seed", self._on_new_seed), ("undo", session.history.undo), ("redo", session.history.redo),
            ("start_over", session.start_over), ("larger", self._on_larger), ("smaller", self._on_smaller),
            ("usual_size", self._on_usual_size), ("reset_map", self.latent.reset_view),
            ("reset_layout", self._on_reset_layout), ("shortcuts", self._on_shortcuts),
            ("show_log", self._on_copy_log), ("about", self._on_about),
        ):  # fmt: skip
            act[name].triggered.connect(slot)
        act["settings"].triggered.connect(self._on_settings)
        act["all_points"].toggled.connect(self.session.view.show_all_points)
        act["full_screen"].toggled.connect(self._on_full_screen)
        for group, handler in (
            ("speed", self._on_speed_action), ("theme", self._on_theme), ("workspace", self._on_workspace),
        ):  # fmt: skip
            self.findChildren(QActionGroup, group)[0].triggered.connect(handler)
        for dock in self.docks.values():
            self._menus["&View"].addAction(dock.toggleViewAction())
        self._speed.activated.connect(self._on_speed_chosen)
        self._data.activated.connect(self._on_data_chosen)
        self._preset.activated.connect(self._on_preset_chosen)
        for index, source in enumerate(catalog.SOURCES.values()):
            self._menu_action("&Data", source.title, source.text, self._on_data_action, source.name, index)
        recent = self._menus["&File"]
        self._recent = QMenu("Open &recent", self)
        recent.insertMenu(act["save"], self._recent)
        self._recent.triggered.connect(self._on_recent)
        self.progress.cancel_requested.connect(session.cancel_data)
        self.notices.action_chosen.connect(session.act)

    def _menu_action(self, menu: str, text: str, tip: str, slot: object, data: str, index: int) -> None:
        action = QAction(text, self)
        action.setStatusTip(tip)
        action.setData(data)
        action.triggered.connect(slot)
        self._menus[menu].addAction(action)

    def _connect_session(self) -> None:
        session, view = self.session, self.session.view
        session.state_changed.connect(self._on_state)
        session.config_changed.connect(self._on_config)
        session.dataset_changed.connect(self._on_dataset)
        session.generation_started.connect(self._on_generation)
        session.losses_grown.connect(self.loss.append_train)
        session.losses_cut.connect(self.loss.truncate)
        session.test_measured.connect(self._on_test)
        session.edited.connect(self._on_edited)
        view.shown_changed.connect(self._on_shown)
        view.outputs_changed.connect(self.reconstructions.set_outputs)
        view.map_changed.connect(self._on_map)
        view.plane_changed.connect(self._on_plane)
        view.cursor_moved.connect(self.latent.set_cursor)
        view.decoded.connect(self._on_decoded)
        view.nearest_found.connect(self._on_nearest)
        session.numbers_changed.connect(self._on_numbers)
        session.noticed.connect(self._on_notice)
        session.refused.connect(self._on_refused)
        session.data_progressed.connect(self._on_progress)
        session.saved.connect(self._on_saved)
        session.opened.connect(self._on_opened)
        session.history.changed.connect(self._on_undo_changed)
        session.frame_passed.connect(self.latent.advance)

        self.latent.point_moved.connect(view.move_cursor)
        self.network.edited.connect(session.edit)
        self.network.new_network_requested.connect(session.new_network)
        self.network.seed_requested.connect(session.new_seed)
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
        self._state_label.setText(wording.STATE_TEXTS[state])

    @Slot(object)
    def _on_config(self, config: RunConfig) -> None:
        self._config = config
        self.network.set_config(config)
        self._preset.setCurrentIndex(self._preset.findData(config.preset))
        self._preset.setPlaceholderText("your own")
        dataset = self.session.dataset
        if dataset is not None:
            # Whether the data allow it; the panel itself knows about the output activation.
            reason = "" if dataset.in_unit_range else bce_allowed(config, dataset)[1]
            self.network.set_bce_allowed(dataset.in_unit_range, reason)
        self.loss.set_unit(f"{LOSS_NAMES[config.training.loss]} per value")
        self._show_title()

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self._data.setCurrentIndex(self._data.findData(dataset.name))
        self.network.set_data_title(dataset.title)
        self.decoded.set_image_shape(dataset.image_shape, dataset.feature_names)
        self.reconstructions.set_image_shape(dataset.image_shape)
        self.decoded.clear_nearest()

    @Slot(object)
    def _on_generation(self, started: Started) -> None:
        dataset = self.session.dataset
        self.loss.clear()
        if dataset is not None:
            batch = started.config.training.batch_size
            self.loss.set_steps_per_epoch(-(-len(dataset.train) // batch))
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
        self._numbers.setText(f"{wording.epoch(numbers)}   step {numbers.step:,}")
        self._speed_label.setText(wording.rate(numbers.images_per_s))
        self._left_label.setText(wording.duration(numbers.seconds_left))
        self._device_label.setText(wording.device(numbers))
        self._device_label.setToolTip(numbers.device)
        self._loss_label.setText(
            f"train {wording.significant(numbers.train_loss)}   test {wording.significant(numbers.test_loss)}"
        )
        self._state_label.setText(wording.STATE_TEXTS[numbers.state])
        self.network.set_live(numbers.step)
        self.loss.refresh_numbers()

    @Slot(object)
    def _on_notice(self, notice: Notice) -> None:
        self.notices.show_notice(notice.text, notice.level, details=notice.details, actions=notice.actions)

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        """Said beside the control that asked, or on top of the window when that is hidden."""
        if self.network.isVisible():
            self.network.set_refused(text)
        else:
            self.notices.show_notice(text, "warn")

    @Slot(object)
    def _on_progress(self, progress: DataProgress) -> None:
        if progress.done:
            self.progress.finish()
            self._strip.hide()
            return
        self._strip.show()
        amount = wording.data_bytes(progress.done_bytes, progress.total_bytes)
        self.progress.set_progress(
            f"{progress.text}  {amount}", progress.done_bytes, progress.total_bytes,
            can_cancel=progress.can_cancel,
        )  # fmt: skip

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.settings.add_recent(file)
        self._fill_recent()
        self._show_title()
        self.statusBar().showMessage(f"Saved {file.name}", STATUS_MS)

    @Slot(object)
    def _on_opened(self, file: Path) -> None:
        self.settings.add_recent(file)
        self._fill_recent()
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
        self._speed.setCurrentIndex(int(action.objectName().rpartition("_")[2]))
        speed = action.data()
        self.session.set_speed(None if speed is None else float(speed))

    @Slot(int)
    def _on_data_chosen(self, index: int) -> None:
        self.session.choose_data(self._data.itemData(index))

    @Slot()
    def _on_data_action(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.session.choose_data(action.data())

    @Slot(int)
    def _on_preset_chosen(self, index: int) -> None:
        self.session.choose_preset(self._preset.itemData(index))

    @Slot(str)
    def _on_split(self, split: str) -> None:
        self.session.view.set_grid(split=split)

    @Slot(int)
    def _on_columns(self, columns: int) -> None:
        self.session.view.set_grid(columns=columns)

    @Slot()
    def _on_shuffle(self) -> None:
        self.session.view.set_grid(shuffle=True)

    @Slot()
    def _on_settings(self) -> None:
        box = SettingsBox(
            themes=[(name, name.capitalize()) for name in theme.THEMES],
            theme=theme.current().name,
            scales=[(scale, f"{100 * scale:.0f} %") for scale in TEXT_SCALES],
            scale=theme.scale(),
            devices=list(DEVICE_NAMES.items()),
            device=self._config.device if self._config is not None else "auto",
            autostart=self.settings.autostart,
            parent=self,
        )
        box.theme_chosen.connect(self._choose_theme)
        box.text_scale_chosen.connect(self._choose_text_scale)
        box.device_chosen.connect(self.session.use_device)
        box.autostart_chosen.connect(self._on_autostart)
        self._settings_box = box
        box.open()

    @Slot(bool)
    def _on_autostart(self, on: bool) -> None:
        self.settings.autostart = on

    # --- files --------------------------------------------------------------------------------------------

    @Slot()
    def _on_open(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, "Open run", "", f"{RUN_FILTER};;All files (*)")
        if name:
            self.session.open(Path(name))

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        if action.data() == "clear":
            self.settings.clear_recent()
            self._fill_recent()
        else:
            self.session.open(Path(action.data()))

    def _fill_recent(self) -> None:
        self._recent.clear()
        for file in self.settings.recent:
            action = self._recent.addAction(file.name.replace("&", "&&"))
            action.setData(str(file))
            action.setStatusTip(str(file))
        self._recent.setEnabled(not self._recent.isEmpty())
        if not self._recent.isEmpty():
            self._recent.addSeparator()
            self._recent.addAction("Clear this list").setData("clear")

    @Slot()
    def _on_save(self) -> None:
        if self.session.file is not None:
            self.session.save(self.session.file)
        else:
            self._on_save_as()

    @Slot()
    def _on_save_as(self) -> bool:
        start = str(self.session.file or "run.fcae")
        name, _kind = QFileDialog.getSaveFileName(self, "Save run", start, RUN_FILTER)
        if not name:
            return False
        file = Path(name)
        self.session.save(file if file.suffix else file.with_suffix(".fcae"))
        return True

    @Slot()
    def _on_save_picture(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(self, "Save picture", "fcae_gui.png", "PNG (*.png)")
        if name and not self.save_picture(Path(name)):
            self.notices.show_notice(f"{Path(name).name} could not be written.", "error")

    def save_picture(self, file: Path) -> bool:
        """Write what the window shows as a PNG; False when the file could not be written."""
        return self.grab().save(str(file), "PNG")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Run files can be dropped anywhere."""
        if self._dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped run file."""
        file = self._dropped(event)
        if file is not None:
            event.acceptProposedAction()
            self.session.open(file)

    @staticmethod
    def _dropped(event: QDropEvent) -> Path | None:
        urls = event.mimeData().urls()
        return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None

    # --- looks --------------------------------------------------------------------------------------------

    @Slot(QAction)
    def _on_theme(self, action: QAction) -> None:
        self._choose_theme(action.data())

    @Slot(str)
    def _choose_theme(self, name: str) -> None:
        self.settings.theme = name
        self._apply_theme(name, theme.scale())

    def _apply_theme(self, name: str, scale: float) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, name, scale)
        actions.refresh_icons(self.actions_by_id)
        self._on_state(self.session.state)
        self._show_theme_choice()

    def _show_theme_choice(self) -> None:
        self.actions_by_id[f"theme_{theme.current().name}"].setChecked(True)

    @Slot()
    def _on_larger(self) -> None:
        self._scale_text(1)

    @Slot()
    def _on_smaller(self) -> None:
        self._scale_text(-1)

    @Slot()
    def _on_usual_size(self) -> None:
        self._scale_text(0)

    def _scale_text(self, direction: int) -> None:
        now = min(range(len(TEXT_SCALES)), key=lambda i: abs(TEXT_SCALES[i] - theme.scale()))
        index = TEXT_SCALES.index(1.0) if direction == 0 else now + direction
        self._choose_text_scale(TEXT_SCALES[min(max(index, 0), len(TEXT_SCALES) - 1)])

    @Slot(float)
    def _choose_text_scale(self, scale: float) -> None:
        self.settings.text_scale = scale
        self._apply_theme(theme.current().name, scale)

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

    def show_workspace(self, name: str) -> None:
        """ "learn": all five panels; "explore": the map as large as it gets, the digit beside it."""
        if name == "explore":
            self._layout_explore()
        else:
            self._layout_learn()

    def _layout_learn(self) -> None:
        docks = self._take_docks_out()
        self._place_row(("network", "latent", "decoded"))
        self.splitDockWidget(docks["decoded"], docks["reconstructions"], Qt.Orientation.Vertical)
        self.splitDockWidget(docks["reconstructions"], docks["loss"], Qt.Orientation.Vertical)
        for name in LEARN:
            docks[name].show()
        self._share_space((0.25, 0.43, 0.32), ("network", "latent", "decoded"))
        self._share_height((0.33, 0.32, 0.35), ("decoded", "reconstructions", "loss"))

    def _layout_explore(self) -> None:
        docks = self._take_docks_out()
        self._place_row(("latent", "decoded"))
        docks["latent"].show()
        docks["decoded"].show()
        if self._tools:
            self.splitDockWidget(docks["decoded"], docks[self._tools[0]], Qt.Orientation.Vertical)
            for first, second in pairwise(self._tools):
                self.tabifyDockWidget(docks[first], docks[second])
            for name in self._tools:
                docks[name].show()
            docks[self._tools[0]].raise_()
            self._share_height((0.36, 0.64), ("decoded", self._tools[0]))
        self._share_space((0.64, 0.36), ("latent", "decoded"))

    def _take_docks_out(self) -> dict[str, QDockWidget]:
        for dock in self.docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        return self.docks

    def _place_row(self, names: tuple[str, ...]) -> None:
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.docks[names[0]])
        for left, right in pairwise(names):
            self.splitDockWidget(self.docks[left], self.docks[right], Qt.Orientation.Horizontal)

    def _share_space(self, shares: tuple[float, ...], names: tuple[str, ...]) -> None:
        sizes = [int(self.width() * share) for share in shares]
        self.resizeDocks([self.docks[name] for name in names], sizes, Qt.Orientation.Horizontal)

    def _share_height(self, shares: tuple[float, ...], names: tuple[str, ...]) -> None:
        sizes = [int(self.height() * share) for share in shares]
        self.resizeDocks([self.docks[name] for name in names], sizes, Qt.Orientation.Vertical)

    @Slot()
    def _on_reset_layout(self) -> None:
        self.settings.forget_layout()
        self.actions_by_id["workspace_learn"].setChecked(True)
        self._layout_learn()

    def _restore_layout(self) -> None:
        layout = self.settings.layout
        if layout is not None:
            geometry, state = layout
            self.restoreGeometry(QByteArray(geometry))
            if not self.restoreState(QByteArray(state), LAYOUT_VERSION):
                self._layout_learn()

    # --- boxes --------------------------------------------------------------------------------------------

    @Slot()
    def _on_shortcuts(self) -> None:
        self._shortcuts_box = ShortcutsBox(actions.shortcut_table(), self)
        self._shortcuts_box.open()

    @Slot()
    def _on_about(self) -> None:
        self._about_box = AboutBox(self.session.numbers().device, self)
        self._about_box.open()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notices hang under the tool bar."""
        super().resizeEvent(event)
        self.notices.set_top(self._toolbar.geometry().bottom())

    def changeEvent(self, event: QEvent) -> None:
        """Rest while minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.session.set_window_visible(not self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask only when there is something to lose, then end the session."""
        if self._ask_on_close and self.session.worth_asking and not self._may_leave():
            event.ignore()
            return
        if self._remember:
            self.settings.save_layout(self.saveGeometry(), self.saveState(LAYOUT_VERSION))
            self.settings.sync()
        self.closed_clean = self.session.close()
        event.accept()

    def close_without_asking(self) -> None:
        """Close for Ctrl-C or SIGTERM: whoever sends them cannot answer a question."""
        self._ask_on_close = False
        self.close()

    def _may_leave(self) -> bool:
        asked = QMessageBox(self)
        asked.setWindowTitle("Close")
        asked.setText("This run is not saved.")
        asked.setInformativeText("Save it, so that training can go on where it stopped?")
        asked.setStandardButtons(
            QMessageBox.StandardButton.Save
            | QMessageBox.StandardButton.Discard
            | QMessageBox.StandardButton.Cancel
        )
        asked.setDefaultButton(QMessageBox.StandardButton.Save)
        answer = asked.exec()
        if answer == QMessageBox.StandardButton.Save:
            return self._save_before_leaving()
        return answer == QMessageBox.StandardButton.Discard

    def _save_before_leaving(self) -> bool:
        if self.session.file is None:
            if not self._on_save_as():
                return False
        else:
            self.session.save(self.session.file)
        while self.session.writing:  # the session's own timer takes the reply and tells the end
            QApplication.processEvents()
        return not self.session.worth_asking
