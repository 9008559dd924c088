"""Whether a folder may be replaced: the marker, what is ours in it, what is not.

A marker file says which folder and which files are ours. Lock files of Excel and LibreOffice tell
that somebody has a result open, where the system itself would not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path

from crmclean.errors import StoreError
from crmclean.write.sentences import why_not

__all__ = ["MARKER", "check_folder", "check_place", "staying"]

MARKER = ".crmclean"
_LOCKS = ((".~lock.", "#"), ("~$", ""))  # LibreOffice, Excel: beside a document that is open
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def check_folder(target: Path | str, *, force: bool = False, keep: Collection[str] = ()) -> None:
    """Refuses early what `write_folder` would refuse after all the work; writes nothing.

    Raises:
        StoreError: As `write_folder`; of a lack of permission only what the system tells beforehand.
    """
    place = Path(target).resolve()
    check_place(place, Path(target))
    above = next(folder for folder in place.parents if folder.exists())
    if not above.is_dir():
        raise StoreError.of("errors.write.under_file", name=str(target), above=above.name)
    if not os.access(above, os.W_OK | os.X_OK):
        raise StoreError.of("errors.write.denied", name=place.name)
    try:
        staying(place, (), force=force, keep=keep)
    except OSError as error:
        raise why_not(error, place) from error


def check_place(place: Path, named: Path) -> None:
    """Refuses a file, the current folder and the folders above it.

    Raises:
        StoreError: The place is one of these.
    """
    if place.exists() and not place.is_dir():
        raise StoreError.of("errors.write.is_file", name=str(named))
    here = Path.cwd()
    if place == here or place in here.parents:
        raise StoreError.of("errors.write.here", name=str(named))


def staying(place: Path, ours: Collection[str], *, force: bool, keep: Collection[str]) -> list[str]:
    """Names of what is in the folder, is not ours and stays there.

    Raises:
        StoreError: Something is not ours and neither `force` nor `keep` allows it, or a document
            of the folder is open elsewhere.
    """
    if not place.exists():
        return []
    names = sorted(entry.name for entry in place.iterdir())
    for name in names if not force else ():
        opened = _opened(name)
        if opened is not None and opened in names:
            raise StoreError.of("errors.write.open", name=f"{place.name}/{opened}", lock=name)
    written = _written(place)
    foreign = [n for n in names if n not in written and n not in _OF_THE_SYSTEM and _opened(n) is None]
    refused = [name for name in foreign if name not in keep]
    if refused and not force:
        shown = ", ".join(refused[:5]) + (f" (+{len(refused) - 5})" if len(refused) > 5 else "")
        raise StoreError.of("errors.write.not_ours", name=place.name, files=shown)
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
