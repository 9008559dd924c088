"""How a customer grew out of its records, what held two customers apart, and why nobody compared them.

The order of links, the weakest bridge and the contradictions are worked out again from the records
and the model: they are the same as in the run that made the customer, decisions aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crmclean.match.codes import Ints
from crmclean.match.compare import compare_pairs
from crmclean.match.explain import level_sentence
from crmclean.match.features import Features, features_of
from crmclean.match.meeting import Meeting, meetings
from crmclean.match.model import Model
from crmclean.match.plausible import sound_features
from crmclean.match.score import score_pairs
from crmclean.messages import Lang
from crmclean.tables import Addresses, Contacts, Parties

__all__ = ["Apart", "Growth", "Link", "explain_apart", "explain_cluster"]

Tables = tuple[Parties, Contacts, Addresses]


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
        certain: Whether the pair alone is enough; otherwise a steward or its company joined it.
    """

    party_l: str
    party_r: str
    weight: float
    probability: float
    sentence: str
    sizes: tuple[int, int] = (0, 0)
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Growth:
    """How a customer grew.

    Args:
        parties: Its parties of one kind.
        links: In the order in which they were made: strong ones first, one less than parties.
        weakest: The link of least weight: without it the customer falls in two; None for one record.
        contradictions: Pairs inside that alone would speak against one customer.
    """

    parties: tuple[str, ...]
    links: tuple[Link, ...]
    weakest: Link | None
    contradictions: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Why two parties are not in one customer.

    Args:
        compared: Whether a blocking rule brought the two together.
        meetings: All rules, the closest first.
        contradictions: Pairs of members of both customers that must not be one.
        bridge: The strongest pair between both customers.
    """

    compared: bool
    meetings: tuple[Meeting, ...]
    contradictions: tuple[Link, ...]
    bridge: Link | None


def explain_cluster(
    parties: Sequence[str], tables: Tables, model: Model, *, threshold: float, lang: Lang = "en"
) -> Growth:
    """How the parties of one customer came together.

    Args:
        parties: Parties of one kind that are one customer.
        tables: Parties, contacts and addresses of all records.
        model: The trained model of the kind.
        threshold: Match weight in bits from which a pair joins.
        lang: Language of the sentences.

    Raises:
        KeyError: A party is not among those of the model's kind.
    """
    features, _ = sound_features(features_of(model.kind, *tables))
    rows = _rows(features, parties)
    names = tuple(features.parties[row] for row in rows.tolist())
    if len(rows) < 2:
        return Growth(names, (), None, ())
    first, second = np.triu_indices(len(rows), 1)
    links, against, weak = _links(features, model, (rows[first], rows[second]), lang)
    order = sorted(
        range(len(links)),
        key=lambda i: (
            against[i],
            links[i].weight < threshold,
            weak[i],
            -links[i].weight,
            links[i].party_l,
            links[i].party_r,
        ),
    )
    made = _tree([links[i] for i in order], threshold)
    weakest = min(made, key=lambda link: (link.weight, link.party_l, link.party_r))
    inside = tuple(links[i] for i in np.flatnonzero(against))
    return Growth(names, tuple(made), weakest, inside)


def _rows(features: Features, parties: Sequence[str]) -> Ints:
    position = {party: i for i, party in enumerate(features.parties)}
    return np.array(sorted(position[party] for party in parties), dtype=np.int64)


def _links(
    features: Features, model: Model, pairs: tuple[Ints, Ints], lang: Lang
) -> tuple[list[Link], list[bool], list[bool]]:
    """Pairs as links, and whether each contradicts or is weak."""
    left, right = np.minimum(*pairs), np.maximum(*pairs)
    compared = compare_pairs(model, features, left, right)
    scored = score_pairs(model, compared)
    links = [
        Link(
            features.parties[a],
            features.parties[b],
            float(scored.weight[i]),
            float(scored.probability[i]),
            level_sentence(model, compared.levels[i].tolist(), lang),
        )
        for i, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True))
    ]
    return links, scored.contradicts.tolist(), scored.weak.tolist()


def _tree(ordered: Sequence[Link], threshold: float) -> list[Link]:
    """The links that joined something, with the sizes of what they joined."""
    group: dict[str, frozenset[str]] = {}
    made = []
    for link in ordered:
        one = group.get(link.party_l, frozenset({link.party_l}))
        two = group.get(link.party_r, frozenset({link.party_r}))
        if link.party_r in one:
            continue
        sizes = (len(one), len(two))
        certain = link.weight >= threshold
        made.append(
            Link(link.party_l, link.party_r, link.weight, link.probability, link.sentence, sizes, certain)
        )
        for member in one | two:
            group[member] = one | two
    return made


def explain_apart(
    pair: tuple[str, str],
    members: tuple[Sequence[str], Sequence[str]],
    tables: Tables,
    model: Model,
    *,
    cap: int,
    lang: Lang = "en",
) -> Apart:
    """Why two parties of one kind are two customers.

    Args:
        pair: The two parties.
        members: All parties of the same kind of the one's and of the other's customer.
        tables: Parties, contacts and addresses of all records.
        model: The trained model of the kind.
        cap: Largest block compared whole.
        lang: Language of the sentences.

    Raises:
        KeyError: A party is not among those of the model's kind.
    """
    features, _ = sound_features(features_of(model.kind, *tables))
    a, b = _rows(features, [pair[0]])[0], _rows(features, [pair[1]])[0]
    met = meetings(features, int(a), int(b), cap=cap)
    one, two = (_rows(features, side) for side in members)
    across = (np.repeat(one, len(two)), np.tile(two, len(one)))
    distinct = across[0] != across[1]
    links, against, _ = _links(features, model, (across[0][distinct], across[1][distinct]), lang)
    bridge = max(links, key=lambda link: link.weight) if links else None
    contradictions = tuple(link for link, wrong in zip(links, against, strict=True) if wrong)
    return Apart(any(m.met for m in met), tuple(met), contradictions, bridge)
