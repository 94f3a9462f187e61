"""The table of commands: every key means one thing, every command can be told from the others."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence

from fcae_gui.actions import ACTIONS


def test_no_two_commands_share_a_key() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_two_commands_share_an_id_and_every_key_can_be_read() -> None:
    ids = Counter(spec.id for spec in ACTIONS)
    assert [name for name, count in ids.items() if count > 1] == []
    assert all(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
