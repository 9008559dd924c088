"""show, find, explain, consent: questions to the store of the example run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, rows_of
from tests.conftest import AS_OF, Example


@pytest.fixture
def pair(example: Example) -> tuple[str, str]:
    """Two ERP records that are one person."""
    pairs = rows_of((example.out / "pairs.csv").read_text(encoding="utf-8"))
    best = max(
        (p for p in pairs if (p["source_l"], p["source_r"], p["band"]) == ("erp", "erp", "match")),
        key=lambda p: float(p["weight"]),
    )
    return f"erp:{best['record_id_l']}", f"erp:{best['record_id_r']}"


def test_show_by_record_and_by_id(call: Call, stored: list[str], pair: tuple[str, str]) -> None:
    """Both records of a customer and the customer's id show the same customer."""
    views = [json.loads(call("show", key, "--json", *stored).out) for key in pair]
    again = json.loads(call("show", views[0]["customer_id"], "--json", *stored).out)
    assert views[0]["customer_id"] == views[1]["customer_id"] == again["customer_id"]
    assert views[0]["master"]


@pytest.mark.parametrize(("lang", "word"), [("en", "Master data"), ("de", "Stammdaten")])
def test_show_for_people(call: Call, stored: list[str], pair: tuple[str, str], lang: str, word: str) -> None:
    """Without --json the view is text in the language asked for."""
    assert word in call("show", pair[0], "--lang", lang, *stored).out


def test_find_by_number_in_any_spelling(call: Call, example: Example, stored: list[str]) -> None:
    """A phone number finds its customer, written nationally or internationally."""
    customers = rows_of((example.out / "customers.csv").read_text(encoding="utf-8"))
    one = next(c for c in customers if c["mobile"].startswith("+49"))
    national = "0" + one["mobile"][3:6] + " / " + one["mobile"][6:]
    for spelling in (one["mobile"], national):
        found = json.loads(call("find", spelling, "--json", *stored).out)
        assert one["customer_id"] in [f["customer_id"] for f in found]


def test_find_says_why(call: Call, stored: list[str], pair: tuple[str, str]) -> None:
    """A found customer comes with the reason."""
    called = call("find", pair[0], *stored)
    assert called.code == 0
    assert "record" in called.out


def test_explain_one_customer(call: Call, stored: list[str], pair: tuple[str, str]) -> None:
    """Two records of one customer: the steps add up to the weight."""
    said = json.loads(call("explain", *pair, "--json", *stored).out)
    assert said["one_customer"] is True
    assert said["probability"] > 0.9
    assert said["steps"]
    assert "one customer" in call("explain", *pair, *stored).out


def test_explain_two_customers(
    call: Call, example: Example, stored: list[str], pair: tuple[str, str]
) -> None:
    """Two records of different people: not one customer, and why."""
    crosswalk = rows_of((example.out / "crosswalk.csv").read_text(encoding="utf-8"))
    mine = next(r["customer_id"] for r in crosswalk if f"{r['source']}:{r['record_id']}" == pair[0])
    parties = rows_of((example.out / "parties.csv").read_text(encoding="utf-8"))
    other = next(
        p
        for p in parties
        if p["source"] == "newsletter" and p["kind"] == "person" and p["customer_id"] != mine
    )
    called = call("explain", pair[0], f"newsletter:{other['record_id']}", "--json", *stored)
    assert json.loads(called.out)["one_customer"] is False


def test_explain_unknown_record(call: Call, stored: list[str]) -> None:
    """An unknown record is named, with the form in which records are written."""
    called = call("explain", "erp:0", "erp:1", *stored)
    assert called.code == 4
    assert "erp:0" in called.err


@pytest.fixture
def decided(example: Example) -> dict[tuple[str, str, str], set[str]]:
    """Customer, channel, purpose -> the answers of consent.csv over the contact points."""
    answers: dict[tuple[str, str, str], set[str]] = {}
    for row in rows_of((example.out / "consent.csv").read_text(encoding="utf-8")):
        key = (row["customer_id"], row["channel"], row["purpose"])
        answers.setdefault(key, set()).add(row["allowed"])
    return answers


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_check_says_what_the_run_decided(
    call: Call, stored: list[str], decided: dict[tuple[str, str, str], set[str]], answer: str
) -> None:
    """``consent check`` agrees with consent.csv; a no is exit code 1."""
    customer, channel, purpose = next(key for key, all_ in sorted(decided.items()) if all_ == {answer})
    options = ["--channel", channel, "--purpose", purpose, "--as-of", AS_OF]
    called = call("consent", "check", customer, *options, "--json", *stored)
    said = json.loads(called.out)
    assert said["allowed"] is (answer == "yes")
    assert said["reason"]
    assert called.code == (0 if answer == "yes" else 1)


def test_check_walks_the_rules(call: Call, stored: list[str], pair: tuple[str, str]) -> None:
    """--explain lists every rule with what it said."""
    options = ["--channel", "email", "--purpose", "marketing.newsletter", "--explain"]
    steps = json.loads(call("consent", "check", pair[0], *options, "--json", *stored).out)["steps"]
    assert [step["number"] for step in steps] == list(range(len(steps)))
    assert "answered" in {step["outcome"] for step in steps}


def test_reach_counts_every_customer(call: Call, example: Example, stored: list[str]) -> None:
    """The counts of a channel and purpose add up to all customers."""
    rows = json.loads(call("consent", "reach", "--json", *stored).out)
    customers = len(rows_of((example.out / "customers.csv").read_text(encoding="utf-8")))
    counted = [r["customers"] for r in rows if (r["channel"], r["purpose"]) == ("email", "marketing.survey")]
    assert sum(counted) == customers


def test_select_lists_only_who_may_be_contacted(call: Call, project: Path, stored: list[str]) -> None:
    """The campaign list holds the permitted; --all everyone with the reason."""
    options = ["--channel", "post", "--purpose", "marketing.survey", *stored]
    call("consent", "select", *options, "--output", "list.csv")
    chosen = rows_of((project / "list.csv").read_text(encoding="utf-8"))
    assert {row["allowed"] for row in chosen} == {"yes"}
    everyone = rows_of(call("consent", "select", *options, "--all").out)
    assert len(everyone) > len(chosen)
    assert all(row["reason_text"] for row in everyone)
