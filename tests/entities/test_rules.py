"""Rules and lexicons: what each finds and what it leaves alone."""

import pytest

from tasks.entities.dates import find_dates
from tasks.entities.lexicon import Mention, country_forms, find_countries
from tasks.entities.military import find_military
from tasks.entities.names import resolve_names
from tasks.entities.pieces import cut_pieces
from tasks.entities.quantities import find_quantities
from tasks.entities.resolve import merge_mentions, split_title, trim


def found(text: str, mentions: list[Mention]) -> list[tuple[str, str]]:
    return [(m.label, text[m.start : m.end]) for m in mentions]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("It met on October 13, 2011, in Oslo.", ["October 13, 2011"]),
        ("The drill starts on 3 May and ends on the 10th of June 2024.", ["3 May", "10th of June 2024"]),
        ("(Jan. 25, 2013)", ["Jan. 25, 2013"]),
        ("He left in early October 2023.", ["early October 2023"]),
        ("She said yesterday that it ends next week.", ["yesterday", "next week"]),
        ("Earlier today, on Wednesday, it sailed.", ["Earlier today", "Wednesday"]),
        ("Founded in 1997, closed by 2030.", ["1997", "2030"]),
        ("It lasted six months and began at 10:30.", []),
        ("The two may meet; 2050 troops march.", []),
        ("Theresa May spoke.", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    assert found(text, find_dates(text)) == [("DATE", date) for date in dates]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("It costs $765 million.", [("MONEY", "$765 million")]),
        ("a £1.1bn contract", [("MONEY", "£1.1bn")]),
        ("Rs. 24.1 million was paid", [("MONEY", "Rs. 24.1 million")]),
        ("30 billion roubles", [("MONEY", "30 billion roubles")]),
        ("They seized 3,000 pounds of rice.", [("QUANTITY", "3,000 pounds")]),
        ("some 41,000 square metres", [("QUANTITY", "41,000 square metres")]),
        ("two to three kilometres away", [("QUANTITY", "two to three kilometres")]),
        ("a 9mm round", [("QUANTITY", "9mm")]),
        ("23 strikes, 10 people, 5 percent", []),
    ],
)
def test_quantities(text: str, amounts: list[tuple[str, str]]) -> None:
    assert found(text, find_quantities(text)) == amounts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the 507th Air Refueling Wing flew", [("UNIT", "507th Air Refueling Wing")]),
        ("with Carrier Strike Group 5 at sea", [("UNIT", "Carrier Strike Group 5")]),
        ("of U.S. Central Command said", [("UNIT", "U.S. Central Command")]),
        ("aboard USS Nimitz (CVN 68).", [("EQUIPMENT", "USS Nimitz"), ("EQUIPMENT", "CVN 68")]),
        ("an F-35B and a Su-30MKI", [("EQUIPMENT", "F-35B"), ("EQUIPMENT", "Su-30MKI")]),
        ("a C-130 Hercules landed", [("EQUIPMENT", "C-130 Hercules")]),
        ("said Staff Sgt. Ann Hill", [("TITLE", "Staff Sgt.")]),
        ("the general and 23 tanks", []),
    ],
)
def test_military(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_military(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russian and Chinese officers", [("NORP", "Russian"), ("NORP", "Chinese")]),
        ("South Korea's navy", [("GPE", "South Korea")]),
        ("Chinatown, russian, Russianness", []),
        ("the U.S.-led force", [("GPE", "U.S.")]),
        ("Chad Smith and Jordan Lee", []),
    ],
)
def test_countries(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_countries(text)) == expected


def test_country_codes_are_iso() -> None:
    forms = country_forms()
    assert forms["Russian Federation"] == ("RUS", "GPE")
    assert forms["Danish"] == ("DNK", "NORP")
    assert all(len(code) == 3 and code.isupper() for code, _ in forms.values())


def test_the_longer_mention_stands() -> None:
    long, short = Mention(0, 20, "ORG", "model"), Mention(0, 7, "UNIT", "rule:unit")
    assert merge_mentions([long], [short], []) == [long]
    assert merge_mentions([short], [long], []) == [long]


def test_a_rule_stands_before_the_model_at_equal_length() -> None:
    rule, model = Mention(0, 7, "UNIT", "rule:unit"), Mention(0, 7, "ORG", "model")
    assert merge_mentions([model], [rule], []) == [rule]


def test_measured_rules_replace_the_models_same_label() -> None:
    rule, model = Mention(3, 7, "DATE", "rule:date"), Mention(0, 9, "DATE", "model")
    assert merge_mentions([model], [rule], []) == [rule]


def test_the_lexicon_adds_only_where_nothing_stands() -> None:
    model, inside, free = (
        Mention(0, 9, "ORG", "model"),
        Mention(2, 20, "GPE", "lexicon"),
        Mention(30, 35, "GPE", "lexicon"),
    )
    assert merge_mentions([model], [], [inside, free]) == [model, free]


def test_trim_leaves_nothing_of_a_bare_determiner() -> None:
    assert trim("the ", Mention(0, 4, "ORG", "model")) is None


def mentions_of(text: str, names: list[tuple[str, str]]) -> list[Mention]:
    found, at = [], 0
    for name, label in names:
        start = text.index(name, at)
        at = start + len(name)
        found.append(Mention(start, at, label, "model"))
    return found


def test_surname_resolves_to_the_one_full_name() -> None:
    text = "Anna Berg met Li Wei. Berg thanked Li."
    spans = mentions_of(text, [("Anna Berg", "PERSON"), ("Li Wei", "PERSON"), ("Berg", "PERSON"), ("Li", "PERSON")])
    assert [r.canonical for r in resolve_names(text, spans)] == ["Anna Berg", "Li Wei", "Anna Berg", "Li Wei"]


def test_two_of_a_surname_are_not_guessed() -> None:
    text = "Anna Berg and Olaf Berg. Berg spoke."
    spans = mentions_of(text, [("Anna Berg", "PERSON"), ("Olaf Berg", "PERSON"), ("Berg", "PERSON")])
    assert resolve_names(text, spans)[2].canonical == "Berg"


def test_countries_resolve_to_their_longest_form_and_code() -> None:
    text = "The Russian Federation and the Russian navy: Russia. Atlantis."
    names = [("Russian Federation", "GPE"), ("Russian", "NORP"), ("Russia", "GPE"), ("Atlantis", "GPE")]
    assert resolve_names(text, mentions_of(text, names)) == [
        ("Russian Federation", "iso:RUS"),
        ("Russian", "iso:RUS"),
        ("Russian Federation", "iso:RUS"),
        ("Atlantis", None),
    ]


def test_pieces_are_bounded_and_cover_the_text() -> None:
    text = "word " * 3000 + "x" * 5000 + "\n\nlast line"
    pieces = list(cut_pieces(text, [0]))
    assert max(end - start for start, end in pieces) <= 2000
    assert "".join(text[s:e] for s, e in pieces) == text.replace("\n", "")


def test_a_title_loses_the_people_before_it_and_nothing_else() -> None:
    text = "Russian Defence Minister"
    assert split_title(text, Mention(0, 24, "TITLE", "model")) == Mention(8, 24, "TITLE", "model")
    assert split_title(text, Mention(0, 24, "ORG", "model")) == Mention(0, 24, "ORG", "model")
