"""What the export job is asked, made from a run and its data, for the window and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.export_formats import CHECKED_ROWS
from fcae_gui.engine.script_text import Final, NoScript, needs_data_file, refusal, script_text
from fcae_gui.engine.state import RunState
from fcae_gui.jobs.export import TEST_LOSS, TEST_SSE
from fcae_gui.jobs.registry import Arrays, Values

Request = tuple[Arrays, Values]

__all__ = ["NoScript", "embedding", "losses", "network", "refusal", "script", "table"]


def embedding(state: RunState, data: Dataset, path: Path, *, format_name: str, split: str) -> Request:
    """Codes of "train", "test" or "all" samples, with their labels where there are any."""
    splits = ["train", "test"] if split == "all" else [split]
    arrays = _weights(state)
    for half in splits:
        chosen = data.train if half == "train" else data.test
        arrays[half] = chosen.features
        if chosen.labels is not None:
            arrays[f"{half}_labels"] = chosen.labels
    return arrays, {
        **_params("embedding", state, path), "format": format_name, "splits": splits,
        "class_names": list(data.class_names),
    }  # fmt: skip


def network(state: RunState, data: Dataset, path: Path, *, part: str, format_name: str) -> Request:
    """The encoder, the decoder or both, checked on test samples."""
    arrays = {**_weights(state), "test": data.test.features[:CHECKED_ROWS]}
    return arrays, {**_params("network", state, path), "part": part, "format": format_name}


def script(state: RunState, data: Dataset, path: Path) -> Request:
    """A PyTorch script of the run, with its data beside it where nobody else has them. Raises NoScript."""
    if state.n_train and state.n_train != len(data.train):
        raise NoScript(
            f"This run has learned from {state.n_train:,} samples, but {len(data.train):,} are loaded."
        )
    found = data_file(state, path)
    beside = found.name if found is not None else ""
    text = script_text(
        state, Final(test_loss=TEST_LOSS, test_sse=TEST_SSE), title=data.title, file=path.name, data=beside
    )
    arrays = {**_weights(state), "test": data.test.features}
    if beside:
        arrays["train"] = data.train.features
    extra = {"text": text, "data": beside, "loss": state.config.training.loss}
    return arrays, {**_params("script", state, path), **extra}


def data_file(state: RunState, path: Path) -> Path | None:
    """The data that are written beside the script `path`; None where others have them."""
    return path.with_name(f"{path.stem}_data.npz") if needs_data_file(state.initial_config) else None


def losses(state: RunState, path: Path) -> Request:
    """The loss curve, one line for each step."""
    return {"train_losses": state.train_losses, "test_losses": state.test_losses}, {
        "what": "losses", "path": str(path),
    }  # fmt: skip


def table(columns: list[str], rows: list[list[Any]], path: Path) -> Request:
    """Any small table."""
    return {}, {"what": "table", "path": str(path), "columns": columns, "rows": rows}


def _weights(state: RunState) -> Arrays:
    return {f"weights/{name}": value for name, value in state.weights.items()}


def _params(what: str, state: RunState, path: Path) -> Values:
    return {"what": what, "path": str(path), "network": state.config.network.to_json()}
