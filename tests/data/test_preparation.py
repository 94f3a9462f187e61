"""The parent's side, with the real child process and a real server."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

import fcae_gui
from fcae_gui import paths
from fcae_gui.data import cache, catalog, download, fetch, scratch
from fcae_gui.data.errors import MissingData
from fcae_gui.data.preparation import Preparation
from tests.data import made
from tests.data.server import serving

LONG = 120  # seconds that only a hung test takes
BY_ITSELF = download.SOCKET_TIMEOUT_S  # after this time a child gives up a silent server without being told
FILES = {
    f"/MNIST/{name}.gz": gzip.compress(content, 1) for name, content in made.mnist_like(600, 100).items()
}
TOTAL = sum(map(len, FILES.values()))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache of its own, and no other MNIST in sight."""
    monkeypatch.setenv(paths.CACHE_DIR_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(paths.DATA_DIR_VARIABLE, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(paths, "data_dirs", lambda chosen=None: [Path(chosen)] if chosen else [])
    return tmp_path / "cache"


def left_behind(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file() or path.name.startswith("."))


def until_bytes_arrive(preparation: Preparation):
    progress = preparation.wait(0.05)
    while progress.state == "running" and progress.done_bytes == 0:
        progress = preparation.wait(0.05)
    return progress


def test_progress_counts_the_bytes_that_have_arrived_and_the_data_set_opens(own_cache, monkeypatch):
    with serving(FILES, "gated") as server:
        monkeypatch.setenv(fetch.MIRROR_VARIABLE, server.address)
        preparation = Preparation("mnist")
        progress = until_bytes_arrive(preparation)
        assert progress.state == "running" and progress.stage == "Downloading MNIST"
        assert progress.total_bytes is not None and 0 < progress.done_bytes < progress.total_bytes
        server.gate.set()
        progress = preparation.wait(LONG)
    assert (progress.state, progress.message) == ("done", "")
    assert progress.done_bytes == progress.total_bytes == TOTAL
    assert len(catalog.load("mnist").train) == 600 and catalog.default_name() == "mnist"
    assert left_behind(own_cache) == ["mnist.safetensors"]
    assert preparation.poll() == progress  # the end stays the end
    preparation.cancel()
    assert preparation.poll() == progress


def test_cancel_in_the_middle_ends_the_child_and_leaves_nothing(own_cache, monkeypatch):
    with serving(FILES, "gated") as server:
        monkeypatch.setenv(fetch.MIRROR_VARIABLE, server.address)
        preparation = Preparation("mnist")
        assert until_bytes_arrive(preparation).state == "running"
        child = psutil.Process(preparation._process.pid)
        begin = time.monotonic()
        preparation.cancel()
        assert time.monotonic() - begin < BY_ITSELF / 2 and not child.is_running()
    assert preparation.poll().state == "cancelled"
    assert left_behind(own_cache) == []
    with pytest.raises(MissingData):
        catalog.load("mnist")


def test_cancel_before_anything_has_happened_works_too(own_cache):
    preparation = Preparation("mnist")
    preparation.cancel()
    assert preparation.poll().state == "cancelled" and left_behind(own_cache) == []


def test_leaving_a_with_block_cancels(own_cache):
    with Preparation("mnist") as preparation:
        assert preparation.poll().state == "running"
    assert preparation.poll().state == "cancelled" and left_behind(own_cache) == []


def test_a_download_that_stands_still_is_given_up(own_cache, monkeypatch):
    with serving(FILES, "gated") as server:
        monkeypatch.setenv(fetch.MIRROR_VARIABLE, server.address)
        preparation = Preparation("mnist", stall_s=1.0)
        progress = preparation.wait(LONG)
    assert progress.state == "failed"
    assert progress.message.startswith("MNIST could not be downloaded: nothing has arrived for 1 seconds.")
    assert preparation._process.poll() is not None and left_behind(own_cache) == []


def test_no_network_is_one_clear_sentence(monkeypatch, own_cache):
    monkeypatch.setenv(fetch.MIRROR_VARIABLE, "https://no-such-host.invalid/")
    progress = Preparation("kmnist").wait(LONG)
    assert progress.state == "failed"
    assert progress.message == (
        "KMNIST could not be downloaded: no network connection. Try again later, name a folder that has it "
        "with --data-dir, or choose Strokes, which needs no download."
    )
    assert left_behind(own_cache) == []


def test_a_broken_torchvision_is_one_clear_sentence(monkeypatch, tmp_path):
    broken = tmp_path / "broken" / "torchvision"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    progress = Preparation("mnist").wait(LONG)
    assert progress.state == "failed" and "\n" not in progress.message
    assert "torchvision does not work here (operator torchvision::nms does not exist)" in progress.message
    assert "pip install" in progress.message


def test_strokes_are_drawn_by_the_child_with_progress_and_load(own_cache):
    assert catalog.find("strokes") == "missing"
    progress = Preparation("strokes").wait(LONG)
    assert progress.state == "done" and progress.done_bytes == progress.total_bytes
    strokes = catalog.load("strokes")
    assert strokes.complete and progress.total_bytes == (len(strokes.train) + len(strokes.test)) * 784
    assert "slant" in strokes.train.factors and len(strokes.fingerprint) == 64
    assert catalog.find("strokes") == "ready"


def test_strokes_of_an_older_renderer_are_drawn_again(own_cache, monkeypatch):
    assert Preparation("strokes").wait(LONG).state == "done"
    monkeypatch.setattr(catalog, "strokes_recipe", lambda: "another renderer")
    assert catalog.find("strokes") == "missing"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_child_that_is_killed_is_noticed(own_cache, monkeypatch):
    with serving(FILES, "gated") as server:
        monkeypatch.setenv(fetch.MIRROR_VARIABLE, server.address)
        preparation = Preparation("mnist")
        until_bytes_arrive(preparation)
        child = psutil.Process(preparation._process.pid)
        child.kill()
        progress = preparation.wait(LONG)
    assert progress.state == "failed" and "ended unexpectedly (code -9)" in progress.message
    assert left_behind(own_cache) == []


PARENT = """
    import os, sys
    from fcae_gui.data.preparation import Preparation
    preparation = Preparation("mnist")
    progress = preparation.wait(0.05)
    while progress.state == "running" and progress.done_bytes == 0:
        progress = preparation.wait(0.05)
    os.write(1, f"{preparation._process.pid}\\n".encode())
    preparation.wait()
"""


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(fcae_gui.__file__).parents[1]), **more}


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_the_child_ends_and_cleans_up_when_its_parent_is_killed(own_cache, monkeypatch):
    with serving(FILES, "gated") as server:
        parent = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PARENT)],
            stdout=subprocess.PIPE,
            env=environment(**{fetch.MIRROR_VARIABLE: server.address}),
        )
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert left_behind(own_cache) != []
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        _, alive = psutil.wait_procs([child], timeout=BY_ITSELF / 2)
        assert alive == []
    assert left_behind(own_cache) == []


