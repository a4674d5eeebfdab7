"""From the staged tables of a bundle to the tables of the dataset.

Order: drop documents that a stage refused → mark near-duplicates → transcripts by their turns → append run and version
columns → link speakers to entities by offsets → check every offset and every closed set of values.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import DatasetError, OffsetMismatch
from tasks.publish.antecedents import Weights
from tasks.publish.holders import Holders
from tasks.publish.mentions import Mention, Office
from tasks.publish.speakers import Cast, Linked, Speaker
from tasks.schemas import PROPOSAL, QUOTES, TABLES, VIEWS, YEAR
from tasks.spans import merge_spans
from tasks.tables import keys_of_batches, take_batches, values_of

logger = logging.getLogger(__name__)

#: Exact copies that were set aside.
COPIES = TABLES["duplicates"].staged_schema
#: Kept documents that are almost the same as an earlier one.
NEAR = pa.schema([("doc_id", pa.string()), ("near_duplicate_of", pa.string())])
#: The score below which a quotation is more likely wrong than right, in content or speaker.
UNSURE = 0.5
_TURNS = 2  # that make a transcript of what is a release by default
#: The columns of quotes that say who speaks, as fields of Speaker and of schemas.PROPOSAL.
_SPEAKER = (
    "speaker",
    "speaker_start",
    "speaker_end",
    "speaker_raw_start",
    "speaker_raw_end",
    "speaker_name",
    "speaker_kind",
    "speaker_title",
    "speaker_affiliation",
)
#: What a mention and an office are made of: columns of entities, after the number of the row, and of roles.
_MENTION = ("", "label", "text", "start", "end", "raw_start", "raw_end", "canonical", "sentence_id")
_OFFICE = ("person_name", "title", "organisation", "country")


def apply_decisions(ingested: pa.Table, decisions: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Part the records of a batch.

    Args:
        ingested: Table with schemas.INGESTED.
        decisions: Table with schemas.DECISIONS, a row for each row of `ingested`.

    Returns:
        The records that are kept (schemas.INGESTED), COPIES and NEAR.
    """
    keep = decisions["keep"]
    records = ingested.filter(keep)
    aside = ingested.filter(pc.invert(keep))
    places = aside.select([name for name in COPIES.names if name != "kind"])
    copies = conform(places.append_column("kind", _constant("exact", aside.num_rows)), COPIES)
    near = pa.table({"doc_id": records["doc_id"], "near_duplicate_of": decisions.filter(keep)["near_duplicate_of"]})
    return records, copies, near.filter(pc.is_valid(near["near_duplicate_of"])).cast(NEAR)


def assemble(
    staged: Mapping[str, pa.Table],
    near: pa.Table,
    *,
    late: Collection[str],
    run_id: str,
    pipeline_version: str,
) -> dict[str, pa.Table]:
    """Make the tables of the dataset from the staged ones.

    Args:
        staged: By name in schemas.TABLES, each with its staged schema; refusals of all stages joined.
        near: Table with NEAR.
        late: The stages after the one that yields documents: a document that one of them refused is taken out.
        run_id: Key of the run.
        pipeline_version: Version of the program and its stages.

    Returns:
        A table for each name in schemas.TABLES, with its schema.

    Raises:
        OffsetMismatch: A value does not stand in its document where its offsets say.
        DatasetError: A column with a closed set of values holds another.
    """
    known = {"run_id": run_id, "pipeline_version": pipeline_version}
    documents = _without_refused(staged["documents"], staged["rejects"], late)
    years = pc.year(documents["published_on"]).cast(YEAR.type)
    kept = documents["doc_id"].combine_chunks()
    tables: dict[str, pa.Table] = {}
    for table in TABLES.values():
        rows = staged[table.name]
        if table.name == "documents":
            rows = _tell_transcripts(_mark_near(documents, near), staged["quotes"])
        elif table.is_of_documents:
            rows = rows.filter(pc.is_in(rows["doc_id"], kept))
        if table.name == "quotes":
            rows = link_speakers(rows, tables["entities"], staged["roles"], staged["sentences"])
        for column in table.added:
            if column in known:
                rows = rows.append_column(column, _constant(known[column], rows.num_rows))
            elif column == YEAR.name:
                rows = rows.append_column(column, years.take(pc.index_in(rows["doc_id"], kept)))
        tables[table.name] = conform(rows, table.schema)
    check_offsets(tables)
    check_vocabularies(tables)
    return tables


