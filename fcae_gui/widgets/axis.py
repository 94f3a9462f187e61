"""Where the ticks of an axis stand and how numbers are written, for everything that is painted. No Qt."""

from __future__ import annotations

import math

Tick = tuple[float, str]


def three_digits(value: float) -> str:
    """`value` with 3 significant digits: 0.0412, 5.10, 60,000, 4.12e-5; a dash when it is not finite."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 999.5:
        whole = int(f"{value:.2e}".split("e")[1])
        return (
            f"{round(value, 2 - whole):,.0f}"
            if size < 1e9
            else f"{value:.2e}".replace("e+0", "e").replace("e+", "e")
        )
    if size < 1e-4:
        head, power = f"{value:.2e}".split("e")
        return f"{head}e{int(power)}"
    return f"{value:#.3g}".rstrip(".")


def short(value: float) -> str:
    """A tick's label: 500, 2.5k, 1M, 0.05."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):g}{letter}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def nice_step(span: float, wanted: int) -> float:
    """The 1, 2 or 5 times a power of ten that cuts `span` into at most `wanted` parts."""
    rough = span / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def linear_ticks(low: float, high: float, wanted: int) -> list[Tick]:
    """At most about `wanted` round values in [low, high], with labels that show the step's digits."""
    if not high > low:
        return []
    step = nice_step(high - low, wanted)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = []
    for i in range(first, last + 1):
        value = i * step
        small = digits > 0 and abs(value) < 1000
        ticks.append((value, f"{value:.{digits}f}" if small and digits < 6 else short(round(value, 12))))
    return ticks


def log_ticks(low: float, high: float, wanted: int) -> list[Tick]:
    """Round values in [low, high] for a logarithmic axis: powers of ten, then 1-2-5, then finer ones."""
    if not high > low > 0:
        return []
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    inside: list[float] = []
    for factors in ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 4, 6), tuple(range(1, 10))):
        found = [f * 10.0**e for e in range(first, last + 1) for f in factors if low <= f * 10.0**e <= high]
        if len(found) > wanted:
            break
        inside = found
    else:
        if len(inside) < 3:  # less than an octave: a linear choice reads better than none
            return linear_ticks(low, high, wanted)
    if len(inside) < 2 and high < 10 * low:
        return linear_ticks(low, high, wanted + 1)
    if not inside:  # a great many decades
        decades = list(range(first, last + 1, -(-(last - first + 1) // max(1, wanted))))
        inside = [10.0**e for e in decades if low <= 10.0**e <= high]
    return [(value, short(float(f"{value:.3g}"))) for value in inside]


def epoch_step(per_epoch: int, span_steps: float, wanted: int) -> int:
    """Every how many epochs a mark stands, so that at most `wanted` fit into `span_steps`."""
    epochs = span_steps / max(1, per_epoch)
    return max(1, math.ceil(nice_step(max(epochs, 1e-9), wanted)))
