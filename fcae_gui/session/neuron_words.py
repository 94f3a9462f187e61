"""Neurons, weights and the stages of one iteration in plain words, with their formulas and numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fcae_gui.engine.config import NetworkConfig, TrainingConfig
from fcae_gui.engine.decoder import kinds_of
from fcae_gui.engine.names import ACTIVATION_NAMES, OPTIMIZER_NAMES

if TYPE_CHECKING:
    from fcae_gui.engine.trace import LayerTrace, Trace

BETAS = (0.9, 0.999)
TERMS = 2  # of a sum that are written out; a class reads two and believes the rest


@dataclass(frozen=True, slots=True)
class Names:
    """How the parts of a network are called: `inputs` are the names of the columns of a table, or empty."""

    network: NetworkConfig
    inputs: tuple[str, ...] = ()
    image_width: int = 0

    def captions(self) -> tuple[str, ...]:
        """A word for every layer, the input first."""
        sizes = self.network.sizes
        code = len(self.network.encoder_widths) + 1
        hidden = iter(range(1, len(sizes)))
        return tuple(
            "input" if at == 0 else "output" if at == len(sizes) - 1 else "code" if at == code
            else f"layer {next(hidden)}"
            for at in range(len(sizes))
        )  # fmt: skip

    def unit(self, column: int, unit: int) -> str:
        """One neuron: "input length", "code 2", "neuron 5 of layer 1", "pixel (3, 14) of the output"."""
        caption = self.captions()[column]
        if caption in ("input", "output"):
            if self.inputs:
                return f"{caption} {self.inputs[unit]}"
            if self.image_width:
                row, across = divmod(unit, self.image_width)
                return f"{caption} pixel (row {row + 1}, column {across + 1})"
            return f"{caption} {unit + 1}"
        return f"code {unit + 1}" if caption == "code" else f"neuron {unit + 1} of {caption}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of an iteration. kind: forward, loss, backward, update or done; layer: of it, from 0."""

    kind: str
    layer: int = 0

    def title(self, layers: int) -> str:
        """In a word or two."""
        if self.kind == "forward":
            return f"Forward {self.layer + 1} of {layers}"
        if self.kind == "backward":
            return f"Backward {layers - self.layer} of {layers}"
        return {"loss": "Loss", "update": "Update", "done": "Step made"}[self.kind]


def stages(layers: int) -> tuple[Stage, ...]:
    """All stages of one iteration in their order."""
    forward = [Stage("forward", i) for i in range(layers)]
    backward = [Stage("backward", i) for i in reversed(range(layers))]
    return (*forward, Stage("loss"), *backward, Stage("update"), Stage("done"))


def number(value: float, figures: int = 4) -> str:
    """A number with a true minus sign and so many figures."""
    mantissa, letter, power = f"{value:.{figures}g}".partition("e")
    return (mantissa + (f"e{int(power)}" if letter else "")).replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    """In brackets when it is negative, as a factor."""
    return f"({number(value)})" if value < 0 else number(value)


def capital(text: str) -> str:
    """The first letter large, names as they are."""
    return text[:1].upper() + text[1:]


def pointed_text(
    names: Names,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    at: tuple[int, int, int],
) -> str:
    """What a neuron or a weight is at this moment; at: (column, unit, source or -1)."""
    column, unit, source = at
    if source >= 0:
        weight, carried = float(weights[column - 1][unit, source]), float(values[column - 1][source])
        return (
            f"Weight from {names.unit(column - 1, source)} to {names.unit(column, unit)}: {number(weight)}. "
            f"It carries {number(weight)} \N{MULTIPLICATION SIGN} {signed(carried)} = "
            f"{number(weight * carried)}."
        )
    text = f"{capital(names.unit(column, unit))}: {number(float(values[column][unit]))}"
    if column == 0:
        return f"{text}, a number of the sample."
    inputs = weights[column - 1].shape[1]
    many = "1 weight comes" if inputs == 1 else f"{inputs:,} weights come"
    return f"{text}. Its bias is {number(float(biases[column - 1][unit]))}; {many} in."


