"""What can be seen of a run between two steps: its codes, its outputs, and how it does on the test set."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fcae_gui.engine import losses
from fcae_gui.engine.batches import DeviceSamples, chosen
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Evaluated, Weights
from fcae_gui.engine.history import LossHistory
from fcae_gui.engine.network import Autoencoder, host_weights

EVALUATION_ROWS = 1000  # test samples in one piece


class Looking:
    """The half of a Trainer that changes nothing; the Trainer provides what is declared here."""

    config: RunConfig
    network: Autoencoder
    history: LossHistory
    generation: int
    train: DeviceSamples
    test: DeviceSamples

    @property
    def step_count(self) -> int:
        """Steps made so far."""
        raise NotImplementedError

    @property
    def epoch(self) -> float:
        """Completed passes over the training data, with fraction."""
        raise NotImplementedError

    @property
    def epoch_loss(self) -> float:
        """Mean train loss of the epoch so far."""
        raise NotImplementedError

    def verify(self) -> None:
        """Make sure that the run stands on finite numbers."""
        raise NotImplementedError

    def evaluate(self, images_per_s: float = 0.0) -> Evaluated:
        """Losses on the whole test set, now; noted in the history."""
        self.verify()
        sums = np.zeros(2)
        for start in range(0, len(self.test), EVALUATION_ROWS):
            sums += self.measure(self.network, self.test.part(start, start + EVALUATION_ROWS))[1]
        return self.note_evaluation(self.step_count, self.epoch, self.epoch_loss, sums, images_per_s)

    def measure(self, network: Autoencoder, x: Tensor) -> tuple[Tensor, np.ndarray]:
        """Codes (n, code) of samples x (n, features), and their sums of loss and squared errors (2,)."""
        with torch.no_grad():
            codes = network.encode(x)
            logits = network.decode_logits(codes)
            sigmoid = network.config.output_activation == "sigmoid"
            pair = losses.measure(self.config.training.loss, sigmoid, logits, x)
            return codes, torch.stack(pair).cpu().numpy().astype(np.float64)  # sync point

    def note_evaluation(
        self, step: int, epoch: float, train_loss: float, sums: np.ndarray, images_per_s: float
    ) -> Evaluated:
        """The event of an evaluation, from its sums over the test set; noted in the history."""
        count = len(self.test)
        test_loss, test_sse = float(sums[0]) / (count * self.test.n_features), float(sums[1]) / count
        self.history.append_test(step, test_loss, test_sse)
        return Evaluated(
            generation=self.generation, step=step, epoch=epoch, train_loss=train_loss,
            test_loss=test_loss, test_sse=test_sse, images_per_s=images_per_s,
        )  # fmt: skip

    def weights(self) -> Weights:
        """A read-only copy of all weights as they are now."""
        return host_weights(self.network, self.generation, self.step_count)

    def samples(self, split: str, rows: np.ndarray) -> Tensor:
        """The samples `rows` of "train", "test" or "all" (train rows first): (k, features) float32."""
        return chosen(self.train, self.test, split, rows)

    def encode(self, split: str, rows: np.ndarray, network: Autoencoder | None = None) -> np.ndarray:
        """Codes of the samples `rows` of a split: (k, code) float32."""
        with torch.no_grad():
            return (network or self.network).encode(self.samples(split, rows)).cpu().numpy()  # sync point

    def outputs(self, split: str, rows: np.ndarray) -> np.ndarray:
        """Reconstructions of the samples `rows` of a split: (k, features) float32."""
        with torch.no_grad():
            return self.network(self.samples(split, rows)).cpu().numpy()  # sync point
