"""Who commands a warship, whose guests its crew are, and what they do together."""

import pytest

from tasks.engagements.actors import read_cast
from tasks.engagements.crews import Crews
from tasks.engagements.ships import Fleet
from tests.engagements.builders import release, tell

SIRIP = "[EQUIPMENT KRI Sirip] arrived at [GPE Suva|iso:FJI] on a goodwill visit today. "
MOE = "[TITLE Commander] [PERSON Adi Moe]"
LIND = "[TITLE Rear Admiral] [PERSON Jon Lind]"


def officers(marked: str) -> list[tuple[str, str | None, str | None]]:
    own = release(marked, country=None)
    cast = read_cast(own)
    found = Crews(cast, Fleet(cast)).officers
    return [(own.text[o.start : o.end], o.country, o.person and o.person.canonical) for o in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"The [TITLE Commanding Officer] of [EQUIPMENT KRI Sirip], {MOE}, spoke.", ("Commanding Officer of KRI Sirip", "iso:IDN", "Adi Moe")),
        (f"{SIRIP}The ship's [TITLE captain], {MOE}, spoke.", ("captain", "iso:IDN", "Adi Moe")),
        (f"{SIRIP}{MOE}, its [TITLE commander], spoke.", ("commander", "iso:IDN", "Adi Moe")),
        (f"[EQUIPMENT KRI Sirip], under the command of {MOE}, sailed.", ("command of ", "iso:IDN", "Adi Moe")),
        (f"{SIRIP}The [TITLE captain] of the vessel spoke.", ("captain of the vessel", "iso:IDN", None)),
    ],
)  # fmt: skip
def test_who_commands_a_ship(text: str, expected: tuple[str, str, str | None]) -> None:
    assert officers(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        f"{SIRIP}The [TITLE Commander] of the [ORG Naval Base], {LIND}, spoke.",
        f"{SIRIP}The [TITLE Commanding Officer] of the [UNIT 5th Battalion] spoke.",
        f"{SIRIP}A delegation led by {LIND} spoke.",
    ],
)
def test_who_commands_none(text: str) -> None:
    assert officers(text) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"The [TITLE Commanding Officer], {MOE}, called on the [TITLE Chief of Navy], {LIND}.", "held"),
        (f"The ship's [TITLE captain], {MOE}, paid a courtesy call on {LIND}.", "held"),
        (f"The [TITLE captain] of the ship was received yesterday at the base by {LIND}.", "held"),
        (f"{LIND} received the [TITLE commander] of the ship, {MOE}.", "held"),
        (f"Its [TITLE commander], {MOE}, will carry out courtesy visits to {LIND}.", "planned"),
        (f"{MOE} called on the [TITLE Governor] of the province.", "held"),
    ],
)
def test_a_ships_officers_are_its_countrys_and_their_hosts_the_ports(text: str, status: str) -> None:
    told = [row[:3] for row in tell(SIRIP + text, country=None)]
    assert ("meeting", status, ["FJI", "IDN"]) in told
    assert not [row for row in told if row[0] == "visit"]


@pytest.mark.parametrize(
    "text",
    [
        f"The [TITLE Commanding Officer] of [EQUIPMENT KRI Sirip], {MOE}, called on {LIND}.",  # at home, for all we know
        f"[EQUIPMENT KRI Sirip] sailed today. Its [TITLE commander], {MOE}, met the [TITLE Mayor] of the town.",
        f"{SIRIP}The crew met children of the town.",
        f"{SIRIP}The ship was welcomed by the [TITLE Chief of Navy], {LIND}.",
        f"{SIRIP}The [TITLE Chief of Navy], {LIND}, met the [TITLE Mayor] of the town.",
    ],
)
def test_what_is_no_meeting_of_a_crew(text: str) -> None:
    assert not [row for row in tell(text, country="IDN") if row[0] == "meeting"]


