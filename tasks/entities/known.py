"""Names that a lexicon knows or a pattern shows: bodies and weapons, operations, bases, laws, towns, datelines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from tasks.entities.lexicon import (
    Forms,
    Mention,
    country_forms,
    find_forms,
    first_words,
    index_forms,
    last_words,
    words_in,
)
from tasks.entities.merge import no_names
from tasks.entities.military import WORD
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_rows, read_terms

_LABELS = {kind: label.name for label in ENTITY_LABELS for kind in label.known_as}
_INSIDE = re.compile(r"\b(?:[Aa]t|[Ii]n|[Tt]o|[Oo]utside|[Ii]nside) the $")
_CAPITALISED = re.compile(r"(?<![\w@./-])[a-z]*+[A-Z]")
_EDITION = re.compile(
    r"(?: Exercise)?[ -](?:20\d\d|[’'‘]?\d\d|\d(?! [a-z])|[VX]|[IVXL]{2,}|No\. ?\d+)"
    r"(?:[-–/]\d{1,2})?(?![\w%°])(?![:.,]\d)(?! [a-z]+s\b)"
)
_YEAR = re.compile(r"\w[ -]2\d")
_WITH_YEAR = re.compile(rf"({WORD})([ -])2\d")
_PARTY = re.compile(r"\([DRI]-([A-Z]{2}|[A-Z][\w. ]+)\)")  # Sen. Ann Hill (D-NY)
_JOINT = re.compile(r",? (and|to|for|on) the (?=[A-Z])")
_DATELINE = re.compile(r"([A-Z][A-Z.'’ -]*[A-Z])(?=,| ?\(| ?(?:–|—|--|-) )")


@cache
def _labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for kind, form in read_rows("defence_names.tsv", 2):
        if kind in _LABELS:
            for shape in (form, form.upper() if len(form) > 6 else form):
                labels.setdefault(shape, _LABELS[kind])
    return labels


@cache
def _index() -> Forms:
    return index_forms(_labels())


def find_known(text: str) -> list[Mention]:
    """Find the names of config/lexicons/defence_names.tsv, the longest first, as written there or in capitals.

    The White House, the Pentagon and their like are bodies, and buildings after "at the" or "in the".

    Example:
        >>> text = "CENTCOM and the U.S. Navy's HIMARS crews joined Operation Odyssey Dawn."
        >>> [(m.label, text[m.start:m.end]) for m in find_known(text)]
        [('UNIT', 'CENTCOM'), ('ORG', 'U.S. Navy'), ('EQUIPMENT', 'HIMARS'), ('EVENT', 'Operation Odyssey Dawn')]
    """
    labels, residences = _labels(), read_terms("defence_names.tsv")["residence"]
    found: list[Mention] = []
    for start, end, form in find_forms(text, _index(), _CAPITALISED):
        is_inside = form in residences and _INSIDE.search(text, max(0, start - 12), start)
        if labels[form] == "EVENT" and (edition := _EDITION.match(text, end)) is not None:
            end = edition.end()
        found.append(Mention(start, end, "FAC" if is_inside else labels[form], "name"))
    return found


class _Pattern(NamedTuple):
    """A form of names: their label, the form, and words of which a line has one where it stands."""

    label: str
    form: re.Pattern[str]
    words: frozenset[str]


@cache
def _patterns() -> tuple[_Pattern, ...]:
    terms = read_terms("name_heads.tsv")
    heads = {kind: alternation(forms) for kind, forms in terms.items()}
    no_post = alternation((*country_forms(), "Mr", "Mrs", "Ms", "Dr"))
    post = rf"(?!{no_post}(?!\w)){WORD}(?: {heads['portfolio']}(?!\w))*"
    posts = rf"{post}(?:(?:, {post})*,? (?:and|&) (?:the )?{post}(?! [A-Z]))?"
    chain = rf"{WORD}(?:(?:,? and(?: the)?|,| (?:of|for|on|to)(?: the)?)? {WORD}){{0,7}}"
    body = rf"(?:U\.S\. |US |U\.K\. )?(?:{WORD} |(?:of|for|and) (?={WORD}))*{WORD} {heads['body']}"
    firm = rf"(?:{WORD} (?:& )?){{1,5}}{heads['firm']}"
    officer = rf"(?:(?:{WORD} ){{0,2}}(?:{heads['officer']})['’]s? Office)"
    last = r"(?!\w)(?! [A-Z])"
    council = (
        r"(?:(?:(?:UN|U\.N\.|United Nations) )?(?:General Assembly |Security Council )|UNGA |UNSC |UN |U\.N\. |"
        r"United Nations )?"
    )
    office = alternation([form.capitalize() for form in terms["title"]])
    resolutions = {"Resolution", "resolution", "Resolutions", "resolutions"}
    patterns: tuple[tuple[str, Iterable[str], str], ...] = (
        (
            "EVENT",
            terms["operation"],
            rf"{heads['operation']} (?!{office}(?!\w)){WORD}(?: {WORD}| \d\d(?:-\d)?(?!\w)){{0,3}}",
        ),
        ("EVENT", terms["storm"], rf"(?:Super )?{heads['storm']} (?!{office}(?!\w))[A-Z][\w-]*[a-z]{last}"),
        ("AGREEMENT", resolutions, rf"{council}[Rr]esolutions? \d{{3,4}}(?: \((?:19|20)\d\d\))?(?![\w])"),
        ("AGREEMENT", {"UNSCR"}, r"UNSCR \d{3,4}(?!\w)"),
        ("AGREEMENT", terms["order"], rf"{WORD} {heads['order']} \d+(?:[./-]\d+)+(?!\w)"),
        ("AGREEMENT", terms["accord"], rf"{chain} {heads['accord']}{last}(?:(?<=Act) of (?:19|20)\d\d)?"),
        ("EQUIPMENT", terms["weapon"], rf"(?:{WORD} ){{1,5}}{heads['weapon']}{last}"),
        ("EVENT", terms["gathering"], rf"(?:\d+(?:st|nd|rd|th) |2\+2 )?{chain} {heads['gathering']}{last}"),
        ("FAC", terms["base"], rf"{heads['base']} {WORD}(?:[ -]{WORD}){{0,2}}"),
        (
            "FAC",
            terms["strong_building"],
            rf"(?:{WORD} ){{1,3}}{heads['strong_building']}(?!\w)(?: (?:East|West|North|South)(?!\w))?",
        ),
        ("ORG", terms["mission"], rf"{heads['mission']} {WORD}"),
        ("ORG", terms["body"], rf"{body}(?!\w)(?! of [A-Z])"),
        ("ORG", terms["firm"], rf"{firm}(?!\w)"),
        ("ORG", {"Office"}, rf"{officer}(?!\w)"),
        ("TITLE", {"Minister"}, rf"(?<!Prime )(?:{heads['deputy']} )*Minister (?:for|of) (?:the )?{posts}(?!\w)"),
        ("LOC", terms["water"], rf"(?:(?:{WORD}|St\.) ){{1,2}}{heads['water']}{last}"),
        ("LOC", terms["water_of"], rf"{heads['water_of']} of {WORD}"),
        ("LOC", {"Lake", "Lakes"}, rf"Lakes? {WORD}{last}"),
    )
    return tuple(
        _Pattern(label, re.compile(rf"(?<![\w-])(?:{form})"), last_words(words)) for label, words, form in patterns
    )


@cache
def _no_events() -> tuple[str, ...]:
    """Return words that no event's name has."""
    terms, calendar = read_terms("name_heads.tsv"), read_terms("calendar.tsv", 3)
    dates = [form for kind in ("month", "short_month", "weekday", "season") for form in calendar[kind]]
    no_event = (*terms["aim"], *terms["agreement"], *terms["order"], *terms["undated"], *terms["small_word"])
    return (*no_event, *dates, *(form.capitalize() for form in calendar["season"]))


