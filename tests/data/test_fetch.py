"""What the child does with what servers send, through torchvision's real downloader and a real server."""

from __future__ import annotations

import gzip
import io
import socket
import urllib.error
import urllib.request
import zipfile

import numpy as np
import pytest

from fcae_gui.data import cache, catalog, download, fetch, official
from fcae_gui.data.errors import BadData
from tests.data import made
from tests.data.server import serving

pytest.importorskip("torchvision.datasets.utils", exc_type=Exception)


def packed(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"/{folder}/{name}.gz": gzip.compress(content, 1) for name, content in files.items()}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Fetch from an address into a cache of its own; returns (cache folder, everything that was said)."""

    def bring_from(address: str, name: str = "mnist"):
        monkeypatch.setenv(fetch.MIRROR_VARIABLE, address)
        root, work, said = tmp_path / "cache", tmp_path / "work", []
        work.mkdir(exist_ok=True)
        try:
            fetch.fetch(name, root, work, lambda **fields: said.append(fields))
        finally:
            assert socket.getdefaulttimeout() is None  # the rest of the process is left as it was
        return root, said

    return bring_from


def test_a_small_edition_from_a_mirror_is_checked_and_cached(bring):
    with serving(packed("MNIST", made.mnist_like())) as server:
        root, said = bring(server.address)
    dataset = cache.load(cache.path_of("mnist", root))
    assert dataset.title == "MNIST (20 of 60,000 samples)"
    np.testing.assert_array_equal(dataset.train.features, made.images(20).reshape(20, -1))
    announced = {s["file"]: s["size"] for s in said if "file" in s}
    assert announced == {
        path.rsplit("/", 1)[1]: len(content) for path, content in packed("MNIST", made.mnist_like()).items()
    }
    assert said[-1] == {"ready": str(cache.path_of("mnist", root))}


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("404", "answered 404"),
        ("truncated", "arrived incomplete"),
        ("page", "a web page arrived instead"),
        ("redirect", "without encryption"),
    ],
)
def test_a_server_that_misbehaves_gives_one_clear_sentence_and_no_file(bring, behaviour, words, tmp_path):
    with serving(packed("MNIST", made.mnist_like()), behaviour) as server, pytest.raises(BadData) as caught:
        bring(server.address)
    assert words in str(caught.value) and "--data-dir" in str(caught.value) and "Strokes" in str(caught.value)
    assert not cache.path_of("mnist", tmp_path / "cache").exists()


def test_no_network_is_said_in_one_sentence(bring):
    with pytest.raises(BadData, match=r"^MNIST could not be downloaded: no network connection\."):
        bring("http://no-such-host.invalid")


def test_a_closed_door_is_said_in_one_sentence(bring):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BadData, match="refuses the connection"):
            bring(address)


def published_size(change: int) -> dict[str, bytes]:
    """Files with as many samples as MNIST that are not MNIST."""
    return {
        "train-images-idx3-ubyte": made.idx(np.full((60_000, 28, 28), change, np.uint8)),
        "train-labels-idx1-ubyte": made.idx(made.labels(60_000)),
        "t10k-images-idx3-ubyte": made.idx(np.zeros((10_000, 28, 28), np.uint8)),
        "t10k-labels-idx1-ubyte": made.idx(made.labels(10_000)),
    }


@pytest.mark.parametrize(
    ("name", "folder", "words"),
    [("mnist", "MNIST", "train-images.*altered"), ("fashion", "FashionMNIST", "not the published file")],
)
def test_a_mirror_cannot_pass_off_other_data_as_the_published_set(bring, name, folder, words):
    with serving(packed(folder, published_size(3))) as server, pytest.raises(BadData, match=words):
        bring(server.address, name)


@pytest.mark.mnist
def test_the_real_mnist_packed_anew_is_taken_over_by_its_content(bring, mnist_dir):
    raw = mnist_dir / "MNIST" / "raw"
    files = packed("MNIST", {name: (raw / name).read_bytes() for name in made.MNIST_FILES})
    with serving(files) as server:
        root, _ = bring(server.address)
    assert cache.load(cache.path_of("mnist", root)).title == "MNIST"


def test_one_emnist_archive_gives_digits_and_letters(bring):
    upright = made.images(26)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for split, classes, first in (("digits", 10, 0), ("letters", 26, 1)):
            for part in ("train", "test"):
                stem = f"gzip/emnist-{split}-{part}"
                images = np.ascontiguousarray(upright.transpose(0, 2, 1))
                archive.writestr(f"{stem}-images-idx3-ubyte.gz", gzip.compress(made.idx(images)))
                labels = made.idx(made.labels(26, classes, first))
                archive.writestr(f"{stem}-labels-idx1-ubyte.gz", gzip.compress(labels))
    with serving({"/EMNIST/gzip.zip": content.getvalue()}) as server:
        root, _ = bring(server.address, "emnist-letters")
    for name in ("emnist-letters", "emnist-digits"):
        dataset = cache.load(cache.path_of(name, root))
        np.testing.assert_array_equal(dataset.train.features, upright.reshape(26, -1))


def test_a_damaged_archive_is_named(bring):
    damaged = {"/EMNIST/gzip.zip": b"PK\3\4" + bytes(100)}
    with serving(damaged) as server, pytest.raises(BadData, match=r"gzip\.zip is damaged"):
        bring(server.address, "emnist-digits")


def test_a_damaged_cache_file_is_replaced(bring, tmp_path):
    path = cache.path_of("mnist", tmp_path / "cache")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half a file")
    with serving(packed("MNIST", made.mnist_like())) as server:
        bring(server.address)
    assert len(cache.load(path).train) == 20


def test_what_is_there_is_not_fetched_again(bring):
    with serving(packed("MNIST", made.mnist_like())) as server:
        bring(server.address)
        before = len(server.requests)
        bring(server.address)
        assert len(server.requests) == before


def test_plain_http_is_refused_before_anything_is_sent():
    with serving({"/file": b"content"}) as server:
        with download.careful_network("", lambda *_: None), pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"{server.address}file")
        assert server.requests == []
        with urllib.request.urlopen(f"{server.address}file") as response:  # the same door, unguarded
            assert response.read() == b"content"


def test_torchvisions_fallback_to_plain_http_is_refused_and_the_first_error_is_told(tmp_path):
    from torchvision.datasets.utils import _urlretrieve, download_url

    file = official.File(name="x", packed="x.gz", size=1, md5="")
    with serving({"/x.gz": b"content"}) as server:
        address = server.address.replace("http:", "https:")
        with download.careful_network("", lambda *_: None):
            with pytest.raises(OSError):
                download_url(f"{address}x.gz", str(tmp_path))
            try:
                # What download_url does when a connection breaks off after the first answer.
                try:
                    _urlretrieve(f"{address}x.gz", tmp_path / "x.gz")
                except OSError:
                    _urlretrieve(f"{server.address}x.gz", tmp_path / "x.gz")
            except OSError as error:
                told = download.reason(error, address, tmp_path)
            with pytest.raises(download.DownloadError):
                download.download(file, [address], tmp_path, {}, check=True)
        assert [path for path in server.requests if path.startswith("/")] == []
    assert "was cut" in told


def test_the_published_file_is_recognised_by_both_checksums(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    md5 = "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2

    def file(sha: str) -> official.File:
        return official.File(name="f", packed="f", size=3, md5=md5, sha256=sha)

    assert download.is_published(path, file(sha256)) and download.is_published(path, file(""))
    assert not download.is_published(path, file(sha256.replace("b", "c")))
    path.write_bytes(b"abd")
    assert not download.is_published(path, file(""))


def test_every_data_set_that_needs_a_download_can_be_fetched():
    assert {name for name, source in catalog.SOURCES.items() if source.needs_download} == set(
        official.PUBLISHED
    )
