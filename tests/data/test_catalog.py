"""What data there is, where it is found, and what is said when it is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fcae_gui
from fcae_gui import paths
from fcae_gui.data import cache, catalog, torchvision_folder
from fcae_gui.data.errors import BadData, MissingData, UnknownData
from fcae_gui.files import BadFile
from tests.data import made
from tests.data.test_cache import dataset


@pytest.fixture(autouse=True)
def empty_machine(tmp_path, monkeypatch):
    """No data anywhere but where a test puts it."""
    monkeypatch.setenv(paths.CACHE_DIR_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(paths.DATA_DIR_VARIABLE, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def test_the_issues_data_sets_are_all_there():
    assert set(catalog.SOURCES) == {
        "strokes", "digits8", "plants", "mnist", "fashion", "kmnist",
        "emnist-digits", "emnist-letters", "qmnist", "usps",
    }  # fmt: skip
    for name, source in catalog.SOURCES.items():
        assert source.name == name and source.title and source.text
        assert source.needs_download == (source.size_mb > 0)
    assert catalog.SOURCES["mnist"].size_mb == pytest.approx(11.6)


def test_an_empty_machine_has_the_built_in_data_and_says_so_for_the_rest():
    assert catalog.default_name() == "strokes"
    assert catalog.find("digits8") == "ready"
    for name in ("strokes", "mnist", "usps", "emnist-letters"):
        assert catalog.find(name) == "missing"
        with pytest.raises(MissingData, match=f"^{catalog.SOURCES[name].title} "):
            catalog.load(name)


def test_mnist_in_a_folder_is_the_default_and_is_used_without_a_download(tmp_path):
    made.write(tmp_path / "mine" / "MNIST" / "raw", made.mnist_like())
    assert catalog.find("mnist", tmp_path / "mine") == "folder"
    assert catalog.default_name(tmp_path / "mine") == "mnist"
    assert len(catalog.load("mnist", tmp_path / "mine").train) == 20


@pytest.mark.parametrize("place", ["here/data", "home/data", "cache"])
def test_the_usual_folders_are_looked_into(tmp_path, place):
    made.write(tmp_path / place / "MNIST" / "raw", made.mnist_like())
    assert catalog.find("mnist") == "folder" and catalog.default_name() == "mnist"


def test_the_environment_names_a_folder(tmp_path, monkeypatch):
    made.write(tmp_path / "env" / "KMNIST" / "raw", made.mnist_like(), packed=True)
    monkeypatch.setenv(paths.DATA_DIR_VARIABLE, str(tmp_path / "env"))
    assert catalog.load("kmnist").class_names[3] == "tsu"


def test_a_folder_that_the_user_named_goes_before_the_cache_and_the_usual_folders_after_it(tmp_path):
    cache.save(cache.path_of("mnist"), dataset(title="cached"))
    made.write(tmp_path / "here" / "data" / "MNIST" / "raw", made.mnist_like())
    assert catalog.find("mnist") == "ready" and catalog.load("mnist").title == "cached"
    made.write(tmp_path / "mine" / "MNIST" / "raw", made.mnist_like(30))
    assert catalog.find("mnist", tmp_path / "mine") == "folder"
    assert len(catalog.load("mnist", tmp_path / "mine").train) == 30


def test_a_truncated_folder_is_not_the_default_and_is_named_when_asked_for(tmp_path):
    raw = made.write(tmp_path / "mine" / "MNIST" / "raw", made.mnist_like())
    images = raw / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:1000])
    assert catalog.default_name(tmp_path / "mine") == "strokes"
    with pytest.raises(BadData, match=r"train-images-idx3-ubyte is cut short"):
        catalog.load("mnist", tmp_path / "mine")


def test_a_folder_with_a_file_missing_is_named(tmp_path):
    raw = made.write(tmp_path / "mine" / "MNIST" / "raw", made.mnist_like())
    (raw / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(MissingData, match="lacks train-labels-idx1-ubyte"):
        catalog.load("mnist", tmp_path / "mine")


def test_a_damaged_cache_file_is_removed_so_that_it_can_be_made_again():
    path = cache.path_of("mnist")
    cache.save(path, dataset())
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert catalog.find("mnist") == "ready"  # its header is whole
    with pytest.raises(MissingData, match="was damaged"):
        catalog.load("mnist")
    assert catalog.find("mnist") == "missing"


def test_a_cache_folder_that_cannot_be_made_does_not_stop_the_program(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv(paths.CACHE_DIR_VARIABLE, str(tmp_path / "file" / "cache"))
    assert catalog.default_name() == "strokes" and catalog.find("mnist") == "missing"
    with pytest.raises(MissingData):
        catalog.load("mnist")


@pytest.mark.parametrize("packed", [False, True])
def test_features_can_be_handed_to_torch_without_a_copy(tmp_path, packed):
    made.write(tmp_path / "MNIST" / "raw", made.mnist_like(), packed=packed)
    assert catalog.load(
        "mnist", tmp_path
    ).train.features.flags.writeable  # torch warns about read-only arrays


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("mnist", "mnist"),
        ("MNIST", "mnist"),
        ("Fashion-MNIST", "fashion"),
        ("fashion_mnist", "fashion"),
        ("digits", "digits8"),
        ("Digits 8x8", "digits8"),
        ("EMNIST letters", "emnist-letters"),
        (" usps ", "usps"),
    ],
)
def test_friendly_names_are_understood(written, name):
    assert catalog.resolve(written) == name


@pytest.mark.parametrize("ask", [catalog.resolve, catalog.find, catalog.load])
def test_an_unknown_name_lists_the_known_ones(ask):
    with pytest.raises(
        UnknownData, match=r"^There is no data set 'cats'; choose one of strokes, digits8, plants, mnist"
    ):
        ask("cats")


def test_every_complaint_is_a_bad_file_so_that_one_handler_shows_them_all():
    assert all(issubclass(kind, BadFile) for kind in (BadData, MissingData, UnknownData))


def test_the_first_strokes_are_there_at_once_and_not_complete():
    quick = catalog.load_quick_strokes()
    assert (len(quick.train), len(quick.test), quick.complete) == (2_000, 500, False)
    assert len(quick.fingerprint) == 64 and quick.image_shape == (28, 28)


def test_digits_8x8_are_1797_and_always_split_alike():
    first, second = catalog.load("digits8"), catalog.load("digits8")
    assert len(first.train) + len(first.test) == 1797 and first.in_unit_range
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint == "984e09608d8b3b3ee90cd3d7ee9db0b6c4d3ed2eefda660a16b18d6dfd1056b4"
    from sklearn.datasets import load_digits

    ours = np.concatenate([first.train.features, first.test.features]) * 16
    theirs = load_digits().data
    assert sorted(map(bytes, ours.astype(np.uint8))) == sorted(map(bytes, theirs.astype(np.uint8)))
    shares = np.bincount(first.test.labels) / np.bincount(first.train.labels)
    assert shares.min() > 0.22 and shares.max() < 0.26  # every class alike in both halves


def test_the_fingerprint_changes_with_one_pixel(tmp_path):
    files = made.mnist_like()
    made.write(tmp_path / "a" / "MNIST" / "raw", files)
    other = bytearray(files["t10k-images-idx3-ubyte"])
    other[-1] ^= 1
    made.write(tmp_path / "b" / "MNIST" / "raw", files | {"t10k-images-idx3-ubyte": bytes(other)})
    first, second = (catalog.load("mnist", tmp_path / name).fingerprint for name in "ab")
    assert len(first) == 64 and first != second
    found = torchvision_folder.locate("mnist", [tmp_path / "a"])
    assert found is not None and torchvision_folder.read(found).fingerprint == first


def test_asking_what_there_is_imports_no_heavy_library():
    script = (
        "import sys; from fcae_gui.data import catalog; catalog.default_name(); catalog.find('strokes');"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'PySide6', 'scipy') if m in sys.modules])"
    )
    root = str(Path(fcae_gui.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert found.stdout.strip() == "[]"
