"""What can be taken along and in which format, what each format needs, and how large it gets. No torch."""

from __future__ import annotations

import importlib.util
import sys

from fcae_gui.engine.config import NetworkConfig

PARTS = ("encoder", "decoder", "network")
NETWORK_FORMATS = ("pt2", "onnx", "safetensors")
EMBEDDING_FORMATS = ("npz", "csv", "parquet")
SPLITS = ("train", "test", "all")
CHECKED_ROWS = 1_000  # test samples on which a written network has to give our own answers
NEEDS: dict[str, tuple[str, ...]] = {"onnx": ("onnx", "onnxscript", "onnxruntime"), "parquet": ("pyarrow",)}
EXTRAS = {"onnx": "onnx", "parquet": "export"}  # format -> the extra of ours that brings what it needs
CSV_BYTES = 13  # of a number in a table, with its comma
HEAD_BYTES = {"pt2": 20_000, "onnx": 6_000, "safetensors": 1_500}


def missing_for(format_name: str) -> tuple[str, ...]:
    """Packages that a format needs and that are not installed. Imports none of them."""
    return tuple(name for name in NEEDS.get(format_name, ()) if importlib.util.find_spec(name) is None)


def install_line(packages: tuple[str, ...]) -> str:
    """What to type to get packages into this Python."""
    python = sys.executable or "python"
    quoted = f'"{python}"' if " " in python else python
    return f"{quoted} -m pip install {' '.join(packages)}"


def missing_text(format_name: str) -> str:
    """One sentence about what a format lacks, with the line that installs it; "" when nothing is missing."""
    missing = missing_for(format_name)
    if not missing:
        return ""
    return f"This needs {' and '.join(missing)}; to install: {install_line(missing)}"


def embedding_bytes(rows: int, code_size: int, format_name: str) -> int:
    """About how many bytes the codes of so many samples take."""
    return rows * (code_size * CSV_BYTES + 14) if format_name == "csv" else rows * (code_size * 4 + 25)


def network_bytes(network: NetworkConfig, part: str, format_name: str) -> int:
    """About how many bytes a network takes; its halves differ by their biases alone."""
    share = network.parameters if part == "network" else network.parameters / 2
    return round(share * 4) + HEAD_BYTES[format_name]


def in_words(size: int) -> str:
    """A size in bytes as a person writes it: 1536 -> "1.5 kB"."""
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
