"""What a command may take of the machine and what it took: --threads, --memory-limit, --timings."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Call


def test_timings_and_limits(call: Call) -> None:
    """--timings lists the stages with seconds and memory on standard error; the limits are taken."""
    done = call(
        "dedupe", "erp.csv", "--output", "out", "--timings", "--threads", "1", "--memory-limit", "8GB"
    )
    assert done.code == 0
    for word in ("reading", "normalising", "finding duplicates", "writing", "total"):
        assert word in done.err


def test_a_limit_that_cannot_be_kept(call: Call, project: Path) -> None:
    """A limit below what is needed is exit code 2, says so, and leaves no output."""
    refused = call("dedupe", "erp.csv", "--output", "out", "--memory-limit", "20MB")
    assert refused.code == 2
    assert "20MB is not enough" in refused.err
    assert not (project / "out").exists()
    assert call("dedupe", "erp.csv", "--memory-limit", "plenty").code == 2
