"""The lines on screen are a program: run as they stand they are this program's network and its training."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from fcae_gui.engine.code_text import code_text, import_text, module_text, start_text, training_text
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.network import Autoencoder, initialise
from fcae_gui.engine.trainer import Trainer

from .samples import blobs

DEEP = NetworkConfig(input_size=20, encoder_widths=(12, 7), code_size=3)
NETWORKS = {
    "leaky slope": replace(DEEP, leaky_slope=0.123456789),
    "linear": replace(DEEP, activation="none", output_activation="none"),
    "relu and a code of leaky relu": replace(DEEP, activation="relu", code_activation="leaky_relu"),
    "elu": replace(DEEP, activation="elu", start="pytorch"),
    "silu": replace(DEEP, activation="silu", code_activation="sigmoid"),
    "he": replace(DEEP, activation="silu", start="he"),
    "tanh": replace(DEEP, activation="tanh", code_activation="tanh", output_activation="none"),
    "one hidden layer": NetworkConfig(input_size=5, encoder_widths=(), code_size=2, start="normal"),
}


def run(text: str, **names: Any) -> dict[str, Any]:
    space = dict(names)
    exec(text, space)
    return space


@pytest.mark.parametrize("name", NETWORKS)
def test_the_class_computes_what_the_network_here_computes(name: str) -> None:
    config = RunConfig(network=NETWORKS[name], training=TrainingConfig(), data="any")
    ours = Autoencoder(config.network)
    samples = torch.rand(9, config.network.input_size, generator=torch.Generator().manual_seed(1))
    initialise(ours, 3, samples.mean(0))
    theirs = run(import_text(config) + module_text(config.network))["Autoencoder"]()
    theirs.load_state_dict(ours.state_dict())  # the names and shapes are the same
    assert torch.allclose(theirs(samples), ours(samples), rtol=0, atol=1e-6)
    assert torch.allclose(theirs.encode(samples), ours.encode(samples), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["leaky slope", "linear", "he", "one hidden layer"])
def test_the_start_is_the_one_that_the_run_has(name: str) -> None:
    config = RunConfig(network=NETWORKS[name], training=TrainingConfig(), data="any", seed=5)
    samples = torch.rand(50, config.network.input_size, generator=torch.Generator().manual_seed(1))
    text = import_text(config) + module_text(config.network) + "\n" + start_text(config)
    model = run(text, samples=samples)["model"]
    first, last = model.encoder[0], model.decoder[-1]
    mean = samples.mean(0)
    if config.network.start == "normal":
        assert float(first.bias.detach().abs().max()) == 0 and 0.02 < float(first.weight.detach().std()) < 0.3
        return
    assert float(torch.abs(first(mean)).max().detach()) < 1e-5  # the mean sample is the middle
    wanted = mean.logit() if config.network.output_activation == "sigmoid" else mean
    assert torch.allclose(last.bias, wanted, atol=1e-5)


TRAININGS = {
    "adam": TrainingConfig(optimizer="adam", learning_rate=0.01, epochs=4, batch_size=512),
    "adamw, cosine after warm-up": TrainingConfig(
        optimizer="adamw", learning_rate=0.02, weight_decay=0.1, schedule="cosine", warmup_steps=3,
        epochs=6, batch_size=512,
    ),
    "sgd": TrainingConfig(optimizer="sgd", learning_rate=0.1, momentum=0.8, epochs=4, batch_size=512),
    "bce": TrainingConfig(loss="bce", learning_rate=0.01, schedule="cosine", epochs=5, batch_size=512),
    "l1, warm-up": TrainingConfig(loss="l1", schedule="warmup", warmup_steps=4, epochs=5, batch_size=512),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_the_loop_learns_what_the_trainer_here_learns(name: str) -> None:
    """One batch holds all samples, so that their order, which is random, says nothing."""
    data = blobs(n=300, d=20)
    config = RunConfig(
        network=replace(DEEP, activation="tanh"), training=TRAININGS[name], data="blobs", device="cpu",
        threads=1,
    )  # fmt: skip
    trainer = Trainer(config, data)
    class_text = import_text(config) + module_text(config.network)
    model = run(class_text)["Autoencoder"]()
    weights = trainer.weights()
    with torch.no_grad():
        for part in ("encoder", "decoder"):
            for layer, (weight, bias) in zip(getattr(model, part), getattr(weights, part), strict=True):
                layer.weight.copy_(torch.from_numpy(np.array(weight)))
                layer.bias.copy_(torch.from_numpy(np.array(bias)))
    samples = torch.from_numpy(data.train.as_float())
    run(import_text(config) + "\n" + training_text(config), samples=samples, model=model)
    assert config.training.epochs is not None
    for _ in range(config.training.epochs):
        trainer.step()
    learned = trainer.weights()
    for part in ("encoder", "decoder"):
        for layer, (weight, _) in zip(getattr(model, part), getattr(learned, part), strict=True):
            assert np.allclose(layer.weight.detach().numpy(), weight, rtol=0, atol=2e-5)


def test_the_whole_text_runs_as_it_stands() -> None:
    config = RunConfig(network=DEEP, training=TrainingConfig(epochs=2, batch_size=16), data="any")
    space = run(code_text(config), samples=torch.rand(40, 20))
    assert space["model"](torch.rand(3, 20)).shape == (3, 20)
    assert "nan" not in str(float(space["loss"].detach()))
    open_ended = code_text(config.with_training(epochs=None))
    assert "while True:" in open_ended


def test_the_text_names_what_one_would_type_and_only_that() -> None:
    text = code_text(RunConfig(network=DEEP, training=TrainingConfig(epochs=1), data="any"))
    assert "torch.nn.Linear(20, 12)" in text
    assert "from torch.nn.functional import leaky_relu, mse_loss" in text
    assert "relu" not in code_text(
        RunConfig(network=NETWORKS["linear"], training=TrainingConfig(epochs=1), data="any")
    )
    assert max(len(line) for line in text.splitlines()) <= 90
    code = "import sys, fcae_gui.engine.code_text; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
