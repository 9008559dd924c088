"""A folder of results, replaced as a whole or not at all.

Everything is written into a folder beside the target; only when it is complete do the two change
places by renaming. Windows does not replace a folder that has something in it, so the old one is
renamed away, the new one in, the old one deleted; when the second step fails, the old one comes
back. A marker file says which folder and which files are ours: what is not ours is never deleted.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from crmclean import __version__
from crmclean.errors import StoreError

__all__ = ["MARKER", "Writer", "write_folder"]

MARKER = ".crmclean"
Writer = Callable[[Path], None]
_LOCKS = ((".~lock.", "#"), ("~$", ""))  # LibreOffice, Excel: beside a document that is open
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_STALE = 24 * 3600  # seconds after which an unfinished folder is certainly nobody's
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FIXED = {errno.EBUSY, errno.EXDEV}


def write_folder(
    target: Path | str, writers: Mapping[str, Writer], *, force: bool = False, keep: Collection[str] = ()
) -> list[str]:
    """Writes all files and puts them in the target's place at once; gives the names written.

    Args:
        target: Folder to make or replace. Missing parents are made.
        writers: File name -> function that writes the file to the path it is given.
        force: Take the folder although there are files in it that are not ours. They stay, except
            those whose names are written.
        keep: Names of other files that may be in the folder and stay, without `force`.

    Raises:
        StoreError: The target is a file, the current folder or one above it, holds files that are
            not ours, is held open by another program, cannot be written, or there is no space.
            What was there is then untouched.
    """
    place = Path(target).resolve()
    _check_place(place, Path(target))
    made = _make_parents(place.parent, Path(target))
    fresh = place.with_name(f".{place.name}.new-{os.getpid()}")
    try:
        _tidy(place)
        staying = _staying(place, frozenset(writers), force=force, keep=frozenset(keep))
        fresh.mkdir()
        for name, writer in writers.items():
            writer(fresh / name)
        _mark(fresh, list(writers))
        _swap(fresh, place, staying)
    except OSError as error:
        raise _sentence(error, place) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in made:
            with suppress(OSError):  # not empty: it holds the result
                folder.rmdir()
    return list(writers)


def _check_place(place: Path, named: Path) -> None:
    if place.exists() and not place.is_dir():
        raise StoreError(f"{named} is a file, not a folder", hint="name a folder for the results")
    here = Path.cwd()
    if place == here or place in here.parents:
        raise StoreError(
            f"{named} is the current folder or one above it",
            hint="results get a folder of their own that is replaced as a whole, such as out",
        )


def _make_parents(parent: Path, named: Path) -> list[Path]:
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise StoreError(f"no folder can be made for {named}: {reason}", hint=_ELSEWHERE) from error
    return missing


def _tidy(place: Path) -> None:
    """Clears up after a run that was killed: its old result back, its unfinished one away."""
    before = sorted(place.parent.glob(f".{place.name}.old-*"))
    if before and not place.exists():
        before[-1].rename(place)
    for unfinished in place.parent.glob(f".{place.name}.new-*"):
        if time.time() - unfinished.stat().st_mtime > _STALE:
            shutil.rmtree(unfinished, ignore_errors=True)


def _staying(place: Path, ours: Collection[str], *, force: bool, keep: Collection[str]) -> list[str]:
    """Names of what is in the folder, is not ours and stays there."""
    if not place.exists():
        return []
    names = sorted(entry.name for entry in place.iterdir())
    for name in names if not force else ():
        opened = _opened(name)
        if opened is not None and opened in names:
            raise StoreError(
                f"{place.name}/{opened} is held open by another program",
                hint=f"close it there; if it is not open, delete {name} or repeat with --force",
            )
    written = _written(place)
    foreign = [n for n in names if n not in written and n not in _OF_THE_SYSTEM and _opened(n) is None]
    refused = [name for name in foreign if name not in keep]
    if refused and not force:
        shown = ", ".join(refused[:5]) + (f" and {len(refused) - 5} more" if len(refused) > 5 else "")
        raise StoreError(
            f"{place.name} holds files that crmclean did not write: {shown}",
            hint="name another folder, or repeat with --force: they stay, files of the same names are replaced",
        )
    return [name for name in foreign if name not in ours]


def _opened(name: str) -> str | None:
    """The document whose lock file this is."""
    for start, end in _LOCKS:
        if name.startswith(start) and name.endswith(end):
            return name[len(start) : len(name) - len(end)]
    return None


def _written(place: Path) -> frozenset[str]:
    """Names of the files that the marker says are ours, itself included."""
    try:
        content = json.loads((place / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(content, dict) or "crmclean" not in content:
        return frozenset()
    return frozenset({MARKER, *map(str, content.get("files", []))})


def _mark(folder: Path, names: list[str]) -> None:
    content = json.dumps({"crmclean": __version__, "files": sorted(names)}, indent=1, ensure_ascii=False)
    (folder / MARKER).write_text(content + "\n", encoding="utf-8", newline="\n")


def _swap(fresh: Path, place: Path, staying: list[str]) -> None:
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
    for name in staying:
        try:
            _rename(old / name, place / name)
        except OSError as error:
            raise StoreError(
                f"{place.name} is written, but {name} could not be moved back into it",
                hint=f"it lies unharmed in the folder {old.name} beside it",
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


_ELSEWHERE = "choose another folder with --output, or change its permissions"


def _sentence(error: OSError, place: Path) -> StoreError:
    kept = f"nothing in {place.name} was changed"
    if error.errno in _FULL:
        return StoreError(f"no space left to write {place.name}; {kept}", hint="free some space and repeat")
    if error.errno in _FIXED:
        return StoreError(
            f"{place.name} cannot be replaced, it is a device or a mounted folder; {kept}",
            hint=f"name a folder inside it, such as {place.name}/out",
        )
    if isinstance(error, PermissionError) and os.name == "nt":
        return StoreError(
            f"{place.name} or a file in it is held open by another program, or may not be written; {kept}",
            hint="close the files of the folder in Excel and the folder in Explorer, then repeat",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StoreError(f"no permission to write {place.name}; {kept}", hint=_ELSEWHERE)
    return StoreError(f"{place.name} cannot be written: {error.strerror or 'unknown reason'}; {kept}")
