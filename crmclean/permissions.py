"""Consent events of all files, and the decisions for the customers of this run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.config import Config
from crmclean.consent import (
    Policy,
    consent_findings,
    consents_from_flags,
    decide_coded,
    import_consents,
    policy_of,
    without_presumption,
)
from crmclean.consent.certain import Certainty, certainty_of
from crmclean.consent.since import Since
from crmclean.decisions import standing
from crmclean.merge.columns import positions
from crmclean.normalize.event_points import record_numbers
from crmclean.normalize.events import normalize_consents
from crmclean.normalize.records import Normalized
from crmclean.read import ReadResult
from crmclean.schema import codes_of, frame_of_rows, joined_rows
from crmclean.tables import (
    CONSENTS,
    CUSTOMERS,
    ISSUES,
    PERMISSIONS,
    Consents,
    Contacts,
    Customers,
    Decisions,
    Issues,
    Members,
    Parties,
    Permissions,
    Scores,
)

__all__ = ["Permitted", "certainty", "decide", "decide_stored", "policy_for", "questions_of"]


@dataclass(frozen=True, slots=True)
class Permitted:
    """Consent of a run.

    Args:
        consents: All events, each once, with those of the ledger.
        decided: Decisions per customer, channel, purpose and contact point, texts as codes.
        issues: Events that were refused or prove nothing.
        policy: Name of the policy decided by.
        everybody: Whether the decisions are those of all customers.
    """

    consents: Consents
    decided: pa.Table
    issues: Issues
    policy: str
    everybody: bool = True

    @property
    def permissions(self) -> Permissions:
        """The decisions as a frame."""
        return PERMISSIONS.check(frame_of_rows(self.decided))


def decide(  # noqa: PLR0913  the tables of the stages, and what is remembered
    read: ReadResult,
    normal: Normalized,
    members: Members,
    values: Customers | pa.Table,
    config: Config,
    *,
    every: Normalized | None = None,
    before: Consents | None = None,
    scores: Scores | None = None,
    decisions: Decisions | None = None,
    since: Since | None = None,
) -> Permitted:
    """Imports the consent events and the claims on records, and decides for every customer.

    A record that is kept out of the customers allows nothing; its refusals still hold for its addresses.

    Args:
        read: Raw events and records.
        normal: Parties and contacts of the customers.
        members: Customers of the parties.
        values: Customers, for their country; also as codes (`crmclean.merge.merge_coded`).
        config: Policy, country and what to answer for.
        every: Parties and contacts of all records, where some are kept out.
        before: The events of the ledger; an event that is in both is as the ledger has it.
        scores: The compared pairs: how sure the merges are. Without them all merges are.
        decisions: What stewards said of pairs.
        since: What changed since all were decided: only those whom it may concern are decided, unless the events
            ask new questions.
    """
    every = normal if every is None else every
    policy = policy_of(config.consent)
    events, unreadable = normalize_consents(
        read.consents,
        timezone=policy.timezone,
        default_country=config.normalize.default_country or None,
        numbers=record_numbers(every.parties, every.contacts) if len(read.consents) else None,
    )
    imported, refused = import_consents(events, config.consent, as_of=config.as_of)
    claimed = consents_from_flags(
        read.records,
        _claiming_points(read.records, every),
        recorded_at=config.as_of,
        timezone=policy.timezone,
    )
    known = CONSENTS.empty() if before is None else before
    consents = _joined(known, imported, _admitted(claimed, every.parties, normal.parties))
    asked: Customers = (
        _asked_of(values, members, births=len(consents) > 0) if isinstance(values, pa.Table) else values
    )
    sure = certainty(scores, decisions, members, asked, config)
    since = _with_events(since, consents, known, config)
    decided = _decided(consents, members, normal.contacts, asked, config, sure, since=since)
    odd = consent_findings(consents, members, normal.contacts, policy)
    issues = [part for part in (unreadable, refused, odd) if len(part)]
    found = ISSUES.check(pd.concat(issues, ignore_index=True)) if issues else ISSUES.empty()
    told = _named_by_event(found, read, consents)
    return Permitted(consents, decided, told, policy.name, everybody=since is None)


def _with_events(since: Since | None, now: Consents, before: Consents, config: Config) -> Since | None:
    """What changed, with the events that are new; None where these ask new questions of everybody."""
    if since is None or questions_of(now, config) != questions_of(before, config):
        return None
    return replace(since, events=pd.Index(now.loc[~now["event_id"].isin(before["event_id"]), "event_id"]))


_HOMES = ("street", "po_box", "city")


def _asked_of(values: pa.Table, members: Members, *, births: bool) -> Customers:
    """The values that decisions ask for: countries, birthdays, and homes of customers of several parties."""
    fields = values["field"].combine_chunks()
    codes = {str(name): code for code, name in enumerate(fields.dictionary.to_pylist())}
    owner = values["customer_id"].combine_chunks()
    owners = members["customer_id"]
    listed = pd.Series(pd.array(owner.dictionary, dtype="str"))
    several = positions(listed, owners[owners.duplicated()].drop_duplicates()) >= 0
    of_field = fields.indices.to_numpy()
    asked = np.isin(of_field, [codes.get(name, -1) for name in ("country", "birth_date")[: 1 + births]])
    homes = np.isin(of_field, [codes.get(name, -1) for name in _HOMES])
    asked |= homes & several[owner.indices.to_numpy()]
    asked &= values["is_primary"].to_numpy()
    columns = ["customer_id", "field", "value", "is_primary", "source", "record_id"]
    found: Customers = CUSTOMERS.check(frame_of_rows(values.select(columns).take(np.flatnonzero(asked))))
    return found


def _named_by_event(issues: Issues, read: ReadResult, consents: Consents) -> Issues:
    """Findings about consent events with the event's own id as record, where the file has ids."""
    if not len(issues):
        return issues
    columns = ["file", "row", "source_event_id"]
    rows = [part[columns] for part in (read.consents, consents) if len(part) and set(columns) <= set(part)]
    known = pd.concat(rows) if rows else CONSENTS.empty()[columns]
    events = known.drop_duplicates(["file", "row"]).set_index(["file", "row"])["source_event_id"]
    ids = pd.Series(
        events.reindex(pd.MultiIndex.from_frame(issues[["file", "row"]])).array,
        index=issues.index,
        dtype="str",
    )
    source = issues["file"].map(read.sources.drop_duplicates("file").set_index("file")["source"])
    lone = issues["record_id"].isna() & ids.notna()
    named = issues.assign(
        record_id=issues["record_id"].where(~lone, ids), source=issues["source"].where(~lone, source)
    )
    return ISSUES.check(named)


