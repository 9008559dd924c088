"""Ids from run to run, whatever comes, goes, joins and parts; `tests.benchmark.kept` says what must hold."""

from __future__ import annotations

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean.merge import identify_clusters
from crmclean.tables import CLUSTERS, PARTIES
from tests.benchmark.kept import fates, ids_of_whole, owners, resolver

SPREAD = st.dictionaries(st.integers(0, 9), st.integers(0, 4), min_size=1)
"""Party -> group; parties that are missing are not there."""


def runs_of(*spreads):
    """Members and registry after each run, in each of which the parties lie in these groups."""
    members = identities = None
    for number, spread in enumerate(spreads, start=1):
        names = [f"a:{n}/person" for n in sorted(spread)]
        parties = pd.DataFrame({"party": names, "source": "a", "kind": "person", "quality": 1.0})
        parties["record_id"] = [str(n) for n in sorted(spread)]
        first = {g: min(n for n in spread if spread[n] == g) for g in spread.values()}
        groups = [f"a:{first[spread[n]]}/person" for n in sorted(spread)]
        members, identities = identify_clusters(
            CLUSTERS.check(pd.DataFrame({"party": names, "cluster": groups})),
            PARTIES.check(parties.reindex(columns=PARTIES.names)),
            known=identities,
            known_members=members,
            at=f"2026-0{number}-01",
        )
        yield owners(members), identities


@given(SPREAD, SPREAD, st.sets(st.integers(0, 9), max_size=3))
@settings(max_examples=40, deadline=None)
@example({0: 0, 1: 1, 2: 1}, {}, {1})  # the anchor of another customer goes
@example({0: 0, 1: 0, 2: 1}, {1: 1}, set())  # half of one goes over to another
def test_ids_of_those_that_nothing_touched(one, moved, gone):
    """Where nobody came, moved or went, a customer is as it was, with its id; who was met has an id that leads on."""
    two = {party: group for party, group in {**one, **moved}.items() if party not in gone}
    if not two:
        return
    (before, _), (after, registry) = runs_of(one, two)
    touched = {f"a:{n}/person" for n in {*moved, *gone}}
    found = fates(before, after, touched, resolver(registry))
    assert found.wrong == []
    assert found.unchanged == found.unchanged_kept


@given(SPREAD, SPREAD)
@settings(max_examples=40, deadline=None)
def test_ids_of_those_that_stay_whole(one, two):
    """Alone: the same id. Joined: an id that leads there. Split: one that is one of the parts'."""
    (before, _), (after, registry) = runs_of(one, {**one, **two})
    found = ids_of_whole(before, after, resolver(registry))
    assert found.get("alone", 0) == found.get("alone_same_id", 0)
    assert found.get("joined", 0) == found.get("joined_led_to", 0)
    assert found.get("split", 0) == found.get("split_id_leads_to_a_part", 0)
