"""Ready-made runs, and how a run is fitted to other data. Imports no torch: the command line lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import Device, NetworkConfig, OutputActivation, RunConfig, TrainingConfig
from fcae_gui.engine.constraints import apply_edit, settle

MNIST_FEATURES = 784  # what the presets are written down for; make_config fits them to the data
SMALL_DATA = 10_000  # training samples: below, a preset's epochs are too few steps to learn anything
ENOUGH_STEPS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named network with a training that suits it; `text` is one sentence for menus and help.

    data: the data set it is made for, or "" when any will do
    """

    name: str
    title: str
    text: str
    network: NetworkConfig
    training: TrainingConfig
    data: str = ""


_ALL = (
    Preset(
        name="map",
        title="Map",
        text="Squeezes every picture into two numbers, which are drawn as a map: 784-128-32-2.",
        network=NetworkConfig(input_size=MNIST_FEATURES, encoder_widths=(128, 32), code_size=2),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=5e-3, schedule="cosine", batch_size=256, epochs=10
        ),
    ),
    Preset(
        name="lecture",
        title="Lecture",
        text="The lecture's first autoencoder: one hidden layer of 32 leaky ReLUs, 784-32-784.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(), code_size=32, code_activation="leaky_relu"
        ),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=3e-3, schedule="cosine", batch_size=256, epochs=10
        ),
    ),
    Preset(
        name="notebook",
        title="Notebook",
        text="The lecturer's published code: 784-32-784 with cross-entropy, Adam 0.005, five epochs.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(), code_size=32, code_activation="leaky_relu",
            start="normal",
        ),
        training=TrainingConfig(
            loss="bce", optimizer="adam", learning_rate=5e-3, schedule="constant", batch_size=256, epochs=5
        ),
    ),
    Preset(
        name="linear",
        title="Linear",
        text="No activation anywhere: finds the plane of the first two principal components, 784-2-784.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(), code_size=2, activation="none",
            output_activation="none",
        ),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=3e-3, schedule="cosine", batch_size=256, epochs=20
        ),
    ),
    Preset(
        name="slope",
        title="Slope",
        text="Linear until its slope slider is moved: 784-128-32-2 with leaky slope 1 and a plain output.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(128, 32), code_size=2, leaky_slope=1.0,
            output_activation="none",
        ),
        # A constant rate, for the slope may be moved at any time. At slope 1 it stays within 0.2 % of PCA's
        # error on MNIST from its first epoch on.
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=2e-3, schedule="constant", batch_size=256, epochs=10
        ),
    ),
    Preset(
        name="features",
        title="Features",
        text="A deep tanh encoder: its 32 numbers serve a forest better than PCA, 784-512-256-32.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(512, 256), code_size=32, activation="tanh"
        ),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=1e-3, schedule="cosine", batch_size=256, epochs=10
        ),
    ),
    # Against the 3.00 of Hinton and Salakhutdinov (Science 313, 2006), who had to train layer by layer first.
    # What replaces that: He's start (He et al. 2015), SiLU (Elfwing et al. 2018), Adam with a rate as high as
    # it bears after a warm-up, a cosine down to 0 (Loshchilov and Hutter 2017) and decoupled weight decay
    # (the same, 2019), which takes 0.4 off the error on unseen images: 2.98 without it.
    Preset(
        name="hinton",
        title="Hinton",
        text="The deep autoencoder of 2006, 784-1000-500-250-30, to be held against its published 3.00.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(1000, 500, 250), code_size=30, activation="silu",
            start="he",
        ),
        training=TrainingConfig(
            loss="mse", optimizer="adamw", learning_rate=4e-3, weight_decay=0.12, schedule="cosine",
            warmup_steps=400, batch_size=256, epochs=40,
        ),
    ),
    Preset(
        name="hinton-2d",
        title="Hinton, 2-D",
        text="The same depth down to two numbers, which can be drawn as a map: 784-1000-500-250-2.",
        network=NetworkConfig(
            input_size=MNIST_FEATURES, encoder_widths=(1000, 500, 250), code_size=2, activation="silu",
            start="he",
        ),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=2e-3, schedule="cosine", warmup_steps=400,
            batch_size=256, epochs=40,
        ),
    ),
    Preset(
        name="slide",
        title="Slide",
        text="The first slide's network on a small table of measurements: 5-2-5, every weight drawn.",
        network=NetworkConfig(input_size=5, encoder_widths=(), code_size=2),
        training=TrainingConfig(
            loss="mse", optimizer="adam", learning_rate=3e-2, schedule="cosine", batch_size=32, epochs=50
        ),
        data="plants",
    ),
)  # fmt: skip
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
DEFAULT_PRESET = "map"


