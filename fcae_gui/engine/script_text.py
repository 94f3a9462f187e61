"""A run as a script of its own: PyTorch and NumPy only, and the same numbers at its end. No torch here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from fcae_gui.engine.code_text import module_text
from fcae_gui.engine.config import RunConfig, TrainingConfig
from fcae_gui.engine.names import shape_name
from fcae_gui.engine.state import EditRecord, RunState

# data set -> its class in torchvision, where that gives the very arrays that a run learns from
TORCHVISION = {"mnist": "MNIST", "fashion": "FashionMNIST", "kmnist": "KMNIST"}
_OPTIMISERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
_LOSSES = {"mse": "mse_loss", "bce": "binary_cross_entropy_with_logits", "l1": "l1_loss"}
_GREW = re.compile(r"training samples ([\d,]+) -> ([\d,]+)$")


class NoScript(ValueError):  # noqa: N818 - what it says, not that it is an error
    """Why a run cannot be written as a script: one plain sentence for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """Where the script has to arrive, as text: mean loss and squared error per sample of the test half."""

    test_loss: str
    test_sse: str


def needs_data_file(config: RunConfig) -> bool:
    """Whether the script reads an .npz that is written beside it: `train` and `test`, (n, features)."""
    return config.data not in TORCHVISION


def refusal(state: RunState) -> str:
    """Why there can be no script for this run, as one sentence; empty when there can."""
    if state.step == 0:
        return "This run has not made a step yet: there is nothing to reproduce."
    before = state.initial_config.network
    for edit in state.edits:
        if edit.config.network.sizes != before.sizes or edit.text.startswith("code rotated"):
            return (
                f"The code of this run was rebuilt while it learned (step {edit.step:,}), which no short "
                "script repeats: export the network, or rewind and train again."
            )
        before = edit.config.network
        if (grown := _grown(edit)) and grown[1] != state.n_train:
            return "The data of this run grew more than once, which no short script repeats."
    return ""


def script_text(state: RunState, final: Final, *, title: str, file: str = "train.py", data: str = "") -> str:
    """The script `file`; `data` names the .npz beside it, for data that torchvision does not have.

    It trains `model` for state.step steps with the start, order, optimiser, schedule and live edits of the
    run, and prints its last losses beside the run's. Raises NoScript.
    """
    problem = refusal(state)
    if problem:
        raise NoScript(problem)
    parts = [
        _head(state, title, file, data),
        _loading(state.initial_config, data),
        _class(state.initial_config),
        *_later_classes(state),
        _functions(state.initial_config),
        _start(state),
        _loop(state),
        _end(state, final),
    ]
    text = "\n\n".join(part.strip("\n") + "\n" for part in parts)
    return text if "math." in text else text.replace("import math\n", "", 1)


# --- what is defined --------------------------------------------------------------------------------------


def _head(state: RunState, title: str, file: str, data: str) -> str:
    config = state.config
    if data:
        source = (
            f"The samples are read from {_plain(data)} beside this file, or from the .npz given as argument."
        )
    else:
        source = "The argument is a folder for torchvision, which downloads what is missing (default: data)."
    name, made_with = _plain(title), _plain(state.torch_version) or "2"
    count = len(state.edits)
    edits = (
        f"\nThe run had {count} live edit{'s' * (count > 1)}, made again at the same steps." if count else ""
    )
    return f'''"""{shape_name(config.network)} learns {name}: {state.step:,} steps from seed {config.seed}.

Run it as: python {_plain(file)}{"" if data else " [FOLDER]"}
{source}{edits}
The run was made with PyTorch {made_with}; another version or processor rounds differently.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
'''


def _loading(config: RunConfig, data: str) -> str:
    n = config.network.input_size
    if data:
        return f'''
def load():
    """Training and test samples, (n, {n}) float32."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name({data!r})
    with np.load(file) as arrays:
        halves = [torch.from_numpy(arrays[name]) for name in ("train", "test")]
    return [half / 255.0 if half.dtype == torch.uint8 else half for half in halves]
'''
    kind = TORCHVISION[config.data]
    return f'''
def load():
    """Training and test samples, (n, {n}) float32 in [0, 1]."""
    from torchvision.datasets import {kind}

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    return [{kind}(folder, train=train, download=True).data.flatten(1) / 255.0 for train in (True, False)]
'''


def _class(config: RunConfig) -> str:
    """The network; the sigmoid at its end is left to the loss where that is cross-entropy."""
    network = config.network
    if config.training.loss == "bce":
        network = replace(network, output_activation="none")
    return re.sub(r"\b(leaky_relu|relu|elu|silu)\(", r"F.\1(", module_text(network))


def _later_classes(state: RunState) -> list[str]:
    """A class for every live edit of what the layers do."""
    made, known = [], _class(state.initial_config)
    for number, edit in enumerate(state.edits, 1):
        text = _class(edit.config)
        if text != known:
            made.append(text.replace("class Autoencoder(", f"class Edited{number}("))
        known = text
    return made


