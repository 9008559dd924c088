"""Legal forms of companies: where one stands in a name, and its usual short form.

Source: our table `data/legal_forms.txt`. A name is cut into words; a form is found by joining the
last words without dots and blanks and looking the result up, longest first, so that
``G. m. b. H.``, ``GesmbH`` and ``Gesellschaft mit beschränkter Haftung`` are one form. Composite
forms (``GmbH & Co. KG``) follow from their parts: form, Co., and a partnership.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from crmclean.data import read_table
from crmclean.text.fold import fold

__all__ = [
    "Form",
    "Word",
    "form_at_end",
    "form_at_front",
    "form_words",
    "is_form_word",
    "may_close",
    "may_end",
    "may_open",
    "normalize_legal_form",
    "split_status",
    "split_words",
]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[&+/]")
_STATUS = (
    ("in_liquidation", re.compile(
        r"[\s,(\-–]+(?:i\.?\s?(?:l|liq|liqu|a|i)\.|in\s+(?:liquidation|liqu?\.|abwicklung|insolvenz|liquidazione)"
        r"|en\s+liquidation|en\s+liquidaci[oó]n|i\.?L\.?)\)?\s*$", re.IGNORECASE)),
    ("in_formation", re.compile(
        r"[\s,(\-–]+(?:i\.?\s?gr?\.|in\s+gr(?:ü|ue)ndung|in\s+gr\.|i\.?G\.?|in\s+formation|en\s+formation)\)?\s*$",
        re.IGNORECASE)),
)  # fmt: skip
_LOOKALIKES = str.maketrans("асеорхуіАСЕОРХВНКМТ", "aceopxyiACEOPXBHKMT")
# Forms of two letters that are other things, too: one word only behind a comma.
_AFTER_COMMA = frozenset({"P.C.", "P.A.", "N.A."})
_MUTUAL = re.compile(r"a\.?\s?G\b")
_GROUP = re.compile(r"\(([^()]*)\)")
_ANDS = frozenset({"&", "+", "und", "u", "and", "et", "y"})
_COS = frozenset({"co", "comp", "cie", "compagnie", "company", "cokg", "cokgaa", "coohg", "kompanie"})
_PARTNERSHIPS = frozenset({"KG", "KGaA", "OHG", "OG", "KEG", "GbR"})
_MOST_WORDS = 9


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a company name: as written, folded, and where it stands."""

    text: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Form:
    """A legal form found in a name: usual short form and the words it takes, from first to last."""

    short: str
    first: int
    last: int
    cut: bool = False


def split_status(text: str) -> tuple[str, str | None]:
    """The name without ``i.L.``, ``in Gründung`` and kin at its end, and the status they state."""
    for status, pattern in _STATUS:
        found = pattern.search(text)
        if found is not None and found.start() > 0:
            return text[: found.start()], status
    return text, None


