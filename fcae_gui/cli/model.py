"""A trained encoder for a command: out of a saved run, or of a preset that is trained first."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from fcae_gui.cli import EXIT_FAILED, UserError, prepare
from fcae_gui.cli.plainly import engine_errors
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.telling import BAR_FORMAT
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Weights
from fcae_gui.engine.presets import DEFAULT_PRESET, MNIST_FEATURES, PRESETS, adapt, make_config, target_epochs
from fcae_gui.engine.runfile import load_run
from fcae_gui.files import BadFile, shown
from fcae_gui.jobs.networks import weights_of
from fcae_gui.jobs.registry import JobFailed

if TYPE_CHECKING:
    from fcae_gui.engine.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Model:
    """A trained encoder and what it has learned from."""

    weights: Weights
    config: RunConfig
    dataset: Dataset
    said: dict[str, Any]  # where it comes from, in every line


Check = Callable[[Dataset], None]  # raises JobFailed when the command can do nothing with these data


def of(args: argparse.Namespace, stop: StopRequest, check: Check) -> Model:
    """What --run names, or what the other arguments ask to train. Raises UserError.

    The data are checked before anything is trained.
    """
    return _opened(args, stop, check) if args.run else _trained(args, stop, check)


def _checked(check: Check, dataset: Dataset) -> None:
    try:
        check(dataset)
    except JobFailed as error:
        raise UserError(str(error), EXIT_FAILED) from None


def _opened(args: argparse.Namespace, stop: StopRequest, check: Check) -> Model:
    for option in ("preset", "data", "epochs", "seed"):
        if getattr(args, option) is not None:
            raise UserError(f"--{option} cannot be given with --run: the run has its own")
    try:
        state = load_run(args.run)
        name = catalog.resolve(state.config.data)
    except (BadFile, ValueError) as error:
        raise UserError(str(error), EXIT_FAILED) from None
    dataset = prepare.load(name, args.data_dir, stop)
    prepare.check_same(args.run, state, dataset)
    _checked(check, dataset)
    weights = weights_of(state.weights, state.config.network, step=state.step)
    return Model(weights, state.config, dataset, {"run": shown(args.run), "epochs": state.epoch})


def _trained(args: argparse.Namespace, stop: StopRequest, check: Check) -> Model:
    preset = args.preset or DEFAULT_PRESET
    try:
        if args.data:
            name, args.data_dir = catalog.name_or_folder(args.data, args.data_dir)
        else:
            name = PRESETS[preset].data or catalog.default_name(args.data_dir)
        # What can be wrong with the arguments is found before a download begins.
        config = make_config(
            preset, n_features=PRESETS[preset].network.input_size or MNIST_FEATURES, data=name,
            seed=args.seed or 0, device=args.device or "auto", threads=args.threads,
        )  # fmt: skip
        dataset = prepare.load(name, args.data_dir, stop)
        _checked(check, dataset)
        config = config.with_training(epochs=args.epochs or target_epochs(preset, dataset))
        config, changes = adapt(config, dataset)
    except ValueError as error:
        raise UserError(str(error)) from None
    for change in changes:
        print(f"Note: {change}.", file=sys.stderr)
    from fcae_gui.engine.trainer import Trainer

    with engine_errors():
        trainer = Trainer(config, dataset)
        began = time.perf_counter()
        _train(trainer, stop)
        said = {
            "preset": preset, "epochs": round(trainer.epoch), "train_s": time.perf_counter() - began,
            "test_sse": trainer.evaluate().test_sse,
        }  # fmt: skip
        return Model(trainer.weights(), trainer.config, dataset, said)


STEPS_AT_ONCE = 16  # between two looks at Ctrl-C


def _train(trainer: Trainer, stop: StopRequest) -> None:
    total = (trainer.config.training.epochs or 1) * trainer.steps_per_epoch
    with tqdm(total=total, desc="Training", file=sys.stderr, bar_format=BAR_FORMAT, disable=None) as bar:
        while not trainer.target_reached:
            if stop:
                raise UserError("interrupted; nothing was kept", stop.exit_status)
            before = trainer.step_count
            trainer.steps(STEPS_AT_ONCE)
            bar.update(trainer.step_count - before)
