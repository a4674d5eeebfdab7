"""What a document tells of who met, called and visited whom."""

from dataclasses import replace
from datetime import date

import pytest

from tasks.engagements.countries import body_in
from tasks.engagements.find import find_engagements
from tasks.engagements.release import Turn
from tests.engagements.builders import DAY, release, tell

AYDIN = "[TITLE President] of [GPE Turkey] [PERSON Kemal Aydin]"
ORLOV = "[TITLE Defence Minister] [PERSON Ivan Orlov]"


def test_a_call_with_its_initiative_and_subjects() -> None:
    own = release(
        f"{ORLOV} had a telephone conversation with {AYDIN} at the initiative of the [NORP Turkish] side. They discussed "
        "Idlib and gas supplies. The leaders agreed to meet again in June."
    )
    (one,) = find_engagements(own)
    assert (one.type, one.status, one.mention, one.modality, one.level) == ("call", "held", "news", "phone", "minister")
    assert one.sides == ("iso:RUS", "iso:TUR")
    assert own.text[slice(*one.evidence)].startswith("Ivan Orlov had a telephone")
    assert one.initiated_by is not None and one.initiated_by[1] == "iso:TUR"
    assert [p.roles for p in one.parts] == [(), ("initiator",)]
    assert (one.when.first, one.when.basis) == (DAY, "published")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ORLOV} met with {AYDIN} today.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} and {AYDIN} held talks in Tomsk.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} received {AYDIN} in the hall.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{AYDIN} was received by {ORLOV}.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{AYDIN} called on {ORLOV} in the hall.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} received today at the ministry {AYDIN}.", ("meeting", "held", ["RUS", "TUR"])),
        (f"Talks between {ORLOV} and {AYDIN} took place in Tomsk.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} called {AYDIN} today.", ("call", "held", ["RUS", "TUR"])),
        (f"On [DATE Friday|2024-05-17] {ORLOV} will meet {AYDIN}.", ("meeting", "planned", ["RUS", "TUR"])),
        (f"{ORLOV} spoke by phone with {AYDIN}.", ("call", "held", ["RUS", "TUR"])),
        (f"{ORLOV} held a video conference with {AYDIN}.", ("call", "held", ["RUS", "TUR"])),
        (f"{ORLOV} visited [GPE Estonia].", ("visit", "held", ["EST", "RUS"])),
        (f"{ORLOV} will pay a visit to [GPE Estonia].", ("visit", "planned", ["EST", "RUS"])),
        (f"{ORLOV} arrived in [GPE Estonia].", ("visit", "ongoing", ["EST", "RUS"])),
        (f"The visit to [GPE Estonia] by {ORLOV} has been postponed.", ("visit", "cancelled", ["EST", "RUS"])),
        (
            f"We look forward to welcoming {AYDIN}, to [GPE Russia] on [DATE 22 May|2024-05-22].",
            ("visit", "planned", ["RUS", "TUR"]),
        ),
    ],
)  # fmt: skip
def test_ways_to_tell_it(text: str, expected: tuple[str, str, list[str]]) -> None:
    assert [row[:3] for row in tell(text)] == [expected]


TUI = "[TITLE Minister] [PERSON Sione Tui]"
RAO = "[TITLE Defence Minister] of [GPE Fiji] [PERSON Josua Rao]"


