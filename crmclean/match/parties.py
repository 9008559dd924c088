"""The stage: parties become clusters, scored pairs and relations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from crmclean.config import LimitsConfig, MatchConfig, thread_count
from crmclean.match.beside import beside
from crmclean.match.block import blocks_of, rules_for
from crmclean.match.cluster import cluster_edges
from crmclean.match.compare import compare_pairs
from crmclean.match.crowds import without_crowds
from crmclean.match.edges import closed, edges_of
from crmclean.match.features import Features, facts_of, without_keys
from crmclean.match.gaps import with_presence
from crmclean.match.link import exclusive_sources
from crmclean.match.model import ORGANIZATION, PERSON, Model
from crmclean.match.outcome import Kind, clusters_of, issues_of, scores_of
from crmclean.match.pairing import Watch, Work, find_pairs, sample_pairs, unwatched, work_of
from crmclean.match.plausible import (
    Doubt,
    check_outcome,
    check_plausible,
    check_rows,
    odd_rows,
    refuse,
    sound_features,
)
from crmclean.match.relate import households, join_relations, works_at
from crmclean.match.scarce import check_facts
from crmclean.match.train import estimate_u, train_model
from crmclean.match.tune import decision_threshold, threshold_bits
from crmclean.match.used import Tables
from crmclean.memory import give_back, without_collector
from crmclean.tables import (
    RELATIONS,
    Addresses,
    Clusters,
    Contacts,
    Decisions,
    Issues,
    Parties,
    Relations,
    Scores,
)

__all__ = ["READERS", "Gathered", "Matches", "gather", "match_gathered", "match_parties"]


@dataclass(frozen=True, slots=True)
class Matches:
    """What matching found.

    Args:
        scores: Pairs from the review threshold up, with band and outcome.
        clusters: Cluster per party; every party is in one.
        relations: Clusters that belong together and are not one.
        issues: What was cut, kept apart or sent to review.
        models: The trained model per kind.
    """

    scores: Scores
    clusters: Clusters
    relations: Relations
    issues: Issues
    models: Mapping[str, Model]


def match_parties(  # noqa: PLR0913  three tables, what is said about them, and limits of the machine
    parties: Parties,
    contacts: Contacts,
    addresses: Addresses,
    config: MatchConfig = MatchConfig(),  # noqa: B008  frozen
    *,
    decisions: Decisions | None = None,
    models: Mapping[str, Model] | None = None,
    limits: LimitsConfig = LimitsConfig(),  # noqa: B008  frozen
    watch: Watch = unwatched,
) -> Matches:
    """Clusters of parties that are one customer; persons meet persons, organizations organizations.

    Args:
        parties: All parties.
        contacts: Their contact points.
        addresses: Their addresses.
        config: Thresholds and limits.
        decisions: What stewards said; obeyed in every case.
        models: Trained models per kind; without them the model is learned from these parties.
        limits: Threads and memory; the result is the same for all.
        watch: Told how many parties have met all others, and of how many.

    Raises:
        ModelError: Data or model are broken in a way that no useful result comes of; see `plausible`.
    """
    known = gather(Tables(parties, contacts, addresses), limits=limits)
    return match_gathered(
        known, parties, config, decisions=decisions, models=models, limits=limits, watch=watch
    )


Gathered = dict[str, tuple[Features, tuple[Doubt, ...]]]
"""Facts of the parties of each kind, and reasons to mistrust them; used up by matching."""
_KINDS = (PERSON.kind, ORGANIZATION.kind)
READERS = len(_KINDS) + 1
"""How many read a table of facts: each kind, and who looks for shifted rows."""


@without_collector()
def gather(tables: Tables, *, limits: LimitsConfig = LimitsConfig()) -> Gathered:  # noqa: B008  frozen
    """What matching knows of the parties; the tables are not asked for again, but for the names of parties.

    Args:
        tables: Parties, contacts and addresses, which have `READERS` here.
        limits: Threads.

    Raises:
        ModelError: The data are broken in a way that no useful result comes of; see `plausible`.
    """
    threads = thread_count(limits)
    with beside(threads) as start:
        odd = start(_odd_rows, tables)
        asked = {kind: start(_known, kind, tables, odd, threads=threads) for kind in _KINDS}
        known = {}
        for kind, found in asked.items():
            known[kind] = found()
            refuse(known[kind][1])
        return known


def _odd_rows(tables: Tables) -> list[pa.Array]:
    with tables.read("parties"), tables.read("contacts") as contacts, tables.read("addresses") as addresses:
        return odd_rows(contacts, addresses)


def _known(
    kind: str, tables: Tables, odd: Callable[[], list[pa.Array]], *, threads: int
) -> tuple[Features, tuple[Doubt, ...]]:
    features, doubts = sound_features(facts_of(kind, tables, threads=threads))
    return features, (*doubts, *check_rows(features, odd()), *check_facts(features))


def match_gathered(  # noqa: PLR0913  as `match_parties`
    known: Gathered,
    parties: Parties,
    config: MatchConfig = MatchConfig(),  # noqa: B008  frozen
    *,
    decisions: Decisions | None = None,
    models: Mapping[str, Model] | None = None,
    limits: LimitsConfig = LimitsConfig(),  # noqa: B008  frozen
    watch: Watch = unwatched,
    related: bool = True,
) -> Matches:
    """As `match_parties`, of facts that were gathered before.

    Args:
        known: From `gather`; emptied.
        parties: The same parties: their keys, sources, record ids and kinds.
        config: Thresholds and limits.
        decisions: What stewards said; obeyed in every case.
        models: Trained models per kind.
        limits: Threads and memory.
        watch: Told how many parties have met all others, and of how many.
        related: Whether relations are asked for.
    """
    machine = partial(work_of, limits, watch, homes=related)
    kinds = _found_kinds(known, config, decisions, models or {}, machine)
    with ThreadPoolExecutor(thread_count(limits)) as pool:
        scores = pool.submit(scores_of, kinds.values(), config)
        homes = pool.submit(_homes, kinds["person"]) if related else None
        clusters = clusters_of(parties, kinds.values())
        relations = RELATIONS.empty()
        if homes is not None:
            relations = join_relations(homes.result(), works_at(parties, clusters))
        return Matches(
            scores=scores.result(),
            clusters=clusters,
            relations=relations,
            issues=issues_of(kinds.values()),
            models={name: kind.model for name, kind in kinds.items()},
        )


def _homes(person: Kind) -> Relations:
    return households(person.found.homes, person.clustered.label, person.features.parties)


@without_collector()
def _found_kinds(
    known: Gathered,
    config: MatchConfig,
    decisions: Decisions | None,
    models: Mapping[str, Model],
    machine: Callable[[], Work],
) -> dict[str, Kind]:
    """What is found of persons, and of organizations."""
    kinds = {}
    for start in (PERSON, ORGANIZATION):
        kinds[start.kind] = _match_kind(known, models.get(start.kind), start, config, decisions, machine())
        give_back()  # the next kind needs the room
    return kinds


def _match_kind(
    known: Gathered,
    given: Model | None,
    start: Model,
    config: MatchConfig,
    decisions: Decisions | None,
    work: Work,
) -> Kind:
    features, doubts = known.pop(start.kind)
    with beside(work.threads) as begin:
        chances = partial(estimate_u, start, features, seed=config.seed, threads=work.threads)
        known_model = begin(lambda: given or chances())
        blocks = blocks_of(features, rules_for(features.kind), cap=config.block_cap, threads=work.threads)
        model = known_model()
    if config.link_only:
        work = replace(work, within=features.sources.codes)
    features = without_keys(features)
    pairs, share = sample_pairs(features, blocks, seed=config.seed, work=work)
    sample = compare_pairs(model, features, *pairs, threads=work.threads)
    if given is None:
        model = train_model(model, sample, max(2, features.n), share=share, threads=work.threads)
        model, sample = with_presence(model, features, sample, seed=config.seed)
    refuse(check_plausible(model, features, sample))
    del pairs, sample
    least = min(config.review_threshold, decision_threshold(config))
    found = find_pairs(model, features, blocks, least=least, work=work)
    found = closed(model, features, found, blocks, config)
    cut = {block.rule: block.lost for block in blocks if block.lost}
    del blocks
    edges = edges_of(model, features, found, config, decisions)
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    clustered = cluster_edges(
        features.n, edges, threshold=threshold_bits(config), largest=config.max_cluster, exclusive=own
    )
    sworn = (edges.left[edges.forced], edges.right[edges.forced])
    clustered = without_crowds(features, clustered, sworn)
    refuse(check_outcome(features, clustered.implausible))
    named = replace(features, facts={}, masks={})  # only the names are needed from here on
    return Kind(named, model, found, clustered, cut, doubts)
