"""A run's numbers: equal bits, exact resuming, live edits, divergence, and what a failure leaves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from fcae_gui.engine.batches import order
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.engine.trainer import DivergedError, Trainer

from .samples import blobs, config, same, steps, trainer


def test_the_order_is_a_pure_function_of_seed_and_epoch() -> None:
    first = order(7, 3, 1000)
    assert np.array_equal(first, order(7, 3, 1000))
    assert np.array_equal(np.sort(first), np.arange(1000))
    assert not np.array_equal(first, order(7, 4, 1000))
    assert not np.array_equal(first, order(8, 3, 1000))


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not() -> None:
    a, b = steps(trainer(), 40), steps(trainer(), 40)
    assert same(a, b)
    other = steps(Trainer(replace(a.config, seed=4), blobs()), 40)
    assert not same(a, other)


def test_looking_changes_nothing() -> None:
    a, b = trainer(), trainer()
    for i in range(40):
        a.step()
        b.step()
        if i % 3 == 0:
            b.evaluate(), b.weights(), b.outputs("test", np.arange(5)), b.encode("all", np.arange(100))
            b.snapshot()
    assert same(a, b)


def test_an_epoch_ends_with_a_short_batch() -> None:
    run = trainer()
    assert run.steps_per_epoch == 5
    assert [run.step() for _ in range(5)] == [64, 64, 64, 64, 44]
    assert run.at_epoch_end
    assert run.epoch == 1.0


def test_data_smaller_than_a_batch_is_one_step_per_epoch() -> None:
    run = trainer(blobs(7))
    assert steps(run, 3).epoch == 3.0


def test_a_float_data_set_gives_the_losses_that_torch_gives() -> None:
    dataset = blobs(as_bytes=False)
    run = Trainer(config(dataset, optimizer="adam", learning_rate=3e-3), dataset)
    model = Trainer(config(dataset), dataset).network
    model.flat.copy_(run.network.flat)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    reference = []
    for epoch in range(3):
        rows = order(3, epoch, 300)
        for start in range(0, 300, 64):
            x = torch.from_numpy(dataset.train.features[rows[start : start + 64]])
            loss = torch.nn.functional.mse_loss(model(x), x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            reference.append(loss.item())
    steps(run, 15)
    assert np.allclose(run.history.train, reference, rtol=2e-5)


@pytest.mark.parametrize("stop_at", [1, 3, 5, 12])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_a_resumed_run_goes_on_as_if_it_had_never_stopped(stop_at: int, optimizer: str) -> None:
    training = {"optimizer": optimizer, "schedule": "cosine", "epochs": 6, "warmup_steps": 4}
    straight = steps(trainer(**training), 25)
    first = steps(trainer(**training), stop_at)
    resumed = Trainer(first.config, blobs(), state=first.snapshot())
    assert same(straight, steps(resumed, 25 - stop_at))


def test_a_run_with_live_edits_resumes_exactly_too() -> None:
    def edited(run: Trainer, at: int) -> None:
        if at == 7:
            run.edit(run.config.with_training(learning_rate=3e-3, batch_size=50))
        if at == 13:
            run.edit(run.config.with_training(loss="bce"))
        if at == 17:
            run.edit(run.config.with_training(optimizer="sgd", learning_rate=0.1))

    straight, pieces = trainer(), trainer()
    for at in range(30):
        edited(straight, at)
        straight.step()
        edited(pieces, at)
        pieces.step()
        pieces = Trainer(pieces.config, blobs(), state=pieces.snapshot())
    assert same(straight, pieces)
    assert [record.step for record in pieces.edits] == [7, 13, 17]
    assert pieces.edits[1].config.training.loss == "bce"


def test_rewind_goes_back_to_the_same_initial_weights() -> None:
    run = trainer()
    before = run.weights()
    generation = run.generation
    steps(run, 20)
    run.rewind()
    after = run.weights()
    assert run.generation > generation
    assert run.step_count == run.history.n_train == 0
    assert all(
        np.array_equal(a, b)
        for x, y in zip(before.encoder + before.decoder, after.encoder + after.decoder, strict=True)
        for a, b in zip(x, y, strict=True)
    )
    assert same(steps(run, 20), steps(trainer(), 20))
    run.rewind(seed=9)
    assert not np.array_equal(run.weights().encoder[0][0], before.encoder[0][0])


def test_rate_batch_loss_and_momentum_keep_weights_and_moments() -> None:
    for change in ({"learning_rate": 1e-4}, {"batch_size": 32}, {"loss": "l1"}):
        run = steps(trainer(), 8)
        before = run.snapshot()
        run.edit(run.config.with_training(**change))
        after = run.snapshot()
        assert all(np.array_equal(before.weights[name], after.weights[name]) for name in before.weights)
        assert all(np.array_equal(before.optimizer[name], after.optimizer[name]) for name in before.optimizer)
        steps(run, 8)
    run = steps(trainer(optimizer="sgd"), 8)
    before = run.snapshot()
    run.edit(run.config.with_training(momentum=0.5))
    assert all(np.array_equal(before.optimizer[name], v) for name, v in run.snapshot().optimizer.items())


def test_another_optimiser_resets_its_moments_only() -> None:
    run = steps(trainer(), 8)
    before = run.snapshot()
    run.edit(run.config.with_training(optimizer="sgd"))
    after = run.snapshot()
    assert all(np.array_equal(before.weights[name], after.weights[name]) for name in before.weights)
    assert not any(value.any() for value in after.optimizer.values())
    assert after.step == 8
    assert run.history.n_train == 8


def test_other_activations_keep_the_weights_and_other_widths_do_not() -> None:
    run = steps(trainer(), 8)
    generation, weights = run.generation, run.snapshot().weights
    edited = run.edit(run.config.with_network(activation="tanh"))
    assert run.generation == generation
    assert "activation leaky_relu -> tanh" in edited.text
    assert all(np.array_equal(weights[name], v) for name, v in run.snapshot().weights.items())
    steps(run, 3)
    run.edit(run.config.with_network(encoder_widths=(9, 5)))
    assert run.generation > generation
    assert run.step_count == 0
    assert steps(run, 3).history.n_train == 3


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_diverging_run_stops_at_the_last_finite_step_exactly(optimizer: str) -> None:
    def wild() -> Trainer:
        # At this rate the weights overflow some time after several steps.
        rate = 40.0 if optimizer == "sgd" else 1e6
        network = {"activation": "none", "output_activation": "none"}
        training = {"optimizer": optimizer, "learning_rate": rate}
        return Trainer(config(blobs(), network=network, **training), blobs())

    run = wild()
    with pytest.raises(DivergedError):
        steps(run, 5000)
    good = run.step_count
    assert good > 0
    assert run.history.n_train == good
    assert np.isfinite(run.history.train).all()
    assert all(np.isfinite(value).all() for value in run.snapshot().weights.values())
    assert same(run, steps(wild(), good))
    with pytest.raises(DivergedError):  # the step after it is the one that cannot be made
        run.step()
        run.verify()
    assert run.step_count == good


def test_weights_that_overflow_unseen_by_the_loss_are_undone_too() -> None:
    run = steps(trainer(network={"activation": "tanh"}), 10)
    good = run.snapshot()
    step = run._optimiser.apply

    def overflow(rate: float) -> None:
        step(rate)
        if run.step_count == 10:  # an infinite weight behind a saturated tanh leaves the loss finite
            run.network.pieces.views(run.network.flat)["encoder.0.bias"][0] = math.inf

    run._optimiser.apply = overflow  # type: ignore[method-assign, assignment]
    steps(run, 5)
    with pytest.raises(DivergedError):
        run.snapshot()
    run._optimiser.apply = step  # type: ignore[method-assign]
    kept = run.snapshot()
    assert kept.step == 10
    assert all(np.array_equal(good.weights[name], kept.weights[name]) for name in good.weights)


def test_a_step_that_fails_leaves_the_run_at_the_last_whole_step(monkeypatch: pytest.MonkeyPatch) -> None:
    run = steps(trainer(), 7)
    work = run._pass(64)

    def fail() -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes")

    monkeypatch.setattr(work, "backward", fail)
    with pytest.raises(RuntimeError):
        run.step()
    monkeypatch.undo()
    assert same(steps(run, 10), steps(trainer(), 17))


def test_an_edit_without_enough_memory_leaves_the_run_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    run = steps(trainer(), 7)

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("fcae_gui.engine.trainer.Pass", fail)
    for change in (run.config.with_training(batch_size=65_536), run.config.with_network(code_size=9)):
        generation = run.generation
        with pytest.raises(MemoryError):
            run.edit(change)
        assert run.generation == generation
    monkeypatch.undo()
    assert same(steps(run, 10), steps(trainer(), 17))


def test_what_does_not_fit_the_data_is_refused() -> None:
    run = steps(trainer(), 2)
    with pytest.raises(ValueError, match="input_size"):
        run.edit(run.config.with_network(input_size=21))
    with pytest.raises(ValueError, match="set_data"):
        run.edit(replace(run.config, data="other"))
    beyond = blobs(as_bytes=False)
    beyond.train.features[0, 0] = 1.5
    far = Trainer(config(beyond), beyond)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        far.edit(far.config.with_training(loss="bce"))
    assert same(steps(run, 5), steps(trainer(), 7))


def test_fuller_data_keeps_the_weights_and_counts_epochs_anew() -> None:
    few = blobs(100, complete=False)
    run = steps(Trainer(config(few, epochs=2), few), 11)  # 2 steps an epoch: far beyond the target
    assert not run.target_reached
    weights = run.snapshot().weights
    generation = run.generation
    run.set_data(blobs(300), run.config, keep_weights=True)
    assert run.generation == generation
    assert run.step_count == 11
    assert run.epoch == 0.0
    assert all(np.array_equal(weights[name], v) for name, v in run.snapshot().weights.items())
    steps(run, 10)
    assert run.target_reached
    assert run.edits[0].step == 11


def test_a_rewind_on_fuller_data_starts_where_a_new_run_on_them_does() -> None:
    """A script, or the same seed in another process, knows only the data that the run says it has."""
    few, full = blobs(100, complete=False), blobs(300)
    run = steps(Trainer(config(few), few), 3)
    run.set_data(full, run.config, keep_weights=True)
    run.rewind()
    assert run.edits == () and same(steps(run, 6), steps(Trainer(config(full), full), 6))


def test_other_data_starts_a_new_network() -> None:
    run = steps(trainer(), 5)
    other = blobs(80, 12)
    run.set_data(other, config(other))
    assert run.step_count == 0
    assert run.config.network.input_size == 12
    steps(run, 3)


def test_a_restored_state_is_checked_before_anything_is_lost() -> None:
    run = steps(trainer(), 5)
    state = run.snapshot()
    broken = replace(state, weights={**state.weights, "encoder.0.bias": np.zeros(3, np.float32)})
    with pytest.raises(ValueError, match=r"encoder\.0\.bias"):
        run.restore(broken)
    steps(run, 5)
    run.restore(state)
    assert same(steps(run, 5), steps(trainer(), 10))


def test_evaluation_agrees_with_torch() -> None:
    for loss, function in (
        ("mse", torch.nn.functional.mse_loss),
        ("l1", torch.nn.functional.l1_loss),
        ("bce", torch.nn.functional.binary_cross_entropy),
    ):
        run = steps(trainer(loss=loss), 10)
        event = run.evaluate()
        x = torch.from_numpy(run.dataset.test.as_float())
        with torch.no_grad():
            y = run.network(x)
        assert math.isclose(event.test_loss, function(y, x).item(), rel_tol=1e-5)
        assert math.isclose(event.test_sse, float((y - x).square().sum(1).mean()), rel_tol=1e-5)
        assert math.isclose(event.train_loss, float(run.history.train[5:].mean()), rel_tol=1e-6)
        assert np.array_equal(run.history.test[-1], [10, event.test_loss, event.test_sse])


def test_training_learns_the_sheet() -> None:
    run = trainer(blobs(), learning_rate=2e-2, epochs=60, schedule="cosine")
    first = run.evaluate().test_sse
    steps(run, 300)
    assert run.target_reached
    assert run.evaluate().test_sse < 0.25 * first


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "elu", "silu", "tanh", "sigmoid", "none"])
def test_published_weights_decode_as_the_network_does(activation: str) -> None:
    dataset = blobs()
    network = {"activation": activation, "code_activation": activation, "encoder_widths": (12, 6)}
    run = steps(Trainer(config(dataset, network=network), dataset), 20)
    weights = run.weights()
    rows = np.arange(50)
    codes = run.encode("test", rows)
    assert np.allclose(encode(weights, dataset.test.as_float(rows)), codes, atol=1e-5)
    assert np.allclose(decode(weights, codes), run.outputs("test", rows), atol=1e-5)
    with pytest.raises(ValueError, match="coordinates"):
        decode(weights, np.zeros((1, 3), np.float32))
    with pytest.raises(ValueError, match="read-only"):
        weights.encoder[0][0][0, 0] = 1.0


def test_extreme_codes_decode_without_a_warning() -> None:
    run = steps(trainer(), 2)
    assert np.isfinite(decode(run.weights(), np.array([[1e6, -1e6]], np.float32))).all()


def test_rows_of_all_are_train_rows_and_then_test_rows() -> None:
    run = steps(trainer(), 2)
    both = run.encode("all", np.array([0, 299, 300, 389]))
    assert np.allclose(both[:2], run.encode("train", np.array([0, 299])), atol=1e-6)
    assert np.allclose(both[2:], run.encode("test", np.array([0, 89])), atol=1e-6)


def test_the_thread_count_is_recorded_and_used() -> None:
    dataset = blobs()
    base = config(dataset)
    run = Trainer(replace(base, threads=None), dataset)
    assert run.config.threads is not None
    assert torch.get_num_threads() == run.config.threads
    Trainer(base, dataset)
    assert torch.get_num_threads() == 1
    assert isinstance(run.config, RunConfig)


def test_asking_for_a_device_that_is_not_there_is_refused_and_auto_changes_nothing_here() -> None:
    run = steps(trainer(), 3)
    missing = "mps" if torch.cuda.is_available() else "cuda"
    with pytest.raises(ValueError, match="not available"):
        run.edit(replace(run.config, device=missing))
    if torch.accelerator.current_accelerator(check_available=True) is None:
        run.edit(replace(run.config, device="auto", threads=None))
        assert (run.config.device, run.config.threads) == ("cpu", 1)
    assert same(steps(run, 3), steps(trainer(), 6))
