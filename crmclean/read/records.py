"""The stage: inputs become sources, mappings, records and raw events.

Each table is understood by itself (`mapping`), then named (`names`), its rows get ids (`keys`), its
columns field names. Nothing is normalised: a record holds the text of the source. Private columns
are left out of records and frames. Does not depend on the order of files or rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from crmclean.config import ReadConfig, SourceConfig
from crmclean.fields import FIELDS, base_field
from crmclean.read.circles import Circle, foreign_numbers
from crmclean.read.events import EVENT_ROLES, raw_events
from crmclean.read.findings import duplicate_findings, own_findings, table_findings, untied_findings
from crmclean.read.keys import Keys, content_digests, id_column, number_keys, row_ids, unique_keys
from crmclean.read.mapping import Understood, keyed, map_table, without_number
from crmclean.read.names import source_names
from crmclean.read.raw import RawTable
from crmclean.read.reshape import reshape_records, row_findings
from crmclean.read.sources_known import KnownSource, as_before, known_tables
from crmclean.read.ties import Known, tie_sources
from crmclean.tables import ISSUES, MAPPINGS, RECORDS, SOURCES, Issues, Mappings, Records, Sources

__all__ = ["ReadResult", "recognise_tables"]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read, under canonical names.

    Args:
        sources: Files and what they were taken for.
        mappings: Columns and the fields they were taken for.
        records: Customer rows, raw text under canonical fields.
        frames: Source -> its cells under its own headers, private columns left out; index record_id.
        consents: Consent events, raw, columns as in `tables.CONSENTS`.
        touchpoints: As in `tables.TOUCHPOINTS`, raw.
        orders: As in `tables.ORDERS`, raw.
        opportunities: As in `tables.OPPORTUNITIES`, raw.
        tasks: As in `tables.TASKS`, raw.
        qualifications: As in `tables.QUALIFICATIONS`, raw.
        issues: Findings about files, columns and ids.
    """

    sources: Sources
    mappings: Mappings
    records: Records
    frames: dict[str, pd.DataFrame]
    consents: pd.DataFrame
    touchpoints: pd.DataFrame
    orders: pd.DataFrame
    opportunities: pd.DataFrame
    tasks: pd.DataFrame
    qualifications: pd.DataFrame
    issues: Issues


@dataclass(frozen=True, slots=True)
class _Part:
    """One table on its way: named, understood, its rows placed."""

    table: RawTable
    source: str
    said: SourceConfig
    understood: Understood
    key: int | None
    place: pd.DataFrame
    keys: Keys


def recognise_tables(
    tables: Sequence[RawTable], config: ReadConfig, known: Sequence[KnownSource] = ()
) -> ReadResult:
    """What the tables are and what their columns mean.

    Args:
        tables: As loaded.
        config: What a steward said.
        known: Sources of earlier runs, recognised and understood as before.

    Raises:
        ConfigError: The configuration names a field or role that does not exist.
        ReadError: The configuration names an id column that is not there; a file may be a known
            source or a new one.
    """
    named = known_tables(tables, config.sources, known) if known else tables
    ordered = sorted(named, key=lambda t: (t.named, t.file, t.sheet, t.folder, t.stem, t.sha256))
    before = {source.name: source for source in known}
    parts = _placed(ordered, source_names(ordered, config.sources), config, before)
    events = {role: _events(role, parts) for role in EVENT_ROLES}
    parts = _own_numbers(parts, events["orders"])
    customers = [part for part in parts if "customers" in part.understood.roles]
    here = _known(customers)
    holders = [*here, *_held({k.name for k in here}, known)]
    consents, untied = _tied(events.pop("consents"), holders, config.sources)
    issues: list[pd.DataFrame] = [own_findings(p.table, p.source) for p in parts]
    issues += [table_findings(p.table, p.source, p.understood, p.key, p.keys) for p in parts]
    issues += [
        duplicate_findings(p.place, p.keys)
        for p in parts
        if set(p.understood.roles) & {"customers", "touchpoints"}
    ]
    issues += [row_findings(_plain(p), p.table.frame, p.understood, p.place) for p in customers]
    issues += [untied_findings(untied)]
    return ReadResult(
        sources=_sources(parts),
        mappings=_mappings(parts),
        records=_records(customers),
        frames=_frames(parts),
        consents=consents,
        issues=ISSUES.check(pd.concat(issues, ignore_index=True)),
        **events,
    )


