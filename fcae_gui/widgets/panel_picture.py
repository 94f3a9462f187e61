"""A widget as a picture of any size: PNG by pixels, SVG and PDF by lines and letters."""

from __future__ import annotations

from contextlib import nullcontext

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from fcae_gui import theme
from fcae_gui.widgets import paper

FORMATS = ("png", "svg", "pdf")
SCREEN_DPI = 96.0  # at which a panel lays itself out: text is as large on paper as on the screen
MM_PER_INCH = 25.4
FINE = 3.0  # pixels of a vector picture, where it needs any, per pixel of the screen
MAX_PIXELS = 100_000_000


class TooLarge(ValueError):  # noqa: N818 - what it says, not that it is an error
    """A picture that nobody can hold: one plain sentence."""


def layout_size(size_cm: tuple[float, float]) -> QSize:
    """The pixels in which a panel is laid out for a picture of (width, height) in cm."""
    width, height = (max(1, round(side / 2.54 * SCREEN_DPI)) for side in size_cm)
    return QSize(width, height)


def render(
    widget: QWidget, format_name: str, size_cm: tuple[float, float], *, dpi: int = 300, white: bool = False,
    title: str = "",
) -> bytes:  # fmt: skip
    """The content of a picture file. The widget is laid out at that size and is afterwards as it was.

    white: in the light theme on white, whatever the theme is. Raises TooLarge.
    """
    wanted = layout_size(size_cm)
    if format_name == "png" and wanted.width() * wanted.height() * (dpi / SCREEN_DPI) ** 2 > MAX_PIXELS:
        raise TooLarge(
            f"A picture of that size at {dpi} DPI has over 100 million pixels: choose less of one."
        )
    old, least, most = widget.size(), widget.minimumSize(), widget.maximumSize()
    with theme.borrowed(widget, "light") if white and theme.current().dark else nullcontext():
        try:
            # A panel that cannot be laid out so small is drawn smaller.
            laid_out = wanted.expandedTo(widget.minimumSizeHint()).expandedTo(widget.minimumSize())
            laid_out = _same_shape(laid_out, wanted)
            widget.setFixedSize(laid_out)  # or a dock that is not on screen takes it back
            _lay_out(widget)
            colour = QColor("#ffffff" if white else theme.current().surface)
            with paper.drawing_at(dpi / SCREEN_DPI if format_name == "png" else FINE):
                return _drawn(widget, format_name, wanted, laid_out, dpi, colour, title)
        finally:
            widget.setMinimumSize(least)
            widget.setMaximumSize(most)
            widget.resize(old)
            _lay_out(widget)
            widget.update()


def _lay_out(widget: QWidget) -> None:
    """Everything to its place now, also in a widget that is not on screen: its events would wait."""
    for _ in range(2):  # what is laid out may find that it needs another height
        widget.grab(QRect(0, 0, 1, 1))
        for part in (widget, *widget.findChildren(QWidget)):
            layout = part.layout()
            if layout is not None:
                layout.activate()


def _same_shape(least: QSize, wanted: QSize) -> QSize:
    """The smallest size in the shape of `wanted` that holds `least`."""
    factor = max(least.width() / wanted.width(), least.height() / wanted.height())
    return QSize(round(wanted.width() * factor), round(wanted.height() * factor))


def _drawn(
    widget: QWidget, format_name: str, wanted: QSize, laid_out: QSize, dpi: int, colour: QColor, title: str
) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device: QImage | QSvgGenerator | QPdfWriter
    if format_name == "png":
        factor = dpi / SCREEN_DPI
        device = QImage(wanted * factor, QImage.Format.Format_ARGB32_Premultiplied)
        device.setDotsPerMeterX(round(dpi / MM_PER_INCH * 1000))
        device.setDotsPerMeterY(round(dpi / MM_PER_INCH * 1000))
        device.fill(colour)
    elif format_name == "svg":
        factor = 1.0
        device = QSvgGenerator()
        device.setOutputDevice(buffer)
        device.setResolution(round(SCREEN_DPI))
        device.setSize(wanted)
        device.setViewBox(QRectF(0, 0, wanted.width(), wanted.height()))
        device.setTitle(title)
    else:
        factor = dpi / SCREEN_DPI
        device = QPdfWriter(buffer)
        millimetres = QSizeF(wanted) * (MM_PER_INCH / SCREEN_DPI)
        size = QPageSize(millimetres, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
        device.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
        device.setResolution(dpi)
        device.setTitle(title)
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(factor * wanted.width() / laid_out.width(), factor * wanted.height() / laid_out.height())
    painter.fillRect(QRectF(0, 0, laid_out.width(), laid_out.height()), colour)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    if isinstance(device, QImage):
        device.save(buffer, "PNG", 80)  # type: ignore[call-overload]
    del device
    buffer.close()
    return bytes(buffer.data().data())
