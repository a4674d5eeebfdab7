"""UNIT and EQUIPMENT by their form: numbered formations, ships with prefix or hull number, classes, designators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.entities.lexicon import (
    Mention,
    country_forms,
    last_letters,
    last_words,
    letters_in,
    organisation_keys,
    words_in,
)
from tasks.lexicons import alternation, read_terms
from tasks.names import POSSESSIVES, abbreviates

WORD = r"[A-Z][\w’'/&-]*\w"
_ORDINAL = r"(?:\d{1,4}(?:st|nd|rd|th|d)|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth)"

_SPELT_NUMBER = r"(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    terms = read_terms("military.tsv")
    heads, counted, named, numbered, acronyms, prefixes, designators, nicknames, no_class = (
        alternation(terms[kind])
        for kind in (
            "unit_head", "counted_head", "named_head", "numbered_head", "unit_acronym", "ship_prefix", "designator",
            "nickname", "no_class",
        )
    )  # fmt: skip
    part, regiment, regiment_acronym, contingent = (
        alternation(terms[kind]) for kind in ("unit_part", "regiment_short", "regiment_acronym", "contingent")
    )
    # restoration may cut a hull number that it has not met: (C G67)
    hulls = "|".join(r" ?".join(map(re.escape, hull)) for hull in sorted(terms["hull"], key=len, reverse=True))
    bodies = alternation(form for form in organisation_keys() if form.isupper() and form.isalpha())
    capitals = alternation(form.upper() for form in terms["unit_head"])
    owner = r"(?:U\.S\.|US|U\.K\.|UK|United States|Marine|Navy|NATO|EU|PLA)"
    linked = r"(?:\d{1,2}(?:st|nd|rd|th|d)/)?"  # 2nd/14th Light Horse Regiment
    units = [
        # 2nd Bn, 4th Mar; B Co., 2-7th Cav; 1-68th Armor
        rf"(?:{_ORDINAL}|[A-Z]) {part}, (?:\d-)?{_ORDINAL} {regiment}(?!\w| {heads})",
        rf"\d-{_ORDINAL} {regiment}(?!\w| {heads})",
        # 507th Air Refueling Wing; 3rd Advise and Assist Brigade; U.S. 5th Fleet
        rf"(?:{owner} )?{linked}{_ORDINAL} (?:\([A-Z]+\) )?(?:(?:{WORD}|and|&|\({WORD}\)) ){{0,7}}?{heads}(?!\w)"
        rf"(?:(?: {WORD}){{0,2}}? {heads}(?!\w))?",
        # 36TH COMBINED ARMS ARMY, in headings
        rf"\d{{1,4}}(?:ST|ND|RD|TH) (?:[A-Z][A-Z-]+ ){{0,7}}?{capitals}(?!\w)",
        rf"{_ORDINAL} (?!{bodies}(?!\w))[A-Z]{{2,5}}(?![\w.-])",  # 419th FLTS, not the 14th ASEAN Summit
        # No. 617 Squadron RAF; 407 Long Range Patrol Squadron; 553 Infantry Brigade; No. 3 (Fighter) Squadron
        rf"(?:Nos?\.? ?|(?<![.,$£€¥])(?<![\d$£€¥] ))\d{{1,4}} ?(?:\([A-Z]\w*\) )?(?:(?:{WORD}|and|&) ){{0,4}}?"
        rf"{counted}(?!\w)(?: (?:RAF|RAAF|RNZAF|RCAF|SAAF|RM)(?!\w))?",
        # 2 SCOTS, 14 SIKH, 36SQN
        rf"(?<![.,$£€¥\d])(?<![\d$£€¥] )\d{{1,3}} ?{regiment_acronym}(?![\w-])",
        rf"{_ORDINAL} (?:[A-Z]\w+ )?(?:naval |Naval )?(?:escort |Escort )?[Tt]ask ?force(?!\w)",
        # NATO Multinational Battlegroup Latvia
        r"(?:(?:NATO|Enhanced|enhanced|Multinational|Multi-National|eFP) )+(?:Forward Presence )?"
        rf"(?:Battlegroup|Battle Group|Brigade)(?: {alternation(country_forms())}(?!\w))?",
        rf"(?:[A-Z]{{2,6}}|[A-Z][a-z]{{2,5}})[ -]?{contingent}[ -/]?\d{{1,2}}(?!\w)",  # INDBATT-1
        # Carrier Strike Group 5; Carrier Air Wing (CVW) 17; US Task Force 50
        rf"(?:(?:Company|Platoon) \d{{1,2}}-\d{{1,2}}, )?(?:{owner} )?{numbered}(?: \([A-Z]{{2,8}}\))? (?:No\.? ?|HQ-)?"
        rf"(?:\d+(?:[./-]\d+)*(?![\w,.]\d)(?:F(?!\w)|\b)|{_SPELT_NUMBER}(?!\w))"
        r"(?:,? (?:Detachment|Det\.?) \d{1,2}(?!\w))?",
        rf"{acronyms}[ -]?\d{{1,4}}(?!\w)",  # VFA-136, VFA 136, and VFA136 where a space was lost
        rf"(?:{alternation(terms['spelling'])}|[A-F]) (?:Company|Battery|Troop)(?!\w)",
        r"(?:Company|Battery|Troop) [A-K](?!\w)",
        rf"(?:(?:{WORD}) ){{1,4}}?{named}(?!\w)(?: \d+\b)?",
    ]  # fmt: skip
    equipment = [
        # USS George H.W. Bush; ESPS Sierra de Gredos
        rf"{prefixes} (?:{WORD}|[A-Z]\. {WORD})(?: (?:[A-Z]\. )?{WORD}){{0,3}}(?: (?:de|del|de la|do|da) {WORD})?",
        rf"(?:MV|MT|FV|M/V|M/T|F/V) {WORD} of {WORD}",
        rf"(?<=\()(?:{hulls})[ -]{{0,2}}\d{{1,4}}(?=\))",
        rf"{designators}-\d{{1,3}}[A-Z]{{0,3}}(?:s\b|-\d{{1,3}}\b)?(?: {nicknames}(?!\w))?(?:-class\b)?",
        rf"(?:[A-Z]\w+ [A-Z]\. )?(?!{no_class}-)[A-Z][\w’']+-class(?!\w)",
        r"(?:M|K)\d{1,4}[A-Z]?\d?(?![\w-])(?=[ ,.])(?! [ap]\.m)",  # M1A2, K9
        rf"{designators}-\d{{1,3}}[A-Z]{{1,3}}\d{{1,2}}(?!\w)",  # Su-30MK2
        r"Type \d{2,3}[A-Z]?(?!\w)",
        r"M[Kk][ .-]?\d{1,3}(?: Mod\.? ?\d+)?(?!\w)",
    ]
    return (
        ("UNIT", re.compile(rf"(?<![\w-])(?:{'|'.join(units)})")),
        ("EQUIPMENT", re.compile(rf"(?<![\w-])(?:{'|'.join(equipment)})(?!\w)")),
    )


@cache
def _guarded() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    """Return patterns of systems, each with words of which a line has one where it stands."""
    terms = read_terms("military.tsv")
    makers, counted_things, ships = (alternation(terms[kind]) for kind in ("maker", "counted_thing", "ship_type"))
    count = rf"(?![\w,.]*\d)(?! {counted_things}(?!\w))"
    kinds = rf"(?= (?:[a-z]+[- ]){{0,3}}?(?:{ships}|ship|boat|vessel)s?(?!\w))"
    patterns = (
        # Bell 412EPI, Embraer 190
        ((maker.split()[-1] for maker in terms["maker"]), rf"{makers} [A-Z]{{0,3}}-?\d{{2,4}}[A-Z]{{0,3}}{count}"),
        (("number",), r"(?<=(?:hull|side|tail) number )(?:[A-Z]{1,4}[ -]?)?\d{2,4}"),
        (("pennant",), r"(?:(?<=pennant )|(?<=pennant number ))(?:[A-Z]{1,4}[ -]?)?\d{2,4}"),
        (("Project",), r"Project \d{3,6}(?:\.\d)?[A-Z]{0,3}"),
        (("class",), rf"[A-Z][\w’'-]+ class{kinds}"),  # Hunt class minehunters
    )
    return tuple((frozenset(words), re.compile(rf"(?<![\w-]){form}(?!\w)")) for words, form in patterns)


_DIGIT = re.compile(r"\d")
_SPELT = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Company Battery Troop Group class"


@cache
def _words() -> frozenset[str]:
    """Return words of which a line without a digit has one where a formation or a ship stands."""
    terms = read_terms("military.tsv")
    heads = (*terms["named_head"], *terms["ship_prefix"], "Battlegroup", "Brigade")
    return frozenset(_SPELT.split()) | last_words(heads)


@cache
def _unit_words() -> tuple[frozenset[str], tuple[str, ...], re.Pattern[str]]:
    """Return what a line has one of where a formation stands: words in small letters, ends of words, another form."""
    terms = read_terms("military.tsv")
    kinds = (
        "unit_head", "unit_part", "counted_head", "named_head", "numbered_head", "regiment_short", "regiment_acronym",
        "unit_acronym",
    )  # fmt: skip
    forms = (
        *(form for kind in kinds for form in terms[kind]),
        "Battlegroup",
        "Group",
        "Task force",
        "Taskforce",
        "Troop",
    )
    ends = tuple(form.casefold() for form in terms["contingent"])
    return frozenset(map(last_letters, forms)), ends, re.compile(rf"{_ORDINAL} [A-Z]{{2,5}}(?![\w.])")


def _may_hold_unit(text: str) -> bool:
    words, ends, numbered = _unit_words()
    letters = letters_in(text)
    return (
        not words.isdisjoint(letters) or numbered.search(text) is not None or any(run.endswith(ends) for run in letters)
    )


@cache
def _not_ship() -> re.Pattern[str]:
    """Return what a ship's name does not run into: the group that it leads."""
    return re.compile(rf" {alternation(read_terms('military.tsv')['named_head'])}(?!\w)")


