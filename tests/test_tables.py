"""Tables everywhere: every panel is walked through with a table while the network learns it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui import theme
from fcae_gui.data import catalog, plants
from fcae_gui.data.dataset import Dataset, Split
from fcae_gui.data.fingerprint import fingerprint

WAIT = 60_000
# What the platform without a screen says of every menu.
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support grabbing the (keyboard|mouse)", extend=True
)


def _wide() -> Dataset:
    """Twenty columns, some below 0, without labels or units."""
    table = plants.load()

    def half(split: Split) -> Split:
        wide = np.tile(split.features, (1, 4)) * np.repeat([1.0, -0.5, 0.7, 2.0], 5)
        return Split(features=wide.astype(np.float32))

    train, test = half(table.train), half(table.test)
    made = fingerprint("plants", train.features, test.features)
    return replace(
        table, train=train, test=test, class_names=(), feature_names=(), feature_units=(), feature_ranges=(),
        fingerprint=made,
    )  # fmt: skip


@pytest.mark.parametrize("which", ["five columns", "twenty columns"])
def test_every_panel_shows_a_table_while_it_is_learned(  # type: ignore[no-untyped-def]
    open_window, qtbot, qapp: QApplication, monkeypatch, which: str
) -> None:
    if which == "twenty columns":
        monkeypatch.setitem(catalog.BUILT_IN, "plants", _wide)
    window = open_window(data="plants", preset="slide", autostart=True)
    session, latent = window.session, window.latent
    with qtbot.captureExceptions() as raised:
        qtbot.waitUntil(lambda: session.view.map_step >= 0 and window.decoded.bars.isVisible(), timeout=WAIT)
        assert window.reconstructions.grid.count == 10
        act = window.actions_by_id
        act["pins_pin"].trigger()
        window.reconstructions.grid.choose(2)  # enlarged
        place = latent.cloud.to_widget(*(float(v[0]) for v in latent.cloud.points_drawn()[:2]))
        QTest.mouseMove(latent.cloud, place.toPoint())
        latent._on_hovered(0)
        qtbot.waitUntil(latent._card.isVisible, timeout=WAIT)
        latent._card.show_output(session.dataset.test.as_float()[0], "reconstruction")
        assert not latent._card.grab().isNull()
        QTest.mouseDClick(latent.cloud, Qt.MouseButton.LeftButton, pos=place.toPoint())
        for name in [*window.docks]:  # each in the workspace that it belongs to
            window.show_tool(name)
            with qtbot.waitSignal(session.frame_passed, timeout=WAIT):
                pass
            assert not window.docks[name].grab().isNull(), name
        window.show_workspace("explore")
        for look in ("dark", "projector", "light"):
            theme.apply(qapp, look)
            assert not window.grab().isNull()
        assert session.state == "running"
        session.choose_preset("map")  # back to pictures with everything open
        qtbot.waitUntil(lambda: session.dataset.image_shape is not None, timeout=WAIT)
        qtbot.waitUntil(window.decoded.picture.isVisible, timeout=WAIT)
    assert not raised, raised


def test_the_canvas_is_off_for_a_table_and_says_why(open_window) -> None:  # type: ignore[no-untyped-def]
    window = open_window(data="plants", preset="slide")
    window.show_tool("canvas")
    panel = window.docks["canvas"].widget()
    assert not panel._draw.isEnabled() and not panel._open.isEnabled()
    assert panel._nothing.isVisible() and "no pictures" in panel._nothing.text()
