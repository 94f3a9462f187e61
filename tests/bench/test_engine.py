"""What the engine benchmark compares with is right: the count of operations, and torchvision's data."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from fcae_gui.bench.engine import flops_per_image, matmul_rate, write_idx
from fcae_gui.bench.shared import interleaved
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.config import NetworkConfig


@pytest.mark.parametrize(("widths", "code"), [((), 32), ((128, 32), 2)])
def test_the_counted_operations_are_those_that_torch_counts(widths: tuple[int, ...], code: int) -> None:
    network = NetworkConfig(input_size=784, encoder_widths=widths, code_size=code)
    sizes = network.sizes
    layers = [torch.nn.Linear(a, b, bias=False) for a, b in pairwise(sizes)]
    with FlopCounterMode(display=False) as counter:
        torch.nn.Sequential(*layers)(torch.rand(10, 784)).sum().backward()
    assert flops_per_image(network) * 10 == counter.get_total_flops()


def test_the_preset_of_the_benchmark_takes_the_operations_that_its_docstring_says() -> None:
    assert flops_per_image(NetworkConfig(input_size=784, encoder_widths=(), code_size=32)) == 250_880


def test_torchvision_reads_what_we_lay_out_for_it(tmp_path: Path) -> None:
    datasets = pytest.importorskip("torchvision.datasets", exc_type=ImportError)
    rng = np.random.default_rng(0)

    def split(n: int) -> Split:
        return Split(features=rng.integers(0, 256, (n, 784), dtype=np.uint8), labels=rng.integers(0, 10, n))

    data = Dataset(name="mnist", title="MNIST", train=split(30), test=split(20), image_shape=(28, 28))
    write_idx(data, tmp_path / "MNIST" / "raw")
    for half, train in ((data.train, True), (data.test, False)):
        theirs = datasets.MNIST(tmp_path, train=train, download=False)
        np.testing.assert_array_equal(theirs.data.numpy().reshape(len(half), 784), half.features)
        np.testing.assert_array_equal(theirs.targets.numpy(), half.labels)


def test_the_rate_of_products_is_measured() -> None:
    assert matmul_rate(64) > 1e6


def test_the_ratio_of_pairs_is_a_median_taken_in_turns() -> None:
    calls: list[str] = []
    firsts, seconds = iter([4.0, 6.0, 100.0]), iter([2.0, 2.0, 2.0])

    def first() -> float:
        calls.append("first")
        return next(firsts)

    def second() -> float:
        calls.append("second")
        return next(seconds)

    ratio, pairs = interleaved(first, second, pairs=3)
    assert ratio == 3.0
    assert len(pairs) == 3
    assert calls == ["first", "second", "second", "first", "first", "second"]
