"""One run: a network, its data and its optimiser, stepped by one thread; no commands, no window."""

from __future__ import annotations

import itertools
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from fcae_gui.data.dataset import Dataset
from fcae_gui.engine.batches import DeviceSamples, order
from fcae_gui.engine.bursts import MOST_STEPS, Burst, compiled
from fcae_gui.engine.changes import check_state, describe_change, fill
from fcae_gui.engine.config import RunConfig, TrainingConfig, needs_new_network
from fcae_gui.engine.cuda_graph import CapturedStep, LossBuffer
from fcae_gui.engine.devices import default_threads, resolve
from fcae_gui.engine.events import Edited
from fcae_gui.engine.history import LossHistory
from fcae_gui.engine.looking import Looking
from fcae_gui.engine.network import Autoencoder, initialise
from fcae_gui.engine.optimisers import Optimiser, learning_rate
from fcae_gui.engine.passes import Pass
from fcae_gui.engine.recode import resized, rotated, with_code
from fcae_gui.engine.shadow import SHADOW_STEPS, DivergedError, Progress, Shadow, all_finite
from fcae_gui.engine.state import EditRecord, RunState

log = logging.getLogger(__name__)
_generations = itertools.count(1)  # through the whole process: no two networks share one


class Trainer(Looking):
    """Makes the steps of one run and keeps everything that decides the next one.

    config: device and threads are resolved here and recorded. ValueError when the data does not fit it.
    state:  continue from there; its config is what counts then.
    graphs: False keeps the plain path on CUDA too.
    """

    config: RunConfig
    initial_config: RunConfig
    dataset: Dataset
    device: torch.device
    network: Autoencoder
    history: LossHistory
    generation: int
    edits: tuple[EditRecord, ...]
    _progress: Progress
    _passes: dict[int, Pass]
    _captured: CapturedStep | None
    _burst: Burst | None
    _shadow: Shadow
    _verified: int
    _mean: Tensor | None

    def __init__(
        self, config: RunConfig, dataset: Dataset, *, state: RunState | None = None, graphs: bool = True
    ) -> None:
        self._graphs = graphs
        self._loaded: tuple[Dataset, torch.device] | None = None
        self.dataset = dataset
        if state is None:
            self._begin(config)
        else:
            self._restore(state)

    # --- where it stands ----------------------------------------------------------------------------------

    @property
    def step_count(self) -> int:
        """Steps made so far."""
        return self._progress.step

    @property
    def n_train(self) -> int:
        """Samples in one epoch."""
        return len(self.train)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one epoch at the present batch size, the short last one included."""
        return -(-self.n_train // self.config.training.batch_size)

    @property
    def epoch(self) -> float:
        """Completed passes over the training data, with fraction."""
        return self._progress.epoch + self._progress.position / self.n_train

    @property
    def at_epoch_end(self) -> bool:
        """True between the last step of an epoch and the first of the next."""
        return self._progress.position == 0 and self._progress.step > 0

    @property
    def target_reached(self) -> bool:
        """True when the target number of epochs has been made. Data that is still arriving has no target."""
        epochs = self.config.training.epochs
        return epochs is not None and self.dataset.complete and self._progress.epoch >= epochs

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        epoch = self.epoch if self.dataset.complete else 0.0
        return learning_rate(self.config.training, self._progress.step, epoch)

    @property
    def epoch_loss(self) -> float:
        """Mean train loss of the epoch so far, or of the whole one at its end; nan before the first step."""
        progress = self._progress
        values = self.history.train[
            progress.epoch_began if progress.position else progress.last_epoch_began :
        ]
        return float(values.mean(dtype=np.float64)) if len(values) else math.nan

    # --- stepping -----------------------------------------------------------------------------------------

    def steps(self, most: int) -> int:
        """At least one training step and at most so many in one go; returns the samples seen.

        They end with the epoch and at the next shadow. Raises DivergedError as `step` does.
        """
        if self._shadow.due(self._progress):
            self.verify()
        count = min(most, MOST_STEPS, self._shadow.steps_left(self._progress))
        if self._burst is not None:
            count = min(count, (self.n_train - self._progress.position) // self._burst.batch)
        if self._burst is None or count < 1:
            return self.step()
        began = time.perf_counter()
        training, progress, batch = self.config.training, self._progress, self._burst.batch
        steps = range(count)
        epochs = [
            progress.epoch + (progress.position + k * batch) / self.n_train if self.dataset.complete else 0.0
            for k in steps
        ]
        rates = [learning_rate(training, progress.step + k, epochs[k]) for k in steps]
        values = self._burst.run(self._order, progress.position, rates)
        self.history.append_train(values)
        for _ in values:
            self._advance(batch)
        if len(values) < count:
            self._undo()
        self.seconds += time.perf_counter() - began
        return count * batch

    def step(self) -> int:
        """One training step; returns the number of samples it saw.

        Raises DivergedError when it had to be undone: the run then stands before it. On a device other than
        the CPU the losses of the last steps are known after `verify`.
        """
        began = time.perf_counter()
        progress = self._progress
        if self._shadow.due(progress):
            self.verify()
        batch = self._next_batch()
        if self._captured is not None and batch == self._captured.batch:
            self._captured.run(self._rows(batch), self.rate)
        else:
            loss = self._losses_of(batch)
            if self._loss_buffer is not None:
                self._loss_buffer.keep(loss)
            else:
                value = loss.item()
                if not math.isfinite(value):
                    self._undo()
                self.history.append_train(np.array([value], np.float32))
            self._optimiser.apply(self.rate)
        self._advance(batch)
        self.seconds += time.perf_counter() - began
        return batch

    def _next_batch(self) -> int:
        return min(self.config.training.batch_size, self.n_train - self._progress.position)

    def _rows(self, batch: int) -> Tensor:
        position = self._progress.position
        return self._order[position : position + batch]

    def _losses_of(self, batch: int) -> Tensor:
        """The loss of the next batch, with its gradients ready; nothing of the run is changed."""
        work = self._pass(batch)
        self.train.gather(self._rows(batch), work.x)
        loss = work.forward(self.config.training.loss)
        work.backward()
        return loss

    def _pass(self, batch: int) -> Pass:
        work = self._passes.get(batch)
        if work is None:
            if len(self._passes) > 1:  # the full one and the short last one are worth keeping
                self._passes.clear()
            work = self._passes[batch] = Pass(
                self.network, self._gradients, batch, frozen_encoder=self.config.training.freeze_encoder
            )
        return work

    def _advance(self, batch: int) -> None:
        progress = self._progress
        progress.step += 1
        progress.position += batch
        if progress.position >= self.n_train:
            self._next_epoch(progress.epoch + 1)

    def _next_epoch(self, epoch: int) -> None:
        progress = self._progress
        progress.epoch, progress.position = epoch, 0
        progress.last_epoch_began, progress.epoch_began = progress.epoch_began, progress.step
        self._take_order()

    def _take_order(self) -> None:
        rows = order(self.config.seed, self._progress.epoch, self.n_train)
        self._order = torch.from_numpy(rows).to(self.device)  # (n_train,)

    # --- divergence ---------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Make sure that the run stands on finite numbers, and otherwise undo what led away from them.

        Raises DivergedError after undoing. To be called before anything is shown or kept.
        """
        if self._verified == self._progress.step:
            return
        finite = self._settle()
        if not (finite and all_finite(self._changing())):
            self._undo(from_shadow=True)
        if self._shadow.due(self._progress):
            self._shadow.take(self._progress, self._changing())
        self._verified = self._progress.step

    def _settle(self) -> bool:
        """Fetch the losses that still lie on the device; False when one of them is not finite."""
        if self._loss_buffer is None:
            return True
        values = self._loss_buffer.fetch()  # sync point
        bad = np.flatnonzero(~np.isfinite(values))
        self.history.append_train(values[: bad[0]] if len(bad) else values)
        return len(bad) == 0

    def _changing(self) -> list[Tensor]:
        """What a step changes."""
        return [self.network.flat, *self._optimiser.moments.values(), self._optimiser.count]

    def _return_to_shadow(self) -> None:
        self._progress = self._shadow.put_back(self._changing())
        self._take_order()

    def _undo(self, *, from_shadow: bool = False) -> None:
        """Back to the last step after which all was finite; steps since the shadow are made again."""
        if from_shadow or not all_finite(self._changing()):
            end = self.history.n_train  # a loss that is not finite was never noted
            self._return_to_shadow()
            while self._progress.step < end:
                batch = self._next_batch()
                if not math.isfinite(self._losses_of(batch).item()):
                    break
                self._optimiser.apply(self.rate)
                self._advance(batch)
                if not all_finite(self._changing()):
                    break
                self._shadow.take(self._progress, self._changing())
            self._return_to_shadow()
        self.history.truncate(self._progress.step)
        if self._loss_buffer is not None:
            self._loss_buffer.clear()
        self._shadow.take(self._progress, self._changing())
        self._verified = self._progress.step
        raise DivergedError(f"step {self._progress.step + 1} left the finite numbers and was undone")

    # --- changes between two steps ------------------------------------------------------------------------

    def edit(self, config: RunConfig, text: str = "") -> Edited:
        """Continue with `config`. Raises ValueError, with the run as it was, when that cannot be.

        The weights are kept unless sizes, start or seed differ, the moments unless the optimiser differs. A
        new network stands at step 0 in a new generation.
        """
        old = self.config
        if config.data != old.data:
            raise ValueError(f"this run learns {old.data!r}; other data ({config.data!r}) comes by set_data")
        device = resolve(config.device)[0].type
        config = replace(config, device=device, threads=config.threads or old.threads)  # type: ignore[arg-type]
        self.verify()
        text = text or describe_change(old, config)
        with self._all_or_nothing():
            if needs_new_network(old.network, config.network) or config.seed != old.seed:
                self._begin(config)
            elif config.device != old.device:
                self._move(config)
            else:
                self._apply(config)
            if self._progress.step:
                record = EditRecord(step=self._progress.step, config=self.config, text=text)
                self.edits = (*self.edits, record)
            else:  # it belongs to the start, also of a rotation that was made there
                self.initial_config = self.config
                self.edits = tuple(replace(edit, config=self.config) for edit in self.edits)
        return Edited(generation=self.generation, step=self.step_count, config=self.config, text=text)

    def rotate_code(self) -> Edited:
        """Turn the code onto its principal axes, the function unchanged.

        Raises ValueError, with the run as it was, when the code is activated or the encoder frozen.
        """
        return self._recode(*rotated(self))

    def resize_code(self, size: int) -> Edited:
        """Give the code another size and go on: the same step, in a new generation.

        A wider code leaves the function as it is; a narrower one holds the directions at their mean that are
        missed least. Before the first step there is nothing to keep: the network begins with that size.
        Raises ValueError, with the run as it was, when the size cannot be.
        """
        if self._progress.step:
            return self._recode(*resized(self, size))
        config, old = with_code(self.config, size), self.config.network.code_size
        with self._all_or_nothing():
            self._begin(config)
        return Edited(
            generation=self.generation, step=0, config=self.config, text=f"code {old} -> {size}: a new start"
        )

    def _recode(self, state: RunState, text: str) -> Edited:
        """Go on with another code. The generation lasts as long as codes have the same size."""
        with self._all_or_nothing():
            generation, history = self.generation, self.history
            same_size = state.config.network == self.config.network
            record = EditRecord(step=state.step, config=state.config, text=text)
            self._restore(replace(state, edits=(*state.edits, record)))
            self.history = history
            if same_size:
                self.generation = generation
        return Edited(generation=self.generation, step=self.step_count, config=self.config, text=text)

    def set_data(self, dataset: Dataset, config: RunConfig, *, keep_weights: bool = False) -> None:
        """Learn from other data from now on. Raises ValueError, with the run as it was, if it does not fit.

        Without keep_weights a new network starts at step 0. With it (a fuller version of the same data) the
        run goes on with a new epoch; the first complete data starts at epoch 0: a target is meant for it.
        """
        config = replace(config, threads=config.threads or self.config.threads)
        if keep_weights:
            if needs_new_network(self.config.network, config.network) or config.seed != self.config.seed:
                raise ValueError("the weights can be kept only with the same network and seed")
            self.verify()
        with self._all_or_nothing():
            before, self.dataset = self.dataset, dataset
            if not keep_weights:
                self._begin(config)
                return
            self._load()
            self._apply(replace(config, device=self.config.device))
            grown_up = dataset.complete and not before.complete
            begun = self._progress.epoch + (self._progress.position > 0)
            self._next_epoch(0 if grown_up else begun)
            self._shadow.take(self._progress, self._changing())
            text = f"training samples {len(before.train):,} -> {self.n_train:,}"
            self.edits = (*self.edits, EditRecord(step=self.step_count, config=self.config, text=text))

    def rewind(self, seed: int | None = None, *, training: TrainingConfig | None = None) -> None:
        """Back to step 0 with the same initial weights, or those of another seed, in a new generation."""
        config = self.config if seed is None else replace(self.config, seed=seed)
        with self._all_or_nothing():
            self._begin(config if training is None else replace(config, training=training))

    def restore(self, state: RunState) -> None:
        """Continue from `state`. Raises ValueError, with the run as it was, when it does not fit."""
        if state.config.data != self.config.data:
            raise ValueError(f"that run learns {state.config.data!r}, but {self.config.data!r} is loaded")
        with self._all_or_nothing():
            self._restore(state)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """What fails on the way leaves the run as it was. The old parts are replaced, never written to."""
        before = dict(self.__dict__)
        try:
            yield
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            self.network.reconfigure(self.config.network)
            self._optimiser.configure(self.config.training)
            torch.set_num_threads(self.config.threads or 1)
            raise

    # --- keeping it -----------------------------------------------------------------------------------------

    def snapshot(self) -> RunState:
        """A complete copy of the run. Raises DivergedError when something had to be undone first."""
        self.verify()
        weights = self.network.flat.detach().to("cpu", copy=True).numpy()  # sync point
        moments = {
            name: tensor.to("cpu", copy=True).numpy() for name, tensor in self._optimiser.tensors().items()
        }
        return RunState(
            config=self.config, initial_config=self.initial_config, step=self.step_count,
            epoch=self._progress.epoch, position=self._progress.position,
            weights=self.network.pieces.array_views(weights), optimizer=moments if self.step_count else {},
            train_losses=self.history.train.copy(), test_losses=self.history.test.copy(), edits=self.edits,
            data_fingerprint=self.dataset.fingerprint, n_train=self.n_train, ended=self.ended,
            torch_version=torch.__version__, seconds=self.seconds,
        )  # fmt: skip

    # --- setting up ---------------------------------------------------------------------------------------

    def _begin(self, config: RunConfig) -> None:
        """A new network at step 0, on the device that the config asks for."""
        self._clear(config)
        if self._mean is None:
            self._mean = self.train.mean()
        initialise(self.network, self.config.seed, self._mean)
        self._take_order()
        self._set_up_step()

    def _clear(self, config: RunConfig) -> None:
        """Everything of a run at step 0 but its weights, which are 0, its order and the memory for a step."""
        self._check(config)
        self.device, self.device_name = resolve(config.device)
        threads = config.threads or default_threads()
        torch.set_num_threads(threads)
        self.config = replace(config, device=self.device.type, threads=threads)  # type: ignore[arg-type]
        self.initial_config = self.config
        self._load()
        self.generation = next(_generations)
        self.history = LossHistory()
        self.edits = ()
        self.seconds, self.ended = 0.0, ""  # seconds spent in steps; how the last run of it ended
        self.network = Autoencoder(self.config.network, self.device)
        self._gradients = torch.zeros_like(self.network.flat)
        self._optimiser = self._new_optimiser()
        self._loss_buffer = None if self.device.type == "cpu" else LossBuffer(SHADOW_STEPS, self.device)
        self._progress = Progress()

    def _set_up_step(self) -> None:
        """Memory for a step, the captured step where there is one, and a shadow to return to."""
        self._passes = {}
        self._captured = None
        batch = min(self.config.training.batch_size, self.n_train)
        work = self._pass(batch)  # asks for the memory now: when there is too little, the change is refused
        self._shadow = Shadow()
        self._shadow.take(self._progress, self._changing())
        self._verified = self._progress.step
        self._burst = None
        if self.device.type == "cpu" and compiled() is not None:
            self._burst = Burst(work, self.train, self._optimiser, self.config.training.loss)
        if self._graphs and self.device.type == "cuda" and self._loss_buffer is not None:
            captured = CapturedStep(
                work, self.train, self._optimiser, self._loss_buffer, self.config.training.loss
            )
            try:
                captured.capture(self._changing())
                self._captured = captured
            except RuntimeError:
                log.warning("the training step could not be captured; the plain path is taken", exc_info=True)

    def _load(self) -> None:
        """The data on the device."""
        dataset, device = self._loaded or (None, None)
        if dataset is self.dataset and device == self.device:
            return
        self.train = DeviceSamples(self.dataset.train, self.device)
        self.test = DeviceSamples(self.dataset.test, self.device)
        self._loaded = (self.dataset, self.device)
        if dataset is not self.dataset:
            self._mean = None  # where a network starts; worked out when one does

    def _new_optimiser(self) -> Optimiser:
        return Optimiser(self.config.training, self.network.pieces, self.network.flat, self._gradients)

    def _apply(self, config: RunConfig) -> None:
        """A change that keeps the weights where they are."""
        self._check(config)
        old, self.config = self.config, config
        torch.set_num_threads(config.threads or 1)
        freed = old.training.freeze_encoder and not config.training.freeze_encoder
        # Adam's means of what has stood still are 0, but its count is not: its next step would be a leap.
        if freed or config.training.optimizer != old.training.optimizer:
            self._optimiser = self._new_optimiser()
        else:
            self._optimiser.configure(config.training)
        self.network.reconfigure(config.network)
        self._set_up_step()

    def _move(self, config: RunConfig) -> None:
        """The same network on another device."""
        state = self.snapshot()
        kept = self.generation, self.history
        self._restore(replace(state, config=config))
        self.generation, self.history = kept

    def _restore(self, state: RunState) -> None:
        check_state(state)
        config = state.config
        try:
            resolve(config.device)
        except ValueError:  # the run comes from a machine with another device
            config = replace(config, device="auto")
        self._clear(config)
        fill(self.network.pieces.views(self.network.flat), state.weights, "weights")
        if state.optimizer:
            fill(self._optimiser.tensors(), state.optimizer, "optimizer")
        position = state.position if 0 <= state.position < self.n_train else 0
        steps_back = -(-position // config.training.batch_size)
        self._progress = Progress(
            state.step, state.epoch, position, max(0, state.step - steps_back),
            max(0, state.step - steps_back - self.steps_per_epoch),
        )  # fmt: skip
        self.history.append_train(np.asarray(state.train_losses, np.float32))
        for step, loss, sse in np.asarray(state.test_losses, np.float64).reshape(-1, 3):
            self.history.append_test(int(step), float(loss), float(sse))
        self.initial_config, self.edits = state.initial_config, tuple(state.edits)
        self.seconds, self.ended = state.seconds, state.ended
        self._take_order()
        self._set_up_step()

    def _check(self, config: RunConfig) -> None:
        if config.network.input_size != self.dataset.n_features:
            raise ValueError(
                f"input_size must be the number of features of {self.dataset.title or self.dataset.name}, "
                f"{self.dataset.n_features}, got {config.network.input_size}"
            )
        # On CUDA a target outside is a device assert, after which the process cannot touch the GPU again.
        if config.training.loss == "bce" and not self.dataset.in_unit_range:
            raise ValueError("loss bce needs data in [0, 1]; choose mse or l1")
