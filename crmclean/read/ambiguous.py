"""Words that mean several fields: decided by values and by the other columns of the table.

Title is a salutation, a degree or a job; Name a person, a family name or a company; Zusatz belongs
to the column before it. Each question has one small function; the header words that lead to it are
in `aliases.AMBIGUOUS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from crmclean.read.aliases import KNOWN_UNUSED, Hit
from crmclean.read.content import Content
from crmclean.read.headers import Header

__all__ = ["View", "decide", "names_businesses"]


@dataclass(frozen=True, slots=True)
class View:
    """A table while its columns are being understood.

    Args:
        frame: The raw cells.
        headers: Parsed headers, in order.
        contents: What the columns hold.
        fields: Field of each column so far; None where undecided.
        consents: Whether other columns speak of consent.
        events: Whether a row is a contact on a channel.
    """

    frame: pd.DataFrame
    headers: Sequence[Header]
    contents: Sequence[Content]
    fields: list[str | None]
    consents: bool
    events: bool

    def before(self, position: int) -> str:
        """The field of the nearest decided column on the left, without place; empty for none."""
        for field in reversed(self.fields[:position]):
            if field and field != KNOWN_UNUSED:
                return field
        return ""

    def has(self, *fields: str) -> bool:
        """Whether all these fields are taken."""
        return all(field in self.fields for field in fields)

    def alone(self, position: int, *fields: str) -> float:
        """Share of rows in which this column is filled and none of the fields is."""
        others = [i for i, field in enumerate(self.fields) if field in fields]
        mine = self.frame.iloc[:, position].notna()
        if len(mine) == 0:
            return 0.0
        for other in others:
            mine &= self.frame.iloc[:, other].isna()
        return float(mine.mean())


def decide(question: str, position: int, view: View) -> Hit:
    """The field of an ambiguous column; "-" where it means nothing that is used."""
    return _QUESTIONS[question](position, view)


def _title(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.empty:
        german = view.headers[position].compact == "titel"
        return Hit("title" if german else "salutation", 0.5)
    kind, share = content.best(("salutation", "title", "job"))
    if kind == "salutation" and share >= 0.3:
        return Hit("salutation", 0.9)
    if kind == "title" and share >= 0.3:
        return Hit("title", 0.9)
    if view.headers[position].compact.endswith(("prefix", "praefix")):
        return Hit("name_prefix", 0.6)
    return Hit("role", 0.8 if share >= 0.2 else 0.6)


def _position(position: int, view: View) -> Hit:
    if view.contents[position].share("number") >= 0.5:
        return Hit(KNOWN_UNUSED, 0.8)
    return Hit("role", 0.85)


def names_businesses(content: Content) -> bool:
    """Whether a column of names holds restaurants, shops, sites: hardly any known given or family name.

    Words of trade, or words that no person's name has, must be there: names of a language that we do
    not know are people's.
    """
    known = max(content.share(kind) for kind in ("full_name", "given", "family"))
    trade = sum(bool(_TRADE.search(value)) for value in content.sample) + 1
    return len(content.sample) >= 20 and known < 0.2 and trade >= 0.1 * len(content.sample)


_TRADE = re.compile(
    r"(?i)\b(?:the|of|and|und|et|y|am|im|zum|zur|bei|cafe|café|bistro|grill|grille|kitchen|bar|diner|deli|house|haus|club|"
    r"restaurant|pizzeria|trattoria|gasthof|gasthaus|hotel|inn|school|schule|center|centre|church|shop|store|market|markt|"
    r"gmbh|ag|kg|inc|corp|corporation|company|co|ltd|nv|sa|plc|industries|university|institute|institut|stiftung|verein)\b"
    r"|&|['’`]s\b|\d"
)


def _name(position: int, view: View) -> Hit:
    content = view.contents[position]
    company = content.share("company")
    if content.share("id", "number") >= 0.8:
        return Hit(KNOWN_UNUSED, 0.7)
    if view.has("given_name", "family_name"):
        if company >= 0.4 and not view.has("organization"):
            return Hit("organization", 0.8)
        useful = view.alone(position, "given_name", "family_name", "organization") > 0.01
        return Hit("full_name", 0.7) if useful else Hit(KNOWN_UNUSED, 0.7)
    if view.has("family_name"):
        return Hit("given_name", 0.6) if content.share("given") >= 0.6 else Hit("full_name", 0.6)
    if view.has("given_name"):
        return Hit("family_name", 0.85)
    if (company >= 0.5 or names_businesses(content)) and not view.has("organization"):
        return Hit("organization", 0.8)
    return Hit("full_name", 0.85 if content.share("full_name") >= 0.4 else 0.7)


def _name_2(position: int, view: View) -> Hit:
    if view.contents[position].share("given") >= 0.7 and not view.has("given_name"):
        return Hit("given_name", 0.7)
    return Hit("organization_2", 0.7)


def _contact(position: int, view: View) -> Hit:
    if view.contents[position].share("email", "phone") >= 0.5:
        return Hit("contact_any", 0.9)
    return Hit("full_name", 0.7)


def _customer(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.share("id", "number") >= 0.6:
        return Hit("customer_no", 0.7)
    if content.share("email", "phone") >= 0.5:
        return Hit("contact_any", 0.8)
    company = content.share("company") >= 0.5 and not view.has("organization")
    return Hit("organization" if company else "full_name", 0.7)


def _account(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.share("iban") >= 0.5:
        return Hit("iban", 0.9)
    if content.share("company") >= 0.4 and not view.has("organization"):
        return Hit("organization", 0.7)
    return Hit(KNOWN_UNUSED, 0.6)


def _addition(position: int, view: View) -> Hit:
    before = view.before(position)
    if before.startswith("organization") or view.contents[position].share("company") >= 0.4:
        return Hit("organization_2", 0.75)
    if before in {"family_name", "full_name"} and view.contents[position].share("title") >= 0.5:
        return Hit("title", 0.7)
    return Hit("address_addition", 0.75)


def _number(position: int, view: View) -> Hit:
    content = view.contents[position]
    if view.before(position).endswith("street") and content.share("house") >= 0.7 and content.varied < 0.95:
        return Hit("house_number", 0.85)
    if content.varied >= 0.95 and content.filled >= 0.9 and not view.has("record_id"):
        return Hit("record_id", 0.75)
    return Hit(KNOWN_UNUSED, 0.5)


def _date(position: int, view: View) -> Hit:
    dated = (
        view.contents[position].share("date", "compact_date", "number") >= 0.5
        or view.contents[position].empty
    )
    return Hit("created_at", 0.75) if dated and not view.has("created_at") else Hit(KNOWN_UNUSED, 0.5)


def _address(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.share("email") >= 0.5:
        return Hit("email", 0.8)
    if content.share("address") >= 0.3:
        return Hit("full_address", 0.9)
    if view.has("street"):
        return Hit("address_addition", 0.6)
    parts = view.has("city") or view.has("postal_code")
    return Hit("street" if parts or content.share("street") >= 0.5 else "full_address", 0.8)


def _city_or_address(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.share("address") >= 0.3:
        return Hit("full_address", 0.8)
    free = not view.has("city") and content.share("words", "postal_city") >= 0.7
    return Hit("city", 0.7) if free else Hit(KNOWN_UNUSED, 0.5)


def _line(position: int, view: View) -> Hit:
    """A further address line: in British lists the town or the postcode, else an addition."""
    content = view.contents[position]
    if content.share("postcode") >= 0.8 and not view.has("postal_code"):
        return Hit("postal_code", 0.75)
    town = not view.has("city") and content.share("words") >= 0.8 and content.share("street") <= 0.3
    return Hit("city", 0.65) if town and not content.empty else Hit("address_addition", 0.7)


def _postal_city(position: int, view: View) -> Hit:
    return Hit("full_address" if view.contents[position].share("address") >= 0.5 else "city", 0.85)


def _birth_part(field: str, most: int) -> Callable[[int, View], Hit]:
    def answer(position: int, view: View) -> Hit:
        rows = view.frame.iloc[:, position].value_counts()
        values = rows[rows.index.str.fullmatch(r"\s*\d{1,4}\s*")]
        low = 1850 if field == "birth_year" else 1
        fits = sum(times for value, times in values.items() if low <= int(str(value)) <= most)
        known = {h.compact for h in view.headers}
        whole = any(trio <= known for trio in _TRIOS)
        if whole and fits and fits >= 0.9 * rows.sum():
            return Hit(field, 0.85)
        tags = view.headers[position].compact == "tag" and not len(values)
        return Hit("category" if tags else KNOWN_UNUSED, 0.5)

    return answer


_TRIOS = ({"by", "bm", "bd"}, {"year", "month", "day"}, {"jahr", "monat", "tag"})


def _signup(position: int, view: View) -> Hit:
    content = view.contents[position]
    if content.share("flag") >= 0.6:
        return Hit("optin_newsletter" if "subscri" in view.headers[position].compact else KNOWN_UNUSED, 0.7)
    if view.consents:
        return Hit("consent_given_at", 0.9)
    return Hit(KNOWN_UNUSED, 0.5) if view.has("created_at") else Hit("created_at", 0.85)


def _origin(position: int, view: View) -> Hit:
    del position
    return Hit("consent_origin", 0.9) if view.consents else Hit(KNOWN_UNUSED, 0.6)


def _source(position: int, view: View) -> Hit:
    column = view.frame.iloc[:, position]
    names = column.dropna().unique()
    slugs = pd.Series(names, dtype="str").str.fullmatch(r"[\w.\-]{1,40}").all()
    if len(names) and len(names) <= 50 and bool(slugs) and column.notna().all() and not view.consents:
        return Hit("source", 0.85)
    return Hit("consent_origin", 0.7) if view.consents else Hit(KNOWN_UNUSED, 0.5)


def _text(position: int, view: View) -> Hit:
    del position
    return Hit("subject", 0.9) if view.events else Hit("note", 0.8)


def _ip(position: int, view: View) -> Hit:
    del position
    return Hit("consent_evidence", 0.7) if view.consents else Hit(KNOWN_UNUSED, 0.9)


def _web(position: int, view: View) -> Hit:
    return Hit("website" if view.contents[position].share("url") >= 0.3 else KNOWN_UNUSED, 0.7)


def _nothing(position: int, view: View) -> Hit:
    del position, view
    return Hit(KNOWN_UNUSED, 0.6)


_QUESTIONS: dict[str, Callable[[int, View], Hit]] = {
    "title": _title,
    "position": _position,
    "name": _name,
    "name2": _name_2,
    "contact": _contact,
    "customer": _customer,
    "account": _account,
    "addition": _addition,
    "number": _number,
    "date": _date,
    "address": _address,
    "city_or_address": _city_or_address,
    "line": _line,
    "postal_city": _postal_city,
    "birth_year": _birth_part("birth_year", 2035),
    "birth_month": _birth_part("birth_month", 12),
    "birth_day": _birth_part("birth_day", 31),
    "signup": _signup,
    "origin": _origin,
    "source": _source,
    "text": _text,
    "ip": _ip,
    "web": _web,
    "nothing": _nothing,
}