@pytest.mark.parametrize(
    "text",
    [
        # days and places stand between
        f"{ORLOV} received in his office at the old quay this morning the {RAO}.",
        f"{ORLOV} received on this occasion in the great hall of the ministry {RAO}.",
        f"{ORLOV} received on [DATE Tuesday 14 May 2024|2024-05-14] in audience {RAO}.",
        f"{ORLOV} met today in [GPE Suva|geonames:2198148] with the [TITLE President] of [GPE Fiji], [PERSON Ana Vola].",
        # whom somebody sends
        f"{ORLOV} received a delegation from [GPE Fiji].",
        f"{ORLOV} received the delegation headed by {RAO}.",
        f"{ORLOV} received on [DATE Monday|2024-05-13] the members of a delegation of the [ORG Fiji Navy|iso:FJI].",
        f"{ORLOV} met his counterpart from [GPE Fiji], [PERSON Josua Rao].",
        f"{ORLOV} met his [NORP Fijian|iso:FJI] opposite number, [PERSON Josua Rao].",
        f"[TITLE Defence Minister] of [GPE Fiji] Rao and {ORLOV} held talks.",
        "The delegations of the ministries of defence of [GPE Chile] and [GPE Fiji] held talks.",
        # other words for talks
        f"{ORLOV} was paid a courtesy call by {RAO}.",
        f"{ORLOV} sat down today with {RAO}.",
        f"{ORLOV} interacted with {RAO}.",
        f"{ORLOV} had a bilateral with {RAO} before the summit.",
        f"{ORLOV} played host to {RAO} at the barracks.",
        f"{ORLOV} bade farewell to {RAO}.",
        f"{ORLOV} and {RAO} have held productive discussions.",
        f"{ORLOV} and {RAO} chaired the second session.",
        "[PERSON Ivan Orlov] and his [NORP Fijian|iso:FJI] colleague [PERSON Josua Rao] met for breakfast.",
        f"{ORLOV} and {RAO} agreed at today’s meeting to open an office.",
        "The 4th [NORP Chile]-[GPE Fiji] Defence Policy Dialogue was held on [DATE Monday|2024-05-13].",
        # numbers negate nothing
        f"At Base No.2 {ORLOV} received {RAO}.",
    ],
)  # fmt: skip
def test_more_ways_to_tell_a_meeting(text: str) -> None:
    (told,) = tell(text)
    assert told[0] == "meeting"
    assert set(told[2]) in ({"RUS", "FJI"}, {"CHL", "FJI"})


@pytest.mark.parametrize(
    "text",
    [
        f"{TUI} visited this morning [GPE Estonia].",
        f"{TUI} travelled on [DATE Tuesday|2024-05-14] to [GPE Estonia].",
        f"{TUI} went to [GPE Estonia] on [DATE 14 May|2024-05-14].",
        f"{TUI} is in [GPE Estonia] for a three-day visit.",
        f"{TUI} was in [GPE Estonia] on [DATE Monday|2024-05-13] to meet soldiers.",
        f"{TUI} will depart for [GPE Estonia] on [DATE Monday|2024-05-20].",
        "The [TITLE Commander] of the [ORG Estonia Navy|iso:EST], [PERSON Jaan Tamm], is in the country for a four-day visit.",
        "A delegation of the [ORG Estonia Navy|iso:EST] visited [GPE Tonga].",
    ],
)
def test_more_ways_to_tell_a_visit(text: str) -> None:
    (told,) = tell(text, country="TON")
    assert (told[0], told[2]) == ("visit", ["EST", "TON"])


def test_a_form_of_address_starts_no_sentence() -> None:
    own = release(f"{ORLOV} received H.E. Mr. [PERSON Jo Vola], [TITLE Ambassador] of [GPE Fiji].")
    (told,) = find_engagements(replace(own, sentences=[(0, len(own.text))]))
    assert (told.type, told.sides) == ("meeting", ("iso:RUS", "iso:FJI"))


def test_two_officials_whom_a_document_named_are_meant_later() -> None:
    before = f"{ORLOV} opened the range. {RAO} laid a wreath. "
    (told,) = tell(before + "After the parade the two ministers held talks on pilots.")
    assert (told[0], told[2]) == ("meeting", ["FJI", "RUS"])
    third = "[TITLE President] of [GPE Chile] [PERSON Ana Ruiz] sang. "
    assert tell(before + third + "After the parade the two ministers held talks on pilots.") == []
    assert tell(before + "Both liked the meeting itself.") == []


def test_whose_guest_one_is_says_whose_the_minister_is() -> None:
    text = f"During a visit to [GPE Estonia], {TUI} had a meeting with [TITLE President] [PERSON Jaan Tamm]."
    assert {(row[0], *row[2]) for row in tell(text, country="TON")} == {
        ("visit", "EST", "TON"), ("meeting", "EST", "TON"),
    }  # fmt: skip


def test_missions_are_of_the_body_that_sends_them() -> None:
    text = f"{ORLOV} received the [TITLE Commander] of [ORG KFOR|org:kfor], [PERSON Nils Hagen]."
    assert [row[:3] for row in tell(text)] == [("meeting", "held", ["RUS", "org:nato"])]
    assert body_in("UNIFIL Maritime Task Force") == "org:un"


