"""The job behind the maps: places of the same samples by one method, and how much of the source they keep."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from fcae_gui.analysis import embeddings, pca
from fcae_gui.analysis.embedding_quality import NEIGHBOURS, quality
from fcae_gui.engine.events import Weights
from fcae_gui.jobs.networks import codes_of, named, network_of, weights_of
from fcae_gui.jobs.registry import Arrays, JobFailed, Tell, Values

METHODS = ("code", "pca", "tsne", "umap")
SOURCES = ("pixels", "code")
DECODES = ("code", "pca")  # what a place on the map can be turned back into a sample from
TITLES = {"code": "2-D code", "pca": "PCA-2", "tsne": "t-SNE", "umap": "UMAP"}
NEEDS = {"umap": "umap-learn"}
LEAST = 4  # samples
JUDGED_AT = 0.97  # share of the bar that is left for the comparison at the end


def request(
    samples: np.ndarray, labels: np.ndarray | None, weights: Weights | None, previous: np.ndarray | None
) -> Arrays:
    """The arrays that run() reads: samples (n, d), labels (n,), an encoder, places (n, 2) to lie like."""
    arrays = {"samples": np.ascontiguousarray(samples)}
    if labels is not None:
        arrays["labels"] = np.asarray(labels, np.int64)
    if previous is not None:
        arrays["previous"] = np.asarray(previous, np.float32)
    return arrays if weights is None else arrays | named(weights.encoder, "encoder")


def parameters(method: str, source: str, weights: Weights | None, **more: Any) -> Values:
    """The parameters that run() reads."""
    network = {} if weights is None else {"network": weights.network.to_json()}
    return {"method": method, "source": source, **network, **more}


def check(n: int) -> None:
    """Raises JobFailed when n samples are too few for a map."""
    if n < LEAST:
        raise JobFailed(f"A map needs at least {LEAST} samples.")


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """One map.

    params:  "method", "source" ("pixels" or "code": what t-SNE, UMAP and PCA are made of and every map is
             compared with), "network" where a code is needed; "seed", "threads", "library", "k"
    partial: "places" (n, 2) float32 while t-SNE converges
    done:    {"seconds", "by", "trustworthiness", "continuity", "purity", "source_purity", "k", "n", "of",
             "decodes"} and "places" (n, 2) float32
    """
    method, labels = str(params["method"]), arrays.get("labels")
    samples = pca.as_unit(arrays["samples"])
    check(len(samples))
    source = samples
    codes, encode_s = np.zeros((0, 0), np.float32), 0.0
    if method == "code" or params["source"] == "code":
        tell.progress(0.0, "encoding")
        began = time.perf_counter()
        codes = codes_of(weights_of(arrays, network_of(params)), arrays["samples"])
        encode_s = time.perf_counter() - began
    if params["source"] == "code":
        source = codes

    def told(fraction: float, text: str, places: np.ndarray | None) -> None:
        tell.progress(JUDGED_AT * fraction, text)
        if places is not None:
            tell.partial({}, {"places": centred(places)})

    def centred(places: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(places - places.mean(axis=0), np.float32)

    previous = arrays.get("previous")
    if method in ("tsne", "umap"):
        tell.progress(0.0, f"loading {TITLES[method]}")
        embeddings.load(method)
    began = time.perf_counter()
    by = "NumPy"
    if method == "code":
        places = _plane(codes, previous)
        by = "the encoder" if codes.shape[1] <= 2 else f"the encoder, and PCA of its {codes.shape[1]} numbers"
    elif method == "pca":
        places = _plane(source, previous, own_axes=False)
    else:
        few = _components(source, embeddings.FEATURES)
        start = few[:, :2] if few.shape[1] > 1 else np.column_stack([few[:, 0], 1e-3 * _noise(len(few))])
        if previous is not None:
            start = embeddings.turned(start, previous)
        seed = int(params.get("seed", 0))
        try:
            if method == "tsne":
                places, by = embeddings.tsne(
                    few, start, told, seed=seed, threads=int(params.get("threads", 1)),
                    library=str(params.get("library", "auto")),
                )  # fmt: skip
            else:
                places, by = embeddings.umap(few, start, told, seed=seed)
        except ImportError:
            raise JobFailed(f"{TITLES[method]} needs the package {NEEDS.get(method, 'openTSNE')}.") from None
        places = centred(places)
    seconds = time.perf_counter() - began + (encode_s if method == "code" else 0.0)
    places = np.ascontiguousarray(places, np.float32)
    if not np.isfinite(places).all():
        raise JobFailed("These places are not finite numbers: the run may have diverged.")
    tell.progress(JUDGED_AT, "comparing neighbours")
    found = quality(source, places, labels, k=int(params.get("k", NEIGHBOURS)))
    values: Values = {
        "seconds": seconds, "by": by, "decodes": method in DECODES,
        "trustworthiness": found.trustworthiness, "continuity": found.continuity, "purity": found.purity,
        "source_purity": found.source_purity, "k": found.k, "n": found.n, "of": found.of,
    }  # fmt: skip
    return values, {"places": places}


def _plane(points: np.ndarray, previous: np.ndarray | None, *, own_axes: bool = True) -> np.ndarray:
    """The first two principal components (n, 2); with own_axes points of two features are their own plane."""
    if own_axes and points.shape[1] <= 2:
        return points if points.shape[1] == 2 else np.column_stack([points[:, 0], np.zeros(len(points))])
    places = _components(points, 2)
    if places.shape[1] < 2:
        places = np.column_stack([places[:, 0], np.zeros(len(places))])
    return places if previous is None else embeddings.turned(places, previous, flips_only=True)


def _components(points: np.ndarray, most: int) -> np.ndarray:
    """Scores on the first principal components: (n, d) -> (n, at most `most`) float32."""
    return pca.fit(points, min(most, points.shape[1])).codes(points).astype(np.float32)


def _noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=n)
