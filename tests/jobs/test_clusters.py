"""The clusters job, called in this process: who is sampled, who is assigned, and which numbers stay."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Weights
from fcae_gui.jobs import clusters
from fcae_gui.jobs.registry import Arrays, JobFailed, Values

NETWORK = NetworkConfig(input_size=80, encoder_widths=(), code_size=3)


class Heard:
    """What a job told."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], tuple[dict[str, Any], Arrays]] = {}
        self.pairs: list[Values] = []

    def progress(self, fraction: float | None, text: str = "") -> None:
        assert fraction is None or 0 <= fraction <= 1

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        if "method" in values:
            self.parts[values["method"], values["space"]] = (values, arrays or {})
        else:
            self.pairs.append(values)


@pytest.fixture
def blobs() -> tuple[np.ndarray, np.ndarray, Weights]:
    draw = np.random.default_rng(0)
    truth = np.arange(600) % 3
    x = (np.repeat(np.eye(3), [30, 25, 25], axis=1)[truth] + 0.1 * draw.normal(size=(600, 80))).astype(
        np.float32
    )
    encoder, decoder = (
        tuple(
            (draw.normal(0, 0.3, (b, a)).astype(np.float32), np.zeros(b, np.float32))
            for a, b in pairwise(sizes)
        )
        for sizes in ((80, 3), (3, 80))
    )
    return x, truth, Weights(generation=1, step=1, network=NETWORK, encoder=encoder, decoder=decoder)


def test_the_others_are_assigned_and_numbers_are_those_of_the_classes(blobs) -> None:  # type: ignore[no-untyped-def]
    x, truth, weights = blobs
    heard, arrays = Heard(), clusters.request(x, truth, weights)
    clusters.run(dict(arrays), clusters.parameters(NETWORK, k=3, size=200), heard)
    assert set(heard.parts) == set(clusters.KEYS)
    for (method, space), (values, found) in heard.parts.items():
        assert (values["n"], values["of"], values["n_clusters"]) == (200, 600, 3), (method, space)
        inside = found["labels"] >= 0
        np.testing.assert_array_equal(found["labels"][inside], truth[inside])
        assert inside.mean() > 0.8 and values["ari"] > 0.7 and values["purity"] == 1.0
        assert [one["commonest"] for one in values["clusters"]] == [0, 1, 2]
        assert found["pictures"].shape == (3, 80)

    before = (heard.parts["kmeans", "code"][1]["labels"] + 1) % 3  # other numbers: they are kept
    again, wanted = Heard(), [["kmeans", "code"]]
    params = clusters.parameters(NETWORK, k=3, size=None, wanted=wanted)
    clusters.run({**arrays, "previous.kmeans.code": before}, params, again)
    np.testing.assert_array_equal(again.parts["kmeans", "code"][1]["labels"], before)


def test_without_labels_there_is_nothing_to_agree_with(blobs) -> None:  # type: ignore[no-untyped-def]
    x, _, weights = blobs
    heard = Heard()
    clusters.run(clusters.request(x, None, weights), clusters.parameters(NETWORK, k=3), heard)
    values = heard.parts["gmm", "pixels"][0]
    assert values["ari"] is None and values["purity"] is None and values["n_clusters"] == 3


def test_a_diverged_code_and_too_few_samples_are_one_sentence(blobs) -> None:  # type: ignore[no-untyped-def]
    x, truth, weights = blobs
    arrays = clusters.request(x, truth, weights)
    with pytest.raises(JobFailed, match="50 clusters need at least 50 samples, and there are 20"):
        clusters.run(dict(arrays), clusters.parameters(NETWORK, k=50, size=20), Heard())
    arrays["encoder.0.weight"] = np.full((3, 80), np.nan, np.float32)
    with pytest.raises(JobFailed, match="diverged"):
        clusters.run(arrays, clusters.parameters(NETWORK, k=3), Heard())


def test_the_cost_is_told_for_growing_n_in_both_spaces(blobs) -> None:  # type: ignore[no-untyped-def]
    x, _, weights = blobs
    heard = Heard()
    clusters.cost(clusters.request(x, None, weights), clusters.parameters(NETWORK), heard)
    assert [(one["n"], one["space"], one["d"]) for one in heard.pairs] == [
        (n, *space) for n in (125, 250, 500) for space in (("pixels", 80), ("code", 3))
    ]
    assert all(one["seconds"] > 0 for one in heard.pairs)
