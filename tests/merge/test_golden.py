"""Which value wins, and that every value can be traced to its record."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import MergeConfig
from crmclean.errors import ConfigError
from crmclean.merge import merge_clusters
from crmclean.tables import ADDRESSES, CONTACTS, MEMBERS, PARTIES
from tests.merge.tables import (
    addresses,
    company,
    contacts,
    identified,
    others,
    parties,
    person,
    primary,
)


def merged(table, points=None, places=None, config=None, **options):
    """Customers and conflicts of one customer per kind."""
    members, _ = identified(table)
    return merge_clusters(
        members, table, points if points is not None else contacts(), places if places is not None else addresses(),
        config or MergeConfig(), **options,
    )  # fmt: skip


def test_empty_tables():
    """Nothing in, nothing out, with all columns."""
    customers, issues = merge_clusters(MEMBERS.empty(), PARTIES.empty(), CONTACTS.empty(), ADDRESSES.empty())
    assert len(customers) == len(issues) == 0


def test_name_most_sources_agree_on_wins():
    """Two sources against a newer typing error; the error is kept and reported."""
    table = parties(
        person("a:1", given_name="Hanna", family_name="Kröger", created_at="2020-01-01"),
        person("b:1", given_name="Hanna", family_name="Kröger", created_at="2021-01-01"),
        person("c:1", given_name="Hana", family_name="Kröger", created_at="2025-01-01"),
    )
    customers, issues = merged(table)
    assert primary(customers)["given_name"] == "Hanna"
    assert others(customers, "given_name") == ["Hana"]
    row = issues.iloc[0]
    assert (len(issues), row["code"], row["record_id"], row["raw"], row["proposal"]) == (
        1, "value_conflict", "1", "Hana", "Hanna",
    )  # fmt: skip
    assert row["source"] == "c"


def test_same_source_has_one_vote():
    """Three rows of one source do not outvote two sources."""
    rows = [person(f"a:{n}", given_name="Jan", family_name="Berg") for n in range(3)]
    table = parties(
        *rows,
        person("b:1", given_name="Jens", family_name="Berg"),
        person("c:1", given_name="Jens", family_name="Berg"),
    )
    assert primary(merged(table)[0])["given_name"] == "Jens"


def test_full_given_name_before_initial():
    """An initial never beats a name, and is told as an abbreviation, not as a warning."""
    table = parties(
        person("a:1", given_name="J.", family_name="Brandt"),
        person("b:1", given_name="Jonas", family_name="Brandt"),
    )
    customers, issues = merged(table)
    assert primary(customers)["given_name"] == "Jonas"
    assert issues["severity"].tolist() == ["info"]


def test_best_spelling_of_the_same_name():
    """Capitals only and written-out umlauts lose; they are no contradiction."""
    table = parties(
        person("a:1", given_name="JUERGEN", family_name="KOESTER"),
        person("b:1", given_name="Juergen", family_name="Koester"),
        person("c:1", given_name="Jürgen", family_name="Köster"),
    )
    customers, issues = merged(table)
    shown = customers[customers["is_primary"]]
    assert shown["value"].tolist() == ["Jürgen", "Köster"]
    assert shown["records"].tolist() == [3, 3]
    assert len(issues) == 0


def test_name_parts_come_from_one_record():
    """The title of another person's name is not taken; that of the same name is."""
    table = parties(
        person("a:1", given_name="Ulrike", family_name="Sommer", salutation="ms"),
        person("b:1", given_name="Ulrike", family_name="Sommer", title="Dr."),
        person("c:1", given_name="Rike", family_name="Winter", title="Prof.", name_prefix="von"),
    )
    customers, _ = merged(table)
    values = primary(customers)
    assert (values["given_name"], values["family_name"], values["title"]) == ("Ulrike", "Sommer", "Dr.")
    assert "name_prefix" not in values
    filled = customers[customers["field"].eq("title") & customers["is_primary"]].iloc[0]
    assert (filled["rule"], filled["source"]) == ("filled", "b")


