"""Single files, and the check before the work."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from crmclean.errors import StoreError
from crmclean.write import check_folder, write_file, write_folder


def _half(path: Path) -> None:
    path.write_text("half", encoding="utf-8")
    raise OSError(errno.ENOSPC, "full")


def test_a_file_is_replaced_when_the_new_one_is_complete(tmp_path: Path) -> None:
    """A failure leaves the old one and nothing beside it."""
    target = tmp_path / "x.csv"
    write_file(target, lambda path: path.write_bytes(b"old") and None)
    with pytest.raises(StoreError, match="no space"):
        write_file(target, _half)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    write_file(target, lambda path: path.write_bytes(b"new") and None)
    assert target.read_bytes() == b"new"


def test_a_folder_or_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """With a sentence, not with a traceback."""
    with pytest.raises(StoreError, match="is a folder"):
        write_file(tmp_path, lambda path: path.write_bytes(b"x") and None)
    with pytest.raises(StoreError, match="cannot be written"):
        write_file(tmp_path / "no" / "x.csv", lambda path: path.write_bytes(b"x") and None)


def test_a_target_is_checked_before_the_work(tmp_path: Path) -> None:
    """What `write_folder` would refuse is refused at once, and nothing is made."""
    check_folder(tmp_path / "a" / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for target in (tmp_path / "file", tmp_path / "file" / "out", tmp_path):
        with pytest.raises(StoreError):
            check_folder(target)
    check_folder(tmp_path, force=True)


def test_our_own_folder_passes_the_check(tmp_path: Path) -> None:
    """Until something foreign is in it."""
    out = tmp_path / "out"
    write_folder(out, {"a.csv": lambda path: path.write_bytes(b"x") and None})
    check_folder(out)
    (out / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="diary"):
        check_folder(out)
    check_folder(out, keep=["diary.txt"])


def test_lack_of_permission_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system knows it."""
    monkeypatch.setattr("crmclean.write.target.os.access", lambda *_: False)
    with pytest.raises(StoreError, match="no permission"):
        check_folder(tmp_path / "out")