@pytest.mark.parametrize(
    "text",
    [
        "A business delegation from [GPE Fiji] visited [GPE Estonia].",
        f"{ORLOV} ordered the [ORG Harbour Office] to consult with [GPE Fiji].",
        "Since [DATE 2023|2023] we went to [GPE Fiji] for the first time.",
        "The high level of the [NORP Chile]-[GPE Fiji] political dialogue was bringing benefits.",
    ],
)
def test_what_is_no_contact_of_officials(text: str) -> None:
    assert tell(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{ORLOV} did not meet {AYDIN}.",
        f"{ORLOV} is ready to meet {AYDIN}.",
        f"{ORLOV} regularly meets {AYDIN}." if False else f"It would be good if {ORLOV} could meet {AYDIN}.",
        f"{ORLOV} met with [TITLE Defence Minister] [PERSON Pyotr Lind].",
        f"{ORLOV} met with children and veterans in [GPE Turkey].",
        f"{ORLOV} sent greetings to {AYDIN}.",
        f"{ORLOV} visited the shipyard.",
        f"{ORLOV} met {AYDIN} on a number of occasions.",
        f"{ORLOV} met former {AYDIN}.",
        f"{ORLOV} invited {AYDIN} to visit [GPE Russia].",
        f"{ORLOV} was met by {AYDIN} at the airport.",
        f"{ORLOV} welcomed {AYDIN}'s support.",
        "Tourists come to [GPE Turkey] for the sea.",
        "Cooperation with [GPE Turkey], which met the interests of [GPE Russia], goes on.",
        f"{ORLOV} will meet {AYDIN}.",
        "The weather in [GPE Turkey] is fine.",
    ],
)
def test_what_is_none(text: str) -> None:
    assert tell(text) == []


def test_a_tour_is_a_visit_a_country() -> None:
    rows = tell(f"{ORLOV} visited [GPE Estonia] and [GPE Latvia] [DATE this week|2024-05-13/2024-05-19].")
    assert [(kind, sides) for kind, _, sides, _ in rows] == [("visit", ["EST", "RUS"]), ("visit", ["LVA", "RUS"])]


def test_nothing_is_told_inside_a_quotation() -> None:
    text = f"{ORLOV} met with {AYDIN}."
    inside = release(text, silent=[(0, 200)])
    assert find_engagements(release(text))
    assert find_engagements(inside) == []


def test_mentions_of_one_engagement_are_one_row() -> None:
    rows = tell(
        f"{ORLOV} met with {AYDIN}. During the talks [PERSON Ivan Orlov] and [PERSON Kemal Aydin] discussed trade."
    )
    assert len(rows) == 1


def test_other_people_of_a_side_make_another_meeting() -> None:
    minister = "[NORP Turkish] [TITLE Foreign Minister] [PERSON Emre Demir]"
    rows = tell(
        f"{ORLOV} met with {AYDIN}. [NORP Russian] [TITLE Foreign Minister] [PERSON Pyotr Lind] met with {minister}."
    )
    assert len(rows) == 2


def test_talks_with_several_leaders_in_turn_are_several() -> None:
    chile = "[TITLE President] of [GPE Chile] [PERSON Ana Ruiz]"
    day = "On [DATE Friday|2024-05-17]"
    apart = tell(f"{day} {ORLOV} will hold meetings with {AYDIN} and {chile}.")
    together = tell(f"{day} {ORLOV} will hold a meeting with {AYDIN} and {chile}.")
    assert [sides for _, _, sides, _ in apart] == [["CHL", "RUS"], ["RUS", "TUR"]] or [
        sides for _, _, sides, _ in apart
    ] == [["RUS", "TUR"], ["CHL", "RUS"]]
    assert [sides for _, _, sides, _ in together] == [["CHL", "RUS", "TUR"]]


def test_the_title_decides_where_the_text_is_silent() -> None:
    own = release(f"{AYDIN} thanked the hosts.", title="Telephone conversation with President of Turkey Kemal Aydin")
    (one,) = find_engagements(own)
    assert (one.type, one.method, one.cue, one.sides) == ("call", "title", None, ("iso:RUS", "iso:TUR"))
    assert find_engagements(release("The weather was fine.", title=own.title)) == []


def test_talks_on_a_visit_belong_to_it() -> None:
    own = release(
        f"On [DATE 20 May|2024-05-20] {ORLOV} will pay a visit to [GPE Turkey]. [PERSON Ivan Orlov] will meet with {AYDIN}."
    )
    visit, meeting = sorted(find_engagements(own), key=lambda one: one.type, reverse=True)
    assert (visit.type, meeting.type) == ("visit", "meeting")
    assert meeting.part_of == 0
    assert meeting.host == visit.host == "iso:TUR"
    assert meeting.when.first == date(2024, 5, 20)


