"""Where a person's name begins and ends: what stands beside it is no part of it, what was cut off it is.

Order: a title by itself (`SEN.`) is nobody; forms of address before it (`Shri`, `Dato' Seri`, `Sheikh` before `Isa bin
Hamad`), letters after it (`CB OBE`) and what it is called from there on (`Shangguan Ping (Shangguan)`) go → what a full
stop that reads as an abbreviation's or a hyphen cut off comes back (`Dong Jun. He`, `Reyes-May`), the stop itself goes,
and a name in quote marks in the middle (`Daniel “Danny” Lind`) and a suffix (`, Jr.`) come back → of `the Lin
Ching-wen administration` the person is left. Once the mentions of a line stand: names side by side, or with a small
word of names between, are one; behind a rank or an office a name starts at once; what follows a small word of names
belongs to it (`Ana Lind do Monte`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from tasks.entities.lexicon import Mention, has_no_english
from tasks.lexicons import alternation, read_shared, read_terms
from tasks.names import name_forms

_NICKNAMED = re.compile(r"[^\W\d_a-z][\w’-]+ [\"“‘'][^\W\d_a-z]\w+[\"”’'](?: [^\W\d_a-z][\w’-]+){1,2}")
_HYPHEN = re.compile(r"-[^\W\d_a-z]\w+")
_BEFORE_HYPHEN = re.compile(r"(?<![\w-])[^\W\d_a-z][^\W\d_A-Z]+-$")
_SHEIKH = re.compile(r"Sh(?:ei|ai)kha? (?=.*(?:\b(?:bin|bint|ibn) |\bAl[ -]))")
_CALLED = re.compile(r" \([^()]*\)?$")
_SHORT = re.compile(r" \((?P<short>[^\W\d_a-z][\w’'-]+)\)")
_LABEL = re.compile(r"[:：]")  # behind the label of a turn
_LONGEST = 60  # characters of a name
_MISTAKEN = frozenset({"ORG", "GPE", "LOC"})  # what the model takes a rank with a rare name for
_NEXT = re.compile(r" (?P<name>[^\W\d_a-z][a-zß-ÿ’'-]+[^\W\d_A-Z])(?=[.,;:)”\"]|$|\n| (?!bin )[^\W_A-Z])")
_INITIAL = re.compile(r"(?<![\w.])(?:(?:[CGKSTZ]h|Ts|Dz|Y[aeu])\. )+$")  # of two letters: Ch. Batzul


@cache
def _address() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(name_forms('address', 'mention'))}\.? )+(?=[^\W\d_a-z])")


@cache
def _job() -> re.Pattern[str]:
    """Return the pattern of what someone does, in front of a name of two words."""
    return re.compile(rf"{alternation(_jobs())} (?=[^\W\d_a-z]\S* [^\W\d_a-z])")


@cache
def _letters() -> re.Pattern[str]:
    return re.compile(rf"(?:,? {alternation(name_forms('order', 'mention'))})+$")


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"{alternation(read_shared('abbreviations.tsv', 'token')['title'])}\.", re.IGNORECASE)


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(rf",? {alternation(name_forms('suffix', 'part'))}(?!\w)")


@cache
def _syllable() -> re.Pattern[str]:
    """Return the pattern of the second half of a given name of the Far East: `Ahn Gyu-hwan`, not `Ann Hill-led`."""
    joined = alternation(read_terms("name_heads.tsv")["joined"])
    return re.compile(rf"-(?!{joined}(?!\w))[a-z]{{2,6}}(?![\w-])")


@cache
def _short_days() -> str:
    """Return the alternation of months and weekdays that are names with a full stop behind them: `Jun`, `Sun`."""
    calendar = read_terms("calendar.tsv", 3)
    return alternation(
        form for kind in ("short_month", "short_weekday") for form in calendar[kind] if not form.endswith(".")
    )


@cache
def _stop() -> re.Pattern[str]:
    """Return the pattern of a name's last word with a full stop that is the sentence's."""
    return re.compile(rf" {_short_days()}(?P<stop>\.)(?: (?=[^\W\d_a-z])|$)")


@cache
def _cut_off() -> re.Pattern[str]:
    """Return the pattern of a name's last word that a full stop makes an abbreviation of a month or weekday."""
    return re.compile(rf" {_short_days()}(?=\.(?:\s+[^\W\d_a-z]|[”\"]|\s*$)|, (?!\d)|['’]s)")


