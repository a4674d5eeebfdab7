"""Damage small files of every format and read them: nothing may crash, be lost, or take more than its share.

    python -m benchmarks.fuzz [--files 50000] [--runs 2000] [--batch 500] [--seed 1] [--work DIR] [--only SUFFIX ...]

Order: a valid file of each format, plain, compressed and in archives → one that is damaged, by a random generator of
its own number: bits, lengths, pieces of other files, repeats, numbers, markup, in the file as it is or below its
compression or in a member of its archive → read in this process as ingest reads it, with a watch on time and memory →
others through `communique run`, a folder at a time. Prints what each format came to, in lines of Markdown, then the
findings: a crash, a file without a row, a batch or a run that does not add up, one that takes too long or too much.
A finding's file is kept in DIR/found under its number, which makes it again.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import io
import json
import logging
import lzma
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.ingest.formats import QUERIED, READERS
from tasks.ingest.plan import UnitFile
from tasks.ingest.sources import Source, load_source
from tasks.ingest.streams import split_suffixes
from tasks.ingest.table import index_records, read_batches
from tasks.settings import IngestSettings, load_settings
from tests.ingest import builders

_SLOW_S = 5.0
_LARGE_MB = 1000.0
_HUNG_S = 60
_MEMORY = 8 << 30  # bytes that this process may have
_SMALL = 1_000_000  # bytes below which a file is held to time and memory
_RUN_S = 3600

_TEXTS = (
    "The Minister of Defence met his counterpart on Tuesday and said that talks on the fleet would go on.",
    "“We stand ready,” said Colonel Erik Solberg, a spokesman. The exercises ended on 3 May 2021.",
    "Thetwodefenseministershadcandidexchanges,saidSeniorColonelTan.",
)
_ROWS = [
    {
        "id": str(n),
        "title": f"Statement {n}",
        "date": f"2021-0{n + 1}-03",
        "url": f"https://example.org/{n}",
        "text": text,
    }
    for n, text in enumerate(_TEXTS)
]
_PAGE = (
    "<html><head><meta charset=utf-8><title>Talks</title><meta name=date content=2021-05-03></head><body><article>"
    + "".join(f"<p>{text}</p>" for text in _TEXTS * 2)
    + "</article></body></html>"
).encode()


def _csv(delimiter: str) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, list(_ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(_ROWS)
    return sink.getvalue().encode()


def _xlsx() -> bytes:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    for row in (list(_ROWS[0]), *(list(row.values()) for row in _ROWS)):
        book.active.append(row)
    book.save(sink)
    with zipfile.ZipFile(sink) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped({name: _MOMENT.sub(b"2021-05-03T00:00:00Z", data) for name, data in parts.items()})


def _parquet(compression: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist([row | {"tags": ["navy", "talks"]} for row in _ROWS]), sink, compression=compression
    )
    return sink.getvalue()


def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        builders.sqlite(path := Path(folder, "releases.db"))
        return path.read_bytes()


def _markdown() -> bytes:
    return ("---\ntitle: Talks\ndate: 2021-05-03\ntags: [a, b]\n---\n" + "\n\n".join(_TEXTS)).encode()


#: Valid files by the suffix that says their format; one for each reader at least.
SEEDS: dict[str, tuple[Callable[[], bytes], ...]] = {
    "txt": (lambda: "\n".join(_TEXTS).encode(), lambda: "\n".join(_TEXTS).encode("utf-16")),
    "md": (_markdown,),
    "html": (lambda: _PAGE,),
    "json": (lambda: json.dumps(_ROWS, ensure_ascii=False).encode(), lambda: json.dumps({"items": _ROWS}).encode()),
    "jsonl": (lambda: "\n".join(json.dumps(row, ensure_ascii=False) for row in _ROWS).encode(),),
    "csv": (lambda: _csv(","), lambda: _csv(";")),
    "tsv": (lambda: _csv("\t"),),
    "xlsx": (_xlsx,),
    "parquet": (lambda: _parquet("none"), lambda: _parquet("snappy"), lambda: _parquet("zstd")),
    "arrow": (builders.arrow, lambda: builders.arrow(is_stream=True)),
    "sqlite": (_sqlite,),
    "eml": (lambda: bytes(builders.message(0, attached={"a.csv": _csv(",")})),),
    "mbox": (builders.mbox,),
    "mhtml": (lambda: builders.MHTML,),
    "rss": (builders.rss, builders.atom),
    "vtt": (lambda: builders.VTT, lambda: builders.SRT),
    "odt": (lambda: builders.odt(_TEXTS[0], "Talks"),),
    "docx": (lambda: builders.docx(*_TEXTS),),
    "ods": (builders.ods,),
    "xls": (builders.xls,),
    "pdf": (lambda: builders.pdf(*_TEXTS),),
    "warc": (builders.warc,),
}
#: Formats that are zip archives of parts.
_PACKAGES = frozenset({"xlsx", "docx", "odt", "ods", "zip"})
_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: bytes(pa.compress(data, codec="zstd", asbytes=True)),
}
_MARKUP = (
    b'"', b"'", b"\\", b"\0", b"\r", b"\n", b"\r\n", b"{", b"}", b"[", b"]", b",", b":", b"<", b">", b"&", b"---\n",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\xe2\x80\xa8", b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80", b"0001-01-01T00:00:00+03:00", b"9999-12-31T23:59:59-11:00", b"1e999", b"NaN", b"null",
    b"9" * 400, b"content_part_1", b'"text":', b'"question":', b"[" * 6, b"[" * 3000, b'{"a":' * 400,
    b"<meta charset=utf-7>", b"<meta charset=punycode>", b"<!--", b"<![CDATA[", b"]]>", b"<table><tr><td>",
    b"&#x110000;", b"&#0;", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"*a", b"&a ", b"<<: ", b"!!binary ", b"? ", b"\x1b",
    b"\x85", b"../", b"%s%n", b"\xcc\x81" * 50, b"a" * 3000, b" " * 3000, b'"' * 500, b"<div>" * 300,
    b'<row r="1048576"/>', b'<row r="100000000">', b'r="XFD1"', b"From x@y Mon Jan  1 00:00:00 2024\n",
    b"\n\n--x--\n", b"Content-Transfer-Encoding: base64\n", b"WARC/1.0\r\n", b"WEBVTT\n\n", b"PK\x03\x04",
    b"00:00:01.000 --> 00:00:02.000\n", b"PK\x05\x06", b"PAR1", b"ARROW1", b"SQLite format 3\0", b"%PDF-1.4\n",
    b"endstream endobj\n",
)  # fmt: skip
_NUMBERS = (b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80", b"\xff" * 9 + b"\x01")
_DIGITS = re.compile(rb"\d+")
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SAID_NUMBERS = (b"0", b"-1", b"1048577", b"2147483648", b"99999999999999999999", b"1e400")


def missing_seeds() -> list[str]:
    """Return the suffixes of formats that no file in SEEDS is of."""
    readers = {**READERS, **QUERIED}
    seen = {readers[suffix] for suffix in SEEDS if suffix in readers}
    return sorted(suffix for suffix, reader in readers.items() if reader not in seen)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of members by name."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def tarred(parts: Mapping[str, bytes]) -> bytes:
    """Return a tar archive of members by name."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def damage(data: bytes, pieces: list[bytes], rng: random.Random) -> bytes:
    """Return a file with one to twelve faults.

    Args:
        data: The file.
        pieces: Files of which a piece may come into it.
        rng: Says which faults, and where.
    """
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 12))):
        at = rng.randrange(len(out) + 1)
        if rng.random() < 0.3:  # where binary formats have their directories
            at = max(0, len(out) - rng.randrange(700))
        match rng.randrange(9):
            case 0 if out:
                out[min(at, len(out) - 1)] ^= 1 << rng.randrange(8)
            case 1 if out:
                out[min(at, len(out) - 1)] = rng.randrange(256)
            case 2:
                out[at:at] = rng.choice(_MARKUP)
            case 3:
                del out[at : at + rng.choice((1, 2, 8, 64, 500))]
            case 4:
                out[at:at] = out[at : at + rng.choice((1, 8, 64, 500))] * rng.choice((1, 2, 40))
            case 5 if rng.random() < 0.4:
                del out[at:]
            case 6:
                number = rng.choice(_NUMBERS)
                out[at : at + len(number)] = number
            case 7:
                piece = rng.choice(pieces)
                start = rng.randrange(len(piece))
                out[at:at] = piece[start : start + rng.choice((4, 40, 400))]
            case 8:
                if said := _DIGITS.search(out, at):
                    out[said.start() : said.end()] = rng.choice(_SAID_NUMBERS)
    return bytes(out)


