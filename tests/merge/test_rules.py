"""Each rule of the catalogue, on the smallest data that show it."""

from __future__ import annotations

import numpy as np
import pytest

from crmclean.config import MergeConfig, TrustConfig
from crmclean.errors import ConfigError
from crmclean.merge import merge_clusters
from tests.merge.tables import addresses, contacts, identified, others, parties, person, primary

OLD, NEW = "2020-01-01", "2025-01-01"


def chosen(field, chain, *rows, points=None, places=None, **options):
    """The customers of these rows, a field chosen by a chain."""
    table = parties(*rows)
    config = MergeConfig(rules={field: tuple(chain)}, **options.pop("config", {}))
    members, _ = identified(table)
    none = contacts() if points is None else points
    return merge_clusters(members, table, none, addresses() if places is None else places, config, **options)[
        0
    ]


def birth(record, value, **more):
    """A person with a birth date."""
    return person(record, given_name="Ute", family_name="Ast", birth_date=value, **more)


@pytest.mark.parametrize(
    ("chain", "winner"),
    [
        (["source_priority"], "1980-01-01"),
        (["most_recent"], "1983-01-01"),
        (["oldest"], "1982-01-01"),
        (["most_frequent"], "1981-01-01"),
        (["most_records"], "1981-01-01"),
        (["min"], "1980-01-01"),
        (["max"], "1984"),
        (["most_complete", "min"], "1980-01-01"),
        (["shortest"], "1984"),
        (["longest", "max"], "1983-01-01"),
        (["validated_first", "min"], "1980-01-01"),
    ],
)
def test_rules_of_single_values(chain, winner):
    """Who is best ranked, newest, oldest, most said, smallest, greatest, longest."""
    customers = chosen(
        "birth_date",
        chain,
        birth("a:1", "1980-01-01", created_at="2022-01-01"),
        birth("b:1", "1981-01-01", created_at="2022-02-01"),
        birth("c:1", "1981-01-01", created_at="2022-03-01"),
        birth("c:2", "1982-01-01", created_at=OLD),
        birth("d:1", "1983-01-01", created_at=NEW),
        birth("e:1", "1984"),
        priority=("a", "b"),
    )
    assert primary(customers)["birth_date"] == winner


def test_dates_are_compared_as_dates():
    """Times are ISO text whatever their spelling was: a day and a moment of the same day sort rightly."""
    customers = chosen(
        "birth_date",
        ["most_recent"],
        birth("a:1", "1980-01-01", modified_at="2024-05-01"),
        birth("b:1", "1981-01-01", modified_at="2024-05-01T09:00:00Z"),
        birth("c:1", "1982-01-01", modified_at="2023-12-31T23:59:59Z"),
    )
    assert primary(customers)["birth_date"] == "1981-01-01"


def test_union_keeps_all_values():
    """One is primary, none is lost."""
    customers = chosen(
        "nickname", ["union", "shortest"], person("a:1", family_name="Ast", nickname="Utchen"),
        person("b:1", family_name="Ast", nickname="Ute"),
    )  # fmt: skip
    assert primary(customers)["nickname"] == "Ute"
    assert others(customers, "nickname") == ["Utchen"]


def test_sum_counts_each_account_once():
    """The same customer number in two exports is one account, with its newest figure; the accounts stand beside."""
    rows = [
        person("a:1", family_name="Ast", customer_no="K1", revenue=100.0, created_at=OLD),
        person("b:1", family_name="Ast", customer_no="K1", revenue=120.0, created_at=NEW),
        person("c:1", family_name="Ast", customer_no="K2", revenue=30.0, created_at=OLD),
    ]
    customers = chosen("revenue", ["sum"], *rows)
    assert primary(customers)["revenue"] == "150.00"
    beside = customers[customers["field"].eq("revenue") & ~customers["is_primary"]]
    assert sorted(zip(beside["source"], beside["value"], strict=True)) == [("b", "120.00"), ("c", "30.00")]


def test_concat_puts_texts_together():
    """Each with its source and day, the same text once; the single ones are kept beside."""
    customers = chosen(
        "nickname", ["concat", "oldest"], person("a:1", family_name="Ast", nickname="Ute", created_at=OLD),
        person("b:1", family_name="Ast", nickname="Utchen", created_at=NEW), person("c:1", family_name="Ast", nickname="UTE"),
    )  # fmt: skip
    row = customers[customers["field"].eq("nickname") & customers["is_primary"]].iloc[0]
    assert row["value"] == "a 2020-01-01: Ute | b 2025-01-01: Utchen"
    assert (row["rule"], row["records"]) == ("concat", 3)
    assert others(customers, "nickname") == ["Ute", "Utchen"]


@pytest.mark.parametrize(
    ("trust", "winner"),
    [
        ({}, "new@example.org"),
        ({"a": TrustConfig(maximum=100, minimum=90)}, "old@example.org"),
        ({"a": TrustConfig(maximum=100, minimum=10, months=240)}, "new@example.org"),
        ({"a": TrustConfig(maximum=100, minimum=10, months=600)}, "old@example.org"),
    ],
)
def test_trust_decays(trust, winner):
    """A trusted source wins as long as its value is not too old; five years here."""
    customers = chosen(
        "email",
        ["trust_decay"],
        person("a:1", family_name="Ast", created_at=OLD),
        person("b:1", family_name="Ast", created_at=NEW),
        points=contacts(("a:1", "email", "old@example.org"), ("b:1", "email", "new@example.org")),
        config={"trust": trust},
    )
    assert primary(customers)["email"] == winner


