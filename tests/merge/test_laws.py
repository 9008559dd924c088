"""Laws of survivorship, for generated records."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.merge import merge_clusters
from crmclean.merge.address import number_form, street_form
from tests.merge.tables import addresses, contacts, identified, parties, person

WORDS = st.sampled_from([None, "", "Anna", "ANNA", "Änna", "Berta", "B."])
TIMES = st.sampled_from([None, "2020", "2021-05-01", "2023-01-01T10:00:00Z"])
RECORD = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["a", "b", "c"]),
        "customer": st.integers(0, 2),
        "given_name": WORDS,
        "family_name": st.sampled_from([None, "Kurz", "Lang"]),
        "title": st.sampled_from([None, "Dr.", "Prof."]),
        "birth_date": st.sampled_from([None, "1970", "1970-02-03", "1971-02-03"]),
        "organization": st.sampled_from([None, "Eins GmbH", "Zwei AG"]),
        "role": st.sampled_from([None, "Chef"]),
        "revenue": st.sampled_from([None, 1.5, 20.0]),
        "created_at": TIMES,
        "street": st.sampled_from([None, "Alt-Str.", "Altstraße", "Neuweg"]),
        "house_number": st.sampled_from([None, "1", "2 a"]),
        "postal_code": st.sampled_from([None, "10115", "20095"]),
        "city": st.sampled_from([None, "Berlin", "Hamburg"]),
        "region": st.sampled_from([None, "Nord"]),
        "email": st.sampled_from([None, "x@example.org", "y@example.org"]),
        "phone": st.sampled_from([None, "+491", "+492"]),
        "mobile": st.booleans(),
    },
)


def built(rows):
    """Members and tables of generated records."""
    people, points, places = [], [], []
    for number, row in enumerate(rows):
        record = f"{row['source']}:{number}"
        names = (
            "given_name",
            "family_name",
            "title",
            "birth_date",
            "organization",
            "role",
            "revenue",
            "created_at",
        )
        people.append(person(record, **{n: row[n] for n in names}))
        sort = {"type": "mobile" if row["mobile"] else "home"}
        points.extend((record, kind, row[kind], sort) for kind in ("email", "phone") if row[kind])
        if any(row[p] for p in ("street", "postal_code", "city")):
            places.append(
                (
                    record,
                    row["street"],
                    row["house_number"],
                    row["postal_code"],
                    row["city"],
                    {"region": row["region"]},
                )
            )
    table = parties(*people)
    groups = [[f"{r['source']}:{i}" for i, r in enumerate(rows) if r["customer"] == n] for n in range(3)]
    members, _ = identified(table, groups)
    return members, table, contacts(*points), addresses(*places)


@settings(max_examples=40, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=9), st.integers(0, 99))
def test_laws_of_survivorship(rows, seed):
    """For any records the laws of survivorship hold.

    Order is no matter, the input stays, empty never wins, one primary, every value is in its
    source row, and the parts of an address agree with each other.
    """
    members, table, points, places = built(rows)
    copies = [frame.copy() for frame in (members, table, points, places)]
    customers, issues = merge_clusters(members, table, points, places)
    for frame, copy in zip((members, table, points, places), copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
    mixed = [f.sample(frac=1, random_state=seed).reset_index(drop=True) for f in copies]
    again = merge_clusters(*mixed)
    pd.testing.assert_frame_equal(again[0], customers)
    pd.testing.assert_frame_equal(again[1], issues)
    assert customers["value"].str.strip().ne("").all()
    assert customers["value"].notna().all()
    count = customers.groupby(["customer_id", "field"])["is_primary"].sum()
    assert count.max() <= 1 if len(count) else True
    lists = count[
        count.index.get_level_values("field").isin(["email", "phone", "mobile", "birth_date", "revenue"])
    ]
    assert lists.eq(1).all()
    check_provenance(customers, table, points, places)
    check_addresses(customers, places)
    check_conflicts(customers, issues)


def check_provenance(customers, table, points, places):
    """Every value stands in the row it is said to come from."""
    said = {}
    for name, frame in (("party", table), ("contact", points), ("address", places)):
        for row in frame.to_dict("records"):
            record = row["party"].rsplit("/", 1)[0]
            if name == "contact":
                said.setdefault((record, row["field"]), set()).add(row["value"])
            else:
                for field, value in row.items():
                    text = f"{value:.2f}" if field == "revenue" and value == value else value  # noqa: PLR0124  NaN
                    said.setdefault((record, field), set()).add(text)
    for row in customers.to_dict("records"):
        if row["rule"] == "sum":
            continue
        assert row["value"] in said[f"{row['source']}:{row['record_id']}", row["source_field"]]


def check_addresses(customers, places):
    """Records that give parts of a primary address do not contradict each other."""
    source = {row["party"].rsplit("/", 1)[0]: row for row in places.to_dict("records")}
    fields = {"street", "house_number", "postal_code", "city", "region"}
    shown = customers[customers["is_primary"] & customers["field"].isin(fields)]
    for _, parts in shown.groupby("customer_id"):
        rows = [source[r] for r in (parts["source"] + ":" + parts["record_id"]).unique()]
        for field, form in (
            ("street", street_form),
            ("house_number", number_form),
            ("postal_code", str),
            ("city", str),
        ):
            assert len({form(row[field]) for row in rows if isinstance(row[field], str)}) <= 1


def check_conflicts(customers, issues):
    """A conflict for every other value of a field that is a conflict field, and no other."""
    single = ["salutation", "given_name", "family_name", "birth_date"]
    beside = customers[customers["field"].isin(single)]
    shown = beside[beside["is_primary"]].set_index(["customer_id", "field"]).index
    losing = beside[~beside["is_primary"]].set_index(["customer_id", "field"]).index
    assert issues["field"].isin(single).sum() == losing.isin(shown).sum()
