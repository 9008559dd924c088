"""Which encoding a text file has, and its text.

Order: byte order mark, zero bytes in every second place (UTF-16 without a mark), strict UTF-8,
then the single-byte encodings of western and central Europe by plausibility of the words that
result, with chardet as a second opinion where none of them is plausible (Cyrillic, Greek, CJK).
General detectors call German Windows files cp1250 and short ones anything at all, hence our own
scorer: a letter inside a word speaks for an encoding, a sign or a capital inside a word against it.

A file in which lines of UTF-8 and lines of another encoding stand side by side (exports pasted
together) is read line by line and reported, never guessed as a whole.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice

import chardet
import numpy as np
import pyarrow as pa

from crmclean.read.refusal import refuse

__all__ = ["Decoded", "decode_text", "encoding_findings"]

Finding = dict[str, object]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORD = re.compile(rb"[A-Za-z'\x80-\xff]*[\x80-\xff][A-Za-z'\x80-\xff]*")
_SEQUENCE = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|\xe2[\x80\x82][\x80-\xbf]")
_ESCAPED = re.compile("[\udc80-\udcff]")
_SAMPLE = 4 << 20
_BLOCK = 1 << 16
_BLOCKS = 64
_WORDS = 500
"""Words taken from a block."""
_SCATTERED = 0.2
"""Share of words in UTF-8 from which a file that is not UTF-8 is one in two encodings."""
_WESTERN = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp1250", "cp1254")
"""Candidates, preferred first: on equal evidence the earlier one is taken."""
_PRIOR = {"cp1252": 0.0, "iso8859-15": -0.2, "mac-roman": -0.2, "cp850": -0.2, "cp1250": -0.3, "cp1254": -0.3}
_GERMAN = frozenset("äöüÄÖÜß")
_LATIN = frozenset("àâáãåæçèéêëìíîïñòóôõøùúûÀÂÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛ")
_RARE = frozenset("ýœŒŸÿšžŠŽÝðþÐÞ")
_CENTRAL = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřťůČĎĚŇŘŤŮőűŐŰăâîșțşţĂŞŢđĐľĺŕĽ")
_TURKISH = frozenset("ğışĞİŞ")
_SIGNS = frozenset("€§°„“”‚‘’–—…®©™«»²³½¼¾µ·´ªº£¿¡•\xa0\xad‹›")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file.

    Args:
        data: The text as UTF-8 without a byte order mark.
        encoding: Name of the encoding as Python knows it; ``utf-8-sig`` where there was a mark.
        guessed: Whether plausibility decided.
        bom: Whether there was a byte order mark.
        mixed: Lines (from 1) that are not UTF-8 in a file that otherwise is; empty if not mixed.
        lost: Places that could not be decoded (they hold U+FFFD now).
    """

    data: bytes
    encoding: str
    guessed: bool = False
    bom: bool = False
    mixed: tuple[int, ...] = ()
    lost: int = 0


def decode_text(data: bytes, file: str, *, forced: str = "") -> Decoded:
    """The text of these bytes.

    Args:
        data: Bytes of a text file.
        file: Its name, for the error.
        forced: Encoding that the configuration names; bytes that do not fit are refused.

    Raises:
        ReadError: The forced encoding is unknown or does not fit.
    """
    if forced:
        return _forced(data, file, forced)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], name)
    wide = _wide(data)
    if wide:
        return _unicode(data, wide, guessed=True)
    if _is_utf8(data):
        return Decoded(data, "utf-8")
    return _guess(data)