def test_address_comes_from_one_record_and_is_completed_by_an_agreeing_one():
    """The newest complete address wins; its missing town comes from the same street and postcode."""
    table = parties(
        person("a:1", created_at="2024-01-01"),
        person("b:1", created_at="2022-01-01"),
        person("c:1", created_at="2020-01-01"),
    )
    places = addresses(
        ("a:1", "Lindenstr.", "4", "20095", None),
        ("b:1", "Lindenstraße", None, "20095", "Hamburg"),
        ("c:1", "Ahornweg", "9", "80331", "München", {"region": "Bayern"}),
    )
    customers, _ = merged(table, places=places)
    values = primary(customers)
    assert [values.get(f) for f in ("street", "house_number", "postal_code", "city", "region")] == [
        "Lindenstr.", "4", "20095", "Hamburg", None,
    ]  # fmt: skip
    assert others(customers, "street") == ["Ahornweg"]


def test_contradicting_house_numbers_are_not_guessed():
    """The winner has no number, two agreeing addresses have different ones: none is taken."""
    config = MergeConfig(rules={"address": ("source_priority",)}, source_priority=("a", "b", "c"))
    table = parties(person("a:1"), person("b:1"), person("c:1"))
    places = addresses(
        ("a:1", "Lindenstr.", None, "20095", "Hamburg"),
        ("b:1", "Lindenstr.", "4", "20095", "Hamburg", {"region": "HH"}),
        ("c:1", "Lindenstr.", "6", "20095", "Hamburg"),
    )
    values = primary(merged(table, places=places, config=config)[0])
    assert "house_number" not in values
    assert "region" not in values


def moves(**newer):
    """An address that ended in March, and another that an older record gives."""
    table = parties(
        person("a:1", family_name="Roth", modified_at="2026-05-01"),
        person("b:1", family_name="Roth", modified_at="2025-02-01"),
        *([person("c:1", family_name="Roth", **newer)] if newer else []),
    )
    places = addresses(
        ("a:1", "Rosenstraße", "7", "82340", "Feldafing", {"valid_to": "2026-03-31"}),
        ("b:1", "Tulpenweg", "9", "20095", "Hamburg"),
        *([("c:1", "Rosenstr.", "7", "82340", "Feldafing")] if newer else []),
    )
    return table, places


@pytest.mark.parametrize(
    ("day", "newer", "street"),
    [
        ("2026-06-30", {}, "Tulpenweg"),
        ("2026-03-31", {}, "Rosenstraße"),  # its last day
        ("", {}, "Tulpenweg"),
        ("2026-06-30", {"modified_at": "2024-01-01"}, "Tulpenweg"),  # another record had it once
        ("2026-06-30", {"modified_at": "2026-06-01"}, "Rosenstr"),  # newer evidence
    ],
)
def test_address_that_ended_comes_last(day, newer, street):
    """A former address is not shown while there is another, unless a later record still gives it."""
    table, places = moves(**newer)
    customers, _ = merged(table, places=places, day=day)
    assert primary(customers)["street"].startswith(street)
    assert len(customers[customers["field"].eq("street")]) == 2
    alone, _ = merged(table.head(1), places=places.head(1), day=day)
    assert primary(alone)["street"] == "Rosenstraße"


def test_two_streets_in_one_postcode_are_a_conflict():
    """The same address or moved? Another postcode, another type or another spelling is none."""
    table = parties(
        *(person(f"{s}:1", family_name="Roth", modified_at=f"202{n}-01-01") for n, s in enumerate("abcde"))
    )
    places = addresses(
        ("a:1", "Rosenstraße", "7", "82340", "Feldafing"),
        ("b:1", "Tulpenweg", "9", "82340", "Feldafing"),
        ("c:1", "Ulmenallee", "3", "20095", "Hamburg"),
        ("d:1", "Industriering", "1", "82340", "Feldafing", {"type": "work", "field": "work_"}),
        ("e:1", "Rosenstr.", "11", "82340", "Feldafing", {"type": "home"}),
    )
    _, issues = merged(table, places=places)
    found = issues[issues["code"].eq("value_conflict")]
    assert found[["source", "field", "raw", "proposal"]].to_numpy().tolist() == [
        ["b", "street", "Tulpenweg", "Rosenstr."]
    ]
    assert "kind=real" in found["detail"].iloc[0]
    assert "record=e:1" in found["detail"].iloc[0]


