"""The customers that are touched: their members, their ids, and what they are related to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmclean.increment.base import Base, among, records_of, rows_of
from crmclean.match.relate import join_relations, works_at
from crmclean.match.touched import Touched
from crmclean.merge import identify_clusters, relate_customers
from crmclean.merge.uuids import customer_ids
from crmclean.normalize.records import Normalized
from crmclean.tables import CLUSTERS, IDENTITIES, MEMBERS, Identities, Members, Parties, Relations

__all__ = ["Reach", "members_now", "reach_of", "relations_of"]


@dataclass(frozen=True, slots=True)
class Reach:
    """The customers that are touched.

    Args:
        normal: Their parties, contacts and addresses.
        members: Their members.
        identities: Their ids and what became of them, and of those that they had before.
        registry: All ids.
        customers: Ids of the customers that are touched, before and now.
        parties: All their parties, before and now.
    """

    normal: Normalized
    members: Members
    identities: Identities
    registry: Identities
    customers: pd.Index
    parties: pd.Index


def reach_of(base: Base, matches: Touched, known: Identities, *, at: str) -> Reach:
    """The ids of what was clustered anew; all other customers stay.

    Args:
        base: All parties.
        matches: Clusters of the touched parties.
        known: All ids of the run before.
        at: Time of this run.
    """
    parties = pd.Index(matches.clusters["party"]).union(pd.Index(base.gone.astype("str")))
    own = among(base.members["party"], parties)
    before = pd.Index(base.members.loc[own, "customer_id"].unique())
    normal = rows_of(base.normal, matches.clusters["party"])
    relevant = _relevant(known, before, normal)
    members, identities = identify_clusters(
        matches.clusters,
        normal.parties,
        known=relevant,
        known_members=MEMBERS.check(
            base.members[among(base.members["customer_id"], relevant["customer_id"])].reset_index(drop=True)
        ),
        at=at,
    )
    # a customer that was asked about for an older id alone is as it was
    elsewhere = pd.Index(base.members.loc[~own, "customer_id"].unique()).difference(members["customer_id"])
    identities = IDENTITIES.check(identities[~among(identities["customer_id"], elsewhere)])
    members = _primary_kept(members, base)
    rest = known[~among(known["customer_id"], identities["customer_id"])]
    registry = IDENTITIES.check(pd.concat([rest, identities], ignore_index=True))
    customers = before.union(pd.Index(members["customer_id"].unique()))
    return Reach(normal, members, identities, registry, customers, parties)


def _relevant(known: Identities, before: pd.Index, normal: Normalized) -> Identities:
    """The ids that these parties have or had, those made of them once, and those they lead to or come from."""
    made = customer_ids((normal.parties["kind"] + ":" + normal.parties["party"]).tolist())
    chosen = among(known["anchor"], normal.parties["party"])
    chosen |= among(known["customer_id"], before) | among(known["customer_id"], made)
    merged = known["merged_into"].notna().to_numpy()
    while True:
        ids, into = known.loc[chosen, "customer_id"], known.loc[chosen & merged, "merged_into"]
        further = among(known["customer_id"], into) | (merged & among(known["merged_into"], ids))
        if not (further & ~chosen).any():
            return IDENTITIES.check(known[chosen].reset_index(drop=True))
        chosen |= further


def _primary_kept(members: Members, base: Base) -> Members:
    """The members; a record that is as it was counts for the customer of the party it counted for."""
    own = base.members[among(base.members["party"], members["party"])]
    was = among(members["party"], own.loc[own["is_primary"], "party"])
    primary = np.where(among(members["party"], base.fresh), members["is_primary"], was)
    return MEMBERS.check(members.assign(is_primary=primary.astype(bool)))


def members_now(base: Base, reach: Reach) -> Members:
    """The members of all customers."""
    rest = base.members[~among(base.members["party"], reach.parties)]
    whole = pd.concat([rest, reach.members], ignore_index=True)
    return MEMBERS.check(whole.sort_values(["customer_id", "party"], kind="stable").reset_index(drop=True))


def relations_of(base: Base, reach: Reach, matches: Touched) -> Relations:
    """The relations of the touched customers, to each other and to others."""
    near = _companions(base, reach)
    parties = (
        pd.Index(near["party"]).union(pd.Index(matches.homes["left"])).union(pd.Index(matches.homes["right"]))
    )
    owners = [
        base.members.loc[
            among(base.members["party"], parties.difference(reach.parties)), ["party", "customer_id"]
        ],
        reach.members[["party", "customer_id"]],
    ]
    owner = pd.concat(owners, ignore_index=True)
    labels = near[["party"]].merge(owner, on="party").rename(columns={"customer_id": "cluster"})
    works = works_at(near, CLUSTERS.check(labels))
    customers = pd.DataFrame({"party": owner["customer_id"].unique()}).assign(
        customer_id=lambda f: f["party"]
    )
    named = MEMBERS.check(pd.concat([owner, customers], ignore_index=True).reindex(columns=MEMBERS.names))
    found = relate_customers(join_relations(matches.homes, works), named)
    touched = among(found["left"], reach.customers) | among(found["right"], reach.customers)
    return found[touched].reset_index(drop=True)


def _companions(base: Base, reach: Reach) -> Parties:
    """The parties of records of which a party is touched, where records name people and companies."""
    parties = base.normal.parties
    if not (parties["kind"] == "organization").any():
        return Parties(parties.iloc[:0])
    wanted = records_of(reach.normal.parties["party"])
    near = among(records_of(parties["party"]), wanted)
    return Parties(parties[near].reset_index(drop=True))