def _placed(
    tables: Sequence[RawTable], names: Sequence[str], config: ReadConfig, known: Mapping[str, KnownSource]
) -> list[_Part]:
    """The tables understood, each row with its source, id, file and line."""
    begun = []
    for table, name in zip(tables, names, strict=True):
        said = as_before(config.sources.get(name, SourceConfig()), known.get(name), table)
        said = _with_source(said, table, config.source_column)
        understood = map_table(table.frame, config, said)
        if name in known and not understood.date_order:
            understood = replace(understood, date_order=known[name].date_order)
        key = id_column(table.frame, understood, said)
        begun.append((table, name, said, keyed(understood, key), key))
    places = [_place(t, n, u, k) for t, n, _, u, k in begun]
    keys = _keyed(places, [(t, u) for t, _, _, u, _ in begun])
    parts = []
    for (table, name, said, understood, key), place, ids in zip(begun, places, keys, strict=True):
        placed = place.assign(record_id=pd.Series(ids.ids, dtype="str"))
        parts.append(_Part(table, name, said, understood, key, placed, ids))
    return parts


def _with_source(said: SourceConfig, table: RawTable, column: str) -> SourceConfig:
    """What was said of a table, with the column that names the source of each row."""
    if not column or column not in table.frame:
        return said
    return replace(said, columns={**said.columns, column: "source"})


def _own_numbers(parts: list[_Part], orders: pd.DataFrame) -> list[_Part]:
    """The parts; customer numbers that mean other customers than another source's are ids only."""
    keyed_by = [p for p in parts if _number(p) is not None and _number(p) == p.key]
    if len({p.source for p in keyed_by}) < 2:
        return parts
    circles = [Circle(p.source, _wide(p).set_index("record_id")) for p in keyed_by]
    cited = pd.Index(orders["customer_no"].dropna().unique()) if "customer_no" in orders else pd.Index([])
    foreign = foreign_numbers(circles, cited)
    return [replace(p, understood=without_number(p.understood)) if p.source in foreign else p for p in parts]


def _number(part: _Part) -> int | None:
    """Position of a customer number that nobody configured, None without one."""
    found = (g.position for g in part.understood.guesses if g.field == "customer_no" and g.reason != "config")
    return next(found, None) if "customers" in part.understood.roles else None


def _place(table: RawTable, name: str, understood: Understood, key: int | None) -> pd.DataFrame:
    rows = range(len(table.frame))
    place = pd.DataFrame({"source": name, "record_id": row_ids(table.frame, key)}, index=rows, dtype="str")
    column = next((g.position for g in understood.guesses if g.field == "source"), None)
    if column is not None and "customers" in understood.roles:
        place["source"] = table.frame.iloc[:, column].reset_index(drop=True).fillna(name)
    return place.assign(file=pd.Series(table.file, index=rows, dtype="str"), row=np.asarray(table.lines))


def _keyed(places: Sequence[pd.DataFrame], tables: Sequence[tuple[RawTable, Understood]]) -> list[Keys]:
    """Unique ids within each source, which may be several files, or one of several in a file."""
    found: list[Keys | None] = [None] * len(places)
    for group in _same_sources(places):
        ids = pd.concat([places[i]["record_id"] for i in group], ignore_index=True)
        sources = pd.concat([places[i]["source"] for i in group], ignore_index=True)
        several = len(sources.unique()) > 1
        scoped = (sources + "\x1f" + ids).astype("str") if several else ids
        keys = unique_keys(scoped) or number_keys(scoped, _digests([tables[i] for i in group]))
        names = _unscoped(keys.ids) if several else keys.ids
        start = 0
        for i in group:
            end = start + len(places[i])
            found[i] = Keys(names[start:end], keys.made[start:end], keys.repeated[start:end])
            start = end
    return [keys for keys in found if keys is not None]


def _same_sources(places: Sequence[pd.DataFrame]) -> list[list[int]]:
    """Tables that share a source, together."""
    groups: list[tuple[set[str], list[int]]] = []
    for i, place in enumerate(places):
        mine = set(place["source"].unique())
        joined = [g for g in groups if g[0] & mine]
        groups = [g for g in groups if not g[0] & mine]
        names = mine.union(*(g[0] for g in joined))
        groups.append((names, sorted([*(n for g in joined for n in g[1]), i])))
    return [members for _, members in groups]


def _digests(tables: Sequence[tuple[RawTable, Understood]]) -> np.ndarray:
    """Content digests of the rows, for ids that are missing or stand twice."""
    return np.concatenate([content_digests(table.frame, understood) for table, understood in tables])


def _unscoped(ids: Iterable[object]) -> np.ndarray:
    return np.array([str(name).rpartition("\x1f")[2] for name in ids], dtype=object)


def _events(role: str, parts: Sequence[_Part]) -> pd.DataFrame:
    frames = [
        raw_events(role, p.table.frame, p.understood, p.place)
        for p in parts
        if role in p.understood.roles and p.said.include
    ]
    return (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(
            {
                "source": pd.Series(dtype="str"),
                "file": pd.Series(dtype="str"),
                "row": pd.Series(dtype="int64"),
            }
        )
    )


