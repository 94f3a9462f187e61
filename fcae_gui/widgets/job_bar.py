"""How far a job in the background is: a thin bar that is there only while one runs."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

BAR_STEPS = 1000
HIGH_PX, WIDE_PX = 6, 140


class JobBar(QProgressBar):
    """Beside a line of text; `wide` None lets it take all the room there is."""

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "Progress", high: int = HIGH_PX,
        wide: int | None = WIDE_PX,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedHeight(high)
        if wide is not None:
            self.setFixedWidth(wide)
        self.setAccessibleName(name)
        self.set_fraction(None, running=False)

    def set_fraction(self, fraction: float | None, *, running: bool) -> None:
        """From 0 to 1; None while nobody knows."""
        self.setVisible(running)
        # a bar without a range moves to and fro for ever, also while it is hidden
        self.setRange(0, BAR_STEPS if fraction is not None or not running else 0)
        self.setValue(round(BAR_STEPS * (fraction or 0.0)))
