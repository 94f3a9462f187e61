"""Live numbers that the texts of a lesson may name, and how each is written."""

from __future__ import annotations

import re
from collections.abc import Callable

from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.names import ratio_name, shape_name
from fcae_gui.session import wording
from fcae_gui.session.session import Session
from fcae_gui.session.values import Numbers

UNKNOWN = "…"  # not measured yet

# name in braces -> what it is, for the teachers' page
NAMES: dict[str, str] = {
    "epoch": "passes over the training data so far",
    "step": "steps made so far",
    "train_loss": "training loss, mean of the last steps",
    "test_loss": "loss on the test data",
    "test_sse": "sum of squared errors per test image",
    "sse": "the same where it is measured already, else that of the last training steps",
    "code_size": "numbers in the code",
    "compression": "values of the input per number of the code",
    "parameters": "weights and biases of the network",
    "shape": "layer sizes, such as 784-128-32-2-32-128-784",
    "slope": "slope of the leaky ReLU below 0",
    "learning_rate": "learning rate",
    "data": "title of the data set",
    "pca_sse": "sum of squared errors per test image of PCA with as many numbers",
    "pca_excess": "error of the network above that of PCA, in percent",
    "pca_angle": "largest angle between the decoder's plane and PCA's, in degrees",
    "passed_step": "step at which the network passed PCA",
    "column_angle": "angle between the decoder's first two columns",
    "correlation": "strongest correlation between two numbers of the code",
    "pca_seconds": "time that fitting PCA took here",
    "near_seconds": "training time until the error came within 1 % of PCA's",
    "random_sse": "smallest test error per image with a random, frozen encoder",
    "recorded_sse": "test error per image that the recorded run beside this one reached",
    "recorded_epochs": "epochs of the recorded run",
    "trained_sse": "smallest test error per image of the same network with a trained encoder",
}


class Figures:
    """Resolves the names. `add` gives a name another source, such as the PCA baseline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._added: dict[str, Callable[[], str]] = {}

    def add(self, name: str, source: Callable[[], str]) -> None:
        """A source for one of NAMES; it returns "" while nothing is measured."""
        assert name in NAMES, name
        self._added[name] = source

    def filled(self, text: str) -> str:
        """The text with every {name} replaced by its number."""
        filled = re.sub(r"\{([a-z_]+)\}", lambda found: self.value(found[1]), text)
        return filled.replace(f"{UNKNOWN}.", UNKNOWN)

    def value(self, name: str) -> str:
        """One number as it is written."""
        source = self._added.get(name)
        written = source() if source is not None else self._own(name)
        return written or UNKNOWN

    def _own(self, name: str) -> str:
        numbers, config, dataset = self._session.numbers(), self._session.config, self._session.dataset
        if name == "data":
            return dataset.title if dataset is not None else ""
        if config is None:
            return ""
        network = config.network
        match name:
            case "epoch":
                return f"{numbers.epoch:.1f}"
            case "step":
                return f"{numbers.step:,}"
            case "train_loss":
                return _written(numbers.train_loss)
            case "test_loss":
                return _written(numbers.test_loss)
            case "test_sse":
                return "" if numbers.test_sse is None else f"{numbers.test_sse:.2f}"
            case "sse":
                return self._sse(numbers, config)
            case "code_size":
                return f"{network.code_size}"
            case "compression":
                return ratio_name(network)
            case "parameters":
                return f"{network.parameters:,}"
            case "shape":
                return shape_name(network)
            case "slope":
                return f"{network.leaky_slope:.3g}"
            case "learning_rate":
                return f"{config.training.learning_rate:.3g}"
            case _:
                return ""

    @staticmethod
    def _sse(numbers: Numbers, config: RunConfig) -> str:
        if numbers.test_sse is not None:
            return f"{numbers.test_sse:.2f}"
        if numbers.train_loss is None or config.training.loss != "mse":
            return ""
        return f"{numbers.train_loss * config.network.input_size:.2f}"


def _written(value: float | None) -> str:
    return "" if value is None else wording.significant(value)
