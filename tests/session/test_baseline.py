"""PCA of the data in hand: what was fitted once is not fitted again when the same numbers are loaded anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fcae_gui.data import digits, plants
from fcae_gui.session.baseline import MOST_KEPT, Baseline


@pytest.fixture
def baseline(qtbot):  # type: ignore[no-untyped-def]
    made = Baseline()
    yield made
    assert made.close()


def _fit(baseline: Baseline, qtbot) -> None:  # type: ignore[no-untyped-def]
    def ready() -> bool:
        baseline.poll(may_start=True)
        return baseline.state == "ready"

    qtbot.waitUntil(ready, timeout=30_000)


def test_the_same_numbers_loaded_anew_are_known_at_once(baseline: Baseline, qtbot) -> None:  # type: ignore[no-untyped-def]
    first = digits.load()
    baseline.set_dataset(first)
    _fit(baseline, qtbot)
    pca, error = baseline.pca, baseline.error("mse", 2, "test")
    baseline.set_dataset(plants.load())
    assert baseline.state == "computing" and baseline.pca is None
    _fit(baseline, qtbot)
    assert baseline.pca is not None and len(baseline.pca.mean) == 5
    baseline.set_dataset(replace(first))
    assert baseline.state == "ready" and baseline.pca is pca
    assert baseline.error("mse", 2, "test") == error
    baseline.fit_again()
    assert baseline.state == "computing", "asked for again it is measured again"


def test_other_numbers_of_the_same_name_are_fitted(baseline: Baseline, qtbot) -> None:  # type: ignore[no-untyped-def]
    first = digits.load()
    baseline.set_dataset(first)
    _fit(baseline, qtbot)
    darker = replace(first.train, features=np.minimum(first.train.as_float() * 2, 1.0))
    baseline.set_dataset(replace(first, train=darker, fingerprint="other"))
    assert baseline.state == "computing"
    baseline.set_dataset(replace(first, train=darker, fingerprint=""))
    assert baseline.state == "computing", "what has no fingerprint is never taken for known"


def test_of_very_wide_data_no_error_is_told_for_sizes_that_were_not_found(
    baseline: Baseline, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("fcae_gui.analysis.pca.MOST_EXACT", 32)
    monkeypatch.setattr("fcae_gui.analysis.pca.LEADING", 8)
    baseline.set_dataset(digits.load())
    _fit(baseline, qtbot)
    first, last = baseline.error("mse", 2, "test"), baseline.error("mse", 8, "test")
    assert first is not None and last is not None and last < first
    assert baseline.error("mse", 9, "test") is None and baseline.quick(9) is None


def test_an_error_that_cannot_be_worked_out_leaves_the_fit_and_is_not_tried_again(
    baseline: Baseline, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    tried: list[int] = []

    def no_memory(*_: object) -> object:
        tried.append(1)
        raise MemoryError

    monkeypatch.setattr("fcae_gui.analysis.pca.error_in_pieces", no_memory)
    baseline.set_dataset(plants.load())
    _fit(baseline, qtbot)

    def quick_is_there() -> bool:  # it is worked out after the errors that were asked for
        assert baseline.error("bce", 2, "test") is None
        baseline.poll(may_start=True)
        return baseline.quick(2) is not None

    with qtbot.waitSignal(baseline.changed, timeout=30_000):  # the quick fit is told
        qtbot.waitUntil(quick_is_there, timeout=30_000)
    assert len(tried) == 1
    assert baseline.state == "ready" and baseline.pca is not None


def test_only_a_few_are_kept(baseline: Baseline, qtbot) -> None:  # type: ignore[no-untyped-def]
    data = plants.load()
    for number in range(MOST_KEPT + 2):
        baseline.set_dataset(replace(data, fingerprint=str(number)))
        _fit(baseline, qtbot)
    assert len(baseline._kept) == MOST_KEPT
    baseline.set_dataset(replace(data, fingerprint="0"))
    assert baseline.state == "computing"
