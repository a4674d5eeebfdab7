"""TITLE and PERSON by their place: a rank and the name after it, a name and the function after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.entities.lexicon import (
    Mention,
    country_forms,
    find_at_words,
    first_words,
    has_no_english,
    last_words,
    people_keys,
    words_in,
)
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_terms
from tasks.names import POSSESSIVES, name_forms

_CAPITAL = "[A-ZÀ-ÖØ-ÞĀČĆĐĒĞĪİŁŃŌŐŘŚŞŠȘŪŮŰŹŻŽ]"
_NAME_WORD = rf"(?:{_CAPITAL}[a-zà-ž’'A-Z-]*[a-zà-ž]|(?:[A-Z]['’])?[A-Z]{{3,}}(?:-[A-Z]{{2,}})*(?=[ ,:]))"
_INITIALS = r"(?:[A-Z]\.)+(?:-[A-Z]\.)?"
_HOLDERS = frozenset(label.name for label in ENTITY_LABELS if label.has_offices or label.is_nation)
_NEAR, _FAR = 60, 120  # characters between a function and its person, before and after the name
_BREAK = re.compile(r"[.!?”\"] |\b(?:said|says|told|met|and the)\b")


@cache
def _ranked() -> re.Pattern[str]:
    terms = read_terms("military.tsv")
    rank, rating, grade = (alternation(terms[kind]) for kind in ("rank", "rating", "rating_class"))
    dotted = [suffix for suffix in name_forms("suffix", "rank") if suffix.endswith(".")]
    numbers = [suffix for suffix in name_forms("suffix", "rank") if suffix not in dotted]
    particle = alternation(name_forms("particle", "rank"))
    stop = alternation((*terms["not_surname"], *(suffix.rstrip(".") for suffix in dotted)))
    word = rf"(?!{stop}(?!\w)){_NAME_WORD}"
    of_family = rf"(?: (?:{particle} )+{word}(?: {word}){{0,2}})?"  # Ana Ruiz do Val Prado
    last = rf"{word}{of_family}(?:,? (?:{alternation(dotted)}|{alternation(numbers)}(?!\w)))?"
    name = rf"(?:(?:{_INITIALS}|{word}|{particle}[ -]|“\w+”|\"\w+\") ?){{0,4}}{last}"
    suffix = alternation(terms["rank_suffix"])
    arm = alternation(terms["rank_arm"])
    # `Chief of the General Staff Brigadier General Hill`
    owners = ("General", "Defence", "Defense", "Joint", "Air", "Naval", "of", "of Army", "of the Army")
    kinds = "|".join(rf"(?<={owner} Staff )" for owner in owners)
    staff = rf"(?!Staff (?:{kinds}))"
    ranks = rf"{staff}(?:{arm} )?{rank}(?: {grade})?(?: {suffix}(?= [A-Z]))?"
    title = rf"(?:(?:Chief |Senior Chief |Master Chief )?{rating} {grade}|Chief {rating}|{ranks})"
    address = rf"(?:{alternation(name_forms('address', 'mention'))}\.? )*"
    standing = rf"(?: \({alternation(terms['standing'])}\))?"
    officer = "|".join(rf"(?<={re.escape(word)} General)" for word in terms["before_general"])
    no_rank = rf"(?!General(?!\w)(?:{officer}))"  # `Director General Ann Hill`, not `Director Gen. Hill`
    return re.compile(rf"(?<![\w.-]){no_rank}(?P<title>{title}){standing} {address}(?P<name>{name})")


_LABEL = re.compile(r"[A-Z][A-Z.'’ -]{4,60}:")
_AMBIGUOUS = ("GENERAL", "MAJOR")  # ranks in capitals that are other words too
_LAST = re.compile(r"([a-z]+),? $")


@cache
def _owners() -> frozenset[str]:
    return frozenset(country_forms())


@cache
def _rank_words() -> frozenset[str]:
    """Return words of which a line has one where a rank stands."""
    terms = read_terms("military.tsv")
    forms = (*terms["rank"], *terms["rating"], "Chief")
    letters = [form for form in forms if any(len(word) == 1 for word in last_words((form,)))]  # Gen. C.A.
    return last_words(set(forms).difference(letters)) | first_words(letters)


@cache
def _rank_starts() -> frozenset[str]:
    """Return the words, in small letters, that a title before a name starts with."""
    terms = read_terms("military.tsv")
    forms = (*terms["rank"], *terms["rating"], *terms["rank_arm"], "Chief", "Senior", "Master")
    return frozenset(word.casefold() for word in first_words(forms))


@cache
def _function() -> re.Pattern[str]:
    heads = read_terms("name_heads.tsv")
    head = alternation((*heads["title"], *(form.capitalize() for form in heads["title"])))
    before, never = alternation(heads["before_function"]), alternation(heads["no_function"])
    words = rf"(?:(?!{never}(?!\w))[a-z]+(?:[-/][a-z]+)* ){{0,5}}?"
    owner = r"(?:the (?:[a-z]+ )?[a-z]+['’]s? )?"  # the ship's
    return re.compile(rf",? {owner}(?:{before} ){{0,3}}(?P<title>{words}{head})(?![\w-])")


@cache
def _site() -> re.Pattern[str]:
    """Return the pattern of the word for a site with which its name ends: `Captain Juan Concha Airport`."""
    heads = read_terms("name_heads.tsv")
    return re.compile(rf"(?<!\w){alternation(heads['sure.FAC'])}(?!\w)")


@cache
def _speaker() -> re.Pattern[str]:
    """Return the pattern of a speaker's label in capitals: a rank, an office or a form of address, and the name."""
    heads, military = read_terms("name_heads.tsv"), read_terms("military.tsv")
    ranks = (form for form in military["rank"] if " " in form or "-" in form)
    title = alternation({form.upper() for form in (*ranks, *heads["speaker_office"])})
    address = alternation({form.upper() for form in name_forms("address", "mention")})
    known = (*military["not_surname"], *military["rank"], *heads["title"], *heads["body"], *heads["small_word"])
    stop = alternation({word.upper() for word in (*known, "of", "for", "and", "the", "to", "in")})
    word = rf"(?!{stop}(?!\w))[A-Z](?:[A-Z]*\.|[A-Z’'-]*[A-Z])"
    return re.compile(rf"(?:(?P<title>{title})|{address}\.?) (?:{address}\.? )*(?P<name>{word}(?: {word}){{0,3}}):")


