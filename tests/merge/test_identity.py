"""Customer ids: made from the anchor, kept over runs."""

from __future__ import annotations

import uuid

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.merge import NAMESPACE, identify_clusters, named_parties, resolve_ids
from crmclean.tables import CLUSTERS, IDENTITIES, PARTIES
from tests.merge.tables import AT, clusters, company, identified, parties, person

LATER = "2026-02-28T00:00:00Z"


def ids(members):
    """Record -> customer id."""
    return dict(zip(members["source"] + ":" + members["record_id"], members["customer_id"], strict=True))


def again(table, groups, known, before, at=LATER):
    """A further run."""
    return identify_clusters(clusters(table, groups), table, known=known, known_members=before, at=at)


def status(identities):
    """Id -> status."""
    return dict(zip(identities["customer_id"], identities["status"], strict=True))


def test_id_is_uuid5_of_kind_and_smallest_party():
    """The id of a first run is computed from kind and smallest party, in our namespace."""
    table = parties(person("b:2"), person("a:9"), person("a:1"))
    members, identities = identified(table)
    assert set(members["customer_id"]) == {str(uuid.uuid5(NAMESPACE, "person:a:1/person"))}
    assert identities["anchor"].tolist() == ["a:1/person"]
    assert identities["status"].tolist() == ["active"]
    assert identities["valid_from"].tolist() == [AT]


def test_crosswalk_prefers_the_person():
    """A record with a person and a company counts for the person, a company's record for the company."""
    table = parties(person("a:1"), company("a:1"), company("a:2"))
    members, _ = identified(table, [])
    chosen = members[members["is_primary"]].set_index("party").index.tolist()
    assert sorted(chosen) == ["a:1/person", "a:2/organization"]


def test_couple_counts_for_the_first_person():
    """Of two persons on a row the first counts, and exactly one party of each record does."""
    second = {**person("a:1"), "party": "a:1/person2"}
    table = parties(company("a:1"), second, person("a:1"))
    members, _ = identify_clusters(
        CLUSTERS.check(pd.DataFrame({"party": table["party"], "cluster": table["party"]})), table, at=AT
    )
    assert members.loc[members["is_primary"], "party"].tolist() == ["a:1/person"]


@pytest.mark.parametrize("records", [["a:1", "a:2", "b:1"], ["b:1", "a:1-2", "a:1", "a:10", "a:2"], ["a:7"]])
def test_parties_are_named_as_the_registry_has_it(records):
    """Names of parties without a registry: the same, however records and parties sort."""
    table = parties(*(person(r) for r in records), company(records[0]))
    groups = clusters(table, [records[:2]] if len(records) > 2 else [])
    members, registry = identify_clusters(groups, table, at=AT)
    found, customers = named_parties(groups, table)
    assert found["party"].is_monotonic_increasing
    assert customers == found.loc[found["is_primary"], "customer_id"].nunique()
    again = found.sort_values(["customer_id", "party"], ignore_index=True)
    pd.testing.assert_frame_equal(again, members.sort_values(["customer_id", "party"], ignore_index=True))
    assert registry["customer_id"].is_monotonic_increasing
    assert members["customer_id"].is_monotonic_increasing


def test_empty_tables():
    """Nothing in, nothing out."""
    members, identities = identify_clusters(CLUSTERS.empty(), PARTIES.empty(), at=AT)
    assert len(members) == len(identities) == 0


def test_rerun_changes_nothing():
    """The same clusters again: the same members and the same registry, bytes and all."""
    table = parties(person("a:1"), person("a:2"), company("b:1"))
    before, known = identified(table, [["a:1", "a:2"]])
    members, registry = again(table, [["a:1", "a:2"]], known, before)
    pd.testing.assert_frame_equal(members, before)
    pd.testing.assert_frame_equal(registry, known)


