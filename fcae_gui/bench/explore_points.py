"""Figures of very many points under a hand: hover, lasso, pan and zoom, while the network trains."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fcae_gui.bench.map import CLASSES, blobs
from fcae_gui.bench.reporting import Report

FIGURES = ("explore_hover", "explore_lasso", "explore_pan_70k", "explore_pan_1m")
P95_MS = 16.0
PAN_70K, PAN_1M = 30.0, 10.0  # frames per second
MOVES = 250
LASSOS = 8
CORNERS = 120
MANY, SIDE = 1_000_000, 700
BETWEEN_S = 0.004  # the trainer and the frame timer have their turn between two events


def run(report: Report) -> None:
    """Reports explore_hover and explore_lasso (95th percentile from the mouse event to the painted picture,
    in ms) and explore_pan_70k and explore_pan_1m (frames per second)."""
    from fcae_gui.bench.window import live_window, run_for, run_until

    with live_window(data="mnist") as window:
        window.show_workspace("explore")
        window.session.pause()  # a resting network answers at once
        window.actions_by_id["all_points"].setChecked(True)
        cloud = window.latent.cloud
        if not run_until(lambda: cloud.points_shown() == 70_000, 60.0):
            raise RuntimeError(f"the map shows {cloud.points_shown():,} points, not all 70,000")
        window.session.play()
        run_for(1.0)
        began = window.session.trained_steps()
        hover = float(np.percentile(_hover(cloud), 95))
        report("explore_hover", hover, "ms", f"<= {P95_MS:g}", hover <= P95_MS)
        lasso = float(np.percentile(_lasso(window), 95))
        report("explore_lasso", lasso, "ms", f"<= {P95_MS:g}", lasso <= P95_MS)
        window.actions_by_id["selection_clear"].trigger()
        rate = _pan_and_zoom(cloud)
        report("explore_pan_70k", rate, "frames/s", f">= {PAN_70K:g}", rate >= PAN_70K)
        rate = _pan_and_zoom(_many())
        report("explore_pan_1m", rate, "frames/s", f">= {PAN_1M:g}", rate >= PAN_1M)
        print(f"explore: {window.session.trained_steps() - began:,} steps meanwhile", file=sys.stderr)


def _many() -> Any:
    from PySide6.QtWidgets import QApplication

    from fcae_gui.widgets.point_cloud import PointCloud

    places, labels = blobs(MANY, 0)
    cloud = PointCloud()
    cloud.resize(SIDE, SIDE)
    cloud.set_labels(labels, [str(i) for i in range(CLASSES)])
    cloud.set_points(places)
    cloud.show()
    QApplication.processEvents()
    return cloud


def _took(cloud: Any, send: Callable[[], object]) -> float:
    """Milliseconds from an event to the picture that follows from it; then the rest of the window goes on."""
    from fcae_gui.bench.window import run_for

    began = time.perf_counter()
    send()
    cloud.repaint()
    passed = 1000.0 * (time.perf_counter() - began)
    run_for(BETWEEN_S)
    return passed


def _mouse(cloud: Any, kind: str, x: float, y: float, button: str = "LeftButton") -> None:
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    pressed, none = getattr(Qt.MouseButton, button), Qt.MouseButton.NoButton
    moving = kind == "MouseMove"
    held = none if kind == "MouseButtonRelease" or button == "NoButton" else pressed
    place = QPointF(x, y)
    event = QMouseEvent(
        getattr(QEvent.Type, kind), place, cloud.mapToGlobal(place), none if moving else pressed, held,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(cloud, event)


def _hover(cloud: Any) -> list[float]:
    """The mouse on a winding way over the whole map."""
    middle = cloud.rect().center()
    took = []
    for i in range(MOVES):
        x = middle.x() + 0.35 * cloud.width() * math.sin(0.11 * i)
        y = middle.y() + 0.35 * cloud.height() * math.sin(0.173 * i)
        took.append(_took(cloud, lambda: _mouse(cloud, "MouseMove", x, y, "NoButton")))  # noqa: B023 - at once
    return took


def _lasso(window: Any) -> list[float]:
    """Loops drawn around much of the map: every step counts the points inside, every release selects them."""
    cloud = window.latent.cloud
    window.actions_by_id["tool_lasso"].trigger()
    middle = cloud.rect().center()
    took = []
    for loop in range(LASSOS):
        reach = 0.12 + 0.3 * loop / LASSOS
        for i in range(CORNERS):
            angle = 2 * math.pi * i / CORNERS
            away = reach * (1 + 0.2 * math.sin(5 * angle))
            x = middle.x() + away * cloud.width() * math.cos(angle)
            y = middle.y() + away * cloud.height() * math.sin(angle)
            last = i == CORNERS - 1
            kind = "MouseButtonPress" if i == 0 else "MouseButtonRelease" if last else "MouseMove"
            took.append(_took(cloud, lambda: _mouse(cloud, kind, x, y)))  # noqa: B023 - called at once
    window.actions_by_id["tool_cursor"].trigger()
    return took


def _pan_and_zoom(cloud: Any) -> float:
    """Frames per second while the map is dragged about, and magnified and back by the wheel."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    middle = cloud.rect().center()
    took = []
    _mouse(cloud, "MouseButtonPress", middle.x(), middle.y(), "RightButton")
    for i in range(40):
        x, y = middle.x() + 60 * math.sin(0.3 * i), middle.y() + 60 * math.sin(0.2 * i)
        took.append(_took(cloud, lambda: _mouse(cloud, "MouseMove", x, y, "RightButton")))  # noqa: B023
    _mouse(cloud, "MouseButtonRelease", middle.x(), middle.y(), "RightButton")
    for i in range(40):
        turned = QPoint(0, 40 if i < 20 else -40)

        def wheel(turned: QPoint = turned) -> None:
            place = QPointF(middle)
            event = QWheelEvent(
                place, cloud.mapToGlobal(place), QPoint(), turned, Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(cloud, event)

        took.append(_took(cloud, wheel))
    cloud.reset_view()
    return 1000.0 * len(took) / sum(took)
