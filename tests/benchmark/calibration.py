"""What labels make of probabilities: models trained on half of the customers, measured on the other half.

    python tests/benchmark/calibration.py --data DIR [--only NAME ...] [--json FILE]

DIR holds one folder per data set with records.csv and gold.csv (id,cluster). Every second customer (by the hash
of its name) is labelled for ``crmclean train``; the others measure ``crmclean evaluate``, once without labels and
once with the model. Figures are expected calibration error of probabilities above 0.5 and F1 of pairs. Not part
of the test suite.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import pandas as pd


def asked(*arguments: str) -> dict[str, object]:
    """What a command of crmclean says as JSON."""
    command = [sys.executable, "-m", "crmclean", *arguments, "--json"]
    found: dict[str, object] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
    return found


def measured(folder: Path) -> dict[str, object]:
    """Figures of one data set."""
    records = str(folder / "records.csv")
    gold = pd.read_csv(folder / "gold.csv", dtype=str, keep_default_na=False)
    taught = gold["cluster"].map(lambda name: zlib.crc32(name.encode()) % 2 == 0)
    with tempfile.TemporaryDirectory() as place:
        halves = {name: Path(place) / f"{name}.csv" for name in ("taught", "measured")}
        gold[taught].to_csv(halves["taught"], index=False)
        gold[~taught].to_csv(halves["measured"], index=False)
        model = str(Path(place) / "model.json")
        said = asked("train", records, "--labels", str(halves["taught"]), "--output", model)
        result: dict[str, object] = {"calibration": {}}
        for kind, fitted in said["calibration"].items():  # type: ignore[attr-defined]
            result["calibration"][kind] = fitted and {k: v for k, v in fitted.items() if k != "points"}  # type: ignore[index]
        for name, further in (("without", ()), ("trained", ("--model", model))):
            found = asked("evaluate", records, "--labels", str(halves["measured"]), *further)
            error, pairs = found["calibration_error"], found["pairs"]
            result[name] = {"calibration_error": round(float(error), 4), "f1": round(pairs["f1"], 4)}  # type: ignore[arg-type, index]
    return result


def main() -> None:
    """Runs what was asked for and prints JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    found = {}
    for folder in sorted(p for p in chosen.data.iterdir() if (p / "gold.csv").exists()):
        if not chosen.only or folder.name in chosen.only:
            found[folder.name] = measured(folder)
            print(folder.name, json.dumps(found[folder.name]), flush=True)
    if chosen.json:
        chosen.json.write_text(
            json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
