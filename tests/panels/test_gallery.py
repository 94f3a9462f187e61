"""The gallery's form: what a person types and presses comes out as a wish."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.panels.gallery import GalleryPanel


@pytest.fixture
def panel(qtbot):  # type: ignore[no-untyped-def]
    made = GalleryPanel()
    qtbot.addWidget(made)
    made.set_classes(["zero", "one", "two"])
    made.set_quantities([("error", "error"), ("factor:slant", "slant")])
    made.resize(460, 500)
    made.show()
    return made


def test_a_class_is_selected_added_and_taken_away(panel) -> None:
    wishes = []
    panel.class_requested.connect(lambda *wish: wishes.append(wish))
    panel.which.setCurrentIndex(2)
    for button in (panel.take, panel.add, panel.remove):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert wishes == [(2, "replace"), (2, "add"), (2, "subtract")]


def test_a_range_may_be_open_at_both_ends(panel) -> None:
    wishes, asked = [], []
    panel.range_requested.connect(lambda *wish: wishes.append(wish))
    panel.quantity_chosen.connect(asked.append)
    panel.what.setFocus()
    QTest.keyClick(panel.what, Qt.Key.Key_Down)
    QTest.keyClick(panel.what, Qt.Key.Key_Down)
    assert asked == ["error", "factor:slant"] and not panel.which.isVisible() and panel.low.isVisible()
    panel.set_range(-0.5, 0.625)
    assert (panel.low.placeholderText(), panel.high.placeholderText()) == ("-0.500", "0.625")
    QTest.keyClicks(panel.low, "0.25")
    QTest.keyClick(panel.low, Qt.Key.Key_Return)
    QTest.keyClicks(panel.high, "-1")
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert wishes == [
        ("factor:slant", 0.25, np.inf, "replace"),
        ("factor:slant", -1.0, 0.25, "add"),  # the other way round means the same
    ]


def test_data_without_classes_offer_no_class(panel) -> None:
    panel.set_classes([])
    panel.set_quantities([("error", "error")])
    assert panel.what.count() == 1 and panel.quantity() == "error"
    assert not panel.which.isVisible()


def test_nothing_set_from_outside_comes_out_again(panel, qtbot) -> None:
    for signal in (panel.sort_chosen, panel.quantity_chosen, panel.sample_chosen):
        signal.connect(lambda *_: pytest.fail("set_* has emitted"))
    panel.set_sort("class")
    panel.set_quantities([("error", "error")])
    panel.set_samples(np.zeros((5, 4), np.uint8), (2, 2))
    panel.set_rows(np.arange(5))
    panel.set_summary("2 of 5 selected", selected=True)
    assert panel.sort.currentData() == "class" and panel.export.isEnabled()
