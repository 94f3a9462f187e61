"""The cache file of a data set: everything comes back, nothing broken is opened."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.data import cache
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.errors import BadData
from fcae_gui.files import write_container
from tests.data import made


def dataset(**changes) -> Dataset:
    def split(n: int) -> Split:
        slant = np.linspace(-1, 1, n, dtype=np.float32)
        features = made.images(n).reshape(n, -1)
        return Split(features=features, labels=made.labels(n).astype(np.int64), factors={"slant": slant})

    fields = {
        "name": "mnist",
        "title": "A title",
        "train": split(20),
        "test": split(10),
        "image_shape": (28, 28),
        "class_names": tuple("0123456789"),
        "fingerprint": "f" * 64,
    }
    return Dataset(**{**fields, **changes})


def test_everything_comes_back(tmp_path):
    before = dataset()
    cache.save(tmp_path / "a", before, recipe="r")
    after = cache.load(tmp_path / "a")
    for name in ("name", "title", "image_shape", "class_names", "feature_names", "complete", "fingerprint"):
        assert getattr(after, name) == getattr(before, name)
    for half in ("train", "test"):
        np.testing.assert_array_equal(getattr(after, half).features, getattr(before, half).features)
        np.testing.assert_array_equal(getattr(after, half).labels, getattr(before, half).labels)
        np.testing.assert_array_equal(
            getattr(after, half).factors["slant"], getattr(before, half).factors["slant"]
        )
    assert cache.is_current(tmp_path / "a", recipe="r") and not cache.is_current(tmp_path / "a", recipe="s")


def test_a_table_without_labels_comes_back(tmp_path):
    table = Split(features=np.eye(5, dtype=np.float32))
    before = dataset(train=table, test=table, image_shape=None, class_names=(), feature_names=tuple("abcde"))
    cache.save(tmp_path / "a", before)
    after = cache.load(tmp_path / "a")
    assert after.train.labels is None and after.image_shape is None and after.feature_names == tuple("abcde")


def test_every_truncation_and_every_changed_byte_is_found(tmp_path):
    path = tmp_path / "a"
    cache.save(path, dataset())
    whole = path.read_bytes()
    for length in range(0, len(whole), 997):
        path.write_bytes(whole[:length])
        assert not cache.is_current(path)
        with pytest.raises(BadData, match="a "):
            cache.load(path)
    for place in range(8, len(whole), 499):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BadData):
            cache.load(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors, meta: tensors.pop("test.features"),
        lambda tensors, meta: meta.pop("class_names"),
        lambda tensors, meta: meta.update(image_shape=[28, 27]),
        lambda tensors, meta: meta.update(image_shape="square"),
        lambda tensors, meta: meta.update(class_names=["0"]),
        lambda tensors, meta: meta.update(class_names=None),
        lambda tensors, meta: tensors.update({"train.labels": np.full(4, -1, np.int64)}),
        lambda tensors, meta: tensors.update({"train.labels": np.zeros(3, np.int64)}),
        lambda tensors, meta: tensors.update({"train.labels": np.zeros(0, np.int64)}),
        lambda tensors, meta: tensors.update({"train.features": np.zeros((4, 784), np.float64)}),
    ],
)
def test_a_whole_file_whose_parts_do_not_fit_together_is_refused_by_name(tmp_path, change):
    tensors = {"train.features": np.zeros((4, 784), np.uint8), "test.features": np.zeros((4, 784), np.uint8)}
    tensors["train.labels"] = np.arange(4, dtype=np.int64)
    meta = {
        "name": "mnist", "title": "", "image_shape": [28, 28], "class_names": list("0123"),
        "feature_names": [], "fingerprint": "", "recipe": "",
    }  # fmt: skip
    write_container(tmp_path / "good", kind=cache.KIND, tensors=tensors, meta=meta)
    assert len(cache.load(tmp_path / "good").train) == 4
    change(tensors, meta)
    write_container(tmp_path / "a-file", kind=cache.KIND, tensors=tensors, meta=meta)
    with pytest.raises(BadData, match="a-file"):
        cache.load(tmp_path / "a-file")
