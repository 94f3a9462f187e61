"""Transfer: which weights each way starts from and moves, and that an encoder helps where labels are few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from fcae_gui.data import digits
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.trainer import Trainer
from fcae_gui.jobs import transfer
from fcae_gui.jobs.feature_sets import FeatureSets, request
from fcae_gui.jobs.registry import Arrays, Values

from .test_features import Heard


@pytest.fixture(scope="module")
def learned() -> tuple[Arrays, dict[str, Any]]:
    dataset = digits.load()
    network = NetworkConfig(input_size=64, encoder_widths=(48,), code_size=16, activation="tanh")
    training = TrainingConfig(learning_rate=5e-3, batch_size=64)
    trainer = Trainer(RunConfig(network=network, training=training, data="digits8", threads=1), dataset)
    for _ in range(400):
        trainer.step()
    train, test = dataset.train, dataset.test
    assert train.labels is not None and test.labels is not None
    arrays = request(
        trainer.weights(), train=train.features, train_labels=train.labels, test=test.features,
        test_labels=test.labels,
    )  # fmt: skip
    return arrays, {"network": network.to_json(), "seed": 0}


def _encoder(reader: transfer.Reader) -> list[np.ndarray]:
    return [p.detach().numpy().copy() for p in reader._network.encoder.parameters()]


@pytest.mark.parametrize("way", transfer.WAYS)
def test_only_what_may_learn_moves_and_each_way_starts_where_it_says(
    learned: tuple[Arrays, Values], way: str
) -> None:
    arrays, params = learned
    sets = FeatureSets(arrays, params)
    reader = transfer.Reader(sets, way, seed=0)
    before = _encoder(reader)
    same = np.allclose(before[0], arrays["encoder.0.weight"])
    assert same == (way != "scratch")
    x = torch.from_numpy(sets.get("raw", "train", np.arange(100)))
    y = torch.from_numpy(sets.labels["train"][:100])
    reader.learn(x, y, seed=0)
    moved = not all(np.array_equal(a, b) for a, b in zip(before, _encoder(reader), strict=True))
    assert moved == (way != "frozen")
    assert np.mean(reader.classify(x) == y.numpy()) > 0.9


def test_every_way_sees_the_same_labels_and_the_encoder_helps(learned: tuple[Arrays, Values]) -> None:
    arrays, params = learned
    heard = Heard()
    transfer.run(arrays, params | {"budgets": [10], "repeats": [2]}, heard)
    said = [(v["repeat"], v["features"]) for v, _ in heard.parts]
    assert said == [(repeat, way) for repeat in range(2) for way in transfer.WAYS]
    assert {v["n_train"] for v, _ in heard.parts} == {100}
    accuracy = {way: np.mean([v["accuracy"] for v, _ in heard.parts if v["features"] == way])
                for way in transfer.WAYS}  # fmt: skip
    assert min(accuracy.values()) > 0.6
    assert accuracy["tuned"] > accuracy["scratch"] - 0.03
