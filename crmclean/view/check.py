"""Check before create: is somebody who is about to be entered known already?

The new record is normalised and compared as a run would do it: with the store's own model, and with
frequencies from a sample of its customers. What a run would merge is sure; what it would show for
review, or what shares a number, an address or a key, is likely; the rest is none.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from crmclean.config import DEFAULT, Config
from crmclean.errors import ConfigError
from crmclean.fields import FIELDS, is_field
from crmclean.match.compare import compare_pairs
from crmclean.match.explain import level_sentence
from crmclean.match.features import features_of
from crmclean.match.model import ORGANIZATION, PERSON, Model, model_from_text
from crmclean.match.plausible import sound_features
from crmclean.match.score import score_pairs
from crmclean.match.tune import decision_threshold
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.store import Store
from crmclean.tables import ADDRESSES, CONTACTS, PARTIES, RECORDS, Addresses, Contacts, Parties
from crmclean.view.finder import Candidate, find_in
from crmclean.view.index import Index
from crmclean.view.query import ASKED, read_fields
from crmclean.view.saved import index_of
from crmclean.view.terms import PLACES

__all__ = ["Answer", "Checked", "Checker", "Known", "check_new"]

Answer = Literal["sure", "likely", "none"]
Tables = tuple[Parties, Contacts, Addresses]
_SOURCE = "(new)"
_LOOKED_AT = 25  # candidates that are compared
_SAMPLE = 2000  # customers from whom the frequencies of names and places come
_ALIKE = 0.8  # score of words from which names and places alone are worth a look
_KEYS = frozenset({"email", "phone", "handle", "customer_no"})
_NAMES = ("family_name", "organization")
_NAMED = {"name": "full_name", "city": "city"}


@dataclass(frozen=True, slots=True)
class Known:
    """A customer who may be the new one.

    Args:
        candidate: Who, and how found.
        answer: sure or likely.
        probability: Of being the same customer, 0 to 1; None where nothing could be compared.
        reason: What agrees and what differs, in words.
    """

    candidate: Candidate
    answer: Answer
    probability: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a check before create.

    Args:
        answer: That of the first of the known, none without any.
        known: Customers who may be the new one, the likeliest first.
        companies: Of a person at a company: customers who may be that company.
    """

    answer: Answer
    known: tuple[Known, ...]
    companies: tuple[Known, ...] = ()