@cache
def _led() -> re.Pattern[str]:
    """Return the pattern of those whom a person leads, named after a full name with a hyphen."""
    heads = alternation(read_terms("name_heads.tsv")["led"])
    return re.compile(rf"(?:the )?(?P<name>[^\W\d_a-z]\w+(?: [^\W\d_a-z]\w+)? ?[^\W\d_a-z]\w+-\w+) {heads}")


@cache
def _ranked() -> re.Pattern[str]:
    """Return the pattern of a rank, or of an office that is none, and a name of one to three words."""
    rank = alternation((*read_terms("military.tsv")["rank"], *read_terms("name_heads.tsv")["office_alone"]))
    return re.compile(rf"(?P<rank>{rank}) (?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+){{0,2}})(?! [^\W\d_a-z])")


def tidy_person(text: str, mention: Mention) -> Mention:
    """Return a person without what is none of the name, and with what was cut off.

    Example:
        >>> text = "Shri Dev Rao, Gus Orr, Jr., Ana Lind-Orr OBE; Adm. Dong Jun. He left."
        >>> spans = [(0, 12), (14, 21), (28, 44), (51, 55)]
        >>> for start, end in spans:
        ...     found = tidy_person(text, Mention(start, end, "PERSON", "model"))
        ...     print(text[found.start:found.end])
        Dev Rao
        Gus Orr, Jr.
        Ana Lind-Orr
        Dong Jun
    """
    start, end = mention.start, mention.end
    if (address := _address().match(text, start, end)) is not None:
        start = address.end()
    if (job := _job().match(text, start, end) or _SHEIKH.match(text, start, end)) is not None:
        start = job.end()
    if (last := _stop().search(text[start:end])) is not None:
        end = start + last.start("stop")
    if (initial := _INITIAL.search(text, max(0, start - 10), start)) is not None:
        start = initial.start()
    if (label := _LABEL.search(text, start + 1, end)) is not None:
        end = label.start()
    if (called := _CALLED.search(text[start:end])) is not None:
        end = start + called.start()
    if (letters := _letters().search(text[start:end])) is not None and letters.start():
        end = start + letters.start()
    if " " not in text[start:end] and (rest := _cut_off().match(text, end)) is not None:
        end = rest.end()
    is_whole = " " in text[start:end]
    if (rest := _HYPHEN.match(text, end) or (is_whole and _syllable().match(text, end)) or None) is not None:
        end = rest.end()
    if (front := _BEFORE_HYPHEN.search(text[max(0, start - _LONGEST) : start])) is not None:
        start -= len(front.group())
    if " " in text[start:end] and (suffix := _suffix().match(text, end)) is not None:
        end = suffix.end()
    return mention._replace(start=start, end=end)


