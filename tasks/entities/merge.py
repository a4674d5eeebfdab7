"""One set of mentions of a line out of what the model, the rules and the lexicons propose.

Conflicts, the rule:
1. A form stands before everything that it overlaps: ranks before a name, ship prefixes, hull numbers, designators,
   dates, amounts, measures, numbered formations. A form gives way to a longer mention with its own label that
   holds it (`Burke-class` in `Arleigh Burke-class`), except for dates, amounts and measures.
   What a form leaves of a model's person or title stays (`Rear Adm. Kirk`: TITLE and the PERSON that is left).
2. Of a name of the lexicons or of a pattern and a mention of the model, the longer stands, at equal length the name.
3. Countries, peoples and towns come last: they add where nothing stands. Countries and peoples correct the label of a
   mention of the model that covers exactly the same words, and a place that starts with one ends with it where "of" or
   "and" follows (`Russia of State Councilor`).
Before that a title that starts with a country or people loses it ("Russian" is NORP, "Defence Minister" the TITLE).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tasks.entities.amounts import has_symbol
from tasks.entities.lexicon import Mention, find_countries
from tasks.labels import ENTITY_LABELS, LABELS
from tasks.lexicons import alternation, read_terms
from tasks.names import POSSESSIVES, name_forms

_NAMED = frozenset(label.name for label in ENTITY_LABELS if label.ends_in_head)
_MEASURED = frozenset(label.name for label in ENTITY_LABELS if label.value)
_EDGE = '"“”‘,;:(-–—\u200e'
_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"))
_ARTICLE = re.compile(r"(?:[Tt]he|THE|An?(?! [A-Z][a-z]+-[a-z]+(?!\w))|(?:The )?Honorable) ")  # not of An Dong-uk
_DANGLING = re.compile(r"(?: (?:of|for|and|the|with|to))+$")
_MADE = re.compile(r"[A-Z][\w.]*-(?:made|built|supplied|donated|backed|funded|flagged) ")
_LAST_ACRONYM = re.compile(r" \([A-Z][\w&/-]*[A-Z]s?\)?$")
_DURATION = re.compile(r"(?i)\d+-\w+|(?:the )?(?:last|past|next) \d+|\d{3}-\d{3}-\d{4}")
_NUMBER = re.compile(r"\d{1,3}|\d{5,}|\d+\+\d+")  # neither a year nor a day of one
_THE = ("the ", "The ")
_TAIL = re.compile(
    r"(?:(?: (?:and|or|of|for|in|on|at|to|with|by|the|from))+| for the [a-z]+| \d+)$"
)  # of a place or a body
_TAILED = frozenset({"GPE", "ORG", "NORP", "LOC"})
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:mil|gov|com|org)(?!\w)|^(?=(?:\D*\d){5})[A-Z0-9]{9,}$")


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(read_terms("military.tsv")["rank_prefix"])


@cache
def no_names() -> frozenset[str]:
    """Return capitalised words and acronyms that name nothing."""
    return frozenset(read_terms("name_heads.tsv")["no_name"])


@cache
def _address() -> re.Pattern[str]:
    return re.compile(rf"{alternation(name_forms('address', 'mention'))}(?:\.? )(?=\S)")


def overlaps(a: Mention, b: Mention) -> bool:
    """Return whether two mentions share a character."""
    return a.start < b.end and b.start < a.end


def _longest_first(mention: Mention) -> tuple[int, bool, int, str]:
    return (mention.start - mention.end, mention.method == "model", mention.start, mention.label)


def _choose(candidates: Iterable[Mention], chosen: list[Mention]) -> None:
    for mention in candidates:
        if not any(overlaps(mention, other) for other in chosen):
            chosen.append(mention)


@cache
def _other_heads() -> frozenset[str]:
    heads = read_terms("name_heads.tsv")
    return frozenset(word.casefold() for kind in ("title", "unit", "body", "building") for word in heads[kind])


def _runs_on(after: str) -> bool:
    """Return whether a mention of a system runs on into an office, a unit or a site (`B-52 Test Pilot`)."""
    return any(word.casefold() in _other_heads() for word in after.split())


def _holds(text: str, mention: Mention, form: Mention, forms: Iterable[Mention]) -> bool:
    """Return whether a mention is the longer name of which a form is a part; one that holds two forms is not."""
    if mention.label != form.label or form.label in _MEASURED or mention[:2] == form[:2]:
        return False
    if not mention.start <= form.start <= form.end <= mention.end:
        return False
    before, last = text[mention.start : form.start].split(), text[form.start : form.end].split()[-1]
    if ("-" in before or "–" in before) and (form.label == "EQUIPMENT" or "".join(before).isupper()):
        return False  # `Ga. - Ohio-class`, `OSLO - Task Force 9`
    if form.label == "TITLE":
        return mention.end == form.end and all(word in _prefixes() for word in before)
    if mention.end > form.end and (
        _runs_on(text[form.end : mention.end]) if form.label == "EQUIPMENT" else last.isupper()
    ):
        return False  # `92nd SFS Combat Arms`, `B-52 Test Pilot`
    inside = [f for f in forms if mention.start <= f.start and f.end <= mention.end and f.label == form.label]
    return inside == [form]


def _rest(text: str, mention: Mention, forms: Iterable[Mention]) -> Mention | None:
    """Return what forms leave of a model's person or title (its end, its start), None if nothing or another label."""
    over = [form for form in forms if overlaps(mention, form)]
    if not over:
        return mention
    if mention.label == "TITLE":
        return trim(text, mention._replace(end=max(mention.start, min(form.start for form in over))))
    if mention.label != "PERSON":
        return None
    start = max(form.end for form in over)
    rest = trim(text, mention._replace(start=min(start, mention.end)))
    return rest if rest and text[rest.start].isupper() else None


