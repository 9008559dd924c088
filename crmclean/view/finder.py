"""`Finder`: who is this, in milliseconds, for services that run long.

Keys first: ids, numbers, addresses. Who shares one is a candidate; nothing is guessed. A direct number
that nobody has leads to the company with its switchboard, then to its people. Names and places are
found in any order and spelling; see `ranking`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crmclean.store import Store
from crmclean.view.index import Index
from crmclean.view.query import Query, read_fields, read_query
from crmclean.view.ranking import rank_words
from crmclean.view.saved import index_of, present_index
from crmclean.view.terms import NAMES, PLACES

__all__ = ["Candidate", "Finder", "find_in"]

_SCORES = {
    "id": 1.0, "former_id": 1.0, "record": 1.0, "email": 0.99, "phone": 0.98, "customer_no": 0.97,
    "handle": 0.95, "key": 0.92, "switchboard": 0.7, "local": 0.65, "works_there": 0.6,
}  # fmt: skip
_WORDS = 0.9  # score of a name and place that agree in every word
_WRONG = 0.3  # of a number that is known to be wrong or old
_BESIDE = 0.1  # what words add to a key that was found
Signature = tuple[tuple[int, int] | None, ...]
Reasons = dict[int, dict[str, float]]  # customer -> reason -> score


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant.

    Args:
        customer_id: Id.
        kind: Person or organization.
        name: As written on a letter; "" where it must not be shown.
        street: Street and house number.
        postal_code: Postcode.
        city: Town.
        score: 1 for keys, at least 0.9 for whatever identifies, less for the rest.
        why: Codes of what was found, the strongest first; `why_text` makes a sentence of them.
        permissions: Answers of the last run: channel, purpose, allowed, reason.
        last_contact: Time of the last contact, None where there was none.
        last_channel: Its channel.
        hidden: Erased or suppressed: no name on display.
    """

    customer_id: str
    kind: str
    name: str
    street: str
    postal_code: str
    city: str
    score: float
    why: tuple[str, ...]
    permissions: tuple[Mapping[str, str | bool], ...] = field(default=(), repr=False)
    last_contact: str | None = None
    last_channel: str | None = None
    hidden: bool = False


def find_in(index: Index, query: Query, *, limit: int = 10) -> list[Candidate]:
    """The candidates of a query, the best first; equal scores by their last contact, then by id."""
    found: Reasons = {}
    _by_keys(index, query, found)
    keyed = bool(found)
    if query.terms.words and not (keyed and _is_one_key(query)):
        for hit in rank_words(index, query.terms, limit=max(limit, 10)):
            known = found.get(hit.row)
            if known is None:
                found[hit.row] = dict.fromkeys(hit.why, _WORDS * hit.score)
            else:
                best = max(known.values())
                known.update(dict.fromkeys(hit.why, 0.0))
                known[next(iter(known))] = min(1.0, best + _BESIDE * hit.score)
    listed = [_candidate(index, row, reasons) for row, reasons in found.items()]
    listed.sort(key=lambda c: c.customer_id)
    listed.sort(key=lambda c: c.last_contact or "", reverse=True)
    listed.sort(key=lambda c: (-c.score, -len(c.why)))
    return listed[:limit]


def _is_one_key(query: Query) -> bool:
    """Whether the whole text is a key: what was found by it is not mixed with names that look so."""
    return not query.terms.names and not query.terms.places and " " not in query.text


def _by_keys(index: Index, query: Query, found: Reasons) -> None:
    source_record = [f"record:{':'.join(query.record)}"] if query.record else []
    for why, keys in (
        ("id", [f"id:{query.customer_id}"] if query.customer_id else []),
        ("former_id", [f"former:{query.customer_id}"] if query.customer_id else []),
        ("record", source_record),
        ("email", [f"email:{key}" for key in query.emails]),
        ("phone", [f"phone:{key}" for key in query.phones]),
        ("handle", [f"handle:{query.handle}"] if query.handle else []),
        ("customer_no", [f"customer_no:{query.number}"] if query.number else []),
    ):
        _add(found, index.holders(keys) if keys else [], why)
    if not found and query.number:
        _add(found, index.holders([f"key:{query.number}"]), "key")
    if query.phones and not any("phone" in reasons for reasons in found.values()):
        _add(found, index.holders([f"phone:{key}" for key in query.trunks]), "switchboard")
    if not found and query.local:
        _add(found, index.holders([f"local:{query.local}"]), "local")
    if query.phones:
        companies = [row for row in found if index.kind(row) == "organization"]
        people = {person for row in companies for person in index.people(row)}
        _add(found, ((row, False) for row in sorted(people) if row not in found), "works_there")