@pytest.mark.parametrize(("day", "told"), [("2026-06-30", []), ("2026-01-31", ["Rosenstraße"])])
def test_moved_within_a_postcode_is_no_conflict(day, told):
    """An address that ended does not contradict the one that followed; one that still holds does."""
    table = parties(
        person("a:1", family_name="Roth", modified_at="2025-02-01"),
        person("b:1", family_name="Roth", modified_at="2026-01-01"),
    )
    places = addresses(
        ("a:1", "Rosenstraße", "7", "82340", "Feldafing", {"valid_to": "2026-03-31"}),
        ("b:1", "Tulpenweg", "9", "82340", "Feldafing"),
    )
    customers, issues = merged(table, places=places, day=day)
    assert primary(customers)["street"] == "Tulpenweg"
    assert issues.loc[issues["field"].eq("street"), "raw"].tolist() == told


def test_home_address_of_a_person_before_its_work_place():
    """A complete home address wins over a newer work address; for a company it is the other way."""
    table = parties(person("a:1", created_at="2020"), person("b:1", created_at="2024"))
    places = addresses(
        ("a:1", "Waldweg", "1", "50667", "Köln", {"type": "home", "field": "home_"}),
        ("b:1", "Werkstr.", "2", "50667", "Köln", {"type": "work", "field": "work_"}),
    )
    customers, _ = merged(table, places=places)
    assert primary(customers)["street"] == "Waldweg"
    row = customers[customers["field"].eq("street") & customers["is_primary"]].iloc[0]
    assert (row["type"], row["source_field"], row["rule"]) == ("home", "home_street", "preferred_type")


def test_typing_error_is_no_move():
    """A mistyped postcode on the newest record does not win; another street there does."""
    dates = {"a:1": "2020-01-01", "b:1": "2021-01-01", "c:1": "2024-01-01"}
    table = parties(*[person(record, created_at=day) for record, day in dates.items()])
    home = [(record, "Rosenstr.", "7", "82340", "Feldafing") for record in ("a:1", "b:1")]
    typo = addresses(*home, ("c:1", "Rosenstraße", "7", "82430", "Feldafing"))
    assert primary(merged(table, places=typo)[0])["postal_code"] == "82340"
    moved = addresses(*home, ("c:1", "Tulpenweg", "9", "82340", "Feldafing"))
    assert primary(merged(table, places=moved)[0])["street"] == "Tulpenweg"


def test_common_name_before_a_typing_error():
    """One against one: the name that other customers have too is likelier than the one nobody has."""
    people = [
        person(f"z:{n}", given_name=g, family_name="Bauer") for n, g in enumerate(("Tom", "Ute", "Ina"))
    ]
    table = parties(
        person("a:1", given_name="Tom", family_name="Bauet"),
        person("b:1", given_name="Tom", family_name="Bauer"),
        *people,
    )
    members, _ = identified(table, [["a:1", "b:1"]])
    customers, _ = merge_clusters(members, table, contacts(), addresses())
    mine = members.set_index("party")["customer_id"]["a:1/person"]
    assert primary(customers[customers["customer_id"].eq(mine)])["family_name"] == "Bauer"


