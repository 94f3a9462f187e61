"""What a control is called: the name a screen reader says, or else the text it shows."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

LONGEST = 60  # letters; longer texts are readings, not names


def control_name(control: QWidget) -> str:
    """The accessible name, else the button's or label's text without its marks; "" for neither."""
    name = control.accessibleName()
    if name:
        return name
    text = getattr(control, "text", None)
    found = text() if callable(text) else ""
    return found.replace("&", "") if isinstance(found, str) and len(found) <= LONGEST else ""
