"""What a source is called in a text, and how names are cut into title and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.words import read_word

MentionKind = Literal["name", "pronoun", "role", "institution", "document", "group", "label", "other"]


class Mention(NamedTuple):
    """A source. Offsets are into the text.

    `outer_start` is where its title starts, `title` the title as stated, `affiliation` the organisation or country as
    stated, `role` the apposition in full, `members` those who speak together, for a group, `honorific` Mr, Mrs and the
    like, `outer_end` where an apposition after it ends, -1 without one, `before` all words of the run before the name.
    """

    start: int
    end: int
    text: str
    kind: MentionKind
    outer_start: int
    title: str | None = None
    affiliation: str | None = None
    role: str | None = None
    members: tuple[Mention, ...] = ()
    honorific: str | None = None
    outer_end: int = -1
    before: str = ""

    @property
    def phrase(self) -> tuple[int, int]:
        """Offsets of the mention with its title and apposition."""
        return min(self.start, self.outer_start), max(self.end, self.outer_end)


class NamePart(NamedTuple):
    """A run of capitalised words cut into what stands before the title, title and name: token indices in the run."""

    title_start: int
    name_start: int


def split_name(run: Sequence[str], lexicon: Lexicon) -> NamePart:
    """Cut a run of words such as `Russian Defense Minister Sergei Shoigu` into modifier, title and name.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("title\\tminister\\nportfolio\\tdefense\\npreposition\\tof")
        >>> split_name("Russian Defense Minister Sergei Shoigu".split(), lexicon)
        NamePart(title_start=1, name_start=3)
        >>> split_name("Minister of Russia Sergei Shoigu".split(), lexicon)
        NamePart(title_start=0, name_start=3)
    """
    kinds = [read_word(word, lexicon).bare_kinds for word in run]
    last = max([i for i, known in enumerate(kinds) if "title" in known] or [-1])
    lower = [read_word(word, lexicon).bare for word in run]
    if last > 0 and last == len(run) - 1 and _is_surname(lower, last, lexicon):
        last = max(i for i in range(last) if "title" in kinds[i])
    polite = max([i for i, known in enumerate(kinds) if "honorific" in known] or [-1])
    if polite > last + 1 or (polite > last and last < 0):
        return NamePart(polite, polite + 1)
    if last < 0:
        return NamePart(0, 0)
    first = last
    while first > 0 and lexicon.has(lower[first - 1], "title", "portfolio"):
        first -= 1
    if polite > last:
        return NamePart(first, polite + 1)  # `Defence Minister Mr Ivo Hale`
    name = last + 1
    while name < len(run) and (run[name].isdigit() or run[name] == "("):
        name += 3 if run[name] == "(" else 1
    while name < len(run) - 1 and lexicon.has(lower[name], "service"):
        name += 1  # `Laksda TNI Ana Ruiz`
    name = min(name, len(run))
    of = [i for i in range(name, len(run)) if lexicon.has(lower[i], "preposition") or lower[i] in {"and", "the"}]
    if of:  # the office goes on after the title word: `of Defense Sergei Shoigu`, `for the Middle East Tobias Ellwood`
        name = of[-1] + 2
        while name < len(run) and (lexicon.has(lower[name], "portfolio") or _is_code(run, name)):
            name += 1
        inner = (i for i in range(len(run) - 3, name - 1, -1) if lexicon.has(lower[i], "portfolio", "institution"))
        name = next(inner, name - 1) + 1
        name = len(run) if len(run) - name < 2 else name
    return NamePart(first, name)


def _is_surname(lower: Sequence[str], last: int, lexicon: Lexicon) -> bool:
    """Tell whether the title word that ends a run is a name after a rank: `Sergeant Dean`, `Sgt. Faith Justice`."""
    is_titled = lexicon.has(lower[last - 1], "title") and lexicon.has(lower[last - 1], "rank")
    is_forename = not lexicon.has(lower[last - 1], "title", "portfolio", "preposition", "second")
    has_rank = any(lexicon.has(w, "rank") and lexicon.has(w, "title") for w in lower[:last])
    return lexicon.has(lower[last], "surname") and has_rank and (is_titled or is_forename)


def _is_code(run: Sequence[str], at: int) -> bool:
    """Tell whether a word before a name is an acronym or has figures: `of the PORTNET Ana Ruiz`."""
    word = run[at]
    is_code = any(c.isdigit() for c in word) or (word.isupper() and word.isalpha() and len(word) > 1)
    return is_code and len(run) - at > 2 and not run[-1].isupper()


def without_determiner(text: str, lexicon: Lexicon) -> str:
    """Return a phrase without its determiner.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> without_determiner("the ministry", parse_lexicon("determiner\\tthe"))
        'ministry'
    """
    first, _, rest = text.partition(" ")
    return rest if rest and lexicon.has(first.lower(), "determiner") else text
