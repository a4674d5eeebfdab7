"""Finds who speaks near a cue: a name without its title, a pronoun, a role with its determiner, an institution.

Without a parser a noun phrase is read from the cue outwards: over adverbs and auxiliaries to its last word, then to the
left as long as it can go on. `Senior Colonel Tan Kefei, a spokesman for the ministry, said` is read by its commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.units import Token

_GROUP = 12  # people in a list
_REACH = 60  # tokens that a subject with its apposition may take
_NAME_WORDS = 4
_JOINTS = frozenset("&-–.")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}")
_JOINED = frozenset({"name", "role"})


class Mention(NamedTuple):
    """A source. Offsets are into the text.

    `kind` is name, pronoun, role, institution, document, group, label or other. `outer_start` is where its title
    starts, `title` the title as stated, `affiliation` the organisation or country as stated, `role` the apposition in
    full, `members` those who speak together, for a group, `honorific` Mr, Mrs and the like.
    """

    start: int
    end: int
    text: str
    kind: str
    outer_start: int
    title: str | None = None
    affiliation: str | None = None
    role: str | None = None
    members: tuple[Mention, ...] = ()
    honorific: str | None = None


class NamePart(NamedTuple):
    """A run of capitalised words cut into what stands before the title, title and name: token indices in the run."""

    title_start: int
    name_start: int


def bare(word: str) -> str:
    """Return a word without a possessive ending.

    Example:
        >>> bare("Tan’s"), bare("forces’")
        ('Tan', 'forces')
    """
    for ending in ("'s", "’s", "'", "’"):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


def split_name(run: Sequence[str], lexicon: Lexicon) -> NamePart:
    """Cut a run of words such as `Russian Defense Minister Sergei Shoigu` into modifier, title and name.

    Example:
        >>> words = {"title": {"minister"}, "honorific": {"mr"}, "portfolio": {"defense"}, "preposition": {"of"}}
        >>> lexicon = Lexicon({}, {kind: frozenset(forms) for kind, forms in words.items()})
        >>> split_name("Russian Defense Minister Sergei Shoigu".split(), lexicon)
        NamePart(title_start=1, name_start=3)
        >>> split_name("Minister of Russia Sergei Shoigu".split(), lexicon)
        NamePart(title_start=0, name_start=3)
    """
    lower = [bare(word.lower()) for word in run]
    last = max((i for i, word in enumerate(lower) if word in lexicon.words["title"]), default=-1)
    polite = max((i for i, word in enumerate(lower) if word in lexicon.words["honorific"]), default=-1)
    if polite > last:
        return NamePart(polite, polite + 1)
    if last < 0:
        return NamePart(0, 0)
    first = last
    while first > 0 and (lower[first - 1] in lexicon.words["title"] or lower[first - 1] in lexicon.words["portfolio"]):
        first -= 1
    name = last + 1
    while name < len(run) and run[name].isdigit():
        name += 1
    of = [i for i in range(name, len(run)) if lower[i] in lexicon.words["preposition"] or lower[i] in {"and", "the"}]
    if of:  # the office goes on after the title word: `of Defense Sergei Shoigu`, `for the Middle East Tobias Ellwood`
        name = of[-1] + 2
        while name < len(run) and lower[name] in lexicon.words["portfolio"]:
            name += 1
        name = len(run) if len(run) - name < 2 else name
    return NamePart(first, name)


class _Reader:
    """Reads noun phrases in the tokens of one unit."""

    def __init__(self, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon

    def word(self, i: int) -> str:
        return bare(self.tokens[i].lower) if 0 <= i < len(self.tokens) else ""

    def is_kind(self, i: int, *kinds: str) -> bool:
        word = self.word(i)
        return any(word in self.lexicon.words[kind] for kind in kinds)

    def is_name_word(self, i: int) -> bool:
        if not 0 <= i < len(self.tokens):
            return False
        token = self.tokens[i]
        if token.kind == "s":
            return True
        if token.kind != "w" or not (token.text[0].isupper() or token.text[0].isdigit()):
            return False
        if token.text[0].isdigit():
            return not token.text.isdigit() and self.is_name_word(i + 1)
        opens = i == 0 or self.tokens[i - 1].kind in "pq"
        return not (
            token.lower in self.lexicon.words["determiner"] and (len(token.text) == 1 or not token.text.isupper())
        ) and not (opens and self.is_kind(i, "opener", "pronoun", "adverb"))

    def run_start(self, end: int) -> int:
        """Return where the run of name words that ends before `end` starts."""
        i = end
        low = max(0, end - 16)
        while i > low and (self.is_name_word(i - 1) or self.is_joint(i - 1, end)):
            i -= 1
        return i

    def is_joint(self, i: int, end: int) -> bool:
        """Tell whether the token at `i` stands inside a name: `Charles de Gaulle`, `Joseph Biden, Jr.`, `A & B`."""
        if not self.is_name_word(i - 1) or i + 1 >= end:
            return False
        token = self.tokens[i]
        if token.text == ",":
            return self.is_kind(i + 1, "suffix")
        return (token.kind == "w" and self.is_kind(i, "particle")) or token.text in _JOINTS

    def make(self, start: int, end: int, kind: str, outer: int | None = None) -> Mention:
        first, last = self.tokens[start], self.tokens[end - 1]
        stop = last.start + len(bare(last.text)) if last.kind == "w" else last.end
        text = " ".join(token.text for token in self.tokens[start : end - 1])
        text = f"{text} {bare(last.text)}".strip().replace(" ,", ",")
        outer_start = self.tokens[outer if outer is not None else start].start
        return Mention(first.start, stop, text, kind, outer_start)

    def named(self, start: int, end: int) -> Mention | None:
        """Read the run of name words at `start` to `end`, with a determiner before it."""
        while end - start > 1 and self.is_kind(end - 1, "postnominal"):
            end -= 1
        run = [token.text for token in self.tokens[start:end]]
        lower = [bare(token.lower) for token in self.tokens[start:end]]
        part = split_name(run, self.lexicon)
        has_determiner = self.is_kind(start - 1, "determiner") and self.tokens[start - 1].kind == "w"
        outer = start - 1 if has_determiner else start
        if part.name_start < len(run):
            name = start + part.name_start
            for i in range(name, end - 2):  # `Armed Forces Ana Ruiz`, `Irrigation K.D. Rao`
                if self.is_kind(i, "portfolio", "institution") or _INITIALS.fullmatch(self.tokens[i + 1].text):
                    name = i + 1
            is_person = part.name_start > 0 or (
                not has_determiner
                and len(run) <= _NAME_WORDS + 1
                and not any(word in self.lexicon.words["institution"] for word in lower)
                and not (len(run) == 1 and run[0].isupper() and len(run[0]) > 1)
            )
            heads = {"institution", "document"}
            if is_person and not any(lower[-1] in self.lexicon.words[kind] for kind in heads):
                mention = self.make(name, end, "name", outer)
                words = run[part.title_start : part.name_start]
                title = " ".join(w for w in words if w.lower() not in self.lexicon.words["honorific"])
                affiliation = " ".join(run[: part.title_start])
                honorific = next((w for w in words if w.lower() in self.lexicon.words["honorific"]), None)
                if part.name_start == 0:
                    return self.with_small_title(mention, start)
                affiliation = bare(affiliation)
                return mention._replace(title=title or None, affiliation=affiliation or None, honorific=honorific)
            is_role = lower[-1] in self.lexicon.words["collective"] and (has_determiner or len(run) == 1)
            is_document = lower[-1] in self.lexicon.words["document"]
            return self.make(outer, end, "role" if is_role else "document" if is_document else "institution", outer)
        return self.make(outer, end, "role", outer)

    def with_small_title(self, mention: Mention, name: int) -> Mention:
        """Take in a title in small letters before a name: `Pentagon spokesman John Smith`."""
        title = name
        while self.is_kind(title - 1, "title") and self.tokens[title - 1].text.islower():
            title -= 1
        if title == name:
            return mention
        start = title
        while start > 0 and (
            self.is_kind(start - 1, "portfolio", "institution", "title") or self.is_name_word(start - 1)
        ):
            start -= 1
        outer = start - 1 if self.is_kind(start - 1, "determiner") else start
        return mention._replace(
            outer_start=self.tokens[outer].start,
            title=" ".join(token.text for token in self.tokens[title:name]),
            affiliation=" ".join(token.text for token in self.tokens[start:title]) or None,
        )

    def phrase_before(self, end: int) -> Mention | None:
        """Read the noun phrase whose last word stands before token `end`, with those who are joined to it by `and`."""
        last = self.single_before(end)
        return (last and self.joined(last, end)) or last

    def single_before(self, end: int) -> Mention | None:
        """Read the noun phrase whose last word stands before token `end`."""
        j = end - 1
        if j < 0:
            return None
        token = self.tokens[j]
        if token.text == ")":  # an acronym in brackets belongs to the name before it
            opening = next((k for k in range(j - 1, max(-1, j - 6), -1) if self.tokens[k].text == "("), None)
            return self.single_before(opening) if opening else None
        if token.kind != "w":
            return None
        if self.is_kind(j, "pronoun") and not (token.lower in {"others", "all", "some"} and self.is_name_word(j - 1)):
            if token.lower in {"all", "both"} and self.is_name_word(j - 1):
                return self.single_before(j)
            return self.make(j, end, "pronoun")
        if self.is_name_word(j) or (token.text[0].isupper() and not self.is_kind(j, "boundary", "opener")):
            start = min(self.run_start(end), j)
            return self.attached(start, end) or self.named(start, end)
        return self.common(end)

    def joined(self, last: Mention, end: int) -> Mention | None:
        """Read `Kevin Rudd and Premier Anna Bligh`, people who speak together, at the start of a clause.

        Who stands before `and`, and before commas before that, counts down to the one that the clause starts with.
        """
        if last.kind not in _JOINED:
            return None
        members, first, sure = [last], _token_at(self.tokens, last.outer_start, end - 1), 0
        stop = first - 1
        while stop > 0 and (self.word(stop) in {"and", "&"} if len(members) == 1 else self.tokens[stop].text == ","):
            if self.tokens[stop - 1].text == ",":
                stop -= 1
            other = self.single_before(stop)
            if not other or not (other.kind == "pronoun" or (other.kind in _JOINED and other.text[:1].isupper())):
                break
            first = _token_at(self.tokens, other.outer_start, stop - 1)
            if other.title is None and self.is_kind(stop - 1, "portfolio"):
                stop = first - 1  # `Defence Science and Personnel Minister Ana Ruiz`
                continue
            members.insert(0, other)
            if first == 0 or self.tokens[first - 1].kind in "pq" or self.is_kind(first - 1, "boundary", "day"):
                sure = len(members)
            stop = first - 1
        if not sure:
            return None
        members = members[-sure:]
        start = members[0]
        text = " ".join(token.text for token in self.tokens if start.start <= token.start and token.end <= last.end)
        return start._replace(end=last.end, text=text, kind="group", members=tuple(members))

    def attached(self, start: int, end: int) -> Mention | None:
        """Read `the leader of Missile Defense Command`: a head noun to the left that the name run belongs to."""
        first = start - 1 if self.is_kind(start - 1, "determiner") else start
        preposition = first - 1
        if self.word(preposition) == "and" and self.is_name_word(first - 2):
            left = self.run_start(first - 1)
            if self.is_kind(left - 1, "owner") and self.is_kind(left - 2, "institution", "title"):
                return self.attached(left, end)  # `the Department of Health and Human Services`
            if self.is_kind(end - 1, "institution") and self.is_kind(left - 1, "determiner"):
                return self.make(left - 1, end, "institution", left - 1)
        if not self.is_kind(preposition, "linker"):
            return None
        head = preposition - 1
        if head < 0 or self.tokens[head].kind != "w":
            return None
        if self.is_name_word(head):
            left = self.run_start(preposition)
            run = [token.text for token in self.tokens[left:end]]
            part = split_name(run, self.lexicon)
            if 0 < part.name_start < len(run):
                mention = self.make(left + part.name_start, end, "name", left)
                title = " ".join(run[part.title_start : part.name_start])
                return mention._replace(title=title, affiliation=run[part.name_start - 1])
            if not self.is_kind(head, "title", "institution", "document"):
                return self.named(start + 1, end) if end - start > 2 else None
            outer = left - 1 if self.is_kind(left - 1, "determiner") else left
            nested = self.attached(left, end) if self.word(outer - 1) == "of" else None
            kind = "role" if self.is_kind(head, "title") else "institution"
            return nested or self.make(outer, end, kind, outer)
        if not self.is_kind(head, "role", "document", "institution") and self.word(head) != "one":
            return None
        phrase = self.common(head + 1)
        if not phrase:
            return None
        last = self.tokens[end - 1]
        text = f"{phrase.text} " + " ".join(token.text for token in self.tokens[preposition:end])
        affiliation = " ".join(token.text for token in self.tokens[start:end])
        return phrase._replace(end=last.end, text=text, affiliation=affiliation)

    def common(self, end: int) -> Mention | None:
        """Read a phrase whose head is a common noun: `the spokesman`, `a senior defense official`."""
        head = end - 1
        i = head
        low = max(0, end - 10)
        while i > low:
            token = self.tokens[i - 1]
            if token.kind == "s":
                i -= 1
                continue
            if token.kind != "w" or self.is_kind(i - 1, "preposition", "boundary"):
                break
            if self.is_kind(i - 1, "pronoun") and not self.is_kind(i - 1, "determiner"):
                break
            if i - 1 == 0 and self.is_kind(0, "opener"):
                break
            i -= 1
            if self.is_kind(i, "determiner"):
                break
        kind = self.kind_of(head)
        if self.word(i - 1) == "and" and self.is_name_word(i - 2) and self.is_edge(i - 3):
            i -= 2  # `Afghan and coalition forces`
        elif self.is_kind(i - 1, "owner") and i > 1 and self.tokens[i - 2].kind == "w":
            outer = self.common(i - 1)  # `the head of state`, `the assistant secretary of defense for policy`
            if outer and outer.kind in {"role", "document"}:
                last = self.tokens[head]
                text = f"{outer.text} " + " ".join(token.text for token in self.tokens[i - 1 : end])
                return outer._replace(end=last.end, text=text)
        while i < head and self.is_kind(i, "adverb") and not self.is_kind(i, "determiner"):
            i += 1
        if kind == "other" and not self.is_kind(i, "determiner"):
            return None
        return self.make(i, end, kind, i)

    def kind_of(self, head: int) -> str:
        for kind in ("document", "role", "institution"):
            if self.is_kind(head, kind):
                return kind
        return "role" if self.is_kind(head, "title") else "other"

    def is_edge(self, i: int) -> bool:
        """Tell whether a clause can start after token `i`."""
        return i < 0 or self.tokens[i].kind in "pq" or self.is_kind(i, "boundary", "determiner")


def subject_before(tokens: Sequence[Token], cue: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands before a cue as its subject, and the token where that phrase starts.

    Args:
        tokens: A unit.
        cue: Index of the cue's first token.
        lexicon: The lexicon.
    """
    reader = _Reader(tokens, lexicon)
    j = skip_adverbs(tokens, cue, lexicon)
    if j < 0:
        return None
    if reader.is_kind(j, "relative"):
        j -= 1
        if j >= 0 and tokens[j].text == ",":
            j -= 1
    if j >= 0 and tokens[j].text in {",", "–", "—", "-", ")"}:
        found = _apposed(reader, j)
        if found:
            return found
        if tokens[j].text != ")":
            return None
    mention = reader.phrase_before(j + 1)
    if not mention or (mention.kind != "pronoun" and reader.is_kind(j, "determiner") and tokens[j].end == mention.end):
        return None  # `an alleged attack`, `the proposed flag`
    start = _token_at(tokens, mention.outer_start, j)
    if mention.kind in {"role", "institution", "other"} and start > 1 and tokens[start - 1].text == ",":
        named = reader.single_before(start - 1)  # `Tan Kefei, a spokesman for the ministry said`
        opening = _token_at(tokens, named.outer_start, start) if named else 0
        is_adjunct = opening > 0 and reader.is_kind(
            opening - 1, "preposition"
        )  # `Speaking in Albany, the minister said`
        if named and named.kind == "name" and not is_adjunct and (named.title or reader.is_kind(start, "determiner")):
            return _apposition(named, mention.text, lexicon), _token_at(tokens, named.outer_start, start)
    return mention, start


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
    reader, first, end = _Reader(tokens, lexicon), inside[0], inside[-1] + 1
    read = reader.phrase_before(end)
    if read and read.start >= tokens[first].start:
        return read
    return reader.make(first, end, "pronoun" if reader.is_kind(first, "pronoun") and end == first + 1 else "other")


