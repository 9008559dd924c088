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
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from crmclean import __version__
from crmclean.errors import StoreError
from crmclean.write.sentences import why_not
from crmclean.write.target import MARKER, check_place, staying

__all__ = ["Writer", "write_folder"]

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
    place = Path(target).resolve()
    check_place(place, Path(target))
    made = _make_parents(place.parent, Path(target))
    fresh = place.with_name(f".{place.name}.new-{os.getpid()}")
    try:
        _tidy(place)
        kept = staying(place, frozenset(writers), force=force, keep=frozenset(keep))
        fresh.mkdir()
        _write_all(fresh, writers, threads)
        _mark(fresh, list(writers))
        _swap(fresh, place, kept)
    except OSError as error:
        raise why_not(error, place) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in made:
            with suppress(OSError):  # not empty: it holds the result
                folder.rmdir()
    return list(writers)


def _write_all(folder: Path, writers: Mapping[str, Writer], threads: int) -> None:
    """Every file into the folder, some at once, the last first: large ones are named last."""
    with ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(writer, folder / name) for name, writer in reversed(list(writers.items()))]
        try:
            for done in waiting:
                done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


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
