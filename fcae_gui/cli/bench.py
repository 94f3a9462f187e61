"""`fcae bench`: starts the benchmarks in a process of their own: they need what this one must not import."""

from __future__ import annotations

import argparse
import subprocess

from fcae_gui import children


def run(args: argparse.Namespace) -> int:
    """Run `python -m fcae_gui.bench`; returns its exit status."""
    command = children.command("fcae_gui.bench", *args.names)
    if args.json:
        command.append("--json")
    if args.data_dir:
        command += ["--data-dir", args.data_dir]
    with subprocess.Popen(command, env=children.environment()) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:  # it got the same Ctrl-C and ends its own children
            child.wait()
            raise
