"""The reconstructions panel: what it shows, what it says about an error, and which wishes it passes on."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.panels.reconstructions import ReconstructionsPanel


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> ReconstructionsPanel:
    theme.apply(qapp, "light")
    made = ReconstructionsPanel()
    qtbot.addWidget(made)
    made.resize(380, 220)
    made.set_image_shape((4, 4))
    return made


def test_the_error_of_a_pair_is_the_sum_of_its_squared_differences(panel: ReconstructionsPanel) -> None:
    rng = np.random.default_rng(0)
    originals, outputs = rng.random((3, 16), np.float32), rng.random((3, 16), np.float32)
    panel.set_originals(originals, ["seven", "two", "one"])
    panel.set_outputs(outputs)
    expected = sum((float(a) - float(b)) ** 2 for a, b in zip(originals[1], outputs[1], strict=True))
    text = "\n".join(panel.pair_text(1))
    assert "two" in text
    assert f"squared error {expected:.3g}" in text
    assert f"mean per pixel {expected / 16:.3g}" in text


def test_bytes_are_shown_as_the_numbers_they_stand_for(panel: ReconstructionsPanel) -> None:
    panel.set_originals(np.full((2, 16), 255, np.uint8))
    assert panel.grid.pair(0)[0].max() == 1.0


def test_a_hovered_pair_is_enlarged_without_taking_the_focus(
    panel: ReconstructionsPanel, qtbot: QtBot
) -> None:
    panel.set_originals(np.zeros((3, 16), np.float32), ["a", "b", "c"])
    panel.set_outputs(np.ones((3, 16), np.float32))
    panel.show()
    qtbot.waitExposed(panel)
    panel.grab()
    focused = QApplication.focusWidget()
    panel.grid.choose(1)
    popup = panel._popup
    assert popup is not None and popup.isVisible()
    assert QApplication.focusWidget() is focused
    assert len(popup._pictures) == 3
    panel.grid.choose(-1)
    assert not popup.isVisible()
    panel.grid.choose(2)
    panel.hide()
    assert not popup.isVisible()


def test_an_open_pair_follows_the_training(panel: ReconstructionsPanel, qtbot: QtBot) -> None:
    panel.set_originals(np.zeros((3, 16), np.float32))
    panel.set_outputs(np.ones((3, 16), np.float32))
    panel.show()
    panel.grid.choose(0)
    assert panel._popup is not None
    assert "squared error 16.0" in panel._popup._lines
    panel.set_outputs(np.zeros((3, 16), np.float32))
    assert "squared error 0" in panel._popup._lines
    panel.hide()


def test_setting_emits_nothing_and_a_persons_choice_does(panel: ReconstructionsPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.split_chosen), qtbot.assertNotEmitted(panel.columns_chosen):
        panel.set_split("train")
        panel.set_columns(20)
    assert panel.split() == "train" and panel.columns() == 20
    with qtbot.waitSignal(panel.columns_chosen) as told:
        panel._columns.setValue(8)
    assert told.args == [8]
    with qtbot.waitSignal(panel.split_chosen) as told:
        panel._split.activated.emit(0)
    assert told.args == ["test"]
    with qtbot.waitSignal(panel.shuffle_requested):
        panel._shuffle.click()
    with qtbot.assertNotEmitted(panel.errors_shown_changed):
        panel.set_errors_shown(True)
    with qtbot.waitSignal(panel.errors_shown_changed):
        panel._errors.click()


def test_an_unknown_split_is_refused(panel: ReconstructionsPanel) -> None:
    with pytest.raises(ValueError, match="validation"):
        panel.set_split("validation")


def test_a_table_of_five_columns_is_shown_too(panel: ReconstructionsPanel) -> None:
    panel.set_image_shape(None)
    panel.set_originals(np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32))
    panel.set_outputs(np.zeros((6, 5), np.float32))
    panel.set_errors_shown(True)
    panel.show()
    panel.grab()
    panel.grid.choose(2)
    assert panel._popup is not None and panel._popup.isVisible()
    panel.hide()


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_no_control_is_clipped_at_the_smallest_size(
    panel: ReconstructionsPanel, qapp: QApplication, name: str
) -> None:
    theme.apply(qapp, name)
    panel.resize(340, 180)
    panel.show()
    panel.grab()
    controls: list[QWidget] = [panel._split, panel._columns, panel._errors, panel._shuffle]
    for control in controls:
        assert control.width() >= control.minimumSizeHint().width()
        assert panel.rect().contains(control.geometry())
        assert control.accessibleName() and control.toolTip()
    theme.apply(qapp, "light")
