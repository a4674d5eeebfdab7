"""Finds who speaks near a cue: before it, after it, or at the start of the unit.

From the cue outwards: over adverbs and auxiliaries to the phrase, and by its commas over an apposition, as in `Senior
Colonel Tan Kefei, a spokesman for the ministry, said`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.names import bare
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, split_name
from tasks.quotes.phrases import JOINED, Reader, join_mentions, token_at
from tasks.quotes.tokens import Token

_GROUP = 12  # people in a list
_DASHES = frozenset("–—-")
_DATELINE = 14  # tokens in which a dateline ends
_NOUNS = 4  # words of what is no name that an office is of
_OWNER = 16  # tokens of whose an office is
_REACH = 60  # tokens that a subject with its apposition may take
_PARTS = ((3, "for", "part"), (3, "on", "part"), (3, "in", "turn"), (2, "in", "turn"))  # `, for her part,`


def subject_before(tokens: Sequence[Token], cue: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands before a cue as its subject, and the token where that phrase starts.

    Args:
        tokens: A unit.
        cue: Index of the cue's first token.
        lexicon: The lexicon.
    """
    reader = Reader(tokens, lexicon)
    j = skip_adverbs(tokens, cue)
    if j < 0:
        return None
    if reader.has(j, "relative"):
        j -= 1
        if j >= 0 and tokens[j].text == ",":
            j -= 1
    has_acronym = j > 1 and tokens[j].text == ")" and tokens[j - 2].text == "(" and tokens[j - 1].text.isupper()
    if j >= 0 and tokens[j].text in {",", "–", "—", "-", ")"} and not has_acronym:
        found = _apposed(reader, j)
        if found:
            return _with_others(reader, *found)
        if tokens[j].text != ")":
            return None
    mention = reader.phrase_before(j + 1)
    if not mention or (mention.kind != "pronoun" and reader.has(j, "determiner") and tokens[j].end == mention.end):
        return None  # `an alleged attack`, `the proposed flag`
    start = token_at(tokens, mention.outer_start, j)
    if mention.kind != "pronoun" and reader.has(start - 1, "preposition"):
        subject = _opening(reader, start - 1)  # `Ana Ruiz during the visit said`
        if subject and (subject[0].kind == "name" or not reader.has(start - 1, "owner")):
            return subject
    if mention.kind in {"role", "institution", "other"} and start > 1 and tokens[start - 1].text == ",":
        named = reader.single_before(start - 1)  # `Tan Kefei, a spokesman for the ministry said`
        opening = token_at(tokens, named.outer_start, start) if named else 0
        is_day = opening > 0 and tokens[opening - 1].text.isdigit()  # `on 9 May, the minister said`
        is_adjunct = is_day or reader.has(opening - 1, "preposition")  # `Speaking in Albany, the minister said`
        if named and named.kind == "name" and not is_adjunct and (named.title or reader.has(start, "determiner")):
            return _apposition(named, mention.text, mention.end, lexicon), token_at(tokens, named.outer_start, start)
    return _with_others(reader, _with_office(reader, mention, start), start)


def _with_others(reader: Reader, mention: Mention, start: int) -> tuple[Mention, int]:
    """Take in who speaks with a name that has its office before a comma: `Ana Ruiz and the Consul, Ivo Hale, said`."""
    office = reader.single_before(start - 1) if mention.kind == "name" and reader.word(start - 1) == "," else None
    if not office or office.kind != "role":
        return mention, start
    outer = token_at(reader.tokens, office.outer_start, start - 1)
    if reader.word(outer - 1) != "and":
        return mention, start
    title = mention.title or title_of(office.text, reader.lexicon)
    held = mention._replace(outer_start=office.outer_start, title=title)
    group = reader.joined(held, token_at(reader.tokens, mention.end - 1, len(reader.tokens)) + 1)
    names = [member for member in group.members if member.kind == "name"] if group else []
    if not group or len(names) < 2 or group.members[-len(names) :] != tuple(names):
        return mention, start  # `the official and military spokesman, Ana Ruiz`
    together = join_mentions(reader.tokens, names)  # without the office before the first name
    return together, token_at(reader.tokens, group.outer_start, outer)


