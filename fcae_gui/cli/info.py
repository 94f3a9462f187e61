"""`fcae info`: what a saved run is, from the header of its file; needs no torch."""

from __future__ import annotations

import argparse
import json
from typing import Any

from fcae_gui.cli import EXIT_FAILED, EXIT_OK, UserError
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.names import ratio_name, value_name
from fcae_gui.engine.runfile import read_summary
from fcae_gui.files import BadFile

EDITS_SHOWN = 20


def run(args: argparse.Namespace) -> int:
    """Print the summary of args.run."""
    try:
        summary = read_summary(args.run)
    except BadFile as error:
        raise UserError(str(error), EXIT_FAILED) from None
    print(json.dumps(summary, allow_nan=False) if args.json else as_text(summary))
    return EXIT_OK


def as_text(summary: dict[str, Any]) -> str:
    """The summary as aligned lines for people."""
    config = RunConfig.from_json(summary["config"])
    network, training = config.network, config.training
    functions = f"{value_name('activation', network.activation)}; code {network.code_activation}; "
    functions += f"output {network.output_activation}; start {value_name('start', network.start)}"
    recipe = f"{value_name('loss', training.loss)}, {value_name('optimizer', training.optimizer)} "
    recipe += f"{training.learning_rate:g}, {value_name('schedule', training.schedule)}, "
    recipe += f"batch {training.batch_size}, target {value_name('epochs', training.epochs)}"
    recipe += "" if training.epochs is None else " epochs"
    rows = [
        ("file", f"{summary['file']} ({summary['bytes'] / 1e6:.1f} MB)"),
        ("preset", summary["preset"] or "none"),
        ("network", "-".join(map(str, summary["network"])) + f" ({summary['parameters']:,} parameters)"),
        ("compression", ratio_name(network)),
        ("functions", functions),
        ("training", recipe),
        ("data", f"{summary['data']} ({summary['n_train']:,} training samples)"),
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


def _number(value: float | None, unit: str = "") -> str:
    return "not measured" if value is None else f"{value:.5g}{unit}"


def _printable(text: str) -> str:
    """A text from a file must not steer the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
