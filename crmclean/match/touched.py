"""Matching what a run touched: new and changed parties meet all others, nothing else is looked at again.

Facts, frequencies and blocks are those of all parties, so that a pair is scored as a run over everything
would score it. Who is clustered anew: the touched, everybody they may be joined with, everybody whose
customer held a party that changed or is gone, and everybody who has one of their addresses or numbers,
for a mailbox that one more person uses says less of the others. All other customers stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from crmclean.config import LimitsConfig, MatchConfig, thread_count
from crmclean.match.block import Blocks, blocks_of, pairs_with, rules_for
from crmclean.match.bound import Bound, bound_of
from crmclean.match.cluster import Clustered, cluster_edges
from crmclean.match.codes import Ints
from crmclean.match.compare import compare_pairs
from crmclean.match.crowds import without_crowds
from crmclean.match.edges import closed, edges_of
from crmclean.match.features import Features, features_of
from crmclean.match.gaps import with_presence
from crmclean.match.link import exclusive_sources
from crmclean.match.model import ORGANIZATION, PERSON, Model
from crmclean.match.outcome import Kind, issues_of, names_of, scores_of
from crmclean.match.pairing import Found, joined, sample_pairs, taken, work_of
from crmclean.match.plausible import (
    Doubt,
    check_outcome,
    check_plausible,
    check_rows,
    odd_rows,
    refuse,
    sound_features,
)
from crmclean.match.region import Before, Place, bonds_of, holders_of, paired_touched, place_of, region_of
from crmclean.match.relate import homes_of, households, join_relations, may_share_home
from crmclean.match.scarce import check_facts
from crmclean.match.score import score_pairs
from crmclean.match.train import estimate_u, train_model
from crmclean.match.tune import decision_threshold, threshold_bits
from crmclean.memory import without_collector
from crmclean.tables import (
    CLUSTERS,
    SCORES,
    Addresses,
    Clusters,
    Contacts,
    Decisions,
    Issues,
    Parties,
    Relations,
    Scores,
)

__all__ = ["Before", "Touched", "match_touched"]

Flags = npt.NDArray[np.bool_]
STRETCH = 20_000
"""Touched parties whose pairs are looked at at once."""
SHIFT = 0.1
"""Bits by which the weight of a pair may drift before its rows are looked at again."""
PORTION = 200_000
"""Pairs of the run before that are scored again at once."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What matching found; parties that are not in `clusters` are where they were.

    Args:
        clusters: Cluster per party that was clustered anew.
        scores: All scored pairs of these parties.
        homes: Households of their clusters, by a party of either side.
        issues: What all parties show, and implausible clusters of these.
        doubted: Values that are left out of matching now and were not, or the other way round: then what
            is not looked at again would come out otherwise, too.
        largest: Share of all parties that was clustered anew.
        models: The models that were used.
    """

    clusters: Clusters
    scores: Scores
    homes: Relations
    issues: Issues
    doubted: tuple[str, ...]
    largest: float
    models: Mapping[str, Model] = field(default_factory=dict)


@without_collector()
def match_touched(  # noqa: PLR0913  three tables, what was before, what is said about them, and limits
    parties: Parties,
    contacts: Contacts,
    addresses: Addresses,
    before: Before,
    config: MatchConfig,
    models: Mapping[str, Model],
    *,
    decisions: Decisions | None = None,
    limits: LimitsConfig = LimitsConfig(),  # noqa: B008  frozen
) -> Touched:
    """Clusters of the parties that a change may concern.

    Args:
        parties: All parties as they are now.
        contacts: Their contact points.
        addresses: Their addresses.
        before: What was before, and what changed.
        config: Thresholds and limits.
        models: The models of the run before, per kind; those that are missing are learned anew.
        decisions: What stewards said; obeyed in every case.
        limits: Threads; the result is the same for all.
    """
    kinds, clusters, homes, total = [], [], [], 0
    for start in (PERSON, ORGANIZATION):
        features, doubts = sound_features(
            features_of(start.kind, parties, contacts, addresses, threads=thread_count(limits))
        )
        doubts = (*doubts, *check_rows(features, odd_rows(contacts, addresses)), *check_facts(features))
        refuse(doubts)
        place = place_of(features, before, decisions)
        blocks = blocks_of(features, rules_for(start.kind), cap=config.block_cap)
        model = models.get(start.kind) or _learned(start, features, blocks, config, limits)
        anew = start.kind not in models  # other weights: every pair says something else
        place = paired_touched(place) if anew else place
        kind, region = _matched(features, model, blocks, place, (config, decisions), anew=anew)
        kinds.append(replace(kind, doubts=doubts))
        label, names = kind.clustered.label, names_of(features)
        rows = np.flatnonzero(region)
        clusters.append(_clusters(names, rows, label))
        if start is PERSON:
            homes.append(_homes(kind, region))
        total += len(rows)
        del features
    doubted = _doubted(before, [doubt for kind in kinds for doubt in kind.doubts])
    clusters.append(_alone(parties, before, clusters))
    found = pd.concat(clusters, ignore_index=True).sort_values("party", kind="stable")
    scores = scores_of(kinds, config)
    ends = scores["party_l"].isin(found["party"]) | scores["party_r"].isin(found["party"])
    return Touched(
        clusters=CLUSTERS.check(found.reset_index(drop=True)),
        scores=SCORES.check(scores[ends]),
        homes=join_relations(*homes),
        issues=issues_of(kinds),
        doubted=doubted,
        largest=total / max(1, len(parties)),
        models={kind.model.kind: kind.model for kind in kinds},
    )


_LEFT_OUT = ("field_constant", "numbers_not_unique")


def _doubted(before: Before, doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """What is left out of matching now or was, not both."""
    now = {(doubt.code, doubt.field) for doubt in doubts}
    return tuple(sorted({name for code, name in now ^ before.doubts if code in _LEFT_OUT}))


def _alone(parties: Parties, before: Before, found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Touched parties that meet nobody, for they are test rows."""
    test = parties.loc[parties["is_test"], "party"]
    names = test[test.isin(before.touched)].reset_index(drop=True)
    names = names[~names.isin(pd.concat([part["party"] for part in found]))]
    return pd.DataFrame({"party": names, "cluster": names})


