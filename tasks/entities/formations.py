"""UNIT by the words of other languages, and battalions by two numbers: `Gebirgsjägerbrigade 23`, `2e REP`, `2-504 PIR`.

A line is looked at with the patterns of a language only where it has a word of that language's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tasks.entities.lexicon import Mention, last_words, words_in
from tasks.lexicons import alternation, read_terms

_FILE = "formations.tsv"
_CAP = r"[^\W\d_a-zà-öø-ÿ][\w’'-]*\w"
_ORDINAL = r"\d{1,3}(?:er|ère|re|ème|e|\.?[°ºª])"
_QUOTED = r"(?:“[A-Z][^”\n]{1,40}”|«[A-Z][^»\n]{1,40}»|\"[A-Z][^\"\n]{1,40}\")"
_NUMBERED = r"(?:[Nn]\.?[º°] ?\d{1,4}|[Nn]o\.? ?\d{1,4}|\d{1,3}(?![\w,.]?\d)F?|[IVX]+)(?!\w)"
_LINK = r"(?:(?:de la|de los|de las|della|delle|dello|dei|del|des|du|de|do|da|dos|di|y|et|e) |(?:de l|dell|d|degl)['’])"


def _any_of(kind: str) -> str:
    return alternation(read_terms(_FILE)[kind])


@cache
def _patterns() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    """Return patterns, each with words of which a line has one where it stands."""
    terms, military = read_terms(_FILE), read_terms("military.tsv")
    tail = rf"(?: (?!No\.){_LINK}?(?:{_any_of('romance_word')}(?!\w)|{_CAP}))"
    named = rf"(?:{tail}{{1,6}}(?: {_QUOTED})?|(?: {_QUOTED}))(?: {_NUMBERED})?"
    rank, arm = _any_of("rank_too"), alternation(word.capitalize() for word in terms["romance_word"])
    no_person = rf"(?!{rank} (?!(?:{arm}|[IVX]+)(?!\w)){_CAP})"
    legion = r"(?:, \d{1,2}\.?º de La Legión)?"
    roman = rf"(?<!War )[IVXL]{{1,6}} (?:\([A-Z]\w*(?: [A-Z]\w*)?\) )?{_any_of('roman_head')}"
    word = rf"(?: (?:{_CAP}|and|of))"
    regiment = rf"{_any_of('regiment_head')}(?!\w| {_CAP})(?: \({_CAP}(?: {_CAP})+\))?"
    company = rf"(?:{alternation(military['spelling'])}|[A-K]) {alternation(military['unit_part'])}, "
    malay = rf"(?:\d{{1,3}}|[IVX]+(?:/{_CAP})?)(?: {_any_of('malay_word')})*|{_CAP}(?: \d{{1,3}})?"
    patterns: tuple[tuple[Iterable[str], str], ...] = (
        (
            terms["romance"],
            rf"(?<! d[ei] )(?:{_ORDINAL} )?{no_person}{_any_of('romance')}(?:{named}| {_NUMBERED}){legion}",
        ),
        (terms["romance_numbered"], rf"{_ORDINAL} {_any_of('romance_numbered')}(?:{named})?"),
        (terms["french_regiment"], rf"\d{{1,3}}(?:er|ère|e) {_any_of('french_regiment')}"),
        (
            terms["slavic"],
            rf"(?<! d[ei] )(?:\d{{1,3}}\.? (?:{_CAP} ){{0,2}})?(?!{rank} \D){_any_of('slavic')}"
            rf"(?:(?: de)? (?:{_CAP}|\d{{1,3}})){{1,4}}",
        ),
        (terms["malay"], rf"{_any_of('malay')} (?:{malay})"),
        (terms["behind"], rf"(?:(?:\d{{1,3}}\.? )?(?!The )(?:{_CAP} )|\d{{1,3}}\.? ){_any_of('behind')}"),
        (terms["alone"], _any_of("alone")),
        (terms["battalion_arm"], rf"(?:{company})?\d{{1,2}}-\d{{1,3}}(?:st|nd|rd|th|d)? {_any_of('battalion_arm')}"),
        (terms["roman_head"], roman),
        (terms["regiment_head"], rf"{_any_of('patron')}(?! {_any_of('no_regiment')}(?!\w)){word}{{0,4}}? {regiment}"),
        (
            terms["regiment_short"],
            rf"\d{{1,2}} {_any_of('regiment_short')}(?! {_CAP})(?! (?!{_any_of('after_short')}(?!\w))[a-z])",
        ),
    )
    return tuple((last_words(words), re.compile(rf"(?<![\w-]){form}(?!\w)")) for words, form in patterns)


@cache
def _compound() -> re.Pattern[str]:
    """Return the pattern of a word that ends in what it is, with its number: `10. Panzerdivision`."""
    regiment = rf"(?: {_any_of('regiment')}(?: (?:{_CAP}|van|en))+)?"
    return re.compile(
        rf"(?<![\w-])(?:\d{{1,3}}\.? )?(?:{_CAP}s?- (?:und|og|och|en) |{_CAP}sk[ae] )?"
        rf"(?!Sub|SUB)[^\W\d_a-zà-öø-ÿ][\w-]{{2,}}{_any_of('compound')}"
        rf"(?: \d{{1,3}}(?![\w,.]?\d)| [IVX]+(?!\w))?{regiment}(?!\w)"
    )


@cache
def _ends() -> tuple[str, ...]:
    return read_terms(_FILE)["compound"]


@cache
def _contingent() -> re.Pattern[str]:
    """Return the pattern of a nation's battalion in a mission: `GHANBATT`."""
    return re.compile(rf"(?<![\w-])(?!{_any_of('no_contingent')}(?!\w))[A-Z]{{3,14}}BATT?(?![\w-])")


def find_formations(text: str) -> list[Mention]:
    """Find formations by words of other languages, and battalions by their number and their regiment's.

    Example:
        >>> text = "The 10. Panzerdivision met the 2e REP, Brigada “Galicia” VII, GHANBATT and A Company, 2-504 PIR."
        >>> [text[m.start:m.end] for m in find_formations(text)]
        ['10. Panzerdivision', '2e REP', 'Brigada “Galicia” VII', 'GHANBATT', 'A Company, 2-504 PIR']
    """
    words = words_in(text)
    rules = [rule for gate, rule in _patterns() if not words.isdisjoint(gate)]
    long = [word for word in words if word.endswith(_ends())]
    if any(len(word) > len(end) + 2 for word in long for end in _ends() if word.endswith(end)):
        rules.append(_compound())
    if any(word.endswith(("BAT", "BATT")) for word in words):
        rules.append(_contingent())
    spans = {hit.span() for rule in rules for hit in rule.finditer(text)}
    whole = [s for s in spans if not any(s != t and t[0] <= s[0] and s[1] <= t[1] for t in spans)]
    return [Mention(*span, "UNIT", "rule:formation") for span in sorted(whole)]
