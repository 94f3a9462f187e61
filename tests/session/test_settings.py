"""Settings survive a restart and never block a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from fcae_gui.session.settings import MAX_RECENT, Settings


def test_what_is_set_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "s.ini"
    first = Settings(file)
    first.theme, first.text_scale, first.autostart = "projector", 1.5, False
    first.sync()
    again = Settings(file)
    assert (again.theme, again.text_scale, again.autostart) == ("projector", 1.5, False)


def test_recent_files_are_the_newest_first_without_repeats(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.ini")
    for i in range(MAX_RECENT + 3):
        settings.add_recent(tmp_path / f"{i}.fcae")
    settings.add_recent(tmp_path / "5.fcae")
    names = [path.name for path in settings.recent]
    assert names[0] == "5.fcae" and len(names) == len(set(names)) == MAX_RECENT


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[look]\ntheme=plaid\ntext_scale=enormous\n",
        "\x00\xff garbage",
        "[window]\ngeometry=7\nstate=no\n",
    ],
)
def test_a_broken_file_means_defaults(content: str, tmp_path: Path) -> None:
    file = tmp_path / "s.ini"
    file.write_text(content, encoding="latin-1")
    settings = Settings(file)
    assert (settings.theme, settings.text_scale, settings.autostart) == ("", 1.0, True)
    assert settings.recent == [] and settings.layout is None
