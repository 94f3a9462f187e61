"""How the three losses are written: the whole formula, the term of one pixel, and the numbers in both."""

from __future__ import annotations

from dataclasses import dataclass

from fcae_gui.widgets.axis import three_digits
from fcae_gui.widgets.formula import Part, Piece, fraction, index, live, power, row, sum_over

MINUS = "−"
HAT = "x̂"
LOSSES = ("mse", "l1", "bce")  # in the order of the columns
NAMES = {"mse": "MSE", "l1": "L1", "bce": "BCE"}
TIPS = {
    "mse": "Mean squared error: the squares of all differences x̂ − x, added up and divided by their number",
    "l1": "Mean absolute error: the sizes |x̂ − x| of all differences, added up and divided by their number",
    "bce": "Binary cross-entropy: −x ln x̂ − (1 − x) ln(1 − x̂), added up and divided by the number of pixels",
}
TERM_TITLES = {"mse": "(x̂ − x)²", "l1": "|x̂ − x|", "bce": "cross-entropy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Numbers of one sample: the marked pixel's x, output and term, the sum over all `count` values."""

    loss: str
    place: str
    x: float
    output: float
    term: float
    total: float
    count: int


def number(value: float) -> str:
    """Three significant digits and a true minus sign."""
    return three_digits(value).replace("-", MINUS)


def fixed(value: float) -> str:
    """Three decimals and a true minus sign."""
    return f"{value:.3f}".replace("-", MINUS) if abs(value) < 1e6 else number(value)


def bracketed(value: float) -> str:
    """As `fixed`, in brackets when it is negative and follows a minus."""
    return f"({fixed(value)})" if value < 0 else fixed(value)


def lines(now: Figures) -> list[list[Piece]]:
    """Two lines: the loss of the sample, and the term of the marked pixel."""
    return [_whole(now), _one(now)]


def _general(loss: str) -> Part:
    x, output = index("x", "i"), index(HAT, "i")
    if loss == "mse":
        return power(row("(", output, " − ", x, ")"), "2")
    if loss == "l1":
        return row("|", output, " − ", x, "|")
    return row("(−", x, " ln ", output, " − (1 − ", x, ") ln(1 − ", output, "))")


def _whole(now: Figures) -> list[Piece]:
    count = f"{now.count:,}"
    return [
        row(NAMES[now.loss], " = "),
        row(fraction("1", count), " ", sum_over("i"), _general(now.loss)),
        row("= ", fraction(live(number(now.total)), count), " = ", live(number(now.total / now.count))),
    ]


def _one(now: Figures) -> list[Piece]:
    x, output = fixed(now.x), fixed(now.output)
    result = row("= ", live(number(now.term)))
    head = f"{now.place}:"
    if now.loss == "mse":
        return [head, power(row("(", live(output), " − ", live(bracketed(now.x)), ")"), "2"), result]
    if now.loss == "l1":
        return [head, row("|", live(output), " − ", live(bracketed(now.x)), "|"), result]
    return [
        head,
        row("−", live(x), " ln ", live(number(now.output))),
        row("− (1 − ", live(x), ") ln(1 − ", live(number(now.output)), ")"),
        result,
    ]


def explained(count: int, below: int, above: int, *, bounded: bool) -> str:
    """What the output activation does to these outputs: how many of `count` lie under 0 and over 1."""
    outside = f"{below + above:,} of {count:,} outside [0, 1]"
    if bounded:
        return f"{outside}: the sigmoid σ bends every number a into (0, 1), where pixels live."
    return (
        f"{outside} ({100 * (below + above) / count:.1f} %): {below:,} below 0 (blue), {above:,} above 1 "
        "(orange). Nothing bends a into (0, 1)."
    )
