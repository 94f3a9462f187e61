"""A program to read: monospaced, quietly coloured, and lines that have changed light up for a moment."""

from __future__ import annotations

import difflib
import re

from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from fcae_gui import theme

FLASH_MS = 1600  # long enough to find the line with the eyes
TOKENS = re.compile(
    r"(?P<comment>\#.*)"
    r"|(?P<keyword>\b(?:import|from|class|def|return|for|in|while|with|as|lambda|if|else|True|False|None|self)\b)"
    r"|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?\b)"
)


class PythonColours(QSyntaxHighlighter):
    """Keywords in the accent, numbers as those of the training, comments muted."""

    def highlightBlock(self, text: str) -> None:
        look = theme.current()
        colours = {"comment": look.muted, "keyword": look.accent, "number": look.test}
        for found in TOKENS.finditer(text):
            made = QTextCharFormat()
            made.setForeground(QColor(colours[str(found.lastgroup)]))
            made.setFontItalic(found.lastgroup == "comment")
            self.setFormat(found.start(), found.end() - found.start(), made)


class CodeView(QPlainTextEdit):
    """set_text shows a program; what differs from the one before is marked until `changed_lines` is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setAccessibleName("PyTorch code")
        self._colours = PythonColours(self.document())
        self._changed: list[int] = []
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(FLASH_MS)
        self._flash.timeout.connect(self._end_flash)
        self._take_font()

    @property
    def changed_lines(self) -> tuple[int, ...]:
        """Numbers of the lines that are lit, from 0."""
        return tuple(self._changed)

    def set_text(self, text: str) -> None:
        """Show this program. Where it scrolls to stays, but for changes that would be out of sight."""
        before = self.toPlainText()
        if text == before:
            return
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.setPlainText(text)
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)
        if before:
            self._changed = changed_lines(before, text)
            self._mark()
            self._flash.start()
            self._bring_into_sight()

    @Slot()
    def _end_flash(self) -> None:
        self._changed = []
        self._mark()

    def _mark(self) -> None:
        ground = QColor(theme.current().warn)
        ground.setAlphaF(0.28)
        marks = []
        for line in self._changed:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(ground)  # type: ignore[attr-defined]
            mark.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line))  # type: ignore[attr-defined]
            marks.append(mark)
        self.setExtraSelections(marks)

    def _bring_into_sight(self) -> None:
        if not self._changed:
            return
        seen_from = self.firstVisibleBlock().blockNumber()
        rows = max(1, self.viewport().height() // max(1, self.fontMetrics().height()))
        if not any(seen_from <= line < seen_from + rows - 1 for line in self._changed):
            self.verticalScrollBar().setValue(max(0, self._changed[0] - rows // 3))

    def _take_font(self) -> None:
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        made.setStyleHint(QFont.StyleHint.Monospace)
        made.setPixelSize(theme.text_px(0.92))
        if made != self.font():
            self.setFont(made)
            self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_font()
            self._colours.rehighlight()
            self._mark()


def changed_lines(before: str, after: str) -> list[int]:
    """Numbers of the lines of `after` that are not those of `before`; a line next to what has only gone."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[int] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, _a, _b, first, last in matcher.get_opcodes():
        if kind in ("replace", "insert"):
            lines += [line for line in range(first, last) if new[line].strip()]
        elif kind == "delete" and new:
            lines.append(min(first, len(new) - 1))
    return lines