def _forced(data: bytes, file: str, name: str) -> Decoded:
    for mark, marked in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            name = marked.removesuffix("-sig") if name.lower().startswith("utf") else name
            break
    try:
        codec = codecs.lookup(name).name
        return Decoded(data.decode(name).encode("utf-8", "replace"), codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse("encoding_wrong", file=file, encoding=name, line=line) from error
    except (LookupError, ValueError, AttributeError) as error:
        raise refuse("encoding_unknown", file=file, encoding=name) from error


def _marked(data: bytes, name: str) -> Decoded:
    if name != "utf-8-sig":
        return _unicode(data, name, bom=True)
    if _is_utf8(data):
        return Decoded(data, name, bom=True)
    text, lines = _by_line(data, "cp1252")
    return Decoded(text, name, bom=True, mixed=lines)


def _unicode(data: bytes, name: str, *, bom: bool = False, guessed: bool = False) -> Decoded:
    text = data.decode(name, "replace")
    return Decoded(text.encode("utf-8", "replace"), name, guessed=guessed, bom=bom, lost=text.count("\ufffd"))


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: western text has a zero in every second byte, on one side only."""
    sample = data[: 1 << 16]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < 2 or most < 0.2 * len(sample) / 2 or least > 0.02 * most + 1:
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = sample.decode(name, "replace")
    plain = sum(c.isprintable() or c in "\r\n\t" for c in text)
    return name if plain >= 0.9 * len(text) else ""


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _guess(data: bytes) -> Decoded:
    words = _words(data)
    name = _single_byte(words)
    if _utf8_share(words) >= _SCATTERED or _utf8_block(data):
        text, lines = _by_line(data, name or "cp1252")
        return Decoded(text, "utf-8", guessed=True, mixed=lines)
    if name:
        return Decoded(_charmap(data, name), name, guessed=True)
    other = _second_opinion(data)
    if other:
        return _unicode(data, other, guessed=True)
    return Decoded(_charmap(data, "cp1252"), "cp1252", guessed=True)


def _words(data: bytes) -> Counter[bytes]:
    """Words with a byte beyond ASCII; a large file is sampled all over."""
    blocks = range(0, len(data), _BLOCK)
    telling = [start for start in blocks if not data[start : start + _BLOCK].isascii()]
    step = -(-len(telling) // _BLOCKS) or 1
    found: Counter[bytes] = Counter()
    for start in telling[::step]:
        matches = islice(_WORD.finditer(data, start, start + _BLOCK), _WORDS)
        found.update(match[0][:60] for match in matches)
    return found


def _plain_utf8(word: bytes) -> bool:
    """Whether it is valid UTF-8 of letters that western text has; chance makes odder ones."""
    try:
        text = word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return any(c in _GERMAN or c in _LATIN or c in _CENTRAL or c in "–„“”’€" for c in text)


def _utf8_share(words: Counter[bytes]) -> float:
    return sum(_plain_utf8(word) for word in words) / len(words) if words else 0.0


def _utf8_block(data: bytes) -> bool:
    """Whether UTF-8 lines stand together, as after an export was pasted below another one.

    Single UTF-8 cells all over a file of another encoding are text that was damaged earlier
    (Ã¼ for ü): it stays as it is, and normalize repairs it cell by cell.
    """
    if _SEQUENCE.search(data) is None:
        return False
    kinds = [_plain_utf8(line) for line in data.split(b"\n") if not line.isascii()]
    if True not in kinds:
        return False
    first, last = kinds.index(True), len(kinds) - kinds[::-1].index(True)
    return last - first >= 5 and sum(kinds[first:last]) >= 0.8 * (last - first)


def _single_byte(words: Counter[bytes]) -> str:
    scores = {name: _plausibility(words, name) + _PRIOR[name] for name in _WESTERN}
    best = max(_WESTERN, key=lambda name: scores[name])
    return best if scores[best] > 0 else ""


def _plausibility(words: Counter[bytes], name: str) -> float:
    """Mean score of the letters beyond ASCII when the words are decoded so."""
    total, count = 0.0, 0
    for word, times in words.items():
        text = codecs.charmap_decode(word, "strict", _table(name))[0]
        weight = min(times, 5)
        for index, char in enumerate(text):
            if char > "\x7f":
                total += weight * _letter(text, index, char)
                count += weight
    return total / count if count else 0.0


def _letter(text: str, index: int, char: str) -> float:
    before, after = text[max(index - 1, 0) : index], text[index + 1 : index + 2]
    if char in _SIGNS:
        inner = before.isalpha() and after.isalpha()
        return -3.0 if inner and char not in "’´\xad" else 0.5
    if not before and not after:
        return -0.5  # a letter alone is rather a sign in another encoding (the euro)
    score = _alphabet(text, index, char)
    if (before.islower() and char.isupper()) or (char.islower() and after.isupper()):
        score -= 2.5
    if char.islower() and before.isupper() and text[:index].isupper() and index > 1:
        score -= 2.5
    if before > "\x7f" and (after > "\x7f" or text[max(index - 2, 0) : index - 1] > "\x7f"):
        score -= 4.0  # three foreign letters in a row: not Latin script
    return score


def _alphabet(text: str, index: int, char: str) -> float:
    if char == "ß":
        return _sharp_s(text[:index].lower(), text[index + 1 : index + 2].lower())
    if char in _GERMAN:
        return 3.0
    if char in _LATIN:
        return 2.0
    if char in _CENTRAL or char in _TURKISH:
        return 1.5
    return 1.0 if char in _RARE else -4.0


def _sharp_s(before: str, after: str) -> float:
    """ß follows a vowel and is never first in a word; Straße is the usual one."""
    if before.endswith("stra"):
        return 3.0
    if not before or before[-1] not in "aeiouyäöü":
        return -3.0
    return 2.0 if after in "etnlhgbmskfduaiw" else 0.0


@cache
def _table(name: str) -> str:
    """The 256 characters of an encoding; undefined bytes stay themselves, so nothing is lost."""
    text = bytes(range(256)).decode(name, "replace")
    return "".join(chr(i) if c == "\ufffd" else c for i, c in enumerate(text))


def _charmap(data: bytes, name: str) -> bytes:
    return codecs.charmap_decode(data, "strict", _table(name))[0].encode("utf-8")


def _second_opinion(data: bytes) -> str:
    """What chardet says of the lines that are not ASCII, if it is usable; else empty."""
    lines = [line for line in data[:_SAMPLE].splitlines() if not line.isascii()][:400]
    name = chardet.detect(b"\n".join(lines))["encoding"]
    try:
        if name is None or codecs.lookup(name).name in {"ascii", "utf-8", "utf-16", "utf-7"}:
            return ""
        text = b"\n".join(lines).decode(name, "replace")
    except (LookupError, ValueError):
        return ""
    return name.lower() if text.count("\ufffd") <= len(text) // 100 else ""


def _by_line(data: bytes, other: str) -> tuple[bytes, tuple[int, ...]]:
    """The text as UTF-8 where it is, bytes that are not as `other`; the lines with such bytes."""
    text = data.decode("utf-8", "surrogateescape")
    changed = [n for n, line in enumerate(text.split("\n"), 1) if _ESCAPED.search(line)]
    table = _table(other)
    restored = text.translate({0xDC00 + byte: table[byte] for byte in range(0x80, 0x100)})
    return restored.encode("utf-8", "replace"), tuple(changed)


def encoding_findings(decoded: Decoded) -> list[Finding]:
    """Findings bom, encoding_guessed, encoding_mixed, replacement_character as they apply."""
    found: list[Finding] = []
    if decoded.bom:
        found.append({"code": "bom", "row": 0, "detail": f"encoding={decoded.encoding}"})
    if decoded.mixed:
        detail = f"encoding={decoded.encoding} lines={len(decoded.mixed)}"
        found.append({"code": "encoding_mixed", "row": decoded.mixed[0], "detail": detail})
    elif decoded.guessed:
        found.append({"code": "encoding_guessed", "row": 0, "detail": f"encoding={decoded.encoding}"})
    if decoded.lost:
        found.append({"code": "replacement_character", "row": 0, "detail": f"count={decoded.lost}"})
    return found
