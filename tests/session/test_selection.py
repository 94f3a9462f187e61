"""The shared selection: what is selected outlives another map, and every change can be taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.session.selection import Selection
from fcae_gui.session.undo import History
from fcae_gui.session.watching import choose


def _split(n: int, seed: int) -> Split:
    random = np.random.default_rng(seed)
    return Split(features=random.random((n, 6), np.float32), labels=np.arange(n) % 3)


@pytest.fixture
def dataset() -> Dataset:
    return Dataset(
        name="made", title="Made", train=_split(30, 0), test=_split(20, 1), class_names=("a", "b", "c"),
        fingerprint="one",
    )  # fmt: skip


def _mask(n: int, *rows: int) -> np.ndarray:
    made = np.zeros(n, bool)
    made[list(rows)] = True
    return made


@pytest.fixture
def selection(qapp, dataset) -> Selection:
    made = Selection(History())
    made.set_shown(choose(dataset, 1, columns=3), dataset)
    return made


def test_adding_and_taking_away_combine_with_what_is_there(selection) -> None:
    selection.choose(_mask(20, 1, 2, 3))
    selection.choose(_mask(20, 3, 4), "add")
    assert selection.rows.tolist() == [1, 2, 3, 4]
    selection.choose(_mask(20, 2, 9), "subtract")
    assert selection.rows.tolist() == [1, 3, 4]
    selection.choose(_mask(20, 1, 3, 4), "subtract")
    assert selection.mask is None and selection.count == 0


def test_each_gesture_is_one_step_of_the_history(qapp, dataset) -> None:
    history = History()
    selection = Selection(history)
    selection.set_shown(choose(dataset, 1, columns=3), dataset)
    selection.choose(_mask(20, 1), text="first")
    selection.choose(_mask(20, 5), "add", text="second")
    selection.clear()
    history.undo()
    assert selection.rows.tolist() == [1, 5]
    history.undo()
    assert selection.rows.tolist() == [1]
    history.undo()
    assert selection.mask is None
    history.redo()
    history.redo()
    assert selection.rows.tolist() == [1, 5]
    assert history.texts == ("second", "clear selection")


def test_a_choice_that_changes_nothing_is_no_step(qapp, dataset) -> None:
    history = History()
    selection = Selection(history)
    selection.set_shown(choose(dataset, 1, columns=3), dataset)
    selection.clear()
    assert selection.choose(_mask(20, 1)) and not selection.choose(_mask(20, 1))
    assert history.texts == ("selection", "")
    history.undo()
    assert history.texts == ("", "selection")


def test_the_same_samples_stay_selected_when_the_map_shows_the_training_half_too(selection, dataset) -> None:
    selection.choose(_mask(20, 4, 7))
    selection.set_shown(choose(dataset, 2, columns=3, all_points=True), dataset)
    assert selection.rows.tolist() == [34, 37]  # 30 training samples come first
    selection.set_shown(choose(dataset, 3, columns=3), dataset)
    assert selection.rows.tolist() == [4, 7]


def test_nothing_of_another_data_set_is_selected_and_undo_does_not_bring_it(qapp, dataset) -> None:
    history = History()
    selection = Selection(history)
    selection.set_shown(choose(dataset, 1, columns=3), dataset)
    selection.choose(_mask(20, 4))
    selection.choose(_mask(20, 5))
    other = replace(dataset, test=_split(8, 5), fingerprint="two")
    selection.set_shown(choose(other, 2, columns=3), other)
    assert selection.mask is None and selection.map_size == 8
    history.undo()
    assert selection.mask is None


def test_a_mask_of_another_length_is_refused(selection) -> None:
    with pytest.raises(ValueError, match=r"shape \(20,\)"):
        selection.choose(np.ones(19, bool))
