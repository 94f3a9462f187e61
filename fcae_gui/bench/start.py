"""How long a class waits: from launch to a painted window, and from there to the first trained map."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from fcae_gui import children
from fcae_gui.bench.reporting import Report
from fcae_gui.paths import CACHE_DIR_VARIABLE, DATA_DIR_VARIABLE

if TYPE_CHECKING:
    from fcae_gui.main_window import MainWindow

FIGURES = ("start", "first_map")
START_TARGET = 1.5
FIRST_MAP_TARGET_S = 3.0
ROUNDS = 5
BASELINE = "import torch, PySide6.QtWidgets, pyqtgraph"


def run(report: Report) -> None:
    """Reports `start` (ratio) and `first_map` (s), medians over launches that alternate with the imports."""
    with tempfile.TemporaryDirectory() as warm:
        _launch(warm)  # unmeasured: byte code and disk cache are warm then
        _imports()
        ratios, maps = [], []
        for _round in range(ROUNDS):
            with tempfile.TemporaryDirectory() as empty:
                window, first_map = _launch(empty)
            imports = _imports()
            ratios.append(window / imports)
            maps.append(first_map)
            print(
                f"start: window {window:.2f} s, imports alone {imports:.2f} s, map {first_map:.2f} s later",
                file=sys.stderr,
            )
    ratio, seconds = statistics.median(ratios), statistics.median(maps)
    report("start", ratio, "ratio", f"<= {START_TARGET}", ratio <= START_TARGET)
    report("first_map", seconds, "s", f"<= {FIRST_MAP_TARGET_S:.0f}", seconds <= FIRST_MAP_TARGET_S)


def _environment(cache: str) -> dict[str, str]:
    found = children.environment()
    found[CACHE_DIR_VARIABLE] = cache
    found.pop(DATA_DIR_VARIABLE, None)
    found["HOME"] = cache  # no data, no settings: a first start
    if not (found.get("DISPLAY") or found.get("WAYLAND_DISPLAY") or found.get("QT_QPA_PLATFORM")):
        found["QT_QPA_PLATFORM"] = "offscreen"
    return found


def _launch(cache: str) -> tuple[float, float]:
    """Seconds from launch to the painted window, and from there to the first map that has been trained."""
    command = children.command("fcae_gui.bench.start")
    began = time.time()
    done = subprocess.run(
        command, env=_environment(cache), cwd=cache, capture_output=True, text=True, timeout=120, check=False
    )
    marks = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    if "painted" not in marks or "map" not in marks:
        raise RuntimeError(f"the window did not start: {done.stderr[-500:]}")
    painted = float(marks["painted"])
    return painted - began, float(marks["map"]) - painted


def _imports() -> float:
    began = time.time()
    subprocess.run([sys.executable, "-c", BASELINE], check=True, env=_environment(os.getcwd()))  # noqa: PTH109
    return time.time() - began


def _marked_start() -> int:
    """In the child: the program itself, with two marks printed on the way."""
    from PySide6.QtWidgets import QDockWidget

    from fcae_gui import app
    from fcae_gui.session.session import Session

    told: set[str] = set()

    def mark(name: str) -> None:
        if name not in told:
            told.add(name)
            print(name, repr(time.time()), flush=True)

    whole_tick = Session.tick

    def tick(session: Session) -> None:
        whole_tick(session)
        window = _window()
        if window is not None and "painted" not in told:
            # The first tick comes from the event loop after the first paint; make sure of it.
            window.repaint()
            for dock in window.findChildren(QDockWidget):
                dock.widget().repaint()
            mark("painted")
        if session.view.map_step > 0:
            mark("map")
            session.mark_kept()
            if window is not None:
                window.close()

    Session.tick = tick  # type: ignore[method-assign, assignment]
    return app.main([])


def _window() -> MainWindow | None:
    from PySide6.QtWidgets import QApplication

    from fcae_gui.main_window import MainWindow

    shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
    return shown[0] if shown else None


if __name__ == "__main__":
    sys.exit(_marked_start())
