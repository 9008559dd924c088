"""Predictions for folders of case suites: what the value functions make of each case.

    python tests/benchmark/cases.py --cases DIR --output predictions.jsonl

DIR holds one CSV file per suite (id, input, further inputs and the expected fields). Each line of the
output is a case: suite, id and the fields of the prediction. Expected fields are never looked at.
Prints the number of cases per suite. Not part of the test suite.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import cases_addresses
import cases_names
import cases_text
import cases_values

PREDICT = {
    suite: module.predict
    for module in (cases_names, cases_values, cases_addresses, cases_text)
    for suite in module.SUITES
}
# what a prediction may see of a case: inputs and hints, never what is expected
INPUTS = ("id", "input", "lang", "country", "region", "order", "type", "algorithm")
TYPE_IS_EXPECTED = {"phones"}


def cases_of(suite: str, file: Path) -> Iterator[dict[str, str]]:
    """The cases of a suite, inputs only."""
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            seen = {k: v for k, v in row.items() if k in INPUTS}
            if suite in TYPE_IS_EXPECTED:
                seen.pop("type", None)
            yield seen


def predictions(folder: Path) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Suite, id and prediction of every case of a folder, suite by suite."""
    for file in sorted(folder.glob("*.csv")):
        suite = file.stem
        for case in cases_of(suite, file):
            if suite == cases_text.FILES:
                yield suite, case["id"], cases_text.csv_file(folder / suite / case["input"])
            elif suite in PREDICT:
                yield suite, case["id"], PREDICT[suite](suite, case)


def main() -> None:
    """Writes the predictions and prints how many there are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, required=True, action="append")
    parser.add_argument("--output", type=Path, required=True)
    chosen = parser.parse_args()
    counts: dict[str, int] = {}
    with chosen.output.open("w", encoding="utf-8", newline="\n") as stream:
        for folder in chosen.cases:
            for suite, identifier, fields in predictions(folder):
                line = {"suite": suite, "id": identifier, **fields}
                stream.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
                counts[suite] = counts.get(suite, 0) + 1
    print(json.dumps(counts, indent=1))


if __name__ == "__main__":
    main()
