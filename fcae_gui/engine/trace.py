"""One training iteration taken apart: what a step does, number by number, on a copy of the run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine import losses
from fcae_gui.engine.batches import order
from fcae_gui.engine.config import NetworkConfig, RunConfig
from fcae_gui.engine.decoder import kinds_of, layer_names
from fcae_gui.engine.network import activation
from fcae_gui.engine.state import RunState
from fcae_gui.engine.trainer import Trainer

MAX_PARAMETERS = 20_000_000  # a copy of the run and all gradients: half a gigabyte, a second on two cores


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTrace:
    """What one layer did in the iteration; float32 host arrays, n samples in the batch.

    inputs:  (n, in) what came in; before: (n, out) the weighted sums; outputs: (n, out) after the activation
    deltas:  (n, out) gradient of the loss with respect to `before`; the loss is a mean over the batch, so
             their sum over the samples is the gradient of the bias
    output_gradients: (n, out) gradient with respect to `outputs`
    moments: by name ("exp_avg", "exp_avg_sq" or "momentum"), (weight, bias) after the step; empty for SGD
             without momentum
    """

    name: str
    weight: np.ndarray
    bias: np.ndarray
    inputs: np.ndarray
    before: np.ndarray
    outputs: np.ndarray
    deltas: np.ndarray
    output_gradients: np.ndarray
    weight_gradient: np.ndarray
    bias_gradient: np.ndarray
    weight_after: np.ndarray
    bias_after: np.ndarray
    moments: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The iteration that follows `step` steps, on the samples `rows` of the training half.

    loss: of the batch, in the unit of the configured loss; rate: the learning rate of the step
    count: steps that the optimiser has made with this one, for Adam's bias correction
    sample_losses: (n,) of each sample alone; their mean is the loss
    """

    config: RunConfig
    step: int
    rate: float
    count: int
    rows: np.ndarray
    layers: tuple[LayerTrace, ...]
    loss: float
    sample_losses: np.ndarray


def trace(state: RunState, dataset: Dataset) -> Trace:
    """Make the next step of `state` on a copy. The forward and backward pass are torch's own autograd; the
    new weights are what the trainer's step gives, so they are what the run itself will have.

    Raises ValueError when the state does not fit the data or is too large, DivergedError when the step
    leaves the finite numbers.
    """
    config = state.config
    if config.network.parameters > MAX_PARAMETERS:
        raise ValueError(
            f"the network has {config.network.parameters:,} parameters; slow motion holds {MAX_PARAMETERS:,}"
        )
    if state.n_train != len(dataset.train) or config.network.input_size != dataset.n_features:
        raise ValueError("the data have changed since the run was copied")
    trainer = Trainer(config, dataset, state=state, graphs=False)
    rate = trainer.rate
    position = state.position if state.position < state.n_train else 0
    size = min(config.training.batch_size, state.n_train - position)
    rows = order(config.seed, state.epoch, state.n_train)[position : position + size]
    x = trainer.samples("train", rows)  # (n, d)
    passed = _Passed(config.network, state.weights, x, trainer.device)
    loss = passed.run(config.training.loss, config.network.output_activation == "sigmoid")
    trainer.step()
    after = trainer.snapshot()
    return Trace(
        config=config, step=state.step, rate=rate, rows=rows, loss=loss,
        count=int(after.optimizer["step"][0]) if "step" in after.optimizer else state.step + 1,
        layers=tuple(passed.layer(i, state, after) for i in range(len(passed.names))),
        sample_losses=passed.sample_losses,
    )  # fmt: skip


class _Passed:
    """A forward and a backward pass with everything kept on the way."""

    def __init__(
        self,
        network: NetworkConfig,
        weights: dict[str, np.ndarray],
        x: torch.Tensor,
        device: torch.device,
    ) -> None:
        self.names = layer_names(network)
        self._kinds = kinds_of(network)
        self._slope = network.leaky_slope
        self._x = x
        self._weights = [_leaf(weights[f"{name}.weight"], device) for name in self.names]
        self._biases = [_leaf(weights[f"{name}.bias"], device) for name in self.names]
        self._before: list[torch.Tensor] = []
        self._outputs: list[torch.Tensor] = []
        self.sample_losses = np.empty(0, np.float32)

    def run(self, loss: str, sigmoid: bool) -> float:
        """Forward, loss, backward; returns the loss."""
        h = self._x
        for weight, bias, kind in zip(self._weights, self._biases, self._kinds, strict=True):
            before = F.linear(h, weight, bias)  # (n, out)
            function = activation(kind, self._slope)
            h = before.clone() if function is None else function(before)
            before.retain_grad()
            h.retain_grad()
            self._before.append(before)
            self._outputs.append(h)
        value = losses.reference(loss, sigmoid, self._before[-1], self._x)
        value.backward()
        self.sample_losses = _each(loss, self._before[-1], h, self._x)
        return float(value.item())  # sync point

    def layer(self, i: int, state: RunState, after: RunState) -> LayerTrace:
        """All arrays of layer i, with what `after` says of the step."""
        name = self.names[i]
        names = (f"{name}.weight", f"{name}.bias")
        kinds = {key.rpartition(".")[2] for key in after.optimizer if key.startswith(f"{name}.weight.")}
        deltas = _host(self._before[i].grad)
        gradients = self._outputs[i].grad  # none for the output where the loss works on what is before it
        return LayerTrace(
            name=name, weight=state.weights[names[0]], bias=state.weights[names[1]],
            inputs=_host(self._outputs[i - 1] if i else self._x),
            before=_host(self._before[i]), outputs=_host(self._outputs[i]), deltas=deltas,
            output_gradients=deltas if gradients is None else _host(gradients),
            weight_gradient=_host(self._weights[i].grad), bias_gradient=_host(self._biases[i].grad),
            weight_after=after.weights[names[0]], bias_after=after.weights[names[1]],
            moments={
                kind: (after.optimizer[f"{names[0]}.{kind}"], after.optimizer[f"{names[1]}.{kind}"])
                for kind in sorted(kinds)
            },
        )  # fmt: skip


def _leaf(values: np.ndarray, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.array(values, np.float32)).to(device).requires_grad_()


def _host(tensor: torch.Tensor | None) -> np.ndarray:
    assert tensor is not None
    made = tensor.detach().to("cpu", copy=True).numpy()  # sync point
    made.flags.writeable = False
    return made


def _each(loss: str, logits: torch.Tensor, output: torch.Tensor, x: torch.Tensor) -> np.ndarray:
    """The loss of every sample alone: (n,)."""
    with torch.no_grad():
        if loss == "bce":
            values = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
        elif loss == "mse":
            values = (output - x) ** 2
        else:
            values = (output - x).abs()
        return values.mean(1).cpu().numpy()  # sync point
