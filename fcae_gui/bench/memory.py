"""Does a lecture leak: growth of the process over 10,000 frames of training, beyond the history."""

from __future__ import annotations

import os
import sys

import numpy as np
import psutil

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import load_mnist

FIGURES = ("memory",)
TARGET_MB = 2.0
FRAMES = int(os.environ.get("FCAE_BENCH_MEMORY_FRAMES", "10000"))
WARM_UP_FRAMES = 1500  # allocators, caches and the glide buffers reach their size
FRAME_SECONDS = 0.008  # frames come four times as fast as on screen: the same work in a quarter of the time
SAMPLE_EVERY = 20


def run(report: Report) -> None:
    """Reports `memory`: MB per 10,000 frames, least-squares slope with its 95 % interval on stderr."""
    load_mnist()
    from fcae_gui.bench.window import live_window, run_for

    process = psutil.Process()
    with live_window(data="mnist") as window:
        session = window.session
        frames, sizes = [], []
        for frame in range(WARM_UP_FRAMES + FRAMES):
            session.tick()
            run_for(FRAME_SECONDS)
            if frame >= WARM_UP_FRAMES and frame % SAMPLE_EVERY == 0:
                frames.append(frame)
                sizes.append((process.memory_info().rss - session.history_bytes()) / 1e6)
    x, y = np.array(frames, float), np.array(sizes)
    slope, width = slope_with_interval(x, y)
    print(
        f"memory: {y[0]:.0f} MB at first, {y[-1]:.0f} MB at last; slope {1e4 * slope:+.2f} "
        f"± {1e4 * width:.2f} MB per 10,000 frames",
        file=sys.stderr,
    )
    report("memory", 1e4 * slope, "MB per 10,000 frames", f"< {TARGET_MB:.0f}", 1e4 * slope < TARGET_MB)


def slope_with_interval(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Least-squares slope of y over x and half the width of its 95 % interval, both (n,) float64.

    Neighbouring samples are alike, so the interval counts only as many of them as are independent: n (1 - r)
    / (1 + r) with the lag-one correlation r of the residuals.
    """
    centred = x - x.mean()
    slope = float(centred @ (y - y.mean()) / (centred @ centred))
    rest = y - y.mean() - slope * centred
    spread = float(rest @ rest)
    if spread == 0.0:
        return slope, 0.0
    correlation = min(max(float(rest[1:] @ rest[:-1]) / spread, 0.0), 0.999)
    independent = max(3.0, len(x) * (1 - correlation) / (1 + correlation))
    error = (spread / len(x) / (independent - 2) / (centred @ centred / len(x))) ** 0.5
    return slope, 1.96 * error
