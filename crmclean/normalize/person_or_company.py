"""Is a text a person or a company? Clerks type persons into the company field and the reverse.

Both answers are scores from 0 to 1 made of signs: legal forms, trade words and ``&`` on one side;
salutations, titles, given and family names on the other. A frequent given name in front weighs
most. Source of the words: the lists in `crmclean/data`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crmclean.data import read_list
from crmclean.normalize.company_words import is_generic
from crmclean.normalize.legal_form import Word, form_at_end, split_words
from crmclean.normalize.person_words import (
    COUPLE_WORDS,
    is_family,
    is_given,
    is_initial,
    is_near_given,
    noble_titles,
    particles,
    suffix_words,
    word_key,
)
from crmclean.normalize.salutation import split_salutation
from crmclean.normalize.titles import split_titles
from crmclean.text.fold import collapse, fold, visible

__all__ = [
    "is_name_placeholder",
    "is_surely_company",
    "is_test_name",
    "looks_like_company",
    "looks_like_person",
    "names_owner",
    "owner_in",
    "placeholder_keys",
    "test_row_names",
    "test_row_words",
]

_LEAD = re.compile(r"^(?:fa\.?|firma)\s", re.IGNORECASE)
_OWNER = re.compile(r"\b(?:(?i:Inh\.|Inhaber(?:in)?|Niederlassung|Filiale)|NL)(?:\s|$)")
_SAME_LETTER = re.compile(r"(\w)\1*$")
_NAME_ENDING = re.compile(
    r"(?:mann|meier|meyer|mayer|maier|bauer|berger|inger|sen|ski|sky|cki|ovic|ic|oglu|hoff|huber|mueller|mann)$"
)
# Trade words that are family names, too.
_TRADE_NAMES = frozenset(
    {"maurer", "maler", "hof", "haus", "holz", "glas", "eisen", "stahl", "silber", "bank", "kunst", "stadt",
     "markt", "forst", "garten", "dach", "post", "licht"}
)  # fmt: skip
_JOINED = re.compile(r"\s*[&+]\s*|\s+(?:und|u\.?)\s+")
_PUNCTUATION = frozenset("-–—.,;:/\\*?!#_+|~'\"()[]=<> ")


@cache
def placeholder_keys() -> frozenset[str]:
    """Keys of the words that stand for no name."""
    return frozenset(word_key(line) for line in read_list("name_placeholders.txt"))


@cache
def test_row_names() -> frozenset[str]:
    """Names of test rows: max mustermann, asdf."""
    return frozenset(fold(line) for line in read_list("test_names.txt"))


@cache
def test_row_words() -> frozenset[str]:
    """The last words of test names: Mustermann, Test, Doe."""
    return frozenset(name.split()[-1] for name in test_row_names())


@lru_cache(maxsize=1 << 16)
def is_name_placeholder(text: str) -> bool:
    """Whether a text stands for no name: ``k. A.``, ``n/a``, ``-``, ``unbekannt``, ``xxx``.

    Example:
        >>> is_name_placeholder("k. A."), is_name_placeholder("---"), is_name_placeholder("Na")
        (True, True, False)
    """
    bare = text.strip()
    if not bare or all(c in _PUNCTUATION for c in bare):
        return True
    if len(bare) > 24 or bare == "Na":
        return False
    key = word_key(bare)
    if key in placeholder_keys() or not key or key.strip("0") == "":
        return True
    return len(key) > 2 and _SAME_LETTER.fullmatch(key) is not None


def names_owner(text: str) -> bool:
    """Whether a text speaks of a firm, its owner or a branch: Fa., Inh., Niederlassung."""
    return _LEAD.match(text) is not None or _OWNER.search(text) is not None


def is_test_name(text: str) -> bool:
    """Whether a name marks a test row: Max Mustermann, Test Test, asdf."""
    key = fold(text).replace(",", "")
    if key in test_row_names():
        return True
    words = key.split()
    return len(words) == 2 and f"{words[1]} {words[0]}" in test_row_names()


@lru_cache(maxsize=65536)
def looks_like_company(text: str) -> float:
    """How much a text looks like a company's name, 0 to 1.

    Example:
        >>> looks_like_company("Autohaus Schöne") > 0.7 > looks_like_company("Uwe Hoffmann")
        True
    """
    shown = collapse(visible(text))
    if not shown or is_name_placeholder(shown):
        return 0.0
    if names_owner(shown):
        return 0.97
    words = split_words(shown)
    if _has_form(words, shown):
        return 0.99
    addressed = split_salutation(shown.split())[0]
    if addressed is not None and addressed.code not in {"company", "family"}:
        return 0.05
    plain = [w for w in words if w.key not in COUPLE_WORDS]
    if any(is_generic(w.text) and not (is_given(w.text) or _is_last_family(w, plain)) for w in plain):
        return 0.55 if len(plain) == 1 and is_family(plain[0].text) else 0.93
    if any(w.key in {"&", "+", "und", "u"} for w in words[1:-1]):
        return _joined_score(shown)
    return _undecided(shown, len(plain))


@lru_cache(maxsize=65536)
def is_surely_company(text: str) -> bool:
    """Whether a text looks like a company as surely as it can (0.97 and more): a firm's owner, a legal form."""
    shown = collapse(visible(text))
    if not shown or is_name_placeholder(shown):
        return False
    return names_owner(shown) or _has_form(split_words(shown), shown)


