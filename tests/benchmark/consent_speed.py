"""Decisions at scale: ``python tests/benchmark/speed.py consent [--customers N] [--json FILE]``.

N invented customers with an address and a mobile number each, and the events a shop has of them:
newsletter forms with and without click, withdrawals, consents at fairs, objections, old flags, sales.
Measured in a process of its own: `decide_customers` for four channels (seconds, processor seconds),
and the peak memory of the process with all tables in it. `alike` says that the single call gives the
same answer for a sample of the customers.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmclean.config import ConsentConfig
from crmclean.consent import Person, decide_customers, events_of, import_consents, may_contact
from crmclean.tables import CONTACTS, MEMBERS, Consents, Contacts, Members

CHANNELS = ("email", "phone", "sms", "post")
PURPOSE = "marketing.newsletter"
AS_OF = "2026-06-30"
SECONDS, MEGABYTES = 20.0, 3000
_DAY = 86_400


def people(count: int) -> tuple[Members, Contacts]:
    """Customers of one record each, with an address and a mobile number."""
    numbers = pd.Series(np.arange(count)).astype("str")
    party = "shop:" + numbers + "/person"
    members = pd.DataFrame(
        {
            "customer_id": "c" + numbers.str.zfill(8), "party": party, "source": "shop",
            "record_id": numbers, "kind": "person", "is_primary": True,
        }
    )  # fmt: skip
    kinds = []
    for kind, value, field in (
        ("email", "kunde" + numbers + "@example.org", "email"),
        ("phone", "+4917" + numbers.str.zfill(8), "mobile"),
    ):
        known = {"party": party, "kind": kind, "value": value, "key": value, "raw": value}
        kinds.append(
            pd.DataFrame({**known, "type": field if kind == "phone" else None, "field": field, "valid": True})
        )
    return MEMBERS.check(members), CONTACTS.check(pd.concat(kinds, ignore_index=True))


def events(count: int) -> pd.DataFrame:
    """About 1.3 events per customer, in the words of an event file."""
    rng = np.random.default_rng(7)
    start = int(np.datetime64("2020-01-01", "s").astype(np.int64))

    def some(share: float) -> npt.NDArray[np.int64]:
        return np.flatnonzero(rng.random(count) < share)

    def times(who: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = start + rng.integers(0, 6 * 365 * _DAY, len(who))
        return found

    form = some(0.4)
    signed = times(form)
    clicked = rng.random(len(form)) < 0.85
    left = rng.random(len(form)) < 0.12
    form_row = {"method": "web_form", "text_version": "nl-3", "origin": "web:/newsletter", "channel": "email"}
    parts = [
        _rows(form, signed, event="granted", purpose="marketing.newsletter", **form_row),
        _rows(
            form[clicked],
            signed[clicked] + 300,
            event="confirmed",
            purpose="marketing.newsletter",
            channel="email",
        ),
        _rows(form[left], signed[left] + 90 * _DAY, event="withdrawn", purpose="marketing", channel="email"),
    ]
    for share, said in (
        (
            0.08,
            {
                "event": "granted",
                "channel": "phone",
                "method": "card",
                "text_version": "f-1",
                "origin": "fair",
            },
        ),
        (0.03, {"event": "objected", "channel": "any"}),
        (0.10, {"event": "imported_flag", "channel": "email", "value": "true"}),
        (0.02, {"event": "imported_flag", "channel": "post", "value": "false"}),
        (0.15, {"event": "existing_customer", "channel": "email", "sale_ref": "A-1"}),
        (0.05, {"event": "used", "channel": "email"}),
    ):
        who = some(share)
        parts.append(_rows(who, times(who), purpose="marketing", **said))
    return pd.concat(parts, ignore_index=True)


def _rows(who: npt.NDArray[np.int64], at: npt.NDArray[np.int64], **said: str) -> pd.DataFrame:
    text = pd.Series(np.datetime_as_string(at.astype("datetime64[s]")), dtype="str") + "Z"
    known = {
        "source": "shop",
        "record_id": pd.Series(who).astype("str"),
        "at": text,
        "recorded_at": text,
        "row": 0,
    }
    return pd.DataFrame({**known, **said})


def decide(count: int) -> dict[str, Any]:
    """Figures of a process that decides for `count` customers on four channels."""
    members, contacts = people(count)
    consents, _ = import_consents(events(count), ConsentConfig(), as_of=AS_OF)
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    rows = decide_customers(
        consents,
        members,
        contacts,
        pd.Series(dtype="str"),
        channels=CHANNELS,
        purposes=(PURPOSE,),
        as_of=AS_OF,
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "customers": count, "channels": len(CHANNELS), "events": len(consents), "decisions": len(rows),
        "allowed": int(rows["allowed"].sum()), "seconds": round(seconds, 2), "cpu_seconds_decide": round(spent, 2),
        "tables_mb": round(before.ru_maxrss / 1024), "alike": alike(rows, consents, count),
    }  # fmt: skip


def decide_file(file: Path) -> dict[str, Any]:
    """`decide` for as many customers as the name of the file says; there need not be such a file."""
    return decide(int(file.name))


def alike(rows: pd.DataFrame, consents: Consents, count: int, sample: int = 500) -> bool:
    """Whether the single call answers as the table does, for some customers."""
    chosen = np.unique(np.random.default_rng(3).integers(0, count, sample)).astype(str)
    told = events_of(consents[consents["record_id"].isin(chosen)])
    part = rows[rows["customer_id"].isin("c" + pd.Series(chosen).str.zfill(8))]
    for row in part.itertuples():
        record = str(int(str(row.customer_id)[1:]))
        point = None if pd.isna(row.contact_point) else str(row.contact_point)
        person = Person(
            records=frozenset({f"shop:{record}"}), contact_points=frozenset({point} if point else ()),
            record_points={f"shop:{record}": frozenset({point} if point else ())},
        )  # fmt: skip
        mine = [event for event in told if event.record == f"shop:{record}"]
        single = may_contact(mine, person, str(row.channel), str(row.purpose), AS_OF, contact_point=point)
        if (single.allowed, single.reason) != (row.allowed, row.reason):
            return False
    return True
