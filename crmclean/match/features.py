"""What matching knows of each party: every fact as codes, one row per party.

Rows are sorted by party key, so that nothing downstream depends on the order of the input.
Test rows (Max Mustermann) have no facts: they meet nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.match.codes import (
    Codes,
    Ints,
    Unnamed,
    Values,
    arrow_of,
    combine,
    encode,
    numbered,
    recode,
    recode_texts,
)
from crmclean.match.contact_features import contact_facts, given_facts, names_per_value
from crmclean.match.forms import (
    acronym_forms,
    beginning,
    compact,
    either_order,
    first_word,
    given_sound,
    joined_texts,
    number_key,
    seniority,
    street_key,
)
from crmclean.match.rows import ORDER, Columns, chosen_rows, picked, places_of
from crmclean.match.used import Tables
from crmclean.tables import Addresses, Contacts, Parties
from crmclean.text.fold import fold, fold_umlaut, tokens
from crmclean.text.phonetics import cologne_words

__all__ = ["Features", "facts_of", "features_of", "needed", "without_keys"]

ADDRESS_SLOTS, WORD_SLOTS = 2, 3
_BOTH = ["party", "source", "customer_no", "other_id", "org_base", "organization"]
_PERSON_COLUMNS = [
    *_BOTH, "family_name", "given_name", "middle_names", "birth_name", "gender", "name_suffix", "birth_date",
    "national_id",
]  # fmt: skip
_ORGANIZATION_COLUMNS = [*_BOTH, "legal_form", "vat_id", "register_no"]
_CONTACT_COLUMNS = ("kind", "key", "type", "extension")
_ADDRESS_COLUMNS = ("street", "house_number", "postal_code", "city", "po_box")


@dataclass(frozen=True, slots=True)
class Features:
    """The facts of all parties of one kind.

    Args:
        parties: Party keys, sorted.
        sources: Source per party.
        facts: Name -> codes; slot facts are matrices.
        masks: Name -> boolean or small whole numbers per distinct value of a fact.
    """

    kind: str
    parties: Sequence[str]
    sources: Codes
    facts: Mapping[str, Codes]
    masks: Mapping[str, Ints] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of parties."""
        return len(self.parties)


def needed(parties: Parties, contacts: Contacts, addresses: Addresses) -> tuple[Parties, Contacts, Addresses]:
    """The tables with the columns alone that matching and customer ids ask for."""
    own = {*_PERSON_COLUMNS, *_ORGANIZATION_COLUMNS, "record_id", "kind", "is_test"}
    return (
        Parties(_only(parties, own)),
        Contacts(_only(contacts, {*_CONTACT_COLUMNS, *ORDER, "party"})),
        Addresses(_only(addresses, {*_ADDRESS_COLUMNS, *ORDER, "party"})),
    )


def _only(frame: pd.DataFrame, columns: set[str]) -> pd.DataFrame:
    return frame[[c for c in frame.columns if c in columns]]


def without_keys(features: Features) -> Features:
    """The features without the facts that bring parties together and say nothing of a pair."""
    return replace(features, facts={name: c for name, c in features.facts.items() if name not in _KEYS})


_KEYS = frozenset(
    {"family_plain", "given_plain", "initial", "family_start", "given_start", "organization_start", "birth_any",
     "phone_start", "phone_end", "email_start", "email_digits", "name_start", "word", "acronym"}
)  # fmt: skip


def features_of(
    kind: str, parties: Parties, contacts: Contacts, addresses: Addresses, *, threads: int = 1
) -> Features:
    """The features of all parties of a kind that are no test rows.

    Args:
        kind: person or organization.
        parties: The parties table, in any order.
        contacts: The contacts table; rows of other parties are ignored.
        addresses: The addresses table, likewise.
        threads: Kinds of facts worked on at once.
    """
    return facts_of(kind, Tables(parties, contacts, addresses), threads=threads)


