"""Who holds which office according to a document: `the Foreign Secretary` → Boris Johnson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property

from tasks.names import long_titles, lower_words, spells
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, without_determiner
from tasks.quotes.people import People, Person

EXACT = 5  # how well an office fits a title that is the same
_CUT = 2  # letters of an acronym whose office is written without whose it is: `SRSG`, a Special Representative
_MOST = 200  # people whose offices are compared with an acronym
_LONGEST = 7  # words of an office that an acronym stands for
SURE = 4  # how well an office has to fit a title that nothing else speaks for


class Offices:
    """The offices of a document.

    Args:
        people: Its people, with their titles.
        lexicon: The lexicon.
    """

    def __init__(self, people: People, lexicon: Lexicon) -> None:
        self._people = people
        self._lexicon = lexicon
        self._holders: dict[str, list[Person]] = {}
        for person in people.known:
            if person.title:
                title = long_titles(person.title)  # capt.: captain
                last = lexicon.aliases.get(title[-1], title[-1])  # spokesman: spokesperson
                title = (*title[:-1], *last.split())
                self._holders.setdefault(title[-1], []).append(person._replace(title=title))
        self._known: dict[tuple[str, ...], tuple[str | None, int]] = {}

    def holder(self, office: str, least: int = 1) -> str | None:
        """Return who holds an office.

        Args:
            office: The office, with or without a determiner.
            least: How well it has to fit a title, 1 to 5.
        """
        words = long_titles(lower_words(without_determiner(office, self._lexicon)))
        if words[:1] == ("top",):
            words = words[1:]
        if not words:
            return None
        if words not in self._known:
            stated = self._match(words, is_stated=True)
            self._known[words] = stated if stated[0] else self._match(self.in_order(words))
        name, level = self._known[words]
        return name if level >= least else None

    def acronym_holder(self, acronym: str) -> str | None:
        """Return the one person whose stated office an acronym stands for: `the CDS` → a Chief of Defence Staff."""
        cut = acronym[:_CUT] if len(acronym) > _CUT + 1 else None
        return self._only_called(acronym, _first_words) or (self._only_called(cut, _whole_offices) if cut else None)

    def _only_called(self, acronym: str, read: Callable[[Mention, Lexicon], Iterator[str]]) -> str | None:
        """Return the one person with a stated office that an acronym spells."""
        names = {
            self._people.full_name(person.name)
            for person in self._people.known[:_MOST]
            if any(
                office[0] == acronym[0] and spells(acronym, office) for office in read(person.mention, self._lexicon)
            )
        }
        return names.pop() if len(names) == 1 else None

    def only_holder(self, office: str, at: int) -> str | None:
        """Return the one person of the document who holds an office of this kind and is named after an offset."""
        head = lower_words(office)[-1:]
        held = self._holders.get(self._lexicon.aliases.get(head[0], head[0]), []) if head else []
        names = {self._people.full_name(person.name) for person in held}
        return names.pop() if len(names) == 1 and all(person.at > at for person in held) else None

    def in_order(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Put the words of an office into the order of a title: `president of Russia` → russia president."""
        text = " ".join(words)
        for form, office in self._lexicon.aliases.items():
            if text == form or text.endswith(f" {form}"):
                return (*text.removesuffix(form).split(), *office.split())
            if " of " in form and text.startswith(f"{form} "):  # not `commander in chief of the fleet`
                return self.in_order((*office.split(), *text.removeprefix(form).split()))
        of = next((i for i, word in enumerate(words) if self._lexicon.has(word, "owner")), 0)
        if not of:
            return words
        owner = (word for word in words[of + 1 :] if not self._lexicon.has(word, "determiner"))
        return (*owner, *words[:of])

    def _match(self, words: tuple[str, ...], *, is_stated: bool = False) -> tuple[str | None, int]:
        """Return who holds an office and how well it fits the title, which can have to be stated in these words."""
        people, levels = self._people, dict[int, Counter[str]]()
        for person in self._holders.get(words[-1], []):
            level = self.fit(words, person)
            if level:
                levels.setdefault(level, Counter())[people.full_name(person.name)] += 1
        best = max(levels, default=0)
        if is_stated and best < EXACT:
            return None, 0
        if best < SURE and len(words) > 1 and (opposite := self._opposites(words)):
            return opposite, SURE
        is_head = people.main and self._lexicon.has(words[-1], "head") and not self._is_subordinate
        is_head = is_head and (len(words) == 1 or not self._is_foreign(words))
        if is_head and (not best or (best < SURE and len(words) == 1)):
            return people.main, 1  # `the President` of a release that names foreign presidents with their countries
        if not best:
            return None, 0
        names = levels[best]
        return max(names, key=lambda name: names[name] + 0.5 * (name == people.main)), best

    def _opposites(self, words: tuple[str, ...]) -> str | None:
        """Return the one person who is the counterpart from a country: `his Fijian counterpart Ana Ruiz`."""
        names = {
            self._people.full_name(person.name)
            for person in self._people.known
            if person.title
            and self._lexicon.has(person.title[-1], "opposite")
            and any(_is_akin(words[0], other) for other in lower_words(person.mention.affiliation or ""))
        }
        is_office = self._lexicon.has(words[-1], "title") and not self._lexicon.has(words[0], "title", "portfolio")
        return names.pop() if len(names) == 1 and is_office else None

    def _is_foreign(self, words: tuple[str, ...]) -> bool:
        """Tell whether the main person holds an office of the kind, but of another country or body."""
        main = self._people.main
        held = (p for p in self._holders.get(words[-1], []) if self._people.full_name(p.name) == main)
        return any((p.title or ()) != words[-1:] for p in held)

    @cached_property
    def _is_subordinate(self) -> bool:
        """Tell whether the main person has titles, but heads nothing."""
        people = self._people
        titles = [p.title[-1] for p in people.known if p.title and people.full_name(p.name) == people.main]
        return bool(titles) and not any(self._lexicon.has(title, "head") for title in titles)

    def fit(self, words: tuple[str, ...], person: Person) -> int:
        """Return how well an office fits a person's title, 0 to 5."""
        title = person.title or ("",)
        affiliation = lower_words(person.mention.affiliation or "")
        if title == words:
            return 3 if affiliation and self._lexicon.has(words[-1], "head") else 5
        is_rank = self._lexicon.has(words[-1], "rank")  # `the admiral`: a vice admiral
        if not is_rank and self._lexicon.has(title[0], "second") != self._lexicon.has(words[0], "second"):
            return 0
        extra = set(words) - set(title)
        if not extra:
            return 4 if len(words) > 1 else 2
        owner = {*affiliation, *title} - set(words)
        if owner and all(any(_is_akin(word, other) for other in owner) for word in extra):
            return 4
        return 1 if not owner or len(words) == 1 else 0


def _first_words(mention: Mention, lexicon: Lexicon) -> Iterator[str]:
    """Yield the first two to seven words of the offices that stand before and after a name."""
    for office in (mention.before, mention.role or ""):
        words = without_determiner(office, lexicon).split()
        if (
            words
            and words[0][0].isupper()
            and any(lexicon.has(word.lower().rstrip(","), "title") for word in words[:2])
        ):
            yield from (" ".join(words[:size]).replace(",", "") for size in range(2, min(len(words), _LONGEST) + 1))


def _whole_offices(mention: Mention, lexicon: Lexicon) -> Iterator[str]:
    """Yield the offices that stand before and after a name, up to a comma."""
    for office in (mention.before, mention.role or ""):
        words = without_determiner(office.partition(",")[0], lexicon)
        if words[:1].isupper():
            yield words


def _is_akin(word: str, other: str) -> bool:
    """Tell whether a nationality belongs to a country: `german` and `germany`."""
    return word[:3] == other[:3]
