"""Folding: match forms of strings, never shown and never stored in place of the value.

German umlauts fold two ways: ``fold`` writes them out (ä -> ae, ß -> ss), ``fold_plain`` drops the
dots (ä -> a), because sources write Müller as Mueller and as Muller. Other Latin letters lose their
marks by Unicode decomposition; letters without decomposition (ø, ł, đ ...) have a table below.
Source: DIN 5007-2 for the written-out form, Unicode NFKD for the rest.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["INVISIBLE", "collapse", "fold", "fold_plain", "fold_umlaut", "tokens", "visible"]

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ẞ": "ss"})
_STROKED = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ĸ": "k",
        "\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u00b4": "'",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    },
)  # fmt: skip
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_NOT_WORD = re.compile(r"[^\w]+|_+")


def visible(text: str) -> str:
    """The text without invisible and control characters (line breaks and tabs stay)."""
    return text if text.isascii() and text.isprintable() else INVISIBLE.sub("", text)


def collapse(text: str) -> str:
    """The text without blanks at its ends, runs of blanks and line breaks made one blank."""
    return " ".join(text.split())


def _strip_marks(text: str) -> str:
    if text.isascii():
        return text.replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text.translate(_STROKED))
    if decomposed.isascii():
        return decomposed
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Lower case, umlauts written out, other marks dropped, blanks collapsed.

    Example:
        >>> fold("  Groß-Müller ")
        'gross-mueller'
        >>> fold("Ángel Łukasz")
        'angel lukasz'
    """
    if text.isascii():
        return " ".join((text if text.isprintable() else visible(text)).lower().split())
    lowered = unicodedata.normalize("NFC", visible(text)).lower().translate(_GERMAN)
    return collapse(_strip_marks(lowered))


def fold_plain(text: str) -> str:
    """As `fold`, but umlauts lose their dots (Müller -> muller); ß is still ss."""
    if text.isascii():
        return fold(text)
    lowered = unicodedata.normalize("NFC", visible(text)).lower().replace("ß", "ss")
    return collapse(_strip_marks(lowered))


def fold_umlaut(text: str) -> str:
    """One form for Müller, Mueller and Muller alike: written-out and bare vowels meet.

    ``ae, oe, ue`` become ``a, o, u`` (not after a vowel or q: Bauer and Quelle stay), so that
    Maerz = März = Marz. Coarser than `fold`; for blocking and as a comparison level only.

    Example:
        >>> fold_umlaut("Müller") == fold_umlaut("Mueller") == fold_umlaut("Muller")
        True
        >>> fold_umlaut("Bauer")
        'bauer'
    """
    return _WRITTEN_OUT.sub(r"\1", fold(text))


_WRITTEN_OUT = re.compile(r"(?<![aeiouyq])([aou])e(?![aeiouy])")


def tokens(text: str) -> list[str]:
    """The words of the folded text: letters and digits, everything else separates.

    Example:
        >>> tokens("Müller & Söhne GmbH")
        ['mueller', 'soehne', 'gmbh']
    """
    return [t for t in _NOT_WORD.split(fold(text)) if t]