def test_contacts_are_lists_with_one_primary():
    """All usable addresses and numbers are kept; invalid ones are not; the newest leads."""
    table = parties(person("a:1", created_at="2020-05-01"), person("b:1", created_at="2023-05-01"))
    points = contacts(
        ("a:1", "email", "ute.lang@example.org", {"type": "home"}),
        ("b:1", "email", "ulang@example.com", {"type": "home"}),
        (
            "b:1",
            "email",
            "UTE.LANG@example.org",
            {"type": "home", "key": "ute.lang@example.org", "field": "email_2"},
        ),
        ("b:1", "email", "broken@", {"valid": False}),
        ("a:1", "phone", "+4917112345678", {"type": "mobile"}),
        ("a:1", "phone", "+49401234567", {"type": "landline"}),
    )
    customers, _ = merged(table, points)
    values = primary(customers)
    assert (values["mobile"], values["phone"]) == ("+4917112345678", "+49401234567")
    mails = customers[customers["field"].eq("email")]
    assert mails["is_primary"].sum() == 1
    assert len(mails) == 2
    assert mails.set_index("value")["records"].to_dict()[values["email"]] in {1, 2}
    assert "broken@" not in customers["value"].tolist()


def test_role_mailbox_comes_last_for_a_person_and_first_for_a_company():
    """info@ is how one writes to the company, not to the person."""
    points = [("info@example.net", "role"), ("p.haas@example.net", "work")]
    table = parties(
        person("a:1"), company("a:1", organization="Haas GmbH", org_base="Haas", legal_form="GmbH")
    )
    rows = contacts(
        *[
            (f"a:1/{kind}", "email", value, {"type": type_})
            for kind in ("person", "organization")
            for value, type_ in points
        ]
    )
    members, _ = identified(table)
    customers, _ = merge_clusters(members, table, rows, addresses())
    shown = customers[customers["is_primary"] & customers["field"].eq("email")].merge(
        members, on="customer_id"
    )
    assert dict(zip(shown["kind"], shown["value"], strict=True)) == {
        "person": "p.haas@example.net", "organization": "info@example.net",
    }  # fmt: skip


def test_full_birth_date_before_year_only():
    """A partial date is no contradiction to the full one, another date is."""
    table = parties(
        person("a:1", birth_date="1980"),
        person("b:1", birth_date="1980-07-04"),
        person("c:1", birth_date="1981-07-04"),
    )
    customers, issues = merged(table, priority=("b", "c"))
    assert primary(customers)["birth_date"] == "1980-07-04"
    assert dict(zip(issues["raw"], issues["severity"], strict=True)) == {
        "1980": "info",
        "1981-07-04": "warning",
    }


def test_employer_is_the_newest():
    """A job change: company and position of the newest record, none of them mixed; no conflict."""
    table = parties(
        person("a:1", organization="Alt AG", org_base="Alt", role="Leiter Einkauf", created_at="2015"),
        person("b:1", organization="Neu KG", org_base="Neu", created_at="2024"),
    )
    customers, issues = merged(table)
    values = primary(customers)
    assert values["organization"] == "Neu KG"
    assert "role" not in values
    assert others(customers, "role") == ["Leiter Einkauf"]
    assert len(issues) == 0


def test_company_with_its_legal_form():
    """The same company with and without legal form is one value; the complete one is shown."""
    table = parties(
        company("a:1", organization="Brauer & Sohn", org_base="Brauer & Sohn"),
        company("b:1", organization="Brauer und Sohn OHG", org_base="Brauer und Sohn", legal_form="OHG"),
    )
    customers, issues = merged(table)
    assert primary(customers)["organization"] == "Brauer und Sohn OHG"
    assert primary(customers)["legal_form"] == "OHG"
    assert issues["severity"].isin(["info"]).all()


