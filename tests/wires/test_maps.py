"""The four maps in the real window: they converge, are linked, can be cancelled, and say how old they are."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from fcae_gui.analysis.embedding_quality import quality
from fcae_gui.data.dataset import Dataset

WAIT = 60_000
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
FEW = (100, 200)


@pytest.fixture
def opened(open_window, qtbot, monkeypatch):  # type: ignore[no-untyped-def]
    """A window whose network has learned a little, with maps of 100 points in front, as if without UMAP."""
    for module in ("session", "wires"):
        monkeypatch.setattr(f"fcae_gui.{module}.maps.SIZES", FEW)
    monkeypatch.setattr(
        "fcae_gui.session.maps.installed", lambda package: "" if package == "umap-learn" else "1"
    )
    window = open_window()
    window.session.run_steps(30)
    qtbot.waitUntil(lambda: window.session.step >= 30 and window.session.view.map_step >= 30, timeout=WAIT)
    wires = next(one for one in window._wires if type(one).__name__ == "MapsWires")
    window.actions_by_id["maps_show"].trigger()
    assert window.workspaces.shown == "use" and wires.dock.isVisible()
    return window, wires


def _compute(qtbot, wires, *methods: str) -> None:  # type: ignore[no-untyped-def]
    wires.maps.compute(methods)
    qtbot.waitUntil(lambda: not wires.maps.busy, timeout=WAIT)
    assert all(wires.maps.state(method).found is not None for method in methods)


def _settled(qtbot, wires) -> None:  # type: ignore[no-untyped-def]
    panes = wires.panel.panes.values()
    qtbot.waitUntil(lambda: not any(pane.cloud.moving() for pane in panes), timeout=WAIT)


def _place(pane, index: int) -> QPoint:  # type: ignore[no-untyped-def]
    place = pane.cloud.place_of(index)
    assert place is not None
    return place.toPoint()


def _alone(places: np.ndarray) -> int:
    """The point that lies farthest from all others."""
    away = ((places[:, None] - places) ** 2).sum(axis=2) + np.diag(np.full(len(places), np.inf))
    return int(away.min(axis=1).argmax())


def test_t_sne_converges_in_sight_and_the_table_tells_what_each_map_keeps(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    maps, panel = wires.maps, wires.panel
    seen: list[float] = []

    def look(method: str) -> None:
        if method == "tsne":
            seen.append(float(np.ptp(maps.state("tsne").places)))

    maps.placed.connect(look)
    QTest.mouseClick(panel.compute, LEFT)
    assert panel.compute.text() == "Cancel"
    qtbot.waitUntil(lambda: not maps.busy, timeout=WAIT)
    assert len(seen) >= 2 and seen[-1] > seen[0]
    assert panel.compute.text() == "Compute"
    session = window.session
    rows = maps.rows
    assert len(rows) == 100 and len(session.dataset.test) > 300
    test = session.dataset.test
    for method in ("code", "pca", "tsne"):
        found = maps.state(method).found
        assert panel.panes[method].cloud.points_shown() == 100
        expected = quality(test.as_float(rows), found.places, test.labels[rows])
        assert found.values["trustworthiness"] == pytest.approx(expected.trustworthiness)
        assert found.values["purity"] == pytest.approx(expected.purity)
        row = ["code", "pca", "tsne"].index(method)
        assert panel.table.item(row, 1).text() == f"{expected.trustworthiness:.3f}"
        assert panel.table.item(row, 2).text() == f"{expected.continuity:.3f}"
    np.testing.assert_allclose(maps.state("code").found.places, session.view.codes[rows], atol=1e-4)
    said = panel.text_twin()
    assert said.count("can decode yes") == 2 and said.count("can decode no") == 2
    assert "cannot decode" in panel.sentence.text() and "10 neighbours" in panel.note.text()


def test_without_umap_its_pane_says_what_to_type_and_copies_it(opened) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    pane = wires.panel.panes["umap"]
    assert pane.copy.isVisible() and not pane.cloud.isVisible() and not pane.button.isVisible()
    QTest.mouseClick(pane.copy, LEFT)
    assert QGuiApplication.clipboard().text().endswith("-m pip install umap-learn")
    wires.maps.compute(("umap",))
    assert not wires.maps.busy


def test_what_is_pointed_at_or_selected_in_one_map_lights_up_in_all(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    panel, rows, selection = wires.panel, wires.maps.rows, window.selection
    code, pca = panel.panes["code"], panel.panes["pca"]
    _compute(qtbot, wires, "code", "pca")
    _settled(qtbot, wires)
    first = _alone(wires.maps.state("pca").places)

    QTest.mouseMove(pca.cloud, _place(pca, first))
    qtbot.waitUntil(lambda: code.cloud.hovered() == first, timeout=WAIT)
    assert window.latent.cloud.hovered() == rows[first]
    assert pca._card.isVisible() and not code._card.isVisible()
    window.latent.sample_hovered.emit(int(rows[7]))  # the other way
    assert code.cloud.hovered() == pca.cloud.hovered() == 7
    window.latent.sample_hovered.emit(-1)
    assert code.cloud.hovered() == -1

    QTest.mouseClick(pca.cloud, LEFT, pos=_place(pca, first))
    assert list(selection.rows) == [rows[first]]
    for pane in (code, pca):
        assert list(np.flatnonzero(pane.cloud._layer._chosen)) == [first]
        assert pane._rings.points == (first,)
        assert not pane.grab().isNull()
    second = _alone(wires.maps.state("code").places)
    assert second != first
    QTest.mouseClick(code.cloud, LEFT, CONTROL, _place(code, second))
    assert set(selection.rows) == {rows[first], rows[second]}
    QTest.mouseClick(code.cloud, LEFT, pos=QPoint(3, 3))
    assert selection.mask is None

    side = code.cloud.rect().adjusted(3, 3, -3, -3)  # around everything
    corners = [side.topLeft(), side.topRight(), side.bottomRight(), side.bottomLeft(), side.topLeft()]
    QTest.mousePress(code.cloud, LEFT, pos=corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(code.cloud, corner)
    QTest.mouseRelease(code.cloud, LEFT, pos=corners[-1])
    np.testing.assert_array_equal(selection.rows, rows)

    window.latent.legend.shown_changed.emit(frozenset({1}))  # hidden classes are hidden everywhere
    shown = pca.cloud.points_drawn()[3]
    assert shown is not None and 0 < len(shown) < 100


def test_the_keyboard_walks_from_point_to_point_and_selects(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    _compute(qtbot, wires, "pca")
    _settled(qtbot, wires)
    pane, places = wires.panel.panes["pca"], wires.maps.state("pca").places
    pane.cloud.setFocus()
    QTest.keyClick(pane.cloud, Qt.Key.Key_Right)
    here = pane.cloud.hovered()
    assert here >= 0
    for _ in range(100):
        QTest.keyClick(pane.cloud, Qt.Key.Key_Left)
        there = pane.cloud.hovered()
        assert there == here or places[there, 0] < places[here, 0]
        here = there
    QTest.keyClick(pane.cloud, Qt.Key.Key_Return)
    assert list(window.selection.rows) == [wires.maps.rows[here]]


def test_cancel_answers_at_once_and_leaves_the_others_alone(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    maps, panel = wires.maps, wires.panel
    _compute(qtbot, wires, "code")
    maps.compute(("tsne", "pca"))
    pane = panel.panes["tsne"]
    qtbot.waitUntil(lambda: maps.state("tsne").fraction is not None, timeout=WAIT)
    assert pane.button.text() == "Cancel" and not pane.progress.isHidden()
    begin = time.perf_counter()
    QTest.mouseClick(pane.button, LEFT)
    assert time.perf_counter() - begin < 5  # it takes 1 ms
    assert not maps.state("tsne").running and maps.state("tsne").places is None
    assert pane.button.text() == "Compute" and not pane.cloud.points_shown()
    qtbot.waitUntil(lambda: maps.state("pca").found is not None, timeout=WAIT)
    assert maps.state("code").found is not None


def test_a_map_of_the_code_says_how_old_it_is_and_is_made_again(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    maps, panel, session = wires.maps, wires.panel, window.session
    _compute(qtbot, wires, "code", "pca")
    before, of_pixels = maps.state("code").found, maps.state("pca").found
    assert "step 30" in panel.panes["code"].status.text()
    session.run_steps(20)
    qtbot.waitUntil(lambda: "20 steps old" in panel.panes["code"].status.text(), timeout=WAIT)
    qtbot.waitUntil(lambda: session.state == "paused", timeout=WAIT)
    assert "old" not in panel.panes["pca"].status.text()
    QTest.mouseClick(panel.compute, LEFT)
    maps.cancel(("tsne",))
    qtbot.waitUntil(lambda: not maps.busy, timeout=WAIT)
    assert maps.state("pca").found is of_pixels
    assert maps.state("code").found.step == 50 and before.step == 30

    panel.source.setCurrentIndex(1)  # of the code: another question, asked anew
    panel.source.activated.emit(1)
    assert maps.state("pca").found is None
    _compute(qtbot, wires, "code", "pca")
    assert maps.state("code").found.values["trustworthiness"] == 1.0
    panel.source.setCurrentIndex(0)
    panel.source.activated.emit(0)
    assert maps.state("pca").found is of_pixels  # kept

    panel.points.setCurrentIndex(1)
    panel.points.activated.emit(1)
    assert len(maps.rows) == 200 and maps.state("pca").found is None


def test_a_map_of_the_code_says_that_the_network_was_changed_at_its_step(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    maps, panel, session = wires.maps, wires.panel, window.session
    _compute(qtbot, wires, "code", "pca")
    of_pixels = maps.state("pca").found
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        session.edit({"leaky_slope": 0.3}, {})
    assert "network changed" in panel.panes["code"].status.text()
    assert "changed" not in panel.panes["pca"].status.text()
    qtbot.waitUntil(lambda: session.view.weights.network == session.config.network, timeout=WAIT)
    _compute(qtbot, wires, "code", "pca")
    assert maps.state("pca").found is of_pixels
    assert panel.panes["code"].status.text() == "code of step 30"


def test_another_network_takes_maps_of_its_code_along_and_other_data_all(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    maps, session = wires.maps, window.session
    _compute(qtbot, wires, "code", "pca")
    maps.compute(("tsne",))
    qtbot.waitUntil(lambda: maps.state("tsne").running, timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 5})
    assert maps.state("code").found is None and maps.state("pca").found is not None
    qtbot.waitUntil(lambda: maps.can_run and session.view.weights.network.code_size == 5, timeout=WAIT)
    _compute(qtbot, wires, "code")
    assert "PCA of its 5 numbers" in maps.state("code").found.values["by"]
    maps.compute(("tsne",), again=True)
    with qtbot.waitSignal(maps.samples_changed, timeout=WAIT):
        session.choose_data("strokes")
    assert not maps.busy and all(maps.state(m).places is None for m in ("code", "pca", "tsne"))
    assert not any(pane.cloud.points_shown() for pane in wires.panel.panes.values())
    dataset: Dataset = session.dataset
    assert maps.map_size and dataset.n_features == 784


def test_the_window_closes_cleanly_while_maps_are_made(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    wires.maps.compute(("tsne", "code", "pca"))
    qtbot.waitUntil(lambda: wires.maps.state("tsne").fraction is not None, timeout=WAIT)
    assert wires.maps.busy  # the fixture closes the window, and asks whether every thread has ended


def test_a_table_has_values_in_place_of_pixels(open_window, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = open_window(data="plants", preset="slide")
    wires = next(one for one in window._wires if type(one).__name__ == "MapsWires")
    window.show_tool("maps")
    _compute(qtbot, wires, "pca")
    _settled(qtbot, wires)
    assert wires.panel.source.currentText() == "values" and "the values" in wires.panel.note.text()
    pane = wires.panel.panes["pca"]
    QTest.keyClick(pane.cloud, Qt.Key.Key_Up)
    assert pane._card.isVisible() and not pane._card.grab().isNull()
