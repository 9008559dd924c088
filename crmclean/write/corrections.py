"""What a cell of a source should say: the customer's value, or the cell's own in normal form.

Names, birth date, firm and the plain address take the customer's value where it comes from a record
that is certainly the same customer; contact points and addresses of a place are never exchanged, only
brought into normal form. Identifiers, dates of the record and empty cells are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crmclean.fields import PLACES, base_field
from crmclean.messages import Lang
from crmclean.write.words import word

__all__ = ["Corrector"]

Texts = pd.Series
_PERSON = ("salutation", "title", "given_name", "middle_names", "family_name", "name_suffix", "birth_date")
_PARTS = ("street", "house_number", "postal_code", "city", "country")
_CONTACTS = frozenset(
    {"email", "phone", "phone_work", "phone_home", "phone_central", "mobile", "fax", "website"}
)
_DAYS = {"DMY": "{d}.{m}.{y}", "MDY": "{m}/{d}/{y}"}


@dataclass(frozen=True, slots=True)
class Corrector:
    """Proposes values for the columns of one source.

    Args:
        rows: Its cells under canonical fields, index record_id.
        parties: All parties, index party.
        people: Record -> party of its only person.
        firms: Record -> party of its organization.
        golden: Group of parties -> primary values of its customer that come from the group.
        groups: Party -> group.
        contacts: Contact points of the source's parties with `record_id`.
        addresses: Addresses of all parties.
        date_order: How the source writes dates.
        lang: Language of the source.
    """

    rows: pd.DataFrame
    parties: pd.DataFrame
    people: Texts
    firms: Texts
    golden: pd.DataFrame
    groups: Texts
    contacts: pd.DataFrame
    addresses: pd.DataFrame
    date_order: str
    lang: Lang

    def of(self, field: str) -> Texts | None:
        """The better value for each row of a column, missing where it is right; None for fields left alone."""
        place = next((p for p in PLACES if p and field.startswith(p)), "")
        if field in _PERSON:
            return self._different(field, self._person(field))
        if field == "organization":
            return self._firm()
        if field[len(place) :] in _PARTS:
            return self._different(field, self._address(field[len(place) :], place))
        return self._contact(field) if base_field(field) in _CONTACTS else None

    def _different(self, field: str, better: Texts) -> Texts:
        """What differs from a cell that holds something."""
        raw = self.rows[field].str.strip()
        return better.where(raw.notna() & (raw != "") & better.notna() & (better != raw))

    def _own(self, owners: Texts, field: str) -> Texts:
        known = self.parties[field] if field in self.parties.columns else pd.Series(dtype="str")
        return self._mapped(owners, known)

    def _gold(self, owners: Texts, field: str) -> Texts:
        if field not in self.golden.columns:
            return pd.Series(index=self.rows.index, dtype="str")
        groups = owners.reindex(self.rows.index).map(self.groups)
        return groups.map(self.golden[field]).astype("str")

    def _mapped(self, owners: Texts, values: Texts) -> Texts:
        return owners.reindex(self.rows.index).map(values).astype("str")

    def _person(self, field: str) -> Texts:
        own, gold = self._own(self.people, field), self._gold(self.people, field)
        better = gold.fillna(own)
        if field == "salutation":
            shown = better.map({c: word("salutation", str(c), self.lang) for c in better.dropna().unique()})
            return shown.astype("str").where(better != own)
        if field == "birth_date":
            return better.where(better != own).map(self._day, na_action="ignore").astype("str")
        if field == "given_name" and "middle_names" not in self.rows.columns:
            return _beside(better, self._with("middle_names", gold.notna()))
        if field == "family_name" and "name_prefix" not in self.rows.columns:
            return _beside(self._with("name_prefix", gold.notna()), better)
        return better

    def _with(self, field: str, of_customer: Texts) -> Texts:
        """Another part of the same name: the customer's where the name is the customer's."""
        return self._gold(self.people, field).where(of_customer, self._own(self.people, field))

    def _day(self, text: str) -> str:
        """A whole date as the source writes dates."""
        if self.date_order not in _DAYS or len(text) != 10:
            return text
        return _DAYS[self.date_order].format(y=text[:4], m=text[5:7], d=text[8:])

    def _firm(self) -> Texts:
        """The firm, where the source does not spread it over two columns."""
        own = self._own(self.firms, "organization")
        better = self._different("organization", self._gold(self.firms, "organization").fillna(own))
        if "organization_2" in self.rows.columns:
            better = better.where(self.rows["organization_2"].isna())
        return better

    def _address(self, part: str, place: str) -> Texts:
        """A part of the address: all parts come from one address; the house number goes where the source has it."""
        owners = self.firms.reindex(self.rows.index).fillna(self.people.reindex(self.rows.index))
        mine = self.addresses[self.addresses["field"].fillna("") == place].drop_duplicates("party")
        own = {name: self._mapped(owners, mine.set_index("party")[name]) for name in _PARTS}
        gold = {name: self._gold(owners, name) for name in _PARTS}
        use = gold["street"].notna() & gold["city"].notna() & (place == "")
        best = {name: gold[name].where(use, own[name]) for name in _PARTS}
        if part == "country":
            return best[part].where(best[part] != own[part])
        if part == "street" and f"{place}house_number" not in self.rows.columns:
            return _beside(best["street"], best["house_number"])
        return best[part]

    def _contact(self, field: str) -> Texts:
        """The normal form of the contact point, where the cell holds one and no extension."""
        mine = self.contacts[self.contacts["field"] == field]
        mine = mine[~mine["record_id"].duplicated(keep=False)]
        sound = mine[mine["valid"] & mine["extension"].isna()]
        return self._different(field, sound.set_index("record_id")["value"].reindex(self.rows.index))


def _beside(first: Texts, second: Texts) -> Texts:
    """Both with a blank between; missing where both are."""
    both = (first.fillna("") + " " + second.fillna("")).str.strip()
    return both.where(both != "")