def skip_adverbs(tokens: Sequence[Token], cue: int, lexicon: Lexicon) -> int:
    """Return the last token before a cue that is neither an adverb, an auxiliary nor `on Wednesday`."""
    j = cue - 1
    while j >= 0 and tokens[j].kind == "w":
        lower = tokens[j].lower
        if (
            lexicon.has("adverb", lower)
            or lexicon.has("auxiliary", lower)
            or (lower.endswith("ly") and tokens[j].text.islower())
        ):
            j -= 1
        elif lexicon.has("day", lower) and j > 1 and lexicon.has("parted", tokens[j - 1].lower):
            j -= 2
        else:
            break
    return j


def _apposed(reader: _Reader, comma: int) -> tuple[Mention, int] | None:
    """Read back over `, a spokesman for the ministry,` to the name that it explains."""
    tokens = reader.tokens
    fallback: tuple[Mention, int] | None = None
    end = comma
    for i in range(comma - 1, max(-1, comma - _REACH), -1):
        edge = i == 0 or tokens[i - 1].kind == "q" or tokens[i - 1].text in {",", ":", ";", "–", "—"}
        if tokens[i].kind == "q":
            break
        if not edge:
            continue
        mention = reader.phrase_before(end)
        if mention and mention.kind == "name":
            start = _token_at(tokens, mention.outer_start, end)
            if start <= i or reader.is_kind(start - 1, "boundary", "preposition") or mention.title:
                role = " ".join(token.text for token in tokens[end + 1 : comma]).replace(" ,", ",")
                if mention.title or fallback is None or end < comma:
                    fallback = (_apposition(mention, role, reader.lexicon), start)
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
        >>> lexicon = Lexicon({}, {kind: frozenset({"a", "for"}) for kind in ("determiner", "owning", "relative")})
        >>> title_of("a spokesman for the Ministry of Defence", lexicon)
        'spokesman'
    """
    words = role.split()
    if words and lexicon.has("determiner", words[0].lower()):
        words = words[1:]
    ends = (i for i, w in enumerate(words) if i and any(lexicon.has(k, w.lower()) for k in ("owning", "relative")))
    office = " ".join(words[: next(ends, len(words))])
    return office.partition(",")[0].strip() or None


def _affiliation_of(role: str, lexicon: Lexicon) -> str | None:
    """Return the name after the office: `a spokesman for the Ministry of Defence` → Ministry of Defence."""
    words = role.split()
    at = next((i for i, w in enumerate(words) if lexicon.has("owning", w.lower()) or w.endswith(",")), len(words))
    rest = words[at + 1 :]
    first = next((i for i, w in enumerate(rest) if w[0].isupper()), len(rest))
    return " ".join(rest[first:]).partition(",")[0].strip() or None


def _token_at(tokens: Sequence[Token], offset: int, high: int) -> int:
    i = min(high, len(tokens) - 1)
    while i > 0 and tokens[i].start > offset:
        i -= 1
    return i


def subject_after(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands after a cue, as in `said Tan` or `according to the release`, and the token after the phrase."""
    reader = _Reader(tokens, lexicon)
    found = _single_after(reader, at)
    members: list[Mention] = []
    while found and found[0].kind in {*_JOINED, "pronoun"}:
        members.append(found[0])
        end = found[1]
        if reader.word(end) != "and" or len(members) > _GROUP:
            break
        is_named = reader.is_name_word(end + 1) or (
            reader.is_kind(end + 1, "determiner") and reader.is_name_word(end + 2)
        )
        following = _single_after(reader, end + 1) if is_named else None
        if not following or following[0].kind not in _JOINED:
            break
        found = following
    if not found or len(members) < 2:
        return found
    first, last = members[0], found[0]
    text = " ".join(token.text for token in tokens if first.start <= token.start and token.end <= last.end)
    return first._replace(end=last.end, text=text, kind="group", members=tuple(members)), found[1]


