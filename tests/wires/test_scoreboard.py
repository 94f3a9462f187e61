"""The scoreboard in the real window: it fills in, can be cancelled, follows, and opens its mistakes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fcae_gui.data import digits
from fcae_gui.data.own import door
from fcae_gui.data.own.values import Origin

WAIT = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A window whose network has learned a little, with the scoreboard in front."""
    window = open_window()
    window.session.run_steps(30)
    qtbot.waitUntil(lambda: window.session.step >= 30 and window.session.view.map_step >= 30, timeout=WAIT)
    wires = next(one for one in window._wires if type(one).__name__ == "ScoreboardWires")
    window.actions_by_id["scoreboard_show"].trigger()
    assert window.workspaces.shown == "use" and wires.dock.isVisible()
    return window, wires


def _only(wires, *names: str) -> None:  # type: ignore[no-untyped-def]
    for name, action in wires.panel._choices.items():
        action.setChecked(name in names)


def _measured(qtbot, wires) -> None:  # type: ignore[no-untyped-def]
    qtbot.waitUntil(lambda: not wires.board.running, timeout=WAIT)


def test_bars_fill_in_one_by_one_and_agree_with_their_matrix(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    board, panel = wires.board, wires.panel
    _only(wires, "knn", "random-forest")
    seen: list[int] = []
    board.changed.connect(lambda: seen.append(len(board.scores)))
    QTest.mouseClick(panel.compute, LEFT)
    assert panel.compute.text() == "Cancel"
    _measured(qtbot, wires)
    assert sorted(set(seen)) == list(range(9))
    assert not board.old and panel.compute.text() == "Compute"
    for key, score in board.scores.items():
        counts = board.confusion(key)
        assert counts is not None
        assert np.trace(counts) / counts.sum() == pytest.approx(score.accuracy)
        assert counts.sum() == score.n_test == 355
    raw, untrained = board.scores["knn", "raw"], board.scores["knn", "untrained"]
    assert raw.accuracy > 0.9 > untrained.accuracy
    said = panel.bars.text_twin()
    assert f"k nearest neighbours, raw: {100 * raw.accuracy:.1f} %" in said

    again = board.scores["knn", "raw"]
    board.run()  # nothing has changed: nothing is measured again
    assert not board.running and board.scores["knn", "raw"] is again


def test_a_cell_of_the_matrix_opens_its_digits_on_the_map_and_in_the_gallery(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board, panel = wires.board, wires.panel
    _only(wires, "knn")
    board.run()
    _measured(qtbot, wires)
    place = panel.bars.place_of(("knn", "code")).center()
    QTest.mouseClick(panel.bars, LEFT, pos=QPoint(round(place.x()), round(place.y())))
    counts = board.confusion(("knn", "code"))
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    truth, answer = (int(v) for v in np.unravel_index(wrong.argmax(), wrong.shape))
    cell = panel.matrix.cell_rect(truth, answer).center()
    QTest.mouseClick(panel.matrix, LEFT, pos=QPoint(round(cell.x()), round(cell.y())))

    shown = panel.offenders.rows()
    labels = window.session.dataset.test.labels
    score = board.scores["knn", "code"]
    assert len(shown) == wrong.max() > 0
    assert set(labels[shown]) == {truth}
    assert set(score.predicted[np.searchsorted(score.test_rows, shown)]) == {answer}
    numbers = window.selection.numbers[window.selection.rows]
    np.testing.assert_array_equal(np.sort(numbers - len(window.session.dataset.train)), np.sort(shown))

    panel.matrix.setFocus()  # the same by keys
    for key in (Qt.Key.Key_Up,) * 9 + (Qt.Key.Key_Left,) * 9 + (Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(panel.matrix, key)
    assert len(panel.offenders.rows()) == counts[0, 1]
    panel.bars.setFocus()
    QTest.keyClick(panel.bars, Qt.Key.Key_Up)
    assert "on PCA" in panel.title.text() and not len(panel.offenders.rows())
    panel.bar_chosen.emit(("knn", "code"))
    panel.cell_chosen.emit(truth, answer)

    QTest.mouseClick(panel.gallery, LEFT)
    assert window.docks["gallery"].isVisible()
    gallery = next(one for one in window._wires if type(one).__name__ == "SelectionWires").panel
    qtbot.waitUntil(lambda: len(gallery.grid.rows()) == len(shown), timeout=WAIT)


def test_bars_fade_when_the_network_learns_on_and_the_chosen_cell_follows_a_new_round(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board, panel = wires.board, wires.panel
    _only(wires, "knn")
    board.run()
    _measured(qtbot, wires)
    key = ("knn", "code")
    panel.bar_chosen.emit(key)
    wrong = board.confusion(key).copy()
    np.fill_diagonal(wrong, 0)
    truth, answer = (int(v) for v in np.unravel_index(wrong.argmax(), wrong.shape))
    panel.matrix.cell_chosen.emit(truth, answer)
    selected = window.selection.rows

    def faded() -> set[object]:
        return {bar.key for _, _, bars in panel.bars._groups for bar in bars if bar.old}

    assert not faded()
    window.session.run_steps(40)
    qtbot.waitUntil(lambda: faded() == {key}, timeout=WAIT)
    qtbot.waitUntil(lambda: window.session.view.is_at(70), timeout=WAIT)
    board.run()
    _measured(qtbot, wires)
    qtbot.waitUntil(lambda: not faded(), timeout=WAIT)
    assert board.scores[key].step == 70
    rows = board.offenders(key, truth, answer)
    np.testing.assert_array_equal(panel.offenders.rows(), rows)
    assert panel.what.text().startswith(f"{len(rows):,} × ")
    np.testing.assert_array_equal(window.selection.rows, selected)  # nobody has chosen others


def test_cancel_answers_at_once_and_leaves_what_was_measured(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    board, panel = wires.board, wires.panel
    QTest.mouseClick(panel.compute, LEFT)
    qtbot.waitUntil(lambda: len(board.scores) >= 2, timeout=WAIT)
    begin = time.perf_counter()
    QTest.mouseClick(panel.compute, LEFT)
    assert time.perf_counter() - begin < 5  # it takes 1 ms
    assert not board.running and panel.compute.text() == "Compute"
    assert 2 <= len(board.scores) < 20


def test_following_measures_the_code_again_while_the_network_learns(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board = wires.board
    _only(wires, "knn")
    board.run()
    _measured(qtbot, wires)
    raw, first = board.scores["knn", "raw"], board.scores["knn", "code"]
    assert first.step == 30
    window.session.edit({}, {"epochs": None, "schedule": "constant"})
    QTest.mouseClick(wires.panel.follow, LEFT, pos=QPoint(8, wires.panel.follow.height() // 2))
    assert board.following
    window.session.play()
    qtbot.waitUntil(lambda: board.scores["knn", "code"].step > 30, timeout=WAIT)
    window.session.pause()
    newer = board.scores["knn", "code"]
    assert board.scores["knn", "raw"] is raw
    np.testing.assert_array_equal(newer.test_rows, first.test_rows)
    counts = board.confusion(("knn", "code"))
    assert np.trace(counts) / counts.sum() == pytest.approx(newer.accuracy)


def test_other_sizes_while_it_measures_leave_the_answers_old_and_their_matrix_right(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board = wires.board
    _only(wires, "knn")
    board.set_sizes(None, 300)
    board.run()
    _measured(qtbot, wires)
    window.session.run_steps(1)
    qtbot.waitUntil(lambda: window.session.view.map_step == 31, timeout=WAIT)
    key, seen = ("knn", "code"), []

    def look() -> None:
        if board.running and board.test_size == 300:
            board.set_sizes(None, 100)  # while only the code is measured
        if key in board.scores and board.scores[key].step == 31:
            score, counts = board.scores[key], board.confusion(key)
            assert np.trace(counts) / counts.sum() == pytest.approx(score.accuracy)
            seen.append((score.n_test, key in board.old))

    board.changed.connect(look)
    board.set_following(True)
    qtbot.waitUntil(lambda: bool(seen), timeout=WAIT)
    board.cancel()
    assert seen[0] == (300, True)


def test_a_code_that_is_turned_while_it_is_measured_is_old(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board, session = wires.board, window.session
    _only(wires, "knn")
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        board.run()
        session.rotate_code()
    _measured(qtbot, wires)
    assert board.scores["knn", "code"].step == session.step and board.old == {("knn", "code")}


def test_own_data_whose_labels_were_corrected_have_no_scores_yet(open_window, qtbot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    data, file = digits.load().train, tmp_path / "digits.npz"
    np.savez(file, x=data.features[:300].reshape(-1, 8, 8), y=data.labels[:300])
    name = Origin(file, door.inspect(file).choices).name
    window = open_window(data=name)
    board = next(one for one in window._wires if type(one).__name__ == "ScoreboardWires").board
    board.set_classifiers(("knn",))
    board.run()
    qtbot.waitUntil(lambda: ("knn", "raw") in board.scores, timeout=WAIT)
    board.cancel()
    for labels, known in ((data.labels[:300], True), (data.labels[:300][::-1], False)):
        np.savez(file, x=data.features[:300].reshape(-1, 8, 8), y=labels)
        with qtbot.waitSignal(window.session.dataset_changed, timeout=WAIT):
            window.session.choose_data(name)
        assert (("knn", "raw") in board.scores) == known


def test_another_network_or_data_set_while_it_computes_takes_the_scores_along(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    board, session = wires.board, window.session
    _only(wires, "knn", "logistic")
    board.run()
    qtbot.waitUntil(lambda: ("knn", "code") in board.scores, timeout=WAIT)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 5})
    qtbot.waitUntil(lambda: session.view.weights is not None, timeout=WAIT)
    assert set(board.scores) == {key for key in board.scores if key[1] == "raw"} != set()
    board.run()
    qtbot.waitUntil(lambda: ("knn", "code") in board.scores, timeout=WAIT)
    assert board.scores["knn", "code"].n_features == 5
    board.cancel()
    with qtbot.waitSignal(session.edited, timeout=WAIT):
        session.resize_code(6)  # without a restart
    assert ("knn", "code") not in set(board.scores) - board.old
    qtbot.waitUntil(
        lambda: session.view.weights is not None and session.view.weights.network.code_size == 6, timeout=WAIT
    )
    board.run()
    qtbot.waitUntil(lambda: ("knn", "code") in board.scores, timeout=WAIT)
    assert board.scores["knn", "code"].n_features == 6
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("strokes")
    assert not board.scores and not board.running
