"""Matching quality on open data sets and the German set, by the command line alone.

    python tests/benchmark/quality.py --data DIR [--german DIR] [--scorers DIR] [--only NAME ...] [--json FILE]

DIR holds one folder per data set with records.csv and gold.csv (id,cluster). Each is given to
``crmclean dedupe`` without any configuration; the German folder to ``crmclean run``. Figures are
pairwise precision, recall and F1 of the clusters, B-cubed F1, seconds of the whole process and
peak memory, as JSON. Not part of the test suite.
"""

from __future__ import annotations

import argparse
import json
import resource
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
    """Runs a command; its seconds and peak memory in MiB."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": round(time.perf_counter() - start, 2), "peak_mib": round(peak)}


def single_table(folder: Path) -> dict[str, float]:
    """Figures of ``crmclean dedupe`` on one table with truth."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        cost = timed([sys.executable, "-m", "crmclean", "dedupe", str(folder / "records.csv"), "--output", str(out), "--quiet"])
        result = pd.read_csv(out / "crosswalk.csv", dtype=str, keep_default_na=False)
    gold = pd.read_csv(folder / "gold.csv", dtype=str, keep_default_na=False).set_index("id")["cluster"]
    return {**figures(result.set_index("record_id")["customer_id"], gold), **cost}


def german(folder: Path, scorers: Path) -> dict[str, object]:
    """What the German scorer says of ``crmclean run`` on all input files of the folder."""
    inputs = sorted(str(p) for p in folder.iterdir() if p.is_file() and "gold" not in p.name)
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        command = [sys.executable, "-m", "crmclean", "run", *inputs, "--output", str(out), "--quiet"]
        cost = timed([*command, "--store", str(Path(place) / "crmclean.db")])
        scorer = [sys.executable, str(scorers / "german_evaluate.py"), str(out / "crosswalk.csv"), str(folder)]
        said = json.loads(subprocess.run(scorer, capture_output=True, text=True, check=True).stdout)
    traps = {name: f"{t['wrongly_merged']}/{t['pairs']}" for name, t in said["traps"].items()}
    return {"pairs": said["pairs"], "b_cubed": said["bcubed"], "hard": said["hard_clusters"], "traps": traps, **cost}


def main() -> None:
    """Runs what was asked for and prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
