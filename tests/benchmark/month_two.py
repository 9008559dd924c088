"""The month after: the same files renamed, a tenth of the rows changed, some new, some gone.

    python -m tests.benchmark.month_two FOLDER|FILE.csv [--json FILE]

Month one holds the files but for a twentieth of their rows. Stewards then link, split and lock. Month
two brings the files renamed as exporters do (``erp_2026-12 (1).csv``): a tenth of the rows changed in
one cell, the twentieth that was missing, a twentieth gone. Once as deltas that hold only what changed,
once as snapshots. Counted is whether customers of whom nothing changed are as they were, with their
ids, whether words of stewards hold, and whether the same files once more change a byte of the output.

A customer is unchanged if none of its records is new, changed or gone (a delta that does not name a record
says nothing of it), and none of those with which its parties stand together or once stood (`kept.py` says it
exactly). So an untouched customer does not count as
unchanged if a record came to it, if it was joined with one that had lost a record which held them apart, or
if a record of its neighbour was drawn to one that changed: of these it is counted what happened, and that
their ids are there or lead to where they are now. That these joins and splits are what the records say,
and no slip of the increment, shows a full run over the same month: all parties that hang together with a
change must have the same parties beside them as there. Of the others, which an increment leaves as they
were, it is told how many a full run would judge otherwise, since names are a little more common now.

Exit code 1 if an unchanged customer is not as it was, an id is not where it must be, one of those beside
a change is not as after a full run, a word does not hold, or a byte changes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crmclean.config import Config, ReadConfig, SourceConfig
from crmclean.pipeline import run
from crmclean.report import render_report
from crmclean.result import Result
from crmclean.steward import Word, apply
from crmclean.steward.proposal import Proposal, decide_pairs
from crmclean.store import Store
from crmclean.summary import report_facts
from crmclean.tables import DECISIONS, LOCKS
from crmclean.write import write_result
from tests.benchmark.exports import ENDINGS, Row, opened
from tests.benchmark.kept import apart_from, fates, in_touched_knots, owners, resolver

Key = tuple[str, str]
WORD = Word("Steward", "month one", "2026-11-30T12:00:00Z")
FIRST, SECOND = Config(as_of="2026-11-30"), Config(as_of="2026-12-31")
SAID = 30
"""Links, splits and locks that stewards say, of each."""


@dataclass
class Months:
    """The files of both months.

    Args:
        one: Files of month one.
        delta: Files of month two that hold what changed.
        snapshot: Files of month two that hold everything.
        touched: Keys that are new or changed, by (file name, id).
        gone: Keys that are missing in month two: a delta says nothing of them, a snapshot that they are gone.
    """

    one: list[Path]
    delta: list[Path]
    snapshot: list[Path]
    touched: set[Key]
    gone: set[Key]


def changed(row: Row, key: str, draw: random.Random) -> Row:
    """The row with a typing error in one of its filled cells."""
    cells = [name for name, value in row.items() if name != key and isinstance(value, str) and len(value) > 3]
    if not cells:
        return row
    name = draw.choice(cells)
    text = str(row[name])
    place = draw.randrange(1, len(text) - 1)
    if name == "card":
        return {**row, name: text.replace("REV:20", "REV:19", 1).replace("NOTE:", "NOTE:neu ", 1)}
    sign = text[place]
    other = str((int(sign) + 1) % 10) if sign.isdecimal() else text[place + 1]
    return {**row, name: text[:place] + other + text[place + 1 :]}


def months_of(files: list[Path], keys: dict[str, str], folder: Path, seed: int) -> Months:
    """The files of both months.

    Args:
        files: The exports.
        keys: File name -> column of the record ids; others are delivered twice as they are.
        folder: Where to write.
        seed: Of the choice of rows.
    """
    draw = random.Random(seed)  # noqa: S311  the same rows each time
    found = Months([], [], [], set(), set())
    for name in ("one", "delta", "snapshot"):
        (folder / name).mkdir()
    for file in files:
        export, key = opened(file), keys.get(file.name, "")
        later = f"{file.stem}_2026-12 (1){file.suffix}"
        fates = [draw.random() if key and row.get(key) else 1.0 for row in export.rows]
        later_rows = [
            changed(row, key, draw) if 0.1 <= f < 0.2 else row
            for row, f in zip(export.rows, fates, strict=True)
        ]
        one, delta, whole = _parted(export.rows, later_rows, fates, draw)
        for row, now, fate in zip(export.rows, later_rows, fates, strict=True):
            if fate < 0.05 or now != row:  # a slip may hit one of two equal letters
                found.touched.add((file.name, row[key]))
            elif fate < 0.1:
                found.gone.add((file.name, row[key]))
        found.one.append(export.write(folder / "one" / file.name, one))
        found.delta.append(export.write(folder / "delta" / later, delta if key else export.rows))
        found.snapshot.append(export.write(folder / "snapshot" / later, whole))
    return found


def _parted(
    rows: list[Row], later: list[Row], fates: list[float], draw: random.Random
) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of month one, of the delta and of the whole month two: 5 % new, 5 % gone, 10 % changed."""
    one, delta, whole = [], [], []
    for row, now, fate in zip(rows, later, fates, strict=True):
        if fate >= 0.05:
            one.append(row)
        if 0.05 <= fate < 0.1:
            continue
        whole.append(now)
        if fate < 0.2 or fate > 0.97:
            delta.append(now)
    draw.shuffle(whole)
    return one, delta, whole


