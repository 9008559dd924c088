"""Matching alone: the duplicates within a DataFrame with whatever headers.

python examples/02_dedupe_frame.py
"""

from __future__ import annotations

import pandas as pd

import crmclean

ROWS = [
    ("7", "Annegret", "Köhler", "annegret.koehler@web.de", "0171 2345678", "Lindenweg 4", "80331", "München"),
    ("8", "Anne", "Koehler", "annegret.koehler@web.de", "", "Lindenweg 4", "80331", "München"),
    ("9", "Annegret", "Köhler", "", "+49 171 2345678", "Hafenstraße 12", "20457", "Hamburg"),
    ("10", "Bernd", "Köhler", "", "089 123456", "Lindenweg 4", "80331", "München"),
    ("11", "Petra", "Aydin", "petra.aydin@gmx.de", "0160 9988776", "Marktplatz 1", "70173", "Stuttgart"),
]
HEADER = ["id", "first_name", "last_name", "email", "phone", "street", "zip", "city"]


def main() -> None:
    """Finds who is who among five rows."""
    frame = pd.DataFrame(ROWS, columns=HEADER)

    found = crmclean.dedupe(frame)

    customers = found.crosswalk.set_index("record_id")["customer_id"]
    frame["customer"] = frame["id"].map(customers).str[:8]  # the ids are long: their beginnings
    print(frame[["id", "first_name", "last_name", "city", "customer"]].to_string(index=False))
    for pair in found.pairs.itertuples(index=False):
        print(f"{pair.record_id_l} and {pair.record_id_r}: {pair.band}, {pair.reason}")


if __name__ == "__main__":
    main()
