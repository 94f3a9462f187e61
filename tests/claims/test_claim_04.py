"""Claim 4: a linear network finds PCA's plane, but not its axes; one click turns the code onto them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.claims.test_claim_03 import WAIT, choose_preset, shown, wires


def test_the_code_is_correlated_until_one_click_rotates_it(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session, tool = window.session, wires(window)
    choose_preset(window, qtbot, "linear")  # 1
    window.actions_by_id["pca_show"].trigger()  # 2
    window.actions_by_id["play"].trigger()  # 3
    qtbot.waitUntil(lambda: session.state == "finished", timeout=WAIT)
    qtbot.waitUntil(lambda: shown(window, tool), timeout=WAIT)
    before = tool.standing.readings
    assert before is not None and before.columns is not None and before.correlation is not None
    columns = session.view.weights.decoder[0][0].astype(np.float64)
    a, b = columns.T
    angle = np.degrees(np.arccos(abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b)))
    assert before.columns[0, 1] == pytest.approx(angle, abs=1e-3)
    assert before.columns[0, 1] < 89.0  # PCA: 90 degrees
    np.testing.assert_allclose(before.correlation, np.corrcoef(session.view.codes.T), atol=1e-5)
    assert abs(before.correlation[0, 1]) > 0.01

    outputs = [
        window.reconstructions.grid.pair(i)[1].copy() for i in range(window.reconstructions.grid.count)
    ]
    step, codes = session.step, session.view.codes
    assert tool.panel.rotate.isEnabled() and tool.panel.rotate.isVisible()
    tool.panel.rotate.click()  # 4
    qtbot.waitUntil(lambda: session.view.codes is not None and session.view.codes is not codes, timeout=WAIT)
    qtbot.waitUntil(lambda: session.shows_newest, timeout=WAIT)
    after = tool.standing.readings
    assert after is not None and after.correlation is not None
    assert session.step == step
    # The axes are those of the training codes; the map shows test samples, nearly as free of it.
    assert abs(after.correlation[0, 1]) < 0.08
    assert session.view.codes.std(axis=0)[0] >= session.view.codes.std(axis=0)[1]
    now = [window.reconstructions.grid.pair(i)[1] for i in range(window.reconstructions.grid.count)]
    np.testing.assert_allclose(now, outputs, atol=1e-5)
    assert after.angle == pytest.approx(before.angle, abs=1e-3)


def test_an_activated_code_cannot_be_rotated_and_the_button_says_why(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(preset="lecture")
    tool = wires(window)
    window.actions_by_id["pca_show"].trigger()
    qtbot.waitUntil(lambda: tool.panel.why.text() != "", timeout=WAIT)
    assert not tool.panel.rotate.isEnabled()
    assert "activated" in tool.panel.why.text()
    assert "not linear" in tool.panel.remark.text() and tool.panel.values["angle"].text() == "–"
