"""Lesson files: what a teacher writes is read as written; anything else is refused in one sentence."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fcae_gui import paths
from fcae_gui.files import BadFile
from fcae_gui.session.lesson_file import parse_lesson, read_lesson
from fcae_gui.session.lesson_numbers import NAMES
from fcae_gui.session.lesson_values import MAX_BYTES, Intent, Known, Lesson

KNOWN = Known(
    docks=frozenset({"network", "latent"}),
    points=frozenset({"network", "latent", "network/Leaky slope"}),
    actions=frozenset({"step", "speed_0", "speed_4"}),
    speeds={"full": "speed_0", "1": "speed_4"},
    numbers=frozenset({"test_sse", "epoch"}),
)

WHOLE = """
format = 1
title = "A lesson"
about = "Everything a lesson can have."

[[step]]
title = "First"
text = '''Look at the slope.
It is on the left; the error is {test_sse}.'''
point = "network/Leaky slope"
setup = [
    { workspace = "learn" }, { data = "images" }, { preset = "map" }, { rewind = true },
    { network = { leaky_slope = 0.5, encoder_widths = [64, 16] }, training = { learning_rate = 0.01 } },
    { code = 3 }, { rotate = true }, { dock = "latent" }, { action = "step" }, { speed = "full" },
    { speed = 1 }, { until_epoch = 2 }, { play = false },
]
try = [{ title = "Straight", do = [{ network = { leaky_slope = 1.0 } }] }]

[step.question]
text = "Lower or higher?"
answers = ["lower", "higher"]
right = 1
reveal = "It is {test_sse} after {epoch} epochs."
then = [{ play = true }]

