"""The preview of own data by itself: nothing is cut off, however much there is to say."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fcae_gui import theme
from fcae_gui.data.own.values import Found
from fcae_gui.panels.data_preview import DataPreview
from tests.clipping import clipped


@pytest.mark.parametrize("look", ["light", "projector"])
def test_a_long_file_name_and_much_to_say_have_room_on_a_small_screen(
    qtbot: QtBot, qapp: QApplication, look: str
) -> None:
    theme.apply(qapp, look)  # type: ignore[arg-type]
    columns = ("a_column_with_a_name_that_is_longer_than_any_box_is_wide_m1", *(f"m{i}" for i in range(17)))
    found = Found(
        path="/x",
        kind="csv",
        title="measurements_of_the_second_series_2024-11-23_final_version_corrected_by_hand.csv",
        count=3000,
        n_features=18,
        columns=columns,
        shapes=((0, 0),),
        labels=(columns[0], ""),
        classes=tuple((f"class number {i}", 30) for i in range(14)),
        missing=12,
        notes=("A sentence of some length about the file and what was found in it.",) * 4,
        rows=(tuple(f"0.{j}" for j in range(18)),) * 5,
        n_skipped=30,
        skipped=tuple((f"line {i}", "has too few values") for i in range(30)),
    )
    preview = DataPreview(found)
    qtbot.addWidget(preview)
    preview.show()
    QApplication.processEvents()
    assert clipped(preview) == []
    assert preview.height() <= preview.screen().availableGeometry().height()
    assert preview.buttons.geometry().bottom() < preview.height()
    theme.apply(qapp, "light")
