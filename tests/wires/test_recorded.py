"""A recorded curve in the real window: opened, aligned, hidden, taken back, forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from fcae_gui import paths
from fcae_gui.data import digits
from fcae_gui.data.dataset import Split
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.recorded import of_run, write_curve
from fcae_gui.engine.runfile import save_run
from fcae_gui.engine.state import RunState
from fcae_gui.engine.trainer import Trainer

WAIT = 60_000


@pytest.fixture(scope="module")
def state() -> RunState:
    data = digits.load()
    run = Trainer(make_config("map", data, device="cpu", threads=1).with_training(batch_size=128), data)
    for step in range(1, 37):  # twelve steps to an epoch
        run.step()
        if step % run.steps_per_epoch == 0:
            run.evaluate()
    return run.snapshot()


@pytest.fixture
def file(state: RunState, tmp_path: Path) -> Path:
    save_run(tmp_path / "before.fcae", state)
    return tmp_path / "before.fcae"


@pytest.fixture
def hinton(state: RunState, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """A curve that comes with the program, made of a small run."""
    write_curve(tmp_path / "hinton.json", of_run(state))
    original = paths.resource

    def resource(*parts: str) -> Path:
        return tmp_path / "hinton.json" if parts[0] == "recorded" else original(*parts)

    monkeypatch.setattr(paths, "resource", resource)


def _choose(monkeypatch, file: Path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_kw: (str(file), ""))


def _ghost(window):  # type: ignore[no-untyped-def]
    return window.loss.plot.ghost


def test_a_run_file_lies_beside_the_live_curve_by_epoch(  # type: ignore[no-untyped-def]
    open_window, qtbot, monkeypatch, file, state
) -> None:
    window = open_window()
    session = window.session
    _choose(monkeypatch, file)
    window.actions_by_id["curve_open"].trigger()
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    ghost = _ghost(window)
    assert ghost.name == "before"
    assert ghost.test[:, 0] == pytest.approx([6.0, 12.0, 18.0]), "epochs 1 to 3 of this run: six steps each"
    assert ghost.test[:, 1] == pytest.approx(state.test_losses[:, 1])
    assert window.loss.look_state()["log_x"]
    session.run_steps(8)
    qtbot.waitUntil(lambda: window.loss.plot.n == 8, timeout=WAIT)
    window.loss.plot.set_cursor_step(6)
    assert any("before: train" in line and "test" in line for line in window.loss.plot.cursor_lines())
    assert "before" in window.loss.text_twin()
    window.grab()
    assert window.loss.plot._legend.box.height() > 0

    window.actions_by_id["rewind"].trigger()
    qtbot.waitUntil(lambda: session.step == 0 and window.loss.plot.n == 0, timeout=WAIT)
    assert _ghost(window) is not None
    session.edit({"code_size": 3}, {})
    qtbot.waitUntil(
        lambda: session.view.weights is not None and session.view.weights.network.code_size == 3, timeout=WAIT
    )
    assert _ghost(window) is not None
    session.choose_data("plants")
    qtbot.waitUntil(lambda: session.dataset.name == "plants", timeout=WAIT)
    assert _ghost(window) is None
    assert not window.actions_by_id["curve_clear"].isEnabled()
    assert not window.loss.look_state()["log_x"]


def test_showing_and_hiding_it_are_a_step_of_undo_each(open_window, qtbot, monkeypatch, file) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    _choose(monkeypatch, file)
    window.actions_by_id["curve_open"].trigger()
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    button = window.loss._recorded
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert _ghost(window) is None and not button.isVisible()
    window.actions_by_id["undo"].trigger()
    assert _ghost(window).name == "before"
    window.actions_by_id["undo"].trigger()
    assert _ghost(window) is None
    window.actions_by_id["redo"].trigger()
    assert _ghost(window).name == "before"


def test_another_loss_shows_what_can_be_held_against_it(open_window, qtbot, monkeypatch, file, state) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session = window.session
    _choose(monkeypatch, file)
    window.actions_by_id["curve_open"].trigger()
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    session.edit({}, {"loss": "bce"})
    qtbot.waitUntil(lambda: _ghost(window) is None, timeout=WAIT)
    window.actions_by_id["curve_clear"].trigger()
    with qtbot.waitSignal(window._wires and _recorded(window).refused, timeout=WAIT) as refused:
        window.actions_by_id["curve_open"].trigger()
    assert "loss is MSE" in refused.args[0] and refused.args[0].endswith(".")


def test_an_mse_run_is_shown_the_squared_errors_of_a_run_with_another_loss(  # type: ignore[no-untyped-def]
    open_window, qtbot, tmp_path
) -> None:
    data = digits.load()
    run = Trainer(make_config("map", data, device="cpu", threads=1).with_training(loss="bce"), data)
    for _ in range(6):
        run.step()
    run.evaluate()
    save_run(tmp_path / "bce.fcae", run.snapshot())
    window = open_window()
    _recorded(window).open(tmp_path / "bce.fcae")
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    ghost = _ghost(window)
    assert not len(ghost.train)
    assert ghost.test[-1, 1] == pytest.approx(run.snapshot().test_losses[-1, 2] / 64)


@pytest.mark.parametrize("content", [b"nothing", b"{}"])
def test_a_bad_file_is_named_and_nothing_changes(open_window, qtbot, monkeypatch, tmp_path, content) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    file = tmp_path / f"bad{'.json' if content == b'{}' else '.fcae'}"
    file.write_bytes(content)
    with qtbot.waitSignal(_recorded(window).refused, timeout=WAIT) as refused:
        _recorded(window).open(file)
    assert file.name in refused.args[0] and _ghost(window) is None


def test_the_preset_brings_its_curve_and_the_published_figure(open_window, qtbot, hinton) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, frame = window.session, window.loss.plot._frame
    session.choose_preset("hinton")
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    assert frame.published == pytest.approx(3.0 / 64)  # of the small run that stands in here
    assert not session.history.texts[0], "it came by itself: nothing to take back"
    session.edit({}, {"loss": "bce"})
    qtbot.waitUntil(lambda: frame.published is None, timeout=WAIT)
    session.edit({}, {"loss": "mse"})
    qtbot.waitUntil(lambda: frame.published is not None, timeout=WAIT)
    window.actions_by_id["curve_hinton"].trigger()  # as the lesson does: it is there already
    assert not session.history.texts[0]
    session.choose_preset("map")
    qtbot.waitUntil(lambda: _ghost(window) is None and frame.published is None, timeout=WAIT)
    window.actions_by_id["curve_hinton"].trigger()
    assert _ghost(window) is not None
    session.choose_preset("lecture")
    qtbot.waitUntil(lambda: session.config.preset == "lecture", timeout=WAIT)
    assert _ghost(window) is not None, "asked for by hand it stays"
    window.actions_by_id["curve_clear"].trigger()
    assert _ghost(window) is None and frame.published is None


def test_without_the_resource_the_published_line_stands_alone(open_window, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    original = paths.resource

    def resource(*parts: str) -> Path:
        if parts[0] == "recorded":
            raise FileNotFoundError
        return original(*parts)

    monkeypatch.setattr(paths, "resource", resource)
    window = open_window()
    window.actions_by_id["curve_hinton"].trigger()
    assert _ghost(window) is None
    assert window.loss.plot._frame.published == pytest.approx(3.0 / 784)
    window.actions_by_id["curve_clear"].trigger()
    assert window.loss.plot._frame.published is None


def test_a_table_has_no_published_figure(open_window, qtbot, hinton) -> None:  # type: ignore[no-untyped-def]
    window = open_window(data="plants", preset="slide")
    with qtbot.waitSignal(_recorded(window).refused, timeout=WAIT):
        window.actions_by_id["curve_hinton"].trigger()
    assert _ghost(window) is None


def test_names_of_lines_lie_under_nothing(open_window, qtbot, hinton) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.session.run_steps(30)
    qtbot.waitUntil(lambda: window.loss.plot.n == 30, timeout=WAIT)
    plot = window.loss.plot
    plot.set_floor(float(np.median(plot._data.train.values)), "PCA, 2 components")
    window.actions_by_id["curve_hinton"].trigger()
    window.grab()
    boxes = [*plot._frame.taken, plot._legend.box]
    for i, one in enumerate(boxes):
        assert plot._frame.rect().adjusted(-1, -1, 1, 1).contains(one)
        assert not any(one.intersects(other) for other in boxes[i + 1 :])


def test_fuller_data_move_the_curve_to_their_epochs(open_window, qtbot, monkeypatch, file) -> None:  # type: ignore[no-untyped-def]
    """Strokes begin with a part of themselves; the rest comes without a new network."""
    window = open_window()
    session, whole = window.session, window.session.dataset
    monkeypatch.setattr(
        session, "_dataset", replace(whole, complete=False), raising=True
    )  # what a first start looks like
    _recorded(window).open(file)
    qtbot.waitUntil(lambda: _ghost(window) is not None, timeout=WAIT)
    twice = Split(features=np.tile(whole.train.features, (2, 1)))
    session._on_data(replace(whole, train=twice, fingerprint="twice"), whole.name)
    batch = session.config.training.batch_size
    assert _ghost(window).test[0, 0] == pytest.approx(-(-len(twice) // batch))
    assert window.loss.plot._frame.steps_per_epoch == -(-len(twice) // batch)
    session.run_steps(2)
    qtbot.waitUntil(lambda: session.step == 2, timeout=WAIT)


def _recorded(window):  # type: ignore[no-untyped-def]
    return next(one.recorded for one in window._wires if hasattr(one, "recorded"))
