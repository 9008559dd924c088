"""Speed and memory: ``python tests/benchmark/speed.py PART DIR... [--json FILE]``; here the part `normalize`.

Each DIR holds a records.csv with the columns id, phone, email and first_name and last_name, or name
(one column). Measured, each in a process of its own whose peak memory the system tells:

- `ours`: the whole file read and normalised;
- `ours_sample`: the first ROWS of it, read and normalised;
- `loop_sample`: the same ROWS, row by row through phonenumbers (parse, valid, E.164), email-validator
  (no DNS) and nameparser - the plain script that crmclean replaces; it does nothing else.

`ratio` is loop_sample by ours_sample, on the same rows in the same run. Imports are not counted.
Further parts are further commands (see `PARTS`).
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import speed_dedupe
import speed_run
from consent_import import import_file, write_events
from consent_speed import MEGABYTES, SECONDS, decide_file

RATIO = 10.0


def read_and_normalize(file: Path) -> dict[str, Any]:
    """Seconds of reading and of normalising a file, and the rows of the results."""
    from crmclean.normalize import normalize_records
    from crmclean.read import read_records

    started = time.perf_counter()
    found = read_records([str(file)])
    read = time.perf_counter()
    result = normalize_records(found.records, sources=found.sources)
    done = time.perf_counter()
    return {
        "rows": len(found.records), "read_seconds": round(read - started, 2), "seconds": round(done - started, 2),
        "parties": len(result.parties), "contacts": len(result.contacts), "addresses": len(result.addresses),
        "issues": len(result.issues),
    }  # fmt: skip


def plain_loop(file: Path) -> dict[str, Any]:
    """Seconds that the libraries take by themselves, row by row."""
    import phonenumbers
    from email_validator import EmailNotValidError, validate_email
    from nameparser import HumanName

    started = time.perf_counter()
    rows = valid = 0
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            rows += 1
            name = HumanName(row["name"] if "name" in row else f"{row['first_name']} {row['last_name']}")
            valid += bool(name.first and name.last)
            if row["email"]:
                with contextlib.suppress(EmailNotValidError):
                    valid += bool(validate_email(row["email"], check_deliverability=False).normalized)
            if row["phone"]:
                try:
                    number = phonenumbers.parse(row["phone"], "DE")
                except phonenumbers.NumberParseException:
                    continue
                if phonenumbers.is_valid_number(number):
                    valid += bool(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return {"rows": rows, "seconds": round(time.perf_counter() - started, 2), "valid": valid}


JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "ours": read_and_normalize,
    "loop": plain_loop,
    "consent-import": import_file,
    "decide": decide_file,
}


def in_child(job: str, file: Path) -> dict[str, Any]:
    """A job in a process of its own: what it reports, and its peak memory (MB) and processor seconds."""
    command = [sys.executable, str(Path(__file__).resolve()), "child", job, str(file)]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{job} failed on {file}")
        out.seek(0)
        result: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    unit = 1 if sys.platform == "darwin" else 1024  # macOS tells bytes, Linux kilobytes
    result["peak_mb"] = round(usage.ru_maxrss * unit / 1e6)
    result["cpu_seconds"] = round(usage.ru_utime + usage.ru_stime, 2)
    return result


def measure(folder: Path, sample: int) -> dict[str, Any]:
    """The figures of one folder."""
    file = folder / "records.csv"
    result: dict[str, Any] = {"folder": folder.name, "load_before": round(os.getloadavg()[0], 2)}
    result["ours"] = in_child("ours", file)
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "records.csv"
        with file.open(encoding="utf-8") as whole, part.open("w", encoding="utf-8") as target:
            target.writelines(itertools.islice(whole, sample + 1))
        result["ours_sample"] = in_child("ours", part)
        result["loop_sample"] = in_child("loop", part)
    result["ratio"] = round(result["loop_sample"]["seconds"] / result["ours_sample"]["seconds"], 1)
    result["load_after"] = round(os.getloadavg()[0], 2)
    return result


def normalize(arguments: argparse.Namespace) -> dict[str, Any]:
    """Reading and normalising, against the plain loop."""
    results = []
    for folder in arguments.folders:
        result = measure(folder, arguments.rows)
        ours, loop = result["ours"], result["loop_sample"]
        print(f"{result['folder']}: {ours['rows']} rows in {ours['seconds']} s, {ours['peak_mb']} MB")
        print(
            f"  first {loop['rows']} rows: ours {result['ours_sample']['seconds']} s, "
            f"plain loop {loop['seconds']} s, ratio {result['ratio']} (at least {RATIO:.0f})"
        )
        results.append(result)
    return {"part": "normalize", "cores": os.cpu_count(), "at_least": RATIO, "folders": results}


def consent_import(arguments: argparse.Namespace) -> dict[str, Any]:
    """Importing consent events into a new ledger; at most 60 processor seconds for a million."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "events.csv"
        write_events(file, arguments.events)
        result = {"load_before": round(os.getloadavg()[0], 2), **in_child("consent-import", file)}
    result["load_after"] = round(os.getloadavg()[0], 2)
    limit = round(60 * arguments.events / 1e6, 2)
    result["ratio"] = round(limit / result["processor_seconds"], 2)
    print(
        f"{result['added']} events in {result['seconds']} s, {result['processor_seconds']} s of processor time "
        f"(at most {limit}), {result['peak_mb']} MB; verified in {result['verify_processor_seconds']} s"
    )
    return {"part": "consent-import", "cores": os.cpu_count(), "at_least": 1.0, "folders": [result]}


