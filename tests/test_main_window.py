"""The whole window, driven as a person drives it: start, pause, edit, click, drag, save, open, close."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from fcae_gui import actions, theme
from fcae_gui.engine.decoder import decode
from fcae_gui.engine.runfile import load_run

WAIT = 30_000  # ms; a busy machine takes its time, a broken one never gets there


def _pixels_of(window) -> np.ndarray:  # type: ignore[no-untyped-def]
    """What the decoded panel paints, as bytes."""
    image = window.decoded.picture.grab().toImage()
    return np.frombuffer(bytes(image.constBits()), np.uint8).copy()


def test_a_first_window_learns_by_itself_and_shows_a_map(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session = window.session
    qtbot.waitUntil(lambda: session.view.map_step > 0 and session.trained_steps() > 30, timeout=WAIT)
    assert session.state == "running"
    losses = session.numbers().train_loss
    assert losses is not None and np.isfinite(losses)
    assert "points" in window.latent.text_twin()


def test_space_pauses_in_mid_epoch_and_goes_on(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session = window.session
    qtbot.waitUntil(lambda: session.trained_steps() > 10, timeout=WAIT)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.state == "paused", timeout=WAIT)
    stood_at = session.trained_steps()
    with qtbot.waitSignals([session.frame_passed] * 5, timeout=WAIT):
        pass
    assert session.trained_steps() == stood_at
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.trained_steps() > stood_at, timeout=WAIT)


def test_one_step_is_one_step_and_one_epoch_ends_at_its_end(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    states = []
    session.state_changed.connect(states.append)
    window.actions_by_id["step"].trigger()
    qtbot.waitUntil(lambda: states == ["running", "paused"], timeout=WAIT)
    assert session.trained_steps() == 1
    states.clear()
    window.actions_by_id["epoch"].trigger()
    qtbot.waitUntil(lambda: states == ["running", "paused"], timeout=WAIT)
    batch = session.config.training.batch_size
    assert session.trained_steps() == -(-len(session.dataset.train) // batch)


def test_dragging_over_the_map_decodes_while_the_model_learns(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session, cloud = window.session, window.latent.cloud
    qtbot.waitUntil(lambda: session.view.map_step > 0, timeout=WAIT)
    seen = []
    session.view.decoded.connect(seen.append)
    centre = cloud.rect().center()
    steps_before = session.trained_steps()
    pictures = []
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=centre)
    for i in range(20):
        QTest.mouseMove(cloud, centre + QPoint(6 * i - 60, 4 * i - 40))
        QApplication.processEvents()
        pictures.append(_pixels_of(window))
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=centre)
    places = {answer.xy for answer in seen}
    assert len(places) >= 15, "the drag did not decode continuously"
    assert sum((a != b).any() for a, b in pairwise(pictures)) >= 15
    qtbot.waitUntil(lambda: session.trained_steps() > steps_before, timeout=WAIT)
    last = seen[-1]
    # What was shown is what the decoder of those weights makes of that code.
    if session.view.weights.step == last.step:
        np.testing.assert_allclose(decode(session.view.weights, last.z[None])[0], last.pixels, atol=1e-6)


def test_arrow_keys_move_the_cursor_and_decode(open_window, qtbot) -> None:
    window = open_window()
    seen = []
    window.session.view.decoded.connect(seen.append)
    window.latent.cloud.setFocus()
    before = window.latent.cursor()
    QTest.keyClick(window.latent.cloud, Qt.Key.Key_Right)
    after = window.latent.cursor()
    assert after[0] > before[0] and after[1] == before[1]
    assert seen and seen[-1].xy == pytest.approx(after)


def test_the_nearest_training_image_is_found_soon_after_the_cursor_rests(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    features = session.dataset.train.as_float()
    decoded = decode(session.view.weights, np.array([[0.1, -0.1]], np.float32))[0]
    distances = np.linalg.norm(features - decoded, axis=1)

    def is_for_this_place(found) -> bool:  # the first cursor may still be on its way to its neighbour
        return abs(found.distance - distances.min()) < 1e-4 * distances.min()

    with qtbot.waitSignal(
        session.view.nearest_found, timeout=WAIT, check_params_cb=is_for_this_place
    ) as caught:
        session.view.move_cursor(0.1, -0.1)
    found = caught.args[0]
    assert found.row == int(distances.argmin())
    assert found.distance == pytest.approx(float(distances.min()), rel=1e-4)


def test_the_learning_rate_changes_while_it_trains_without_a_reset(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session = window.session
    qtbot.waitUntil(lambda: session.trained_steps() > 10, timeout=WAIT)
    with qtbot.waitSignal(session.edited, timeout=WAIT) as caught:
        window.network.edited.emit({}, {"learning_rate": 2e-4})
    step, text = caught.args
    assert step >= 10 and text
    assert session.config.training.learning_rate == pytest.approx(2e-4)
    qtbot.waitUntil(lambda: session.trained_steps() > step, timeout=WAIT)


def test_a_width_changes_while_it_trains_and_undo_brings_the_old_network_back(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    session = window.session
    qtbot.waitUntil(lambda: session.trained_steps() > 20, timeout=WAIT)
    old = session.config.network
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        window.network.new_network_requested.emit({"encoder_widths": (48,), "code_size": 3})
    assert session.config.network.sizes == (64, 48, 3, 48, 64)
    qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=WAIT)
    assert "principal component" in session.view.plane.axis_texts()[0]
    qtbot.waitUntil(window.actions_by_id["undo"].isEnabled, timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        window.actions_by_id["undo"].trigger()
    assert session.config.network == old
    assert session.trained_steps() > 20


def test_rewind_goes_back_to_the_same_initial_weights(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    first = session.view.weights
    session.run_steps(15)
    qtbot.waitUntil(lambda: session.state == "paused" and session.view.is_at(15), timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        window.actions_by_id["rewind"].trigger()
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    again = session.view.weights
    assert again.step == 0
    for (w1, b1), (w2, b2) in zip(first.encoder + first.decoder, again.encoder + again.decoder, strict=True):
        assert w1.tobytes() == w2.tobytes() and b1.tobytes() == b2.tobytes()


def test_a_run_is_saved_while_it_trains_and_opened_again(open_window, qtbot, tmp_path: Path) -> None:
    window = open_window(autostart=True)
    session = window.session
    qtbot.waitUntil(lambda: session.trained_steps() > 10, timeout=WAIT)
    file = tmp_path / "lesson.fcae"
    with qtbot.waitSignal(session.saved, timeout=WAIT):
        session.save(file)
    state = load_run(file)
    assert state.step >= 10 and session.state == "running"
    session.run_steps(1)
    qtbot.waitUntil(lambda: session.state == "paused", timeout=WAIT)
    with qtbot.waitSignal(session.opened, timeout=WAIT):
        session.open(file)
    qtbot.waitUntil(lambda: session.trained_steps() == state.step, timeout=WAIT)
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    assert session.view.weights.encoder[0][0].tobytes() == state.weights["encoder.0.weight"].tobytes()
    assert file in window.settings.recent


def test_a_bad_file_is_refused_in_one_sentence_and_the_run_goes_on(
    open_window, qtbot, tmp_path: Path
) -> None:
    window = open_window(autostart=True)
    session = window.session
    bad = tmp_path / "notes.fcae"
    bad.write_bytes(b"these are not the tensors you are looking for")
    with qtbot.waitSignal(session.noticed, timeout=WAIT) as caught:
        session.open(bad)
    notice = caught.args[0]
    assert notice.level == "error" and "notes.fcae" in notice.text and len(notice.text) < 250
    assert "Traceback" not in notice.text
    stood_at = session.trained_steps()
    qtbot.waitUntil(lambda: session.trained_steps() > stood_at, timeout=WAIT)
    assert window.notices.current() is not None


def test_a_run_file_can_be_dropped_on_the_window(open_window, qtbot, tmp_path: Path) -> None:
    window = open_window()
    session = window.session
    session.run_steps(3)
    qtbot.waitUntil(lambda: session.state == "paused" and session.trained_steps() == 3, timeout=WAIT)
    file = tmp_path / "dropped.fcae"
    with qtbot.waitSignal(session.saved, timeout=WAIT):
        session.save(file)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(10, 10), *arguments)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(session.opened, timeout=WAIT):
        window.dropEvent(QDropEvent(QPointF(10, 10), *arguments))


def test_a_diverged_run_stops_keeps_finite_weights_and_says_what_to_try(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    session.edit({"output_activation": "none"}, {"optimizer": "sgd", "learning_rate": 1e5})
    session.play()
    qtbot.waitUntil(lambda: session.state == "diverged", timeout=WAIT)
    notice = window.notices.current()
    assert notice is not None and notice.actions
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    for weight, bias in session.view.weights.encoder + session.view.weights.decoder:
        assert np.isfinite(weight).all() and np.isfinite(bias).all()


def test_running_out_of_memory_keeps_the_run_and_offers_a_smaller_batch(
    open_window, qtbot, monkeypatch
) -> None:
    from fcae_gui.engine.trainer import Trainer

    window = open_window(autostart=True)
    session = window.session
    whole_step = Trainer.step

    def step(trainer: Trainer) -> int:
        if trainer.config.training.batch_size > 128:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return whole_step(trainer)

    monkeypatch.setattr(Trainer, "step", step)
    qtbot.waitUntil(lambda: session.state == "failed", timeout=WAIT)
    stood_at = session.trained_steps()
    notice = window.notices.current()
    assert notice is not None and [name for name, _title in notice.actions] == ["halve_batch", "use_cpu"]
    assert "Traceback" not in notice.text
    window.notices.action_chosen.emit("halve_batch")
    qtbot.waitUntil(lambda: session.trained_steps() > stood_at, timeout=WAIT)
    assert session.config.training.batch_size == 128


def test_a_finished_run_says_so_and_plays_on(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    session.edit({}, {"epochs": 1, "schedule": "constant"})
    session.play()
    qtbot.waitUntil(lambda: session.state == "finished", timeout=WAIT)
    assert "Finished" in window.status.state.text()
    stood_at = session.trained_steps()
    window.actions_by_id["play"].trigger()
    qtbot.waitUntil(lambda: session.trained_steps() > stood_at and session.state == "running", timeout=WAIT)


def test_bce_without_a_sigmoid_output_is_refused_and_the_panel_shows_what_holds(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    with qtbot.waitSignal(session.refused, timeout=WAIT) as caught:
        session.edit({"output_activation": "none"}, {"loss": "bce"})
    assert "sigmoid" in caught.args[0]
    assert session.config.training.loss == "mse"


def test_switching_the_data_keeps_what_makes_sense_and_says_what_changed(open_window, qtbot) -> None:
    window = open_window(data="digits8")
    session = window.session
    session.run_steps(2)
    qtbot.waitUntil(lambda: session.state == "paused" and session.trained_steps() == 2, timeout=WAIT)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    qtbot.waitUntil(
        lambda: session.config.network.input_size == 784 and session.view.map_step >= 0, timeout=WAIT
    )
    assert session.config.network.encoder_widths == (128, 32)
    qtbot.waitUntil(lambda: session.dataset.complete, timeout=60_000)
    assert len(session.dataset.train) > 2_000


def test_data_that_cannot_come_changes_nothing_on_screen(open_window, qtbot, monkeypatch) -> None:
    monkeypatch.setenv("FCAE_MIRROR", "http://127.0.0.1:9")  # nothing listens there
    window = open_window()
    session = window.session
    qtbot.waitUntil(lambda: session.view.is_at(0), timeout=WAIT)
    # PCA's reconstructions arrive when it has been fitted.
    qtbot.waitUntil(lambda: any("PCA" in line for line in window.reconstructions.pair_text(0)), timeout=WAIT)
    before = window.reconstructions.pair_text(0)
    with qtbot.waitSignal(session.data_kept, timeout=WAIT):
        session.choose_data("fashion")
    assert window.run_bar.data.currentData() == "digits8"
    notice = window.notices.current()
    assert notice is not None and "Fashion-MNIST" in notice.text
    assert before and window.reconstructions.pair_text(0) == before


def test_start_over_brings_back_a_first_start_and_can_be_undone(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    session.run_steps(7)
    qtbot.waitUntil(lambda: session.state == "paused" and session.trained_steps() == 7, timeout=WAIT)
    with qtbot.waitSignal(session.dataset_changed, timeout=60_000):
        window.actions_by_id["start_over"].trigger()
    qtbot.waitUntil(lambda: session.state == "running", timeout=WAIT)
    assert session.dataset.name != "digits8" and session.config.preset == "map"
    session.pause()
    qtbot.waitUntil(lambda: session.state == "paused" and session.dataset.complete, timeout=60_000)
    qtbot.waitUntil(window.actions_by_id["undo"].isEnabled, timeout=WAIT)
    while session.dataset.name != "digits8":
        with qtbot.waitSignal(session.generation_started, timeout=WAIT):
            window.actions_by_id["undo"].trigger()
    qtbot.waitUntil(lambda: session.trained_steps() == 7, timeout=WAIT)


def test_closing_in_mid_training_ends_every_thread(open_window, qtbot) -> None:
    window = open_window(autostart=True)
    qtbot.waitUntil(lambda: window.session.trained_steps() > 10, timeout=WAIT)
    window.close()
    assert window.closed_clean


def test_closing_asks_only_when_there_is_something_to_lose(open_window, qtbot, monkeypatch) -> None:
    window = open_window()
    asked = []

    def cancel(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "exec", cancel)
    monkeypatch.setattr(type(window.session), "worth_asking", True)
    window.close()
    assert asked and window.isVisible()
    monkeypatch.setattr(type(window.session), "worth_asking", False)
    window.close()
    assert len(asked) == 1 and not window.isVisible()


def test_every_action_can_be_triggered_while_it_trains(open_window, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: "")
    window = open_window(autostart=True)
    session, failures = window.session, []
    session.report_failure = failures.append
    # One after the other in one window, so that each also meets what the ones before have left.
    for spec in actions.ACTIONS:
        if spec.id == "quit":
            continue
        with qtbot.captureExceptions() as raised:
            window.actions_by_id[spec.id].trigger()
            with qtbot.waitSignals([session.frame_passed] * 3, timeout=WAIT):
                pass
        for box in window.findChildren(QDialog):
            box.close()
        assert not failures and not raised, f"{spec.id}: {failures or raised}"
    window.actions_by_id["full_screen"].setChecked(False)
    session.mark_kept()
    window.actions_by_id["quit"].trigger()
    assert not window.isVisible() and window.closed_clean
    theme.apply(QApplication.instance(), "light")


def test_every_focusable_widget_has_an_accessible_name(open_window) -> None:
    window = open_window()
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in window.findChildren(type(window).__mro__[2])
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not getattr(widget, "text", lambda: "")()
        and not widget.objectName().startswith("qt_")
    ]
    assert not nameless, nameless


def test_the_layout_is_remembered_and_can_be_reset(open_window, qtbot) -> None:
    window = open_window(remember=True)
    window.docks["loss"].hide()
    window.session.mark_kept()
    window.close()
    again = open_window(remember=True)
    assert again.docks["loss"].isHidden()
    again.actions_by_id["reset_layout"].trigger()
    assert again.docks["loss"].isVisible()


def test_the_same_500_steps_give_the_same_bytes_with_and_without_a_window(
    open_window, qtbot, tmp_path
) -> None:
    from fcae_gui.engine.trainer import Trainer

    window = open_window(seed=3)
    session = window.session
    # The map preset's 10 epochs of 1,442 digits are fewer than 500 steps: lift the target first.
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        session.edit({}, {"epochs": None, "schedule": "constant"})
    session.run_steps(500)
    # A busy window: the cursor moves, the grid is shuffled, all points are asked for.
    qtbot.waitUntil(lambda: session.trained_steps() > 20, timeout=WAIT)
    session.view.move_cursor(0.3, 0.2)
    session.view.set_grid(shuffle=True, columns=13)
    session.view.show_all_points(True)
    qtbot.waitUntil(lambda: session.state == "paused" and session.trained_steps() == 500, timeout=WAIT)
    file = tmp_path / "seen.fcae"
    with qtbot.waitSignal(session.saved, timeout=WAIT):
        session.save(file)
    alone = Trainer(session.config, session.dataset)
    for _ in range(500):
        alone.step()
    expected, got = alone.snapshot(), load_run(file)
    assert got.train_losses.tobytes() == expected.train_losses.tobytes()
    for name, weight in expected.weights.items():
        assert got.weights[name].tobytes() == weight.tobytes(), name