def settle_people(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Return the model's mentions of a line with people's names whole and alone.

    Args:
        text: The line.
        mentions: What the model found in it.

    Example:
        >>> text = "The Lin Ching-wen administration met Daniel “Danny” Lind."
        >>> found = [Mention(4, 32, "ORG", "model"), Mention(37, 43, "PERSON", "model")]
        >>> [(m.label, text[m.start:m.end]) for m in settle_people(text, found)]
        [('PERSON', 'Lin Ching-wen'), ('PERSON', 'Daniel “Danny” Lind')]
    """
    nicknamed = [hit.span() for hit in _NICKNAMED.finditer(text)]
    settled: list[Mention] = []
    for mention in mentions:
        if mention.label != "PERSON":
            led = _led().fullmatch(text, mention.start, mention.end)
            ranked = _ranked().match(text, mention.start) if mention.label in _MISTAKEN else None
            if ranked and ranked.end() == mention.end and has_no_english(ranked.group("name")):
                settled.append(mention._replace(end=ranked.end("rank"), label="TITLE"))
                settled.append(mention._replace(start=ranked.start("name"), label="PERSON"))
            else:
                settled.append(mention._replace(end=led.end("name"), label="PERSON") if led else mention)
            continue
        if (title := _title().match(text, mention.start)) is not None and title.end() >= mention.end:
            settled.append(mention._replace(end=title.end(), label="TITLE"))
            continue
        if (stop := _stop().search(text, mention.start, mention.end)) is not None and stop.end() < mention.end:
            # `Dong Jun. Secretary Ruiz`: what follows is of the next sentence, and found by what stands there
            mention = mention._replace(end=stop.start("stop"))
        if any(map(str.isdigit, text[mention.start : mention.end])):
            continue  # a number of a paper, `A2`
        person = tidy_person(text, mention)
        for start, end in nicknamed:
            if start < person.end and person.start < end:
                person = person._replace(start=min(start, person.start), end=max(end, person.end))
        if _suffix().fullmatch(f" {text[person.start : person.end]}") or (settled and person.start < settled[-1].end):
            continue  # a suffix by itself, or a part of the name before
        settled.append(person)
    return settled


@cache
def _links() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what joins two names, what a name goes on with, and the words between an office and a name."""
    small = alternation(name_forms("particle", "link"))
    word = r"[^\W\d_a-z][\w’'-]*\w"
    stop = alternation((*name_forms("address", "mention"), *_jobs()))
    between = rf" (?:(?!{stop}(?!\w)){word} ){{1,2}}"
    return re.compile(rf" (?:{small} )*|-"), re.compile(rf" (?:{small} )+{word}(?: {word})?"), re.compile(between)


@cache
def _jobs() -> frozenset[str]:
    return frozenset(form.capitalize() for form in read_terms("name_heads.tsv")["job"])


def _are_halves(text: str, first: Mention, second: Mention, joint: re.Pattern[str]) -> bool:
    """Return whether two people side by side are one: a word in capitals and one more, or joined ones."""
    between = joint.fullmatch(text, first.end, second.start)
    if between is None or between.group() != " ":
        return between is not None
    names = text[first.start : first.end], text[second.start : second.end]
    return names[0].isupper() != names[1].isupper() and not any(" " in name for name in names)


def complete_people(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Let people's names take in what was cut off them; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "FUKAYA Ken, General Ulises Crespo and Rui Melo do Monte"
        >>> spans = [(0, 6, "PERSON"), (7, 10, "PERSON"), (12, 19, "TITLE"), (27, 33, "PERSON"), (38, 46, "PERSON")]
        >>> [text[m.start:m.end] for m in complete_people(text, [Mention(*span, "model") for span in spans])]
        ['FUKAYA Ken', 'General', 'Ulises Crespo', 'Rui Melo do Monte']
    """
    joint, more, between = _links()
    done: list[Mention] = []
    for i, mention in enumerate(mentions):
        if mention.label != "PERSON":
            done.append(mention)
            continue
        last = done[-1] if done else None
        has_title = len(done) > 1 and done[-2].label == "TITLE" and text[done[-2].end : done[-1].start] == " "
        is_rest = has_title and text[done[-1].end : mention.start] == " "  # one behind a rank: `Col. Yaw Osei | Mensah`
        if last and last.label == "PERSON" and (is_rest or _are_halves(text, last, mention, joint)):
            done[-1] = mention = last._replace(end=mention.end)
        else:
            if last and last.label == "TITLE" and between.fullmatch(text, last.end, mention.start):
                mention = mention._replace(start=last.end + 1)
            done.append(mention)
        limit = mentions[i + 1].start if i + 1 < len(mentions) else len(text)
        if (rest := more.match(text, mention.end)) is not None and rest.end() <= limit:
            done[-1] = mention._replace(end=rest.end())
        elif (rest := _NEXT.match(text, mention.end)) is not None and rest.end() <= limit:
            name = text[mention.start : mention.end]
            if " " in name and rest.group("name") not in name and has_no_english(rest.group("name")):
                done[-1] = mention._replace(end=rest.end())
        elif (short := _SHORT.match(text, mention.end)) is not None and short.end() <= limit:
            is_part = short["short"] in text[mention.start : mention.end].split()
            done += [mention._replace(start=short.start("short"), end=short.end("short"))] if is_part else []
    return done
