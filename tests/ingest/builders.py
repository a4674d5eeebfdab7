"""Files of three releases in each format that has several records, the second of them damaged; whole ones elsewhere."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pyarrow as pa
import xlwt

from tasks.edits import apply_edits
from tasks.markup import read_markup

TEXTS = (
    "The Minister of Defence, Ingrid Halvorsen, received the Chief of Naval Staff on Tuesday.\n"
    "“Our crews are ready,” she said. The frigate’s refit ends in May.",
    "The yard’s invoice of £3 million is paid, the Ministry of Defence said on Wednesday.\n"
    "“We keep what we promise,” said the head of procurement, Tomas Berg.",
    "Two minehunters left Port Aldane on Friday for an exercise with the navies of the region.\n"
    "Captain Ruth Amadi said that her sailors “have waited for this all winter”.",
)
TITLES = ("Minister receives Chief of Naval Staff", "Invoice of the yard is paid", "Minehunters leave for exercise")
DAYS = ("2021-03-09", "2021-03-10", "2021-03-12")
RFC_DAYS = (
    "Tue, 09 Mar 2021 10:00:00 +0000",
    "Wed, 10 Mar 2021 10:00:00 +0000",
    "Fri, 12 Mar 2021 10:00:00 +0000",
)


def rows() -> list[dict[str, str]]:
    """Return the three releases by their usual names."""
    return [
        {"id": f"r-{n}", "title": title, "date": day, "text": text}
        for n, (title, day, text) in enumerate(zip(TITLES, DAYS, TEXTS, strict=True))
    ]


def markup(text: str) -> str:
    """Return a text as a page has it."""
    return "".join(f"<p>{line}</p>" for line in text.split("\n"))


def shown(raw: str) -> str:
    """Return the lines of a record's text as the dataset shows it, whatever markup it is in."""
    return "\n".join(line for line in apply_edits(raw, read_markup(raw)).split("\n") if line)


def message(n: int, *, is_html: bool = False, attached: dict[str, bytes] | None = None) -> EmailMessage:
    """Return a release as a mail."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "press@mod.example", "list@mod.example"
    mail["Subject"], mail["Date"], mail["Message-ID"] = TITLES[n], RFC_DAYS[n], f"<r-{n}@mod.example>"
    if is_html:
        mail.set_content(f"<html><body>{markup(TEXTS[n])}</body></html>", subtype="html")
    else:
        mail.set_content(TEXTS[n] + "\n")
    for name, data in (attached or {}).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if attached:
        mail.set_boundary(f"parts-of-{n}")
    return mail


def mbox() -> bytes:
    """Return a mailbox whose second message has a header and no text."""
    begins = [f"From press@mod.example Tue Mar 0{9} 10:0{n}:00 2021\n".encode() for n in range(3)]
    second = b"Subject: lost\nContent-Type: multipart/mixed; boundary=x\n\n--x--\n"
    return b"\n".join((begins[0] + bytes(message(0)), begins[1] + second, begins[2] + bytes(message(2, is_html=True))))


def _item(n: int, *, is_closed: bool = True) -> str:
    end = "</item>" if is_closed else ""
    return (
        f"<item><title>{TITLES[n]}</title><link>https://mod.example/r-{n}</link><guid>r-{n}</guid>"
        f"<pubDate>{RFC_DAYS[n]}</pubDate><description>Short</description>"
        f"<content:encoded><![CDATA[{markup(TEXTS[n])}]]></content:encoded>{end}"
    )


def rss() -> bytes:
    """Return a feed whose second entry has no end."""
    head = '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    items = f"{_item(0)}\n{_item(1, is_closed=False)}\n{_item(2)}"
    return f"{head}<title>Navy</title>{items}</channel></rss>".encode()


def atom() -> bytes:
    """Return an Atom feed whose second entry holds bytes that are no UTF-8."""
    entries = [
        f"<entry><id>r-{n}</id><title type='html'>{TITLES[n]}</title><published>{DAYS[n]}T10:00:00Z</published>"
        f"<link rel='self' href='https://mod.example/self'/><link href='https://mod.example/r-{n}'/>"
        f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{markup(TEXTS[n])}</div></content></entry>"
        for n in range(3)
    ]
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Navy</title>{''.join(entries)}</feed>".encode()
    return feed.replace("“We".encode(), b"\xff\xfeWe")


def sqlite(path: Path) -> None:
    """Write a database whose second release has no text; a table without texts stands beside it."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE offices (id INTEGER, name TEXT)")
        database.execute("INSERT INTO offices VALUES (1, 'Press office')")
        database.execute("CREATE TABLE releases (id TEXT, title TEXT, date TEXT, text TEXT)")
        for n, row in enumerate(rows()):
            database.execute(
                "INSERT INTO releases VALUES (:id, :title, :date, :text)", row | ({"text": None} if n == 1 else {})
            )
    database.close()


