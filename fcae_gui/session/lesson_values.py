"""What a lesson is made of, how much of it there may be, and what it may name."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from fcae_gui.data import catalog
from fcae_gui.engine.presets import PRESETS

FORMAT = 1
SUFFIX = ".toml"

# The caps. Texts must fit the strip at 1280 x 720 in the projector theme, which shows 18 px letters.
MAX_BYTES = 128 * 1024
MAX_STEPS = 60
MAX_INTENTS = 16
MAX_TRIES = 3
MAX_ANSWERS = 4
MAX_TITLE = 44
MAX_TEXT = 280
MAX_QUESTION = 110
MAX_ANSWER = 30
MAX_REVEAL = 130
MAX_TRY = 24
MAX_EPOCH = 1_000

IMAGES = "images"  # as data: whatever images are loaded, or the images of a first start

Kind = Literal[
    "preset", "data", "edit", "code", "rotate", "play", "rewind", "until_epoch", "dock", "workspace", "action"
]


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do. The value is a name, a number, or for "edit" {"network": {...}, "training": {...}}."""

    kind: Kind
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A change a class may play with; it can be undone."""

    title: str
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Answers to commit to before `reveal`; `right` counts from 0, None leaves it open.

    then: what happens when the answer is revealed
    """

    text: str
    answers: tuple[str, ...]
    right: int | None
    reveal: str
    then: tuple[Intent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to look at. `point` names a dock, or "dock/control" by the control's accessible name."""

    title: str
    text: str
    point: str = ""
    setup: tuple[Intent, ...] = ()
    tries: tuple[Try, ...] = ()
    question: Question | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Steps in order. `left_out` says of each step that cannot be shown here what it needs."""

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a lesson may name: docks, controls in them, commands, speeds and live numbers of this window.

    points: "dock" and "dock/control"; speeds: speed as written -> id of its command
    """

    docks: Set[str]
    points: Set[str]
    actions: Set[str]
    speeds: Mapping[str, str]
    numbers: Set[str]
    presets: Set[str] = field(default_factory=lambda: frozenset(PRESETS))
    data: Set[str] = field(default_factory=lambda: frozenset(catalog.SOURCES))
    workspaces: Set[str] = frozenset({"learn", "explore", "use"})
