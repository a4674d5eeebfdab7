"""Documents, sentences and furniture in, quotations out.

Order, for each document: quotations with their sources → offsets into the raw text → rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import pyarrow as pa

from tasks import schemas
from tasks.edits import Edit, RawMap
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import Lexicon, load_lexicon
from tasks.quotes.lines import read_lines
from tasks.quotes.model.tagger import Tagger, load_tagger
from tasks.quotes.quotation import Span
from tasks.quotes.scores import describe, score
from tasks.resources import find_resource
from tasks.settings import QuoteSettings
from tasks.tables import Row, SentenceIndex, blank_out, find_spans, refuse_failed

#: Furniture that no speech goes beyond.
_PARTINGS = frozenset({"byline", "source", "contact", "disclaimer", "end"})
_CHUNK = 256  # documents turned into rows at a time
_COLUMNS = ["doc_id", "title", "text", "edits", "blocks", "uri", "member", "record", "batch_id"]


def _offsets(prefix: str, span: tuple[int, int] | None, to_raw: RawMap) -> dict[str, int | None]:
    start, end = span or (None, None)
    raw_start, raw_end = to_raw.span(*span) if span else (None, None)
    values = {"start": start, "end": end, "raw_start": raw_start, "raw_end": raw_end}
    return {f"{prefix}{key}": value for key, value in values.items()}


def _find_blocks(text: str, blocks: list[Row], to_raw: RawMap) -> list[tuple[int, int]]:
    """Return the lines of the text that came out of each block quotation of the raw text, as a span a block."""
    found: dict[int, tuple[int, int]] = {}
    starts = [block["raw_start"] for block in blocks]
    for line in read_lines(text) if blocks else ():
        start, end = to_raw.span(line.start, line.end)
        at = bisect_right(starts, start) - 1
        if at >= 0 and end <= blocks[at]["raw_end"]:
            found[at] = (found.get(at, (line.start, 0))[0], line.end)
    return list(found.values())


def _quote_rows(
    document: Row,
    sentences: SentenceIndex,
    spans: Sequence[Span],
    partings: Sequence[Span],
    lexicon: Lexicon,
    tagger: Tagger | None,
) -> Iterator[Row]:
    text, doc_id = document["text"], document["doc_id"]
    to_raw = RawMap([Edit(**edit) for edit in document["edits"]])
    bare = blank_out(text, spans)
    reader = tagger if tagger and tagger.reads(text) else None
    blocks = _find_blocks(text, document["blocks"] or [], to_raw)
    found = find_quotations(
        bare, sentences.starts(doc_id), document["title"], lexicon, reader, blocks, [start for start, _ in partings]
    )
    turns: dict[int, str] = {}  # ids by start
    for n, (quotation, source) in enumerate(found):
        quote_id = f"{doc_id}-q{n:05d}"
        if quotation.kind == "turn":
            turns[quotation.start] = quote_id
        mention = quotation.source if not quotation.is_carried else None
        speaker = (mention.start, mention.end) if mention else None
        phrase = mention.phrase if mention and mention.phrase != speaker else None
        yield {
            "quote_id": quote_id,
            "doc_id": doc_id,
            "sentence_id": sentences.find(doc_id, quotation.start),
            "type": quotation.kind,
            "text": text[quotation.start : quotation.end],
            **_offsets("", (quotation.start, quotation.end), to_raw),
            "segments": [_offsets("", segment, to_raw) for segment in quotation.segments],
            "cue": text[slice(*quotation.cue)] if quotation.cue else None,
            **_offsets("cue_", quotation.cue, to_raw),
            "speaker": text[slice(*speaker)] if speaker else None,
            **_offsets("speaker_", speaker, to_raw),
            "speaker_name": source.name,
            "speaker_kind": source.kind,
            "speaker_title": source.title,
            "speaker_affiliation": source.affiliation,
            "method": quotation.method,
            "score": score(describe(text, quotation, source)),
            "repair": quotation.repair,
            "speaker_phrase": text[slice(*phrase)] if phrase else None,
            **_offsets("phrase_", phrase, to_raw),
            "within": turns[quotation.within] if quotation.within is not None else None,
        }


def extract_quotes(
    documents: pa.Table, sentences: pa.Table, furniture: pa.Table, settings: QuoteSettings
) -> dict[str, pa.Table]:
    """Find the quotations of a batch.

    Args:
        documents: A table of `schemas.NORMALIZED`.
        sentences: Their sentences, of `schemas.SENTENCES`.
        furniture: What in them is no part of a release, of `schemas.FURNITURE`.
        settings: The lexicon of cues, the model, and which documents it reads.

    Returns:
        `quotes` (`schemas.EXTRACTED_QUOTES`), by document and start; and `refusals` (`schemas.REFUSALS`), one for each
        document that could not be done. Such a document does not touch its neighbours.

    Raises:
        ConfigError: The lexicon or the model cannot be loaded.
    """
    lexicon = load_lexicon(find_resource(settings.cues, "config/lexicons"))
    tagger = None
    if settings.model_reads != "none":
        tagger = load_tagger(settings.model, is_for_all=settings.model_reads == "all")
    index, spans, partings = SentenceIndex(sentences), find_spans(furniture), find_spans(furniture, _PARTINGS)

    quotes: list[pa.Table] = []
    refusals: list[Row] = []
    selected = documents.select(_COLUMNS)
    for at in range(0, selected.num_rows, _CHUNK):
        rows: list[Row] = []
        for document in selected.slice(at, _CHUNK).to_pylist():
            try:
                own, ending = (where.get(document["doc_id"], []) for where in (spans, partings))
                rows += list(_quote_rows(document, index, own, ending, lexicon, tagger))
            except Exception as error:  # any fault of any rule: this document is refused, the others stay
                refusals.append(refuse_failed(document, "quotes", error, document["text"]))
        quotes.append(pa.Table.from_pylist(rows, schema=schemas.EXTRACTED_QUOTES))
    empty = schemas.EXTRACTED_QUOTES.empty_table()
    found = pa.concat_tables([empty, *quotes]).unify_dictionaries().combine_chunks()
    return {"quotes": found, "refusals": pa.Table.from_pylist(refusals, schema=schemas.REFUSALS)}
