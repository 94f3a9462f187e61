"""Samples on the way from one place to another: what a dragged image carries, and how a drag begins."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QWidget

MIME = "application/x-fcae-row"  # "test:123": a half of the data set and a row of it
PICTURE_PX = 56  # of the image that hangs at the mouse
SPLITS = ("train", "test")


def pack(split: str, row: int) -> QMimeData:
    """What stands for row `row` of the "train" or "test" half. ValueError for another half."""
    if split not in SPLITS or row < 0:
        raise ValueError(f"expected a row of the train or test half, got {split!r} and {row}")
    data = QMimeData()
    data.setData(MIME, f"{split}:{row}".encode())
    return data


def unpack(data: QMimeData) -> tuple[str, int] | None:
    """(half, row) of a dragged sample, None for anything else: drops come from other programs too."""
    if not data.hasFormat(MIME):
        return None
    split, _, row = bytes(data.data(MIME).data()).decode("ascii", "replace").partition(":")
    if split not in SPLITS or not row.isdecimal() or len(row) > 9:
        return None
    return split, int(row)


def start(source: QWidget, split: str, row: int, picture: QImage | None = None) -> None:
    """Drag a sample away from `source` until the mouse button is let go."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return  # without a screen nobody could let it go
    drag = QDrag(source)
    drag.setMimeData(pack(split, row))
    if picture is not None and not picture.isNull():
        made = QPixmap.fromImage(picture).scaled(
            PICTURE_PX,
            PICTURE_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.FastTransformation,
        )
        drag.setPixmap(made)
        drag.setHotSpot(QPoint(made.width() // 2, made.height() // 2))
    drag.exec(Qt.DropAction.CopyAction)