def _with_office(reader: Reader, mention: Mention, start: int) -> Mention:
    """Take in an office with a comma before a name that has no title: `Defence Secretary, Ana Ruiz said`."""
    if mention.kind != "name" or mention.title or reader.word(start - 1) != ",":
        return mention
    office = reader.single_before(start - 1)
    if not office or office.kind != "role" or token_at(reader.tokens, office.outer_start, start - 1) > 0:
        return mention
    title = title_of(office.text, reader.lexicon)
    return mention._replace(outer_start=office.outer_start, title=title, affiliation=office.affiliation)


def _opening(reader: Reader, end: int) -> tuple[Mention, int] | None:
    """Read the phrase that opens a clause and ends before a token."""
    mention = reader.single_before(end)
    if not mention or mention.kind not in {"name", "role", "institution"}:
        return None
    start = token_at(reader.tokens, mention.outer_start, end - 1)
    return (mention, start) if start == 0 or reader.tokens[start - 1].form in "pq" else None


def mention_within(tokens: Sequence[Token], span: tuple[int, int], lexicon: Lexicon) -> Mention | None:
    """Read the phrase that a span of text holds.

    Args:
        tokens: A unit.
        span: Offsets into the text.
        lexicon: The lexicon.
    """
    inside = [i for i, token in enumerate(tokens) if token.start < span[1] and span[0] < token.end]
    if not inside:
        return None
    reader, first, end = Reader(tokens, lexicon), inside[0], inside[-1] + 1
    end = _without_day(reader, first, end)
    read = reader.phrase_before(end)
    if any(token.text == "," for token in tokens[first:end]) and not (read and read.kind == "group"):
        found = subject_after(tokens, first, lexicon)  # `Wu Lei, a spokesman for the port,`
        if found and found[0].kind != "other" and found[0].end <= tokens[end - 1].end:
            return found[0]._replace(outer_end=max(found[0].outer_end, tokens[end - 1].end))
    if read and read.start >= tokens[first].start:
        return read
    return reader.make(first, end, "pronoun" if reader.has(first, "pronoun") and end == first + 1 else "other")


def _without_day(reader: Reader, first: int, end: int) -> int:
    """Return where a phrase ends without punctuation and a day: `a spokesman for the port on Monday`."""
    while end - first > 1:
        last = reader.tokens[end - 1]
        is_day = reader.has(end - 1, "day") or last.text.isdigit()
        if not is_day and (last.form != "p" or last.text == ")") and not reader.has(end - 1, "parted"):
            break
        end -= 1
    return end


def skip_adverbs(tokens: Sequence[Token], cue: int) -> int:
    """Return the last token before a cue that is neither an adverb, an auxiliary nor `on Wednesday`."""
    j = _over_part(tokens, cue - 1)
    while j >= 0 and tokens[j].form == "w":
        token = tokens[j]
        if token.has("adverb", "auxiliary") or (token.lower.endswith("ly") and token.text.islower()):
            j -= 1
        elif token.has("day") and j > 1 and tokens[j - 1].has("parted"):
            j -= 2
        elif token.lower == "part" and j > 2 and tokens[j - 2].lower == "for":
            j -= 3  # `Tan for his part stressed`
        else:
            break
    return j


def _over_part(tokens: Sequence[Token], j: int) -> int:
    """Return the token before `, for her part,` or `, in turn,`, `j` if none of them ends there."""
    if j < 0 or tokens[j].text != ",":
        return j
    for size, first, last in _PARTS:
        at = j - size
        if at > 0 and tokens[at - 1].text == "," and tokens[at].lower == first and tokens[j - 1].lower == last:
            return at - 2
    return j


def _apposed(reader: Reader, comma: int) -> tuple[Mention, int] | None:
    """Read back over `, a spokesman for the ministry,` to the name that it explains."""
    tokens = reader.tokens
    fallback: tuple[Mention, int] | None = None
    end, low = comma, after_dateline(tokens)
    for i in range(comma - 1, max(low - 1, comma - _REACH), -1):
        edge = i == low or tokens[i - 1].form == "q" or tokens[i - 1].text in {",", ":", ";", "–", "—"}
        if tokens[i].form == "q":
            break
        if not edge:
            continue
        mention = reader.phrase_before(end)
        if mention and mention.kind == "name":
            start = token_at(tokens, mention.outer_start, end)
            is_inside = start > i and reader.has(i, "relative")  # `Ana Ruiz, who came with Admiral Wu Lei, said`
            if not is_inside and (start <= i or reader.has(start - 1, "boundary", "preposition") or mention.title):
                role = " ".join(token.text for token in tokens[end + 1 : comma]).replace(" ,", ",")
                if mention.title or fallback is None or end < comma:
                    fallback = (_apposition(mention, role, tokens[comma - 1].end, reader.lexicon), start)
                if mention.title:
                    break
        end = i - 1
        if end <= 0 or tokens[end].text in {":", ";"}:
            break
    if fallback and fallback[1] < comma:
        return fallback
    return None


