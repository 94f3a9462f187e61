"""The written-out passes, losses and optimisers against torch's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from fcae_gui.engine import losses
from fcae_gui.engine.config import ACTIVATIONS, LOSSES, NetworkConfig, TrainingConfig
from fcae_gui.engine.network import Autoencoder, Pieces, initialise
from fcae_gui.engine.optimisers import Optimiser, learning_rate
from fcae_gui.engine.passes import Pass


def _network(activation: str, output: str, **more: object) -> Autoencoder:
    config = NetworkConfig(
        input_size=20, encoder_widths=(12, 7), code_size=3, activation=activation, code_activation=activation,
        output_activation=output, start="pytorch", **more,
    )  # type: ignore[arg-type]  # fmt: skip
    network = Autoencoder(config)
    initialise(network, 0, torch.full((20,), 0.5))
    return network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("output", "loss"), [(o, lo) for o in ("sigmoid", "none") for lo in LOSSES if (o, lo) != ("none", "bce")]
)
def test_loss_and_gradients_agree_with_autograd_to_float_precision(
    activation: str, output: str, loss: str
) -> None:
    network = _network(activation, output)
    flat = torch.zeros(network.pieces.size)
    gradients = network.pieces.views(flat)
    work = Pass(network, flat, 13)
    work.x.copy_(torch.rand(13, 20, generator=torch.Generator().manual_seed(1)))
    value = work.forward(loss)
    work.backward()
    reference = losses.reference(loss, output == "sigmoid", network.logits(work.x), work.x)
    reference.backward()
    assert math.isclose(value.item(), reference.item(), rel_tol=1e-6)
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None
        scale = float(parameter.grad.abs().max()) + 1e-12
        assert float((gradients[name] - parameter.grad).abs().max()) <= 3e-6 * scale, name


def test_a_leaky_slope_of_zero_is_a_relu() -> None:
    network = _network("leaky_relu", "sigmoid", leaky_slope=0.0)
    relu = _network("relu", "sigmoid")
    results = []
    for one in (network, relu):
        gradients = torch.zeros(one.pieces.size)
        work = Pass(one, gradients, 5)
        work.x.copy_(torch.linspace(0, 1, 100).view(5, 20))
        work.forward("mse")
        work.backward()
        results.append(gradients)
    assert torch.equal(*results)


@pytest.mark.parametrize("count", [1, 5, 64, 96])
def test_cross_entropy_agrees_with_torch_also_for_large_logits_and_odd_sizes(count: int) -> None:
    generator = torch.Generator().manual_seed(count)
    logits = torch.randn(count, 7, generator=generator) * 30
    logits[0, 0], logits[0, 1] = 200.0, -200.0
    x = torch.rand(count, 7, generator=generator)
    mine, _ = losses.measure("bce", True, logits, x)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(
        logits.double(), x.double(), reduction="sum"
    )
    assert math.isclose(mine.item(), theirs.item(), rel_tol=2e-6)


@pytest.mark.parametrize("kind", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_optimisers_agree_with_torch(kind: str, decay: float, momentum: float) -> None:
    training = TrainingConfig(optimizer=kind, weight_decay=decay, momentum=momentum)  # type: ignore[arg-type]
    pieces = Pieces({"a": (3, 5), "b": (7,)})
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(pieces.size, generator=generator)
    mine, gradient = start.clone(), torch.zeros(pieces.size)
    optimiser = Optimiser(training, pieces, mine, gradient)
    theirs = torch.nn.Parameter(start.clone())
    reference: torch.optim.Optimizer
    if kind == "sgd":
        reference = torch.optim.SGD([theirs], lr=0.05, momentum=momentum, weight_decay=decay)
    elif kind == "adamw":
        reference = torch.optim.AdamW([theirs], lr=0.05, weight_decay=decay)
    else:
        reference = torch.optim.Adam([theirs], lr=0.05, weight_decay=decay)
    for _ in range(20):
        gradient.copy_(torch.randn(pieces.size, generator=generator))
        theirs.grad = gradient.clone()
        optimiser.apply(0.05)
        reference.step()
    assert torch.allclose(mine, theirs, rtol=2e-5, atol=2e-6)


def _rates(training: TrainingConfig, steps_per_epoch: int, steps: int) -> list[float]:
    return [learning_rate(training, step, step / steps_per_epoch) for step in range(steps)]


def test_schedules_are_pure_functions_of_the_step() -> None:
    constant = TrainingConfig(learning_rate=0.2, schedule="constant", warmup_steps=5)
    assert set(_rates(constant, 10, 30)) == {0.2}
    warmup = TrainingConfig(learning_rate=0.2, schedule="warmup", warmup_steps=4)
    assert np.allclose(_rates(warmup, 10, 6), [0.05, 0.1, 0.15, 0.2, 0.2, 0.2])
    cosine = TrainingConfig(learning_rate=0.2, schedule="cosine", epochs=2)
    rates = _rates(cosine, 10, 21)
    assert rates[0] == 0.2
    assert math.isclose(rates[10], 0.1)
    assert rates[20] < 1e-12
    assert rates == sorted(rates, reverse=True)
    both = TrainingConfig(learning_rate=0.2, schedule="cosine", epochs=2, warmup_steps=4)
    assert math.isclose(_rates(both, 10, 1)[0], 0.05)


def _start(**more: object) -> tuple[Autoencoder, dict[str, Tensor], Tensor]:
    config = NetworkConfig(input_size=6, encoder_widths=(5,), code_size=2, **more)  # type: ignore[arg-type]
    network = Autoencoder(config)
    mean = torch.tensor([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    initialise(network, 1, mean)
    return network, network.pieces.views(network.flat), mean


def test_start_from_the_mean_puts_the_mean_in_the_output_and_centres_the_first_layer() -> None:
    _, values, mean = _start(start="mean")
    assert torch.allclose(torch.sigmoid(values["decoder.1.bias"]), mean.clamp(0.01, 0.99), atol=1e-6)
    first = torch.nn.functional.linear(mean, values["encoder.0.weight"], values["encoder.0.bias"])
    assert torch.allclose(first, torch.zeros(5), atol=1e-6)
    _, linear, mean = _start(start="mean", output_activation="none")
    assert torch.equal(linear["decoder.1.bias"], mean)


def test_pytorch_start_stays_within_the_bounds_of_a_linear_layer() -> None:
    _, values, _ = _start(start="pytorch")
    for part, n_in in (("encoder.0", 6), ("encoder.1", 5), ("decoder.0", 2), ("decoder.1", 5)):
        bound = 1 / math.sqrt(n_in)
        for name in ("weight", "bias"):
            assert float(values[f"{part}.{name}"].abs().max()) <= bound
            assert float(values[f"{part}.{name}"].std()) > bound / 4


def test_normal_start_draws_the_encoder_alone_from_a_normal() -> None:
    config = NetworkConfig(input_size=400, encoder_widths=(), code_size=50, start="normal")
    network = Autoencoder(config)
    initialise(network, 1, torch.zeros(400))
    values = network.pieces.views(network.flat)
    assert abs(float(values["encoder.0.weight"].std()) - 0.1) < 0.002
    assert not values["encoder.0.bias"].any()
    assert float(values["decoder.0.weight"].abs().max()) <= 1 / math.sqrt(50)


def test_no_global_random_generator_is_touched() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    _start(start="pytorch")
    assert torch.equal(before, torch.get_rng_state())
