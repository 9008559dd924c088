"""The law of the stages.

The input is unchanged, the output passes its table, the order of rows does not matter, an empty table
works, and so do one row and two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from crmclean import tables
from crmclean.config import Config
from crmclean.consent import decide_customers, import_consents
from crmclean.following import follow
from crmclean.match import match_parties
from crmclean.merge import flat_customers, identify_clusters, merge_clusters, relate_customers
from crmclean.normalize import normalize_consents, normalize_records, normalize_touchpoints
from crmclean.permissions import decide
from crmclean.profile import profile_columns, profile_sources
from crmclean.read import ReadResult, read_records
from crmclean.schema import Table
from tests.conftest import AS_OF, example_files

CONFIG = Config(as_of=AS_OF)
DECLARED: Mapping[str, Table[Any]] = {table.name: table for table in tables.TABLES}
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Stage:
    """A stage as a function of named frames.

    Args:
        name: As it is called.
        takes: Names of the frames it is given.
        run: Frames in, frames out.
        gives: Name of an output -> name of its table.
    """

    name: str
    takes: tuple[str, ...]
    run: Callable[[Frames], Frames]
    gives: Mapping[str, str]


def _normalize(f: Frames) -> Frames:
    found = normalize_records(
        tables.Records(f["records"]), CONFIG.normalize, sources=tables.Sources(f["sources"])
    )
    return {
        "parties": found.parties,
        "contacts": found.contacts,
        "addresses": found.addresses,
        "issues": found.issues,
    }


def _match(f: Frames) -> Frames:
    found = match_parties(
        tables.Parties(f["parties"]),
        tables.Contacts(f["contacts"]),
        tables.Addresses(f["addresses"]),
        CONFIG.match,
    )
    return {
        "scores": found.scores,
        "clusters": found.clusters,
        "relations": found.relations,
        "issues": found.issues,
    }


def _identify(f: Frames) -> Frames:
    members, identities = identify_clusters(
        tables.Clusters(f["clusters"]), tables.Parties(f["parties"]), at=AS_OF
    )
    return {"members": members, "identities": identities}


def _merge(f: Frames) -> Frames:
    values, conflicts = merge_clusters(
        tables.Members(f["members"]),
        tables.Parties(f["parties"]),
        tables.Contacts(f["contacts"]),
        tables.Addresses(f["addresses"]),
        CONFIG.merge,
        priority=("erp", "outlook"),
    )
    return {"customers": values, "issues": conflicts}


def _flat(f: Frames) -> Frames:
    flat = flat_customers(
        tables.Customers(f["customers"]), tables.Members(f["members"]), tables.Parties(f["parties"])
    )
    return {"flat": flat}


def _relate(f: Frames) -> Frames:
    related = relate_customers(tables.Relations(f["relations"]), tables.Members(f["members"]))
    return {"relations": related}


def _consents(f: Frames) -> Frames:
    events, unreadable = normalize_consents(f["raw_consents"], timezone="UTC", default_country="DE")
    consents, refused = import_consents(events, CONFIG.consent, as_of=AS_OF)
    return {"consents": consents, "unreadable": unreadable, "refused": refused}


def _decide(f: Frames) -> Frames:
    decided = decide_customers(
        tables.Consents(f["consents"]),
        tables.Members(f["members"]),
        tables.Contacts(f["contacts"]),
        pd.Series(dtype="str"),
        channels=["email", "phone"],
        purposes=["marketing.offers"],
        as_of=AS_OF,
    )
    return {"permissions": decided}


def _touchpoints(f: Frames) -> Frames:
    found, issues = normalize_touchpoints(f["raw_touchpoints"], timezone="UTC", default_country="DE")
    return {"touchpoints": found, "issues": issues}


def _profile(f: Frames) -> Frames:
    records, issues = tables.Records(f["records"]), tables.Issues(f["issues"])
    return {
        "columns": profile_columns(records, tables.Mappings(f["mappings"]), issues),
        "by_source": profile_sources(tables.Sources(f["sources"]), records, issues),
    }


STAGES = (
    Stage(
        "normalize_records",
        ("records", "sources"),
        _normalize,
        {"parties": "parties", "contacts": "contacts", "addresses": "addresses", "issues": "issues"},
    ),
    Stage(
        "match_parties",
        ("parties", "contacts", "addresses"),
        _match,
        {"scores": "scores", "clusters": "clusters", "relations": "relations", "issues": "issues"},
    ),
    Stage(
        "identify_clusters",
        ("clusters", "parties"),
        _identify,
        {"members": "members", "identities": "identities"},
    ),
    Stage(
        "merge_clusters",
        ("members", "parties", "contacts", "addresses"),
        _merge,
        {"customers": "customers", "issues": "issues"},
    ),
    Stage("flat_customers", ("customers", "members", "parties"), _flat, {}),
    Stage("relate_customers", ("relations", "members"), _relate, {"relations": "relations"}),
    Stage(
        "import_consents",
        ("raw_consents",),
        _consents,
        {"consents": "consents", "unreadable": "issues", "refused": "issues"},
    ),
    Stage("decide_customers", ("consents", "members", "contacts"), _decide, {"permissions": "permissions"}),
    Stage(
        "normalize_touchpoints",
        ("raw_touchpoints",),
        _touchpoints,
        {"touchpoints": "touchpoints", "issues": "issues"},
    ),
    Stage("profile", ("records", "sources", "mappings", "issues"), _profile, {}),
)
each_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.name)


@pytest.fixture(scope="module")
def frames() -> Frames:
    """All tables of the example, made by the stages in order."""
    read = read_records([str(file) for file in example_files()], CONFIG.read)
    made: Frames = {
        f.name: getattr(read, f.name)
        for f in fields(ReadResult)
        if f.name in {"records", "sources", "mappings"}
    }
    made |= {"raw_consents": read.consents, "raw_touchpoints": read.touchpoints}
    for stage in (_normalize, _match, _identify, _merge, _consents):
        made |= stage(made)
    return made


def taken(stage: Stage, frames: Frames) -> Frames:
    """Copies of what a stage is given."""
    return {name: frames[name].copy(deep=True) for name in stage.takes}


def in_any_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows, sorted by all columns; line numbers of files are left out."""
    plain = frame.drop(columns=[c for c in ("row",) if c in frame.columns])
    return plain.sort_values(list(plain.columns), ignore_index=True) if len(plain.columns) else plain


