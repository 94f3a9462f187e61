"""Reads lessons: bytes become a Lesson whose every name and number was checked, or one sentence says why not.

The format is described for teachers in resources/lessons/README.md. Nothing in a lesson is ever run as code:
a step is set up by intents from a closed list, each with arguments that are checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NoReturn

from fcae_gui.engine.config import MAX_WIDTH, NetworkConfig, TrainingConfig
from fcae_gui.files import BadFile, shown
from fcae_gui.session import lesson_values as values
from fcae_gui.session.lesson_values import IMAGES, Intent, Kind, Known, Lesson, Question, Step, Try
from fcae_gui.session.strict_toml import MAX_LINE, table_of


def read_lesson(path: Path, known: Known) -> Lesson:
    """The lesson in a file. Raises BadFile with one sentence for a person."""
    try:
        if path.stat().st_size > values.MAX_BYTES:
            raise BadFile(
                f"{shown(path.name)} is larger than a lesson may be ({values.MAX_BYTES // 1024} KB)."
            )
        with path.open("rb") as file:
            content = file.read(values.MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadFile(f"{shown(path.name)} could not be read: {why}.") from None
    return parse_lesson(content, path.name, known)


def parse_lesson(content: bytes, name: str, known: Known) -> Lesson:
    """The lesson that `content` describes. Raises BadFile naming file, step and field."""
    table = table_of(content, shown(name), "a lesson", values.MAX_BYTES)
    return _Reader(shown(name), known).lesson(table)


class _Reader:
    """Walks one parsed file; `_at` says where it stands, for the sentence."""

    def __init__(self, name: str, known: Known) -> None:
        self._name, self._known, self._at = name, known, ""
        self._intents: dict[str, Callable[[Any], Intent]] = {
            "preset": self._preset,
            "data": self._data,
            "network": self._edit,
            "training": self._edit,
            "code": self._code,
            "play": self._switch("play"),
            "rewind": self._switch("rewind"),
            "rotate": self._switch("rotate"),
            "until_epoch": self._epoch,
            "speed": self._speed,
            "dock": self._named("dock", known.docks, "dock"),
            "workspace": self._named("workspace", known.workspaces, "workspace"),
            "action": self._named("action", known.actions, "command"),
        }

    # --- the parts ----------------------------------------------------------------------------------------

    def lesson(self, table: dict[str, Any]) -> Lesson:
        """The whole file."""
        self._only(table, {"format", "title", "about", "step"})
        if table.get("format") != values.FORMAT or isinstance(table.get("format"), bool):
            self._fail("format", f"must be {values.FORMAT}, got {_quoted(table.get('format'))}")
        title = self._text(table, "title", values.MAX_TITLE)
        about = self._text(table, "about", values.MAX_TEXT) if "about" in table else ""
        raw = self._list(table, "step", values.MAX_STEPS, at_least=1)
        steps, left_out = [], []
        for number, one in enumerate(raw, 1):
            self._at = f"step {number}"
            if not isinstance(one, dict):
                self._fail("", "must be a table: write [[step]] above it")
            missing = self._missing(one)
            if missing:
                left_out.append(f"step {number} ({_short(one.get('title'))}) needs {', '.join(missing)}")
            else:
                steps.append(self._step(one, number))
        if not steps:
            raise BadFile(f"{self._name}: no step can be shown here: {left_out[0]}.")
        return Lesson(name=self._name, title=title, about=about, steps=tuple(steps), left_out=tuple(left_out))

    def _missing(self, table: dict[str, Any]) -> list[str]:
        """Names in `needs` that this window does not have."""
        if "needs" not in table:
            return []
        known = self._known
        names = self._list(table, "needs", values.MAX_INTENTS)
        if not all(isinstance(name, str) for name in names):
            self._fail("needs", "must be a list of names")
        return [
            _short(name)
            for name in names
            if not any(name in some for some in (known.points, known.actions, known.presets, known.data))
        ]

    def _step(self, table: dict[str, Any], number: int) -> Step:
        self._only(table, {"title", "text", "point", "needs", "setup", "try", "question"})
        title = self._text(table, "title", values.MAX_TITLE)
        self._at = f"step {number} ({title})"
        point = ""
        if "point" in table:
            point = self._text(table, "point", MAX_LINE)
            if point not in self._known.points:
                self._fail("point", f"there is no {_quoted(point)} in this window")
        return Step(
            title=title,
            text=self._live_text(table, "text", values.MAX_TEXT),
            point=point,
            setup=self._intent_list(table, "setup"),
            tries=tuple(self._try(one) for one in self._list(table, "try", values.MAX_TRIES)),
            question=self._question(table["question"]) if "question" in table else None,
        )

    def _try(self, table: Any) -> Try:
        if not isinstance(table, dict):
            self._fail("try", "must be a list of { title = ..., do = [...] }")
        self._only(table, {"title", "do"}, "try")
        return Try(
            title=self._text(table, "title", values.MAX_TRY, "try."),
            intents=self._intent_list(table, "do", "try."),
        )

    def _question(self, table: Any) -> Question:
        if not isinstance(table, dict):
            self._fail("question", "must be a table: write [step.question] above it")
        self._only(table, {"text", "answers", "right", "reveal", "then"}, "question")
        answers = self._list(table, "answers", values.MAX_ANSWERS, at_least=2, where="question.")
        texts = tuple(
            self._text({"answers": answer}, "answers", values.MAX_ANSWER, "question.") for answer in answers
        )
        if len(set(texts)) != len(texts):
            self._fail("question.answers", "must differ from each other")
        right = None
        if "right" in table:
            right = self._whole(table["right"], "question.right", 1, len(texts)) - 1
        return Question(
            text=self._live_text(table, "text", values.MAX_QUESTION, "question."),
            answers=texts,
            right=right,
            reveal=self._live_text(table, "reveal", values.MAX_REVEAL, "question."),
            then=self._intent_list(table, "then", "question."),
        )

    # --- intents ------------------------------------------------------------------------------------------

    def _intent_list(self, table: dict[str, Any], key: str, where: str = "") -> tuple[Intent, ...]:
        made = []
        for one in self._list(table, key, values.MAX_INTENTS, where=where):
            if not isinstance(one, dict) or not one:
                self._fail(where + key, "must be a list of { name = value }")
            names = set(one)
            unknown = sorted(names - set(self._intents))
            if unknown:
                self._fail(
                    where + key,
                    f"there is nothing called {_quoted(unknown[0])} to do; "
                    f"choose one of {', '.join(sorted(self._intents))}",
                )
            if len(names) > 1 and names != {"network", "training"}:
                self._fail(where + key, "one { } does one thing (only network and training go together)")
            outer, self._at = self._at, f"{self._at}: {where}{key}"
            name = next(iter(names))
            made.append(self._intents[name](one if name in ("network", "training") else one[name]))
            self._at = outer
        return tuple(made)

    def _named(self, kind: Kind, names: Set[str], word: str) -> Callable[[Any], Intent]:
        def check(value: Any) -> Intent:
            if not isinstance(value, str) or value not in names:
                self._fail(kind, f"there is no {word} {_quoted(value)}")
            return Intent(kind, value)

        return check

    def _switch(self, kind: Kind) -> Callable[[Any], Intent]:
        def check(value: Any) -> Intent:
            if not isinstance(value, bool) or (kind != "play" and not value):
                self._fail(kind, "must be true or false" if kind == "play" else "must be true")
            return Intent(kind, value)

        return check

    def _preset(self, value: Any) -> Intent:
        if not isinstance(value, str) or value not in self._known.presets:
            self._fail("preset", f"must be one of {', '.join(sorted(self._known.presets))}")
        return Intent("preset", value)

    def _data(self, value: Any) -> Intent:
        if not isinstance(value, str) or value not in {IMAGES, *self._known.data}:
            self._fail("data", f"must be one of {', '.join([IMAGES, *sorted(self._known.data)])}")
        return Intent("data", value)

    def _code(self, value: Any) -> Intent:
        return Intent("code", self._whole(value, "code", 1, MAX_WIDTH))

    def _epoch(self, value: Any) -> Intent:
        return Intent("until_epoch", self._whole(value, "until_epoch", 1, values.MAX_EPOCH))

    def _speed(self, value: Any) -> Intent:
        written = str(value)
        if isinstance(value, bool) or not isinstance(value, str | int) or written not in self._known.speeds:
            self._fail("speed", f"must be one of {', '.join(self._known.speeds)}")
        return Intent("action", self._known.speeds[written])

    def _edit(self, both: dict[str, Any]) -> Intent:
        checked: dict[str, dict[str, Any]] = {"network": {}, "training": {}}
        bases: dict[str, NetworkConfig | TrainingConfig] = {
            "network": NetworkConfig(input_size=784, encoder_widths=(128, 32), code_size=2),
            "training": TrainingConfig(epochs=10),
        }
        for half, changes in both.items():
            base = bases[half]
            allowed = {item.name for item in fields(base)} - {"input_size"}
            if not isinstance(changes, dict) or not changes:
                self._fail(half, "must be a table of settings such as { leaky_slope = 0.5 }")
            self._only(changes, allowed, half)
            made = {key: tuple(value) if isinstance(value, list) else value for key, value in changes.items()}
            try:
                replace(base, **made)  # type: ignore[arg-type]
            except (ValueError, TypeError) as error:
                self._fail(half, str(error)[:160])
            checked[half] = made
        return Intent("edit", checked)

    # --- values -------------------------------------------------------------------------------------------

    def _only(self, table: dict[str, Any], allowed: Set[str], where: str = "") -> None:
        unknown = sorted(set(table) - allowed)
        if unknown:
            self._fail(
                where, f"there is no field {_quoted(unknown[0])}; there are {', '.join(sorted(allowed))}"
            )

    def _list(
        self, table: dict[str, Any], key: str, most: int, *, at_least: int = 0, where: str = ""
    ) -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list):
            self._fail(where + key, "must be a list")
        if not at_least <= len(value) <= most:
            self._fail(where + key, f"must have {at_least} to {most} entries, got {len(value)}")
        return value

    def _text(self, table: dict[str, Any], key: str, most: int, where: str = "") -> str:
        value = table.get(key)
        if not isinstance(value, str):
            self._fail(where + key, "must be a text" if key in table else "is missing")
        text = " ".join(value.split())
        if not text:
            self._fail(where + key, "must not be empty")
        if len(text) > most:
            self._fail(where + key, f"must have at most {most} characters, got {len(text)}")
        if not text.isprintable():
            self._fail(where + key, "has a character that cannot be shown")
        return text

    def _live_text(self, table: dict[str, Any], key: str, most: int, where: str = "") -> str:
        text = self._text(table, key, most, where)
        for name in re.findall(r"\{([^{}]*)\}", text):
            if name not in self._known.numbers:
                self._fail(where + key, f"there is no live number {{{_short(name)}}}")
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
            self._fail(where + key, "has a brace without its partner; {name} stands for a live number")
        return text

    def _whole(self, value: Any, where: str, low: int, high: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self._fail(where, f"must be a whole number from {low} to {high}, got {_quoted(value)}")
        return int(value)

    def _fail(self, where: str, why: str) -> NoReturn:
        place = ": ".join(part for part in (self._name, self._at, where) if part)
        raise BadFile(f"{place}: {why}.")


def _short(value: object) -> str:
    text = "".join(letter for letter in str(value) if letter.isprintable())
    return text if len(text) <= 40 else f"{text[:37]}..."


def _quoted(value: object) -> str:
    return repr(_short(value)) if isinstance(value, str) else _short(value)
