"""Numbers per sample: errors against a plain computation, scales, and what the gallery makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from fcae_gui.data import catalog
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.presets import make_config
from fcae_gui.engine.trainer import Trainer
from fcae_gui.session.gallery import Gallery
from fcae_gui.session.quantities import Quantities, ends
from fcae_gui.session.row_errors import squared_errors
from fcae_gui.session.selection import Selection
from fcae_gui.session.undo import History
from fcae_gui.session.watching import choose

WAIT = 30_000


@pytest.fixture(scope="module")
def trained():  # type: ignore[no-untyped-def]
    dataset = catalog.load("digits8")
    config: RunConfig = make_config("map", dataset, threads=1)
    trainer = Trainer(config, dataset)
    for _ in range(20):
        trainer.step()
    return dataset, trainer


def test_ends_of_a_scale_leave_single_extremes_out() -> None:
    values = np.concatenate([np.linspace(0, 1, 1000), [1e6, np.nan, -1e6]]).astype(np.float32)
    low, high = ends(values)
    assert 0.0 <= low < 0.05 and 0.95 < high <= 1.0
    assert ends(np.full(5, np.nan)) == (0.0, 1.0)
    low, high = ends(np.full(5, 3.0))
    assert low == 3.0 < high


def test_errors_come_from_a_worker_and_are_those_of_the_published_weights(qtbot, trained) -> None:
    dataset, trainer = trained
    weights = trainer.weights()
    quantities = Quantities()
    shown = choose(dataset, 1, columns=3)
    quantities.set_shown(shown, dataset)
    quantities.poll(weights, running=False)
    assert quantities.values("error") is None and quantities.row_errors._worker.idle  # nobody wants them
    quantities.want("test", "error")

    def there() -> bool:
        quantities.poll(weights, running=False)
        return quantities.values("error") is not None

    qtbot.waitUntil(there, timeout=WAIT)
    x = dataset.test.as_float()[: len(shown.map_features)].astype(np.float64)
    h = x
    for i, (w, b) in enumerate(weights.encoder):
        h = (np.where(h > 0, h, h * weights.network.leaky_slope) if i else h) @ w.T.astype(float) + b
    assert weights.network.activation == "leaky_relu" and weights.network.code_activation == "none"
    for i, (w, b) in enumerate(weights.decoder):
        h = (np.where(h > 0, h, h * weights.network.leaky_slope) if i else h) @ w.T.astype(float) + b
    assert weights.network.output_activation == "sigmoid"
    expected = ((1 / (1 + np.exp(-h)) - x) ** 2).sum(axis=1)
    np.testing.assert_allclose(quantities.values("error"), expected, rtol=1e-3)
    assert quantities.row_errors.step == weights.step
    quantities.start_generation(2)
    assert quantities.values("error") is None
    assert quantities.close()


def test_bytes_and_floats_have_the_same_errors(trained) -> None:
    _, trainer = trained
    pixels = np.random.default_rng(0).integers(0, 256, (50, 64), np.uint8)
    weights = trainer.weights()
    from_floats = squared_errors(weights, pixels.astype(np.float32) / 255)
    np.testing.assert_allclose(squared_errors(weights, pixels), from_floats, rtol=1e-5)


def test_the_gallery_shows_the_selected_rows_worst_first(qtbot, trained) -> None:
    dataset, trainer = trained
    weights = trainer.weights()
    quantities, selection = Quantities(), Selection(History())
    gallery = Gallery(selection, quantities)
    shown = choose(dataset, 1, columns=3)
    gallery.set_labels(shown.map_labels)
    quantities.set_shown(shown, dataset)
    selection.set_shown(shown, dataset)
    orders = []
    gallery.rows_changed.connect(orders.append)
    gallery.refresh()
    assert orders == []  # hidden, it does nothing
    gallery.set_shown(True)

    def there() -> bool:
        quantities.poll(weights, running=False)
        return quantities.values("error") is not None

    qtbot.waitUntil(there, timeout=WAIT)
    errors = quantities.values("error")
    gallery.refresh()
    assert (np.diff(errors[orders[-1]]) <= 0).all() and len(orders[-1]) == len(errors)
    gallery.select_worst()
    worst = set(np.argsort(errors)[-selection.count :].tolist())
    assert selection.count >= 10 and set(selection.rows.tolist()) == worst
    assert orders[-1].tolist() == sorted(worst, key=lambda row: -errors[row])
    gallery.select_class(4, "replace")
    assert (shown.map_labels[orders[-1]] == 4).all()
    middle = float(np.median(errors))
    gallery.select_range("error", middle, np.inf, "replace")
    gallery.set_sort("class")
    assert (np.diff(shown.map_labels[orders[-1]]) >= 0).all() and (errors[orders[-1]] >= middle).all()
    gallery.set_sort("data")
    assert (np.diff(orders[-1]) > 0).all()
    assert quantities.close()


def test_the_worst_are_not_chosen_by_errors_of_long_ago(qtbot, trained) -> None:
    dataset, trainer = trained
    quantities, selection = Quantities(), Selection(History())
    gallery = Gallery(selection, quantities)
    shown = choose(dataset, 1, columns=3)
    quantities.set_shown(shown, dataset)
    selection.set_shown(shown, dataset)
    gallery.set_shown(True)
    old = trainer.weights()

    def at(weights, step):  # type: ignore[no-untyped-def]
        def there() -> bool:
            quantities.poll(weights, running=False)
            return quantities.row_errors.step == step and quantities.row_errors.fresh

        return there

    qtbot.waitUntil(at(old, old.step), timeout=WAIT)
    gallery.set_shown(False)
    quantities.poll(old, running=False)
    for _ in range(30):
        trainer.step()
    new = trainer.weights()
    gallery.select_worst()
    assert selection.mask is None
    qtbot.waitUntil(at(new, new.step), timeout=WAIT)
    errors = quantities.values("error")
    assert set(selection.rows.tolist()) == set(np.argsort(errors)[-selection.count :].tolist())
    gallery.set_shown(False)
    selection.clear()
    quantities.poll(new, running=False)
    gallery.select_worst()  # nothing has been learned meanwhile: what is known will do
    qtbot.waitUntil(at(new, new.step), timeout=WAIT)
    assert selection.count > 0
    assert quantities.close()
