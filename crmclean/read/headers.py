"""Headers in one form: what is compared when a column's name is looked up.

Blanks, punctuation, case, umlauts and camel case do not matter: ``E-Mail: Adresse``, ``eMailAdresse``
and ``EMAIL_ADRESSE`` are one. A place (business, private, billing, delivery) is taken off the header
where what remains is an address part or a telephone. Does not know fields: see `aliases`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from crmclean.read.words import word_list
from crmclean.text.fold import fold

__all__ = ["Header", "parse_header", "split_place", "without_noise"]

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"^(?P<stem>.*?[a-z])_?(?P<number>\d{1,2})$")
_NAMELESS = re.compile(
    r"^(?:(?:column|spalte|col|field|feld|unnamed|unbenannt|var|attr|attribut|colonne|header|[a-z]|empty|leer)?\d+)?$"
)
_PLACES: dict[str, str] = {
    "geschaeftlich": "work_", "geschaeft": "work_", "gesch": "work_", "dienstlich": "work_",
    "beruflich": "work_", "buero": "work_", "business": "work_", "work": "work_", "office": "work_",
    "firma": "work_", "firmen": "work_", "geschaefts": "work_", "dienst": "work_", "company": "work_",
    "privat": "home_", "private": "home_", "priv": "home_", "home": "home_", "personal": "home_",
    "persoenlich": "home_", "wohn": "home_",
    "rechnung": "billing_", "rechnungs": "billing_", "billing": "billing_", "invoice": "billing_",
    "rechnungsadresse": "billing_", "rechnungsanschrift": "billing_", "bill": "billing_", "rg": "billing_",
    "lieferung": "delivery_", "liefer": "delivery_", "shipping": "delivery_", "delivery": "delivery_",
    "lieferadresse": "delivery_", "lieferanschrift": "delivery_", "ship": "delivery_", "versand": "delivery_",
    "lief": "delivery_",
    "mailing": "", "main": "", "primary": "", "haupt": "", "default": "", "other": "", "weitere": "",
    "weiterer": "", "weiteres": "", "alternate": "", "alternative": "", "secondary": "", "zweite": "",
    "hauptadresse": "", "hauptanschrift": "", "standard": "", "postal": "",
}  # fmt: skip
_JOINED = sorted((p for p in _PLACES if len(p) >= 4), key=len, reverse=True)
_NOISE = word_list("noise")


@dataclass(frozen=True, slots=True)
class Header:
    """A column's header in the forms in which it is looked up.

    Args:
        raw: As read.
        words: Folded words, camel case and punctuation separate.
        compact: The folded letters and digits without anything between.
        number: Trailing number of the compact form, None without one.
        nameless: The header says nothing (``Column 3``, ``7``, empty).
    """

    raw: str
    words: tuple[str, ...]
    compact: str
    number: int | None
    nameless: bool

    @property
    def stem(self) -> str:
        """The compact form without a trailing number."""
        found = _DIGITS.match(self.compact)
        return found["stem"] if found else self.compact


@cache
def parse_header(raw: str) -> Header:
    """The header in its forms.

    Example:
        >>> parse_header("E-Mail 2: Adresse").compact
        'email2adresse'
        >>> parse_header("billingFirstName").words
        ('billing', 'first', 'name')
    """
    text = unicodedata.normalize("NFKC", raw.removeprefix("\ufeff"))
    words = tuple(_WORD.findall(fold(_CAMEL.sub(" ", text)).replace("'", "")))
    compact = "".join(words)
    found = _DIGITS.match(compact)
    return Header(
        raw, words, compact, int(found["number"]) if found else None, bool(_NAMELESS.match(compact))
    )


def split_place(header: Header) -> tuple[tuple[str, str], ...]:
    """Readings of the header as a place and a rest: (place prefix of a field, compact rest).

    The place may be a word of its own (``Telefon (privat)``) or grown together with the rest
    (``Rechnungsstraße``). Readings come in order of trust; there may be none.

    Example:
        >>> split_place(parse_header("Straße geschäftlich"))[0]
        ('work_', 'strasse')
        >>> split_place(parse_header("Lieferort"))[0]
        ('delivery_', 'ort')
    """
    found: list[tuple[str, str]] = []
    for position, word in enumerate(header.words):
        if word in _PLACES:
            rest = "".join(w for i, w in enumerate(header.words) if i != position and w not in _LINKS)
            found.append((_PLACES[word], rest))
    for joined in _JOINED:
        found.extend((_PLACES[joined], rest) for rest in _cut(header.compact, joined))
    return tuple(dict.fromkeys((place, rest) for place, rest in found if rest))


_LINKS = frozenset({"adresse", "address", "anschrift", "to"})


def _cut(compact: str, joined: str) -> list[str]:
    rests = []
    if compact.startswith(joined):
        rests.append(compact.removeprefix(joined))
    if compact.endswith(joined):
        rests.append(compact.removesuffix(joined))
    return rests


def without_noise(header: Header) -> tuple[str, ...]:
    """Compact forms of the header without words that only say whose the value is.

    ``Kunde_Vorname``, ``contact.email`` and ``E-Mail des Kunden`` give ``vorname``, ``email`` and
    ``email``; for a path (``customer.address.city``) its last word comes as well.

    Example:
        >>> without_noise(parse_header("customer_first_name"))
        ('firstname',)
    """
    kept = [w for w in header.words if w not in _NOISE]
    forms = ["".join(kept)]
    parts = [p for p in re.split(r"[./\\>\[\]:]+", header.raw) if p.strip()]
    if len(parts) > 1:
        last = parse_header(parts[-1])
        forms += [last.compact, "".join(w for w in last.words if w not in _NOISE)]
    forms += [
        header.compact.removeprefix(p)
        for p in ("kunden", "customer", "contact")
        if len(header.compact) > len(p) + 2
    ]
    return tuple(dict.fromkeys(f for f in forms if f and f != header.compact))
