"""A folder of one's own file system, for tests of full disks and of places that nobody may write to.

Linux alone, and only where a process may have mounts of its own (``unshare``); elsewhere the tests that need
it are skipped. The administrator may write to every folder whatever its rights say, but not to a file
system that is mounted for reading, and no test has to fill the disk of the machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

__all__ = ["needs_mounts", "with_mounts"]

_FIRST = """
import json, subprocess, sys
def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, stdout=subprocess.DEVNULL)
def read_only(place):
    mount("--bind", place, place)
    mount("-o", "remount,ro,bind", place)
"""


@cache
def _possible() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    probe = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


needs_mounts = pytest.mark.skipif(not _possible(), reason="mounts of one's own are not allowed here")


def with_mounts(script: str, *arguments: str | Path) -> Any:
    """What a script prints last, as JSON; it has `mount` and `read_only`, and its mounts end with it."""
    command = ["unshare", "-rm", sys.executable, "-c", _FIRST + script, *map(str, arguments)]
    found = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", cwd=Path.cwd())
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout.splitlines()[-1])