def speak(store: Store, draw: random.Random) -> dict[str, list[Any]]:
    """Stewards link, split and lock; answers what they said."""
    members = store.load("members")
    tests = store.load("parties").loc[lambda p: p["is_test"], "party"]  # test rows are never merged
    people = members[members["kind"].eq("person") & members["is_primary"] & ~members["party"].isin(tests)]
    groups = {str(c): sorted(rows["party"]) for c, rows in people.groupby("customer_id")}
    order = sorted(groups)
    draw.shuffle(order)
    large = [c for c in order if 1 < len(groups[c]) < 6][:SAID]
    alone = [c for c in order if c not in large and len(groups[c]) < 4]
    linked = list(zip(alone[:SAID], alone[SAID : 2 * SAID], strict=False))
    same = [(a, b, "same") for one, two in linked for a in groups[one] for b in groups[two]]
    apart = [(groups[c][0], other, "different") for c in large for other in groups[c][1:]]
    told = decide_pairs(store, "review", [*same, *apart], WORD, customers=[])
    apply(store, told, FIRST)
    held = sorted({store.resolve(c) for c in alone[2 * SAID : 3 * SAID]})
    rows = [
        {"customer_id": c, "field": "city", "value": "Bad Musterstadt", "state": "locked", "at": told.word.at}
        for c in held
    ]
    locks = LOCKS.check(pd.DataFrame(rows).assign(actor="Steward"))
    apply(store, Proposal("lock", told.word, DECISIONS.empty(), locks, DECISIONS.empty(), tuple(held)), FIRST)
    return {"same": [(a, b) for a, b, _ in same], "apart": [(a, b) for a, b, _ in apart], "locks": held}


