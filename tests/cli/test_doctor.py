"""The doctor finds what is known to go wrong, and a crash of what it asks is an answer."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from fcae_gui import cli
from fcae_gui.cli import doctor
from fcae_gui.platform_check import bad_pair


def healthy() -> dict[str, Any]:
    return {
        "python": "3.11.7",
        "versions": {"torch": "2.15.0", "PySide6-Essentials": "6.11.3"},
        "torch": {"device": "cpu", "name": "", "threads": 2, "cuda_build": None},
        "torchvision": {"version": "0.29"},
        "display": {"platform": "xcb", "screens": [[1920, 1080, 1.0]]},
        "font": {"letters": True, "family": "DejaVu Sans"},
        "data": {"strokes": "made when first used"},
        "folders": {"cache": {"path": "x"}},
    }


def test_a_healthy_machine_has_no_problem() -> None:
    assert doctor.problems(healthy()) == []
    assert doctor.notes(healthy()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"versions": {"torch": None}}, "torch is not installed"),
        ({"versions": {"PySide6-Essentials": "6.12.0"}}, "PySide6 6.12.0 crashes on Python 3.11.7"),
        ({"torch": {"error": "no libfoo"}}, "torch cannot be used: no libfoo"),
        ({"torchvision": {"error": "operator does not exist"}}, "install both again"),
        ({"font": {"error": "libGL.so.1"}}, "libGL.so.1"),
        ({"font": {"letters": False, "family": ""}}, "There is no font"),
        ({"data": {"mnist": "damaged: train-images is cut short."}}, "train-images is cut short"),
        ({"folders": {"cache": {"error": "read-only"}}}, "read-only"),
    ],
)
def test_each_known_fault_is_named_with_what_to_do(change: dict[str, Any], words: str) -> None:
    (problem,) = doctor.problems({**healthy(), **change})
    assert words in problem


def test_the_pair_of_versions_that_kills_the_process_is_known() -> None:
    assert "6.12.0" in bad_pair("3.11.9", "6.12.0")
    assert not bad_pair("3.12.0", "6.12.0")
    assert not bad_pair("3.11.9", "6.11.3")
    assert not bad_pair("3.11.9", "")


def test_no_display_is_worth_a_note_and_no_problem() -> None:
    found = {**healthy(), "display": {"error": "status 134"}}
    assert doctor.problems(found) == []
    assert "xvfb-run" in doctor.notes(found)[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.abort()", "signal 6" if os.name == "posix" else "status"),
        ("raise RuntimeError('operator torchvision::nms does not exist')", "torchvision::nms does not exist"),
        ("import sys; sys.exit(3)", "status 3"),
        ("print('no json')", "could not be read"),
        ("print('[1]')", "could not be read"),
        ("", "could not be read"),
    ],
)
def test_whatever_a_child_does_is_an_answer(code: str, words: str) -> None:
    assert words in doctor.ask(code)["error"]


def test_the_last_line_of_a_child_is_its_answer() -> None:
    assert doctor.ask("print('a library greets'); print('{\"a\": 1}')") == {"a": 1}


def test_the_doctor_examines_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert status == (1 if found["problems"] else 0)
    assert found["torch"]["threads"] >= 1
    assert found["versions"]["torch"]
    assert found["data"]["digits8"] == "ready"
    text = doctor.as_text(found)
    assert f"torch                 {found['versions']['torch']}" in text
