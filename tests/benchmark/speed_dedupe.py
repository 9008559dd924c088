"""The part `dedupe` of speed.py: the whole command against a peer's script, in turn, in one run.

The peer is a script that takes DIR/records.csv and a file for its result (columns id, cluster), run by a
Python of its own. Each is called as often as asked; seconds are wall-clock seconds of the whole process,
start-up included. Beside medians stand processor seconds, which a busy machine stretches less, peak memory
and the F1 of the pairs that were put together, where DIR holds gold.csv (id, cluster).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def called(command: list[str]) -> dict[str, Any]:
    """Seconds, processor seconds and peak memory (MiB) of a process, and what it printed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            raise SystemExit(f"{command[0]} ended with {child.returncode}: {err.read()[-500:].decode()}")
        said = out.read().decode()
    unit = 1 if sys.platform == "darwin" else 1024  # macOS tells bytes, Linux kilobytes
    return {
        "seconds": round(seconds, 2), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mib": round(usage.ru_maxrss * unit / (1 << 20)), "said": said,
    }  # fmt: skip


def pair_figures(found: Path, columns: tuple[str, str], gold: Path) -> dict[str, float | None]:
    """F1, precision and recall of the pairs of one cluster against the truth; None without a truth."""
    if not gold.exists():
        return {"f1": None, "precision": None, "recall": None}
    truth = pd.read_csv(gold, dtype=str).set_index("id")["cluster"]
    result = pd.read_csv(found, dtype=str, keep_default_na=False).set_index(columns[0])[columns[1]]
    one, two = pd.factorize(result.reindex(truth.index))[0], pd.factorize(truth)[0]

    def pairs(labels: np.ndarray) -> int:
        sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
        return int((sizes * (sizes - 1) // 2).sum())

    both = pairs(one.astype(np.int64) * (int(two.max()) + 1) + two)
    made, true = pairs(one), pairs(two)
    return {
        "f1": round(2 * both / max(1, made + true), 4),
        "precision": round(both / max(1, made), 4),
        "recall": round(both / max(1, true), 4),
    }


def ours(folder: Path, scratch: Path, options: list[str]) -> dict[str, Any]:
    """One run of ``crmclean dedupe``."""
    target = scratch / "out"
    command = [
        sys.executable,
        "-m",
        "crmclean",
        "dedupe",
        str(folder / "records.csv"),
        "--output",
        str(target),
    ]
    result = called([*command, "--force", "--json", "--timings", *options])
    said = json.loads(result.pop("said"))
    result["stages"] = said.get("timings", [])
    # --timings has the system count the peak anew per stage: what it tells at the end is that of the last one
    result["peak_mib"] = max([result["peak_mib"], *(stage["peak_mib"] for stage in result["stages"])])
    result["rows"] = said["records"]
    result |= pair_figures(target / "crosswalk.csv", ("record_id", "customer_id"), folder / "gold.csv")
    return result


def peer(folder: Path, scratch: Path, script: list[str]) -> dict[str, Any]:
    """One run of the peer."""
    target = scratch / "peer.csv"
    result = called([*script[:2], str(folder), str(target), *script[2:]])
    result.pop("said")
    with target.open(encoding="utf-8", newline="") as handle:
        names = next(csv.reader(handle))
    result |= pair_figures(target, (names[0], names[1]), folder / "gold.csv")
    return result


def middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run of median seconds, and the seconds of all."""
    chosen = sorted(runs, key=lambda r: float(r["seconds"]))[(len(runs) - 1) // 2]
    return {
        **chosen,
        "seconds": statistics.median(r["seconds"] for r in runs),
        "cpu_seconds": statistics.median(r["cpu_seconds"] for r in runs),
        "peak_mib": max(r["peak_mib"] for r in runs),
        "all_seconds": [r["seconds"] for r in runs],
    }


def measured(folder: Path, script: list[str] | None, runs: int, options: list[str]) -> dict[str, Any]:
    """The figures of one folder: ours and the peer's in turn."""
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        for _ in range(runs):
            mine.append(ours(folder, Path(name), options))
            if script:
                theirs.append(peer(folder, Path(name), script))
    result: dict[str, Any] = {
        "folder": folder.name,
        "load": round(os.getloadavg()[0], 2),
        "ours": middle(mine),
    }
    if theirs:
        result["peer"] = middle(theirs)
        result["ratio"] = round(result["peer"]["seconds"] / result["ours"]["seconds"], 2)
        result["cpu_ratio"] = round(result["peer"]["cpu_seconds"] / result["ours"]["cpu_seconds"], 2)
    return result


def dedupe(arguments: argparse.Namespace) -> dict[str, Any]:
    """The whole command on each folder, against the peer where one is named."""
    script = None
    if arguments.peer is not None:
        script = [str(arguments.peer_python or sys.executable), str(arguments.peer), *arguments.peer_option]
    folders = []
    for folder in arguments.folders:
        result = measured(folder, script, arguments.runs, arguments.option)
        mine = result["ours"]
        print(
            f"{result['folder']}: {mine['rows']} rows in {mine['seconds']} s ({mine['cpu_seconds']} s of processor), "
            f"{mine['peak_mib']} MiB, F1 {mine['f1']}"
        )
        if "peer" in result:
            other = result["peer"]
            print(
                f"  peer {other['seconds']} s ({other['cpu_seconds']} s), {other['peak_mib']} MiB, F1 {other['f1']}; "
                f"ratio {result['ratio']} (processor {result['cpu_ratio']})"
            )
        folders.append(result)
    title = {"title": arguments.title} if arguments.title else {}
    return {"part": "dedupe", **title, "cores": os.cpu_count(), "runs": arguments.runs, "folders": folders}


def add_arguments(part: argparse.ArgumentParser) -> None:
    """The arguments of the part."""
    part.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    part.add_argument("--peer", type=Path, help="script: DIR RESULT.csv")
    part.add_argument("--peer-python", type=Path, help="the Python that runs it (default: this one)")
    part.add_argument("--peer-option", action="append", default=[], help="passed to the script; repeatable")
    part.add_argument("--option", action="append", default=[], help="passed to crmclean; repeatable")
    part.add_argument("--runs", type=int, default=3, help="runs of each, in turn (default 3)")
    part.add_argument("--title", default="", help="what the page calls the figures")
    part.add_argument("--json", type=Path, help="file for the figures")
