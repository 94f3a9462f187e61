"""The one shape of every data set: features, and where they exist labels, image shape and factors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Samples of one half of a data set.

    features: (n, d), uint8 (255 stands for 1.0) or float32
    labels:   (n,) int64, or None
    factors:  named values per sample, each (n,) float32, such as the slant that generated a stroke
    """

    features: Array
    labels: Array | None = None
    factors: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.features.ndim != 2:
            raise ValueError(f"features must have 2 dimensions, got shape {self.features.shape}")
        if self.features.dtype not in (np.uint8, np.float32):
            raise ValueError(f"features must be uint8 or float32, got {self.features.dtype}")
        if self.labels is not None and self.labels.shape != (len(self.features),):
            raise ValueError(f"labels must have shape ({len(self.features)},), got {self.labels.shape}")
        for name, values in self.factors.items():
            if values.shape != (len(self.features),):
                raise ValueError(f"factor {name} must have shape ({len(self.features)},), got {values.shape}")

    def __len__(self) -> int:
        return len(self.features)

    def as_float(self, rows: Array | slice | None = None) -> Array:
        """Features as float32 (n, d), uint8 divided by 255; `rows` selects first: little is copied."""
        chosen = self.features if rows is None else self.features[rows]
        if chosen.dtype == np.uint8:
            return chosen.astype(np.float32) / np.float32(255.0)
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A named data set with a training and a test half.

    image_shape: (height, width) with height * width == number of features, or None for a table
    class_names: one name per label value, empty without labels
    feature_names, feature_units: one per column of a table, such as "length" and "mm"; empty where not known
    feature_ranges: (low, high) per column: what 0.0 and 1.0 stand for in those units; empty when not scaled
    complete:    False while more samples of the same kind are still being made (Strokes at first start)
    fingerprint: SHA-256 (hex) of name and features, so that a run file can say which data it saw
    """

    name: str
    title: str
    train: Split
    test: Split
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    feature_units: tuple[str, ...] = ()
    feature_ranges: tuple[tuple[float, float], ...] = ()
    complete: bool = True
    fingerprint: str = ""
    _labels: str = field(default="", init=False, repr=False, compare=False)  # digest, made when asked for

    def __post_init__(self) -> None:
        if len(self.train) == 0 or len(self.test) == 0:
            raise ValueError(
                f"a data set needs training and test samples, got {len(self.train)} and {len(self.test)}"
            )
        if self.train.features.shape[1] != self.test.features.shape[1]:
            raise ValueError(
                f"training and test samples must have the same number of features, got "
                f"{self.train.features.shape[1]} and {self.test.features.shape[1]}"
            )
        if self.image_shape is not None and self.image_shape[0] * self.image_shape[1] != self.n_features:
            raise ValueError(f"image_shape {self.image_shape} does not hold {self.n_features} features")
        for field_name in ("feature_names", "feature_units", "feature_ranges"):
            given = len(getattr(self, field_name))
            if given not in (0, self.n_features):
                raise ValueError(f"{field_name} must have {self.n_features} entries or none, got {given}")

    @property
    def n_features(self) -> int:
        """Number of features of a sample: the input size of a network that learns it."""
        return int(self.train.features.shape[1])

    @property
    def identity(self) -> tuple[str, str, int, int, str]:
        """Equal for two loads of the same data with the same labels."""
        if not self._labels:
            whole = hashlib.sha256(repr(self.class_names).encode())
            for half in (self.train, self.test):
                values = b"none" if half.labels is None else half.labels.astype(np.int64).tobytes()
                whole.update(f"\n{len(values)} ".encode() + values)
            object.__setattr__(self, "_labels", whole.hexdigest())
        return (self.name, self.fingerprint, len(self.train), len(self.test), self._labels)

    @property
    def column_titles(self) -> tuple[str, ...]:
        """Names of the columns with their units: ("length, mm", ...); empty when there are none."""
        units = self.feature_units or ("",) * len(self.feature_names)
        return tuple(
            f"{name}, {unit}" if unit else name for name, unit in zip(self.feature_names, units, strict=True)
        )

    @property
    def in_unit_range(self) -> bool:
        """True when every feature lies in [0, 1], as the cross-entropy loss needs."""
        for split in (self.train, self.test):
            if split.features.dtype != np.uint8:
                low, high = float(split.features.min()), float(split.features.max())
                if not (low >= 0.0 and high <= 1.0):
                    return False
        return True
