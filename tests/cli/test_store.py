"""``crmclean store``: is it whole, smaller, exported, and what ran."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Call
from tests.conftest import AS_OF, ROOT, Example


@pytest.fixture
def copy(example: Example, tmp_path: Path) -> Path:
    """A copy of the store of the example run."""
    target = tmp_path / "copy.db"
    shutil.copy(example.store, target)
    return target


def test_example_store_is_whole(call: Call, copy: Path) -> None:
    """All checks pass; the tables are counted."""
    said = call("store", "check", "--store", copy, "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert found["problems"] == []
    assert found["rows"]["records"] > 250
    assert "unversehrt" in call("store", "check", "--store", copy, "--lang", "de").out


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE chunk SET body = substr(body, 1, 100) WHERE name = 'customers'", "table customers: group"),
        ("DELETE FROM chunk WHERE name = 'parties' AND first = (SELECT MAX(first) FROM chunk WHERE name = 'parties')", ""),
        ("DELETE FROM customer_row WHERE kind = 'organization'", "view customer does not show"),
        ("UPDATE crosswalk_row SET customer_id = 'x'", "view crosswalk does not show"),
        ("UPDATE permission_kind SET allowed = 1 - allowed", "view permission does not show"),
        ("DELETE FROM chunk WHERE name = 'identities'", ""),
    ],
)  # fmt: skip
def test_damage_is_told(call: Call, copy: Path, statement: str, words: str) -> None:
    """Exit code 1, with a sentence that says where; a table that was never saved is no damage."""
    connection = sqlite3.connect(copy)
    connection.execute(statement)
    connection.commit()
    connection.close()
    said = call("store", "check", "--store", copy)
    if words:
        assert said.code == 1
        assert words in said.out
    else:
        assert said.code == 0


def test_history_lists_runs_and_their_changes(call: Call, copy: Path) -> None:
    """One run, all customers new; as a table and as JSON."""
    rows = json.loads(call("store", "history", "--store", copy, "--json").out)
    assert [(row["at"], row["command"], row["undone"]) for row in rows] == [(AS_OF, "run", False)]
    assert rows[0]["changes"] == {"created": rows[0]["customers"]}
    assert f"created={rows[0]['customers']}" in call("store", "history", "--store", copy).out


def test_vacuum_says_what_it_gave_back(call: Call, copy: Path) -> None:
    """And the store is whole afterwards; the run can no longer be undone."""
    assert "MB" in call("store", "vacuum", "--store", copy, "--keep", "0").out
    assert call("store", "check", "--store", copy, "-q").code == 0


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "sqlite"])
def test_export(call: Call, copy: Path, tmp_path: Path, kind: str) -> None:
    """Every table with rows, the same number of them in every format; a full folder is not overwritten."""
    folder = tmp_path / "export"
    content = copy.read_bytes()
    written = json.loads(call("store", "export", folder, "--store", copy, "--format", kind, "--json").out)[
        "files_written"
    ]
    assert copy.read_bytes() == content
    if kind == "sqlite":
        connection = sqlite3.connect(folder / written[0])
        rows = connection.execute("SELECT field, value FROM customers WHERE is_primary").fetchall()
        known = connection.execute("SELECT COUNT(*) FROM members").fetchone()[0]
        connection.close()
        assert known > 250
    else:
        assert {f"customers.{kind}", f"records.{kind}", f"runs.{kind}"} <= set(written)
        file = folder / f"customers.{kind}"
        readers = {
            "csv": lambda: pd.read_csv(file, dtype="str"),
            "jsonl": lambda: pd.read_json(file, lines=True, dtype=False),
            "parquet": lambda: pd.read_parquet(file),
        }
        frame = readers[kind]()
        rows = frame[frame["is_primary"].astype("str").eq("True")][["field", "value"]].to_numpy().tolist()
    assert len(rows) > 900
    said = call("store", "export", folder, "--store", copy)
    assert said.code == 4
    assert "--force" in said.err
    assert call("store", "export", folder, "--store", copy, "--force").code == 0


def test_sql_of_the_docs_page(call: Call, copy: Path, tmp_path: Path) -> None:
    """Every statement of docs/store.md runs: on the store itself, or on the plain database exported from it."""
    call("store", "export", tmp_path / "plain", "--store", copy, "--format", "sqlite")
    blocks = re.findall(
        r"```sql\n(.*?)```", (ROOT / "docs" / "store.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) == 3
    answered = []
    for number, block in enumerate(blocks):
        file = tmp_path / "plain" / "crmclean.sqlite" if number == 2 else copy
        with closing(sqlite3.connect(file)) as connection:
            table = "customers" if number == 2 else "customer"
            wanted = connection.execute(f"SELECT MIN(customer_id) FROM {table}").fetchone()[0]  # noqa: S608  names of ours
            statements = [part.replace("...", wanted) for part in block.split(";") if part.strip()]
            answered += [len(connection.execute(statement).fetchall()) for statement in statements]
    assert sum(rows > 0 for rows in answered) >= 6


def test_no_store_is_no_new_one(call: Call, tmp_path: Path) -> None:
    """Asking makes no file."""
    missing = tmp_path / "none.db"
    for words in (["check"], ["vacuum"], ["history"], ["export", str(tmp_path / "x")]):
        assert call("store", *words, "--store", missing).code == 4
    assert not missing.exists()
