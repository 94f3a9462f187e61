"""How this program starts a module of its own in another process, from a wheel or a checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def command(module: str, *arguments: str) -> list[str]:
    """The command line of `python -m module`; -P, so that no torch.py in the current folder is run."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment for `command`: as ours, and able to find this package where it is not installed."""
    root = str(Path(__file__).resolve().parent.parent)
    found = {**os.environ}
    known = found.get("PYTHONPATH", "")
    if Path(root).name not in ("site-packages", "dist-packages") and root not in known.split(os.pathsep):
        found["PYTHONPATH"] = os.pathsep.join(filter(None, (known, root)))
    return found
