"""vCard files (2.1, 3.0, 4.0): every card becomes a row.

Columns, in this order where a file has them. The second value of the same column gets ``.2``, the
third ``.3``; preferred values (TYPE=PREF, PREF=1) come first.

    UID FN KIND
    N.family N.given N.additional N.prefix N.suffix NICKNAME
    ORG (the first component) ORG.unit (further components) TITLE ROLE
    TEL.cell TEL.work TEL.home TEL.fax TEL.pager TEL (no kind named); fax and cell beat work and home
    EMAIL EMAIL.2 (whatever their TYPE)
    ADR.work.street .extended .po_box .city .region .postal_code .country .label; the same under
    ADR.home and, with no kind named, ADR. (``ADR.street``); a second one is ADR.work.2.street
    BDAY ANNIVERSARY GENDER LANG URL IMPP CATEGORIES NOTE REV
    other properties under their own name (X-SKYPE, TZ, GEO ...), sorted

Left out: VERSION, PRODID, pictures, sounds, keys and Apple's labels. Text escapes are undone,
components with several values are joined (names by a blank, others by a comma), ``tel:`` and
``mailto:`` are taken off. Dates stay as written.

Source: vCard 2.1 (versit 1996), RFC 2426, RFC 6350; folding as in RFC 6350 section 3.2, soft line
breaks of quoted-printable as in RFC 2045 section 6.7.
"""

from __future__ import annotations

import quopri
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from crmclean.read.cells import text_frame
from crmclean.read.encoding import decode_text, encoding_findings
from crmclean.read.files import Blob
from crmclean.read.raw import RawTable
from crmclean.read.refusal import refuse

__all__ = ["read_vcard"]

Finding = dict[str, object]
_LEFT_OUT = frozenset(
    {
        "VERSION",
        "PRODID",
        "PHOTO",
        "LOGO",
        "SOUND",
        "KEY",
        "AGENT",
        "CLIENTPIDMAP",
        "X-ABLABEL",
        "X-ABADR",
        "BEGIN",
        "END",
    }
)
_ADDRESS = ("po_box", "extended", "street", "city", "region", "postal_code", "country")
_NAME = ("family", "given", "additional", "prefix", "suffix")
_KINDS = ("fax", "cell", "pager", "work", "home")
_PARAMETER = re.compile(r';([^;:="]+)(?:=((?:"[^"]*"|[^;:"])*))?')
_PROPERTY = re.compile(r"\s*(?:[\w-]+\.)?([A-Za-z][\w-]*)((?:;(?:\"[^\"]*\"|[^\":])*)?):")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PREFIX = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
_ORDER = [
    "UID", "FN", "KIND", *(f"N.{part}" for part in _NAME), "NICKNAME", "ORG", "ORG.unit", "TITLE", "ROLE",
    *(f"TEL.{kind}" for kind in ("cell", "work", "home", "fax", "pager")), "TEL", "EMAIL",
    *(f"ADR{kind}.{part}" for kind in (".work", ".home", "") for part in
      ("street", "extended", "po_box", "city", "region", "postal_code", "country", "label")),
    "BDAY", "ANNIVERSARY", "GENDER", "LANG", "URL", "IMPP", "CATEGORIES", "NOTE", "REV",
]  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(_ORDER)}


@dataclass(slots=True)
class _Property:
    name: str
    kinds: frozenset[str]
    values: dict[str, str]
    text: str

    @property
    def preferred(self) -> int:
        """Rank by preference: 1 is best, 101 where none is stated."""
        rank = self.values.get("PREF", "")
        if rank.isascii() and rank.isdigit():
            return int(rank[:3])
        return 1 if "PREF" in self.kinds else 101


@dataclass(slots=True)
class _Card:
    line: int
    version: str = ""
    closed: bool = False
    properties: list[_Property] = field(default_factory=list)


