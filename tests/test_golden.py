"""The example run is the same bytes whatever the order of rows and files, the machine and the hour.

The files in tests/golden are what the run gave when somebody last read them: results change only on
purpose. ``pytest tests/test_golden.py --update-golden`` renews them; read the diff.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Example, example_files, run_example
from tests.shuffling import shuffled_copy

GOLDEN = Path(__file__).parent / "golden"
TABLES = ("customers.csv", "crosswalk.csv", "relations.csv")
FILES = (
    "changes.csv",
    "changes.jsonl",
    "consent.csv",
    "crosswalk.csv",
    "customers.csv",
    "customers.jsonl",
    "issues.csv",
    "pairs.csv",
    "parties.csv",
    "relations.csv",
    "report.html",
    "result.xlsx",
    "touchpoints.csv",
)
ROWS_NAMED = {"issues.csv", "result.xlsx"}  # they say in which line a finding is


def differing(one: Path, two: Path, names: tuple[str, ...] = FILES) -> list[str]:
    """Names of the result files whose bytes differ."""
    return [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()]


def without_rows(file: Path) -> list[dict[str, str]]:
    """Findings without the line in which they are, in a fixed order."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [{k: v for k, v in row.items() if k != "row"} for row in csv.DictReader(stream)]
    return sorted(rows, key=lambda row: sorted(row.items()))


def findings_by_code(file: Path) -> str:
    """Code and number of the findings, as csv."""
    with file.open(encoding="utf-8", newline="") as stream:
        counted = Counter(row["code"] for row in csv.DictReader(stream))
    return "code,findings\n" + "".join(f"{code},{counted[code]}\n" for code in sorted(counted))


def test_all_files_are_there(example: Example) -> None:
    """The output folder holds the files of the contract and nothing else that can be seen."""
    assert sorted(p.name for p in example.out.iterdir() if not p.name.startswith(".")) == sorted(FILES)


@pytest.mark.parametrize("name", [*TABLES, "findings.csv"])
def test_results_are_as_last_read(example: Example, request: pytest.FixtureRequest, name: str) -> None:
    """Customers, crosswalk, relations and the numbers of findings are those somebody last looked at."""
    if name == "findings.csv":
        found = findings_by_code(example.out / "issues.csv")
    else:
        found = (example.out / name).read_bytes().decode("utf-8")
    golden = GOLDEN / name
    if request.config.getoption("--update-golden"):
        golden.write_text(found, encoding="utf-8", newline="\n")
    assert found == golden.read_bytes().decode("utf-8"), (
        f"{name} changed: --update-golden, then read the diff"
    )


@pytest.mark.slow
def test_again_elsewhere_and_once_more(example: Example, tmp_path: Path) -> None:
    """Another folder, hash seed, zone, locale and console: the same bytes; so is a second run on the store."""
    project = tmp_path / "Projekt Müller"
    project.mkdir()
    environment = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONIOENCODING": "cp1252"}
    run_example(project, environment=environment)
    assert differing(example.out, project / "out") == []
    run_example(project)
    assert differing(example.out, project / "out") == []


@pytest.mark.slow
def test_rows_and_files_in_another_order(example: Example, tmp_path: Path) -> None:
    """Rows shuffled within every file, files given in reverse: the same customers with the same ids."""
    copies = tmp_path / "copies"
    copies.mkdir()
    files = [shuffled_copy(file, copies, seed) for seed, file in enumerate(reversed(example_files()))]
    run_example(tmp_path, files=files)
    names = tuple(name for name in FILES if name not in ROWS_NAMED)
    assert differing(example.out, tmp_path / "out", names) == []
    assert without_rows(example.out / "issues.csv") == without_rows(tmp_path / "out" / "issues.csv")
