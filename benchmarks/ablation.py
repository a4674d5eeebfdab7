"""What each condition of the rules is worth: one at a time is switched off, over annotated sets, spaced and glued.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ablation quotes|entities DATA TABLE.tsv [--texts 5000]

Order: every document of the sets read once, each condition watched → dumps and texts, the conditions that made no
difference so far → each switch in a process of its own, which reads again documents in which something may come out
otherwise → TABLE.tsv, a row a switch, figures as differences that it makes; a summary in Markdown on standard output.

An operand of `and` and a filter are switched off by True, an operand of `or` by False, a test by False (what hangs on
it never happens) and, unless it guards a way out, by True (always). A switch fires where its condition evaluates to the
other value; where it never does, what it is about can go.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gc
import os
import pickle
import random
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, TypeVar

import pyarrow.parquet as pq

from benchmarks.annotations import (
    Counts,
    Document,
    EntityRow,
    QuoteRow,
    count_entities,
    count_quotes,
    count_turns,
    load_documents,
    rate_entities,
    rate_quotes,
    rate_turns,
    restore_all,
)
from benchmarks.conditions import Condition, Switch, Switchboard
from tasks.entities.amounts import read_amount
from tasks.entities.consistency import settle
from tasks.entities.date_values import read_date
from tasks.entities.decode import Found, find_entities
from tasks.entities.kinds import load_kinds
from tasks.entities.lexicon import Mention
from tasks.entities.line import find_in_line
from tasks.entities.model import load_pipeline
from tasks.entities.pieces import cut_pieces
from tasks.entities.resolve import resolve_names
from tasks.entities.roles import find_roles
from tasks.ingest.plan import plan_input
from tasks.ingest.sources import load_source
from tasks.ingest.table import read_batches
from tasks.labels import LABELS
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.quotes.model.tagger import Attribution, Tagger, load_tagger
from tasks.quotes.scores import describe, score
from tasks.resources import find_resource
from tasks.settings import load_settings

T = TypeVar("T")

_LIMIT = 2.0  # seconds of CPU for a document; what takes longer goes round in circles
_MODELS = frozenset({"numpy", "numba", "thinc", "spacy", "pyarrow", "prefect"})  # who imports these holds no rules
AT_MOST = 40  # documents of a set that are read again, a switch
ENOUGH = 10  # of these, how many have changed, after which no more are read
_SEED = 1
_BATCH = 500  # texts restored together


class Rules(Protocol):
    """Rules that are looked at.

    Attributes:
        places: Where they stand: packages, or modules.
        sets: Name → file of the annotated sets, under DATA.
    """

    places: ClassVar[tuple[str, ...]]
    sets: ClassVar[Mapping[str, str]]

    def read(self, document: Document) -> list[Any]:
        """Return the rows that rules find in a document."""

    def count(self, document: Document, rows: list[Any]) -> Counts:
        """Compare rows with what is annotated."""

    def rate(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Return the figures of a set."""


class _Remembering:
    """A model of attributions that reads each text once."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._found: dict[str, list[Attribution]] = {}

    def reads(self, text: str) -> bool:
        return self._tagger.reads(text)

    def find(self, text: str) -> list[Attribution]:
        if text not in self._found:
            self._found[text] = self._tagger.find(text)
        return self._found[text]


class QuoteRules:
    """The rules of quotations, with the model where it reads."""

    places: ClassVar[tuple[str, ...]] = ("tasks.quotes", "tasks.names")
    sets: ClassVar[Mapping[str, str]] = {
        "train": "gold/train.jsonl",
        "dev": "gold/dev.jsonl",
        "written": "gold/written.jsonl",
        "unseen": "unseen/dev.jsonl",
        "transcripts": "unseen/transcripts_dev.jsonl",
        "polnear": "quotes/polnear_dev.jsonl.gz",
    }

    def __init__(self) -> None:
        settings = load_settings().quotes
        self._lexicon = load_lexicon(find_resource(settings.cues, "config/lexicons"))
        self._tagger: Any = _Remembering(load_tagger(settings.model))
        self._news: dict[str, bool] = {}

    def read(self, document: Document) -> list[QuoteRow]:
        """Return the quotations of a document."""
        text, span = document.text, document.to_raw.span
        tagger = self._tagger if self._news.setdefault(text, self._tagger.reads(text)) else None
        rows: list[QuoteRow] = []
        for quotation, source in find_quotations(text, document.starts, document.title, self._lexicon, tagger):
            mention = quotation.source if not quotation.is_carried else None
            speaker = span(mention.start, mention.end) if mention else None
            cue = span(*quotation.cue) if quotation.cue else None
            other = (source, quotation.method, quotation.repair, score(describe(text, quotation, source)))
            segments = tuple(span(*segment) for segment in quotation.segments)
            rows.append(QuoteRow(quotation.kind, segments, speaker, cue, source.name, other))
        return rows

    def count(self, document: Document, rows: list[QuoteRow]) -> Counts:
        """Compare quotations, or turns, with the annotated ones."""
        return (count_turns if "turns" in document.annotation else count_quotes)(document, rows)

    def rate(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Return the figures of a set of releases or articles, or of transcripts."""
        return (rate_turns if "labels" in counts else rate_quotes)(counts)


