"""Claim 8: PCA is far cheaper, in time measured here and in operations."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.claims.test_claim_03 import WAIT, wires


def _check(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    session, tool = window.session, wires(window)
    window.actions_by_id["pca_show"].trigger()  # 1
    tool.panel.section.toggle.click()  # 2
    window.actions_by_id["play"].trigger()  # 3

    def there() -> bool:
        now = tool.standing.readings
        return now is not None and now.near_seconds is not None and now.quick_seconds is not None

    qtbot.waitUntil(there, timeout=WAIT)
    session.pause()
    session.tell_numbers()
    now = tool.standing.readings
    assert now.quick_seconds < now.near_seconds, "PCA to within 1 % took longer than the network"
    assert now.quick_flops < 0.2 * now.near_flops
    sizes = session.config.network.sizes
    weights = sum(a * b for a, b in pairwise(sizes))
    batch = session.config.training.batch_size
    assert now.near_flops == pytest.approx(6 * weights * batch * now.near_step)
    n, d = session.dataset.train.features.shape
    assert now.pca_flops == pytest.approx(n * d**2 + 9 * d**3) and now.pca_seconds > 0.0
    said = tool.panel.cost.text_twin()
    assert "This network" in said and f"step {now.near_step:,}" in said and "FLOP" in said


def test_the_table_shows_what_both_cost(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    _check(open_window(preset="map"), qtbot)


@pytest.mark.mnist
@pytest.mark.slow
def test_it_does_so_on_mnist(open_window, qtbot, mnist_dir: Path) -> None:  # type: ignore[no-untyped-def]
    _check(open_window(data="mnist", data_dir=mnist_dir, preset="map"), qtbot)
