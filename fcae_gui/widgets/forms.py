"""How a form is put together: labelled rows with a remark under each, and a part that folds away."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fcae_gui import theme
from fcae_gui.widgets.recolour import THEME_EVENTS, Role, recolour

Tone = Literal["muted", "info", "warn", "bad"]


class Toned(QLabel):
    """A label in one of the theme's colours."""

    def __init__(self, tone: Tone = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: Tone = tone
        self.paint_tone()

    def paint_tone(self) -> None:
        """Take the theme's colour."""
        now = theme.current()
        colour = {"muted": now.muted, "info": now.accent, "warn": now.warn, "bad": now.bad}[self._tone]
        recolour(self, {Role.WindowText: colour})

    def event(self, event: QEvent) -> bool:
        """Follow the theme."""
        if event.type() in (*THEME_EVENTS, QEvent.Type.FontChange) and hasattr(self, "_tone"):
            self.paint_tone()
        return super().event(event)


class Remark(Toned):
    """One small sentence that wraps; takes no room while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("muted", parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setVisible(False)

    def set_remark(self, text: str, tone: Tone = "muted") -> None:
        """Show one sentence, or nothing."""
        if text == self.text() and tone == self._tone:
            return
        self._tone = tone
        self.setText(text)
        self.paint_tone()
        self.setVisible(bool(text))

    def paint_tone(self) -> None:
        """The theme's colour, a little smaller than the form."""
        super().paint_tone()
        if self.font().pixelSize() != theme.text_px(0.92):
            self.setFont(theme.font(0.92))


class Pair(QWidget):
    """A field and a second, captioned one that goes with some of its choices and keeps its room while hidden.

    The caption is `long_text` where there is room for it, else `short_text`.
    """

    def __init__(
        self, field: QWidget, extra: QWidget, long_text: str, short_text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._field, self._extra = field, extra
        self._long_text, self._short_text = long_text, short_text
        self._caption = QLabel(long_text, self)
        self._caption.setBuddy(extra)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(4)
        self._line.addWidget(field, 1)
        self._line.addWidget(self._caption)
        self._line.addWidget(extra)
        self.setFocusProxy(field)
        for part in (self._caption, extra):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)

    def show_extra(self, shown: bool) -> None:
        """Show or hide the second field; the first one keeps its width."""
        self._caption.setVisible(shown)
        self._extra.setVisible(shown)

    def _wide(self, field: int, text: str) -> int:
        caption = self._caption.fontMetrics().horizontalAdvance(text) + 2
        return field + caption + self._extra.minimumWidth() + 2 * self._line.spacing()

    def minimumSizeHint(self) -> QSize:
        """Room for the field at its least and the short caption."""
        return QSize(
            self._wide(self._field.minimumSizeHint().width(), self._short_text), super().sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the caption that leaves the field its room."""
        super().resizeEvent(event)
        fits = self._wide(self._field.sizeHint().width(), self._long_text) <= self.width()
        self._caption.setText(self._long_text if fits else self._short_text)
        self._line.invalidate()
        self._line.activate()  # at once: a posted layout would show one frame too narrow


class Form(QWidget):
    """Rows of a label and a field, aligned; a field that does not fit beside its label goes below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(3)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._remarks: dict[str, Remark] = {}
        self._fields: dict[str, QWidget] = {}
        self._captions: dict[str, QLabel] = {}
        self._follow_font()

    def add(self, key: str, label: str, field: QWidget, tip: str) -> None:
        """A row at the end. `tip` explains the field in plain words."""
        caption = QLabel(label, self)
        caption.setBuddy(field)
        caption.setToolTip(tip)
        if not field.toolTip():
            field.setToolTip(tip)
        if not field.accessibleName():
            field.setAccessibleName(label)
        if not field.accessibleDescription():
            field.setAccessibleDescription(tip)
        cell = QWidget(self)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        remark = Remark(cell)
        column.addWidget(field)
        column.addWidget(remark)
        self._layout.addRow(caption, cell)
        self._remarks[key] = remark
        self._fields[key] = field
        self._captions[key] = caption

    def _follow_font(self) -> None:
        wrap = QFormLayout.RowWrapPolicy
        large = theme.text_px() >= theme.PROJECTOR_TEXT_PX
        self._layout.setRowWrapPolicy(wrap.WrapLongRows if large else wrap.DontWrapRows)

    def event(self, event: QEvent) -> bool:
        """Follow the size of the text."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._follow_font()
        return super().event(event)

    def align_with(self, other: Form) -> None:
        """Give both forms one width of label column."""
        captions = self.captions() + other.captions()
        wide = max(caption.sizeHint().width() for caption in captions)
        for caption in captions:
            caption.setMinimumWidth(wide)

    def captions(self) -> list[QLabel]:
        """The labels of the rows, in order."""
        return list(self._captions.values())

    def rows(self) -> list[str]:
        """Keys of the rows, in order."""
        return list(self._fields)

    def set_remark(self, key: str, text: str, tone: Tone = "muted") -> None:
        """One sentence under the row of `key`, or nothing."""
        self._remarks[key].set_remark(text, tone)

    def remark(self, key: str) -> str:
        """The sentence under the row of `key`."""
        return self._remarks[key].text()


class Section(QWidget):
    """A heading that folds its content away; the content keeps its state."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = QToolButton(self)
        self.toggle.setText(title)
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setArrowType(Qt.ArrowType.RightArrow)
        self.toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggle.setAccessibleName(f"{title}: show or hide")
        self._content = content
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.toggle)
        column.addWidget(content)
        content.setVisible(False)
        self.toggle.toggled.connect(self._on_toggled)

    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self.toggle.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Show or fold the content."""
        self.toggle.setChecked(is_open)

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._content.setVisible(is_open)
