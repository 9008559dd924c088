"""Locking and unlocking a value of a customer: rows of the table `locks`."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crmclean.config import Config
from crmclean.errors import ConfigError, NotFoundError
from crmclean.messages import catalogue, say
from crmclean.steward.proposal import Proposal, Word, next_time
from crmclean.store import Store
from crmclean.tables import DECISIONS, LOCKS
from crmclean.view import pick_customer

__all__ = ["GROUPS", "lock_value", "lockable_fields", "unlock_field"]

GROUPS = ("name", "company", "employer", "address")
"""Fields that come from one record together; they are pinned to a record, not to a value."""
_NO_FIELDS = frozenset({"is_test", "org_base"})


def lockable_fields() -> tuple[str, ...]:
    """The fields of a customer that a steward can pin, groups included."""
    named = {key.removeprefix("view.field.") for key in catalogue() if key.startswith("view.field.")}
    return tuple(sorted((named | set(GROUPS)) - _NO_FIELDS))


def lock_value(  # noqa: PLR0913  the field, and one of value and record
    store: Store,
    customer: str,
    field: str,
    word: Word,
    *,
    value: str = "",
    record: str = "",
    expires: str = "",
    config: Config,
) -> Proposal:
    """The proposal that a value holds, or the value of a record, whatever the sources say.

    Args:
        store: The store.
        customer: As in `link_customers`.
        field: Field of the customer, or a group (name, company, employer, address) with a record.
        word: Who, when, why.
        value: The value that holds.
        record: Instead: the record whose value holds, written source:record_id.
        expires: Until when it holds, ISO; empty: for good.
        config: For the language of errors.

    Raises:
        NotFoundError: No such customer, or the record is not one of it.
        ConfigError: No such field; neither value nor record, or both; a group without a record.
    """
    lang = config.lang
    found = _customer_and_field(store, customer, field, config)
    if bool(value) == bool(record):
        raise ConfigError(say("steward.lock_value", lang))
    if field in GROUPS and not record:
        raise ConfigError(
            say("steward.lock_group", lang, field=field), hint=say("steward.lock_group_hint", lang)
        )
    source, _, key = record.partition(":")
    if record:
        members = store.load("members", where={"customer_id": [found]})
        if not ((members["source"] == source) & (members["record_id"] == key)).any():
            listed = ", ".join(sorted(set(members["source"] + ":" + members["record_id"]))[:10])
            raise NotFoundError(
                say("steward.no_record", lang, record=record),
                hint=say("steward.no_record_hint", lang, records=listed),
            )
    row = {"state": "locked", "value": value or None, "source": source or None, "record_id": key or None}
    return _pinned(store, "lock", found, field, word, {**row, "expires": expires or None})


def unlock_field(store: Store, customer: str, field: str, word: Word, *, config: Config) -> Proposal:
    """The proposal that the sources decide of a field again.

    Raises:
        NotFoundError: No such customer.
        ConfigError: The field is not locked.
    """
    found = _customer_and_field(store, customer, field, config)
    held = store.locks()
    if not ((held["customer_id"] == found) & (held["field"] == field)).any():
        raise ConfigError(say("steward.not_locked", config.lang, field=field, id=found))
    return _pinned(store, "unlock", found, field, word, {"state": "unlocked"})


def _customer_and_field(store: Store, customer: str, field: str, config: Config) -> str:
    fields = lockable_fields()
    if field not in fields:
        raise ConfigError(
            say("steward.no_field", config.lang, field=field),
            hint=say("steward.no_field_hint", config.lang, fields=", ".join(fields)),
        )
    return pick_customer(store, customer, lang=config.lang)


def _pinned(
    store: Store, command: str, customer: str, field: str, word: Word, row: dict[str, str | None]
) -> Proposal:
    timed = replace(word, at=next_time(store, word.at))
    said = {"actor": timed.actor or None, "at": timed.at, "reason": timed.reason or None}
    locks = LOCKS.check(pd.DataFrame([{"customer_id": customer, "field": field, **row, **said}]))
    return Proposal(command, timed, DECISIONS.empty(), locks, DECISIONS.empty(), (customer,))
