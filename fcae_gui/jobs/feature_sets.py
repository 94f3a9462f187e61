"""The four sets of features that are compared: raw values, PCA, the code, and an untrained network's code."""

from __future__ import annotations

import numpy as np

from fcae_gui.analysis import pca
from fcae_gui.engine.events import Weights
from fcae_gui.jobs.networks import PIECE_ROWS, codes_of, named, network_of, weights_of
from fcae_gui.jobs.registry import Arrays, JobFailed, Values

FEATURES = ("raw", "pca", "code", "untrained")


def request(
    weights: Weights,
    *,
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
) -> Arrays:
    """The arrays that FeatureSets reads: all samples (n, d) uint8 or float32, labels (n,), the encoder."""
    arrays = {
        "train": train, "train_labels": np.asarray(train_labels, np.int64),
        "test": test, "test_labels": np.asarray(test_labels, np.int64),
    }  # fmt: skip
    return arrays | named(weights.encoder, "encoder")


def check(labels: np.ndarray | None) -> None:
    """Raises JobFailed when training samples with these labels (n,) leave a classifier nothing to learn."""
    if labels is None or len(np.unique(labels)) < 2:
        raise JobFailed("Classifiers need labels of at least two classes.")


class FeatureSets:
    """Makes each set when it is asked for, once. PCA and code have learned from all training samples.

    params: "network" as NetworkConfig.to_json has it, and "seed" of the run
    """

    def __init__(self, arrays: Arrays, params: Values) -> None:
        self._halves = {"train": arrays["train"], "test": arrays["test"]}
        self.labels = {"train": arrays["train_labels"], "test": arrays["test_labels"]}
        check(self.labels["train"])
        self.network = network_of(params)
        self.weights = weights_of(arrays, self.network)
        self._seed = int(params.get("seed", 0))
        self._made: dict[tuple[str, str], np.ndarray] = {}
        self._pca: pca.Pca | None = None
        self._untrained: Weights | None = None

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(max(labels.max() for labels in self.labels.values())) + 1

    def get(self, name: str, half: str, rows: np.ndarray) -> np.ndarray:
        """Features of some rows of "train" or "test": (k, features) float32."""
        if name == "raw":
            return pca.as_unit(self._halves[half][rows])
        whole = self._made.get((name, half))
        if whole is None:
            whole = self._made[name, half] = self._all(name, self._halves[half])
        return whole[rows]

    def size(self, name: str) -> int:
        """Number of features. PCA cannot have more than the samples have."""
        if name == "raw":
            return self.network.input_size
        return self._fitted().k if name == "pca" else self.network.code_size

    def _fitted(self) -> pca.Pca:
        if self._pca is None:
            self._pca = pca.fit(self._halves["train"], self.network.code_size)
        return self._pca

    def _all(self, name: str, samples: np.ndarray) -> np.ndarray:
        if name == "pca":
            found = self._fitted()
            starts = range(0, len(samples), PIECE_ROWS)
            pieces = [found.codes(samples[start : start + PIECE_ROWS]) for start in starts]
            return np.concatenate([piece.astype(np.float32) for piece in pieces])
        weights = self.weights if name == "code" else self._fresh()
        return codes_of(weights, samples)

    def _fresh(self) -> Weights:
        """The same network as it starts, at the run's seed."""
        if self._untrained is None:
            import torch

            from fcae_gui.engine.network import Autoencoder, host_weights, initialise

            train = self._halves["train"]
            mean = train.mean(axis=0, dtype=np.float64) / (255.0 if train.dtype == np.uint8 else 1.0)
            network = Autoencoder(self.network)
            initialise(network, self._seed, torch.from_numpy(mean.astype(np.float32)))
            self._untrained = host_weights(network, 0, 0)
        return self._untrained
