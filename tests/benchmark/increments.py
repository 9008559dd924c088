"""A customer base in increments against one run: the same clusters, ids that stay, and how long a month takes.

    python tests/benchmark/increments.py --data DIR [--parts 3] [--json FILE]
    python tests/benchmark/increments.py --large FILE --new 10000 [--json FILE]

DIR holds exports (csv, xlsx, jsonl, vcf); each is cut into parts by rows, and part by part given to a
store. Compared with one run over everything: share of records whose customer has the same records,
share of the first part's records that kept their id (or whose id leads to the new one), and whether
the last part once more changes a byte. FILE is a table that is stored but for its last rows, which
come as a delta. Not part of the test suite.
"""

from __future__ import annotations

import argparse
import json
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


def ids(result: Result) -> dict[tuple[str, str], str]:
    """Record -> customer."""
    rows = result.crosswalk.dropna(subset="customer_id")
    return dict(zip(zip(rows["source"], rows["record_id"], strict=True), rows["customer_id"], strict=True))


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
            begun, grown = ids(first), groups(first)
            for number, part in enumerate(cut[1:-1], start=1):
                run(part, replace(CONFIG, as_of=f"2026-02-{number:02d}"), store=store)
            start = time.process_time()
            last = run(cut[-1], CONFIG, store=store)
            seconds = time.process_time() - start
            again = written(run(cut[-1], CONFIG, store=store)) == written(last)
            now = ids(last)
            kept = sum(now[key] == before for key, before in begun.items() if key in now)
            got = groups(last)
            whole_still = [key for key, members in grown.items() if members <= got.get(key, frozenset())]
            stay = sum(store.resolve(begun[key]) == now[key] for key in whole_still)
            leads = sum(store.resolve(before) == now[key] for key, before in begun.items() if key in now)
    want = groups(one)
    same = sum(got.get(key) == members for key, members in want.items())
    return {
        "records": len(want),
        "parts": parts,
        "same_cluster": round(same / len(want), 6),
        "first_part": len(begun),
        "first_part_same_id": kept,
        "first_part_same_or_led_to": leads,
        "first_part_not_split": len(whole_still),
        "first_part_not_split_same_or_led_to": stay,
        "last_part_cpu_seconds": round(seconds, 1),
        "last_part_again_same_bytes": again,
    }


def large(file: Path, new: int) -> dict[str, object]:
    """Seconds of a delta of new rows against a store of all others."""
    [table] = load_tables([file])
    frame = table.frame
    with tempfile.TemporaryDirectory() as place, Store(Path(place) / "large.db") as store:
        start = time.perf_counter()
        run([("base", frame.iloc[:-new].reset_index(drop=True))], CONFIG, store=store)
        first = time.perf_counter() - start
        start, cpu = time.perf_counter(), time.process_time()
        run([("base", frame.iloc[-new:].reset_index(drop=True))], CONFIG, store=store)
        return {
            "stored": len(frame) - new,
            "new": new,
            "first_run_seconds": round(first, 1),
            "delta_seconds": round(time.perf_counter() - start, 1),
            "delta_cpu_seconds": round(time.process_time() - cpu, 1),
        }


def main() -> None:
    """Prints the figures, and writes them where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--parts", type=int, default=3)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: dict[str, object] = {}
    if asked.data:
        found["increments"] = increments(asked.data, asked.parts)
    if asked.large:
        found["large"] = large(asked.large, asked.new)
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if asked.json:
        asked.json.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
