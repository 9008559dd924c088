"""A step of an ETL job: call the program, act on its exit code, read its JSON and its tables.

    python examples/03_etl.py [OUTPUT_FOLDER]

Exit codes: 0 done, 2 usage or configuration, 3 a file cannot be read, 4 store or output, 5 an
implausible result (with --strict). Sentences go to standard error, JSON to standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent / "data"


def consolidate(files: list[Path], folder: Path) -> dict[str, object]:
    """Runs crmclean without a screen; answers its figures."""
    command = [sys.executable, "-m", "crmclean", "run", *map(str, files), "--json", "--strict"]
    command += ["--output", str(folder / "out"), "--store", str(folder / "crmclean.db")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603  our own command
    if done.returncode:
        raise SystemExit(f"crmclean ended with {done.returncode}: {done.stderr}")
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def load(folder: Path) -> pd.DataFrame:
    """The customers as the next step takes them: text stays text, whatever it looks like."""
    return pd.read_csv(folder / "out" / "customers.csv", dtype=str, keep_default_na=False)


def main() -> None:
    """Consolidates three sources and hands the customers on as Parquet."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        figures = consolidate([DATA / "erp.csv", DATA / "webshop.jsonl", DATA / "contacts.vcf"], folder)
        print({key: figures[key] for key in ("records", "customers", "pairs_review", "issues")})
        customers = load(folder)
        customers.to_parquet(folder / "customers.parquet")
        print(f"{len(customers)} rows handed on as Parquet")

        missing = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "crmclean", "run", "no_such_file.csv", "--output", str(folder / "out")],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        print(f"exit code {missing.returncode}: {missing.stderr.splitlines()[0]}")


if __name__ == "__main__":
    main()
