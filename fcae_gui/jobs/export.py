"""The job behind Take it with you: writes one file, or a script with its data, and says what it wrote."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from fcae_gui.analysis.pca import as_unit
from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.export_formats import CHECKED_ROWS
from fcae_gui.files import atomic_write, shown
from fcae_gui.jobs import embedding_files
from fcae_gui.jobs.networks import PIECE_ROWS, codes_of, network_of, weights_of
from fcae_gui.jobs.registry import Arrays, JobFailed, Tell, Values

TEST_LOSS, TEST_SSE = "@TEST_LOSS@", "@TEST_SSE@"  # in a script: what the job measures and fills in


def run(arrays: Arrays, params: Values, tell: Tell) -> tuple[Values, Arrays]:
    """Write params["path"]. Returns {"files": [paths], "bytes": of all, "note": one line or ""}.

    params["what"]:
      "embedding": "format", "splits"; arrays "weights/...", "<half>", and "<half>_labels" where there are any
      "network":   "part", "format"; arrays "weights/...", "test"
      "script":    "text", "loss", "data" (name of the .npz beside it, or ""); arrays "weights/...", "test",
                   and with data "train"
      "losses":    arrays "train_losses" (steps,), "test_losses" (k, 3)
      "table":     "columns", "rows"
    and "network" as NetworkConfig.to_json has it where there are weights. Raises JobFailed.
    """
    path = Path(params["path"])
    work: dict[str, Callable[[Path, Arrays, Values, Tell], tuple[list[Path], str]]] = {
        "embedding": _embedding, "network": _network, "script": _script, "losses": _losses, "table": _table,
    }  # fmt: skip
    try:
        files, note = work[params["what"]](path, arrays, params, tell)
        size = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise JobFailed(reason(error, path)) from error
    return {"files": [str(file) for file in files], "bytes": size, "note": note}, {}


def reason(error: OSError, path: Path) -> str:
    """Why a file could not be written, as one sentence."""
    name, folder = shown(path), path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{name} was not written: there is no space left in {folder}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) or isinstance(error, PermissionError):
        return f"{name} was not written: there is no permission to write in {folder}."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"{name} was not written: there is no folder {folder}."
    if error.errno == errno.EISDIR:
        return f"{name} was not written: a folder has that name."
    return f"{name} was not written: {error.strerror or error}."


# --- one function for each ----------------------------------------------------------------------------------


def _embedding(path: Path, arrays: Arrays, params: Values, tell: Tell) -> tuple[list[Path], str]:
    weights = weights_of(named_weights(arrays), network_of(params))
    codes, halves, rows, labels = [], [], [], []
    splits = params["splits"]
    total = sum(len(arrays[half]) for half in splits)
    done = 0
    for half in splits:
        samples = arrays[half]

        def told(rows: int, half: str = half, before: int = done) -> None:
            tell.progress(0.6 * (before + rows) / total, f"Encoding the {half} half")

        codes.append(codes_of(weights, samples, told))
        done += len(samples)
        halves.append(np.full(len(samples), half))
        rows.append(np.arange(len(samples)))
        if f"{half}_labels" in arrays:
            labels.append(arrays[f"{half}_labels"])
    found = embedding_files.Embedding(
        codes=np.concatenate(codes), halves=np.concatenate(halves), rows=np.concatenate(rows),
        labels=np.concatenate(labels) if len(labels) == len(splits) else None,
        class_names=tuple(params.get("class_names", ())),
    )  # fmt: skip
    tell.progress(0.6, "Writing")
    embedding_files.write(
        path, found, params["format"], lambda share: tell.progress(0.6 + 0.4 * share, "Writing")
    )
    return [path], f"{total:,} codes of {found.codes.shape[1]} numbers"


def _network(path: Path, arrays: Arrays, params: Values, tell: Tell) -> tuple[list[Path], str]:
    tell.progress(0.0, "Loading PyTorch")
    from fcae_gui.engine import exporting

    samples = as_unit(arrays["test"][:CHECKED_ROWS])
    try:
        difference = exporting.export(
            path, network_of(params), named_weights(arrays), part=params["part"],
            format_name=params["format"], samples=samples, tell=tell.progress,
        )  # fmt: skip
    except exporting.ExportFailed as error:
        raise JobFailed(str(error)) from error
    if params["format"] == "safetensors":
        return [path], "weights by name, as PyTorch's state_dict has them"
    return [path], f"checked on {len(samples):,} samples, largest difference {difference:.1g}"


def _script(path: Path, arrays: Arrays, params: Values, tell: Tell) -> tuple[list[Path], str]:
    tell.progress(0.0, "Measuring the network that the script has to reach")
    loss, sse = final(network_of(params), named_weights(arrays), params["loss"], arrays["test"])
    text = params["text"].replace(TEST_LOSS, f"{loss:.7f}").replace(TEST_SSE, f"{sse:.4f}")
    files = []
    if params.get("data"):
        tell.progress(0.5, "Writing the data")
        beside = path.with_name(params["data"])

        def save(file: BinaryIO) -> None:
            np.savez(file, train=arrays["train"], test=arrays["test"])

        try:
            atomic_write(beside, save)
        except OSError as error:
            raise JobFailed(reason(error, beside)) from error
        files.append(beside)
    atomic_write(path, text.encode("utf-8"))
    return [path, *files], f"it has to arrive at a test loss of {loss:.7f}"


def _losses(path: Path, arrays: Arrays, _params: Values, tell: Tell) -> tuple[list[Path], str]:
    train, test = arrays["train_losses"], arrays["test_losses"]
    measured = {int(step): (loss, sse) for step, loss, sse in test.tolist()}
    last = max([len(train), *measured])

    def save(file: BinaryIO) -> None:
        file.write(b"step,train_loss,test_loss,test_squared_error\n")
        for start in range(0, last + 1, 10_000):
            lines = []
            for step in range(start, min(start + 10_000, last + 1)):
                of_train = f"{train[step - 1]:.9g}" if 0 < step <= len(train) else ""
                of_test = "{:.9g},{:.9g}".format(*measured[step]) if step in measured else ","
                if of_train or step in measured:
                    lines.append(f"{step},{of_train},{of_test}\n")
            file.write("".join(lines).encode("ascii"))
            tell.progress((start + 1) / (last + 1), "Writing")

    atomic_write(path, save)
    return [path], f"{len(train):,} steps, {len(measured):,} measurements on the test half"


def _table(path: Path, _arrays: Arrays, params: Values, _tell: Tell) -> tuple[list[Path], str]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(params["columns"])
    writer.writerows(params["rows"])
    atomic_write(path, text.getvalue().encode("utf-8"))
    return [path], f"{len(params['rows']):,} rows"


# --- what they share ----------------------------------------------------------------------------------------


def final(
    network: NetworkConfig, weights: dict[str, np.ndarray], loss: str, test: np.ndarray
) -> tuple[float, float]:
    """Mean loss and squared error per sample on the test half (n, d), summed in float64."""
    import torch
    from torch.nn import functional as F  # noqa: N812

    from fcae_gui.engine.exporting import plain_network

    logits_of = plain_network(network, weights, "network", closed=False)
    functions: dict[str, Any] = {
        "mse": F.mse_loss, "l1": F.l1_loss, "bce": F.binary_cross_entropy_with_logits,
    }  # fmt: skip
    total = squared = 0.0
    with torch.no_grad():
        for start in range(0, len(test), PIECE_ROWS):
            x = torch.from_numpy(as_unit(test[start : start + PIECE_ROWS]))
            logits = logits_of(x)
            outputs = logits.sigmoid() if network.output_activation == "sigmoid" else logits
            values = (logits if loss == "bce" else outputs).double()
            total += functions[loss](values, x.double(), reduction="sum").item()
            squared += (outputs.double() - x).square().sum().item()
    return total / test.size, squared / len(test)


def named_weights(arrays: Arrays) -> dict[str, np.ndarray]:
    """The weights of a request by the names that a run has for them."""
    return {name[8:]: value for name, value in arrays.items() if name.startswith("weights/")}
