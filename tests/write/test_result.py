"""All files of a result."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from crmclean.config import WriteConfig
from crmclean.fields import FIELDS
from crmclean.issues import CODES
from crmclean.messages import catalogue, say
from crmclean.write import issue_sentences, title, word, write_result

TABLES = {
    "customers": pd.DataFrame({"customer_id": ["c1"], "kind": ["person"], "postal_code": ["01067"]}),
    "crosswalk": pd.DataFrame({"source": ["erp"], "record_id": ["1"], "customer_id": ["c1"]}),
    "issues": pd.DataFrame(
        {"source": ["erp"], "code": ["ragged_rows"], "severity": ["error"], "detail": ["12"]},
    ),
}


def test_every_table_gets_its_file(tmp_path: Path) -> None:
    """CSV for all, JSON lines for documents, a workbook, a report."""
    names = write_result(TABLES, tmp_path / "out", lang="de", report_html="<p>ä", documents=[{"a": 1}])
    assert names == [
        "customers.csv", "crosswalk.csv", "issues.csv", "customers.jsonl", "ergebnis.xlsx", "report.html",
    ]  # fmt: skip
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted([*names, ".crmclean"])
    assert (tmp_path / "out" / "report.html").read_bytes() == "<p>ä".encode()


def test_issues_carry_a_sentence_in_the_language(tmp_path: Path) -> None:
    """The code stays, the sentence is for people, the detail stands in brackets."""
    write_result(TABLES, tmp_path / "out", lang="de")
    line = (tmp_path / "out" / "issues.csv").read_text("utf-8").splitlines()[1]
    assert line == ("erp,ragged_rows,error,12,Zeilen haben mehr oder weniger Felder als die Kopfzeile (12).")


def test_what_is_not_wanted_is_not_written(tmp_path: Path) -> None:
    """No workbook by configuration, no report and no documents where none are given."""
    names = write_result(TABLES, tmp_path / "out", config=WriteConfig(workbook=False, csv_format="excel-de"))
    assert names == ["customers.csv", "crosswalk.csv", "issues.csv"]
    assert '"=""01067"""' in (tmp_path / "out" / "customers.csv").read_text("utf-8-sig")


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """Every file of two runs is identical."""
    for name in ("one", "two"):
        write_result(TABLES, tmp_path / name, documents=[{"a": 1}], report_html="x")
    digests = [
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    ]
    assert digests[0] == digests[1]


def test_every_issue_code_has_a_sentence_in_both_languages() -> None:
    """A code that nobody explains is no finding; none is explained that does not exist."""
    said = {key.removeprefix("issues.") for key in catalogue() if key.startswith("issues.")}
    assert said == set(CODES)
    for code in CODES:
        english, german = catalogue()[f"issues.{code}"]
        assert english.endswith(".")
        assert german.endswith(".")
        assert english != german
        assert "{" not in english + german


@pytest.mark.parametrize("lang", ["en", "de"])
def test_every_field_has_a_title(lang: str) -> None:
    """Nobody has to read code names in the workbook or the report."""
    for field in FIELDS:
        shown = title(field, lang)  # type: ignore[arg-type]
        assert "_" not in shown
        assert (
            lang == "en"
            or shown != field.replace("_", " ").capitalize()
            or field in {"region", "name", "fax"}
        )


def test_words_fall_back_to_the_code() -> None:
    """A code that came later is shown as it is, never lost."""
    assert word("channel", "pigeon", "de") == "pigeon"
    assert title("shoe_size", "de") == "Shoe size"
    frame = pd.DataFrame({"code": ["not_yet_known"]})
    assert issue_sentences(frame, "de").tolist() == ["Not yet known."]


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_workbook_is_named_in_the_language(lang: str) -> None:
    """ergebnis.xlsx for Germans."""
    assert say("write.file.workbook", lang) == {"en": "result.xlsx", "de": "ergebnis.xlsx"}[lang]  # type: ignore[arg-type]
