"""Formations by words of other languages, and battalions by two numbers."""

import pytest

from tasks.entities.formations import find_formations
from tasks.lexicons import read_terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the 7. Panzerdivision and Pionierbataillon 12", ["7. Panzerdivision", "Pionierbataillon 12"]),
        ("Versorgungs- und Pionierbataillon 12 left", ["Versorgungs- und Pionierbataillon 12"]),
        ("Finnmark bataljon and 441 skvadron", ["Finnmark bataljon", "441 skvadron"]),
        ("Sjællandske Fodregiment at home", ["Sjællandske Fodregiment"]),
        ("a Subdivision of the Brigade, the regiment of 12", []),
        ("the 3e RIMa, the 8e RAP", ["3e RIMa", "8e RAP"]),
        ("the Bataillon d'infanterie de marine de Brest sailed", ["Bataillon d'infanterie de marine de Brest"]),
        ("the 9e Brigade légère blindée is here", ["9e Brigade légère blindée"]),
        ("Regimiento de Infantería “Norte” n.º 6 (two men)", ["Regimiento de Infantería “Norte” n.º 6"]),
        ("Batallón de Ingenieros No. 4 of the army", ["Batallón de Ingenieros No. 4"]),
        ("the 6° Reggimento Genio at sea", ["6° Reggimento Genio"]),
        ("General de Brigada Ana Rojas met Brigada Luis Rojas", []),
        ("Brigada Paracaidista, Brigada 6 Cavalerie", ["Brigada Paracaidista", "Brigada 6 Cavalerie"]),
        ("9. Brygada Zmechanizowana", ["9. Brygada Zmechanizowana"]),
        ("Yonif 8 Marinir and Kodam XII/Bukit", ["Yonif 8 Marinir", "Kodam XII/Bukit"]),
        ("2-99 Infantry, C Troop, 4-88th Cavalry", ["2-99 Infantry", "C Troop, 4-88th Cavalry"]),
        ("lost 2-1 in May, pages 4-25", []),
        ("IX (Night Flying) Squadron, IV Corps, World War II Squadron", ["IX (Night Flying) Squadron", "IV Corps"]),
        (
            "the Queen's Fenland Lancers (Royal Norfolks), the Royal Marines",
            ["Queen's Fenland Lancers (Royal Norfolks)"],
        ),
        ("4 Kumaon and 12 Sikh pilgrims, 9 Baloch.", ["4 Kumaon", "9 Baloch"]),
        ("NORBATT and SWEBAT in COMBAT", ["NORBATT", "SWEBAT"]),
    ],
)
def test_formations(text: str, found: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_formations(text)] == found


def test_every_word_is_looked_for() -> None:
    terms = read_terms("formations.tsv")
    for end in terms["compound"]:
        assert find_formations(f"Gebirgs{end} 9"), end
    for head in (*terms["romance"], *terms["romance_numbered"]):
        assert find_formations(f"3e {head} de Lanciers"), head
    for acronym in terms["french_regiment"]:
        assert find_formations(f"the 3e {acronym}."), acronym
    for head in (*terms["slavic"], *terms["malay"]):
        assert find_formations(f"{head} 9"), head
    for word in terms["behind"]:
        assert find_formations(f"441 {word}"), word
    for arm in terms["battalion_arm"]:
        assert find_formations(f"2-99 {arm}"), arm
    for head in terms["regiment_head"]:
        assert find_formations(f"the Royal Fenland {head}."), head
    for name in terms["regiment_short"]:
        assert find_formations(f"4 {name} marched") == [] and find_formations(f"4 {name} is here"), name
    for head in terms["roman_head"]:
        assert find_formations(f"IV {head}"), head
