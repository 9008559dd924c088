"""What people write around telephone numbers: labels, comments, extensions, several in one cell.

Takes a cell apart into stretches that look like one number each; knows nothing of numbering plans
(`crmclean.normalize.phone` does). Spellings: DIN 5008 and everyday CRM exports in German; the words
for extensions also in English, French and Italian.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crmclean.text.fold import INVISIBLE

__all__ = ["Stretch", "digits_of", "placeholder_digits", "scientific", "stretches"]

_EXTENSION = re.compile(
    r"[\s,;/(]*(?:\b(?:app(?:arat)?|durchwahl|dw|nst|nebenst(?:elle)?|intern|kl(?:appe)?|ext(?:ension)?|"
    r"extn|poste|interno)\b\.?|(?<=[\d\s;])(?:x|#|ext))\s*[:=.]?\s*(\d{1,7})\)?\s*$",
    re.IGNORECASE,
)
_LABELS = frozenset(
    [
        "tel",
        "telef",
        "telefon",
        "telefone",
        "telefono",
        "telephone",
        "téléphone",
        "phone",
        "fon",
        "fone",
        "mobil",
        "mobile",
        "mobiltel",
        "mobilnr",
        "mobiltelefon",
        "cell",
        "handy",
        "natel",
        "fax",
        "telefax",
        "t",
        "m",
        "f",
        "p",
        "g",
        "d",
        "h",
        "w",
        "b",
        "gesch",
        "geschäftl",
        "geschäftlich",
        "privat",
        "priv",
        "dienst",
        "dienstl",
        "dienstlich",
        "büro",
        "buero",
        "office",
        "home",
        "work",
        "nr",
        "nummer",
        "no",
        "number",
        "zentrale",
        "festnetz",
        "vorwahl",
        "rufnummer",
        "telnr",
    ]
)
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[^\W\d_][^()\[\]]*[)\]]")
_WORD = re.compile(r"[^\W\d_]+(?:[.-][^\W\d_]+)*[.:]*|[;,|\n\r\t&]+|\+(?=\s*$)")
_SCIENTIFIC = re.compile(r"\s*[+-]?(\d)[.,]?(\d*)\s*E\s*\+?(\d{1,2})\s*", re.IGNORECASE)
_FLOAT = re.compile(r"[1-9]\d{5,}[.,]0{1,2}")
_RANGE = re.compile(r"\s*/\s*-\s*\d{1,4}\s*$")
_VANITY = re.compile(r"\+?[\d\s().-]*(?:[789]00|8[0-8]{2}|180\d?)[\s-]*[A-Z][A-Z\d\s-]{3,}")
_LETTER_O = re.compile(r"(?<![^\W\d_])[Oo](?=[\s/-]*\d)|(?<=\d)[Oo](?![^\W\d_])|(?<=\d)[Oo](?=\d)")
_LETTER_L = re.compile(r"(?<=\d)[lI|](?=\d)")
_SEQUENCE = "01234567890123456789"
_REVERSED = _SEQUENCE[::-1]
_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a cell that may be one number.

    Args:
        text: Digits and separators, or letters too where a vanity number is meant.
        extension: Extension given in words.
        codes: Findings about it, to be reported with the number.
    """

    text: str
    extension: str | None = None
    codes: tuple[str, ...] = ()


def digits_of(text: str) -> str:
    """The ASCII digits of the text (other digits are turned into them)."""
    if not text.isascii():
        text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    return _DIGITS.sub("", text)


def placeholder_digits(text: str) -> bool:
    """Whether the digits stand for nothing: 0000, 99999, 123456, 0123456789, 987654321.

    A row of digits in order counts only if it is typed without any separator: 01/234567890
    is a number of Vienna.

    Example:
        >>> placeholder_digits("0123456789"), placeholder_digits("030 123456")
        (True, False)
    """
    digits = digits_of(text)
    if not digits:
        return False
    if digits == "0" or (len(digits) >= 2 and len(set(digits)) == 1):
        return True
    if len(digits) >= 7 and set(digits[1:]) == {"0"}:
        return True
    return len(digits) >= 4 and digits == text.strip() and (digits in _SEQUENCE or digits in _REVERSED)


def scientific(text: str) -> tuple[bool, str | None]:
    """Whether a spreadsheet wrote the number as 4,91522E+12, and its digits if all are there."""
    found = _SCIENTIFIC.fullmatch(text)
    if not found:
        return False, None
    digits = found[1] + found[2]
    return True, digits if len(digits) == int(found[3]) + 1 else None


@lru_cache(maxsize=1 << 10)
def stretches(text: str) -> tuple[Stretch, ...]:
    """The parts of a cell that may be numbers, in order; none if there is no digit.

    Example:
        >>> [s.text for s in stretches("Tel.: 030 23125-123 (privat); mobil 0152/28817386")]
        ['030 23125-123', '0152/28817386']
        >>> stretches("030 23125 App. 12")[0].extension
        '12'
    """
    clean = _prepared(text)
    if _VANITY.fullmatch(clean):
        return (Stretch(clean, codes=("phone_letters",)),)
    codes: list[str] = []
    clean, extension = _without_extension(clean)
    if _RANGE.search(clean):
        clean = _RANGE.sub("", clean)
        codes.append("phone_multiple")
    zeroed = _LETTER_L.sub("1", _LETTER_O.sub("0", clean))
    if zeroed != clean:
        codes.append("phone_letters")
        clean = zeroed
    bare = _BRACKETED.sub(" ; ", clean)
    if bare != clean:
        codes.append("phone_comment")
    if any(not _is_label(word) for word in _WORD.findall(bare)):
        codes.append("phone_comment")
    pieces = [p.strip(" \t/-.:()") if "(" not in p else p.strip(" \t/-.:") for p in _WORD.split(bare)]
    numbers = [p for p in pieces if len(digits_of(p)) >= 5] or [p for p in pieces if digits_of(p)]
    found = tuple(dict.fromkeys(codes))
    return tuple(
        Stretch(piece, extension if n == len(numbers) - 1 else None, found) for n, piece in enumerate(numbers)
    )


def _prepared(text: str) -> str:
    """The text without hidden characters, scheme and a spreadsheet's decimals."""
    clean = INVISIBLE.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").strip().strip("'\"’´`=")
    clean = clean.replace("＋", "+").replace("–", "-").replace("—", "-").replace("‐", "-").replace("‑", "-")
    if clean[:4].lower() == "tel:":
        clean = clean[4:]
    return clean.partition(".")[0].partition(",")[0] if _FLOAT.fullmatch(clean) else clean


def _without_extension(text: str) -> tuple[str, str | None]:
    found = _EXTENSION.search(text)
    if not found or len(digits_of(text[: found.start()])) < 4:
        return text, None
    return text[: found.start()], found[1]


def _is_label(word: str) -> bool:
    bare = word.strip(".:;,|&\n\r\t+ ").lower()
    return not bare or all(part in _LABELS for part in re.split(r"[.-]", bare))
