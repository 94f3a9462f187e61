"""Claim 3: without nonlinearity it is PCA."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from fcae_gui import cli
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.wires.pca import PcaWires

WAIT = 180_000


def wires(window) -> PcaWires:  # type: ignore[no-untyped-def]
    return next(one for one in window._wires if isinstance(one, PcaWires))


def shown(window, tool: PcaWires) -> bool:  # type: ignore[no-untyped-def]
    return window.session.shows_newest and tool.baseline.state == "ready"


def choose_preset(window, qtbot, name: str) -> None:  # type: ignore[no-untyped-def]
    choice = window.run_bar.preset
    with qtbot.waitSignal(window.session.generation_started, timeout=WAIT):
        choice.setCurrentIndex(choice.findData(name))
        choice.activated.emit(choice.currentIndex())


def _check(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    session, tool = window.session, wires(window)
    choose_preset(window, qtbot, "linear")  # 1
    window.actions_by_id["pca_show"].trigger()  # 2
    qtbot.waitUntil(
        lambda: tool.standing.readings is not None and tool.standing.readings.angle is not None, timeout=WAIT
    )
    window.actions_by_id["play"].trigger()  # 3
    qtbot.waitUntil(lambda: session.state == "finished", timeout=WAIT)
    qtbot.waitUntil(lambda: shown(window, tool), timeout=WAIT)
    session.tell_numbers()
    readings = tool.standing.readings
    assert readings is not None and readings.angle is not None and readings.excess is not None
    assert readings.angle < 2.0 and readings.excess < 0.01
    assert tool.panel.values["angle"].text() == f"{readings.angle:.2f}°"
    fall = readings.fall
    assert fall is not None and fall[0, 1] > 10.0 * fall[-1, 1]
    _check_against_scikit_learn(window, session.dataset, readings)


def _check_against_scikit_learn(window, dataset: Dataset, readings) -> None:  # type: ignore[no-untyped-def]
    from scipy.linalg import subspace_angles

    weights = window.session.view.weights
    x, test = dataset.train.as_float().astype(np.float64), dataset.test.as_float().astype(np.float64)
    theirs = PCA(2, svd_solver="full" if len(x) < 10_000 else "covariance_eigh").fit(x)
    angle = np.degrees(subspace_angles(weights.decoder[0][0].astype(np.float64), theirs.components_.T)).max()
    assert readings.angle == pytest.approx(angle, abs=0.01)
    floor = float(((theirs.inverse_transform(theirs.transform(test)) - test) ** 2).mean())
    assert window.loss.plot._frame.floor == pytest.approx(floor, rel=1e-4)
    assert window.loss.plot._frame.floor_label == "PCA, 2 components"
    ours = decode(weights, encode(weights, test.astype(np.float32)))
    assert readings.excess == pytest.approx(((ours - test) ** 2).mean() / floor - 1.0, abs=1e-3)
    grid = window.reconstructions.grid
    originals = np.stack([grid.pair(i)[0] for i in range(grid.count)])
    wanted = theirs.inverse_transform(theirs.transform(originals))
    shown = np.stack([grid.reference(i) for i in range(grid.count)])
    np.testing.assert_allclose(shown, wanted, atol=1e-4)


def test_a_linear_network_finds_the_plane_of_pca_and_its_error(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    _check(open_window(), qtbot)


@pytest.mark.mnist
@pytest.mark.slow
def test_it_does_so_on_mnist(open_window, qtbot, mnist_dir: Path) -> None:  # type: ignore[no-untyped-def]
    _check(open_window(data="mnist", data_dir=mnist_dir), qtbot)


def test_the_command_line_says_the_angle_and_the_excess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["train", "--data", "digits", "--device", "cpu", "--threads", "1", "--json"]
    assert cli.main([*base, "--preset", "linear", "--out", str(tmp_path / "linear.fcae")]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0.0 <= last["pca_angle_deg"] < 2.0 and abs(last["pca_excess"]) < 0.01
    assert cli.main([*base, "--epochs", "2", "--out", str(tmp_path / "map.fcae")]) == 0
    other = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "pca_angle_deg" not in other
    assert other["pca_excess"] == pytest.approx(other["test_loss"] / other["pca_test_loss"] - 1.0)
    assert other["pca_test_loss"] == pytest.approx(last["pca_test_loss"])
