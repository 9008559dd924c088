"""Salutations: Herr, Frau, Familie, Firma, Mr, Mme ... as a code, with the gender they state.

Source: our list `data/salutations.txt`. The gender of a person is read from the salutation and
never guessed from the given name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from crmclean.data import read_table
from crmclean.normalize.person_words import word_key
from crmclean.normalize.titles import canonical_title, split_titles
from crmclean.text.fold import collapse, visible
from crmclean.values import Cleaned, Finding

__all__ = ["Salutation", "normalize_salutation", "salutation_keys", "split_salutation"]

# Short forms that are also initials or names: salutation only in a field of their own, or dotted.
_SHORT = frozenset(
    {"h", "m", "d", "x", "fr", "pan", "bay", "sig", "fa", "fam", "fru", "person", "neutral", "ms"}
)
_LEADS = frozenset(
    {"an", "zhd", "zhdn", "zh", "zuhaenden", "zuhanden", "attn", "att", "to", "fao", "sehrgeehrte", "sehrgeehrter", "sehrverehrte", "liebe",
     "lieber", "hallo", "gutentag", "dear"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Salutation:
    """A salutation: its code, the gender it states, its usual form and the titles found in it."""

    code: str | None
    gender: str | None
    text: str
    titles: str | None = None


@cache
def _known() -> dict[str, Salutation]:
    found: dict[str, Salutation] = {}
    for code, sex, text, spellings in read_table("salutations.txt"):
        for spelling in spellings.split("|"):
            found.setdefault(word_key(spelling), Salutation(code, sex or None, text))
    return found


@cache
def salutation_keys() -> frozenset[str]:
    """The keys of all salutations."""
    return frozenset(_known())


@lru_cache(maxsize=4096)
def normalize_salutation(text: str | None) -> Cleaned[Salutation]:
    """The salutation of a field, with titles that stand in it; None with a finding if unknown.

    Example:
        >>> normalize_salutation("Frau Dr.").value
        Salutation(code='ms', gender='f', text='Frau', titles='Dr.')
        >>> normalize_salutation("xyz").issues[0].code
        'salutation_unknown'
    """
    raw = text or ""
    words = collapse(visible(raw)).strip(",:;").split()
    if not words or words == ["-"]:
        return Cleaned(raw, None, "empty", (Finding("empty"),))
    found, rest = split_salutation(words, whole=True)
    titles, left = split_titles(rest, addressed=True, alone=True)
    if found is None and not titles:
        return Cleaned(raw, None, "invalid", (Finding("salutation_unknown"),))
    issues: tuple[Finding, ...] = ()
    if titles:
        issues += (Finding("title_in_name", field="title"),)
    if left:
        issues += (Finding("value_in_wrong_field", detail=" ".join(left)),)
    if found is None:
        value = Salutation(None, None, "", canonical_title(titles))
        return Cleaned(raw, value, "repaired", issues)
    value = Salutation(found.code, found.gender, found.text, canonical_title(titles))
    return Cleaned(raw, value, "ok" if not issues else "repaired", issues)


def split_salutation(words: list[str], *, whole: bool = False) -> tuple[Salutation | None, list[str]]:
    """The salutation at the front of the words, and the words that remain.

    Args:
        words: Words of a name or of a salutation field.
        whole: The words are a salutation field, so that short forms (H, D, Fr) count as well.
    """
    known = _known()
    start = _lead_length(words)
    for length in (3, 2, 1):
        phrase = words[start : start + length]
        if len(phrase) < length:
            continue
        key = _phrase_key(phrase)
        found = known.get(key)
        if found is None or (length == 1 and not _counts(phrase[0], key, whole=whole)):
            continue
        if whole or len(words) > start + length or found.code in {"company", "family"}:
            return found, words[start + length :]
    return None, words


def _lead_length(words: list[str]) -> int:
    """How many words of address stand in front: ``z. Hd.``, ``An``, ``Sehr geehrte``."""
    for length in (2, 1):
        if len(words) > length and word_key("".join(words[:length])) in _LEADS:
            return length
    return 0


def _phrase_key(words: list[str]) -> str:
    return "".join("und" if w in {"&", "+", "u."} else word_key(w) for w in words)


def _counts(word: str, key: str, *, whole: bool) -> bool:
    if word == "HR" and not whole:
        return False  # Hofrat
    if whole or key not in _SHORT:
        return True
    if key == "ms":
        return word[0].isupper() and not word.isupper()
    return key in {"fr", "fa", "fam", "sig"} and word.endswith(".")
