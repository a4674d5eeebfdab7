"""What one mention of a name says about the others of its document.

Order: words that are common in it and start a sentence are no names → acronyms in brackets take the label of the name
that they abbreviate, and a minister's initials are the ministry's → ships named with their prefix are ships without it
→ surnames of people named in full are people, and so are their names in capitals, as labels of speakers have them, and
the first words of full names (`Pan` of `Pan Li-ting`) where a sentence starts with them and what people do follows → of
one wording with several labels, a rule's or lexicon's label, else the most frequent one, holds for all → wordings that
were missed elsewhere are found.
Titles, dates, amounts and measures keep out of it: what they are depends on where they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from tasks.entities.lexicon import Mention
from tasks.entities.merge import no_names
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_terms
from tasks.names import abbreviates, without_suffix

_BY_PLACE = frozenset(label.name for label in ENTITY_LABELS if label.is_by_place)
_LENDERS = frozenset(label.name for label in ENTITY_LABELS if label.lends_label)
_ACRONYM = re.compile(
    r"(?:,? ?\(|, or |, known as |, called )[\"“]?([A-Z][A-Za-z0-9&/-]{1,10}[A-Z0-9])[\"”]?(?=[),]|\b)"
)
_INTRODUCED = re.compile(r"(?:,? \(|, or )([A-Z][A-Za-z&/-]{1,7}[A-Z]?)(?=[),])")
_WORDS_BEFORE = re.compile(r"(?:[\w/-]+ ){0,4}[\w/-]+$")
_SMALL = re.compile(r"(?<!\w)[a-z]{2,}(?!\w)")
_SENTENCE_ENDS = ("", "\n", ".", "!", "?", ":", "”", "“", '"')
_MINISTER = re.compile(r"Minister (?:of|for) ")
_JOINS = frozenset("_./-")
_LONG_SURNAME = 5  # letters from which a surname in capitals is hardly an acronym
_RUN = re.compile(r"[^\W_]+")
_PLACES = frozenset({"GPE", "LOC"})  # what the model takes a family name at the start of a sentence for


def _occurrences(text: str, wordings: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield where each wording stands by itself, wording by wording. One pass over the text finds all."""
    runs = [_RUN.match(wording) for wording in wordings]
    places: dict[str, list[int]] = {run.group(): [] for run in runs if run}
    for hit in _RUN.finditer(text):
        if (starts := places.get(hit.group())) is not None:
            starts.append(hit.start())
    for wording, run in zip(wordings, runs, strict=True):
        stop = 0
        for at in places[run.group()] if run else ():
            end = at + len(wording)
            is_open = at >= stop and text[at - 1 : at] not in _JOINS and not text[end : end + 1].isalnum()
            if is_open and text.startswith(wording, at):
                yield wording, at, end
                stop = end


def _learn(text: str, mentions: Sequence[Mention]) -> dict[str, str]:
    """Return wordings whose label the document tells."""
    told: dict[str, str] = {}
    people: dict[str, None] = {}
    for mention in mentions:
        wording = text[mention.start : mention.end]
        is_office = mention.label == "TITLE" and wording[0].isupper()
        if (mention.label in _LENDERS or is_office) and " " in wording:
            hit = _ACRONYM.match(text, mention.end)
            if hit and abbreviates(hit.group(1), wording):
                told.setdefault(hit.group(1), mention.label)
        if mention.label == "TITLE" and _MINISTER.match(wording):
            initials = "".join(word[0] for word in wording.split() if word[0].isupper())
            if len(initials) > 2:
                told.setdefault(initials, "ORG")
        if mention.method == "rule:ship" and len(wording) > 3:
            told.setdefault(wording, "EQUIPMENT")
        if mention.method == "rule:equipment":
            prefix, _, name = wording.partition(" ")
            if prefix.isupper() and prefix.isalpha() and len(name) > 2:
                told.setdefault(name, "EQUIPMENT")
        if mention.label == "PERSON" and (person := without_suffix(wording)) is not None:
            people[person] = None
    for person in people:
        last = person.split()[-1]
        told.setdefault(person.upper(), "PERSON")  # as labels of speakers have it
        if len(last) > 2 and last[0].isupper() and not last.endswith("."):
            told.setdefault(last, "PERSON")
            if len(last) >= _LONG_SURNAME:
                told.setdefault(last.upper(), "PERSON")
    return told


def _in_place(text: str, mention: Mention) -> bool:
    """Return whether a mention stands where only a place can: `Norfolk, Virginia`, `in Virginia`."""
    return bool(
        re.search(r"(?:[A-Z]\w*, |\b(?:in|from|of|at|near) )$", text[max(0, mention.start - 20) : mention.start])
    )