@pytest.mark.skipif(os.name != "posix", reason="closing the standard streams this way")
def test_it_works_without_any_standard_stream_as_under_a_windows_gui_script(own_cache, tmp_path):
    result = tmp_path / "result"
    script = f"""
        import os, sys
        for number in (0, 1, 2):
            os.close(number)
        sys.stdin = sys.stdout = sys.stderr = None
        from pathlib import Path
        from fcae_gui.data.preparation import Preparation
        Path({str(result)!r}).write_text(Preparation("strokes").wait({LONG}).state)
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment(), timeout=LONG, check=False
    )
    assert result.read_text() == "done"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_a_sentence_not_an_exception(own_cache):
    own_cache.mkdir()
    own_cache.chmod(0o500)
    progress = Preparation("strokes").poll()
    assert progress.state == "failed" and "could not be prepared" in progress.message


def test_a_cache_folder_that_is_a_file_is_a_sentence_not_an_exception(own_cache):
    own_cache.write_text("not a folder")
    progress = Preparation("strokes").poll()
    assert progress.state == "failed" and progress.message.startswith("Strokes could not be prepared: ")


def test_folders_of_processes_that_are_gone_are_removed_at_the_next_start(own_cache):
    mine = scratch.make("mnist", own_cache)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{ended.pid}-"))
    stale.mkdir()
    (stale / "half.gz").write_bytes(b"half")
    elsewhere = mine.with_name(".preparing-mnist-otherhost-1-abcd")
    elsewhere.mkdir()
    assert scratch.clear(own_cache) == 1
    assert mine.exists() and elsewhere.exists() and not stale.exists()
    os.utime(elsewhere, (0, 0))
    assert scratch.clear(own_cache) == 1 and not elsewhere.exists()


def test_a_process_number_in_use_again_does_not_keep_a_folder_alive(own_cache):
    mine = scratch.make("mnist", own_cache)
    os.utime(mine, (0, 0))  # made long before the process that has this number now
    assert scratch.clear(own_cache) == 1
    assert cache.path_of("mnist", own_cache).parent.exists()
