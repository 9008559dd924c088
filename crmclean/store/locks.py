"""Which of the locks that were ever set hold now."""

from __future__ import annotations

import pandas as pd

from crmclean.tables import LOCKS, Identities, Locks

__all__ = ["holding", "standing_words"]


def standing_words(locks: pd.DataFrame) -> pd.DataFrame:
    """The last word on each customer and field, as they were called then; a word that was withdrawn is none.

    Args:
        locks: All rows, in the order in which they were said.
    """
    ordered = locks.sort_values("at", kind="stable", na_position="first")
    said: dict[tuple[str, str], list[int]] = {}
    keys = zip(ordered["customer_id"], ordered["field"], ordered["state"], strict=True)
    for place, (customer, field, state) in enumerate(keys):
        words = said.setdefault((customer, field), [])
        if state != "withdrawn":
            words.append(place)
        elif words:
            words.pop()
    return ordered.iloc[sorted(words[-1] for words in said.values() if words)]


def holding(locks: Locks, identities: Identities, as_of: str | None = None) -> Locks:
    """The last word per customer and field; freed and expired ones left out.

    `at` is when it was first said, also of a word that an undoing brought back.
    A lock of a customer that was merged holds for the one that took over, unless that one has a
    later word of its own.

    Args:
        locks: All rows, in the order in which they were said.
        identities: Where merged ids lead.
        as_of: Day or time of the question; None: nothing has expired.
    """
    if not len(locks):
        return LOCKS.empty()
    step = identities.dropna(subset=["merged_into"]).set_index("customer_id")["merged_into"].to_dict()
    final = {}
    for start in set(locks["customer_id"]):
        here, seen = start, {start}
        while here in step and step[here] not in seen:
            here = step[here]
            seen.add(here)
        final[start] = here
    said = standing_words(locks)
    frame = said.assign(customer_id=said["customer_id"].map(final).astype("str"))
    frame = frame.sort_values("at", kind="stable", na_position="first")
    last = frame.drop_duplicates(["customer_id", "field"], keep="last")
    held = last["state"].ne("unlocked")
    if as_of is not None:
        held &= ~(last["expires"].fillna("9999") <= as_of)
    # a word that an undoing brought back holds from the day on which it was first said
    last = last.assign(at=last["since"].where(last["since"].notna(), last["at"]))
    return LOCKS.check(pd.DataFrame(last[held]).sort_values(["customer_id", "field"]))
