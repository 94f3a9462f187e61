"""A label that says as much as it has room for."""

from __future__ import annotations

from fcae_gui.widgets.fitting_label import FittingLabel

WORDINGS = ("dune, test sample 178 of 320", "dune, test sample 178", "dune, test 178")


def test_the_longest_wording_that_fits_is_shown_and_the_whole_one_told(qtbot) -> None:  # type: ignore[no-untyped-def]
    label = FittingLabel("Sample")
    qtbot.addWidget(label)
    label.set_wordings(WORDINGS)
    wide = [label.fontMetrics().horizontalAdvance(wording) for wording in WORDINGS]
    label.show()
    for width, wording in ((wide[0], WORDINGS[0]), (wide[0] - 1, WORDINGS[1]), (wide[2], WORDINGS[2])):
        label.setFixedWidth(width)
        assert label.text() == wording
        assert label.toolTip() == label.accessibleDescription() == WORDINGS[0]
    label.setFixedWidth(wide[2] - 3)
    assert label.text().endswith("…") and label.text()[:4] == "dune"
    font = label.font()
    label.setFixedWidth(wide[1])
    font.setPixelSize(2 * label.fontInfo().pixelSize())
    label.setFont(font)
    assert label.text() not in WORDINGS[:2]
    assert label.minimumSizeHint().width() >= 0 and label.whole == WORDINGS[0]
