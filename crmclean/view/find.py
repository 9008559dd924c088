"""Who is this: ranked candidates for a number, an address, a key or a name, each with the reason.

Everything is looked up in the store. Two customers who share a number are two candidates; nothing
is guessed. Names are found in any order, by sound (Cologne phonetics) and by their beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from crmclean.errors import NotFoundError
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.text.fold import fold_umlaut, tokens
from crmclean.text.phonetics import cologne_phonetics
from crmclean.view.query import Query, read_query

__all__ = ["CANDIDATES", "find_customers", "pick_customer", "why_text"]

CANDIDATES = ("customer_id", "kind", "name", "street", "postal_code", "city", "score", "why")
SURE = 0.9  # from here on a single candidate is the one meant
_EXACT = {
    "id": 1.0, "former_id": 1.0, "record": 1.0, "email": 0.99, "phone": 0.98, "customer_no": 0.97,
    "handle": 0.95, "switchboard": 0.7,
}  # fmt: skip
_NAMES = ("family_name", "given_name", "organization", "birth_name", "nickname", "middle_names")
_PLACES = ("city", "street", "postal_code", "district")
_FORMER = 0.95  # a value that is not the one shown
_MATCH = {"exact": 1.0, "sound": 0.8, "start": 0.7}
Hits = dict[str, dict[str, float]]  # customer -> reason -> score


def find_customers(store: Store, query: str, *, limit: int = 10, country: str | None = "DE") -> pd.DataFrame:
    """The candidates, best first, one row per customer; columns `CANDIDATES`.

    `score` is 1 for keys, at least 0.9 for whatever identifies, less for names by sound, by their
    beginning or with words that were not found. `why` holds codes separated by blanks; `why_text`
    makes a sentence of them. Equal scores stand in the order of the ids.

    Args:
        store: The store.
        query: An id, also a former one; source:record_id; a phone number in any spelling; an
            e-mail address; a handle; a customer number; words of name, street and place.
        limit: How many at most.
        country: Country of numbers without a country code; None: they are not understood.
    """
    asked = read_query(query, country=country)
    hits: Hits = {}
    _by_key(store, asked, hits)
    _by_contact(store, asked, hits)
    if not hits:
        _by_words(store, asked, hits)
    best = sorted(hits, key=lambda c: (-max(hits[c].values()), -len(hits[c]), c))[:limit]
    return _shown(store, best, hits)


def pick_customer(store: Store, what: str, *, country: str | None = "DE", lang: Lang = "en") -> str:
    """The id of the one customer meant; see `find_customers`.

    Raises:
        NotFoundError: Nobody, or several; the hint names the ids to choose from.
    """
    found = find_customers(store, what, limit=50, country=country)
    sure = found[found["score"].ge(SURE)]
    if len(sure) == 1 or len(found) == 1:
        return str((sure if len(sure) else found)["customer_id"].iloc[0])
    if not len(found):
        raise NotFoundError(say("view.nobody", lang), hint=say("view.nobody_hint", lang))
    several = sure if len(sure) else found
    ids = ", ".join(several["customer_id"].head(5).tolist())
    raise NotFoundError(
        say("view.several", lang, count=len(several)), hint=say("view.several_hint", lang, ids=ids)
    )


def why_text(why: str, lang: Lang = "en") -> str:
    """The reason codes of a candidate in words.

    Example:
        >>> why_text("phone")
        'has this phone number'
    """
    parts = []
    for code in why.split():
        how, _, field = code.partition(":")
        name = say(f"view.field.{field}", lang) if field else ""
        parts.append(say(f"view.why.{how}", lang, field=name))
    return ", ".join(parts)


def _add(hits: Hits, customers: Iterable[str], why: str, score: float) -> None:
    for customer in customers:
        known = hits.setdefault(customer, {})
        known[why] = max(score, known.get(why, 0.0))


def _by_key(store: Store, asked: Query, hits: Hits) -> None:
    if asked.customer_id is not None:
        try:
            now = store.resolve(asked.customer_id)
        except NotFoundError:
            return
        why = "id" if now == asked.customer_id else "former_id"
        _add(hits, [now], why, _EXACT[why])
    if asked.record is not None:
        source, record = asked.record
        members = store.load("members", where={"source": [source], "record_id": [record]})
        _add(hits, members.loc[members["is_primary"], "customer_id"].tolist(), "record", _EXACT["record"])


def _by_contact(store: Store, asked: Query, hits: Hits) -> None:
    for why, keys, kinds in (
        ("email", asked.emails, ("email",)),
        ("phone", asked.phones, ("phone", "fax")),
        ("handle", (asked.handle,) if asked.handle else (), ("handle",)),
    ):
        _add(hits, _holders(store, keys, kinds), why, _EXACT[why])
    if asked.number is not None:
        owners = store.load("customers", where={"field": ["customer_no"], "value": [asked.number]})
        _add(hits, owners["customer_id"].tolist(), "customer_no", _EXACT["customer_no"])
    if not hits:
        _add(hits, _holders(store, asked.trunks, ("phone",)), "switchboard", _EXACT["switchboard"])


def _holders(store: Store, keys: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Customers that have a contact point."""
    if not keys:
        return []
    contacts = store.load("contacts", where={"key": list(keys), "kind": list(kinds)})
    members = (
        store.load("members", where={"party": contacts["party"].tolist()}) if len(contacts) else contacts
    )
    return members["customer_id"].drop_duplicates().tolist() if len(members) else []


