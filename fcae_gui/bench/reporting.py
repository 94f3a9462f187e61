"""How a benchmark says what it found: one record per figure, as a JSON line or as a row for people."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TextIO


class CannotRun(Exception):  # noqa: N818 - not a fault: this machine lacks what the benchmark needs
    """Raised by a benchmark that cannot be measured here; the text is one sentence that says why."""


class Report(Protocol):
    """What a benchmark is given: call it once per figure.

    value None and holds None mean: not measured, and `reason` says why. target is a text such as ">= 12".
    """

    def __call__(
        self, name: str, value: float | None, unit: str, target: Any, holds: bool | None, *, reason: str = ""
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure; `holds` is None when it could not be measured, and then `reason` says why."""

    name: str
    value: float | None
    unit: str = ""
    target: Any = ""
    holds: bool | None = None
    reason: str = ""

    def to_json(self) -> str:
        """One line of strict JSON; without `reason` where there is none."""
        fields = asdict(self)
        if not self.reason:
            del fields["reason"]
        if self.value is not None and not math.isfinite(self.value):
            fields |= {"value": None, "holds": None, "reason": self.reason or "the value is not finite"}
        return json.dumps(fields)

    @classmethod
    def from_json(cls, line: str) -> Figure:
        """The inverse of to_json. Raises ValueError on anything else."""
        try:
            return cls(**json.loads(line))
        except TypeError as error:
            raise ValueError(f"not a figure: {line[:80]}") from error

    def row(self) -> str:
        """One aligned line for people."""
        verdict = {True: "holds", False: "FALLS SHORT", None: "not measured"}[self.holds]
        value = "-" if self.value is None else f"{self.value:,.4g}"
        return f"{self.name:<12}{value:>12} {self.unit:<12} target {self.target!s:<12} {verdict}" + (
            f": {self.reason}" if self.reason else ""
        )


def writer(stream: TextIO) -> Report:
    """A Report that writes JSON lines as they come."""

    def report(
        name: str, value: float | None, unit: str, target: Any, holds: bool | None, *, reason: str = ""
    ) -> None:
        number = None if value is None else float(value)
        verdict = None if holds is None else bool(holds)
        figure = Figure(name=name, value=number, unit=unit, target=target, holds=verdict, reason=reason)
        stream.write(figure.to_json() + "\n")
        stream.flush()

    return report


Benchmark = Callable[[Report], None]