class EntityRules:
    """The rules of entities, names, roles and values, beside the model."""

    places: ClassVar[tuple[str, ...]] = ("tasks.entities", "tasks.names")
    sets: ClassVar[Mapping[str, str]] = {name: QuoteRules.sets[name] for name in ("train", "dev", "written", "unseen")}

    def __init__(self) -> None:
        self._nlp = load_pipeline(load_settings().entities)
        self._kinds = load_kinds(self._nlp)
        self._named: dict[str, list[Found]] = {}

    def _name(self, pieces: Sequence[str]) -> list[list[Found]]:
        """Return what the model finds in pieces of text, each of which it reads once."""
        new = list(dict.fromkeys(piece for piece in pieces if piece not in self._named))
        if new:
            with self._nlp.memory_zone():
                named = list(find_entities(self._nlp, new))
                self._named.update(zip(new, self._kinds.settle(new, named) if self._kinds else named, strict=True))
        return [self._named[piece] for piece in pieces]

    def read(self, document: Document) -> list[EntityRow]:
        """Return the entities of a document; the last row holds its roles."""
        text, found = document.text, list[Mention]()
        places = list(cut_pieces(text, document.starts))
        pieces = [text[start:end] for start, end in places]
        for piece, (offset, _), names in zip(pieces, places, self._name(pieces), strict=True):
            mentions = find_in_line(piece, [Mention(s, e, label, "model") for s, e, label in names])
            found += [m._replace(start=m.start + offset, end=m.end + offset) for m in mentions]
        mentions = settle(text, found)
        roles = find_roles(text, mentions)
        rows: list[EntityRow] = []
        for mention, name in zip(mentions, resolve_names(text, mentions, roles), strict=True):
            value = text[mention.start : mention.end]
            kind = LABELS[mention.label].value
            day = read_date(value, document.published_on) if kind == "date" else None
            amount = read_amount(kind, value) if kind in ("currency", "unit") else None
            span = document.to_raw.span(mention.start, mention.end)
            rows.append(EntityRow(*span, mention.label, (mention.method, name, day, amount)))
        return [*rows, EntityRow(0, 0, "roles", tuple(roles))]

    def count(self, document: Document, rows: list[EntityRow]) -> Counts:
        """Compare entities with the annotated ones."""
        return count_entities(document, rows[:-1])

    def rate(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Return the figures of a set."""
        return rate_entities(counts)


class Case(NamedTuple):
    """A document of a set, what rules find in it, and how that compares."""

    document: Document
    rows: list[Any]
    counts: Counts


@dataclass
class AnnotatedSet:
    """A set that was read: how often each switch would fire, in which cases something comes out otherwise by it."""

    cases: list[Case]
    fires: Counter[Switch]
    matters: dict[Switch, list[Case]]

    def draw(self, switch: Switch, number: int) -> list[Case]:
        """Return so many of the cases in which a switch matters, the same ones each time, in no order."""
        cases = self.matters.get(switch, [])
        return random.Random(_SEED).sample(cases, min(number, len(cases)))

    @cached_property
    def counts(self) -> Counts:
        """How all cases compare."""
        total = Counts()
        for case in self.cases:
            total.update(case.counts)
        return total


class Trial(NamedTuple):
    """A document read again: whether its rows differ, how they compare, and the error that kept it from being read."""

    is_changed: bool
    counts: Counts
    fault: str | None


@dataclass
class Effect:
    """What a switch does to a set.

    Attributes:
        times: It fires.
        matters: Documents in which something may come out otherwise.
        read: Of these, how many were read again.
        changed: Of those, how many have other rows.
        faults: Errors, by name, and documents with them.
        figures: Differences of figures; where some documents were not read, the others stand for them.
    """

    times: int
    matters: int
    read: int
    changed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    figures: dict[str, float] = field(default_factory=dict)


@dataclass
class Finding:
    """What was found about a switch.

    Attributes:
        condition: What it holds.
        switch: The value.
        effects: What it does, by set.
        beyond: How often it fires in documents that nothing is annotated in.
        reach: Whether the condition is evaluated for documents, in `loading` only, or is `unreached`.
    """

    condition: Condition
    switch: Switch
    effects: dict[str, Effect]
    beyond: dict[str, int]
    reach: Literal["documents", "loading", "unreached"]

    @property
    def verdict(self) -> str:
        """Tell what can be said of the switch, from `unreached` to `counts`."""
        effects = self.effects.values()
        if self.reach != "documents":
            return self.reach
        if not any(effect.times for effect in effects):
            return "beyond" if any(self.beyond.values()) else "never"
        if not any(effect.changed or effect.faults for effect in effects):
            return "idle"
        return "counts" if any(any(effect.figures.values()) for effect in effects) else "uncounted"

    @property
    def gain(self) -> float:
        """Return the mean difference over all figures of all sets, shares of words in wrong hands counted as losses."""
        values = [-v if k == "wrong_hands" else v for e in self.effects.values() for k, v in e.figures.items()]
        return sum(values) / max(1, len(values))


def rule_modules(places: Sequence[str]) -> list[ModuleType]:
    """Return the modules of packages that are loaded and hold rules: no arrays, models, tables or flows."""
    loaded = [m for name, m in sorted(sys.modules.items()) if {name, name.rpartition(".")[0]} & {*places}]
    return [module for module in loaded if module.__file__ and not _imports(module) & _MODELS]


def _imports(module: ModuleType) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def watch_set(board: Switchboard, rules: Rules, documents: Sequence[Document]) -> AnnotatedSet:
    """Read every document, once for its rows and once to see which switches would fire.

    Raises:
        RuntimeError: Watched, rules find other rows: a condition has a side effect, and cannot be watched.
    """
    found = [rules.read(document) for document in documents]
    cases = [Case(d, rows, rules.count(d, rows)) for d, rows in zip(documents, found, strict=True)]
    matters: dict[Switch, list[Case]] = defaultdict(list)
    with board.watch(range(len(board.conditions))) as met:
        for case in cases:
            met.matters.clear()
            board.forget()
            if rules.read(case.document) != case.rows:
                raise RuntimeError(f"watched, rules find other rows in {case.document.text[:80]!r}")
            for switch in met.matters:
                matters[switch].append(case)
    return AnnotatedSet(cases, met.fires, matters)


def watch_beyond(board: Switchboard, rules: Rules, wanted: set[int], documents: Iterable[Document]) -> Counter[Switch]:
    """Count how often switches would fire in documents that nothing is annotated in."""

    def read_all() -> Counter[Switch]:
        board.forget()
        with board.watch(wanted) as met:
            for document in documents:
                rules.read(document)
        return met.fires

    found = _in_child(read_all)  # what so many documents leave in memory goes with it
    if found is None:
        raise RuntimeError("the process that reads documents beyond the sets has died")
    return found


def try_switch(
    board: Switchboard, rules: Rules, switch: Switch, asked: Mapping[str, Sequence[Case]], enough: int
) -> dict[str, list[Trial]]:
    """Read documents of sets in another process, in which a condition is held.

    A set is left when so many of its documents have changed; everything is, when a document hangs.
    """

    def read_all() -> dict[str, list[Trial]]:
        gc.disable()  # there is little to collect, and it would copy what both processes share
        board.hold(switch)
        signal.signal(signal.SIGPROF, _give_up)
        trials: dict[str, list[Trial]] = {name: [] for name in asked}
        for name, cases in asked.items():
            for case in cases:
                trials[name].append(_try(rules, case))
                if trials[name][-1].fault == "hangs":
                    return trials
                if sum(trial.is_changed for trial in trials[name]) == enough:
                    break
        return trials

    if not any(asked.values()):
        return {name: [] for name in asked}
    dead = {name: [Trial(True, rules.count(case.document, []), "dies") for case in own] for name, own in asked.items()}
    return _in_child(read_all) or dead


def _try(rules: Rules, case: Case) -> Trial:
    signal.setitimer(signal.ITIMER_PROF, _LIMIT)
    try:
        rows, fault = rules.read(case.document), None
    except _Stuck:
        rows, fault = [], "hangs"
    except Exception as error:  # any fault: that is what is to be found out
        rows, fault = [], type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if rows == case.rows and not fault:
        return Trial(False, case.counts, None)
    return Trial(True, rules.count(case.document, rows), fault)


class _Stuck(BaseException):
    """A document takes too long; no rule may catch it."""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise _Stuck


def _in_child(work: Callable[[], T]) -> T | None:
    """Return what work returns in a copy of this process, which ends with it; nothing if it dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(writing, "wb") as sink:
                sink.write(pickle.dumps(work()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as source:
        answer = source.read()
    os.waitpid(child, 0)
    return pickle.loads(answer) if answer else None


def measure(
    board: Switchboard,
    rules: Rules,
    switch: Switch,
    sets: Mapping[str, AnnotatedSet],
    at_most: int = AT_MOST,
    enough: int = ENOUGH,
) -> dict[str, Effect]:
    """Return what a switch does to each set; some of the documents in which it matters stand for all.

    Args:
        board: Holds the condition.
        rules: What is looked at.
        switch: The switch.
        sets: The sets, read.
        at_most: Documents of a set that are read again.
        enough: Documents of a set that have changed, after which no more are read.
    """
    asked = {name: one.draw(switch, at_most) for name, one in sets.items()}
    effects: dict[str, Effect] = {}
    for name, trials in try_switch(board, rules, switch, asked, enough).items():
        one = sets[name]
        effect = effects[name] = Effect(one.fires[switch], len(one.matters.get(switch, [])), len(trials))
        change = Counts()
        for case, trial in zip(asked[name], trials, strict=False):
            effect.changed += trial.is_changed
            effect.faults.update([trial.fault] if trial.fault else [])
            change.update(trial.counts)
            change.subtract(case.counts)
        before = one.counts
        scale = effect.matters / max(1, effect.read)
        # What a few documents stand for may come to less than nothing.
        after = {key: max(0.0, before[key] + change[key] * scale) for key in before.keys() | change.keys()}
        old, new = rules.rate(before), rules.rate(after)
        effect.figures = {key: round(new.get(key, 0.0) - value, 6) for key, value in old.items()}
    return effects


def read_dumps(data: Path) -> Iterator[Document]:
    """Yield the documents of the dumps and of the seed."""
    settings, source = load_settings().ingest, load_source("generic")
    dumps = [str(data / "dumps" / "good"), str(data / "seed" / "seed.txt")]
    for file in plan_input(dumps, settings, now=datetime.now(UTC)).files:
        for records, _ in read_batches(file, source, settings):
            titles = [{"title": title} for title in records["title"].to_pylist()]
            yield from restore_all(records["raw_text"].to_pylist(), titles, [[]] * len(titles))


def read_texts(folder: Path, number: int) -> Iterator[Document]:
    """Yield documents taken evenly from Parquet files with the columns text and title."""
    paths = sorted(folder.glob("*.parquet"))
    step = sum(pq.read_metadata(path).num_rows for path in paths) / max(1, number)
    first, wanted = 0, [int(i * step) for i in range(number)]
    for path in paths:
        table = pq.read_table(path, columns=["text", "title"])
        taken = table.take([row - first for row in wanted if first <= row < first + table.num_rows])
        for batch in taken.to_batches(max_chunksize=_BATCH):
            titles = [{"title": title} for title in batch["title"].to_pylist()]
            yield from restore_all(batch["text"].to_pylist(), titles, [[]] * len(titles))
        first += table.num_rows


def find_all(kind: type[Rules], data: Path, n_texts: int, at_most: int, enough: int) -> Iterator[Finding]:
    """Yield what is found about each switch, in the order of the source; tell on standard error how far it is."""

    def tell(what: str) -> None:
        seconds = sum(os.times()[:4])  # those of the processes that ended, too
        print(f"{seconds:5.0f} s  {what}", file=sys.stderr, flush=True)

    sets = {
        f"{name} {way}": load_documents(data / file, is_glued=way == "glued")
        for name, file in kind.sets.items()
        for way in ("spaced", "glued")
    }
    tell(f"{sum(map(len, sets.values()))} documents restored")
    board = Switchboard(rule_modules(kind.places))
    with board.watch(range(len(board.conditions))) as first:
        rules = kind()
        for document in next(iter(sets.values())):
            rules.read(document)  # what is loaded once is loaded now
    loading = {switch.number for switch in first.fires}
    tell(f"{len(board.conditions)} conditions, {len(board.switches)} switches")
    read = {name: watch_set(board, rules, documents) for name, documents in sets.items()}
    for name, one in read.items():
        tell(f"{name}: " + ", ".join(f"{key} {value:.4f}" for key, value in rules.rate(one.counts).items()))
    met = {switch for one in read.values() for switch in one.fires}
    missing = {switch.number for switch in board.switches if switch not in met}
    beyond = {
        "dumps": watch_beyond(board, rules, missing, read_dumps(data)),
        "texts": watch_beyond(board, rules, missing, read_texts(data / "text", n_texts)),
    }
    tell(f"dumps and {n_texts} texts, for {len(missing)} conditions")
    met.update(*beyond.values())
    reached = {switch.number for switch in met}
    gc.freeze()
    for i, switch in enumerate(board.switches, 1):
        effects = measure(board, rules, switch, read, at_most, enough)
        elsewhere = {name: counts[switch] for name, counts in beyond.items()}
        others: Literal["loading", "unreached"] = "loading" if switch.number in loading else "unreached"
        reach = "documents" if switch.number in reached else others
        yield Finding(board.conditions[switch.number], switch, effects, elsewhere, reach)
        if not i % 200:
            tell(f"{i} switches")


def columns_of(finding: Finding) -> dict[str, object]:
    """Return a finding as a row of the table."""
    one = finding.condition
    row: dict[str, object] = {
        "module": one.module,
        "line": one.line,
        "function": one.function,
        "role": one.role,
        "held_at": finding.switch.value,
        "source": one.source,
        "verdict": finding.verdict,
        "gain": f"{finding.gain:+.6f}",
        **finding.beyond,
    }
    for name, effect in finding.effects.items():
        row |= {f"{name}: fires": effect.times, f"{name}: matters": effect.matters}
        row |= {f"{name}: read": effect.read, f"{name}: changed": effect.changed}
        row[f"{name}: raises"] = " ".join(f"{fault} {n}" for fault, n in sorted(effect.faults.items()))
        row |= {f"{name}: {key}": f"{value:+.4f}" if value else "" for key, value in effect.figures.items()}
    return row


_VERDICTS = {
    "loading": "are asked when lexicons are loaded only",
    "unreached": "never reached: in no document is the condition evaluated",
    "never": "never fire: in no document is the condition anything but what it is held at",
    "beyond": "fire in dumps or texts only",
    "idle": "fire, and no row changes",
    "uncounted": "change rows, and no figure",
    "counts": "change figures",
}


def summarise(findings: Sequence[Finding], shown: int) -> Iterator[str]:
    """Yield lines of Markdown: how many switches there are of each verdict, what never fires, what is worth most."""
    modules = sorted({f.condition.module for f in findings})
    idle = [m for m in modules if all(f.reach == "unreached" for f in findings if f.condition.module == m)]
    counted = [f for f in findings if f.condition.module not in idle]
    yield f"| switches of {len(modules) - len(idle)} modules | {len(counted)} |\n|---|---|"
    for verdict, meaning in _VERDICTS.items():
        yield f"| {meaning} | {sum(f.verdict == verdict for f in counted)} |"
    yield f"\nModules of which nothing is reached: {', '.join(idle) or 'none'}"
    for verdict in ("unreached", "never", "idle"):
        yield f"\n{_VERDICTS[verdict]}\n"
        yield from (_line(f) for f in counted if f.verdict == verdict)
    ranked = sorted((f for f in counted if f.verdict == "counts"), key=lambda f: f.gain)
    yield "\nWorth most (mean difference of all figures when switched off)\n"
    yield from (f"{_line(f)} {f.gain:+.5f}" for f in ranked[:shown])
    yield "\nBetter without\n"
    yield from (f"{_line(f)} {f.gain:+.5f}" for f in reversed(ranked[-shown:]) if f.gain > 0)


def _line(finding: Finding) -> str:
    one = finding.condition
    module = one.module.rpartition(".")[2]
    return f"- {module}:{one.line} {one.function}, {one.role} held at {finding.switch.value}: `{one.source}`"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", choices=["quotes", "entities"])
    parser.add_argument("data", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("--texts", type=int, default=5000, help="documents of DATA/text")
    parser.add_argument("--at-most", type=int, default=AT_MOST, help="documents of a set that are read again, a switch")
    parser.add_argument("--enough", type=int, default=ENOUGH, help="changed ones of these, after which it is left")
    parser.add_argument("--shown", type=int, default=25, help="lines of what is worth most")
    arguments = parser.parse_args()
    kind: type[Rules] = QuoteRules if arguments.rules == "quotes" else EntityRules
    findings: list[Finding] = []
    with arguments.table.open("w", encoding="utf-8", newline="") as sink:
        for finding in find_all(kind, arguments.data, arguments.texts, arguments.at_most, arguments.enough):
            row = columns_of(finding)
            writer = csv.DictWriter(sink, list(row), delimiter="\t", lineterminator="\n")
            if not findings:
                writer.writeheader()
            writer.writerow(row)
            sink.flush()
            findings.append(finding)
    print("\n".join(summarise(findings, arguments.shown)))


if __name__ == "__main__":
    main()
