"""What went wrong, in words for people: one table, because torch raises RuntimeError for everything."""

from __future__ import annotations

_OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "defaultcpuallocator",
    "alloc_failed",
)
_DEVICE = (
    "cuda error",
    "device-side assert",
    "cudnn",
    "cublas",
    "no cuda gpus",
    "mps backend",
    "xpu",
    "hip error",
)
_SHAPE = (
    "shapes cannot be multiplied",
    "size mismatch",
    "must match the size",
    "shape",
    "dimension out of range",
)


def classify(error: BaseException) -> tuple[str, str, str]:
    """(kind, message, advice) of an exception in training.

    kind is "out_of_memory", "device", "shape" or "other"; message and advice are one plain sentence each.
    """
    text = str(error).lower()
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, MemoryError) or "OutOfMemoryError" in names or _any(text, _OUT_OF_MEMORY):
        return (
            "out_of_memory",
            "There was not enough memory for the next step; the run is kept as it was.",
            "Choose a smaller batch, a smaller network, or the CPU, and play on.",
        )
    if "AcceleratorError" in names or _any(text, _DEVICE):
        return (
            "device",
            "The graphics processor failed during a step; the run is kept as it last was seen.",
            "Save the run, start the program again, and choose the CPU if it happens again.",
        )
    if _any(text, _SHAPE):
        return (
            "shape",
            "The data and the network do not fit together.",
            "Start over with a new network for this data.",
        )
    first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return (
        "other",
        f"Training stopped because of an unexpected error: {first_line}",
        "Play on, or start over; the details can be copied for a report.",
    )


def _any(text: str, parts: tuple[str, ...]) -> bool:
    return any(part in text for part in parts)
