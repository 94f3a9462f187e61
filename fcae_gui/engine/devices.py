"""Where the numbers are crunched: from "auto", "cpu", "cuda" ... to a torch device and its readable name."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch


def resolve(device: str) -> tuple[torch.device, str]:
    """The torch device and a name for people. Raises ValueError when it is not on this machine."""
    if device == "cpu":
        return torch.device("cpu"), _cpu_name()
    found = torch.accelerator.current_accelerator(check_available=True)
    if device == "auto":
        if found is None:
            return torch.device("cpu"), _cpu_name()
        return torch.device(found.type), _accelerator_name(found.type)
    if found is None or found.type != device:
        raise ValueError(f"device {device!r} is not available on this machine: choose auto or cpu")
    return torch.device(device), _accelerator_name(device)


def default_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def _accelerator_name(kind: str) -> str:
    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind == "xpu":
        return str(torch.xpu.get_device_name())
    return {"mps": "Apple GPU"}.get(kind, kind)


def _cpu_name() -> str:
    """The processor's own name where the system tells it, such as "AMD EPYC 7R13"."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
