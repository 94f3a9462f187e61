"""Clusters in the real window: they fill in, colour the map, become the selection, and can be cancelled."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sklearn.metrics import adjusted_rand_score

from fcae_gui.analysis.clustering import METHODS
from fcae_gui.engine.decoder import decode
from fcae_gui.jobs.clusters import KEYS
from fcae_gui.panels.clusters import HEADS, ClustersPanel, Row
from fcae_gui.session import clustering
from tests.wires.test_own_data import drop_and_preview, load_it

WAIT = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A window whose network has learned a little, with the clusters in front."""
    window = open_window()
    window.session.run_steps(30)
    qtbot.waitUntil(lambda: window.session.step >= 30 and window.session.view.map_step >= 30, timeout=WAIT)
    wires = next(one for one in window._wires if type(one).__name__ == "ClustersWires")
    window.actions_by_id["clusters_show"].trigger()
    assert window.workspaces.shown == "use" and wires.dock.isVisible()
    return window, wires


def test_the_keys_pass_over_a_line_that_has_nothing_to_show_yet(qtbot) -> None:  # type: ignore[no-untyped-def]
    panel = ClustersPanel()
    qtbot.addWidget(panel)
    panel.set_rows(
        [Row(key=name, cells=(name,) * len(HEADS), empty=name in "bcf") for name in "abcdef"], chosen="a"
    )
    panel.show()
    told: list[object] = []
    panel.row_chosen.connect(told.append)
    panel.table.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(panel.table, key)
    assert told == ["d", "e", "d"]


def _computed(qtbot, wires) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: not wires.work.running, timeout=WAIT)