@cache
def _ship_prefixes() -> tuple[str, ...]:
    return tuple(f"{prefix} " for prefix in read_terms("military.tsv")["ship_prefix"])


@cache
def _on_shore() -> frozenset[str]:
    """Return bases that are named as ships are."""
    return frozenset(read_terms("defence_names.tsv")["facility"])


def find_military(text: str) -> list[Mention]:
    """Find formations, ships, classes and designators.

    Example:
        >>> text = "Carrier Air Wing (CVW) 9 saw an F-35B land on USS Example (CVN 99)."
        >>> [text[m.start:m.end] for m in find_military(text)]
        ['Carrier Air Wing (CVW) 9', 'F-35B', 'USS Example', 'CVN 99']
    """
    found: list[Mention] = []
    runs = words_in(text)
    if not _DIGIT.search(text) and _words().isdisjoint(runs):
        return found
    rules = [("EQUIPMENT", rule) for words, rule in _guarded() if not words.isdisjoint(runs)]
    for label, rule in (*_patterns(), *rules):
        if label == "UNIT" and not _may_hold_unit(text):
            continue
        for hit in rule.finditer(text):
            start, end = hit.span()
            start += 4 if hit.group().startswith("The ") else 0
            end -= 2 if hit.group().endswith(POSSESSIVES) else 0
            if label == "EQUIPMENT" and (group := _not_ship().search(text, start, end + 40)):
                end = min(end, group.start())
            is_shore = text[start:end].startswith(_ship_prefixes()) and (
                text[start:end] in _on_shore() or text[:start].endswith((" at ", "\nat "))
            )
            found.append(
                Mention(start, end, "FAC" if is_shore else label, f"rule:{'shore' if is_shore else label.lower()}")
            )
    return sorted(found)


