"""A field by values alone: for columns without a telling header, and for headers that contradict.

Where a header says nothing (``Column 3``) values and neighbours decide everything that can be seen;
where it says something unknown, only what values prove (mail, telephone, IBAN, company, street).
"""

from __future__ import annotations

import re

from crmclean.read.aliases import Hit
from crmclean.read.ambiguous import View
from crmclean.read.content import Content
from crmclean.read.headers import Header
from crmclean.read.words import word_list

__all__ = ["contradicts", "guess_field", "is_shared_id"]

_PROVEN: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("email", ("email",), 0.6),
    ("iban", ("iban",), 0.7),
    ("vat_id", ("vat",), 0.8),
    ("salutation", ("salutation",), 0.8),
    ("full_address", ("address",), 0.6),
    ("street", ("street",), 0.7),
    ("phone", ("phone",), 0.8),
    ("organization", ("company",), 0.5),
)
_ACCEPTED: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone", "number"),
    "phone_work": ("phone", "number"),
    "phone_home": ("phone", "number"),
    "mobile": ("phone", "number"),
    "fax": ("phone", "number"),
    "birth_date": ("date", "compact_date", "number", "year"),
    "postal_code": ("postcode", "number", "id"),
    "given_name": ("words", "given", "full_name", "title"),
    "family_name": ("words", "family", "full_name"),
    "city": ("words", "postal_city", "street"),
}
"""What a field's values may look like; a column of which not a tenth does contradicts its header."""
_SOMEONE_ELSE = word_list("someone_else")
"""Words by which a column is about another person: our agent, an emergency contact."""


def guess_field(position: int, view: View) -> Hit | None:
    """The field that the values suggest, or None; confidence stays below that of a known header."""
    header, content = view.headers[position], view.contents[position]
    if content.empty or set(header.words) & _SOMEONE_ELSE:
        return None
    for field, kinds, least in _PROVEN:
        share = content.share(*kinds)
        if share >= least and not _refuted(field, header, content):
            return Hit(_mobile(field, content), round(min(0.8, 0.3 + share / 2), 2))
    person = _person(content)
    if (
        person
        and not view.has(person.field)
        and (_open_to_names(header) or _only_name(person, content, view))
    ):
        return person
    return _nameless(position, view) if header.nameless else None


def _refuted(field: str, header: Header, content: Content) -> bool:
    if field == "phone":
        numbered = bool(set(header.words) & _NUMBERS)
        return numbered or content.share("money", "date", "postcode") >= 0.5
    if field == "organization":
        return content.share("text") >= 0.4
    return field in {"street", "full_address"} and content.share("text") >= 0.6


def _mobile(field: str, content: Content) -> str:
    if field != "phone":
        return field
    mobile = sum(bool(_MOBILE.match(v)) for v in content.sample)
    return "mobile" if mobile >= 0.8 * len(content.sample) else "phone"


_NUMBERS = frozenset(
    {"id", "ids", "ssn", "code", "license", "licence", "passport", "imei", "policy", "vertrag"}
)
"""Words of headers whose values are numbers of something else than a telephone."""
_MOBILE = re.compile(
    r"^\W*(?:(?:\+|00)49[\s()0/.\-]*1[567]|01[567]|(?:\+|00)43[\s()0/.\-]*6[5-9]|06[5-9]|(?:\+|00)41[\s()0/.\-]*7|07[5-9])"
)


def _open_to_names(header: Header) -> bool:
    """Whether names below this header are the customer's: it says nothing, or that it is a name."""
    return header.nameless or header.compact.endswith(("name", "names", "namen", "nm"))


def _only_name(person: Hit, content: Content, view: View) -> bool:
    """Full names below an unknown header (a question in a form) where no other column has names."""
    named = {"given_name", "family_name", "full_name"} & set(view.fields)
    return person.field == "full_name" and content.share("full_name") >= 0.8 and not named


def _person(content: Content) -> Hit | None:
    if content.share("text") >= 0.3:
        return None
    given, family, full = (content.share(k) for k in ("given", "family", "full_name"))
    if full >= 0.6:
        return Hit("full_name", 0.65)
    if given >= 0.6 and given > family:
        return Hit("given_name", 0.6)
    if family >= 0.4 and content.share("words") >= 0.8:
        return Hit("family_name", 0.55)
    return None


