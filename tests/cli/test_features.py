"""`fcae features` measures what it says, from a preset or a saved run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from fcae_gui import cli
from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.loop import DIVERGED, DIVERGED_ADVICE
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.runfile import load_run, save_run
from fcae_gui.jobs.feature_sets import FEATURES

DIGITS = ["--data", "digits", "--device", "cpu", "--threads", "1", "--epochs", "3"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_there_is_one_object_per_set_of_features(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["features", *DIGITS, "--classifier", "random-forest", "--trees", "30", "--json"]
    assert cli.main(wanted) == 0
    found = lines(capsys.readouterr().out)
    assert [one["features"] for one in found] == list(FEATURES)
    for one in found:
        assert {"accuracy", "ci95", "fit_s", "n_features", "n_train", "n_test", "classifier"} <= set(one)
        assert one["ci95"][0] < one["accuracy"] < one["ci95"][1]
        assert (one["preset"], one["epochs"], one["n_train"]) == ("map", 3, 1442)
    assert found[0]["accuracy"] > 0.9 > found[3]["accuracy"]


def test_a_saved_run_is_judged_as_it_was_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run.fcae"
    assert cli.main(["train", *DIGITS, "--preset", "lecture", "--out", str(run), "--json"]) == 0
    capsys.readouterr()
    line = ["--classifier", "knn", "--features", "code", "--json"]
    assert cli.main(["features", "--run", str(run), *line]) == 0
    (saved,) = lines(capsys.readouterr().out)
    assert cli.main(["features", *DIGITS, "--preset", "lecture", *line]) == 0
    (trained,) = lines(capsys.readouterr().out)
    assert saved["accuracy"] == pytest.approx(trained["accuracy"], abs=0.01)
    assert saved["run"] == "run.fcae"


def test_few_labels_are_repeated_and_told_with_their_band(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [
        "features",
        *DIGITS,
        "--classifier",
        "knn",
        "--features",
        "raw",
        "--labels-per-class",
        "3",
        "all",
    ]
    assert cli.main([*wanted, "--repeats", "4", "--json"]) == 0
    few, every = lines(capsys.readouterr().out)
    assert (few["labels_per_class"], few["repeats"], few["n_train"]) == (3, 4, 30)
    assert every["repeats"] == 1 and every["n_train"] == 1442
    assert few["ci95"][0] < few["accuracy"] < few["ci95"][1] < every["accuracy"]


def test_transfer_compares_the_encoder_with_the_same_network_from_scratch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = ["features", *DIGITS, "--labels-per-class", "5", "--transfer", "--repeats", "2"]
    assert cli.main([*wanted, "--json"]) == 0
    found = lines(capsys.readouterr().out)
    assert [one["features"] for one in found] == ["frozen", "tuned", "scratch"]
    assert {(one["classifier"], one["n_train"], one["repeats"]) for one in found} == {("softmax", 50, 2)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--run", "nowhere.fcae"], "nowhere.fcae"),
        (["--run", "x.fcae", "--preset", "map"], "--preset cannot be given with --run"),
        (["--data", "digits", "--labels-per-class", "0"], "at least 1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = cli.main(["features", *arguments])
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status != 0
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_other_data_of_the_same_width_are_not_taken_for_those_of_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.fcae"
    assert cli.main(["train", *DIGITS, "--out", str(run), "--json"]) == 0
    save_run(run, replace(load_run(run), data_fingerprint="0" * 64))
    capsys.readouterr()
    for command in ("features", "maps", "clusters"):
        assert cli.main([command, "--run", str(run)]) == cli.EXIT_FAILED
        assert "run.fcae has learned from another version of digits8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["features", "--data", "digits", "--transfer"], "--transfer needs --labels-per-class N"),
        (["features", "--data", "{table}"], "no labels, which classifiers need"),
        (["maps", "--data", "digits", "--method", "code", "--method", "umap"], "-m pip install umap-learn"),
        (["maps", "--data", "digits", "--points", "3"], "A map needs at least 4 samples."),
        (
            ["clusters", "--data", "digits", "--k", "900", "--samples", "800"],
            "900 clusters need at least 900",
        ),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_trained(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trains(*_arguments: object, **_options: object) -> None:
        raise AssertionError("trained in vain")

    monkeypatch.setattr("fcae_gui.cli.maps.installed", lambda _package: "")
    monkeypatch.setattr("fcae_gui.engine.trainer.Trainer.__init__", trains)
    table = tmp_path / "table.csv"
    table.write_text("a,b,c\n" + "".join(f"{i},{i * i % 7},{i % 3}.5\n" for i in range(40)))
    assert cli.main([word.format(table=table) for word in arguments]) in (cli.EXIT_FAILED, cli.EXIT_USAGE)
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_samples_of_one_class_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["features", *DIGITS, "--train-size", "1", "--features", "raw"]) == cli.EXIT_FAILED
    error = capsys.readouterr().err.splitlines()[-1]
    assert error == (
        "fcae features: A classifier needs training samples of at least two classes: choose more."
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="the device that must be missing is here")
@pytest.mark.parametrize("command", ["features", "maps", "clusters"])
def test_a_device_that_is_not_here_is_one_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--data", "digits", "--device", "cuda"]) == cli.EXIT_USAGE
    error = capsys.readouterr().err
    said = f"fcae {command}: device 'cuda' is not available on this machine: choose auto or cpu"
    assert error.splitlines()[-1] == said


def test_a_run_that_diverges_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wild(*arguments: Any, **options: Any) -> RunConfig:
        config = make_config(*arguments, **options)
        return config.with_training(learning_rate=1e5, schedule="constant", optimizer="sgd")

    monkeypatch.setattr("fcae_gui.cli.model.make_config", wild)
    assert cli.main(["features", *DIGITS, "--preset", "linear"]) == cli.EXIT_FAILED
    error = capsys.readouterr().err
    assert f"fcae features: {DIVERGED} {DIVERGED_ADVICE}\n" in error and "Traceback" not in error


def test_the_names_in_the_help_are_those_of_the_tables() -> None:
    assert tuple(CLASSIFIERS) == cli.CLASSIFIER_NAMES
    assert cli.FEATURE_NAMES == FEATURES
