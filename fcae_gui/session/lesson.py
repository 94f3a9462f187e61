"""A lesson that is being given: which step, what the class has answered, what is being set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from fcae_gui.engine.config import needs_new_network
from fcae_gui.session.lesson_numbers import Figures
from fcae_gui.session.lesson_setup import SetUp
from fcae_gui.session.lesson_values import Intent, Lesson, Step
from fcae_gui.session.session import Session
from fcae_gui.session.undo import Gesture

MAX_HANDS = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the strip shows of a step. Texts have their live numbers filled in.

    hands:    how many chose each answer
    revealed: whether the answer is shown; `right` counts from 0 and is None where the lesson leaves it open
    """

    lesson: str
    title: str
    number: int
    count: int
    text: str
    tries: tuple[str, ...]
    can_set_up: bool
    busy: bool
    problem: str
    question: str = ""
    answers: tuple[str, ...] = ()
    hands: tuple[int, ...] = ()
    revealed: bool = False
    right: int | None = None
    reveal: str = ""


class LessonRun(QObject):
    """Goes through one lesson. Leaving it changes nothing in the run.

    changed(Shown):  show this; None: no lesson is open
    pointed(str):    the thing on screen that the step is about, "" for nothing
    wished(str, str): what only the window can do ("dock", "workspace", "action")
    """

    changed = Signal(object)
    pointed = Signal(str)
    wished = Signal(str, str)
    beginning = Signal()  # something is about to be set up

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.figures = Figures(session)
        self.set_up_work = SetUp(session, self)
        self.set_up_work.wished.connect(self.wished)
        self.set_up_work.ended.connect(self._on_set_up)
        self._lesson: Lesson | None = None
        self._at = 0
        self._hands: list[int] = []
        self._revealed = False
        self._problem = ""
        self._told: Shown | None = None
        session.numbers_changed.connect(self._on_numbers)

    # --- what there is ------------------------------------------------------------------------------------

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is open."""
        return self._lesson

    @property
    def at(self) -> int:
        """The step, from 0."""
        return self._at

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        return self._lesson.steps[self._at] if self._lesson is not None else None

    # --- going through it ---------------------------------------------------------------------------------

    def start(self, lesson: Lesson) -> None:
        """Open a lesson at its first step."""
        self._lesson = lesson
        self.go_to(0)

    @Slot()
    def next(self) -> None:
        """The next step; at the last one nothing."""
        self.go_to(self._at + 1)

    @Slot()
    def back(self) -> None:
        """The step before."""
        self.go_to(self._at - 1)

    @Slot()
    def restart(self) -> None:
        """The first step, all answers forgotten."""
        self.go_to(0)

    @Slot(int)
    def go_to(self, at: int) -> None:
        """Show step `at` (from 0); the state of the run stays until it is set up."""
        if self._lesson is None or not 0 <= at < len(self._lesson.steps):
            return
        self.set_up_work.cancel()
        self._at = at
        self._problem = ""
        self._ask_again()
        self._tell()
        self._point()

    @Slot()
    def leave(self) -> None:
        """Close the lesson; the run stays as it is."""
        if self._lesson is None:
            return
        self.set_up_work.cancel()
        self._lesson = None
        self._told = None
        self.pointed.emit("")
        self.changed.emit(None)

    # --- what a step offers -------------------------------------------------------------------------------

    @Slot()
    def set_up(self) -> None:
        """Bring the run and the window into the state that the step is about."""
        if self.step is not None and self.step.setup:
            self._begin(self.step.setup)

    @Slot(int)
    def try_this(self, which: int) -> None:
        """Carry out one of the changes to play with; one step of the history takes it back."""
        if self.step is None or not 0 <= which < len(self.step.tries):
            return
        chosen = self.step.tries[which]
        self._remember(chosen.title, chosen.intents)
        self._begin(chosen.intents)

    @Slot(int)
    def vote(self, answer: int) -> None:
        """One more hand for an answer."""
        if not self._revealed and 0 <= answer < len(self._hands) and self._hands[answer] < MAX_HANDS:
            self._hands[answer] += 1
            self._tell()

    @Slot(int)
    def take_back(self, answer: int) -> None:
        """One hand less for an answer."""
        if not self._revealed and 0 <= answer < len(self._hands) and self._hands[answer] > 0:
            self._hands[answer] -= 1
            self._tell()

    @Slot()
    def clear_votes(self) -> None:
        """All hands down, and the answer hidden again."""
        self._ask_again()
        self._tell()

    @Slot()
    def reveal(self) -> None:
        """Show the answer, once somebody has committed to one."""
        step = self.step
        if step is None or step.question is None or self._revealed or not any(self._hands):
            return
        self._revealed = True
        if step.question.then:
            self._begin(step.question.then)
        else:
            self._tell()

    # --- inside -------------------------------------------------------------------------------------------

    def _begin(self, intents: tuple[Intent, ...]) -> None:
        self._problem = ""
        self.beginning.emit()
        self.set_up_work.start(intents)
        self._tell()

    @Slot(str)
    def _on_set_up(self, problem: str) -> None:
        self._problem = problem
        self._tell()
        self._point()

    def _point(self) -> None:
        self.pointed.emit(self.step.point if self.step is not None else "")

    def _ask_again(self) -> None:
        question = self.step.question if self.step is not None else None
        self._hands = [0] * (len(question.answers) if question is not None else 0)
        self._revealed = False

    def _remember(self, title: str, intents: tuple[Intent, ...]) -> None:
        """A step to undo for live edits; what starts another network keeps the old run by itself."""
        config = self._session.config
        if config is None:
            return
        before: dict[str, dict[str, Any]] = {"network": {}, "training": {}}
        after: dict[str, dict[str, Any]] = {"network": {}, "training": {}}
        for intent in intents:
            if intent.kind in ("preset", "data"):
                return
            if intent.kind == "edit":
                for half in ("network", "training"):
                    after[half] |= intent.value[half]
        for half in ("network", "training"):
            before[half] = {key: getattr(getattr(config, half), key) for key in after[half]}
        if before == after:
            return
        try:
            if needs_new_network(config.network, config.with_network(**after["network"]).network):
                return
        except ValueError:
            return
        edit = self._session.edit
        self._session.history.push(Gesture(title, lambda: edit(**before), lambda: edit(**after)))

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if self._lesson is not None:
            self._tell()

    def _tell(self) -> None:
        lesson, step = self._lesson, self.step
        if lesson is None or step is None:
            return
        fill = self.figures.filled
        question = step.question
        shown = Shown(
            lesson=lesson.title,
            title=step.title,
            number=self._at + 1,
            count=len(lesson.steps),
            text=fill(step.text),
            tries=tuple(one.title for one in step.tries),
            can_set_up=bool(step.setup),
            busy=self.set_up_work.busy,
            problem=self._problem,
            question=fill(question.text) if question is not None else "",
            answers=question.answers if question is not None else (),
            hands=tuple(self._hands),
            revealed=self._revealed,
            right=question.right if question is not None else None,
            reveal=fill(question.reveal) if question is not None and self._revealed else "",
        )
        if shown != self._told:
            self._told = shown
            self.changed.emit(shown)