def test_smaller_record_added_keeps_the_id():
    """A record that sorts before the anchor joins the customer; the id stays."""
    first = parties(person("b:1"), person("b:2"))
    before, known = identified(first)
    table = parties(person("a:1"), person("b:1"), person("b:2"))
    members, registry = again(table, [["a:1", "b:1", "b:2"]], known, before)
    assert set(members["customer_id"]) == set(before["customer_id"])
    assert len(registry) == 1


def test_merge_keeps_the_larger_of_equally_old():
    """Two customers become one: the one with more members survives, the other points to it."""
    table = parties(person("a:1"), person("b:1"), person("b:2"))
    before, known = identified(table, [["b:1", "b:2"]])
    members, registry = again(table, [["a:1", "b:1", "b:2"]], known, before)
    survivor = ids(before)["b:1"]
    assert set(members["customer_id"]) == {survivor}
    row = registry.set_index("customer_id").loc[ids(before)["a:1"]]
    assert (row["status"], row["merged_into"], row["valid_to"]) == ("merged", survivor, LATER)
    assert resolve_ids(registry) == {ids(before)["a:1"]: survivor}


def test_merge_keeps_the_older():
    """The customer known for longer survives, however small."""
    old, known = identified(parties(person("z:1")))
    table = parties(person("z:1"), person("a:1"), person("a:2"))
    before, known = again(table, [["a:1", "a:2"]], known, old)
    members, _ = again(table, [["z:1", "a:1", "a:2"]], known, before, at="2026-03-31T00:00:00Z")
    assert set(members["customer_id"]) == set(old["customer_id"])


def test_split_leaves_the_id_with_the_anchor():
    """The part that holds the anchor keeps the id, the other is new and says where it came from."""
    table = parties(person("a:1"), person("a:2"), person("a:3"))
    before, known = identified(table)
    members, registry = again(table, [["a:2", "a:3"]], known, before)
    assert ids(members)["a:1"] == ids(before)["a:1"]
    new = registry.set_index("customer_id").loc[ids(members)["a:2"]]
    assert (new["split_from"], new["status"], new["anchor"]) == (ids(before)["a:1"], "active", "a:2/person")


def test_split_without_anchor_follows_the_majority():
    """The anchor's record is gone: the larger part keeps the id."""
    before, known = identified(parties(person("a:1"), person("b:1"), person("b:2"), person("c:1")))
    rest = parties(person("b:1"), person("b:2"), person("c:1"))
    members, _ = again(rest, [["b:1", "b:2"]], known, before)
    assert ids(members)["b:1"] == ids(before)["a:1"]
    assert ids(members)["c:1"] != ids(before)["a:1"]


def test_vanished_customer_is_retired_and_comes_back():
    """A customer without records is retired; the same record makes it active again."""
    table = parties(person("a:1"), person("b:1"))
    before, known = identified(table, [])
    members, registry = again(parties(person("b:1")), [], known, before)
    gone = ids(before)["a:1"]
    assert status(registry)[gone] == "retired"
    back, registry = again(table, [], registry, members, at="2026-03-31T00:00:00Z")
    assert ids(back)["a:1"] == gone
    assert status(registry)[gone] == "active"


def test_merge_undone_gives_back_both_ids():
    """Merge, then split the same way: members and active ids are as before."""
    table = parties(person("a:1"), person("b:1"), person("b:2"))
    before, known = identified(table, [["b:1", "b:2"]])
    merged, registry = again(table, [["a:1", "b:1", "b:2"]], known, before)
    members, registry = again(table, [["b:1", "b:2"]], registry, merged, at="2026-03-31T00:00:00Z")
    pd.testing.assert_frame_equal(members, before)
    assert set(status(registry).values()) == {"active"}
    assert registry["merged_into"].isna().all()


def test_returned_anchor_does_not_take_the_living_id():
    """The anchor's record left and its customer lived on; coming back alone it gets another id."""
    before, known = identified(parties(person("a:1"), person("a:2")))
    kept, registry = again(parties(person("a:2")), [], known, before)
    both = parties(person("a:1"), person("a:2"))
    members, registry = again(both, [], registry, kept, at="2026-03-31T00:00:00Z")
    assert ids(members)["a:2"] == ids(before)["a:1"]
    assert ids(members)["a:1"] != ids(members)["a:2"]
    assert registry["customer_id"].is_unique


