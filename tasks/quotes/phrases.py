"""Reads noun phrases: names with their titles, roles, institutions, and those that are joined by `and`.

Without a parser a phrase is read from its last word to the left, as long as it can go on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from tasks.names import INITIALS, bare
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, MentionKind, split_name
from tasks.quotes.tokens import Kind, Token

_NAME_WORDS = 4
_PLACE_WORDS = 4  # words of a country's name
_BRACKET = 3  # tokens of a word in brackets
_BODY = 3  # words after `of` that a body's name has less than
_ORDER = 5  # letters that an order has less than
_VOWELS = frozenset("AEIOUH")  # before which `An` is an article
_SPOKEN = frozenset("AEIOUY")  # letters that a surname has
_JOINTS = frozenset("&-–.")
_INITIALS = re.compile(INITIALS)
_WITH_PARTICLE = re.compile(r"[a-z]{1,3}[-'’][^\W\d_a-z]")  # al-Hakim, d'Arco
_NOUNS: tuple[Literal["document", "role", "institution"], ...] = ("document", "role", "institution")
JOINED = frozenset({"name", "role"})  # kinds of mentions that `and` joins


def token_at(tokens: Sequence[Token], offset: int, high: int) -> int:
    """Return the token, `high` or one before it, in which an offset lies."""
    i = min(high, len(tokens) - 1)
    while i > 0 and tokens[i].start > offset:
        i -= 1
    return i


def join_mentions(tokens: Sequence[Token], members: Sequence[Mention]) -> Mention:
    """Return those who speak together as one mention, from the start of the first to the end of the last."""
    first, last = members[0], members[-1]
    text = " ".join(token.text for token in tokens if first.start <= token.start and token.end <= last.end)
    return first._replace(end=last.end, text=text, kind="group", members=tuple(members))


class Reader:
    """Reads noun phrases in the tokens of one unit."""

    def __init__(self, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon

    def word(self, i: int) -> str:
        """Return a token in small letters without a possessive ending, or nothing beyond the unit."""
        return self.tokens[i].bare if 0 <= i < len(self.tokens) else ""

    def has(self, i: int, *kinds: Kind) -> bool:
        """Tell whether a token without a possessive ending is of one of some kinds; none is beyond the unit."""
        return 0 <= i < len(self.tokens) and not self.tokens[i].bare_kinds.isdisjoint(kinds)

    def is_name_word(self, i: int) -> bool:
        """Tell whether a token can be part of a name."""
        if not 0 <= i < len(self.tokens):
            return False
        token = self.tokens[i]
        if token.form == "s":
            return True
        if token.form != "w" or not (token.text[0].isupper() or token.text[0].isdigit()):
            return token.form == "w" and not token.text.islower() and bool(i and _WITH_PARTICLE.match(token.text))
        if token.text[0].isdigit():
            is_grade = len(token.text) == 1 and self.has(i - 1, "title") and not self.has(i + 1, "day")
            return (is_grade or not token.text.isdigit()) and self.is_name_word(i + 1)  # `Warrant Officer 4 Ana Ruiz`
        if token.text == "An" and (self._is_surname(i) or self._is_last(i)):
            return True
        opens = i == 0 or self.tokens[i - 1].form in "pq"
        if opens and self.has(i, "auxiliary") and self.has(i + 1, "determiner", "pronoun"):
            return False  # `Did the admiral say that …?`
        return not (token.has("determiner") and (len(token.text) == 1 or not token.text.isupper())) and not (
            opens and self.has(i, "opener", "pronoun", "adverb")
        )

    def _is_surname(self, i: int) -> bool:
        """Tell `An Dong-uk` from `An Army unit` and `An MP`: the article stands before a vowel or an acronym."""
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        return following[:1].isupper() and following[:1] not in _VOWELS and following[1:].islower()

    def _is_last(self, i: int) -> bool:
        """Tell whether `An` ends a name: `Pham Le An said`."""
        follows = i + 1 < len(self.tokens) and self.tokens[i + 1].is_capital
        return not follows and i > 0 and self.tokens[i - 1].is_capital and not self.has(i - 1, "determiner", "boundary")

    def run_start(self, end: int) -> int:
        """Return where the run of name words that ends before `end` starts."""
        i = end
        low = max(0, end - 16)
        while i > low:
            if self.is_name_word(i - 1) or self.is_joint(i - 1, end):
                i -= 1
            elif i > _BRACKET and self.after_bracket(i - _BRACKET) == i:
                i -= _BRACKET
            else:
                break
        return i

    def after_bracket(self, i: int) -> int:
        """Return the token after a bracket inside a title, `i` if there is none: `Vice Admiral (Retd) Ana Ruiz`."""
        after = i + _BRACKET
        is_bracket = after < len(self.tokens) and self.tokens[i].text == "(" and self.tokens[after - 1].text == ")"
        is_inside = is_bracket and self.is_name_word(after)
        is_acronym = (
            is_inside and self.has(after, "title") and self.tokens[i + 1].text.isupper() and self.is_name_word(i - 1)
        )
        return after if is_inside and (is_acronym or self.has(i - 1, "title")) else i

    def is_joint(self, i: int, end: int) -> bool:
        """Tell whether the token at `i` stands inside a name: `Charles de Gaulle`, `Joseph Biden, Jr.`, `A & B`."""
        token = self.tokens[i]
        if self.has(i, "particle") and self.has(i - 1, "particle") and i + 1 < end:
            return self.is_name_word(i - 1) or self.is_joint(i - 1, end)  # `van der`
        if not self.is_name_word(i - 1) or i + 1 >= end:
            return False
        if token.text == ",":
            return self.has(i + 1, "suffix")
        return (token.form == "w" and self.has(i, "particle")) or token.text in _JOINTS

    def is_particle(self, i: int) -> bool:
        """Tell whether a small word at `i` leads to a name word, perhaps with others: `Joost van der Berg`."""
        while self.has(i, "particle") and not self.is_name_word(i):
            i += 1
            if self.is_name_word(i):
                return True
        return False

    def make(self, start: int, end: int, kind: MentionKind, outer: int | None = None) -> Mention:
        """Return the mention that tokens `start` to `end` are, whose title starts at token `outer`."""
        first, last = self.tokens[start], self.tokens[end - 1]
        stop = last.start + len(bare(last.text)) if last.form == "w" else last.end
        text = " ".join(token.text for token in self.tokens[start : end - 1])
        text = f"{text} {bare(last.text)}".strip().replace(" ,", ",")
        outer_start = self.tokens[outer if outer is not None else start].start
        return Mention(first.start, stop, text, kind, outer_start)

    def named(self, start: int, end: int) -> Mention | None:
        """Read the run of name words at `start` to `end`, with a determiner before it."""
        while end - start > 1 and self.has(end - 1, "postnominal"):
            end -= 1
        run = [token.text for token in self.tokens[start:end]]
        part = split_name(run, self.lexicon)
        has_determiner = self.has(start - 1, "determiner") and self.tokens[start - 1].form == "w"
        outer = self._whole(start - 1) if has_determiner else start
        if part.name_start < len(run):
            name = start + part.name_start
            for i in range(name, end - 2):  # `Armed Forces Ana Ruiz`, `Irrigation K.D. Rao`
                if self.has(i, "portfolio", "institution") or _INITIALS.fullmatch(self.tokens[i + 1].text):
                    name = i + 1
            is_person = part.name_start > 0 or (
                not has_determiner
                and len(run) <= _NAME_WORDS + 1
                and not any(self.has(i, "institution") for i in range(start, end))
                and not (len(run) == 1 and run[0].isupper() and len(run[0]) > 1)
            )
            if part.name_start and (self._is_code(start, name, end) or self._is_field(name, end)):
                return self.make(outer, end, "role", outer)  # `Commander SJFHQ`
            if is_person and not self.has(end - 1, "institution", "document"):
                name = self._after_place(start, name, end)
                while end - name > 2 and self._is_decoration(name, end - 1):
                    end -= 1
                mention = self.make(name, end, "name", outer)
                words = run[part.title_start : part.name_start]
                title = " ".join(w for w in words if w not in "()" and not self.lexicon.has(w.lower(), "honorific"))
                affiliation = " ".join(run[: part.title_start])
                honorific = next((w for w in words if self.lexicon.has(w.lower(), "honorific")), None)
                if part.name_start == 0:
                    return mention if name > start else self.with_small_title(mention, start)
                affiliation = bare(affiliation)
                small = self.with_small_title(mention, start)  # `navy spokesman Capt. Ivo Hale`
                office = small.title or ""
                return mention._replace(
                    outer_start=small.outer_start,
                    title=title or None,
                    affiliation=affiliation or small.affiliation,
                    honorific=honorific,
                    before=f"{office} {' '.join(run[: part.name_start])}".strip(),
                )
            is_role = self.has(end - 1, "collective") and (has_determiner or len(run) == 1)
            is_document = self.has(end - 1, "document")
            return self.make(outer, end, "role" if is_role else "document" if is_document else "institution", outer)
        is_body = end - start > 1 and self.has(end - 1, "institution") and not self.has(start, "title")
        return self.make(outer, end, "institution" if is_body else "role", outer)

    def _whole(self, determiner: int) -> int:
        """Return where a determiner starts that says how many, with the one before it: `the two` sides."""
        is_double = self.word(determiner) in self.lexicon.counts and self.has(determiner - 1, "determiner")
        return determiner - is_double

    def _is_code(self, start: int, name: int, end: int) -> bool:
        """Tell whether all that follows a title is an acronym, in a text that is not all capitals."""
        word = self.tokens[name].text
        is_alone = end - name == 1 and len(word) > 2 and not self.tokens[start].text.isupper()
        return is_alone and word.isalpha() and word.isupper() and not _SPOKEN & set(word)

    def _is_field(self, name: int, end: int) -> bool:
        """Tell whether what follows a title is what the office is in charge of: `Director Defence Information`."""
        return end - name > 1 and all(self.has(i, "portfolio") for i in range(name, end))

    def _after_place(self, start: int, name: int, end: int) -> int:
        """Return where a name starts whose run opens with a country that something is `of`: `of Fiji Ana Ruiz`."""
        if name > start or not self.has(start - 1, "linker"):
            return name
        words = [token.text for token in self.tokens[start : min(end - 2, start + _PLACE_WORDS)]]
        places = (size for size in range(len(words), 0, -1) if " ".join(words[:size]) in self.lexicon.places)
        return start + next(places, 0)

    def _is_decoration(self, name: int, last: int) -> bool:
        """Tell whether letters after a name stand for an order or a degree: `Ana Ruiz CB OBE`."""
        word = self.tokens[last].text
        is_short = word.isupper() and word.isalpha() and 1 < len(word) < _ORDER
        return is_short and not self.has(last, "suffix") and not self.tokens[name].text.isupper()

    def with_small_title(self, mention: Mention, name: int) -> Mention:
        """Take in a title in small letters before a name: `Pentagon spokesman John Smith`."""
        title = name
        while self.has(title - 1, "title") and self.tokens[title - 1].text.islower():
            title -= 1
        if title == name:
            return mention
        start = title
        while start > 0 and (self.has(start - 1, "portfolio", "institution", "title") or self.is_name_word(start - 1)):
            start -= 1
        outer = start - 1 if self.has(start - 1, "determiner") else start
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
        if token.form != "w":
            return None
        if self.has(j, "pronoun") and not (token.lower in {"others", "all", "some"} and self.is_name_word(j - 1)):
            if token.lower in {"all", "both"} and self.is_name_word(j - 1):
                return self.single_before(j)
            return self.make(j, end, "pronoun")
        if self.is_name_word(j) or (token.text[0].isupper() and not self.has(j, "boundary", "opener")):
            start = min(self.run_start(end), j)
            return self.attached(start, end) or self.named(start, end)
        return self.common(end)

    def joined(self, last: Mention, end: int) -> Mention | None:
        """Read `Kevin Rudd and Premier Anna Bligh`, people who speak together, at the start of a clause.

        Who stands before `and`, and before commas before that, counts down to the one that the clause starts with.
        """
        if last.kind not in JOINED:
            return None
        members, first, sure = [last], token_at(self.tokens, last.outer_start, end - 1), 0
        stop = first - 1
        while stop > 0 and (self.word(stop) in {"and", "&"} if len(members) == 1 else self.tokens[stop].text == ","):
            if self.tokens[stop - 1].text == ",":
                stop -= 1
            other = self.single_before(stop)
            if not other or not (other.kind == "pronoun" or (other.kind in JOINED and other.text[:1].isupper())):
                break
            first = token_at(self.tokens, other.outer_start, stop - 1)
            if other.title is None and self.has(stop - 1, "portfolio"):
                stop = first - 1  # `Defence Science and Personnel Minister Ana Ruiz`
                continue
            members.insert(0, other)
            if first == 0 or self.tokens[first - 1].form in "pq" or self.has(first - 1, "boundary", "day"):
                sure = len(members)
            stop = first - 1
        if not sure:
            return None
        members = members[-sure:]
        if len(members) == 2 and last.title and self._is_bare_office(members[0]):
            return last._replace(outer_start=members[0].outer_start)  # `Deputy Premier and Minister Ana Ruiz`
        return join_mentions(self.tokens, members)

    def _is_bare_office(self, mention: Mention) -> bool:
        """Tell whether a mention is an office that stands without an article, and so with the name after `and`."""
        first = mention.text.partition(" ")[0]
        return mention.kind == "role" and first[0].isupper() and not self.lexicon.has(first.lower(), "determiner")

    def attached(self, start: int, end: int) -> Mention | None:
        """Read `the leader of Missile Defense Command`: a head noun to the left that the name run belongs to."""
        first = start - 1 if self.has(start - 1, "determiner") else start
        preposition = first - 1
        if self.word(preposition) == "and" and self.is_name_word(first - 2):
            left = self.run_start(first - 1)
            owner = left - 2 if self.has(left - 1, "determiner") else left - 1
            if self.has(owner, "owner") and self.has(owner - 1, "institution", "title"):
                return self.attached(left, end)  # `the Department of Health and Human Services`
            if self.has(end - 1, "institution") and self.has(left - 1, "determiner"):
                return self.make(left - 1, end, "institution", left - 1)
        if not self.has(preposition, "linker"):
            return None
        while end - start > 2 and self.has(end - 1, "postnominal"):
            end -= 1
        head = preposition - 1
        if head < 0 or self.tokens[head].form != "w":
            return None
        if self.is_name_word(head):
            left = self.run_start(preposition)
            outer = left - 1 if self.has(left - 1, "determiner") else left
            whole = self.attached(left, end) if self.has(outer - 1, "linker") else None
            if whole:  # `the Embassy of Fiji in Suva`
                return whole
            run = [token.text for token in self.tokens[left:end]]
            part = split_name(run, self.lexicon)
            is_named = 0 < part.name_start < len(run) and "&" not in run[part.name_start :]
            if is_named and not self.has(end - 1, "institution", "document"):
                inner = left + part.name_start - 1
                is_owner = self.tokens[inner].form == "w" and not self.has(inner, "title", "honorific")
                of = self.tokens[inner].text if is_owner else None
                title = " ".join(word for word in run[part.title_start : part.name_start] if word not in "()")
                before = " ".join(run[: part.name_start])
                mention = self.make(left + part.name_start, end, "name", left)
                return mention._replace(title=title, affiliation=of, before=before)
            person = self.named(left, preposition)
            if person and person.kind == "name" and person.title and person.end == self.tokens[head].end:
                of = " ".join(token.text for token in self.tokens[start:end])  # `Col. Ana Ruiz of the Harbour Force`
                return person._replace(affiliation=of, outer_end=self.tokens[end - 1].end)
            if not self.has(head, "title", "institution", "document"):
                is_body = outer < left and self.has(end - 1, "portfolio", "institution")
                is_many = self.has(head, "role") and not self.has(end - 1, "institution")  # `the Ministers of Defence`
                if is_body and not is_many and end - start < _BODY:
                    return self.make(outer, end, "institution", outer)  # `the Joint Chiefs of Staff`
                return self.named(start + 1, end) if end - start > 2 else None
            is_body = head > left and (self.has(head, "institution") or self._is_directorate(left, head))
            return self.make(outer, end, "role" if self.has(head, "title") and not is_body else "institution", outer)
        if not self.has(head, "role", "document", "institution") and self.word(head) != "one":
            return None
        phrase = self.common(head + 1)
        if not phrase:
            return None
        last = self.tokens[end - 1]
        text = f"{phrase.text} " + " ".join(token.text for token in self.tokens[preposition:end])
        affiliation = " ".join(token.text for token in self.tokens[start:end])
        return phrase._replace(end=last.end, text=text, affiliation=affiliation)

    def _is_directorate(self, first: int, head: int) -> bool:
        """Tell `the Directorate General of Ports` from the person who directs it."""
        return self.word(head) == "general" and self.has(first, "institution")

    def common(self, end: int) -> Mention | None:
        """Read a phrase whose head is a common noun: `the spokesman`, `a senior defense official`."""
        head = end - 1
        i = head
        low = max(0, end - 10)
        while i > low:
            token = self.tokens[i - 1]
            if token.form == "s":
                i -= 1
                continue
            is_pointer = self.has(i - 1, "determiner") and self.has(i - 2, "preposition")  # `from that team`
            if token.form != "w" or (self.has(i - 1, "preposition", "boundary") and not is_pointer):
                break
            if self.has(i - 1, "pronoun") and not self.has(i - 1, "determiner"):
                break
            if i - 1 == 0 and self.has(0, "opener"):
                break
            i -= 1
            if self.has(i, "determiner"):
                i = max(low, self._whole(i))
                break
        kind = self.kind_of(head)
        if self.word(i - 1) == "and" and self.is_name_word(i - 2) and self.is_edge(i - 3):
            i -= 2  # `Afghan and coalition forces`
        elif outer := self._outer(i):
            last = self.tokens[head]
            text = f"{outer[0].text} " + " ".join(token.text for token in self.tokens[outer[1] : end])
            return outer[0]._replace(end=last.end, text=text)
        elif kind == "role" and self.has(i - 1, "owner") and self.is_name_word(i) and self.has(i - 2, "institution"):
            i = self.run_start(i - 1) if self.is_name_word(i - 2) else i  # `Ministry of Ports sources`
            i -= self.has(i - 1, "determiner")
        while i < head and self.has(i, "adverb") and not self.has(i, "determiner"):
            i += 1
        if kind == "other" and not self.has(i, "determiner"):
            return None
        return self.make(i, end, kind, i)

    def _outer(self, inner: int) -> tuple[Mention, int] | None:
        """Return the noun that a phrase which starts at `inner` belongs to, and the token after that noun.

        So in `the head of state`, `a leader from that team` and `a source close to the ministry`.
        """
        is_close = self.word(inner - 1) == "to" and self.word(inner - 2) == "close"
        end = inner - 2 if is_close else inner - 1
        if end < 1 or self.tokens[end - 1].form != "w":
            return None
        if self.has(inner - 1, "owner"):
            noun = self.common(end)
            return (noun, end) if noun and noun.kind in {"role", "document"} else None
        if not is_close and self.word(inner - 1) != "from":
            return None
        noun = self.common(end)
        is_new = noun is not None and self.has(token_at(self.tokens, noun.start, end), "indefinite")
        return (noun, end) if noun and noun.kind == "role" and is_new else None

    def kind_of(self, head: int) -> MentionKind:
        """Return what a common noun names: a document, a role, an institution, or something else."""
        for kind in _NOUNS:
            if self.has(head, kind):
                return kind
        return "role" if self.has(head, "title") else "other"

    def is_edge(self, i: int) -> bool:
        """Tell whether a clause can start after token `i`."""
        return i < 0 or self.tokens[i].form in "pq" or self.has(i, "boundary", "determiner")
