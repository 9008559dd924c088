"""Back to where the data came from: each source's own rows and headers, and beside them what we know.

A file has the rows and columns of its source in their order and their spelling; behind them stand
customer id, whether the row is a duplicate within its source, which row leads, how sure that is, and
a column of corrected values for each column that has any. Nothing is removed, nothing overwritten.
Only merges that a steward confirmed, or at or above `[write] writeback_threshold`, are told. The
store keeps the columns that were understood; the others come from the original file, where it is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from crmclean.config import WriteConfig
from crmclean.fields import is_field
from crmclean.messages import Lang, say
from crmclean.write.certain import certain_groups
from crmclean.write.corrections import Corrector
from crmclean.write.dialect import Dialect, dialect_of
from crmclean.write.words import title

__all__ = ["Original", "SourceFile", "source_files"]

Frames = Mapping[str, pd.DataFrame]
_UNSAFE = re.compile(r"[^\w.-]+")
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_ADDED = ("customer_id", "duplicate", "master", "master_record", "certainty")


class Original(Protocol):
    """A file as it was read: `crmclean.read.RawTable` is one."""

    @property
    def frame(self) -> pd.DataFrame:
        """All cells as text under the file's headers."""

    @property
    def lines(self) -> np.ndarray:
        """Line in the file of each row."""

    @property
    def sheet(self) -> str:
        """Sheet of a workbook."""

    @property
    def sha256(self) -> str:
        """Digest of the file."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What goes back to one source.

    Args:
        source: Its name.
        name: Name of the file.
        frame: Its cells.
        dialect: How it is written.
        left_out: Columns that the store does not keep.
        duplicates: Rows that are duplicates of another row of the source.
        corrected: Cells with a corrected value.
    """

    source: str
    name: str
    frame: pd.DataFrame
    dialect: Dialect
    left_out: tuple[str, ...]
    duplicates: int
    corrected: int


def source_files(
    tables: Frames,
    config: WriteConfig | None = None,
    *,
    originals: Sequence[Original] = (),
    lang: Lang = "en",
) -> list[SourceFile]:
    """One file per source that has records, by name of the source.

    Args:
        tables: sources, mappings, records, parties, contacts, addresses, members, customers, scores,
            decisions, as the store has them.
        config: Section `[write]`.
        originals: Files of the sources, for the columns that the store does not keep; one that
            is no file of a source (by its digest) is not used.
        lang: Language of added headers where a source's own headers do not tell.
    """
    chosen = WriteConfig() if config is None else config
    members = certain_groups(tables, chosen.writeback_threshold)
    golden = _golden(tables, members)
    made: list[SourceFile] = []
    for source in sorted(tables["records"]["source"].unique()):
        known = tables["sources"][tables["sources"]["source"] == source]
        found = known[known["file"].isin(_own(tables["records"], source)["file"])]
        main = (found if len(found) else known).sort_values(["rows", "file"], ascending=[False, True])
        told = (
            main.iloc[0].to_dict()
            if len(main)
            else {"format": "csv", "encoding": "", "delimiter": "", "sheet": ""}
        )
        dialect = dialect_of(told, guarded=chosen.csv_format == "excel-de")
        work = _Work(tables, source, members, golden, str(told.get("date_order", "")), lang)
        made.append(work.file(dialect, _originals_of(known, originals)))
    return _named(made)


def _own(records: pd.DataFrame, source: str) -> pd.DataFrame:
    return records[records["source"] == source]


def _golden(tables: Frames, members: pd.DataFrame) -> pd.DataFrame:
    """Group -> field -> the customer's primary value, where it comes from a record of the group or a steward."""
    values = tables["customers"]
    values = values[values["is_primary"] & values["value"].notna()]
    values = values[["customer_id", "field", "value", "source", "record_id"]]
    keys = ["customer_id", "source", "record_id"]
    groups = members[[*keys, "group"]].drop_duplicates(keys)
    of_records = values[values["source"].notna()].merge(groups, on=keys, how="inner")
    leading = members[members["leading"]].drop_duplicates("customer_id")[["customer_id", "group"]]
    pinned = values[values["source"].isna()].merge(leading, on="customer_id", how="inner")
    both = pd.concat([pinned, of_records], ignore_index=True).drop_duplicates(["group", "field"])
    return both.pivot_table(index="group", columns="field", values="value", aggfunc="first")