def _functions(config: RunConfig) -> str:
    return "\n\n".join(
        [
            'def order(epoch, n):\n    """Which sample comes when: a function of seed and epoch, of nothing '
            'else."""\n'
            f"    seed = np.random.SeedSequence(({config.seed}, epoch))\n"
            "    return torch.from_numpy(np.random.Generator(np.random.PCG64(seed)).permutation(n))\n",
            "\n".join(_rate(config.training)) + "\n",
            "\n".join(_loss(config)) + "\n",
            _flat().strip("\n") + "\n",
        ]
    )


def _rate(training: TrainingConfig) -> list[str]:
    """The learning rate; epochs are counted with their fraction."""
    lines = ["def rate(step, epoch):", f"    return {training.learning_rate!r}"]
    if training.schedule != "constant" and training.warmup_steps:
        lines[-1] += f" * min(1, (step + 1) / {training.warmup_steps})"
    if training.schedule == "cosine":
        lines[-1] += f" * 0.5 * (1 + math.cos(math.pi * min(1, epoch / {training.epochs})))"
    return lines


def _loss(config: RunConfig) -> list[str]:
    name = _LOSSES[config.training.loss]
    return ["def total_loss(x_hat, x):", f'    return F.{name}(x_hat, x, reduction="sum")']


def _flat() -> str:
    return '''
def in_one(layers):
    """All weights of some layers as one tensor that a fused step moves as a whole."""
    weights = list(layers.parameters())
    room = [-(-weight.numel() // 16) * 16 for weight in weights]  # each begins on a cache line
    whole = torch.zeros(sum(room), device=weights[0].device)
    whole.grad = torch.zeros_like(whole)
    for weight, values, slopes in zip(weights, whole.split(room), whole.grad.split(room)):
        values = values[: weight.numel()].view_as(weight).copy_(weight.data)
        weight.data, weight.grad = values, slopes[: weight.numel()].view_as(weight)
    return whole
'''


# --- what is done -----------------------------------------------------------------------------------------


def _start(state: RunState) -> str:
    config = state.initial_config
    network, device = config.network, config.device
    lines = [f"torch.set_num_threads({config.threads or 1})"]
    if device in ("cpu", "auto"):
        lines += ["train, test = load()"]
    else:
        lines += [f'device = "{device}" if torch.{device}.is_available() else "cpu"']
        lines += ["train, test = [half.to(device) for half in load()]"]
    first = next((grown for edit in state.edits if (grown := _grown(edit))), None)
    if first:
        lines += [f"everything, train = train, train[:{first[0]}]  # the others were not drawn yet"]
    lines += [
        f"generator = torch.Generator().manual_seed({config.seed})",
        "model = Autoencoder()",
        "with torch.no_grad():",
    ]
    layers = "[*model.encoder, *model.decoder]"
    if network.start == "normal":
        lines += [
            "    for layer in model.encoder:",
            "        layer.weight.normal_(0.0, 0.1, generator=generator)",
            "        layer.bias.zero_()",
        ]
        layers = "model.decoder"
    if network.start == "he":
        lines += [
            f"    for layer in {layers}:",
            "        spread = math.sqrt(2 / layer.in_features) * (0.1 if layer is model.decoder[-1] else 1)",
            "        layer.weight.normal_(0.0, spread, generator=generator)",
            "        layer.bias.zero_()",
        ]
    else:
        lines += [
            f"    for layer in {layers}:",
            "        bound = 1 / math.sqrt(layer.in_features)",
            "        layer.weight.uniform_(-bound, bound, generator=generator)",
            "        layer.bias.uniform_(-bound, bound, generator=generator)",
        ]
    if network.start in ("mean", "he"):
        sigmoid = network.output_activation == "sigmoid"
        of_host = "train" if device in ("cpu", "auto") else "train.cpu()"
        lines += [
            f"    mean = {of_host}.mean(0, dtype=torch.float64).float()  # of the first output",
            "    model.encoder[0].bias.copy_(-(model.encoder[0].weight @ mean))",
            f"    model.decoder[-1].bias.copy_({'mean.clamp(0.01, 0.99).logit()' if sigmoid else 'mean'})",
        ]
    if device not in ("cpu", "auto"):
        lines.append("model.to(device)")
    lines.append("halves = in_one(model.encoder), in_one(model.decoder)")
    if config.training.freeze_encoder:
        lines.append("halves[0].grad = None  # only the decoder learns")
    return "\n".join(lines)


def _optimiser(training: TrainingConfig) -> str:
    words = [f"lr={training.learning_rate!r}"]
    if training.optimizer == "sgd":
        words.append(f"momentum={training.momentum!r}")
    words += [f"weight_decay={training.weight_decay!r}", "fused=True"]
    return f"optimizer = torch.optim.{_OPTIMISERS[training.optimizer]}(halves, {', '.join(words)})"


