"""`fcae embed`, `fcae export` and `fcae script`: what a saved run holds, for programs that are not ours."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError, prepare
from fcae_gui.cli.places import file_of, spare, writable
from fcae_gui.cli.signals import StopRequest
from fcae_gui.cli.telling import Teller
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.export_formats import in_words, missing_text
from fcae_gui.engine.runfile import load_run
from fcae_gui.engine.state import RunState
from fcae_gui.files import BadFile, shown
from fcae_gui.jobs import export, export_requests
from fcae_gui.jobs.export_requests import NoScript, Request

ENDINGS = {".npz": "npz", ".csv": "csv", ".parquet": "parquet"}


def run(args: argparse.Namespace) -> int:
    """Write what args.command asks for. Exit status 0 when it stands."""
    out = writable(args.out, spared=[args.run])
    with StopRequest() as stop:
        made = {"embed": _embed, "export": _export, "script": _script}[args.command]
        request = made(args, out, stop)
        if stop:
            raise UserError("interrupted; nothing was written", stop.exit_status)
        with Teller(stop, interrupted="interrupted; nothing was written") as teller:
            values = teller.ask(export.run, *request)
    for file in values["files"]:
        print(file)
    note = f"{in_words(values['bytes'])}, {values['note']}" if values["note"] else in_words(values["bytes"])
    print(note, file=sys.stderr)
    return EXIT_OK


def _embed(args: argparse.Namespace, out: Path, stop: StopRequest) -> Request:
    format_name = ENDINGS.get(out.suffix.lower(), "")
    if not format_name:
        raise UserError(f"--out {args.out} must end in .npz, .csv or .parquet")
    _complete(format_name)
    state = _opened(args.run)
    data = _data(args, state, stop, same=args.data is None)
    return export_requests.embedding(state, data, out, format_name=format_name, split=args.split)


def _export(args: argparse.Namespace, out: Path, stop: StopRequest) -> Request:
    _complete(args.format)
    state = _opened(args.run)
    data = _data(args, state, stop, same=False)
    return export_requests.network(state, data, out, part=args.what, format_name=args.format)


def _script(args: argparse.Namespace, out: Path, stop: StopRequest) -> Request:
    if out.suffix.lower() != ".py":
        raise UserError(f"--out {args.out} must end in .py")
    state = _opened(args.run)
    if problem := export_requests.refusal(state):
        raise UserError(problem, EXIT_FAILED)
    data = _data(args, state, stop, same=True)
    beside = export_requests.data_file(state, out)
    if beside is not None:
        writable(str(beside), spared=[args.run, *file_of(data.name)])
        if beside.exists() and not out.exists():
            raise UserError(f"--out {args.out} would replace {beside.name}, which no such script has written")
    try:
        return export_requests.script(state, data, out)
    except NoScript as error:
        raise UserError(str(error), EXIT_FAILED) from None


# --- what they share ----------------------------------------------------------------------------------------


def _complete(format_name: str) -> None:
    lacking = missing_text(format_name)
    if lacking:
        raise UserError(lacking, EXIT_FAILED)


def _opened(name: str) -> RunState:
    try:
        return load_run(name)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None


def _data(args: argparse.Namespace, state: RunState, stop: StopRequest, *, same: bool) -> Dataset:
    """The data of the run, or what --data names. `same`: it must be what the run has learned from."""
    asked = getattr(args, "data", None)
    try:
        if asked:
            name, args.data_dir = catalog.name_or_folder(asked, args.data_dir)
        else:
            name = catalog.resolve(state.config.data)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None
    except ValueError as error:
        raise UserError(str(error)) from None
    spare(args.out, file_of(name))
    data = prepare.load(name, args.data_dir, stop)
    if same:
        prepare.check_same(args.run, state, data)
    elif data.n_features != state.config.network.input_size:
        raise UserError(
            f"{data.title} has {data.n_features} values per sample, but {shown(args.run)} takes "
            f"{state.config.network.input_size}",
            EXIT_FAILED,
        )
    return data
