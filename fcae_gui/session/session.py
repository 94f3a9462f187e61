"""The one owner of a run while a window is open: intents come in as methods, facts go out as signals."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine import events as ev
from fcae_gui.engine import presets
from fcae_gui.engine.config import Device, RunConfig, needs_new_network
from fcae_gui.engine.runfile import load_run, save_run
from fcae_gui.engine.state import RunState
from fcae_gui.files import BadFile
from fcae_gui.session.background import Background
from fcae_gui.session.data_source import DataSource
from fcae_gui.session.run_link import RunLink
from fcae_gui.session.runner import wait_until
from fcae_gui.session.undo import History, Kept, RunStep
from fcae_gui.session.values import DataProgress, Notice, Numbers, Options
from fcae_gui.session.view import View

FRAME_INTERVAL_MS = 33  # 30 repaints a second however fast the trainer runs
NUMBERS_INTERVAL_MS = 333  # faster cannot be read
WORTH_ASKING_SECONDS = 30.0  # of training since the last save: less is made again faster than asked about


class Session(RunLink):
    """What a person can want of a window: play, edit, data, files, undo. Holds the one View.

    Everything here runs on the GUI thread. The frame timer takes what is newest out of the training thread's
    mailbox and tells it on; nothing ever waits for the training thread except `close`.
    """

    dataset_changed = Signal(object)  # Dataset
    data_kept = Signal(str)  # another data set did not come: this one, by its name, stays
    data_progressed = Signal(object)  # values.DataProgress
    saved = Signal(object)  # Path
    opened = Signal(object)  # Path
    frame_passed = Signal()  # after everything of a frame has been told

    def __init__(self, options: Options, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._background = Background()
        self._source = DataSource(self._background, self)
        self._source.arrived.connect(self._on_data)
        self._source.progressed.connect(self.data_progressed)
        self._source.failed.connect(self._on_data_failed)
        self._source.noticed.connect(self.noticed)
        self.view = View(self._put, self)
        self.generation_started.connect(self.view.start_generation)
        self.observed.connect(self.view.show)
        self.history = History(self)
        self._closers: list[Callable[[], bool]] = []
        self._failures: deque[str] = deque()  # filled by the hooks from any thread

        self._file: Path | None = None
        self._waiting_state: RunState | None = None  # an opened run whose data is on its way
        self._waiting_file: Path | None = None  # the file it was read from
        self._homeless: tuple[RunState, Path] | None = None  # an opened run whose own data was not found
        self._waiting_preset = ""
        self._data_before = ""  # what was learned before a preset brought its own data
        self._play_on_arrival = False
        self._unsaved_from = 0.0  # seconds of training when the run was last saved
        self._hidden_while_running = False
        self._closing = False

        self._since_numbers = QElapsedTimer()
        self._since_numbers.start()
        self._frames = QTimer(self)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.setInterval(FRAME_INTERVAL_MS)
        self._frames.timeout.connect(self.tick)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def data_dir(self) -> Path | None:
        """The folder that was named for data sets, None for the usual ones."""
        return self._options.data_dir

    @property
    def file(self) -> Path | None:
        """The run file this run was opened from or last saved to."""
        return self._file

    @property
    def worth_asking(self) -> bool:
        """Whether closing would lose work: training in no file that takes a while to repeat."""
        return self._seconds_trained - self._unsaved_from > WORTH_ASKING_SECONDS

    @property
    def shows_newest(self) -> bool:
        """Whether a resting run is on screen in all its parts: nothing is on its way any more."""
        return self._state != "running" and not self.writing and self.view.is_at(self.step)

    def hold_frames(self, held: bool) -> None:
        """Stop the frame timer, or let it run again (for measuring the engine alone)."""
        if held:
            self._frames.stop()
        else:
            self._frames.start()

    def mark_kept(self) -> None:
        """There is nothing to lose any more: closing asks nothing."""
        self._unsaved_from = float("inf")

    # --- starting and ending ------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin as the options say: a run file, a named data set, or what is on this machine."""
        self._frames.start()
        self._since_frame.start()
        if self._options.file is not None:
            self.open(self._options.file)
        else:
            self._first_data()

    def _first_data(self) -> None:
        suits = presets.PRESETS[self._options.preset].data if self._options.preset in presets.PRESETS else ""
        name = self._options.data or suits or catalog.default_name(self.data_dir)
        self._waiting_preset = self._options.preset
        self._play_on_arrival = self._options.autostart
        self._request_data(name)

    def close(self) -> bool:
        """End everything; False when a thread is still busy after its grace: then end the process."""
        self._closing = True
        self._frames.stop()
        self._source.close()
        clean = self._stop_runners()
        for close in self._closers:
            clean = close() and clean
        clean = self.view.close() and clean
        # The writer is waited for without a limit: a run file on its way is never cut short.
        wait_until(lambda: self._background.join(0.5), 30.0)
        return clean

    def close_with(self, close: Callable[[], bool]) -> None:
        """Call this when the session closes, to end a tool's worker; False when one is still busy."""
        self._closers.append(close)

    def report_failure(self, details: str) -> None:
        """Called by the hooks, in any thread: something unexpected was raised and logged."""
        self._failures.append(details)

    # --- playing ------------------------------------------------------------------------------------------

    @Slot()
    def play(self) -> None:
        """Run on."""
        self._put(ev.Play())

    @Slot()
    def pause(self) -> None:
        """Stop between two steps."""
        self._put(ev.Pause())

    @Slot()
    def toggle(self) -> None:
        """Play when paused, pause when running."""
        if self._state == "running":
            self.pause()
        else:
            self.play()

    def run_steps(self, steps: int = 1) -> None:
        """Make exactly so many steps, then pause."""
        self._put(ev.StepOnce(steps))

    @Slot()
    def run_epoch(self) -> None:
        """Run to the end of the epoch, then pause."""
        self._put(ev.RunEpoch())

    @Slot()
    def rewind(self) -> None:
        """Back to the same initial weights."""
        self._leave("rewind", lambda: self._put(ev.Rewind()))

    def new_seed(self, seed: int) -> None:
        """Other initial weights and another order of the samples."""
        self._leave("new seed", lambda: self._put(ev.Rewind(seed=seed)))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Slow motion, or None for full speed."""
        self._put(ev.SlowMotion(steps_per_second))

    def set_window_visible(self, visible: bool) -> None:
        """Rest while the window is minimised, so that a class of laptops does not run flat out."""
        if not visible and self._state == "running":
            self._hidden_while_running = True
            self.pause()
        elif visible and self._hidden_while_running:
            self._hidden_while_running = False
            self.play()

    # --- editing ------------------------------------------------------------------------------------------

    def edit(self, network: dict[str, Any], training: dict[str, Any]) -> None:
        """Change fields of the run while it learns, without a reset."""
        wanted = self._with(network, training)
        if wanted is None or self._wanted is None:
            return
        if needs_new_network(self._wanted.network, wanted.network):
            self.new_network(network)
            return
        self._wanted = wanted
        self._put(ev.Edit(wanted))

    def new_network(self, network: dict[str, Any]) -> None:
        """Build another network from the given fields; it starts at step 0 and goes on running if one ran."""
        wanted = self._with(network, {})
        if wanted is None:
            return
        wanted = replace(wanted, preset="")

        def go() -> None:
            self._wanted = wanted
            self._put(ev.Edit(wanted))

        self._leave("new network", go)

    def rotate_code(self) -> None:
        """Turn a linear code onto its principal axes, with every output unchanged; refused otherwise."""
        self._leave("rotate the code", lambda: self._put(ev.RotateCode()))

    def resize_code(self, size: int, *, same_gesture: bool = False) -> None:
        """Another code size without a restart; with same_gesture it is undone with the resize before."""
        if self._with({"code_size": size}, {}) is None:
            return

        def go() -> None:
            if self._wanted is None or size == self._wanted.network.code_size:
                return
            # An edit that follows at once has to speak of the network that will be there by then.
            network = replace(self._wanted.network, code_size=size)
            self._wanted = replace(self._wanted, network=network, preset="")
            self._put(ev.ResizeCode(size))

        if same_gesture:
            self._checkpoint(lambda _state: go())  # the same way round: sizes arrive in their order
        else:
            self._leave("another code size", go)

    def choose_preset(self, name: str) -> None:
        """A preset's network and training, on the data that it is made for or else on what is loaded.

        From the data of one preset another one goes back to what was there before.
        """
        if self._dataset is None or self._config is None:
            return
        data = self._data_for(name)
        if data != self._dataset.name:
            if not self._dataset_is_of_a_preset():
                self._data_before = self._dataset.name
            self._waiting_preset, self._waiting_state = name, None
            self._play_on_arrival = self._state == "running" or self._options.autostart
            self._request_data(data)
            return
        try:
            wanted = presets.make_config(
                name, self._dataset, seed=self._config.seed, device=self._config.device,
                threads=self._config.threads,
            )  # fmt: skip
        except ValueError as error:
            self._say("warn", str(error))
            return
        dataset, was_running = self._dataset, self._state == "running"

        def go() -> None:
            self._wanted = wanted
            # A preset is a fresh start even when its sizes are those of the network that is there.
            self._put(ev.SetData(dataset, wanted))
            self.view.set_dataset(dataset)  # SetData forgets what was watched
            if was_running or self._options.autostart:
                self._put(ev.Play())

        self._leave("preset", go)

    def _data_for(self, preset: str) -> str:
        assert self._dataset is not None
        suits = presets.PRESETS[preset].data if preset in presets.PRESETS else ""
        if suits or not self._dataset_is_of_a_preset():
            return suits or self._dataset.name
        return self._data_before or catalog.default_name(self.data_dir)

    def _dataset_is_of_a_preset(self) -> bool:
        return self._dataset is not None and self._dataset.name in {
            preset.data for preset in presets.PRESETS.values()
        }

    def use_device(self, device: Device) -> None:
        """Go on from here on another device."""
        if self._config is None or self._dataset is None:
            return
        was_running = self._state == "running"

        def moved(state: RunState) -> None:
            assert self._dataset is not None
            config = replace(state.config, device=device)
            self._replace_runner(config, self._dataset, replace(state, config=config))
            if was_running:
                self.play()

        self._checkpoint(moved)

    def halve_batch(self) -> None:
        """What is offered when memory ran out."""
        if self._wanted is not None:
            self.edit({}, {"batch_size": max(1, self._wanted.training.batch_size // 2)})
            self.play()

    def _with(self, network: dict[str, Any], training: dict[str, Any]) -> RunConfig | None:
        if self._wanted is None or self._dataset is None:
            return None
        try:
            # Output and loss depend on each other, so both halves change in one construction.
            wanted = replace(
                self._wanted,
                network=replace(self._wanted.network, **network),
                training=replace(self._wanted.training, **training),
            )
            if wanted.training.loss == "bce" and not self._dataset.in_unit_range:
                raise ValueError("BCE needs data in [0, 1], and this data set has values outside")
        except ValueError as error:
            self._refuse(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return None
        return wanted

    # --- data ---------------------------------------------------------------------------------------------

    def choose_data(self, name_or_path: str) -> None:
        """Switch to a data set of the catalog; what still makes sense is kept, what changed is said."""
        try:
            name = catalog.resolve(name_or_path)
        except ValueError as error:
            self._say("warn", str(error))
            return
        self._waiting_preset = ""
        self._waiting_state = None
        if self._dataset_is_of_a_preset():
            self._data_before = name  # a preset chosen before it is there waits for it
        self._play_on_arrival = self._state == "running" or self._options.autostart
        self._request_data(name)

    def cancel_data(self) -> None:
        """Stop a download."""
        self._source.cancel()
        if self._dataset is None:
            self._source.request("strokes", self.data_dir)
        else:
            self.data_kept.emit(self._dataset.name)

    def _request_data(self, name: str) -> None:
        if self._runner is None:
            self._set_state("loading")
        self._source.request(name, self.data_dir)

    @Slot(object, str)
    def _on_data(self, dataset: Dataset, name: str) -> None:
        fuller = self._dataset is not None and not self._dataset.complete and self._dataset.name == name
        if fuller and self._config is not None and self._wanted is not None:
            self._dataset = dataset
            self._put(ev.SetData(dataset, self._wanted, keep_weights=True))
            self.dataset_changed.emit(dataset)
            self.view.set_dataset(dataset)
            return
        state, self._waiting_state = self._waiting_state, None
        if state is not None:
            self._start_from_state(state, dataset)
        elif self._runner is None or self._config is None:
            self._start_fresh(dataset)
        else:
            self._switch(dataset)

    def _start_fresh(self, dataset: Dataset) -> None:
        options = self._options
        try:
            config = presets.make_config(
                self._waiting_preset or options.preset, dataset, seed=options.seed, device=options.device,
                threads=options.threads or window_threads(),
            )  # fmt: skip
        except ValueError as error:
            self._say("error", str(error))
            if dataset.name == catalog.STROKES:
                self._set_state("failed")
            else:  # what everybody has, with a network that fits everything
                self._waiting_preset = "map"
                self._request_data(catalog.STROKES)
            return
        self._dataset = dataset
        self._replace_runner(config, dataset, None)
        self.dataset_changed.emit(dataset)
        self.config_changed.emit(config)
        self.view.set_dataset(dataset)
        if self._play_on_arrival:
            self.play()

    def _switch(self, dataset: Dataset) -> None:
        assert self._wanted is not None
        changes: list[str] = []
        if self._waiting_preset:
            config = presets.make_config(
                self._waiting_preset,
                dataset,
                seed=self._options.seed,
                device=self._wanted.device,
                threads=self._wanted.threads,
            )
        else:
            fitting = self._wanted
            if self._dataset is not None:
                fitting = presets.with_target_for(fitting, self._dataset, dataset)
            config, changes = presets.adapt(fitting, dataset)
        play = self._play_on_arrival

        def go() -> None:
            self._dataset, self._wanted = dataset, config
            self._put(ev.SetData(dataset, config))
            self.dataset_changed.emit(dataset)
            self.view.set_dataset(dataset)
            if play:
                self.play()
            if changes:
                self._say("info", f"Now learning {dataset.title}: {'; '.join(changes)}.")

        self._leave("data set", go)

    def _start_from_state(self, state: RunState, dataset: Dataset) -> None:
        if dataset.n_features != state.config.network.input_size:
            self._say(
                "error",
                f"The run expects {state.config.network.input_size} inputs, but {dataset.title} has "
                f"{dataset.n_features}: it was not opened.",
            )
            self._waiting_file = None
            if self._runner is None:
                self._first_data()
            return
        if state.data_fingerprint and dataset.fingerprint and state.data_fingerprint != dataset.fingerprint:
            self._say(
                "warn",
                f"The {dataset.title} on this machine is not the data this run was trained on; "
                "it goes on with what is here.",
            )
        self._dataset = dataset
        self._file, self._waiting_file = self._waiting_file, None
        self._replace_runner(state.config, dataset, state)
        self._unsaved_from = self._seconds_trained = state.seconds
        self.view.recall(state.view)
        self.dataset_changed.emit(dataset)
        self.config_changed.emit(state.config)
        self.view.set_dataset(dataset)
        if self._file is not None:
            self.opened.emit(self._file)

    @Slot(object, str)
    def _on_data_failed(self, notice: Notice, name: str) -> None:
        state, self._waiting_state = self._waiting_state, None
        if state is not None and self._waiting_file is not None and catalog.is_own(name):
            self._homeless = (state, self._waiting_file)
            notice = replace(
                notice,
                text=f"{self._waiting_file.name} has learned from data of your own. {notice.text}",
                actions=(("find_data", "Show the file ..."), ("find_folder", "Show the folder ...")),
            )
        self.noticed.emit(notice)
        if self._dataset is None and name != "strokes":
            self._source.request("strokes", self.data_dir)  # a lecture goes on without a network
        elif self._dataset is not None:
            self.data_kept.emit(self._dataset.name)
        else:
            self._set_state("failed")

    # --- files --------------------------------------------------------------------------------------------

    def save(self, file: Path) -> None:
        """Write the run as it stands after the step in flight; training goes on meanwhile."""

        def write(state: RunState) -> None:
            state = replace(state, view=self.view.remembered())
            self._background.submit(
                "save",
                lambda: save_run(file, state),
                lambda _result: self._on_saved(file, state.seconds),
                lambda error, details: self._on_save_failed(file, error, details),
            )

        self._checkpoint(write)

    def _on_saved(self, file: Path, seconds: float) -> None:
        self._file = file
        self._unsaved_from = seconds
        self.saved.emit(file)

    def _on_save_failed(self, file: Path, error: Exception, details: str) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self._say("error", f"{file.name} was not saved: {reason}. The run goes on.", details=details)

    @property
    def writing(self) -> bool:
        """True while a file is on its way."""
        return bool(self._replies) or self._background.busy

    def open(self, file: Path) -> None:
        """Read a run file; a bad one is named in one sentence and the present run stays."""

        def read(state: RunState) -> None:
            try:
                name = catalog.resolve(state.config.data)
            except ValueError as error:
                self._refuse_file(error, "")
                return
            self._waiting_file = file
            self._waiting_state = state
            self._source.request(name, self.data_dir)

        if self._runner is None:
            self._set_state("loading")
        self._background.submit("open", lambda: load_run(file), read, self._refuse_file)

    def open_with(self, moved: Path) -> None:
        """Open the run whose own data was not found, with the data that now lies at `moved`."""
        if self._homeless is None:
            return
        (state, self._waiting_file), self._homeless = self._homeless, None
        try:
            name = catalog.moved(state.config.data, moved)
        except ValueError as error:
            self._refuse_file(error, "")
            return
        self._waiting_state = replace(state, config=replace(state.config, data=name))
        self._request_data(name)

    def _refuse_file(self, error: Exception, details: str) -> None:
        text = (
            str(error) if isinstance(error, BadFile | ValueError) else f"The file could not be read: {error}"
        )
        self._say("error", text, details=details)
        if self._runner is None:
            self._first_data()

    # --- undo ---------------------------------------------------------------------------------------------

    @Slot()
    def start_over(self) -> None:
        """Everything back to the state of a first start; can be undone."""

        def go() -> None:
            self._file = None
            self.view.forget_choices()
            self._waiting_preset = "map"
            self._play_on_arrival = True
            self._source.request(catalog.default_name(self.data_dir), self.data_dir)

        if self._runner is None:
            self._first_data()
            return
        self._leave("start over", go)

    def _exchange(self, kept: Kept, got: Callable[[Kept], None]) -> None:
        """Bring a kept run back, and keep the present one in its place."""

        def swap(now: RunState) -> None:
            assert self._dataset is not None
            got(Kept(text=kept.text, state=now, dataset=self._dataset))
            self._bring_back(kept)

        self._checkpoint(swap)

    def _bring_back(self, kept: Kept) -> None:
        if kept.dataset is not self._dataset:
            self._dataset = kept.dataset
            self._put(ev.SetData(kept.dataset, kept.state.config))
            self.dataset_changed.emit(kept.dataset)
        self._wanted = kept.state.config
        self._put(ev.Restore(kept.state))
        self.view.set_dataset(kept.dataset)

    def _leave(self, text: str, go: Callable[[], None]) -> None:
        """Keep a copy of the run, then do what would lose it."""

        def keep(state: RunState) -> None:
            if state.step > 0 and self._dataset is not None:
                kept = Kept(text=text, state=state, dataset=self._dataset)
                self.history.push(RunStep(kept, self._exchange))
            go()

        self._checkpoint(keep)

    # --- the frame ----------------------------------------------------------------------------------------

    @Slot()
    def tick(self) -> None:
        """Thirty times a second: take what is newest and tell it."""
        self._background.poll()
        self._source.poll()
        self._take_from_runner()
        self.view.poll(running=self._state == "running")
        while self._failures:
            self._say(
                "error",
                "Something unexpected happened; the run goes on. The details can be copied for a report.",
                details=self._failures.popleft(),
            )
        if self._since_numbers.elapsed() >= NUMBERS_INTERVAL_MS:
            self._since_numbers.restart()
            self.numbers_changed.emit(self.numbers())
        self.frame_passed.emit()

    def act(self, action: str) -> None:
        """Carry out the button of a notice."""
        match action:
            case "rewind":
                self.rewind()
            case "slower" if self._wanted is not None:
                self.edit({}, {"learning_rate": self._wanted.training.learning_rate / 10})
                self.play()
            case "halve_batch":
                self.halve_batch()
            case "use_cpu":
                self.use_device("cpu")
            case "play":
                self.play()
            case "undo":
                self.history.undo()
            case "strokes":
                self.choose_data("strokes")
            case _:
                pass

    # --- parts --------------------------------------------------------------------------------------------


def window_threads() -> int:
    """Threads for training beside a window: one core is left to the GUI."""
    return max(1, (os.cpu_count() or 2) - 1)


__all__ = ["DataProgress", "Notice", "Numbers", "Options", "Session"]