@pytest.mark.parametrize(
    "text",
    [
        "[EQUIPMENT KRI Sirip] is scheduled to visit [GPE Suva|iso:FJI] on [DATE Friday|2024-05-17].",
        "The Unit will visit [GPE Suva|iso:FJI] on [DATE Friday|2024-05-17].",
        "The cadets of the ship paid a visit to [GPE Suva|iso:FJI].",
        f"{SIRIP}She will also visit [GPE Nuku’alofa|geonames:4032402].",
    ],
)
def test_what_a_ship_does_is_no_visit_of_officials(text: str) -> None:
    assert not [row for row in tell(text, country=None) if row[0] == "visit"]


def test_a_visit_on_board_is_one_to_the_ships_country() -> None:
    told = tell(f"{SIRIP}The [TITLE Chief of Navy], {LIND}, visited the frigate on Monday.", country=None)
    assert ("visit", "held", ["FJI", "IDN"]) in [row[:3] for row in told]
    told = tell(f"{SIRIP}Schoolchildren visited the frigate on Monday.", country=None)
    assert not [row for row in told if row[0] == "visit"]


def test_what_a_crew_hands_over() -> None:
    told = tell(f"{SIRIP}The crew donated medicines to a hospital in [GPE Suva|iso:FJI].", country=None)
    assert ("transfer", "held", ["FJI", "IDN"]) in [row[:3] for row in told]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("[EQUIPMENT KRI Sirip] carried out joint patrols together with the [NORP Fijian|iso:FJI] patrol boat Lomba.", ["FJI", "IDN"]),
        ("[EQUIPMENT KRI Sirip] and the [NORP Fijian|iso:FJI] patrol boat Lomba, working together, seized a boat.", ["FJI", "IDN"]),
    ],
)  # fmt: skip
def test_operations_of_two_ships(text: str, sides: list[str]) -> None:
    assert [row[:3] for row in tell(text, country=None)] == [("operation", "held", sides)]


@pytest.mark.parametrize(
    "text",
    [
        "[EQUIPMENT KRI Sirip] and the [NORP Fijian|iso:FJI] navy discussed joint patrols.",
        "The [NORP Fijian|iso:FJI] Navy and the [NORP Chilean|iso:CHL] Army are conducting training at the range.",
    ],
)
def test_what_is_no_operation(text: str) -> None:
    assert not [row for row in tell(text, country=None) if row[0] == "operation"]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("[EQUIPMENT KRI Sirip] left [GPE Surabaya] for a mission of three months in the [LOC Gulf].", ["IDN"]),
        ("Forty [NORP Fijian|iso:FJI] soldiers returned from [GPE Lebanon|iso:LBN], where they had served for a year.", ["FJI"]),
        ("[EQUIPMENT KRI Sirip] left [GPE Suva|iso:FJI] after a visit that marks a mission.", []),
        ("[EQUIPMENT KRI Sirip] is on an overseas deployment to the [LOC Gulf].", []),
    ],
)  # fmt: skip
def test_who_leaves_for_or_comes_home_from_a_mission(text: str, sides: list[str]) -> None:
    told = [row for row in tell(text, country=None) if row[0] == "deployment"]
    assert [row[2] for row in told] == ([sides] if sides else [])


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("[NORP Chilean|iso:CHL] instructors gave a course on boarding to sailors of [GPE Fiji|iso:FJI].", ["CHL", "FJI"]),
        ("Cadets of [GPE Fiji|iso:FJI] completed the course in [GPE Chile|iso:CHL].", ["CHL", "FJI"]),
        ("[NORP Fijian|iso:FJI] marines trained with soldiers of [GPE Chile|iso:CHL].", []),
    ],
)  # fmt: skip
def test_courses(text: str, sides: list[str]) -> None:
    told = [row for row in tell(text, country=None) if row[0] == "training"]
    assert [row[2] for row in told] == ([sides] if sides else [])


def test_who_is_met_before_a_voyage_is_no_host_of_it() -> None:
    text = (
        "[EQUIPMENT KRI Sirip] is to call at [GPE Suva|iso:FJI] on [DATE Friday|2024-05-17]. "
        f"The [TITLE Commanding Officer], {MOE}, met the [TITLE Mayor] of the town."
    )
    assert not [row for row in tell(text, country="IDN") if row[0] == "meeting"]