def _named_role(reader: _Reader, role: Mention, end: int) -> tuple[Mention, int] | None:
    """Read the name after an office: `the Prime Minister of Fiji, Ana Ruiz`."""
    if role.kind != "role" or end + 2 >= len(reader.tokens) or reader.tokens[end].text != ",":
        return None
    stop = end + 1
    while stop < min(len(reader.tokens), end + 9) and (reader.is_name_word(stop) or reader.is_kind(stop, "particle")):
        stop += 1
    ends = stop == len(reader.tokens) or reader.tokens[stop].kind == "p" or reader.word(stop) in reader.lexicon.cues
    if stop - end < 3 or not ends:
        return None
    mention = reader.named(end + 1, stop)
    if not mention or mention.kind != "name" or not (mention.title or len(mention.text.split()) > 1):
        return None
    title = mention.title or title_of(role.text, reader.lexicon)
    return mention._replace(outer_start=role.outer_start, title=title, affiliation=role.affiliation), stop


def _single_after(reader: _Reader, at: int) -> tuple[Mention, int] | None:
    found = _phrase_after(reader, at)
    return (found and _named_role(reader, *found)) or found


def _phrase_after(reader: _Reader, at: int) -> tuple[Mention, int] | None:
    tokens, lexicon = reader.tokens, reader.lexicon
    if at >= len(tokens) or tokens[at].kind != "w":
        return None
    if reader.is_kind(at, "pronoun"):
        return reader.make(at, at + 1, "pronoun"), at + 1
    i = at + 1 if reader.is_kind(at, "determiner") else at
    end = i
    high = min(len(tokens), at + 16)
    while end < high and (
        reader.is_name_word(end)
        or (reader.is_kind(end, "particle") and reader.is_name_word(end + 1) and end > i)
        or (tokens[end].text == "," and reader.is_kind(end + 1, "suffix") and end > i)
        or reader.is_kind(end, "suffix")
    ):
        end += 1
    if end > i and tokens[end - 1].kind == "w":
        is_role = i == at + 1 or split_name([t.text for t in tokens[i:end]], lexicon).name_start == end - i
        if end < high and reader.is_kind(end, "owner") and is_role:
            end = _phrase_end(reader, end, high)
            mention = reader.phrase_before(end)
            if mention and mention.outer_start <= tokens[at].start:
                return mention, end
        noun = _noun_at(reader, end, high)
        if noun:
            end = noun + 1  # `a Defense Department news release`, `Afghan and coalition forces`
            while (
                end < high and (reader.kind_of(end) != "other" or reader.is_name_word(end)) and tokens[end].kind == "w"
            ):
                end += 1
            phrase = reader.named(i, end) if reader.is_name_word(end - 1) else reader.common(end)
            return (_apposed_after(reader, phrase, end), end) if phrase else None
        named = reader.named(i, end)
        return (_apposed_after(reader, named, end), end) if named else None
    end = i
    while end < high and tokens[end].kind == "w" and not reader.is_kind(end, "preposition", "boundary"):
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


