"""PCA beside the network in the real window: floor, grid, maps, the mark, and changes while it is open."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sklearn.decomposition import PCA

from fcae_gui.wires.pca import PcaWires

WAIT = 60_000


def _open(open_window, qtbot, **options):  # type: ignore[no-untyped-def]
    window = open_window(**options)
    tool = next(one for one in window._wires if isinstance(one, PcaWires))
    qtbot.waitUntil(lambda: tool.baseline.state == "ready", timeout=WAIT)
    return window, tool


def _floor(window, loss: str, k: int) -> float:  # type: ignore[no-untyped-def]
    data = window.session.dataset
    train, x = data.train.as_float().astype(np.float64), data.test.as_float().astype(np.float64)
    theirs = PCA(k, svd_solver="full").fit(train)
    made = theirs.inverse_transform(theirs.transform(x))
    if loss == "bce":
        made = np.clip(made, 0.001, 0.999)
        return float(-(x * np.log(made) + (1 - x) * np.log(1 - made)).mean())
    return float(np.abs(made - x).mean() if loss == "l1" else ((made - x) ** 2).mean())


def test_the_floor_line_follows_loss_and_code_size(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, _ = _open(open_window, qtbot)
    frame = window.loss.plot._frame
    assert frame.floor == pytest.approx(_floor(window, "mse", 2), rel=1e-4)
    for loss in ("bce", "l1"):
        wanted = _floor(window, loss, 2)
        window.session.edit({}, {"loss": loss})
        qtbot.waitUntil(lambda w=wanted: frame.floor == pytest.approx(w, rel=1e-4), timeout=WAIT)
    window.session.resize_code(3)
    wanted = _floor(window, "l1", 3)
    qtbot.waitUntil(lambda: frame.floor == pytest.approx(wanted, rel=1e-4), timeout=WAIT)
    assert frame.floor_label == "PCA, 3 components"


def test_the_row_of_pca_in_the_grid_can_be_switched_off(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, _ = _open(open_window, qtbot)
    panel = window.reconstructions
    assert panel.grid.rows() == ["original", "output", "reference"]
    with qtbot.waitSignal(panel.reference_shown_changed):
        QTest.mouseClick(panel._pca, Qt.MouseButton.LeftButton)
    assert panel.grid.rows() == ["original", "output"]
    window.session.view.set_grid(shuffle=True)
    QTest.mouseClick(panel._pca, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "reference" in panel.grid.rows(), timeout=WAIT)
    panel.grid.grab()


def test_the_same_point_is_lit_in_both_maps(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, tool = _open(open_window, qtbot)
    window.actions_by_id["pca_show"].trigger()
    panel, data = tool.panel, window.session.dataset
    qtbot.waitUntil(lambda: panel.pca.points_shown() == len(data.test), timeout=WAIT)
    qtbot.waitUntil(lambda: not panel.pca.moving(), timeout=WAIT)
    theirs = PCA(2, svd_solver="full").fit(data.train.as_float().astype(np.float64))
    scores = theirs.transform(data.test.as_float().astype(np.float64))
    x, y, order, _ = panel.pca.points_drawn()
    np.testing.assert_allclose(np.abs(np.stack([x, y], axis=1)), np.abs(scores[order]), atol=1e-3)
    row = int(scores[:, 0].argmax())
    with qtbot.waitSignal(panel.sample_hovered, timeout=WAIT):
        QTest.mouseMove(panel.pca, panel.pca.place_of(row).toPoint())
    assert panel.pca.hovered() == panel.network.hovered() == window.latent.cloud.hovered() >= 0
    mask = np.zeros(len(data.test), bool)
    mask[:5] = True
    window.selection.choose(mask)
    np.testing.assert_array_equal(panel.pca._layer._chosen, panel.network._layer._chosen)
    window.colouring.choose("unit:0")
    shade = panel.pca._layer
    qtbot.waitUntil(lambda: shade._shade is not None and len(np.unique(shade._shade)) > 5, timeout=WAIT)
    np.testing.assert_array_equal(shade._shade, window.latent.cloud._layer._shade)
    window.colouring.choose("class")
    assert shade._shade is None


def test_passing_pca_is_marked_and_announced_once(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, tool = _open(open_window, qtbot)
    told: list[int] = []
    tool.standing.passed.connect(lambda step, _text: told.append(step))
    window.session.play()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)
    qtbot.waitUntil(lambda: window.session.step > told[0] + 100, timeout=WAIT)
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.state in ("paused", "finished"), timeout=WAIT)
    assert len(told) == 1 and (told[0], "passes PCA") in window.loss.plot._frame.marks
    losses = window.session._runner.history(window.session._generation).train
    assert losses[told[0] - 50 : told[0]].mean() < tool.baseline.error("mse", 2, "train")


def test_steps_of_a_wider_code_do_not_pass_the_pca_of_a_narrower_one(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, tool = _open(open_window, qtbot)
    session, plot = window.session, window.loss.plot
    session.new_network({"code_size": 16})
    qtbot.waitUntil(lambda: session.config.network.code_size == 16, timeout=WAIT)
    session.run_steps(500)
    qtbot.waitUntil(lambda: session.step == 500 and session.state == "paused", timeout=WAIT)
    losses = session._runner.history(session._generation).train
    assert losses[-50:].mean() < 0.8 * tool.baseline.error("mse", 2, "train")
    for change in (lambda: session.resize_code(2), session.rewind, session.history.undo):
        with qtbot.waitSignal(session.generation_started, timeout=WAIT):
            change()
        qtbot.waitUntil(lambda: session.trained_steps() in (0, session._losses_told), timeout=WAIT)
        with qtbot.waitSignal(session.frame_passed, timeout=WAIT):
            pass
        assert tool.standing.passed_step is None
        assert all("PCA" not in text for _, text in plot._frame.marks)
    assert session.config.network.code_size == 2 and session.trained_steps() == 500


def test_a_linear_network_is_never_said_to_pass(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, tool = _open(open_window, qtbot, preset="linear")
    window.session.run_steps(600)
    qtbot.waitUntil(lambda: window.session.step == 600, timeout=WAIT)
    readings = tool.standing.readings
    assert readings is not None and readings.near_step is not None, "it came near, and no further"
    assert tool.standing.passed_step is None
    assert all("PCA" not in text for _, text in window.loss.plot._frame.marks)


def test_data_and_networks_may_change_while_it_is_open(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, tool = _open(open_window, qtbot, autostart=True)
    window.actions_by_id["pca_show"].trigger()
    session = window.session
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 7})
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("plants")
    qtbot.waitUntil(lambda: session.dataset.name == "plants", timeout=WAIT)
    qtbot.waitUntil(
        lambda: (
            tool.baseline.state == "ready"
            and len(tool.baseline.pca.mean) == 5
            and tool.panel.pca.points_shown() == session.view.codes.shape[0]
            if session.view.codes is not None
            else False
        ),
        timeout=WAIT,
    )
    assert window.reconstructions.grid.rows() == ["original", "output", "reference"]
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 1})
    qtbot.waitUntil(lambda: window.loss.plot._frame.floor_label == "PCA, 1 component", timeout=WAIT)
    tool.panel.again.click()
    assert tool.baseline.state == "computing"  # and the window closes while it computes
