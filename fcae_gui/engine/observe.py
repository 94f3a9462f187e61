"""Looking at a network while it trains, on a budget: small things often, the map in slices between steps."""

from __future__ import annotations

import time
from collections import deque

import numpy as np

from fcae_gui.engine.events import Codes, Evaluated, Observation, Outputs, Watch
from fcae_gui.engine.network import Autoencoder
from fcae_gui.engine.trainer import Trainer

FRAME_SECONDS = 0.028  # between two observations: a window that repaints every 33 ms always finds a new one
FRAME_SHARE = 0.62  # of that, at most, for weights and outputs; the map and the test set get the rest
CPU_SHARE = 0.06  # of the time goes into observing; the rest trains
DEVICE_SHARE = 0.25  # an accelerator encodes the whole map in a millisecond
HEAD_START_SECONDS = 0.3  # to spend at once on a fresh network: the map unfolds fastest in its first seconds
LEAST_CREDIT_SECONDS = -0.5  # a debt is forgiven beyond this: one slow moment must not blind for long
MOST_CREDIT_SECONDS = 0.1
EVALUATION_SHARE = 0.4  # of the observing time, at most, for the test set
EVALUATION_SECONDS = 2.0  # between two measurements on the test set within an epoch
SLICE_SECONDS = 0.004  # the longest pause between two steps that a slice is meant to make
FIRST_SLICE_ROWS = 256
RATE_SECONDS = 1.0  # images per second are averaged over this


