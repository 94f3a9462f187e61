"""The latent map panel: legend, hover card, words, and what it tells."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui import theme
from fcae_gui.panels.latent import LatentPanel
from fcae_gui.widgets.sample_card import SampleCard


@pytest.fixture
def panel(qtbot, qapp):
    theme.apply(qapp, "light")
    made = LatentPanel()
    qtbot.addWidget(made)
    made.resize(480, 520)
    made.show()
    return made


@pytest.fixture
def filled(panel):
    random = np.random.default_rng(0)
    panel.set_labels(np.arange(2000) % 4, ["zero", "one", "two", "three"])
    panel.set_points(random.normal(size=(2000, 2)).astype(np.float32))
    panel.set_axes("code 1", "code 2")
    return panel


def test_the_legend_has_a_button_for_every_class_and_lies_below_the_map(filled):
    buttons = filled.legend.buttons()
    assert [button.text() for button in buttons] == ["zero", "one", "two", "three"]
    assert filled.legend.geometry().top() >= filled.cloud.geometry().bottom()
    assert all(filled.legend.rect().contains(button.geometry()) for button in buttons)


def test_a_click_on_a_class_hides_it_and_says_so(filled, qtbot):
    with qtbot.waitSignal(filled.classes_shown_changed) as told:
        QTest.mouseClick(filled.legend.buttons()[2], Qt.MouseButton.LeftButton)
    assert told.args == [frozenset({0, 1, 3})]
    assert filled.classes_shown() == frozenset({0, 1, 3})
    assert "3 of them shown" in filled.text_twin()


def test_shift_shows_one_class_alone_and_then_all_again(filled):
    told = []
    filled.classes_shown_changed.connect(told.append)
    for _ in range(2):
        shift = Qt.KeyboardModifier.ShiftModifier
        QTest.mouseClick(filled.legend.buttons()[1], Qt.MouseButton.LeftButton, shift)
    assert told == [frozenset({1}), frozenset({0, 1, 2, 3})]


def test_the_legend_is_one_tab_stop_in_which_arrows_move_and_space_switches(filled):
    buttons = filled.legend.buttons()
    stops = [b for b in buttons if b.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [buttons[0]]
    buttons[0].setFocus()
    QTest.keyClick(buttons[0], Qt.Key.Key_Right)
    assert buttons[1].focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    QTest.keyClick(buttons[1], Qt.Key.Key_Space)
    assert filled.classes_shown() == frozenset({0, 2, 3})


def test_many_classes_flow_into_rows_that_fit_a_narrow_panel(panel, qapp):
    panel.resize(360, 420)
    panel.set_labels(np.arange(260) % 26, [chr(97 + i) for i in range(26)])
    panel.set_points(np.random.default_rng(0).normal(size=(260, 2)).astype(np.float32))
    qapp.processEvents()
    buttons = panel.legend.buttons()
    assert len(buttons) == 26
    assert all(panel.legend.rect().contains(button.geometry()) for button in buttons)
    assert len({button.y() for button in buttons}) > 1


def test_without_labels_there_is_no_legend(filled):
    filled.set_labels(None, ())
    assert not filled.legend.isVisible()
    assert filled.text_twin().startswith("2,000 points. ")


def test_labels_may_come_before_or_after_points_of_the_same_number(panel):
    panel.set_points(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32))
    panel.set_labels(np.zeros(60, int), ["a"])
    assert not panel.legend.buttons()
    panel.set_points(np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32))
    assert [b.text() for b in panel.legend.buttons()] == ["a"]


@pytest.mark.parametrize(
    ("features", "shape"),
    [
        (np.random.default_rng(0).integers(0, 256, (2000, 12), dtype=np.uint8), (3, 4)),
        (np.random.default_rng(0).random((2000, 12), dtype=np.float32), (3, 4)),
        (np.random.default_rng(0).normal(size=(2000, 5)).astype(np.float32), None),
        (None, None),
    ],
)
def test_hover_shows_the_sample_with_its_class_inside_the_map(filled, features, shape):
    filled.set_images(features, shape)
    told = []
    filled.sample_hovered.connect(told.append)
    card = filled.findChild(SampleCard)
    QTest.mouseMove(filled.cloud, filled.cloud.place_of(6).toPoint())
    assert len(told) == 1
    assert card.isVisible()
    assert filled.cloud.rect().contains(card.geometry())
    row = told[0]
    expected = ["zero", "one", "two", "three"][row % 4]
    assert card.accessibleDescription() == f"{expected}  ·  sample {row:,}"
    card.grab()
    QTest.mouseMove(filled.cloud, QPoint(2, 2))
    assert not card.isVisible()
    assert told[-1] == -1


def test_the_card_goes_when_the_points_go(filled):
    QTest.mouseMove(filled.cloud, filled.cloud.place_of(6).toPoint())
    filled.set_points(None)
    assert not filled.findChild(SampleCard).isVisible()


def test_a_drag_on_the_map_comes_out_of_the_panel(filled, qtbot):
    place = filled.cloud.to_widget(0.5, -0.5).toPoint()
    with qtbot.waitSignals([filled.point_moved, filled.drag_finished]):
        QTest.mouseClick(filled.cloud, Qt.MouseButton.LeftButton, pos=place)
    assert filled.cursor() == pytest.approx((0.5, -0.5), abs=0.02)


def test_the_words_say_points_classes_and_cursor(filled):
    filled.set_cursor(1.25, -2.0)
    assert filled.text_twin() == "2,000 points in 4 classes. Cursor at 1.25, -2.00."
    assert filled.cloud.accessibleDescription() == filled.text_twin()
    filled.set_points(None)
    filled.set_message("The codes are on their way.")
    assert filled.cloud.accessibleDescription() == "The codes are on their way."


def test_setting_tells_nobody(filled):
    told = []
    for signal in (
        filled.point_moved, filled.drag_finished, filled.sample_hovered, filled.classes_shown_changed,
    ):  # fmt: skip
        signal.connect(lambda *args: told.append(args))
    filled.set_points(np.ones((2000, 2), np.float32))
    filled.set_labels(np.arange(2000) % 2, ["a", "b"])
    filled.set_classes_shown(frozenset({0}))
    filled.set_cursor(0.1, 0.2)
    filled.set_images(None, None)
    filled.advance()
    assert told == []


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
@pytest.mark.parametrize("size", [(360, 360), (500, 420), (1400, 900)])
def test_it_paints_in_every_theme_and_size_with_nothing_outside(filled, qapp, name, size):
    theme.apply(qapp, name)
    filled.resize(*size)
    qapp.processEvents()
    assert not filled.grab().isNull()
    assert filled.cloud.height() > 0.5 * size[1]
    assert filled.legend.geometry().bottom() <= filled.rect().bottom()
    theme.apply(qapp, "light")
