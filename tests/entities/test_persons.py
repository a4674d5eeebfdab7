"""Names of people begin and end where the name does."""

from __future__ import annotations

import re

import pytest

from tasks.entities.lexicon import Mention
from tasks.entities.persons import complete_people, settle_people
from tasks.entities.ranks import find_ranks


def settle(marked: str, label: str = "PERSON") -> list[tuple[str, str]]:
    """Settle the mention in braces; return labels and words."""
    start, end = marked.index("{"), marked.index("}") - 1
    text = marked.replace("{", "").replace("}", "")
    found = settle_people(text, [Mention(start, end, label, "model")])
    return [(m.label, text[m.start : m.end]) for m in found]


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("{Shri Dev Rao} said", "Dev Rao"),
        ("{Smt Mira Das} said", "Mira Das"),
        ("{Dato' Seri Ali bin Omar} said", "Ali bin Omar"),
        ("{Tan Sri Lim Kok} said", "Lim Kok"),
        ("{H.E. Ana Ruiz} said", "Ana Ruiz"),
        ("{Gus Orr}, Jr., said", "Gus Orr, Jr."),
        ("{Gus Orr} III said", "Gus Orr III"),
        ("Major {Ann Lind CB OBE}, commander", "Ann Lind"),
        ("Admiral {Dong} Jun. Secretary Orr", "Dong Jun"),
        ("Admiral {Dong} Jun. 5 was", "Dong"),
        ("Admiral {Dong Jun. Secretary Orr} said", "Dong Jun"),
        ("Admiral {Dong Jun.}", "Dong Jun"),
        ("{Yu Ping：(Interrupting)} No", "Yu Ping"),
        ("{Sheikh Isa bin Omar} said", "Isa bin Omar"),
        ("{Sheikh Mujib} said", "Sheikh Mujib"),
        ("President {Chito Reyes}-May said", "Chito Reyes-May"),
        ("the {Orr}-led talks", "Orr"),
        ("{Daniel} 'Danny' Lind left", "Daniel 'Danny' Lind"),
        ('Gilbert "{Bong" Salas} left', 'Gilbert "Bong" Salas'),
        ("{Shangguan Ping (Shangguan)}, deputy", "Shangguan Ping"),
        ("{Shangguan Ping (Shangguan}), deputy", "Shangguan Ping"),
        ("{[Ruslan] Orr} said", "[Ruslan] Orr"),
        ("{Sen. Ana Orr} said", "Sen. Ana Orr"),
    ],
)
def test_a_name_is_whole_and_alone(marked: str, name: str) -> None:
    assert settle(marked) == [("PERSON", name)]


def test_what_has_a_digit_is_nobody() -> None:
    assert settle("{UIN 203344}, tabled") == settle("{A2}: Yes") == []


def test_of_whom_a_person_leads_the_person_is_left() -> None:
    assert settle("The {Lin Ching-wen administration} said", "ORG") == [("PERSON", "Lin Ching-wen")]
    assert settle("The {Orr Administration} said", "ORG") == [("ORG", "Orr Administration")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lt Col (Retd) Dev Rao spoke", ["Lt Col", "Dev Rao"]),
        ("Lt Col (Ret.) Dev Rao spoke", ["Lt Col", "Dev Rao"]),
        ("Maj. Gen. (Res.) Dev Rao spoke", ["Maj. Gen. (Res.)", "Dev Rao"]),
        ("a General Court-Martial and the General Security Act", []),
        ("SEN. O'DEA: Thank you", ["SEN.", "O'DEA"]),
        ("GEN. ORR-LIND: Thank you", ["GEN.", "ORR-LIND"]),
        ("MG Ong spoke", ["MG", "Ong"]),
        ("R Adm (JG) Ann Botha spoke", ["R Adm (JG)", "Ann Botha"]),
        ("Air Chief Marshal Dame Sue Orr spoke", ["Air Chief Marshal", "Sue Orr"]),
        ("Gen Nakatani's visit", ["Gen Nakatani"]),
        ("Gen Orr's visit", ["Gen", "Orr"]),
        ("Capitão de mar e guerra Íris Melo e Souza spoke", ["Capitão de mar e guerra", "Íris Melo e Souza"]),
        ("Kolonel Marinir Budi Santoso spoke", ["Kolonel Marinir", "Budi Santoso"]),
        ("Sainik Md. Rafiq Alam spoke", ["Sainik", "Md. Rafiq Alam"]),
        ("Soldat Åse Lind spoke", ["Soldat", "Åse Lind"]),
        ("Major Siva Raj a/l Muthu spoke", ["Major", "Siva Raj a/l Muthu"]),
        ("Guards Colonel I. V. Orlov spoke", ["Guards Colonel", "I. V. Orlov"]),
        ("Major General of Justice Ivan Orlov spoke", ["Major General of Justice", "Ivan Orlov"]),
        ("Chief of Army Staff General Ann Orr spoke", ["General", "Ann Orr"]),
        ("Army Staff Sergeant Ann Orr spoke", ["Staff Sergeant", "Ann Orr"]),
        ("at Captain Juan Concha Airport", []),
    ],
)
def test_ranks_end_before_the_name(text: str, found: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_ranks(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SECRETARY HALE: Five.", ["SECRETARY", "HALE"]),
        ("SMT MIRA DAS-RAO: Is it?", ["MIRA DAS-RAO"]),
        ("GENERAL OYELARAN: Yes.", ["GENERAL", "OYELARAN"]),
        ("GENERAL MATTERS: None.", []),
        ("JUDGE ADVOCATE: Yes.", []),
        ("SECRETARY GENERAL: Yes.", []),
        ("He met SECRETARY HALE: five.", []),
    ],
)
def test_a_speakers_label_parts_into_office_and_name(text: str, found: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_ranks(text)] == found


def complete(marked: str) -> list[str]:
    """Complete the titles in brackets and people in braces; return the words of the people."""
    plain = re.sub(r"[\[\]{}]", "", marked)
    found: list[Mention] = []
    for hit in re.finditer(r"[\[{]([^\]}]+)", marked):
        start = hit.start() - len(re.findall(r"[\[\]{}]", marked[: hit.start()]))
        label = "TITLE" if hit.group().startswith("[") else "PERSON"
        found.append(Mention(start, start + len(hit.group(1)), label, "model"))
    return [plain[m.start : m.end] for m in complete_people(plain, found) if m.label == "PERSON"]


def test_two_names_behind_a_rank_are_one() -> None:
    assert complete("[Major] {Yaw Osei} {Ampofo-Addo} spoke") == ["Yaw Osei Ampofo-Addo"]
    assert complete("[Major] {Yaw Osei}, {Ann Orr} spoke") == ["Yaw Osei", "Ann Orr"]
    assert complete("{Yaw Osei} {Ann Orr} spoke") == ["Yaw Osei", "Ann Orr"]


@pytest.mark.parametrize(("marked", "title"), [("{SEN}. O'KEEFE: Yes.", "SEN."), ("{Gen.} Orr said", "Gen.")])
def test_a_title_by_itself_is_nobody(marked: str, title: str) -> None:
    assert settle(marked) == [("TITLE", title)]