def _undecided(shown: str, count: int) -> float:
    """Score of a text without a sign of a company: what is left if it is no person."""
    if any(c.isdigit() for c in shown):
        return 0.6
    person = _person_score(shown)
    if person >= 0.7:
        return round(1.0 - person, 3) / 2
    return 0.5 if count > 3 else 0.4 if person < 0.4 else 0.3


def _has_form(words: list[Word], shown: str) -> bool:
    form = form_at_end(words, len(words), shown)
    if form is None or (form.first == 0 and len(words) > 1):
        return False
    return not _is_doubtful_form(form.short, shown)


def _is_doubtful_form(short: str, shown: str) -> bool:
    """Forms that are family or given names too: Hans As, Maria Sa, Petra Co."""
    return short in {"AS", "SA", "AB", "AD", "Co.", "SE", "CA", "Ky", "Est.", "Bt.", "e.U."} and (
        "." not in shown and not shown.rsplit(maxsplit=1)[-1].isupper()
    )


def _is_last_family(word: Word, words: list[Word]) -> bool:
    """Holz, Maurer, Haus are family names where a given name precedes: Petra Holz, Osama bin Laden."""
    if len(words) > 2 and words[-1] is word and words[-2].text.islower() and words[-2].key in particles():
        return True
    if len(words) not in {2, 3} or words[-1] is not word:
        return False
    first = words[0].text
    return (is_family(word.text) or word.key in _TRADE_NAMES) and (is_given(first) or is_near_given(first))


def _joined_score(shown: str) -> float:
    """Müller & Schmidt is a company, Hans & Petra Meyer a couple, von und zu Berg one name."""
    parts = _JOINED.split(shown, maxsplit=1)
    left, right = parts[0].replace(",", " , ").split(), parts[-1].split()
    salutation, left = split_salutation(left, whole=True)
    titles, left = split_titles(left, addressed=True)
    if not left or not right or "," in left or any(w.lower() in particles() for w in left[1:]):
        return 0.1
    if salutation is not None and salutation.code != "company":
        return 0.05
    if not is_given(left[0]):
        return 0.9
    surely = not is_family(left[0]) or bool(titles)
    return 0.2 if surely or (len(right) > 1 and is_given(right[0])) or len(left) > 1 else 0.9


@lru_cache(maxsize=65536)
def looks_like_person(text: str) -> float:
    """How much a text looks like a person's name, 0 to 1.

    Example:
        >>> looks_like_person("Uwe Hoffmann") > 0.9 > 0.3 > looks_like_person("Metallbau Hagen")
        True
    """
    shown = collapse(visible(text))
    if not shown or is_name_placeholder(shown) or any(c.isdigit() for c in shown) or "@" in shown:
        return 0.0
    company = looks_like_company(shown)
    if company >= 0.85:
        return round(1.0 - company, 3)
    return _person_score(shown)


def _person_score(shown: str) -> float:
    words = shown.replace(",", " , ").split()
    salutation, rest = split_salutation(words)
    titles, rest = split_titles(rest, addressed=salutation is not None)
    rest = [w for w in rest if w != ","]
    if any(w.lower() in {"herr", "frau", "herrn"} for w in rest):
        return 0.95
    if salutation is not None and salutation.code != "company":
        return 0.97
    if titles:
        return 0.95
    while len(rest) > 2 and word_key(rest[-1]) in suffix_words():
        rest = rest[:-1]
    if not rest or len(rest) > 6:
        return 0.2
    cut_short = len(rest[-1]) > 3 and rest[-1].endswith(".")
    return min(_name_score(rest), 0.3) if cut_short else _name_score(rest)


def _name_score(words: list[str]) -> float:
    """Score of words without salutation, titles and suffixes."""
    plain = [w for w in words if w.lower() not in particles() and word_key(w) not in noble_titles()]
    if not plain:
        return 0.4
    if len(words) == 1:
        return _single_score(plain[0])
    first, last = plain[0], plain[-1]
    known_last = is_family(last) or _NAME_ENDING.search(fold(last)) is not None
    if is_given(first):
        return 0.96 if known_last else 0.9 if len(plain) <= 3 else 0.6
    if is_generic(first):
        return 0.05
    if is_given(last) and is_family(first):
        return 0.85
    return _unlisted_score(first, plain, known_last=known_last, particle=len(words) > len(plain))


def _unlisted_score(first: str, plain: list[str], *, known_last: bool, particle: bool) -> float:
    """Score where the first word is no given name that we know."""
    if is_initial(first):
        return 0.85 if known_last else 0.75
    if particle and known_last:
        return 0.75
    if len(plain) != 2:
        return 0.35
    near = is_near_given(first)
    return (0.72 if near else 0.55) if known_last else 0.7 if near else 0.35


def _single_score(word: str) -> float:
    if is_given(word):
        return 0.7
    return 0.55 if is_family(word) else 0.35


def owner_in(base: str) -> str | None:
    """The owner's name that a company's name holds: trade word, given name, family name.

    Example:
        >>> owner_in("Metzgerei Andreas Richter"), owner_in("Metzgerei Maurer")
        ('Andreas Richter', None)
    """
    words = base.replace("-", " ").split() if base.count(" ") < 2 else base.split()
    for i in range(len(words) - 1):
        given, family = words[i], words[i + 1]
        if i > 0 and not is_generic(words[i - 1]):
            continue
        if (
            not is_given(given)
            or not family[0].isupper()
            or is_generic(family)
            or (i == 0 and len(words) == 2)
        ):
            continue
        if family.lower() not in COUPLE_WORDS and (i > 0 or is_generic(words[i + 2])):
            return f"{given} {family}"
    return None
