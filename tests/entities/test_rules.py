"""Rules and lexicons: what each finds and what it leaves alone."""

import pytest

from tasks.entities.dates import find_dates
from tasks.entities.lexicon import Mention, country_forms, find_countries
from tasks.entities.military import find_military
from tasks.entities.pieces import cut_pieces
from tasks.entities.quantities import find_quantities
from tasks.entities.ranks import find_functions, find_ranks
from tasks.entities.resolve import resolve_names


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
        ("from October 25-26, 2016, to 5-6 April 2017", ["October 25-26, 2016", "5-6 April 2017"]),
        ("On Monday 19 December it closed.", ["Monday 19 December"]),
        ("nearly five years ago, by the end of March", ["nearly five years ago", "end of March"]),
        ("held yesterday (20) in Kandy (30)", ["yesterday", "20"]),
        ("in fiscal year 2022, under the 2006 record", ["fiscal year 2022", "2006"]),
        ("the following day", ["the following day"]),
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
        ("at 3 kilometers per second, Mach 8", [("QUANTITY", "3 kilometers per second"), ("QUANTITY", "Mach 8")]),
        ("It will exceed $1B.", [("MONEY", "$1B")]),
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
        ("aboard USS Nimitz (CVN 68).", [("EQUIPMENT", "USS Nimitz"), ("EQUIPMENT", "CVN 68")]),
        ("an F-35B and a Su-30MKI", [("EQUIPMENT", "F-35B"), ("EQUIPMENT", "Su-30MKI")]),
        ("a C-130 Hercules landed", [("EQUIPMENT", "C-130 Hercules")]),
        ("of Carrier Air Wing (CVW) 99 and VFA-199", [("UNIT", "Carrier Air Wing (CVW) 99"), ("UNIT", "VFA-199")]),
        ("by the 399th FLTS and the 36th Inf. Div.", [("UNIT", "399th FLTS"), ("UNIT", "36th Inf. Div.")]),
        ("in US Task Force 59, 3rd Battalion", [("UNIT", "US Task Force 59"), ("UNIT", "3rd Battalion")]),
        ("Lake Carrier Strike Group left", [("UNIT", "Lake Carrier Strike Group")]),
        ("aboard USS Ann B. Hill. He", [("EQUIPMENT", "USS Ann B. Hill")]),
        ("the CVW5 and (C G67)", [("UNIT", "CVW5"), ("EQUIPMENT", "C G67")]),
        ("a Lake-class frigate", [("EQUIPMENT", "Lake-class")]),
        ("a first-class effort, World-class", []),
        ("the general and 23 tanks", []),
    ],
)
def test_military(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_military(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("said Staff Sgt. Ann Hill", [("TITLE", "Staff Sgt."), ("PERSON", "Ann Hill")]),
        ("Rear Adm. Hill's ship", [("TITLE", "Rear Adm."), ("PERSON", "Hill")]),
        ("Lt. Gen. Ann B. Hill-Berg Jr., who", [("TITLE", "Lt. Gen."), ("PERSON", "Ann B. Hill-Berg Jr.")]),
        ("Yeoman 2nd Class Li Wei", [("TITLE", "Yeoman 2nd Class"), ("PERSON", "Li Wei")]),
        ("Brigadier W.D.M. Silva", [("TITLE", "Brigadier"), ("PERSON", "W.D.M. Silva")]),
        ("Sen. Ann Hill (D-NY)", [("TITLE", "Sen."), ("PERSON", "Ann Hill")]),
        ("the General Assembly, General Dynamics, Director General Hill", []),
        ("a general said", []),
    ],
)
def test_ranks(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, find_ranks(text)) == expected


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("Ann Hill, a flight deck crew chief with", "flight deck crew chief"),
        ("Ann Hill, commanding officer, USS", "commanding officer"),
        ("Ann Hill, along with other senior officers", None),
        ("Ann Hill, who met the commander", None),
        ("Ann Hill met the commander", None),
    ],
)
def test_functions(text: str, function: str | None) -> None:
    titles = find_functions(text, [Mention(0, 8, "PERSON", "model")])
    assert [text[m.start : m.end] for m in titles] == ([function] if function else [])


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
