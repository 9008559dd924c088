"""A proposal: what a steward wants to say, what it would change, and saying it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pandas as pd

from crmclean.config import Config
from crmclean.continuity import memory_of
from crmclean.decisions import standing
from crmclean.errors import ConfigError, NotFoundError
from crmclean.messages import say
from crmclean.pipeline import consolidate, save_result
from crmclean.result import Result
from crmclean.steward.effects import Effects, effects_of
from crmclean.store import Store
from crmclean.tables import DECISIONS, LOCKS, Decisions, Locks, Models

__all__ = ["COMMANDS", "Proposal", "Word", "apply", "decide_pairs", "last_day", "next_time", "preview"]

COMMANDS = frozenset({"link", "split", "lock", "unlock", "review", "undo"})
"""Runs that a steward made; they are undone by what they said, not by the tables they changed."""


@dataclass(frozen=True, slots=True)
class Word:
    """Who says it, when and why.

    Args:
        actor: Who decides.
        reason: Why; may be empty.
        at: When, ISO in UTC; empty: now.
    """

    actor: str
    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a steward wants to say.

    Args:
        command: link, split, lock, unlock, review or undo.
        word: By whom, when and why.
        decisions: New rows of the table.
        locks: New rows of the table.
        replaced: Earlier decisions that these overrule.
        customers: Customers it is about.
    """

    command: str
    word: Word
    decisions: Decisions
    locks: Locks
    replaced: Decisions
    customers: tuple[str, ...]


def decide_pairs(
    store: Store,
    command: str,
    pairs: Iterable[tuple[str, str, str]],
    word: Word,
    *,
    customers: Iterable[str] = (),
    reasons: Mapping[tuple[str, str], str] | None = None,
) -> Proposal:
    """The proposal to say a word of each pair.

    Args:
        store: The store.
        command: Name of the run that it will be.
        pairs: Two parties and same, different or withdrawn.
        word: Who, when, why.
        customers: Customers it is about.
        reasons: Why, for pairs (the smaller party first) of which more is said than of all.
    """
    known = reasons or {}
    before = Decisions(store.load("decisions"))
    timed = replace(word, at=next_time(store, word.at))
    rows = [
        {
            "party_l": min(a, b),
            "party_r": max(a, b),
            "decision": said,
            "actor": timed.actor or None,
            "at": timed.at,
            "reason": known.get((min(a, b), max(a, b)), timed.reason) or None,
        }
        for a, b, said in pairs
    ]
    new = DECISIONS.check(pd.DataFrame(rows, columns=DECISIONS.names)) if rows else DECISIONS.empty()
    new = DECISIONS.check(new.sort_values(["party_l", "party_r"], kind="stable"))
    held = standing(before)
    met = held.merge(
        new[["party_l", "party_r", "decision"]], on=["party_l", "party_r"], suffixes=("", "_new")
    )
    replaced = DECISIONS.check(met.loc[met["decision"] != met["decision_new"], DECISIONS.names])
    return Proposal(command, timed, new, LOCKS.empty(), replaced, tuple(customers))


def preview(store: Store, proposal: Proposal, config: Config) -> Effects:
    """What a proposal would change: golden values, records, ids, consents, what follows; nothing is saved."""
    return _consolidated(store, proposal, config)[2]


def apply(store: Store, proposal: Proposal, config: Config) -> Effects:
    """Writes the proposal and all that follows from it; answers what changed.

    Raises:
        ConfigError: Nobody is named who decides.
    """
    if not proposal.word.actor.strip():
        raise ConfigError(
            say("steward.no_actor", config.lang), hint=say("steward.no_actor_hint", config.lang)
        )
    result, models, effects = _consolidated(store, proposal, config)
    said = {"decisions": proposal.decisions, "locks": proposal.locks}
    save_result(store, result, models, {"command": proposal.command, "at": proposal.word.at}, said=said)
    return effects


def _consolidated(store: Store, proposal: Proposal, config: Config) -> tuple[Result, Models, Effects]:
    memory = memory_of(store, decisions=proposal.decisions, locks=proposal.locks, at=proposal.word.at)
    about = {*proposal.decisions["party_l"], *proposal.decisions["party_r"]}
    memory = replace(memory, within=tuple(sorted(about)))
    day = replace(config, as_of=config.as_of or last_day(store))
    result, models = consolidate([], day, memory)
    return result, models, effects_of(store, result, proposal.customers)


def last_day(store: Store) -> str:
    """The day of all decisions of the last run over files.

    Raises:
        NotFoundError: There was none.
    """
    runs = store.history()
    days = runs.loc[~runs["command"].str.partition(" ")[0].isin(COMMANDS), "at"].dropna()
    if not len(days):
        raise NotFoundError.of("errors.store.no_run", name=store.path.name)
    return str(days.iloc[-1])[:10]


def next_time(store: Store, at: str = "") -> str:
    """The time of a word, to the second: later than all that was said before, so that the last word holds."""
    said = [*store.load("decisions")["at"].dropna(), *store.load("locks")["at"].dropna()]
    earliest = max(
        (_moment(str(t)) + timedelta(seconds=1) for t in said), default=datetime.min.replace(tzinfo=UTC)
    )
    wanted = _moment(at) if at else datetime.now(UTC)
    return max(wanted, earliest).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    aware = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.replace(microsecond=0)
