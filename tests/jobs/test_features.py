"""The features job and the few-labels job, called in this process: right sets, right rows, right counts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import encode
from fcae_gui.engine.events import Weights
from fcae_gui.jobs import features, few_labels
from fcae_gui.jobs.feature_sets import FeatureSets, request
from fcae_gui.jobs.registry import Arrays, JobFailed, Values

NETWORK = NetworkConfig(input_size=64, encoder_widths=(20,), code_size=8)


class Heard:
    """What a job told."""

    def __init__(self) -> None:
        self.parts: list[tuple[dict[str, Any], Arrays]] = []
        self.fractions: list[float] = []

    def progress(self, fraction: float | None, text: str = "") -> None:
        self.fractions.append(fraction or 0.0)

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        self.parts.append((values, arrays or {}))


@pytest.fixture
def asked() -> tuple[Arrays, Values, Weights]:
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    draw = np.random.default_rng(0)
    sizes = NETWORK.encoder_sizes
    encoder = tuple(
        (draw.normal(0, 0.3, (b, a)).astype(np.float32), np.zeros(b, np.float32)) for a, b in pairwise(sizes)
    )
    weights = Weights(generation=1, step=5, network=NETWORK, encoder=encoder, decoder=())
    arrays = request(weights, train=x[:1000], train_labels=y[:1000], test=x[1000:], test_labels=y[1000:])
    return arrays, {"network": NETWORK.to_json(), "seed": 3}, weights


def test_each_set_of_features_is_what_its_name_says(asked: tuple[Arrays, Values, Weights]) -> None:
    arrays, params, weights = asked
    sets = FeatureSets(arrays, params)
    rows = np.array([5, 3, 700])
    np.testing.assert_array_equal(sets.get("raw", "train", rows), arrays["train"][rows])
    np.testing.assert_allclose(
        sets.get("code", "test", rows), encode(weights, arrays["test"][rows]), atol=1e-5
    )
    reference = PCA(8, svd_solver="full").fit(arrays["train"].astype(np.float64))
    ours, theirs = sets.get("pca", "test", rows), reference.transform(arrays["test"][rows].astype(np.float64))
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-4)
    assert [sets.size(name) for name in ("raw", "pca", "code", "untrained")] == [64, 8, 8, 8]


def test_a_code_wider_than_the_samples_is_as_wide_as_it_says() -> None:
    draw = np.random.default_rng(0)
    network = NetworkConfig(input_size=5, encoder_widths=(), code_size=8)
    layer = (draw.normal(size=(8, 5)).astype(np.float32), np.zeros(8, np.float32))
    weights = Weights(generation=0, step=0, network=network, encoder=(layer,), decoder=())
    x, y = draw.random((60, 5)).astype(np.float32), np.arange(60) % 2
    arrays = request(weights, train=x, train_labels=y, test=x, test_labels=y)
    sets = FeatureSets(arrays, {"network": network.to_json()})
    for name, size in (("raw", 5), ("pca", 5), ("code", 8), ("untrained", 8)):
        assert sets.size(name) == sets.get(name, "test", np.arange(3)).shape[1] == size


def test_untrained_is_the_network_that_a_run_with_this_seed_starts_from(
    asked: tuple[Arrays, Values, Weights],
) -> None:
    from fcae_gui.data import digits
    from fcae_gui.engine.config import RunConfig, TrainingConfig
    from fcae_gui.engine.trainer import Trainer

    dataset = digits.load()
    network = NetworkConfig(input_size=64, encoder_widths=(20,), code_size=8)
    config = RunConfig(network=network, training=TrainingConfig(), data="digits8", seed=11, threads=1)
    trainer = Trainer(config, dataset)
    assert dataset.train.labels is not None and dataset.test.labels is not None
    arrays = request(
        trainer.weights(), train=dataset.train.features, train_labels=dataset.train.labels,
        test=dataset.test.features, test_labels=dataset.test.labels,
    )  # fmt: skip
    sets = FeatureSets(arrays, {"network": network.to_json(), "seed": 11})
    rows = np.arange(20)
    np.testing.assert_allclose(
        sets.get("untrained", "test", rows), sets.get("code", "test", rows), rtol=1e-3, atol=1e-5
    )


def test_every_classifier_meets_every_set_on_the_same_rows(asked: tuple[Arrays, Values, Weights]) -> None:
    arrays, params, _ = asked
    heard = Heard()
    wanted = {"classifiers": ["knn", "logistic"], "train_size": 300, "test_size": 200, "draw": 4}
    features.run(arrays, params | wanted, heard)
    pairs = [(values["classifier"], values["features"]) for values, _ in heard.parts]
    assert pairs == [(c, f) for c in ("knn", "logistic") for f in ("raw", "pca", "code", "untrained")]
    for values, found in heard.parts:
        assert (values["n_train"], values["n_test"]) == (300, 200)
        truth = arrays["test_labels"][found["test_rows"]]
        assert values["accuracy"] == pytest.approx(np.mean(truth == found["predicted"]))
        low, high = values["ci95"]
        assert low < values["accuracy"] < high
    assert len({found["test_rows"].tobytes() for _, found in heard.parts}) == 1
    assert heard.fractions == sorted(heard.fractions)


def test_all_features_of_a_repeat_see_the_same_labels_and_all_labels_are_drawn_once(
    asked: tuple[Arrays, Values, Weights],
) -> None:
    arrays, params, _ = asked
    heard = Heard()
    wanted = {"classifier": "knn", "features": ["raw", "pca"], "budgets": [2, None], "repeats": [3, 3]}
    few_labels.run(arrays, params | wanted, heard)
    said = [(v["budget"], v["repeat"], v["features"]) for v, _ in heard.parts]
    assert said == [
        *((2, repeat, name) for repeat in range(3) for name in ("raw", "pca")),
        (None, 0, "raw"),
        (None, 0, "pca"),
    ]
    assert [v["n_train"] for v, _ in heard.parts] == [20] * 6 + [1000] * 2
    assert heard.parts[-2][0]["accuracy"] > heard.parts[0][0]["accuracy"]


def test_data_of_one_class_and_a_code_that_is_not_finite_are_answered_in_one_sentence(
    asked: tuple[Arrays, Values, Weights],
) -> None:
    arrays, params, _ = asked
    with pytest.raises(JobFailed, match="two classes"):
        FeatureSets(arrays | {"train_labels": np.zeros(1000, np.int64)}, params)
    broken = arrays | {"encoder.0.weight": arrays["encoder.0.weight"] * np.float32(np.nan)}
    with pytest.raises(JobFailed, match="diverged"):
        FeatureSets(broken, params).get("code", "test", np.arange(3))