def test_retired_id_whose_record_joins_another_points_there():
    """A retired customer's record turns up in another customer: the old id leads to it."""
    before, known = identified(parties(person("a:1"), person("b:1")), [])
    kept, registry = again(parties(person("b:1")), [], known, before)
    both = parties(person("a:1"), person("b:1"))
    _, registry = again(both, [["a:1", "b:1"]], registry, kept, at="2026-03-31T00:00:00Z")
    assert resolve_ids(registry) == {ids(before)["a:1"]: ids(before)["b:1"]}


def test_split_taken_back_leaves_the_id_as_it_was():
    """A part that takes up an old id of its own yields to the customer it came from, however large it is."""
    table = parties(*[person(f"a:{n}") for n in range(1, 5)])
    first, known = identified(table, [["a:1", "a:2"], ["a:3"], ["a:4"]])
    whole = [["a:1", "a:2", "a:3", "a:4"]]
    before, known = again(table, whole, known, first)
    apart, known = again(table, [["a:1"], ["a:2", "a:3", "a:4"]], known, before, "2026-03-31T00:00:00Z")
    assert ids(apart)["a:1"] == ids(before)["a:1"]
    assert ids(apart)["a:3"] == ids(first)["a:3"]
    after, known = again(table, whole, known, apart, "2026-04-30T00:00:00Z")
    assert ids(after) == ids(before)
    assert resolve_ids(known)[ids(first)["a:3"]] == ids(before)["a:1"]


def test_ended_ids_lead_to_their_record_whatever_happens_to_it():
    """An id of a record that moved on, was split off and taken back leads to whoever has the record."""
    table = parties(*[person(f"a:{n}") for n in range(1, 6)])
    first, known = identified(table, [["a:1", "a:2"], ["a:3"], ["a:4", "a:5"]])
    other, old, own = (ids(first)[name] for name in ("a:1", "a:3", "a:4"))
    merged, merged_known = again(table, [["a:1", "a:2", "a:3"], ["a:4", "a:5"]], known, first)
    groups = [["a:1", "a:2"], ["a:3", "a:4", "a:5"]]
    moved, known = again(table, groups, merged_known, merged, "2026-03-31T00:00:00Z")
    assert resolve_ids(merged_known)[old] == other
    assert ids(moved)["a:3"] == own
    assert resolve_ids(known)[old] == own
    apart = [["a:1", "a:2"], ["a:3"], ["a:4", "a:5"]]
    split, after = again(table, apart, known, moved, "2026-04-30T00:00:00Z")
    assert ids(split)["a:3"] == old
    back, after = again(table, groups, after, split, "2026-05-31T00:00:00Z")
    assert ids(back) == ids(moved)
    assert resolve_ids(after)[old] == own


def test_split_taken_back_though_the_customer_once_yielded():
    """An id that once yielded to a former one does so no more when that one was given up in between."""
    four = parties(person("a:1"), person("a:2"), person("a:3"), person("b:1"))
    three = parties(person("a:2"), person("a:3"), person("b:1"))
    rest = ["a:2", "a:3", "b:1"]
    first, known = identified(four, [["a:1", "a:2", "a:3"]])
    whole, known = again(four, [["a:1", *rest]], known, first)
    apart, known = again(four, [rest], known, whole, "2026-03-31T00:00:00Z")
    assert ids(apart)["b:1"] == ids(first)["b:1"]
    gone, known = again(three, [rest], known, apart, "2026-04-30T00:00:00Z")
    before, known = again(four, [["a:1", *rest]], known, gone, "2026-05-31T00:00:00Z")
    assert set(ids(before).values()) == {ids(first)["b:1"]}
    split, known = again(four, [rest], known, before, "2026-06-30T00:00:00Z")
    assert ids(split)["a:1"] == ids(first)["a:1"]
    after, _ = again(four, [["a:1", *rest]], known, split, "2026-07-31T00:00:00Z")
    assert ids(after) == ids(before)