_BEFORE = re.compile(r"[“\"]([A-Z][\w’' -]+)[”\"] of (?:the )?$")
_AFTER = re.compile(r",? (?:the )?[“\"]([A-Z][\w’' -]+),?[”\"]")
_NAMED = re.compile(r" (?:“[A-Z][\w’'. -]+”|\"[A-Z][\w’'. -]+\"|«[A-Z][\w’'. -]+»)(?: [IVX]+(?!\w))?")
_LAND = re.compile(r"(?:Brigade|Division|Regiment|Battalion|Corps|Command|(?<=\d )Squadron)$")


_PARENT = re.compile(r",? (?:[Tt]he |of the )?$")
_COUNTED, _LISTED = re.compile(r"\d"), re.compile(r", [Tt]he $")
_SUB, _WHOLE = (
    re.compile(r"(?:Battalion|Bn\.?|(?<=\d[a-z]{2} )Squadron|Battery|Company)(?: \(\w+\))?$"),
    re.compile(r"(?:Regiment|Guards|Artillery|Infantry|Rifles|Marines|Fusiliers|Hussars|Dragoons|Welsh|RAR|Gurkhas)$"),
)
_TWO = re.compile(rf"(?P<first>{_ORDINAL}) and (?:the )?(?P<second>{_ORDINAL} .+)")
_TEAM, _DIVISION = re.compile(r"Combat Team$"), re.compile(r"Division$")


