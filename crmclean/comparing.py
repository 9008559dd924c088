"""Records of files beside those of the store: what is new, what changed, what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import GateError
from crmclean.fields import FIELDS, base_field
from crmclean.messages import Lang, say
from crmclean.read import ReadResult
from crmclean.tables import RECORDS, Records

__all__ = ["Compared", "compare_records", "index_of_records", "modes_of"]

_DELETED = frozenset({"_deleted", "isdeleted"})
_YES = frozenset({"1", "true", "yes", "y", "t", "x", "ja", "j", "wahr"})
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """Records of files beside those of the store; both have the columns of both.

    Args:
        old: Stored records.
        new: Records of the files.
        fresh: Which of the new ones are new or changed.
        stay: Which of the old ones are neither gone nor replaced.
        gone: Which of the old ones are no more.
        counts: As in `Intake`.
    """

    old: pd.DataFrame
    new: pd.DataFrame
    fresh: Bools
    stay: Bools
    gone: Bools
    counts: pd.DataFrame


def modes_of(read: ReadResult, config: ReadConfig) -> dict[str, str]:
    """Whether each source that was read is a snapshot or a delta; empty where nobody said."""
    return {str(s): config.sources.get(str(s), SourceConfig()).mode for s in read.sources["source"].unique()}


def compare_records(read: ReadResult, stored: Records, config: ReadConfig, *, lang: Lang = "en") -> Compared:
    """What of the records is new, changed, the same or gone.

    Args:
        read: What the files hold.
        stored: Stored records: all of the sources that are snapshots, of others at least those that are
            delivered again.
        config: Which sources are snapshots, and what they may lose.
        lang: Language of the error.

    Raises:
        GateError: A snapshot loses more of its records than it may.
    """
    modes = modes_of(read, config)
    old, new = _aligned(stored, read.records)
    place = index_of_records(old).get_indexer(index_of_records(new))
    same = np.zeros(len(new), dtype=bool)
    there = place >= 0
    same[there] = _equal(old.iloc[place[there]], new[there])
    deleted = _deleted(read, new)
    snapshot = old["source"].map(modes).eq("snapshot").to_numpy()
    met = np.zeros(len(old), dtype=bool)
    met[place[there & ~deleted]] = True
    gone = snapshot & ~met
    gone[place[there & deleted]] = True
    counts = _counts(new, modes, (there, same, deleted), old[gone])
    _refuse_loss(old, gone & snapshot & ~_named(place, there & deleted, len(old)), config, lang)
    fresh = ~same & ~deleted
    stay = ~gone
    stay[place[there & fresh]] = False
    return Compared(old, new, fresh, stay, gone, counts)


def index_of_records(frame: pd.DataFrame) -> pd.MultiIndex:
    """Source and record id of each row."""
    return pd.MultiIndex.from_frame(frame[["source", "record_id"]])


def _aligned(old: Records, new: Records) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with the columns of both, in the order of the fields."""
    order = {name: i for i, name in enumerate(FIELDS)}
    fields = {str(c) for frame in (old, new) for c in frame.columns} - set(RECORDS.names)
    listed = sorted(fields, key=lambda c: (order.get(base_field(c), len(order)), len(c), c))
    columns = [*RECORDS.names, *listed]
    return tuple(RECORDS.check(f.reindex(columns=columns)) for f in (old, new))  # type: ignore[return-value]  # two


def _equal(old: pd.DataFrame, new: pd.DataFrame) -> Bools:
    """Whether rows have the same content; where they stand in a file does not count."""
    same = np.ones(len(new), dtype=bool)
    for column in new.columns:
        if column not in {"file", "row"}:
            one, two = old[column].array, new[column].array
            same &= np.asarray(pd.Series(one).fillna("\0").array == pd.Series(two).fillna("\0").array)
    return same


def _deleted(read: ReadResult, new: pd.DataFrame) -> Bools:
    """Rows that say of themselves that they are gone."""
    found = np.zeros(len(new), dtype=bool)
    for source, frame in read.frames.items():
        for position, column in enumerate(frame.columns):
            if str(column).strip().lower() in _DELETED:
                said = frame.iloc[:, position].str.strip().str.lower().isin(_YES).to_numpy()
                ids = pd.Index(frame.index[said])
                found |= (new["source"] == source).to_numpy() & new["record_id"].isin(ids).to_numpy()
    return found


def _named(place: NDArray[np.int64], rows: Bools, size: int) -> Bools:
    """The stored rows that these new rows name."""
    found = np.zeros(size, dtype=bool)
    found[place[rows]] = True
    return found


def _counts(
    new: pd.DataFrame, modes: Mapping[str, str], flags: tuple[Bools, Bools, Bools], gone: pd.DataFrame
) -> pd.DataFrame:
    there, same, deleted = flags
    frame = pd.DataFrame(
        {
            "source": new["source"],
            "new": ~there & ~deleted,
            "changed": there & ~same & ~deleted,
            "unchanged": same & ~deleted,
        }
    )
    counts = frame.groupby("source").sum().astype("int64")
    lost = gone["source"].value_counts()
    counts = counts.reindex(sorted({*counts.index, *lost.index})).fillna(0).astype("int64")
    counts["gone"] = lost.reindex(counts.index).fillna(0).astype("int64")
    counts.insert(0, "mode", [modes.get(str(s)) or "delta" for s in counts.index])
    return counts.rename_axis("source").reset_index()


def _refuse_loss(old: pd.DataFrame, lost: Bools, config: ReadConfig, lang: Lang) -> None:
    """Stops at a snapshot that would lose too much.

    Raises:
        GateError: With the share that is missing.
    """
    before = old["source"].value_counts()
    missing = old.loc[lost, "source"].value_counts()
    for source in sorted(missing.index):
        share = missing[source] / before[source]
        if share > config.allow_loss:
            values = {
                "source": source,
                "missing": int(missing[source]),
                "known": int(before[source]),
                "percent": f"{100 * share:.0f}",
            }
            raise GateError(say("read.loss", lang, **values), hint=say("read.loss.hint", lang, **values))