def of_batches(tables: Mapping[str, pa.Table], batches: Collection[str]) -> dict[str, pa.Table]:
    """Return the rows of some batches.

    Args:
        tables: By name in schemas.TABLES, staged or published.
        batches: Their keys.
    """
    documents = keys_of_batches(tables["documents"], batches)
    return {name: take_batches(rows, batches, documents) for name, rows in tables.items()}


def _is_doubtful(rows: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.less(rows["score"], UNSURE), False)


def _unsure_quotes(quotes: pa.Table) -> pa.Table:
    unknown = pc.equal(quotes["speaker_kind"].cast(pa.string()), "unknown")
    return quotes.filter(pc.or_(unknown, _is_doubtful(quotes)))


def _unsure_entities(entities: pa.Table) -> list[str]:
    return entities.filter(_is_doubtful(entities))["doc_id"].to_pylist()  # type: ignore[no-any-return]


def count_batches(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    """Return what assembled tables hold of each batch: the counts of a `Batch`."""
    documents = tables["documents"]
    batch_of = dict(zip(documents["doc_id"].to_pylist(), documents["batch_id"].to_pylist(), strict=True))
    rows: dict[str, Counter[str]] = {}
    for name, table in tables.items():
        if "batch_id" in table.column_names:
            found = table["batch_id"].to_pylist()
        else:
            found = [batch_of[doc_id] for doc_id in table["doc_id"].to_pylist()]
        for batch_id, n in Counter(found).items():
            rows.setdefault(batch_id, Counter())[name] = n
    rejects: dict[str, Counter[str]] = {}
    pairs = (tables["rejects"][name].to_pylist() for name in ("batch_id", "stage"))
    for batch_id, stage in zip(*pairs, strict=True):
        rejects.setdefault(batch_id, Counter())[stage] += 1
    near = Counter(documents.filter(pc.is_valid(documents["near_duplicate_of"]))["batch_id"].to_pylist())
    unsure = {
        "documents": Counter(documents.filter(documents["is_uncertain"])["batch_id"].to_pylist()),
        "entities": Counter(batch_of[doc_id] for doc_id in _unsure_entities(tables["entities"])),
        "quotes": Counter(batch_of[doc_id] for doc_id in _unsure_quotes(tables["quotes"])["doc_id"].to_pylist()),
    }
    return {
        batch_id: {
            "rows": {name: counts[name] for name in tables if counts[name]},
            "unsure": {name: counts[batch_id] for name, counts in unsure.items() if counts[batch_id]},
            "rejects_by_stage": dict(sorted(rejects.get(batch_id, {}).items())),
            "near_duplicates": near[batch_id],
        }
        for batch_id, counts in rows.items()
    }


def link_speakers(quotes: pa.Table, entities: pa.Table, roles: pa.Table, sentences: pa.Table) -> pa.Table:
    """Join quotes with entities and roles: see tasks/publish/speakers.py.

    Args:
        quotes: Table with schemas.EXTRACTED_QUOTES.
        entities: Table with schemas.ENTITIES.
        roles: Table with schemas.ROLES.
        sentences: Table with schemas.SENTENCES.

    Returns:
        Table with schemas.QUOTES. `speaker_proposed` holds what `quotes` had, where it had something else.
    """
    proposals = _proposals(quotes)
    linked = read_speakers(quotes, entities, roles, sentences)
    for name, values in zip(_SPEAKER, zip(*(one.speaker for one in linked), strict=True), strict=False):
        index = quotes.column_names.index(name)
        quotes = quotes.set_column(index, name, pa.array(values, quotes.schema.field(name).type))
    rows = pa.array([one.mention.row if one.mention else None for one in linked], pa.int64())
    quotes = quotes.append_column("speaker_entity_id", entities["entity_id"].take(rows))
    quotes = quotes.append_column("speaker_id", entities["canonical_id"].take(rows))
    earlier = [old._asdict() if old != one.speaker else None for old, one in zip(proposals, linked, strict=True)]
    return conform(quotes.append_column("speaker_proposed", pa.array(earlier, PROPOSAL)), QUOTES)


def read_speakers(
    quotes: pa.Table, entities: pa.Table, roles: pa.Table, sentences: pa.Table, weights: Weights | None = None
) -> list[Linked]:
    """Return the speaker of each quotation, once the mentions of entities are known.

    Args:
        quotes: Table with schemas.EXTRACTED_QUOTES.
        entities: Table with schemas.ENTITIES.
        roles: Table with schemas.ROLES.
        sentences: Table with schemas.SENTENCES.
        weights: See Cast.
    """
    wanted = set(quotes["doc_id"].to_pylist())
    mentions = _by_document(entities, wanted, _MENTION)
    offices = _by_document(roles, wanted, _OFFICE)
    parted = _by_document(sentences, wanted, ("start", "paragraph"))
    turns = _by_document(quotes.filter(_is_turn(quotes)), wanted, ("speaker", "speaker_start", "start", "end"))
    shown = sentences.filter(pc.is_in(sentences["doc_id"], pa.array(turns, pa.string())))
    texts = _by_document(shown, wanted, ("start", "text"))
    casts: dict[str, Cast] = {}
    linked: list[Linked] = []
    about = (values_of(quotes[c]) for c in ("doc_id", "phrase_start", "phrase_end", "type", "start", "within"))
    for proposed, doc_id, start, end, kind, at, within in zip(_proposals(quotes), *about, strict=True):
        if doc_id not in casts:
            named = [Mention(*row) for row in mentions.get(doc_id, [])]
            held = [Office(name, title, org or country or "") for name, title, org, country in offices.get(doc_id, [])]
            starts = [(first, paragraph) for first, paragraph in parted.get(doc_id, [])]
            own = turns.get(doc_id, [])
            casts[doc_id] = Cast(
                named,
                held,
                starts or ((0, 0),),
                weights,
                [(first, last) for _, _, first, last in own],
                _holders(named, texts[doc_id], own) if own else None,
            )
        phrase = None if start is None else (start, end)
        try:
            found = casts[doc_id].link(proposed, phrase, is_turn=kind == "turn", at=at, is_within=within is not None)
        except Exception:  # one quotation must not take the batch along
            logger.exception("%s, quotation at %d: its speaker is left as the text says it", doc_id, at)
            found = Linked(proposed, None)
        linked.append(found)
    return linked


def _is_turn(quotes: pa.Table) -> pa.ChunkedArray:
    return pc.equal(quotes["type"].cast(pa.string()), "turn")


def _holders(
    mentions: Sequence[Mention], sentences: Sequence[tuple[int, str]], turns: Sequence[tuple[str | None, int, int, int]]
) -> Holders:
    """Return who holds the offices of labels, given sentences, and turns with the place of the label before each."""
    taken = merge_spans((first if at is None else at, last) for _, at, first, last in turns)
    outside = [
        (start + low, text[low:high])
        for start, text in sentences
        for low, high in _outside(taken, start, start + len(text))
    ]
    return Holders(
        mentions, outside, [(label or "", first if at is None else at, first, last) for label, at, first, last in turns]
    )


def _outside(taken: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a sentence that no turn and no label takes, in offsets from its start.

    Args:
        taken: What they take, ascending and free of overlaps.
        start: Start of the sentence.
        end: Its end.
    """
    at = start
    for n in range(bisect_right(taken, start, key=lambda span: span[1]), len(taken)):
        low, high = taken[n]
        if low >= end:
            break
        if low > at:
            yield at - start, low - start
        at = high
    if at < end:
        yield at - start, end - start


def _proposals(quotes: pa.Table) -> list[Speaker]:
    return [Speaker(*row) for row in zip(*(values_of(quotes[c]) for c in _SPEAKER), strict=True)]


def _by_document(table: pa.Table, wanted: Collection[str], columns: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return some columns of the rows of some documents, the number of the row first if "" is asked for."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    values = (range(table.num_rows) if not name else values_of(table[name]) for name in columns)
    for doc_id, row in zip(table["doc_id"].to_pylist(), zip(*values, strict=True), strict=True):
        if doc_id in wanted:
            found.setdefault(doc_id, []).append(row)
    return found


def unlink_speakers(quotes: pa.Table) -> pa.Table:
    """Put the speakers back that the quotes stage proposed: the inverse of `link_speakers`."""
    columns = [quotes[name].to_pylist() for name in _SPEAKER]
    for row, proposed in enumerate(quotes["speaker_proposed"].to_pylist()):
        if proposed is not None:
            for values, value in zip(columns, proposed.values(), strict=True):
                values[row] = value
    for name, values in zip(_SPEAKER, columns, strict=True):
        index = quotes.column_names.index(name)
        quotes = quotes.set_column(index, name, pa.array(values, quotes.schema.field(name).type))
    return quotes


def unassemble(published: Mapping[str, pa.Table]) -> tuple[dict[str, pa.Table], pa.Table]:
    """Take the tables of a published batch back to what the stages yielded: `staged` and `near` of `assemble`."""
    documents = published["documents"]
    near = documents.filter(pc.is_valid(documents["near_duplicate_of"])).select(NEAR.names)
    is_told = pc.fill_null(pc.equal(documents["kind_basis"].cast(pa.string()), "turns"), False)
    back = {
        **published,
        "documents": _set_kind(documents, is_told, "release", "default"),
        "quotes": unlink_speakers(published["quotes"]),
    }
    return {name: conform(rows, TABLES[name].staged_schema) for name, rows in back.items()}, near


def widen(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give a table that was published under an earlier schema the columns appended since, empty.

    Raises:
        DatasetError: It lacks a column that cannot be empty.
    """
    lost = [field.name for field in schema if field.name not in table.column_names and not field.nullable]
    if lost:
        raise DatasetError(f"a published table lacks {', '.join(lost)}")
    for field in schema:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    return table.select(schema.names).cast(schema)


def check_offsets(tables: Mapping[str, pa.Table]) -> None:
    """Check that every value stands in documents.text where its offsets say, and every raw span inside raw_text.

    Raises:
        OffsetMismatch: One does not; the message names table, key and value.
    """
    documents = tables["documents"]
    texts = dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True))
    lengths = dict(zip(documents["doc_id"].to_pylist(), pc.utf8_length(documents["raw_text"]).to_pylist(), strict=True))
    for table, column, prefix in ((t, *span) for t in TABLES.values() for span in t.spans):
        names = ("doc_id", table.key, column, *(f"{prefix}{name}" for name in _OFFSETS))
        for doc_id, row, *value in zip(*(tables[table.name][c].to_pylist() for c in names), strict=True):
            _check_value(f"{table.name} {row}: {column}", value, texts.get(doc_id), lengths.get(doc_id, 0), doc_id)
    for table, column in ((t, name) for t in TABLES.values() for name in t.lists):
        columns = (tables[table.name][c].to_pylist() for c in ("doc_id", table.key, column))
        for doc_id, row, parts in zip(*columns, strict=True):
            for part in parts or ():
                value = [part[name] for name in ("text", *_OFFSETS)]
                _check_value(f"{table.name} {row}: {column}", value, texts.get(doc_id), lengths.get(doc_id, 0), doc_id)


