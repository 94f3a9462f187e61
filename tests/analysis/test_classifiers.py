"""Each classifier is scikit-learn's, and treats every scale of the features alike."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from fcae_gui.analysis.classifiers import CLASSIFIERS, fit_predict, make


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    return x[:600], y[:600], x[1000:1400], y[1000:1400]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_reads_digits_and_does_not_care_for_their_scale(name: str, digits) -> None:  # type: ignore[no-untyped-def]
    x, y, test, truth = digits
    found = fit_predict(name, x, y, test, trees=60)
    assert np.mean(found.predicted == truth) > 0.85
    assert found.fit_s >= 0
    other = fit_predict(name, 50 * x + 3, y, 50 * test + 3, trees=60)
    assert np.mean(other.predicted == found.predicted) > 0.99


def test_the_nearest_neighbours_are_found_as_by_hand(digits) -> None:  # type: ignore[no-untyped-def]
    x, y, test, _ = digits
    away = np.square(test[:40, None, :] - x[None]).sum(axis=2)
    nearest = np.argsort(away, axis=1)[:, :5]
    votes = np.array([np.bincount(y[row], minlength=10).argmax() for row in nearest])
    np.testing.assert_array_equal(fit_predict("knn", x, y, test[:40]).predicted, votes)


def test_fewer_samples_than_neighbours_and_a_single_class_are_answered(digits) -> None:  # type: ignore[no-untyped-def]
    x, y, test, _ = digits
    assert len(fit_predict("knn", x[:3], y[:3], test).predicted) == len(test)
    with pytest.raises(ValueError, match="two classes"):
        fit_predict("knn", x[:5], np.zeros(5, np.int64), test)


def test_an_unknown_classifier_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"knn.*got 'oracle'"):
        make("oracle")