def _clusters(names: pa.Array, rows: Ints, label: Ints) -> pd.DataFrame:
    party, cluster = (names.take(pa.array(at)) for at in (rows, label[rows]))
    return pd.DataFrame({"party": pd.array(party, dtype="str"), "cluster": pd.array(cluster, dtype="str")})


def _homes(kind: Kind, region: Flags) -> Relations:
    """Households of which one side was clustered anew."""
    homes = kind.found.homes
    inside = region[homes.left] | region[homes.right]
    chosen = type(homes)(
        *(getattr(homes, name)[inside] for name in ("left", "right", "address", "phone", "email"))
    )
    return households(chosen, kind.clustered.label, kind.features.parties)


def _learned(
    start: Model, features: Features, blocks: Sequence[Blocks], config: MatchConfig, limits: LimitsConfig
) -> Model:
    """A model learned from all parties, as a run over everything learns it."""
    work = work_of(limits)
    if config.link_only:
        work = replace(work, within=features.sources.codes)
    model = estimate_u(start, features, seed=config.seed, threads=work.threads)
    pairs, share = sample_pairs(features, blocks, seed=config.seed, work=work)
    sample = compare_pairs(model, features, *pairs, threads=work.threads)
    model = train_model(model, sample, max(2, features.n), share=share)
    model, sample = with_presence(model, features, sample, seed=config.seed)
    refuse(check_plausible(model, features, sample))
    return model


def _matched(
    features: Features,
    model: Model,
    blocks: Sequence[Blocks],
    place: Place,
    said: tuple[MatchConfig, Decisions | None],
    *,
    anew: bool,
) -> tuple[Kind, Flags]:
    """The rows that are clustered anew, and what is found of them."""
    config, decisions = said
    least = min(config.review_threshold, decision_threshold(config))
    within = features.sources.codes if config.link_only else None
    bound = bound_of(model, features, float(np.log2(least / (1.0 - least))) if least < 1 else 0.0)
    look = _Look(model, features, blocks, bound, least, threshold_bits(config), within)
    seeds = place.dirty | holders_of(features, place.touched) | _turned(look, place)
    region, found = _followed(look, place, seeds)
    found = closed(model, features, found, [], config)
    clustered = _clustered(model, features, found, config, decisions)
    before = place.first[place.label]
    label = np.where(region, clustered.label, before)
    changed = region if anew else _changed(place, before, label)
    clustered = replace(clustered, label=np.where(changed, label, before))
    region = changed | place.dirty
    refuse(check_outcome(features, clustered.implausible))
    named = replace(features, facts={}, masks={})
    cut = {block.rule: block.lost for block in blocks if block.lost}
    return Kind(named, model, found, clustered, cut), region


