"""The hourglass: a fully connected autoencoder whose weights lie in one piece of memory."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Layer, Weights

TensorLayer = tuple[Tensor, Tensor]  # weight (out, in), bias (out,)
LAST_SPREAD = 0.1  # of He's for the last layer: the first outputs are then near the mean sample
ALIGNMENT = 16  # floats: every weight begins on a cache line, where BLAS is fastest


class Pieces:
    """Named tensors in one flat tensor: one copy moves all of them."""

    def __init__(self, shapes: dict[str, tuple[int, ...]]) -> None:
        self.shapes = shapes
        self._offsets: dict[str, int] = {}
        offset = 0
        for name, shape in shapes.items():
            self._offsets[name] = offset
            offset += -(-math.prod(shape) // ALIGNMENT) * ALIGNMENT
        self.size = offset

    def start_of(self, name: str) -> int:
        """Where a tensor begins in the flat one."""
        return self._offsets[name]

    def views(self, flat: Tensor) -> dict[str, Tensor]:
        """The tensors by name, as views into flat (size,)."""
        return {
            name: flat[self._offsets[name] : self._offsets[name] + math.prod(shape)].view(shape)
            for name, shape in self.shapes.items()
        }

    def array_views(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """The same for an array."""
        return {
            name: flat[self._offsets[name] : self._offsets[name] + math.prod(shape)].reshape(shape)
            for name, shape in self.shapes.items()
        }


def shapes_of(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all weights: "encoder.0.weight" (out, in), "encoder.0.bias" (out,), ..."""
    shapes: dict[str, tuple[int, ...]] = {}
    half = config.encoder_sizes
    for part, sizes in (("encoder", half), ("decoder", half[::-1])):
        for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
            shapes[f"{part}.{i}.weight"] = (n_out, n_in)
            shapes[f"{part}.{i}.bias"] = (n_out,)
    return shapes


def activation(name: str, slope: float) -> Callable[[Tensor], Tensor] | None:
    """The function of an activation, or None for "none"."""
    table: dict[str, Callable[[Tensor], Tensor] | None] = {
        "leaky_relu": lambda x: F.leaky_relu(x, slope),
        "relu": F.relu,
        "elu": F.elu,
        "silu": F.silu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "none": None,
    }
    return table[name]


def through(layers: Sequence[TensorLayer], x: Tensor, hidden: Callable[[Tensor], Tensor] | None) -> Tensor:
    """All layers with the hidden activation between them and none after the last: (n, in) -> (n, out)."""
    last = len(layers) - 1
    for i, (weight, bias) in enumerate(layers):
        x = F.linear(x, weight, bias)
        if i < last and hidden is not None:
            x = hidden(x)
    return x


