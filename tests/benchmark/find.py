"""How fast and how well customers are found: ``python tests/benchmark/find.py FOLDER [--json FILE]``.

FOLDER holds a records.csv with the columns id, first_name, last_name, street, postcode, city, email and
phone, and perhaps a gold.csv with id and entity. Every record is taken for a customer. The index is made
of it (in a process of its own, if FOLDER has none made by this version), opened, and asked for records
that are damaged as people damage them: a slip in a name, street or town; words in another order; a name
spelt by ear; a number in another format. A query counts as answered if one of the first five candidates
is the record, or another record of its entity. Times are those of `Finder.find`'s work without the
command line, one thread, by the clock and in processor time (which tells what a loaded machine hides); peak memory is that of the process that only opens the index and asks.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ASKED = 2000
Row = dict[str, str]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BY_EAR = (
    ("ey", "ei"), ("ay", "ai"), ("ei", "ai"), ("ai", "ei"), ("ph", "f"), ("f", "ph"), ("th", "t"), ("tz", "z"),
    ("ck", "k"), ("dt", "t"), ("ss", "ß"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ie", "i"), ("mm", "m"),
    ("nn", "n"), ("ll", "l"), ("tt", "t"), ("v", "f"), ("c", "k"), ("ah", "a"), ("eh", "e"), ("oh", "o"),
    ("y", "i"), ("n", "nn"), ("l", "ll"),
)  # fmt: skip


def build(folder: Path, file: Path) -> dict[str, Any]:
    """Makes the index of the records; seconds and sizes."""
    import pandas as pd

    from crmclean.normalize import normalize_records
    from crmclean.read import read_records
    from crmclean.tables import CUSTOMERS, MEMBERS
    from crmclean.view.arrays import open_arrays, write_arrays
    from crmclean.view.index_build import index_arrays

    started = time.perf_counter()
    read = read_records([str(folder / "records.csv")])
    normal = normalize_records(read.records, sources=read.sources)
    parties = normal.parties[normal.parties["kind"] == "person"].drop_duplicates(["source", "record_id"])
    members = MEMBERS.check(
        parties[["party", "source", "record_id", "kind"]].assign(
            customer_id=parties["record_id"], is_primary=True
        )
    )
    owner = members.set_index("party")["customer_id"]
    frames = [
        table.set_index(table["party"].map(owner))[[*fields]].reset_index(names="customer_id")
        .melt("customer_id", var_name="field", value_name="value").dropna()
        for table, fields in (
            (parties, ("title", "given_name", "middle_names", "name_prefix", "family_name")),
            (normal.addresses, ("street", "house_number", "postal_code", "city")),
        )
    ]  # fmt: skip
    values = pd.concat(frames, ignore_index=True).drop_duplicates(["customer_id", "field"])
    customers = CUSTOMERS.check(values.assign(is_primary=True))
    ready = time.perf_counter()
    tables = {"members": members, "customers": customers, "contacts": normal.contacts}
    arrays, facts = index_arrays(tables)
    made = time.perf_counter()
    write_arrays(file, arrays, facts)
    written = time.perf_counter()
    index_arrays(tables, open_arrays(file))
    again = time.perf_counter()
    return {
        "customers": facts["customers"], "prepare_seconds": round(ready - started, 1),
        "index_seconds": round(made - ready, 1), "write_seconds": round(written - made, 2),
        "same_names_again_seconds": round(again - written, 1),
        "megabytes": round(file.stat().st_size / 1e6),
    }  # fmt: skip


def slip(text: str, random: random.Random) -> str:
    """The text with one letter left out, doubled, changed, or swapped with the next."""
    at = random.randrange(1, len(text) - 1) if len(text) > 2 else 0
    kind = random.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + random.choice(LETTERS) + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def by_ear(text: str, random: random.Random) -> str:
    """The text with a sound written otherwise; as it is where there is none to be."""
    rules = [(a, b) for a, b in BY_EAR if a in text.lower()[1:]]
    if not rules:
        return text
    a, b = random.choice(rules)
    at = text.lower().index(a, 1)
    return text[:at] + b + text[at + len(a) :]


def one_slip(row: Row, random: random.Random) -> str:
    """Name, street and town, one of the words with a slip."""
    parts = [row["first_name"], row["last_name"], row["street"], row["city"]]
    words = " ".join(parts).split()
    long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    at = random.choice(long)
    words[at] = slip(words[at], random)
    return " ".join(words)


def swapped(row: Row, random: random.Random) -> str:
    """Place first, then family and given name; or the family name first."""
    name = [row["last_name"], row["first_name"]]
    place = [row["street"], row["city"]]
    return " ".join(random.choice(([*name, *place], [*place, *name], [row["city"], *name, row["street"]])))


def phonetic(row: Row, random: random.Random) -> str:
    """Family or given name spelt by ear."""
    first, last = row["first_name"], row["last_name"]
    changed = by_ear(last, random)
    if changed == last:
        first = by_ear(first, random)
    return f"{first} {changed} {row['street']} {row['city']}"


def incomplete(row: Row, _random: random.Random) -> str:
    """The beginning of the family name, the street without its ending, and the town."""
    return f"{row['last_name'][:5]} {row['street'][:8]} {row['city']}"


def name_and_town(row: Row, random: random.Random) -> str:
    """Given name, family name with a slip, town."""
    last = slip(row["last_name"], random) if len(row["last_name"]) >= 4 else row["last_name"]
    return f"{row['first_name']} {last} {row['city']}"


def other_format(row: Row, random: random.Random) -> str:
    """The German number in another spelling: blanks, strokes, +49, 0049, brackets."""
    national = german(row["phone"])
    head = random.choice((4, 5))
    whole = (national[:head], national[head:])
    return random.choice(
        (
            f"{whole[0]}/{whole[1]}", f"+49 {whole[0][1:]} {whole[1]}", f"0049{national[1:]}",
            f"({whole[0]}) {whole[1][:3]} {whole[1][3:]}", f"+49 (0){whole[0][1:]}-{whole[1]}", national,
        )
    )  # fmt: skip


def german(phone: str) -> str:
    """The digits of a German number with the trunk zero; "" for others."""
    digits = "".join(c for c in phone if c.isdigit())
    if phone.lstrip().startswith("+") and not digits.startswith("49"):
        return ""
    if phone.lstrip().startswith("+") or digits.startswith("0049"):
        rest = digits.removeprefix("00").removeprefix("49")
        return "0" + rest.removeprefix("0")
    return digits if digits.startswith("0") and not digits.startswith("00") else ""


def email(row: Row, random: random.Random) -> str:
    """The address, sometimes in capitals."""
    return row["email"].upper() if random.random() < 0.2 else row["email"]


KINDS: dict[str, tuple[Callable[[Row, random.Random], str], tuple[str, ...]]] = {
    "phone_other_format": (other_format, ("phone",)),
    "email": (email, ("email",)),
    "one_typo": (one_slip, ("first_name", "last_name", "street", "city")),
    "swapped_order": (swapped, ("first_name", "last_name", "street", "city")),
    "phonetic": (phonetic, ("first_name", "last_name", "street", "city")),
    "incomplete": (incomplete, ("first_name", "last_name", "street", "city")),
    "name_and_town_typo": (name_and_town, ("first_name", "last_name", "city")),
}


def ask(folder: Path, file: Path, asked: int) -> dict[str, Any]:
    """Opens the index and asks; figures per kind of question."""
    from crmclean.view.finder import find_in
    from crmclean.view.index import open_index
    from crmclean.view.query import read_query

    started = time.perf_counter()
    index = open_index(file)
    find_in(index, read_query("Erika Mustermann Musterweg 1 Berlin"))
    opened = time.perf_counter() - started
    rows = sample(folder / "records.csv", asked)
    entity = entities(folder / "gold.csv")
    result: dict[str, Any] = {"open_seconds": round(opened, 3), "kinds": {}}
    for name, (make, needed) in KINDS.items():
        chance = random.Random(name)  # noqa: S311  damages, no secrets
        told = [row for row in rows if all(row[c].strip() for c in needed)]
        if "phone" in needed:
            told = [row for row in told if german(row["phone"])]
        told = told[:asked]
        times: list[float] = []
        worked: list[float] = []
        found = first = 0
        for row in told:
            query = make(row, chance)
            start, cpu = time.perf_counter(), time.thread_time()
            candidates = find_in(index, read_query(query), limit=5)
            times.append(1000 * (time.perf_counter() - start))
            worked.append(1000 * (time.thread_time() - cpu))
            own = entity.get(row["id"], row["id"])
            hits = [entity.get(c.customer_id, c.customer_id) == own for c in candidates]
            found += any(hits)
            first += any(hits[:1])
        times.sort()
        worked.sort()
        result["kinds"][name] = {
            "asked": len(told), "recall_at_5": round(found / len(told), 4), "recall_at_1": round(first / len(told), 4),
            "p50_ms": round(statistics.median(times), 3), "p99_ms": round(times[int(0.99 * len(times))], 3),
            "most_ms": round(times[-1], 3), "cpu_p50_ms": round(statistics.median(worked), 3),
            "cpu_p99_ms": round(worked[int(0.99 * len(worked))], 3),
        }  # fmt: skip
    result["peak_megabytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return result


def sample(file: Path, asked: int) -> list[Row]:
    """Records at random, more than are asked for, because some lack what a question needs."""
    with file.open(encoding="utf-8", newline="") as handle:
        total = sum(1 for _ in csv.reader(handle)) - 1
    chosen = set(random.Random(8).sample(range(total), min(total, 3 * asked)))  # noqa: S311  damages, no secrets
    with file.open(encoding="utf-8", newline="") as handle:
        rows = [row for i, row in enumerate(csv.DictReader(handle)) if i in chosen]
    random.Random(9).shuffle(rows)  # noqa: S311  damages, no secrets
    return rows


def entities(file: Path) -> dict[str, str]:
    """Entity of each record, {} where nobody says so."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        next(reader)
        return {row[0]: row[1] for row in reader}


def in_process(*arguments: str) -> dict[str, Any]:
    """A part in a process of its own."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Runs both parts and prints or writes their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, help="file of the index; default: find.idx beside the records")
    parser.add_argument("--asked", type=int, default=ASKED)
    parser.add_argument("--keep", action="store_true", help="ask the index that is there")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=["build", "ask"])
    given = parser.parse_args()
    file = given.index or given.folder / "find.idx"
    if given.part == "build":
        print(json.dumps(build(given.folder, file)))
        return
    if given.part == "ask":
        print(json.dumps(ask(given.folder, file, given.asked)))
        return
    common = [str(given.folder), "--index", str(file), "--asked", str(given.asked)]
    figures: dict[str, Any] = {}
    if not (given.keep and file.exists()):
        figures["build"] = in_process(*common, "--part", "build")
    figures["ask"] = in_process(*common, "--part", "ask")
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if given.json:
        given.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