[[step]]
title = "Last"
text = "That was it."
"""


def read(text: str) -> Lesson:
    return parse_lesson(text.encode(), "mine.toml", KNOWN)


def refusal(text: str | bytes) -> str:
    with pytest.raises(BadFile) as caught:
        parse_lesson(text if isinstance(text, bytes) else text.encode(), "mine.toml", KNOWN)
    sentence = str(caught.value)
    assert sentence.startswith("mine.toml") and sentence.endswith(".") and "\n" not in sentence
    assert len(sentence) < 400
    return sentence


def one_step(extra: str) -> str:
    return f'format = 1\ntitle = "t"\n[[step]]\ntitle = "s"\ntext = "x"\n{extra}\n'


def test_everything_a_teacher_writes_is_read_as_written() -> None:
    lesson = read(WHOLE)
    assert (lesson.title, len(lesson.steps), lesson.left_out) == ("A lesson", 2, ())
    step = lesson.steps[0]
    assert step.text == "Look at the slope. It is on the left; the error is {test_sse}."
    assert step.point == "network/Leaky slope"
    assert step.setup == (
        Intent("workspace", "learn"),
        Intent("data", "images"),
        Intent("preset", "map"),
        Intent("rewind", True),
        Intent(
            "edit",
            {
                "network": {"leaky_slope": 0.5, "encoder_widths": (64, 16)},
                "training": {"learning_rate": 0.01},
            },
        ),
        Intent("code", 3),
        Intent("rotate", True),
        Intent("dock", "latent"),
        Intent("action", "step"),
        Intent("action", "speed_0"),
        Intent("action", "speed_4"),
        Intent("until_epoch", 2),
        Intent("play", False),
    )
    assert step.tries[0].intents == (Intent("edit", {"network": {"leaky_slope": 1.0}, "training": {}}),)
    question = step.question
    assert question is not None and question.answers == ("lower", "higher") and question.right == 0
    assert question.then == (Intent("play", True),)
    assert lesson.steps[1].question is None and lesson.steps[1].setup == ()


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    content = b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()
    assert parse_lesson(content, "mine.toml", KNOWN) == read(WHOLE)


def test_a_step_whose_tool_is_missing_is_left_out_and_named() -> None:
    text = one_step('needs = ["network", "neurons"]\npoint = "neurons"') + '[[step]]\ntitle="b"\ntext="y"\n'
    lesson = read(text)
    assert [step.title for step in lesson.steps] == ["b"]
    assert lesson.left_out == ("step 1 (s) needs neurons",)
    assert "needs neurons" in refusal(one_step('needs = ["neurons"]'))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ('point = "nowhere"', ["step 1 (s)", "point", "nowhere"]),
        ("colour = 3", ["step 1", "colour"]),
        ('setup = [{ dock = "nowhere" }]', ["setup", "dock", "nowhere"]),
        ('setup = [{ action = "quit" }]', ["action", "quit"]),
        ('setup = [{ preset = "huge" }]', ["preset", "map"]),
        ('setup = [{ data = "/etc/passwd" }]', ["data", "images"]),
        ('setup = [{ eval = "1" }]', ["nothing called 'eval'"]),
        ('setup = [{ dock = "latent", play = true }]', ["one thing"]),
        ("setup = [{}]", ["setup"]),
        ("setup = 3", ["must be a list"]),
        ("setup = [3]", ["setup"]),
        ('setup = [{ speed = "warp" }]', ["speed", "full"]),
        ("setup = [{ speed = true }]", ["speed"]),
        ("setup = [{ play = 1 }]", ["play", "true or false"]),
        ("setup = [{ rewind = false }]", ["rewind"]),
        ("setup = [{ code = 0 }]", ["code", "from 1"]),
        ("setup = [{ code = 2.5 }]", ["code"]),
        ("setup = [{ until_epoch = 99999999999999999999 }]", ["until_epoch"]),
        ("setup = [{ network = { leaky_slope = 7 } }]", ["leaky_slope", "got 7"]),
        ("setup = [{ network = { leaky_slope = nan } }]", ["leaky_slope"]),
        ("setup = [{ network = { input_size = 3 } }]", ["input_size"]),
        ("setup = [{ network = { encoder_widths = [3.5] } }]", ["layer width"]),
        ("setup = [{ network = { encoder_widths = 1979-05-27 } }]", ["network"]),
        ("setup = [{ network = 3 }]", ["network", "table"]),
        ("setup = [{ training = { epochs = true } }]", ["epochs"]),
        ("setup = [{ training = {} }]", ["training"]),
        ("needs = [3]", ["needs", "names"]),
        ("try = [{ title = 'a', do = [], more = 1 }]", ["try", "more"]),
        ("try = [3]", ["try"]),
        ("try = [{ do = [] }]", ["try.title", "missing"]),
        ("question = 3", ["question", "table"]),
        ("[step.question]\ntext='q'\nanswers=['a']\nreveal='r'", ["question.answers", "2 to 4"]),
        ("[step.question]\ntext='q'\nanswers=['a','a']\nreveal='r'", ["differ"]),
        ("[step.question]\ntext='q'\nanswers=['a','b']\nright=3\nreveal='r'", ["right", "from 1 to 2"]),
        ("[step.question]\ntext='q'\nanswers=['a',2]\nreveal='r'", ["question.answers", "text"]),
        ("[step.question]\ntext='q'\nanswers=['a','b']", ["question.reveal", "missing"]),
        ("[step.question]\ntext='q'\nanswers=['a','b']\nreveal='{password}'", ["live number {password}"]),
        ("[step.question]\ntext='{0.__class__}'\nanswers=['a','b']\nreveal='r'", ["live number"]),
        ("[step.question]\ntext='open {test_sse'\nanswers=['a','b']\nreveal='r'", ["brace"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_step_and_field(extra: str, words: list[str]) -> None:
    sentence = refusal(one_step(extra))
    for word in words:
        assert word in sentence


def test_texts_are_plain_and_fit_the_strip() -> None:
    assert "at most 280 characters" in refusal(one_step("").replace('"x"', f'"{"x" * 281}"'))
    assert "cannot be shown" in refusal(one_step("").replace('"x"', '"a\\u0007b"'))
    assert "cannot be shown" in refusal(one_step("").replace('"x"', '"a\\u202eb"'))
    assert "must not be empty" in refusal(one_step("").replace('"x"', '"  "'))
    assert "must be a text" in refusal(one_step("").replace('"x"', "3"))


def test_the_top_of_the_file_is_checked() -> None:
    assert "format" in refusal(WHOLE.replace("format = 1", "format = 2"))
    assert "format" in refusal(WHOLE.replace("format = 1", "format = true"))
    assert "title" in refusal(WHOLE.replace('title = "A lesson"', ""))
    assert "step" in refusal('format = 1\ntitle = "t"')
    assert "[[step]]" in refusal('format = 1\ntitle = "t"\nstep = [1]')
    assert "step" in refusal('format = 1\ntitle = "t"\nstep = 1')
    assert "60" in refusal('format = 1\ntitle = "t"\n' + '[[step]]\ntitle="a"\ntext="b"\n' * 61)
    assert "TOML" in refusal(WHOLE + '\n[[step]]\ntitle = "a"\ntitle = "b"\n')  # the same key twice


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe",
        WHOLE.encode("utf-16"),
        b"PK\x03\x04" + bytes(range(256)),
        b"a = " + b"[" * 1_900,
        (b"a = [\n" * 20_000)[:MAX_BYTES],
        b".".join([b"a"] * 900) + b" = 1",
        b"a." * 60_000 + b"a = 1",
        b"[" + b".".join([b"a"] * 900) + b"]\n" * 3,
        b"format = 1" + b"0" * 1_900,
        b"x" * (MAX_BYTES + 1),
    ],
    ids=lambda content: f"{content[:8]!r}-{len(content)}",
)
def test_hostile_bytes_are_refused(content: bytes) -> None:
    refusal(content)


def test_every_truncation_is_read_or_refused() -> None:
    content = WHOLE.encode()
    for length in range(0, len(content), 7):
        try:
            parse_lesson(content[:length], "mine.toml", KNOWN)
        except BadFile as error:
            assert str(error).startswith("mine.toml")


def test_flipped_bytes_are_read_or_refused() -> None:
    dice = random.Random(3)
    for _ in range(150):
        content = bytearray(WHOLE.encode())
        for _ in range(dice.randint(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            parse_lesson(bytes(content), "mine.toml", KNOWN)
        except BadFile as error:
            assert str(error).startswith("mine.toml")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    for path, words in (
        (tmp_path / "gone.toml", "could not be read"),
        (tmp_path, "could not be read"),
        (large, "larger than a lesson"),
    ):
        with pytest.raises(BadFile, match=words):
            read_lesson(path, KNOWN)


def test_the_teachers_page_names_every_live_number() -> None:
    page = paths.resource("lessons", "README.md").read_text(encoding="utf-8")
    for name, what in NAMES.items():
        assert f"| `{{{name}}}` | {what} |" in page, name


def test_the_teachers_page_shows_a_lesson_that_can_be_read() -> None:
    page = paths.resource("lessons", "README.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    known = Known(
        docks=KNOWN.docks | {"loss"}, points=KNOWN.points | {"loss"}, actions=KNOWN.actions,
        speeds=KNOWN.speeds, numbers=KNOWN.numbers | {"slope"},
    )  # fmt: skip
    assert len(parse_lesson(example.encode(), "example.toml", known).steps) >= 1
