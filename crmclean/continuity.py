"""What a run keeps of the run before: weights of matching, and the bound on merging known customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crmclean.config import Config, MatchConfig
from crmclean.errors import ModelError
from crmclean.match.model import Model, model_from_text, model_text
from crmclean.messages import Lang, say
from crmclean.store import Store, holding
from crmclean.tables import (
    DECISIONS,
    LOCKS,
    MODELS,
    Decisions,
    Identities,
    Locks,
    Models,
    Parties,
)

__all__ = ["Memory", "held_by", "memory_of", "models_before", "models_table", "refuse_merging"]

GROWTH = 0.1
"""Share by which the parties may have grown or shrunk since a model was trained: above it is trained anew."""
FEWEST_MERGED = 20
"""Merged customers below which no share is alarming."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a run remembers.

    Args:
        store: Ids, weights and everything else of the runs before; None: nothing.
        decisions: All that stewards said of pairs, in the order in which it was said.
        locks: All that they pinned, likewise.
        at: Time from which new ids are valid; empty: the day of the run.
        within: Parties to which a word is confined, as `confined` says; None: all is found anew.
    """

    store: Store | None
    decisions: Decisions | None
    locks: Locks | None
    at: str = ""
    within: tuple[str, ...] | None = None


def memory_of(
    store: Store | None, *, decisions: Decisions | None = None, locks: Locks | None = None, at: str = ""
) -> Memory:
    """The memory of a store, with words of a steward that are not in it yet.

    From here on the store is watched: what is calculated from it is refused if another program saves meanwhile.

    Args:
        store: The store.
        decisions: Further decisions, the newest.
        locks: Further locks, the newest.
        at: Time from which new ids are valid; empty: the day of the run.
    """
    if store is None:
        return Memory(None, decisions, locks, at)
    store.watch()
    said = pd.concat([store.load("decisions"), *([] if decisions is None else [decisions])])
    pinned = pd.concat([store.load("locks"), *([] if locks is None else [locks])])
    return Memory(store, DECISIONS.check(said), LOCKS.check(pinned), at)


def held_by(memory: Memory, identities: Identities, config: Config) -> Locks | None:
    """What stewards pinned, as far as it holds on the day of the run."""
    return None if memory.locks is None else holding(memory.locks, identities, config.as_of)


def _counts(parties: Parties) -> dict[str, int]:
    """Kind -> parties that are matched."""
    return {str(k): int(v) for k, v in parties.loc[~parties["is_test"], "kind"].value_counts().items()}


def models_before(store: Store | None, parties: Parties) -> dict[str, Model]:
    """The stored models that still fit: as many parties as they were trained on, give or take a tenth.

    Args:
        store: The store; None: nothing is known.
        parties: All parties of this run.
    """
    if store is None or store.last_run() is None:
        return {}
    now = _counts(parties)
    found = {}
    for row in store.load("models").to_dict("records"):
        trained, kind = int(row["parties"]), str(row["kind"])
        if trained and abs(now.get(kind, 0) - trained) <= GROWTH * trained:
            found[kind] = model_from_text(str(row["text"]))
    return found


def models_table(
    models: Mapping[str, Model], parties: Parties, store: Store | None, known: Mapping[str, Model]
) -> Models:
    """The table `models`; one that was taken over keeps the number of parties it was trained on.

    Args:
        models: Models of this run.
        parties: All parties of this run.
        store: Where the earlier ones are.
        known: Those of them that were taken over.
    """
    now = _counts(parties)
    before = {} if store is None or not known else _trained(store)
    rows = [
        {
            "kind": kind,
            "text": model_text(model),
            "parties": before[kind] if known.get(kind) == model and kind in before else now.get(kind, 0),
        }
        for kind, model in sorted(models.items())
    ]
    return MODELS.check(pd.DataFrame(rows))


def _trained(store: Store) -> dict[str, int]:
    rows = store.load("models")
    return dict(zip(rows["kind"].tolist(), rows["parties"].tolist(), strict=True))


def refuse_merging(
    known: Identities | None, now: Identities, config: MatchConfig, *, lang: Lang = "en"
) -> None:
    """Stops a run that would merge far more known customers into others than a month explains.

    Args:
        known: The registry of the run before; None on a first run.
        now: The registry as this run would leave it.
        config: `max_merge_share`.
        lang: Language of the error.

    Raises:
        ModelError: With how many, and what to do.
    """
    if known is None or not len(known):
        return
    active = known["status"].eq("active")
    gone = now.loc[now["status"] == "merged", "customer_id"]
    merged = int((known["customer_id"].isin(gone) & active).sum())
    standing = int(active.sum())
    if merged >= FEWEST_MERGED and merged > config.max_merge_share * standing:
        values = {"merged": merged, "known": standing, "percent": f"{100 * merged / standing:.0f}"}
        raise ModelError(say("match.merges_far_more", lang, **values), hint=say("match.merges_hint", lang))