def _by_words(store: Store, asked: Query, hits: Hits) -> None:
    words = [w for w in asked.words if len(w) > 1 or w.isdigit()]
    if not words:
        return
    scores: dict[str, dict[str, tuple[float, str]]] = {}  # customer -> word -> best score, reason
    for field in (*_NAMES, *_PLACES):
        values = store.distinct("customers", "value", where={"field": field})
        # short words of streets and towns (str, am, bad) sound like too much
        matched = _matching(values, words, shortest=2 if field in _NAMES else 4)
        if not matched:
            continue
        rows = store.load("customers", where={"field": [field], "value": list(matched)})
        _note(scores, rows, field, matched)
    for customer, found in scores.items():
        named = any(why.rpartition(":")[2] in _NAMES for _, why in found.values())
        if named and 2 * len(found) >= len(words):
            score = 0.9 * sum(s for s, _ in found.values()) / len(words)
            for why in dict.fromkeys(why for _, why in found.values()):
                _add(hits, [customer], why, round(score, 4))


def _note(
    scores: dict[str, dict[str, tuple[float, str]]],
    rows: pd.DataFrame,
    field: str,
    matched: Mapping[str, Mapping[str, str]],
) -> None:
    """Keeps the best match of each word, by customer."""
    columns = (rows["customer_id"].tolist(), rows["value"].tolist(), rows["is_primary"].tolist())
    for customer, value, primary in zip(*columns, strict=True):
        words = scores.setdefault(customer, {})
        for word, how in matched[value].items():
            score = _MATCH[how] * (1.0 if primary else _FORMER)
            if score > words.get(word, (0.0, ""))[0]:
                words[word] = (score, f"{how}:{field}")


def _matching(values: Sequence[str], words: Sequence[str], *, shortest: int) -> dict[str, dict[str, str]]:
    """The values in which words of the query stand: value -> word -> how it was found."""
    forms = [(word, fold_umlaut(word), cologne_phonetics(word) if word.isalpha() else "") for word in words]
    found: dict[str, dict[str, str]] = {}
    for value in values:
        parts = tokens(value)
        plain = {fold_umlaut(p) for p in parts}
        sounds: set[str] = set()
        for word, form, sound in forms:
            if form in plain:
                found.setdefault(value, {})[word] = "exact"
                continue
            if len(sound) > 1:
                sounds = sounds or {cologne_phonetics(p) for p in parts if p.isalpha() and len(p) >= shortest}
                if sound in sounds:
                    found.setdefault(value, {})[word] = "sound"
                    continue
            if len(form) > 2 and any(p.startswith(form) for p in plain):
                found.setdefault(value, {})[word] = "start"
    return found


def _shown(store: Store, customers: Sequence[str], hits: Hits) -> pd.DataFrame:
    members = (
        store.load("members", where={"customer_id": list(customers)})
        if customers
        else store.load("members", where={"customer_id": [""]})
    )
    kinds = dict(zip(members["customer_id"].tolist(), members["kind"].tolist(), strict=True))
    values = store.load("customers", where={"customer_id": list(customers) or [""]})
    values = values[values["is_primary"]]
    shown: dict[str, dict[str, str]] = {}
    for customer, field, value in zip(
        *(values[c].tolist() for c in ("customer_id", "field", "value")), strict=True
    ):
        shown.setdefault(customer, {})[field] = value
    rows = []
    for customer in customers:
        have = shown.get(customer, {})
        rows.append(
            {
                "customer_id": customer,
                "kind": kinds.get(customer),
                "name": display_name(have, kinds.get(customer, "person")),
                **{field: have.get(field) for field in ("street", "postal_code", "city")},
                "score": max(hits[customer].values()),
                "why": " ".join(sorted(hits[customer], key=lambda w: (-hits[customer][w], w))),
            },
        )
    frame = pd.DataFrame(rows, columns=list(CANDIDATES))
    return frame.astype({name: "float64" if name == "score" else "str" for name in CANDIDATES})


def display_name(values: Mapping[str, str], kind: str) -> str:
    """The name of a customer as it is written on a letter, "" if there is none."""
    if kind == "organization":
        return values.get("organization", "")
    parts = ("title", "given_name", "name_prefix", "family_name", "name_suffix")
    return " ".join(values[part] for part in parts if values.get(part))
