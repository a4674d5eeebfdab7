"""AGREEMENT by its first words, and by one word alone: `Guidelines for Defence Cooperation`, later `the Guidelines`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.entities.lexicon import Mention, country_forms, first_words, words_in
from tasks.entities.military import WORD
from tasks.lexicons import alternation, read_terms

_YEAR = re.compile(r"(?<!\d) of (?:(?:\d{1,2} )?[A-Z][a-z]+ )?(?:1[5-9]|20)\d\d$")
_WHOLE = re.compile(r".*\d|.+ Act$")  # `Law 9 of 2004`, `Sea Rescue Act of 1954`
_JOINT = re.compile(r" (?:on|for|to) (?:the )?$")


@cache
def _bare() -> re.Pattern[str]:
    """Return the pattern of what a text calls an accord that it has named, or is about to."""
    heads = alternation(read_terms("name_heads.tsv")["bare_accord"])
    more = r"(?! (?:(?:of|on|for|to) )?(?:the )?[A-Z\d“\"(])"
    return re.compile(rf"(?<![\w-])(?:[Tt]he|[Tt]his) (?P<name>{heads})(?![\w-]){more}")


@cache
def _opened() -> re.Pattern[str]:
    """Return the pattern of an accord by what it opens with: `Memorandum of Understanding on Sea Rescue`."""
    opens = alternation(read_terms("name_heads.tsv")["opens_accord"])
    word = rf"(?:(?:{WORD}-)?U\.S\.(?:-{WORD})?(?= )|{WORD})"
    small = r"(?:of|for|to) (?:the |an? )?|and |(?:in|on) the |with an? |(?:from|through) (?:the|an?) |an? |the "
    chain = rf"{word}(?: (?:{small})?{word})*"
    return re.compile(rf"(?<![\w-])(?:Joint )?{opens} (?:the |a )?{chain}(?!\w)")


@cache
def _small() -> re.Pattern[str]:
    """Return the pattern of an accord by where it was made and a word in small letters: `the Ely accords`."""
    heads = alternation(read_terms("name_heads.tsv")["small_accord"])
    return re.compile(
        rf"(?<=[Tt]he )(?!{alternation(country_forms())} )(?:[A-Z][a-z]+ )?[A-Z][a-z]{{2,}} {heads}(?![\w-])"
    )


@cache
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return words of which a line has one where an accord stands: alone, by what it opens with, by a small word."""
    terms = read_terms("name_heads.tsv")
    return first_words(terms["bare_accord"]), first_words(terms["opens_accord"]), frozenset(terms["small_accord"])


def find_accords(text: str) -> list[Mention]:
    """Find accords by what they open with, and those that are called the Agreement, the Guidelines.

    Example:
        >>> text = "The Guidelines for Sea Rescue are old; the Guidelines stay, the guidelines of 1951 do not."
        >>> [text[m.start:m.end] for m in find_accords(text)]
        ['Guidelines for Sea Rescue', 'Guidelines']
    """
    words = words_in(text)
    bare, opened, small = _words()
    found: list[Mention] = []
    if not words.isdisjoint(opened):
        found += [Mention(*hit.span(), "AGREEMENT", "pattern:agreement") for hit in _opened().finditer(text)]
    if not words.isdisjoint(small):
        found += [Mention(*hit.span(), "AGREEMENT", "pattern:agreement") for hit in _small().finditer(text)]
    if not words.isdisjoint(bare):
        found += [Mention(*hit.span("name"), "AGREEMENT", "pattern:agreement") for hit in _bare().finditer(text)]
    return sorted(found)


def settle_accords(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Leave the year that an accord is of outside, unless it is one of that year's; join what one is on.

    Args:
        text: The line.
        mentions: What the model found in it, sorted and free of overlaps.

    Example:
        >>> text = "the Treaty of Ely of 1828, Law 9 of 2004 and the Joint Agreement on Sea Rescue"
        >>> spans = ((4, 25), (27, 40), (49, 64), (68, 78))
        >>> found = settle_accords(text, [Mention(*span, "AGREEMENT", "model") for span in spans])
        >>> [text[m.start:m.end] for m in found]
        ['Treaty of Ely', 'Law 9 of 2004', 'Joint Agreement on Sea Rescue']
    """
    done: list[Mention] = []
    for mention in mentions:
        if mention.label == "AGREEMENT":
            year = _YEAR.search(text, mention.start, mention.end)
            if year is not None and not _WHOLE.match(text, mention.start, year.start()):
                mention = mention._replace(end=year.start())
            last = done[-1] if done else None
            if last and last.label == "AGREEMENT" and _JOINT.fullmatch(text, last.end, mention.start):
                done[-1] = last._replace(end=mention.end)
                continue
        done.append(mention)
    return done
