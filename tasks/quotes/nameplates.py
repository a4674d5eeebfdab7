"""What the label of a turn says of who speaks: `OLENA MARCHUK, DEPUTY MINISTER, MINISTRY OF DEFENSE`.

Order: what is in brackets at the end → is it `Question` or the like → parts between commas: the one with the name,
offices before and after it, then whom it speaks for.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tasks.names import bare
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import split_name, without_determiner

_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?\s*\.?$")
_PERSON = re.compile(r"[^\W\d_a-z][\w’'-]+(?: (?:[a-z]{2,5} )?[^\W\d_a-z][\w’'.-]*){1,3}")
_PARTS = re.compile(r",|(?<=\w)/(?=\w)")  # `ANA RUIZ/HARBOUR RADIO`
_ACRONYM = 6  # letters of one at most
_OUTLET_AND_REPORTER = 2  # parts of a label
_NUMBER = re.compile(r"[\s#]*\d{1,3}$")
_ASKED = re.compile(r"[QA]\d{1,3} (?=[^\W\d_])")


class Nameplate(NamedTuple):
    """What a label says.

    Attributes:
        name: The personal name, or what may be one; None if there is only an office or a word such as `Question`.
        title: Title or office, without Mr and the like.
        affiliation: Whom the person speaks for.
        is_generic: It is `Question`, `A`, `Reporter from Harbour TV` or the like.
    """

    name: str | None
    title: str | None = None
    affiliation: str | None = None
    is_generic: bool = False


def read_nameplate(label: str, lexicon: Lexicon) -> Nameplate:
    """Read the label of a turn.

    Args:
        label: The label, without its colon.
        lexicon: The lexicon.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("title\\tdeputy|minister|gen.\\nlabel\\tquestion|reporter")
        >>> read_nameplate("DGHO, Gen. Wu Lei", lexicon)[:2]
        ('Wu Lei', 'Gen.')
        >>> read_nameplate("OLENA MARCHUK, DEPUTY MINISTER, MINISTRY OF DEFENSE", lexicon)[:3]
        ('OLENA MARCHUK', 'DEPUTY MINISTER', 'MINISTRY OF DEFENSE')
        >>> read_nameplate("GEN. MERCER", lexicon)[:2], read_nameplate("Deputy Minister", lexicon)[:2]
        (('MERCER', 'GEN.'), (None, 'Deputy Minister'))
        >>> read_nameplate("Daniel Brok (Harbour News)", lexicon)[::2], read_nameplate("Question 2", lexicon).is_generic
        (('Daniel Brok', 'Harbour News'), True)
    """
    label = _ASKED.sub("", label, count=1) if label[:1] in "QA" else label  # `Q1 Ana Ruiz`
    brackets = _BRACKETS.search(label)
    outlet = brackets.group(1).strip() if brackets else ""
    outlet = outlet if outlet[:1].isupper() else ""
    text = without_determiner(label[: brackets.start()] if brackets else label, lexicon).strip()
    before, _, after = text.partition(" ")
    if after and lexicon.has(before.lower(), "suffix"):  # `Sr. Ministro`: elsewhere it ends a name
        text = after
    holder = _holder_in(outlet, lexicon)
    is_sure = holder is not None and holder.split()[0].lower() in lexicon.genders
    if is_generic(text, lexicon):
        return Nameplate(holder if is_sure else None, None, None if is_sure else outlet or None, True)
    if is_sure and (" " not in text or _has_title(text, lexicon)):  # `MODERATORIN (Ana Ruiz)`
        return Nameplate(holder, text)
    parts = _split_parts(text, lexicon)
    if len(parts) == _OUTLET_AND_REPORTER and (reporter := _reporter(parts[0], parts[1], lexicon)):
        return Nameplate(reporter, None, parts[0])
    read = [_read_part(part, lexicon) for part in parts]
    at = next((i for i, (name, _) in enumerate(read) if name), None)
    if at is not None and len(read[at][0] or "") <= _ACRONYM and parts[at].isupper() and parts[at].isalpha():
        at = next((i for i, (name, title) in enumerate(read) if name and title), at)  # `DGMO, Lt. Gen. Ana Ruiz`
    if at is None and holder:  # `The Minister for Ports (Ms. Ana Ruiz)`
        return Nameplate(holder, " ".join(title for _, title in read if title) or text)
    if at is None:
        return Nameplate(None, " ".join(title for _, title in read if title) or text, outlet or None)
    name, title = read[at]
    if at == 0 and title is None:  # the office stands after the name
        title = next((office for other, office in read[1:] if office and not other), None)
    titles = [office for other, office in read[:at] if office] + ([title] if title else [])
    rest = [
        part for part, (_, office) in zip(parts[at + 1 :], read[at + 1 :], strict=True) if not office or office != title
    ]
    return Nameplate(name, " ".join(titles) or None, outlet or (", ".join(rest) or None))


def _reporter(outlet: str, part: str, lexicon: Lexicon) -> str | None:
    """Return who asks for an outlet that stands before the name: `HARBOUR RADIO, ANA RUIZ`.

    `RUIZ, ANA` is one person, `ANA RUIZ, HARBOUR RADIO` has the outlet last.
    """
    words = part.split()
    polite = lexicon.has(words[0].lower(), "honorific")
    name = " ".join(words[1:] if polite else words)
    before = outlet.lower().split()
    if not _is_person(name, lexicon) or any(lexicon.has(word, "title", "honorific") for word in before):
        return None
    forename, *_, surname = name.lower().split()
    is_named = forename in lexicon.genders and surname not in lexicon.genders and before[0] not in lexicon.genders
    return name if polite or is_named else None


def _holder_in(bracket: str, lexicon: Lexicon) -> str | None:
    """Return the person whom a bracket after an office names, without title, address and office."""
    name, _ = _read_part(bracket.partition(",")[0], lexicon) if bracket else (None, None)
    is_polite = lexicon.has(bracket.partition(" ")[0].lower(), "honorific")  # `Mr A Ruiz`
    return name if name and (is_polite or _is_person(name, lexicon)) else None


def _has_title(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a word of a text is that of an office."""
    return any(lexicon.has(word.lower(), "title") for word in text.split())