def read_vcard(blob: Blob, *, encoding: str = "") -> RawTable:
    """The cards of a file as rows; see the module for the columns.

    Args:
        blob: The file.
        encoding: Forced encoding.

    Raises:
        ReadError: No card in it, or not in the forced encoding.
    """
    decoded = decode_text(blob.data, blob.file, forced=encoding)
    findings = encoding_findings(decoded)
    lines = decoded.data.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cards = list(_cards(lines, findings))
    if not cards:
        raise refuse("vcard_none", file=blob.file)
    rows = [_row(card) for card in cards]
    names = sorted({name for row in rows for name in row}, key=_place)
    frame = text_frame(names, [[row.get(name) for row in rows] for name in names])
    if not names:
        frame = text_frame(["FN"], [[None] * len(rows)])
    return RawTable(
        frame,
        np.array([card.line for card in cards], dtype=np.int64),
        blob.file,
        blob.folder,
        blob.stem,
        "vcard",
        encoding=decoded.encoding,
        sha256=blob.sha256,
        named=blob.named,
        findings=tuple(findings),
    )


def _place(name: str) -> tuple[int, int, str]:
    """The place of a column: its kind's place, then its number."""
    bare = re.sub(r"\.\d+(?=\.|$)", "", name)
    number = re.search(r"\.(\d+)(?=\.|$)", name)
    return _RANK.get(bare, len(_RANK)), int(number[1]) if number else 1, name


def _cards(lines: list[str], findings: list[Finding]) -> Iterator[_Card]:
    card: _Card | None = None
    depth = 0
    broken = 0
    for number, line in _logical(lines):
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD" or mark.startswith("BEGIN:VCARD "):
            if card is None:
                card, depth = _Card(number), 1
            elif depth == 1 and not _in_agent(card):  # the card before was never closed
                findings.append({"code": "line_unreadable", "row": card.line, "detail": "card without end"})
                yield card
                card = _Card(number)
            else:
                depth += 1
        elif card is None:
            broken += bool(mark)
        elif mark == "END:VCARD":
            depth -= 1
            if not depth:
                yield card
                card = None
        elif depth == 1 and mark:
            _add(card, line, number, findings)
    if card is not None:
        findings.append({"code": "line_unreadable", "row": card.line, "detail": "card without end"})
        yield card
    if broken:
        findings.append({"code": "line_unreadable", "row": 0, "detail": f"lines outside cards={broken}"})


def _in_agent(card: _Card) -> bool:
    """Whether a card within the card begins here (AGENT of vCard 2.1)."""
    return bool(card.properties) and card.properties[-1].name == "AGENT" and not card.properties[-1].text