def arrow(*, is_stream: bool = False) -> bytes:
    """Return a table whose second release has no text."""
    sink = io.BytesIO()
    table = pa.Table.from_pylist([row | ({"text": None} if n == 1 else {}) for n, row in enumerate(rows())])
    with (pa.ipc.new_stream if is_stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def package(parts: dict[str, str]) -> bytes:
    """Return a zip archive of parts by their names."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return sink.getvalue()


_MIME = "application/vnd.oasis.opendocument"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def odt(text: str, title: str) -> bytes:
    """Return a document of OpenDocument, with a remark and a deletion that are no text."""
    body = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" xmlns:text="{_OFFICE}:text:1.0"><office:body><office:text>'
        "<text:tracked-changes><text:p>Deleted long ago.</text:p></text:tracked-changes>"
        f"<text:p><office:annotation><text:p>Ask Tomas.</text:p></office:annotation></text:p>{body}"
        "</office:text></office:body></office:document-content>"
    )
    meta = (
        f'<office:document-meta xmlns:office="{_OFFICE}:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:meta><dc:title>{title}</dc:title></office:meta></office:document-meta>"
    )
    return package({"mimetype": f"{_MIME}.text", "content.xml": content, "meta.xml": meta})


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(*paragraphs: str, links: dict[str, str] | None = None) -> bytes:
    """Return a document of Word.

    Args:
        paragraphs: Each as text, or as the markup of its runs; one that starts with a tab is set in.
        links: Addresses by key, which `<link key>` in a paragraph leads to.
    """
    body = ""
    for text in paragraphs:
        indent = '<w:pPr><w:ind w:left="720"/></w:pPr>' if text.startswith("\t") else ""
        runs = text.strip() if text.strip().startswith("<w:") else f"<w:r><w:t>{text.strip()}</w:t></w:r>"
        body += f"<w:p>{indent}{runs}</w:p>"
    relations = "".join(
        f'<Relationship Id="{key}" Type="{_R}/hyperlink" Target="{target}" TargetMode="External"/>'
        for key, target in (links or {}).items()
    )
    document = f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    relations = f'<Relationships xmlns="{space}">{relations}</Relationships>'
    return package({"word/document.xml": document, "word/_rels/document.xml.rels": relations})


def ods() -> bytes:
    """Return a workbook whose second release has no text, and whose last row stands for a million blank ones."""
    cells = [list(rows()[0])] + [
        list((row | ({"text": ""} if n == 1 else {})).values()) for n, row in enumerate(rows())
    ]
    body = ""
    for values in cells:
        body += "<table:table-row>"
        for value in values:
            lines = "".join(f"<text:p>{line}</text:p>" for line in value.split("\n"))
            body += f"<table:table-cell>{lines}</table:table-cell>"
        body += '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
    body += '<table:table-row table:number-rows-repeated="1048500"><table:table-cell/></table:table-row>'
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" xmlns:text="{_OFFICE}:text:1.0" '
        f'xmlns:table="{_OFFICE}:table:1.0"><office:body><office:spreadsheet><table:table table:name="Releases">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return package({"mimetype": f"{_MIME}.spreadsheet", "content.xml": content})


def xls() -> bytes:
    """Return a workbook of Excel before 2007 whose second release has no text."""
    book, sink = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Releases")
    cells = [row | ({"text": ""} if n == 1 else {}) for n, row in enumerate(rows())]
    for number, values in enumerate([list(cells[0]), *(list(row.values()) for row in cells)]):
        for column, value in enumerate(values):
            sheet.write(number, column, value)
    book.save(sink)
    return sink.getvalue()


def pdf(*pages: str) -> bytes:
    """Return a PDF with a line of text a page; an empty one has none."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"]
    for n, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else ""
        font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {4 + 2 * n} 0 R/Resources{font}>>")
        objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
    body = "".join(f"{n} 0 obj{text} endobj\n" for n, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>".encode()


def warc(*, is_cut: bool = False) -> bytes:
    """Return a web archive: a page, a page that the server did not have, a page; what is fetched is no record."""
    out = b""
    for n, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True)):
        page = f"<html><head><title>{title}</title></head><body><article>{markup(text)}</article></body></html>"
        status = "404 Not Found" if n == 1 else "200 OK"
        answer = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
        for kind, block in (("request", f"GET /r-{n} HTTP/1.1\r\n\r\n".encode()), ("response", answer)):
            head = (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://mod.example/r-{n}\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{n}>\r\n"
                f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            out += head.encode() + block + b"\r\n\r\n"
    return out[:-200] if is_cut else out


VTT = (
    b"WEBVTT - Briefing of Tuesday\n\nNOTE made by hand\n\n1\n00:00:01.000 --> 00:00:04.000\n"
    b"<v Ingrid Halvorsen>The <i>frigate</i> returns &amp;\nstays in port.\n\n"
    b"00:00:04.000 --> 00:00:06.000\n<v Ingrid Halvorsen>Her crew has done well.\n\n"
    b"00:00:99 --> broken\nIt is no cue.\n\n"
    b"00:00:06.000 --> 00:00:08.000\n<v Tomas Berg>And the invoice is paid.\n"
)
SRT = (
    b"1\n00:00:01,000 --> 00:00:04,000\n{\\an8}>> When does the frigate return\n\n"
    b"2\n00:00:04,000 --> 00:00:06,000\nto her port?\n3\n00:00:06,000 --> 00:00:08,000\n"
    b"BERG: In May, as the\nministry announced.\n\n4\nbroken\nno cue\n"
)
MHTML = (
    "From: <Saved by a browser>\r\nSubject: Minister receives\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n'
    "Content-Transfer-Encoding: 8bit\r\nContent-Location: https://mod.example/r-0\r\n\r\n"
    f"<html><body><article>{markup(TEXTS[0])}</article></body></html>\r\n--B\r\nContent-Type: image/png\r\n"
    "Content-Transfer-Encoding: base64\r\nContent-Location: https://mod.example/a.png\r\n\r\niVBORw0KGgo=\r\n--B--\r\n"
).encode()