def _loop(state: RunState) -> str:
    training = state.initial_config.training
    lines = [
        _optimiser(training),
        f"batch_size = {training.batch_size}",
        "epoch, position = 0, 0",
        "rows = order(epoch, len(train))",
        "",
        f"for step in range({state.step}):",
    ]
    for number, edit in enumerate(state.edits, 1):
        changes = _changes(state, number)
        if changes and edit.step < state.step:
            lines.append(f"    if step == {edit.step}:  # live edit: {_plain(edit.text)}")
            lines += [f"        {line}" for line in changes]
    progress = "epoch + position / len(train)"
    if any(_grown(edit) for edit in state.edits):
        progress = f"{progress} if train is everything else 0.0"
    lines += [
        "    x = train[rows[position : position + batch_size]]",
        "    model.zero_grad(set_to_none=False)",
        "    loss = total_loss(model(x), x)",
        "    loss.backward()",
        "    for half in halves:",
        "        if half.grad is not None:",
        "            half.grad *= 1 / x.numel()",
        f'    optimizer.param_groups[0]["lr"] = rate(step, {progress})',
        "    optimizer.step()",
        "    position += len(x)",
        "    if position == len(train):",
        "        epoch, position = epoch + 1, 0",
        "        rows = order(epoch, len(train))",
    ]
    return "\n".join(lines)


def _changes(state: RunState, number: int) -> list[str]:
    """What the live edit (counted from 1) does, as lines."""
    edit = state.edits[number - 1]
    before = state.edits[number - 2].config if number > 1 else state.initial_config
    old, new = before.training, edit.config.training
    lines = []
    if _class(edit.config) != _class(before):
        lines.append(f"model.__class__ = Edited{number}  # the same weights")
    pairs: tuple[Callable[[RunConfig], list[str]], ...] = (lambda config: _rate(config.training), _loss)
    for made in pairs:
        if made(edit.config) != made(before):
            lines += made(edit.config)
    if new.batch_size != old.batch_size:
        lines.append(f"batch_size = {new.batch_size}")
    if new.freeze_encoder and not old.freeze_encoder:
        lines.append("halves[0].grad = None  # only the decoder learns")
    if old.freeze_encoder and not new.freeze_encoder:
        lines.append("halves = in_one(model.encoder), in_one(model.decoder)")
    if new.optimizer != old.optimizer or (old.freeze_encoder and not new.freeze_encoder):
        lines.append(_optimiser(new))
    else:
        if new.optimizer == "sgd" and new.momentum != old.momentum:
            lines.append(f'optimizer.param_groups[0]["momentum"] = {new.momentum!r}')
            lines += ["optimizer.state.clear()"] if new.momentum == 0.0 else []
        if new.weight_decay != old.weight_decay:
            lines.append(f'optimizer.param_groups[0]["weight_decay"] = {new.weight_decay!r}')
    if edit.config.threads != before.threads:
        lines.append(f"torch.set_num_threads({edit.config.threads or 1})")
    if _grown(edit):
        lines += ["train, epoch, position = everything, 0, 0", "rows = order(epoch, len(train))"]
    return lines


def _end(state: RunState, final: Final) -> str:
    """Losses of the trained model beside those of the run; edits after the last step count here."""
    lines = []
    for number, edit in enumerate(state.edits, 1):
        if edit.step >= state.step:
            lines += [f"# live edit: {_plain(edit.text)}", *_changes(state, number)]
    config = state.config
    sigmoid = config.training.loss == "bce"
    host = "" if state.initial_config.device in ("cpu", "auto") else ".cpu()"
    last = f" (the run: {float(state.train_losses[-1]):.7f})" if len(state.train_losses) else ""
    lines += [
        "with torch.no_grad():",
        f"    x_hat, test = model(test){host}.double(), test{host}.double()",
        "    test_loss = total_loss(x_hat, test).item() / test.numel()",
        f"    error = {'x_hat.sigmoid()' if sigmoid else 'x_hat'} - test",
        "    sse = error.square().sum().item() / len(test)",
        f'print(f"last train loss {{loss.item() / x.numel():.7f}}{last}")',
        f'print(f"test loss {{test_loss:.7f}} (the run: {final.test_loss})")',
        f'print(f"squared error per test sample {{sse:.4f}} (the run: {final.test_sse})")',
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Words from outside, as part of a comment or of the text at the top: nothing that could end it."""
    said = "".join(c if c.isprintable() else " " for c in text).replace("\\", "/").replace('"', "'")
    return " ".join(said.split())


def _grown(edit: EditRecord) -> tuple[int, int] | None:
    """Training samples before and after, where the edit is that more of them arrived."""
    found = _GREW.match(edit.text)
    return (int(found[1].replace(",", "")), int(found[2].replace(",", ""))) if found else None
