"""Speed and size of merge and store.

``python tests/benchmark/speed_merge.py merge DIR [--json FILE]``
    DIR holds a records.csv and a gold.csv (id, cluster). The records are read and normalised, the
    true clusters become customers: ids, golden values with provenance, the flat file.

``python tests/benchmark/speed_merge.py store FILE.db RECORDS.csv [--json FILE]``
    The tables of a store that a run made are saved into a new one: seconds, size by the size of the
    exports, once more without a change, whole tables and single keys read.

Each step is a process of its own whose peak memory the system tells; it has its input in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TABLES = ("parties", "contacts", "addresses", "clusters", "members")
RATIO = 8.0
NOTE = {"at": "2026-06-30", "command": "run"}


def prepare(folder: Path, scratch: Path) -> dict[str, Any]:
    """Reads, normalises and writes the tables that merge takes."""
    import pandas as pd

    from crmclean.normalize.records import normalize_records
    from crmclean.read import read_records
    from crmclean.tables import CLUSTERS

    read = read_records([str(folder / "records.csv")])
    normal = normalize_records(read.records, sources=read.sources)
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("id")["cluster"]
    parties = normal.parties
    truth = parties["record_id"].map(gold)
    head = (
        parties.assign(truth=truth)
        .sort_values("party")
        .groupby(["kind", "truth"])["party"]
        .transform("first")
    )
    clusters = CLUSTERS.check(parties[["party"]].assign(cluster=head.sort_index()))
    frames = (parties, normal.contacts, normal.addresses, clusters)
    for name, frame in zip(TABLES, frames, strict=False):
        frame.to_parquet(scratch / f"{name}.parquet")
    return {"parties": len(parties)}


def loaded(scratch: Path, *names: str) -> list[Any]:
    """Tables that were written."""
    import pandas as pd

    from crmclean.store.statements import table_named

    tables = (table_named(name) for name in names)
    return [table.check(pd.read_parquet(scratch / f"{table.name}.parquet")) for table in tables]


def identify(_: Path, scratch: Path) -> dict[str, Any]:
    """Customer ids of a first run."""
    from crmclean.merge import identify_clusters

    clusters, parties = loaded(scratch, "clusters", "parties")
    with clock() as seconds:
        members, identities = identify_clusters(clusters, parties, at="2026-06-30")
    members.to_parquet(scratch / "members.parquet")
    return {**seconds, "customers": len(identities)}


def golden(_: Path, scratch: Path) -> dict[str, Any]:
    """Golden values with provenance, as a run makes them: texts as codes."""
    from crmclean.memory import keep_pages
    from crmclean.merge import merge_coded
    from crmclean.schema import frame_of_rows

    keep_pages()
    members, parties, contacts, addresses = loaded(scratch, "members", "parties", "contacts", "addresses")
    with clock() as seconds:
        customers, issues = merge_coded(members, parties, contacts, addresses)
    frame_of_rows(customers).to_parquet(scratch / "customers.parquet")
    return {**seconds, "values": len(customers), "conflicts": len(issues)}


def flat(_: Path, scratch: Path) -> dict[str, Any]:
    """The flat file, of golden values as a run has them."""
    from crmclean.merge import flat_customers
    from crmclean.schema import coded_rows

    customers, members, parties = loaded(scratch, "customers", "members", "parties")
    customers = coded_rows(customers)
    with clock() as seconds:
        frame = flat_customers(customers, members, parties)
    return {**seconds, "customers": len(frame)}


def save(source: Path, scratch: Path) -> dict[str, Any]:
    """The tables of a store saved into a new one, and once more."""
    from crmclean.store import Store

    with Store(source, read_only=True) as store:
        frames = {name: store.load(name) for name in store.counts() if name not in ("runs", "changes")}
    with Store(scratch / "crmclean.db") as store:
        with clock() as first:
            store.save_run(frames, NOTE)
        with clock() as again:
            store.save_run(frames, NOTE)
    size = (scratch / "crmclean.db").stat().st_size
    return {**first, "again": again, "rows": sum(map(len, frames.values())), "bytes": size}


def load(_: Path, scratch: Path) -> dict[str, Any]:
    """Whole tables, and rows by key; each key is another one, so that no cache helps but the system's."""
    from crmclean.store import Store

    with Store(scratch / "crmclean.db", read_only=True) as store:
        result: dict[str, Any] = {"whole": {}, "key_milliseconds": {}}
        for name in ("records", "parties", "contacts", "addresses", "members", "customers"):
            with clock() as seconds:
                frame = store.load(name)
            result["whole"][name] = seconds["seconds"]
        keys = {
            ("records", ("source", "record_id")): frame[["source", "record_id"]],
            ("customers", ("customer_id",)): frame[["customer_id"]],
            ("members", ("source", "record_id")): frame[["source", "record_id"]],
            ("contacts", ("party",)): store.load("members")[["party"]],
            ("contacts", ("key",)): store.load("contacts")[["key"]],
        }
        for (name, columns), rows in keys.items():
            some = rows.dropna().iloc[:: max(len(rows) // 40, 1)].head(40)
            started = time.perf_counter()
            for row in some.itertuples(index=False):
                store.load(name, where={c: [v] for c, v in zip(columns, row, strict=True)})
            taken = 1000 * (time.perf_counter() - started) / len(some)
            result["key_milliseconds"][f"{name} by {' '.join(columns)}"] = round(taken, 2)
    return result


class clock:  # noqa: N801  reads as a word of the with statement
    """Seconds and processor seconds of what runs inside, in the dictionary it gives."""

    def __enter__(self) -> dict[str, float]:
        self.found: dict[str, float] = {}
        self.begun = time.perf_counter(), time.process_time()
        return self.found

    def __exit__(self, *_: object) -> None:
        self.found["seconds"] = round(time.perf_counter() - self.begun[0], 2)
        self.found["cpu_seconds"] = round(time.process_time() - self.begun[1], 2)


STEPS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {
    "prepare": prepare, "identify": identify, "golden": golden, "flat": flat, "save": save, "load": load,
}  # fmt: skip


def in_child(step: str, source: Path, scratch: Path) -> dict[str, Any]:
    """A step in a process of its own: what it reports, and its peak memory in MB."""
    command = [sys.executable, str(Path(__file__).resolve()), "child", step, str(source), str(scratch)]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{step} failed")
        out.seek(0)
        result: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    unit = 1 if sys.platform == "darwin" else 1024  # macOS tells bytes, Linux kilobytes
    result["peak_mb"] = round(usage.ru_maxrss * unit / 1e6)
    print(f"{step}: {result}")
    return result


def main() -> None:
    """Measures a part and writes the figures."""
    parser = argparse.ArgumentParser(description="speed and size of merge and store")
    parts = parser.add_subparsers(dest="part", required=True)
    child = parts.add_parser("child", help=argparse.SUPPRESS)
    child.add_argument("step", choices=STEPS)
    child.add_argument("source", type=Path)
    child.add_argument("scratch", type=Path)
    merge = parts.add_parser("merge")
    merge.add_argument("source", type=Path, metavar="DIR")
    store = parts.add_parser("store")
    store.add_argument("source", type=Path, metavar="FILE.db")
    store.add_argument("records", type=Path, metavar="RECORDS.csv")
    for part in (merge, store):
        part.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    if arguments.part == "child":
        print(json.dumps(STEPS[arguments.step](arguments.source, arguments.scratch)))
        return
    report: dict[str, Any] = {
        "part": arguments.part,
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }
    with tempfile.TemporaryDirectory() as scratch:
        steps = ("prepare", "identify", "golden", "flat") if arguments.part == "merge" else ("save", "load")
        report |= {step: in_child(step, arguments.source, Path(scratch)) for step in steps}
    if arguments.part == "store":
        report["size_ratio"] = round(report["save"]["bytes"] / arguments.records.stat().st_size, 2)
        print(f"size by the size of the exports: {report['size_ratio']} (at most {RATIO})")
    report["load_after"] = round(os.getloadavg()[0], 2)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
