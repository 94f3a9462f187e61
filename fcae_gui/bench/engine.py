"""Benchmarks `engine`, `engine_peak`: the training step against the usual notebook and the machine's peak."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from fcae_gui.bench.reporting import CannotRun, Report
from fcae_gui.bench.shared import interleaved, load_mnist
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.config import NetworkConfig, RunConfig
from fcae_gui.engine.devices import resolve
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.trainer import Trainer

FIGURES = ("engine", "engine_peak")

TARGET_RATIO = 12.0
TARGET_SHARE = 0.6
PAIRS = 5  # about 4 s each on two cores
NOTEBOOK_BATCHES = 60  # a quarter of an epoch of the usual loop, 1.2 s on two cores
MATMUL_SIZES = (512, 1024, 2048, 4096)
MATMUL_S = 0.2  # per size and try
PEAK_PAIRS = 15  # short ones, 0.4 s each


def run(report: Report) -> None:
    """Measure both figures."""
    dataset = load_mnist()
    config = make_config("notebook", dataset)
    engine = _Engine(config, dataset)
    _measure_peak(report, config, dataset)
    with tempfile.TemporaryDirectory() as folder:
        try:
            usual = _Notebook(config, dataset, Path(folder))
        except (ImportError, RuntimeError) as error:  # torchvision's own import raises RuntimeError
            raise CannotRun(f"This needs a torchvision that works: {str(error)[:120]}") from error
        engine.images_per_s()  # warm up
        usual.images_per_s()
        ratio, pairs = interleaved(engine.images_per_s, usual.images_per_s, pairs=PAIRS)
    ours, theirs = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(f"engine: {ours:,.0f} images/s against {theirs:,.0f}", file=sys.stderr)
    report("engine", ratio, "x", f">= {TARGET_RATIO:g}", ratio >= TARGET_RATIO)


STEPS_AT_ONCE = 16  # as the training loop makes them


class _Engine:
    """Our trainer, an epoch at a time."""

    def __init__(self, config: RunConfig, dataset: Dataset) -> None:
        self._trainer = Trainer(config.with_training(epochs=None), dataset)

    def images_per_s(self) -> float:
        """Images per second over one epoch."""
        trainer = self._trainer
        _synchronise(trainer.device)
        start = time.perf_counter()
        seen = 0
        while seen < trainer.n_train:
            seen += trainer.steps(STEPS_AT_ONCE)
        _synchronise(trainer.device)
        return len(trainer.dataset.train) / (time.perf_counter() - start)


class _Notebook:
    """The same network as notebooks train it: torchvision's MNIST, ToTensor, DataLoader, loss.item() a batch.

    784-32-784, leaky ReLU on the code, sigmoid output, BCELoss, Adam 0.005, batches of 256, as the lecturer's
    published code does it.
    """

    def __init__(self, config: RunConfig, dataset: Dataset, folder: Path) -> None:
        from torchvision import datasets, transforms

        write_idx(dataset, folder / "MNIST" / "raw")
        data = datasets.MNIST(folder, train=True, download=False, transform=transforms.ToTensor())
        loader = torch.utils.data.DataLoader(data, batch_size=config.training.batch_size, shuffle=True)
        self._loader = loader
        self._batches: Iterator[tuple[torch.Tensor, torch.Tensor]] = iter(loader)
        self._device, _ = resolve(config.device)
        self._model = nn.Sequential(nn.Linear(784, 32), nn.LeakyReLU(), nn.Linear(32, 784), nn.Sigmoid()).to(
            self._device
        )
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=config.training.learning_rate)
        self._loss = nn.BCELoss()

    def images_per_s(self) -> float:
        """Images per second over NOTEBOOK_BATCHES batches, going on in the same epoch."""
        images = 0
        total = 0.0
        start = time.perf_counter()
        for _ in range(NOTEBOOK_BATCHES):
            batch = next(self._batches, None)
            if batch is None:
                self._batches = iter(self._loader)
                batch = next(self._batches)
            x = batch[0].view(-1, 784).to(self._device)
            output = self._model(x)
            loss = self._loss(output, x)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            total += loss.item()
            images += len(x)
        return images / (time.perf_counter() - start)


def write_idx(dataset: Dataset, folder: Path) -> None:
    """Lay a data set of 28 x 28 images out as torchvision expects MNIST, wherever it came from."""
    folder.mkdir(parents=True)
    for split, name in ((dataset.train, "train"), (dataset.test, "t10k")):
        images, labels = _pixels(split), split.labels
        if labels is None:
            raise CannotRun("This needs labels.")
        head = np.array([0x803, len(images), 28, 28], ">i4").tobytes()
        (folder / f"{name}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = np.array([0x801, len(labels)], ">i4").tobytes()
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(head + labels.astype(np.uint8).tobytes())


def _pixels(split: Split) -> np.ndarray:
    """(n, d) uint8."""
    if split.features.dtype == np.uint8:
        return split.features
    return np.rint(split.features * 255).astype(np.uint8)


# --- the share of the machine's rate ----------------------------------------------------------------------


def flops_per_image(network: NetworkConfig) -> int:
    """Floating-point operations of one training step per image, products only.

    Every weight is used in three products: forward, gradient of the weight, gradient of the input; each is a
    multiplication and an addition: 2 * 3 * weights. The first layer's input needs no gradient, so that one is
    taken off. Biases, activations, loss and optimiser are not counted, though they take time.
    784-32-784: 6 * 50,176 - 2 * 25,088 = 250,880.
    """
    sizes = network.sizes
    weights = sum(a * b for a, b in pairwise(sizes))
    return 6 * weights - 2 * sizes[0] * sizes[1]


def _measure_peak(report: Report, config: RunConfig, dataset: Dataset) -> None:
    """On the CPU, whatever else is there: on a GPU a small network is bound by launches, not by products."""
    engine = _Engine(replace(config, device="cpu"), dataset)
    flops = flops_per_image(config.network)
    engine.images_per_s()
    best_size = max(MATMUL_SIZES, key=matmul_rate)
    share, pairs = interleaved(
        lambda: engine.images_per_s() * flops, lambda: matmul_rate(best_size), pairs=PEAK_PAIRS
    )
    ours, best = (statistics.median(values) / 1e9 for values in zip(*pairs, strict=True))
    print(f"engine_peak: {ours:.1f} of {best:.1f} GFLOP/s, products of {best_size}", file=sys.stderr)
    report("engine_peak", share, "of peak", f">= {TARGET_SHARE:g}", share >= TARGET_SHARE)


def matmul_rate(size: int) -> float:
    """Floating-point operations per second of float32 products of (size, size) matrices on the CPU."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    out = torch.empty(size, size)
    torch.mm(a, b, out=out)
    count = 0
    start = time.perf_counter()
    while (taken := time.perf_counter() - start) < MATMUL_S:
        torch.mm(a, b, out=out)
        count += 1
    return 2 * size**3 * count / taken


def _synchronise(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize()
