"""The training step as a CUDA graph: small networks are bound by launches, and a graph needs one."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fcae_gui.engine.batches import DeviceSamples
from fcae_gui.engine.optimisers import Optimiser
from fcae_gui.engine.passes import Pass

WARM_UP_STEPS = 3  # before a capture, so that cuBLAS and the allocator have what they need


class LossBuffer:
    """Losses that stay on the device until they are fetched, so that no step waits for the host."""

    def __init__(self, size: int, device: torch.device) -> None:
        self._values = torch.zeros(size, device=device)
        self._cursor = torch.zeros(1, dtype=torch.int64, device=device)
        self._count = 0

    def write(self, loss: Tensor) -> None:
        """Store a 0-dim loss at the cursor and move it, all on the device: may be captured."""
        self._values.scatter_(0, self._cursor, loss.view(1))
        self._cursor.add_(1)

    def keep(self, loss: Tensor) -> None:
        """Store the loss of one step."""
        self.write(loss)
        self._count += 1

    def written(self) -> None:
        """A replayed graph has stored the loss of one step."""
        self._count += 1

    def fetch(self) -> np.ndarray:
        """The losses since the last fetch, (k,) float32."""
        values = self._values[: self._count].to("cpu", copy=True).numpy()  # sync point
        self.clear()
        return values

    def clear(self) -> None:
        """Forget what is stored."""
        self._cursor.zero_()
        self._count = 0


class CapturedStep:
    """One whole step, from row numbers to changed weights, replayed with one launch.

    It runs the same functions as the plain path. It holds for one network, batch size, loss, optimiser,
    momentum and weight decay; a change of any of them needs a new capture. The learning rate is a tensor.
    """

    def __init__(
        self, work: Pass, samples: DeviceSamples, optimiser: Optimiser, buffer: LossBuffer, loss: str
    ) -> None:
        self.batch = work.n
        self._work, self._samples, self._optimiser = work, samples, optimiser
        self._buffer, self._loss = buffer, loss
        device = work.x.device
        self._rows = torch.zeros(work.n, dtype=torch.int64, device=device)
        self._rate = torch.zeros((), device=device)
        self._rate_value = 0.0
        self._graph = torch.cuda.CUDAGraph()

    def _step(self) -> None:
        self._samples.gather(self._rows, self._work.x)
        self._buffer.write(self._work.forward(self._loss))
        self._work.backward()
        self._optimiser.apply(self._rate)

    def capture(self, changing: list[Tensor]) -> None:
        """Record the step. `changing` is what a step changes: it is put back as it was."""
        before = [tensor.clone() for tensor in changing]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP_STEPS):
                self._step()
        torch.cuda.current_stream().wait_stream(stream)
        try:
            # On the stream of the warm-up: BLAS handles are made per stream, and making one breaks a capture.
            with torch.cuda.graph(self._graph, stream=stream, capture_error_mode="thread_local"):
                self._step()
        finally:
            for tensor, value in zip(changing, before, strict=True):
                tensor.copy_(value)
            self._buffer.clear()

    def run(self, rows: Tensor, rate: float) -> None:
        """One step on the samples `rows` (batch,) int64 with this learning rate."""
        self._rows.copy_(rows)
        if rate != self._rate_value:
            self._rate.fill_(rate)
            self._rate_value = rate
        self._graph.replay()
        self._buffer.written()