def _tied(
    consents: pd.DataFrame, known: Sequence[Known], said: Mapping[str, SourceConfig]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Consents whose words for a source are ours, and the words that stayed untied with counts."""
    if "source" not in consents or consents["source"].isna().all():
        return consents, {}
    ids = (
        consents["record_id"]
        if "record_id" in consents
        else pd.Series(float("nan"), index=consents.index, dtype="str")
    )
    cited = {
        str(word): pd.Index(ids[rows].dropna().unique())
        for word, rows in consents.groupby("source").groups.items()
    }
    tied = tie_sources(cited, known, said)
    counts = consents["source"].value_counts()
    untied = {word: int(counts[word]) for word in cited if word not in tied}
    return consents.assign(source=consents["source"].replace(tied)), untied


def _held(delivered: set[str], known: Sequence[KnownSource]) -> list[Known]:
    """The sources of customers that earlier runs read and this one does not."""
    return [
        Known(source.name, frozenset({source.format}), source.ids())
        for source in known
        if "customers" in source.roles and source.name not in delivered
    ]


def _known(parts: Sequence[_Part]) -> list[Known]:
    ids: dict[str, list[pd.Series]] = {}
    formats: dict[str, set[str]] = {}
    for part in parts:
        for name, rows in part.place.groupby("source")["record_id"]:
            ids.setdefault(str(name), []).append(rows)
            formats.setdefault(str(name), set()).add(part.table.format)
    return [Known(name, frozenset(formats[name]), pd.Index(pd.concat(ids[name]))) for name in sorted(ids)]


def _records(parts: Sequence[_Part]) -> Records:
    frames = [_wide(part) for part in parts]
    if not frames:
        return RECORDS.empty()
    joined = pd.concat(frames, ignore_index=True)
    order = {name: i for i, name in enumerate(FIELDS)}
    fields = [c for c in joined.columns if c not in RECORDS.names]
    fields.sort(key=lambda c: (order.get(base_field(c), len(order)), len(c), c))
    return RECORDS.check(joined[[*RECORDS.names, *fields]])


def _wide(part: _Part) -> pd.DataFrame:
    """The customer rows of a table under field names, one field per column."""
    return reshape_records(_plain(part), part.table.frame, part.understood)


def _plain(part: _Part) -> pd.DataFrame:
    """The customer rows of a table under field names, cells as they are."""
    data: dict[str, pd.Series] = {}
    for guess in part.understood.guesses:
        if guess.field and guess.field not in {"record_id", "source"} and base_field(guess.field) in FIELDS:
            data[guess.field] = part.table.frame.iloc[:, guess.position].reset_index(drop=True)
    return pd.concat([part.place, pd.DataFrame(data, index=part.place.index)], axis=1)


def _frames(parts: Sequence[_Part]) -> dict[str, pd.DataFrame]:
    """Source -> raw cells without private columns, by record id."""
    found: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        kept = [g.position for g in part.understood.guesses if g.reason not in {"sensitive", "note"}]
        frame = part.table.frame.iloc[:, kept].set_axis(
            pd.Index(part.place["record_id"], name="record_id"), axis=0
        )
        for name, rows in part.place.groupby("source", sort=True).indices.items():
            found.setdefault(str(name), []).append(frame if len(rows) == len(frame) else frame.iloc[rows])
        if frame.empty:
            found.setdefault(part.source, []).append(frame)
    return {
        name: frames[0] if len(frames) == 1 else pd.concat(frames) for name, frames in sorted(found.items())
    }


def _sources(parts: Sequence[_Part]) -> Sources:
    rows: list[dict[str, object]] = []
    for part in parts:
        table, understood = part.table, part.understood
        counts = part.place["source"].value_counts().sort_index() if len(part.place) else {part.source: 0}
        rows += [
            {
                "source": name,
                "file": table.file or table.stem,
                "sheet": table.sheet,
                "roles": " ".join(understood.roles),
                "format": table.format,
                "profile": understood.profile.name if understood.profile else None,
                "encoding": table.encoding,
                "delimiter": table.delimiter,
                "date_order": understood.date_order,
                "id_column": None if part.key is None else str(table.frame.columns[part.key]),
                "rows": int(count),
                "sha256": table.sha256,
            }
            for name, count in counts.items()
        ]
    return SOURCES.check(pd.DataFrame(rows)) if rows else SOURCES.empty()


def _mappings(parts: Sequence[_Part]) -> Mappings:
    rows = [
        {"source": name, **asdict(guess)}
        for part in parts
        for name in sorted(part.place["source"].unique()) or [part.source]
        for guess in part.understood.guesses
    ]
    if not rows:
        return MAPPINGS.empty()
    return MAPPINGS.check(pd.DataFrame(rows).drop_duplicates(["source", "column"]))
