"""Figures of the canvas: from a move of the pen to its code and reconstruction, and from one of the brush."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from fcae_gui.bench.reporting import Report

MOVES = 250
MOVE_INTERVAL_MS = 16  # a mouse reports 60 to 125 times a second
PEN_MS = 16.0
SOLVE_MS = 33.0
STROKE_MOVES = 10  # moves of the brush between two liftings


def run(report: Report) -> None:
    """Reports explore_pen and explore_solve, 95th percentiles in ms from the mouse event to the painting."""
    from fcae_gui.bench.window import live_window, run_for
    from fcae_gui.widgets.pixel_brush import PixelBrush
    from fcae_gui.widgets.reading_view import ReadingView

    # Qt's binding remembers an instance's paintEvent: the classes are watched before the window is built.
    with _Painted(ReadingView) as read, _Painted(PixelBrush) as solved, live_window(data="mnist") as window:
        window.show_workspace("explore")
        window.actions_by_id["canvas_draw"].trigger()
        run_for(1.0)
        panel: Any = window.docks["canvas"].widget()
        p95 = _p95("explore_pen", _pen(panel.field, read))
        report("explore_pen", p95, "ms", f"<= {PEN_MS:g}", p95 <= PEN_MS)
        window.actions_by_id["canvas_pull"].trigger()
        run_for(0.5)
        p95 = _p95("explore_solve", _brush(panel.brush, solved))
        report("explore_solve", p95, "ms", f"<= {SOLVE_MS:g}", p95 <= SOLVE_MS)


def _pen(field: Any, painted: _Painted) -> list[float]:
    """A long line of loops on the field; every move until the reading with its code is painted."""
    waits = []
    for i in range(MOVES):
        turn = 2 * np.pi * i / 40
        x, y = 0.5 + 0.3 * np.sin(turn / 7) + 0.12 * np.cos(turn), 0.5 + 0.3 * np.sin(turn)
        waits.append(
            painted.after(field, _mouse(field, field.field_rect(), x, y, "press" if i == 0 else "move"))
        )
    return waits


def _brush(brush: Any, painted: _Painted) -> list[float]:
    """Short strokes all over the decoded digit; every move until the solved image is painted."""
    rng = np.random.default_rng(0)
    waits: list[float] = []
    while len(waits) < MOVES:
        start, way = rng.uniform(0.25, 0.75, 2), rng.normal(0, 0.02, 2)
        for i in range(STROKE_MOVES):
            x, y = np.clip(start + i * way, 0.05, 0.95)
            event = _mouse(brush, brush.picture_rect(), x, y, "press" if i == 0 else "move")
            waits.append(painted.after(brush, event))
        painted.after(brush, _mouse(brush, brush.picture_rect(), x, y, "release"))
    return waits


class _Painted:
    """Tells how long it takes from an event until widgets of a class have been painted after it."""

    def __init__(self, watched: Any) -> None:
        self._class, self._original = watched, watched.paintEvent
        self._times: list[float] = []

    def __enter__(self) -> _Painted:
        original, times = self._original, self._times

        def timed(this: Any, event: object) -> None:
            original(this, event)
            times.append(time.perf_counter())

        self._class.paintEvent = timed
        return self

    def __exit__(self, *_: object) -> None:
        self._class.paintEvent = self._original

    def after(self, widget: Any, event: Any) -> float:
        """Post the event, run the loop until the watched class is painted; milliseconds.

        Then the window lives on for a moment.
        """
        from PySide6.QtWidgets import QApplication

        from fcae_gui.bench.window import run_for

        QApplication.processEvents()  # what was to be painted before
        self._times.clear()
        began = time.perf_counter()
        QApplication.postEvent(widget, event)
        while not self._times and time.perf_counter() - began < 1.0:
            QApplication.processEvents()
        passed = (self._times[0] if self._times else time.perf_counter()) - began
        run_for(MOVE_INTERVAL_MS / 1000)
        return 1000.0 * passed


def _mouse(widget: Any, rect: Any, x: float, y: float, kind: str) -> Any:
    """A press, a move with the left button down, or a release at shares of a rectangle."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    place = rect.topLeft() + QPointF(float(x) * rect.width(), float(y) * rect.height())
    kinds = {
        "press": QEvent.Type.MouseButtonPress, "move": QEvent.Type.MouseMove,
        "release": QEvent.Type.MouseButtonRelease,
    }  # fmt: skip
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    return QMouseEvent(
        kinds[kind], place, widget.mapToGlobal(place), none if kind == "move" else left,
        none if kind == "release" else left, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip


def _p95(name: str, waits: list[float]) -> float:
    p50, p95, worst = (float(v) for v in np.percentile(waits, [50, 95, 100]))
    print(f"{name}: median {p50:.1f} ms, p95 {p95:.1f} ms, worst {worst:.1f} ms", file=sys.stderr)
    return p95
