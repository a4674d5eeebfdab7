"""Annotated corpora as lines with spans, the open ones with what they leave open.

An open corpus knows fewer labels than the dataset, and other ones. A line from it therefore says three things of a
word: it is part of a name with this label; it is part of no name; nobody knows (spaCy's missing value, which costs no
decision anything). All of them annotate names of any kind, so that a word outside their spans is part of no name, but
for what they do not look for: titles, ranks, dates, peoples, numbers. Words of these stay open, and so do spans with
a label that has no counterpart here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from tasks.entities.lexicon import country_forms
from tasks.lexicons import alternation, read_terms
from training.data import read_releases

Labelled = tuple[int, int, str]

OPEN = ""  # label of a span that may be a name of any kind

_PLAIN = re.compile(r"[^\W\d_]+|[,.;:!?()“”\"'’-]|['’]s")


class Line(NamedTuple):
    """A line of text with its names; `is_partial` if words outside the names may be names as well."""

    text: str
    names: list[Labelled]
    is_partial: bool = False


def lines_of(text: str, entities: Iterable[Labelled]) -> Iterator[Line]:
    r"""Cut a document into its lines, the pieces that the model sees, with the names of each.

    Example:
        >>> [line.names for line in lines_of("He met Kim.\nIn Oslo.", [(7, 10, "PERSON"), (15, 19, "GPE")])]
        [[(7, 10, 'PERSON')], [(3, 7, 'GPE')]]
    """
    entities = list(entities)
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            yield Line(line, [(s - start, e - start, label) for s, e, label in entities if start <= s and e <= end])
        start = end + 1


class Release(NamedTuple):
    """The lines of an annotated release; `publisher` is empty where nobody says it."""

    publisher: str
    lines: list[Line]


def read_gold(path: Path) -> Iterator[Release]:
    """Yield every annotated document."""
    for document in read_releases(path):
        entities = [tuple(e) for e in document["entities"]]
        yield Release(document.get("publisher", ""), list(lines_of(document["text"], entities)))


def join_words(words: list[str], tags: Iterable[tuple[int, int, str]]) -> tuple[str, list[Labelled]]:
    """Join words with blanks, closing punctuation up, and turn spans of words into spans of characters.

    Example:
        >>> join_words(["In", "Oslo", ",", "he", "(", "Kim", ")", "left"], [(1, 2, "LOC"), (5, 6, "PER")])
        ('In Oslo, he (Kim) left', [(3, 7, 'LOC'), (13, 16, 'PER')])
    """
    text, starts, ends = "", [], []
    is_open = True
    for word in words:
        if text and not is_open and word[0] not in ",.;:!?)]%'’":
            text += " "
        starts.append(len(text))
        text += word
        ends.append(len(text))
        is_open = word in "([“$"
    return text, [(starts[first], ends[last - 1], label) for first, last, label in tags]


def _spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """Turn IOB tags into spans of words; tags without a label are none."""
    spans: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        kind, label = tag[0], tag[2:]
        if kind == "O" or not label:
            continue
        if spans and kind == "I" and spans[-1][1] == i and spans[-1][2] == label:
            spans[-1] = (spans[-1][0], i + 1, label)
        else:
            spans.append((i, i + 1, label))
    return spans


def align_words(text: str, words: list[str], tags: Iterable[tuple[int, int, str]]) -> tuple[str, list[Labelled]]:
    """Turn spans of words into spans of a text that holds the words in order.

    Example:
        >>> align_words("He can't see Oslo.", ["He", "ca", "n't", "see", "Oslo", "."], [(4, 5, "LOC")])
        ("He can't see Oslo.", [(13, 17, 'LOC')])
    """
    starts, ends, at = [], [], 0
    for word in words:
        starts.append(text.index(word, at))
        at = starts[-1] + len(word)
        ends.append(at)
    return text, [(starts[first], ends[last - 1], label) for first, last, label in tags]


def read_columns(path: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of an IOB file, labels as they are: word first, tag last, or number, word and tag.

    A line `# text = …` before a sentence, as UniversalNER has it, gives its text; else the words are joined. Marks
    between documents (`-DOCSTART-`) are left out.
    """
    words: list[str] = []
    tags: list[str] = []
    text: str | None = None
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        fields = line.split("\t") if "\t" in line else line.split()
        if line.startswith("# ") and "\t" not in line and " = " in line:
            text = line.removeprefix("# text = ") if line.startswith("# text = ") else text
        elif len(fields) >= 2 and fields[0] != "-DOCSTART-":
            is_numbered = len(fields) > 2 and fields[0].isdigit()
            words.append((fields[1] if is_numbered else fields[0]).strip() or "-")
            tags.append(fields[2] if is_numbered else fields[-1])
        elif words:
            spans = _spans(tags)
            yield join_words(words, spans) if text is None else align_words(text, words, spans)
            words, tags, text = [], [], None


