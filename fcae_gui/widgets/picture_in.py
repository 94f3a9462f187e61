"""Images from a file or the clipboard as grey arrays: capped in size, refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

MAX_FILE_BYTES = 64_000_000
MAX_SIDE = 20_000
MAX_PIXELS = 50_000_000  # a second to decode
KEPT_SIDE = 1024  # more than the field shows: a photograph is reduced while it is read
MEGABYTES = 512  # Qt refuses to decode into more


class BadPicture(ValueError):  # noqa: N818 - a fault of the file, told to a person
    """One sentence for a person about why an image could not be taken."""


def read_file(file: Path) -> np.ndarray:
    """(h, w) uint8 grey of an image file, at most KEPT_SIDE on a side. Raises BadPicture."""
    name = file.name
    try:
        size = file.stat().st_size
    except OSError:
        raise BadPicture(f"{name} cannot be read.") from None
    if not file.is_file():
        raise BadPicture(f"{name} is not a file.")
    if size > MAX_FILE_BYTES:
        raise BadPicture(f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    reader = QImageReader(str(file))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)  # a phone writes down how it was held
    reader.setAllocationLimit(MEGABYTES)
    if not reader.canRead():
        raise BadPicture(f"{name} is not an image that can be read here.")
    full = reader.size()
    if full.isValid():
        _check_size(full, name)
        if max(full.width(), full.height()) > KEPT_SIDE:
            reader.setScaledSize(full.scaled(KEPT_SIDE, KEPT_SIDE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise BadPicture(f"{name} is broken: {reader.errorString().rstrip('.') or 'no image in it'}.")
    return to_grey(image, name)


def from_mime(data: QMimeData | None) -> np.ndarray:
    """The image in what was pasted or dropped: pixels, or one file. Raises BadPicture."""
    if data is None:  # an empty clipboard on some systems
        raise BadPicture("There is no image on the clipboard.")
    if data.hasUrls():
        urls = data.urls()
        if len(urls) != 1 or not urls[0].isLocalFile():
            raise BadPicture("One image file at a time, from this computer.")
        return read_file(Path(urls[0].toLocalFile()))
    if data.hasImage():
        return to_grey(QImage(data.imageData()), "The image")
    raise BadPicture("There is no image on the clipboard.")


def to_grey(image: QImage, name: str) -> np.ndarray:
    """(h, w) uint8; what is transparent shows white paper. Raises BadPicture for an empty image."""
    if image.isNull() or image.width() < 1 or image.height() < 1:
        raise BadPicture(f"{name} is empty.")
    _check_size(image.size(), name)
    if max(image.width(), image.height()) > KEPT_SIDE:
        image = image.scaled(
            KEPT_SIDE, KEPT_SIDE, Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
    if image.hasAlphaChannel():
        paper = QImage(image.size(), QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        painter = QPainter(paper)
        painter.drawImage(0, 0, image)
        painter.end()
        image = paper
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()


def _check_size(size: QSize, name: str) -> None:
    high, wide = size.height(), size.width()
    if max(high, wide) > MAX_SIDE or high * wide > MAX_PIXELS:
        raise BadPicture(f"{name} has {wide:,} x {high:,} pixels; at most {MAX_PIXELS:,} in all are read.")