def test_split_taken_back_that_drove_the_rest_to_another():
    """A split after which the rest joins another customer, taken back, gives the customer its id again."""
    three = parties(person("a:1"), person("a:2"), person("c:1"))
    old, known = identified(parties(person("c:1")))
    before, known = again(three, [["a:1", "a:2"], ["c:1"]], known, old)
    split, known = again(three, [["a:1", "c:1"], ["a:2"]], known, before, "2026-03-31T00:00:00Z")
    assert ids(split)["a:1"] == ids(old)["c:1"]
    after, _ = again(three, [["a:1", "a:2"], ["c:1"]], known, split, "2026-04-30T00:00:00Z")
    assert ids(after) == ids(before)


def test_split_of_a_record_that_came_back_taken_back():
    """An id that was retired, then led to a younger customer, yields to that one when a split is taken back."""
    both = parties(person("a:1"), person("a:2"))
    first, known = identified(parties(person("a:1")))
    alone, known = again(parties(person("a:2")), [], known, first)
    before, known = again(both, [["a:1", "a:2"]], known, alone, "2026-03-31T00:00:00Z")
    apart, known = again(both, [], known, before, "2026-04-30T00:00:00Z")
    assert ids(apart) == {"a:1": ids(first)["a:1"], "a:2": ids(alone)["a:2"]}
    after, _ = again(both, [["a:1", "a:2"]], known, apart, "2026-05-31T00:00:00Z")
    assert ids(after) == ids(before)


def test_customers_that_come_again_have_the_ids_they_had():
    """What a customer was before it was divided is known, though by age and anchor another id would be its own."""
    table = parties(*[person(f"a:{n}") for n in range(4)])
    young = parties(person("a:1"), person("a:3"))
    first, known = identified(young, [])
    whole, known = again(table, [["a:0", "a:1", "a:2", "a:3"]], known, first)
    apart, known = again(table, [["a:1"], ["a:0", "a:2", "a:3"]], known, whole, "2026-03-31T00:00:00Z")
    assert ids(apart)["a:1"] == ids(first)["a:1"] == ids(whole)["a:0"]
    assert ids(apart)["a:0"] == ids(first)["a:3"]
    back, _ = again(table, [["a:0", "a:1", "a:2", "a:3"]], known, apart, "2026-04-30T00:00:00Z")
    assert ids(back) == ids(whole)


def test_merge_taken_back_where_the_anchors_are_gone():
    """Two customers whose first records were deleted, merged and parted again, have their ids as before."""
    four = parties(*[person(f"a:{n}") for n in range(1, 5)])
    first, known = identified(four, [["a:1", "a:4"], ["a:2", "a:3"]])
    left = parties(person("a:3"), person("a:4"))
    before, known = again(left, [], known, first)
    assert ids(before) == {r: c for r, c in ids(first).items() if r in ("a:3", "a:4")}
    merged, known = again(left, [["a:3", "a:4"]], known, before, "2026-03-31T00:00:00Z")
    after, known = again(left, [], known, merged, "2026-04-30T00:00:00Z")
    assert ids(after) == ids(before)
    assert set(known["anchor"]) == {"a:3/person", "a:4/person"}


def test_merge_taken_back_gives_the_id_of_last_and_not_an_older_one():
    """A customer that holds the anchors of two former ids gets back the one that it had."""
    three = parties(person("a:1"), person("b:1"), person("c:1"))
    first, known = identified(parties(person("a:1"), person("b:1")), [])
    one, known = again(parties(person("b:1")), [], known, first)  # a:1 is gone
    pair, known = again(three, [["a:1", "b:1"]], known, one, "2026-03-31T00:00:00Z")
    assert ids(pair)["a:1"] == ids(first)["b:1"]
    gone = parties(person("a:1"), person("b:1"), person("c:1"))
    whole, known = again(gone, [["a:1", "b:1", "c:1"]], known, pair, "2026-04-30T00:00:00Z")
    after, _ = again(gone, [["a:1", "b:1"]], known, whole, "2026-05-31T00:00:00Z")
    assert ids(after) == ids(pair)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=2, max_size=5), st.randoms())
