"""The table of commands: every key means one thing, every command can be found and says what it does."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from fcae_gui import actions, paths


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in actions.ACTIONS for key in spec.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_id_stands_for_two_commands() -> None:
    ids = Counter(spec.id for spec in actions.ACTIONS)
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("spec", actions.ACTIONS, ids=lambda spec: spec.id)
def test_every_command_stands_in_a_menu_and_its_icon_exists(spec: actions.ActionSpec) -> None:
    assert spec.menu.partition("/")[0] in actions.MENUS
    assert all(not QKeySequence(key).isEmpty() for key in spec.keys)
    if spec.icon:
        assert paths.resource("icons", f"{spec.icon}.svg").is_file()


def test_what_plain_linux_leaves_empty_is_set() -> None:
    keys = {spec.id: spec.keys for spec in actions.ACTIONS}
    assert "Ctrl+Q" in keys["quit"] and "Ctrl+," in keys["settings"] and "F11" in keys["full_screen"]
