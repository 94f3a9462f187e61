"""The sizes of the scoreboard are those that a person chose, whatever data came in between."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.panels.scoreboard import ScoreboardPanel


def test_a_small_data_set_in_between_does_not_ask_for_all_of_a_large_one(qtbot) -> None:  # type: ignore[no-untyped-def]
    panel = ScoreboardPanel()
    qtbot.addWidget(panel)
    panel.set_data_sizes(60_000, 10_000)
    assert panel.sizes() == (2_000, 2_000)
    panel.set_data_sizes(1_280, 320)
    assert panel.sizes() == (None, None)
    panel.train.setCurrentIndex(0)
    panel.train.activated.emit(0)
    panel.train.setCurrentIndex(panel.train.count() - 1)
    panel.set_data_sizes(60_000, 10_000)
    assert panel.sizes() == (500, 2_000)
    panel.train.setCurrentIndex(panel.train.findData(2_000))
    panel.train.activated.emit(panel.train.currentIndex())
    panel.set_data_sizes(1_280, 320)
    panel.set_data_sizes(60_000, 10_000)
    assert panel.sizes() == (2_000, 2_000)
    QTest.keyClick(panel.train, Qt.Key.Key_End)  # all, by hand
    panel.train.activated.emit(panel.train.currentIndex())
    panel.set_data_sizes(1_280, 320)
    panel.set_data_sizes(60_000, 10_000)
    assert panel.sizes() == (None, 2_000)