def facts_of(kind: str, tables: Tables, *, threads: int = 1) -> Features:
    """As `features_of`, of tables that may go once they are read; a kind is one reader of each.

    Args:
        kind: person or organization.
        tables: The tables.
        threads: Kinds of facts worked on at once.
    """
    rows, index = chosen_rows(kind, tables.look("parties"))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        points = pool.submit(places_of, tables.look("contacts"), index)
        homes = pool.submit(_addresses_of, tables, index)
        own = pool.submit(_own_facts, kind, tables, rows)
        reach, mobile = _reach_of(tables, points.result(), len(index), pool.map)
        del points
        sources, facts = own.result()
        masks = {**names_per_value(reach, facts, pool.map), "mobile": mobile}
        address_facts = homes.result()
    pa.default_memory_pool().release_unused()  # what stood between tables and codes
    if kind == "person":
        facts["organization"] = _employers(facts["organization"], reach["domain"])
    return Features(kind, Values(index), sources, {**facts, **reach, **address_facts}, masks)


def _reach_of(
    tables: Tables, places: tuple[Ints, Ints], n: int, each: Callable[..., Iterable[Any]]
) -> tuple[dict[str, Codes], Ints]:
    """Contact points, what is given, and which numbers are said to be mobile."""
    with tables.read("contacts") as contacts:
        reach, mobile = contact_facts(contacts, *places, n, each=each)
        return reach | given_facts(contacts, *places, n), mobile


def _own_facts(kind: str, tables: Tables, rows: Ints) -> tuple[Codes, dict[str, Codes]]:
    """Sources, and what the parties table itself says."""
    with tables.read("parties") as parties:
        chosen = Columns(parties, rows)
        if kind == "person":
            return encode(chosen["source"]), _person_facts(chosen)
        return encode(chosen["source"]), _organization_facts(picked(parties[_ORGANIZATION_COLUMNS], rows))


def _addresses_of(tables: Tables, index: pa.Array) -> dict[str, Codes]:
    with tables.read("addresses") as addresses:
        at, row = places_of(addresses, index)
        rows = picked(addresses[list(_ADDRESS_COLUMNS)], at).assign(_row=row)
    del addresses
    return _address_facts(rows, len(index))


def _shared_facts(chosen: Columns | pd.DataFrame) -> dict[str, Codes]:
    return {
        "customer_no": encode(chosen["customer_no"], compact),
        "other_id": encode(chosen["other_id"], compact),
    }


def _person_facts(chosen: Columns) -> dict[str, Codes]:
    family = encode(chosen["family_name"], fold)
    given = encode(chosen["given_name"], fold)
    employer = pc.coalesce(chosen["org_base"], chosen["organization"])
    organization, birth = encode(employer, compact), encode(chosen["birth_date"])
    family_plain, given_plain = recode(family, fold_umlaut), recode(given, fold_umlaut)
    facts = {
        "family": family,
        "given": given,
        "given_whole": _given_whole(chosen["given_name"], chosen["middle_names"]),
        "given_first": recode(given, first_word),
        "middle": encode(chosen["middle_names"], first_word),
        "birth_name": encode(chosen["birth_name"], fold),
        "gender": _genders(encode(chosen["gender"]), given),
        "suffix": encode(chosen["name_suffix"], seniority),
        "birth": birth,
        "national_id": encode(chosen["national_id"], compact),
        "organization": organization,
        "family_sound": recode(family, cologne_words),
        "given_sound": recode(given, given_sound),
        "family_plain": family_plain,
        "given_plain": given_plain,
        "initial": recode_texts(given, beginning(1)),
        "family_start": recode_texts(family_plain, beginning(3)),
        "given_start": recode_texts(given_plain, beginning(3)),
        "organization_start": recode_texts(organization, beginning(5)),
        "birth_any": recode(birth, either_order),
        "birth_year": recode_texts(birth, beginning(4)),
    }
    return {**facts, **_shared_facts(chosen)}


def _given_whole(given: pa.Array, middle: pa.Array) -> Codes:
    """All given names of a row as one, folded, without blanks."""
    one, two = encode(given), encode(middle)
    width = len(two.values) + 1
    keys = (one.codes.astype(np.int64) + 1) * width + (two.codes + 1)
    pairs, codes = np.unique(keys, return_inverse=True)
    first, further = pairs // width - 1, pairs % width - 1
    texts = joined_texts(_named(one, first), _named(two, further))
    return recode(Codes(codes, Values(texts), np.bincount(codes)), compact)


