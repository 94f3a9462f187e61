"""The lens panel alone: tables as bars, what it says without values, and formulas in plain text."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.analysis import lens
from fcae_gui.panels import lens_formulas as written
from fcae_gui.panels.lens import LensPanel, LensValues
from fcae_gui.widgets.lens_pictures import nice_ceiling, plain


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> LensPanel:
    theme.apply(qapp, "light")
    made = LensPanel()
    qtbot.addWidget(made)
    made.resize(560, 620)
    return made


def _values(x: np.ndarray, logits: np.ndarray, *, has_sigmoid: bool) -> LensValues:
    read = lens.read(x, logits, has_sigmoid=has_sigmoid)
    return LensValues(
        x=read.x, output=read.output, logits=read.logits, terms=read.terms, sums=read.sums,
        below=read.below, above=read.above, bounded=read.bounded,
    )  # fmt: skip


def test_a_table_is_shown_as_bars_with_the_names_of_its_features(panel: LensPanel) -> None:
    panel.set_shape(None, ("length", "width", "mass"))
    panel.set_values(_values(np.array([-1.0, 0.0, 2.0]), np.array([-0.5, 0.5, 1.0]), has_sigmoid=False))
    panel.grab()
    panel.view.choose(2)
    assert "mass: (1.000 − 2.000)^2 = 1.00" in panel.formula.text()
    assert panel.sum_text("bce") == "–" and not panel._heads["bce"].isEnabled()
    panel.view.choose(0)
    assert "(−0.500 − (−1.000))^2 = 0.250" in panel.formula.text()


def test_a_diverged_network_is_shown_without_an_error(panel: LensPanel) -> None:
    panel.set_shape((2, 2))
    panel.set_values(_values(np.zeros(4), np.array([np.nan, np.inf, -np.inf, 1e30]), has_sigmoid=False))
    panel.grab()
    assert panel.sum_text("mse") == "–"


def test_a_chosen_loss_that_is_no_longer_defined_gives_way_to_the_trained_one(panel: LensPanel) -> None:
    panel.set_shape((2, 2))
    panel.set_values(_values(np.full(4, 0.5), np.zeros(4), has_sigmoid=True))
    panel._heads["bce"].click()
    assert panel.loss == "bce"
    panel.set_values(_values(np.full(4, 0.5), np.full(4, 2.0), has_sigmoid=False))
    panel.refresh_numbers()
    assert panel.loss == "mse" and panel._heads["mse"].isChecked()
    assert "4 of 4 outside [0, 1] (100.0 %): 0 below 0 (blue), 4 above 1" in panel.explanation.text()


def test_everything_fits_into_a_narrow_panel_on_a_projector(panel: LensPanel, qapp: QApplication) -> None:
    theme.apply(qapp, "projector")
    panel.set_shape((28, 28))
    rng = np.random.default_rng(0)
    panel.set_values(_values(rng.random(784), rng.normal(0, 5, 784), has_sigmoid=True))
    panel._heads["bce"].click()
    panel.resize(500, 600)
    panel.show()
    panel.grab()
    last = panel.view.rect_of(5)
    assert last.right() <= panel.view.width() and last.bottom() <= panel.view.height() + 1
    assert panel.explanation.geometry().bottom() <= panel.height()
    panel.hide()


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("mse", "p: (0.930 − 0.610)^2 = 0.102"),
        ("l1", "p: |0.930 − 0.610| = 0.102"),
        ("bce", "p: −0.610 ln 0.930 − (1 − 0.610) ln(1 − 0.930) = 0.102"),
    ],
)
def test_the_term_of_a_pixel_is_written_with_its_numbers(panel: LensPanel, loss: str, expected: str) -> None:
    now = written.Figures(loss=loss, place="p", x=0.61, output=0.93, term=0.1024, total=9.0, count=784)
    panel.formula.set_lines(written.lines(now))
    assert panel.formula.text().splitlines()[1] == expected
    assert "9.00 / 784 = 0.0115" in panel.formula.text().splitlines()[0]


def test_scales_are_round_numbers_that_seldom_change() -> None:
    assert [nice_ceiling(value, 0.1) for value in (0.0, 0.1, 0.11, 0.5, 0.51, 17.0)] == pytest.approx(
        [0.1, 0.1, 0.2, 0.5, 1.0, 20.0]
    )
    assert plain(-0.5) == "−0.500" and plain(float("nan")) == "–"
