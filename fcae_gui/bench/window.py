"""The real window for the benchmarks that look at it: built as the program builds it, driven for a while."""

from __future__ import annotations

import functools
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from fcae_gui import platform_check, theme
from fcae_gui.app import SWITCH_SECONDS
from fcae_gui.main_window import MainWindow
from fcae_gui.session.garbage import GarbageKeeper
from fcae_gui.session.session import Session
from fcae_gui.session.settings import Settings
from fcae_gui.session.values import Options
from fcae_gui.window.workspaces import Workspace

SIZE = (1280, 720)
WORKSPACE_VARIABLE = "FCAE_BENCH_WORKSPACE"  # "explore": measure with the landscape on; "use" likewise
TOOLS_VARIABLE = "FCAE_BENCH_TOOLS"  # "pca,lens": docks in front while measuring, each in a place of its own
ACTIONS_VARIABLE = "FCAE_BENCH_ACTIONS"  # "scoreboard_compute": commands given before measuring
START_SECONDS = 60.0  # the longest that loading, torch and the first map may take on a busy machine


@contextmanager
def live_window(*, data: str, preset: str = "map", size: tuple[int, int] = SIZE) -> Iterator[MainWindow]:
    """A visible window whose model is training, open-ended; closed at the end. Yields it with a map."""
    if platform_check.why_no_window():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication(["fcae bench"])
    assert isinstance(app, QApplication)
    sys.setswitchinterval(SWITCH_SECONDS)
    # For good: between two windows a worker of the first may still be busy, and a collection in its thread
    # would free widgets there, which kills the process.
    gc.disable()
    keeper = GarbageKeeper(app)
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "settings.ini")
        session = Session(Options(data=data, preset=preset, autostart=True))
        window = MainWindow(session, settings, remember=False)
        window.resize(*size)
        session.generation_started.connect(keeper.settle)
        window.show()
        session.start()
        keeper.settle()
        try:
            if not run_until(lambda: session.step > 20 and session.view.weights is not None, START_SECONDS):
                raise RuntimeError(f"the window did not start training; its state is {session.state}")
            # The target of the preset is lifted: what is measured must not end in between.
            session.edit({}, {"epochs": None, "schedule": "constant"})
            if os.environ.get(WORKSPACE_VARIABLE):
                window.show_workspace(cast(Workspace, os.environ[WORKSPACE_VARIABLE]))
            for name in filter(None, os.environ.get(TOOLS_VARIABLE, "").split(",")):
                window.show_tool(name)
            for name in filter(None, os.environ.get(ACTIONS_VARIABLE, "").split(",")):
                window.actions_by_id[name].trigger()
            run_for(2.0)
            yield window
        finally:
            session.mark_kept()
            window.close()
            keeper.close()
            gc.collect()


def run_for(seconds: float) -> None:
    """Let the event loop run."""
    loop, timer = _loop_with_end()
    timer.start(round(1000 * seconds))
    loop.exec()


@functools.cache
def _loop_with_end() -> tuple[QEventLoop, QTimer]:
    """Always the same: QTimer.singleShot keeps bytes of every call, which the memory figure would see."""
    loop, timer = QEventLoop(), QTimer()
    timer.setSingleShot(True)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(loop.quit)
    return loop, timer


def run_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Let the event loop run until the condition holds; False when the time is up before."""
    loop = QEventLoop()
    timer = QTimer()
    end = time.monotonic() + seconds

    def look() -> None:
        if condition() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(10)
    loop.exec()
    timer.stop()
    return condition()
