"""What sources hold, how good it is, and what a source adds: counts and record ids, no values."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.issues import issue_table
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.profile import profile_ages, profile_columns, profile_issues, profile_overlap, profile_sources
from crmclean.read import ReadResult, read_records
from crmclean.tables import CLUSTERS

GOOD = pd.DataFrame(
    {
        "Kundennummer": [str(100 + i) for i in range(30)],
        "Vorname": ["Ida"] * 30,
        "Nachname": ["Maier" if i else "Maier" * 30 for i in range(30)],
        "E-Mail": [f"ida{i}@maier.example.com" for i in range(30)],
        "Geändert am": ["2025-05-01"] * 30,
        "Umsatz": ["100,50"] * 28 + ["100", "99000000"],
    }
)
BAD = pd.DataFrame(
    {
        "Lead-ID": list("ABCD"),
        "E-Mail": ["a@b@c.de", "nobody at home", "x@y", "ida1@maier.example.com"],
        "Erstellt am": ["2012-01-01", "2013-01-01", "2014-01-01", "2015-01-01"],
    }
)


def profiled() -> tuple[ReadResult, Normalized, pd.DataFrame]:
    """A good source and a bad one."""
    read = read_records([("good", GOOD), ("bad", BAD)])
    normal = normalize_records(read.records, sources=read.sources)
    return read, normal, pd.concat([read.issues, normal.issues], ignore_index=True)


def test_figures_of_columns() -> None:
    """Completeness, validity, shapes with shares; far outliers in length and in amounts are counted."""
    read, _, issues = profiled()
    rows = profile_columns(read.records, read.mappings, issues).set_index(["source", "field"])
    assert rows.loc[("good", "email"), ["completeness", "valid", "outliers"]].tolist() == [1.0, 1.0, 0]
    assert rows.loc[("good", "email"), "patterns"] == "a9@a.a.a 100%"
    assert rows.loc[("good", "family_name"), "outliers"] == 1
    assert rows.loc[("good", "revenue"), "outliers"] == 1
    assert rows.loc[("bad", "email"), "valid"] <= 0.5
    assert "nobody" not in rows.reset_index().to_csv()


def test_verdicts_name_their_evidence() -> None:
    """Wrong values and old records speak against a source; missing ones are no errors of it."""
    read, normal, issues = profiled()
    rows = profile_sources(
        read.sources, read.records, issues, parties=normal.parties, as_of="2026-06-30"
    ).set_index("source")
    assert rows.loc["good", ["verdict", "evidence", "stale"]].tolist() == ["use", "", 0.0]
    assert rows.loc["bad", "verdict"] == "leave_out"
    assert rows.loc["bad", "evidence"].split()[0] == f"affected={rows.loc['bad', 'affected']:.2f}"
    assert "stale=1.00" in rows.loc["bad", "evidence"]


@pytest.mark.parametrize(("only_here", "verdict"), [(0.04, "leave_out"), (0.06, "repair")])
def test_a_stale_source_that_adds_nothing_is_left_out(only_here: float, verdict: str) -> None:
    """One that adds persons is repaired first."""
    old = GOOD.assign(**{"Geändert am": "2015-01-01"})
    read = read_records([("old", old)])
    normal = normalize_records(read.records, sources=read.sources)
    overlap = pd.DataFrame({"source": ["old"], "duplicates": [0.0], "only_here": [only_here]})
    [row] = profile_sources(
        read.sources, read.records, normal.issues, parties=normal.parties, overlap=overlap, as_of="2026-06-30"
    ).to_dict("records")
    assert row["verdict"] == verdict


def test_what_only_one_source_has() -> None:
    """Persons and contact points that stand nowhere else; repetitions within a source."""
    _, normal, _ = profiled()
    cluster = normal.parties["party"].where(~normal.parties["record_id"].isin(["101", "102", "D"]), "x")
    clusters = CLUSTERS.check(pd.DataFrame({"party": normal.parties["party"], "cluster": cluster}))
    rows = profile_overlap(clusters, normal.parties, normal.contacts).set_index("source")
    assert rows.loc["good", ["customers", "only_here"]].tolist() == [29, round(28 / 29, 4)]
    assert rows.loc["good", "duplicates"] == round(1 - 29 / 30, 4)
    assert rows.loc["bad", ["customers", "only_here", "duplicates"]].tolist() == [4, 0.75, 0.0]
    assert rows.loc["good", "new_contacts"] == round(29 / 30, 4)


def test_ages_by_year() -> None:
    """The latest of change, creation and last order; what tells none of them has no year."""
    _, normal, _ = profiled()
    ages = profile_ages(normal.parties)
    assert ages[ages["source"] == "good"][["year", "records", "share"]].values.tolist() == [["2025", 30, 1.0]]
    parties = normal.parties.assign(modified_at=None, created_at=None, last_order="2026-01-01")
    parties = parties.astype({"modified_at": "str", "created_at": "str", "last_order": "str"})
    assert set(profile_ages(parties)["year"]) == {"2026"}  # type: ignore[arg-type]
    assert set(
        profile_ages(parties.assign(last_order=float("nan")).astype({"last_order": "str"}))["year"]
    ) == {""}  # type: ignore[arg-type]


def test_findings_name_records_and_show_values_on_request_only() -> None:
    """Errors first, then the commonest; three records as examples."""
    rows = [
        {
            "source": "s",
            "record_id": str(i),
            "field": "email",
            "code": "email_no_at",
            "raw": f"secret{i}",
            "row": 0,
        }
        for i in range(5)
    ]
    rows += [{"source": "s", "code": "no_id_column", "row": 7, "file": "s.csv"}]
    found = profile_issues(issue_table(rows))
    assert found["code"].tolist() == ["email_no_at", "no_id_column"]
    assert found["examples"].tolist() == ["0 1 2", "7"]
    assert "secret" not in found.to_csv()
    assert profile_issues(issue_table(rows), values=True)["raw"].tolist()[0] == "secret0 | secret1 | secret2"
    assert profile_issues(issue_table([])).empty


def test_tables_without_rows_or_meaning_are_not_praised() -> None:
    """A source without rows is left out, one whose columns nobody understands is to be named first."""
    empty = pd.DataFrame({"Vorname": [], "Nachname": []}, dtype="str")
    strange = pd.DataFrame({"alpha": ["1x", "2y"], "beta": ["blau", "rot"]})
    read = read_records([("empty", empty), ("strange", strange)])
    verdicts = profile_sources(read.sources, read.records, read.issues).set_index("source")["verdict"]
    assert verdicts.to_dict() == {"empty": "leave_out", "strange": "repair"}
