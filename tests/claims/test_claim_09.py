"""Claim 9: without the sigmoid the output leaves [0, 1], and the window counts and marks where."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.decoder import decode, encode
from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.lens_pictures import OUTPUT

WAIT = 30_000


def test_without_a_sigmoid_pixels_leave_the_unit_range_and_are_counted(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(preset="notebook")  # trained with BCE
    session = window.session
    window.actions_by_id["lens_show"].trigger()  # 1
    panel = window.docks["lens"].widget()
    qtbot.waitUntil(lambda: panel.view.shown is not None, timeout=WAIT)
    panel.refresh_numbers()
    assert panel.explanation.text().startswith("0 of 64 outside [0, 1]")
    assert panel.view.shown.logits.min() < 0  # the picture before the sigmoid has no such limits
    np.testing.assert_allclose(
        1 / (1 + np.exp(-panel.view.shown.logits)), panel.view.shown.output, rtol=0, atol=1e-12
    )

    with qtbot.waitSignal(session.edited, timeout=WAIT):
        QTest.mouseClick(panel._output_buttons["none"], Qt.MouseButton.LeftButton)  # 2
    assert "The loss is now MSE: BCE needs a sigmoid output." in panel.explanation.text()
    window.actions_by_id["epoch"].trigger()  # 3
    qtbot.waitUntil(lambda: session.step > 0 and session.shows_newest, timeout=WAIT)
    assert session.config.training.loss == "mse" and session.config.network.output_activation == "none"
    assert "trained" in panel._heads["mse"].text() and not panel._heads["bce"].isEnabled()

    weights = session.view.weights
    output = decode(weights, encode(weights, session.dataset.test.as_float(np.array([0]))))[0]
    below, above = int((output < 0).sum()), int((output > 1).sum())
    assert below + above > 0
    expected = f"{below + above} of 64 outside [0, 1] ({100 * (below + above) / 64:.1f} %): {below} below 0"
    qtbot.waitUntil(lambda: expected in panel.explanation.text(), timeout=WAIT)
    image = panel.view.image(OUTPUT)
    colours = np.array([[image.pixel(x, y) for x in range(8)] for y in range(8)], np.uint32).ravel()
    np.testing.assert_array_equal(colours == pixel_image.BELOW, output < 0)
    np.testing.assert_array_equal(colours == pixel_image.ABOVE, output > 1)

    # The same in the reconstructions, with their own count.
    grid = window.reconstructions.grid
    outputs = np.stack([grid.pair(i)[1] for i in range(grid.count)])
    outside = int(((outputs < 0) | (outputs > 1)).sum())
    window.reconstructions.refresh_numbers()
    assert f"{outside:,} (" in window.reconstructions.caption()
    window.reconstructions.grab()
    assert (grid._canvas == pixel_image.BELOW).any()
    QTest.mouseClick(panel._marks, Qt.MouseButton.LeftButton)  # 4
    window.reconstructions.grab()
    assert not (grid._canvas == pixel_image.BELOW).any()
