"""`fcae info RUN.fcae --curve FILE.json`: how the recorded curves that come with the program are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from fcae_gui import cli
from fcae_gui.data import digits
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.recorded import read_curve
from fcae_gui.engine.runfile import save_run
from fcae_gui.engine.trainer import Trainer


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    data = digits.load()
    run = Trainer(make_config("map", data, device="cpu", threads=1), data)
    for _ in range(12):
        run.step()
    run.evaluate()
    save_run(tmp_path / "run.fcae", run.snapshot())
    return tmp_path / "run.fcae"


def test_a_run_gives_its_curve(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = run_file.with_name("curve.json")
    assert cli.main(["info", str(run_file), "--curve", str(written)]) == 0
    assert "test SSE" in capsys.readouterr().out
    curve = read_curve(written)
    assert curve.epochs == pytest.approx(2.0) and curve.preset == "map" and curve.n_features == 64
    assert written.stat().st_size <= 10_000


def test_what_cannot_be_written_is_said_in_one_line(
    run_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = run_file.parent / "no such folder" / "curve.json"
    assert cli.main(["info", str(run_file), "--curve", str(missing)]) == cli.EXIT_FAILED
    said = capsys.readouterr().err.strip()
    assert "the curve was not written" in said and "\n" not in said


def test_data_have_no_curve(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = run_file.with_name("table.csv")
    table.write_text("a,b\n1,2\n3,4\n")
    assert cli.main(["info", str(table), "--curve", str(run_file.with_name("c.json"))]) == cli.EXIT_FAILED
    assert "curve of a run" in capsys.readouterr().err
