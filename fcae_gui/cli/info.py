"""`fcae info`: what a saved run is, from the header of its file, or what own data holds; needs no torch."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError
from fcae_gui.cli.places import spare
from fcae_gui.data.own import door
from fcae_gui.data.own.plan import plan
from fcae_gui.data.own.values import Found, Origin, is_own
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.names import ratio_name, value_name
from fcae_gui.engine.recorded import SUFFIX as CURVE_SUFFIX
from fcae_gui.engine.recorded import load_curve, write_curve
from fcae_gui.engine.runfile import SUFFIX, read_summary
from fcae_gui.files import BadFile

EDITS_SHOWN = 20
COLUMNS_SHOWN = 24


def run(args: argparse.Namespace) -> int:
    """Print the summary of args.run, which may be data too."""
    try:
        if _is_data(Path(args.run)):
            if args.curve:
                raise UserError("--curve takes the curve of a run, and this is data.", EXIT_FAILED)
            found = door.inspect(args.run)
            print(found.as_json() if args.json else as_lines(found))
            return EXIT_OK
        summary = read_summary(args.run)
        if args.curve:
            if Path(args.curve).suffix.lower() != CURVE_SUFFIX:
                raise UserError(f"--curve {args.curve} must end in {CURVE_SUFFIX}")
            spare(args.curve, [args.run], option="--curve")
            write_curve(args.curve, load_curve(args.run))
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None
    except OSError as error:
        raise UserError(f"the curve was not written: {error.strerror or error}.", EXIT_FAILED) from None
    print(json.dumps(summary, allow_nan=False) if args.json else as_text(summary))
    return EXIT_OK


def _is_data(path: Path) -> bool:
    """True for what is there and does not call itself a run."""
    return path.suffix.lower() != SUFFIX and path.exists()


def as_lines(found: Found) -> str:
    """What own data holds and what would be done with it, as aligned lines."""
    count = f"{found.count:,}" if found.counted else f"about {found.count:,}"
    rows = [("file", found.path), ("samples", count), ("values", f"{found.n_features:,} per sample")]
    if found.image_shape is not None:
        rows.append(("pictures", f"{found.image_shape[1]} x {found.image_shape[0]}"))
    elif found.columns:
        rows.append(("columns", ", ".join(found.columns[:COLUMNS_SHOWN])))
    if found.classes:
        names = ", ".join(f"{name} ({count:,})" for name, count in found.classes[:COLUMNS_SHOWN])
        rows.append(("classes", f"{len(found.classes)} from {found.choices.label}: {names}"))
    rows += [("plan" if not i else "", step) for i, step in enumerate(plan(found, found.choices))]
    rows += [("notes" if not i else "", note) for i, note in enumerate(found.notes)]
    if found.n_skipped:
        rows.append(("skipped", f"{found.n_skipped:,}"))
        rows += [("", f"{name} {why}") for name, why in found.skipped[:EDITS_SHOWN]]
    return "\n".join(f"{label:<13}{_printable(text)}" for label, text in rows)


def as_text(summary: dict[str, Any]) -> str:
    """The summary as aligned lines for people."""
    config = RunConfig.from_json(summary["config"])
    network, training = config.network, config.training
    functions = f"{value_name('activation', network.activation)}; code {network.code_activation}; "
    functions += f"output {network.output_activation}; start {value_name('start', network.start)}"
    recipe = f"{value_name('loss', training.loss)}, {value_name('optimizer', training.optimizer)} "
    recipe += f"{training.learning_rate:g}, {value_name('schedule', training.schedule)}, "
    if training.weight_decay:
        recipe += f"weight decay {training.weight_decay:g}, "
    recipe += f"batch {training.batch_size}, target {value_name('epochs', training.epochs)}"
    recipe += "" if training.epochs is None else " epochs"
    rows = [
        ("file", f"{summary['file']} ({summary['bytes'] / 1e6:.1f} MB)"),
        ("preset", summary["preset"] or "none"),
        ("network", "-".join(map(str, summary["network"])) + f" ({summary['parameters']:,} parameters)"),
        ("compression", ratio_name(network)),
        ("functions", functions),
        ("training", recipe),
        ("data", f"{_origin(summary['data'])} ({summary['n_train']:,} training samples)"),
        ("seed", str(summary["seed"])),
        ("device", str(summary["device"])),
        ("threads", str(summary["threads"] or "not decided")),
        ("torch", summary["torch_version"] or "unknown"),
        ("position", f"epoch {summary['epoch']:.4g}, step {summary['step']:,}"),
        ("state", summary["ended"] or "not ended"),
        ("time", f"{summary['seconds']:.1f} s of training"),
        ("train loss", _number(summary["train_loss"])),
        ("test loss", _number(summary["test_loss"])),
        ("test SSE", _number(summary["test_sse"], " per sample")),
    ]
    edits = summary["edits"]
    rows.append(("edits", str(len(edits)) if edits else "none"))
    rows += [("", f"step {edit['step']:,}: {edit['text']}") for edit in edits[-EDITS_SHOWN:]]
    return "\n".join(f"{label:<13}{_printable(text)}" for label, text in rows)


def _origin(name: str) -> str:
    """A data set as people know it: own data by where it lies."""
    return str(Origin.parse(name).path) if is_own(name) else name


def _number(value: float | None, unit: str = "") -> str:
    return "not measured" if value is None else f"{value:.5g}{unit}"


def _printable(text: str) -> str:
    """A text from a file must not steer the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