def _admitted(claimed: Consents, every: Parties, admitted: Parties) -> Consents:
    """The claims without the grants of records that are kept out of the customers."""
    if len(every) == len(admitted):
        return claimed
    keys = ["source", "record_id"]
    known = pd.MultiIndex.from_frame(admitted[keys])
    refusal = claimed["event"].isin(["withdrawn", "objected"]) | (claimed["value"] == "false")
    kept = refusal | pd.MultiIndex.from_frame(claimed[keys]).isin(known)
    return CONSENTS.check(claimed[kept.to_numpy(dtype=bool)].reset_index(drop=True))


def certainty(
    scores: Scores | None, decisions: Decisions | None, members: Members, values: Customers, config: Config
) -> Certainty | None:
    """How sure the merges are, by scores and stewards; None where no scores are known.

    Letters go to the address in the customer's own row: the party it came from answers for them.
    """
    if scores is None:
        return None
    shown = values[(values["field"].isin(_HOMES)) & values["is_primary"]]
    shown = shown.drop_duplicates("customer_id")[["customer_id", "source", "record_id"]]
    homes = shown.merge(members, on=["customer_id", "source", "record_id"]).drop_duplicates("customer_id")
    last = None if decisions is None else standing(decisions)
    return certainty_of(
        scores,
        policy_of(config.consent),
        decisions=last,
        homes=homes.set_index("customer_id")["party"],
    )


def decide_stored(
    tables: Mapping[str, pd.DataFrame],
    config: Config,
    *,
    channels: Sequence[str] = (),
    purposes: Sequence[str] = (),
) -> Permissions:
    """The decisions for the customers of a store, as a run gives them.

    Args:
        tables: `consents` (the ledger), `members`, `contacts`, `values` (customers: country, birth_date,
            street, po_box and city at least), `scores` (how sure the merges are) and `decisions`.
        config: Policy, and the day (`as_of`).
        channels: Channels asked about; empty: as in a run.
        purposes: Purposes asked about; empty: as in a run.
    """
    members, values = Members(tables["members"]), Customers(tables["values"])
    sure = certainty(Scores(tables["scores"]), Decisions(tables["decisions"]), members, values, config)
    consents, contacts = Consents(tables["consents"]), Contacts(tables["contacts"])
    rows = _decided(consents, members, contacts, values, config, sure, asked=(channels, purposes))
    return PERMISSIONS.check(frame_of_rows(rows))


