"""Whoever reads only the first lines ends no run as failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_closed_pipe_is_no_failure(tmp_path: Path) -> None:
    """The reader goes before anything is written: the work is done all the same, exit code 0."""
    file = tmp_path / "kunden.csv"
    file.write_text("Vorname;Nachname;Ort\nHans;Meyer;Ulm\nEva;Kurz;Bonn\n", encoding="utf-8")
    command = [sys.executable, "-m", "crmclean", "dedupe", str(file), "--output", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read().decode()
        assert (child.wait(), said) == (0, "")
    assert (tmp_path / "out" / "crosswalk.csv").exists()
