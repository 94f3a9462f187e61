"""What every test stands on: no screen, a private cache, and nothing left behind."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FCAE_JOB_NICE", "0")  # beside other tests a child that steps back would never end

import pytest

from fcae_gui import paths

if TYPE_CHECKING:
    from fcae_gui.main_window import MainWindow


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the long form of slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="long form: run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


def pytest_configure() -> None:
    # As in the window: a collection in a training thread would free widgets there, which kills the process.
    gc.disable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # see _set_imports_aside; some libraries report what is still alive at the end as leaked


@pytest.fixture(scope="session")
def _mnist_found() -> Path | None:
    for folder in paths.data_dirs():
        if (folder / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
            return folder
    return None


@pytest.fixture
def mnist_dir(_mnist_found: Path | None) -> Path:
    """The folder that holds MNIST/raw, as torchvision lays it out."""
    if _mnist_found is None:
        pytest.skip(f"the real MNIST is not here: set {paths.DATA_DIR_VARIABLE} to the folder of MNIST/raw")
    return _mnist_found


@pytest.fixture(scope="session")
def _shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _private_places(_shared_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches, settings and logs of the tests are their own, never those of whoever runs them."""
    monkeypatch.setenv(paths.CACHE_DIR_VARIABLE, str(_shared_cache))
    monkeypatch.setattr(paths, "config_dir", lambda: tmp_path)
    monkeypatch.setattr(paths, "log_dir", lambda: tmp_path)


# Threads of libraries that live as long as the process.
_LIBRARY_THREADS = ("ThreadPoolExecutor", "pydevd", "hypothesis", "tqdm")


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    _set_imports_aside()
    threads_before = set(threading.enumerate())
    yield
    left_threads = [
        thread.name
        for thread in threading.enumerate()
        if thread not in threads_before and thread.is_alive() and not thread.name.startswith(_LIBRARY_THREADS)
    ]
    assert not left_threads, f"threads left behind: {left_threads}"
    gc.collect()
    widgets_module = sys.modules.get("PySide6.QtWidgets")
    app = widgets_module.QApplication.instance() if widgets_module else None
    if app is None:
        return
    app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: what deleteLater has promised
    gc.collect()
    shown = [widget for widget in app.topLevelWidgets() if widget.isVisible()]
    names = [f"{type(widget).__name__} {widget.objectName()}" for widget in shown]
    for widget in shown:
        widget.close()
    assert not names, f"top-level widgets left on screen: {names}"
    running = [timer for timer in _timers() if timer.isActive() and not _of_a_wait(timer)]
    descriptions = [f"timer of {type(timer.parent()).__name__}" for timer in running]
    for timer in running:
        timer.stop()
    assert not descriptions, f"running timers left behind: {descriptions}"


_modules_set_aside = 0


def _set_imports_aside() -> None:
    """Take what libraries made while they were imported out of the collector's way.

    With torch loaded a collection takes a third of a second, and every test ends with one.
    """
    global _modules_set_aside
    if len(sys.modules) > _modules_set_aside + 20:
        gc.collect()
        gc.freeze()
        _modules_set_aside = len(sys.modules)


def _of_a_wait(timer) -> bool:  # type: ignore[no-untyped-def]
    """Whether it is one that pytest-qt's waits leave to run out by itself; all of ours have a parent."""
    return timer.parent() is None and timer.isSingleShot() and timer.interval() <= 1000


def _timers() -> list:  # type: ignore[type-arg]
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    return [item for item in gc.get_objects() if issubclass(type(item), QTimer) and isValid(item)]


@pytest.fixture
def open_window(  # type: ignore[no-untyped-def]
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MainWindow]]:
    """Opens the real window on real data, as open_window(data="digits8", autostart=False), and closes it."""
    from fcae_gui import theme
    from fcae_gui.main_window import MainWindow
    from fcae_gui.session import latest
    from fcae_gui.session.session import Session
    from fcae_gui.session.settings import Settings
    from fcae_gui.session.values import Options

    # Whether a thread ends is what is tested, not how busy the machine is with other tests.
    monkeypatch.setattr(latest, "GRACE_S", 30.0)
    opened = []

    def open_one(*, wait: bool = True, remember: bool = False, **options: object) -> MainWindow:
        options = {"data": "digits8", "autostart": False, "threads": 1, **options}
        theme.apply(qtbot_app(), "light")
        session = Session(Options(**options))  # type: ignore[arg-type]
        window = MainWindow(session, Settings(tmp_path / "settings.ini"), remember=remember)
        opened.append(window)
        window.show()
        session.start()
        if wait:
            qtbot.waitUntil(lambda: session.view.map_step >= 0, timeout=60_000)
        if wait and options["autostart"]:
            # The preset's 2,000 steps are over in a moment: let it train on without a target.
            with qtbot.waitSignal(session.edited, timeout=60_000):
                session.edit({}, {"epochs": None, "schedule": "constant"})
            if session.state != "running":
                session.play()
                qtbot.waitUntil(lambda: session.state == "running", timeout=60_000)
        return window

    yield open_one
    for window in opened:
        window.session.mark_kept()
        window.close()
        assert window.closed_clean, "a thread did not end when the window closed"
        window.deleteLater()


def qtbot_app():  # type: ignore[no-untyped-def]
    """The application that pytest-qt made."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance()
