"""The glossary file: complete, checked, and refused in one sentence when it cannot be right."""

from __future__ import annotations

import pytest

from fcae_gui import paths
from fcae_gui.files import BadFile
from fcae_gui.session.glossary import Entry, Glossary, is_sentence, parse_glossary, tip_of

GOOD = 'format = 1\n[[entry]]\nname = "Code"\ntext = "The numbers in the middle."\n'


def test_the_glossary_that_comes_with_the_program_can_be_read() -> None:
    file = paths.resource("glossary.toml")
    glossary = parse_glossary(file.read_bytes(), file.name)
    on_page = [entry for entry in glossary.entries if entry.on_page]
    assert len(on_page) >= 40
    assert sum(bool(entry.formula) for entry in on_page) >= 25
    assert all(is_sentence(entry.text) and entry.text.rstrip().endswith(".") for entry in glossary.entries)
    for term in ("Backpropagation", "PCA (principal component analysis)", "Sigmoid", "Loss"):
        assert any(entry.name == term and entry.formula for entry in on_page), term


def test_a_control_is_found_by_its_dock_and_name_and_a_pattern_comes_last() -> None:
    one = Entry(name="a", text="One.", controls=("network/Loss", "Output"))
    other = Entry(name="b", text="Two.", controls=("network/*", "*/Tools"))
    glossary = Glossary([other, one])
    assert glossary.find("network", "Loss") is one
    assert glossary.find("lens", "Output") is one
    assert glossary.find("network", "Epochs") is other
    assert glossary.find("-", "Tools") is other
    assert glossary.find("loss", "Loss") is None
    assert glossary.find("network", "") is None


def test_terms_are_found_in_a_text_in_its_order() -> None:
    file = paths.resource("glossary.toml")
    glossary = parse_glossary(file.read_bytes(), file.name)
    found = glossary.in_text("The leaky ReLU bends; PCA does not. A decoder decodes.")
    assert [entry.name.partition(" (")[0] for entry in found] == ["Leaky ReLU", "PCA", "Decoder"]
    assert glossary.in_text("Nothing here.") == []


def test_a_tip_keeps_a_control_s_own_sentence_and_adds_the_formula_once() -> None:
    entry = Entry(name="Batch", text="The samples behind one step.", formula="B = 256")
    assert tip_of("", entry) == "The samples behind one step.\nB = 256"
    assert tip_of("Batch", entry) == "The samples behind one step.\nB = 256"
    own = tip_of("As many samples as fit at once.", entry)
    assert own == "As many samples as fit at once.\nB = 256" and tip_of(own, entry) == own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format = 2",
        "format = 1",
        "format = 1\nentry = 3",
        "format = 1\nentry = [3]",
        GOOD + "size = 3",
        GOOD + GOOD.partition("\n")[2],
        GOOD + "controls = 3",
        GOOD + "controls = [3]",
        GOOD + 'controls = ["a", "a"]',
        GOOD + "page = 1",
        GOOD + "formula = 3",
        GOOD.replace("The", "a" * 300),
        GOOD.replace("Code", "a\\nb"),
        GOOD.replace('text = "The numbers in the middle."', ""),
        "\x00",
        "[" * 1_900,
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse_glossary(text.encode(), "glossary.toml")
    assert str(caught.value).startswith("glossary.toml") and str(caught.value).endswith(".")
