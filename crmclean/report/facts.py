"""What the report is made of: the tables of a run, a few figures and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from crmclean.match.model import Model

__all__ = ["ReportFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """The facts of one run, ready for a reader. A missing table is an empty frame.

    Args:
        sources: Table `sources`.
        mappings: Table `mappings`.
        customers_flat: Columns of customers.csv.
        pairs: Columns of pairs.csv. With a column `levels` as in `scores` the evidence is counted
            from it, else from the words of `reason`; with a column `kind` pairs of organizations
            are shown without the people on their records.
        riskiest: Pairs of the band match to show as the least certain; empty: those of the lowest
            weight in `pairs`.
        issues: Table `issues`.
        permissions: Table `permissions`, or columns of consent.csv; also as rows whose texts are codes.
        relations: Columns of relations.csv.
        touchpoints: Table `touchpoints`.
        records: Table `records`: the values shown side by side.
        counts: Figures that the tables do not hold or that were counted otherwise: records, files,
            customers, persons, organizations, review.
        policy: Name of the consent policy.
        as_of: Day of all decisions, ISO.
        version: Version of crmclean.
        notes: Sentences on what was not understood, in the report's language.
        models: The matching models as trained.
    """

    sources: pd.DataFrame = field(default_factory=pd.DataFrame)
    mappings: pd.DataFrame = field(default_factory=pd.DataFrame)
    customers_flat: pd.DataFrame = field(default_factory=pd.DataFrame)
    pairs: pd.DataFrame = field(default_factory=pd.DataFrame)
    riskiest: pd.DataFrame = field(default_factory=pd.DataFrame)
    issues: pd.DataFrame = field(default_factory=pd.DataFrame)
    permissions: pd.DataFrame | pa.Table = field(default_factory=pd.DataFrame)
    relations: pd.DataFrame = field(default_factory=pd.DataFrame)
    touchpoints: pd.DataFrame = field(default_factory=pd.DataFrame)
    records: pd.DataFrame = field(default_factory=pd.DataFrame)
    counts: Mapping[str, int] = field(default_factory=dict)
    policy: str = ""
    as_of: str = ""
    version: str = ""
    notes: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
