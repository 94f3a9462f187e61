"""What people are told when a step fails."""

from __future__ import annotations

import pytest
import torch

from fcae_gui.engine.devices import resolve
from fcae_gui.engine.errors import classify


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), "out_of_memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"), "out_of_memory"),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"),
            "out_of_memory",
        ),
        (RuntimeError("CUDA error: device-side assert triggered"), "device"),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"), "shape"),
        (KeyError("anything"), "other"),
        (RuntimeError(""), "other"),
    ],
)
def test_errors_are_told_apart(error: Exception, kind: str) -> None:
    found, message, advice = classify(error)
    assert found == kind
    assert message
    assert advice
    assert "\n" not in message


def test_a_real_shape_error_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.mm(torch.zeros(2, 3), torch.zeros(4, 5))
    assert classify(caught.value)[0] == "shape"


def test_a_real_out_of_memory_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert classify(caught.value)[0] == "out_of_memory"


def test_the_cpu_is_always_there_and_has_a_name() -> None:
    device, name = resolve("cpu")
    assert device.type == "cpu"
    assert name
    found, _ = resolve("auto")
    for other in {"cuda", "mps", "xpu"} - {found.type}:
        with pytest.raises(ValueError, match="not available"):
            resolve(other)