_OFFSETS = ("start", "end", "raw_start", "raw_end")


def _check_value(what: str, value: Sequence[Any], text: str | None, length: int, doc_id: str) -> None:
    """Check one value and its offsets in text and raw text."""
    said, start, end, raw_start, raw_end = value
    if said is None and start is None:
        return
    if text is None or start is None or not 0 <= start <= end <= len(text) or text[start:end] != said:
        raise OffsetMismatch(f"{what} {said!r} is not at [{start}:{end}] of {doc_id}")
    if not 0 <= raw_start <= raw_end <= length:
        raise OffsetMismatch(f"{what}: raw span [{raw_start}:{raw_end}] is outside {doc_id}")


def check_vocabularies(tables: Mapping[str, pa.Table]) -> None:
    """Check that columns with a closed set of values hold no other.

    Raises:
        DatasetError: One does; the message names table, column, value and the set.
    """
    for name, rows in tables.items():
        for column, values in (TABLES | VIEWS)[name].vocabularies.items():
            found = pc.unique(rows[column].cast(pa.string())).drop_null().to_pylist()
            if strangers := sorted(set(found) - set(values)):
                raise DatasetError(f"{name}: {column} {strangers[0]!r} is none of {', '.join(values)}")


def _without_refused(documents: pa.Table, refusals: pa.Table, late: Collection[str]) -> pa.Table:
    of_late = refusals.filter(pc.is_in(refusals["stage"].cast(pa.string()), pa.array(late, pa.string())))
    if not of_late.num_rows:
        return documents
    places = ("uri", "member", "record")
    refused = set(zip(*(of_late[c].to_pylist() for c in places), strict=True))
    keep = [place not in refused for place in zip(*(documents[c].to_pylist() for c in places), strict=True)]
    return documents.filter(pa.array(keep))