def split_words(text: str) -> list[Word]:
    """The words of a company name; ``&``, ``+`` and ``/`` are words of their own."""
    return [Word(m[0], _key(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> str:
    """The folded word; Cyrillic letters that stand among Latin ones are the Latin lookalikes (сo)."""
    if not word.isascii() and any("a" <= c <= "z" for c in word.lower()):
        word = word.translate(_LOOKALIKES)
    return fold(word)


def _expand(pattern: str) -> list[str]:
    parts = _GROUP.split(pattern)
    choices = [p.split("|") if i % 2 else [p] for i, p in enumerate(parts)]
    return ["".join(c) for c in itertools.product(*choices)]


def _alternatives(cell: str) -> list[str]:
    """The spellings of a cell: split at bars that stand outside brackets."""
    depth, start, found = 0, 0, []
    for i, char in enumerate(cell + "|"):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            found.append(cell[start:i])
            start = i + 1
    return found


@cache
def _forms() -> dict[str, tuple[str, str]]:
    """Compact spelling -> short form and place."""
    found: dict[str, tuple[str, str]] = {}
    for short, _, cell, place in read_table("legal_forms.txt"):
        for pattern in _alternatives(cell):
            for key in _expand(pattern):
                found.setdefault(fold(key), (short, place))
    return found


@cache
def _shorts() -> dict[str, str]:
    """Compact short form -> short form: in a field of its own it is one, whatever else it may be in a name."""
    found: dict[str, str] = {}
    for short, *_ in read_table("legal_forms.txt"):
        found.setdefault("".join(w.key for w in split_words(short)), short)
    return found


@cache
def _long_forms() -> dict[str, str]:
    """Long spellings with one letter left out -> spelling: one typing error is forgiven."""
    found: dict[str, str] = {}
    for key in _forms():
        if len(key) >= 12:
            for i in range(len(key)):
                found.setdefault(key[:i] + key[i + 1 :], key)
    return found


@cache
def _openings() -> frozenset[str]:
    return frozenset(key[:3] for key in _forms() if len(key) >= 12)


@cache
def _endings() -> tuple[frozenset[str], frozenset[str]]:
    """All ends of all spellings, and the openings of words within the long ones."""
    keys = _forms()
    ends = {key[i:] for key in keys for i in range(len(key))}
    grams = {key[i : i + 4] for key in keys if len(key) >= 12 for i in range(len(key) - 3)}
    return frozenset(ends), frozenset(grams)


@lru_cache(maxsize=65536)
def may_end(key: str) -> bool:
    """Whether a form may end with this word: a cheap no for almost all names."""
    ends, grams = _endings()
    if key in ends or key in _ANDS or key in _COS:
        return True
    return len(key) > 4 and key[:4] in grams


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(key[:i] for key in _forms() for i in range(1, len(key)))


def may_open(key: str) -> bool:
    """Whether a form of several words may begin with this word, spelt right."""
    return key in _beginnings()


def may_close(key: str) -> bool:
    """Whether a form of several words may end with this word, spelt right, or it is one by itself."""
    return key in _endings()[0] or key in _ANDS or key in _COS or _lookup(key) is not None


def form_words() -> frozenset[str]:
    """The keys of all forms."""
    return frozenset(_forms())


def is_form_word(word: str) -> bool:
    """Whether a single word is a legal form by itself."""
    return fold(word) in _forms()


def _lookup(key: str) -> tuple[str, str] | None:
    found = _forms().get(key)
    if found is not None or len(key) < 11 or key[:3] not in _openings():
        return found
    near = _long_forms()
    for candidate in (key, *(key[:i] + key[i + 1 :] for i in range(len(key)))):
        if candidate in near:
            return _forms()[near[candidate]]
        if candidate in _forms():
            return _forms()[candidate]
    return None


def _plain_at_end(words: list[Word], stop: int, text: str) -> Form | None:
    """The longest simple form that ends before word number `stop`."""
    for length in range(min(_MOST_WORDS, stop), 0, -1):
        first = stop - length
        found = _lookup("".join(w.key for w in words[first:stop]))
        if found is None:
            continue
        short, place = found
        short = _as_written(short, text[words[first].start : words[stop - 1].end])
        if place not in {"front-only", "none"} and _is_written_so(words, first, stop, text, short, place):
            return Form(short, first, stop)
    return None


def _as_written(short: str, written: str) -> str:
    """The short form that the writing tells apart: a. G. is mutual, Sàrl Swiss, a. s. Czech."""
    if short == "AG" and _MUTUAL.match(written):
        return "VVaG"
    if short == "SARL" and fold(written).replace(".", "").replace(" ", "") == "srl":
        return "Srl"
    if short == "SARL" and not written.isupper() and not written.islower():
        return "Sàrl"
    return "a.s." if short == "AS" and written.islower() and "." in written else short


def _is_written_so(words: list[Word], first: int, stop: int, text: str, short: str, place: str) -> bool:
    """Whether short ambiguous spellings are written like a form: capitals, dots, own word."""
    one = stop - first == 1
    word = words[first]
    hanging = first > 0 and text[words[first - 1].end : word.start] == "-"
    if hanging and word.key not in {"aktiengesellschaft", "gmbh", "gesellschaft"} and not word.text.isupper():
        return False
    if any("-" in text[a.end : b.start] for a, b in itertools.pairwise(words[first:stop])):
        return not one and len(words[first].key) > 2
    if short == "Co." or (short in _AFTER_COMMA and one and len(word.key) <= 2):
        comma = text[: word.start].rstrip().endswith(",")
        return comma if short != "Co." else first > 0 and words[first - 1].key not in _ANDS
    if "case" not in place or not one or len(word.key) > 4:
        return True
    if short == "SpA":
        return word.text in {"SpA", "SPA"} and not text.isupper()
    dotted = text[word.end : word.end + 1] == "."
    if short in {"Est.", "KmG"}:
        return dotted or word.text == short
    if short in {"e.U.", "e.V.", "eG"} and word.text[0] == "E" and not text.isupper():
        return False
    titled = word.text[0].isupper() and word.text[1:].islower()
    return (first > 0 or stop < len(words)) and (dotted or not titled)


def form_at_end(words: list[Word], stop: int, text: str) -> Form | None:
    """The form whose last word is word number ``stop - 1``, composite forms included.

    ``cut`` tells that a composite form lost its end in the source (``GmbH & Co``).
    """
    if stop < 1 or not may_end(words[stop - 1].key):
        return None
    outer = _joined_partnership(words, stop) or _plain_at_end(words, stop, text)
    if outer is None:
        return _cut_form(words, stop, text)
    if outer.short not in _PARTNERSHIPS:
        return outer
    place = outer.first
    had_co = place > 0 and words[place - 1].key in _COS
    glued = words[outer.first].key in _COS
    if had_co:
        place -= 1
    if not had_co and not glued:
        return _without_co(words, outer, text)
    had_and = place > 0 and words[place - 1].key in _ANDS
    inner = _plain_at_end(words, place - had_and, text)
    if inner is not None and inner.short not in {"Co.", "KG"}:
        return Form(f"{inner.short} & Co. {outer.short}", inner.first, stop)
    return outer if had_co else Form(outer.short, outer.first, stop)


def _joined_partnership(words: list[Word], stop: int) -> Form | None:
    """``CoKG`` written as one word."""
    key = words[stop - 1].key
    if key.startswith("co") and key[2:] in {"kg", "kgaa", "ohg"}:
        return Form({"kg": "KG", "kgaa": "KGaA", "ohg": "OHG"}[key[2:]], stop - 1, stop)
    return None


def _without_co(words: list[Word], outer: Form, text: str) -> Form:
    """``GmbH KG`` and ``GmbH & KG`` without the Co."""
    place = outer.first
    had_and = place > 0 and words[place - 1].key in _ANDS
    inner = _plain_at_end(words, place - had_and, text) if place else None
    if inner is not None and inner.short in {"GmbH", "UG", "AG", "SE"} and outer.short in {"KG", "KGaA"}:
        return Form(f"{inner.short} & Co. {outer.short}", inner.first, outer.last)
    return outer


def _cut_form(words: list[Word], stop: int, text: str) -> Form | None:
    """``GmbH & Co`` and ``GmbH &``: a composite form that was cut off."""
    place = stop
    had_co = words[place - 1].key in {"co", "comp", "cie"}
    place -= had_co
    if place < 1 or words[place - 1].key not in _ANDS:
        return None
    inner = _plain_at_end(words, place - 1, text)
    if inner is None or inner.short not in {"GmbH", "UG", "AG", "SE", "Ltd."} or inner.first == 0:
        return None
    return Form(f"{inner.short} & Co. KG" if had_co else inner.short, inner.first, stop, cut=True)


def form_at_front(words: list[Word], text: str) -> Form | None:
    """A form in front of the name, where the form may stand there: ``gGmbH für Jugendhilfe``."""
    for length in range(min(5, len(words) - 1), 0, -1):
        found = _forms().get("".join(w.key for w in words[:length]))
        if found is None or not found[1].startswith("front"):
            continue
        written = text[words[0].start : words[length - 1].end]
        if found[1] == "front" or not any(c.islower() for c in written):
            return Form(found[0], 0, length)
    return None


def normalize_legal_form(text: str) -> str | None:
    """The usual short form of a text that is a legal form, else None.

    Example:
        >>> normalize_legal_form("Gesellschaft mbH & Co. KG")
        'GmbH & Co. KG'
        >>> normalize_legal_form("Partnerschaft mit beschränkter Berufshaftung")
        'PartG mbB'
    """
    text, _ = split_status(text)
    words = split_words(text)
    found = form_at_end(words, len(words), text)
    if found is not None and found.first == 0:
        return found.short
    exact = _lookup("".join(w.key for w in words))
    if exact is None and len(words) > 2 and words[-2].key in _ANDS and words[-1].key in _COS:
        inner = _lookup("".join(w.key for w in words[:-2]))
        return f"{inner[0]} & Co. KG" if inner is not None else None
    return exact[0] if exact else _shorts().get("".join(w.key for w in words))
