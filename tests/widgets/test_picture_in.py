"""Images from outside: read as grey within limits, refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage

from fcae_gui.widgets import picture_in
from fcae_gui.widgets.picture_in import KEPT_SIDE, BadPicture, from_mime, read_file, to_grey


def _saved(path: Path, width: int, height: int) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGray)
    assert image.save(str(path))
    return path


def test_a_small_image_is_read_pixel_by_pixel(qapp, tmp_path: Path) -> None:
    pixels = np.arange(35, dtype=np.uint8).reshape(5, 7) * 7
    rows = np.zeros((5, 8), np.uint8)
    rows[:, :7] = pixels
    image = QImage(rows.data, 7, 5, 8, QImage.Format.Format_Grayscale8)
    assert image.save(str(tmp_path / "a.png"))
    assert np.array_equal(read_file(tmp_path / "a.png"), pixels)


def test_a_large_photograph_is_reduced_while_it_is_read(qapp, tmp_path: Path) -> None:
    found = read_file(_saved(tmp_path / "photo.jpg", 3000, 1500))
    assert found.shape == (KEPT_SIDE // 2, KEPT_SIDE)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(200), b"GIF89a" + b"\xff" * 9]
)
def test_what_is_no_image_is_refused_in_one_sentence_with_its_name(
    qapp, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "thing.png"
    file.write_bytes(content)
    with pytest.raises(BadPicture, match=r"thing\.png") as caught:
        read_file(file)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 160


def test_too_many_pixels_too_many_bytes_a_folder_and_nothing_are_refused(
    qapp, tmp_path: Path, monkeypatch
) -> None:
    file = _saved(tmp_path / "big.png", 300, 200)
    monkeypatch.setattr(picture_in, "MAX_PIXELS", 50_000)
    with pytest.raises(BadPicture, match="300 x 200"):
        read_file(file)
    monkeypatch.setattr(picture_in, "MAX_FILE_BYTES", 10)
    with pytest.raises(BadPicture, match="larger than"):
        read_file(file)
    with pytest.raises(BadPicture):
        read_file(tmp_path)
    with pytest.raises(BadPicture, match=r"none\.png"):
        read_file(tmp_path / "none.png")
    with pytest.raises(BadPicture, match="empty"):
        to_grey(QImage(), "It")


def test_only_one_local_file_is_taken_from_a_drop(qapp, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.png", "b.png")])
    with pytest.raises(BadPicture, match="One image"):
        from_mime(data)
    data.setUrls([QUrl("https://example.org/a.png")])
    with pytest.raises(BadPicture, match="One image"):
        from_mime(data)
    for nothing in (QMimeData(), None):
        with pytest.raises(BadPicture, match="clipboard"):
            from_mime(nothing)
