"""Does the window ever hesitate: gaps between 16 ms ticks of the GUI thread while training runs flat out."""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import load_mnist

FIGURES = ("beat_p99", "beat_max")
TICK_MS = 16
SECONDS = float(os.environ.get("FCAE_BENCH_BEAT_SECONDS", "60"))
P99_MS = 33.0
MAX_MS = 100.0
LIVE_FRAMES = 25  # of 30 a second in which map, grid and curve must really have changed


def run(report: Report) -> None:
    """Reports `beat_p99` and `beat_max` in ms; they hold only if everything changed all the while."""
    load_mnist()
    from PySide6.QtCore import QObject, Qt, QTimer

    from fcae_gui.bench.window import live_window, run_for

    class Watch(QObject):
        """Notes every tick, and what changed in each frame."""

        def __init__(self) -> None:
            super().__init__()
            self.ticks: list[float] = []
            self.changed = {"map": 0, "grid": 0, "curve": 0}
            self.frames = 0

        def tick(self) -> None:
            self.ticks.append(time.perf_counter())

        def grid(self, _images: object) -> None:
            self.changed["grid"] += 1

        def curve(self, _losses: object) -> None:
            self.changed["curve"] += 1

    with live_window(data="mnist") as window:
        watch = Watch()
        session = window.session
        session.view.outputs_changed.connect(watch.grid)
        session.losses_grown.connect(watch.curve)
        drawn_before = window.latent.cloud.pictures_drawn()
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(watch.tick)
        timer.start(TICK_MS)
        began = time.perf_counter()
        run_for(SECONDS)
        elapsed = time.perf_counter() - began
        timer.stop()
        if window.latent.visibleRegion().isEmpty():  # a tool stands in the map's place
            del watch.changed["map"]
        else:
            watch.changed["map"] = window.latent.cloud.pictures_drawn() - drawn_before
    gaps = np.diff(np.array(watch.ticks)) * 1000.0
    p99, worst = float(np.percentile(gaps, 99)), float(gaps.max())
    rates = {name: count / elapsed for name, count in watch.changed.items()}
    words = ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items())
    print(f"beat: {len(gaps)} ticks in {elapsed:.0f} s; changes a second: {words}", file=sys.stderr)
    alive = min(rates.values()) >= LIVE_FRAMES
    report("beat_p99", p99, "ms", f"<= {P99_MS:.0f}", alive and p99 <= P99_MS)
    report("beat_max", worst, "ms", f"<= {MAX_MS:.0f}", alive and worst <= MAX_MS)
