"""How fast a hand sees its digit: from the mouse event on the map to the painted picture, while training."""

from __future__ import annotations

import sys
import time

import numpy as np

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import load_mnist

FIGURES = ("decode",)
TARGET_MS = 16.0
MOVES = 600
MOVE_INTERVAL_MS = 16  # a mouse reports 60 to 125 times a second


def run(report: Report) -> None:
    """Reports `decode`, the 95th percentile in ms over a drag of 600 mouse events."""
    load_mnist()
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from fcae_gui.bench.window import live_window, run_for
    from fcae_gui.widgets.pixel_view import PixelView

    painted: list[float] = []
    shown_by = PixelView.paintEvent

    def timed(self: PixelView, event: object) -> None:
        shown_by(self, event)  # type: ignore[arg-type]
        if self is picture:
            painted.append(time.perf_counter())

    picture: PixelView | None = None
    PixelView.paintEvent = timed  # type: ignore[method-assign, assignment]
    try:
        with live_window(data="mnist") as window:
            picture = window.decoded.picture
            cloud = window.latent.cloud
            centre = QPointF(cloud.width() / 2, cloud.height() / 2)
            waits = []
            for i in range(MOVES):
                angle = 2 * np.pi * i / 120
                reach = min(cloud.width(), cloud.height()) * 0.3
                place = centre + QPointF(reach * np.cos(angle), reach * np.sin(angle))
                kind = QEvent.Type.MouseButtonPress if i == 0 else QEvent.Type.MouseMove
                button = Qt.MouseButton.LeftButton if i == 0 else Qt.MouseButton.NoButton
                event = QMouseEvent(
                    kind, place, cloud.mapToGlobal(place), button, Qt.MouseButton.LeftButton,
                    Qt.KeyboardModifier.NoModifier,
                )  # fmt: skip
                painted.clear()
                began = time.perf_counter()
                QApplication.postEvent(cloud, event)
                while not painted and time.perf_counter() - began < 1.0:
                    QApplication.processEvents()
                waits.append(1000.0 * ((painted[0] if painted else time.perf_counter()) - began))
                run_for(MOVE_INTERVAL_MS / 1000)
    finally:
        PixelView.paintEvent = shown_by  # type: ignore[method-assign]
    p50, p95, worst = (float(v) for v in np.percentile(waits, [50, 95, 100]))
    print(f"decode: median {p50:.1f} ms, p95 {p95:.1f} ms, worst {worst:.1f} ms", file=sys.stderr)
    report("decode", p95, "ms", f"<= {TARGET_MS:.0f}", p95 <= TARGET_MS)