def test_validated_first():
    """An address with a postcode before one without, also of a better ranked source."""
    for chain, street in ((["validated_first"], "Alte Gasse"), (["source_priority"], "Neue Gasse")):
        customers = chosen(
            "address",
            chain,
            person("a:1", family_name="Ast"),
            person("b:1", family_name="Ast"),
            places=addresses(
                ("a:1", "Neue Gasse", "2", None, "Berlin"), ("b:1", "Alte Gasse", "1", "50667", "Köln")
            ),
            priority=("a", "b"),
        )
        assert primary(customers)["street"] == street


def test_trust_in_what_is_not_known_to_be_good():
    """An address without a postcode loses half of its trust."""
    customers = chosen(
        "address",
        ["trust_decay"],
        person("a:1", family_name="Ast", created_at=NEW),
        person("b:1", family_name="Ast", created_at="2024-01-01"),
        places=addresses(
            ("a:1", "Neue Gasse", "2", None, "Berlin"), ("b:1", "Alte Gasse", "1", "50667", "Köln")
        ),
    )
    assert primary(customers)["street"] == "Alte Gasse"


def test_follow_takes_the_record_that_won_another():
    """The phone of the record that won the address, not the newest one; the rule is told."""
    rows = [
        person("a:1", family_name="Ast", created_at=OLD),
        person("b:1", family_name="Ast", created_at=NEW),
    ]
    options = {
        "points": contacts(("a:1", "phone", "+4930111111"), ("b:1", "phone", "+4930222222")),
        "places": addresses(("a:1", "Gasse", "1", "50667", "Köln")),
    }
    assert primary(chosen("phone", ["most_recent"], *rows, **options))["phone"] == "+4930222222"
    customers = chosen("phone", ["follow(address)", "most_recent"], *rows, **options)
    assert primary(customers)["phone"] == "+4930111111"
    assert set(customers.loc[customers["field"].eq("phone"), "rule"]) == {"follow(address)", "kept"}


def test_whole_record_wins():
    """With follow(name) everywhere the record that won the name wins all that it says."""
    table = parties(
        person("a:1", given_name="Ute", family_name="Ast", birth_date="1980-01-01", created_at=OLD),
        person("b:1", given_name="U", family_name="Ast", birth_date="1981-01-01", created_at=NEW),
    )
    points = contacts(("a:1", "email", "a@example.org"), ("b:1", "email", "b@example.org"))
    config = MergeConfig(rules=dict.fromkeys(("email", "birth_date"), ("follow(name)", "most_recent")))
    customers, _ = merge_clusters(identified(table)[0], table, points, addresses(), config)
    shown = customers[customers["is_primary"]]
    assert set(shown["record_id"] + shown["source"]) == {"1a"}


def test_ladder_takes_the_furthest_stage():
    """In the order told, whatever the spelling; what is no stage comes last."""
    rows = [
        person(f"{s}:1", family_name="Ast", language=said)
        for s, said in zip("abc", ("Lead", "KUNDE", "x"), strict=True)
    ]
    customers = chosen("language", ["ladder(lead < Kunde < Partner)"], *rows)
    assert primary(customers)["language"] == "KUNDE"


def test_a_function_is_a_rule():
    """It sees the texts, whole columns at once, and smaller is better."""

    def vowels_last(evidence):
        return np.array([value[0] in "aeiou" for value in evidence.listed], dtype=np.int64)[evidence.code]

    customers = chosen(
        "email", ["vowels_last"], person("a:1", family_name="Ast"), person("b:1", family_name="Ast"),
        points=contacts(("a:1", "email", "a@example.org"), ("b:1", "email", "b@example.org")), rules={"vowels_last": vowels_last},
    )  # fmt: skip
    assert primary(customers)["email"] == "b@example.org"


def test_a_function_is_a_link_of_a_chain():
    """In the configuration, so that runs and stewards' words use it too; its name is the rule that decided."""

    def prefer_example(evidence):
        return np.array([not v.endswith("example.org") for v in evidence.listed], dtype=np.int64)[
            evidence.code
        ]

    customers = chosen(
        "email", [prefer_example, "most_recent"], person("a:1", family_name="Ast", modified_at=NEW), person("b:1", family_name="Ast"),
        points=contacts(("a:1", "email", "a@example.net"), ("b:1", "email", "b@example.org")),
    )  # fmt: skip
    row = customers[customers["field"].eq("email") & customers["is_primary"]].iloc[0]
    assert (row["value"], row["rule"]) == ("b@example.org", "prefer_example")


def test_two_rules_of_one_name_are_an_error():
    """A function named as another rule, or no function at all."""

    def longest(evidence):
        return evidence.letters

    for link, words in ((longest, "another rule"), (7, "a rule is a name")):
        with pytest.raises(ConfigError, match=words):
            chosen("email", [link], person("a:1", family_name="Ast"))


@pytest.mark.parametrize(
    ("field", "chain", "words"),
    [
        ("email", ["most_recnt"], "no rule 'most_recnt'"),
        ("email", ["follow(nobody)"], "leads nowhere"),
        ("email", ["follow(email)"], "leads nowhere"),
        ("email", ["ladder(one)"], "needs its stages"),
        ("email", ["concat"], "'concat' is for"),
        ("email", ["sum"], "'sum' is for"),
    ],
)
def test_chains_that_mean_nothing_are_errors(field, chain, words):
    """With what is possible instead."""
    with pytest.raises(ConfigError, match=words.replace("(", r"\(")):
        chosen(field, chain, person("a:1", family_name="Ast"))