def _has_head(reader: _Reader, at: int, high: int) -> bool:
    """Tell whether a phrase goes on to another head noun, as after `a senior` in `a senior defence official`."""
    for i in range(at, min(high, at + 3)):
        if reader.tokens[i].kind != "w" or reader.is_kind(i, "preposition", "boundary", "determiner"):
            return False
        if reader.word(i) in reader.lexicon.cues and not reader.word(i).endswith("ing"):
            return False
        if reader.kind_of(i) != "other":
            return True
    return False


def _noun_at(reader: _Reader, at: int, high: int) -> int | None:
    """Return where the common noun stands that a run of name words belongs to."""
    first = at + 1 if reader.word(at) == "and" else at
    for i in range(first, min(high, first + 3)):
        if reader.tokens[i].kind != "w" or reader.tokens[i].is_capital or reader.is_kind(i, "preposition", "boundary"):
            return None
        if (
            reader.is_kind(i, "determiner", "past", "adverb")
            or reader.word(i) in reader.lexicon.cues
            or reader.word(i).endswith(("ed", "ing"))
        ):
            return None
        if reader.is_kind(i, "document", "role", "institution") and (i + 1 >= high or reader.kind_of(i + 1) == "other"):
            return i
    return None


def _phrase_end(reader: _Reader, at: int, high: int) -> int:
    end = at
    while end < high and (reader.is_name_word(end) or reader.word(end) in {"of", "for", "the", "and"}):
        end += 1
    while end > at and not reader.is_name_word(end - 1):
        end -= 1
    return max(end, at)