def _joins(mention: Mention, countries: Iterable[Mention]) -> bool:
    """Return whether a model's mention is two countries joined (`U.S.-Japan`)."""
    inside = [c for c in countries if mention.start <= c.start and c.end <= mention.end]
    return len(inside) == 2 and inside[0].end + 1 == inside[1].start


def _cut(text: str, mention: Mention, countries: Iterable[Mention]) -> Mention:
    """Return a model's place without what follows the country that it starts with."""
    if mention.label == "GPE":
        for country in countries:
            if country.start == mention.start and text.startswith((" of ", " and "), country.end):
                return mention._replace(end=min(mention.end, country.end))
    return mention


def merge_mentions(
    text: str,
    model: Iterable[Mention],
    forms: Iterable[Mention],
    names: Iterable[Mention],
    countries: Iterable[Mention],
) -> list[Mention]:
    """Resolve conflicts by the rule in the module's docstring; the result is sorted and free of overlaps.

    Args:
        text: The line.
        model: What the model found.
        forms: What rules found that go by an unmistakable form.
        names: What patterns and lexicons of names found.
        countries: Names of countries and peoples, and towns.

    Example:
        >>> text = "Rear Adm. Kirk met Syrian Arab Coalition leaders in Oslo."
        >>> model = [Mention(0, 14, "PERSON", "model"), Mention(19, 40, "ORG", "model")]
        >>> forms, countries = [Mention(0, 9, "TITLE", "rule:rank")], [Mention(19, 25, "NORP", "lexicon")]
        >>> merged = merge_mentions(text, model, forms, [Mention(52, 56, "GPE", "name")], countries)
        >>> [(m.label, text[m.start:m.end]) for m in merged]
        [('TITLE', 'Rear Adm.'), ('PERSON', 'Kirk'), ('ORG', 'Syrian Arab Coalition'), ('GPE', 'Oslo')]
    """
    model, forms, names = list(model), list(forms), list(names)
    wider = [form for form in forms if any(_holds(text, m, form, forms) for m in (*model, *names))]
    chosen: list[Mention] = []
    _choose(sorted((form for form in forms if form not in wider), key=_longest_first), chosen)
    measured = {m.label for m in chosen if m.label in _MEASURED}
    left = [rest for m in model if (rest := _rest(text, m, chosen)) is not None]
    left = [m for m in left if m.label not in measured or not any(overlaps(m, c) for c in chosen)]
    countries = sorted(countries)
    known = {country[:2]: country for country in countries if country.method == "lexicon"}
    left = [_cut(text, known.get(m[:2], m), known.values()) for m in left if not _joins(m, known.values())]
    _choose(sorted([*left, *names], key=_longest_first), chosen)
    _choose(sorted(wider), chosen)
    _choose(countries, chosen)
    return sorted(chosen)


