"""The pins panel alone: rows, films, keys; set_* never emit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.panels.pins import PinsPanel
from fcae_gui.widgets.film_table import short_number


@pytest.fixture
def panel(qtbot):  # type: ignore[no-untyped-def]
    made = PinsPanel()
    qtbot.addWidget(made)
    made.resize(440, 380)
    made.show()
    return made


def _fill(panel: PinsPanel, numbers: tuple[int, ...], steps: tuple[int, ...], d: int = 64) -> None:
    random = np.random.default_rng(0)
    panel.set_pins(numbers, numbers[-1])
    panel.set_pictures(
        numbers, steps, random.random((len(numbers), len(steps), d), np.float32),
        random.random((len(numbers), d), np.float32),
    )  # fmt: skip


def test_what_is_shown_is_what_was_given(panel) -> None:
    panel.set_image_shape((8, 8))
    told = []
    for signal in (panel.pin_chosen, panel.removal_requested, panel.pin_requested, panel.clear_requested):
        signal.connect(lambda *args: told.append(args))
    _fill(panel, (1, 4), (0, 10, 30))
    frames = np.zeros((1, 3, 64), np.float32)
    panel.set_pins((4,), 4)
    panel.set_pictures((4,), (0, 10, 31), frames, np.ones((1, 64), np.float32))
    assert panel.table.steps == (0, 10, 31)
    assert panel.table.film(1) is None and not panel.table.film(4).any()
    assert panel.table.now(4).pixelColor(3, 3).red() == 255
    assert not told


def test_rows_of_a_table_are_drawn_as_bars(panel) -> None:
    panel.set_image_shape(None)
    _fill(panel, (1,), (0, 10), d=5)
    assert panel.table.film(1).shape[2] == 4 * 5  # a bar and a gap for each
    panel.grab()


def test_keys_choose_and_remove_rows(panel, qtbot) -> None:
    panel.set_image_shape((8, 8))
    _fill(panel, (1, 2, 3), (0,))
    table = panel.table
    with qtbot.waitSignal(panel.pin_chosen) as caught:
        QTest.keyClick(table, Qt.Key.Key_Up)
    assert caught.args == [2]
    with qtbot.waitSignal(panel.removal_requested) as caught:
        QTest.keyClick(table, Qt.Key.Key_Delete)
    assert caught.args == [3]


def test_pictures_of_other_data_than_the_shape_are_ignored(panel) -> None:
    panel.set_image_shape((28, 28))
    _fill(panel, (1,), (0, 10))
    assert panel.table.now(1) is None


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (9949, "9.9k"),
        (12_400, "12k"),
        (999_949, "1000k"),
        (1_200_000, "1.2M"),
    ],
)
def test_steps_are_written_short(step: int, text: str) -> None:
    assert short_number(step) == text