def gradient_text(names: Names, trace: Trace, at: tuple[int, int, int], *, change: bool) -> str:
    """What a neuron or a weight has to do with the step: its gradient, or with `change` old and new value."""
    column, unit, source = at
    if column == 0:
        return f"{capital(names.unit(column, unit))}: a number of the sample, it has nothing to learn."
    layer, place = trace.layers[column - 1], (unit, source) if source >= 0 else (unit,)
    old, new, gradient = (
        (layer.weight, layer.weight_after, layer.weight_gradient)
        if source >= 0
        else (layer.bias, layer.bias_after, layer.bias_gradient)
    )
    where = f"from {names.unit(column - 1, source)} to" if source >= 0 else "of"
    what = f"{'Weight' if source >= 0 else 'Bias'} {where} {names.unit(column, unit)}"
    if change:
        return f"{what}: {number(float(old[place]), 6)} \N{RIGHTWARDS ARROW} {number(float(new[place]), 6)}."
    letter = "w" if source >= 0 else "b = \u03b4"
    return f"{what}: \u2202L/\u2202{letter} = {number(float(gradient[place]))}."


def stage_text(
    names: Names,
    training: TrainingConfig,
    trace: Trace,
    stage: Stage,
    sample: tuple[list[np.ndarray], list[np.ndarray], np.ndarray],
    at: tuple[int, int, int] | None,
) -> str:
    """One stage with its formula and the numbers of one neuron or weight of it.

    sample: before and after each layer, (width,) each, and the sample (d,) itself; at: what is pointed at
    """
    if stage.kind == "forward":
        return _forward(names, trace, stage.layer, sample, at)
    if stage.kind == "loss":
        return _loss(names, training, trace, sample)
    if stage.kind == "backward":
        return _backward(names, trace, stage.layer, at)
    return _update(names, training, trace, at)


def _forward(
    names: Names,
    trace: Trace,
    i: int,
    sample: tuple[list[np.ndarray], list[np.ndarray], np.ndarray],
    at: tuple[int, int, int] | None,
) -> str:
    before, after, x = sample
    layer, coming = trace.layers[i], after[i - 1] if i else x
    unit = at[1] if at is not None and at[0] == i + 1 else int(np.abs(after[i]).argmax())
    products = layer.weight[unit] * coming
    largest = np.sort(np.argsort(-np.abs(products), kind="stable")[:TERMS])
    terms = []
    for place, at_input in enumerate(largest.tolist()):
        weight = float(layer.weight[unit, at_input])
        factor = signed(weight) if place else number(weight)
        terms.append(f"{factor}\N{MULTIPLICATION SIGN}{signed(float(coming[at_input]))}")
    rest = ["\N{HORIZONTAL ELLIPSIS}"] if len(products) > TERMS else []
    summed = " + ".join([*terms, *rest, signed(float(layer.bias[unit]))])
    kind = kinds_of(names.network)[i]
    text = f"{summed} = {number(float(before[i][unit]))}"
    if kind == "none":
        rule = "a = \N{N-ARY SUMMATION} w h + b, and no activation"
    else:
        rule = f"h\u2032 = f(\N{N-ARY SUMMATION} w h + b), f = {ACTIVATION_NAMES[kind]}"
        text += f", f of it {number(float(after[i][unit]))}"
    who = capital(names.unit(i + 1, unit))
    return f"Every neuron weighs what comes in and adds its bias: {rule}. {who}: {text}."


def _loss(
    names: Names,
    training: TrainingConfig,
    trace: Trace,
    sample: tuple[list[np.ndarray], list[np.ndarray], np.ndarray],
) -> str:
    _, after, x = sample
    out = after[-1]
    unit = int(np.abs(out - x).argmax())
    given, wanted = float(out[unit]), float(x[unit])
    if training.loss == "bce":
        p = min(max(given, 1e-12), 1 - 1e-12)
        rule = "\N{MINUS SIGN}x log y \N{MINUS SIGN} (1 \N{MINUS SIGN} x) log(1 \N{MINUS SIGN} y)"
        value = -wanted * math.log(p) - (1 - wanted) * math.log(1 - p)
        step = f"with x = {number(wanted)}, y = {number(given)}: {number(value)}"
    else:
        difference = f"{number(given)} \N{MINUS SIGN} {signed(wanted)}"
        error = given - wanted
        if training.loss == "mse":
            rule, step = "(y \N{MINUS SIGN} x)\u00b2", f"({difference})\u00b2 = {number(error * error)}"
        else:
            rule, step = "|y \N{MINUS SIGN} x|", f"|{difference}| = {number(abs(error))}"
    n = len(trace.rows)
    own = _sample_loss(training.loss, out, x)
    batch = "one sample" if n == 1 else f"{n:,} samples"
    return (
        f"The output y is compared with the input x: {rule}, the mean over {len(x):,} outputs. "
        f"Largest here, {names.unit(len(after), unit)}: {step}. "
        f"This sample: {number(own)}; the mean over the batch of {batch}: L = {number(trace.loss)}."
    )


