"""How people write the values of a config: one place for panels, status texts and the terminal. No torch."""

from __future__ import annotations

from fcae_gui.engine.config import NetworkConfig

ACTIVATION_NAMES: dict[str, str] = {
    "leaky_relu": "leaky ReLU",
    "relu": "ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "none": "none (linear)",
}
OUTPUT_NAMES: dict[str, str] = {"sigmoid": "sigmoid", "none": "none (linear)"}
START_NAMES: dict[str, str] = {
    "mean": "mean image",
    "pytorch": "PyTorch's default",
    "he": "He, for deep networks",
    "normal": "normal, N(0, 0.1)",
}
LOSS_NAMES: dict[str, str] = {"mse": "MSE", "bce": "BCE (cross-entropy)", "l1": "L1"}
OPTIMIZER_NAMES: dict[str, str] = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
SCHEDULE_NAMES: dict[str, str] = {
    "constant": "constant",
    "warmup": "warm-up, then constant",
    "cosine": "cosine to the target",
}
DEVICE_NAMES: dict[str, str] = {
    "auto": "automatic",
    "cpu": "CPU",
    "cuda": "GPU (CUDA)",
    "mps": "GPU (Apple MPS)",
    "xpu": "GPU (Intel XPU)",
}

FIELD_NAMES: dict[str, str] = {
    "input_size": "Input size",
    "encoder_widths": "Encoder widths",
    "code_size": "Code size",
    "activation": "Activation",
    "leaky_slope": "Leaky slope",
    "code_activation": "Code activation",
    "output_activation": "Output",
    "start": "Start",
    "loss": "Loss",
    "optimizer": "Optimiser",
    "learning_rate": "Learning rate",
    "momentum": "Momentum",
    "weight_decay": "Weight decay",
    "schedule": "Schedule",
    "warmup_steps": "Warm-up steps",
    "batch_size": "Batch size",
    "epochs": "Target epochs",
    "freeze_encoder": "Encoder",
    "bottleneck": "Bottleneck",
    "seed": "Seed",
    "device": "Device",
    "threads": "Threads",
}

# One plain sentence for each setting.
FIELD_TIPS: dict[str, str] = {
    "encoder_widths": "Units in each hidden layer from the input to the code; the decoder mirrors them.",
    "code_size": "How many numbers stand for one sample. With 2 the map shows the code itself.",
    "activation": "What each hidden layer does to its sum. Without one the whole network is linear.",
    "code_activation": "What the code layer does to its sum; none lets the code fill the plane.",
    "output_activation": "Sigmoid keeps the output between 0 and 1; none leaves it free.",
    "loss": "What the training makes small: squared error, cross-entropy or absolute error.",
    "optimizer": "How a gradient becomes a step.",
    "learning_rate": "Length of the steps. Too small crawls, too large diverges.",
    "batch_size": "Samples behind each step.",
    "epochs": "Training rests after so many passes over the data; open-ended goes on until it is paused.",
    "start": "Where the weights begin. From the mean image, the first output is already the average sample.",
    "schedule": "How the learning rate changes while training runs.",
    "warmup_steps": "Over so many first steps the learning rate rises from 0.",
    "weight_decay": "Pulls the weights towards 0; 0 switches it off.",
    "leaky_slope": "Slope of the leaky ReLU below 0: f(x) = x above 0, slope times x below. "
    "At 1 it is linear, at 0 it is ReLU. Changes live.",
    "bottleneck": "The code size, changed while the network learns, without a restart. Growing changes no "
    "output; shrinking holds the direction of the code at its mean that is missed least.",
    "freeze_encoder": "Keep the encoder's weights as they are; only the decoder learns. Frozen from the "
    "first step it is a random encoder: what a code is worth that nobody learned.",
    "momentum": "How much of the last step SGD keeps.",
    "seed": "The same seed gives the same run.",
    "device": "What computes; chosen when the program starts.",
    "threads": "Processor threads that train; part of what makes a run repeatable.",
}

VALUE_NAMES: dict[str, dict[str, str]] = {
    "activation": ACTIVATION_NAMES,
    "code_activation": ACTIVATION_NAMES,
    "output_activation": OUTPUT_NAMES,
    "start": START_NAMES,
    "loss": LOSS_NAMES,
    "optimizer": OPTIMIZER_NAMES,
    "schedule": SCHEDULE_NAMES,
    "device": DEVICE_NAMES,
}


def value_name(field: str, value: object) -> str:
    """A config value as a person writes it: ("activation", "leaky_relu") -> "leaky ReLU"."""
    if field in VALUE_NAMES:
        return VALUE_NAMES[field].get(str(value), str(value))
    if value is None:
        return "open-ended" if field == "epochs" else "automatic"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and field != "seed":
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def short_function(value: str) -> str:
    """An activation in one or two words, for a drawing: "none" -> "linear"."""
    return "linear" if value == "none" else ACTIVATION_NAMES.get(value, value)


def ratio_name(network: NetworkConfig) -> str:
    """The compression as a ratio: 784 -> 32 is "24.5 : 1", 784 -> 2 is "392 : 1", 5 -> 10 is "0.5 : 1"."""
    ratio = network.compression
    return f"{ratio:,.0f} : 1" if ratio >= 100 else f"{ratio:.3g} : 1"


def shape_name(network: NetworkConfig) -> str:
    """The layer sizes in the field's short form: "784-128-32-2-32-128-784"."""
    return "-".join(str(size) for size in network.sizes)