def _nameless(position: int, view: View) -> Hit | None:
    content, before = view.contents[position], view.before(position)
    if content.share("date", "compact_date") >= 0.7:
        return _dated(content, view)
    if _unique_id(content) and not view.has("record_id") and position <= 1:
        return Hit("record_id", 0.6)
    houses = before.endswith("street") and content.share("house") >= 0.8
    for field, fits in (
        ("city", content.share("postal_city") >= 0.7),
        ("title", content.share("title") >= 0.7),
        ("country", content.share("country") >= 0.8),
        ("house_number", houses),
        ("postal_code", content.share("postcode") >= 0.9),
    ):
        if fits and not view.has(field):
            return Hit(field, 0.65)
    if content.share("words") >= 0.85 and content.share("text") < 0.3:
        return _words(before, view)
    return None


def _unique_id(content: Content) -> bool:
    return content.varied >= 0.995 and content.filled >= 0.99 and content.share("id", "number") >= 0.9


def _words(before: str, view: View) -> Hit | None:
    if before in {"given_name", "salutation", "title"} and not view.has("family_name"):
        return Hit("family_name", 0.55)
    if before in {"postal_code", "street", "house_number"} and not view.has("city"):
        return Hit("city", 0.6)
    return None


def _dated(content: Content, view: View) -> Hit | None:
    years = sorted(
        int(y[0]) for y in (re.findall(r"(?<!\d)(?:18|19|20)\d{2}", v) for v in content.sample) if y
    )
    if not years:
        return None
    if years[len(years) // 2] < 1995 and years[-1] - years[0] >= 20 and not view.has("birth_date"):
        return Hit("birth_date", 0.6)
    return None if view.has("created_at") else Hit("created_at", 0.45)


def contradicts(field: str, content: Content) -> bool:
    """Whether at most a tenth of the values looks like the field's (given at least five values)."""
    base = (
        field.removeprefix("work_").removeprefix("home_").removeprefix("billing_").removeprefix("delivery_")
    )
    kinds = _ACCEPTED.get(base)
    return kinds is not None and len(content.sample) >= 5 and content.share(*kinds) <= 0.1


def is_shared_id(position: int, view: View) -> bool:
    """Whether an unknown column looks like an identifier that several rows may share.

    Long values of one pattern, many of them, some repeated: neither a code of few values (branch,
    status) nor a number that is unique per row. A header that does not speak of a number is not
    needed where rows with one value mostly have one name.
    """
    header, content = view.headers[position], view.contents[position]
    return _of_numbers(content) and (_speaks_of_number(header) or _follows_names(position, view))


def _of_numbers(content: Content) -> bool:
    dated = content.share("date", "compact_date", "money", "postcode") >= 0.5
    if content.share("id") < _OF_ONE_PATTERN or dated:
        return False
    long = sum(len(v) >= 5 for v in content.sample) >= 0.9 * len(content.sample)
    return long and 0.3 <= content.varied < 0.995 and len(content.sample) >= 5


def _speaks_of_number(header: Header) -> bool:
    said = header.nameless or bool(set(header.words) & _ID_WORDS)
    return said or header.compact.endswith(("nr", "id", "nummer", "no"))


def _follows_names(position: int, view: View) -> bool:
    """Whether rows that share a value of the column mostly share a name."""
    names = [i for i, field in enumerate(view.fields) if field in _NAMES]
    values = view.frame.iloc[:, position]
    shared = values.notna() & values.duplicated(keep=False)
    if not names or shared.sum() < _FEWEST_SHARED:
        return False
    chosen = view.frame.loc[shared].iloc[: 10 * _FEWEST_SHARED * _FEWEST_SHARED]
    key = chosen.iloc[:, position]
    groups = key.nunique()
    alike = [
        chosen.iloc[:, name].str.lower().str[:3].groupby(key).nunique().le(1).sum() / groups for name in names
    ]
    return bool(max(alike) >= _SAME_NAMES)


_OF_ONE_PATTERN = 0.8
"""Share of values that must look like a number: where more copies are misspelt, "different" would say too much."""
_NAMES = frozenset({"given_name", "family_name", "full_name", "organization"})
_FEWEST_SHARED = 20
"""Rows with a repeated value from which the names beside them tell anything."""
_SAME_NAMES = 0.7
"""Share of repeated values beside one name: copies are misspelt at times, strangers hardly ever alike."""
_ID_WORDS = word_list("id_word")
