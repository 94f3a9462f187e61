"""`fcae maps`: one line for every map, and what is missing is said."""

from __future__ import annotations

import json

import pytest

from fcae_gui import cli
from fcae_gui.jobs import maps

DIGITS = ["--data", "digits", "--preset", "lecture", "--epochs", "2", "--points", "120", "--device", "cpu"]


def test_maps_are_told_with_their_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["maps", *DIGITS, "--method", "code", "--method", "pca", "--json"]) == 0
    found = {line["map"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(found) == {"code", "pca"}
    for line in found.values():
        assert 0.5 < line["trustworthiness"] < 1 and 0.5 < line["continuity"] < 1
        assert 0 < line["purity"] < 1 and line["seconds"] > 0 and line["decodes"] is True
        assert (line["points"], line["n"], line["of"], line["k"]) == (120, 120, "pixels", 10)
        assert line["epochs"] == 2


def test_a_person_reads_a_table_and_the_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcae_gui.cli.maps.installed", lambda _package: "")
    monkeypatch.setattr(maps, "METHODS", ("pca", "umap"))
    assert cli.main(["maps", *DIGITS]) == 0
    said = capsys.readouterr()
    assert "PCA-2" in said.out and "UMAP  " not in said.out and "cannot decode" in said.out
    assert "-m pip install umap-learn" in said.err
    assert cli.main(["maps", *DIGITS, "--method", "umap"]) == 1
    assert "-m pip install umap-learn" in capsys.readouterr().err


def test_the_names_in_the_help_are_those_of_the_job() -> None:
    assert cli.MAP_NAMES == maps.METHODS