def consent(arguments: argparse.Namespace) -> dict[str, Any]:
    """Decisions for many customers on four channels; `ratio` is bar by measured, of seconds and memory the worse."""
    before = round(os.getloadavg()[0], 2)
    result = in_child("decide", Path(str(arguments.customers)))
    result["ratio"] = round(min(SECONDS / result["seconds"], MEGABYTES / result["peak_mb"]), 2)
    result |= {"load_before": before, "load_after": round(os.getloadavg()[0], 2)}
    print(
        f"{result['customers']} customers x {result['channels']} channels, {result['events']} events: "
        f"{result['seconds']} s (processor {result['cpu_seconds_decide']} s), {result['peak_mb']} MB; "
        f"the single call answers alike: {result['alike']}"
    )
    bars = {"seconds_at_most": SECONDS, "mb_at_most": MEGABYTES}
    return {"part": "consent", "cores": os.cpu_count(), "at_least": 1.0, **bars, "folders": [result]}


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "normalize": normalize,
    "consent-import": consent_import,
    "consent": consent,
    "dedupe": speed_dedupe.dedupe,
    "run": speed_run.run,
}


def main() -> None:
    """Measures a part; exit code 1 where a ratio misses its bar."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    child = parts.add_parser("child", help=argparse.SUPPRESS)
    child.add_argument("job", choices=JOBS)
    child.add_argument("file", type=Path)
    part = parts.add_parser("normalize", help="read and normalise, against the plain loop")
    part.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    part.add_argument("--rows", type=int, default=200_000, help="rows that both take (default 200000)")
    part.add_argument("--json", type=Path, help="file for the figures")
    part = parts.add_parser("consent-import", help="consent events into a new ledger")
    part.add_argument("--events", type=int, default=1_000_000, help="how many (default 1000000)")
    part.add_argument("--json", type=Path, help="file for the figures")
    part = parts.add_parser("consent", help="decisions for many customers on four channels")
    part.add_argument("--customers", type=int, default=1_000_000, help="how many (default 1000000)")
    part.add_argument("--json", type=Path, help="file for the figures")
    speed_dedupe.add_arguments(parts.add_parser("dedupe", help="the whole command, against a peer's script"))
    speed_run.add_arguments(parts.add_parser("run", help="the whole main job, with store and all outputs"))
    arguments = parser.parse_args()
    if arguments.part == "child":
        print(json.dumps(JOBS[arguments.job](arguments.file)))
        return
    report = PARTS[arguments.part](arguments)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if any(f["ratio"] < report["at_least"] for f in report["folders"] if "at_least" in report):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
