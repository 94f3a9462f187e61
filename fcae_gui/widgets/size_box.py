"""A box to choose how many samples are used."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox


def fill(box: QComboBox, sizes: Iterable[int], n: int, wanted: int | None) -> None:
    """Those of the sizes that are smaller than n, and all n, whose data is None. `wanted` if it is there."""
    box.clear()
    for size in sizes:
        if size < n:
            box.addItem(f"{size:,}", size)
    box.addItem(f"all {n:,}", None)
    at = box.findData(wanted)
    box.setCurrentIndex(at if at >= 0 and wanted is not None else box.count() - 1)
