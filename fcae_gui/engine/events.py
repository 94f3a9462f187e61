"""What the engine tells (events) and what it can be told (commands): frozen values that cross threads."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.config import NetworkConfig, RunConfig

if TYPE_CHECKING:
    from fcae_gui.engine.state import RunState

Layer = tuple[np.ndarray, np.ndarray]  # weight (out, in), bias (out,), both float32 and read-only
EndReason = Literal["finished", "stopped", "diverged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A copy of all weights as they stood between two steps; read-only host arrays, safe in any thread."""

    generation: int  # grows with every new network, rewind or opened run
    step: int
    network: NetworkConfig
    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Codes of the watched map samples, all from the same weights: (n, code_size) float32."""

    generation: int
    watch_id: int  # which Watch command chose the samples
    step: int
    points: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Reconstructions of the watched grid samples: (k, n_features) float32, after the output activation."""

    generation: int
    watch_id: int
    step: int
    images: np.ndarray


# --- events -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A network stands ready at its first or restored step (also after Rewind, SetData and a new network)."""

    generation: int
    config: RunConfig  # device and threads resolved
    step: int
    epoch: float
    device_name: str
    reason: Literal["new", "rewound", "network", "data", "restored", "resized"]
    edits: tuple[tuple[int, str], ...] = ()  # (step, text) of the changes on the way here
    task_step: int = 0  # losses up to this step are of another loss or another code size


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """Whether steps are being made: "running", or "paused" (waiting for commands)."""

    state: Literal["running", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What there is to see between two steps. `codes` and `outputs` are None when the budget had no room."""

    generation: int
    step: int
    epoch: float  # completed passes over the training set, with fraction
    images_per_s: float
    learning_rate: float
    seconds_left: float | None  # to the target number of epochs, None without one
    weights: Weights | None = None
    outputs: Outputs | None = None
    codes: Codes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Losses on the whole test set, measured at `step`; epoch is whole at the end of an epoch."""

    generation: int
    step: int
    epoch: float
    train_loss: float  # mean over the steps of the epoch so far
    test_loss: float  # in the unit of the configured loss
    test_sse: float  # sum of squared errors per test image
    images_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A live change took effect before `step` + 1; `text` says in one line what changed."""

    generation: int
    step: int
    config: RunConfig
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A command could not be carried out; the run is as it was. One sentence."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The one last event of every run (from Play to rest at the target, a stop, divergence or a failure)."""

    generation: int
    reason: EndReason
    step: int
    epoch: float
    message: str = ""
    advice: str = ""
    kind: str = ""  # for "failed": "out_of_memory", "device", "shape", "other"
    details: str = ""  # the traceback, for the log and for copying; never shown by itself


Event = Started | StateChanged | Observation | Evaluated | Edited | Refused | RunEnded


# --- commands ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Run on to the target number of epochs, or without end; past a reached target it is open-ended."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop between two steps, in mid-epoch, and wait."""


@dataclass(frozen=True, slots=True)
class StepOnce:
    """Make one training step, or exactly `steps` of them, then pause."""

    steps: int = 1


@dataclass(frozen=True, slots=True)
class RunEpoch:
    """Run to the end of the current epoch, then pause."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Back to the same initial weights, at step 0 with empty history; stays paused or running as it was."""

    seed: int | None = None  # another seed: new initial weights


@dataclass(frozen=True, slots=True)
class Edit:
    """Continue with this config: live where the weights can be kept, else with a new network at step 0."""

    config: RunConfig


@dataclass(frozen=True, slots=True)
class RotateCode:
    """Turn a linear code onto its principal axes; every output stays. Answered with Edited or Refused."""


@dataclass(frozen=True, slots=True)
class ResizeCode:
    """Another code size without a restart: Started("resized") in a new generation, then Edited, or Refused.

    Growing changes no output; shrinking holds the directions of the code at their mean that are missed least.
    """

    size: int


@dataclass(frozen=True, slots=True)
class SetData:
    """Learn from other data. With `keep_weights` (a fuller version of the same data) the run goes on."""

    dataset: Dataset
    config: RunConfig
    keep_weights: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """Which samples to show: rows of the train or test half, (k,) for the grid and (n,) for the map."""

    watch_id: int
    grid_split: Literal["train", "test"]
    grid_rows: np.ndarray
    map_split: Literal["train", "test", "all"]  # "all": train rows first, then test rows
    map_rows: np.ndarray


@dataclass(frozen=True, slots=True)
class SlowMotion:
    """At most so many steps per second; None is full speed."""

    steps_per_second: float | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Hand a complete copy of the run (RunState) to the future, taken between two steps."""

    reply: Future[RunState]


@dataclass(frozen=True, slots=True)
class Restore:
    """Continue from this state (an opened file, an undo); paused afterwards."""

    state: RunState


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run and the loop."""


Command = (
    Play
    | Pause
    | StepOnce
    | RunEpoch
    | Rewind
    | Edit
    | RotateCode
    | ResizeCode
    | SetData
    | Watch
    | SlowMotion
    | Checkpoint
    | Restore
    | Stop
)
