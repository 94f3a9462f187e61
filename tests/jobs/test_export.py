"""The export job, called in this process: tables, sentences for what the disk says, files in one piece."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from fcae_gui import files
from fcae_gui.engine.export_formats import embedding_bytes, in_words, network_bytes
from fcae_gui.jobs import export
from fcae_gui.jobs.embedding_files import Embedding, write
from fcae_gui.jobs.registry import JobFailed, Quiet, find
from tests.jobs.test_features import NETWORK


def test_a_loss_table_has_a_line_for_each_step_and_each_measurement(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    arrays = {
        "train_losses": np.array([0.5, 0.25, 0.125], np.float32),
        "test_losses": np.array([[0, 0.7, 9.0], [2, 0.3, 4.5]]),
    }
    values, _ = find("export")(arrays, {"what": "losses", "path": str(path)}, Quiet()) or ({}, {})
    assert path.read_text().splitlines() == [
        "step,train_loss,test_loss,test_squared_error", "0,,0.7,9", "1,0.5,,", "2,0.25,0.3,4.5", "3,0.125,,",
    ]  # fmt: skip
    assert values["files"] == [str(path)] and values["bytes"] == path.stat().st_size


def test_a_table_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    params = {"what": "table", "path": str(path), "columns": ["a", "b"], "rows": [[1, "x, y"], [2.5, ""]]}
    export.run({}, params, Quiet())
    assert path.read_text() == 'a,b\n1,"x, y"\n2.5,\n'


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "there is no space left in"),
        (errno.EACCES, "there is no permission to write in"),
        (errno.EROFS, "there is no permission to write in"),
        (errno.ENOENT, "there is no folder"),
        (errno.EIO, "nput/output error"),
    ],
)
def test_what_the_disk_says_becomes_one_sentence(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    def refuse(_path: object, _data: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(export, "atomic_write", refuse)
    params = {"what": "table", "path": str(tmp_path / "t.csv"), "columns": ["a"], "rows": []}
    with pytest.raises(JobFailed) as caught:
        export.run({}, params, Quiet())
    said = str(caught.value)
    assert said.startswith("t.csv was not written: ") and words in said and said.count(".") >= 2


def test_a_code_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    arrays = {"test": draw.random((5, 64)).astype(np.float32)}
    for i, (a, b) in enumerate(((64, 20), (20, 8))):
        arrays[f"weights/encoder.{i}.weight"] = np.full((b, a), np.nan, np.float32)
        arrays[f"weights/encoder.{i}.bias"] = np.zeros(b, np.float32)
    params = {
        "what": "embedding", "path": str(tmp_path / "c.npz"), "format": "npz", "splits": ["test"],
        "network": NETWORK.to_json(),
    }  # fmt: skip
    with pytest.raises(JobFailed, match="diverged"):
        export.run(arrays, params, Quiet())
    assert not list(tmp_path.iterdir())


def test_estimates_are_near_what_is_written(tmp_path: Path) -> None:
    n, code = 3_000, 6
    draw = np.random.default_rng(0)
    found = Embedding(
        codes=draw.normal(size=(n, code)).astype(np.float32), halves=np.full(n, "train"), rows=np.arange(n),
        labels=np.zeros(n, np.int64),
    )  # fmt: skip
    for name in ("npz", "csv"):
        path = tmp_path / f"codes.{name}"
        write(path, found, name)
        assert embedding_bytes(n, code, name) == pytest.approx(path.stat().st_size, rel=0.35)
    assert network_bytes(NETWORK, "network", "pt2") > 4 * NETWORK.parameters
    assert [in_words(size) for size in (5, 1_500, 25_000, 3_200_000, 7.1e9)] == [
        "5 bytes", "1.5 kB", "25 kB", "3.2 MB", "7.1 GB",
    ]  # fmt: skip


def test_only_what_a_killed_writer_left_of_this_file_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "codes.npz"
    made: list[str] = []

    def interrupted(file: object) -> None:
        made.extend(one.name for one in tmp_path.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.atomic_write(path, interrupted)
    (left,) = made
    other = tmp_path / ".fcae-000000000000-abc.tmp"
    for one in (tmp_path / left, other):
        one.write_bytes(b"x")
    files.clear_unfinished(path)
    assert [one.name for one in tmp_path.iterdir()] == [other.name]