def _unnamed(text: str, mentions: Sequence[Mention]) -> set[str]:
    """Return acronyms that are introduced for words in small letters ("electromagnetic interference (EMI)")."""
    ends = {mention.end for mention in mentions}
    found = set()
    for hit in _INTRODUCED.finditer(text):
        before = _WORDS_BEFORE.search(text, max(0, hit.start() - 60), hit.start())
        if before and hit.start() not in ends:
            words = before.group().split()
            spelt = [tail for i in range(len(words)) if (tail := " ".join(words[i:])).islower()]
            if any(abbreviates(hit.group(1), tail) for tail in spelt):
                found.add(hit.group(1))
    return found


@cache
def _acts() -> re.Pattern[str]:
    """Return the pattern of what follows a person by whom a sentence starts."""
    heads = read_terms("name_heads.tsv")
    return re.compile(rf" {alternation((*heads['speech'], *heads['act']))}(?!\w)|, whose?(?!\w)")


def _first_names(text: str, mentions: Sequence[Mention]) -> set[str]:
    """Return the first words of the full names of a document's people, those that stand elsewhere too."""
    people = (text[m.start : m.end] for m in mentions if m.label == "PERSON")
    firsts = Counter(first for first, blank, _ in (person.partition(" ") for person in people) if blank)
    return {
        first
        for first, count in firsts.items()
        if len(first) > 2 and first.isalpha() and not first.isupper() and text.count(first) > count
    }


def _starts_sentence(text: str, mention: Mention) -> bool:
    return text[max(0, mention.start - 4) : mention.start].rstrip(" ")[-1:] in _SENTENCE_ENDS


def _vote(text: str, mentions: Sequence[Mention]) -> dict[str, str]:
    """Return the label that most mentions of a wording have, those of rules and lexicons before all."""
    votes: dict[str, Counter[str]] = {}
    for mention in mentions:
        if mention.label not in _BY_PLACE:
            weight = 1 if mention.method == "model" else 100
            votes.setdefault(text[mention.start : mention.end], Counter())[mention.label] += weight
    return {
        wording: max(sorted(labels), key=lambda label: labels[label])
        for wording, labels in votes.items()
        if len(wording) > 2 and (wording[0].isupper() or wording[0].isdigit())
    }


def settle(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Make the mentions of a document consistent; the result is sorted and free of overlaps.

    Example:
        >>> text = "Ann Hill of the Office of Ship Trials (OST) boarded USS Ely. Hill said OST tried Ely."
        >>> model = [Mention(0, 8, "PERSON", "model"), Mention(16, 37, "ORG", "model")]
        >>> ship = Mention(52, 59, "EQUIPMENT", "rule:equipment")
        >>> [(m.label, text[m.start:m.end]) for m in settle(text, [*model, ship, Mention(81, 84, "GPE", "model")])][2:]
        [('ORG', 'OST'), ('EQUIPMENT', 'USS Ely'), ('PERSON', 'Hill'), ('ORG', 'OST'), ('EQUIPMENT', 'Ely')]
    """
    told = _learn(text, mentions)
    unnamed = _unnamed(text, mentions) | no_names()
    common = {word.capitalize() for word in _SMALL.findall(text)} - set(told)
    labels = {wording: label for wording, label in {**_vote(text, mentions), **told}.items() if wording not in unnamed}
    firsts = _first_names(text, mentions) - set(told)
    settled: list[Mention] = []
    for mention in mentions:
        wording = text[mention.start : mention.end]
        is_word = wording in unnamed or (wording in common and _starts_sentence(text, mention))
        if mention.method == "model" and is_word:
            continue
        label = labels.get(wording, mention.label)
        if label == "EQUIPMENT" and wording in told:  # a ship's name is often a place's
            is_open = not (mention.label == "GPE" and _in_place(text, mention))
        else:
            is_open = mention.method == "model"
        if (
            wording in firsts
            and mention.method == "model"
            and mention.label in _PLACES
            and _starts_sentence(text, mention)
            and _acts().match(text, mention.end)
        ):
            settled.append(mention._replace(label="PERSON", method="document"))
            continue
        settled.append(
            mention._replace(label=label, method="document")
            if is_open and label != mention.label and mention.label not in _BY_PLACE
            else mention
        )
    taken = bytearray(len(text))
    for mention in settled:
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    missed: list[Mention] = []
    # a single word with a small rest may be a common word at the start of a sentence
    sought = [w for w in labels if w in told or " " in w or not (len(w) < 4 or w[1:].islower())]
    sought += firsts.difference(sought)
    for wording, start, end in _occurrences(text, sorted(sought, key=lambda wording: (-len(wording), wording))):
        if taken.find(1, start, end) >= 0:
            continue
        mention = Mention(start, end, "PERSON" if wording in firsts else labels[wording], "document")
        if wording not in firsts or (_starts_sentence(text, mention) and _acts().match(text, end)):
            taken[start:end] = b"\1" * (end - start)
            missed.append(mention)
    return sorted([*settled, *missed])
