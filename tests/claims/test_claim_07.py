"""Claim 7: backpropagation, one step at a time, with numbers that are PyTorch's own to 1e-6."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fcae_gui.engine.batches import order
from fcae_gui.session.neuron_words import Stage, stages
from fcae_gui.wires.neurons import NeuronsWires

WAIT = 60_000
TIGHT = 1e-6


def test_one_iteration_in_slow_motion_shows_what_pytorch_computes(open_window, qtbot) -> None:
    """Three actions: the key for slow motion, Play for its rhythm, and "Run on"."""
    window = open_window(data="plants", preset="slide", autostart=True)
    wires = next(one for one in window._wires if isinstance(one, NeuronsWires))
    slow, panel, drawing = wires.tool.slow, wires.panel, wires.panel.drawing
    slow._rhythm.setInterval(60)  # instead of 1,250 ms: a class reads, a test does not
    seen: list[tuple[Stage, dict[str, Any], str]] = []

    def look(stage: Stage) -> None:
        seen.append(
            (
                stage,
                {"links": list(drawing._links), "values": list(drawing._values), "step": slow.trace.step},
                panel.sentence.text(),
            )
        )

    slow.stage_changed.connect(look)
    QTest.keyClick(
        window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: slow.stage is not None, timeout=WAIT)
    assert panel.isVisible() and window.session.state == "paused"
    trace, config = slow.trace, window.session.config
    QTest.mouseClick(panel.rhythm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(stage.kind == "done" for stage, _, _ in seen), timeout=WAIT)
    QTest.mouseClick(panel._run_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.step > trace.step + 5, timeout=WAIT)

    assert [stage for stage, _, _ in seen][:7] == list(stages(2))
    assert slow.largest_difference <= TIGHT  # the run then made the step that had been shown
    by_stage = {(stage.kind, stage.layer): shown for stage, shown, _ in seen[:7]}

    # The same iteration by torch, from the weights of the first stage.
    assert config.training.loss == "mse" and config.training.optimizer == "adam"
    dataset = window.session.dataset
    steps_per_epoch = -(-len(dataset.train) // config.training.batch_size)
    epoch, position = divmod(trace.step, steps_per_epoch)
    start = position * config.training.batch_size
    rows = order(config.seed, epoch, len(dataset.train))[start : start + config.training.batch_size]
    x = torch.from_numpy(dataset.train.as_float(rows).astype(np.float64))
    first, second = torch.nn.Linear(5, 2).double(), torch.nn.Linear(2, 5).double()
    with torch.no_grad():
        for layer, traced in ((first, trace.layers[0]), (second, trace.layers[1])):
            layer.weight.copy_(torch.from_numpy(traced.weight))
            layer.bias.copy_(torch.from_numpy(traced.bias))
    a = second(first(x))
    a.retain_grad()
    loss = torch.nn.functional.mse_loss(torch.sigmoid(a), x)
    loss.backward()

    def same(one: Any, other: torch.Tensor | None) -> None:
        assert other is not None
        np.testing.assert_allclose(one, other.detach().numpy(), rtol=0, atol=TIGHT)

    assert abs(trace.loss - loss.item()) <= TIGHT
    same(by_stage["backward", 1]["links"][1], second.weight.grad)
    same(by_stage["backward", 1]["values"][2], a.grad.sum(0))
    same(by_stage["backward", 0]["links"][0], first.weight.grad)
    same(by_stage["backward", 0]["values"][1], first.bias.grad)
    sample = torch.from_numpy(np.asarray(by_stage["forward", 0]["values"][0], np.float64))
    same(by_stage["forward", 0]["values"][1], first(sample))
    same(by_stage["forward", 1]["values"][2], torch.sigmoid(second(first(sample))))
    change = by_stage["update", 0]["links"][0]
    np.testing.assert_array_equal(change, trace.layers[0].weight_after - trace.layers[0].weight)
    m, v = (trace.layers[0].moments[name][0] for name in ("exp_avg", "exp_avg_sq"))
    t = trace.step + 1
    expected = -trace.rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(change, expected, rtol=0, atol=TIGHT)
