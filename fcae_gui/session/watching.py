"""Which samples a window shows: the columns of the reconstruction grid and the points of the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.events import Watch

MAP_POINTS = 10_000  # as many as a map can show without hiding itself, and a fifth of a second to encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The samples behind a Watch, ready for panels.

    grid: originals (k, d) float32 and their label names; map_features: (n, d) as stored, map_labels: (n,)
    """

    watch: Watch
    grid_images: np.ndarray
    grid_labels: tuple[str, ...]
    map_features: np.ndarray
    map_labels: np.ndarray | None


def choose(
    dataset: Dataset,
    watch_id: int,
    *,
    columns: int,
    grid_split: Literal["train", "test"] = "test",
    grid_seed: int = 0,
    all_points: bool = False,
) -> Shown:
    """Pick samples, the same for the same arguments: classes in turn for the grid, all for the map."""
    split = dataset.train if grid_split == "train" else dataset.test
    rows = _balanced_rows(split, columns, grid_seed)
    map_split: Literal["test", "all"]
    if all_points:
        map_split = "all"
        map_rows = np.arange(len(dataset.train) + len(dataset.test))
        features = np.concatenate([dataset.train.features, dataset.test.features])
        labels = _joined_labels(dataset)
    else:
        map_split = "test"
        count = min(len(dataset.test), MAP_POINTS)
        map_rows = np.arange(count)
        features = dataset.test.features[:count]
        labels = None if dataset.test.labels is None else dataset.test.labels[:count]
    return Shown(
        watch=Watch(
            watch_id=watch_id, grid_split=grid_split, grid_rows=rows, map_split=map_split, map_rows=map_rows
        ),
        grid_images=split.as_float(rows),
        grid_labels=_names(split, rows, dataset.class_names),
        map_features=features,
        map_labels=labels,
    )


def label_name(label: int | None, class_names: tuple[str, ...]) -> str:
    """The name of a label, its number when it has none, "" without a label."""
    if label is None:
        return ""
    return class_names[label] if 0 <= label < len(class_names) else str(label)


def label_of(shown: Shown, row: int, dataset: Dataset | None) -> str:
    """The name of the class of a sample on the map, "" without labels."""
    if shown.map_labels is None:
        return ""
    return label_name(int(shown.map_labels[row]), dataset.class_names if dataset is not None else ())


def sample_name(half: str, number: int) -> str:
    """ "training sample 1,204" of the "train" or "test" half; counted from 0 as everywhere."""
    return f"{'training' if half == 'train' else 'test'} sample {number:,}"


def name_on_map(shown: Shown, row: int, dataset: Dataset | None) -> str:
    """The sample of a row of the map: "test sample 1,204". The number counts within its half."""
    half, number = shown.watch.map_split, int(shown.watch.map_rows[row])
    if half != "all" or dataset is None:
        return sample_name(half, number)
    trained = len(dataset.train)
    return sample_name("train", number) if number < trained else sample_name("test", number - trained)


def caption_on_map(shown: Shown, row: int, dataset: Dataset | None) -> str:
    """The sample of a row of the map with its class, where it has one: "test sample 1,204, 7"."""
    label = label_of(shown, row, dataset)
    return name_on_map(shown, row, dataset) + (f", {label}" if label else "")


def _names(split: Split, rows: np.ndarray, class_names: tuple[str, ...]) -> tuple[str, ...]:
    if split.labels is None:
        return tuple("" for _ in rows)
    return tuple(label_name(int(label), class_names) for label in split.labels[rows])


def _joined_labels(dataset: Dataset) -> np.ndarray | None:
    if dataset.train.labels is None or dataset.test.labels is None:
        return None
    return np.concatenate([dataset.train.labels, dataset.test.labels])


def _balanced_rows(split: Split, count: int, seed: int) -> np.ndarray:
    """`count` rows, one class after the other, without repeats while there are samples."""
    rng = np.random.default_rng([seed, 0x5A])
    order = rng.permutation(len(split))
    if split.labels is None:
        return np.resize(order, count)
    labels = split.labels[order]
    classes = np.unique(labels)
    queues = {int(c): list(order[labels == c][: count + 1]) for c in classes}
    rows: list[int] = []
    while len(rows) < count:
        taken = len(rows)
        for queue in queues.values():
            if queue and len(rows) < count:
                rows.append(int(queue.pop(0)))
        if len(rows) == taken:  # fewer samples than columns
            rows = list(np.resize(np.array(rows), count))
    return np.array(rows, np.int64)
