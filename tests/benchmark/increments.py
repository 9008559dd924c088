"""A customer base in increments against one run: the same clusters, ids that stay, and how long a month takes.

    python -m tests.benchmark.increments --data DIR [--parts 3] [--json FILE]
    python -m tests.benchmark.increments --large FILE --other FILE [--new 10000] [--json FILE]

DIR holds exports (csv, xlsx, jsonl, vcf); each is cut into parts by rows, and part by part given to a
store. Compared with one run over everything: share of records whose customer has the same records, what
became of the ids of the first part's customers, and whether the last part once more changes a byte. The
second and third part are taken as increments, though each is far larger than one that would be taken so
by itself. Exit code 1 if fewer than 99.9 % of the records are with the same records, or an id of a customer
of the first part is not where it must be.

Ids are followed by parties, not by the crosswalk: that shows of a record only the customer it counts for, so
a company that lost the record of its contact person would look whole there. A customer of the first part is
*split* if its parties are with several customers at the end: its id stays with one of them, the others must
have another one. One that is not split must have its id still if no other customer of the first part is with
it, and else an id that leads to where it is (`kept.py`, `ids_of_whole`).

FILE is a table that is stored; then comes a delta of new records, half of them of the other table, half
copies of stored people under another id: without e-mail, with another number, at another address, or with a
slip in the name. Measured is the whole process of `crmclean run DELTA --only-changes`. Not part of the test
suite.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from crmclean.config import Config, MatchConfig
from crmclean.pipeline import run
from crmclean.read import load_tables
from crmclean.result import Result
from crmclean.store import Store
from tests.benchmark.kept import ids_of_whole, owners

CONFIG = Config(as_of="2026-06-30", match=MatchConfig(max_merge_share=1.0))
ENDINGS = {".csv", ".xlsx", ".jsonl", ".vcf"}


def groups(result: Result) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """Record -> the records of its customer."""
    rows = result.crosswalk.dropna(subset="customer_id")
    keys = list(zip(rows["source"], rows["record_id"], strict=True))
    by_customer: dict[str, set[tuple[str, str]]] = {}
    for key, customer in zip(keys, rows["customer_id"], strict=True):
        by_customer.setdefault(customer, set()).add(key)
    whole = {customer: frozenset(members) for customer, members in by_customer.items()}
    return dict(zip(keys, rows["customer_id"].map(whole), strict=True))


def written(result: Result) -> dict[str, str]:
    """The tables as they are written."""
    return {name: frame.to_csv(index=False) for name, frame in result.tables().items()}


def parts_of(folder: Path, parts: int) -> list[list[tuple[str, pd.DataFrame]]]:
    """The exports of a folder, cut by rows."""
    named = []
    for path in sorted(p for p in folder.iterdir() if p.suffix in ENDINGS and "gold" not in p.name):
        named += [(path.stem, table.frame) for table in load_tables([path])]
    cut: list[list[tuple[str, pd.DataFrame]]] = [[] for _ in range(parts)]
    for name, frame in named:
        for part in range(parts):
            rows = frame.iloc[part * len(frame) // parts : (part + 1) * len(frame) // parts]
            cut[part].append((name, rows.reset_index(drop=True)))
    return cut


def increments(folder: Path, parts: int) -> dict[str, object]:
    """Figures of a folder in parts against one run over it."""
    cut = parts_of(folder, parts)
    whole = [
        (name, pd.concat([p[i][1] for p in cut], ignore_index=True)) for i, (name, _) in enumerate(cut[0])
    ]
    with tempfile.TemporaryDirectory() as place:
        with Store(Path(place) / "one.db") as store:
            one = run(whole, CONFIG, store=store)
        with Store(Path(place) / "parts.db") as store:
            first = run(cut[0], replace(CONFIG, as_of="2026-01-31"), store=store)
            begun = owners(first.members)
            for number, part in enumerate(cut[1:-1], start=1):
                run(part, replace(CONFIG, as_of=f"2026-02-{number:02d}"), store=store, how="increment")
            start = time.process_time()
            last = run(cut[-1], CONFIG, store=store, how="increment")
            seconds = time.process_time() - start
            again = written(run(cut[-1], CONFIG, store=store)) == written(last)
            taken = last.taken
            got = groups(last)
            stayed = ids_of_whole(begun, owners(last.members), store.resolve)
    want = groups(one)
    same = sum(got.get(key) == members for key, members in want.items())
    return {
        "records": len(want),
        "parts": parts,
        "last_part_taken_as": taken,
        "same_cluster": round(same / len(want), 6),
        **{f"first_part_{name}": number for name, number in sorted(stayed.items())},
        "last_part_cpu_seconds": round(seconds, 1),
        "last_part_again_same_bytes": again,
    }


def good(found: dict[str, object]) -> bool:
    """Whether the clusters are those of one run, and every id is where it must be."""
    pairs = (("split", "split_id_leads_to_a_part"), ("joined", "joined_led_to"), ("alone", "alone_same_id"))
    ids = all(found.get(f"first_part_{a}", 0) == found.get(f"first_part_{b}", 0) for a, b in pairs)
    return ids and float(str(found["same_cluster"])) >= 0.999 and found["last_part_again_same_bytes"] is True


def delta_of(stored: pd.DataFrame, other: pd.DataFrame, new: int) -> pd.DataFrame:
    """New records: half strangers, half copies of stored people with a change each, all under ids of their own."""
    strangers = other.head(new - new // 2).copy()
    strangers["id"] = [f"n{i:08d}" for i in range(len(strangers))]
    copies = stored.sample(new // 2, random_state=2).reset_index(drop=True)
    copies["id"] = [f"o{i:08d}" for i in range(len(copies))]
    at = other.tail(len(copies)).reset_index(drop=True)
    kind = copies.index.to_series() % 4
    copies.loc[kind == 0, "email"] = ""
    copies.loc[kind == 1, "phone"] = at.loc[kind == 1, "phone"]
    copies.loc[kind == 2, ["street", "postcode", "city"]] = at.loc[kind == 2, ["street", "postcode", "city"]]
    copies.loc[kind == 3, "last_name"] = copies.loc[kind == 3, "last_name"].str.slice(0, -1)
    return pd.concat([strangers, copies], ignore_index=True)


def large(file: Path, other: Path, new: int, store: Path | None) -> dict[str, object]:
    """Seconds and memory of a delta of new records against a store of a table.

    Args:
        file: The table.
        other: People that the table does not know.
        new: Records of the delta.
        store: A store that holds the table already; None: one is made.
    """
    stored, strangers = (pd.read_csv(path, dtype="str", keep_default_na=False) for path in (file, other))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "large.db"
        first = None
        if store is None:
            begun = time.perf_counter()
            with Store(copy) as opened:
                run([(file.stem, stored)], CONFIG, store=opened)
            first = round(time.perf_counter() - begun, 1)
        else:
            shutil.copyfile(store, copy)
        delta = Path(place) / f"{file.stem}.csv"
        delta_of(stored, strangers, new).to_csv(delta, index=False)
        size = len(stored)
        del stored, strangers
        command = [sys.executable, "-m", "crmclean", "run", str(delta), "--store", str(copy), "--json"]
        command += [
            "--output",
            str(Path(place) / "out"),
            "--only-changes",
            "--as-of",
            CONFIG.as_of,
            "--timings",
        ]
        load, begun = os.getloadavg()[0], time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        told = json.loads(process.communicate()[0])
        seconds = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "stored": size,
            "new": new,
            "taken_as": told["taken"],
            "first_run_seconds": first,
            "seconds": round(seconds, 1),
            "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
            "peak_mib": max(stage["peak_mib"] for stage in told["timings"]),
            "load_before": round(load, 1),
            "cores": os.cpu_count(),
            "intake": told["intake"],
            "customers_written": told["customers"],
            "timings": told["timings"],
        }


def main() -> None:
    """Prints the figures, and writes them where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--parts", type=int, default=3)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--other", type=Path)
    parser.add_argument("--store", type=Path, help="holds FILE already, with CONFIG of this program")
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    if asked.data:
        found["increments"] = increments(asked.data, asked.parts)
    if asked.large:
        found["large"] = large(asked.large, asked.other, asked.new, asked.store)
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if asked.json:
        asked.json.write_text(text, encoding="utf-8", newline="\n")
    if asked.data and not good(found["increments"]):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