def _is_person(words: str, lexicon: Lexicon) -> bool:
    """Tell whether words in brackets after an office are the name of who holds it."""
    lower = words.lower().split()
    is_other = any(lexicon.has(word, "outlet", "institution", "portfolio", "title", "owner") for word in lower)
    return len(lower) > 1 and bool(_PERSON.fullmatch(words)) and not is_other and words not in lexicon.places


def is_generic(label: str, lexicon: Lexicon) -> bool:
    """Tell whether a label is `Question`, `Q 2`, `Reporter from Harbour TV` or the like.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("label\\treporter|q\\npreposition\\tfrom")
        >>> is_generic("Q2", lexicon), is_generic("Reporter from Harbour TV", lexicon), is_generic("Wu Lei", lexicon)
        (True, True, False)
    """
    whole = _NUMBER.sub("", label.lower()).rstrip(".")
    first, _, rest = whole.partition(" ")
    if lexicon.has(whole, "label"):
        return True
    return lexicon.has(first.rstrip(","), "label") and (
        first.endswith(",") or lexicon.has(rest.partition(" ")[0], "preposition")
    )


def _split_parts(text: str, lexicon: Lexicon) -> list[str]:
    """Return what stands between commas, `Jr.` with the name before it."""
    parts: list[str] = []
    for part in (part.strip() for part in _PARTS.split(text)):
        if parts and lexicon.has(part.lower().rstrip("."), "suffix"):
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return parts


def _read_part(part: str, lexicon: Lexicon) -> tuple[str | None, str | None]:
    """Return name and title in a part."""
    words = [bare(word) for word in part.split()]
    cut = split_name(words, lexicon)
    start = cut.name_start
    while start > cut.title_start and start < len(words) - 2 and lexicon.has(words[start].lower(), "institution"):
        start += 1  # `Chair of the Ports Commission Ana Ruiz`
    title = " ".join(word for word in words[cut.title_start : start] if not lexicon.has(word.lower(), "honorific"))
    name = words[start:]
    while len(name) > 1 and lexicon.has(name[-1].lower(), "postnominal"):
        name.pop()
    if title and all(lexicon.has(word.lower(), "outlet") for word in title.split()):  # `Harbour Press Pool`
        return part, None
    if name and title and any(lexicon.has(word.lower(), "portfolio", "preposition") for word in name):
        return None, part
    return " ".join(name).rstrip(",") or None, (title if name else part) or None