@cache
def _dated_events() -> re.Pattern[str]:
    """Return the pattern of what bears a year: `Steppe Comrade-2024`, `Spring Gate 2025`, `opened Iron Dawn 24`."""
    terms = read_terms("name_heads.tsv")
    aim = alternation(terms["aim"])
    word = rf"{WORD}(?:[ -](?:(?:of|in|for) )?{WORD}){{0,4}}"
    no_word = alternation(_no_events())
    name = rf"(?!{no_word}(?!\w)){WORD}(?: (?!{no_word}(?!\w)){WORD}){{0,3}}"
    names = rf"(?!{no_word}(?!\w)){WORD}(?: (?!{no_word}(?!\w)){WORD}){{1,3}}"
    year = r"20(?:0[3-9]|[1-3]\d)(?![\w–/-])(?![.,:]\d)(?! [A-Z])"
    nation = rf"{alternation(country_forms())} \d"
    took = "|".join(rf"(?<={verb} )" for verb in sorted(terms["takes_event"]))
    return re.compile(
        rf"(?<![\w-])(?:(?!{aim}){word}-20[0-3]\d[A-Z]?(?!\w)"
        rf"|(?!{nation})(?![A-Z]+ [A-Z]{{2}}){name} {year}"
        rf"|(?:{took}){names} 2\d(?:-\d)?(?![\w%°])(?![.,:]\d)(?! [a-z]+s\b))"
    )