def _originals_of(known: pd.DataFrame, originals: Sequence[Original]) -> list[tuple[str, Original]]:
    """The original of every file of the source, with the file's name; none unless all are given."""
    by_digest = {(o.sha256, o.sheet): o for o in originals}
    found = []
    for file, sheet, digest in (
        known[["file", "sheet", "sha256"]].fillna("").itertuples(index=False, name=None)
    ):
        original = by_digest.get((digest, sheet))
        if original is None:
            return []
        found.append((file, original))
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """One source on its way back."""

    tables: Frames
    source: str
    members: pd.DataFrame
    golden: pd.DataFrame
    date_order: str
    lang: Lang

    def file(self, dialect: Dialect, originals: Sequence[tuple[str, Original]]) -> SourceFile:
        records = _own(self.tables["records"], self.source).sort_values(["file", "row", "record_id"])
        records = records.set_index("record_id", drop=False).rename_axis(index=None)
        mapped = self.tables["mappings"]
        mapped = mapped[mapped["source"] == self.source].sort_values(["position", "column"], kind="stable")
        columns = _columns(mapped, records)
        lang = _language(columns, self.lang)
        cells = pd.DataFrame({h: _cells(records, f) for h, f in columns.items()}, index=records.index)
        standing = self._standing(records)
        better = self._better(records, columns, lang)
        left_out: tuple[str, ...] = ()
        order = pd.Series(records.index)
        if originals:
            cells, order = _original_cells(originals, records)
        else:
            left_out = tuple(str(c) for c in mapped["column"] if c not in columns)
        frame = cells.reset_index(drop=True)
        for name, values in {**_worded(standing, lang), **better}.items():
            frame[_free(name, frame)] = values.reindex(order).array
        return SourceFile(
            self.source,
            f"{_file_stem(self.source)}.{dialect.ending}",
            frame,
            dialect,
            left_out,
            int(standing["duplicate"].eq("yes").sum()),
            int(sum(values.notna().sum() for values in better.values())),
        )

    def _standing(self, records: pd.DataFrame) -> pd.DataFrame:
        """The added columns, as codes, by record."""
        mine = self.members[self.members["is_primary"] & (self.members["source"] == self.source)]
        mine = mine.drop_duplicates("record_id").set_index("record_id").reindex(records.index)
        parties = self.tables["parties"].drop_duplicates("party").set_index("party")
        ranked = pd.DataFrame(
            {
                "group": mine["group"],
                "quality": mine["party"].map(parties["quality"]).round(6),
                "created_at": mine["party"].map(parties["created_at"]),
                "record_id": records.index,
            }
        ).dropna(subset="group")
        ranked = ranked.sort_values(["quality", "created_at", "record_id"], ascending=[False, True, True])
        leaders = ranked.drop_duplicates("group").set_index("group")["record_id"]
        sizes = ranked["group"].value_counts()
        leader = mine["group"].map(leaders).astype("str")
        several = mine["group"].map(sizes).fillna(0).gt(1)
        leading = mine["leading"].eq(True)
        known = mine["group"].notna()
        own = pd.Series(records.index, index=records.index)
        sure = np.where(leading & mine["together"].fillna(0).gt(1), "certain", "single")
        state = pd.Series(np.where(known, np.where(leading, sure, "unsure"), "excluded"), index=records.index)
        return pd.DataFrame(
            {
                "customer_id": mine["customer_id"].where(leading),
                "duplicate": pd.Series(np.where(several & (leader != own), "yes", "no"), index=records.index),
                "master": pd.Series(np.where(known & (leader == own), "yes", "no"), index=records.index),
                "master_record": leader.where(several & (leader != own)),
                "certainty": state,
            }
        )

    def _better(self, records: pd.DataFrame, columns: Mapping[str, str], lang: Lang) -> dict[str, pd.Series]:
        """Added header -> corrected values, of columns that have any."""
        mine = self.members[self.members["source"] == self.source]
        persons = mine[mine["kind"] == "person"]
        people = persons[~persons["record_id"].duplicated(keep=False)].set_index("record_id")["party"]
        firms = (
            mine[mine["kind"] == "organization"].drop_duplicates("record_id").set_index("record_id")["party"]
        )
        record_of = mine.set_index("party")["record_id"]
        contacts = self.tables["contacts"]
        contacts = contacts[contacts["party"].isin(record_of.index)]
        contacts = contacts.assign(record_id=contacts["party"].map(record_of))
        addresses = self.tables["addresses"]
        corrector = Corrector(
            records,
            self.tables["parties"].drop_duplicates("party").set_index("party"),
            people,
            firms,
            self.golden,
            self.members.set_index("party")["group"],
            contacts,
            addresses[addresses["party"].isin(record_of.index)],
            self.date_order,
            lang,
        )
        found = {h: corrector.of(field) for h, field in columns.items() if field in records.columns}
        return {
            say("write.back.corrected", lang, column=header): better
            for header, better in found.items()
            if better is not None and better.notna().any()
        }