def _decided(  # noqa: PLR0913  the tables of the stage and what is asked
    consents: Consents,
    members: Members,
    contacts: Contacts,
    values: Customers,
    config: Config,
    sure: Certainty | None,
    *,
    asked: tuple[Sequence[str], Sequence[str]] = ((), ()),
    since: Since | None = None,
) -> pa.Table:
    """The decisions; of people known from bought addresses alone nothing is presumed."""
    policy = policy_of(config.consent)
    channels, purposes = asked[0] or _channels(consents, config), asked[1] or _purposes(consents, config)

    def decided(by: Policy) -> pa.Table:
        return decide_coded(
            consents,
            members,
            contacts,
            _one_of(values, "country"),
            channels=channels,
            purposes=purposes,
            as_of=config.as_of,
            policy=by,
            certainty=sure,
            births=_one_of(values, "birth_date"),
            since=since,
        )

    found = decided(policy)
    bought = _bought(members, config)
    if not bought:
        return found
    strict = decided(without_presumption(policy))
    codes, texts = codes_of(found["customer_id"])
    alone = np.isin(texts.to_pylist(), list(bought))[codes]
    # Both tables have the same rows in the same order.
    joined = joined_rows([found.filter(pa.array(~alone)), strict.filter(pa.array(alone))])
    place = np.concatenate([np.flatnonzero(~alone), np.flatnonzero(alone)])
    return joined.take(pa.array(np.argsort(place)))


def questions_of(consents: Consents, config: Config) -> tuple[list[str], list[str]]:
    """The channels and purposes that a run with these events answers for."""
    return _channels(consents, config), _purposes(consents, config)


def policy_for(customer_id: str, members: Members, config: Config) -> Policy:
    """The policy that holds for one customer: of bought addresses alone nothing is presumed."""
    policy = policy_of(config.consent)
    return without_presumption(policy) if customer_id in _bought(members, config) else policy


def _bought(members: Members, config: Config) -> set[str]:
    """Customers all of whose records are bought addresses."""
    names = {name for name, said in config.read.sources.items() if said.origin == "purchased"}
    if not names:
        return set()
    bought = members["source"].isin(names)
    return set(members.loc[bought, "customer_id"]) - set(members.loc[~bought, "customer_id"])


def _claiming_points(records: pd.DataFrame, every: Normalized) -> pd.DataFrame:
    """The contact points of records, where any of these says yes or no."""
    claims = [c for c in records.columns if str(c).startswith(("optin_", "optout_", "consent_"))]
    if any(records[name].notna().any() for name in claims):
        return contact_points_of(every.parties, every.contacts)
    return contact_points_of(every.parties.head(0), every.contacts.head(0))


def contact_points_of(parties: Parties, contacts: Contacts) -> pd.DataFrame:
    """source, record_id, channel, contact_point of every valid address and number."""
    owner = parties.set_index("party")
    valid = contacts[contacts["valid"] & contacts["value"].notna()]
    frame = pd.DataFrame(
        {
            "source": valid["party"].map(owner["source"]),
            "record_id": valid["party"].map(owner["record_id"]),
            "channel": valid["kind"],
            "contact_point": valid["value"],
            "mobile": valid["type"] == "mobile",
        },
    )
    reach = frame[frame["channel"].isin(["email", "phone", "fax"])]
    mobile = reach[(reach["channel"] == "phone") & reach["mobile"]]
    parts = [reach, mobile.assign(channel="sms"), mobile.assign(channel="messenger")]
    return pd.concat(parts, ignore_index=True).drop(columns="mobile").drop_duplicates()


def _joined(*parts: Consents) -> Consents:
    filled = [part for part in parts if len(part)]
    if not filled:
        return CONSENTS.empty()
    frame = pd.concat(filled, ignore_index=True).drop_duplicates("event_id")
    return CONSENTS.check(frame.sort_values(["at", "event_id"], na_position="first").reset_index(drop=True))


def _one_of(values: Customers, field: str) -> pd.Series[str]:
    """Customer id = the value of a field."""
    chosen = values[(values["field"] == field) & values["is_primary"]]
    return chosen.drop_duplicates("customer_id").set_index("customer_id")["value"]


def _channels(consents: Consents, config: Config) -> list[str]:
    return sorted({*config.write.consent_channels, *consents["channel"].dropna()} - {"any"})


def _purposes(consents: Consents, config: Config) -> list[str]:
    if config.write.consent_purposes:
        return sorted(config.write.consent_purposes)
    return sorted(set(consents["purpose"].dropna()) - {"any"}) or ["marketing.newsletter"]
