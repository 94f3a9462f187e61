"""A run as the PyTorch lines one would type: text from a config, for reading and for running. No torch."""

from __future__ import annotations

from itertools import pairwise

from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig

SAMPLES = (
    "samples"  # the name of the data in the text: a float32 tensor (n, features) that whoever runs it has
)
_OF_FUNCTIONAL = ("leaky_relu", "relu", "elu", "silu")
_LOSSES = {"mse": "mse_loss", "bce": "binary_cross_entropy", "l1": "l1_loss"}
_OPTIMISERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}


def code_text(config: RunConfig) -> str:
    """The whole program: imports, the network as a class, its start, and the loop that trains it.

    It reads one name that it does not define: SAMPLES. After it has run, `model` is the trained network; its
    state_dict has the names and shapes of the weights in a run file.
    """
    parts = (import_text(config), module_text(config.network), start_text(config), training_text(config))
    return "\n\n".join(parts).replace("\n\n\n\n", "\n\n\n") + "\n"


def import_text(config: RunConfig) -> str:
    """What the other parts need."""
    used = {config.network.activation} if config.network.encoder_widths else set()
    used.add(config.network.code_activation)
    names = [name for name in _OF_FUNCTIONAL if name in used] + [_LOSSES[config.training.loss]]
    lines = ["import math", ""] if config.training.schedule == "cosine" else []
    lines += ["import torch", f"from torch.nn.functional import {', '.join(names)}"]
    return "\n".join(lines)


def module_text(network: NetworkConfig) -> str:
    """The class Autoencoder: encoder, decoder, forward."""
    sizes = network.encoder_sizes
    lines = [
        "",
        "class Autoencoder(torch.nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    for part, widths in (("encoder", sizes), ("decoder", sizes[::-1])):
        lines.append(f"        self.{part} = torch.nn.ModuleList([")
        lines += [f"            torch.nn.Linear({a}, {b})," for a, b in pairwise(widths)]
        lines.append("        ])")
    last = len(sizes) - 2
    for part, name, closing in (
        ("encoder", "encode", network.code_activation),
        ("decoder", "decode", network.output_activation),
    ):
        value = "x" if part == "encoder" else "z"
        lines += ["", f"    def {name}(self, {value}):"]
        for i in range(last + 1):
            layer = f"self.{part}[{i}]({value})"
            if i < last:
                value = "h"
                lines.append(f"        h = {_applied(network.activation, layer, network.leaky_slope)}")
            else:
                lines.append(f"        return {_applied(closing, layer, network.leaky_slope)}")
    lines += ["", "    def forward(self, x):", "        return self.decode(self.encode(x))", ""]
    return "\n".join(lines)


def start_text(config: RunConfig) -> str:
    """The network `model` with its first weights."""
    network = config.network
    lines = [f"torch.manual_seed({config.seed})", "model = Autoencoder()"]
    if network.start == "mean":
        sigmoid = network.output_activation == "sigmoid"
        lines += [
            "with torch.no_grad():  # the first output is the mean sample",
            f"    mean = {SAMPLES}.mean(dim=0)",
            "    first, last = model.encoder[0], model.decoder[-1]",
            "    first.bias.copy_(-first.weight @ mean)",
            f"    last.bias.copy_({'mean.clamp(0.01, 0.99).logit()' if sigmoid else 'mean'})",
        ]
    elif network.start == "he":
        sigmoid = network.output_activation == "sigmoid"
        lines += [
            "with torch.no_grad():  # the first output is near the mean sample",
            f"    mean = {SAMPLES}.mean(dim=0)",
            "    layers = [*model.encoder, *model.decoder]",
            "    for layer in layers:",
            "        torch.nn.init.kaiming_normal_(layer.weight)",
            "        torch.nn.init.zeros_(layer.bias)",
            "    first, last = layers[0], layers[-1]",
            "    last.weight.mul_(0.1)",
            "    first.bias.copy_(-first.weight @ mean)",
            f"    last.bias.copy_({'mean.clamp(0.01, 0.99).logit()' if sigmoid else 'mean'})",
        ]
    elif network.start == "normal":
        lines += [
            "for layer in model.encoder:",
            "    torch.nn.init.normal_(layer.weight, std=0.1)",
            "    torch.nn.init.zeros_(layer.bias)",
        ]
    return "\n".join(lines)


def training_text(config: RunConfig) -> str:
    """Optimiser, schedule and loop, for a `model` that stands."""
    training = config.training
    lines = []
    if training.freeze_encoder:
        lines += ["model.encoder.requires_grad_(False)  # only the decoder learns"]
    lines += [
        f"batches = torch.utils.data.DataLoader({SAMPLES}, batch_size={training.batch_size}, shuffle=True)",
        _optimiser(training),
    ]
    factor = _rate_factor(training)
    if factor:
        if training.schedule == "cosine":
            lines.append(f"steps = {training.epochs} * len(batches)")
        lines.append("schedule = torch.optim.lr_scheduler.LambdaLR(")
        lines += [f"    optimizer, lambda step: {factor}", ")"]
    loop = f"for epoch in range({training.epochs}):" if training.epochs is not None else "while True:"
    lines += [
        "",
        loop,
        "    for x in batches:",
        "        x_hat = model(x)",
        f"        loss = {_LOSSES[training.loss]}(x_hat, x)",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
    ]
    if factor:
        lines.append("        schedule.step()")
    return "\n".join(lines)


def _applied(name: str, value: str, slope: float) -> str:
    if name == "none":
        return value
    if name == "leaky_relu":
        return f"leaky_relu({value}, {slope!r})"
    return f"{name}({value})" if name in _OF_FUNCTIONAL else f"torch.{name}({value})"


def _optimiser(training: TrainingConfig) -> str:
    words = [f"lr={training.learning_rate!r}"]
    if training.optimizer == "sgd":
        words.append(f"momentum={training.momentum!r}")
    if training.weight_decay or training.optimizer == "adamw":  # AdamW's own default is not 0
        words.append(f"weight_decay={training.weight_decay!r}")
    kind = _OPTIMISERS[training.optimizer]
    return f"optimizer = torch.optim.{kind}(model.parameters(), {', '.join(words)})"


def _rate_factor(training: TrainingConfig) -> str:
    """What the learning rate is multiplied by at a step, "" for a constant one."""
    factors = []
    if training.schedule != "constant" and training.warmup_steps:
        factors.append(f"min(1, (step + 1) / {training.warmup_steps})")
    if training.schedule == "cosine":
        factors.append("(1 + math.cos(math.pi * step / steps)) / 2")
    return " * ".join(factors)
