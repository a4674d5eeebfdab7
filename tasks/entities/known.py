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
    "residence": "ORG",
}
_INSIDE = re.compile(r"\b(?:[Aa]t|[Ii]n|[Tt]o|[Oo]utside|[Ii]nside) the $")
_CAPITALISED = re.compile(r"(?<![\w@./-])[A-Za-z]*[A-Z]")
_FIRST = re.compile(r"[^\s,;:()\[\]\"“”/—–-]+")


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

    The White House, the Pentagon and their like are bodies, and buildings after "at the" or "in the".

    Example:
        >>> text = "CENTCOM and the U.S. Navy's HIMARS crews joined Operation Odyssey Dawn."
        >>> [(m.label, text[m.start:m.end]) for m in find_known(text)]
        [('UNIT', 'CENTCOM'), ('ORG', 'U.S. Navy'), ('EQUIPMENT', 'HIMARS'), ('EVENT', 'Operation Odyssey Dawn')]
    """
    index = _by_first_word()
    residences = read_terms("defence_names.tsv")["residence"]
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
                if form in residences and _INSIDE.search(text, max(0, start - 12), start):
                    label = "FAC"
                found.append(Mention(start, end, label, "name"))
                at = end
                break
    return found


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    heads = read_terms("name_heads.tsv")
    building, body, accord, weapon, gathering = (
        alternation(heads[kind]) for kind in ("strong_building", "body", "accord", "weapon", "gathering")
    )
    post = rf"{WORD}(?: {alternation(heads['portfolio'])}(?!\w))*"
    words = rf"{WORD}(?:,? (?:and |of |for |on |the |to )*{WORD}){{0,7}}"
    return (
        ("EVENT", re.compile(rf"(?<![\w-])(?:Operation|Exercise|OPERATION|EXERCISE) {WORD}(?: {WORD}| \d\d(?:-\d)?(?!\w)){{0,3}}")),
        ("AGREEMENT", re.compile(r"(?<![\w-])(?:(?:UN|U\.N\.|United Nations) )?(?:Security Council |UNSC )?[Rr]esolutions? \d{3,4}(?!\w)|UNSCR \d{3,4}")),
        ("AGREEMENT", re.compile(rf"(?<![\w-])(?:{words} ){accord}(?!\w)(?! [A-Z])(?: of (?:19|20)\d\d)?")),
        ("EQUIPMENT", re.compile(rf"(?<![\w-])(?:{WORD} ){{1,5}}{weapon}(?!\w)(?! [A-Z])")),
        ("EVENT", re.compile(rf"(?<![\w-])(?:{words} ){gathering}(?!\w)(?! [A-Z])")),
        ("FAC", re.compile(rf"(?<![\w-])(?:Fort|FORT|Camp|CAMP|RAF|FOB|COB|Forward Operating Base|Contingency Operating Base|Combat Outpost|Naval Base|Naval Station|Naval Air Station|Naval Submarine Base|Naval Support Activity|NAVAL STATION|NAVAL BASE|Joint Base|Marine Corps Base|Marine Corps Air Station|MCAS|NAS|HMNB) {WORD}(?:[ -](?:{WORD})){{0,2}}")),
        ("FAC", re.compile(rf"(?<![\w-])(?:{WORD} ){{1,3}}{building}(?!\w)(?: (?:East|West|North|South)(?!\w))?")),
        ("ORG", re.compile(rf"(?<![\w-])(?:U\.S\. |US |U\.K\. )?(?:{WORD} |(?:of|for|and) (?={WORD}))*{WORD} {body}(?![\w])(?! of [A-Z])")),
        ("TITLE", re.compile(rf"(?<![\w-])(?<!Prime )(?:(?:Deputy|Parliamentary|Junior|State|Chief|First|Assistant) )*Minister (?:for|of) (?:the )?{post}(?:(?:, {post})*,? (?:and|&) (?:the )?{post})?(?!\w)")),
        ("LOC", re.compile(rf"(?<![\w-])(?:(?:{WORD}|St\.) ){{1,2}}(?:Sea|Ocean|Rivers?|Mountains|Valley|Peninsula|Strait|Islands?|Desert|Gulf|Bay|Channel)(?!\w)(?! [A-Z])|(?:Gulf|Bay|Strait|Sea) of {WORD}|Lakes? {WORD}(?! [A-Z])")),
    )  # fmt: skip


@cache
def _month() -> re.Pattern[str]:
    calendar = read_terms("calendar.tsv")
    return re.compile(rf",? {alternation((*calendar['month'], *calendar['weekday']))}(?!\w)")


@cache
def _not_name() -> re.Pattern[str]:
    return re.compile(r"(?:of|for|and|No|The|A|An|In|On|At|Near|From|By|To|And|For|With|During|Under|After|Both|This|That|When|While|As|It|If|Since|Of|Our|Their|His|Its) ")


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
            if (owner := text.rfind("’s ", start, end)) > 0 or (owner := text.rfind("'s ", start, end)) > 0:
                start = owner + 3
            if (month := _month().search(text, start + 1, end)) is not None:
                end = month.start()
            if " " in text[start:end] and text[start].isupper():
                found.append(Mention(start, end, label, f"pattern:{label.lower()}"))
    return sorted(found)


@cache
def _towns() -> re.Pattern[str]:
    places = read_terms("defence_names.tsv")
    state = alternation((*places["us_state"], *places["us_state_short"]))
    return re.compile(rf"(?<![\w-])(?P<town>(?:(?:{WORD}|St\.|Ft\.) ){{0,2}}{WORD}), (?P<state>{state})(?!\w)")


_PARTY = re.compile(r"\([DRI]-([A-Z]{2}|[A-Z][\w. ]+)\)")  # Sen. Ann Hill (D-NY)
_DATELINE = re.compile(r"([A-Z][A-Z.'’ -]*[A-Z])(?=,| ?\(| (?:–|—|--|-) )")
_KINDS = (
    ("LOC", re.compile(r"\b(?:SEA|OCEAN|GULF|STRAIT|CHANNEL)\b|BAY$")),
    ("FAC", re.compile(r"\b(?:FORT|CAMP|BASE|STATION|ARSENAL|AIRFIELD|AFB|DEPOT|YARD|SHIPYARD|FIELD|GROUND|RANGE|FACILITY|AIRPORT)\b")),
    ("", re.compile(r"\b(?:COMMAND|LOCATION|HEADQUARTERS|PENTAGON|STATEMENT|RELEASE|NEWS|UPDATE|[A-Z]+CENT|USS|ABOARD|CONTRACT|MEDIA|FACT|BY)\b")),
    ("GPE", re.compile("")),
)  # fmt: skip


def find_dateline(text: str) -> list[Mention]:
    """Find the place in capitals at the start of a line: a town if no word of it says otherwise.

    Example:
        >>> [find_dateline(line)[0].label for line in ("BAY CITY, Mich. - He", "RED SEA (May 3) - He", "FORT ELY, Ohio - He")]
        ['GPE', 'LOC', 'FAC']
    """
    hit = _DATELINE.match(text)
    if hit is None or len(hit.group(1)) < 4 or not re.search(r" (?:–|—|--|-) ?", text[: hit.end() + 40]):
        return []
    label = next(label for label, rule in _KINDS if rule.search(hit.group(1)))
    return [Mention(*hit.span(1), label, "pattern:dateline")] if label else []


def find_towns(text: str) -> list[Mention]:
    """Find towns before the name of a U.S. state, and the state.

    Example:
        >>> text = "He is from Bay City, Mich., now."
        >>> [text[m.start:m.end] for m in find_towns(text)]
        ['Bay City', 'Mich.']
    """
    towns = [hit.span(part) for hit in _towns().finditer(text) for part in ("town", "state")]
    return [Mention(*span, "GPE", "pattern:town") for span in (*towns, *(h.span(1) for h in _PARTY.finditer(text)))]
