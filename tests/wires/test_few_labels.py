"""Few labels in the real window: curves, transfer, the slider, and what a new network takes with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.panels.few_labels import FewLabelsPanel

WAIT = 120_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_window, qtbot, monkeypatch):  # type: ignore[no-untyped-def]
    """A window with the few-labels curves in front; two numbers of labels, two repeats."""
    from fcae_gui.session import few_labels

    monkeypatch.setattr(few_labels, "CLASSIFIER_BUDGETS", (10,))
    monkeypatch.setattr(few_labels, "TRANSFER_BUDGETS", (10,))
    monkeypatch.setattr(few_labels, "repeats", lambda budget, kind: 2)
    window = open_window()
    window.session.run_steps(60)
    qtbot.waitUntil(lambda: window.session.step >= 60 and window.session.view.map_step >= 60, timeout=WAIT)
    wires = next(one for one in window._wires if type(one).__name__ == "FewLabelsWires")
    window.actions_by_id["few_labels_show"].trigger()
    assert window.workspaces.shown == "use" and wires.dock.isVisible()
    return window, wires


def test_the_keyboard_stays_on_the_buttons_while_it_measures(qtbot) -> None:  # type: ignore[no-untyped-def]
    panel = FewLabelsPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    panel.set_state("", None, running=False, can_run=True)
    panel.transfer.setFocus()
    qtbot.waitUntil(panel.transfer.hasFocus, timeout=WAIT)
    panel.set_state("raw values", 0.5, running=True, can_run=True)
    assert panel.cancel.hasFocus()
    panel.set_state("", None, running=False, can_run=True)
    assert panel.transfer.hasFocus()


def test_curves_transfer_and_the_slider_measure_what_they_say(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, panel = wires.work, wires.panel
    QTest.mouseClick(panel.curves, LEFT)
    assert panel.cancel.isEnabled() and not panel.curves.isEnabled()
    qtbot.waitUntil(lambda: not work.running, timeout=WAIT)
    for series in ("raw", "pca", "code"):
        (few, first), (every, last) = work.curve(series)
        assert (few, first.repeats, every, last.repeats) == (10, 2, work.largest, 1)
        assert first.low <= first.mean <= first.high
    assert work.curve("raw")[0][1].mean > 0.7

    assert not any(curve.old for curve in panel.plot._curves)

    panel.slider.setFocus()
    QTest.keyClick(panel.slider, Qt.Key.Key_PageUp)  # five places on: 30 labels, measured at once
    assert panel.labels() == 30
    assert panel.amount.text() == "30 per class, 300 in all"
    qtbot.waitUntil(lambda: [n for n, _ in work.curve("code")] == [10, 30, work.largest], timeout=WAIT)
    qtbot.waitUntil(lambda: not work.running, timeout=WAIT)
    said = panel.plot.text_twin()
    assert said.startswith("At 30: ") and f"raw {100 * work.curve('raw')[1][1].mean:.1f} %" in said

    QTest.mouseClick(panel.transfer, LEFT)
    qtbot.waitUntil(lambda: bool(work.curve("scratch")), timeout=WAIT)
    work.cancel()
    window.session.run_steps(5)
    qtbot.waitUntil(
        lambda: "code" in {curve.title for curve in panel.plot._curves if curve.old}, timeout=WAIT
    )
    assert not any(curve.old for curve in panel.plot._curves if curve.title == "raw")
    with qtbot.waitSignal(window.session.generation_started, timeout=WAIT):
        window.session.new_network({"code_size": 3})
    assert not work.running
    assert {name for name, _ in work._values} == {"raw"}


def test_a_point_asked_for_before_the_network_went_on_leaves_the_curves_alone(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, panel = wires.work, wires.panel
    QTest.mouseClick(panel.curves, LEFT)
    qtbot.waitUntil(lambda: bool(work.curve("raw")), timeout=WAIT)
    panel.slider.setFocus()
    QTest.keyClick(panel.slider, Qt.Key.Key_PageUp)  # waits until the curves are there
    window.session.run_steps(1)
    qtbot.waitUntil(lambda: work.is_old and not work.running, timeout=WAIT)
    assert [n for n, _ in work.curve("code")][:: len(work.curve("code")) - 1] == [10, work.largest]
    assert work.step == 60 and "learned on" in panel.status.text()


def test_cancel_keeps_what_was_measured_and_other_data_forget_it(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, panel = wires.work, wires.panel
    QTest.mouseClick(panel.curves, LEFT)
    qtbot.waitUntil(lambda: bool(work.curve("raw")), timeout=WAIT)
    QTest.mouseClick(panel.cancel, LEFT)
    assert not work.running and work.curve("raw") and panel.curves.isEnabled()
    with qtbot.waitSignal(window.session.dataset_changed, timeout=WAIT):
        window.session.choose_data("strokes")
    assert not work._values and work.largest > 150
    assert panel.slider.maximum() == len(work.choices()) - 1