class Throughput:
    """Images per second over about the last second of running."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        self._images = 0

    def restart(self, now: float) -> None:
        """Begin again, after a pause."""
        self._marks.clear()
        self._marks.append((now, self._images))

    def count(self, images: int) -> None:
        """So many samples were trained on."""
        self._images += images

    def rate(self, now: float) -> float:
        """Images per second, 0 before there is anything to tell."""
        if not self._marks:
            return 0.0
        if now - self._marks[-1][0] > FRAME_SECONDS / 2:
            self._marks.append((now, self._images))
        while len(self._marks) > 2 and now - self._marks[1][0] >= RATE_SECONDS:
            self._marks.popleft()
        then, images = self._marks[0]
        return (self._images - images) / (now - then) if now > then else 0.0


class _Sweep:
    """One pass over samples with one frozen copy of the network, a slice at a time."""

    def __init__(self, trainer: Trainer, network: Autoencoder, watch: Watch | None, evaluates: bool) -> None:
        self.network = network
        self.generation, self.step, self.epoch = trainer.generation, trainer.step_count, trainer.epoch
        self.train_loss = trainer.epoch_loss
        self.watch = watch
        self.evaluates = evaluates
        self.done = 0
        if evaluates:
            self.count = len(trainer.test)
        else:
            assert watch is not None
            self.count = len(watch.map_rows)
        self.codes = np.empty((self.count, trainer.config.network.code_size), np.float32)
        self.sums = np.zeros(2)
        self.cost = 0.0

    def advance(self, trainer: Trainer, rows: int) -> None:
        """Encode (and for an evaluation decode) the next rows."""
        start, stop = self.done, min(self.done + rows, self.count)
        if self.evaluates:
            codes, sums = trainer.measure(self.network, trainer.test.part(start, stop))
            self.codes[start:stop] = codes.cpu().numpy()  # sync point
            self.sums += sums
        else:
            assert self.watch is not None
            chosen = self.watch.map_rows[start:stop]
            self.codes[start:stop] = trainer.encode(self.watch.map_split, chosen, self.network)
        self.done = stop

    @property
    def finished(self) -> bool:
        return self.done >= self.count


class Observer:
    """Decides what is looked at when, and makes the events. Draws from no random generator."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._watch: Watch | None = None
        self.throughput = Throughput()
        self._rows = FIRST_SLICE_ROWS
        self._frozen: Autoencoder | None = None  # the copy that sweeps look at
        self.fresh()

    def fresh(self) -> None:
        """The network is another one, or was moved: nothing that was begun counts any more."""
        self._sweep: _Sweep | None = None
        self._evaluation_due = False
        self._shown_step = -1  # of the last observation of weights and outputs
        self._coded_step = -1
        self._evaluated_step = -1
        self._codes: Codes | None = None
        self._last_frame = self._last_tick = self._last_evaluation = time.perf_counter()
        self._next_evaluation = 0.0
        self._frame_cost = 0.0  # seconds, smoothed
        self._credit = HEAD_START_SECONDS

    def edited(self) -> None:
        """The run goes on with other settings: what is under way was begun with the old ones."""
        self._sweep = None
        self._shown_step = self._coded_step = self._evaluated_step = -1

    def watch(self, watch: Watch) -> None:
        """Look at these samples from now on. Raises ValueError when a row is out of range."""
        trainer = self._trainer
        sizes = {"train": trainer.n_train, "test": len(trainer.test)}
        sizes["all"] = sizes["train"] + sizes["test"]
        for split, rows in ((watch.grid_split, watch.grid_rows), (watch.map_split, watch.map_rows)):
            if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) < sizes[split]:
                raise ValueError(f"rows of {split} must lie in 0 to {sizes[split] - 1}")
        self._watch = watch
        self._sweep = None
        self._codes = None
        self._shown_step = self._coded_step = -1

    def forget_rows(self) -> None:
        """The data is another: the rows that were watched mean nothing any more."""
        self._watch = None
        self.fresh()

    # --- running ------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Steps are made from now on."""
        now = time.perf_counter()
        self.throughput.restart(now)
        self._last_tick = self._last_frame = now
        self._last_evaluation = max(self._last_evaluation, now - EVALUATION_SECONDS)

    def epoch_ended(self) -> None:
        """An evaluation is wanted as soon as the budget allows."""
        self._evaluation_due = True

    def tick(self) -> Observation | Evaluated | None:
        """Called after every step: what there is to see now, if anything. Takes milliseconds at most."""
        now = time.perf_counter()
        share = CPU_SHARE if self._trainer.device.type == "cpu" else DEVICE_SHARE
        self._credit = min(
            max(self._credit, LEAST_CREDIT_SECONDS) + share * (now - self._last_tick),
            max(self._credit, MOST_CREDIT_SECONDS),
        )
        self._last_tick = now
        result: Observation | Evaluated | None = None
        # Frames come before everything else and are never in debt: their own cost sets their pace.
        if now - self._last_frame >= max(FRAME_SECONDS, self._frame_cost / (share * FRAME_SHARE)):
            result = self._frame(now)
            cost = time.perf_counter() - now
            self._frame_cost += 0.2 * (cost - self._frame_cost)
        elif self._credit <= 0.0:
            return None
        elif self._sweep is not None:
            result = self._slice()
        elif self._wants_evaluation(now):
            self._begin_sweep(evaluates=True)
        elif (
            self._watch is not None
            and len(self._watch.map_rows)
            and self._coded_step < self._trainer.step_count
        ):
            self._begin_sweep(evaluates=False)
        else:
            return None
        self._credit -= time.perf_counter() - now
        return result

    def _wants_evaluation(self, now: float) -> bool:
        due = self._evaluation_due or now - self._last_evaluation >= EVALUATION_SECONDS
        return due and now >= self._next_evaluation

    def _begin_sweep(self, *, evaluates: bool) -> None:
        trainer, frozen = self._trainer, self._frozen
        trainer.verify()
        if (
            frozen is not None
            and frozen.config == trainer.config.network
            and frozen.flat.device == trainer.device
        ):
            frozen.flat.copy_(trainer.network.flat)
        else:
            frozen = self._frozen = trainer.network.frozen_copy()
        self._sweep = _Sweep(trainer, frozen, self._watch, evaluates)

    def _slice(self) -> Evaluated | None:
        """The next few hundred rows; the length of a slice follows its measured cost."""
        sweep, began = self._sweep, time.perf_counter()
        assert sweep is not None
        rows = self._rows // 2 if sweep.evaluates else self._rows
        before = sweep.done
        sweep.advance(self._trainer, max(1, rows))
        cost = time.perf_counter() - began
        sweep.cost += cost
        if sweep.done - before == rows:  # a whole slice: its time tells something
            self._rows = int(min(max(self._rows * min(2.0, SLICE_SECONDS / max(cost, 1e-6)), 32), 16384))
        if not sweep.finished:
            return None
        self._sweep = None
        watch = sweep.watch
        if watch is not None and watch is self._watch and len(watch.map_rows):
            if not sweep.evaluates:
                self._take_codes(sweep, sweep.codes)
            elif watch.map_split == "test":
                self._take_codes(sweep, sweep.codes[watch.map_rows])
        if not sweep.evaluates:
            return None
        now = time.perf_counter()
        share = CPU_SHARE if self._trainer.device.type == "cpu" else DEVICE_SHARE
        self._next_evaluation = now + sweep.cost / (share * EVALUATION_SHARE)
        return self._evaluated(sweep, now)

    def _take_codes(self, sweep: _Sweep, points: np.ndarray) -> None:
        assert sweep.watch is not None
        points.flags.writeable = False
        self._coded_step = sweep.step
        self._codes = Codes(
            generation=sweep.generation, watch_id=sweep.watch.watch_id, step=sweep.step, points=points
        )

    def _evaluated(self, sweep: _Sweep, now: float) -> Evaluated:
        self._evaluated_step = sweep.step
        self._last_evaluation = now
        self._evaluation_due = False
        return self._trainer.note_evaluation(
            sweep.step, sweep.epoch, sweep.train_loss, sweep.sums, self.throughput.rate(now)
        )

    def _frame(self, now: float) -> Observation:
        """Weights, outputs, and the codes when a sweep has finished since the last frame."""
        trainer = self._trainer
        trainer.verify()
        outputs = None
        if self._watch is not None and len(self._watch.grid_rows):
            images = trainer.outputs(self._watch.grid_split, self._watch.grid_rows)
            images.flags.writeable = False
            outputs = Outputs(
                generation=trainer.generation, watch_id=self._watch.watch_id, step=trainer.step_count,
                images=images,
            )  # fmt: skip
        codes, self._codes = self._codes, None
        self._last_frame = now
        self._shown_step = trainer.step_count
        rate = self.throughput.rate(now)
        return Observation(
            generation=trainer.generation, step=trainer.step_count, epoch=trainer.epoch, images_per_s=rate,
            learning_rate=trainer.rate, seconds_left=self._seconds_left(rate), weights=trainer.weights(),
            outputs=outputs, codes=codes,
        )  # fmt: skip

    def _seconds_left(self, rate: float) -> float | None:
        epochs = self._trainer.config.training.epochs
        if epochs is None or rate <= 0.0 or not self._trainer.dataset.complete:
            return None
        return max(0.0, (epochs - self._trainer.epoch) * self._trainer.n_train / rate)

    # --- standing still -----------------------------------------------------------------------------------

    @property
    def unseen(self) -> bool:
        """True while something of the network, as it stands, has not been shown."""
        shown = self._shown_step == self._trainer.step_count
        return not shown or self._wants_codes or self._codes is not None or self._unmeasured

    @property
    def _wants_codes(self) -> bool:
        watched = self._watch is not None and len(self._watch.map_rows) > 0
        return watched and self._coded_step != self._trainer.step_count

    @property
    def _unmeasured(self) -> bool:
        """Whether somebody watches a network that has trained since it was last measured on the test set."""
        step = self._trainer.step_count
        return self._watch is not None and step > 0 and self._evaluated_step != step

    def show(self) -> Observation | Evaluated | None:
        """While nothing is trained: the next piece of what has not been shown; call while `unseen`."""
        if self._shown_step != self._trainer.step_count:
            self._sweep = (
                None
                if self._sweep is not None and self._sweep.step != self._trainer.step_count
                else self._sweep
            )
            return self._frame(time.perf_counter())
        if self._codes is not None:
            return self._frame(time.perf_counter())
        if self._sweep is None or self._sweep.step != self._trainer.step_count:
            self._begin_sweep(evaluates=not self._wants_codes)
        result = self._slice()
        if result is None and self._codes is not None:
            return self._frame(time.perf_counter())
        return result

    def finish(self) -> list[Observation | Evaluated]:
        """Everything about the network as it stands, at once: for the end of a run."""
        events: list[Observation | Evaluated] = []
        if self._evaluated_step != self._trainer.step_count:
            events.append(self.evaluate())
        while self.unseen:
            event = self.show()
            if event is not None:
                events.append(event)
        return events

    def evaluate(self) -> Evaluated:
        """Measure on the test set at once."""
        now = time.perf_counter()
        self._sweep = None
        self._evaluated_step, self._evaluation_due = self._trainer.step_count, False
        event = self._trainer.evaluate(self.throughput.rate(now))
        self._last_evaluation = time.perf_counter()
        return event
