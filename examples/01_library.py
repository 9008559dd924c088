"""The whole in one call: exports in, consolidated customers out, all of them DataFrames.

python examples/01_library.py
"""

from __future__ import annotations

from pathlib import Path

import crmclean

DATA = Path(__file__).parent / "data"


def main() -> None:
    """Consolidates two exports and shows one customer with all its records."""
    result = crmclean.run([DATA / "erp.csv", DATA / "outlook.csv"], crmclean.Config(as_of="2026-06-30"))

    print(result.customers[["kind", "given_name", "family_name", "organization", "city", "records"]].head())
    print(f"{len(result.crosswalk)} records -> {len(result.customers)} customers")

    largest = result.customers.sort_values(["records", "customer_id"], ascending=[False, True]).iloc[0]
    same = result.crosswalk[result.crosswalk["customer_id"] == largest["customer_id"]]
    print("the customer with the most records:", (same["source"] + ":" + same["record_id"]).tolist())

    sure = result.pairs[result.pairs["band"] == "match"]
    print(sure[["record_id_l", "record_id_r", "probability", "reason"]].head(3).to_string(index=False))


if __name__ == "__main__":
    main()
