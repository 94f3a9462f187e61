"""The composition root of the window: reads the command line, checks the ground, builds, and runs."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcae_gui import __version__

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication, QWidget

THEMES = ("light", "dark", "projector")
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
PICTURE_NAME = "fcae_gui.png"
RUN_NAME = "fcae_gui.fcae"
NO_WINDOW_HELP = (
    "For a window: sit at a desktop, connect with `ssh -X`, or run `xvfb-run -a fcae-gui`. "
    "Training goes on without one."
)
EXIT_BAD_INPUT = 2
SWITCH_SECONDS = 0.0005


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (
        width.isdigit() and height.isdigit() and 200 <= int(width) <= 8192 and 200 <= int(height) <= 8192
    ):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT from 200 to 8192, such as 1280x720, got {text!r}"
        )
    return int(width), int(height)


def _whole(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, got {text!r}")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The command line of fcae-gui; starts neither torch nor Qt."""
    made = argparse.ArgumentParser(
        prog="fcae-gui",
        description="Watch a fully connected autoencoder learn, and decode its latent space while it does.",
    )
    made.add_argument("file", nargs="?", type=Path, metavar="FILE.fcae", help="a run file to open")
    made.add_argument(
        "--data",
        default="",
        metavar="NAME|PATH",
        help="data set, such as strokes, digits8 or mnist, a folder with MNIST/raw/..., or data of your own",
    )
    made.add_argument("--preset", default="map", metavar="NAME", help="map, lecture, notebook or linear")
    made.add_argument("--device", default="auto", choices=DEVICES, help="where to train (default: auto)")
    made.add_argument(
        "--seed", type=_whole, default=0, metavar="N", help="initial weights and order of samples"
    )
    made.add_argument("--threads", type=_whole, metavar="N", help="threads for training on the CPU")
    made.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="a folder laid out as torchvision's, MNIST/raw/..."
    )
    made.add_argument("--no-autostart", action="store_true", help="open the window without training")
    made.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="train, save what the window shows, exit"
    )
    made.add_argument(
        "--after-steps", type=_whole, default=500, metavar="N", help="steps before the screenshot"
    )
    made.add_argument("--size", type=_size, metavar="WxH", help="size of the window, such as 1280x720")
    made.add_argument("--theme", choices=THEMES, help="light, dark or projector (high contrast, large text)")
    made.add_argument("--version", action="version", version=f"fcae_gui {__version__}")
    return made


def main(argv: list[str] | None = None) -> int:
    """Run the window; returns the exit code."""
    given = parser().parse_args(argv)
    # NumPy decodes clicks in microseconds; its own second thread would only spin on the trainer's core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # The trainer asks for the interpreter ten thousand times a second; with 5 ms it waits too long for a
    # window that paints (measured: 0.93 instead of 0.90 of a core).
    sys.setswitchinterval(SWITCH_SECONDS)
    from fcae_gui import platform_check

    bad = platform_check.bad_pair()
    if bad:
        print(bad, file=sys.stderr)
        return EXIT_BAD_INPUT
    problem = _bad_input(given)
    if problem:
        print(f"fcae-gui: {problem}", file=sys.stderr)
        return EXIT_BAD_INPUT
    if sys.platform == "win32":
        # torch >= 2.9 fails with WinError 1114 when Qt's libraries are loaded first.
        with contextlib.suppress(ImportError, OSError):
            import torch  # noqa: F401
    no_qt = platform_check.why_no_qt()
    if no_qt:
        print(no_qt, file=sys.stderr)
        return _train_without_qt(given)
    reason = platform_check.why_no_window()
    if reason:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if given.screenshot is None:
            print(f"{reason}\n{NO_WINDOW_HELP}", file=sys.stderr)
    return _run(given, offscreen=bool(reason))


def _bad_input(given: argparse.Namespace) -> str:
    """One sentence when an argument cannot be right, before anything heavy is loaded."""
    from fcae_gui.data import catalog
    from fcae_gui.data.own import reading
    from fcae_gui.engine.presets import PRESETS

    if given.preset not in PRESETS:
        return f"--preset must be one of {', '.join(PRESETS)}, got {given.preset!r}"
    if given.data:
        try:
            # In a process of its own: a decoder that dies takes no window away.
            given.data, given.data_dir = catalog.name_or_folder(
                given.data, given.data_dir, inspect=reading.inspect
            )
        except ValueError as error:
            return str(error)
    if given.data_dir is not None and not given.data_dir.is_dir():
        return f"--data-dir {given.data_dir} is not a folder"
    if given.threads == 0:
        return "--threads must be at least 1, got 0"
    if given.screenshot is not None and not given.screenshot.absolute().parent.is_dir():
        return f"--screenshot: the folder {given.screenshot.absolute().parent} does not exist"
    return ""


