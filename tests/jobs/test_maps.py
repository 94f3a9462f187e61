"""The job behind the maps: every method, with the libraries that are there and without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from fcae_gui.analysis import embeddings
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.events import Weights
from fcae_gui.jobs import maps
from fcae_gui.jobs.registry import Arrays, JobFailed, Values


class Heard:
    """Keeps what a job tells."""

    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.maps: list[np.ndarray] = []

    def progress(self, fraction: float | None, text: str = "") -> None:
        assert fraction is not None and text
        self.fractions.append(fraction)

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        assert arrays is not None
        self.maps.append(arrays["places"])


def three_groups(n: int = 150, d: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 3
    middle = rng.normal(size=(3, d)) * 4
    return (middle[labels] + rng.normal(size=(n, d))).astype(np.float32), labels


def identity(size: int, code: int) -> Weights:
    """A network whose code is the first features of its input."""
    network = NetworkConfig(input_size=size, encoder_widths=(), code_size=code, code_activation="none")
    layer = (np.eye(code, size, dtype=np.float32), np.zeros(code, np.float32))
    return Weights(generation=0, step=7, network=network, encoder=(layer,), decoder=())


def made(method: str, *, weights: Weights | None = None, source: str = "pixels", **more: Any) -> Any:
    x, labels = three_groups()
    previous = more.pop("previous", None)
    heard = Heard()
    arrays = maps.request(x, labels, weights, previous)
    values, found = maps.run(arrays, maps.parameters(method, source, weights, **more), heard)
    return values, found["places"], heard


def test_pca_is_that_of_an_svd_and_its_figures_are_scikit_learns() -> None:
    x, labels = three_groups()
    values, places, _ = made("pca")
    centred = x.astype(np.float64) - x.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(places), np.abs(centred @ axes[:2].T), atol=1e-3)
    assert values["trustworthiness"] == pytest.approx(trustworthiness(x, places, n_neighbors=10), abs=1e-6)
    assert values["decodes"] and values["n"] == values["of"] == 150
    same = [np.mean(labels[np.argsort(((places - p) ** 2).sum(1))[1:11]] == c)
            for p, c in zip(places, labels, strict=True)]  # fmt: skip
    assert values["purity"] == pytest.approx(np.mean(same))


def test_a_code_of_two_numbers_is_its_own_map_and_a_wider_one_is_seen_from_its_widest_side() -> None:
    x, _ = three_groups()
    values, places, _ = made("code", weights=identity(12, 2))
    np.testing.assert_allclose(places, x[:, :2], atol=1e-6)
    assert values["trustworthiness"] < 1.0
    of_code, _, _ = made("code", weights=identity(12, 2), source="code")
    assert of_code["trustworthiness"] == of_code["continuity"] == 1.0
    _, wide, _ = made("code", weights=identity(12, 5))
    centred = x[:, :5].astype(np.float64) - x[:, :5].mean(axis=0)
    assert wide.var(axis=0) == pytest.approx(np.linalg.svd(centred)[1][:2] ** 2 / len(x), rel=1e-3)
    flipped = made("code", weights=identity(12, 5), previous=-wide)[1]
    np.testing.assert_allclose(flipped, -wide, atol=1e-5)
    _, line, _ = made("code", weights=identity(12, 1))
    assert line.shape == (150, 2) and not line[:, 1].any()


@pytest.mark.parametrize("library", ["scikit-learn", "openTSNE"])
def test_t_sne_is_seen_converging_and_keeps_its_orientation(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "LOOK_S", 0.0)
    if library == "openTSNE" and not embeddings.installed("openTSNE"):
        pytest.skip("openTSNE is not installed")
    values, places, heard = made("tsne", library=library)
    assert values["by"].startswith(library) and not values["decodes"]
    assert values["purity"] > 0.98 and values["trustworthiness"] > 0.9
    assert len(heard.maps) >= 3 and heard.fractions == sorted(heard.fractions)
    groups = np.arange(150) % 3
    last = heard.maps[-1]
    assert len(last) == len(places)

    def middles(of: np.ndarray) -> np.ndarray:
        found = np.stack([of[groups == g].mean(axis=0) for g in range(3)])
        return found / np.abs(found).max()

    np.testing.assert_allclose(middles(last), middles(places), atol=0.35)
    mirrored = made("tsne", library=library, previous=places * [-1.0, 1.0])[1]
    np.testing.assert_allclose(middles(mirrored) * [-1.0, 1.0], middles(places), atol=0.35)


@pytest.mark.slow  # its library compiles itself for a quarter of a minute
def test_umap_lays_out_groups_and_tells_its_epochs() -> None:
    if not embeddings.installed("umap-learn"):
        pytest.skip("umap-learn is not installed")
    values, places, heard = made("umap")
    assert places.shape == (150, 2) and values["purity"] > 0.98 and values["by"].startswith("umap-learn")
    assert max(heard.fractions[:-1]) > 0.5


def test_what_cannot_be_done_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError

    monkeypatch.setattr(embeddings, "umap", missing)
    with pytest.raises(JobFailed, match="umap-learn"):
        made("umap")
    monkeypatch.setattr(embeddings, "_open_tsne", missing)
    assert made("tsne")[0]["by"].startswith("scikit-learn")
    broken = identity(12, 2)
    broken.encoder[0][0][0, 0] = np.nan
    with pytest.raises(JobFailed, match="diverged"):
        made("code", weights=broken)
