"""The four sets of features that are compared: raw values, PCA, the code, and an untrained network's code."""

from __future__ import annotations

from typing import Any

import numpy as np

from fcae_gui.analysis import pca
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import encode
from fcae_gui.engine.events import Layer, Weights
from fcae_gui.jobs.registry import Arrays, JobFailed, Values

FEATURES = ("raw", "pca", "code", "untrained")
PIECE_ROWS = 2_000


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
    for i, (weight, bias) in enumerate(weights.encoder):
        arrays[f"encoder.{i}.weight"], arrays[f"encoder.{i}.bias"] = weight, bias
    return arrays


def described(network: NetworkConfig) -> Values:
    """A network as JSON, for the parameters of a job."""
    from dataclasses import asdict

    return asdict(network)


class FeatureSets:
    """Makes each set when it is asked for, once. PCA and code have learned from all training samples.

    params: "network" as described() and "seed" of the run
    """

    def __init__(self, arrays: Arrays, params: Values) -> None:
        self._halves = {"train": arrays["train"], "test": arrays["test"]}
        self.labels = {"train": arrays["train_labels"], "test": arrays["test_labels"]}
        fields = dict(params["network"])
        fields["encoder_widths"] = tuple(fields["encoder_widths"])
        self.network = NetworkConfig(**fields)
        self._seed = int(params.get("seed", 0))
        self._encoder: tuple[Layer, ...] = tuple(
            (arrays[f"encoder.{i}.weight"], arrays[f"encoder.{i}.bias"])
            for i in range(len(self.network.encoder_widths) + 1)
        )
        self._made: dict[tuple[str, str], np.ndarray] = {}
        self._pca: pca.Pca | None = None
        self._untrained: Weights | None = None
        if len(np.unique(self.labels["train"])) < 2:
            raise JobFailed("Classifiers need labels of at least two classes.")

    @property
    def weights(self) -> Weights:
        """The encoder as it was sent."""
        return Weights(generation=0, step=0, network=self.network, encoder=self._encoder, decoder=())

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
        """Number of features."""
        return self.network.input_size if name == "raw" else self._code_size

    @property
    def _code_size(self) -> int:
        return min(self.network.code_size, self.network.input_size)

    def _all(self, name: str, samples: np.ndarray) -> np.ndarray:
        if name == "pca":
            if self._pca is None:
                self._pca = pca.fit(self._halves["train"], self._code_size)
            found = self._pca
            return _in_pieces(samples, lambda x: found.codes(x).astype(np.float32))
        weights = self.weights if name == "code" else self._fresh()
        codes = _in_pieces(samples, lambda x: encode(weights, pca.as_unit(x)))
        if not np.isfinite(codes).all():
            raise JobFailed("The code is not finite: the run has diverged. Rewind it and train on.")
        return codes

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


def _in_pieces(samples: np.ndarray, work: Any) -> np.ndarray:
    return np.concatenate(
        [work(samples[start : start + PIECE_ROWS]) for start in range(0, len(samples), PIECE_ROWS)]
    )