def test_whom_the_document_told_of_goes_on() -> None:
    told = f"{ORLOV} held talks with {AYDIN}. The two presidents will meet in June at the [EVENT Lisbon Summit]. "
    rows = tell(told.replace("in June", "on [DATE 3 June|2024-06-03]"))
    assert ("meeting", "planned", ["RUS", "TUR"]) in [row[:3] for row in rows]
    assert tell("The two presidents discussed trade.") == []


def test_a_title_names_whom_the_text_only_means() -> None:
    title = "Ivan Orlov met with President of Turkey Kemal Aydin"
    (row,) = find_engagements(release("The two leaders discussed grain.", title=title))
    assert (row.type, row.sides, row.status) == ("meeting", ("iso:RUS", "iso:TUR"), "held")
    other = "Ivan Orlov met with Turkish business leaders"
    assert find_engagements(release("The two leaders discussed grain.", title=other)) == []


def test_offices_of_listed_states_are_one_each() -> None:
    (row,) = tell("The [TITLE Presidents] of [GPE Russia], [GPE Chile] and [GPE Fiji] met in Tomsk.")
    assert row[:3] == ("meeting", "held", ["CHL", "FJI", "RUS"])


def test_turns_of_guests_are_no_voice_of_the_publisher() -> None:
    text = f"{ORLOV}: Welcome. {AYDIN}: I met [TITLE President] of [GPE Chile] [PERSON Ana Ruiz] today."
    own = release(text)
    at = own.text.index("President of Turkey")
    assert len(find_engagements(own)) == 1
    turns = [Turn(0, at, "Ivan Orlov"), Turn(at, len(own.text), "Kemal Aydin")]
    assert find_engagements(replace(own, turns=turns)) == []


def test_who_travels_along_takes_part() -> None:
    own = release(
        f"{ORLOV} visited [GPE Turkey] on [DATE 15 May|2024-05-15]. He was accompanied by "
        "[TITLE Deputy Minister] [PERSON Pyotr Lind]."
    )
    (row,) = find_engagements(own)
    assert row.people() == {"Ivan Orlov", "Pyotr Lind"}


def test_an_arrival_has_no_end_and_a_conclusion_no_start() -> None:
    day = "on [DATE 15 May|2024-05-15]"
    (first,) = find_engagements(release(f"{ORLOV} arrived in [GPE Turkey] {day}."))
    (last,) = find_engagements(release(f"{ORLOV} concluded a visit to [GPE Turkey] {day}."))
    assert (first.when.first, first.when.last) == (date(2024, 5, 15), None)
    assert (last.when.first, last.when.last) == (None, date(2024, 5, 15))


def test_without_a_day_of_publication_nothing_is_assumed() -> None:
    own = release(f"{ORLOV} met with {AYDIN}.", published=None)
    (one,) = find_engagements(own)
    assert (one.when.first, one.when.basis) == (None, "none")


def test_what_was_long_before_is_background() -> None:
    (row,) = find_engagements(release(f"{ORLOV} visited [GPE Turkey] in [DATE March 2022|2022-03]."))
    assert (row.mention, row.when.precision, row.when.last) == ("background", "month", date(2022, 3, 31))


def test_a_side_that_nobody_states_is_the_publishers() -> None:
    assert tell(f"I met {AYDIN} today.")[0][2] == ["RUS", "TUR"]
    (one,) = find_engagements(release(f"I met {AYDIN} today.", country=None))
    assert one.sides == (None, "iso:TUR")


def test_an_ambassador_is_of_the_country_that_sends_him() -> None:
    to_oman = "[TITLE Ambassador Extraordinary and Plenipotentiary] of [GPE Russia] to [GPE Oman] [PERSON Pyotr Belov]"
    assert tell(f"[TITLE President] [PERSON Vladimir Orlov] met with {to_oman} today.") == []
    [row] = tell(f"[TITLE President] [PERSON Vladimir Orlov] met with {to_oman} today.", country="CHL")
    assert row[2] == ["CHL", "RUS"]


@pytest.mark.parametrize(
    "text",
    [
        "[TITLE President] [PERSON Vladimir Orlov] sent greetings to participants in the talks between [GPE Russia] and [GPE Oman].",
        "When visiting [GPE Oman], he said that the sea was calm.",
    ],
)
def test_what_is_told_in_passing_is_none(text: str) -> None:
    assert tell(text) == []


