"""The selected samples as a file that other programs read: arrays (.npz) or one line per sample (.csv)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fcae_gui.data.dataset import Dataset
from fcae_gui.files import atomic_write

Array = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is known of k selected samples: numbers (k,) count the training half first, then the test half.

    codes: (k, code) or None; errors: (k,) sum of squared errors or None
    """

    dataset: Dataset
    numbers: Array
    codes: Array | None = None
    errors: Array | None = None

    def columns(self) -> dict[str, Array]:
        """One value per sample and name, (k,) each: half, row, label, error, code and factors."""
        n_train = len(self.dataset.train)
        test = self.numbers >= n_train
        rows = np.where(test, self.numbers - n_train, self.numbers)
        made: dict[str, Array] = {"half": np.where(test, "test", "train"), "row": rows}
        train_labels, test_labels = self.dataset.train.labels, self.dataset.test.labels
        if train_labels is not None and test_labels is not None:
            made["label"] = np.concatenate([train_labels, test_labels])[self.numbers]
        if self.errors is not None:
            made["squared_error"] = self.errors
        if self.codes is not None:
            made.update({f"code_{i + 1}": self.codes[:, i] for i in range(self.codes.shape[1])})
        for name, values in self.dataset.train.factors.items():
            if name in self.dataset.test.factors:
                made[name] = np.concatenate([values, self.dataset.test.factors[name]])[self.numbers]
        return made

    def features(self) -> Array:
        """The samples themselves, (k, d) as stored."""
        n_train = len(self.dataset.train)
        train, test = self.dataset.train.features, self.dataset.test.features
        made = np.empty((len(self.numbers), train.shape[1]), np.result_type(train, test))
        of_test = self.numbers >= n_train
        made[~of_test] = train[self.numbers[~of_test]]
        made[of_test] = test[self.numbers[of_test] - n_train]
        return made


def write(path: Path, chosen: Chosen) -> None:
    """Write as the name's ending says: ".csv", anything else as .npz. Raises OSError."""
    columns = chosen.columns()
    if path.suffix.lower() == ".csv":
        atomic_write(path, _as_csv(columns))
        return
    arrays: Mapping[str, Array] = {**columns, "features": chosen.features()}

    def save(file: BinaryIO) -> None:
        np.savez(file, **arrays)  # type: ignore[arg-type]

    atomic_write(path, save)


def _as_csv(columns: dict[str, Array]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    # Through repr of Python's own numbers: every digit that tells a float32 from its neighbours.
    parts = [
        [str(v) for v in values] if values.dtype.kind == "f" else values.tolist()
        for values in columns.values()
    ]
    writer.writerows(zip(*parts, strict=True))
    return text.getvalue().encode("utf-8")
