"""The commands of a steward: shown first, done with --apply, told in two languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

pytestmark = pytest.mark.slow  # each runs the whole pipeline several times
RUN = ("run", "erp.csv", "--as-of", "2026-06-30", "--quiet")


def test_a_link_is_shown_then_done_then_taken_back(call: Call, project: Path) -> None:
    """Without --apply nothing changes; with it the output is another one; undo gives the old one back."""
    assert call(*RUN).code == 0
    before = (project / "out" / "customers.csv").read_bytes()
    shown = call("link", "erp:2", "erp:4", "--json")
    told = json.loads(shown.out)
    assert told["applied"] is False
    assert len(told["before"]) == 2
    assert [golden["records"] for golden in told["after"]] == [["erp:2", "erp:4"]]
    done = call("link", "erp:2", "erp:4", "--apply", "--actor", "A. Weber", "--lang", "de")
    assert done.code == 0
    assert "führt zu" in done.out
    assert "Ausgeführt." in done.out
    assert call("run", "--as-of", "2026-06-30", "--quiet").code == 0
    assert (project / "out" / "customers.csv").read_bytes() != before
    runs = json.loads(call("undo", "--list", "--json").out)
    assert [r["command"] for r in runs][-2:] == ["link", "run"]
    assert call("undo", runs[-2]["run_id"], "--apply", "--actor", "A. Weber", "--quiet").code == 0
    assert call("run", "--as-of", "2026-06-30", "--quiet").code == 0
    assert (project / "out" / "customers.csv").read_bytes() == before


def test_who_decides_must_be_named(call: Call) -> None:
    """--apply without --actor is an error of usage, in every command that decides."""
    assert call(*RUN).code == 0
    for arguments in (
        ("link", "erp:2", "erp:4"),
        ("split", "erp:1", "3"),
        ("lock", "erp:2", "city", "Ulm"),
        ("undo",),
        ("review",),
    ):
        refused = call(*arguments, *([] if arguments == ("review",) else ["--apply"]))
        assert refused.code == 2, arguments
        assert "--actor" in refused.err


def test_a_run_without_files_needs_a_store(call: Call) -> None:
    """The first run needs files; later ones may write anew what the store holds."""
    refused = call("run")
    assert refused.code == 2
    assert "FILES" in refused.err
    assert call(*RUN).code == 0
    assert call("run", "--quiet").code == 0
