"""Plain values of own data: what was found, what a person chooses, and the name under which it is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlencode

import numpy as np

from fcae_gui.data.errors import BadData, UnknownData
from fcae_gui.data.own import limits
from fcae_gui.files import shown

Kind = Literal["idx", "npz", "npy", "csv", "images"]
Scale = Literal["unit", "standard", "pixels"]
SCALES: tuple[Scale, ...] = get_args(Scale)
PREFIX = "own:"
NO_LABEL = ""
TEST_SHARE = 0.2
SAMPLES_SHOWN = 12
ROWS_SHOWN = 6

Say = Callable[..., None]  # progress: stage=, done=, total=


def quiet(**_said: Any) -> None:
    """A Say for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is done with the data. Two equal Choices on the same file make the same data set.

    label:  the column, array or source of the labels, "" for none
    scale:  "unit" puts every column into [0, 1], "standard" gives it mean 0 and variance 1, "pixels" divides
            all by one number
    height, width: of a picture, 0 for a table; a folder of images is resized to it
    share:  part of the samples that is held out as test set where the file has none of its own
    """

    label: str = NO_LABEL
    scale: Scale = "unit"
    height: int = 0
    width: int = 0
    share: float = TEST_SHARE

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {self.scale!r}")
        for name in ("height", "width"):
            if not 0 <= getattr(self, name) <= limits.MAX_IMAGE_SIDE:
                raise ValueError(
                    f"{name} must be from 0 to {limits.MAX_IMAGE_SIDE}, got {getattr(self, name)}"
                )
        if bool(self.height) != bool(self.width):
            raise ValueError(f"height and width go together, got {self.height} and {self.width}")
        if not 0.01 <= self.share <= 0.9:
            raise ValueError(f"share must be from 0.01 to 0.9, got {self.share}")

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """(height, width), or None for a table."""
        return (self.height, self.width) if self.height else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file or folder holds, before it is loaded.

    count:        samples, counted or (counted False) estimated from the part that was looked at
    image_shape:  (height, width) of the pictures, None for a table
    shapes:       the ways of reading it: (height, width) for pictures, (0, 0) for a table
    resizes:      the size of pictures can be chosen freely (a folder of images), which have so many `sizes`
    columns:      of a table: names of all, in order
    left_out:     (column, why) of those that are not learned
    labels:       what can be chosen as labels, "" is always among them
    classes:      (name, samples) with the suggested labels, in what was looked at
    own_test:     samples in the file's own test part, 0 when there is none
    missing:      missing values in what was looked at
    skipped:      (file or line, why), at most a hundred of `n_skipped`
    notes:        sentences a person should know before loading
    rows:         a few rows of a table as text
    samples:      a few pictures, (k, height, width) uint8; empty for a table
    sample_names: what is written below each of them
    """

    path: str
    kind: Kind
    title: str
    count: int
    counted: bool = True
    n_features: int = 0
    image_shape: tuple[int, int] | None = None
    shapes: tuple[tuple[int, int], ...] = ()
    resizes: bool = False
    sizes: int = 1
    colour: bool = False
    columns: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = (NO_LABEL,)
    classes: tuple[tuple[str, int], ...] = ()
    own_test: int = 0
    missing: int = 0
    n_skipped: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sample_names: tuple[str, ...] = ()
    choices: Choices = field(default_factory=Choices)
    samples: np.ndarray = field(default_factory=lambda: np.zeros((0, 1, 1), np.uint8))

    def as_json(self) -> str:
        """Everything but the samples, as one line of JSON."""
        return json.dumps(
            asdict(replace(self, samples=np.zeros((0, 1, 1), np.uint8))), default=lambda _: None
        )

    @staticmethod
    def from_json(text: str, samples: np.ndarray) -> Found:
        """The inverse of `as_json`; only ever given what our own child process wrote."""
        value = json.loads(text)
        value["choices"] = Choices(**value["choices"])
        value["samples"] = samples
        if value["image_shape"] is not None:
            value["image_shape"] = tuple(value["image_shape"])
        for name in ("shapes", "left_out", "classes", "skipped", "rows"):
            value[name] = tuple(tuple(one) for one in value[name])
        for name in ("columns", "labels", "notes", "sample_names"):
            value[name] = tuple(value[name])
        return Found(**value)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where own data came from and what was chosen: its name in data sets, run files and settings."""

    path: Path
    choices: Choices

    @property
    def name(self) -> str:
        """`own:PATH?choices`, from which `parse` gets the same Origin. Raises BadData when it is too long."""
        base = Choices()
        given = {key: value for key, value in asdict(self.choices).items() if value != getattr(base, key)}
        name = f"{PREFIX}{self.path}?{urlencode(given)}"
        if len(name) > limits.MAX_NAME:
            raise BadData(f"{shown(self.path)} lies too deep: its path has {len(str(self.path)):,} letters.")
        return name

    @property
    def title(self) -> str:
        """The file's name, shortened where it is long."""
        return shown(self.path)

    @staticmethod
    def parse(name: str) -> Origin:
        """Raises UnknownData for what is no such name."""
        path, mark, query = name.removeprefix(PREFIX).rpartition("?")
        if not (name.startswith(PREFIX) and mark and path) or "\0" in path:
            raise UnknownData("The run does not say where its own data lies.")
        try:
            given = dict(parse_qsl(query, strict_parsing=bool(query), keep_blank_values=True))
            kinds = {"height": int, "width": int, "share": float}
            choices = Choices(**{key: kinds.get(key, str)(value) for key, value in given.items()})
        except (TypeError, ValueError):
            raise UnknownData(f"What was chosen for {shown(Path(path))} cannot be understood.") from None
        return Origin(Path(path), choices)


def is_own(name: str) -> bool:
    """True for the name of own data."""
    return name.startswith(PREFIX)