@each_stage
def test_input_is_unchanged(stage: Stage, frames: Frames) -> None:
    """A stage changes nothing that it is given."""
    given = taken(stage, frames)
    stage.run(given)
    for name, frame in given.items():
        assert_frame_equal(frame, frames[name])


@each_stage
def test_output_passes_its_table(stage: Stage, frames: Frames) -> None:
    """Outputs are as declared: columns, order, types, and keys that identify a row."""
    for name, frame in stage.run(taken(stage, frames)).items():
        assert isinstance(frame.index, pd.RangeIndex)
        if name in stage.gives:
            table = DECLARED[stage.gives[name]]
            assert_frame_equal(table.check(frame), frame)
            assert not table.key or not frame.duplicated(list(table.key)).any()


@each_stage
@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_does_not_matter(stage: Stage, frames: Frames, seed: int) -> None:
    """Shuffled input gives the same rows."""
    dice = np.random.default_rng(seed)
    given = taken(stage, frames)
    shuffled = {n: f.iloc[dice.permutation(len(f))].reset_index(drop=True) for n, f in given.items()}
    expected = stage.run(given)
    for name, frame in stage.run(shuffled).items():
        assert_frame_equal(in_any_order(frame), in_any_order(expected[name]), check_exact=False, rtol=1e-12)


@each_stage
def test_empty_tables_work(stage: Stage, frames: Frames) -> None:
    """No rows in, no rows out, columns and types as ever."""
    nothing = {name: frame.iloc[:0] for name, frame in taken(stage, frames).items()}
    for name, frame in stage.run(nothing).items():
        assert len(frame) == 0
        if name in stage.gives:
            assert (
                list(frame.columns)[: len(DECLARED[stage.gives[name]].names)]
                == DECLARED[stage.gives[name]].names
            )


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_whole_chain_on_few_rows(rows: int) -> None:
    """Nothing, one row, two rows that are one person, and a third: the chain holds."""
    people = [
        ("1", "Ida", "Köhler", "ida@koehler.example", "Ulm"),
        ("2", "Ida", "Koehler", "ida@koehler.example", "Ulm"),
        ("3", "Ole", "Brandt", "ole@brandt.example", "Bern"),
    ]
    frame = pd.DataFrame(people[:rows], columns=["id", "Vorname", "Nachname", "E-Mail", "Ort"], dtype="str")
    read = read_records([("erp", frame)])
    made: Frames = {"records": read.records, "sources": read.sources}
    for stage in (_normalize, _match, _identify, _merge, _flat):
        made |= stage(made)
    assert len(made["flat"]) == (rows if rows < 2 else rows - 1)
    assert made["scores"]["probability"].between(0, 1).all()


def test_joints_of_the_pipeline_keep_the_law(frames: Frames) -> None:
    """What follows a customer and what is decided come in an order of their own."""
    read = read_records([str(file) for file in example_files()], CONFIG.read)
    normal = normalize_records(read.records, CONFIG.normalize, sources=read.sources)
    members = tables.Members(frames["members"])
    touchpoints = follow(read, normal, members, CONFIG).touchpoints
    assert touchpoints[["source", "touchpoint_id"]].equals(
        touchpoints[["source", "touchpoint_id"]].sort_values(["source", "touchpoint_id"], ignore_index=True)
    )
    decided = decide(read, normal, members, tables.Customers(frames["customers"]), CONFIG)
    assert set(decided.permissions["customer_id"]) == set(members["customer_id"])
