"""`Pieces`: what a name text holds, and the parts that are cut out before the words are read.

Birth name, nickname and comments in brackets are marked by words or signs of their own, so they
are taken out first, wherever they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crmclean.normalize.person_words import is_function, suffix_words, title_parts, word_key
from crmclean.normalize.salutation import Salutation
from crmclean.normalize.text import is_placeholder
from crmclean.text.fold import collapse
from crmclean.values import Finding

__all__ = ["Pieces", "cut_marked", "is_suffix", "take_suffixes"]

_BIRTH = re.compile(
    r"[\s,(;]+(?:geb\.|geb|geborene[rn]?|gebürtige?|gebor\.|né|née|nee|born|z\s+domu|rozená|rozena|nata|roj\.)"
    r"(?:\s*:?\s+|(?<=\.))(?P<name>[^\d\s,;()][^,;()]*?)\s*\)?(?=$|[,;(])",
)
_EMAIL = re.compile(r"[\s(<\[]*[^\s()<>\[\],;]+@[^\s()<>\[\],;]+[)>\]]*")
_QUOTED = re.compile(
    r"(?:^|(?<=[\s,]))(?:\"([^\"]+)\"|„([^“”\"]+)[“”\"]|“([^”]+)”|«([^»]+)»|‚([^‘’]+)[‘’]|'([^']+)')(?=$|[\s,])"
)
_BRACKETED = re.compile(r"(?:^|\s)[(\[]([^()\[\]]+)[)\]]")
_CASED = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "ba", "ma", "md", "mp", "kc", "qc", "pe", "rn", "sj",
                    "op", "jd", "ceo", "cfo", "em", "ad", "ir", "mas", "mim", "llb", "med", "bed"})  # fmt: skip
_DOTTED = re.compile(r"[JS]\.\s?R\.?$")  # initials, unlike Jr.
_TWO_WORDS = frozenset({"dj", "dae", "ad", "ir", "derjuengere", "deraeltere", "phd"})


@dataclass(slots=True)
class Pieces:
    """What a name text holds, as lists of words in the order found; filled while it is read."""

    salutation: Salutation | None = None
    titles: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    prefix: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    suffix: list[str] = field(default_factory=list)
    birth_name: str | None = None
    nickname: str | None = None
    findings: list[Finding] = field(default_factory=list)


def cut_marked(text: str, pieces: Pieces) -> str:
    """The text without birth name, nickname, e-mail address and comments, put into `pieces`."""
    if "@" in text:
        found = _EMAIL.search(text)
        if found is not None:
            pieces.findings.append(
                Finding("value_in_wrong_field", field="email", detail=found[0].strip(" ()<>[]"))
            )
            text = text[: found.start()] + " " + text[found.end() :]
    birth = _BIRTH.search(text)
    if birth is not None and birth.start() > 0:
        pieces.birth_name = collapse(birth["name"])
        pieces.findings.append(Finding("birth_name_split", field="birth_name"))
        text = text[: birth.start()] + text[birth.end() :]
    if any(c in text for c in "\"„“«‚'(["):
        text = _cut_nickname(text, pieces)
    return text


def _cut_nickname(text: str, pieces: Pieces) -> str:
    quoted = _QUOTED.search(text)
    if quoted is not None and quoted[0] != text:
        _note_nickname(next(g for g in quoted.groups() if g), pieces)
        text = text[: quoted.start()] + " " + text[quoted.end() :]
    for found in list(_BRACKETED.finditer(text)):
        inner = found[1].strip()
        if word_key(inner) in title_parts():
            continue
        before = text[: text.find(found[0])].split()[-1:]
        if is_suffix(inner) or inner.lower() in {"vater", "sohn"}:
            pieces.suffix.append(inner)
        elif pieces.nickname is None and _may_be_nickname(inner) and not any(map(is_suffix, before)):
            _note_nickname(inner, pieces)
        else:
            pieces.findings.append(Finding("name_unassigned", detail=inner))
        text = text.replace(found[0], " ", 1)
    return text


def _may_be_nickname(text: str) -> bool:
    if not text or not text[0].isupper() or is_placeholder(text) or is_function(text):
        return False
    return all(c.isalpha() or c in " .-'’" for c in text)


def _note_nickname(nickname: str, pieces: Pieces) -> None:
    pieces.nickname = nickname.strip()
    pieces.findings.append(Finding("nickname_in_name", field="nickname"))


def take_suffixes(words: list[str], least: int) -> tuple[list[str], list[str]]:
    """The words without suffixes at their end, and the suffixes; `least` words always stay.

    Short suffixes that are names too (Ma, Ii) count only in capitals or with dots.
    """
    suffixes: list[str] = []
    while len(words) > least:
        two = word_key(words[-2] + words[-1]) if len(words) - 2 >= least else ""
        if (
            two in _TWO_WORDS
            and two in suffix_words()
            and (two == "phd" or "." in words[-1] or two[:3] == "der")
        ):
            suffixes = [" ".join(words[-2:]), *suffixes]
            words = words[:-2]
            continue
        if not is_suffix(words[-1]) or (least > 1 and _leaves_initial(words)):
            break
        suffixes = [words[-1], *suffixes]
        words = words[:-1]
    return words, suffixes


def _leaves_initial(words: list[str]) -> bool:
    """``JAMES J MA``: without its last word the name would end in an initial."""
    return word_key(words[-1]) == "ma" and len(words) > 1 and len(words[-2].rstrip(".")) == 1


def is_suffix(word: str) -> bool:
    """Whether a word behind a name is a suffix."""
    key = word_key(word)
    if key not in suffix_words() or _DOTTED.match(word):
        return False
    if key in _CASED:
        return word.isupper() or "." in word
    return True
