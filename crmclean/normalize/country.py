"""Countries in any usual spelling to ISO 3166-1 alpha-2.

Source: names of Unicode CLDR in German, English, French and Italian, codes of ISO 3166-1, and our
list of further spellings (vehicle signs D, A, FL; BRD, Oesterreich, Tschechei). Where a vehicle sign
is another country's ISO code the ISO code holds (SK is Slovakia, not Sweden's town). States and
regions (Bayern) are not countries.
"""

from __future__ import annotations

import re
from functools import cache

from crmclean.data import read_list
from crmclean.normalize.text import empty_or_placeholder, repair_text
from crmclean.text.fold import fold, fold_plain
from crmclean.values import Cleaned, Finding

__all__ = ["normalize_country"]

_MARKS = re.compile(r"[^\w]+")
_FORMS = re.compile(
    r"^(?:(?:the|la|le|il|die|das) )?(?:(?:bundes)?republik|republic of(?: the)?|republique (?:de |du |d )?|repubblica (?:di |d )?|"
    r"konigreich(?: der)?|koenigreich(?: der)?|kingdom of(?: the)?|royaume (?:de |du )?|furstentum|fuerstentum|principality of|"
    r"grossherzogtum|grand duchy of|groherzogtum|staat|state of|sultanat|emirat|commonwealth der) "
)
_BRACKETED = re.compile(r"^(?P<outer>[^()\[\]]+?)\s*[(\[](?P<inner>[^()\[\]]+)[)\]]$")
_PAIR = re.compile(
    r"^(?P<code>[A-Za-z]{1,3})\s*[-–/|:,]\s*(?P<name>[^\d]{3,})$|^(?P<name2>[^\d]{4,}?)\s*[-–/|:,]\s*(?P<code2>[A-Za-z]{1,3})$"
)


def normalize_country(text: str) -> Cleaned[str]:
    """The alpha-2 code of the country, or None with ``country_unknown``.

    Capitals, marks and blanks do not matter, umlauts may be written out or lack their dots.

    Example:
        >>> normalize_country("Oesterreich").value, normalize_country("D").value
        ('AT', 'DE')
        >>> normalize_country("Bayern").issues[0].code
        'country_unknown'
    """
    if text in _codes():
        return Cleaned(text, text, "ok")
    empty = empty_or_placeholder(text)
    if empty is not None and _key(text) not in _names():
        return Cleaned(text, None, empty.status, empty.issues)
    clean = repair_text(text).value or text
    code = _lookup(clean) or _parts(clean)
    if code is None:
        return Cleaned(text, None, "invalid", (Finding("country_unknown"),))
    return Cleaned(text, code, "ok")


@cache
def _codes() -> frozenset[str]:
    return frozenset(line.split("\t")[0] for line in read_list("countries.txt"))


@cache
def _names() -> dict[str, str]:
    """Folded spelling -> alpha-2. Codes first, then CLDR's names, then our further spellings."""
    rows = [line.split("\t") for line in read_list("countries.txt")]
    found = {code.lower(): code for code, _, _ in rows}
    for code, alpha3, _ in rows:
        if alpha3:
            found.setdefault(alpha3.lower(), code)
    for code, _, names in rows:
        _add(found, code, names)
    for line in read_list("country_aliases.txt"):
        code, names = line.split("\t")
        _add(found, code, names)
    return found


def _add(found: dict[str, str], code: str, names: str) -> None:
    for name in names.split("|"):
        for key in (_key(name), _MARKS.sub(" ", fold_plain(name)).strip()):
            found.setdefault(key, code)


def _key(text: str) -> str:
    return _MARKS.sub(" ", fold(text)).strip()


def _lookup(text: str) -> str | None:
    """The code of one spelling: as written, without marks, without the form of state."""
    names = _names()
    for key in (_key(text), _MARKS.sub(" ", fold_plain(text)).strip()):
        for form in (key, key.replace(" ", ""), _expand(key), _FORMS.sub("", key)):
            if form in names:
                return names[form]
    return None


def _expand(key: str) -> str:
    """St. for Sankt or Saint, & for und: the names of islands are written both ways."""
    words = {"sankt": "st", "saint": "st", "sainte": "st", "and": "und", "u": "und"}
    return " ".join(words.get(w, w) for w in key.split())


def _parts(text: str) -> str | None:
    """The code where two spellings stand together and agree: Deutschland (DE), CH-Schweiz."""
    found = _BRACKETED.match(text) or _PAIR.match(text)
    if not found:
        return None
    codes = [_lookup(part) for part in found.groups() if part]
    known = {code for code in codes if code}
    return known.pop() if len(known) == 1 and codes[0] else None