@cache
def _commander() -> re.Pattern[str]:
    """Return the pattern of who commands a formation that is named right behind."""
    return re.compile(rf"{alternation(read_terms('military.tsv')['commander'])} (?=[A-Z\d])")


@cache
def _kind() -> re.Pattern[str]:
    return re.compile(rf" \({alternation(read_terms('military.tsv')['unit_kind'])}\)")


@cache
def _people() -> re.Pattern[str]:
    """Return the pattern of a people before the number of its formation."""
    peoples = (form for form, (_, label) in country_forms().items() if label == "NORP")
    return re.compile(rf"{alternation(peoples)} (?=\d)")


@cache
def _two_heads() -> re.Pattern[str]:
    """Return the pattern of two formations with their heads, and "and" between them."""
    heads = alternation(read_terms("name_heads.tsv")["unit"])
    first, second = rf"(?:{WORD}|\d+\w*)(?: {WORD})*? {heads}", rf".* (?:{heads}|Unit)"
    return re.compile(rf"(?P<first>{first}) and (?:the )?(?P<second>{second})")


def part_units(text: str, mention: Mention) -> list[Mention]:
    """Cut a formation of the model's at the people before its number, and two formations at the "and" between them.

    Example:
        >>> text = "the Afghan 9th Corps, the 3rd and 4th Squadrons"
        >>> units = [Mention(*span, "UNIT", "model") for span in ((4, 20), (26, 47))]
        >>> [text[m.start:m.end] for unit in units for m in part_units(text, unit)]
        ['9th Corps', '3rd', '4th Squadrons']
    """
    if mention.label != "UNIT":
        return [mention]
    if (people := _people().match(text, mention.start, mention.end)) is not None:
        mention = mention._replace(start=people.end())
    two = _TWO.fullmatch(text, *mention[:2]) or _two_heads().fullmatch(text, *mention[:2])
    if two is not None:
        return [mention._replace(start=two.start(part), end=two.end(part)) for part in ("first", "second")]
    return [mention]


_BRACKETS = re.compile(r" \((?P<short>[\w.][\w./-]*(?: [\w.]+){0,2})\)")
_SHORT = re.compile(
    r"\d{1,3}(?:-\d{1,3})?(?:st|nd|rd|th|d|er|e)? ?[A-Z][A-Za-z]{0,9}\.?(?: [A-Z]{2,5})?|[A-Z]{1,6}[ -]?\d{1,3}"
)