def _apposed_after(reader: _Reader, mention: Mention, end: int) -> Mention:
    """Take title and affiliation from `, commander of Task Force 70` after a name."""
    tokens = reader.tokens
    if mention.kind != "name" or end >= len(tokens) or tokens[end].text != ",":
        return mention
    stop = end + 1
    while stop < min(len(tokens), end + 24) and tokens[stop].kind != "q" and tokens[stop].text not in {".", ";", ":"}:
        stop += 1
    first = next((i for i in range(end + 1, stop) if tokens[i].text == ","), stop)
    if any(
        reader.word(i) in reader.lexicon.cues or reader.is_kind(i, "auxiliary", "past") for i in range(end + 1, first)
    ):
        return mention  # `In Iraq, the minister said`
    role = " ".join(token.text for token in tokens[end + 1 : stop]).replace(" ,", ",")
    return _apposition(mention, role, reader.lexicon)


def _apposition(mention: Mention, role: str, lexicon: Lexicon) -> Mention:
    stated = title_of(role, lexicon)
    is_office = any(lexicon.has(kind, word.lower()) for word in (stated or "").split() for kind in ("title", "role"))
    title = mention.title or (stated if is_office else None)  # `in Suva, Fiji, he said` gives Suva no office
    affiliation = (_affiliation_of(role, lexicon) if is_office else None) or mention.affiliation
    return mention._replace(title=title, affiliation=affiliation, role=role if is_office else None)