class Autoencoder(nn.Module):
    """Encoder and mirrored decoder as config says, uninitialised; see `initialise`.

    `flat` (pieces.size,) holds all weights; the parameters are views into it.
    """

    def __init__(self, config: NetworkConfig, device: torch.device | str = "cpu") -> None:
        super().__init__()
        self.config = config
        self.pieces = Pieces(shapes_of(config))
        self.flat = torch.zeros(self.pieces.size, device=device)
        views = self.pieces.views(self.flat)
        self.encoder = self._half(views, "encoder")
        self.decoder = self._half(views, "decoder")
        self.reconfigure(config)

    @staticmethod
    def _half(views: dict[str, Tensor], part: str) -> nn.ModuleList:
        layers = nn.ModuleList()
        while f"{part}.{len(layers)}.weight" in views:
            weight, bias = views[f"{part}.{len(layers)}.weight"], views[f"{part}.{len(layers)}.bias"]
            layer = nn.Linear(weight.shape[1], weight.shape[0], device="meta")
            layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
            layers.append(layer)
        return layers

    def reconfigure(self, config: NetworkConfig) -> None:
        """Take other activations with the same weights. The sizes must be the same."""
        self.config = config
        self._hidden = activation(config.activation, config.leaky_slope)
        self._on_code = activation(config.code_activation, config.leaky_slope)
        self._encoder = _tensors(self.encoder)
        self._decoder = _tensors(self.decoder)

    def layers(self, part: str) -> list[TensorLayer]:
        """Weights and biases of "encoder" or "decoder", first layer first."""
        return list(self._encoder if part == "encoder" else self._decoder)

    def encode(self, x: Tensor) -> Tensor:
        """Codes: (n, input) -> (n, code)."""
        z = through(self._encoder, x, self._hidden)
        return z if self._on_code is None else self._on_code(z)

    def decode_logits(self, z: Tensor) -> Tensor:
        """What the output activation is applied to: (n, code) -> (n, input)."""
        return through(self._decoder, z, self._hidden)

    def logits(self, x: Tensor) -> Tensor:
        """(n, input) -> (n, input), before the output activation: the losses work on these."""
        return self.decode_logits(self.encode(x))

    def decode(self, z: Tensor) -> Tensor:
        """Samples for codes: (n, code) -> (n, input), after the output activation."""
        logits = self.decode_logits(z)
        return torch.sigmoid(logits) if self.config.output_activation == "sigmoid" else logits

    def forward(self, x: Tensor) -> Tensor:
        """Reconstructions: (n, input) -> (n, input)."""
        return self.decode(self.encode(x))

    def frozen_copy(self) -> Autoencoder:
        """The same network with a copy of the weights as they are now, for observing."""
        other = Autoencoder(self.config, self.flat.device)
        other.flat.copy_(self.flat)
        return other


def _tensors(layers: nn.ModuleList) -> list[TensorLayer]:
    return [(layer.weight, layer.bias) for layer in layers if isinstance(layer, nn.Linear)]


def initialise(network: Autoencoder, seed: int, mean: Tensor) -> None:
    """Fill in the start that the config names; mean (input,) is the mean sample of the training data.

    The numbers are drawn on the host, so that they are the same on every device.
    """
    config = network.config
    generator = torch.Generator().manual_seed(seed)
    flat = torch.zeros(network.pieces.size)
    values = network.pieces.views(flat)
    output = f"decoder.{len(config.encoder_widths)}"
    for name, value in values.items():
        if config.start == "he":
            if name.endswith(".weight"):
                spread = math.sqrt(2.0 / value.shape[1]) * (LAST_SPREAD if name.startswith(output) else 1.0)
                value.normal_(0.0, spread, generator=generator)
            continue
        if config.start == "normal" and name.startswith("encoder."):
            if name.endswith(".weight"):
                value.normal_(0.0, 0.1, generator=generator)
            continue
        # PyTorch's default for nn.Linear: uniform within 1 / sqrt(inputs) for weights and biases.
        n_in = values[name.replace(".bias", ".weight")].shape[1]
        value.uniform_(-1.0 / math.sqrt(n_in), 1.0 / math.sqrt(n_in), generator=generator)
    if config.start in ("mean", "he"):
        values["encoder.0.bias"].copy_(-(values["encoder.0.weight"] @ mean))
        last = values[f"{output}.bias"]
        last.copy_(mean.clamp(0.01, 0.99).logit() if config.output_activation == "sigmoid" else mean)
    network.flat.copy_(flat)


def host_weights(network: Autoencoder, generation: int, step: int) -> Weights:
    """A read-only copy for other threads."""
    flat = network.flat.detach().to("cpu", copy=True).numpy()  # sync point
    flat.flags.writeable = False
    views = network.pieces.array_views(flat)
    depth = len(network.config.encoder_widths) + 1

    def half(part: str) -> tuple[Layer, ...]:
        return tuple((views[f"{part}.{i}.weight"], views[f"{part}.{i}.bias"]) for i in range(depth))

    return Weights(
        generation=generation, step=step, network=network.config,
        encoder=half("encoder"), decoder=half("decoder"),
    )  # fmt: skip
