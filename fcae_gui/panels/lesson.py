"""The lesson strip: a step of a lesson under the tool bar, with what to do, to try and to guess."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from fcae_gui import theme
from fcae_gui.widgets.flow_row import FlowRow
from fcae_gui.widgets.forms import Remark, Toned
from fcae_gui.widgets.lesson_strip import (
    LEFT_SHARE,
    LEFT_SHARE_ALONE,
    AccentButton,
    Hands,
    TwoColumns,
    text_label,
)

MOST_TRIES = 3
MOST_ANSWERS = 4


class LessonPanel(TwoColumns):
    """Shows one step. Every button is a wish; nothing changes here by itself."""

    next_requested = Signal()
    back_requested = Signal()
    restart_requested = Signal()
    leave_requested = Signal()
    step_chosen = Signal(int)  # from 0
    set_up_requested = Signal()
    try_chosen = Signal(int)
    voted = Signal(int)
    vote_taken_back = Signal(int)
    reveal_requested = Signal()
    ask_again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Lesson")
        self._revealed = False
        self._build_head()
        self.text = text_label("Lesson text")
        self.problem = Remark()
        self.set_up = AccentButton("Set it up")
        self.set_up.setToolTip(
            "One click: data, network, panels and speed as this step needs them. (Shift+Return)"
        )
        self.tries = [AccentButton("") for _ in range(MOST_TRIES)]
        doing = FlowRow()
        self._try_caption = Toned("muted")
        self._try_caption.setText("Try:")
        for part in (self.set_up, self._try_caption, *self.tries):
            doing.add(part)
        self._doing = doing
        self.question = text_label("Question")
        self.hands = Hands(MOST_ANSWERS)
        self.reveal = AccentButton("Reveal")
        self._asking = QWidget()
        asking = QHBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(8)
        asking.addWidget(self.question, 1)
        asking.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignTop)
        self.fill(self._head_line, [self.text, self.problem], [doing, self._asking, self.hands])
        for number, button in enumerate(self.tries):
            button.setProperty("try", number)
            button.clicked.connect(self._on_try)
        self.set_up.clicked.connect(self.set_up_requested)
        self.hands.chosen.connect(self.voted)
        self.hands.taken_back.connect(self.vote_taken_back)
        self.reveal.clicked.connect(self._on_reveal)

    def _build_head(self) -> None:
        self._head_line = QWidget()
        line = QHBoxLayout(self._head_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count = Toned("muted")
        self.back = self._head_button("Back", "The step before (Page Up, Alt+Left)", self.back_requested)
        self.next = AccentButton("Next")
        self.next.setToolTip("The next step; what this one asked may stay open. (Page Down, Alt+Right)")
        self.next.clicked.connect(self.next_requested)
        self.skip = AccentButton("Skip to")
        self.skip.setToolTip("Go to any step of this lesson; what lies between is left out.")
        self.skip.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.steps_menu = QMenu(self.skip)
        self.steps_menu.triggered.connect(self._on_step_chosen)
        self.skip.setMenu(self.steps_menu)
        self.restart = self._head_button(
            "Restart", "Begin this lesson again at its first step (Ctrl+Home)", self.restart_requested
        )
        self.leave = self._head_button(
            "Leave",
            "Close the lesson; the run stays just as it is (Ctrl+L opens it again)",
            self.leave_requested,
        )
        line.addWidget(self.title, 1)
        line.addWidget(self.count)
        for button in (self.back, self.next, self.skip, self.restart, self.leave):
            line.addWidget(button)

    @staticmethod
    def _head_button(text: str, tip: str, wish: object) -> AccentButton:
        button = AccentButton(text)
        button.setToolTip(f"{tip}.")
        button.clicked.connect(wish)
        return button

    # --- in -----------------------------------------------------------------------------------------------

    def set_steps(self, titles: Sequence[str]) -> None:
        """Titles of all steps, for skipping."""
        self.steps_menu.clear()
        for number, title in enumerate(titles):
            action = self.steps_menu.addAction(f"{number + 1}  {title}".replace("&", "&&"))
            action.setData(number)

    def set_head(self, lesson: str, title: str, number: int, count: int) -> None:
        """Which step of which lesson; number counts from 1."""
        self.title.setText(title)
        self.title.setToolTip(f"{lesson}: {title}")
        self.count.setText(f"step {number} of {count}")
        self.back.setEnabled(number > 1)
        self.next.setEnabled(number < count)
        for action in self.steps_menu.actions():
            action.setEnabled(action.data() != number - 1)
        self.fit()

    def set_text(self, text: str, problem: str = "") -> None:
        """What to look at and why; and, when it could not be set up, why not."""
        self.text.setText(text)
        self.problem.set_remark(problem, "warn")
        self.fit()

    def set_terms(self, terms: Sequence[tuple[str, str]]) -> None:
        """(term, plain words) of what the text speaks of, for hovering over it."""
        tip = "\n\n".join(f"{name}: {text}" for name, text in terms)
        self.text.setToolTip(tip)
        self.question.setToolTip(tip)

    def set_doing(self, tries: Sequence[str], *, can_set_up: bool, busy: bool) -> None:
        """The changes to play with, and whether something is being set up just now."""
        self.set_up.setVisible(can_set_up)
        self.set_up.setText("Setting up ..." if busy else "Set it up")
        self.set_up.set_prominent(not busy)
        self._try_caption.setVisible(bool(tries))
        for number, button in enumerate(self.tries):
            button.setVisible(number < len(tries))
            if number < len(tries):
                button.setText(tries[number])
                button.setToolTip(f"Try it: {tries[number]}. Nothing breaks; Ctrl+Z takes it back.")
        self._doing.setVisible(can_set_up or bool(tries))
        self._doing.arrange()
        self.fit()

    def set_question(self, text: str, answers: Sequence[str]) -> None:
        """A question with answers to choose from; the empty text hides all of it."""
        self.hands.setVisible(bool(answers))
        self._asking.setVisible(bool(text))
        self.left_share = LEFT_SHARE if text else LEFT_SHARE_ALONE
        self.hands.set_answers(answers)
        self.question.setText(text)
        self.fit()

    def set_answered(self, hands: Sequence[int], *, revealed: bool, right: int | None, text: str) -> None:
        """Hands for each answer; `text` stands in the place of the question, or of the revealed answer."""
        self._revealed = revealed
        self.question.setText(text)
        self.reveal.setText("Ask again" if revealed else "Reveal")
        self.reveal.setEnabled(revealed or any(hands))
        self.reveal.set_prominent(not revealed and any(hands))
        self.reveal.setToolTip(
            "Hide the answer and take all hands down."
            if revealed
            else "Show the answer, with the numbers of this run; choose an answer first. (Ctrl+Shift+Return)"
        )
        self.hands.set_hands(hands, revealed=revealed, right=right)
        self.fit()

    # --- out ----------------------------------------------------------------------------------------------

    @Slot()
    def _on_try(self) -> None:
        button = self.sender()
        if button is not None:
            self.try_chosen.emit(int(button.property("try")))

    @Slot()
    def _on_reveal(self) -> None:
        if self._revealed:
            self.ask_again_requested.emit()
        else:
            self.reveal_requested.emit()

    @Slot(QAction)
    def _on_step_chosen(self, action: QAction) -> None:
        self.step_chosen.emit(int(action.data()))

    # --- Qt -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The title is larger than the rest."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange, QEvent.Type.Show):
            self.title.setFont(theme.font(1.1, bold=True))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A quiet sheet with a line of the accent colour on its left."""
        now = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(now.surface))
        painter.fillRect(0, 0, 3, self.height(), QColor(now.accent))
        painter.end()
