"""Plain values that the session hands to the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fcae_gui.engine.config import Device

State = Literal["empty", "loading", "paused", "running", "finished", "diverged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to start. Empty strings and None leave the choice to the program."""

    file: Path | None = None
    data: str = ""
    preset: str = "map"
    device: Device = "auto"
    seed: int = 0
    threads: int | None = None
    data_dir: Path | None = None
    autostart: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One plain sentence for a person: what happened and what to do; details only to copy.

    actions: (id, label) pairs offered as buttons; the id comes back to Session.act.
    """

    level: Literal["info", "warn", "error"]
    text: str
    details: str = ""
    actions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the status line says; refreshed three times a second."""

    state: State
    epoch: float = 0.0
    step: int = 0
    images_per_s: float = 0.0
    seconds_left: float | None = None
    device: str = ""  # its name, such as "AMD EPYC"
    device_kind: str = ""  # "cpu", "cuda" ...
    threads: int = 0
    train_loss: float | None = None
    test_loss: float | None = None
    test_sse: float | None = None
    target_epochs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProgress:
    """Data on its way: what is being done, bytes so far and in all (None when unknown); done hides it."""

    title: str
    text: str
    done_bytes: int = 0
    total_bytes: int | None = None
    can_cancel: bool = False
    done: bool = False
    in_bytes: bool = True  # False: the amounts are no bytes, and only the bar shows them
