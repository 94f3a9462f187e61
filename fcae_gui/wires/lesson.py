"""Lessons: the strip under the tool bar, the frame around what it talks about, and the keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QToolBar, QWidget

from fcae_gui import actions
from fcae_gui.files import BadFile
from fcae_gui.panels.lesson import LessonPanel
from fcae_gui.session import lesson_shelf
from fcae_gui.session.glossary import tip_of
from fcae_gui.session.lesson import LessonRun, Shown
from fcae_gui.session.lesson_file import read_lesson
from fcae_gui.session.lesson_numbers import NAMES
from fcae_gui.session.lesson_values import SUFFIX, Known, Lesson
from fcae_gui.widgets.control_name import control_name
from fcae_gui.widgets.spotlight import Spotlight
from fcae_gui.wires.lesson_figures import add_figures

TOOLBAR = "toolbar"
MENU = "Lessons"
# A lesson may press what plays, looks and explores; never what opens a box, leaves or loses a run for good.
LESSON_MENUS = ("&Run", "&View", "&Learn", "&Explore", "&Use")
NEVER = ("undo", "redo", "start_over", "full_screen", "reset_layout", "canvas_paste")
DURING = ("next", "back", "set_up", "reveal", "restart", "leave")
ANSWERS = (1, 2, 3, 4)
PASSING_PX = 60  # of height: more than a bar that comes and goes, less than what a hand pulls a window by


class LessonWires(QObject):
    """Connects the lessons of one window. `run` is the lesson in hand; `figures` takes more live numbers."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window = window
        self.run = LessonRun(window.session, self)
        self.panel = LessonPanel()
        self.spotlight = Spotlight(window)
        self._asked: tuple[object, ...] = ()
        self._size_before: QSize | None = None  # of the window, while a step is being set up
        self._build_bar()
        self._build_menu()
        add_figures(self.run.figures, window)
        run, panel = self.run, self.panel
        run.changed.connect(self._on_changed)
        run.pointed.connect(self._on_pointed)
        run.wished.connect(self._on_wished)
        run.beginning.connect(self._on_beginning)
        for signal, slot in (
            (panel.next_requested, run.next), (panel.back_requested, run.back),
            (panel.restart_requested, run.restart), (panel.leave_requested, run.leave),
            (panel.step_chosen, run.go_to), (panel.set_up_requested, run.set_up),
            (panel.try_chosen, run.try_this), (panel.voted, run.vote), (panel.vote_taken_back, run.take_back),
            (panel.reveal_requested, run.reveal), (panel.ask_again_requested, run.clear_votes),
        ):  # fmt: skip
            signal.connect(slot)
        act = window.actions_by_id
        for name in DURING:
            act[f"lesson_{name}"].triggered.connect(getattr(run, name))
            act[f"lesson_{name}"].setEnabled(False)
        for number in ANSWERS:
            act[f"lesson_answer_{number}"].triggered.connect(self._on_answer)
            act[f"lesson_answer_{number}"].setEnabled(False)
        act["lesson_lecture"].triggered.connect(self.open_lecture)
        act["lesson_open"].triggered.connect(self._on_open)
        window.drops.add_suffix("lesson", (SUFFIX,), self.open_file)

    def _build_bar(self) -> None:
        window = self._window
        self.bar = QToolBar("Lesson", window)
        self.bar.setObjectName("lesson")
        self.bar.setMovable(False)
        self.bar.setStyleSheet("QToolBar { padding: 0; spacing: 0; border: none; }")
        self.bar.addWidget(self.panel)
        self.bar.toggleViewAction().setVisible(False)  # it opens with a lesson, not as an empty strip
        window.addToolBarBreak()
        window.addToolBar(self.bar)
        self.bar.hide()
        self.bar.visibilityChanged.connect(self._on_bar_shown)
        self.bar.installEventFilter(self)

    def _build_menu(self) -> None:
        window = self._window
        self.menu = QMenu("Le&ssons", window)
        self.menu.setObjectName("lessons")
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu.triggered.connect(self._on_listed)
        window._menus["&Learn"].insertMenu(window.actions_by_id["lesson_open"], self.menu)

    # --- opening ------------------------------------------------------------------------------------------

    @Slot()
    def open_lecture(self) -> None:
        """The lecture, from its first step."""
        self.open_file(lesson_shelf.lecture())

    def open_file(self, path: Path) -> None:
        """Open a lesson; a bad file is named in one sentence and nothing changes."""
        try:
            lesson = read_lesson(path, self.known())
        except BadFile as error:
            self._window.notices.show_notice(str(error), "error")
            return
        self.open(lesson)

    def open(self, lesson: Lesson) -> None:
        """Show a lesson from its first step."""
        self.panel.set_steps([step.title for step in lesson.steps])
        self.run.start(lesson)
        if lesson.left_out:
            some = "; ".join(lesson.left_out)
            self._window.notices.show_notice(
                f"{lesson.title}: {len(lesson.left_out)} steps are left out here.", "info", details=some
            )

    def known(self) -> Known:
        """All that a lesson may name in this window as it is now."""
        return Known(
            docks=frozenset(self._window.docks),
            points=frozenset(self._points()),
            actions=frozenset(
                spec.id
                for spec in actions.ACTIONS
                if spec.menu.partition("/")[0] in LESSON_MENUS
                and not spec.text.endswith("...")
                and spec.id not in NEVER
                and not spec.id.startswith("lesson_")
            ),
            speeds={
                "full" if spec.data is None else f"{spec.data:g}": spec.id
                for spec in actions.ACTIONS
                if spec.group == "speed"
            },
            numbers=frozenset(NAMES),
        )

    def _points(self) -> dict[str, QWidget]:
        """What can be pointed at: docks, and controls in them by their accessible names."""
        window = self._window
        found: dict[str, QWidget] = {}
        places = {name: dock.widget() for name, dock in window.docks.items()}
        for place, widget in {TOOLBAR: window.run_bar, **places}.items():
            found[place] = window.docks.get(place, widget)
            # What can be used goes before a caption of the same name.
            children = widget.findChildren(QWidget)
            for child in sorted(children, key=lambda one: one.focusPolicy() == Qt.FocusPolicy.NoFocus):
                name = control_name(child)
                if name:
                    found.setdefault(f"{place}/{name}", child)
        for name, action in window.actions_by_id.items():
            button = window.run_bar.widgetForAction(action)
            if button is not None:
                found[f"{TOOLBAR}/{name}"] = button
        return found

    @Slot()
    def _on_answer(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.run.vote(int(action.objectName().rpartition("_")[2]) - 1)

    @Slot()
    def _on_open(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self._window, "Open lesson", "", f"Lessons (*{SUFFIX});;All files (*)"
        )
        if name:
            self.open_file(Path(name))

    @Slot()
    def _fill_menu(self) -> None:
        self.menu.clear()
        own = False
        for one in lesson_shelf.listed():
            if one.own and not own:
                own = True
                self.menu.addSeparator()
            action = self.menu.addAction(one.title.replace("&", "&&"))
            action.setData(str(one.path))
            action.setToolTip(one.path.name)

    @Slot(QAction)
    def _on_listed(self, action: QAction) -> None:
        self.open_file(Path(action.data()))

    # --- showing ------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_changed(self, shown: Shown | None) -> None:
        act = self._window.actions_by_id
        for name in DURING:
            act[f"lesson_{name}"].setEnabled(shown is not None)
        for number in ANSWERS:
            act[f"lesson_answer_{number}"].setEnabled(shown is not None and number <= len(shown.answers))
        if shown is None:
            self._asked = ()
            self.bar.hide()
            return
        panel = self.panel
        panel.set_head(shown.lesson, shown.title, shown.number, shown.count)
        panel.set_text(shown.text, shown.problem)
        panel.set_doing(shown.tries, can_set_up=shown.can_set_up, busy=shown.busy)
        asked = (shown.number, shown.question, shown.answers)
        if asked != self._asked:
            self._asked = asked
            panel.set_terms(self._terms(shown))
            panel.set_question(shown.question, shown.answers)
        if shown.answers:
            panel.set_answered(
                shown.hands,
                revealed=shown.revealed,
                right=shown.right,
                text=shown.reveal if shown.revealed else shown.question,
            )
        act["lesson_next"].setEnabled(shown.number < shown.count)
        act["lesson_back"].setEnabled(shown.number > 1)
        act["lesson_set_up"].setEnabled(shown.can_set_up)
        act["lesson_reveal"].setEnabled(bool(shown.answers))
        if self.bar.isHidden():
            self.bar.show()
            panel.fit()
        if not shown.busy and self._size_before is not None:
            self._give_back(self._size_before)
            self._size_before = None

    @Slot()
    def _on_beginning(self) -> None:
        self._size_before = self._window.size()

    def _terms(self, shown: Shown) -> list[tuple[str, str]]:
        """Terms that a step uses, with their plain words."""
        glossary = getattr(self._window, "glossary", None)
        if glossary is None:
            return []
        text = f"{shown.title} {shown.text} {shown.question}"
        return [(entry.name, tip_of(entry.text, entry)) for entry in glossary.in_text(text)]

    def _give_back(self, size: QSize) -> None:
        """Undo what docks on their way and a progress bar that came and went have added to the window."""
        window = self._window
        grown = window.height() - size.height()
        if 0 < grown < PASSING_PX and not (window.isMaximized() or window.isFullScreen()):
            window.resize(window.width(), size.height())

    @Slot(str)
    def _on_pointed(self, name: str) -> None:
        if not name:
            self.spotlight.point_at(None)
            return
        found = self._points()
        target = found.get(name)
        if target is not None and not target.isVisible():  # folded away: its panel is still right
            target = found.get(name.partition("/")[0])
        self.spotlight.point_at(target)

    @Slot(bool)
    def _on_bar_shown(self, visible: bool) -> None:
        if visible and self.run.lesson is None:  # a remembered layout may have had it open
            self.bar.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notices hang under the strip, not over it."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move):
            self._window.place_notices()
        return False

    # --- doing --------------------------------------------------------------------------------------------

    @Slot(str, str)
    def _on_wished(self, kind: str, name: str) -> None:
        window = self._window
        if kind == "dock":
            window.show_tool(name)
        elif kind == "workspace":
            window.show_workspace(name)
        else:
            action = window.actions_by_id[name]
            if not (action.isCheckable() and action.isChecked()):  # a lesson switches on, never off
                action.trigger()


def connect(window: Any) -> LessonWires:
    """Build and connect."""
    return LessonWires(window)
