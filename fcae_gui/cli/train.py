"""`fcae train`: the engine of the window, driven from a terminal."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError, prepare
from fcae_gui.cli.baseline import against_pca, pca_lines
from fcae_gui.cli.places import file_of, spare, writable
from fcae_gui.cli.plainly import engine_errors
from fcae_gui.cli.signals import StopRequest
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Evaluated, Event, Observation, Play, RunEnded, Started, StateChanged, Stop
from fcae_gui.engine.presets import DEFAULT_PRESET, MNIST_FEATURES, PRESETS, adapt, make_config, target_epochs
from fcae_gui.engine.runfile import SUFFIX, load_run, save_run
from fcae_gui.engine.state import RunState
from fcae_gui.files import BadFile

if TYPE_CHECKING:
    from fcae_gui.engine.trainer import Trainer

AUTOSAVE_S = 30  # a run that is killed loses at most this much, and a short epoch is not spent on saving
QUIET_BAR_S = 5.0  # between two lines of the bar when it goes to a file


@dataclass(slots=True)
class _Job:
    """What is to be trained and where it is to be kept."""

    config: RunConfig
    dataset: Dataset
    out: Path
    state: RunState | None = None


def run(args: argparse.Namespace) -> int:
    """Train as the arguments say. Exit status: 0 finished, 130 Ctrl-C, 143 SIGTERM, 1 diverged or failed."""
    with StopRequest() as stop:
        job = _resumed(args, stop) if args.resume else _new(args, stop)
        trainer = _trainer(job)
        if stop:  # importing torch takes seconds: long enough for second thoughts
            raise UserError("interrupted before the first step", stop.exit_status)
        return _Training(job, trainer, stop, as_json=args.json).run()


# --- what to train ----------------------------------------------------------------------------------------


def _new(args: argparse.Namespace, stop: StopRequest) -> _Job:
    preset = args.preset or DEFAULT_PRESET
    seed = args.seed or 0
    try:
        if args.data:
            name, args.data_dir = catalog.name_or_folder(args.data, args.data_dir)
        else:
            name = _data_of(preset) or catalog.default_name(args.data_dir)
        # Everything that can be wrong with the arguments is found before a download begins.
        config = make_config(
            preset,
            n_features=PRESETS[preset].network.input_size if preset in PRESETS else MNIST_FEATURES,
            data=name,
            seed=seed,
            device=args.device or "auto",
            threads=args.threads,
        )
        if args.epochs is not None:
            config = config.with_training(epochs=args.epochs)
        config = config.with_training(freeze_encoder=args.freeze_encoder)
    except ValueError as error:
        raise UserError(str(error)) from None
    if args.out:
        out = writable(args.out, spared=file_of(name))
    else:
        out = _free_name(f"{preset}-{_plain(name)}-{seed}")
    dataset = prepare.load(name, args.data_dir, stop)
    if args.epochs is None:
        config = config.with_training(epochs=target_epochs(preset, dataset))
    config, changes = adapt(config, dataset)
    for change in changes:
        print(f"Note: {change}.", file=sys.stderr)
    return _Job(config, dataset, out)


def _data_of(preset: str) -> str:
    """The data set that a preset is made for, "" when any will do or there is no such preset."""
    return PRESETS[preset].data if preset in PRESETS else ""


def _resumed(args: argparse.Namespace, stop: StopRequest) -> _Job:
    for option in ("preset", "data", "seed"):
        if getattr(args, option) is not None:
            raise UserError(f"--{option} cannot be given with --resume: the run has its own")
    out = writable(args.out or args.resume)
    try:
        state = load_run(args.resume)
        name = catalog.resolve(state.config.data)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None
    spare(str(out), file_of(name))
    target = args.epochs or state.config.training.epochs
    if target is None:
        raise UserError("this run has no target: give --epochs N")
    if state.epoch >= target:
        raise UserError(f"this run has already made {state.epoch} epochs: give --epochs N with a larger N")
    dataset = prepare.load(name, args.data_dir, stop)
    prepare.check_same(args.resume, state, dataset)
    changes = {"device": args.device, "threads": args.threads}
    wanted = replace(state.config, **{key: value for key, value in changes.items() if value is not None})
    config = wanted if args.epochs is None else wanted.with_training(epochs=args.epochs)
    if args.freeze_encoder:
        config = config.with_training(freeze_encoder=True)
    return _Job(config, dataset, out, replace(state, config=wanted))


def _plain(name: str) -> str:
    """A data set's name as part of a file's name."""
    return Path(catalog.title_of(name)).stem.replace(" ", "-") if catalog.is_own(name) else name


def _free_name(stem: str) -> Path:
    """A file in the current folder that does not exist yet: stem.fcae, stem-2.fcae, ..."""
    number = 1
    while (path := Path(f"{stem}-{number}{SUFFIX}" if number > 1 else f"{stem}{SUFFIX}")).exists():
        number += 1
    return writable(str(path))


def _trainer(job: _Job) -> Trainer:
    """The engine, ready at its first or restored step. Raises UserError."""
    from fcae_gui.engine.trainer import Trainer

    with engine_errors():
        trainer = Trainer(job.config if job.state is None else job.state.config, job.dataset, state=job.state)
        if job.state is not None and job.config != job.state.config:
            trainer.edit(replace(trainer.config, training=job.config.training))
        return trainer


# --- training ---------------------------------------------------------------------------------------------


class _Training:
    """One run from Play to its end: events in; progress, JSON lines and the saved file out."""

    def __init__(self, job: _Job, trainer: Trainer, stop: StopRequest, *, as_json: bool) -> None:
        self._job = job
        self._trainer = trainer
        self._stop = stop
        self._as_json = as_json
        self._reader_gone = False
        self._evaluated: Evaluated | None = None
        self._ended: RunEnded | None = None
        self._saved_at = time.monotonic()
        self._device_name = ""
        epochs = trainer.config.training.epochs or 1
        tty = sys.stderr.isatty()
        tqdm.monitor_interval = 0  # no thread of its own
        self._bar = tqdm(
            total=epochs * trainer.steps_per_epoch,
            initial=trainer.step_count,
            unit="step",
            file=sys.stderr,
            disable=as_json and not tty,
            leave=not as_json,
            dynamic_ncols=True,
            mininterval=0.1 if tty else QUIET_BAR_S,
            bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} steps [{elapsed}<{remaining}{postfix}]",
        )

    def run(self) -> int:
        from fcae_gui.engine.loop import Inbox, serve

        inbox = Inbox()
        playing = stopping = False
        with self._bar:
            for event in serve(self._trainer, inbox, every_epoch=True):
                self._handle(event)
                if isinstance(event, StateChanged) and not playing:
                    playing = True
                    inbox.put(Play())
                if not stopping and (self._stop or self._reader_gone or self._ended is not None):
                    stopping = True
                    inbox.put(Stop())
            self._bar.refresh()
        return self._finish()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Started):
            self._device_name = event.device_name
        elif isinstance(event, Observation):
            self._show(event.step, event.images_per_s)
        elif isinstance(event, Evaluated):
            self._evaluated = event
            self._show(event.step, event.images_per_s)
            if event.step and event.epoch == round(event.epoch):
                self._tell_epoch(event)
            if time.monotonic() - self._saved_at > AUTOSAVE_S:
                self._save(final=False)
        elif isinstance(event, RunEnded) and self._ended is None:
            self._ended = event

    def _show(self, step: int, images_per_s: float) -> None:
        losses = self._trainer.history.train
        loss = f"loss {losses[-1]:.4g}" if len(losses) else ""
        self._bar.set_postfix_str(f"{images_per_s:,.0f} images/s, {loss}", refresh=False)
        self._bar.update(step - self._bar.n)

    def _tell_epoch(self, event: Evaluated) -> None:
        epoch = round(event.epoch)
        if self._as_json:
            self._print_json(
                {
                    "epoch": epoch,
                    "step": event.step,
                    "train_loss": event.train_loss,
                    "test_loss": event.test_loss,
                    "test_sse": event.test_sse,
                    "images_per_s": event.images_per_s,
                }
            )
        else:
            self._bar.write(
                f"epoch {epoch:>3}  train {event.train_loss:.5f}  test {event.test_loss:.5f}  "
                f"SSE {event.test_sse:6.2f}  {event.images_per_s:>9,.0f} images/s",
                file=sys.stderr,
            )

    def _finish(self) -> int:
        """Measure where the run stands, save it, say how it ended; returns the exit status."""
        ended = self._ended
        reason = ended.reason if ended else "stopped"
        if reason in ("finished", "stopped"):
            measured = self._evaluated
            if measured is None or measured.step != self._trainer.step_count:
                self._evaluated = self._trainer.evaluate()
        state = self._save(final=True)
        last = self._evaluated
        steps_per_epoch = self._trainer.steps_per_epoch
        result: dict[str, Any] = {
            "ended": reason,
            "epoch": state.step / steps_per_epoch if ended is None else ended.epoch,
            "step": state.step,
            "train_loss": last.train_loss if last else None,
            "test_loss": last.test_loss if last else None,
            "test_sse": last.test_sse if last else None,
            "seconds": state.seconds,
            "device": self._device_name,
            "out": str(self._job.out),
        }
        if reason in ("finished", "stopped") and last:
            result |= self._against_pca(last)
        if ended and ended.message:
            result |= {"message": ended.message, "advice": ended.advice}
        if self._as_json:
            self._print_json(result)
        else:
            print(
                f"{reason.capitalize()} at epoch {result['epoch']:.4g} (step {state.step:,}) after "
                f"{state.seconds:.1f} s of training on {self._device_name}."
            )
            if last:
                print(f"Sum of squared errors per test image: {last.test_sse:.2f}")
            for line in pca_lines(result, self._trainer.config.network.code_size):
                print(line)
            print(f"Saved as {self._job.out}")
        if reason in ("diverged", "failed"):
            if ended:
                print(f"fcae train: {ended.message} {ended.advice}".rstrip(), file=sys.stderr)
            return EXIT_FAILED
        if self._reader_gone:
            raise BrokenPipeError
        return self._stop.exit_status if reason == "stopped" else EXIT_OK

    def _against_pca(self, last: Evaluated) -> dict[str, Any]:
        """The comparison, without figures where it cannot be made: the run is saved and told all the same."""
        try:
            return against_pca(self._trainer.weights(), self._trainer.config, self._job.dataset, last)
        except (MemoryError, ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            reason = str(error) or type(error).__name__
            print(f"Note: PCA of these data could not be computed: {reason}", file=sys.stderr)
            return {"pca_test_loss": None, "pca_excess": None}

    def _save(self, *, final: bool) -> RunState:
        """Save the run; while it still goes on, a disk that refuses is only mentioned."""
        self._saved_at = time.monotonic()
        state = self._trainer.snapshot()
        if final and self._ended:
            state = replace(state, ended=self._ended.reason)
        try:
            save_run(self._job.out, state)
        except OSError as error:
            reason = error.strerror or str(error)
            if final:
                raise UserError(
                    f"the run cannot be saved as {self._job.out}: {reason}", EXIT_FAILED
                ) from None
            self._bar.write(f"Not saved this time: {reason}", file=sys.stderr)
        return state

    def _print_json(self, value: dict[str, Any]) -> None:
        """One line of strict JSON. A reader that has gone away ends the run, which is saved all the same."""
        if self._reader_gone:
            return
        try:
            print(json.dumps(_finite(value), allow_nan=False), flush=True)
        except BrokenPipeError:
            self._reader_gone = True


def _finite(value: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN and no infinities: they become null."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in value.items()}
