"""Benchmarks are run each in its own process, and one that cannot be run does not stop the others."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from fcae_gui import children
from fcae_gui.bench import REGISTRY, __main__, explore, reporting
from fcae_gui.bench.reporting import Figure

# A benchmark package of our own beside the real one: the child finds the modules in this folder first.
FAKES = {
    "good": "def run(report):\n    print('chatter')\n    report('one', 1, 'x', '>= 1', True)\n"
    "    report('two', 0.5, 'x', '>= 1', False)\n",
    "broken": "def run(report):\n    report('three', 3.0, 's', '<= 4', True)\n"
    "    raise RuntimeError('the pump')\n",
    "absent": "from fcae_gui.bench.reporting import CannotRun\n\n"
    "def run(report):\n    raise CannotRun('There is no MNIST here.')\n",
    "killed": "import os, signal\n\ndef run(report):\n    os.kill(os.getpid(), signal.SIGABRT)\n",
    "lacking": "import a_module_that_is_not_there\n",
}
REGISTERED = {"one": "good", "two": "good", "three": "broken", "four": "broken", "five": "absent"}
REGISTERED |= {"six": "killed", "seven": "lacking"}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in FAKES.items():
        (tmp_path / f"{name}.py").write_text(source)
    start = (
        "import sys, fcae_gui.bench\n"
        f"fcae_gui.bench.__path__.insert(0, {str(tmp_path)!r})\n"
        f"fcae_gui.bench.REGISTRY.update({REGISTERED!r})\n"
        "from fcae_gui.bench.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    monkeypatch.setattr(children, "command", lambda module, *rest: [sys.executable, "-c", start, *rest])
    monkeypatch.setattr(__main__, "REGISTRY", REGISTERED)


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_every_figure_is_reported_whatever_happens_to_its_module(
    fakes: None, capfd: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["--json"]) == 1  # "two" falls short
    figures = {figure["name"]: figure for figure in map(json.loads, capfd.readouterr().out.splitlines())}
    assert list(figures) == list(REGISTERED)
    assert figures["one"] == {"name": "one", "value": 1.0, "unit": "x", "target": ">= 1", "holds": True}
    assert figures["two"]["holds"] is False
    assert figures["three"]["holds"] is True
    assert figures["four"]["reason"] == "RuntimeError: the pump"
    assert figures["five"]["reason"] == "There is no MNIST here."
    assert figures["six"]["reason"] == "the benchmark was ended by signal 6"
    assert "a_module_that_is_not_there" in figures["seven"]["reason"]
    assert all(figures[name]["holds"] is None for name in ("four", "five", "six", "seven"))
    assert all(figures[name]["value"] is None for name in ("four", "five", "six", "seven"))


def test_only_what_was_asked_for_is_told_and_decides_the_status(
    fakes: None, capfd: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["one", "five"]) == 0
    rows = capfd.readouterr().out.splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("one ")
    assert rows[0].endswith("holds")
    assert rows[1].endswith("not measured: There is no MNIST here.")


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        __main__.main(["warp"])
    assert end.value.code == 2
    assert "there is no figure 'warp'; choose from engine, engine_peak" in capsys.readouterr().err


def test_all_figures_of_the_promise_are_registered() -> None:
    promised = "engine engine_peak gui beat_p99 beat_max decode map start first_map memory strokes"
    assert list(REGISTRY)[:11] == promised.split()
    assert tuple(name for name, module in REGISTRY.items() if module == "explore") == explore.FIGURES


def test_the_name_of_a_module_stands_for_all_its_figures(
    fakes: None, capfd: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(["good", "--json"]) == 1
    assert [json.loads(line)["name"] for line in capfd.readouterr().out.splitlines()] == ["one", "two"]


def test_a_figure_survives_its_line_and_is_always_json() -> None:
    figure = Figure(name="a", value=1.25, unit="ms", target="<= 2", holds=True)
    assert Figure.from_json(figure.to_json()) == figure
    broken = json.loads(Figure(name="a", value=math.nan, holds=True).to_json())
    assert broken["value"] is None
    assert broken["holds"] is None
    with pytest.raises(ValueError, match="not a figure"):
        Figure.from_json('{"x": 1}')
    with pytest.raises(ValueError):
        Figure.from_json("chatter")


def test_numpy_numbers_are_reported_as_plain_ones(capsys: pytest.CaptureFixture[str]) -> None:
    import numpy as np

    report = reporting.writer(sys.stdout)
    report("a", np.float32(0.5), "x", 1, np.bool_(True))  # type: ignore[arg-type]
    assert json.loads(capsys.readouterr().out) == {
        "name": "a", "value": 0.5, "unit": "x", "target": 1, "holds": True,
    }  # fmt: skip


def test_bench_starts_from_a_folder_that_is_not_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('the wrong torch')")
    done = subprocess.run(
        children.command("fcae_gui.bench", "--help"),
        env=children.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "engine_peak" in done.stdout