def _is_short(short: str, name: str) -> bool:
    """Return whether what stands in brackets behind a formation is its short form: its number with letters of its name.

    Example:
        >>> _is_short("9 PAR", "9th Parachute Regiment"), _is_short("CVN 9", "9th Fleet")
        (True, False)
        >>> _is_short("NJOC", "Joint Operations Command")
        True
    """
    letters = "".join(c for c in short if c.isalpha())
    numbers = re.findall(r"\d+", short)
    if numbers:
        counted = set(re.findall(r"\d+", name)).issuperset(numbers)
        return counted and _SHORT.fullmatch(short) is not None and abbreviates(letters, name)
    capitals = iter(letters)
    initials = [word[0] for word in re.findall(r"\w+", name) if word[0].isupper()]
    is_acronym = short.isupper() and len(initials) > 2 and len(letters) <= len(initials) + 1
    return is_acronym and all(initial in capitals for initial in initials)


def complete_units(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Let formations take in their kind in brackets, and leave who commands them; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "Commander Task Group 12 and 4th Brigade (Airborne)"
        >>> units = [Mention(*span, "UNIT", "rule:unit") for span in ((0, 23), (28, 39))]
        >>> [(m.label, text[m.start:m.end]) for m in complete_units(text, units)]
        [('TITLE', 'Commander'), ('UNIT', 'Task Group 12'), ('UNIT', '4th Brigade (Airborne)')]
    """
    done: list[Mention] = []
    for mention in mentions:
        if done and mention.start < done[-1].end:
            continue  # within the brackets
        if mention.label == "UNIT":
            if (officer := _commander().match(text, mention.start, mention.end)) is not None:
                done.append(Mention(mention.start, officer.end() - 1, "TITLE", "rule:rank"))
                mention = mention._replace(start=officer.end())
            if (kind := _kind().match(text, mention.end)) is not None:
                mention = mention._replace(end=kind.end())
        done.append(mention)
        hit = _BRACKETS.match(text, mention.end) if mention.label == "UNIT" else None
        if hit is not None and _is_short(hit.group("short"), text[mention.start : mention.end]):
            done.append(Mention(*hit.span("short"), "UNIT", "rule:acronym"))
    return done


def join_battalions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Join a battalion and the regiment, a combat team and the division that it is of; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "2nd Battalion, 69th Armor Regiment, and 1st Battalion, 5th Brigade"
        >>> units = [Mention(*span, "UNIT", "model") for span in ((0, 13), (15, 34), (40, 53), (55, 66))]
        >>> [text[m.start:m.end] for m in join_battalions(text, units)]
        ['2nd Battalion, 69th Armor Regiment', '1st Battalion', '5th Brigade']
    """
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if (
            last
            and last.label == mention.label == "UNIT"
            and _PARENT.fullmatch(between := text[last.end : mention.start])
            and not (_LISTED.fullmatch(between) and _COUNTED.match(text, mention.start))  # the next of a list
            and any(
                sub.search(text[last.start : last.end]) and whole.search(text[mention.start : mention.end])
                for sub, whole in ((_SUB, _WHOLE), (_TEAM, _DIVISION))
            )
        ):
            joined[-1] = last._replace(end=mention.end)
        else:
            joined.append(mention)
    return joined


def name_units(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Add the nicknames of formations: in quote marks right after one, or before it with "of".

    One that ends in what it is (`Brigade “Iron Wolf”`) takes the name in, as armies of the continent have it.

    Example:
        >>> text = 'The "Night Owls" of VFA-99 met VFA-98 "Iron Men".'
        >>> units = [Mention(20, 26, "UNIT", "rule:unit"), Mention(31, 37, "UNIT", "rule:unit")]
        >>> [text[m.start:m.end] for m in name_units(text, units)]
        ['Night Owls', 'VFA-99', 'VFA-98', 'Iron Men']
    """
    nicknames: list[Mention] = []
    for mention in mentions:
        if mention.label == "UNIT":
            before, after = _BEFORE.search(text[: mention.start]), _AFTER.match(text, mention.end)
            if (name := _NAMED.match(text, mention.end)) and _LAND.search(text[mention.start : mention.end]):
                nicknames.append(mention._replace(end=name.end()))
                after = None
            nicknames += [Mention(*hit.span(1), "UNIT", "rule:nickname") for hit in (before, after) if hit]
    kept = [m for m in mentions if not any(m.start < n.end and n.start < m.end for n in nicknames)]
    return sorted([*kept, *dict.fromkeys(nicknames)])
