"""The data set that a command needs: loaded, or first downloaded or drawn with a progress bar."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

from fcae_gui.cli import EXIT_FAILED, UserError
from fcae_gui.cli.signals import StopRequest
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.data.errors import MissingData
from fcae_gui.data.own import door
from fcae_gui.engine.state import RunState
from fcae_gui.files import BadFile, shown

POLL_S = 0.1  # often enough for a bar that moves, rare enough to cost nothing


def load(name: str, data_dir: str | None, stop: StopRequest) -> Dataset:
    """The data set `name`, prepared first when it is not here. Raises UserError."""
    try:
        return _own(name) if catalog.is_own(name) else catalog.load(name, data_dir)
    except MissingData:
        _prepare(name, data_dir, stop)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None
    try:
        return catalog.load(name, data_dir)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None


def check_same(run: str, state: RunState, dataset: Dataset) -> None:
    """Raises UserError when the run `run` has not learned from these very data."""
    other = state.data_fingerprint and dataset.fingerprint not in ("", state.data_fingerprint)
    if other or dataset.n_features != state.config.network.input_size:
        name = dataset.title if catalog.is_own(dataset.name) else dataset.name
        raise UserError(f"{shown(run)} has learned from another version of {name}", EXIT_FAILED)


def _own(name: str) -> Dataset:
    """A person's own data; what was skipped is said."""
    loaded = door.load_name(name)
    for note in loaded.notes:
        print(f"Note: {note}.", file=sys.stderr)
    if loaded.n_skipped:
        first = "; ".join(f"{file}: {why}" for file, why in loaded.skipped[:3])
        print(f"Note: {loaded.n_skipped:,} skipped ({first}).", file=sys.stderr)
    return loaded.dataset


def _prepare(name: str, data_dir: str | None, stop: StopRequest) -> None:
    """Run the child process that downloads or draws, and show how far it is."""
    from fcae_gui.data.preparation import Preparation

    source = catalog.SOURCES[name]
    doing = "Downloading" if source.needs_download else "Preparing"
    preparation = Preparation(name, data_dir)
    try:
        with tqdm(desc=f"{doing} {source.title}", unit="B", unit_scale=True, file=sys.stderr) as bar:
            while True:
                progress = preparation.poll()
                bar.total = progress.total_bytes
                bar.n = progress.done_bytes
                bar.refresh()
                if progress.state != "running":
                    break
                if stop:
                    raise UserError("interrupted; nothing was kept", stop.exit_status)
                time.sleep(POLL_S)
    finally:
        preparation.cancel()  # does nothing once it has ended
    if progress.state != "done":
        raise UserError(progress.message or f"{source.title} could not be prepared.", EXIT_FAILED)
