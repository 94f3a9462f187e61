"""Small TOML files that people write by hand: read with caps, and refused in one sentence."""

from __future__ import annotations

import tomllib
from typing import Any

from fcae_gui.files import BadFile

MAX_LINE = 2_000  # characters; also bounds how deep a dotted key can nest


def table_of(content: bytes, name: str, what: str, most: int) -> dict[str, Any]:
    """The table in the file. Raises BadFile with `name` for anything too large, too deep or not TOML.

    what: "a lesson", for the sentence; most: bytes
    """
    if len(content) > most:
        raise BadFile(f"{name} is larger than {what} may be ({most // 1024} KB).")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not UTF-8 text (byte {error.start}).") from None
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        raise BadFile(f"{name} has a line of more than {MAX_LINE:,} characters.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{name} is not valid TOML: {str(error)[:160]}.") from None
    except (RecursionError, ValueError, OverflowError):
        raise BadFile(f"{name} is not valid TOML: it nests too deep, or a number is out of range.") from None
