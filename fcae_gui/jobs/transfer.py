"""The job behind transfer: the encoder with a fresh softmax layer, against the same network from scratch."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor, nn

from fcae_gui.analysis import scores
from fcae_gui.engine.network import Autoencoder, initialise
from fcae_gui.jobs.feature_sets import FeatureSets
from fcae_gui.jobs.few_labels import labels_per_class, plan
from fcae_gui.jobs.registry import Arrays, Tell, Values

WAYS = ("frozen", "tuned", "scratch")
BATCH = 64
EPOCHS = 30
LEAST_STEPS, MOST_STEPS = 200, 1_500  # the fewest let 100 labels be learned; the most take seconds
RATE = 1e-3
HEAD_RATE = 1e-2
SCALE_ROWS = 2_000


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Test accuracies against labels per class; each measurement is a partial, as in few_labels.

    frozen:  the encoder as it is, only the softmax layer learns
    tuned:   both learn
    scratch: both learn, from the weights that an untrained network has
    params: "network", "seed"; "ways", "budgets", "repeats", "test_size"
    """
    torch.set_num_threads(1)
    sets = FeatureSets(arrays, params)
    test_rows = scores.draw(len(sets.labels["test"]), params.get("test_size"), 0)
    test = torch.from_numpy(sets.get("raw", "test", test_rows))
    truth = sets.labels["test"][test_rows]
    wanted = plan(sets.labels["train"], params["budgets"], params["repeats"])
    for done, (budget, repeat) in enumerate(wanted):
        rows = scores.draw_per_class(sets.labels["train"], budget, repeat)
        labels = sets.labels["train"][rows]
        per_class = labels_per_class(labels)
        samples = torch.from_numpy(np.ascontiguousarray(sets.get("raw", "train", rows)))
        for way in params.get("ways", WAYS):
            tell.progress(done / len(wanted), f"{way}, {per_class:,} labels per class, repeat {repeat + 1}")
            began = time.perf_counter()
            reader = Reader(sets, way, seed=repeat)
            reader.learn(samples, torch.from_numpy(labels), seed=repeat)
            fit_s = time.perf_counter() - began
            accuracy = float(np.mean(reader.classify(test) == truth))
            tell.partial(
                {
                    "features": way, "budget": budget, "labels_per_class": per_class,
                    "n_train": len(rows), "n_test": len(truth), "repeat": repeat, "accuracy": accuracy,
                    "fit_s": fit_s,
                }
            )  # fmt: skip
    return {}, {}


class Reader:
    """An encoder and a softmax layer on its code, which is first brought to zero mean and variance 1."""

    def __init__(self, sets: FeatureSets, way: str, *, seed: int) -> None:
        self._frozen = way == "frozen"
        weights = sets.weights
        self._network = Autoencoder(weights.network)
        rows = np.arange(min(SCALE_ROWS, len(sets.labels["train"])))
        some = torch.from_numpy(np.ascontiguousarray(sets.get("raw", "train", rows)))
        if way == "scratch":
            initialise(self._network, 1_000 + seed, some.mean(dim=0))
        else:
            views = dict(self._network.named_parameters())
            with torch.no_grad():
                for i, (weight, bias) in enumerate(weights.encoder):
                    views[f"encoder.{i}.weight"].copy_(torch.from_numpy(np.array(weight)))
                    views[f"encoder.{i}.bias"].copy_(torch.from_numpy(np.array(bias)))
        with torch.no_grad():
            codes = self._network.encode(some)
            self._mean = codes.mean(dim=0)
            self._scale = 1.0 / float(codes.var(dim=0, unbiased=False).mean().sqrt().clamp(min=1e-6))
        self._head = nn.Linear(weights.network.code_size, sets.classes)
        nn.init.zeros_(self._head.weight)
        nn.init.zeros_(self._head.bias)

    def _codes(self, x: Tensor) -> Tensor:
        return (self._network.encode(x) - self._mean) * self._scale  # (n, code)

    def learn(self, samples: Tensor, labels: Tensor, *, seed: int) -> None:
        """Cross-entropy, Adam, (n, d) samples with (n,) labels."""
        generator = torch.Generator().manual_seed(seed)
        n = len(samples)
        steps = min(MOST_STEPS, max(LEAST_STEPS, EPOCHS * n // BATCH))
        groups = [{"params": list(self._head.parameters()), "lr": HEAD_RATE}]
        if not self._frozen:
            groups.append({"params": list(self._network.encoder.parameters()), "lr": RATE})
        optimiser = torch.optim.Adam(groups)
        with torch.no_grad():
            fixed = self._codes(samples) if self._frozen else samples
        for step in range(steps):
            for group, rate in zip(optimiser.param_groups, (HEAD_RATE, RATE), strict=False):
                group["lr"] = rate * (1.0 - step / steps)
            rows = torch.randint(n, (min(BATCH, n),), generator=generator)
            inner = fixed[rows] if self._frozen else self._codes(fixed[rows])
            loss = nn.functional.cross_entropy(self._head(inner), labels[rows])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()

    def classify(self, samples: Tensor) -> np.ndarray:
        """Classes of (n, d) samples: (n,) int64."""
        with torch.no_grad():
            said: np.ndarray = self._head(self._codes(samples)).argmax(dim=1).numpy()
        return said
