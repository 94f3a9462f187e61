"""Plants: five measurements of 1,600 made-up plants, the small table that the first slide's network learns.

The model, stated whole. Two factors decide how a plant grows: light and water, both without unit and about 0
on average. Each of four places draws them from a normal distribution of its own. Every measurement answers
to a weighted sum of the two and, as growth does, levels off at both ends:

    value = low + (high - low) * (1 / (1 + exp(-(a * light + b * water + c))) + noise)

with noise normal, 2 % of the range, and what leaves the range put back to its edge. Two numbers therefore say
nearly all about five columns, but along bent surfaces, where principal components have only a plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.fingerprint import fingerprint

NAME = "plants"
TITLE = "Plants (table)"
SEED = 525
PER_PLACE = 400
TEST_EVERY = 5
NOISE = 0.02
SPREAD = 0.6  # of light and of water within one place


@dataclass(frozen=True, slots=True)
class Measurement:
    """One column: its name and unit, what 0 and 1 stand for, and how it answers to light and water."""

    name: str
    unit: str
    low: float
    high: float
    light: float
    water: float
    rest: float


MEASUREMENTS = (
    Measurement("height", "cm", 0.0, 120.0, 1.1, 1.6, -0.4),
    Measurement("leaf area", "cm²", 0.0, 80.0, -1.3, 1.7, 0.2),
    Measurement("chlorophyll", "SPAD", 0.0, 60.0, 1.8, 0.9, 0.5),
    Measurement("stem", "mm", 0.0, 15.0, 2.0, 0.2, -0.3),
    Measurement("leaf temperature", "°C", 10.0, 40.0, 1.2, -1.5, 0.0),
)
PLACES = {"forest": (-1.1, 0.5), "meadow": (0.3, 0.1), "dune": (1.2, -1.2), "riverside": (0.8, 1.2)}


def load() -> Dataset:
    """The data set, always the same: (1,280 + 320, 5) float32 in [0, 1], factors light and water."""
    random = np.random.default_rng(SEED)
    label = np.repeat(np.arange(len(PLACES)), PER_PLACE)
    factors = np.array(list(PLACES.values()))[label] + SPREAD * random.standard_normal((len(label), 2))
    features = responses(factors)  # (n, 5)
    features = np.clip(features + NOISE * random.standard_normal(features.shape), 0.0, 1.0)
    order = random.permutation(len(features))
    tested = np.arange(len(features)) % TEST_EVERY == TEST_EVERY - 1

    def half(rows: np.ndarray) -> Split:
        light, water = factors[rows].T.astype(np.float32)
        return Split(
            features=features[rows].astype(np.float32),
            labels=label[rows].astype(np.int64),
            factors={"light": light.copy(), "water": water.copy()},
        )

    train, test = half(order[~tested]), half(order[tested])
    return Dataset(
        name=NAME,
        title=TITLE,
        train=train,
        test=test,
        class_names=tuple(PLACES),
        feature_names=tuple(one.name for one in MEASUREMENTS),
        feature_units=tuple(one.unit for one in MEASUREMENTS),
        feature_ranges=tuple((one.low, one.high) for one in MEASUREMENTS),
        fingerprint=fingerprint(NAME, train.features, test.features),
    )


def responses(factors: np.ndarray) -> np.ndarray:
    """The measurements without noise, scaled to [0, 1]: (n, 2) light and water -> (n, 5)."""
    weights = np.array([(one.light, one.water) for one in MEASUREMENTS])
    rest = np.array([one.rest for one in MEASUREMENTS])
    return 1.0 / (1.0 + np.exp(-(factors @ weights.T + rest)))
