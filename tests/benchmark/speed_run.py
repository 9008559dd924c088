"""The part `run` of speed.py: the whole of ``crmclean run`` - store, golden records, consents, report, workbook.

Seconds are wall-clock seconds of the whole process, start-up included; processor seconds stand beside them, for
a busy machine stretches the former. The peak is the greatest of the stages, as the command tells them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from speed_dedupe import called, middle


def one_run(files: list[Path], options: list[str]) -> dict[str, Any]:
    """One run on a new store."""
    with tempfile.TemporaryDirectory() as name:
        store, target = Path(name) / "crmclean.db", Path(name) / "out"
        command = [sys.executable, "-m", "crmclean", "run", *map(str, files), "--output", str(target)]
        result = called([*command, "--store", str(store), "--json", "--timings", *options])
        said = json.loads(result.pop("said"))
        stages = said.get("timings", [])
        given = sum(file.stat().st_size for file in files)
        return {
            **result,
            "peak_mib": max(stage["peak_mib"] for stage in stages),
            "stages": stages,
            "rows": said["records"],
            "customers": said["customers"],
            "input_mib": round(given / (1 << 20), 1),
            "store_mib": round(store.stat().st_size / (1 << 20), 1),
            "store_share": round(store.stat().st_size / given, 2),
            "output_mib": round(sum(file.stat().st_size for file in target.iterdir()) / (1 << 20), 1),
        }


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The whole command on the files; where a file already has figures of other data, these stay."""
    before = round(os.getloadavg()[0], 2)
    result = middle([one_run(arguments.files, arguments.option) for _ in range(arguments.runs)])
    print(
        f"{result['rows']} records in {result['seconds']} s ({result['cpu_seconds']} s of processor), "
        f"{result['peak_mib']} MiB; store {result['store_mib']} MiB, {result['store_share']} times the input"
    )
    for stage in result["stages"]:
        print(f"  {stage['stage']}: {stage['seconds']} s, {stage['peak_mib']} MiB")
    data = {"data": arguments.name, "load": before, "load_after": round(os.getloadavg()[0], 2), **result}
    known = arguments.json is not None and arguments.json.exists()
    others = json.loads(arguments.json.read_text(encoding="utf-8"))["folders"] if known else []
    others = [other for other in others if other["data"] != arguments.name]
    folders = sorted([*others, data], key=lambda found: (found["rows"], found["data"]))
    return {"part": "run", "cores": os.cpu_count(), "runs": arguments.runs, "folders": folders}


def add_arguments(part: argparse.ArgumentParser) -> None:
    """The arguments of the part."""
    part.add_argument("files", nargs="+", type=Path, metavar="FILE")
    part.add_argument("--name", required=True, help="what the data are called in the result")
    part.add_argument("--runs", type=int, default=1, help="runs, of which the median counts (default 1)")
    part.add_argument("--option", action="append", default=[], help="further option of the command")
    part.add_argument("--json", type=Path, help="file for the figures; those of other data stay in it")
