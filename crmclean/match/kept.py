"""What stayed apart although a pair was strong enough: one finding per two customers, with the fact that says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean.match.cluster import Clustered
from crmclean.match.codes import Ints
from crmclean.match.compare import Compared
from crmclean.match.evidence import evidence
from crmclean.match.features import Features
from crmclean.match.joining import Kept
from crmclean.match.model import Model

__all__ = ["contradiction", "kept_rows"]

_FIELD = {
    "family": "family_name",
    "given": "given_name",
    "middle": "middle_names",
    "birth": "birth_date",
    "suffix": "name_suffix",
    "name": "organization",
}
_SILENT = frozenset({"one_to_one"})
"""Grounds that were asked for: nobody needs to be told."""


def kept_rows(
    features: Features, model: Model, clustered: Clustered, compared: Compared
) -> list[dict[str, Any]]:
    """Rows of issues: `bridge_cut` and `conflict_kept_apart`, once for two customers.

    Args:
        features: Whose names the rows have.
        model: The model in use.
        clustered: What stayed apart.
        compared: All compared pairs.
    """
    label = clustered.label
    strongest: dict[tuple[int, int], Kept] = {}
    for pair in sorted(clustered.kept, key=lambda k: (-k.weight, k.left, k.right)):
        if pair.rule not in _SILENT:
            a, b = int(label[pair.left]), int(label[pair.right])
            strongest.setdefault((min(a, b), max(a, b)), pair)
    told = list(strongest.values())
    fields = _fields(model, compared, told, features.n)
    names = features.parties
    rows = []
    for pair, field in zip(told, fields, strict=True):
        source, _, record = names[pair.left].rpartition("/")[0].partition(":")
        code = "bridge_cut" if pair.rule == "bridge" else "conflict_kept_apart"
        other = names[pair.right].rpartition("/")[0]
        rows.append({"code": code, "source": source, "record_id": record, "field": field, "detail": other})
    return rows


def _fields(model: Model, compared: Compared, told: list[Kept], n: int) -> list[str | None]:
    """The fact that speaks most clearly against the two rows of each that cannot be one."""
    keys = np.array([pair.one * n + pair.two for pair in told], dtype=np.int64)
    known = compared.left.astype(np.int64) * n + compared.right
    at = np.flatnonzero(np.isin(known, keys))
    named = dict(zip(known[at].tolist(), contradiction(model, compared, at), strict=True))
    fields = (named.get(key) for key in keys.tolist())
    return [
        None if fact is None or pair.rule == "bridge" else _FIELD.get(fact, fact)
        for pair, fact in zip(told, fields, strict=True)
    ]


def contradiction(model: Model, compared: Compared, at: Ints) -> list[str | None]:
    """The comparison that speaks most clearly against one person or company, of each pair; None without one.

    Args:
        model: The model in use.
        compared: Compared pairs.
        at: Positions of those that are asked about.
    """
    least, found = np.full(len(at), -1.0), np.full(len(at), -1)
    for i, comparison in enumerate(model.comparisons):
        if not (comparison.personal or comparison.identity):
            continue
        bits = evidence(comparison, compared.levels[at, i], compared.rarity[at, i])
        against = np.minimum(bits.chance, bits.kin) if comparison.personal else bits.chance
        lower = against < least
        least[lower], found[lower] = against[lower], i
    return [model.comparisons[i].name if i >= 0 else None for i in found.tolist()]