def trim(text: str, mention: Mention) -> Mention | None:
    """Take an article, a form of address, a possessive ending, marks and blanks at the edges off; None if all goes.

    Example:
        >>> trim("the Navy's", Mention(0, 10, "ORG", "model"))
        Mention(start=4, end=8, label='ORG', method='model')
    """
    start, end = mention.start, mention.end
    while start < end and text[start] in _EDGE:
        start += 1
    if (article := _ARTICLE.match(text, start, end)) is not None:
        start = article.end()
    if mention.label == "PERSON" and (address := _address().match(text, start, end)) is not None:
        start = address.end()
    if (made := _MADE.match(text, start, end)) is not None:
        start = made.end()
    if (acronym := _LAST_ACRONYM.search(text, start, end)) is not None:
        end = acronym.start()  # a mention of its own
    while start < end and (text[start].isspace() or text[start] in _EDGE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _EDGE):
        end -= 1
    if (
        mention.label in _TAILED
        and (tail := _TAIL.search(text, start, end)) is not None
        and (mention.label != "ORG" or not tail.group().strip().isdigit())
    ):
        end = tail.start()
    if (dangling := _DANGLING.search(text, start, end)) is not None:
        end = dangling.start()
    value = text[start:end]
    is_sentence_end = value.endswith(".") and value.count(".") == 1 and len(value.split()[-1]) > 5
    if value.endswith(POSSESSIVES):
        end -= 2
    elif is_sentence_end or (value.endswith(")") and "(" not in value):
        end -= 1
    elif any(value.count(opens) > value.count(closes) and text[end : end + 1] == closes for opens, closes in _PAIRS):
        end += 1
    elif value.count('"') == 1 and text[end : end + 1] == '"':
        end += 1  # 201 Squadron "Falcons"
    return mention._replace(start=start, end=end) if start < end else None


def is_name(text: str, mention: Mention) -> bool:
    """Return whether a mention of the model can be one: no common word, address, number of a file, duration.

    MONEY has to have a currency, QUANTITY a unit.

    Example:
        >>> text = "A 15-month tour of Sailors to Oslo."
        >>> [is_name(text, Mention(*span, "model")) for span in ((2, 10, "DATE"), (19, 26, "ORG"), (30, 34, "GPE"))]
        [False, False, True]
    """
    value = text[mention.start : mention.end]
    kind = LABELS[mention.label].value
    if kind in ("currency", "unit"):
        return has_symbol(kind, value)
    if mention.label in _MEASURED:
        is_date = any(c.isdigit() or c.isalpha() for c in value)
        return is_date and not _DURATION.fullmatch(value) and not _NUMBER.fullmatch(value)
    return value not in no_names() and not _ADDRESS.search(value)


@cache
def _drill() -> re.Pattern[str]:
    """Return the pattern of a word for exercises behind a name."""
    return re.compile(rf" (?:military )?{alternation(read_terms('name_heads.tsv')['drill'])}(?!\w)")


@cache
def _sure_heads() -> re.Pattern[str]:
    """Return the pattern of names that a word decides: how some agreements open, how others and names of kinds end."""
    terms = read_terms("name_heads.tsv")
    opens = rf"(?:Joint )?{alternation(terms['opens.AGREEMENT'])} [A-Zt].*$|.* {alternation(terms['sure.AGREEMENT'])}$"
    ends = {kind[5:]: forms for kind, forms in terms.items() if kind.startswith("sure.") and kind[5:] != "AGREEMENT"}
    others = (rf"(?P<{label}>.* {alternation(forms)}$)" for label, forms in ends.items())
    return re.compile("|".join([rf"(?P<AGREEMENT>{opens})", *others]))


def read_head(text: str, mention: Mention) -> Mention:
    """Give a mention of the model the label that its last word, or what it opens with, has wherever a name has that.

    What a person seems to be between "the" and a word for exercises is an exercise.

    Example:
        >>> text = "The Naval Sea Systems Command is in the Li Song drill."
        >>> [read_head(text, m).label for m in (Mention(4, 29, "ORG", "model"), Mention(40, 47, "PERSON", "model"))]
        ['UNIT', 'EVENT']
    """
    if mention.label == "PERSON" and text[: mention.start].endswith(_THE) and _drill().match(text, mention.end):
        return mention._replace(label="EVENT")
    if mention.label not in _NAMED or (hit := _sure_heads().match(text[mention.start : mention.end])) is None:
        return mention
    return mention._replace(label=hit.lastgroup or mention.label)