def make_config(
    preset: str | Preset,
    dataset: Dataset | None = None,
    *,
    n_features: int | None = None,
    data: str = "",
    seed: int = 0,
    device: Device = "auto",
    threads: int | None = None,
) -> RunConfig:
    """The run of a preset on `dataset`, or on data named `data` in [0, 1] with so many features.

    Raises ValueError for an unknown preset, and when neither a data set nor n_features is given.
    """
    if isinstance(preset, str):
        if preset not in PRESETS:
            raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
        preset = PRESETS[preset]
    config = RunConfig(
        network=preset.network, training=preset.training, data=data, preset=preset.name,
        seed=seed, device=device, threads=threads,
    )  # fmt: skip
    if dataset is not None:
        config = config.with_training(epochs=target_epochs(preset, dataset))
        return adapt(config, dataset)[0]
    if n_features is None:
        raise ValueError("make_config needs a dataset or n_features")
    return _fit_size(config, n_features, data)[0]


def target_epochs(preset: str | Preset, dataset: Dataset) -> int | None:
    """A preset's epochs on this data: its own, or on small data as many as make ENOUGH_STEPS steps.

    Data of which the rest is still on its way is never small.
    """
    training = (PRESETS[preset] if isinstance(preset, str) else preset).training
    if training.epochs is None or not dataset.complete or len(dataset.train) >= SMALL_DATA:
        return training.epochs
    steps_per_epoch = -(-len(dataset.train) // training.batch_size)
    return max(training.epochs, -(-ENOUGH_STEPS // steps_per_epoch))


def with_target_for(config: RunConfig, old: Dataset, new: Dataset) -> RunConfig:
    """The same run with its preset's target on other data; a target that somebody has chosen stays."""
    if config.preset not in PRESETS or config.training.epochs != target_epochs(config.preset, old):
        return config
    return config.with_training(epochs=target_epochs(config.preset, new))


def adapt(config: RunConfig, dataset: Dataset) -> tuple[RunConfig, list[str]]:
    """The same run fitted to other data, and one short sentence for each thing that had to change."""
    config, changed = _fit_size(config, dataset.n_features, dataset.name)
    if config.network.output_activation == "sigmoid" and not dataset.in_unit_range:
        config, notes = with_output_activation(config, "none")
        changed += [f"{note} because the data leaves [0, 1]" for note in notes]
    return config, changed


def with_output_activation(config: RunConfig, value: OutputActivation) -> tuple[RunConfig, list[str]]:
    """The same run with another output activation; cross-entropy moves to squared error where it must."""
    changed = []
    if value != config.network.output_activation:
        changed.append(f"the output activation is now {value}")
    settled = settle(config, {"output_activation": value}, {})
    if settled.training.get("loss", config.training.loss) != config.training.loss:
        changed.append("the loss is now the squared error")
    return apply_edit(config, settled.network, settled.training), changed


def _fit_size(config: RunConfig, n_features: int, data: str) -> tuple[RunConfig, list[str]]:
    changed = []
    network = config.network
    if network.input_size != n_features:
        changed.append(f"the input now has {n_features} features instead of {network.input_size}")
        code = network.code_size
        if code >= n_features:
            code = max(1, n_features // 2)
            changed.append(f"the code now has {code} numbers instead of {network.code_size}")
        network = replace(network, input_size=n_features, code_size=code)
    return replace(config, network=network, data=data), changed