def first_subject(tokens: Sequence[Token], stop: int, lexicon: Lexicon) -> Mention | None:
    """Return the subject that a unit starts with, for a cue further on that has none of its own.

    An introduction such as `During the meeting,` is passed over.
    """
    reader = _Reader(tokens, lexicon)
    i = 0
    if tokens and (reader.is_kind(0, "opener", "preposition") or tokens[0].lower.endswith("ing")):
        comma = next((k for k in range(min(stop, _REACH)) if tokens[k].text == ","), None)
        i = comma + 1 if comma is not None else 0
    for k in range(i, min(stop, i + 12)):
        if tokens[k].kind == "p" and k > i:
            break
        found = None
        starts_phrase = (
            reader.is_kind(k, "determiner", "pronoun", "honorific")
            or reader.is_name_word(k)
            or reader.kind_of(k) != "other"
        )
        if starts_phrase:
            found = subject_after(tokens, k, lexicon)
        if found and found[0].kind != "other":
            return found[0]
        if reader.is_kind(k, "boundary") and k > i:
            break
    return None


def named_runs(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Mention]:
    """Return the named people and institutions of a unit, in order, with titles from before and after the name."""
    reader = _Reader(tokens, lexicon)
    i = 0
    while i < len(tokens):
        if not reader.is_name_word(i):
            i += 1
            continue
        end = i + 1
        while end < len(tokens) and end - i < 16:
            if tokens[end].text == "," and reader.is_kind(end + 1, "suffix"):
                end += 2
            elif reader.is_name_word(end) or reader.is_kind(end, "suffix"):
                end += 1
            elif _continues(reader, end):
                end += 2 if reader.word(end + 1) == "the" else 1
            else:
                break
        mention = reader.named(i, end)
        if mention:
            held = _named_role(reader, mention, end)
            if held:
                yield held[0]
                end = held[1]
            else:
                yield _apposed_after(reader, mention, end)
        i = end


def _continues(reader: _Reader, at: int) -> bool:
    """Tell whether a small word at `at` belongs to the run: `Charles de Gaulle`, `Minister for the Middle East`."""
    if reader.is_kind(at, "particle"):
        return reader.is_name_word(at + 1)
    if not reader.is_kind(at, "owner"):
        return False
    following = at + 2 if reader.word(at + 1) == "the" else at + 1
    return reader.is_name_word(following) and reader.is_kind(at - 1, "title", "institution")
