"""Figures of the decoded landscape: 20 x 20 tiles decoded anew and painted, while the network trains."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from fcae_gui.bench.reporting import Report

SIDE = 20  # tiles per axis
PLOT_PX = 700
ROUNDS = 150
BETWEEN_S = 0.04  # the window lives on between two measurements
MAP_P95_MS = 10.0
DEEP_MEDIAN_MS = 33.0
DEEP_WIDTHS = (1000, 500, 250)


def run(report: Report) -> None:
    """Reports explore_landscape_map (95th percentile) and explore_landscape_deep (median), in ms."""
    from fcae_gui.bench.window import live_window, run_until

    with live_window(data="mnist") as window:
        window.show_workspace("explore")
        p95 = float(np.percentile(_rounds(window, "map"), 95))
        report("explore_landscape_map", p95, "ms", f"<= {MAP_P95_MS:g}", p95 <= MAP_P95_MS)
        session = window.session
        session.new_network({"encoder_widths": DEEP_WIDTHS, "code_size": 2})

        def deep() -> bool:
            weights = session.view.weights
            return weights is not None and weights.network.encoder_widths == DEEP_WIDTHS and session.step > 3

        if not run_until(deep, 60.0):
            raise RuntimeError("the deep network did not start training")
        session.play()
        median = float(np.median(_rounds(window, "deep")))
        report("explore_landscape_deep", median, "ms", f"<= {DEEP_MEDIAN_MS:g}", median <= DEEP_MEDIAN_MS)


def _rounds(window: Any, name: str) -> list[float]:
    """Milliseconds from wanting a mosaic by the newest weights to having it painted, the program's own way:
    at once where that is cheap, through the worker where it is not."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QApplication

    from fcae_gui.analysis.density import fog_over
    from fcae_gui.analysis.tiles import TileGrid
    from fcae_gui.bench.window import run_for
    from fcae_gui.session.landscape import MosaicQuestion, TileDecoder
    from fcae_gui.widgets.mosaic_layer import MosaicLayer
    from fcae_gui.widgets.view_box import ViewBox

    view, session = window.session.view, window.session
    places = window.latent.cloud.points_drawn()
    fog = fog_over(np.stack(places[:2], axis=1))
    box = ViewBox()
    box.resize(PLOT_PX, PLOT_PX)
    box.set_state((0.0, 0.0, 1.0 * SIDE))
    grid = TileGrid(0, 1.0, 1.0, -SIDE // 2, -SIDE // 2, SIDE, SIDE)
    layer, screen = MosaicLayer(), QImage(PLOT_PX, PLOT_PX, QImage.Format.Format_RGB32)
    decoder = TileDecoder()
    waits, busy, first = [], [], session.trained_steps()
    try:
        for _ in range(ROUNDS):
            run_for(BETWEEN_S)
            question = MosaicQuestion(
                ticket=0, weights=view.weights, plane=view.plane, grid=grid, fog=fog, shape=(28, 28)
            )
            began, busy_from = time.perf_counter(), time.thread_time()
            answer = decoder.ask(question)
            while answer is None:
                QApplication.processEvents()
                time.sleep(0.0005)  # the window does not turn round and round while it waits either
                answer = decoder.take()
            layer.set_mosaic(answer.mosaic.canvas, answer.mosaic.box)
            painter = QPainter(screen)
            painter.translate(QPointF(0.3, 0.7))  # nothing falls on whole pixels, as on the map
            layer.paint(painter, box, 1.0)
            painter.end()
            waits.append(1000.0 * (time.perf_counter() - began))
            busy.append(1000.0 * (time.thread_time() - busy_from))
    finally:
        decoder.close()
    p50, p95, worst = (float(v) for v in np.percentile(waits, [50, 95, 100]))
    print(
        f"explore_landscape_{name}: median {p50:.1f} ms, p95 {p95:.1f} ms, worst {worst:.1f} ms "
        f"(the window's thread worked {np.median(busy):.1f} ms); "
        f"{session.trained_steps() - first:,} steps meanwhile",
        file=sys.stderr,
    )
    return waits
