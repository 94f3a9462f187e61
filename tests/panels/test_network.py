"""The network panel alone: live edits, proposals that need a person's Apply, and what forces what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.constraints import apply_edit
from fcae_gui.panels.network import NetworkPanel
from fcae_gui.widgets.fields import Choice


def run_config(network: dict | None = None, **training: object) -> RunConfig:
    shape = {"input_size": 784, "encoder_widths": (128, 32), "code_size": 2} | (network or {})
    return RunConfig(
        network=NetworkConfig(**shape),
        training=TrainingConfig(**training),
        data="mnist",
        device="cpu",
        threads=2,
    )


@pytest.fixture
def panel(qtbot: QtBot) -> NetworkPanel:
    theme.apply(QApplication.instance(), "light")
    made = NetworkPanel()
    qtbot.addWidget(made)
    made.set_config(run_config())
    made.set_data_title("MNIST")
    made.resize(320, 600)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def pick(choice: Choice, value: str) -> None:
    """As a person does it: the item becomes current, then Qt says activated."""
    at = choice.findData(value)
    choice.setCurrentIndex(at)
    choice.activated.emit(at)


def retype(qtbot: QtBot, field: QWidget, text: str, *, enter: bool = False) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    if enter:
        qtbot.keyClick(field, Qt.Key.Key_Return)


def spies(panel: NetworkPanel) -> tuple[QSignalSpy, QSignalSpy, QSignalSpy]:
    return (
        QSignalSpy(panel.edited),
        QSignalSpy(panel.new_network_requested),
        QSignalSpy(panel.seed_requested),
    )


def said(panel: NetworkPanel, key: str) -> str:
    form = panel._form if key in panel._form.rows() else panel._more_form
    return form.remark(key)


@pytest.mark.parametrize(
    "config",
    [
        run_config(),
        run_config(
            {"encoder_widths": (1000, 500, 250), "code_size": 30, "activation": "sigmoid"}, loss="bce"
        ),
        run_config({"input_size": 5, "encoder_widths": (), "output_activation": "none"}, optimizer="sgd"),
        run_config({"code_activation": "tanh", "start": "normal"}, schedule="cosine", epochs=3, loss="l1"),
        run_config({"encoder_widths": tuple(range(700, 60, -20))}, learning_rate=5.0, batch_size=1),
    ],
)
def test_set_config_shows_everything_and_tells_nobody(panel: NetworkPanel, config: RunConfig) -> None:
    heard = spies(panel)
    panel.set_config(config)
    panel.set_bce_allowed(True, "")
    panel.set_live(100)
    assert [spy.count() for spy in heard] == [0, 0, 0]
    assert panel.hourglass.sizes() == config.network.encoder_sizes
    assert panel.fields["encoder_widths"].value() == config.network.encoder_widths
    assert panel.fields["code_size"].value() == config.network.code_size
    assert panel.fields["activation"].value() == config.network.activation
    assert panel.fields["code_activation"].value() == config.network.code_activation
    assert panel.fields["output_activation"].value() == config.network.output_activation
    assert panel.fields["loss"].value() == config.training.loss
    assert panel.fields["optimizer"].value() == config.training.optimizer
    assert panel.fields["learning_rate"].value() == config.training.learning_rate
    assert panel.fields["batch_size"].value() == config.training.batch_size
    assert panel.fields["epochs"].value() == config.training.epochs
    assert panel.fields["schedule"].value() == config.training.schedule
    assert panel.fields["start"].value() == config.network.start
    assert not panel.is_pending()


def test_a_live_choice_is_told_at_once_with_the_field_of_the_config(panel: NetworkPanel) -> None:
    edited, new, _ = spies(panel)
    pick(panel.fields["activation"], "tanh")
    pick(panel.fields["optimizer"], "adamw")
    assert edited.at(0) == [{"activation": "tanh"}, {}]
    assert edited.at(1) == [{}, {"optimizer": "adamw"}]
    assert new.count() == 0
    assert not panel.is_pending()


def test_numbers_are_told_when_they_are_entered(panel: NetworkPanel, qtbot: QtBot) -> None:
    edited, _, _ = spies(panel)
    retype(qtbot, panel.fields["learning_rate"].number, "0,005", enter=True)
    retype(qtbot, panel.fields["batch_size"], "100", enter=True)
    panel.fields["batch_size"].stepUp()
    panel.set_config(run_config(optimizer="sgd"))
    retype(qtbot, panel.fields["momentum"], "0.8", enter=True)
    told = [edited.at(i)[1] for i in range(edited.count())]
    assert told == [{"learning_rate": 0.005}, {"batch_size": 100}, {"batch_size": 128}, {"momentum": 0.8}]


def test_what_is_told_always_makes_a_config(panel: NetworkPanel) -> None:
    edited, _, _ = spies(panel)
    panel.set_config(run_config(loss="bce"))
    standing = run_config(loss="bce")
    pick(panel.fields["output_activation"], "none")
    pick(panel.fields["schedule"], "cosine")
    panel.fields["epochs"].open_box.click()
    for at in range(edited.count()):
        standing = apply_edit(standing, *edited.at(at))
    assert panel.config() == standing
    assert (standing.training.loss, standing.training.schedule) == ("mse", "constant")


def test_an_output_without_sigmoid_moves_the_loss_in_the_same_signal_and_says_so(panel: NetworkPanel) -> None:
    panel.set_config(run_config(loss="bce"))
    edited, _, _ = spies(panel)
    pick(panel.fields["output_activation"], "none")
    assert edited.count() == 1
    assert edited.at(0) == [{"output_activation": "none"}, {"loss": "mse"}]
    assert panel.fields["loss"].value() == "mse"
    assert "MSE" in said(panel, "output_activation")


def test_bce_is_greyed_with_the_reason_in_tooltip_and_line(panel: NetworkPanel) -> None:
    assert panel.fields["loss"].is_allowed("bce")
    panel.set_bce_allowed(False, "BCE needs data between 0 and 1; this table reaches 17.")
    assert not panel.fields["loss"].is_allowed("bce")
    assert "reaches 17" in panel.fields["loss"].itemData(
        panel.fields["loss"].findData("bce"), Qt.ItemDataRole.ToolTipRole
    )
    assert "reaches 17" in said(panel, "loss")
    panel.set_bce_allowed(True, "")
    assert panel.fields["loss"].is_allowed("bce")
    assert said(panel, "loss") == ""
    pick(panel.fields["output_activation"], "none")
    assert not panel.fields["loss"].is_allowed("bce")
    assert "sigmoid" in said(panel, "loss")
    pick(panel.fields["loss"], "l1")
    assert "sigmoid" in said(panel, "loss")  # still true after another choice


def test_cosine_and_open_ended_play_give_way_to_each_other_and_say_so(panel: NetworkPanel) -> None:
    edited, _, _ = spies(panel)
    pick(panel.fields["schedule"], "cosine")
    assert edited.at(0) == [{}, {"schedule": "cosine", "epochs": 20}]
    assert panel.fields["epochs"].value() == 20
    assert "20 epochs" in said(panel, "schedule")
    panel.fields["epochs"].open_box.click()
    assert edited.at(1) == [{}, {"epochs": None, "schedule": "constant"}]
    assert panel.fields["schedule"].value() == "constant"
    assert "constant" in said(panel, "epochs")
    assert said(panel, "schedule") == ""


def test_momentum_belongs_to_sgd_and_the_slope_to_leaky_relu(panel: NetworkPanel) -> None:
    QApplication.processEvents()
    wide = panel.fields["optimizer"].width()
    assert panel.fields["leaky_slope"].isEnabled()
    assert not panel.fields["momentum"].isVisible()
    pick(panel.fields["optimizer"], "sgd")
    pick(panel.fields["activation"], "relu")
    assert panel.fields["momentum"].isVisible()
    assert not panel.fields["leaky_slope"].isEnabled()
    assert "leaky ReLU" in said(panel, "leaky_slope")
    QApplication.sendPostedEvents()
    assert panel.fields["optimizer"].width() == wide  # nothing moves
    pick(panel.fields["code_activation"], "leaky_relu")
    assert panel.fields["leaky_slope"].isEnabled()
    assert said(panel, "leaky_slope") == ""


def test_the_slope_slider_falls_from_linear_to_relu_and_is_told_live(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    edited, new, _ = spies(panel)
    field = panel.fields["leaky_slope"]
    for tick, slope in ((0, 1.0), (100, 0.0), (80, 0.2)):
        field.slider.setValue(tick)
        assert edited.at(edited.count() - 1) == [{"leaky_slope": slope}, {}]
    field.set_value(0.01)
    assert field.number.text() == "0.01"
    assert edited.count() == 3
    assert new.count() == 0


def test_the_dial_asks_for_a_code_size_at_once_and_a_drag_ends_at_the_value_released(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    asked, new = QSignalSpy(panel.code_resized), QSignalSpy(panel.new_network_requested)
    slider = panel.dial.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert [asked.at(at) for at in range(asked.count())] == [[3, False]]
    slider.setSliderDown(True)
    for size in range(4, 31):
        slider.setSliderPosition(size)
    assert asked.count() <= 3  # a few a second
    slider.setSliderDown(False)
    told = [asked.at(at) for at in range(asked.count())]
    assert told[-1][0] == 30
    assert panel.dial.number.text() == "30"
    assert sum(not again for _, again in told) <= 2, "a drag is one gesture"
    panel.set_config(panel.config().with_network(code_size=told[1][0]))
    assert panel.dial.value() == 30, "the answer to an earlier change does not take back the last one"
    panel.set_config(panel.config().with_network(code_size=30))
    assert panel.hourglass.sizes()[-1] == 30
    panel.set_config(panel.config().with_network(code_size=64))
    assert (panel.dial.number.text(), slider.value()) == ("64", 32)
    assert new.count() == 0


def test_a_refused_size_is_taken_back_and_the_reason_stands_at_the_dial(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    qtbot.keyClick(panel.dial.slider, Qt.Key.Key_Right)
    panel.set_refused("There is too little memory.")
    assert panel.dial.value() == 2
    assert "memory" in said(panel, "bottleneck")


def test_widths_become_a_proposal_and_only_apply_asks_for_the_network(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    edited, new, _ = spies(panel)
    panel.set_live(1234)
    retype(qtbot, panel.fields["encoder_widths"].text_field, "64, 16")
    assert panel.is_pending()
    assert panel.hourglass.sizes() == (784, 64, 16, 2)
    expected = NetworkConfig(input_size=784, encoder_widths=(64, 16), code_size=2)
    sentence = panel._bar.text()
    assert f"{expected.parameters:,} parameters" in sentence
    assert "step 0" in sentence
    assert "1,234" in sentence
    assert new.count() == 0
    qtbot.mouseClick(panel._bar.apply_button, Qt.MouseButton.LeftButton)
    assert new.count() == 1
    assert new.at(0) == [{"encoder_widths": (64, 16)}]
    assert panel.is_pending()  # until the network is there
    panel.set_config(run_config({"encoder_widths": (64, 16)}))
    assert not panel.is_pending()
    assert not panel._bar.isVisible()
    assert edited.count() == 0


def test_enter_applies_from_the_field_that_proposed(panel: NetworkPanel, qtbot: QtBot) -> None:
    _, new, _ = spies(panel)
    retype(qtbot, panel.fields["encoder_widths"].text_field, "64", enter=True)
    assert new.at(0) == [{"encoder_widths": (64,)}]


def test_enter_in_another_field_does_not_apply_a_proposal(panel: NetworkPanel, qtbot: QtBot) -> None:
    edited, new, _ = spies(panel)
    retype(qtbot, panel.fields["code_size"], "5")
    retype(qtbot, panel.fields["batch_size"], "64", enter=True)
    assert new.count() == 0
    assert panel.is_pending()
    assert edited.count() == 1


def test_esc_discards_a_proposal(panel: NetworkPanel, qtbot: QtBot) -> None:
    retype(qtbot, panel.fields["encoder_widths"].text_field, "64, 16")
    qtbot.keyClick(panel.fields["encoder_widths"].text_field, Qt.Key.Key_Escape)
    assert not panel.is_pending()
    assert panel.hourglass.sizes() == (784, 128, 32, 2)
    assert panel.fields["encoder_widths"].text_field.text() == "128, 32"


def test_a_proposal_that_leads_back_to_the_standing_network_is_none(panel: NetworkPanel) -> None:
    panel.fields["code_size"].setValue(5)
    assert panel.is_pending()
    panel.fields["code_size"].setValue(2)
    assert not panel.is_pending()


def test_a_wrong_text_says_why_and_cannot_be_applied(panel: NetworkPanel, qtbot: QtBot) -> None:
    _, new, _ = spies(panel)
    retype(qtbot, panel.fields["encoder_widths"].text_field, "64, abc", enter=True)
    assert "abc" in panel._bar.text()
    assert not panel._bar.apply_button.isEnabled()
    assert new.count() == 0


def test_a_network_that_is_too_large_is_named_and_cannot_be_applied(
    panel: NetworkPanel, qtbot: QtBot
) -> None:
    retype(qtbot, panel.fields["encoder_widths"].text_field, "16384, 16384, 16384", enter=True)
    assert "parameters" in panel._bar.text()
    assert not panel._bar.apply_button.isEnabled()
    assert panel.hourglass.sizes() == (784, 128, 32, 2)


def test_dragging_in_the_hourglass_proposes(panel: NetworkPanel, qtbot: QtBot) -> None:
    _, new, _ = spies(panel)
    glass = panel.hourglass
    bar = next(bar for bar in glass.picture().bars if bar.layer == 1)
    at = QPoint(round(bar.x), round(glass.picture().shape.center().y() - bar.half))
    qtbot.mousePress(glass, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(glass, at - QPoint(0, 15))
    qtbot.mouseRelease(glass, Qt.MouseButton.LeftButton, pos=at - QPoint(0, 15))
    assert panel.fields["encoder_widths"].value()[0] > 128
    assert panel.fields["encoder_widths"].spins()[0].value() == panel.fields["encoder_widths"].value()[0]
    assert panel.is_pending()
    assert new.count() == 0


def test_another_start_needs_a_new_network(panel: NetworkPanel) -> None:
    edited, new, _ = spies(panel)
    pick(panel.fields["start"], "pytorch")
    assert panel.is_pending()
    panel.apply()
    assert new.at(0) == [{"start": "pytorch"}]
    assert edited.count() == 0


def test_a_live_echo_keeps_the_proposal_and_another_network_ends_it(panel: NetworkPanel) -> None:
    panel.fields["code_size"].setValue(5)
    panel.set_config(run_config(learning_rate=0.02))
    assert panel.is_pending()
    assert panel.fields["code_size"].value() == 5
    panel.set_config(run_config({"input_size": 64}))
    assert not panel.is_pending()
    assert panel.fields["code_size"].value() == 2


def test_a_live_edit_beside_a_proposal_goes_through_alone(panel: NetworkPanel) -> None:
    panel.fields["code_size"].setValue(5)
    edited, _, _ = spies(panel)
    pick(panel.fields["activation"], "elu")
    assert edited.at(0) == [{"activation": "elu"}, {}]
    assert panel.is_pending()


def test_a_refusal_brings_the_standing_value_back_with_a_sentence(panel: NetworkPanel) -> None:
    pick(panel.fields["activation"], "elu")
    panel.set_refused("This cannot be changed now.")
    assert panel.fields["activation"].value() == "leaky_relu"
    assert said(panel, "activation") == "This cannot be changed now."


def test_while_busy_no_new_network_can_be_asked_for(panel: NetworkPanel) -> None:
    _, new, _ = spies(panel)
    panel.fields["code_size"].setValue(5)
    panel.set_busy(True)
    panel.apply()
    assert new.count() == 0
    panel.set_busy(False)
    panel.apply()
    assert new.count() == 1


def test_seeds_are_asked_for_exactly_or_anew(panel: NetworkPanel, qtbot: QtBot) -> None:
    _, _, seeds = spies(panel)
    panel.more.set_open(True)
    retype(qtbot, panel._seed, str(2**63 - 1), enter=True)
    retype(qtbot, panel._seed, str(2**63), enter=True)
    assert [seeds.at(i)[0] for i in range(seeds.count())] == [2**63 - 1]
    assert "at most" in said(panel, "seed")
    for _ in range(20):
        panel._new_seed.click()
        assert seeds.at(seeds.count() - 1)[0] != panel.config().seed


@pytest.mark.parametrize("name", ["light", "dark", "projector"])
@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_cut_and_nothing_scrolls_sideways(panel: NetworkPanel, name: str, width: int) -> None:
    theme.apply(QApplication.instance(), name)
    panel.more.set_open(True)
    panel.set_config(run_config({"encoder_widths": (1000, 500, 250)}, optimizer="sgd"))
    panel.resize(width, 700)
    QApplication.processEvents()
    try:
        assert panel.minimumSizeHint().width() <= width
        assert panel._scroll.horizontalScrollBar().maximum() == 0
        right = panel._scroll.viewport().width()
        for part in panel._inner.findChildren(QWidget):
            if part.isVisible() and isinstance(part, QLineEdit | QComboBox | QAbstractSpinBox | QLabel):
                corner = part.mapTo(panel._inner, part.rect().bottomRight())
                assert corner.x() <= right, part
            if isinstance(part, QLabel) and part.isVisible() and not part.wordWrap():
                assert part.fontMetrics().horizontalAdvance(part.text()) <= part.width() + 1, part.text()
    finally:
        theme.apply(QApplication.instance(), "light")


def test_the_essential_controls_fit_a_small_dock_without_scrolling(panel: NetworkPanel) -> None:
    panel.resize(320, 580)
    QApplication.processEvents()
    bottom = panel.fields["epochs"].mapTo(panel, panel.fields["epochs"].rect().bottomLeft()).y()
    assert bottom <= panel._scroll.geometry().bottom()


def test_every_focusable_part_has_a_name_and_tab_reaches_all(panel: NetworkPanel, qtbot: QtBot) -> None:
    panel.more.set_open(True)
    panel.fields["code_size"].setValue(5)  # with Apply and Discard
    panel.set_config(run_config(optimizer="sgd"))
    wanted = {
        part
        for part in panel.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and part.isVisible()
        and part.isEnabled()
        and not isinstance(part.parent(), QAbstractSpinBox)
    }
    nameless = [part for part in wanted if not (part.accessibleName() or getattr(part, "text", str)())]
    assert not nameless
    panel.hourglass.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(len(wanted) + 10):
        now = panel.focusWidget()
        reached.append(now)
        panel.focusNextChild()
    assert wanted <= set(reached)
    order = [
        panel.fields["encoder_widths"].text_field,
        panel.fields["code_size"],
        panel.fields["activation"],
        panel.fields["output_activation"],
        panel.fields["loss"],
        panel.fields["batch_size"],
    ]
    at = [reached.index(part) for part in order]
    assert at == sorted(at)


def test_the_answer_to_an_earlier_edit_does_not_take_back_a_later_one(panel: NetworkPanel) -> None:
    for _ in range(3):
        panel.fields["batch_size"].stepUp()  # 512, 1024, 2048
    panel.set_config(run_config(batch_size=512))
    assert panel.fields["batch_size"].value() == 2048
    panel.set_config(run_config(batch_size=1024))
    assert panel.fields["batch_size"].value() == 2048
    panel.set_config(run_config(batch_size=2048))
    panel.set_config(run_config(batch_size=512))  # somebody else's wish
    assert panel.fields["batch_size"].value() == 512


def test_a_config_with_the_old_value_again_wins_over_an_edit_on_its_way(panel: NetworkPanel) -> None:
    panel.fields["batch_size"].stepUp()
    panel.set_config(run_config(batch_size=256))  # the edit was refused
    assert panel.fields["batch_size"].value() == 256


@pytest.mark.parametrize("name", ["dark", "projector"])
def test_a_change_of_theme_reaches_every_part_of_a_docked_panel(qtbot: QtBot, name: str) -> None:
    theme.apply(QApplication.instance(), "light")
    window = QMainWindow()  # not a window of its own: other events reach it then
    qtbot.addWidget(window)
    panel = NetworkPanel()
    window.setCentralWidget(panel)
    panel.fields["code_size"].setValue(5)
    window.resize(400, 900)
    window.show()
    qtbot.waitExposed(window)
    try:
        theme.apply(QApplication.instance(), name)
        QApplication.processEvents()
        fresh = NetworkPanel()
        qtbot.addWidget(fresh)
        fresh.fields["code_size"].setValue(5)
        fresh.resize(panel.size())
        fresh.show()
        qtbot.waitExposed(fresh)
        QApplication.processEvents()
        for old, new in zip(panel.findChildren(QWidget), fresh.findChildren(QWidget), strict=True):
            if isinstance(old, QLabel | QLineEdit | QAbstractSpinBox | QComboBox):
                for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.Base):
                    assert old.palette().color(role) == new.palette().color(role), (old, role)
                assert old.font().pixelSize() == new.font().pixelSize(), old
        assert panel.palette().color(QPalette.ColorRole.Window).name() == theme.current().surface
    finally:
        theme.apply(QApplication.instance(), "light")
