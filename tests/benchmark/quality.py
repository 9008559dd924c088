"""Matching quality on open data sets and the German set, by the command line alone.

    python tests/benchmark/quality.py --data DIR [--german DIR] [--scorers DIR] [--only NAME ...] [--json FILE]

DIR holds one folder per data set with records.csv and gold.csv (id,cluster). Each is given to
``crmclean dedupe`` without any configuration; the German folder to ``crmclean run``. Figures are
pairwise precision, recall and F1 of the clusters, B-cubed F1, calibration (``crmclean evaluate``),
recall by what differs where the set has names and addresses, seconds of the whole process and its
own peak memory, as JSON. Not part of the test suite.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd


def pairs(sizes: np.ndarray) -> int:
    """Pairs within groups of these sizes."""
    return int((sizes * (sizes - 1) // 2).sum())


def figures(found: pd.Series, gold: pd.Series) -> dict[str, float]:
    """Pairwise and B-cubed figures of two labellings over the same index."""
    frame = pd.DataFrame({"found": found.reindex(gold.index), "gold": gold})
    lone = frame["found"].isna()
    frame.loc[lone, "found"] = [f"alone {i}" for i in range(int(lone.sum()))]
    cell = frame.groupby(["found", "gold"]).size()
    by_found, by_gold = frame.groupby("found").size(), frame.groupby("gold").size()
    both = pairs(cell.to_numpy())
    precision = both / max(1, pairs(by_found.to_numpy()))
    recall = both / max(1, pairs(by_gold.to_numpy()))
    weight = cell.to_numpy(dtype=float) ** 2
    b_precision = float((weight / by_found[cell.index.get_level_values(0)].to_numpy()).sum()) / len(frame)
    b_recall = float((weight / by_gold[cell.index.get_level_values(1)].to_numpy()).sum()) / len(frame)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(harmonic(precision, recall), 4),
        "b_cubed_f1": round(harmonic(b_precision, b_recall), 4),
    }


def harmonic(p: float, r: float) -> float:
    """F1 of precision and recall."""
    return 2 * p * r / (p + r) if p + r else 0.0


def timed(command: list[str]) -> dict[str, float]:
    """Runs a command; its seconds and its own peak memory in MiB."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            message = said.read().decode("utf-8", "replace")
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}\n{message}")
    return {"seconds": round(time.perf_counter() - start, 2), "peak_mib": round(usage.ru_maxrss / 1024)}


