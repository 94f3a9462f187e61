"""The command line says what it can do at once, and answers bad wishes with one sentence."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from fcae_gui import __version__, cli
from fcae_gui.engine.config import DEVICES
from fcae_gui.engine.presets import PRESETS

HEAVY = ("torch", "torchvision", "PySide6", "pyqtgraph", "sklearn", "numpy")
LOOK = """
import sys
from fcae_gui.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print("status", end.code)
print("loaded", *sorted(name for name in sys.modules if "." not in name))
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["train", "--help"], ["doctor", "--help"], ["train", "--preset", "x"]],
)
def test_help_and_version_load_nothing_heavy_and_are_there_at_once(arguments: list[str]) -> None:
    # Under 0.3 s, or beside the interpreter itself, so that the machine's load does not decide.
    bare, ours = [], []
    for _ in range(5):
        bare.append(_seconds(["-c", "import argparse"])[0])
        seconds, printed = _seconds(["-c", LOOK, *arguments])
        ours.append(seconds)
        assert not set(HEAVY) & set(printed.splitlines()[-1].split())
        if seconds < 0.3:
            return
    assert min(ours) < 3 * min(bare) + 0.1


def _seconds(arguments: list[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return time.perf_counter() - start, done.stdout


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"fcae_gui {__version__}\n"


def test_the_names_in_the_help_are_those_of_the_engine() -> None:
    assert set(cli.PRESET_NAMES) == set(PRESETS)
    assert cli.DEVICE_NAMES == DEVICES


def test_info_and_doctor_do_not_load_torch_or_qt(tmp_path: Path) -> None:
    """In this process, that is: the doctor asks others, so that their crash is an answer."""
    code = (
        "import sys\n"
        "import fcae_gui.cli.info, fcae_gui.cli.doctor, fcae_gui.cli.train, fcae_gui.cli.bench\n"
        "print(*[name for name in ('torch', 'torchvision', 'PySide6') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["train", "--preset", "deep"], "invalid choice: 'deep'"),
        (["train", "--epochs", "0"], "--epochs: must be a whole number of at least 1, got '0'"),
        (["train", "--epochs", "many"], "--epochs: must be a whole number"),
        (
            ["train", "--epochs", "2000000", "--data", "digits"],
            "epochs must be a whole number from 1 to 1000000",
        ),
        (["train", "--threads", "-1"], "--threads: must be a whole number"),
        (["train", "--threads", "5000", "--data", "digits"], "threads must be a whole number from 1 to 1024"),
        (["train", "--seed", "-1", "--data", "digits"], "seed must be a whole number"),
        (["train", "--device", "tpu"], "invalid choice: 'tpu'"),
        (["train", "--data", "imagenet"], "strokes"),
        (["train", "--data", "digits", "--out", "no/such/folder/x.fcae"], "there is no folder"),
        (["train", "--data", "digits", "--out", "."], "is a folder"),
        (["train", "--resume", "x.fcae", "--seed", "1"], "--seed cannot be given with --resume"),
        (["bench", "warp"], "there is no figure 'warp'"),
    ],
)
def test_a_wrong_wish_gets_one_sentence_and_status_2(
    arguments: list[str],
    words: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status: object = cli.main(arguments)
    except SystemExit as end:
        status = end.code
    said = capfd.readouterr()
    assert status == 2
    assert words in said.err
    assert "Traceback" not in said.err
    assert len([line for line in said.err.splitlines() if not line.startswith(("usage", " "))]) == 1
    assert said.out == ""
    assert not list(tmp_path.glob("*.fcae"))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n12345", None])
def test_info_about_a_bad_file_is_one_sentence(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.fcae"
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["info", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("fcae info: bad.fcae ")
    assert said.err.count("\n") == 1
