"""How a customer grew out of its records, what held two customers apart, and why nobody compared them.

The order of links, the weakest bridge and what was kept apart are worked out again from the records,
the model and the decisions: they are the same as in the run that made the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crmclean.config import MatchConfig
from crmclean.decisions import standing
from crmclean.match.around import grounds_between, kept_around, parted
from crmclean.match.codes import Ints
from crmclean.match.compare import compare_pairs
from crmclean.match.explain import level_sentence
from crmclean.match.features import Features, features_of
from crmclean.match.joining import Kept
from crmclean.match.meeting import Meeting, meetings
from crmclean.match.model import Model
from crmclean.match.namesakes import namesakes_shown
from crmclean.match.plausible import sound_features
from crmclean.match.score import score_pairs
from crmclean.match.tune import threshold_bits
from crmclean.messages import Lang
from crmclean.tables import Addresses, Contacts, Decisions, Parties

__all__ = ["Apart", "Basis", "Growth", "Held", "Link", "explain_apart", "explain_cluster"]

Tables = tuple[Parties, Contacts, Addresses]


@dataclass(frozen=True, slots=True)
class Basis:
    """What explanations are worked out from.

    Args:
        tables: Parties, contacts and addresses of all records: frequencies come from them.
        model: The trained model of the kind that is asked about.
        config: Thresholds and limits of matching.
        decisions: What stewards said.
        lang: Language of the sentences.
    """

    tables: Tables
    model: Model
    config: MatchConfig
    decisions: Decisions | None = None
    lang: Lang = "en"

    def features(self) -> Features:
        """The facts of all parties, as matching saw them."""
        return sound_features(features_of(self.model.kind, *self.tables))[0]


@dataclass(frozen=True, slots=True)
class Link:
    """A pair and what it says.

    Args:
        party_l: The smaller party.
        party_r: The greater party.
        weight: Match weight in bits.
        probability: Of being one customer.
        sentence: What agrees and what differs.
        sizes: Records on either side when it was made; (0, 0) for a pair that is no link.
        certain: Whether the pair alone is enough.
        decided: Whether a steward said that the two are one.
    """

    party_l: str
    party_r: str
    weight: float
    probability: float
    sentence: str
    sizes: tuple[int, int] = (0, 0)
    certain: bool = True
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A pair that is strong enough to join a customer and did not.

    Args:
        link: The pair.
        rule: What kept it apart: contradiction, undecided, rival, one_to_one or bridge.
        witness: The two records that cannot be one, if two records say so.
    """

    link: Link
    rule: str
    witness: Link | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How a customer grew.

    Args:
        parties: Its parties of one kind.
        links: In the order in which they were made: strong ones first, one less than parties.
        weakest: The link of least weight: without it the customer falls in two; None for one record.
        contradictions: Pairs inside that alone would speak against one customer.
        held: Pairs with other customers that are strong enough and did not join, strongest first.
    """

    parties: tuple[str, ...]
    links: tuple[Link, ...]
    weakest: Link | None
    contradictions: tuple[Link, ...]
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """Why two parties are not in one customer.

    Args:
        compared: Whether a blocking rule brought the two together.
        meetings: All rules, the closest first.
        rule: What kept the customers apart: decision, contradiction, undecided, rival, one_to_one,
            bridge; names where a pair is strong, but by names alone in a table of many namesakes;
            implausible where their group was taken apart; below where no pair is strong enough.
        bridge: The pair that would have joined them; the strongest pair where none would.
        witness: The two records that cannot be one, if two records say so.
        across: Pairs between the two customers, and how many of them would join.
        contradictions: All pairs of members of both customers that must not be one.
    """

    compared: bool
    meetings: tuple[Meeting, ...]
    rule: str
    bridge: Link | None
    witness: Link | None
    across: tuple[int, int]
    contradictions: tuple[Link, ...]


def explain_cluster(parties: Sequence[str], basis: Basis, *, near: Sequence[str] = ()) -> Growth:
    """How the parties of one customer came together, and what was kept away from it.

    Args:
        parties: Parties of one kind that are one customer.
        basis: Records, model, thresholds and decisions.
        near: Parties of the customers that one of these fits.

    Raises:
        KeyError: A party is not among those of the model's kind.
    """
    features = basis.features()
    rows, others = _rows(features, parties), _rows(features, near)
    names = tuple(features.parties[row] for row in rows.tolist())
    held = _held(features, basis, rows, others)
    if len(rows) < 2:
        return Growth(names, (), None, (), held)
    first, second = np.triu_indices(len(rows), 1)
    links, against, weak = _links(features, basis, (rows[first], rows[second]))
    threshold = threshold_bits(basis.config)
    order = sorted(
        range(len(links)),
        key=lambda i: (
            not links[i].decided,
            against[i],
            links[i].weight < threshold,
            weak[i],
            -links[i].weight,
            links[i].party_l,
            links[i].party_r,
        ),
    )
    made = _tree([links[i] for i in order], threshold)
    weakest = min(made, key=lambda link: (link.decided, link.weight, link.party_l, link.party_r))
    inside = tuple(links[i] for i in np.flatnonzero(against))
    return Growth(names, tuple(made), weakest, inside, held)


def _held(features: Features, basis: Basis, rows: Ints, others: Ints) -> tuple[Held, ...]:
    """What would have joined the rows and did not, strongest first."""
    kept = kept_around(features, basis.model, np.concatenate([rows, others]), basis.config, basis.decisions)
    own = set(rows.tolist())
    outward = [k for k in kept if (k.left in own) != (k.right in own)]
    return tuple(
        _held_pair(features, basis, k) for k in sorted(outward, key=lambda k: (-k.weight, k.left, k.right))
    )


def _held_pair(features: Features, basis: Basis, kept: Kept) -> Held:
    witness = None if kept.rule == "bridge" else _link(features, basis, (kept.one, kept.two))
    return Held(_link(features, basis, (kept.left, kept.right)), kept.rule, witness)


def _rows(features: Features, parties: Sequence[str]) -> Ints:
    position = {party: i for i, party in enumerate(features.parties)}
    return np.array(sorted(position[party] for party in parties), dtype=np.int64)


def _link(features: Features, basis: Basis, pair: tuple[int, int]) -> Link:
    """One pair of rows as a link."""
    ends = (np.array([pair[0]], dtype=np.int64), np.array([pair[1]], dtype=np.int64))
    return _links(features, basis, ends)[0][0]


def _links(
    features: Features, basis: Basis, pairs: tuple[Ints, Ints]
) -> tuple[list[Link], list[bool], list[bool]]:
    """Pairs as links, and whether each contradicts or is weak."""
    left, right = np.minimum(*pairs), np.maximum(*pairs)
    compared = compare_pairs(basis.model, features, left, right)
    scored = score_pairs(basis.model, compared)
    same = _same(basis.decisions)
    links = []
    for i, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        one, two = features.parties[a], features.parties[b]
        sentence = level_sentence(basis.model, compared.levels[i].tolist(), basis.lang)
        weight, probability = float(scored.weight[i]), float(scored.probability[i])
        links.append(Link(one, two, weight, probability, sentence, decided=(one, two) in same))
    return links, scored.contradicts.tolist(), scored.weak.tolist()


def _same(decisions: Decisions | None) -> set[tuple[str, str]]:
    """The pairs of which a steward said last that they are one."""
    if decisions is None or not len(decisions):
        return set()
    last = standing(decisions)
    last = last[last["decision"] == "same"]
    return {
        (min(pair), max(pair))
        for pair in zip(last["party_l"].tolist(), last["party_r"].tolist(), strict=True)
    }


def _tree(ordered: Sequence[Link], threshold: float) -> list[Link]:
    """The links that joined something, with the sizes of what they joined."""
    group: dict[str, frozenset[str]] = {}
    made = []
    for link in ordered:
        one = group.get(link.party_l, frozenset({link.party_l}))
        two = group.get(link.party_r, frozenset({link.party_r}))
        if link.party_r in one:
            continue
        made.append(replace(link, sizes=(len(one), len(two)), certain=link.weight >= threshold))
        for member in one | two:
            group[member] = one | two
    return made


def explain_apart(
    pair: tuple[str, str],
    members: tuple[Sequence[str], Sequence[str]],
    basis: Basis,
    *,
    near: Sequence[str] = (),
) -> Apart:
    """Why two parties of one kind are two customers.

    Args:
        pair: The two parties.
        members: All parties of the same kind of the one's and of the other's customer.
        basis: Records, model, thresholds and decisions.
        near: Parties of further customers that a member fits.

    Raises:
        KeyError: A party is not among those of the model's kind.
    """
    features = basis.features()
    a, b = _rows(features, [pair[0]])[0], _rows(features, [pair[1]])[0]
    met = meetings(features, int(a), int(b), cap=basis.config.block_cap)
    one, two = (_rows(features, side) for side in members)
    across = (np.repeat(one, len(two)), np.tile(two, len(one)))
    distinct = across[0] != across[1]
    links, against, _ = _links(features, basis, (across[0][distinct], across[1][distinct]))
    contradictions = tuple(link for link, wrong in zip(links, against, strict=True) if wrong)
    joining = sum(link.weight >= threshold_bits(basis.config) for link in links)
    rule, bridge, witness = _grounds(features, basis, (one, two), members, near)
    if rule == "below" and joining:
        rule = "names" if namesakes_shown(basis.model) else "implausible"
    if bridge is None and links:
        bridge = max(links, key=lambda link: link.weight)
    return Apart(
        any(m.met for m in met), tuple(met), rule, bridge, witness, (len(links), joining), contradictions
    )


def _grounds(
    features: Features,
    basis: Basis,
    rows: tuple[Ints, Ints],
    members: tuple[Sequence[str], Sequence[str]],
    near: Sequence[str],
) -> tuple[str, Link | None, Link | None]:
    """The rule that kept two customers apart, the pair that would have joined them, and who contradicts."""
    said = parted(basis.decisions, *members)
    if said is not None:
        one, two = _rows(features, said).tolist()
        return "decision", None, _link(features, basis, (one, two))
    around = np.concatenate([*rows, _rows(features, near)])
    kept = kept_around(features, basis.model, around, basis.config, basis.decisions)
    found = grounds_between(kept, *rows)
    if found is None:
        return "below", None, None
    pair, witness = (
        None if ends is None else _link(features, basis, ends) for ends in (found.pair, found.witness)
    )
    return found.rule, pair, witness
