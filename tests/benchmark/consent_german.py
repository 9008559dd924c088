"""Decide a German set: ``python tests/benchmark/consent_german.py DIR [--crosswalk FILE] --output FILE``.

DIR holds the exports of one company (see examples/data for their form). With a crosswalk
(source, record_id and customer_id, or entity_id and component) the customers are those of the file,
else those that matching finds. Writes source, record_id, channel, purpose, allowed, as_of for every
day, channel and purpose of the set's consent_gold.csv. The policy is examples/house_policy.toml.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

from crmclean.config import Config, load_config
from crmclean.consent import import_consents, may_contact_many, policy_of
from crmclean.consent.certain import Certainty, certainty_of, parts_of
from crmclean.consent.holdings import holdings_of
from crmclean.consent.owners import assign_events
from crmclean.match import match_parties
from crmclean.merge import identify_clusters
from crmclean.normalize.events import normalize_consents
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.read import ReadResult, read_records
from crmclean.tables import MEMBERS, Members

POLICY = Path(__file__).parents[2] / "examples" / "house_policy.toml"
OTHER_NAMES = {"messe": "messe_leads", "vcard": "contacts"}
NOT_INPUT = ("gold", "consent_gold", "touchpoints_gold", "README", "SOURCES")


def customers_of(
    normal: Normalized, crosswalk: Path | None, config: Config
) -> tuple[Members, Certainty | None]:
    """The members: of the crosswalk, where all is certain, or as matched."""
    if crosswalk is None:
        matches = match_parties(normal.parties, normal.contacts, normal.addresses, config.match)
        members = identify_clusters(matches.clusters, normal.parties, at=config.as_of)[0]
        return members, certainty_of(matches.scores, policy_of(config.consent))
    given = pd.read_csv(crosswalk, dtype=str, keep_default_na=False)
    if "customer_id" not in given:
        given["customer_id"] = given["entity_id"] + "#" + given["component"]
    given["source"] = given["source"].replace(OTHER_NAMES)
    parties = normal.parties[["party", "source", "record_id", "kind"]]
    members = parties.merge(given[["source", "record_id", "customer_id"]], on=["source", "record_id"])
    return MEMBERS.check(members.assign(is_primary=~members.duplicated(["source", "record_id"]))), None


def decide(
    read: ReadResult,
    normal: Normalized,
    customers: tuple[Members, Certainty | None],
    gold: pd.DataFrame,
    config: Config,
) -> pd.DataFrame:
    """A decision per record the customer has, for the channels, purposes and days of the gold."""
    policy = policy_of(config.consent)
    parts = parts_of(*customers)
    members = parts.members
    raw, _ = normalize_consents(
        read.consents, timezone=policy.timezone, default_country=config.normalize.default_country
    )
    consents, _ = import_consents(raw, config.consent, as_of=max(gold["as_of"]))
    holdings = holdings_of(members, normal.contacts)
    told = assign_events(consents, holdings, policy, parts)
    told["customer_id"] = pd.Series(holdings.customers).take(told["customer"]).to_numpy()
    primary = members[members["is_primary"]]
    words = gold[["channel", "purpose"]].drop_duplicates()
    asked = primary[["customer_id"]].drop_duplicates().merge(words, how="cross")
    asked["purpose"] = asked["purpose"].map(policy.purpose_map)
    back = {ours: word for word, ours in policy.purpose_map.items()}
    days = []
    for day in sorted(gold["as_of"].unique()):
        found = may_contact_many(asked, told, at=day, policy=policy)
        days.append(found.assign(as_of=day, purpose=found["purpose"].map(back)))
    joined = primary[["customer_id", "source", "record_id"]].merge(pd.concat(days), on="customer_id")
    joined["allowed"] = joined["allowed"].map({True: "yes", False: "no"})
    return joined[["source", "record_id", "channel", "purpose", "allowed", "as_of", "reason"]]


def main() -> None:
    """Read, decide, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--crosswalk", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    gold = pd.read_csv(options.folder / "consent_gold.csv", dtype=str, keep_default_na=False)
    config = replace(load_config(POLICY), as_of=max(gold["as_of"]))
    files = [f for f in sorted(options.folder.iterdir()) if f.is_file() and not f.stem.startswith(NOT_INPUT)]
    read = read_records(files, config.read)
    normal = normalize_records(read.records, config.normalize, sources=read.sources)
    customers = customers_of(normal, options.crosswalk, config)
    decisions = decide(read, normal, customers, gold, config)
    decisions.drop(columns="reason").to_csv(options.output, index=False, lineterminator="\n")
    print(f"{len(decisions)} decisions for {customers[0]['customer_id'].nunique()} customers")


if __name__ == "__main__":
    main()