@cache
def _edges() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a pattern starts with too early, and the date that it runs into."""
    calendar = read_terms("calendar.tsv", 3)
    small = alternation(read_terms("name_heads.tsv")["small_word"])
    date = alternation((*calendar["month"], *calendar["weekday"]))
    return re.compile(rf"(?:{small} )+|.*['’]s "), re.compile(rf",? {date}(?!\w)")


@cache
def _officer() -> re.Pattern[str]:
    """Return the pattern of a rank or an office before a name."""
    ranks = (*read_terms("military.tsv")["rank"], *read_terms("name_heads.tsv")["speaker_office"])
    return re.compile(rf"(?<!\w){alternation(ranks)} ")


def _is_of_officer(text: str, start: int) -> bool:
    """Return whether what seems a place is somebody's name with the rank or office: `Judge Ansel Bay`."""
    before = text.rfind(" ", 0, max(0, start - 1)) + 1
    return any(_officer().match(text, at) is not None for at in (start, before))


@cache
def _accord() -> re.Pattern[str]:
    return re.compile(rf"\b{alternation(read_terms('name_heads.tsv')['accord'])}(?!\w)")


def _part_accords(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a chain of names at "and the" between two treaties, and behind what names none: `Work on the Open Treaty`."""
    spans: list[tuple[int, int]] = []
    for joint in _JOINT.finditer(text, start, end):
        is_accord = _accord().search(text, start, joint.start()) is not None
        if is_accord and joint.group(1) == "and":
            spans.append((start, joint.start()))
        if not is_accord or joint.group(1) == "and":
            start = joint.end()
    return [*spans, (start, end)]


def find_patterns(text: str) -> list[Mention]:
    """Find names by their first or last word.

    Example:
        >>> text = "Operation Iron Gate left Leeds Air Base under the Ships and Ports Act of the Ship Trials Agency."
        >>> [(m.label, text[m.start:m.end]) for m in find_patterns(text)][:3]
        [('EVENT', 'Operation Iron Gate'), ('FAC', 'Leeds Air Base'), ('AGREEMENT', 'Ships and Ports Act')]
    """
    small, date = _edges()
    found: list[Mention] = []
    words = words_in(text)
    rules = [(rule.label, rule.form) for rule in _patterns() if not rule.words.isdisjoint(words)]
    if _YEAR.search(text) and any(hit[2] == "-" or hit[1] not in _no_events() for hit in _WITH_YEAR.finditer(text)):
        rules.append(("EVENT", _dated_events()))
    for label, rule in rules:
        for hit in rule.finditer(text):
            start, end = hit.span()
            while (before := small.match(text, start, end)) is not None:
                start = before.end()
            if (after := date.search(text, start + 1, end)) is not None:
                end = after.start()
            for first, last in _part_accords(text, start, end) if label == "AGREEMENT" else [(start, end)]:
                value = text[first:last]
                is_known = value in no_names() or value in country_forms()  # the Russian Federation
                if label == "LOC" and _is_of_officer(text, first):
                    continue
                if " " in value and not value[0].islower() and not is_known:
                    found.append(Mention(first, last, label, f"pattern:{label.lower()}"))
    found += [Mention(*hit.span(1), "GPE", "pattern:gpe") for hit in _PARTY.finditer(text)]
    return sorted(found)


@cache
def _exercises() -> re.Pattern[str]:
    heads = read_terms("name_heads.tsv")
    calendar = read_terms("calendar.tsv", 3)
    stop = alternation((*calendar["month"], *calendar["weekday"], *heads["small_word"], *heads["operation"]))
    word = rf"(?!{stop}(?!\w)){WORD}"
    edition = r"(?:[ -](?:20\d\d|[’'‘]?\d\d(?![\d:,.]\d)(?:-\d)?|[IVX]+)(?!\w))?"
    name = rf"{word}(?:[ -](?:(?:of|in|for|the) )?{word}){{0,4}}{edition}"
    return re.compile(
        rf"(?<!\w)(?:(?:{alternation(heads['drill'])})(?:,? (?:code)?-?(?:named|called|dubbed))?"
        rf" [\"“«‘'](?P<quoted>{name})[\"”»’']|exercises? (?P<bare>{name}))"
    )


@cache
def _meetings() -> re.Pattern[str]:
    talks = alternation(read_terms("name_heads.tsv")["talks"])
    party = r"[A-Z][\w.]*(?: [A-Z][\w.]*)?"
    word = rf"(?:{WORD}|2\+2|and|of|on|for)"
    return re.compile(
        rf"(?<![\w–-])(?:\d+(?:st|nd|rd|th) )?(?P<parties>{party}(?:[–-]{party}){{1,2}})"
        rf"(?: {word}){{0,7}} {talks}(?!\w)(?! [A-Z])"
    )


@cache
def _talk_words() -> frozenset[str]:
    """Return words of which a line has one where parties meet."""
    return last_words(read_terms("name_heads.tsv")["talks"])


def _parties(joined: str) -> Iterable[str]:
    """Return what is joined, the last without the first word of what follows, if that is no part of its name."""
    *others, last = re.split("[–-]", joined)
    return (*others, last if last in country_forms() else last.partition(" ")[0])


def find_meetings(text: str) -> list[Mention]:
    """Find talks and wars by the parties joined at their start.

    Example:
        >>> text = "the 5th India-Japan Defence Policy Dialogue"
        >>> [text[m.start:m.end] for m in find_meetings(text)]
        ['5th India-Japan Defence Policy Dialogue']
    """
    if _talk_words().isdisjoint(words_in(text)):
        return []
    nations, bodies = country_forms(), _labels()
    return [
        Mention(*hit.span(), "EVENT", "pattern:event")
        for hit in _meetings().finditer(text)
        if all(party in nations or party in bodies for party in _parties(hit.group("parties")))
    ]


@cache
def _owned() -> re.Pattern[str]:
    deal = alternation(read_terms("name_heads.tsv")["deal"])
    word = r"[A-Z]\w*[a-z](?:[- ][A-Z]\w*[a-z]){0,2}"
    return re.compile(rf"\b{deal} (?P<one>{word})(?:(?:,| and|, and) (?P<more>{word}))?(?!\w)")


@cache
def _deal_words() -> frozenset[str]:
    """Return words of which a line has one where something is done with a company."""
    return first_words(read_terms("name_heads.tsv")["deal"])


def find_firms(text: str) -> list[Mention]:
    """Find companies by what is done with them.

    Example:
        >>> text = "Ann Hill, founder of Norlink and Tidemark, is to buy Larkline."
        >>> [text[m.start:m.end] for m in find_firms(text)]
        ['Norlink', 'Tidemark', 'Larkline']
    """
    if _deal_words().isdisjoint(words_in(text)):
        return []
    nations = country_forms()
    return [
        Mention(*hit.span(part), "ORG", "pattern:firm")
        for hit in _owned().finditer(text)
        for part in ("one", "more")
        if hit.group(part) and hit.group(part) not in nations and hit.group(part) not in _labels()
    ]


@cache
def _drill_words() -> frozenset[str]:
    """Return words of which a line has one where the name of an exercise stands behind it."""
    return first_words((*read_terms("name_heads.tsv")["drill"], "exercise", "exercises"))


def find_exercises(text: str) -> list[Mention]:
    """Find the names of exercises behind that word.

    Example:
        >>> text = 'The joint exercise "Steppe Comrade-2024" follows exercise Argonaut 22, not drills in May.'
        >>> [text[m.start:m.end] for m in find_exercises(text)]
        ['Steppe Comrade-2024', 'Argonaut 22']
    """
    if _drill_words().isdisjoint(words_in(text)):
        return []
    nations = country_forms()
    return [
        Mention(*hit.span(part), "EVENT", "pattern:exercise")
        for hit in _exercises().finditer(text)
        if (part := "quoted" if hit.group("quoted") else "bare") and hit.group(part).split()[0] not in nations
    ]


@cache
def _towns() -> re.Pattern[str]:
    places = read_terms("defence_names.tsv")
    state = alternation((*places["us_state"], *places["us_state_short"]))
    return re.compile(rf"(?<![\w-])(?P<town>(?:(?:{WORD}|St\.|Ft\.) ){{0,2}}{WORD}), (?P<state>{state})(?!\w)")


@cache
def _state_words() -> frozenset[str]:
    """Return words of which a line has one where a U.S. state stands."""
    places = read_terms("defence_names.tsv")
    return last_words((*places["us_state"], *places["us_state_short"]))


def find_towns(text: str) -> list[Mention]:
    """Find towns before the name of a U.S. state, and the state.

    Example:
        >>> text = "He is from Bay City, Mich., now."
        >>> [text[m.start:m.end] for m in find_towns(text)]
        ['Bay City', 'Mich.']
    """
    if _state_words().isdisjoint(words_in(text)):
        return []
    towns = [hit.span(part) for hit in _towns().finditer(text) for part in ("town", "state")]
    return [Mention(*span, "GPE", "pattern:town") for span in towns]


@cache
def _kinds_of_place() -> tuple[tuple[str | None, re.Pattern[str]], ...]:
    heads = read_terms("name_heads.tsv")
    water, base, none = (alternation(heads[f"dateline_{kind}"]) for kind in ("water", "base", "none"))
    return (
        ("LOC", re.compile(rf"\b{water}\b|BAY$")),
        ("FAC", re.compile(rf"\b{base}\b")),
        (None, re.compile(rf"\b{none}\b")),
        ("GPE", re.compile("")),
    )


@cache
def _of_state() -> re.Pattern[str]:
    places = read_terms("defence_names.tsv")
    return re.compile(rf", {alternation((*places['us_state'], *places['us_state_short']))}(?!\w)")


@cache
def _places_in_capitals() -> dict[str, str]:
    """Return labels of known places by their name in capitals without spaces, which restoration may have misplaced."""
    names = read_terms("defence_names.tsv")
    return {form.upper().replace(" ", ""): _LABELS[kind] for kind in ("region", "facility") for form in names[kind]}


_AGENCY = re.compile(r"[^\W\d_a-z][^\n(]{3,50} \((?P<name>[A-Z]{2,8}(?:/[A-Z]{2,8})?)\) ?(?:–|—|-{1,3}|:)(?= )")


def find_agency(text: str) -> list[Mention]:
    """Find the news agency in brackets between the dateline and the text.

    Example:
        >>> text = "Oslo, 3 May (ABCD) – He sailed (XYZ)."
        >>> [text[m.start:m.end] for m in find_agency(text)]
        ['ABCD']
    """
    hit = _AGENCY.match(text)
    return [Mention(*hit.span("name"), "ORG", "pattern:dateline")] if hit else []


def find_dateline(text: str) -> list[Mention]:
    """Find the place in capitals at the start of a line: a town if no word of it says otherwise.

    Example:
        >>> lines = ("BAY CITY, Mich. - He", "RED SEA (May 3) - He", "FORT ELY, Ohio - He")
        >>> [find_dateline(line)[0].label for line in lines]
        ['GPE', 'LOC', 'FAC']
    """
    hit = _DATELINE.match(text)
    if hit is None or len(hit.group(1)) < 4 or not re.search(r"(?:–|—|--|-) ", text[hit.end() : hit.end() + 40]):
        return []
    known = _places_in_capitals().get(hit.group(1).replace(" ", ""))
    label = known or next(label for label, rule in _kinds_of_place() if rule.search(hit.group(1)))
    if label == "LOC" and not known and _of_state().match(text, hit.end()):
        label = "GPE"  # KINGS BAY, Ga.
    return [Mention(*hit.span(1), label, "pattern:dateline")] if label else []