def test_any_history_of_merges_and_splits(history, random):
    """Whatever happens, the registry stays true.

    Every id ever issued resolves to one issued, each customer has one id, the order of rows is no
    matter, and a repeated run changes nothing.
    """
    known, before = IDENTITIES.empty(), None
    issued = set()
    for turn, groups in enumerate(history):
        rows = [person(f"a:{n}") for n, group in enumerate(groups) if group]  # group 0: the record is away
        table = parties(*rows)
        parts = [[f"a:{n}" for n, g in enumerate(groups) if g == number] for number in (1, 2, 3)]
        at = f"2026-0{turn + 1}-01T00:00:00Z"
        members, registry = (
            again(table, parts, known, before, at) if before is not None else identified(table, parts)
        )
        for part in parts:
            assert len({ids(members)[r] for r in part}) <= 1
        assert members["customer_id"].nunique() == sum(1 for part in parts if part)
        issued |= set(registry["customer_id"])
        assert set(registry["customer_id"]) == issued
        active = set(registry.loc[registry["status"].eq("active"), "customer_id"])
        assert active == set(members["customer_id"])
        for target in resolve_ids(registry).values():
            assert registry.set_index("customer_id").loc[target, "status"] != "merged"
        repeated = again(table, parts, registry, members, "2027-01-01T00:00:00Z")
        pd.testing.assert_frame_equal(repeated[0], members)
        pd.testing.assert_frame_equal(repeated[1], registry)
        if before is not None and len(table):
            shuffled = table.sample(frac=1, random_state=random.randint(0, 9)).reset_index(drop=True)
            pd.testing.assert_frame_equal(again(shuffled, parts, known, before, at)[0], members)
        known, before = registry, members


def parts_of(groups):
    """Records by the number of their group; those of group 0 are away."""
    table = parties(*[person(f"a:{n}") for n, group in enumerate(groups) if group])
    return table, [[f"a:{n}" for n, g in enumerate(groups) if g == number] for number in range(1, 6)]


def leads(registry):
    """Id -> the one that stands for it, for all ids ever issued."""
    return {one: one for one in registry["customer_id"]} | resolve_ids(registry)


GROUPS = st.lists(st.integers(0, 4), min_size=7, max_size=7)
PRESENT = st.lists(st.integers(1, 5), min_size=7, max_size=7)


@settings(max_examples=60, deadline=None)
@given(st.lists(GROUPS, min_size=1, max_size=6), PRESENT, PRESENT, PRESENT)
def test_whatever_is_taken_back_leaves_all_ids_as_they_were(history, start, one, two):
    """However customers are regrouped: taken back step by step, their ids and all that led to them are as before."""
    known, before = IDENTITIES.empty(), None
    for turn, groups in enumerate([*history, start]):
        table, parts = parts_of(groups)
        before, known = again(table, parts, known, before, f"2026-01-{turn + 1:02}T00:00:00Z")
    kept = [(ids(before), leads(known))]
    for turn, groups in enumerate((one, two, one, start)):
        table, parts = parts_of(groups)
        before, known = again(table, parts, known, before, f"2026-02-{turn + 1:02}T00:00:00Z")
        kept.append((ids(before), leads(known)))
    for then, now in ((1, 3), (0, 4)):
        assert kept[now][0] == kept[then][0]
        assert {one: kept[now][1][one] for one in kept[then][1]} == kept[then][1]


@pytest.mark.parametrize("keys", [[], ["person:erp:ä/person", "organization:x:1/organization"]])
def test_ids_agree_with_the_standard_library(keys):
    """The fast computation is uuid5."""
    from crmclean.merge.uuids import customer_ids

    assert customer_ids(keys) == [str(uuid.uuid5(NAMESPACE, key)) for key in keys]
