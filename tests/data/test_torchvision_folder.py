"""Folders as torchvision lays them out: found, read, and named when a file is broken."""

from __future__ import annotations

import hashlib
import shutil
import time

import numpy as np
import pytest

from fcae_gui.data import torchvision_folder as tv
from fcae_gui.data.errors import BadData
from fcae_gui.data.official import PUBLISHED
from tests.data import made


def read(name, folder):
    found = tv.locate(name, [folder])
    assert found is not None
    return tv.read(found)


@pytest.mark.parametrize(
    ("name", "folder"), [("mnist", "MNIST"), ("fashion", "FashionMNIST"), ("kmnist", "KMNIST")]
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_mnist_layout_is_read_packed_and_unpacked(tmp_path, name, folder, packed):
    made.write(tmp_path / folder / "raw", made.mnist_like(), packed=packed)
    dataset = read(name, tmp_path)
    assert (dataset.name, len(dataset.train), len(dataset.test)) == (name, 20, 10)
    assert dataset.image_shape == (28, 28) and len(dataset.class_names) == 10
    np.testing.assert_array_equal(dataset.train.features, made.images(20).reshape(20, 784))
    np.testing.assert_array_equal(dataset.test.labels, np.arange(10))
    assert "20 of 60,000" in dataset.title  # a smaller edition never passes for the published one


def test_emnist_images_are_turned_upright_and_letters_start_at_a(tmp_path):
    upright = made.images(52)
    files = {}
    for part in ("train", "test"):
        stem = f"emnist-letters-{part}"
        files[f"{stem}-images-idx3-ubyte"] = made.idx(np.ascontiguousarray(upright.transpose(0, 2, 1)))
        files[f"{stem}-labels-idx1-ubyte"] = made.idx(made.labels(52, 26, first=1))
    made.write(tmp_path / "EMNIST" / "raw", files)
    dataset = read("emnist-letters", tmp_path)
    np.testing.assert_array_equal(dataset.train.features, upright.reshape(52, -1))
    assert dataset.class_names[dataset.train.labels[0]] == "a"
    assert dataset.class_names[dataset.train.labels[25]] == "z"


def test_qmnist_takes_the_class_from_its_rows_of_eight(tmp_path):
    rows = np.zeros((20, 8), np.int32)
    rows[:, 0] = made.labels(20)
    rows[:, 2] = np.arange(20) + 70_000  # the writer, not a class
    files = {}
    for part in ("train", "test"):
        files[f"qmnist-{part}-images-idx3-ubyte"] = made.idx(made.images(20))
        files[f"qmnist-{part}-labels-idx2-int"] = made.idx(rows)
    made.write(tmp_path / "QMNIST" / "raw", files)
    np.testing.assert_array_equal(read("qmnist", tmp_path).train.labels, made.labels(20))


@pytest.mark.parametrize("inside", [".", "USPS"])
def test_usps_lies_in_the_root_itself_and_its_labels_start_at_one(tmp_path, inside):
    pixels = np.random.default_rng(0).uniform(-1, 1, (20, 256))
    raw = made.usps(pixels, made.labels(20, 10, first=1))
    made.write(tmp_path / inside, {"usps.bz2": raw, "usps.t.bz2": raw})
    dataset = read("usps", tmp_path)
    assert dataset.image_shape == (16, 16) and dataset.in_unit_range
    np.testing.assert_array_equal(dataset.test.labels, made.labels(20))
    np.testing.assert_allclose(dataset.train.features, (pixels + 1) / 2, atol=1e-5)


@pytest.mark.parametrize("inside", ["MNIST", "MNIST/raw"])
def test_a_folder_further_inside_is_understood(tmp_path, inside):
    made.write(tmp_path / "MNIST" / "raw", made.mnist_like())
    assert tv.locate("mnist", [tmp_path / inside]) is not None


@pytest.mark.parametrize("name", made.MNIST_FILES)
@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_file_is_named_with_its_folder(tmp_path, name, packed):
    raw = made.write(tmp_path / "MNIST" / "raw", made.mnist_like(), packed=packed)
    path = raw / (f"{name}.gz" if packed else name)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(BadData) as caught:
        read("mnist", tmp_path)
    assert name in str(caught.value) and str(raw) in str(caught.value) and "cut short" in str(caught.value)
    if not packed:
        assert not tv.looks_whole(tv.locate("mnist", [tmp_path]))


def test_labels_that_no_class_has_are_refused(tmp_path):
    files = made.mnist_like()
    files["t10k-labels-idx1-ubyte"] = made.idx(np.full(10, 10, np.uint8))
    made.write(tmp_path / "MNIST" / "raw", files)
    with pytest.raises(BadData, match=r"t10k-labels.*outside 0 to 9"):
        read("mnist", tmp_path)


def test_images_and_labels_that_do_not_belong_together_are_refused(tmp_path):
    files = made.mnist_like()
    files["train-labels-idx1-ubyte"] = made.idx(made.labels(19))
    made.write(tmp_path / "MNIST" / "raw", files)
    with pytest.raises(BadData, match="19 labels for 20 images"):
        read("mnist", tmp_path)


def test_images_of_another_size_are_refused(tmp_path):
    files = made.mnist_like() | {"t10k-images-idx3-ubyte": made.idx(made.images(10, side=27))}
    made.write(tmp_path / "MNIST" / "raw", files)
    with pytest.raises(BadData, match="28 x 28"):
        read("mnist", tmp_path)


def test_a_folder_with_a_file_missing_is_not_taken_and_says_which(tmp_path):
    raw = made.write(tmp_path / "MNIST" / "raw", made.mnist_like())
    (raw / "t10k-labels-idx1-ubyte").unlink()
    assert tv.locate("mnist", [tmp_path]) is None
    assert tv.lacking("mnist", [tmp_path]) == f"{raw} lacks t10k-labels-idx1-ubyte"
    assert tv.lacking("kmnist", [tmp_path]) == ""


@pytest.mark.mnist
def test_the_real_mnist_is_read_whole_and_quickly(mnist_dir):
    dataset = read("mnist", mnist_dir)
    assert dataset.title == "MNIST" and (len(dataset.train), len(dataset.test)) == (60_000, 10_000)
    assert np.bincount(dataset.train.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert dataset.train.as_float().mean() == pytest.approx(0.1306604, abs=1e-6)
    # Against the least that any reader must do, so that the machine's load does not decide.
    raw = mnist_dir / "MNIST" / "raw"

    def least():
        for path in raw.glob("*-ubyte"):
            hashlib.sha256(path.read_bytes())

    def seconds(work):
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        return min(times)

    assert seconds(lambda: read("mnist", mnist_dir)) < 3 * seconds(least) + 0.05


@pytest.mark.mnist
@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_one_altered_value_in_the_real_mnist_is_found_and_named(mnist_dir, tmp_path, name):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in made.MNIST_FILES:
        if file == name:
            shutil.copyfile(mnist_dir / "MNIST" / "raw" / file, raw / file)
        else:
            (raw / file).symlink_to(mnist_dir / "MNIST" / "raw" / file)
    with (raw / name).open("r+b") as opened:
        opened.seek(5_000)
        old = opened.read(1)[0]
        opened.seek(5_000)
        opened.write(bytes([(old + 1) % 10]))
    with pytest.raises(BadData, match=f"{name} is not the published MNIST"):
        read("mnist", tmp_path)


def test_the_published_list_agrees_with_torchvisions_own():
    mnist = pytest.importorskip("torchvision.datasets.mnist", exc_type=Exception)
    usps = pytest.importorskip("torchvision.datasets.usps", exc_type=Exception)
    for name, theirs in (("mnist", mnist.MNIST), ("fashion", mnist.FashionMNIST), ("kmnist", mnist.KMNIST)):
        assert {(f.packed, f.md5) for f in PUBLISHED[name].downloads} == set(theirs.resources)
    qmnist = {
        (url.rsplit("/", 1)[1], md5)
        for part in ("train", "test")
        for url, md5 in mnist.QMNIST.resources[part]
    }
    assert {(f.packed, f.md5) for f in PUBLISHED["qmnist"].downloads} == qmnist
    assert {(f.packed, f.md5) for f in PUBLISHED["usps"].downloads} == {
        (name, md5) for _, name, md5 in usps.USPS.split_list.values()
    }
    (archive,) = PUBLISHED["emnist-letters"].downloads
    assert archive.md5 == mnist.EMNIST.md5 and mnist.EMNIST.url.endswith(archive.packed)


def test_every_known_server_is_reached_by_https_alone():
    for item in PUBLISHED.values():
        assert item.mirrors and all(m.startswith("https://") and m.endswith("/") for m in item.mirrors)