def title_of(role: str, lexicon: Lexicon) -> str | None:
    """Return the office in an apposition.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("determiner\\ta\\nowning\\tfor")
        >>> title_of("a spokesman for the Ministry of Defence", lexicon)
        'spokesman'
    """
    words = role.split()
    if words and lexicon.has(words[0].lower(), "determiner"):
        words = words[1:]
    ends = (i for i, w in enumerate(words) if i and lexicon.has(w.lower(), "owning", "relative"))
    office = " ".join(words[: next(ends, len(words))])
    return office.partition(",")[0].strip() or None


def _affiliation_of(role: str, lexicon: Lexicon) -> str | None:
    """Return the name after the office: `a spokesman for the Ministry of Defence` → Ministry of Defence."""
    words = role.split()
    at = next((i for i, w in enumerate(words) if lexicon.has(w.lower(), "owning") or w.endswith(",")), len(words))
    rest = words[at + 1 :]
    first = next((i for i, w in enumerate(rest) if w[0].isupper()), len(rest))
    return " ".join(rest[first:]).partition(",")[0].strip() or None


def subject_after(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands after a cue, as in `said Tan` or `according to the release`, and the token after the phrase."""
    reader = Reader(tokens, lexicon)
    found = _single_after(reader, at)
    members: list[Mention] = []
    while found and found[0].kind in {*JOINED, "pronoun"}:
        members.append(found[0])
        end = found[1]
        if reader.word(end) != "and" or len(members) > _GROUP:
            break
        is_named = reader.is_name_word(end + 1) or (reader.has(end + 1, "determiner") and reader.is_name_word(end + 2))
        following = _single_after(reader, end + 1) if is_named else None
        if not following or following[0].kind not in JOINED:
            break
        found = following
    if not found or len(members) < 2:
        return found
    return join_mentions(tokens, members), found[1]


def _named_role(reader: Reader, role: Mention, end: int) -> tuple[Mention, int] | None:
    """Read the name after an office: `the Prime Minister of Fiji, Ana Ruiz`, `the Chief of Staff (CS), Col. Wu Lei`."""
    tokens = reader.tokens
    after = end
    if role.kind == "role" and reader.has(after, "owner"):  # `the spokesman of the Harbour Command, Capt. Wu Lei`
        after = _phrase_end(reader, after, min(len(tokens), after + _OWNER))
    elif (
        role.kind == "role" and after < len(tokens) and tokens[after].text.isdigit()
    ):  # `the Commander 16 Brigade, Col.`
        after = _phrase_end(reader, after + 1, min(len(tokens), after + _OWNER))
    has_owner = after > end
    is_small = not has_owner and role.kind == "role" and reader.has(after, "owner")
    if is_small:  # `the head of the exercise, Colonel Wu Lei`
        after = _small_end(reader, after + 1)
    has_acronym = after + 2 < len(tokens) and tokens[after].text == "(" and tokens[after + 2].text == ")"
    after += 3 if has_acronym else 0
    has_comma = after < len(tokens) and tokens[after].text == ","
    if role.kind != "role" or after + 1 + has_comma >= len(tokens) or not (has_comma or after > end):
        return None
    if has_owner and not has_comma and not has_acronym:
        return None
    first = after + 1 if has_comma else after
    stop = first
    while stop < min(len(tokens), first + 9):
        if reader.after_bracket(stop) > stop:
            stop = reader.after_bracket(stop)
        elif reader.is_name_word(stop) or reader.has(stop, "particle"):
            stop += 1
        else:
            break
    ends = stop == len(tokens) or tokens[stop].form == "p" or reader.has(stop, "cue") or not has_comma
    if stop - first < 2 or not ends:
        return None
    mention = reader.named(first, stop)
    if not mention or mention.kind != "name" or not (mention.title or (len(mention.text.split()) > 1 and not is_small)):
        return None
    if not has_comma and not (mention.title or mention.honorific):
        return None
    title = mention.title or title_of(role.text, reader.lexicon)
    office = " ".join(token.text for token in tokens[token_at(tokens, role.start, end) : after])
    before = f"{office} {mention.before}".strip()
    held = mention._replace(outer_start=role.outer_start, title=title, affiliation=role.affiliation, before=before)
    return held, stop


def _single_after(reader: Reader, at: int) -> tuple[Mention, int] | None:
    found = _phrase_after(reader, at)
    return (found and _named_role(reader, *found)) or found


def _phrase_after(reader: Reader, at: int) -> tuple[Mention, int] | None:
    tokens, lexicon = reader.tokens, reader.lexicon
    if at >= len(tokens) or tokens[at].form != "w":
        return None
    if reader.has(at, "pronoun"):
        return reader.make(at, at + 1, "pronoun"), at + 1
    i = at + 1 if reader.has(at, "determiner") else at
    end = i
    high = min(len(tokens), at + 16)
    while end < high:
        if tokens[end].text == "(" and reader.after_bracket(end) > end:
            end = reader.after_bracket(end)
        elif (
            reader.is_name_word(end)
            or (reader.is_particle(end) and end > i)
            or (tokens[end].text == "," and reader.has(end + 1, "suffix") and end > i)
            or reader.has(end, "suffix")
        ):
            end += 1
        else:
            break
    if end > i and tokens[end - 1].form == "w":
        is_role = (
            i == at + 1
            or reader.has(end - 1, "institution")
            or split_name([t.text for t in tokens[i:end]], lexicon).name_start == end - i
        )
        if end < high and reader.has(end, "owner") and is_role:
            end = _phrase_end(reader, end, high)
            if reader.has(end, "role") and not reader.has(end, "cue") and tokens[end].text.islower():
                end += 1  # `Ministry of Ports sources`
            mention = reader.phrase_before(end)
            if mention and mention.outer_start <= tokens[at].start:
                return mention, end
        noun = _noun_at(reader, end, high)
        if noun:
            end = noun + 1  # `a Defense Department news release`, `Afghan and coalition forces`
            while (
                end < high and (reader.kind_of(end) != "other" or reader.is_name_word(end)) and tokens[end].form == "w"
            ):
                end += 1
            phrase = reader.named(i, end) if reader.is_name_word(end - 1) else reader.common(end)
            return (_apposed_after(reader, phrase, end), end) if phrase else None
        named = reader.named(i, end)
        return (_apposed_after(reader, named, end), end) if named else None
    end = i
    stop = _name_end(reader, i + 1, high)
    if stop - i > 2 and tokens[i].text.islower() and not reader.has(i, "cue", "adverb", "preposition"):
        called = reader.named(i + 1, stop)  # `recruit Ana Ruiz`
        if called and called.kind == "name":
            return _apposed_after(reader, called, stop), stop
    while end < high and tokens[end].form == "w" and not reader.has(end, "preposition", "boundary"):
        end += 1
        if reader.kind_of(end - 1) != "other" and not _has_head(reader, end, high):
            break
    if end == i:
        return None
    if reader.is_name_word(end):
        start = end
        while end < high and reader.is_name_word(end):
            end += 1
        mention = reader.named(start, end)
        if mention and mention.kind == "institution":
            mention = mention._replace(kind="name")
        return (mention, end) if mention else None
    mention = reader.common(end)
    return (mention, end) if mention and mention.start >= tokens[at].start else None


def _name_end(reader: Reader, at: int, high: int) -> int:
    """Return where a run of name words ends."""
    while at < high and reader.is_name_word(at):
        at += 1
    return at


def _has_head(reader: Reader, at: int, high: int) -> bool:
    """Tell whether a phrase goes on to another head noun, as after `a senior` in `a senior defence official`."""
    for i in range(at, min(high, at + 3)):
        if reader.tokens[i].form != "w" or reader.has(i, "preposition", "boundary", "determiner"):
            return False
        if reader.has(i, "cue") and not reader.word(i).endswith("ing"):
            return False
        if reader.kind_of(i) != "other":
            return True
    return False


def _noun_at(reader: Reader, at: int, high: int) -> int | None:
    """Return where the common noun stands that a run of name words belongs to."""
    first = at + 1 if reader.word(at) == "and" else at
    for i in range(first, min(high, first + 3)):
        if reader.tokens[i].form != "w" or reader.tokens[i].is_capital or reader.has(i, "preposition", "boundary"):
            return None
        if reader.has(i, "determiner", "past", "adverb", "cue") or reader.word(i).endswith(("ed", "ing")):
            return None
        if reader.has(i, "document", "role", "institution") and (i + 1 >= high or reader.kind_of(i + 1) == "other"):
            return i
    return None


def _phrase_end(reader: Reader, at: int, high: int) -> int:
    end = at
    while end < high and (reader.is_name_word(end) or reader.word(end) in {"of", "for", "the", "and"}):
        end += 1
    while end > at and not reader.is_name_word(end - 1):
        end -= 1
    return max(end, at)


def _small_end(reader: Reader, at: int) -> int:
    """Return where a few common nouns end, from a token on."""
    end = at
    while (
        end < min(len(reader.tokens), at + _NOUNS) and reader.tokens[end].text.isalpha() and not reader.has(end, "cue")
    ):
        end += 1
    return end


def _apposed_after(reader: Reader, mention: Mention, end: int) -> Mention:
    """Take title and affiliation from `, commander of Task Force 70` after a name."""
    tokens = reader.tokens
    if mention.kind != "name" or end + 1 >= len(tokens) or tokens[end].text != "," or tokens[end + 1].text.isdigit():
        return mention  # `Suva, 17 April`
    stop = end + 1
    while stop < min(len(tokens), end + 24) and tokens[stop].form != "q" and tokens[stop].text not in {".", ";", ":"}:
        stop += 1
    first = next((i for i in range(end + 1, stop) if tokens[i].text == ","), stop)
    if first < stop and tokens[end + 1].text.isupper():  # `Ana Ruiz, NI(M), Chief of Staff`
        end, first = first, next((i for i in range(first + 1, stop) if tokens[i].text == ","), stop)
    apposed = (i for i in range(end + 1, first) if not tokens[i].is_capital)
    if any(reader.has(i, "cue", "auxiliary", "past") for i in apposed):
        return mention  # `In Iraq, the minister said`
    role = " ".join(token.text for token in tokens[end + 1 : stop]).replace(" ,", ",")
    return _apposition(mention, role, tokens[first - 1].end, reader.lexicon)


def _apposition(mention: Mention, role: str, end: int, lexicon: Lexicon) -> Mention:
    stated = title_of(role, lexicon)
    is_office = any(lexicon.has(word.lower(), "title", "role") for word in (stated or "").split())
    title = mention.title or (stated if is_office else None)  # `in Suva, Fiji, he said` gives Suva no office
    affiliation = (_affiliation_of(role, lexicon) if is_office else None) or mention.affiliation
    outer_end = end if is_office else mention.outer_end
    return mention._replace(title=title, affiliation=affiliation, role=role if is_office else None, outer_end=outer_end)


def first_subject(tokens: Sequence[Token], stop: int, lexicon: Lexicon) -> Mention | None:
    """Return the subject that a unit starts with, for a cue further on that has none of its own.

    An introduction such as `During the meeting,` is passed over.
    """
    reader = Reader(tokens, lexicon)
    i = after_dateline(tokens)
    if not i and tokens and (reader.has(0, "opener", "preposition") or tokens[0].lower.endswith("ing")):
        comma = next((k for k in range(min(stop, _REACH)) if tokens[k].text == ","), None)
        i = comma + 1 if comma is not None else 0
    for k in range(i, min(stop, i + 12)):
        if tokens[k].form == "p" and k > i:
            break
        found = None
        starts_phrase = (
            reader.has(k, "determiner", "pronoun", "honorific")
            or reader.is_name_word(k)
            or reader.kind_of(k) != "other"
        )
        if starts_phrase and not reader.has(k, "day"):
            found = subject_after(tokens, k, lexicon)
        if found and found[0].kind != "other":
            return _pronoun_after(reader, *found, stop) if i else found[0]
        if reader.has(k, "boundary") and k > i:
            break
    return None


def _pronoun_after(reader: Reader, named: Mention, end: int, stop: int) -> Mention:
    """Return the subject after an introduction that has a comma: `Briefed by the commander, Col. Ana Ruiz, he said`."""
    is_pronoun = named.kind == "name" and reader.word(end) == "," and reader.has(end + 1, "pronoun") and end + 1 < stop
    found = reader.make(end + 1, end + 2, "pronoun") if is_pronoun else None
    return found or named


def after_dateline(tokens: Sequence[Token]) -> int:
    """Return the token after a dateline, 0 without one: `SUVA, Nov. 17 (Agency) --`."""
    for k, token in enumerate(tokens[:_DATELINE]):
        if token.text in _DASHES and k:
            return next((i for i in range(k, len(tokens)) if tokens[i].text not in _DASHES), 0)
        if token.form == "q" or (token.form == "w" and token.text[0].islower()):
            return 0
    return 0


def named_runs(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Mention]:
    """Return the named people and institutions of a unit, in order, with titles from before and after the name."""
    reader = Reader(tokens, lexicon)
    after = 0  # the token after the last run
    for i in [i for i, token in enumerate(tokens) if not token.is_small and token.form != "p"]:
        if i < after or not reader.is_name_word(i):
            continue
        end = i + 1
        while end < len(tokens) and end - i < 16:
            if tokens[end].text == "," and reader.has(end + 1, "suffix"):
                end += 2
            elif tokens[end].text == "(" and reader.after_bracket(end) > end:
                end = reader.after_bracket(end)
            elif reader.has(end, "day", "auxiliary") and end + 1 < len(tokens) and tokens[end + 1].text.isdigit():
                break  # `Secretary Ana Ruiz  August 27, 2013`
            elif reader.is_name_word(end) or reader.has(end, "suffix"):
                end += 1
            elif _continues(reader, end):
                end += 2 if reader.word(end + 1) == "the" else 1
            else:
                break
        while end - i > 1 and reader.has(end - 1, "preposition") and not reader.has(end - 1, "particle"):
            end -= 1  # `Minister Ana Ruiz At a Press Conference`
        end = _owner_end(reader, i, end)
        mention = reader.named(i, end)
        if mention:
            held = _named_role(reader, mention, end)
            if not held and (apposed := _before_comma(reader, mention, i, end)):
                yield apposed
            elif held:
                yield _with_owned(reader, held[0], i)
                end = held[1]
            else:
                yield _apposed_after(reader, mention, end)
        after = end


def _with_owned(reader: Reader, held: Mention, start: int) -> Mention:
    """Take in the office in small letters whose owner another office is: `the spokesman for the Chief of Staff, Wu`."""
    at = start - 1 - reader.has(start - 1, "determiner")
    office = reader.common(at) if reader.has(at, "owner") and reader.has(at - 1, "role") else None
    if not office or office.kind != "role":
        return held
    return held._replace(outer_start=office.outer_start, before=f"{office.text} {reader.word(at)} {held.before}")


def _before_comma(reader: Reader, mention: Mention, start: int, end: int) -> Mention | None:
    """Take in the office that a name between commas explains: `the head of the mission, Ana Ruiz, left`."""
    is_set_off = reader.word(start - 1) == "," and (end >= len(reader.tokens) or reader.tokens[end].text in {",", "."})
    if not is_set_off or mention.kind != "name" or mention.title or " " not in mention.text:
        return None
    office = reader.single_before(start - 1)
    is_definite = office is not None and reader.lexicon.has(office.text.partition(" ")[0].lower(), "determiner")
    if not office or office.kind != "role" or not is_definite:
        return None
    title = title_of(office.text, reader.lexicon)
    return mention._replace(outer_start=office.outer_start, title=title, before=office.text)


def _owner_end(reader: Reader, start: int, end: int) -> int:
    """Return where a run ends whose person owns what follows: `Spokesperson Ana Ruiz's Remarks`."""
    for i in range(start + 2, end - 1):
        if reader.tokens[i].bare != reader.tokens[i].lower:
            words = [bare(token.text) for token in reader.tokens[start : i + 1]]
            part = split_name(words, reader.lexicon)
            return i + 1 if part.title_start < part.name_start < len(words) else end
    return end


def _continues(reader: Reader, at: int) -> bool:
    """Tell whether a small word at `at` belongs to the run: `Charles de Gaulle`, `Minister for the Middle East`."""
    if reader.has(at, "particle"):
        return reader.is_particle(at)
    if reader.word(at) == "and":  # `Deputy Premier and Minister for Health`
        return reader.has(at - 1, "title") and reader.has(at + 1, "title") and reader.is_name_word(at + 1)
    if not reader.has(at, "owner"):
        return False
    following = at + 2 if reader.word(at + 1) == "the" else at + 1
    return reader.is_name_word(following) and reader.has(at - 1, "title", "institution", "portfolio")