def _damage_part(package: bytes, pieces: list[bytes], rng: random.Random) -> bytes:
    """Damage one member of a zip archive, which stays whole itself."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    name = rng.choice(list(parts))
    return zipped(parts | {name: damage(parts[name], pieces, rng)})


def mutants(seed: int, only: frozenset[str] = frozenset()) -> Iterator[tuple[int, str, bytes]]:
    """Yield (number, name, content) of damaged files, without end; the same for the same seed, whatever is left out.

    Args:
        seed: Where to start.
        only: Suffixes to keep to; empty: all.
    """
    plain = {suffix: [build() for build in builders] for suffix, builders in SEEDS.items()}
    pieces = [data for files in plain.values() for data in files]
    suffixes = [suffix for suffix in plain if not only or suffix in only]
    number = 0
    while True:
        rng = random.Random(f"{seed}/{number}")
        suffix = rng.choice(suffixes)
        data = rng.choice(plain[suffix])
        compression = rng.choice([*_COMPRESSIONS, "", "", "", ""])
        container = rng.choice(("zip", "tar", "", "", "", "")) if not compression or rng.random() < 0.2 else ""
        is_below = rng.random() < 0.6 or not (compression or container)
        if is_below:  # what holds the file stays whole
            in_part = suffix in _PACKAGES and rng.random() < 0.5
            data = (_damage_part if in_part else damage)(data, pieces, rng)
        name = f"f{number}.{suffix}"
        if container:
            other = rng.choice(suffixes)
            members = {"a/" + name: data, f"b.{other}": rng.choice(plain[other])}
            data, name = (zipped if container == "zip" else tarred)(members), f"f{number}.{container}"
        if compression:
            data, name = _COMPRESSIONS[compression](data), f"{name}.{compression}"
        if not is_below:
            data = damage(data, pieces, rng)
        yield number, name, data
        number += 1


class _Hung(BaseException):
    """A file takes too long; no boundary for damaged data takes this for damage."""


@dataclass
class Report:
    """What came of the files.

    Attributes:
        read: Files, by suffix.
        rows: Records and refusals, by what they are.
        findings: For each kind of finding, the names of files.
        slowest: Seconds of processor time, and the file.
        largest: MB, and the file.
    """

    read: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[str]] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[float, str] = (0.0, "")

    def note(self, what: str, name: str) -> None:
        """Add a finding."""
        self.findings.setdefault(what, []).append(name)

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of Markdown."""
        yield f"| files | {sum(self.read.values()):,} |"
        yield from (f"| {what} | {number:,} |" for what, number in sorted(self.rows.items()))
        yield f"| slowest | {self.slowest[0]:.2f} s ({self.slowest[1]}) |"
        yield f"| largest | {self.largest[0]:.0f} MB ({self.largest[1]}) |"
        yield f"| findings | {sum(map(len, self.findings.values())):,} |"
        for what, names in self.findings.items():
            yield f"| {what} | {len(names):,}: {', '.join(names[:5])} |"