def _named(column: Codes, codes: Ints) -> pa.Array:
    """The values of these codes; "" for -1."""
    return arrow_of(column.values).take(pa.array(codes, mask=codes < 0)).fill_null("")


def _genders(gender: Codes, given: Codes) -> Codes:
    """Gender from the salutation; where there is none, what the given name's other bearers are.

    Three bearers of known gender, all but one in twenty alike, are asked for. Serves comparison
    alone: nothing of it is stored.
    """
    both = (gender.codes >= 0) & (given.codes >= 0)
    if not both.any():
        return gender
    table = np.zeros((len(given.values) + 1, len(gender.values)), dtype=np.int64)
    np.add.at(table, (given.codes[both], gender.codes[both]), 1)
    total, most = table.sum(axis=1), table.max(axis=1)
    likely = np.where((total >= 3) & (most * 20 >= total * 19), table.argmax(axis=1), -1)
    codes = np.where(gender.codes >= 0, gender.codes, likely[given.codes])
    counts = np.bincount(codes[codes >= 0], minlength=len(gender.values)).astype(np.int64)
    return Codes(codes, gender.values, counts)


def _employers(organization: Codes, domain: Codes) -> Codes:
    """The employer; where a row names none, the one whose people mostly use its e-mail domain.

    A domain that no company's people use (a mail provider) or several companies' tells nothing.
    """
    first = domain.codes[:, 0]
    both = (organization.codes >= 0) & (first >= 0)
    pairs, times = np.unique(
        np.stack([first[both], organization.codes[both]], axis=1), axis=0, return_counts=True
    )
    known = np.full(len(domain.values) + 1, -1, dtype=np.int64)
    users = np.bincount(first[first >= 0], minlength=len(domain.values))
    order = np.lexsort((pairs[:, 1], times))
    known[pairs[order, 0]] = pairs[order, 1]
    best = np.zeros(len(known), dtype=np.int64)
    best[pairs[order, 0]] = times[order]
    known[:-1][best[:-1] * 4 < users] = -1
    codes = np.where(organization.codes >= 0, organization.codes, known[first]).astype(np.int32)
    counts = np.bincount(codes[codes >= 0], minlength=len(organization.values)).astype(np.int64)
    return Codes(codes, organization.values, counts)


_REGISTER = r"(?:.* )?(?:HRA|HRB|GnR|PR|VR|GsR) .*|CHE\d+|\d+[a-z]"
"""Numbers of the registers of Germany, Switzerland and Austria; one of another register proves less."""


def _organization_facts(chosen: pd.DataFrame) -> dict[str, Codes]:
    base = chosen["org_base"].fillna(chosen["organization"])
    name = encode(base, lambda v: " ".join(tokens(v)))
    registered = chosen["register_no"].where(chosen["register_no"].str.fullmatch(_REGISTER))
    facts = {
        "name": name,
        "name_compact": recode(name, lambda v: v.replace(" ", "")),
        "name_sound": recode(name, cologne_words),
        "name_start": recode_texts(name, beginning(4)),
        "word": _rare_words(name),
        "acronym": _acronyms(name),
        "legal_form": encode(chosen["legal_form"], compact),
        "vat_id": encode(chosen["vat_id"].fillna(registered), compact),
    }
    unknown = chosen["register_no"].where(registered.isna())
    return {**facts, **_shared_facts(chosen.assign(other_id=chosen["other_id"].fillna(unknown)))}


def _acronyms(name: Codes) -> Codes:
    """What each name may be called for short, in slots."""
    forms = list(map(acronym_forms, name.values))
    values = tuple(sorted({form for several in forms for form in several}))
    number = {form: i for i, form in enumerate(values)}
    table = np.full((len(forms) + 1, WORD_SLOTS), -1, dtype=np.int64)
    for i, several in enumerate(forms):
        table[i, : len(several)] = [number[form] for form in several]
    codes = table[name.codes]
    return Codes(codes, values, np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.int64))