def _train_without_qt(given: argparse.Namespace) -> int:
    """The main job where no part of Qt loads: train and write the run file."""
    from fcae_gui.cli import main as command_line

    arguments = ["train", "--preset", given.preset, "--out", RUN_NAME, "--seed", str(given.seed)]
    arguments += ["--device", given.device]
    for flag, value in (("--data", given.data), ("--data-dir", given.data_dir), ("--threads", given.threads)):
        if value:
            arguments += [flag, str(value)]
    return command_line(arguments)


def _run(given: argparse.Namespace, *, offscreen: bool) -> int:
    import faulthandler

    faulthandler.enable() if sys.stderr is not None else None
    from PySide6.QtWidgets import QApplication

    from fcae_gui import paths, theme
    from fcae_gui.session.garbage import GarbageKeeper
    from fcae_gui.session.settings import Settings

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("fcae_gui")
    app.setApplicationVersion(__version__)
    keeper = GarbageKeeper(app)
    settings = Settings()
    theme.apply(app, given.theme or settings.theme or "light", settings.text_scale)
    no_font = theme.why_no_font()
    if no_font:
        print(no_font, file=sys.stderr)

    from fcae_gui.main_window import MainWindow
    from fcae_gui.session.hooks import Hooks
    from fcae_gui.session.session import Session
    from fcae_gui.session.values import Options

    alone = offscreen or given.screenshot is not None
    session = Session(
        Options(
            file=given.file, data=given.data, preset=given.preset, device=given.device, seed=given.seed,
            threads=given.threads, data_dir=given.data_dir,
            autostart=settings.autostart and not given.no_autostart and not alone,
        )
    )  # fmt: skip
    hooks = Hooks(paths.log_dir(), session.report_failure)
    hooks.install()
    window = MainWindow(session, settings, remember=not alone)
    if given.size is not None:
        window.resize(*given.size)
    signals = _quit_on_signals(app, window)
    errand = None
    if alone:
        from fcae_gui.errand import Errand

        steps = given.after_steps if given.screenshot is not None else None
        picture = given.screenshot if given.screenshot is not None else Path(PICTURE_NAME)
        errand = Errand(
            window, session, steps=steps, picture=picture,
            run=None if given.screenshot is not None else Path(RUN_NAME),
            bar=sys.stderr is not None, done=window.close,
        )  # fmt: skip
    session.generation_started.connect(keeper.settle)
    window.show()
    session.start()
    keeper.settle()
    code = app.exec()
    keeper.close()
    hooks.remove()
    signals.setParent(None)
    if errand is not None:
        if errand.failed:
            print(f"fcae-gui: {errand.failed}", file=sys.stderr)
            code = 1
        elif given.screenshot is None:
            print(f"Wrote {PICTURE_NAME} and {RUN_NAME}.", file=sys.stderr)
    if not window.closed_clean:
        # The step in flight did not end within its grace; what was to be written has been written.
        os._exit(code)
    return code


def _quit_on_signals(app: QApplication, window: QWidget) -> QObject:
    """Ctrl-C and SIGTERM close the window like its own button; Python's handlers only ask.

    Qt's event loop runs no Python while nothing happens, so a byte on a wake-up descriptor brings it back
    (on Windows, where a notifier cannot watch it, a timer does).
    """
    from PySide6.QtCore import QObject, QSocketNotifier, QTimer

    from fcae_gui.session.signals import CloseRequest

    holder = QObject(app)
    request = CloseRequest(window, holder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request.note)
    if sys.platform == "win32":
        timer = QTimer(holder)
        timer.timeout.connect(request.serve)
        timer.start(200)
        return holder
    import socket

    here, there = socket.socketpair()
    for end in (here, there):
        end.setblocking(False)
    signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    request.keep(here, there)
    notifier = QSocketNotifier(here.fileno(), QSocketNotifier.Type.Read, holder)
    notifier.activated.connect(request.serve)
    return holder


if __name__ == "__main__":
    sys.exit(main())
