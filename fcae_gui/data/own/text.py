"""Lines of a text file, packed or not, of whatever encoding, none of them longer than is sensible."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from fcae_gui.data.errors import BadData
from fcae_gui.data.own import limits
from fcae_gui.files import shown

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = b"\t\n\r\x0b\x0c\x1b\x1a"
_MAX_CONTROLS = 0.01  # of the first bytes of something that calls itself text


def head(path: Path) -> tuple[list[str], str, bool]:
    """(lines, encoding, whole): the first HEAD_BYTES as lines, and whether that was all. Raises BadData."""
    name = shown(path)
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        raw = source.read(limits.HEAD_BYTES)
        whole = len(raw) < limits.HEAD_BYTES or not source.read(1)
    if not raw.strip():
        raise BadData(f"{name} is empty.")
    if limits.is_web_page(raw[:2000]):
        raise BadData(f"{name} is a web page, not data.")
    encoding = _encoding(raw, name)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw)
    lines = _plain_ends(text).split("\n")
    if not whole:
        lines.pop()  # cut in the middle
        if not lines:
            raise BadData(
                f"{name} has a line of more than {limits.HEAD_BYTES // 2**20} MB, which is no table."
            )
    return lines, encoding, whole


def batches(path: Path, encoding: str) -> Iterator[tuple[list[str], int]]:
    """(lines, bytes read of the file so far), about a megabyte at a time. Raises BadData."""
    name = shown(path)
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        rest = ""
        while True:
            piece = source.read(limits.CHUNK_BYTES)
            text = rest + decoder.decode(piece, final=not piece)
            if text.endswith("\r") and piece:  # perhaps the first half of a line's end
                text, held = text[:-1], "\r"
            else:
                held = ""
            lines = _plain_ends(text).split("\n")
            rest = lines.pop() + held
            if len(rest) > limits.MAX_LINE_BYTES:
                raise BadData(f"{name} has a line of more than {limits.MAX_LINE_BYTES // 2**20} MB.")
            if not piece and rest:
                lines.append(rest)
            if lines:
                yield lines, source.place
            if not piece:
                return


def count_lines(path: Path) -> int | None:
    """How many lines there are; None when that would take too long to find out."""
    with limits.opened(path) as file:
        source = limits.Unpacked(file, path)
        if source.size > (limits.CHECKED_BYTES // 4 if source.packed else limits.MAX_VALUE_BYTES // 2):
            return None
        lines, last = 0, b"\n"
        while piece := source.read(limits.CHUNK_BYTES):
            lines += piece.count(b"\n") or piece.count(b"\r")
            last = piece[-1:]
            if source.packed and source.done > 4 * limits.CHECKED_BYTES:
                return None
        return lines + (last not in b"\r\n")


def _plain_ends(text: str) -> str:
    """Line ends of Windows and of old Macs as \\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _encoding(raw: bytes, name: str) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return encoding
    controls = sum(raw.count(bytes([code])) for code in range(32) if code not in _TEXT_CONTROLS)
    if b"\0" in raw or controls > _MAX_CONTROLS * len(raw):
        raise BadData(f"{name} is not a kind of data that can be read: it is not text.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return "cp1252"  # what spreadsheets of the West write when it is not UTF-8
    return "utf-8"
