"""Every golden value back to its cell: ``python tests/benchmark/provenance.py STORE [--json FILE]``.

For each value of the customers of a store: is its record there, and the cell it was read from?
`said`: the cell holds the value's words, digits or date. `read`: the cell is there and the value
was read out of it (Herr -> mr, Deutschland -> DE, an Excel serial -> a date). `calculated`: sums.
Exit code 1 if the record or the cell of one value is not found.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from crmclean.merge.origin import raw_cells, says
from crmclean.store import Store
from crmclean.tables import Customers, Records

CALCULATED = ("sum", "concat", "locked")


def measure(store: Store) -> dict[str, Any]:
    """Counts of values by how their cell was found, and those of which none was."""
    customers, records = Customers(store.load("customers")), Records(store.load("records"))
    calculated = (customers["rule"].isin(CALCULATED) & customers["record_id"].isna()).to_numpy()
    cells = raw_cells(customers, records)
    found = cells["raw"].notna().to_numpy()
    pairs = zip(cells["raw"].fillna(""), customers["value"], strict=True)
    said = np.array([says(raw, value) for raw, value in pairs], dtype=bool)
    how = np.select([calculated, found & said, found], ["calculated", "said", "read"], default="lost")
    names, counts = np.unique(how, return_counts=True)
    lost = customers.loc[how == "lost"].groupby(["field", "source_field"]).size()
    read = customers.loc[how == "read", "field"].value_counts().sort_index()
    return {
        "values": len(customers),
        "without_rule": int(customers["rule"].isna().sum()),
        "how": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "read_by_field": {str(k): int(v) for k, v in read.items()},
        "lost_by_field": {f"{field} from {source}": int(n) for (field, source), n in lost.items()},
    }


def main() -> None:
    """Measures; exit code 1 if a value has no cell."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    with Store(arguments.store, read_only=True) as store:
        result = measure(store)
    print(json.dumps(result, indent=2))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if result["how"].get("lost") or result["without_rule"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
