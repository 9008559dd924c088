"""The words of a company's name in compare form: distinctive ones and those that many share.

*Compare form* and *display form* of a company are two functions (`compare_name` here,
`crmclean.normalize.company.display_name`). Source of the shared words: `data/company_words.txt`.
"""

from __future__ import annotations

from functools import cache, lru_cache

from crmclean.data import read_list
from crmclean.normalize.person_words import is_given
from crmclean.text.fold import fold, tokens

__all__ = ["acronym_of", "company_tokens", "company_words", "is_generic"]

_CONNECTORS = frozenset(
    [
        "und",
        "u",
        "and",
        "et",
        "y",
        "der",
        "die",
        "das",
        "des",
        "dem",
        "den",
        "am",
        "an",
        "im",
        "in",
        "zum",
        "zur",
        "fuer",
        "von",
        "vom",
        "bei",
        "mit",
        "the",
        "of",
        "for",
        "de",
        "du",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "di",
        "del",
        "della",
        "e",
        "i",
        "auf",
    ]
)


@cache
def _generic() -> tuple[frozenset[str], tuple[str, ...]]:
    entries = [fold(line) for line in read_list("company_words.txt")]
    endings = tuple(e[1:] for e in entries if e.startswith("*"))
    return frozenset(e for e in entries if not e.startswith("*")), endings


@lru_cache(maxsize=65536)
def is_generic(word: str) -> bool:
    """Whether many companies share the word: Handel, Service, Metallbau, Söhne.

    Example:
        >>> is_generic("Fensterbau"), is_generic("Lumitec")
        (True, False)
    """
    key = fold(word)
    words, endings = _generic()
    if key in words:
        return True
    return key.endswith(endings) and any(len(key) > len(e) + 1 and key.endswith(e) for e in endings)


def company_tokens(base: str) -> tuple[str, ...]:
    """The folded words of a company's base name that count in comparing, in order.

    Dotted and spaced initials are joined (``A. B. C.`` is ``abc``), connecting words are left out
    unless nothing else is there.

    Example:
        >>> company_tokens("Müller & Söhne Metallbau")
        ('mueller', 'soehne', 'metallbau')
    """
    words = _join_initials(tokens(base.replace("'", "").replace("’", "")))
    kept = tuple(w for w in words if w not in _CONNECTORS)
    return kept or tuple(words)


def _join_initials(words: list[str]) -> list[str]:
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    return [*joined, run] if run else joined


def company_words(base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The distinctive and the generic words of a base name, each folded and in order.

    Example:
        >>> company_words("Lumitec Fensterbau")
        (('lumitec',), ('fensterbau',))
    """
    words = company_tokens(base)
    generic = tuple(w for w in words if is_generic(w))
    return tuple(w for w in words if w not in generic), generic


def acronym_of(base: str) -> str | None:
    """The acronym of a name: given in brackets, the name itself, or the initials of three words.

    Example:
        >>> acronym_of("Bayerische Motoren Werke"), acronym_of("BMW"), acronym_of("Meyer Bau")
        ('BMW', 'BMW', None)
    """
    bracketed = base[base.find("(") + 1 : base.find(")")] if "(" in base and ")" in base else ""
    if 2 <= len(bracketed) <= 6 and bracketed.isalnum() and bracketed.isupper():
        return bracketed
    words = [w.strip("().,\"'") for w in base.replace("-", " ").replace("/", " ").split()]
    words = [w for w in words if w and fold(w) not in {"the", "die", "der", "das"}]
    if len(words) > 1 and not base.isupper():
        own = next(
            (w for w in (words[0], words[-1]) if 2 < len(w) <= 5 and w.isalpha() and w.isupper()), None
        )
        if own is not None:
            return own
    if len(words) == 1 and 2 <= len(words[0]) <= 5 and words[0].isalnum() and words[0].isupper():
        return words[0]
    initials = [w[0] for w in words if w[0].isupper() and w[0].isalpha()]
    if any(is_given(w) for w in words):
        return None
    if 3 <= len(initials) <= 6 and len(initials) >= len(words) - 2 and not base.isupper():
        return "".join(initials)
    return None
