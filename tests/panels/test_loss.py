"""The loss panel: curves in, nothing out but its look; everything reachable by key."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.panels.loss import LossPanel


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> LossPanel:
    theme.apply(qapp, "light")
    made = LossPanel()
    qtbot.addWidget(made)
    made.resize(380, 260)
    return made


def test_the_text_twin_tells_the_newest_values(panel: LossPanel) -> None:
    assert "not made a step" in panel.text_twin()
    panel.set_unit("MSE")
    panel.set_steps_per_epoch(50)
    panel.append_train(np.full(100, 0.0412, np.float32))
    panel.append_test(100, 0.0431)
    text = panel.text_twin()
    for part in ("step 100", "epoch 2.00", "0.0412", "0.0431", "MSE"):
        assert part in text
    panel.refresh_numbers()
    assert panel.plot.accessibleDescription() == text


def test_a_rewound_run_begins_anew(panel: LossPanel) -> None:
    panel.append_train(np.full(100, 0.5, np.float32))
    panel.truncate(40)
    assert "step 40" in panel.text_twin()
    panel.clear()
    assert "not made a step" in panel.text_twin()


def test_setting_the_look_tells_nobody_and_a_click_does(panel: LossPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.look_changed):
        panel.set_look(log_x=True, log_y=False, smoothing="strong")
    assert panel.look_state() == {"log_x": True, "log_y": False, "smoothing": "strong"}
    assert panel.plot.view.log_x and not panel.plot.view.log_y
    with qtbot.waitSignal(panel.look_changed):
        panel._log_y.click()
    assert panel.plot.view.log_y
    assert panel.look_state()["log_y"] is True


def test_smoothing_is_chosen_in_the_menu(panel: LossPanel, qtbot: QtBot) -> None:
    panel.append_train(np.array([1.0] * 50 + [2.0], np.float32))
    smoothed = panel.plot.newest()[0]
    assert 1.0 < smoothed < 1.9
    off = next(action for action in panel._choices.actions() if action.data() == "off")
    with qtbot.waitSignal(panel.look_changed):
        off.trigger()
    assert panel.plot.newest()[0] == 2.0


def test_the_whole_run_button_is_there_only_after_a_zoom(panel: LossPanel, qtbot: QtBot) -> None:
    panel.append_train(np.full(1000, 0.5, np.float32))
    panel.show()
    assert not panel._follow.isEnabled()
    qtbot.keyClick(panel.plot, Qt.Key.Key_Plus)
    assert panel._follow.isEnabled()
    panel._follow.click()
    assert not panel._follow.isEnabled() and panel.plot.view.following


def test_every_control_has_a_name_a_tip_and_a_place_in_the_tab_order(panel: LossPanel) -> None:
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName() and button.toolTip()
    assert panel.plot.accessibleName()
    assert panel.plot.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
def test_no_control_is_clipped_at_the_smallest_size(panel: LossPanel, qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    panel.resize(340, 180)
    panel.show()
    panel.grab()
    for button in panel.findChildren(QToolButton):
        if button.isHidden():  # only while a recorded curve is shown
            continue
        assert button.width() >= button.minimumSizeHint().width()
        assert panel.rect().contains(button.geometry())
    theme.apply(qapp, "light")
