"""A folder of results, replaced as a whole or not at all.

Everything is written into a folder beside the target; only when it is complete do the two change
places by renaming. Windows does not replace a folder that has something in it, so the old one is
renamed away, the new one in, the old one deleted; when the second step fails, the old one comes
back. A marker file says which folder and which files are ours: what is not ours is never deleted.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from crmclean import __version__
from crmclean.errors import StoreError
from crmclean.write.sentences import why_not
from crmclean.write.target import MARKER, check_place, staying

__all__ = ["Folder", "Writer", "write_folder"]

Writer = Callable[[Path], None]
_STALE = 24 * 3600  # seconds after which an unfinished folder is certainly nobody's


def write_folder(
    target: Path | str,
    writers: Mapping[str, Writer],
    *,
    force: bool = False,
    keep: Collection[str] = (),
    threads: int = 1,
) -> list[str]:
    """Writes all files and puts them in the target's place at once; gives the names written.

    Args:
        target: Folder to make or replace. Missing parents are made.
        writers: File name -> function that writes the file to the path it is given.
        force: Take the folder although there are files in it that are not ours. They stay, except
            those whose names are written.
        keep: Names of other files that may be in the folder and stay, without `force`.
        threads: Files that are written at once.

    Raises:
        StoreError: The target is a file, the current folder or one above it, holds files that are
            not ours, is held open by another program, cannot be written, or there is no space.
            What was there is then untouched.
    """
    with Folder(target, force=force, keep=keep, threads=threads) as folder:
        folder.check(writers)
        folder.add(writers)
        return folder.complete(list(writers))


class Folder:
    """A folder of results that is being written, beside its place until it is complete.

    Used as a context manager: what was not completed is gone at its end, and the target as it was.

    Args:
        target: See `write_folder`, as the others.
        force: Likewise.
        keep: Likewise.
        threads: Files that are written at once.

    Raises:
        StoreError: See `write_folder`.
    """

    def __init__(
        self, target: Path | str, *, force: bool = False, keep: Collection[str] = (), threads: int = 1
    ) -> None:
        self._place = Path(target).resolve()
        check_place(self._place, Path(target))
        self._force, self._keep = force, frozenset(keep)
        self._made = _make_parents(self._place.parent, Path(target))
        self._fresh = self._place.with_name(f".{self._place.name}.new-{os.getpid()}")
        self._pool = ThreadPoolExecutor(threads)
        self._waiting: list[Future[None]] = []
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        shutil.rmtree(self._fresh, ignore_errors=True)
        for folder in self._made:
            with suppress(OSError):  # not empty: it holds the result
                folder.rmdir()

    def check(self, names: Collection[str]) -> None:
        """Clears up after a run that was killed, and refuses a place in which something is not ours.

        Raises:
            StoreError: See `write_folder`.
        """
        try:
            _tidy(self._place)
            staying(self._place, frozenset(names), force=self._force, keep=self._keep)
        except OSError as error:
            raise why_not(error, self._place) from error

    def add(self, writers: Mapping[str, Writer]) -> None:
        """Begins to write files, the last first: large ones are named last.

        Raises:
            StoreError: The folder cannot be made.
        """
        if not self._begun:
            try:
                self._fresh.mkdir()
            except OSError as error:
                raise why_not(error, self._place) from error
            self._begun = True
        for name, writer in reversed(list(writers.items())):
            self._waiting.append(self._pool.submit(writer, self._fresh / name))

    def complete(self, names: list[str]) -> list[str]:
        """Waits for all files and puts them in the target's place at once; gives their names.

        Raises:
            StoreError: See `write_folder`; the target is then as it was.
        """
        try:
            for done in self._waiting:
                done.result()
            kept = staying(self._place, frozenset(names), force=self._force, keep=self._keep)
            _mark(self._fresh, names)
            _swap(self._fresh, self._place, kept)
        except OSError as error:
            raise why_not(error, self._place) from error
        return names


def _make_parents(parent: Path, named: Path) -> list[Path]:
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "?"
        raise StoreError.of("errors.write.no_folder", name=str(named), reason=reason) from error
    return missing


def _tidy(place: Path) -> None:
    """Clears up after a run that was killed: its old result back, its unfinished one away."""
    before = sorted(place.parent.glob(f".{place.name}.old-*"))
    if before and not place.exists():
        before[-1].rename(place)
    for unfinished in place.parent.glob(f".{place.name}.new-*"):
        if time.time() - unfinished.stat().st_mtime > _STALE:
            shutil.rmtree(unfinished, ignore_errors=True)


def _mark(folder: Path, names: list[str]) -> None:
    content = json.dumps({"crmclean": __version__, "files": sorted(names)}, indent=1, ensure_ascii=False)
    (folder / MARKER).write_text(content + "\n", encoding="utf-8", newline="\n")


def _swap(fresh: Path, place: Path, kept: list[str]) -> None:
    if not place.exists():
        _rename(fresh, place)
        return
    old = place.with_name(f".{place.name}.old-{os.getpid()}")
    _rename(place, old)
    try:
        _rename(fresh, place)
    except BaseException:  # an interrupt, too, must not leave the place empty
        _rename(old, place)
        raise
    for name in kept:
        try:
            _rename(old / name, place / name)
        except OSError as error:
            raise StoreError.of(
                "errors.write.not_back", name=place.name, file=name, folder=old.name
            ) from error
    shutil.rmtree(old, ignore_errors=True)


def _rename(source: Path, target: Path) -> None:
    """Renames; on Windows patiently, because virus scanners hold new files for a moment."""
    for pause in (0.1, 0.3, 0.6, 1.0) if os.name == "nt" else ():
        try:
            source.rename(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    source.rename(target)
