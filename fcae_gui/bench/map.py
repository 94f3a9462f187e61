"""Figure `map`: new places for 70,000 points and their picture, against pyqtgraph's ScatterPlotItem."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable

import numpy as np

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import seconds

FIGURES: tuple[str, ...] = ("map",)
TARGET = 5.0
POINTS = 70_000
CLASSES = 10
SIDE = 700
PAIRS = 9
WARM_UP = 2

Array = np.ndarray


def blobs(count: int, seed: int) -> tuple[Array, Array]:
    """Points (n, 2) float32 in ten overlapping blobs and their classes (n,)."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    angle = labels * (2 * np.pi / CLASSES)
    middle = 3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (middle + random.normal(size=(count, 2))).astype(np.float32), labels


def run(report: Report) -> None:
    """Median of the ratios over pairs measured in turn: whoever else uses the machine slows both."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from fcae_gui import theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    labels = blobs(POINTS, 0)[1]
    frames = [blobs(POINTS, seed)[0] for seed in range(4)]
    ours, radius = _ours(app, labels, frames)
    theirs = _theirs(app, labels, frames, 2 * radius)
    for i in range(WARM_UP):
        ours(i)
        theirs(i)
    ratios = []
    for i in range(PAIRS):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        one, two = seconds(lambda: first(i)), seconds(lambda: second(i))  # noqa: B023 - called at once
        mine, other = (one, two) if first is ours else (two, one)
        ratios.append(other / mine)
    ratio = statistics.median(ratios)
    report("map", ratio, "times", f">= {TARGET:g}", ratio >= TARGET)


def _ours(app: object, labels: Array, frames: list[Array]) -> tuple[Callable[[int], None], float]:
    from PySide6.QtWidgets import QApplication

    from fcae_gui.widgets.point_cloud import PointCloud

    cloud = PointCloud()
    cloud.resize(SIDE, SIDE)
    cloud.set_labels(labels, [str(i) for i in range(CLASSES)])
    cloud.set_points(frames[0])
    cloud.show()
    QApplication.processEvents()

    def frame(i: int) -> None:
        cloud.set_points(frames[i % len(frames)], glide=False)
        cloud.repaint()

    return frame, cloud.dot_radius()


def _theirs(app: object, labels: Array, frames: list[Array], size: float) -> Callable[[int], None]:
    import pyqtgraph as pg

    plot = pg.PlotWidget(background="w")
    plot.resize(SIDE, SIDE)
    rows = [np.flatnonzero(labels == i) for i in range(CLASSES)]
    items = []
    for i in range(CLASSES):
        item = pg.ScatterPlotItem(size=size, pen=None, brush=pg.mkBrush(pg.intColor(i, CLASSES)), pxMode=True)
        plot.addItem(item)
        items.append(item)
    plot.show()

    def frame(i: int) -> None:
        xy = frames[i % len(frames)]
        for item, chosen in zip(items, rows, strict=True):
            item.setData(x=xy[chosen, 0], y=xy[chosen, 1])
        plot.viewport().repaint()

    return frame
