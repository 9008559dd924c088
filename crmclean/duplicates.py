"""Matching alone: `dedupe`, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.choices import matching_of, refuse_implausible
from crmclean.common_tables import crosswalk_of, joined_issues, pairs_of
from crmclean.config import DEFAULT, Config, thread_count
from crmclean.lean import for_matching, let_go
from crmclean.match import Matches
from crmclean.match.model import Model
from crmclean.match.parties import gather, match_gathered
from crmclean.memory import Watched, give_back, without_collector
from crmclean.merge import named_parties
from crmclean.normalize.records import Normalized
from crmclean.read import Input, ReadResult
from crmclean.stages import Progress, admit, read_inputs, silent
from crmclean.tables import Decisions, Issues

__all__ = ["Duplicates", "dedupe"]

Found = Callable[[str, pd.DataFrame], None]


def _untold(_name: str, _table: pd.DataFrame) -> None:
    """Tables for which nobody waits."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What matching alone found.

    Args:
        pairs: Columns of pairs.csv: source_l, record_id_l, source_r, record_id_r (str), weight
            (float, bits), probability (float, 0 to 1), band (match or review), reason.
        crosswalk: source, record_id, customer_id (str), each record once.
        matches: All tables of the matching stage.
        read: What was read.
        normal: Parties, contacts, addresses that were matched.
        issues: Findings of reading, normalising and matching.
        customers: Distinct customers of the crosswalk.
    """

    pairs: pd.DataFrame
    crosswalk: pd.DataFrame
    matches: Matches
    read: ReadResult
    normal: Normalized
    issues: Issues
    customers: int


def dedupe(  # noqa: PLR0913  what is said of the data, and how the call behaves
    inputs: Input | list[Input],
    config: Config = DEFAULT,
    *,
    decisions: Decisions | None = None,
    models: Mapping[str, Model] | None = None,
    progress: Progress = silent,
    strict: bool = False,
    lean: bool = False,
    found: Found = _untold,
) -> Duplicates:
    """Matching alone: duplicates within and across tables of people or companies.

    Args:
        inputs: A DataFrame, a path, or a list of them; see `run`.
        config: Sections read, normalize and match are used.
        decisions: What stewards said of pairs of parties; obeyed.
        models: Trained models per kind; without them they are learned from the data.
        progress: Told the name of each stage as it begins.
        strict: Refuse a result of which a part is implausible.
        found: Told the name of each table of the result and the table, in the moment it is there: pairs, issues,
            crosswalk.
        lean: Let go of records, frames and facts as soon as may be, find no relations; fork helpers.

    Returns:
        `.pairs` and `.crosswalk` as DataFrames, and all tables behind them.
    """
    watched = Watched(progress, config.limits)
    with without_collector():
        read = read_inputs(inputs if isinstance(inputs, list) else [inputs], config, (), watched)
    slim, read = (for_matching, replace(read, frames={})) if lean else (None, read)
    admitted = admit(read, config, watched, slim=slim, lean=lean)[1]
    read, admitted, tables = let_go(read, admitted, lean=lean)
    normal = admitted.normal
    watched("match")
    known = gather(tables, limits=config.limits)
    give_back()
    matches = match_gathered(
        known, normal.parties, matching_of(config),
        decisions=decisions, models=models, limits=config.limits, watch=watched.advance, related=not lean,
    )  # fmt: skip
    refuse_implausible(read.issues, matches.issues, strict=strict)
    with ThreadPoolExecutor(thread_count(config.limits)) as pool:
        named = pool.submit(named_parties, matches.clusters, normal.parties)
        pairs = pool.submit(pairs_of, matches, config.lang)
        issues = pool.submit(joined_issues, read, normal, admitted, matches)
        found("pairs", pairs.result())
        found("issues", issues.result())
        members, customers = named.result()
        crosswalk = crosswalk_of(members, admitted.excluded)
        found("crosswalk", crosswalk)
        return Duplicates(pairs.result(), crosswalk, matches, read, normal, issues.result(), customers)
