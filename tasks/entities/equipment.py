"""EQUIPMENT by what stands beside it: its type, the number of a hull, the variant of a system.

Order: names behind a type of ship (`the frigates Adrias and Hydra`) and numbered ones before a type of system (`NH90
helicopters`) are found with the other forms; once the mentions of a line stand, a system takes in what names its
variant (`F-35A` and `Block 4`, `M142` and `HIMARS`), and a number in brackets behind a ship is its hull's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.entities.lexicon import Mention, country_forms, last_words, words_in
from tasks.entities.military import WORD
from tasks.lexicons import alternation, read_terms

_NUMBERED = re.compile(r"[A-Z][\w/+-]* ?\d")
_HULL = re.compile(
    r" ?\((?:(?:hull|[Pp]ennant) )?(?:[Nn]umber |[Nn]o\. ?)?(?P<number>(?:Hull |[A-Z]{1,4}[ -]?)?\d{2,4}[A-Z]?)\)"
)
_VARIANT = re.compile(
    r"(?: Block \d+[A-Z]?s?| Mod(?:\.|ification)? \d+|(?<=Mod) \d+| M[Kk][ .-]?(?:\d+[A-Z]?|[IVX]+)"
    r"|/[A-Z]{1,2}\d{0,2}s?|\(V\)\d*|-[A-Z]{1,2}\b|-\d{1,3}[A-Z]?\b"
    r"| (?=[A-Z\d]*[A-Z])[A-Z]{0,3}\d{1,3}[A-Z]{0,3}s?| [IVX]{2,3})(?![\w-])"
)


@cache
def _behind_type() -> re.Pattern[str]:
    terms, calendar = read_terms("military.tsv"), read_terms("calendar.tsv", 3)
    kind = alternation(terms["ship_type"])
    stop = alternation((*calendar["month"], *calendar["weekday"], *terms["unit_head"], *terms["numbered_head"]))
    word = rf"(?!{stop}(?!\w)){WORD}"
    last = rf"(?: (?:\d{{1,6}}|[IVX]{{1,4}})(?: [A-Z]{{2}})?(?![\w,]*\d)(?! {alternation(calendar['month'])})(?!\w))?"
    name = rf"{word}(?:[ -](?:(?:of|de|del|la|al) )?{word}){{0,3}}{last}"
    name = rf"(?:Hero of (?:the )?(?:{WORD} ){{1,2}}(?={WORD}))?{name}"
    number = r"(?: \([^()]{1,24}\))?"
    more = rf"(?:(?:,| and|, and) [\"“‘]?(?:the )?{name}[\"”’]?{number}){{0,6}}"
    one, many = rf"{kind} [\"“‘]?(?P<one>{name})", rf"{kind}s [\"“‘]?(?P<many>{name}[\"”’]?{number}{more})"
    return re.compile(rf"(?<![\w-])(?:{one}|{many})")


@cache
def _ship_words() -> frozenset[str]:
    """Return words of which a line has one where a type of ship stands."""
    words = last_words(read_terms("military.tsv")["ship_type"])
    return words | {f"{word}s" for word in words}


@cache
def _system_words() -> frozenset[str]:
    """Return words of which a line has one where a type of system stands."""
    return last_words(read_terms("military.tsv")["system_type"])


@cache
def _before_type() -> re.Pattern[str]:
    terms, calendar = read_terms("military.tsv"), read_terms("calendar.tsv", 3)
    stop = alternation((*calendar["month"], *calendar["weekday"], *terms["unit_head"], *terms["no_system"]))
    kind, small = alternation(terms["system_type"]), alternation(terms["no_adjective"])
    word = rf"(?!{stop}(?!\w))[A-Z][\w/+-]*"
    coded = rf"(?!{stop}(?!\w))(?=[\w/+-]*\d)[A-Z][\w/+-]*"
    code = rf"(?:(?:{word} ){{0,2}}{coded}|(?:{word} ){{1,2}}\d{{1,3}})(?: [A-Z]+\d?){{0,2}}"
    return re.compile(rf"(?<![\w.,-])(?P<name>{code})(?= (?:(?!{small} )[a-z-]+ ){{0,2}}?{kind}(?!\w))")


def find_systems(text: str) -> list[Mention]:
    """Find systems with a number in their name before their type.

    Example:
        >>> text = "It paid for NH90 helicopters and Serbian Lazar 3 armoured vehicles in Phase 2 vehicles."
        >>> [text[m.start:m.end] for m in find_systems(text)]
        ['NH90', 'Lazar 3']
    """
    found: list[Mention] = []
    if _system_words().isdisjoint(words_in(text)) or not _NUMBERED.search(text):
        return found
    for hit in _before_type().finditer(text):
        start, end = hit.span("name")
        while " " in text[start:end] and text[start:end].split()[0] in country_forms():
            start = text.index(" ", start) + 1
        if not text[start:end].isdigit():
            found.append(Mention(start, end, "EQUIPMENT", "rule:system"))
    return found


@cache
def _weapon() -> re.Pattern[str]:
    return re.compile(rf" (?:[a-z]+-[a-z]+ )?{alternation(read_terms('military.tsv')['sure_type'])}(?!\w)")


def settle_systems(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Give what stands before a type of weapon the label of one, where the model alone has another.

    Example:
        >>> text = "A Green Pine radar and NATO missiles"
        >>> found = [Mention(2, 12, "ORG", "model"), Mention(23, 27, "ORG", "name")]
        >>> [m.label for m in settle_systems(text, found)]
        ['EQUIPMENT', 'ORG']
    """
    return [
        mention._replace(label="EQUIPMENT")
        if mention.method == "model"
        and mention.label in ("ORG", "PERSON", "UNIT", "EVENT", "LOC")
        and _weapon().match(text, mention.end)
        else mention
        for mention in mentions
    ]


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(r"[\"”’]?(?: \([^()]*\))?(?:,? and|,) [\"“‘]?(?:the )?|[\"”’]? \([^()]*\)$|[\"”’]$")


