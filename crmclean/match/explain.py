"""Why two records are one customer, or why not: levels as sentences, tables and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from crmclean.match.codes import texts_of
from crmclean.match.compare import compare_pairs
from crmclean.match.evidence import evidence
from crmclean.match.features import Features, features_of
from crmclean.match.model import Model
from crmclean.match.plausible import sound_features
from crmclean.match.presence import SAME_GAPS
from crmclean.match.score import score_pairs
from crmclean.messages import Lang, say
from crmclean.tables import Addresses, Contacts, Parties
from crmclean.text.party_keys import key_parts

__all__ = [
    "Bar",
    "Explanation",
    "Step",
    "explain_pair",
    "kinds_of",
    "level_sentence",
    "reason_sentences",
    "waterfall",
]

_AGAINST = ("different", "gendered", "close", "one_sided")


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of a pair: its level, the bits it adds, and the sentence."""

    comparison: str
    level: str
    bits: float
    bits_related: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two parties score as they do.

    Args:
        party_l: The smaller party.
        party_r: The greater party.
        prior: Bits that any pair starts with.
        steps: The comparisons, strongest first.
        weight: Match weight in bits.
        probability: Of being one customer.
        related: Probability of belonging together and being two.
        sentence: All of it in words.
        one_sided: Comparisons that say nothing because only one of the two has the fact.
        calibrated: Bits that labels add to the weight, or take off it; None for a model without calibration.
    """

    party_l: str
    party_r: str
    prior: float
    steps: tuple[Step, ...]
    weight: float
    probability: float
    related: float
    sentence: str
    one_sided: tuple[str, ...] = ()
    calibrated: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a waterfall: what it stands for and the bits before and after it."""

    name: str
    start: float
    end: float


def waterfall(explanation: Explanation) -> tuple[Bar, ...]:
    """The way from the prior to the match weight, a bar per comparison, strongest first.

    The steps add up against coincidence. What is missing to the weight is the bar "related": the
    pair may belong together without being one, or names alone are not taken for enough. Behind it
    stands the bar "calibration": what labelled pairs of this weight turned out to be.
    """
    bars = [Bar("prior", 0.0, explanation.prior)]
    for step in explanation.steps:
        bars.append(Bar(step.comparison, bars[-1].end, bars[-1].end + step.bits))
    said = explanation.weight - (explanation.calibrated or 0.0)
    if abs(said - bars[-1].end) >= 0.005:
        bars.append(Bar("related", bars[-1].end, said))
    if explanation.calibrated is not None:
        bars.append(Bar("calibration", said, explanation.weight))
    return tuple(Bar(b.name, round(b.start, 4), round(b.end, 4)) for b in bars)


def level_sentence(model: Model, levels: Sequence[int], lang: Lang) -> str:
    """What agrees and what differs, from the level numbers of a pair.

    Args:
        model: Names the comparisons and levels.
        levels: A number per comparison.
        lang: Language.
    """
    named = [
        f"{c.name}={c.levels[level].name}"
        for c, level in zip(model.comparisons, levels, strict=True)
        if level
    ]
    return _sentence(model.kind, ";".join(named), lang)


def kinds_of(parties: pd.Series[str]) -> pa.DictionaryArray:
    """The kind of each party, as its key tells."""
    return key_parts(texts_of(parties))[2]


def reason_sentences(kind: pa.DictionaryArray, levels: pd.Series[str], lang: Lang) -> pd.Series[str]:
    """A sentence per pair from its level text; made once per distinct text.

    Args:
        kind: Kind of the parties of each pair.
        levels: Level texts as in the scores table: ``family=equal;given=initial``.
        lang: Language.
    """
    level = texts_of(levels).fill_null("").dictionary_encode()
    keys = kind.indices.to_numpy().astype(np.int64) * max(1, len(level.dictionary)) + level.indices.to_numpy()
    made = pa.array(keys).dictionary_encode()
    kinds, texts = kind.dictionary.to_pylist(), level.dictionary.to_pylist()
    sentences = [
        _sentence(kinds[key // len(texts)], texts[key % len(texts)], lang)
        for key in made.dictionary.to_pylist()
    ]
    found = pa.array(sentences, pa.large_string()).take(made.indices)
    return pd.Series(pd.array(found, dtype="str"), index=levels.index)


def _sentence(kind: str, levels: str, lang: Lang) -> str:
    parts = [part.split("=") for part in levels.split(";") if part]
    said = [
        (level in _AGAINST, say(f"match.level.{kind}.{name}.{level}", lang))
        for name, level in parts
        if level != SAME_GAPS  # of nearly all pairs: the steps show it
    ]
    agree = ", ".join(dict.fromkeys(text for against, text in said if not against))
    differ = ", ".join(dict.fromkeys(text for against, text in said if against))
    if agree and differ:
        return say("match.reason.both", lang, agree=agree, differ=differ)
    return agree or differ or say("match.reason.nothing", lang)


def explain_pair(
    party_l: str,
    party_r: str,
    tables: tuple[Parties, Contacts, Addresses],
    model: Model,
    *,
    lang: Lang = "en",
) -> Explanation:
    """Why these two parties are one customer, or why not.

    Args:
        party_l: A party.
        party_r: Another party of the same kind.
        tables: Parties, contacts and addresses of all records: frequencies come from them.
        model: The trained model of this kind.
        lang: Language of the sentences.

    Raises:
        KeyError: A party is not among those of the model's kind.
    """
    features, _ = sound_features(features_of(model.kind, *tables))
    position = {party: i for i, party in enumerate(features.parties)}
    a, b = sorted((position[party_l], position[party_r]))
    compared = compare_pairs(model, features, np.array([a]), np.array([b]))
    scored = score_pairs(model, compared)
    plain = score_pairs(replace(model, calibration=None), compared)
    steps = []
    for i, comparison in enumerate(model.comparisons):
        level = int(compared.levels[0, i])
        if level:
            bits = evidence(comparison, compared.levels[:, i], compared.rarity[:, i])
            against_related = min(float(bits.kin[0]), float(bits.associate[0]))
            name = comparison.levels[level].name
            sentence = say(f"match.level.{model.kind}.{comparison.name}.{name}", lang)
            steps.append(Step(comparison.name, name, float(bits.chance[0]), against_related, sentence))
    levels = ";".join(f"{s.comparison}={s.level}" for s in steps)
    return Explanation(
        features.parties[a],
        features.parties[b],
        float(np.log2(model.prior_match / (1 - model.prior_match))),
        tuple(sorted(steps, key=lambda s: (-abs(s.bits), s.comparison))),
        float(scored.weight[0]),
        float(scored.probability[0]),
        float(scored.related[0]),
        _sentence(model.kind, levels, lang),
        _one_sided(features, model, (a, b), {step.comparison for step in steps}),
        float(scored.weight[0] - plain.weight[0]) if model.calibration is not None else None,
    )


_FACTS = {"address": ("street", "postal", "city")}
"""The facts of comparisons of several facts; the others are called like theirs."""


def _one_sided(features: Features, model: Model, pair: tuple[int, int], said: set[str]) -> tuple[str, ...]:
    """The comparisons that say nothing because only one of the two parties has the fact."""
    return tuple(
        c.name
        for c in model.comparisons
        if c.name not in said and _has(features, c.name, pair[0]) != _has(features, c.name, pair[1])
    )


def _has(features: Features, comparison: str, row: int) -> bool:
    """Whether a party has what a comparison is about."""
    facts = (features.facts[f] for f in _FACTS.get(comparison, (comparison,)) if f in features.facts)
    return any(bool((fact.codes[row] >= 0).any()) for fact in facts)
