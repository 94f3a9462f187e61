"""Small data and configs that the engine's tests share."""

from __future__ import annotations

from typing import Any

import numpy as np

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.events import Event, Observation, StateChanged, StepOnce
from fcae_gui.engine.loop import Inbox, serve
from fcae_gui.engine.trainer import Trainer


def blobs(
    n: int = 300,
    d: int = 20,
    *,
    seed: int = 0,
    as_bytes: bool = True,
    n_test: int = 90,
    complete: bool = True,
) -> Dataset:
    """Points near a curved 2-D sheet in d dimensions, in [0, 1]; the first n are the same for every n."""
    rng = np.random.default_rng(seed)
    mixing, offsets = rng.normal(size=(2, d)), rng.uniform(0, 6, d)

    def split(count: int, seed: int) -> Split:
        sheet = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
        values = 0.5 + 0.45 * np.sin(sheet @ mixing + offsets)
        features = (values * 255).astype(np.uint8) if as_bytes else values.astype(np.float32)
        return Split(features=features, labels=(sheet[:, 0] > 0).astype(np.int64))

    return Dataset(
        name="blobs",
        title="Blobs",
        train=split(n, 1),
        test=split(n_test, 2),
        complete=complete,
        fingerprint=f"{n}",
    )


def config(dataset: Dataset, *, network: dict[str, Any] | None = None, **training: Any) -> RunConfig:
    """A small run on one thread of the CPU; 300 samples make four full steps and a short one."""
    return RunConfig(
        network=NetworkConfig(
            **{"input_size": dataset.n_features, "encoder_widths": (12,), "code_size": 2, **(network or {})}
        ),
        training=TrainingConfig(**{"batch_size": 64, "learning_rate": 1e-2, **training}),
        data=dataset.name, seed=3, device="cpu", threads=1,
    )  # fmt: skip


def trainer(dataset: Dataset | None = None, **training: Any) -> Trainer:
    """A trainer of `config` on `dataset`."""
    dataset = dataset or blobs()
    return Trainer(config(dataset, **training), dataset)


def steps(trainer: Trainer, count: int) -> Trainer:
    """Make so many steps."""
    for _ in range(count):
        trainer.step()
    return trainer


def same(a: Trainer, b: Trainer) -> bool:
    """Whether two runs stand on the same bits: weights, moments and losses."""
    x, y = a.snapshot(), b.snapshot()
    return (
        x.step == y.step
        and (x.epoch, x.position) == (y.epoch, y.position)
        and all(np.array_equal(x.weights[name], y.weights[name]) for name in x.weights)
        and set(x.optimizer) == set(y.optimizer)
        and all(np.array_equal(x.optimizer[name], y.optimizer[name]) for name in x.optimizer)
        and np.array_equal(x.train_losses, y.train_losses)
    )


class Driver:
    """Drives the loop in the test's own thread: put commands, then take events until one is met."""

    def __init__(self, trainer: Trainer, **options: Any) -> None:
        self.trainer = trainer
        self.inbox = Inbox()
        self.events: list[Event] = []
        self._stream = serve(trainer, self.inbox, **options)

    def put(self, *commands: Any) -> None:
        for command in commands:
            self.inbox.put(command)

    def until(self, kind: type, limit: int = 100_000) -> Any:
        """The next event of a kind. The loop must have something to do, or this waits for ever."""
        for _ in range(limit):
            event = next(self._stream)
            self.events.append(event)
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind.__name__} in {limit} events")

    def until_codes(self, step: int) -> Any:
        """The observation that brings the codes of a step."""
        while (observation := self.until(Observation)).codes is None or observation.codes.step != step:
            pass
        return observation

    def step(self) -> None:
        """Make one step and come back to rest."""
        self.put(StepOnce())
        while self.until(StateChanged).state != "running":
            pass
        assert self.until(StateChanged).state == "paused"

    def rest(self) -> list[Event]:
        """All events until the loop ends."""
        left = list(self._stream)
        self.events += left
        return left