def is_heading(text: str, mention: Mention) -> bool:
    """Return whether a mention heads a line of an advisory: `WHO: 200 sailors`.

    Example:
        >>> [is_heading("WHO: the WHO", Mention(start, start + 3, "ORG", "name")) for start in (0, 9)]
        [True, False]
    """
    starts = text[mention.start - 1 : mention.start] in ("", "\n")
    is_question = text[mention.start : mention.end] in read_terms("name_heads.tsv")["question"]
    return starts and is_question and text.startswith(":", mention.end)


_OWNER = re.compile(r"((?=[A-Z]*[A-Z]{3})[A-Z]{2,6}) (?=[A-Z][a-z])")  # `EDA Chief Executive`


@cache
def _ranks() -> frozenset[str]:
    known = (("military.tsv", "rank"), ("name_heads.tsv", "no_name"), ("defence_names.tsv", "office"))
    return frozenset(form for file, kind in known for form in read_terms(file)[kind])


@cache
def _held() -> re.Pattern[str]:
    """Return the pattern of an office and the body that it is of: `Chair of the NATO Military Committee`."""
    rank = r"(?:Vice |Deputy |Assistant |Acting )?"
    head = rf"(?:{rank}(?:Chair(?:man|woman|person)?|Commandant)|Chief of the General Staff)"
    any_body = r"Committee|Commission|Council|Corps|Forces|Guard|Army|Navy|Air Force|Board|Authority"
    other = rf"{rank}(?:Chief|Head|Director(?:[ -]General)?|Commander|Secretary)"
    part = r"Bureau|Department|Directorate|Agency|Committee|Commission|Council|Corps|Forces|Division|Centre|Center"
    word = r"(?:[A-Z][\w’'-]+ )"
    return re.compile(
        rf"(?:\d+(?:st|nd|rd|th) )?(?:(?P<office>{head}) of the (?P<body>{word}*(?:{any_body}))"
        rf"|(?P<office2>{other}) of the (?P<body2>{word}+(?:{part})))"
    )


@cache
def _office() -> re.Pattern[str]:
    heads = read_terms("name_heads.tsv")["title"]
    return re.compile(rf"(?:{alternation((*heads, *(form.capitalize() for form in heads)))})$")


def split_title(text: str, mention: Mention) -> list[Mention]:
    """Cut a title at what is none: a country or people before it, words after it, "and" between two offices.

    Example:
        >>> text = "Norwegian Deputy Prime Minister and Defence Minister visits"
        >>> [text[m.start:m.end] for m in split_title(text, Mention(0, 59, "TITLE", "model"))]
        ['Deputy Prime Minister', 'Defence Minister']
    """
    if mention.label != "TITLE":
        return [mention]
    start, end = mention.start, mention.end
    if (owner := _OWNER.match(text, start, end)) is not None and owner.group(1) not in _ranks():
        return [Mention(*owner.span(1), "ORG", "rule:office"), *split_title(text, mention._replace(start=owner.end()))]
    if (body := _held().fullmatch(text, start, end)) is not None:
        form = "" if body.group("office") else "2"
        whole = Mention(*body.span(f"body{form}"), "ORG", "rule:office")
        return [mention._replace(end=body.end(f"office{form}")), read_head(text, whole)]
    first = next(iter(find_countries(text[start:end])), None)
    if first is not None and not first.start and text[start + first.end : start + first.end + 1] == " ":
        start += first.end + 1
        if start >= end:
            return []  # nothing but a country
    if text[start : start + 1].isupper() and not _office().search(text, start, end):
        # "Foreign Secretary statement on": an office in capitals ends with its last capital
        words = list(re.finditer(r"\S+", text[start:end]))
        while len(words) > 1 and words[-1].group().islower():
            words.pop()
        end = start + words[-1].end()
    parts: list[Mention] = []
    for joint in re.finditer(r" and ", text[start:end]):
        left, right = start + joint.start(), start + joint.end()
        if _office().search(text, start, left) and _office().search(text, right, end):
            parts.append(mention._replace(start=start, end=left))
            start = right
    return [*parts, mention._replace(start=start, end=end)]