def _peak_mb() -> float:
    """Return the most memory that this process had since it was last asked to forget it, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000


def _forget_peak() -> None:
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")


def read_mutant(path: Path, name: str, report: Report, source: Source, settings: IngestSettings) -> bool:
    """Read a file as ingest does, and add what came of it to a report; tell whether there was a finding."""
    report.read[split_suffixes(name)[1]] += 1
    n_before = sum(map(len, report.findings.values()))
    size = path.stat().st_size
    _forget_peak()
    began, before = time.process_time(), _peak_mb()
    n_rows = 0
    signal.setitimer(signal.ITIMER_PROF, _HUNG_S)
    try:
        for records, refusals in read_batches(UnitFile(str(path), name, size, "", 0, 0), source, settings):
            index_records(records)
            report.rows["records"] += len(records)
            report.rows["rejects"] += len(refusals)
            n_rows += len(records) + len(refusals)
            if len(records) + len(refusals) > settings.batch_records:
                report.note("a batch that is too large", name)
    except _Hung:
        report.note("hangs", name)
    except Exception as error:  # that is what is looked for
        report.note(f"crash: {type(error).__name__}: {error}"[:120], name)
    else:
        if not n_rows:
            report.note("no row", name)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds, megabytes = time.process_time() - began, _peak_mb() - before
    report.slowest = max(report.slowest, (seconds, name))
    report.largest = max(report.largest, (megabytes, name))
    if size < _SMALL and seconds > _SLOW_S:
        report.note(f"over {_SLOW_S:.0f} s", name)
    if size < _SMALL and megabytes > _LARGE_MB:
        report.note(f"over {_LARGE_MB:,.0f} MB", name)
    return sum(map(len, report.findings.values())) > n_before


def read_mutants(n_files: int, seed: int, work: Path, only: frozenset[str] = frozenset()) -> Report:
    """Read damaged files, one after another, in this process.

    Args:
        n_files: How many.
        seed: Says which.
        work: Folder for them; those with a finding stay, in `found`.
        only: Suffixes to keep to.
    """
    report, source, settings = Report(), load_source("generic"), load_settings().ingest
    (work / "found").mkdir(parents=True, exist_ok=True)
    for number, name, data in mutants(seed, only):
        if number >= n_files:
            break
        path = work / name
        path.write_bytes(data)
        if read_mutant(path, name, report, source, settings):
            path.replace(work / "found" / name)
        else:
            path.unlink()
        if number % 1000 == 999:
            print(
                f"{number + 1:,} files, {sum(map(len, report.findings.values()))} findings", file=sys.stderr, flush=True
            )
    return report


def run_mutants(n_files: int, n_batch: int, seed: int, work: Path, only: frozenset[str] = frozenset()) -> Report:
    """Put damaged files through `communique run`, a folder of some at a time, each into a dataset of its own.

    Args:
        n_files: How many.
        n_batch: How many in a folder.
        seed: Says which.
        work: Folder for them; one that a run fails on stays.
        only: Suffixes to keep to.
    """
    report = Report()
    left = mutants(seed, only)
    for start in range(0, n_files, n_batch):
        inputs, out = work / f"in{start}", work / f"out{start}"
        inputs.mkdir(parents=True)
        names = []
        for _, name, data in (next(left) for _ in range(min(n_batch, n_files - start))):
            (inputs / name).write_bytes(data)
            names.append(name)
            report.read[split_suffixes(name)[1]] += 1
        command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(inputs), "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_RUN_S, check=False)
        if done.returncode:
            report.note(f"exit code {done.returncode}: {done.stderr[-300:]}", str(inputs))
            continue
        counts = json.loads(next((out / "_runs").glob("*.json")).read_text())["counts"]
        report.rows.update({name: counts[name] for name in ("records", "documents", "duplicates", "rejects")})
        if counts["records"] != counts["documents"] + counts["duplicates"] + counts["rejects"]:
            report.note("a run that does not add up", str(inputs))
        seen = {
            uri.rpartition("/")[2]
            for table in ("documents", "duplicates", "rejects")
            for file in (out / table).rglob("*.parquet")
            for uri in pq.read_table(file, columns=["uri"], partitioning=None)["uri"].to_pylist()
        }
        for name in sorted(set(names) - seen):
            report.note("no row", name)
        print(f"{start + len(names):,} files run, {len(report.findings)} findings", file=sys.stderr, flush=True)
    return report


def _stop(number: int, frame: object) -> None:
    raise _Hung


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", nargs="*", default=())
    args = parser.parse_args()
    if missing := missing_seeds():
        raise SystemExit(f"no valid file in SEEDS of {', '.join(missing)}")
    work = args.work or Path(tempfile.mkdtemp(prefix="fuzz"))
    logging.disable(logging.CRITICAL)
    only = frozenset(args.only)
    reports = []
    if args.runs:
        reports.append(("communique run", run_mutants(args.runs, args.batch, args.seed + 1, work, only)))
    signal.signal(signal.SIGPROF, _stop)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.RLIM_INFINITY))
    if args.files:
        reports.append(("read", read_mutants(args.files, args.seed, work, only)))
    for name, report in reports:
        print(f"| {name} | |\n|---|---|", *report.lines(), "", sep="\n")
    sys.exit(any(report.findings for _, report in reports))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
