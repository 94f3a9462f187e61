"""How a trained network stands against PCA with as many components as its code has numbers."""

from __future__ import annotations

import math
from typing import Any

from fcae_gui.analysis import pca
from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.events import Evaluated, Weights
from fcae_gui.engine.linear import decoder_columns, is_linear


def against_pca(weights: Weights, config: RunConfig, dataset: Dataset, last: Evaluated) -> dict[str, Any]:
    """Figures for the last line of a run, in the run's own loss.

    pca_test_loss: PCA's error on the test set; pca_excess: how far the network's lies above it, as a fraction
    of it (0.01 is one percent, negative is better than PCA); pca_angle_deg: largest principal angle between
    what the decoder spans and PCA's axes, only for a linear network. None where there is no such figure.
    """
    found = pca.fit(dataset.train.features, config.network.code_size)
    error = pca.error(found, dataset.test.features, config.training.loss)
    result: dict[str, Any] = {
        "pca_test_loss": error,
        "pca_excess": last.test_loss / error - 1.0 if error > 0.0 else None,
    }
    columns = decoder_columns(weights) if is_linear(config.network) else None
    if columns is not None:
        angles = pca.principal_angles(columns, found.components.T)
        result["pca_angle_deg"] = float(angles[0]) if math.isfinite(angles[0]) else None
    return result


def pca_lines(result: dict[str, Any], size: int) -> list[str]:
    """The same in words, for a terminal."""
    lines = []
    excess, angle = result.get("pca_excess"), result.get("pca_angle_deg")
    if excess is not None:
        where = "above" if excess >= 0 else "below"
        lines.append(f"Test error {100 * abs(excess):.2f} % {where} that of PCA with {size} components")
    if angle is not None:
        lines.append(f"Largest principal angle to PCA's axes: {angle:.2f} degrees")
    return lines