def test_a_state_has_its_bodies() -> None:
    assert body_in("Deputy Chief of Staff of the Presidential Executive Office") is None
    assert body_in("NATO Secretary General") == "org:nato"


def test_whom_one_talks_to_is_not_the_publisher() -> None:
    told = "[TITLE Secretary] [PERSON Holt] will meet [TITLE President] [PERSON Ivan Reyes] of [GPE Chile] on [DATE Friday|2024-05-17]. "
    own = "[ORG People's Liberation Army|org:chn-people-s-liberation-army] talks go on."
    toward = "We talk to the [ORG People's Liberation Army|org:chn-people-s-liberation-army]."
    assert [sides for _, _, sides, _ in tell(told + toward, country=None)] == [["CHL"]]
    assert [sides for _, _, sides, _ in tell(told + own, country=None)] == [["CHL", "CHN"]]


def test_the_rows_do_not_depend_on_what_is_in_between() -> None:
    first = tell(f"{ORLOV} met with {AYDIN} today.")
    assert tell(f"Snow fell. {ORLOV} met with {AYDIN} today. The sea is blue.") == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[ORG Royal Navy|org:x] sailors and the [NORP Tongan] navy took part in a joint exercise with the [NORP Russian] army.",
            ("exercise", "held", ["RUS", "TON"]),
        ),
        (
            "[NORP Afghan] and coalition forces conducted a security operation.",
            ("operation", "held", ["AFG", "org:isaf"]),
        ),
        ("[GPE Russia] and [GPE Fiji] signed an agreement on fishing.", ("agreement", "held", ["FJI", "RUS"])),
        ("[GPE Germany] will provide [GPE Ukraine] with armoured vehicles.", ("transfer", "planned", ["DEU", "UKR"])),
        (
            "The [GPE Russia]-[GPE Fiji] joint exercise [EVENT Calm Strait] is being held.",
            ("exercise", "held", ["FJI", "RUS"]),
        ),
        ("Coalition forces conducted 34 strikes in [GPE Chile].", ("operation", "held", ["org:cjtf-oir"])),
        ("[GPE Germany] is training [NORP Afghan] pilots.", ("training", "held", ["AFG", "DEU"])),
        (f"{ORLOV} will attend the Lisbon Defence Forum in June.", ("conference", "planned", ["RUS"])),
    ],
)
def test_the_other_types(text: str, expected: tuple[str, str, list[str]]) -> None:
    assert [row[:3] for row in tell(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[NORP Afghan] and coalition forces conducted a security operation.", "iso:AFG"),
        ("[NORP Afghan] police and [NORP German] forces conducted a security operation.", None),
    ],
)
def test_a_coalition_is_the_guest_of_the_one_state_beside_it(text: str, host: str | None) -> None:
    assert [one.host for one in find_engagements(release(text))] == [host]


EXERCISE = "The exercise will end soon."


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (
            f"[EVENT Calm Strait-2024] began at Lomba on [DATE Monday|2024-05-13] with 900 troops from [GPE Chile], [GPE Fiji] and "
            f"[GPE Tonga]. {EXERCISE}",
            ["CHL", "FJI", "TON"],
        ),
        (f"Gunners fired alongside their colleagues from [GPE Chile] in [EVENT Calm Strait-2024]. {EXERCISE}", ["CHL", "RUS"]),
        ("The joint exercise [EVENT Calm Strait] with [GPE Chile] was opened at Lomba.", ["CHL", "RUS"]),
        ("Troops of [GPE Fiji] and [GPE Tonga] practised at Lomba.", ["FJI", "TON"]),
        ("The [NORP Tongan] and [NORP Russian] navies began a war game at sea.", ["RUS", "TON"]),
    ],
)  # fmt: skip
def test_exercises_by_their_names_and_forces(text: str, sides: list[str]) -> None:
    assert [(kind, found) for kind, _, found, _ in tell(text)] == [("exercise", sides)]


@pytest.mark.parametrize(
    "text",
    [
        f"[EVENT World Championship 2024] began with troops from [GPE Chile] and [GPE Fiji]. {EXERCISE}",
        "The exercise was watched by observers from [GPE Chile], [GPE Fiji] and [GPE Tonga].",
        "The exercise will be held in [GPE Chile] and [GPE Fiji].",
        "[ORG Army] forces held an exercise in [GPE Hong Kong|iso:HKG] with units from [GPE China|iso:CHN].",
    ],
)
def test_what_is_no_exercise_of_two_sides(text: str) -> None:
    assert tell(text, country="CHN" if "Hong" in text else "RUS") == []


