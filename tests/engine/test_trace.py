"""Slow motion's numbers against torch's autograd and optimisers, and against the step the run then makes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from fcae_gui.engine import trace as tracing
from fcae_gui.engine.batches import order
from fcae_gui.engine.trace import trace
from fcae_gui.engine.trainer import Trainer
from tests.engine.samples import blobs, config, same, steps

TIGHT = 1e-6
ACTIVATIONS = ("leaky_relu", "relu", "elu", "silu", "tanh", "sigmoid", "none")
FUNCTIONS = {
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.01 * x), "relu": lambda x: x.clamp(min=0),
    "elu": F.elu, "silu": lambda x: x * torch.sigmoid(x), "tanh": torch.tanh, "sigmoid": torch.sigmoid,
    "none": lambda x: x,
}  # fmt: skip
OPTIMISERS: dict[str, Any] = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-2, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.01),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=0.01),
}


def _loss(leaves, network, loss: str, x):  # type: ignore[no-untyped-def]
    h, depth = x, len(network.encoder_widths) + 1
    for part, i in itertools.product(("encoder", "decoder"), range(depth)):
        h = h @ leaves[f"{part}.{i}.weight"].T + leaves[f"{part}.{i}.bias"]
        if i < depth - 1:
            h = FUNCTIONS[network.activation](h)
        elif part == "encoder":
            h = FUNCTIONS[network.code_activation](h)
    if loss == "bce":
        return F.binary_cross_entropy_with_logits(h, x)
    out = torch.sigmoid(h) if network.output_activation == "sigmoid" else h
    return ((out - x) ** 2).mean() if loss == "mse" else (out - x).abs().mean()


OBJECTIVES = [("mse", "sigmoid"), ("mse", "none"), ("bce", "sigmoid"), ("l1", "none"), ("l1", "sigmoid")]
CASES = [
    *(("mse", "sigmoid", kind, "adam") for kind in ACTIVATIONS),
    *((loss, out, "leaky_relu", kind) for loss, out in OBJECTIVES for kind in OPTIMISERS),
]


@pytest.mark.parametrize(("loss", "output", "kind", "optimizer"), CASES)
def test_gradients_and_weight_change_agree_with_torch(
    loss: str, output: str, kind: str, optimizer: str
) -> None:
    dataset = blobs()
    made = config(
        dataset, network={"activation": kind, "code_activation": kind, "output_activation": output},
        loss=loss, optimizer=optimizer, weight_decay=0.01,
    )  # fmt: skip
    run = Trainer(made, dataset)
    leaves = {  # in float64
        name: torch.tensor(np.asarray(value, np.float64), requires_grad=True)
        for name, value in run.snapshot().weights.items()
    }
    optimiser = OPTIMISERS[optimizer](list(leaves.values()))
    for _ in range(3):
        state = run.snapshot()
        seen = trace(state, dataset)
        rows = order(made.seed, state.epoch, len(dataset.train))[state.position : state.position + 64]
        np.testing.assert_array_equal(seen.rows, rows)
        x = dataset.train.as_float(rows)
        optimiser.zero_grad()
        expected = _loss(leaves, made.network, loss, torch.from_numpy(x.astype(np.float64)))
        expected.backward()
        assert seen.loss == pytest.approx(expected.item(), abs=TIGHT)
        assert seen.sample_losses.mean() == pytest.approx(expected.item(), abs=TIGHT)
        for layer in seen.layers:
            for part, gradient in (("weight", layer.weight_gradient), ("bias", layer.bias_gradient)):
                exact = leaves[f"{layer.name}.{part}"].grad.numpy()
                np.testing.assert_allclose(gradient, exact, rtol=0, atol=TIGHT)
            np.testing.assert_allclose(layer.deltas.sum(0), layer.bias_gradient, rtol=0, atol=TIGHT)
            np.testing.assert_allclose(layer.deltas.T @ layer.inputs, layer.weight_gradient, atol=TIGHT)
        optimiser.step()
        for layer in seen.layers:
            exact = leaves[f"{layer.name}.weight"].detach().numpy()
            np.testing.assert_allclose(layer.weight_after, exact, rtol=0, atol=TIGHT)
            exact = leaves[f"{layer.name}.bias"].detach().numpy()
            np.testing.assert_allclose(layer.bias_after, exact, rtol=0, atol=TIGHT)
            for name, (moment, _) in layer.moments.items():
                known = optimiser.state[leaves[f"{layer.name}.weight"]]
                exact = known["momentum_buffer" if name == "momentum" else name].numpy()
                np.testing.assert_allclose(moment, exact, rtol=0, atol=TIGHT)
        run.step()


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("made_steps", [0, 3, 4, 5, 11])  # 4: the short last batch; 5: the next epoch
def test_what_is_traced_is_what_the_run_then_does(optimizer: str, made_steps: int) -> None:
    dataset = blobs()
    made = config(dataset, optimizer=optimizer, schedule="cosine", epochs=6, warmup_steps=4)
    run = steps(Trainer(made, dataset), made_steps)
    untouched = steps(Trainer(made, dataset), made_steps)
    state = run.snapshot()
    seen = trace(state, dataset)
    assert same(run, untouched)  # looking changed nothing
    rate = run.rate
    run.step()
    after = run.snapshot()
    assert seen.step == made_steps and seen.rate == rate
    assert seen.loss == pytest.approx(float(run.history.train[made_steps]), abs=TIGHT)
    for layer in seen.layers:
        np.testing.assert_allclose(layer.weight_after, after.weights[f"{layer.name}.weight"], atol=TIGHT)
        np.testing.assert_allclose(layer.bias_after, after.weights[f"{layer.name}.bias"], atol=TIGHT)


def test_a_batch_of_one_is_one_sample() -> None:
    dataset = blobs(d=5, as_bytes=False)
    run = steps(Trainer(config(dataset, batch_size=1), dataset), 2)
    seen = trace(run.snapshot(), dataset)
    assert len(seen.rows) == 1 and seen.layers[0].inputs.shape == (1, 5)
    np.testing.assert_array_equal(seen.layers[0].inputs, dataset.train.as_float(seen.rows))


def test_a_trace_of_many_samples_looks_at_one_batch_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = blobs()
    run = steps(Trainer(config(dataset), dataset), 2)
    state = run.snapshot()

    def whole(*_arguments: object) -> None:
        raise AssertionError("all samples were looked at for a start that the state overwrites")

    monkeypatch.setattr("fcae_gui.engine.batches.DeviceSamples.mean", whole)
    monkeypatch.setattr("fcae_gui.engine.trainer.initialise", whole)
    assert trace(state, dataset).step == 2


def test_data_that_changed_meanwhile_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = blobs()
    state = Trainer(config(dataset), dataset).snapshot()
    with pytest.raises(ValueError, match="data have changed"):
        trace(replace(state, n_train=17), dataset)
    monkeypatch.setattr(tracing, "MAX_PARAMETERS", 10)
    with pytest.raises(ValueError, match="parameters"):
        trace(state, dataset)
