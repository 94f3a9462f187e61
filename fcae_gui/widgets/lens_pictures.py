"""What the lens shows of a sample: its pictures and their scales, titles, numbers and explanations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from fcae_gui.widgets import pixel_image
from fcae_gui.widgets.axis import three_digits

NICE = (1.0, 2.0, 5.0, 10.0)
MINUS = "−"
X, OUTPUT, DIFFERENCE, TERM, LOGITS, CURVE = range(6)
COUNT = 6


def plain(value: float, digits: int = 3) -> str:
    """A number with a true minus sign: −0.328."""
    return f"{value:.{digits}f}".replace("-", MINUS) if np.isfinite(value) else "–"


def nice_ceiling(value: float, least: float) -> float:
    """The 1, 2 or 5 times a power of ten at or above `value`, at least `least`: a scale that seldom jumps."""
    value = max(value if np.isfinite(value) else least, least)
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in NICE if step * power >= value * (1 - 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LensPictures:
    """What is shown, all (d,) float64: sample, output, values before the output activation, loss terms.

    bounded: a sigmoid keeps the output in [0, 1]; term_title: how a term is written
    """

    x: np.ndarray
    output: np.ndarray
    logits: np.ndarray
    term: np.ndarray
    term_title: str
    bounded: bool

    def values(self, which: int) -> np.ndarray:
        """What a picture is made of: (d,)."""
        return (self.x, self.output, self.output - self.x, self.term, self.logits)[which]

    def titles(self) -> list[tuple[str, str]]:
        """Of every picture the long and the short title."""
        return [
            ("original x", "x"),
            ("output x̂", "x̂"),
            ("x̂ − x", "x̂ − x"),
            (self.term_title, "term"),
            ("before σ: a", "a") if self.bounded else ("no σ: a = x̂", "a"),
            ("x̂ = σ(a)", "σ(a)") if self.bounded else ("x̂ = a", "x̂ = a"),
        ]

    def texts(self, at: int) -> list[str]:
        """Of every picture the number of the value `at`."""
        x, output, a = float(self.x[at]), float(self.output[at]), float(self.logits[at])
        term = three_digits(float(self.term[at])).replace("-", MINUS)
        return [plain(x), plain(output), plain(output - x), term, plain(a, 2), plain(output)]

    def scales(self, *, as_bars: bool) -> list[float]:
        """What the strongest colour, or the longest bar, of every picture stands for."""
        made = [1.0] * COUNT
        for which, least in ((DIFFERENCE, 0.1), (TERM, 0.01), (LOGITS, 1.0)):
            made[which] = nice_ceiling(_largest(self.values(which)), least)
        if as_bars:
            made[X] = made[OUTPUT] = nice_ceiling(max(_largest(self.x), _largest(self.output)), 1.0)
        return made

    def images(
        self, shape: tuple[int, int], scales: list[float], grey: np.ndarray, *, marked: bool
    ) -> list[QImage | None]:
        """All pictures at their own size; `grey` is the colour table of x and x̂."""
        to, to_bytes = pixel_image.to_image, pixel_image.to_bytes
        output = grey[to_bytes(self.output)]
        if marked:
            output = np.where(self.output < 0, pixel_image.BELOW, output)
            output = np.where(self.output > 1, pixel_image.ABOVE, output)
        canvas = np.ascontiguousarray(output.reshape(shape))
        signed = [
            to(
                pixel_image.signed_to_bytes(self.values(which) / scales[which]).reshape(shape),
                pixel_image.SIGNED,
            )
            for which in (DIFFERENCE, LOGITS)
        ]
        return [
            to(to_bytes(self.x).reshape(shape), grey),
            pixel_image.canvas_image(canvas).copy(),
            signed[0],
            to(to_bytes(self.term / scales[TERM]).reshape(shape), pixel_image.HEAT),
            signed[1],
            None,
        ]

    def tip(self, which: int, scale: float) -> str:
        """What a picture shows, in plain words; "" beside all of them."""
        tips = {
            X: "The sample as it went in: x.",
            OUTPUT: "What came out: x̂. Marked pixels lie outside [0, 1]: blue below 0, orange above 1.",
            DIFFERENCE: f"x̂ − x: blue where the output is too dark, orange where too bright, to {scale:g}.",
            TERM: f"What every pixel adds to the loss: white is nothing, full orange {scale:g}.",
            LOGITS: f"a, the last layer's sums: blue is negative, orange positive, up to {scale:g}."
            + (" The sigmoid makes the output of them." if self.bounded else " They are the output."),
            CURVE: "x̂ = σ(a) = 1 / (1 + e^−a): where the marked pixel sits on it. Every a lands in (0, 1)."
            if self.bounded
            else "Without a sigmoid x̂ = a: outside the shaded band no pixel can be.",
        }
        return tips.get(which, "")


def _largest(values: np.ndarray) -> float:
    """The largest size among the finite ones."""
    return float(np.abs(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)).max())


def first_pixel(x: np.ndarray, shape: tuple[int, int] | None) -> int:
    """A place in the middle of the sample (d,) where there is ink, if there is any; 0 in a table."""
    if shape is None:
        return 0
    rows, columns = shape
    across, down = np.abs(np.arange(columns) - columns / 2), np.abs(np.arange(rows) - rows / 2)
    ink = x.reshape(shape) > 0.5 * max(float(x.max()), 1e-12)
    away = across[None, :] + down[:, None]  # (rows, columns)
    return int(np.where(ink, away, np.inf).argmin()) if ink.any() else len(x) // 2