@dataclass(frozen=True, slots=True)
class _Look:
    """How pairs are looked at: as a run over everything does."""

    model: Model
    features: Features
    blocks: Sequence[Blocks]
    bound: Bound
    least: float
    threshold: float
    within: Ints | None


def _followed(look: _Look, place: Place, seeds: Flags) -> tuple[Flags, Found]:
    """The rows that are reached from these, and all pairs of which one is reached."""
    n = look.features.n
    bonds = bonds_of(place)
    region = region_of(n, seeds, bonds)
    done = np.zeros(n, dtype=bool)
    parts: list[Found] = []
    while (rows := np.flatnonzero(region & ~done)).size:
        turn = np.where(done, np.int64(-1), np.int64(n))  # pairs with those who were asked are found
        turn[rows] = np.arange(len(rows)) // STRETCH
        for number in range(-(-len(rows) // STRETCH)):
            parts.append(_met(look, pairs_with(look.blocks, n, turn == number, after=turn)))
            over = parts[-1].scored.weight >= look.threshold
            bonds.append((parts[-1].compared.left[over], parts[-1].compared.right[over]))
        done[rows] = True
        region = region_of(n, region, bonds)
    nothing = compare_pairs(look.model, look.features, *(np.empty(0, dtype=np.int64) for _ in "lr"))
    return region, Found(
        joined([part.compared for part in parts], nothing),
        joined([part.scored for part in parts], score_pairs(look.model, nothing)),
        joined([part.homes for part in parts], homes_of(look.model, nothing)),
        sum(part.pairs for part in parts),
    )


def _met(look: _Look, pairs: tuple[Ints, Ints]) -> Found:
    """The pairs that reach the probability, and those that share a home."""
    left, right = pairs
    if look.within is not None:
        apart = look.within[left] != look.within[right]
        left, right = left[apart], right[apart]
    may = look.bound.may_reach(left, right)
    may |= may_share_home(look.features, left, right)
    compared = compare_pairs(look.model, look.features, left[may], right[may])
    scored = score_pairs(look.model, compared)
    reached = scored.probability >= look.least
    return Found(compared.take(reached), taken(scored, reached), homes_of(look.model, compared), len(left))


def _turned(look: _Look, place: Place) -> Flags:
    """Rows of pairs that say something else than before: strong enough now, no more, or quite changed.

    Names grow more common and rarer with every month, and the weights of all pairs with them; what is
    taken off the weights of namesakes stays the same.
    """
    found = np.zeros(look.features.n, dtype=bool)
    left, right = place.pairs
    for start in range(0, len(left), PORTION):
        part = slice(start, start + PORTION)
        scored = score_pairs(look.model, compare_pairs(look.model, look.features, left[part], right[part]))
        before = place.weight[part]
        turned = np.abs(scored.weight - before) > SHIFT
        for now in (scored.weight, scored.joining):
            turned |= (now >= look.threshold) != (before - (scored.weight - now) >= look.threshold)
        found[left[part][turned]] = True
        found[right[part][turned]] = True
    return found


def _changed(place: Place, before: Ints, label: Ints) -> Flags:
    """The rows whose customer, before or now, holds a row that is new or changed, or held one that is gone.

    All others stay together as they were: nothing was said of them, and a name that grew a little more
    common is no reason to take a customer apart or to give it another id. A full run weighs them anew.
    """
    rows = np.arange(len(label), dtype=np.int64)
    return region_of(len(label), place.news, [(before, rows), (label, rows)])


def _clustered(
    model: Model, features: Features, found: Found, config: MatchConfig, decisions: Decisions | None
) -> Clustered:
    edges = edges_of(model, features, found, config, decisions)
    own = exclusive_sources(features.sources, config.no_duplicates, every=config.link_only)
    clustered = cluster_edges(
        features.n, edges, threshold=threshold_bits(config), largest=config.max_cluster, exclusive=own
    )
    return without_crowds(features, clustered, (edges.left[edges.forced], edges.right[edges.forced]))
