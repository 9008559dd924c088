"""The end of a program that holds large tables."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crmclean.cli import leaving

_PROGRAM = """
import atexit, sys
from crmclean.cli import leaving
atexit.register(print, "cleaned up")
{said}
leaving.keep([1, 2])
sys.stdout.write("said")
leaving.leave(3)
print(" stays")
"""


def _run(said: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(said=said)], capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


def test_a_program_ends_at_once_with_all_it_said() -> None:
    """The exit code and the output are there; nothing is cleaned up."""
    assert _run("leaving.leaves()") == (3, "said")


def test_a_call_within_another_program_comes_back() -> None:
    """Where the process goes on, nothing is kept and nothing ends."""
    assert _run("") == (0, "said stays\ncleaned up\n")


def test_nothing_kept_nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that hands over nothing ends as ever."""
    monkeypatch.setattr(leaving, "_kept", [])
    leaving.leave(0)
