"""The output folder is written while the store is saved, and is still a whole result or the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmclean.errors import StoreError
from crmclean.store import Store
from tests.cli.conftest import Call


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_the_same_whether_they_wait_for_the_store(call: Call, project: Path) -> None:
    """One thread writes them one after the other when the store is saved, two while it is saved."""
    for threads in ("1", "2"):
        said = call(
            "run", "erp.csv", "-o", f"out{threads}", "--store", f"s{threads}.db", "--threads", threads,
            "--as-of", "2026-06-30", "--quiet",
        )  # fmt: skip
        assert said.code == 0
    one, two = (_contents(project / f"out{threads}") for threads in ("1", "2"))
    assert "changes.jsonl" in one
    assert one == two


def test_a_store_that_fails_leaves_the_folder_of_before(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that were begun are gone; the result of the run before is there."""
    assert call("run", "erp.csv", "-o", "out", "--as-of", "2026-06-30", "--quiet").code == 0
    before = _contents(project / "out")

    def full(*_: object, **__: object) -> str:
        raise StoreError("no space left")

    monkeypatch.setattr(Store, "save_run", full)
    assert call("run", "erp.csv", "-o", "out", "--full", "--as-of", "2026-07-31", "--quiet").code == 4
    assert _contents(project / "out") == before
    assert not [path.name for path in project.iterdir() if path.name.startswith(".out")]


def test_a_file_that_cannot_be_written_leaves_the_folder_of_before(
    call: Call, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store has the run then; the next one writes it."""
    assert call("run", "erp.csv", "-o", "out", "--as-of", "2026-06-30", "--quiet").code == 0
    before = _contents(project / "out")

    def refused(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr("crmclean.write.result._documents", refused)
        assert call("run", "erp.csv", "-o", "out", "--full", "--as-of", "2026-07-31", "--quiet").code == 4
    assert _contents(project / "out") == before
    assert call("run", "-o", "out", "--as-of", "2026-07-31", "--quiet").code == 0
    assert _contents(project / "out") != before
