"""The index beside the store: where it lies, whether it is of the last run, and how it is made anew.

The folder ``crmclean.db.index`` holds the index of the last run and a small file that names it. A new
index gets a new name, so that whoever still has the old one mapped keeps it; old files are removed when
nobody holds them. The folder may be deleted at any time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from crmclean.store import Store
from crmclean.view.arrays import Arrays, write_arrays
from crmclean.view.index import Index, open_index
from crmclean.view.index_build import TABLES_USED, index_arrays
from crmclean.view.index_patch import Renewed, patched_arrays

__all__ = ["Renewed", "fresh_index", "index_folder", "index_of", "present_index", "renew_index", "save_index"]

_NAMED = "present.json"


def index_folder(store: Path) -> Path:
    """The folder of the index of a store."""
    return store.with_name(store.name + ".index")


def present_index(store: Path) -> tuple[str, Path] | None:
    """Stamp and file of the index beside a store; None where there is none."""
    folder = index_folder(store)
    try:
        named = json.loads((folder / _NAMED).read_text(encoding="utf-8"))
        return str(named["stamp"]), folder / str(named["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fresh_index(store: Store) -> Index | None:
    """The index beside a store, None where it is not of the last run."""
    known = present_index(store.path)
    if known is None or known[0] != store.stamp():
        return None
    try:
        return open_index(known[1])
    except (OSError, ValueError):  # removed meanwhile, cut off, or of another version
        return None


def save_index(store: Store, tables: Mapping[str, pd.DataFrame | pa.Table] | None = None) -> Index:
    """Makes the index of the store's present state and puts it beside the store.

    A folder that cannot be written to gives an index that lives in memory alone.

    Args:
        store: The store, its run saved.
        tables: Tables of that run, where the caller has them at hand; else they are loaded.
    """
    # a run knows the ids of its customers, the store every id that was ever issued
    have = {n: tables[n] for n in TABLES_USED if tables and n in tables and n != "identities"}
    lack = [name for name in TABLES_USED if name not in have]
    known = present_index(store.path)
    tables_now = have | {name: store.load(name) for name in lack}
    return _written(store, *index_arrays(tables_now, _before(known)))


def renew_index(store: Store, before: Index | None, now: Renewed) -> Index:
    """The index of the store's present state, made of the one of the state before and the customers renewed.

    Args:
        store: The store, its run saved.
        before: The index of the state before (`fresh_index`); None: all is made anew.
        now: The customers of which anything changed.
    """
    known = fresh_index(store)
    if known is not None:  # the run changed nothing
        return known
    found = None if before is None else patched_arrays((before.arrays, before.facts), now)
    return save_index(store) if found is None else _written(store, *found)


def _written(store: Store, arrays: Arrays, facts: dict[str, Any]) -> Index:
    """The index in its folder, opened; where that cannot be, in memory."""
    known = present_index(store.path)
    stamp = store.stamp()
    folder = index_folder(store.path)
    number = 1 + (int(known[1].stem.partition("-")[0]) if known and known[1].stem[:1].isdigit() else 0)
    file = folder / f"{number}-{stamp}.idx"
    try:
        folder.mkdir(exist_ok=True)
        write_arrays(file, arrays, facts)
        named = folder / f"{_NAMED}.{os.getpid()}.new"
        named.write_text(json.dumps({"stamp": stamp, "file": file.name}), encoding="utf-8", newline="\n")
        named.replace(folder / _NAMED)
    except OSError:
        return Index(arrays, facts)
    _remove_others(folder, file)
    return open_index(file)


def _before(known: tuple[str, Path] | None) -> tuple[Arrays, dict[str, Any]] | None:
    """The index that is there, of whatever state of the store; None where it is not of this version."""
    if known is None:
        return None
    try:
        index = open_index(known[1])
    except (OSError, ValueError):
        return None
    return index.arrays, index.facts


def _remove_others(folder: Path, kept: Path) -> None:
    for other in folder.glob("*.idx"):
        if other != kept:
            with suppress(OSError):  # Windows: somebody still has it mapped; the next run removes it
                other.unlink()


def index_of(store: Store, tables: Mapping[str, pd.DataFrame | pa.Table] | None = None) -> Index:
    """The index of the store's present state: the one beside it, or a new one.

    Args:
        store: The store.
        tables: Tables of its last run, where the caller has them at hand; see `save_index`.
    """
    known = fresh_index(store)
    return save_index(store, tables) if known is None else known
