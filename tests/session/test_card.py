"""The open card: what it says is true of the sample, follows it, and nothing is done for what is not seen."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.data.dataset import Split
from fcae_gui.engine.decoder import decode, encode
from fcae_gui.session.card import NEIGHBOURS, Card
from fcae_gui.session.neighbours import ChunkSearch

WAIT = 30_000


@pytest.fixture
def opened(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A session with its map, and a card of its own."""
    session = open_window().session
    card = Card(session, session)
    card._on_shown(session.view._shown)
    card.set_visible(True)
    return session, card


def test_the_search_finds_the_same_neighbours_as_sorting_all_distances() -> None:
    random = np.random.default_rng(5)
    features = random.integers(0, 256, (9000, 20)).astype(np.uint8)
    values = features.astype(np.float64) / 255
    search = ChunkSearch()
    for row in (0, 4095, 4096, 8999):
        rows, distances = search(features, values[row].astype(np.float32), 5, without=row)
        away = np.linalg.norm(values - values[row], axis=1)
        expected = [i for i in np.argsort(away, kind="stable") if i != row][:5]
        np.testing.assert_allclose(distances, away[expected], rtol=1e-5)
        assert set(rows.tolist()) == set(expected)
    assert len(search(features[:3], values[0].astype(np.float32), 5, without=0)[0]) == 2


def test_an_open_card_tells_code_reconstruction_and_error_of_its_sample(opened, qtbot) -> None:
    session, card = opened
    with qtbot.waitSignal(card.output_changed, timeout=WAIT) as caught:
        card.open(17)
    output, weights = caught.args[0], session.view.weights
    sample = Split(features=session.view._shown.map_features).as_float(np.array([17]))
    np.testing.assert_allclose(output.code, encode(weights, sample)[0], rtol=1e-6)
    np.testing.assert_allclose(output.pixels, decode(weights, encode(weights, sample))[0], rtol=1e-6)
    assert output.sse == pytest.approx(float(((output.pixels - sample[0]) ** 2).sum()), rel=1e-5)


def test_neighbours_in_both_spaces_agree_with_sorting_all_distances(opened, qtbot) -> None:
    session, card = opened
    with qtbot.waitSignal(card.neighbours_changed, timeout=WAIT) as caught:
        card.open(3)
    found = caught.args[0]
    values = Split(features=session.view._shown.map_features).as_float().astype(np.float64)
    for neighbours, space in ((found.by_pixels, values), (found.by_code, session.view.codes)):
        away = np.linalg.norm(space - space[3], axis=1)
        away[3] = np.inf
        assert [one.row for one in neighbours] == np.argsort(away, kind="stable")[:NEIGHBOURS].tolist()
        np.testing.assert_allclose([one.distance for one in neighbours], np.sort(away)[:5], rtol=1e-4)
    both = {one.row for one in found.by_pixels} & {one.row for one in found.by_code}
    for one in found.by_pixels + found.by_code:
        assert one.shared == (one.row in both)


def test_the_card_is_live_while_the_network_learns(opened, qtbot) -> None:
    session, card = opened
    seen = []
    card.output_changed.connect(seen.append)
    card.open(5)
    session.edit({}, {"epochs": None, "schedule": "constant"})
    session.play()
    qtbot.waitUntil(lambda: len({one.sse for one in seen}) > 3, timeout=WAIT)


def test_nothing_is_done_for_a_card_that_cannot_be_seen(opened, qtbot) -> None:
    session, card = opened
    card.open(5)
    qtbot.waitUntil(lambda: card._search.idle and card._through.idle, timeout=WAIT)
    card.set_visible(False)
    told = []
    card.output_changed.connect(told.append)
    session.edit({}, {"epochs": None, "schedule": "constant"})
    session.play()
    qtbot.waitUntil(lambda: session.trained_steps() > 20, timeout=WAIT)
    with qtbot.waitSignals([session.frame_passed] * 5, timeout=WAIT):
        pass
    assert not told
    card.set_visible(True)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT)


def test_stepping_goes_round_and_closing_says_so_once(opened) -> None:
    _session, card = opened
    card.step(-1)
    assert card.row == card.count - 1
    card.step(1)
    assert card.row == 0
    closed = []
    card.closed.connect(lambda: closed.append(1))
    card.close()
    card.close()
    assert card.row == -1 and closed == [1]
    card.open(10**6)
    assert card.row == -1


def test_the_card_follows_its_sample_when_the_training_images_join_the_map(opened, qtbot) -> None:
    session, card = opened
    card.open(9)
    before = card._sample(9)
    with qtbot.waitSignal(session.view.map_changed, timeout=WAIT):
        session.view.show_all_points(True)
    assert card.row == 9 + len(session.dataset.train)
    after = card._sample(card.row)
    assert after.text == before.text == "test sample 9"
    np.testing.assert_array_equal(after.pixels, before.pixels)
    with qtbot.waitSignal(session.view.map_changed, timeout=WAIT):
        session.view.show_all_points(False)
    assert card.row == 9


def test_other_data_close_the_card_and_a_new_network_does_not(opened, qtbot) -> None:
    session, card = opened
    told = []
    card.output_changed.connect(told.append)
    card.open(9)
    with qtbot.waitSignal(session.generation_started, timeout=WAIT):
        session.new_network({"code_size": 5})
    qtbot.waitUntil(lambda: bool(told) and len(told[-1].code) == 5, timeout=WAIT)
    assert card.row == 9
    session.choose_data("strokes")
    qtbot.waitUntil(lambda: session.dataset.name == "strokes" and session.view.map_step >= 0, timeout=WAIT)
    assert card.row == -1
    card.open(4)
    qtbot.waitUntil(lambda: len(told[-1].pixels) == 784, timeout=WAIT)
