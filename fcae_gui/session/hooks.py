"""Nothing goes wrong unseen: every hook of Python and Qt leads into one rotating log and one notification."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

LOG_BYTES = 1_000_000
LOG_FILES = 3

log = logging.getLogger("fcae_gui")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Hooks:
    """Install with `install`, undo with `remove`. `unexpected(details)` is called in whatever thread failed.

    The callback must only store what it is given (a deque that the frame timer empties): it may run in the
    training thread, or while Qt is in the middle of something.
    """

    def __init__(self, folder: Path, unexpected: Callable[[str], None]) -> None:
        self._unexpected = unexpected
        self._crash_file = (folder / "crash.log").open("a", encoding="utf-8")
        self._handler = logging.handlers.RotatingFileHandler(
            folder / "fcae_gui.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
        self._before: tuple[object, ...] = ()

    def install(self) -> None:
        """Take over the hooks."""
        log.setLevel(logging.INFO)
        log.addHandler(self._handler)
        faulthandler.enable(self._crash_file)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(self._on_qt_message)

    def remove(self) -> None:
        """Hand the hooks back."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before  # type: ignore[assignment]
        faulthandler.disable()
        log.removeHandler(self._handler)
        self._handler.close()
        self._crash_file.close()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        self._report("".join(traceback.format_exception(kind, error, where)))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        value = args.exc_value or args.exc_type()
        self._report("".join(traceback.format_exception(args.exc_type, value, args.exc_traceback)))

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        value = args.exc_value or args.exc_type()
        lines = traceback.format_exception(args.exc_type, value, args.exc_traceback)
        self._report(f"{args.err_msg or 'ignored exception'}: {args.object!r}\n" + "".join(lines))

    def _report(self, details: str) -> None:
        log.error(details)
        if sys.stderr is not None:  # None under a Windows GUI script
            sys.stderr.write(details)
        self._unexpected(details)

    @staticmethod
    def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