def _sample_loss(loss: str, out: np.ndarray, x: np.ndarray) -> float:
    if loss == "bce":
        p = np.clip(out.astype(np.float64), 1e-12, 1 - 1e-12)
        return float((-x * np.log(p) - (1 - x) * np.log1p(-p)).mean())
    return float(((out - x) ** 2).mean() if loss == "mse" else np.abs(out - x).mean())


def _strongest(values: np.ndarray) -> tuple[int, int]:
    unit, source = divmod(int(np.abs(values).argmax()), values.shape[1])
    return unit, source


def _backward(names: Names, trace: Trace, i: int, at: tuple[int, int, int] | None) -> str:
    layer = trace.layers[i]
    unit, source = _chosen(layer.weight_gradient, i, at)
    over = "the one sample of" if len(trace.rows) == 1 else f"the {len(trace.rows):,} samples of"
    delta = float(layer.deltas[:, unit].sum())
    source_of_delta = (
        "\u03b4 = \u2202L/\u2202a starts at the loss"
        if i == len(trace.layers) - 1
        else "\u03b4 = f\u2032(a) \N{N-ARY SUMMATION} w \u03b4 comes from the right"
    )
    return (
        f"{source_of_delta}; \u2202L/\u2202w = \N{N-ARY SUMMATION} \u03b4 h over {over} the batch. "
        f"{capital(names.unit(i + 1, unit))}: \u03b4 = {number(delta)} in sum, also the gradient of its "
        f"bias. Weight from {names.unit(i, source)}: \u2202L/\u2202w = "
        f"{number(float(layer.weight_gradient[unit, source]))}."
    )


def _chosen(values: np.ndarray, i: int, at: tuple[int, int, int] | None) -> tuple[int, int]:
    """(unit, source) of the weight to speak of in layer i: the pointed one, or the strongest."""
    if at is None or at[0] != i + 1:
        return _strongest(values)
    return at[1], at[2] if at[2] >= 0 else int(np.abs(values[at[1]]).argmax())


def _update(names: Names, training: TrainingConfig, trace: Trace, at: tuple[int, int, int] | None) -> str:
    if at is not None and at[0] > 0:
        i = at[0] - 1
    else:
        i = int(np.argmax([np.abs(one.weight_gradient).max() for one in trace.layers]))
    layer = trace.layers[i]
    unit, source = _chosen(layer.weight_gradient, i, at)
    old, new = float(layer.weight[unit, source]), float(layer.weight_after[unit, source])
    where = f"Weight from {names.unit(i, source)} to {names.unit(i + 1, unit)}"
    frozen = training.freeze_encoder and i <= len(names.network.encoder_widths)
    if frozen:
        return f"The encoder is frozen. {where} stays {number(old)}."
    rule, numbers = _rule(training, trace, layer, unit, source)
    return (
        f"{OPTIMIZER_NAMES[training.optimizer]}: {rule}, with \u03b7 = {number(trace.rate)}. {where}: "
        f"{numbers}; {number(old, 6)} \N{RIGHTWARDS ARROW} {number(new, 6)}, a change of {number(new - old)}."
    )


def _rule(
    training: TrainingConfig, trace: Trace, layer: LayerTrace, unit: int, source: int
) -> tuple[str, str]:
    """The optimiser's formula, and its parts for one weight."""
    gradient = float(layer.weight_gradient[unit, source])
    decay = training.weight_decay
    parts = [f"g = {number(gradient)}"]
    pulled = " + \u03bb w" if decay and training.optimizer != "adamw" else ""
    if training.optimizer == "sgd":
        if training.momentum == 0.0:
            return f"w \u2190 w \N{MINUS SIGN} \u03b7 (g{pulled})", parts[0]
        parts.append(f"v = {number(float(layer.moments['momentum'][0][unit, source]))}")
        rule = f"v \u2190 {number(training.momentum)} v + g{pulled}, w \u2190 w \N{MINUS SIGN} \u03b7 v"
        return rule, ", ".join(parts)
    m, v = (float(layer.moments[name][0][unit, source]) for name in ("exp_avg", "exp_avg_sq"))
    m_hat, v_hat = m / (1 - BETAS[0] ** trace.count), v / (1 - BETAS[1] ** trace.count)
    parts += [f"m\u2032 = {number(m_hat)}", f"\u221av\u2032 = {number(math.sqrt(v_hat))}"]
    pull = " \N{MINUS SIGN} \u03b7\u03bb w" if decay and training.optimizer == "adamw" else ""
    rule = f"w \u2190 w \N{MINUS SIGN} \u03b7 m\u2032 / (\u221av\u2032 + \u03b5){pull}"
    return rule, ", ".join(parts)
