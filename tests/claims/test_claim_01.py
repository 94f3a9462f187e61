"""Claim 1: an hourglass-shaped multilayer perceptron, 5-2-5: drawn whole, and as the lines one would type."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from fcae_gui.engine.decoder import activations, decode, encode

WAIT = 60_000


def _plane_error(dataset) -> float:  # type: ignore[no-untyped-def]
    """Squared error per test sample that two principal components leave, by an SVD."""
    train, test = dataset.train.as_float().astype(float), dataset.test.as_float().astype(float)
    mean = train.mean(axis=0)
    plane = np.linalg.svd(train - mean, full_matrices=False)[2][:2]
    away = test - mean
    return float(np.square(away - away @ plane.T @ plane).sum(axis=1).mean())


def _choose(chooser, name: str) -> None:  # type: ignore[no-untyped-def]
    chooser.setCurrentIndex(chooser.findData(name))
    chooser.activated.emit(chooser.currentIndex())


def test_one_choice_shows_the_slides_network_learning_its_table(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(data="strokes", autostart=False)  # a start on pictures
    session = window.session
    _choose(window.run_bar.preset, "slide")  # 1: the table comes with it
    qtbot.waitUntil(lambda: session.dataset.name == "plants" and session.view.map_step >= 0, timeout=WAIT)
    assert session.config.network.sizes == (5, 2, 5)
    assert window.run_bar.data.currentData() == "plants"
    window.actions_by_id["play"].trigger()  # 2
    qtbot.waitUntil(lambda: session.state == "finished" and session.shows_newest, timeout=WAIT)

    # It has learned, in a moment: better than two principal components, by the error on data it never saw.
    weights, test = session.view.weights, session.dataset.test.as_float()
    error = float(np.square(decode(weights, encode(weights, test)) - test).sum(axis=1).mean())
    assert error < 0.75 * _plane_error(session.dataset)
    assert session.step == 2_000

    window.actions_by_id["code_show"].trigger()  # 3: as PyTorch lines, which are this network
    text = window.docks["code"].widget().view.toPlainText()
    assert "torch.nn.Linear(5, 2)" in text and "torch.nn.Linear(2, 5)" in text
    space: dict = {"samples": None}
    exec(text.split("torch.manual_seed")[0], space)
    import torch

    model = space["Autoencoder"]()
    with torch.no_grad():
        for part in ("encoder", "decoder"):
            for layer, (weight, bias) in zip(getattr(model, part), getattr(weights, part), strict=True):
                layer.weight.copy_(torch.from_numpy(np.array(weight)))
                layer.bias.copy_(torch.from_numpy(np.array(bias)))
        theirs = model(torch.from_numpy(test)).numpy()
    assert np.allclose(theirs, decode(weights, encode(weights, test)), rtol=0, atol=1e-6)

    window.actions_by_id["filters_show"].trigger()  # 4: a sample in every layer, the weights as bars
    panel = window.docks["filters"].widget()
    strips = panel.strips.strips()
    _before, after = activations(weights, test[:1])
    assert [strip.name for strip in strips] == ["input 5", "code 2", "output 5"]
    assert np.allclose(strips[1].values, after[0][0], atol=1e-6)
    assert np.allclose(strips[2].values, after[1][0], atol=1e-6)
    assert len(panel.grid.order()) == 2

    _choose(window.run_bar.preset, "lecture")  # 5: and back to the pictures there were
    qtbot.waitUntil(lambda: session.dataset.name == "strokes", timeout=WAIT)
    assert session.config.network.sizes == (784, 32, 784)


def test_the_code_beside_the_drawing_follows_an_edit_at_once(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window()
    session = window.session
    window.actions_by_id["code_show"].trigger()  # 1
    view = window.docks["code"].widget().view
    qtbot.waitUntil(lambda: "leaky_relu(self.encoder[0](x), 0.01)" in view.toPlainText(), timeout=WAIT)
    assert "from torch.nn.functional import leaky_relu" in view.toPlainText()
    chooser = next(
        box for box in window.network.findChildren(QComboBox) if box.accessibleName() == "Activation"
    )
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        _choose(chooser, "tanh")  # 2
    qtbot.waitUntil(lambda: "torch.tanh(self.encoder[0](x))" in view.toPlainText(), timeout=WAIT)
    lines = view.toPlainText().splitlines()
    changed = [lines[number] for number in view.changed_lines]
    assert changed and all("tanh" in line or "import" in line for line in changed)
    QTest.mouseClick(window.docks["code"].widget().copy, Qt.MouseButton.LeftButton)  # 3