def _add(found: Reasons, holders: Iterable[tuple[int, bool]], why: str) -> None:
    for row, wrong in holders:
        reasons = found.setdefault(row, {})
        if wrong:
            reasons.setdefault(f"wrong_{why}", _WRONG)
        else:
            reasons[why] = _SCORES[why]


def _candidate(index: Index, row: int, reasons: Mapping[str, float]) -> Candidate:
    last = index.last_contact(row)
    shown = index.shown(row)
    return Candidate(
        customer_id=index.customer_id(row),
        kind=index.kind(row),
        name=shown["name"],
        street=shown["street"],
        postal_code=shown["postal_code"],
        city=shown["city"],
        score=round(max(reasons.values()), 4),
        why=tuple(sorted(reasons, key=lambda why: (-reasons[why], _place(why), why))),
        permissions=tuple(index.permissions(row)),
        last_contact=last[0] if last else None,
        last_channel=last[1] or None if last else None,
        hidden=index.hidden(row),
    )


def _place(why: str) -> int:
    """Names before places, as people say them."""
    field = why.partition(":")[2]
    return (*NAMES, *PLACES).index(field) if field else -1


class Finder:
    """Finds customers of a store; made once per process, asked from any number of threads.

    The index is mapped into memory, so that several processes share it. When the store has a new run,
    the next question after `every` seconds maps the new index, and makes it where the run did not;
    other threads keep the old one until then.

    Args:
        store: The store, or its path.
        country: Country of numbers without a country code; None: they are not understood.
        every: Seconds between two looks at the store.

    Raises:
        StoreError: There is no store.

    Example:
        finder = Finder("crmclean.db")
        finder.find("0171 2345678")[0].customer_id
    """

    def __init__(self, store: Store | str | Path, *, country: str | None = "DE", every: float = 1.0) -> None:
        self.path = store.path if isinstance(store, Store) else Path(store)
        self._country, self._every = country, every
        self._refreshing = threading.Lock()
        self._seen = self._signature()
        self._index = index_of(store) if isinstance(store, Store) else self._opened()
        self._looked = time.monotonic()

    def find(self, query: str | Mapping[str, str], *, limit: int = 10) -> list[Candidate]:
        """The candidates, the best first; an empty list where nobody is found.

        Args:
            query: A line of text (an id, source:record_id, a number in any spelling, an e-mail address, a
                handle, a customer number, words of name, street and place), or texts by field.
            limit: How many at most.

        Raises:
            ConfigError: A field is unknown; see `ASKED`.
        """
        if time.monotonic() - self._looked > self._every:
            self.refresh()
        asked = (
            read_query(query, country=self._country)
            if isinstance(query, str)
            else read_fields(query, country=self._country)
        )
        return find_in(self._index, asked, limit=limit)

    @property
    def index(self) -> Index:
        """The index in use."""
        return self._index

    def refresh(self) -> bool:
        """Maps the index of the store's present state if it changed; whether it did.

        While another thread does so, the index at hand stays in use.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            self._looked = time.monotonic()
            seen = self._signature()
            if seen == self._seen:
                return False
            self._index = self._opened()
            self._seen = seen
            return True
        finally:
            self._refreshing.release()

    def _opened(self) -> Index:
        with Store(self.path, create=False, read_only=True) as store:
            return index_of(store)

    def _signature(self) -> Signature:
        """Times and sizes of the store's files and of the note beside it."""
        known = present_index(self.path)
        files = [self.path, self.path.with_name(self.path.name + "-wal")]
        files += [known[1].parent / "present.json"] if known else []
        found: list[tuple[int, int] | None] = []
        for file in files:
            try:
                stat = file.stat()
                found.append((stat.st_mtime_ns, stat.st_size))
            except OSError:
                found.append(None)
        return tuple(found)
