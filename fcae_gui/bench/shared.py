"""What several benchmarks need: MNIST or a clear refusal, and ratios that a busy machine does not spoil."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from fcae_gui.bench.reporting import CannotRun
from fcae_gui.data.dataset import Dataset


def load_mnist() -> Dataset:
    """MNIST from the cache or a torchvision folder. Raises CannotRun when it is not on this machine."""
    from fcae_gui.data import catalog
    from fcae_gui.data.errors import DataProblem

    try:
        return catalog.load("mnist")
    except DataProblem as error:
        raise CannotRun(f"This needs MNIST (--data-dir or FCAE_DATA_DIR): {error}") from error


def interleaved(
    first: Callable[[], float], second: Callable[[], float], *, pairs: int
) -> tuple[float, list[tuple[float, float]]]:
    """Median of first() / second() over alternating pairs, and the pairs.

    A neighbour that takes the processor for some seconds slows both halves of a pair, and the median drops
    the pairs in which it slowed only one.
    """
    values = []
    for i in range(pairs):
        if i % 2:
            b = second()
            a = first()
        else:
            a = first()
            b = second()
        values.append((a, b))
    return statistics.median(a / b for a, b in values), values


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