def _find_label(text: str) -> list[Mention]:
    """Find the office and the name that a line starts with in capitals, as transcripts have their speakers.

    Example:
        >>> text = "DEFENCE MINISTER HALE-ORR: Good morning."
        >>> [(m.label, text[m.start:m.end]) for m in _find_label(text)]
        [('TITLE', 'DEFENCE MINISTER'), ('PERSON', 'HALE-ORR')]
    """
    if _LABEL.match(text) is None or (hit := _speaker().match(text)) is None:
        return []
    if hit.group("title") in _AMBIGUOUS and not has_no_english(hit.group("name")):
        return []  # `GENERAL REMARKS: `
    name = Mention(*hit.span("name"), "PERSON", "rule:rank")
    return [Mention(*hit.span("title"), "TITLE", "rule:rank"), name] if hit.group("title") else [name]


def find_ranks(text: str) -> list[Mention]:
    """Find ranks before a name, and the names.

    Example:
        >>> text = "Lt. Col. Ann B. Hill and Gunner's Mate 2nd Class Li Wei spoke to General Electric."
        >>> [(m.label, text[m.start:m.end]) for m in find_ranks(text)]
        [('TITLE', 'Lt. Col.'), ('PERSON', 'Ann B. Hill'), ('TITLE', "Gunner's Mate 2nd Class"), ('PERSON', 'Li Wei')]
    """
    found = _find_label(text)
    if _rank_words().isdisjoint(words_in(text)):
        return found
    for hit in find_at_words(_ranked(), text, _rank_starts(), found[-1].end if found else 0):
        start, end = hit.span("name")
        end -= 2 if hit.group("name").endswith(POSSESSIVES) else 0
        if text[hit.start() : end] in people_keys():  # Gen Nakatani: a given name
            found.append(Mention(hit.start(), end, "PERSON", "rule:rank"))
            continue
        if _site().match(text, end + 1) or _site().match(text, text.rfind(" ", 0, end) + 1):
            continue
        title, last = hit.span("title"), text[: hit.start()].rpartition(" ")[0].rpartition(" ")[2]
        if hit.group("title").startswith("Army ") and text[hit.start() - 1 : hit.start()] == " " and last in _owners():
            title = (title[0] + len("Army "), title[1])  # a general of the U.S. Army
        found.append(Mention(*title, "TITLE", "rule:rank"))
        found.append(Mention(start, end, "PERSON", "rule:rank"))
    return found


def _names_next(text: str, mentions: Sequence[Mention], i: int) -> bool:
    """Return whether a rank or office has its person right behind it."""
    following = mentions[i + 1] if i + 1 < len(mentions) else None
    return following is not None and following.label == "PERSON" and text[mentions[i].end : following.start] == " "


