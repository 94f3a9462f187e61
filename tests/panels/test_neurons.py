"""The drawing of neurons and weights, and the panel around it, by themselves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from fcae_gui import theme
from fcae_gui.panels.neurons import NeuronsPanel
from fcae_gui.widgets import neuron_colours as colours
from fcae_gui.widgets.neuron_drawing import Highlight, NeuronDrawing, Pointed

NAMES = ("height", "leaf area", "chlorophyll", "stem", "leaf temperature")


def _fill(drawing: NeuronDrawing, sizes: tuple[int, ...], seed: int = 0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    links = [random.normal(size=(b, a)) for a, b in itertools.pairwise(sizes)]
    drawing.set_links(links, [random.normal(size=link.shape[0]) for link in links])
    drawing.set_values([random.uniform(0.1, 1, size) for size in sizes])
    return links


@pytest.fixture
def drawing(qtbot) -> NeuronDrawing:  # type: ignore[no-untyped-def]
    theme.apply(_app(), "light")
    made = NeuronDrawing()
    qtbot.addWidget(made)
    made.resize(560, 460)
    made.show()
    return made


def _app():  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QApplication

    return QApplication.instance()


def test_the_keyboard_stays_on_next_from_stage_to_stage(qtbot) -> None:  # type: ignore[no-untyped-def]
    panel = NeuronsPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    panel.set_slow("on")
    panel._next.setFocus()
    qtbot.waitUntil(panel._next.hasFocus, timeout=30_000)
    for phase in ("stepping", "waiting", "on"):
        panel.set_slow(phase)
        assert panel._next.hasFocus()


def test_every_weight_of_a_small_network_has_its_line(drawing: NeuronDrawing) -> None:
    drawing.set_network((5, 2, 5), ("input", "code", "output"), NAMES)
    _fill(drawing, (5, 2, 5))
    assert drawing.lines_drawn == [(10, 10), (10, 10)]
    drawing.set_network((24, 24, 3, 24, 24), ("input", "", "code", "", "output"))
    _fill(drawing, (24, 24, 3, 24, 24))
    assert drawing.lines_drawn == [(576, 576), (72, 72), (72, 72), (576, 576)]


def test_wide_layers_show_their_strongest_weights_and_how_many_there_are(drawing: NeuronDrawing) -> None:
    sizes = (64, 128, 2, 128, 64)
    drawing.set_network(sizes, ("input", "layer 1", "code", "layer 2", "output"), (), (8, 8))
    links = _fill(drawing, sizes)
    assert drawing.lines_drawn == [(40, 8192), (256, 256), (256, 256), (40, 8192)]
    bundle = drawing._made_bundles()[0]
    assert bundle is not None
    weakest = np.abs(links[0][bundle.to, bundle.source]).min()
    assert (np.abs(links[0]) > weakest).sum() == 39
    assert drawing._columns[0].kind == "image" and drawing._columns[1].kind == "strip"


def test_strong_weights_are_drawn_in_the_colour_of_their_sign(drawing: NeuronDrawing) -> None:
    drawing.set_network((1, 2, 1), ("input", "code", "output"))
    drawing.set_links([np.array([[-1.0], [1.0]]), np.array([[0.0, 0.0]])])
    picture = drawing.grab().toImage()
    low, high = colours.end_colours("weight")
    for unit, wanted in ((0, low), (1, high)):
        place = drawing.place_of(Pointed(1, unit, 0)).toPoint()
        seen = picture.pixelColor(place)
        near = sum(abs(a - b) for a, b in zip(seen.toTuple()[:3], wanted.toTuple()[:3], strict=True))
        assert near < 40, (seen.name(), wanted.name())


def test_the_mouse_reads_neurons_and_weights(drawing: NeuronDrawing, qtbot) -> None:  # type: ignore[no-untyped-def]
    drawing.set_network((5, 2, 5), ("input", "code", "output"), NAMES)
    _fill(drawing, (5, 2, 5))
    for wanted in (Pointed(1, 0), Pointed(0, 4), Pointed(1, 0, 0), Pointed(2, 4, 1)):
        with qtbot.waitSignal(drawing.pointed) as told:
            QTest.mouseMove(drawing, drawing.place_of(wanted).toPoint())
        assert told.args == [wanted]
    with qtbot.waitSignal(drawing.pointed) as told:
        QTest.mouseMove(drawing, QPoint(3, 3))
    assert told.args == [None]


def test_keys_walk_over_the_neurons(drawing: NeuronDrawing) -> None:
    drawing.set_network((5, 2, 5), ("input", "code", "output"), NAMES)
    _fill(drawing, (5, 2, 5))
    seen: list[object] = []
    drawing.pointed.connect(seen.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(drawing, key)
    QTest.keyClick(drawing, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(drawing, Qt.Key.Key_Escape)
    assert seen == [Pointed(0, 0), Pointed(0, 1), Pointed(1, 1), None]


def test_values_can_be_hidden_and_stages_fade_the_rest(drawing: NeuronDrawing) -> None:
    drawing.set_network((2, 1, 2), ("input", "code", "output"))
    _fill(drawing, (2, 1, 2))
    place = drawing.place_of(Pointed(0, 0)).toPoint() + QPoint(0, 13)
    filled = drawing.grab().toImage().pixelColor(place)
    drawing.set_highlight(Highlight(columns=frozenset((1, 2)), gaps=frozenset((1,)), flow=1))
    faded = drawing.grab().toImage().pixelColor(place)
    assert faded.saturation() < filled.saturation()
    drawing.set_values_shown(False)
    drawing.set_highlight(None)
    assert drawing.grab().toImage().pixelColor(place) == QColor(theme.current().surface)


def test_another_shape_is_refused_and_an_empty_drawing_can_be_seen(drawing: NeuronDrawing) -> None:
    drawing.grab()
    drawing.set_network((3, 2, 3), ("input", "code", "output"))
    drawing.grab()
    with pytest.raises(ValueError, match="expected weights of shapes"):
        drawing.set_links([np.zeros((2, 4)), np.zeros((3, 2))])


@pytest.mark.parametrize("value", [0.0, 3.2, -0.42, 12.34, -123.4, 6e-5, -4.2e7])
def test_numbers_in_neurons_are_short_and_true(value: float) -> None:
    text = colours.short(value)
    assert len(text) <= 6
    read = float(text.replace("\N{MINUS SIGN}", "-"))
    assert read == pytest.approx(value, rel=0.2)


def test_arrows_choose_the_sample_and_in_slow_motion_the_stage(qtbot) -> None:  # type: ignore[no-untyped-def]
    panel = NeuronsPanel()
    qtbot.addWidget(panel)
    panel.show()
    with qtbot.waitSignal(panel.sample_step_requested) as told:
        QTest.keyClick(panel.drawing, Qt.Key.Key_Right)
    assert told.args == [1]
    panel.set_slow("on")
    panel.set_stage("Loss", "A sentence.", "Step 1.")
    for key, signal in (
        (Qt.Key.Key_Right, panel.next_requested), (Qt.Key.Key_Return, panel.next_requested),
        (Qt.Key.Key_Left, panel.back_requested), (Qt.Key.Key_Escape, panel.end_requested),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            QTest.keyClick(panel.drawing, key)
    assert "A sentence." in panel.text_twin()


@pytest.mark.parametrize(("room", "text"), [(5, "-1.23"), (4, "-1.2"), (2, "-1"), (1, "")])
def test_a_number_keeps_as_many_decimals_as_fit(room: int, text: str) -> None:
    assert colours.fitting(-1.23, len, room) == text.replace("-", "\N{MINUS SIGN}")
