"""`fcae clusters` says what was found, one object per method and space."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fcae_gui import cli
from fcae_gui.analysis.clustering import METHODS
from fcae_gui.jobs.clusters import KEYS

DIGITS = ["clusters", "--data", "digits", "--device", "cpu", "--threads", "1", "--epochs", "3"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_there_is_one_object_per_method_and_space(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*DIGITS, "--preset", "lecture", "--json"]) == 0
    found = lines(capsys.readouterr().out)
    assert [(one["method"], one["space"]) for one in found] == list(KEYS)
    for one in found:
        assert {"time_s", "n_clusters", "ari", "purity", "noise"} <= set(one)
        assert (one["n"], one["k"], one["split"], one["preset"]) == (355, 10, "test", "lecture")
        assert one["method"] == "hdbscan" or (one["n_clusters"], one["noise"]) == (10, 0.0)
    pixels = next(one for one in found if (one["method"], one["space"]) == ("kmeans", "pixels"))
    assert pixels["ari"] > 0.5 and pixels["purity"] > 0.65


def test_more_samples_than_the_test_half_are_taken_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*DIGITS, "--samples", "600", "--k", "4", "--method", "kmeans", "--json"]) == 0
    found = lines(capsys.readouterr().out)
    assert [(one["space"], one["n"], one["split"]) for one in found] == [
        ("code", 600, "all"),
        ("pixels", 600, "all"),
    ]
    assert cli.main([*DIGITS, "--samples", "40", "--k", "4", "--method", "gmm"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and "4 clusters" in said[0] and "ARI" in said[0]


def test_too_few_samples_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*DIGITS, "--samples", "5"]) == cli.EXIT_FAILED
    error = capsys.readouterr().err
    assert "10 clusters need at least 10 samples" in error and "Traceback" not in error


def test_a_method_that_takes_no_k_is_not_held_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*DIGITS, "--k", "400", "--method", "hdbscan", "--json"]) == 0
    assert [one["method"] for one in lines(capsys.readouterr().out)] == ["hdbscan", "hdbscan"]
    assert cli.main([*DIGITS, "--k", "400", "--method", "hdbscan", "--method", "gmm"]) == cli.EXIT_FAILED
    assert "400 clusters need at least 400 samples, and there are 355." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "There was not enough memory for this: choose fewer samples."),
        (
            ValueError("Input X has NaN.\nmore of it"),
            "This could not be computed: Input X has NaN.",
        ),
    ],
)
def test_what_goes_wrong_in_the_work_is_one_sentence(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("fcae_gui.analysis.clustering.cluster", broken)
    assert cli.main([*DIGITS, "--method", "kmeans"]) == cli.EXIT_FAILED
    complaints = capsys.readouterr().err
    assert f"fcae clusters: {said}\n" in complaints and "Traceback" not in complaints


def test_the_names_in_the_help_are_those_of_the_table() -> None:
    assert tuple(METHODS) == cli.CLUSTER_NAMES
