"""Claim 6: the loss compares outputs with inputs one by one, and the lens shows each comparison."""

from __future__ import annotations

import re

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.widgets.lens_pictures import COUNT, CURVE, OUTPUT

WAIT = 30_000


def test_the_lens_shows_the_loss_of_a_sample_pixel_by_pixel(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    window.actions_by_id["lens_show"].trigger()  # 1
    window.actions_by_id["epoch"].trigger()  # 2
    panel = window.docks["lens"].widget()
    qtbot.waitUntil(lambda: window.session.step > 0 and window.session.shows_newest, timeout=WAIT)
    weights = window.session.view.weights
    x = window.session.dataset.test.as_float(np.array([0]))
    output = decode(weights, encode(weights, x))[0]
    qtbot.waitUntil(
        lambda: panel.view.shown is not None and np.allclose(panel.view.shown.output, output, atol=1e-5),
        timeout=WAIT,
    )
    panel.grab()

    rect = panel.view.rect_of(OUTPUT)
    at = QPointF(rect.x() + 3.5 / 8 * rect.width(), rect.y() + 2.5 / 8 * rect.height())
    QTest.mouseMove(panel.view, at.toPoint())  # 3
    assert panel.view.pixel == 2 * 8 + 3

    # The same pixel is marked in all pictures, and its numbers stand in the formula.
    original, made = float(x[0, 19]), float(output[19])
    picture = panel.view.grab().toImage()
    accent = {picture.pixel(*_corner(panel.view.rect_of(which), picture)) for which in range(COUNT - 1)}
    assert len(accent) == 1 and CURVE == COUNT - 1
    text = panel.formula.text()
    assert f"({made:.3f} − {original:.3f})^2 = {_three((made - original) ** 2)}" in text

    # What is shown adds up to what is shown, which is torch's own loss.
    shown = panel.view.shown
    target, result = torch.from_numpy(x[0].astype(np.float64)), torch.from_numpy(output.astype(np.float64))
    expected = {
        "mse": float(F.mse_loss(result, target)),
        "l1": float(F.l1_loss(result, target)),
        "bce": float(F.binary_cross_entropy(result, target)),
    }
    assert abs(sum(shown.term.tolist()) / 64 - expected["mse"]) < 1e-6
    for loss, value in expected.items():
        assert panel.mean_text(loss) == _three(value)
        assert panel.sum_text(loss) == _three(value * 64)
    assert re.search(rf"= {re.escape(_three(expected['mse'] * 64))} / 64 = ", text)
    assert "trained" in panel._heads["mse"].text() and "trained" not in panel._heads["bce"].text()


def _corner(rect, picture) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """A point on the left edge of the mark around pixel 19, in pixels of the grabbed picture."""
    ratio = picture.devicePixelRatio()
    x, y = rect.x() + 3 / 8 * rect.width() - 1, rect.y() + 2.5 / 8 * rect.height()
    return round(x * ratio), round(y * ratio)


def _three(value: float) -> str:
    """Three significant digits, as a person writes them."""
    return (
        f"{value:#.3g}".rstrip(".")
        if value >= 1e-4
        else f"{value:.2e}".replace("e-0", "e-").replace("-", "−")
    )
