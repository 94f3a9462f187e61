"""Maps that are made for looking: t-SNE as it converges, UMAP, and their orientation."""

from __future__ import annotations

import contextlib
import inspect
import time
from collections.abc import Callable
from importlib import metadata

import numpy as np

Array = np.ndarray
Told = Callable[[float, str, Array | None], None]  # share done, what is being done, places so far (n, 2)

PERPLEXITY = 30.0
UMAP_NEIGHBOURS = 15
EARLY, LATE = 250, 500  # iterations with attraction exaggerated (van der Maaten 2008), and without
LOOK_EVERY = 5  # iterations
LOOK_S = 0.12  # between two looks; more cannot be seen
FEATURES = 50  # both are given so many principal components of wider samples
START = 1e-4  # spread of the first places of t-SNE (Kobak and Berens 2019)


def installed(package: str) -> str:
    """Version of an installed package, "" when it is not there. Imports nothing."""
    with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
        return metadata.version(package)
    return ""


def load(method: str) -> None:
    """Import what "tsne" or "umap" need, so that it does not count as their time; missing is no error."""
    with contextlib.suppress(ImportError):
        if method == "umap":
            import umap  # noqa: F401
        elif method == "tsne":
            import openTSNE  # noqa: F401


def tsne(
    samples: Array, start: Array, told: Told, *, seed: int = 0, threads: int = 1, library: str = "auto"
) -> tuple[Array, str]:
    """t-SNE (van der Maaten and Hinton 2008) of samples (n, d) from places (n, 2): (n, 2), and what made it.

    library: "openTSNE", "scikit-learn", or "auto" for the first of them that is there
    `told` sees it converge: with openTSNE several times a second, with scikit-learn in four steps.
    """
    start = np.asarray(start, np.float64)
    start = START * start / max(float(start[:, 0].std()), 1e-30)
    if library != "scikit-learn":
        try:
            return _open_tsne(samples, start, told, seed, threads), f"openTSNE {installed('openTSNE')}"
        except ImportError:  # missing, or built for another NumPy
            if library != "auto":
                raise
    return _sklearn_tsne(samples, start, told, seed, threads), f"scikit-learn {installed('scikit-learn')}"


def _open_tsne(samples: Array, start: Array, told: Told, seed: int, threads: int) -> Array:
    from openTSNE import TSNE

    done, last = 0, 0.0

    def look(_iteration: int, _error: float, places: Array) -> None:
        nonlocal done, last
        done += LOOK_EVERY
        if time.monotonic() - last >= LOOK_S:
            told(done / (EARLY + LATE), f"iteration {done} of {EARLY + LATE}", np.asarray(places, np.float32))
            last = time.monotonic()

    told(0.0, "finding neighbours", None)
    made = TSNE(
        perplexity=_perplexity(len(samples)), initialization=start,
        early_exaggeration_iter=EARLY, n_iter=LATE, n_jobs=threads, random_state=seed,
        callbacks=look, callbacks_every_iters=LOOK_EVERY,
    ).fit(np.asarray(samples, np.float64))  # fmt: skip
    return np.asarray(made, np.float32)


def _sklearn_tsne(samples: Array, start: Array, told: Told, seed: int, threads: int) -> Array:
    from sklearn.manifold import TSNE

    counts = "max_iter" if "max_iter" in inspect.signature(TSNE).parameters else "n_iter"  # before 1.5
    steps = (EARLY + LATE) // EARLY + 1  # each goes on from where the last has ended
    places = start
    for step in range(steps):
        told(step / steps, f"step {step + 1} of {steps}", np.asarray(places, np.float32) if step else None)
        places = TSNE(
            perplexity=_perplexity(len(samples)), init=places.astype(np.float32), learning_rate="auto",
            early_exaggeration=12.0 if step == 0 else 1.0, random_state=seed, n_jobs=threads,
            **{counts: EARLY},
        ).fit_transform(np.asarray(samples, np.float32))  # fmt: skip
    return np.asarray(places, np.float32)


def _perplexity(n: int) -> float:
    return max(1.0, min(PERPLEXITY, (n - 1) / 3.0))


class _Epochs:
    """What UMAP's progress bar writes to: lines of "done/all"."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def write(self, text: str) -> None:
        done, _, whole = text.strip().partition("/")
        if done.isdigit() and whole.isdigit() and int(whole):
            self._told(int(done) / int(whole), f"epoch {done} of {whole}", None)

    def flush(self) -> None:
        """Nothing waits."""


def umap(samples: Array, start: Array, told: Told, *, seed: int = 0) -> tuple[Array, str]:
    """UMAP (McInnes, Healy and Melville 2018) of samples (n, d) from places (n, 2): (n, 2), and what made it.

    Raises ImportError without umap-learn.
    """
    import warnings

    from umap import UMAP

    told(0.0, "finding neighbours", None)
    spread = np.abs(start).max() or 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numba, and that a seed means one thread
        made = UMAP(
            n_neighbors=max(2, min(UMAP_NEIGHBOURS, len(samples) - 1)), random_state=seed, n_jobs=1,
            init=np.asarray(10.0 * start / spread, np.float32),
            tqdm_kwds={"file": _Epochs(told), "bar_format": "{n_fmt}/{total_fmt}", "disable": False},
        ).fit_transform(np.asarray(samples, np.float32))  # fmt: skip
    return np.asarray(made, np.float32), f"umap-learn {installed('umap-learn')}"


def turned(places: Array, towards: Array, *, flips_only: bool = False) -> Array:
    """Places (n, 2) turned and mirrored about their mean to lie as `towards` (n, 2) does; their size is kept.

    flips_only: each axis is at most mirrored, as where axes have a meaning of their own. Places that are not
    comparable come back as they are.
    """
    if places.shape != towards.shape or not (np.isfinite(places).all() and np.isfinite(towards).all()):
        return places
    a = np.asarray(places, np.float64) - places.mean(axis=0)
    b = np.asarray(towards, np.float64) - towards.mean(axis=0)
    between = a.T @ b  # (2, 2)
    if flips_only:
        turn = np.diag(np.where(np.diag(between) < 0.0, -1.0, 1.0))
    else:
        left, _, right = np.linalg.svd(between)
        turn = left @ right
    return (a @ turn + places.mean(axis=0)).astype(places.dtype)
