"""Taking back what a run did.

What a steward said is superseded by what was said before it, or withdrawn; so any word can be taken
back, whatever was said of others since. A run over files is taken back by the journal of the store,
and the runs after it with it. Undoing an undo says it again.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from crmclean.config import Config
from crmclean.errors import ConfigError, NotFoundError
from crmclean.ledger.refreshing import take_back
from crmclean.messages import Lang, say
from crmclean.steward.effects import Effects
from crmclean.steward.proposal import COMMANDS, Proposal, Word, apply, next_time
from crmclean.store import Store
from crmclean.store.locks import standing_words
from crmclean.tables import DECISIONS, LOCKS, Decisions, Locks

__all__ = ["propose_undo", "run_to_undo", "undo"]


def run_to_undo(store: Store, run_id: str | None, *, lang: Lang = "en") -> dict[str, str]:
    """The run meant, as its row: by its id, the beginning of it, or the last one.

    Raises:
        NotFoundError: There is none.
    """
    runs = store.history()
    found = runs if run_id is None else runs[runs["run_id"].str.startswith(run_id)]
    if not len(found):
        missing = (
            say("steward.nothing_to_undo", lang)
            if run_id is None
            else say("steward.no_run", lang, run=run_id)
        )
        raise NotFoundError(missing, hint="" if run_id is None else say("steward.no_run_hint", lang))
    row = found.iloc[-1]
    return {name: str(row[name]) for name in ("run_id", "at", "command")}


def propose_undo(store: Store, run_id: str | None, word: Word, config: Config) -> Proposal | None:
    """The proposal to take back what a steward said in a run; None for a run over files.

    Args:
        store: The store.
        run_id: The run; None: the last.
        word: Who, when, why.
        config: For the language of errors.

    Raises:
        NotFoundError: There is no such run.
        ConfigError: All that it said has been said anew since.
    """
    meant = run_to_undo(store, run_id, lang=config.lang)
    if meant["command"] not in COMMANDS:
        return None
    timed = replace(word, at=next_time(store, word.at))
    decisions = _decisions_back(Decisions(store.load("decisions")), meant["at"], timed)
    locks = _locks_back(Locks(store.load("locks")), meant["at"], timed)
    if not len(decisions) and not len(locks):
        raise ConfigError(say("steward.said_since", config.lang, run=meant["run_id"]))
    customers = _customers_of(store, decisions, locks)
    return Proposal("undo", timed, decisions, locks, DECISIONS.empty(), customers)


def undo(store: Store, run_id: str | None, word: Word, config: Config) -> Effects | None:
    """Takes a run back; answers what changed, or None for a run over files.

    Raises:
        NotFoundError: There is no such run, or it was taken back already.
        ConfigError: All that it said has been said anew since; nobody is named who decides.
    """
    proposal = propose_undo(store, run_id, word, config)
    if proposal is not None:
        return apply(store, proposal, config)
    meant = run_to_undo(store, run_id, lang=config.lang)
    take_back(store, meant["run_id"], config, at=word.at or None, actor=word.actor or None)
    return None


def _decisions_back(decisions: Decisions, at: str, word: Word) -> Decisions:
    """What restores the words before a run, for each pair of which the run has the last word."""
    key = ["party_l", "party_r"]
    ordered = decisions.sort_values("at", kind="stable")
    last = ordered.drop_duplicates(key, keep="last")
    mine = last[last["at"] == at]
    earlier = ordered[ordered["at"] < at].drop_duplicates(key, keep="last")
    back = mine[key].merge(earlier[[*key, "decision"]], on=key, how="left")
    back["decision"] = back["decision"].fillna("withdrawn")
    changed = back["decision"].ne(mine["decision"].reset_index(drop=True))
    return DECISIONS.check(
        back[changed].assign(actor=word.actor or None, at=word.at, reason=word.reason or None)
    )


def _locks_back(locks: Locks, at: str, word: Word) -> Locks:
    """What takes back the words of a run, where they are the last: a withdrawal, or what was withdrawn."""
    key = ["customer_id", "field"]
    held = standing_words(locks)
    last = locks.sort_values("at", kind="stable").drop_duplicates(key, keep="last")
    undone = last.loc[(last["at"] == at) & (last["state"] == "withdrawn"), key]
    earlier = standing_words(pd.DataFrame(locks[locks["at"] < at])).merge(undone, on=key)
    again = earlier.assign(since=earlier["since"].where(earlier["since"].notna(), earlier["at"]))
    withdrawn = held.loc[held["at"] == at, key].assign(state="withdrawn")
    back = pd.concat([withdrawn, again], ignore_index=True)
    return LOCKS.check(back.assign(actor=word.actor or None, at=word.at, reason=word.reason or None))


def _customers_of(store: Store, decisions: Decisions, locks: Locks) -> tuple[str, ...]:
    parties = sorted({*decisions["party_l"], *decisions["party_r"]})
    members = store.load("members", where={"party": parties or [""]})
    return tuple(sorted({*members["customer_id"], *map(store.resolve, locks["customer_id"])}))