def test_revenue_is_summed_once_per_account():
    """Two accounts add up; the same account in two exports counts once, with its newest figure."""
    table = parties(
        person("erp:1", customer_no="1", revenue=100.0, modified_at="2024-01-01"),
        person("copy:1", customer_no="1", revenue=90.0, modified_at="2023-01-01"),
        person("erp:2", customer_no="2", revenue=20.5, modified_at="2022-01-01"),
    )
    customers, _ = merged(table)
    row = customers[customers["field"].eq("revenue") & customers["is_primary"]].iloc[0]
    assert (row["value"], row["rule"], row["records"]) == ("120.50", "sum", 3)
    assert pd.isna(row["record_id"])
    assert sorted(others(customers, "revenue")) == ["100.00", "20.50"]


def test_company_beside_a_person_does_not_get_its_account():
    """Customer number and revenue of a row belong to the customer the row counts for."""
    facts = {"customer_no": "77", "revenue": 5.0, "last_order": "2024-02-02"}
    table = parties(person("a:1", **facts), company("a:1", organization="Muster KG", **facts))
    members, _ = identified(table)
    customers, _ = merge_clusters(members, table, contacts(), addresses())
    kinds = customers.merge(members[["customer_id", "kind"]], on="customer_id")
    assert set(kinds.loc[kinds["field"].isin(list(facts)), "kind"]) == {"person"}


def test_last_order_is_the_latest():
    """Dates are compared as dates."""
    table = parties(person("a:1", last_order="2024-11-30"), person("b:1", last_order="2025-01-02"))
    assert primary(merged(table)[0])["last_order"] == "2025-01-02"


def test_rank_of_sources():
    """The configuration ranks sources before the caller does; unranked ones come last."""
    table = parties(
        *[
            person(f"{s}:1", given_name=n, family_name="Roth")
            for s, n in (("a", "Ina"), ("b", "Ida"), ("c", "Ira"))
        ]
    )
    assert primary(merged(table, priority=("b", "a"))[0])["given_name"] == "Ida"
    config = MergeConfig(source_priority=("c",))
    assert primary(merged(table, config=config, priority=("b", "a"))[0])["given_name"] == "Ira"


def test_configured_chain_and_own_rule():
    """A field's chain is replaced; a function can be a rule."""
    table = parties(person("a:1", birth_date="1970-01-01"), person("b:1", birth_date="1960-01-01"))
    config = MergeConfig(rules={"birth_date": ("min",)})
    assert primary(merged(table, config=config)[0])["birth_date"] == "1960-01-01"
    config = MergeConfig(rules={"birth_date": ("last_source",)})
    rules = {"last_source": lambda evidence: -evidence.source}
    assert primary(merged(table, config=config, rules=rules)[0])["birth_date"] == "1960-01-01"


@pytest.mark.parametrize(
    ("rules", "hint"),
    [
        ({"birth_dat": ("min",)}, "birth_date"),
        ({"name": ("most_recnt",)}, "most_recent"),
        ({"name": ("sum",)}, "sum"),
    ],
)
def test_unknown_rule_or_field_is_an_error(rules, hint):
    """A misspelt chain does not pass silently; the hint names the nearest."""
    with pytest.raises(ConfigError, match=hint):
        merged(parties(person("a:1")), config=MergeConfig(rules=rules))


def test_rule_that_decided_is_named():
    """Only value, the link of the chain, or the order of the records."""
    rows = {"a:1": ("1980-01-01", "2020"), "b:1": ("1981-01-01", "2021")}
    table = parties(*[person(r, birth_date=d, created_at=t, language="de") for r, (d, t) in rows.items()])
    customers, _ = merged(table)
    rules = customers[customers["is_primary"]].set_index("field")["rule"].to_dict()
    assert rules == {"birth_date": "most_recent", "language": "only"}
    undated = parties(person("a:1", birth_date="1980-01-01"), person("b:1", birth_date="1981-01-01"))
    assert merged(undated)[0]["rule"].tolist() == ["record_order", "kept"]


def test_test_rows_are_marked():
    """A customer of test rows only says so."""
    assert primary(merged(parties(person("a:1", is_test=True)))[0]) == {"is_test": "true"}
    assert primary(merged(parties(person("a:1", is_test=True), person("a:2", is_test=False)))[0]) == {}