def find_functions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Find functions in apposition to a person: between commas after the name, or after the body that follows it.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "Ann Hill, a flight deck crew chief with VP-8, and Li Wei, VP-8 commander, spoke."
        >>> people = [Mention(0, 8, "PERSON", "model"), Mention(50, 56, "PERSON", "model")]
        >>> unit = Mention(58, 62, "UNIT", "model")
        >>> [text[m.start:m.end] for m in find_functions(text, [*people, unit])]
        ['flight deck crew chief', 'commander']
    """
    found: list[Mention] = []
    for i, mention in enumerate(mentions):
        is_person = mention.label == "PERSON"
        heads_name = mention.label == "TITLE" and _names_next(text, mentions, i)
        if (is_person or heads_name) and (before := _find_before(text, mention)) is not None:
            found.append(before)
        if not is_person:
            continue
        end = mention.end
        # the body in between: "Ann Hill, VP-8 commander", "Ann Hill, the VP-8's commander"
        following = mentions[i + 1] if i + 1 < len(mentions) else None
        if following and following.label in _HOLDERS:
            between = text[end : following.start]
            if between in (", ", ", the ", ", a ", ", an "):
                rest = following.end + (2 if text[following.end : following.end + 2] in POSSESSIVES else 0)
                hit = _function().match(text, rest)
                if hit and not text[rest : hit.start("title")].startswith(","):
                    found.append(Mention(*hit.span("title"), "TITLE", "rule:function"))
                continue
        if text[end : end + 1] == ",":
            hit = _function().match(text, end)
            if hit:
                found.append(Mention(*hit.span("title"), "TITLE", "rule:function"))
    return [m for m in found if not any(m.start < o.end and o.start < m.end for o in mentions)]


@cache
def _functions() -> frozenset[str]:
    """Return the last words of functions, in small letters."""
    heads = read_terms("name_heads.tsv")
    return frozenset(form.rpartition(" ")[2] for form in (*heads["title"], *heads["function"]))


@cache
def _before_name() -> re.Pattern[str]:
    """Return the pattern of a function in small letters that ends before a name: `the ship's captain, `."""
    heads = read_terms("name_heads.tsv")
    head = alternation((*heads["title"], *heads["function"]))
    said = heads["speech"]
    never = alternation((*heads["no_function"], *heads["before_function"], *heads["small_word"], *said))
    word = rf"(?!{never}(?!\w))[a-z]+(?:[-/][a-z]+)*"
    owner = r"\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ur)|['’]s?"
    sure = rf"(?P<sure>(?:{owner}) (?:(?:{alternation(heads['before_function'])}) )*)"
    other = rf"[,;:.”\"] |\b(?:{alternation((*said, 'by', 'and', 'to', 'with', 'from'))}) |[A-Z]\w+ "
    return re.compile(rf"(?:{sure}|{other})(?P<title>(?:{word} ){{0,3}}?{head})(?P<comma>,)? $")


@cache
def _addressed() -> re.Pattern[str]:
    return re.compile(rf"(?:\b{alternation(name_forms('address', 'mention'))}\.? )+$")


def _find_before(text: str, name: Mention) -> Mention | None:
    """Return the function that stands right before a name or a rank; behind a comma only one that has an owner."""
    start = max(0, name.start - _NEAR)
    end = name.start
    if (address := _addressed().search(text, start, end)) is not None:
        end = address.start()
    last = _LAST.search(text, start, end)
    if last is None or last.group(1) not in _functions():
        return None
    hit = _before_name().search(text, start, end)
    if hit is None or (hit.group("comma") and hit.group("sure") is None):
        return None
    return Mention(*hit.span("title"), "TITLE", "rule:function")


def drop_functions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Drop titles in small letters that no person stands by: "the secretary said" names nobody.

    Example:
        >>> text = "The secretary met director Ann Hill."
        >>> titles = [Mention(4, 13, "TITLE", "model"), Mention(18, 26, "TITLE", "model")]
        >>> found = [*titles, Mention(27, 35, "PERSON", "model")]
        >>> [text[m.start:m.end] for m in drop_functions(text, found)]
        ['director', 'Ann Hill']
    """
    people = [m for m in mentions if m.label == "PERSON"]
    return [
        m
        for m in mentions
        if m.label != "TITLE"
        or not text[m.start : m.end].islower()
        or any(
            (0 <= p.start - m.end <= _NEAR and not _BREAK.search(text, m.end, p.start))
            or (0 <= m.start - p.end <= _FAR and not _BREAK.search(text, p.end, m.start))
            for p in people
        )
    ]