class Checker:
    """Checks new records against one state of a store; made once, it asks many times.

    Args:
        store: The store, open while it is asked.
        config: Sections normalize and match are used, and the language.
        index: An opened index of the store; None: the one beside it.
    """

    def __init__(self, store: Store, config: Config = DEFAULT, *, index: Index | None = None) -> None:
        self._store, self._config = store, config
        self._index = index if index is not None else index_of(store)
        self._models: dict[str, Model] = {}
        self._sample: Tables | None = None

    def check(self, new: Mapping[str, str], *, limit: int = 5) -> Checked:
        """Whether the store knows somebody already, and who; see `check_new`."""
        fields = _fields_of(new)
        record = pd.DataFrame([{"source": _SOURCE, "record_id": "1", **fields}]).astype("str")
        normal = normalize_records(RECORDS.check(record), self._config.normalize)
        country = self._config.normalize.default_country or None
        candidates = find_in(self._index, read_fields(_asked(fields), country=country), limit=_LOOKED_AT)
        if not candidates:
            return Checked("none", ())
        compared = self._compared(normal, candidates)
        listed = [
            k for c in candidates if (k := _known(c, compared.get(c.customer_id), self._config)) is not None
        ]
        rank = {"sure": 0, "likely": 1, "none": 2}
        listed.sort(key=lambda k: (rank[k.answer], -(k.probability or 0.0), -k.candidate.score))
        # of a person at a company the person is asked about; that the company is known is no duplicate
        kind = "person" if normal.parties["kind"].eq("person").any() else "organization"
        known = [k for k in listed if k.candidate.kind == kind]
        companies = [k for k in listed if k.candidate.kind != kind]
        return Checked(known[0].answer if known else "none", tuple(known[:limit]), tuple(companies[:limit]))

    def _compared(
        self, normal: Normalized, candidates: Sequence[Candidate]
    ) -> dict[str, tuple[float, bool, str]]:
        """Customer -> probability, whether a run would merge, and the reason, of its likeliest party."""
        ids = [c.customer_id for c in candidates]
        members = self._store.load("members", where={"customer_id": ids})
        wanted = dict(zip(members["party"].tolist(), members["customer_id"].tolist(), strict=True))
        new: Tables = (normal.parties, normal.contacts, normal.addresses)
        tables = _joined(new, self._tables(list(wanted)), self._others(set(wanted)))
        found: dict[str, tuple[float, bool, str]] = {}
        kinds = zip(normal.parties["party"].tolist(), normal.parties["kind"].tolist(), strict=True)
        for party, kind in kinds:
            for other, result in _scores(party, wanted, tables, self._model(kind), self._config).items():
                customer = wanted[other]
                if result > found.get(customer, (-1.0, False, "")):
                    found[customer] = result
        return found

    def _tables(self, parties: Sequence[str]) -> Tables:
        where = {"party": list(parties) or [""]}
        loaded = [self._store.load(name, where=where) for name in ("parties", "contacts", "addresses")]
        return PARTIES.check(loaded[0]), CONTACTS.check(loaded[1]), ADDRESSES.check(loaded[2])

    def _others(self, known: set[str]) -> Tables:
        """A sample of the store, from which frequencies come, without the parties that are known."""
        if self._sample is None:
            step = max(1, self._index.count // _SAMPLE)
            some = [self._index.customer_id(row) for row in range(0, self._index.count, step)][:_SAMPLE]
            members = self._store.load("members", where={"customer_id": some})
            self._sample = self._tables(members["party"].tolist())
        parties, contacts, addresses = (t[~t["party"].isin(known)] for t in self._sample)
        return PARTIES.check(parties), CONTACTS.check(contacts), ADDRESSES.check(addresses)

    def _model(self, kind: str) -> Model:
        """The model of the last run; the start values where the store has none."""
        if kind not in self._models:
            models = self._store.load("models", where={"kind": [kind]})
            start = PERSON if kind == "person" else ORGANIZATION
            self._models[kind] = model_from_text(str(models["text"].iloc[0])) if len(models) else start
        return self._models[kind]


def check_new(store: Store, new: Mapping[str, str], config: Config = DEFAULT, *, limit: int = 5) -> Checked:
    """Whether the store knows somebody already, and who; `Checker` asks many times.

    Args:
        store: The store.
        new: Texts by canonical field (see docs/tables.md); `name` stands for `full_name`.
        config: Sections normalize and match are used, and the language.
        limit: How many of the known at most.

    Raises:
        ConfigError: A field is unknown, or there is nothing to look for.
    """
    return Checker(store, config).check(new, limit=limit)


def _joined(*tables: Tables) -> Tables:
    parties, contacts, addresses = (pd.concat(part, ignore_index=True) for part in zip(*tables, strict=True))
    return PARTIES.check(parties), CONTACTS.check(contacts), ADDRESSES.check(addresses)


def _fields_of(new: Mapping[str, str]) -> dict[str, str]:
    """The given facts under canonical names, empty ones left out."""
    fields: dict[str, str] = {}
    for name, text in new.items():
        field = _NAMED.get(name, name)
        if not is_field(field):
            near = difflib.get_close_matches(field, sorted(FIELDS), n=1)
            key = "errors.new.field_near" if near else "errors.new.field"
            raise ConfigError.of(key, name=name, near=near[0] if near else "")
        if text and str(text).strip():
            fields[field] = str(text).strip()
    if not fields:
        raise ConfigError.of("errors.new.empty")
    return fields


def _asked(fields: Mapping[str, str]) -> dict[str, str]:
    """The facts by which candidates are looked for."""
    asked = {name: text for name, text in fields.items() if name in ASKED}
    if "full_name" in fields:
        asked["name"] = fields["full_name"]
    phones = [text for name, text in fields.items() if name.startswith(("phone", "mobile")) and text]
    if phones:
        asked["phone"] = phones[0]
    if "full_address" in fields:
        asked.setdefault("street", fields["full_address"])
    return asked


def _known(candidate: Candidate, compared: tuple[float, bool, str] | None, config: Config) -> Known | None:
    keyed = bool(_KEYS & set(candidate.why))
    probability, certain, reason = compared if compared is not None else (None, False, "")
    fields = {why.partition(":")[2] for why in candidate.why}
    alike = candidate.score >= _ALIKE and bool(fields & set(_NAMES)) and bool(fields & set(PLACES))
    if certain:
        return Known(candidate, "sure", probability, reason)
    review = probability is not None and probability >= config.match.review_threshold
    if keyed or review or alike:
        return Known(candidate, "likely", probability, reason)
    return None


def _scores(
    party: str, wanted: Iterable[str], tables: Tables, model: Model, config: Config
) -> dict[str, tuple[float, bool, str]]:
    features, _ = sound_features(features_of(model.kind, *tables))
    place = {name: i for i, name in enumerate(features.parties)}
    others = [name for name in wanted if name in place]
    if party not in place or not others:
        return {}
    here = np.full(len(others), place[party])
    there = np.array([place[name] for name in others])
    compared = compare_pairs(model, features, np.minimum(here, there), np.maximum(here, there))
    scored = score_pairs(model, compared)
    merges = scored.probability >= decision_threshold(config.match)
    merges &= ~scored.contradicts & ~scored.weak & ~scored.rival
    return {
        name: (
            round(float(scored.probability[i]), 4),
            bool(merges[i]),
            level_sentence(model, compared.levels[i].tolist(), config.lang),
        )
        for i, name in enumerate(others)
    }