def _file_stem(source: str) -> str:
    """The source's name as a file name on every system; Windows keeps CON, NUL and the like for itself."""
    stem = _UNSAFE.sub("_", source)
    return f"_{stem}" if _RESERVED.fullmatch(stem.partition(".")[0]) else stem


def _columns(mapped: pd.DataFrame, records: pd.DataFrame) -> dict[str, str]:
    """Header -> field of the columns that the store keeps, in their order; each field once."""
    known = {f for f in mapped["field"].dropna() if f in records.columns or is_field(f)}
    kept = mapped[mapped["field"].isin(known)].drop_duplicates("field")
    return {str(c): str(f) for c, f in zip(kept["column"], kept["field"], strict=True)}


def _cells(records: pd.DataFrame, field: str) -> pd.Series:
    """The raw cells of a field; an identifier that several rows had was numbered when it was read."""
    if field not in records.columns:  # empty in every row of every source
        return pd.Series(index=records.index, dtype="str")
    if field != "record_id":
        return records[field]
    ids = pd.Series(records.index, index=records.index)
    bare = ids.str.replace(r"#\d+$", "", regex=True)
    return bare.where(bare.isin(set(records.index)), ids)


def _original_cells(
    originals: Sequence[tuple[str, Original]], records: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """All rows of the originals, and the record that each is (missing for rows that are none)."""
    place = pd.Series(records.index, index=pd.MultiIndex.from_frame(records[["file", "row"]]))
    place = place[~place.index.duplicated()]
    cells = pd.concat([original.frame for _, original in originals], ignore_index=True)
    at = [(file, int(line)) for file, original in originals for line in original.lines]
    return cells, pd.Series(place.reindex(pd.MultiIndex.from_tuples(at)).array)


def _language(columns: Mapping[str, str], lang: Lang) -> Lang:
    """The language of the headers: which catalogue's titles they resemble."""
    marks = {"de": 0, "en": 0}
    for header, field in columns.items():
        words = set(re.findall(r"[^\W\d_]+", header.casefold()))
        german, english = (
            set(re.findall(r"[^\W\d_]+", title(field, code).casefold())) for code in ("de", "en")
        )
        marks["de"] += bool(words & (german - english)) or bool(re.search("[äöüß]", header.casefold()))
        marks["en"] += bool(words & (english - german))
    if marks["de"] == marks["en"]:
        return lang
    return "de" if marks["de"] > marks["en"] else "en"


def _worded(standing: pd.DataFrame, lang: Lang) -> dict[str, pd.Series]:
    shown = {}
    for name in _ADDED:
        codes = {c: say(f"write.back.{c}", lang) for c in ("certain", "single", "unsure", "excluded")}
        codes |= {"yes": say("write.yes", lang), "no": say("write.no", lang)}
        values = standing[name]
        worded = name in {"duplicate", "master", "certainty"}
        shown[say(f"write.back.{name}", lang)] = values.map(codes).astype("str") if worded else values
    return shown


def _free(name: str, frame: pd.DataFrame) -> str:
    """The name, with a number where the source has such a column already."""
    number, free = 2, name
    while free in frame.columns:
        free, number = f"{name} ({number})", number + 1
    return free


def _named(files: Sequence[SourceFile]) -> list[SourceFile]:
    """The files with names that differ, also where a system knows no capitals."""
    taken: set[str] = set()
    named = []
    for file in files:
        name, number = file.name, 2
        stem, _, ending = file.name.rpartition(".")
        while name.casefold() in taken:
            name, number = f"{stem}-{number}.{ending}", number + 1
        taken.add(name.casefold())
        named.append(replace(file, name=name))
    return named
