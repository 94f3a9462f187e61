"""Malformed and hostile files: each is answered by one sentence, quickly and in little memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fcae_gui import children
from fcae_gui.data.own import door
from fcae_gui.files import BadFile
from tests.data.hostile import FILES, GOOD_NPY, IMAGES, PICTURES, idx_bytes

MAX_SECONDS = 1.0
MAX_EXTRA_BYTES = 64 * 2**20
Answer = tuple[str | None, float, float]

# Looks into every file named on standard input and loads what it would load, each in a fork of its own, and
# says for each: the sentence, its processor time (others use the machine too), and its peak of extra memory.
CHILD = """
import json, os, resource, sys, time
from pathlib import Path
from fcae_gui.data.own import door
import PIL.Image, PIL.PngImagePlugin, PIL.JpegImagePlugin, PIL.GifImagePlugin, PIL.BmpImagePlugin
unit = 1 if sys.platform == "darwin" else 1024
def answer(path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    started = time.process_time()
    try:
        found = door.inspect(path)
        door.load(path, found.choices)
        said = None
    except door.BadFile as error:
        said = str(error)
    except BaseException as error:
        said = "not answered: " + repr(error)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before
    return said, time.process_time() - started, grown
for name in json.loads(sys.stdin.read()):
    if os.fork() == 0:
        print(json.dumps([name, *answer(Path(name))]), flush=True)
        os._exit(0)
    os.wait()
"""
needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="memory is told by forks, which are not there"
)


def answers(paths: list[Path]) -> dict[str, Answer]:
    """name -> (sentence, seconds, bytes of extra memory) of a process that looks into it and loads it."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps([str(path) for path in paths]), capture_output=True,
        text=True, env=children.environment(), timeout=240, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(name).name: (said, seconds, grown) for name, said, seconds, grown in lines}


def one_sentence(said: str, name: str) -> bool:
    return said.startswith(name) and said.endswith(".") and "\n" not in said and len(said) < 250


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """What is said to each of the hostile files."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _word) in FILES.items():
        (folder / name).write_bytes(make())
    return answers([folder / name for name in FILES])


def test_there_are_at_least_25_of_them() -> None:
    assert len(FILES) + len(PICTURES) >= 25


@needs_fork
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered_by_one_sentence(name: str, told: dict[str, Any]) -> None:
    said, seconds, grown = told[name]
    assert said is not None, "it was loaded"
    assert one_sentence(said, name), said
    assert FILES[name][1] in said, said
    assert seconds < MAX_SECONDS, said
    assert grown < MAX_EXTRA_BYTES, said


@needs_fork
def test_bad_images_in_a_folder_are_skipped_and_listed(tmp_path: Path) -> None:
    for name, (make, _word) in PICTURES.items():
        (tmp_path / name).write_bytes(make())
    said, seconds, grown = answers([tmp_path])[tmp_path.name]
    assert said is not None
    assert one_sentence(said, tmp_path.name), said
    assert seconds < MAX_SECONDS
    assert grown < MAX_EXTRA_BYTES
    from PIL import Image

    (tmp_path / "good").mkdir()
    for number, picture in enumerate(IMAGES):
        Image.fromarray(picture).save(tmp_path / "good" / f"{number}.png")
    found = door.inspect(tmp_path)
    loaded = door.load(tmp_path, found.choices)
    assert len(loaded.dataset.train) + len(loaded.dataset.test) == len(IMAGES)
    why = dict(loaded.skipped)
    assert set(why) == set(PICTURES)
    for name, (_make, word) in PICTURES.items():
        assert word in why[name], (name, why[name])


def _whole_files() -> dict[str, bytes]:
    numbers = np.random.default_rng(0).normal(size=(20, 10)).astype(np.float32)
    plain, packed = io.BytesIO(), io.BytesIO()
    np.savez(plain, x=numbers, y=np.arange(20))
    np.savez_compressed(packed, x=IMAGES, y=np.arange(20))
    return {
        "a-idx3-ubyte": idx_bytes(IMAGES),
        "a-idx3-ubyte.gz": gzip.compress(idx_bytes(IMAGES)),
        "a.npy": GOOD_NPY,
        "a.npz": plain.getvalue(),
        "b.npz": packed.getvalue(),
        "a.csv.gz": gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(400))),
    }


@pytest.mark.parametrize("name", _whole_files())
def test_a_file_cut_at_every_hundredth_byte_is_refused_and_the_whole_one_is_not(
    name: str, tmp_path: Path
) -> None:
    whole = _whole_files()[name]
    path = tmp_path / name
    path.write_bytes(whole)
    door.load(path, door.inspect(path).choices)
    for cut in range(0, len(whole) - 1, 100):
        path.write_bytes(whole[:cut])
        with pytest.raises(BadFile) as caught:
            door.load(path, door.inspect(path).choices)
        assert one_sentence(str(caught.value), name), (cut, str(caught.value))


def test_a_table_cut_at_every_hundredth_byte_loses_rows_and_nothing_else(tmp_path: Path) -> None:
    """Text has no end mark: what is whole is read, and a line cut in the middle is listed."""
    values = np.random.default_rng(0).integers(100, 999, (200, 6))
    whole = "a,b,c,d,e,f\n" + "".join(",".join(map(str, row)) + "\n" for row in values)
    path = tmp_path / "cut.csv"
    for cut in range(500, len(whole), 100):
        path.write_text(whole[:cut])
        found = door.inspect(path)
        rows, last = whole[:cut].count("\n") - 1, whole[:cut].rsplit("\n", 1)[1]
        assert found.n_skipped == (bool(last) and last.count(",") < 5)
        assert found.count == rows + (bool(last) and last.count(",") == 5)


def test_an_image_cut_at_every_hundredth_byte_is_skipped(tmp_path: Path) -> None:
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 255, (30, 30, 3), dtype=np.uint8)
    for kind in ("png", "jpg", "bmp", "gif"):
        folder = tmp_path / kind
        folder.mkdir()
        Image.fromarray(noise).save(folder / f"whole.{kind}")
        content = (folder / f"whole.{kind}").read_bytes()
        for number in range(4):
            (folder / f"good{number}.{kind}").write_bytes(content)
        cuts = list(range(0, len(content) - 20, 100))
        for cut in cuts:
            (folder / f"cut{cut:05}.{kind}").write_bytes(content[:cut])
        loaded = door.load(folder, door.inspect(folder).choices)
        assert loaded.n_skipped == len(cuts), kind
        assert len(loaded.dataset.train) + len(loaded.dataset.test) == 5


def test_a_pipe_or_a_device_is_no_file(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    os.mkfifo(tmp_path / "endless.csv")
    with pytest.raises(BadFile, match="is not a file"):
        door.inspect(tmp_path / "endless.csv")


def test_a_folder_that_leads_into_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    try:
        (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("no links on this system")
    with pytest.raises(BadFile, match="holds no images"):
        door.inspect(tmp_path)
