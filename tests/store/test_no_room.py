"""A full disk and a place that nobody may write to: told so, and the last run is there whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crmclean.store import Store
from tests.benchmark.kill_run import state
from tests.store.mounted import needs_mounts, with_mounts
from tests.store.test_journal import save

FULL = """
import os, shutil
from pathlib import Path
from tests.benchmark.kill_run import state
from crmclean.store import Store
place, small, large = map(Path, sys.argv[1:])
mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place))
def run(file):
    command = [sys.executable, "-m", "crmclean", "run", str(file), "--as-of", "2026-01-31",
               "--store", str(place / "crmclean.db"), "--output", str(place / "out")]
    return subprocess.run(command, capture_output=True, encoding="utf-8")
def files():
    return {str(p.relative_to(place)): p.stat().st_size for p in sorted(place.rglob("*")) if p.is_file()}
first = run(small).returncode
before, there = state(place / "crmclean.db"), files()
filler = place / "filler"
free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
with filler.open("wb") as file:
    file.write(bytes(free - 65536))
full = run(large)
filler.unlink()
with Store(place / "crmclean.db", read_only=True) as store:
    problems, records = store.check(), store.count("records")
same = state(place / "crmclean.db") == before and files() == there
last = run(large).returncode
with Store(place / "crmclean.db", read_only=True) as store:
    problems += store.check()
    after = store.count("records")
print(json.dumps([first, full.returncode, full.stderr, same, problems, records, last, after]))
"""

CLOSED = """
from pathlib import Path
from tests.benchmark.kill_run import state
from crmclean.store import Store
place, file, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def crmclean(*arguments):
    command = [sys.executable, "-m", "crmclean", *arguments, "--store", str(place / "crmclean.db")]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=place.parent)
content = (place / "crmclean.db").read_bytes()
read_only(str(place if what == "folder" else place / "crmclean.db"))
told = crmclean("run", file, "--output", "out", "--as-of", "2026-02-28")
look = crmclean("store", "check", "-q").returncode
with Store(place / "crmclean.db", read_only=True) as store:
    problems, records = store.check(), store.count("records")
same = (place / "crmclean.db").read_bytes() == content
left = sorted(p.name for p in place.iterdir())
made = (place.parent / "out").exists()
print(json.dumps([told.returncode, told.stderr, look, problems, records, same, left, made]))
"""

LIMITED = """
import resource, sys
from pathlib import Path
from crmclean.errors import StoreError
from crmclean.store import Store
from tests.store.test_journal import save
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 8192,) * 2)
with Store(path) as store:
    try:
        save(store, {n: f"c{n:05}" for n in range(12000)}, "2026-02-28")
    except StoreError as error:
        print(error.message)
"""


def export(file: Path, rows: int, *, start: int = 0) -> Path:
    """An export of invented people, numbered from `start`."""
    lines = [
        f"K{n},Ada{n},Brandner{n % 97},ada{n}@post.example,Lindenweg {n},{10115 + n % 80},Berlin"
        for n in range(start, start + rows)
    ]
    head = "Kundennummer,Vorname,Nachname,E-Mail,Strasse,PLZ,Ort"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return file


@needs_mounts
def test_a_full_disk_leaves_the_last_run(tmp_path):
    """Store and output on a disk without room: exit code 4, both as they were; with room again the run goes through."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "more").mkdir()
    small, large = export(tmp_path / "erp.csv", 40), export(tmp_path / "more" / "erp.csv", 900)
    first, code, told, same, problems, records, last, after = with_mounts(
        FULL, tmp_path / "disk", small, large
    )
    assert (first, code, last) == (0, 4, 0), told
    assert "no room left" in told or "no space left" in told
    assert same
    assert (problems, records, after) == ([], 40, 900)


@needs_mounts
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_store_that_nobody_may_write_to(tmp_path, what):
    """A run is refused before it calculates; checking and reading go on, and nothing is left beside the store."""
    place = tmp_path / "store"
    place.mkdir()
    with Store(place / "crmclean.db") as store:
        save(store, {1: "ada", 2: "bob"}, "2026-01-31")
    file = export(tmp_path / "erp.csv", 30)
    code, told, look, problems, records, same, left, made = with_mounts(CLOSED, place, file, what)
    assert code == 4
    assert "cannot be written" in told
    assert "--store FILE" in told
    assert (look, problems, records) == (0, [], 2)
    assert (same, left, made) == (True, ["crmclean.db"], False)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit of size there")
def test_a_write_that_fails_leaves_the_last_run(tmp_path):
    """The system refuses to let the file grow in the middle of saving: a sentence, and the run before is there."""
    path = tmp_path / "crmclean.db"
    with Store(path) as store:
        save(store, {n: f"d{n:05}" for n in range(200)}, "2026-01-31")
    before = state(path)
    found = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=Path.cwd(),
    )
    assert "crmclean.db" in found.stdout
    with Store(path) as store:
        assert store.check() == []
        assert state(path) == before
        save(store, {n: f"c{n:05}" for n in range(300)}, "2026-02-28")
        assert store.check() == []
    assert [p.name for p in tmp_path.iterdir()] == ["crmclean.db"]