def test_ships_call_at_ports_a_row_for_each_state() -> None:
    ports = "[GPE Suva|iso:FJI], [GPE Lautoka|iso:FJI] and [GPE Tonga]"
    told = tell(f"[EQUIPMENT HMAS Merrow] sailed. From March to May the ship called at {ports}.")
    assert [row[:3] for row in told] == [
        ("port_call", "held", ["AUS", "FJI"]),
        ("port_call", "held", ["AUS", "TON"]),
    ]


def test_a_harbour_lies_where_the_report_is_from() -> None:
    text = "[GPE SUVA|iso:FJI] (Navy News) - [EQUIPMENT HMAS Merrow] moored at [FAC Kings Wharf] today."
    assert [row[2] for row in tell(text)] == [["AUS", "FJI"]]
    assert tell(text.replace("[GPE SUVA|iso:FJI] (Navy News) - ", "")) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{ORLOV} and {AYDIN} met with journalists.",
        f"{ORLOV} and {AYDIN} will also meet with [NORP Russian] and [NORP Turkish] business leaders.",
        f"{ORLOV} welcomed the statement by {AYDIN}.",
        f"{ORLOV} spoke of the resumption of talks with {AYDIN}.",
        "Consultations should continue with [NORP Turkish] officials.",
        "Negotiations with [GPE Turkey] are advancing as planned.",
        "Most foreigners visiting [GPE Turkey] like it.",
        "Before [GPE Russia] came to [GPE Turkey] it rained.",
    ],
)
def test_what_is_no_talk_and_no_visit(text: str) -> None:
    assert tell(text) == []


def test_whom_somebody_informs_does_not_meet() -> None:
    told = tell(f"{ORLOV} informed [TITLE President] of [GPE Chile] [PERSON Ana Ruiz] of his talks with {AYDIN}.")
    assert [row[2] for row in told] == [["RUS", "TUR"]]


def test_what_is_discussed_on_the_telephone_is_a_call() -> None:
    [row] = tell(f"During a telephone conversation {ORLOV} and {AYDIN} held discussions on grain.")
    assert row[0] == "call"


def test_a_state_may_say_where_a_city_lies() -> None:
    told = tell(f"In [GPE Lomba], [GPE Chile], {ORLOV} had a meeting with {AYDIN}.")
    assert [row[2] for row in told] == [["RUS", "TUR"]]


def test_a_city_without_a_state_is_a_visit_of_those_whose_country_is_known() -> None:
    trip = (
        "[TITLE President] [PERSON Ana Ruiz] will travel to [GPE Toronto|geonames:6167865] on [DATE Friday|2024-05-17]."
    )
    assert tell(trip, country=None) == []
    assert [row[2] for row in tell(trip, country="CHL")] == [["CAN", "CHL"]]


def test_the_next_partner_in_a_sentence_is_of_the_side_that_was_met_before() -> None:
    told = tell(
        "[TITLE Minister] [PERSON Paul Lind] met [NORP Turkish] [TITLE President] [PERSON Kemal Aydin] and held talks with "
        "[TITLE Defence Minister] [PERSON Ece Kaya].",
        country=None,
    )
    assert [row[2] for row in told] == [["TUR"], ["TUR"]]


@pytest.mark.parametrize("who", ["The defence ministers of", "Officials from", "Delegations of"])
def test_officials_whom_nothing_marks_are_of_the_states_listed(who: str) -> None:
    (row,) = tell(f"{who} [GPE Chile], [GPE Fiji] and [GPE Tonga] met at Lomba on [DATE Friday|2024-05-10].")
    assert row[:3] == ("meeting", "held", ["CHL", "FJI", "TON"])


