"""fcae-gui as a person starts it: a real process, with and without a display, in an empty folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from fcae_gui import app, children, paths, platform_check
from fcae_gui.data.own import door, npz_files
from fcae_gui.data.own.values import Origin
from fcae_gui.engine.runfile import load_run

LIMIT = 240  # s; far more than any of these takes on a busy machine


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """No display, a private home and cache, one core's worth of waiting on nobody."""
    found = children.environment()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        found.pop(name, None)
    found.update(HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path / "c"), XDG_STATE_HOME=str(tmp_path / "s"))
    found[paths.CACHE_DIR_VARIABLE] = os.environ[paths.CACHE_DIR_VARIABLE]
    return {**found, **more}


def start(tmp_path: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run fcae-gui to its end in the empty folder tmp_path."""
    return subprocess.run(
        children.command("fcae_gui", *arguments), cwd=tmp_path, env=environment(tmp_path, **more),
        capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip


def test_without_a_display_it_says_so_trains_and_leaves_a_picture_and_a_run(tmp_path: Path) -> None:
    done = start(tmp_path, "--data", "digits8")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "There is no display."
    assert "ssh -X" in lines[1] and "xvfb-run" in lines[1]
    picture = QImage(str(tmp_path / app.PICTURE_NAME))
    assert (picture.width(), picture.height()) == (1280, 720)
    colours = {picture.pixel(x, y) for x in range(300, 900, 3) for y in range(80, 700, 3)}
    assert len(colours) > 50, "the picture shows no map"
    state = load_run(tmp_path / app.RUN_NAME)
    assert state.ended == "finished" and state.step == 334 * 6  # as many epochs as make 2,000 steps
    assert state.test_losses[-1, 1] < 0.75 * state.train_losses[0]


def test_a_screenshot_shows_the_real_window_after_exactly_so_many_steps(tmp_path: Path) -> None:
    arguments = ("--data", "digits8", "--screenshot", "shot.png", "--after-steps", "25", "--size", "1100x640")
    done = start(tmp_path, *arguments, "--theme", "dark")
    assert done.returncode == 0, done.stderr
    picture = QImage(str(tmp_path / "shot.png"))
    assert (picture.width(), picture.height()) == (1100, 640)
    assert picture.pixelColor(400, 4).lightness() < 60, "the theme is not dark"
    assert not (tmp_path / app.RUN_NAME).exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--preset", "nope"), "--preset must be one of map"),
        (("--data", "no-such-data"), "no-such-data"),
        (("--data", "."), "holds no images"),
        (("--data-dir", "missing"), "is not a folder"),
        (("--size", "huge"), "WIDTHxHEIGHT"),
        (("--seed", "-1"), "whole number"),
        (("--screenshot", "no/such/folder/x.png"), "does not exist"),
    ],
)
def test_a_bad_argument_gets_one_sentence_and_exit_status_2(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    done = start(tmp_path, *arguments)
    assert done.returncode == 2
    assert word in done.stderr and "Traceback" not in done.stderr


def test_a_file_of_ones_own_is_looked_into_outside_the_process_of_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(*_: object) -> None:
        raise AssertionError("a decoder that dies would take the window away")

    np.save(tmp_path / "a.npy", np.arange(1_280).reshape(20, 64))
    (tmp_path / "b.npy").write_bytes(b"\x93NUMPY")
    wanted = Origin(tmp_path / "a.npy", door.inspect(tmp_path / "a.npy").choices).name
    monkeypatch.setattr(npz_files, "inspect", here)
    good, bad = (app.parser().parse_args(["--data", str(tmp_path / f"{name}.npy")]) for name in "ab")
    assert app._bad_input(good) == "" and good.data == wanted
    assert "b.npy" in app._bad_input(bad)


def test_a_missing_run_file_is_named_and_the_window_goes_on_with_a_new_run(tmp_path: Path) -> None:
    done = start(tmp_path, "nowhere.fcae", "--data", "digits8", "--screenshot", "x.png", "--after-steps", "2")
    assert "nowhere.fcae" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "x.png").exists()


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_start_neither_torch_nor_qt(flag: str, tmp_path: Path) -> None:
    code = (
        "import sys, contextlib\nfrom fcae_gui.app import main\n"
        f"with contextlib.suppress(SystemExit): main([{flag!r}])\n"
        "print([m for m in ('torch', 'PySide6', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def no_qt(tmp_path: Path) -> Iterator[str]:
    """A PYTHONPATH on which PySide6 fails as it does on a bare Debian."""
    fake = tmp_path / "fake" / "PySide6"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("")
    (fake / "QtWidgets.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')"
    )
    yield os.pathsep.join([str(fake.parent), children.environment().get("PYTHONPATH", "")])


def test_where_qt_cannot_load_it_names_the_package_and_still_trains(tmp_path: Path, no_qt: str) -> None:
    done = start(tmp_path, "--data", "digits8", "--preset", "map", PYTHONPATH=no_qt)
    assert "apt-get install libegl1" in done.stderr.splitlines()[0]
    assert done.returncode == 0, done.stderr
    assert load_run(tmp_path / app.RUN_NAME).step > 0


def test_without_a_font_it_says_what_to_install(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
    )
    arguments = ("--data", "digits8", "--screenshot", "x.png", "--after-steps", "1")
    done = start(tmp_path, *arguments, FONTCONFIG_FILE=str(config))
    assert "apt-get install fonts-dejavu-core" in done.stderr
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_cleanly_in_mid_training(tmp_path: Path, number: int) -> None:
    process = subprocess.Popen(
        children.command("fcae_gui", "--data", "digits8"), cwd=tmp_path,
        env=environment(tmp_path, QT_QPA_PLATFORM="offscreen"), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    log = tmp_path / "s"
    ticking = threading.Event()

    def wait_for_settings() -> None:
        # The hooks open their log when the window is built; from then on signals are handled.
        while process.poll() is None and not list(log.rglob("crash.log")):
            ticking.wait(0.05)

    wait_for_settings()
    ticking.wait(2.0)  # into the training; a signal a moment earlier must end it as cleanly
    process.send_signal(number)
    _out, errors = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_the_pair_that_kills_the_process_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_check.metadata, "version", lambda _name: "6.12.0")
    line = platform_check.bad_pair("3.11.7")
    assert "6.12.0" in line and "pip install" in line and "\n" not in line
    assert platform_check.bad_pair("3.12.0") == ""


def test_no_window_is_tried_where_the_display_does_not_answer() -> None:
    reason = platform_check.why_no_window({"DISPLAY": ":8731"})
    assert ":8731" in reason
    assert platform_check.why_no_window({"QT_QPA_PLATFORM": "offscreen"}) == ""
    if sys.platform.startswith("linux"):
        assert platform_check.why_no_window({}) == "There is no display."


def test_a_library_missing_for_a_window_is_named_with_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(_name: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(platform_check, "_x_server_answers", lambda _display: True)
    monkeypatch.setattr(platform_check.ctypes, "CDLL", cannot)
    reason = platform_check.why_no_window({"DISPLAY": ":0"})
    assert reason.startswith("libxcb-cursor.so.0 is missing") and "libxcb-cursor0" in reason


def test_calls_that_return_none_lose_no_reference_to_it(qtbot) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QLabel

    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for i in range(1000):
        label.setText(str(i))
    assert sys.getrefcount(None) > before - 100