def test_the_table_fills_in_and_a_cluster_becomes_the_selection_and_a_colour(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, panel = wires.work, wires.panel
    assert work.k == panel.k.value() == 10
    seen: list[int] = []
    work.changed.connect(lambda: seen.append(len(work.results)))
    QTest.mouseClick(panel.compute, LEFT)
    assert panel.compute.text() == "Cancel"
    _computed(qtbot, wires)
    assert sorted(set(seen)) == list(range(7)) and not work.old
    assert panel.compute.text() == "Again" and "step 30" in panel.status.text()
    truth = window.session.dataset.test.labels
    for (method, space), found in work.results.items():
        assert method in METHODS and space in ("code", "pixels")
        assert found.ari == pytest.approx(adjusted_rand_score(truth, found.labels))
        assert [group.count for group in found.groups] == list(np.bincount(found.labels[found.labels >= 0]))
        assert found.step == (30 if space == "code" else -1)
    pixels, code = work.results["kmeans", "pixels"], work.results["kmeans", "code"]
    mean = window.session.dataset.test.as_float(np.flatnonzero(pixels.labels == 2)).mean(axis=0)
    np.testing.assert_allclose(pixels.pictures[2], mean, atol=1e-5)
    z = window.session.view.codes[code.labels == 4].mean(axis=0, keepdims=True)
    np.testing.assert_allclose(code.pictures[4], decode(window.session.view.weights, z)[0], atol=1e-4)

    QTest.mouseClick(panel.pictures.viewport(), LEFT, pos=panel.pictures.place_of(3).center())
    np.testing.assert_array_equal(window.selection.rows, np.flatnonzero(code.labels == 3))
    assert panel.what.text().startswith(f"Cluster 4: {code.groups[3].count} of 355 samples")
    window.session.history.undo()
    assert window.selection.mask is None

    cloud = window.latent.cloud
    panel.colours.click()
    assert list(cloud.class_names()) == [f"cluster {i + 1}" for i in range(10)]
    assert [cloud.label_of(i) for i in range(355)] == list(code.labels)
    panel.table.setFocus()
    for _ in range(4):
        QTest.keyClick(panel.table, Qt.Key.Key_Down)
    noisy = work.results["hdbscan", "code"]
    assert noisy.noise > 0 and cloud.class_names()[-1] == "noise"
    assert cloud.label_of(int(np.argmin(noisy.labels))) == len(noisy.groups)
    assert [button.rest for button in window.latent.legend.buttons()] == [*[False] * len(noisy.groups), True]
    window.session.view.set_grid(shuffle=True)  # the same samples on the map: its clusters stay
    assert cloud.class_names()[-1] == "noise" and len(work.results) == 6
    panel.colours.click()
    assert tuple(cloud.class_names())[:2] == ("0", "1")
    window.colouring.choose("nothing")
    panel.colours.click()
    panel.colours.click()  # back to what it was before
    assert window.colouring.key == "nothing" and window.latent.bar.isVisible()
    window.colouring.choose("class")

    QTest.mouseClick(panel.compute, LEFT)  # again: the same numbers for the same clusters
    _computed(qtbot, wires)
    np.testing.assert_array_equal(work.results["kmeans", "code"].labels, code.labels)
    assert not wires._faded
    window.session.run_steps(5)  # what was found in the code is old now, and says so
    qtbot.waitUntil(lambda: wires._faded == {(m, "code") for m in METHODS}, timeout=WAIT)
    assert "learned on" in panel.status.text()
    panel.k.setValue(4)
    assert ("gmm", "pixels") in work.old and ("hdbscan", "pixels") not in work.old


def test_the_cost_of_all_distances_is_measured_for_growing_n(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    QTest.mouseClick(wires.panel.pairs_button, LEFT)
    _computed(qtbot, wires)
    pairs = wires.work.pairs
    assert set(pairs) == {(n, space) for n in (125, 250) for space in ("pixels", "code")}
    assert pairs[250, "pixels"].flops == 2 * 250 * 250 * 64
    assert wires.panel.pairs.rowCount() == 2 and wires.panel.pairs.item(1, 0).text() == "250"
    said = wires.panel.pairs_note.text()
    assert "8 million operations against 250,000: 32.0 times fewer" in said and "All 1,797: about" in said


def test_cancel_answers_at_once_and_leaves_what_was_found(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    work, panel = wires.work, wires.panel
    QTest.mouseClick(panel.compute, LEFT)
    qtbot.waitUntil(lambda: len(work.results) >= 1, timeout=WAIT)
    begin = time.perf_counter()
    QTest.mouseClick(panel.compute, LEFT)
    assert time.perf_counter() - begin < 5  # it takes 1 ms
    assert not work.running and 1 <= len(work.results) < 6


def test_following_finds_k_means_of_the_code_again_with_the_same_numbers(  # type: ignore[no-untyped-def]
    opened, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(clustering, "FOLLOW_EVERY_MS", 200)
    window, wires = opened
    work = wires.work
    work.set_following(True)
    qtbot.waitUntil(lambda: ("kmeans", "code") in work.results, timeout=WAIT)
    first = work.results["kmeans", "code"]
    window.session.run_steps(20)
    qtbot.waitUntil(lambda: work.results["kmeans", "code"].step == first.step + 20, timeout=WAIT)
    newer = work.results["kmeans", "code"]
    assert set(work.results) == {("kmeans", "code")} and len(newer.groups) == 10
    same = np.array([np.sum((newer.labels == i) & (first.labels == i)) for i in range(10)])
    assert same.sum() > 355 / 4  # chance would be a tenth


def test_another_k_or_an_edit_while_it_computes_leaves_the_answers_old(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, panel, session = wires.work, wires.panel, window.session
    QTest.mouseClick(panel.compute, LEFT)
    panel.k.setValue(4)
    _computed(qtbot, wires)
    assert work.old == wires._faded == {key for key in KEYS if key[0] != "hdbscan"}
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        QTest.mouseClick(panel.compute, LEFT)
        session.edit({"leaky_slope": 0.3}, {})
    _computed(qtbot, wires)
    assert session.step == 30 and len(work.results["kmeans", "pixels"].groups) == 4
    assert work.old == wires._faded == {key for key in KEYS if key[1] == "code"}


def test_another_network_or_data_set_while_it_computes_takes_the_results_along(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    work, session = wires.work, window.session
    work.run()
    wires.panel.colours_toggled.emit(True)
    qtbot.waitUntil(lambda: len(work.results) >= 4, timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 5})
    assert {key[1] for key in work.results} <= {"pixels"}
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    work.run()
    qtbot.waitUntil(lambda: ("kmeans", "code") in work.results, timeout=WAIT)
    assert work.results["kmeans", "code"].n_features == 5
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    assert not work.results and not work.running


def test_the_window_closes_while_clusters_are_being_computed(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    wires.work.run()
    qtbot.waitUntil(lambda: wires.work.fraction is not None, timeout=WAIT)
    assert wires.work.running  # open_window closes it, and holds that nothing is left behind


def test_a_table_without_labels_has_clusters_but_nothing_to_hold_them_against(  # type: ignore[no-untyped-def]
    open_window, qtbot, tmp_path
) -> None:
    draw = np.random.default_rng(0)
    values = draw.normal(size=(300, 6)) + 8 * np.eye(3, 6)[np.arange(300) % 3]
    np.savetxt(tmp_path / "blobs.csv", values, delimiter=",", header="a,b,c,d,e,f", comments="")
    window = open_window()
    load_it(window, qtbot, drop_and_preview(window, qtbot, tmp_path / "blobs.csv"))
    wires = next(one for one in window._wires if type(one).__name__ == "ClustersWires")
    work, panel = wires.work, wires.panel
    window.actions_by_id["clusters_show"].trigger()
    assert work.k == 10 and panel.table.item(1, 0).text() == "k-means · values"
    panel.k.setValue(3)
    QTest.mouseClick(panel.compute, LEFT)
    _computed(qtbot, wires)
    found = work.results["kmeans", "pixels"]
    assert found.ari is None and found.purity is None and len(found.groups) == 3
    assert "no labels" in panel.status.text() and "Without labels" in panel.table.item(1, 4).toolTip()
    assert panel.table.item(1, 4).text() == "–"
    assert {group.commonest for group in found.groups} == {-1}
    panel.row_chosen.emit(("kmeans", "pixels"))
    QTest.keyClick(panel.pictures, Qt.Key.Key_Home)  # by keys too: the first cluster
    np.testing.assert_array_equal(window.selection.rows, np.flatnonzero(found.labels == 0))