def files_of(folder: Path) -> dict[str, bytes]:
    """The output files."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(result: Result, folder: Path) -> None:
    """The output folder, as the command writes it."""
    html = render_report(report_facts(result), "en")
    tables = result.tables()
    write_result(tables, folder, force=True, report_html=html, nested=result.document_tables)


def month(
    base: Path, files: list[Path], config: Config, touched: set[Key], said: dict[str, list[Any]], now: Path
) -> dict[str, Any]:
    """Figures of one month over a copy of a store."""
    now.mkdir()
    for name in ("crmclean.db", "full.db"):
        shutil.copyfile(base, now / name)
    with Store(now / "crmclean.db") as store:
        before = owners(store.load("members"))
        start = time.process_time()
        result = run(files, config, store=store)
        seconds = time.process_time() - start
        write(result, now / "out")
        first = files_of(now / "out")
        write(run(files, config, store=store), now / "out")
        again = sorted(name for name, data in files_of(now / "out").items() if first.get(name) != data)
        after = owners(result.members)
        with Store(now / "full.db") as full:
            apart = apart_from(after, owners(run(files, config, store=full, how="full").members))
        return {
            "customers_before": len(set(before.values())),
            **_kept(before, result, touched, apart),
            **_held(result, said),
            "again_changed_files": again,
            "taken": result.taken,
            "why": store.history()["why"].fillna("").iloc[-1],
            "cpu_seconds": round(seconds, 1),
            "intake": result.intake.to_dict("records") if result.intake is not None else [],
            "problems": store.check(),
        }


def _kept(before: dict[str, str], after: Result, touched: set[Key], apart: set[str]) -> dict[str, Any]:
    """What became of the customers without a touched record, and whether a full run judges as the increment did."""
    records = {f"{source}:{record}" for source, record in touched}
    now = owners(after.members)
    moved = {party for party in {*before, *now} if party.rpartition("/")[0] in records}
    near = in_touched_knots(before, now, moved)
    return {
        **fates(before, now, moved, resolver(after.identities)).figures(),
        "parties": len(now),
        "parties_in_touched_knots": len(near),
        "of_them_other_than_a_full_run": len(apart & near),
        "of_the_rest_other_than_a_full_run": len(apart - near),
    }


def _held(result: Result, said: dict[str, list[Any]]) -> dict[str, Any]:
    """How many words of stewards hold, of records that are still there."""
    rows = result.members
    owner = dict(zip(rows["party"], rows["customer_id"], strict=True))
    values = result.values
    city = (
        values[values["is_primary"] & values["field"].eq("city")].set_index("customer_id")["value"].to_dict()
    )
    there = {name: [p for p in said[name] if p[0] in owner and p[1] in owner] for name in ("same", "apart")}
    final = result.identities.set_index("customer_id")["merged_into"].to_dict()
    locks = [final[c] if isinstance(final.get(c), str) else c for c in said["locks"]]
    locks = [c for c in locks if c in set(owner.values())]
    return {
        "links": len(there["same"]),
        "links_held": sum(owner[a] == owner[b] for a, b in there["same"]),
        "splits": len(there["apart"]),
        "splits_held": sum(owner[a] != owner[b] for a, b in there["apart"]),
        "locks": len(locks),
        "locks_held": sum(city.get(c) == "Bad Musterstadt" for c in locks),
    }


def measure(given: Path, seed: int) -> dict[str, Any]:
    """All figures."""
    files = [given] if given.is_file() else sorted(p for p in given.iterdir() if p.suffix in ENDINGS)
    files = [p for p in files if "gold" not in p.name]
    draw = random.Random(seed)  # noqa: S311  the same words each time
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        looked = run(files, FIRST).read.sources
        ids = looked[looked["roles"].str.contains("customers") & looked["id_column"].notna()]
        names = {Path(str(f)).name: str(s) for f, s in zip(ids["file"], ids["source"], strict=True)}
        keys = {Path(str(f)).name: str(c) for f, c in zip(ids["file"], ids["id_column"], strict=True)}
        months = months_of(files, keys, place, seed)
        touched = {(names[file], key) for file, key in months.touched}
        gone = {(names[file], key) for file, key in months.gone}
        with Store(place / "crmclean.db") as store:
            run(months.one, FIRST, store=store)
            said = speak(store, draw)
        sources = {name: SourceConfig(mode="snapshot") for name in names.values()}
        whole = replace(SECOND, read=ReadConfig(sources=sources))
        base = place / "crmclean.db"
        return {
            "files": len(files),
            "seed": seed,
            "delta": month(base, months.delta, SECOND, touched, said, place / "d"),
            "snapshot": month(base, months.snapshot, whole, touched | gone, said, place / "s"),
        }


def good(found: dict[str, Any]) -> bool:
    """Whether everything held."""
    words = all(found[name] == found[f"{name}_held"] for name in ("links", "splits", "locks"))
    kept = found["unchanged"] == found["unchanged_with_id_and_parties"] and not found["wrong"]
    true = not found["of_them_other_than_a_full_run"]
    return words and kept and true and not found["again_changed_files"] and not found["problems"]


def main() -> None:
    """Prints the figures; exit code 1 if something was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    found = measure(asked.data, asked.seed)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    print(text, end="")
    if asked.json:
        asked.json.write_text(text, encoding="utf-8", newline="\n")
    if not (good(found["delta"]) and good(found["snapshot"])):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
