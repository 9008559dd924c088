"""evaluate, train, link options and explain of customers, as a shell would call them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, rows_of
from tests.conftest import Example

GOLD = "id;cluster\n1;a\n2;b\n3;a\n4;c\n"


@pytest.fixture
def gold(project: Path) -> Path:
    """The truth about erp.csv: records 1 and 3 are one."""
    path = project / "gold.csv"
    path.write_text(GOLD, encoding="utf-8")
    return path


def test_evaluate_files(call: Call, gold: Path) -> None:
    """Files matched now, against labels: figures for people and for machines."""
    assert "F1 1.0000" in call("evaluate", "erp.csv", "--labels", gold).out
    found = json.loads(call("evaluate", "erp.csv", "--labels", gold, "--json").out)
    assert found["pairs"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert found["counts"]["clusters_exact"] == 3
    assert {row["kind"] for row in found["by_level"]} == {"person"}


def test_evaluate_a_folder(call: Call, gold: Path) -> None:
    """An output folder is judged by its crosswalk and pairs."""
    call("dedupe", "erp.csv", "-o", "out")
    found = json.loads(call("evaluate", "--result", "out", "--labels", gold, "--json").out)
    assert found["pairs"]["f1"] == 1.0
    assert found["by_level"] is None


def test_gate(call: Call, project: Path, gold: Path) -> None:
    """Below --min-f1 the command ends with 1 and still prints its figures."""
    assert call("evaluate", "erp.csv", "--labels", gold, "--min-f1", "0.9").code == 0
    wrong = project / "wrong.csv"
    wrong.write_text(GOLD.replace("3;a", "3;d").replace("2;b", "2;d"), encoding="utf-8")
    ended = call("evaluate", "erp.csv", "--labels", wrong, "--min-f1", "0.9")
    assert ended.code == 1
    assert "F1" in ended.out
    assert "below 0.9" in ended.err


def test_labels_that_are_none(call: Call, project: Path) -> None:
    """Labels without their columns are a file that cannot be read: exit code 3."""
    (project / "names.csv").write_text("id,name\n1,x\n", encoding="utf-8")
    assert call("evaluate", "erp.csv", "--labels", "names.csv").code == 3


@pytest.mark.parametrize(("lang", "word"), [("en", "precision about"), ("de", "Genauigkeit etwa")])
def test_estimate_from_the_store(call: Call, stored: list[str], lang: str, word: str) -> None:
    """Without labels an estimate with its bounds, in the language asked for."""
    assert word in call("evaluate", "--lang", lang, *stored).out
    found = json.loads(call("evaluate", "--json", *stored).out)["estimate"]
    assert 0 < found["precision"]["low"] <= found["precision"]["value"] <= found["precision"]["high"] <= 1


def test_train_and_use_a_model(call: Call, project: Path, gold: Path) -> None:
    """A model learned from labels is text, is the same twice, and serves dedupe."""
    assert call("train", "erp.csv", "--labels", gold, "-o", "model.json").code == 0
    first = (project / "model.json").read_text(encoding="utf-8")
    call("train", "erp.csv", "--labels", gold, "-o", "model.json")
    assert (project / "model.json").read_text(encoding="utf-8") == first
    assert call("dedupe", "erp.csv", "--model", "model.json", "-o", "out", "--json").code == 0


def test_train_needs_something_to_learn_from(call: Call, stored: list[str]) -> None:
    """Files without labels are a usage error; a store without decisions has nothing to teach."""
    assert call("train", "erp.csv").code == 2
    assert call("train", *stored).code == 5


def test_broken_model_ends_with_5(call: Call, project: Path, gold: Path) -> None:
    """A prior of 0.9 ends with exit code 5 and writes nothing."""
    call("train", "erp.csv", "--labels", gold, "-o", "model.json")
    data = json.loads((project / "model.json").read_text(encoding="utf-8"))
    data["person"]["prior_match"] = 0.9
    (project / "model.json").write_text(json.dumps(data), encoding="utf-8")
    ended = call("dedupe", "erp.csv", "--model", "model.json", "-o", "out")
    assert ended.code == 5
    assert "prior_match" in ended.err
    assert not (project / "out").exists()
    assert call("dedupe", "erp.csv", "--model", "erp.csv", "-o", "out").code == 5


def test_source_column_and_link_only(call: Call, project: Path) -> None:
    """A column names each row's source; rows of one source are never linked then."""
    rows = [line.split(";") for line in (project / "erp.csv").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(";".join([*row, "Herkunft" if i == 0 else "ab"[i % 2]]) for i, row in enumerate(rows))
    (project / "both.csv").write_text(text + "\n", encoding="utf-8")
    call("dedupe", "both.csv", "--source-column", "Herkunft", "-o", "out")
    found = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    assert {row["source"] for row in found} == {"a", "b"}
    assert len({row["customer_id"] for row in found}) == 3
    call("dedupe", "both.csv", "--source-column", "Herkunft", "--link-only", "-o", "out")
    found = rows_of((project / "out" / "crosswalk.csv").read_text(encoding="utf-8"))
    assert len({row["customer_id"] for row in found}) == 4


def test_no_duplicates_and_costs(call: Call) -> None:
    """A source without duplicates, and a very dear false merge, both keep the two records apart."""
    for options in (["--no-duplicates", "erp"], ["--cost-of-false-merge", "1e30"]):
        found = json.loads(call("dedupe", "erp.csv", "-o", "out", "--json", *options).out)
        assert found["customers"] == 4


def test_strict_ends_on_implausible_data(call: Call, project: Path) -> None:
    """One telephone number for all is told; with --strict it ends with exit code 5."""
    head, *_ = (project / "erp.csv").read_text(encoding="utf-8").splitlines()
    names = ["Anna Bergmann", "Bodo Clasen", "Cora Dittrich", "Dirk Ebert", "Elsa Funke"] * 8
    lines = [
        f"{i};{name.split()[0]};{name.split()[1]}{'abcdefgh'[i // 5]};Weg {i};{10115 + i};Ort;;0221 555123"
        for i, name in enumerate(names)
    ]
    (project / "phones.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    assert call("dedupe", "phones.csv", "-o", "out").code == 0
    assert "field_constant" in (project / "out" / "issues.csv").read_text(encoding="utf-8")
    ended = call("dedupe", "phones.csv", "-o", "out", "--strict")
    assert ended.code == 5
    assert "phone" in ended.err
    told = call("dedupe", "phones.csv", "-o", "out", "--lang", "de").out
    assert "Zweifelhaft (--strict endet damit):\n  Telefon (40): " in told
    assert (
        json.loads(call("dedupe", "phones.csv", "-o", "out", "--json").out)["doubts"][0]["field"] == "phone"
    )
    german = call("dedupe", "phones.csv", "-o", "out", "--strict", "--lang", "de").err
    assert "zum Teil unglaubhaft" in german
    assert "ohne --strict" in german


def test_no_model_is_said_in_both_languages(call: Call) -> None:
    """A model that is not there ends with exit code 5, in the user's language."""
    english = call("dedupe", "erp.csv", "--model", "none.json", "-o", "out")
    german = call("dedupe", "erp.csv", "--model", "none.json", "-o", "out", "--lang", "de")
    assert english.code == german.code == 5
    assert "the model none.json cannot be read" in english.err
    assert "das Modell none.json ist nicht lesbar" in german.err


@pytest.fixture
def grown(example: Example) -> dict[str, str]:
    """A row of the customer with the most records."""
    rows = rows_of((example.out / "crosswalk.csv").read_text(encoding="utf-8"))
    customers = [row["customer_id"] for row in rows]
    return max(rows, key=lambda row: (customers.count(row["customer_id"]), row["customer_id"]))


def test_explain_how_a_customer_grew(call: Call, stored: list[str], grown: dict[str, str]) -> None:
    """Links in order, one less than records, the weakest bridge; by id and by record alike."""
    by_id = json.loads(call("explain", grown["customer_id"], "--json", *stored).out)
    by_record = json.loads(call("explain", f"{grown['source']}:{grown['record_id']}", "--json", *stored).out)
    assert by_id == by_record
    assert len(by_id["links"]) == len(by_id["parties"]) - 1
    assert by_id["weakest"]["weight"] == min(link["weight"] for link in by_id["links"])
    assert "Schwächste Brücke" in call("explain", grown["customer_id"], "--lang", "de", *stored).out


def test_explain_pairs_add_up(call: Call, example: Example, stored: list[str]) -> None:
    """The bars of the waterfall lead from nothing to the weight, each where the one before ended."""
    pairs = rows_of((example.out / "pairs.csv").read_text(encoding="utf-8"))
    row = pairs[0]
    ends = [f"{row[f'source_{s}']}:{row[f'record_id_{s}']}" for s in "lr"]
    found = json.loads(call("explain", *ends, "--json", *stored).out)
    bars = found["waterfall"]
    assert bars[0]["start"] == 0.0
    assert all(a["end"] == b["start"] for a, b in itertools.pairwise(bars))
    assert bars[-1]["end"] == pytest.approx(found["weight"], abs=0.01)


def test_explain_why_not(call: Call, example: Example, stored: list[str]) -> None:
    """Two people whom no rule brought together: which rules came closest; else what speaks against."""
    rows = rows_of((example.out / "parties.csv").read_text(encoding="utf-8"))
    people = [r for r in rows if r["kind"] == "person" and r["family_name"]]
    one = people[0]
    other = next(r for r in people if r["family_name"][0] != one["family_name"][0])
    ends = [f"{r['source']}:{r['record_id']}" for r in (one, other)]
    found = json.loads(call("explain", *ends, "--json", *stored).out)
    assert found["one_customer"] is False
    assert found["apart"]["meetings"]
    said = call("explain", *ends, *stored).out
    assert ("never compared" in said) == (not found["apart"]["compared"])
    near = found["apart"]["meetings"]
    assert near == sorted(near, key=lambda m: (not m["met"], not m["shared"] and not m["block"]))


def test_explain_shows_both_records(call: Call, example: Example, stored: list[str]) -> None:
    """Both records stand side by side, in the language asked for; JSON has the same."""
    row = rows_of((example.out / "pairs.csv").read_text(encoding="utf-8"))[0]
    ends = [f"{row[f'source_{s}']}:{row[f'record_id_{s}']}" for s in "lr"]
    found = json.loads(call("explain", *ends, "--json", *stored).out)
    german = call("explain", *ends, "--lang", "de", *stored).out
    for values in found["values"]:
        assert values["name"] in german or "…" in german
    assert "gegen Verwandte" in german
    assert "vs related" in call("explain", *ends, *stored).out


def test_explain_says_what_kept_two_apart(call: Call, example: Example, stored: list[str]) -> None:
    """A conflict that the run listed is explained by the rule that kept the two apart, in both languages."""
    told = [
        row
        for row in rows_of((example.out / "issues.csv").read_text(encoding="utf-8"))
        if row["code"] == "conflict_kept_apart"
    ]
    assert told
    sentences = {
        "contradiction": ("cannot be one", "its own facts"),
        "undecided": ("Undecided",),
        "rival": ("Names alone",),
    }
    for row in told:
        ends = [f"{row['source']}:{row['record_id']}", row["detail"]]
        found = json.loads(call("explain", *ends, "--json", *stored).out)
        apart = [kind["apart"] for kind in (found, found.get("companies")) if kind]
        rules = {kind["rule"] for kind in apart if kind is not None} & set(sentences)
        assert rules
        english = call("explain", *ends, *stored).out
        assert any(words in english for rule in rules for words in sentences[rule])
    grown = json.loads(call("explain", f"{told[0]['source']}:{told[0]['record_id']}", "--json", *stored).out)
    near = {held["link"][f"party_{s}"].rpartition("/")[0] for held in grown["held"] for s in "lr"}
    assert told[0]["detail"] in near


def test_explain_nobody(call: Call, stored: list[str]) -> None:
    """Unknown customers and records end with the store's exit code."""
    assert call("explain", "00000000-0000-0000-0000-000000000000", *stored).code == 4
    assert call("explain", "erp:nobody", *stored).code == 4
