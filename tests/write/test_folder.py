"""The folder of results is replaced as a whole or not at all, and never anything that is not ours."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crmclean.errors import StoreError
from crmclean.write import MARKER, write_folder


def _writes(text: str) -> Callable[[Path], None]:
    return lambda path: (path.write_text(text, encoding="utf-8"), None)[1]


def _fails(error: BaseException) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise error

    return write


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that an earlier run has written."""
    target = tmp_path / "out"
    write_folder(target, {"a.csv": _writes("old"), "b.csv": _writes("old")})
    return target


def test_a_new_folder_with_its_parents_is_made(tmp_path: Path) -> None:
    """The names are returned in the order of writing, the marker names them."""
    target = tmp_path / "x" / "out"
    assert write_folder(target, {"b.csv": _writes("1"), "a.csv": _writes("2")}) == ["b.csv", "a.csv"]
    assert _names(target) == [MARKER, "a.csv", "b.csv"]
    assert json.loads((target / MARKER).read_text("utf-8"))["files"] == ["a.csv", "b.csv"]
    assert _names(tmp_path / "x") == ["out"]


def test_our_folder_is_replaced_as_a_whole(out: Path) -> None:
    """Files of the earlier run do not stay behind."""
    write_folder(out, {"a.csv": _writes("new")})
    assert _names(out) == [MARKER, "a.csv"]
    assert (out / "a.csv").read_text("utf-8") == "new"
    assert _names(out.parent) == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """There is nothing to lose in it."""
    (tmp_path / "out").mkdir()
    write_folder(tmp_path / "out", {"a.csv": _writes("x")})
    assert _names(tmp_path / "out") == [MARKER, "a.csv"]


def test_foreign_files_are_refused_by_name(out: Path) -> None:
    """What crmclean did not write is named and stays, and so does the old result."""
    (out / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"diary\.txt") as caught:
        write_folder(out, {"a.csv": _writes("new")})
    assert caught.value.exit_code == 4
    assert (out / "a.csv").read_text("utf-8") == "old"


def test_a_folder_without_marker_is_foreign(tmp_path: Path) -> None:
    """Equal file names do not make a folder ours."""
    (tmp_path / "customers.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"customers\.csv"):
        write_folder(tmp_path, {"customers.csv": _writes("x")})


def test_with_force_foreign_files_stay(out: Path) -> None:
    """Force takes the folder, it does not delete: files and folders are carried over."""
    (out / "diary.txt").write_text("mine", encoding="utf-8")
    (out / "photos").mkdir()
    (out / "photos" / "x").write_text("mine", encoding="utf-8")
    write_folder(out, {"a.csv": _writes("new")}, force=True)
    assert _names(out) == [MARKER, "a.csv", "diary.txt", "photos"]
    assert (out / "photos" / "x").read_text("utf-8") == "mine"


def test_files_to_keep_need_no_force(out: Path) -> None:
    """The caller may name neighbours that are welcome."""
    (out / "notes.md").write_text("mine", encoding="utf-8")
    write_folder(out, {"a.csv": _writes("new")}, keep=["notes.md"])
    assert _names(out) == [MARKER, "a.csv", "notes.md"]


def test_files_of_the_system_are_no_obstacle(out: Path) -> None:
    """Finder and Explorer leave their files everywhere."""
    (out / ".DS_Store").write_text("", encoding="utf-8")
    write_folder(out, {"a.csv": _writes("new")})
    assert _names(out) == [MARKER, "a.csv"]


@pytest.mark.parametrize("lock", ["~$a.csv", ".~lock.a.csv#"])
def test_a_file_open_in_excel_or_libreoffice_is_respected(out: Path, lock: str) -> None:
    """Whoever has it open would otherwise save the old state over the new one."""
    (out / lock).write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="held open"):
        write_folder(out, {"a.csv": _writes("new")})
    write_folder(out, {"a.csv": _writes("new")}, force=True)
    assert (out / "a.csv").read_text("utf-8") == "new"


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """A file is never replaced by a folder."""
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is a file"):
        write_folder(tmp_path / "out", {"a.csv": _writes("x")})
    with pytest.raises(StoreError, match="no folder can be made"):
        write_folder(tmp_path / "out" / "deeper", {"a.csv": _writes("x")})
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", [".", ".."])
def test_the_current_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It cannot change places with another while somebody stands in it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(StoreError, match="current folder"):
        write_folder(name, {"a.csv": _writes("x")}, force=True)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "no space"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "no permission"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_a_failure_leaves_the_old_result(out: Path, number: int, sentence: str) -> None:
    """Nothing half-written remains, neither inside nor beside."""
    error = OSError(number, os.strerror(number), "secret name")
    with pytest.raises(StoreError, match=sentence) as caught:
        write_folder(out, {"a.csv": _writes("new"), "b.csv": _fails(error)})
    assert "secret" not in str(caught.value)
    assert (out / "a.csv").read_text("utf-8") == "old"
    assert _names(out.parent) == ["out"]


def test_a_failure_leaves_no_new_parents(tmp_path: Path) -> None:
    """Folders made on the way are taken away again."""
    with pytest.raises(StoreError):
        write_folder(tmp_path / "x" / "y" / "out", {"a": _fails(OSError(errno.ENOSPC, "full"))})
    assert _names(tmp_path) == []


def test_an_interrupt_leaves_the_old_result(out: Path) -> None:
    """Ctrl-C in the middle of writing costs nothing."""
    with pytest.raises(KeyboardInterrupt):
        write_folder(out, {"a.csv": _fails(KeyboardInterrupt())})
    assert (out / "a.csv").read_text("utf-8") == "old"
    assert _names(out.parent) == ["out"]


def test_when_the_new_one_cannot_come_in_the_old_one_comes_back(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows when a scanner holds a new file: the second of the two renamings fails."""
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(StoreError):
        write_folder(out, {"a.csv": _writes("new")})
    assert (out / "a.csv").read_text("utf-8") == "old"
    assert _names(out.parent) == ["out"]


def test_an_old_result_lost_in_a_killed_run_comes_back(out: Path) -> None:
    """A run killed between the two renamings left the place empty; the next run repairs it."""
    (out / "diary.txt").write_text("mine", encoding="utf-8")
    out.rename(out.with_name(".out.old-1"))
    with pytest.raises(StoreError, match="diary"):
        write_folder(out, {"a.csv": _writes("new")})
    assert (out / "diary.txt").exists()


def test_unfinished_folders_of_killed_runs_are_removed(out: Path) -> None:
    """They hold personal data and belong to nobody after a day."""
    unfinished = out.with_name(".out.new-1")
    unfinished.mkdir()
    (unfinished / "a.csv").write_text("half", encoding="utf-8")
    write_folder(out, {"a.csv": _writes("new")})
    assert unfinished.exists()
    yesterday = time.time() - 90_000
    os.utime(unfinished, (yesterday, yesterday))
    write_folder(out, {"a.csv": _writes("new")})
    assert _names(out.parent) == ["out"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path, out: Path) -> None:
    """The link stays a link; what it points to is replaced."""
    link = tmp_path / "link"
    try:
        link.symlink_to(out, target_is_directory=True)
    except OSError:
        pytest.skip("no links without privilege on this system")
    write_folder(link, {"a.csv": _writes("new")})
    assert link.is_symlink()
    assert (out / "a.csv").read_text("utf-8") == "new"
