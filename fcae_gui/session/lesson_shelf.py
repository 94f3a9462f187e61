"""Which lessons there are: ours, and those in a person's own lessons folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fcae_gui import paths
from fcae_gui.files import BadFile
from fcae_gui.session.lesson_values import MAX_BYTES, MAX_TITLE, SUFFIX
from fcae_gui.session.strict_toml import table_of

LECTURE = "lecture"
MAX_LISTED = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A file on the shelf; the title is what it calls itself, or its file name when that cannot be read."""

    title: str
    path: Path
    own: bool


def own_folder() -> Path:
    """Where a person's lessons are looked for; it need not exist."""
    return paths.config_dir() / "lessons"


def lecture() -> Path:
    """The lecture itself."""
    return paths.resource("lessons", f"{LECTURE}{SUFFIX}")


def listed() -> list[Listed]:
    """Ours first, then the person's, each by file name; nothing of them is checked yet but the title."""
    found = []
    for folder, own in ((lecture().parent, False), (own_folder(), True)):
        try:
            files = sorted(file for file in folder.glob(f"*{SUFFIX}") if file.is_file())
        except OSError:
            continue
        found += [Listed(_title(file), file, own) for file in files[:MAX_LISTED]]
    return found


def _title(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            return file.name
        title = table_of(file.read_bytes(), file.name, "a lesson", MAX_BYTES).get("title")
    except (OSError, BadFile):
        return file.name
    if not isinstance(title, str) or not title.strip() or not title.isprintable():
        return file.name
    return title.strip()[:MAX_TITLE]