def _logical(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Unfolded lines with the number of their first physical line."""
    index = 0
    old = False
    while index < len(lines):
        start, parts = index, [lines[index]]
        index += 1
        if "QUOTED-PRINTABLE" in parts[0].partition(":")[0].upper():
            while parts[-1].endswith("=") and index < len(lines):
                parts[-1] = parts[-1][:-1]
                parts.append(lines[index])
                index += 1
        else:
            while index < len(lines) and lines[index][:1] in {" ", "\t"} and lines[index].strip():
                # 2.1 breaks between words and keeps the blank, later versions break anywhere
                parts.append(lines[index] if old else lines[index][1:])
                index += 1
        text = "".join(parts)
        if text[:8].upper() == "VERSION:":
            old = text[8:].strip() == "2.1"
        yield start + 1, text


def _add(card: _Card, line: str, number: int, findings: list[Finding]) -> None:
    match = _PROPERTY.match(line)
    if match is None:
        findings.append({"code": "line_unreadable", "row": number, "detail": "line without a property"})
        if card.properties:
            card.properties[-1].text += "\n" + line
        return
    kinds, values = _parameters(match[2])
    name = match[1].upper()
    text = _decoded(line[match.end() :], kinds, values)
    if name == "VERSION":
        card.version = text.strip()
    card.properties.append(_Property(name, kinds, values, text))


def _parameters(text: str) -> tuple[frozenset[str], dict[str, str]]:
    """The types (TYPE=WORK,VOICE or bare WORK) and the other parameters, in capitals."""
    kinds: set[str] = set()
    values: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        key, value = match[1].strip().upper(), (match[2] or "").replace('"', "").strip()
        if match[2] is None:
            kinds.add(key)
        elif key == "TYPE":
            kinds.update(part.strip().upper() for part in value.split(","))
        else:
            values[key] = value
    return frozenset(kinds), values


def _decoded(text: str, kinds: frozenset[str], values: dict[str, str]) -> str:
    if "QUOTED-PRINTABLE" not in kinds and values.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return text
    raw = quopri.decodestring(text.encode())
    for charset in (values.get("CHARSET") or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode("latin-1")


def _row(card: _Card) -> dict[str, str]:
    row: dict[str, str] = {}
    addresses: Counter[str] = Counter()
    for item in sorted(card.properties, key=lambda p: p.preferred):
        if item.name in _LEFT_OUT or _is_picture(item):
            continue
        cells = [(name, value.strip()) for name, value in _cells(item) if value.strip()]
        if item.name == "ADR" and cells:
            head = "ADR" + _kind(item, ("work", "home"))
            addresses[head] += 1
            if addresses[head] > 1:
                cells = [(f"{head}.{addresses[head]}{name[len(head) :]}", value) for name, value in cells]
        for name, value in cells:
            _put(row, name, value)
    return row


def _is_picture(item: _Property) -> bool:
    return "BASE64" in item.kinds or item.values.get("ENCODING", "").upper() in {"B", "BASE64"}


def _put(row: dict[str, str], name: str, value: str) -> None:
    """Under its name, or under the next number where another value has it."""
    number, place = 2, name
    while place in row:
        if row[place] == value:
            return
        place = f"{name}.{number}"
        number += 1
    row[place] = value


def _cells(item: _Property) -> Iterator[tuple[str, str]]:
    name, text = item.name, item.text
    if name == "N":
        yield from _components(text, "N", _NAME, " ")
    elif name == "ORG":
        parts = [_joined(part, ", ") for part in _split(text, ";")]
        yield "ORG", parts[0]
        yield "ORG.unit", "; ".join(part for part in parts[1:] if part.strip())
    elif name == "ADR":
        head = "ADR" + _kind(item, ("work", "home"))
        yield from _components(text, head, _ADDRESS, ", ")
        yield f"{head}.label", _plain(item.values.get("LABEL", ""))
    elif name == "LABEL":
        yield "ADR" + _kind(item, ("work", "home")) + ".label", _plain(text)
    elif name == "TEL":
        yield "TEL" + _kind(item, _KINDS), _PREFIX.sub("", _plain(text), count=1)
    elif name == "EMAIL":
        yield "EMAIL", _PREFIX.sub("", _plain(text), count=1)
    elif name in {"CATEGORIES", "NICKNAME"}:
        yield name, _joined(text, ", ")
    else:
        yield name, _plain(text)


def _kind(item: _Property, kinds: tuple[str, ...]) -> str:
    found = next((kind for kind in kinds if kind.upper() in item.kinds), "")
    if not found and item.name == "TEL" and item.kinds & {"MOBILE", "IPHONE"}:
        found = "cell"
    return f".{found}" if found else ""


def _components(text: str, name: str, parts: tuple[str, ...], glue: str) -> Iterator[tuple[str, str]]:
    cells = _split(text, ";")
    if len(cells) > len(parts):  # an unescaped semicolon: nothing is lost
        cells = [*cells[: len(parts) - 1], ";".join(cells[len(parts) - 1 :])]
    for part, cell in zip(parts, cells, strict=False):
        yield f"{name}.{part}", _joined(cell, glue)


def _split(text: str, sign: str) -> list[str]:
    """Parts between unescaped signs, still escaped."""
    if "\\" not in text:
        return text.split(sign)
    parts, start, index = [], 0, 0
    while index < len(text):
        if text[index] == sign:
            parts.append(text[start:index])
            start = index + 1
        index += 2 if text[index] == "\\" else 1
    return [*parts, text[start:]]


def _joined(text: str, glue: str) -> str:
    return glue.join(part for part in map(_plain, _split(text, ",")) if part.strip())


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text)
