"""What a run is: frozen, checked descriptions of the network, the training and where it runs. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Literal, get_args

Activation = Literal["leaky_relu", "relu", "elu", "silu", "tanh", "sigmoid", "none"]
OutputActivation = Literal["sigmoid", "none"]
Start = Literal["mean", "he", "pytorch", "normal"]
Loss = Literal["mse", "bce", "l1"]
Optimizer = Literal["adam", "adamw", "sgd"]
Schedule = Literal["constant", "warmup", "cosine"]
Device = Literal["auto", "cpu", "cuda", "mps", "xpu"]

ACTIVATIONS: tuple[str, ...] = get_args(Activation)
OUTPUT_ACTIVATIONS: tuple[str, ...] = get_args(OutputActivation)
STARTS: tuple[str, ...] = get_args(Start)
LOSSES: tuple[str, ...] = get_args(Loss)
OPTIMIZERS: tuple[str, ...] = get_args(Optimizer)
SCHEDULES: tuple[str, ...] = get_args(Schedule)
DEVICES: tuple[str, ...] = get_args(Device)

MAX_LAYERS = 32  # hidden layers of the encoder; a deeper hourglass can neither be drawn nor trained here
MAX_WIDTH = 16_384
MAX_PARAMETERS = 500_000_000  # 2 GB of float32, three times that with Adam's moments
MAX_BATCH = 65_536
MAX_EPOCHS = 1_000_000
MAX_SEED = 2**63 - 1


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")


def _real(name: str, value: object, low: float, high: float, *, open_low: bool = False) -> None:
    inside = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if not inside or (open_low and value == low):
        above = "more than" if open_low else "at least"
        raise ValueError(f"{name} must be {above} {low:g} and at most {high:g}, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConfig:
    """A fully connected autoencoder: input -> encoder_widths -> code -> mirrored decoder -> output.

    activation:      after every hidden layer of encoder and decoder
    code_activation: on the code itself; "none" keeps the code linear
    start:           "mean" (output bias at the data mean, encoder bias at -W mean), "pytorch" (its default),
                     "he" (N(0, 2 / inputs) as He et al. 2015, a tenth of that for the last layer; biases as
                     "mean" has them, 0 between), for deep networks,
                     "normal" (encoder weights N(0, 0.1) with zero bias, decoder PyTorch's default)
    """

    input_size: int
    encoder_widths: tuple[int, ...]
    code_size: int
    activation: Activation = "leaky_relu"
    leaky_slope: float = 0.01
    code_activation: Activation = "none"
    output_activation: OutputActivation = "sigmoid"
    start: Start = "mean"

    def __post_init__(self) -> None:
        _whole("input_size", self.input_size, 1, 1_000_000)
        if len(self.encoder_widths) > MAX_LAYERS:
            raise ValueError(
                f"encoder_widths must have at most {MAX_LAYERS} layers, got {len(self.encoder_widths)}"
            )
        for width in self.encoder_widths:
            _whole("a layer width", width, 1, MAX_WIDTH)
        _whole("code_size", self.code_size, 1, MAX_WIDTH)
        _one_of("activation", self.activation, ACTIVATIONS)
        _real("leaky_slope", self.leaky_slope, 0.0, 1.0)
        _one_of("code_activation", self.code_activation, ACTIVATIONS)
        _one_of("output_activation", self.output_activation, OUTPUT_ACTIVATIONS)
        _one_of("start", self.start, STARTS)
        if self.parameters > MAX_PARAMETERS:
            raise ValueError(
                f"the network would have {self.parameters:,} parameters; at most {MAX_PARAMETERS:,} are held"
            )

    @property
    def encoder_sizes(self) -> tuple[int, ...]:
        """Sizes from the input to the code, both included: (784, 128, 32, 2)."""
        return (self.input_size, *self.encoder_widths, self.code_size)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of all layers of the hourglass: (784, 128, 32, 2, 32, 128, 784)."""
        half = self.encoder_sizes
        return half + half[-2::-1]

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        sizes = self.sizes
        return sum(a * b + b for a, b in pairwise(sizes))

    @property
    def compression(self) -> float:
        """How many numbers of the input share one number of the code: 784 / 32 = 24.5."""
        return self.input_size / self.code_size

    def to_json(self) -> dict[str, Any]:
        """A plain dict of JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> NetworkConfig:
        """The inverse of to_json. Raises ValueError (naming the field), KeyError or TypeError."""
        fields = dict(value)
        fields["encoder_widths"] = tuple(fields["encoder_widths"])
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """How the network learns.

    epochs:       the target; None is open-ended play, whose learning rate is constant
    warmup_steps: linear rise from 0, used by the schedules "warmup" and "cosine"
    schedule:     "cosine" falls to 0 at the target and needs one
    freeze_encoder: the encoder keeps its weights to the bit, only the decoder learns
    """

    loss: Loss = "mse"
    optimizer: Optimizer = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: Schedule = "constant"
    warmup_steps: int = 0
    batch_size: int = 256
    epochs: int | None = None
    freeze_encoder: bool = False

    def __post_init__(self) -> None:
        _one_of("loss", self.loss, LOSSES)
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        _real("learning_rate", self.learning_rate, 0.0, 1e6, open_low=True)
        _real("momentum", self.momentum, 0.0, 0.9999)
        _real("weight_decay", self.weight_decay, 0.0, 10.0)
        _one_of("schedule", self.schedule, SCHEDULES)
        _whole("warmup_steps", self.warmup_steps, 0, 1_000_000_000)
        _whole("batch_size", self.batch_size, 1, MAX_BATCH)
        if not isinstance(self.freeze_encoder, bool):
            raise ValueError(f"freeze_encoder must be true or false, got {self.freeze_encoder!r}")
        if self.epochs is not None:
            _whole("epochs", self.epochs, 1, MAX_EPOCHS)
        elif self.schedule == "cosine":
            raise ValueError("schedule cosine needs a target: epochs must be a whole number, got None")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that decides a run's numbers: same config, data and torch build give the same bits on a CPU.

    threads: torch's intra-op threads; the count changes the last bits of the weights, so it is part of the
             run. None: decided when the run starts, and then recorded here.
    """

    network: NetworkConfig
    training: TrainingConfig
    data: str
    preset: str = ""
    seed: int = 0
    device: Device = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        _whole("seed", self.seed, 0, MAX_SEED)
        _one_of("device", self.device, DEVICES)
        if self.threads is not None:
            _whole("threads", self.threads, 1, 1024)
        if self.training.loss == "bce" and self.network.output_activation != "sigmoid":
            raise ValueError("loss bce needs output_activation sigmoid, got 'none'")

    def with_network(self, **changes: Any) -> RunConfig:
        """The same run with some fields of the network replaced."""
        return replace(self, network=replace(self.network, **changes))

    def with_training(self, **changes: Any) -> RunConfig:
        """The same run with some fields of the training replaced."""
        return replace(self, training=replace(self.training, **changes))

    def to_json(self) -> dict[str, Any]:
        """A plain nested dict of JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RunConfig:
        """The inverse of to_json. Raises ValueError (naming the field) or TypeError on anything else."""
        fields = dict(value)
        network = NetworkConfig.from_json(fields.pop("network"))
        return cls(network=network, training=TrainingConfig(**fields.pop("training")), **fields)


def needs_new_network(old: NetworkConfig, new: NetworkConfig) -> bool:
    """True when the weights of `old` cannot be carried over to `new`: another size or another start."""
    return old.sizes != new.sizes or old.start != new.start
