"""`fcae train --data PATH` and `fcae info PATH`: own data from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fcae_gui import cli
from fcae_gui.data.own.values import Origin
from fcae_gui.engine.runfile import load_run
from tests.data.hostile import FILES, OBJECTS

TRAIN = ["--device", "cpu", "--threads", "1", "--json"]


def table(path: Path) -> Path:
    random = np.random.default_rng(0)
    rows = [
        "a;b;c;town",
        *(f"{a:.3f};{b:.3f};{'' if a > 1 else 7};Ulm" for a, b in random.normal(size=(60, 2))),
    ]
    path.write_text("\n".join(rows))
    return path


def test_a_table_is_trained_resumed_and_its_run_says_where_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = table(tmp_path / "my table.csv"), tmp_path / "run.fcae"
    assert cli.main(["train", "--data", str(data), "--epochs", "2", "--out", str(out), *TRAIN]) == 0
    said = capsys.readouterr()
    assert "missing values were filled" in said.err
    assert json.loads(said.out.splitlines()[-1])["ended"] == "finished"
    config = load_run(out).config
    assert Origin.parse(config.data).path == data
    assert config.network.input_size == 3
    assert cli.main(["train", "--resume", str(out), "--epochs", "3", *TRAIN]) == 0
    capsys.readouterr()
    assert cli.main(["info", str(out)]) == 0
    assert str(data) in capsys.readouterr().out
    data.unlink()
    assert cli.main(["train", "--resume", str(out), "--epochs", "4", *TRAIN]) == 1
    assert capsys.readouterr().err == "fcae train: my table.csv was not found.\n"


def test_the_name_of_a_run_comes_from_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "--data", str(table(tmp_path / "my table.csv")), "--epochs", "1", *TRAIN]) == 0
    assert (tmp_path / "map-my-table-0.fcae").is_file()


def test_info_says_what_own_data_holds_and_what_would_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = table(tmp_path / "t.csv")
    assert cli.main(["info", str(data)]) == 0
    said = capsys.readouterr().out
    assert "60" in said
    assert "town (text)" in said
    assert "semicolons" in said
    assert cli.main(["info", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 60


@pytest.mark.parametrize("command", [["info"], ["train", "--epochs", "1", "--data"]])
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("page.csv", FILES["page.csv"][0]()), ("pickled.npy", OBJECTS)):
        (tmp_path / name).write_bytes(content)
        assert cli.main([*command, str(tmp_path / name)]) != 0
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(f"fcae {command[0]}: {name} ")
        assert said.err.count("\n") == 1
