"""The job behind the clusters: each method on the code and on pixels; and what all distances cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from fcae_gui.analysis import clustering, pca, scores
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.decoder import decode
from fcae_gui.engine.events import Weights
from fcae_gui.jobs.networks import codes_of, named, network_of, weights_of
from fcae_gui.jobs.registry import Arrays, JobFailed, Tell, Values

SPACES = ("code", "pixels")
KEYS = tuple((method, space) for space in SPACES for method in clustering.METHODS)
PAIR_SIZES = (125, 250, 500, 1_000, 2_000, 4_000, 8_000)
SHOWN_SIZES = 5  # the largest of them that there are samples for


def request(samples: np.ndarray, labels: np.ndarray | None, weights: Weights) -> Arrays:
    """The arrays that run() and cost() read: samples (n, d) uint8 or float32, labels (n,), the network."""
    arrays = {"samples": np.ascontiguousarray(samples)}
    if labels is not None:
        arrays["labels"] = np.asarray(labels, np.int64)
    return arrays | named(weights.encoder, "encoder") | named(weights.decoder, "decoder")


def parameters(network: NetworkConfig, **more: Any) -> Values:
    """The parameters that run() and cost() read."""
    return {"network": network.to_json(), **more}


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Clusters of the samples, told one by one.

    arrays:  see request; "previous.METHOD.SPACE" (n,): clusters whose numbers are to be kept
    params:  "network"; "k"; "size": samples to find the clusters on (None: all), the others are then
             assigned; "wanted": [[method, space], ...]; "seed"
    partial: {"method", "space", "time_s", "n", "of", "n_clusters", "ari", "purity", "noise", "clusters":
             [{"count", "commonest", "share"}]} and "labels" (n,) int64, "pictures" (k, d) float32: the
             decoded mean code (as it is without a decoder), or the mean sample. ari and purity are None
             without labels.
    """
    truth, k, seed = arrays.get("labels"), int(params["k"]), int(params.get("seed", 0))
    wanted = [(str(method), str(space)) for method, space in params.get("wanted", KEYS)]
    samples, weights = pca.as_unit(arrays["samples"]), weights_of(arrays, network_of(params))
    rows = scores.draw(len(samples), params.get("size"), seed)
    check(len(rows), k, [method for method, _ in wanted])
    codes = codes_of(weights, samples) if any(space == "code" for _, space in wanted) else samples
    for done, (method, space) in enumerate(wanted):
        tell.progress(done / len(wanted), f"{clustering.METHODS[method].title} on {_named(space)}")
        x = codes if space == "code" else samples
        part = rows[scores.draw(len(rows), clustering.samples_used(method, len(rows), x.shape[1]), seed)]
        found = clustering.cluster(method, x[part], k, seed=seed)
        rest = np.setdiff1d(np.arange(len(x)), part)
        labels = np.empty(len(x), np.int64)
        labels[part] = found.labels
        if len(rest):
            labels[rest] = found.assign(x[rest])
        previous = arrays.get(f"previous.{method}.{space}")
        labels = clustering.numbered(labels, previous=previous, truth=truth)
        tell.partial(*_told(method, space, labels, part, x, truth, found.seconds, weights))
    return {}, {}


def check(n: int, k: int, methods: Iterable[str]) -> None:
    """Raises JobFailed when the methods cannot be asked for k clusters of n samples."""
    for method in methods:
        if n < (least := clustering.samples_needed(method, k)):
            asked = "HDBSCAN needs" if method == "hdbscan" else f"{k} clusters need"
            raise JobFailed(f"{asked} at least {least} samples, and there are {n:,}.")


def _told(
    method: str, space: str, labels: np.ndarray, part: np.ndarray, x: np.ndarray,
    truth: np.ndarray | None, seconds: float, weights: Weights,
) -> tuple[Values, Arrays]:  # fmt: skip
    n_clusters = int(labels.max()) + 1
    pictures = clustering.means(x, labels, n_clusters)
    if space == "code" and n_clusters and weights.decoder:
        pictures = decode(weights, pictures)
    clusters = []
    for one in range(n_clusters):
        inside = labels == one
        commonest, share = (-1, 0.0) if truth is None else clustering.mode(truth[inside])
        clusters.append({"count": int(inside.sum()), "commonest": commonest, "share": share})
    ours = labels[part]
    values = {
        "method": method, "space": space, "time_s": seconds, "n": len(part), "of": len(labels),
        "n_features": x.shape[1], "n_clusters": n_clusters,
        "ari": None if truth is None else clustering.adjusted_rand(truth[part], ours),
        "purity": None if truth is None else clustering.purity(truth[part], ours),
        "noise": clustering.noise_share(ours), "clusters": clusters,
    }  # fmt: skip
    arrays = {"labels": labels}
    if n_clusters:
        arrays["pictures"] = np.ascontiguousarray(pictures, np.float32)
    return values, arrays


def cost(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Time of all n x n distances between samples, for growing n, in the data's numbers and in the code's.

    partial: {"n", "space", "d", "seconds", "flops"}
    """
    samples = pca.as_unit(arrays["samples"])
    codes = codes_of(weights_of(arrays, network_of(params)), samples)
    sizes = [n for n in PAIR_SIZES if n <= len(samples)][-SHOWN_SIZES:] or [len(samples)]
    total = sum(n * n for n in sizes)
    clustering.time_pairs(samples[: sizes[0]], 1)  # the first call loads what the later ones have
    for at, n in enumerate(sizes):
        tell.progress(sum(m * m for m in sizes[:at]) / total, f"all distances between {n:,} samples")
        for space, x in (("pixels", samples), ("code", codes)):
            d = x.shape[1]
            seconds = clustering.time_pairs(np.ascontiguousarray(x[:n]))
            flops = clustering.flops_of_pairs(n, d)
            tell.partial({"n": n, "space": space, "d": d, "seconds": seconds, "flops": flops})
    return {}, {}


def _named(space: str) -> str:
    return "the code" if space == "code" else "the raw values"
