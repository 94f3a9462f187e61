"""The built-in table: small, the same every time, of two factors, and with units to show."""

from __future__ import annotations

import numpy as np

from fcae_gui.data import cache, catalog, plants


def test_the_table_is_small_named_and_the_same_every_time() -> None:
    first, second = plants.load(), catalog.load("plants")
    assert first.fingerprint == second.fingerprint
    assert np.array_equal(first.train.features, second.train.features)
    assert first.train.features.shape == (1280, 5) and first.test.features.shape == (320, 5)
    assert first.image_shape is None and first.in_unit_range
    assert first.column_titles[0] == "height, cm" and len(first.feature_ranges) == 5
    assert set(first.train.labels.tolist()) == {0, 1, 2, 3} and len(first.class_names) == 4
    assert catalog.find("plants") == "ready" and not catalog.SOURCES["plants"].needs_download


def test_its_columns_follow_from_the_two_factors_that_are_kept() -> None:
    split = plants.load().train
    factors = np.stack([split.factors["light"], split.factors["water"]], axis=1)
    off = split.features - plants.responses(factors)
    assert float(np.abs(off).max()) < 0.12 and 0.01 < float(off.std()) < 0.03


def test_units_survive_the_cache(tmp_path) -> None:  # type: ignore[no-untyped-def]
    made = plants.load()
    cache.save(tmp_path / "plants", made)
    again = cache.load(tmp_path / "plants")
    assert (again.feature_units, again.feature_ranges) == (made.feature_units, made.feature_ranges)
    assert again.column_titles == made.column_titles