def _mark_near(documents: pa.Table, near: pa.Table) -> pa.Table:
    earlier = dict(zip(*(near[name].to_pylist() for name in NEAR.names), strict=True))
    values = [earlier.get(doc_id) for doc_id in documents["doc_id"].to_pylist()]
    return documents.append_column("near_duplicate_of", pa.array(values, pa.string()))


def _tell_transcripts(documents: pa.Table, quotes: pa.Table) -> pa.Table:
    """Call a document a transcript that has turns and is a release for want of better knowledge."""
    turns = quotes.filter(pc.and_(pc.equal(quotes["type"].cast(pa.string()), "turn"), pc.is_null(quotes["within"])))
    counts = turns.group_by("doc_id").aggregate([("doc_id", "count")])
    ids = counts.filter(pc.greater_equal(counts["doc_id_count"], _TURNS))["doc_id"].combine_chunks()
    is_open = pc.and_(
        pc.equal(documents["kind"].cast(pa.string()), "release"),
        pc.fill_null(pc.equal(documents["kind_basis"].cast(pa.string()), "default"), False),
    )
    return _set_kind(documents, pc.and_(is_open, pc.is_in(documents["doc_id"], ids)), "transcript", "turns")


def _set_kind(documents: pa.Table, where: pa.ChunkedArray, kind: str, basis: str) -> pa.Table:
    for name, value in (("kind", kind), ("kind_basis", basis)):
        column = pc.if_else(where, value, documents[name].cast(pa.string()))
        documents = documents.set_column(documents.column_names.index(name), name, column)
    return documents


def _constant(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), n)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Order, cast and type the columns as the schema says; dictionary values are sorted, for stable bytes.

    Args:
        table: A table that has all columns of the schema, in any order.
        schema: The schema.
    """
    columns = []
    for field in schema:
        column = table[field.name]
        if pa.types.is_dictionary(field.type):
            column = _sorted_dictionary(column)
        columns.append(column.cast(field.type) if column.type != field.type else column)
    return pa.Table.from_arrays(columns, schema=schema)


def _sorted_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = column.cast(pa.string())
    values = pc.unique(plain).drop_null().sort()
    indices = pc.index_in(plain, value_set=values).combine_chunks()
    if isinstance(indices, pa.ChunkedArray):
        indices = pa.concat_arrays(indices.chunks) if indices.num_chunks else pa.array([], pa.int32())
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, values)])