def calibration(out: Path, labels: Path) -> dict[str, object]:
    """Reliability, expected calibration error and best threshold, as ``crmclean evaluate`` says."""
    command = [sys.executable, "-m", "crmclean", "evaluate", "--result", str(out), "--labels", str(labels)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    guess = subprocess.run([*command[:-2], "--json"], capture_output=True, text=True, check=True)
    estimate = json.loads(guess.stdout)["estimate"]
    return {
        "calibration_error": said["calibration_error"],
        "thresholds": said["thresholds"],
        "reliability": said["reliability"],
        "estimate": {name: estimate[name] for name in ("precision", "recall")},
    }


def folded(values: pd.Series) -> pd.Series:
    """Lower case, umlauts written out, letters only."""
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    return values.str.lower().str.translate(table).str.replace(r"[^a-z]", "", regex=True)


def by_difference(records: pd.DataFrame, gold: pd.Series, found: pd.Series) -> dict[str, dict[str, float]]:
    """Recall of true pairs by what differs: umlaut, initial, swapped, moved, other surname."""
    names = {"first_name", "last_name", "street", "postcode"}
    if not names <= set(records.columns):
        return {}
    frame = records[["id", *sorted(names)]].assign(
        cluster=records["id"].map(gold),
        found=records["id"].map(found),
        first=folded(records["first_name"]),
        last=folded(records["last_name"]),
        plain=folded(records["last_name"].str.lower().str.translate(str.maketrans("äöü", "aou"))),
    )
    several = frame[frame["cluster"].duplicated(keep=False) & frame["cluster"].notna()]
    pair = several.merge(several, on="cluster", suffixes=("_l", "_r"))
    pair = pair[pair["id_l"] < pair["id_r"]]
    (fl, fr), (ll, lr) = ((pair[f"{n}_l"], pair[f"{n}_r"]) for n in ("first", "last"))
    swapped = (fl == lr) & (ll == fr) & (fl != ll)
    raw = pair["last_name_l"].str.lower() != pair["last_name_r"].str.lower()
    umlaut = raw & (
        (ll == lr) | (pair["plain_l"] == pair["plain_r"]) | (pair["plain_l"] == lr) | (ll == pair["plain_r"])
    )
    initial = ((fl.str.len() == 1) ^ (fr.str.len() == 1)) & (fl.str[:1] == fr.str[:1])
    there = (pair[["street_l", "street_r", "postcode_l", "postcode_r"]] != "").all(axis=1)
    moved = (
        there
        & (pair["street_l"].str[:4] != pair["street_r"].str[:4])
        & (pair["postcode_l"] != pair["postcode_r"])
    )
    other = (
        (fl == fr)
        & (ll != "")
        & (lr != "")
        & (ll.str[:2] != lr.str[:2])
        & (ll.str[-3:] != lr.str[-3:])
        & ~swapped
    )
    hit = pair["found_l"] == pair["found_r"]
    kinds = {
        "umlaut": umlaut & ~swapped,
        "initial": initial,
        "swapped": swapped,
        "moved": moved,
        "other_surname": other,
    }
    return {
        name: {"pairs": int(mask.sum()), "recall": round(float(hit[mask].mean()), 4)}
        for name, mask in kinds.items()
        if mask.any()
    }


def single_table(folder: Path) -> dict[str, object]:
    """Figures of ``crmclean dedupe`` on one table with truth."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        cost = timed(
            [
                sys.executable,
                "-m",
                "crmclean",
                "dedupe",
                str(folder / "records.csv"),
                "--output",
                str(out),
                "--quiet",
            ]
        )
        result = pd.read_csv(out / "crosswalk.csv", dtype=str, keep_default_na=False)
        trust = calibration(out, folder / "gold.csv")
    gold = pd.read_csv(folder / "gold.csv", dtype=str, keep_default_na=False).set_index("id")["cluster"]
    records = pd.read_csv(folder / "records.csv", dtype=str, keep_default_na=False)
    found = result.set_index("record_id")["customer_id"]
    differing = by_difference(records, gold, found)
    return {**figures(found, gold), **cost, **trust, **({"by_difference": differing} if differing else {})}


def german(folder: Path, scorers: Path) -> dict[str, object]:
    """What the German scorer says of ``crmclean run`` on all input files of the folder."""
    inputs = sorted(str(p) for p in folder.iterdir() if p.is_file() and "gold" not in p.name)
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        command = [sys.executable, "-m", "crmclean", "run", *inputs, "--output", str(out), "--quiet"]
        cost = timed([*command, "--store", str(Path(place) / "crmclean.db")])
        scorer = [
            sys.executable,
            str(scorers / "german_evaluate.py"),
            str(out / "crosswalk.csv"),
            str(folder),
        ]
        said = json.loads(subprocess.run(scorer, capture_output=True, text=True, check=True).stdout)
    traps = {name: f"{t['wrongly_merged']}/{t['pairs']}" for name, t in said["traps"].items()}
    return {
        "pairs": said["pairs"],
        "b_cubed": said["bcubed"],
        "hard": said["hard_clusters"],
        "traps": traps,
        **cost,
    }


def main() -> None:
    """Runs what was asked for and prints JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--german", type=Path)
    parser.add_argument("--scorers", type=Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    results: dict[str, object] = {}
    for folder in sorted(chosen.data.iterdir()) if chosen.data else []:
        if (folder / "gold.csv").exists() and (not chosen.only or folder.name in chosen.only):
            results[folder.name] = single_table(folder)
            print(folder.name, json.dumps(results[folder.name]), flush=True)
    if chosen.german and chosen.scorers:
        results["german"] = german(chosen.german, chosen.scorers)
        print("german", json.dumps(results["german"], indent=1), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
