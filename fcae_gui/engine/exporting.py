"""Encoder, decoder or both as files that need nothing of ours: torch.export, ONNX and safetensors."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn

from fcae_gui.engine.config import NetworkConfig
from fcae_gui.engine.export_formats import CHECKED_ROWS, missing_text
from fcae_gui.files import PathLike, atomic_write, write_container

TOLERANCE = 1e-5  # of the largest value, where that is more than 1
ONNX_LIMIT = 2**31 - 2**20  # bytes: a larger one does not fit into a single file
KIND = "weights"
_NAMES = {"encoder": ("samples", "codes"), "decoder": ("codes", "outputs"), "network": ("samples", "outputs")}


class ExportFailed(Exception):  # noqa: N818 - what it says, not that it is an error
    """Why there is no file: one plain sentence for the user."""


def plain_network(
    config: NetworkConfig, weights: dict[str, np.ndarray], part: str, *, closed: bool = True
) -> nn.Sequential:
    """Encoder (samples to codes), decoder (codes to outputs) or both: nothing but torch's own layers.

    closed: with the output activation
    """
    layers: list[nn.Module] = []
    for half in ("encoder", "decoder") if part == "network" else (part,):
        depth = len(config.encoder_sizes) - 1
        closing = config.code_activation if half == "encoder" else config.output_activation
        if half == "decoder" and not closed:
            closing = "none"
        for i in range(depth):
            weight, bias = weights[f"{half}.{i}.weight"], weights[f"{half}.{i}.bias"]
            layer = nn.Linear(weight.shape[1], weight.shape[0])
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(np.array(weight)))
                layer.bias.copy_(torch.from_numpy(np.array(bias)))
            layers.append(layer)
            layers += _activation(closing if i == depth - 1 else config.activation, config.leaky_slope)
    return nn.Sequential(*layers).eval().requires_grad_(False)


def _activation(name: str, slope: float) -> list[nn.Module]:
    made: dict[str, Callable[[], nn.Module]] = {
        "leaky_relu": lambda: nn.LeakyReLU(slope), "relu": nn.ReLU, "elu": nn.ELU, "silu": nn.SiLU,
        "tanh": nn.Tanh, "sigmoid": nn.Sigmoid,
    }  # fmt: skip
    return [made[name]()] if name in made else []


def export(
    path: PathLike,
    config: NetworkConfig,
    weights: dict[str, np.ndarray],
    *,
    part: str,
    format_name: str,
    samples: np.ndarray,
    tell: Callable[[float, str], None] = lambda _fraction, _text: None,
) -> float:
    """Write a file and return by how much it differs from the network on `samples` (n, features) float32.

    Only what agrees to TOLERANCE is written. Raises ExportFailed, and OSError from the disk.
    """
    lacking = missing_text(format_name)
    if lacking:
        raise ExportFailed(lacking)
    if format_name == "safetensors":
        wanted = ("encoder.", "decoder.") if part == "network" else (f"{part}.",)
        tensors = {name: value for name, value in weights.items() if name.startswith(wanted)}
        write_container(path, kind=KIND, tensors=tensors, meta={"network": config.to_json()})
        return 0.0
    tell(0.1, "Preparing the network")
    with torch.no_grad():
        inputs = torch.from_numpy(np.ascontiguousarray(samples[:CHECKED_ROWS], np.float32))
        if part == "decoder":
            inputs = plain_network(config, weights, "encoder")(inputs)
        network = plain_network(config, weights, part)
        expected = network(inputs).numpy()
    tell(0.3, "Tracing the network")
    made = (_as_pt2 if format_name == "pt2" else _as_onnx)(network, part)
    tell(0.7, "Checking the file against the network")
    answer = (_run_pt2 if format_name == "pt2" else _run_onnx)(made, inputs)
    largest = float(np.abs(expected).max(initial=1.0))
    difference = float(np.abs(answer - expected).max(initial=0.0))
    if answer.shape != expected.shape or not difference <= TOLERANCE * largest:
        raise ExportFailed(
            f"The {format_name.upper()} file differs from the network by {difference:.2g} "
            f"(allowed: {TOLERANCE * largest:.0e}), so it was not written."
        )
    tell(0.9, "Writing")
    atomic_write(path, made)
    return difference


def _example(network: nn.Sequential) -> torch.Tensor:
    first = network[0]
    assert isinstance(first, nn.Linear)
    return torch.zeros(2, first.in_features)


def _as_pt2(network: nn.Sequential, _part: str) -> bytes:
    batch = torch.export.Dim("batch", min=1)
    with _quiet():
        program = torch.export.export(network, (_example(network),), dynamic_shapes=({0: batch},))
        buffer = io.BytesIO()
        torch.export.save(program, buffer)
    return buffer.getvalue()


def _run_pt2(made: bytes, inputs: torch.Tensor) -> np.ndarray:
    with _quiet(), torch.no_grad():
        answer: torch.Tensor = torch.export.load(io.BytesIO(made)).module()(inputs)
    return answer.numpy()


def _as_onnx(network: nn.Sequential, part: str) -> bytes:
    if sum(weight.numel() * 4 for weight in network.parameters()) > ONNX_LIMIT:
        raise ExportFailed("This network has over 2 GB of weights, more than one ONNX file holds: take .pt2.")
    names_in, names_out = _NAMES[part]
    batch = torch.export.Dim("batch", min=1)
    with _quiet():
        program = torch.onnx.export(
            network, (_example(network),), dynamo=True, dynamic_shapes=({0: batch},), verbose=False,
            input_names=[names_in], output_names=[names_out], external_data=False,
        )  # fmt: skip
        assert program is not None
        made: bytes = program.model_proto.SerializeToString()
    return made


def _run_onnx(made: bytes, inputs: torch.Tensor) -> np.ndarray:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(made, options, providers=["CPUExecutionProvider"])
    answer: np.ndarray = session.run(None, {session.get_inputs()[0].name: inputs.numpy()})[0]
    return answer


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporters say much that nobody can act upon."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