def find_ships(text: str) -> list[Mention]:
    """Find the names of ships behind their type.

    Example:
        >>> text = "The destroyer Xining and the frigates Adrias (F 459) and Hydra met a tanker on Monday."
        >>> [text[m.start:m.end] for m in find_ships(text)]
        ['Xining', 'Adrias', 'Hydra']
    """
    found: list[Mention] = []
    if _ship_words().isdisjoint(words_in(text)):
        return found
    for hit in _behind_type().finditer(text):
        if hit.group("one"):
            found.append(Mention(*hit.span("one"), "EQUIPMENT", "rule:ship"))
            continue
        at, end = hit.span("many")
        for gap in _parts().finditer(text, at, end):
            found.append(Mention(at, gap.start(), "EQUIPMENT", "rule:ship"))
            at = gap.end()
        if at < end:
            found.append(Mention(at, end, "EQUIPMENT", "rule:ship"))
    return [m for m in found if m.start < m.end and text[m.start : m.end] not in country_forms()]


def _is_one_system(text: str, first: Mention, second: Mention) -> bool:
    """Return whether two mentions side by side name one system: a designator and its name."""
    if not first.label == second.label == "EQUIPMENT" or text[first.end : second.start] != " ":
        return False
    return second.method == "name" or any(c.isdigit() for c in text[first.start : first.end])


def complete_systems(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Let systems take in what names their variant, and find the numbers of hulls; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "An M142 HIMARS and an F-35A Block 4 left HMAS Ely (FFH 152)."
        >>> spans = ((3, 7), (8, 14), (22, 27), (41, 49))
        >>> found = complete_systems(text, [Mention(*span, "EQUIPMENT", "model") for span in spans])
        >>> [text[m.start:m.end] for m in found]
        ['M142 HIMARS', 'F-35A Block 4', 'HMAS Ely', 'FFH 152']
    """
    done: list[Mention] = []
    for mention in mentions:
        last = done[-1] if done else None
        if last and last.end > mention.start:  # within a variant or a number that was taken in
            continue
        if last and _is_one_system(text, last, mention):
            done[-1] = last._replace(end=mention.end)
            continue
        done.append(mention)
        if mention.label != "EQUIPMENT":
            continue
        if (variant := _VARIANT.match(text, mention.end)) is not None and text[mention.end - 1] != ")":
            done[-1] = mention = mention._replace(end=variant.end())
        if (hull := _HULL.match(text, mention.end)) is not None and not any(
            m.start < hull.end("number") and hull.start("number") < m.end for m in mentions if m.label != "DATE"
        ):
            done.append(Mention(*hull.span("number"), "EQUIPMENT", "rule:hull"))
    return done
