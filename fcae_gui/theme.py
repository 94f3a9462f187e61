"""The look: palettes, class colours, text sizes; the only place that knows a colour by its number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

MIN_TEXT_PX = 12  # smaller cannot be read on a laptop in a lecture hall
PROJECTOR_TEXT_PX = 18

# petroff10 (Petroff 2021, arXiv:2107.02270): its closest pair stays at CIEDE2000 >= 11.9 under each
# colour-vision deficiency, where tab10 falls to 1.3.
CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)

# Control points of the colours of continuous values, low to high. Lightness moves one way, always away from
# the surface, so that high values stand out and grey or colour-blind eyes read the same order; the hues keep
# to yellow, green and blue, which every colour-vision deficiency tells apart.
VALUE_COLOURS = {
    "light": ("#d3c23a", "#7fb04a", "#2f9482", "#1f6f97", "#2d4796", "#38115c"),
    "dark": ("#5f4fa6", "#4470bd", "#3893b6", "#3fb596", "#95d063", "#fbee6a"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One palette. Colours are "#rrggbb"; text_px is text size before the user's scale.

    window: behind everything; surface: panels and plots; raised: buttons and fields; line: hairlines, grids
    """

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    warn: str
    bad: str
    train: str  # curve of the training loss
    test: str  # curve of the test loss
    floor: str  # reference lines such as the PCA error
    text_px: int
    line_px: float  # width of curves


THEMES: dict[str, Theme] = {
    "light": Theme(
        name="light", dark=False, window="#eceef1", surface="#ffffff", raised="#f6f7f9", text="#1b1f24",
        muted="#59636e", line="#d3d8de", accent="#0b63c5", on_accent="#ffffff", warn="#8a5200", bad="#b3261e",
        train="#0b63c5", test="#c2410c", floor="#59636e", text_px=13, line_px=1.6,
    ),
    "dark": Theme(
        name="dark", dark=True, window="#16191d", surface="#1e2227", raised="#2a2f36", text="#e7eaee",
        muted="#9aa5b1", line="#3a414a", accent="#5aa9ff", on_accent="#0b1420", warn="#f0b45a", bad="#ff8a80",
        train="#5aa9ff", test="#ffa657", floor="#9aa5b1", text_px=13, line_px=1.6,
    ),
    "projector": Theme(
        name="projector", dark=False, window="#ffffff", surface="#ffffff", raised="#f0f0f0", text="#000000",
        muted="#333333", line="#8a8a8a", accent="#003f9e", on_accent="#ffffff", warn="#6b3e00", bad="#a80000",
        train="#003f9e", test="#b02a00", floor="#333333", text_px=PROJECTOR_TEXT_PX, line_px=3.0,
    ),
}  # fmt: skip

_current: Theme = THEMES["light"]
_scale = 1.0


def current() -> Theme:
    """The theme in force. Read it while painting; a change reaches widgets as QEvent.PaletteChange."""
    return _current


def text_px(factor: float = 1.0) -> int:
    """Pixel size of text, `factor` times the ordinary size, never under MIN_TEXT_PX."""
    return max(MIN_TEXT_PX, round(_current.text_px * _scale * factor))


def scale() -> float:
    """The user's text scale (Ctrl + and -)."""
    return _scale


def class_colour(label: int) -> QColor:
    """Colour of class `label`; beyond ten they repeat, and the names at the class centres tell them apart."""
    return QColor(CLASS_COLOURS[label % len(CLASS_COLOURS)])


def value_colours(count: int) -> list[tuple[int, int, int]]:
    """`count` colours (red, green, blue) for values from low to high, made for the theme's surface."""
    stops = [QColor(colour) for colour in VALUE_COLOURS["dark" if _current.dark else "light"]]
    made = []
    for i in range(count):
        at = i * (len(stops) - 1) / max(1, count - 1)
        low = min(int(at), len(stops) - 2)
        part, a, b = at - low, stops[low], stops[low + 1]
        pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
        made.append(tuple(round(x + (y - x) * part) for x, y in pairs))
    return made  # type: ignore[return-value]


def font(factor: float = 1.0, *, bold: bool = False) -> QFont:
    """The application's font at `factor` times the ordinary size, with tabular figures where Qt can ask."""
    made = QFont(QApplication.font())
    made.setPixelSize(text_px(factor))
    made.setBold(bold)
    return made


def _tabular(made: QFont) -> QFont:
    tag = getattr(QFont, "Tag", None)  # PySide6 6.7 and later
    if tag is not None and hasattr(made, "setFeature"):
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, theme.window),
        (role.WindowText, theme.text),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.raised),
        (role.Text, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.bad),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.ToolTipBase, theme.surface),
        (role.ToolTipText, theme.text),
        (role.Link, theme.accent),
        (role.Mid, theme.line),
        (role.Accent, theme.accent),
    ):
        palette.setColor(where, QColor(colour))
    off = QColor(theme.muted)
    off.setAlphaF(0.6)
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, off)
    return palette


def apply(app: QApplication, name: str, text_scale: float = 1.0) -> Theme:
    """Put the named theme ("light", "dark", "projector") on the whole application. KeyError otherwise."""
    global _current, _scale
    _current, _scale = THEMES[name], text_scale
    if app.style() is None or app.style().objectName().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPixelSize(text_px())
    app.setFont(_tabular(made))
    app.setPalette(_palette(_current))
    hints = app.styleHints()
    if hasattr(hints, "setColorScheme"):  # does nothing on most Linux platforms; the palette does the work
        hints.setColorScheme(Qt.ColorScheme.Dark if _current.dark else Qt.ColorScheme.Light)
    app.setStyleSheet(_style_sheet(_current))
    return _current


@contextmanager
def borrowed(widget: QWidget, name: str) -> Iterator[None]:
    """Another theme for one widget alone, for a moment in which nothing else is painted."""
    global _current
    before, _current = _current, THEMES[name]
    # An application with a style sheet hands no palette on to children: each is given it.
    parts = [widget, *widget.findChildren(QWidget)]
    plain = [part for part in parts if not part.testAttribute(Qt.WidgetAttribute.WA_SetPalette)]
    palette = _palette(_current)
    try:
        for part in plain:
            part.setPalette(palette)
        _tell_theme(parts)
        yield
    finally:
        _current = before
        for part in plain:
            part.setPalette(QPalette())
        _tell_theme(parts)


def _tell_theme(parts: list[QWidget]) -> None:
    for part in parts:
        QApplication.sendEvent(part, QEvent(QEvent.Type.PaletteChange))


def _style_sheet(theme: Theme) -> str:
    """What the palette cannot say: quiet docks, tool bars and tips."""
    return f"""
        QToolTip {{ color: {theme.text}; background: {theme.surface}; border: 1px solid {theme.line};
                    padding: 4px; }}
        QMainWindow::separator {{ background: {theme.window}; width: 6px; height: 6px; }}
        QMainWindow::separator:hover {{ background: {theme.accent}; }}
        QToolBar {{ border: none; spacing: 6px; padding: 4px 6px; background: {theme.window}; }}
        QStatusBar {{ background: {theme.window}; color: {theme.text}; }}
        QStatusBar::item {{ border: none; }}
    """


def why_no_font() -> str:
    """One line when no font is installed (Qt then draws boxes and reports nothing), else "".

    The list of families does not tell: it names families without files. A glyph for "A" does.
    """
    if QFontMetrics(QApplication.font()).inFont("A"):
        return ""
    return "No font is installed, so texts would be boxes: apt-get install fonts-dejavu-core"
