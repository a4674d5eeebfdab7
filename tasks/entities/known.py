"""Names that a lexicon knows or a pattern shows: known bodies and weapons, operations, bases, laws, towns before a state."""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention, alternation
from tasks.entities.military import WORD
from tasks.lexicons import read_rows, read_terms

LABELS = {
    "org": "ORG",
    "command": "UNIT",
    "equipment": "EQUIPMENT",
    "event": "EVENT",
    "agreement": "AGREEMENT",
    "region": "LOC",
    "facility": "FAC",
    "us_state": "GPE",
    "group": "NORP",
    "notable": "PERSON",
}
_CAPITALISED = re.compile(r"(?<![\w@./-])[A-Za-z]*[A-Z]")
_FIRST = re.compile(r"[^\s,;:()\[\]\"“”/—–-]+")
_OPEN_ENDED = ("GPE", "NORP", "LOC", "ORG", "PERSON")  # may be the first word of a longer name


@cache
def _by_first_word() -> dict[str, tuple[tuple[str, str], ...]]:
    forms: dict[str, dict[str, str]] = {}
    for kind, form in read_rows("defence_names.tsv", 2):
        if kind in LABELS:
            for shape in {form, form.upper() if len(form) > 6 else form}:
                first = _FIRST.match(shape)
                if first:
                    forms.setdefault(first.group(), {}).setdefault(shape, LABELS[kind])
    return {
        first: tuple(sorted(found.items(), key=lambda item: -len(item[0]))) for first, found in forms.items()
    }


def find_known(text: str) -> list[Mention]:
    """Find the names of config/lexicons/defence_names.tsv, the longest first, as written there or in capitals.

    Example:
        >>> text = "CENTCOM and the U.S. Navy's HIMARS crews joined Operation Odyssey Dawn."
        >>> [(m.label, text[m.start:m.end]) for m in find_known(text)]
        [('UNIT', 'CENTCOM'), ('ORG', 'U.S. Navy'), ('EQUIPMENT', 'HIMARS'), ('EVENT', 'Operation Odyssey Dawn')]
    """
    index = _by_first_word()
    found: list[Mention] = []
    at = 0
    for hit in _CAPITALISED.finditer(text):
        start = hit.start()
        if start < at:
            continue
        word = _FIRST.match(text, start)
        if word is None:
            continue
        raw = word.group()
        for form, label in index.get(raw) or index.get(re.split(r"['’]|[.!?]+$", raw)[0], ()):
            end = start + len(form)
            if text.startswith(form, start) and not text[end : end + 1].isalnum():
                found.append(Mention(start, end, label, "name"))
                at = end
                break
    return found


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    heads = read_terms("name_heads.tsv")
    building, body = alternation(heads["strong_building"]), alternation(heads["body"])
    words = rf"{WORD}(?:,? (?:and |of |for |on |the |to )*{WORD}){{0,7}}"
    return (
        ("EVENT", re.compile(rf"(?<![\w-])(?:Operation|Exercise|OPERATION|EXERCISE)s? {WORD}(?: {WORD}| \d\d(?:-\d)?(?!\w)){{0,3}}")),
        ("AGREEMENT", re.compile(r"(?<![\w-])(?:(?:UN|U\.N\.|United Nations) )?(?:Security Council |UNSC )?[Rr]esolutions? \d{3,4}(?!\w)|UNSCR \d{3,4}")),
        ("AGREEMENT", re.compile(rf"(?<![\w-])(?:{words} )(?:Act|Treaty|Accords?|Convention|Protocol|Authorization Act)(?!\w)(?: of (?:19|20)\d\d)?")),
        ("FAC", re.compile(rf"(?<![\w-])(?:Fort|FORT|Camp|CAMP|RAF|FOB|COB|Forward Operating Base|Contingency Operating Base|Combat Outpost|Naval Base|Naval Station|Naval Air Station|Naval Submarine Base|Naval Support Activity|NAVAL STATION|NAVAL BASE|Joint Base|Marine Corps Base|Marine Corps Air Station|MCAS|NAS|HMNB) {WORD}(?:[ -](?:{WORD})){{0,2}}")),
        ("FAC", re.compile(rf"(?<![\w-])(?:{WORD} ){{1,4}}{building}(?!\w)(?: (?:East|West|North|South)(?!\w))?")),
        ("ORG", re.compile(rf"(?<![\w-])(?:U\.S\. |US |U\.K\. )?(?:{WORD} |(?:of|for|and) (?={WORD}))*{WORD} {body}(?![\w])(?! of [A-Z])")),
        ("TITLE", re.compile(rf"(?<![\w-])(?<!Prime )(?:(?:Deputy|Parliamentary|Junior|State|Chief|First|Assistant) )*Minister (?:for|of) (?:the )?{WORD}(?: {WORD}){{0,2}}?(?:(?:,? and |, | & )(?:the )?{WORD}(?: Affairs| Trade| Tourism| Development| Security)?)*(?=[ ,.’'\n]|$)")),
        ("LOC", re.compile(rf"(?<![\w-])(?:{WORD} ){{1,2}}(?:Sea|Ocean|River|Mountains|Valley|Peninsula|Strait|Islands|Desert|Gulf)(?!\w)(?! [A-Z])|(?:Gulf|Bay|Strait|Sea) of {WORD}")),
    )  # fmt: skip


@cache
def _month() -> re.Pattern[str]:
    calendar = read_terms("calendar.tsv")
    return re.compile(rf",? {alternation((*calendar['month'], *calendar['weekday']))}(?!\w)")


@cache
def _not_name() -> re.Pattern[str]:
    return re.compile(r"(?:The|A|An|In|On|At|Near|From|By|To|And|For|With|During|Under|After|Both|This|That|When|While|As|It|If|Since|Of|Our|Their|His|Its) ")


def find_patterns(text: str) -> list[Mention]:
    """Find names by their first or last word.

    Example:
        >>> text = "Operation Iron Gate left Leeds Air Base under the Ships and Ports Act of the Ship Trials Agency."
        >>> [(m.label, text[m.start:m.end]) for m in find_patterns(text)]
        [('EVENT', 'Operation Iron Gate'), ('FAC', 'Leeds Air Base'), ('AGREEMENT', 'Ships and Ports Act'), ('ORG', 'Ship Trials Agency')]
    """
    found: list[Mention] = []
    for label, rule in _patterns():
        for hit in rule.finditer(text):
            start, end = hit.span()
            while (small := _not_name().match(text, start, end)) is not None:
                start = small.end()
            if (month := _month().search(text, start + 1, end)) is not None:
                end = month.start()
            if " " in text[start:end]:
                found.append(Mention(start, end, label, f"pattern:{label.lower()}"))
    return sorted(found)


@cache
def _towns() -> re.Pattern[str]:
    places = read_terms("defence_names.tsv")
    state = alternation((*places["us_state"], *places["us_state_short"]))
    return re.compile(rf"(?<![\w-])(?P<town>(?:(?:{WORD}|St\.|Ft\.) ){{0,2}}{WORD}), (?P<state>{state})(?!\w)")


def find_towns(text: str) -> list[Mention]:
    """Find towns before the name of a U.S. state, and the state.

    Example:
        >>> text = "He is from Bay City, Mich., now."
        >>> [text[m.start:m.end] for m in find_towns(text)]
        ['Bay City', 'Mich.']
    """
    return [
        Mention(*hit.span(part), "GPE", "pattern:town") for hit in _towns().finditer(text) for part in ("town", "state")
    ]
