"""Digits 8 x 8: the 1,797 real handwritten digits that come with scikit-learn, no download."""

from __future__ import annotations

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.fingerprint import fingerprint

NAME = "digits8"
TITLE = "Digits 8 x 8"
TEST_EVERY = 5  # of each class, every fifth digit is tested on and never trained on


def load() -> Dataset:
    """The data set, always with the same halves: float32 in [0, 1] (the 17 grey levels of the source)."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    features = (pixels / 16.0).astype(np.float32)
    labels = labels.astype(np.int64)
    tested = np.zeros(len(labels), bool)
    for digit in range(10):
        tested[np.flatnonzero(labels == digit)[TEST_EVERY - 1 :: TEST_EVERY]] = True
    train = Split(features=features[~tested], labels=labels[~tested])
    test = Split(features=features[tested], labels=labels[tested])
    return Dataset(
        name=NAME,
        title=TITLE,
        train=train,
        test=test,
        image_shape=(8, 8),
        class_names=tuple("0123456789"),
        fingerprint=fingerprint(NAME, train.features, test.features),
    )