@pytest.mark.parametrize(
    "text",
    [
        f"{ORLOV} received congratulations from {AYDIN}.",
        f"{ORLOV} received former {AYDIN}.",
        f"Talks with [ORG NATO|org:nato] allies were held by {ORLOV} at Lomba.",
        f"{ORLOV} spoke at the meeting of the [ORG UN Security Council|org:un-security-council].",
        f"{ORLOV} spoke to meet realities laid down by {AYDIN}.",
        f"{ORLOV} expressed the hope that there would be talks with {AYDIN}.",
        "We have consultations with [NORP Turkish] officials.",
        f"{ORLOV} met with [NORP Turkish] journalist [PERSON Ece Kaya].",
        f"{ORLOV} greeted {AYDIN} at Lomba airfield.",
        "Engineers and staff of the ministry arrived in [GPE Turkey].",
        f"{ORLOV} judged the results of {AYDIN}'s latest Middle East tour.",
    ],
)
def test_what_else_is_no_talk_and_no_visit(text: str) -> None:
    assert tell(text) == []


def test_who_only_asks_is_no_voice_of_the_publisher() -> None:
    asked = f"[PERSON Ann Hill]: What did you say after you met {AYDIN} on [DATE Friday|2024-05-10]? "
    own = release(f"{asked}{ORLOV}: We spoke of grain.")
    at = own.text.index("Defence Minister")
    turns = [Turn(0, at, "Ann Hill"), Turn(at, len(own.text), "Ivan Orlov")]
    assert len(find_engagements(own)) == 1
    assert find_engagements(replace(own, turns=turns)) == []


def test_somebodys_visit_is_not_whom_a_call_goes_on_about() -> None:
    told = tell(
        f"{ORLOV} had a telephone conversation with {AYDIN}. The [NORP Turkish] [TITLE President] spoke of his visit to "
        "[GPE Germany]. The two leaders discussed grain."
    )
    assert [row[2] for row in told if row[0] == "call"] == [["RUS", "TUR"]]


def test_an_office_of_a_state_goes_before_one_of_a_body() -> None:
    both = "[TITLE President] of [GPE Chile] and [TITLE Chairman] of the [ORG African Union|org:african-union] [PERSON Ana Ruiz]"
    assert [row[2] for row in tell(f"{ORLOV} met with {both} today.")] == [["CHL", "RUS"]]


def test_an_anniversary_of_a_signing_is_no_signing() -> None:
    text = "[GPE Russia] and [GPE Fiji] marked the tenth anniversary of the signing of the [AGREEMENT Lomba Treaty]."
    assert tell(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The [ORG Ministry of Defence] was visited by a delegation of the [ORG Chilean Navy|org:chl-navy] today.", ("visit", "held", ["CHL", "RUS"])),
        ("A delegation of the [ORG Chilean Navy|org:chl-navy] headed by [TITLE Rear Admiral] [PERSON Ana Ruiz] visited [GPE Tomsk|iso:RUS].", ("visit", "held", ["CHL", "RUS"])),
        (f"{AYDIN} arrived for an official visit.", ("visit", "ongoing", ["RUS", "TUR"])),
        (f"{ORLOV} has returned from [GPE Estonia].", ("visit", "held", ["EST", "RUS"])),
        ("The 9th session of the [NORP Russian]-[NORP Turkish] commission took place in [GPE Tomsk|iso:RUS].", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} received a courtesy call from {AYDIN}.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{ORLOV} received the defence attaché of [GPE Estonia].", ("meeting", "held", ["EST", "RUS"])),
        (f"{AYDIN} was received in audience by {ORLOV}.", ("meeting", "held", ["RUS", "TUR"])),
        (f"{AYDIN} will call on {ORLOV} on [DATE Friday|2024-05-17].", ("meeting", "planned", ["RUS", "TUR"])),
        (f"In [GPE Lima|geonames:3936456], {ORLOV} met {AYDIN}.", ("meeting", "held", ["RUS", "TUR"])),
    ],
)  # fmt: skip
def test_more_ways_of_ministries_and_staffs(text: str, expected: tuple[str, str, list[str]]) -> None:
    assert expected in [row[:3] for row in tell(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The museum was visited by tourists from [GPE Turkey].",
        "Two hundred soldiers returned from [GPE Estonia].",
        f"{ORLOV} reviewed the parade, [GPE Turkey] was absent.",
        f"{ORLOV} called on {AYDIN} to release the crew.",
    ],
)
def test_what_is_none_of_theirs(text: str) -> None:
    assert not [row for row in tell(text) if row[0] in ("meeting", "visit")]


def test_a_state_has_ministers_where_one_of_the_union_has_none() -> None:
    told = tell(f"{ORLOV} received the [TITLE Minister of Defence] of [GPE Georgia], [PERSON Gia Moe].")
    assert [row[:3] for row in told] == [("meeting", "held", ["GEO", "RUS"])]