def read_docred(path: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of a Re-DocRED file: tokenised sentences, and mentions by sentence and word."""
    for document in json.loads(path.read_text(encoding="utf-8")):
        mentions = [m for entity in document["vertexSet"] for m in entity]
        for i, words in enumerate(document["sents"]):
            spans = sorted({(*m["pos"], m["type"]) for m in mentions if m["sent_id"] == i})
            yield join_words([w.strip() or "-" for w in words], spans)


class Mapping:
    """Reads the labels of open corpora as the dataset's, with the words of config/lexicons/name_heads.tsv.

    A map's values are labels of the dataset, or one of three classes that the words of the name decide: `place` (GPE,
    LOC or FAC), `body` (ORG or UNIT) and `other` (NORP, EVENT or AGREEMENT; with a digit open, since it may be
    equipment; else a film, a prize, a language: no name of the dataset). A name with a label that the map lacks stays
    open.
    """

    def __init__(self) -> None:
        terms = read_terms("name_heads.tsv")
        self._rules = {
            kind: re.compile(rf"\b{alternation(terms[kind])}\b")
            for kind in ("unit", "landscape", "building", "event", "agreement")
        }
        title = alternation((*terms["title"], *(form.title() for form in terms["title"])))
        self._title = re.compile(rf"{title}s?")
        calendar, ranks = read_terms("calendar.tsv", 3), read_terms("military.tsv")["rank"]
        peoples = (word for form, (_, label) in country_forms().items() if label == "NORP" for word in form.split())
        groups = (word for form in read_terms("defence_names.tsv")["group"] for word in form.split())
        self._open = {
            *(form.casefold() for form in (*terms["time"], *calendar["month"], *calendar["weekday"], *calendar["day"])),
            *(word.casefold() for rank in ranks for word in rank.split() if word[0].isupper()),
            *(word.casefold() for word in (*peoples, *groups)),
        }

    def read(self, name: str, label: str | None) -> str | None:
        """Return the dataset's label for a name, OPEN, or None for what is no name there.

        Example:
            >>> mapping = Mapping()
            >>> mapping.read("Black Sea", "place"), mapping.read("Boeing 747", "other"), mapping.read("Hamlet", "other")
            ('LOC', '', None)
        """
        if label in ("place", "body") and name in country_forms():
            return country_forms()[name][1]
        if label == "place":
            for kind, found in (("landscape", "LOC"), ("building", "FAC")):
                if self._rules[kind].search(name):
                    return found
            return "GPE"
        if label == "body":
            return "UNIT" if self._rules["unit"].search(name) else "ORG"
        if label == "other":
            known = country_forms().get(name)
            if known is not None and known[1] == "NORP":
                return "NORP"
            for kind, found in (("event", "EVENT"), ("agreement", "AGREEMENT")):
                if self._rules[kind].search(name):
                    return found
            return OPEN if any(character.isdigit() for character in name) else None
        return OPEN if label is None else label

    def is_outside(self, word: str) -> bool:
        """Return whether a word outside a corpus's spans is surely in no name.

        Example:
            >>> mapping = Mapping()
            >>> [mapping.is_outside(word) for word in ("agreed", "yesterday", "Minister", "Danish", "10", "Thus")]
            [True, False, False, False, False, True]
        """
        return bool(_PLAIN.fullmatch(word)) and not self._title.fullmatch(word) and word.casefold() not in self._open


def to_doc(nlp: Language, line: Line, mapping: Mapping) -> Doc:
    """Tokenise a line and set its names; one that cuts a token in two is widened to whole tokens."""
    doc = nlp.make_doc(line.text)
    spans = [doc.char_span(s, e, label=label, alignment_mode="expand") for s, e, label in line.names if label]
    names = filter_spans([span for span in spans if isinstance(span, Span)])
    if not line.is_partial:
        doc.ents = names
        return doc
    inside = {token.i for span in names for token in span}
    open_spans = [
        span
        for s, e, label in line.names
        if label == OPEN and isinstance(span := doc.char_span(s, e, alignment_mode="expand"), Span)
    ]
    undecided = {token.i for span in open_spans for token in span}
    undecided |= {token.i for token in doc if not mapping.is_outside(token.text)}
    missing = [doc[i : i + 1] for i in sorted(undecided - inside)]
    doc.set_ents(names, missing=missing, default="outside")
    return doc