def _rare_words(name: Codes) -> Codes:
    """The rarest words of each name, as sounds, in slots: what tells companies apart."""
    spoken = [
        [w for w in (cologne_words(t) or t for t in value.split() if len(t) >= 3) if w]
        for value in name.values
    ]
    counts: dict[str, int] = {}
    for words, times in zip(spoken, name.counts.tolist(), strict=True):
        for word in set(words):
            counts[word] = counts.get(word, 0) + times
    chosen = [sorted(set(words), key=lambda w: (counts[w], w))[:WORD_SLOTS] for words in spoken]
    values = tuple(sorted(counts))
    number = {word: i for i, word in enumerate(values)}
    table = np.full((len(chosen) + 1, WORD_SLOTS), -1, dtype=np.int64)
    for i, words in enumerate(chosen):
        for slot, word in enumerate(words):
            table[i, slot] = number[word]
    return Codes(table[name.codes], values, np.array([counts[v] for v in values], dtype=np.int64))


def _address_facts(rows: pd.DataFrame, n: int) -> dict[str, Codes]:
    """Street, number, postcode and city in aligned slots."""
    rows = rows[rows[["street", "postal_code", "city", "po_box"]].notna().any(axis=1)]
    rows = _distinct_homes(rows)
    row = rows["_row"].to_numpy(dtype=np.int64)
    slot: Ints = np.arange(len(row)) - np.searchsorted(row, row)
    used = int(min(ADDRESS_SLOTS, slot.max() + 1)) if len(rows) else 1
    rows, slot = rows[slot < used], slot[slot < used]
    at = rows["_row"].to_numpy(dtype=np.int64)
    street = rows["street"].fillna(rows["po_box"])
    columns = {
        "street": encode(street, street_key),
        "number": encode(rows["house_number"], number_key),
        "postal": encode(rows["postal_code"], compact),
        "city": encode(rows["city"], fold_umlaut),
    }
    result = {name: _in_slots(column, at, slot, (n, used)) for name, column in columns.items()}
    result["place"] = _place(result)
    result["full"] = _joined(result)
    return result


def _distinct_homes(rows: pd.DataFrame) -> pd.DataFrame:
    """The addresses, by row, less those that a row has twice."""
    row = rows["_row"].to_numpy(dtype=np.int64)
    again = np.flatnonzero(np.isin(row, row[1:][row[1:] == row[:-1]]))
    columns = ["_row", "street", "house_number", "postal_code", "city", "po_box"]
    twice = rows[columns].iloc[again].duplicated().to_numpy(dtype=bool)
    if not twice.any():
        return rows
    kept = np.ones(len(rows), dtype=bool)
    kept[again[twice]] = False
    return rows[kept]


def _in_slots(column: Codes, at: Ints, slot: Ints, shape: tuple[int, int]) -> Codes:
    matrix = np.full(shape, -1, dtype=np.int32, order="F")
    matrix[at, slot] = column.codes
    return Codes(matrix, column.values, column.counts)


def _place(parts: Mapping[str, Codes]) -> Codes:
    """The postcode, else the city, as one fact."""
    offset = np.int32(len(parts["postal"].values))
    postal, city = parts["postal"].codes, parts["city"].codes
    codes = np.asfortranarray(np.where(postal >= 0, postal, np.where(city >= 0, city + offset, np.int32(-1))))
    values = (*parts["postal"].values, *parts["city"].values)
    flat = codes.ravel()
    return Codes(codes, values, np.bincount(flat[flat >= 0], minlength=len(values)).astype(np.int64))


def _joined(parts: Mapping[str, Codes]) -> Codes:
    """Street, number and place as one fact; missing unless all three are there."""
    shape = parts["street"].codes.shape
    keys = combine(parts["street"].codes.ravel(), parts["number"].codes.ravel(), parts["place"].codes.ravel())
    found, codes = numbered(keys)
    rank = np.empty(len(found), dtype=np.int32)
    rank[np.argsort(found)] = np.arange(len(found), dtype=np.int32)
    missing = int((found < 0).any())
    codes = rank[codes] - np.int32(missing)
    size = len(found) - missing
    counts = np.bincount(codes[codes >= 0], minlength=size).astype(np.int64)
    return Codes(np.asfortranarray(codes.reshape(shape)), Unnamed(size), counts)
