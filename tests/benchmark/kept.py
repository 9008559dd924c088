"""What became of customers from one run to the next, for measurements of ids that stay.

All is said in parties, as `members` holds them: the crosswalk shows of a record only the customer that it
counts for, so that a company which lost the contact person's record would look whole there.

A party is *touched* if its record is new, changed or gone. Customers before and after are joined where
they share a party; what hangs together so is a *knot*. A knot without a touched party is *unchanged*:
there must be one customer before and the same after, with the same parties and the same id. In the other
knots a customer whose own parties are all untouched may still change, since its neighbours did:

- ``joined``: it has all its parties, and others with them. Its id must be there, or lead to where they are.
  Where nobody joined it who was a customer before, the id itself must be there.
- ``split``: its parties are with several customers. Its id must be that of one of them, or lead to one.
- ``as it was``: nothing happened to it but what its id must have survived.

How near the cause is, is told as well: ``beside a touched record`` (one is in a customer that has its
parties now), ``beside one that lost a record`` (such a customer holds parties of a customer before of which
a record is touched), ``further away`` (neither: one change pushed the next). Whether the parties of such a
knot had to come together as they did is no matter of ids: `apart_from` compares them with a full run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from crmclean.tables import Identities

__all__ = ["Fates", "apart_from", "fates", "ids_of_whole", "in_touched_knots", "owners", "resolver"]

Owners = Mapping[str, str]
"""Party -> customer."""


@dataclass
class Fates:
    """Customers before of which no party is touched.

    Args:
        unchanged: In knots without a touched party.
        unchanged_kept: Of them those with the same parties and the same id.
        near: In knots with a touched party: what happened, and how near the cause is -> customers.
        near_wrong: Of them those whose id is not where it must be.
        wrong: Ids of those that are not as they must be.
    """

    unchanged: int = 0
    unchanged_kept: int = 0
    near: Counter[str] = field(default_factory=Counter)
    near_wrong: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """As they are written down."""
        return {
            "unchanged": self.unchanged,
            "unchanged_with_id_and_parties": self.unchanged_kept,
            "untouched_in_touched_knots": sum(self.near.values()),
            "what_became_of_them": dict(sorted(self.near.items())),
            "of_them_id_not_where_it_must_be": self.near_wrong,
            "wrong": sorted(self.wrong)[:20],
        }


def owners(members: pd.DataFrame) -> dict[str, str]:
    """Party -> customer, of the table `members`."""
    return dict(zip(members["party"], members["customer_id"], strict=True))


def resolver(identities: Identities) -> Callable[[str], str]:
    """Where an id leads, by the registry's own columns: merged_into followed to its end."""
    rows = pd.DataFrame(identities)
    into = dict(zip(rows["customer_id"], rows["merged_into"], strict=True))

    def resolve(customer: str) -> str:
        for _ in range(len(into) + 1):
            further = into.get(customer)
            if not isinstance(further, str):
                return customer
            customer = further
        raise AssertionError("ids lead in a circle")

    return resolve


def _groups(owner: Owners) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for party, customer in owner.items():
        found.setdefault(customer, set()).add(party)
    return found


def fates(before: Owners, after: Owners, touched: Iterable[str], resolve: Callable[[str], str]) -> Fates:
    """What became of the customers of whom no party is touched.

    Args:
        before: Party -> customer, before.
        after: Party -> customer, after.
        touched: Parties whose record is new, changed or gone.
        resolve: Where an id leads now.
    """
    moved = set(touched)
    old, new = _groups(before), _groups(after)
    disturbed = _disturbed(old, new, before, moved)
    found = Fates()
    for customer, parties in old.items():
        if parties & moved:
            continue
        if customer not in disturbed:
            found.unchanged += 1
            kept = new.get(customer) == parties
            found.unchanged_kept += kept
        else:
            ends = {after[p] for p in parties if p in after}
            what, kept = _what(customer, parties, ends, (new, before), resolve)
            found.near[f"{what}, {_how_near(ends, new, old, before, moved)}"] += 1
            found.near_wrong += not kept
        if not kept:
            found.wrong.append(customer)
    return found


def _disturbed(
    old: Mapping[str, set[str]], new: Mapping[str, set[str]], before: Owners, moved: set[str]
) -> set[str]:
    """The customers before that hang together with a touched party."""
    after = {party: customer for customer, parties in new.items() for party in parties}
    waiting = [before[p] for p in moved if p in before]
    waiting += [before[q] for p in moved if p in after for q in new[after[p]] if q in before]
    found: set[str] = set()
    while waiting:
        customer = waiting.pop()
        if customer in found:
            continue
        found.add(customer)
        ends = {after[p] for p in old[customer] if p in after}
        waiting += [before[q] for end in ends for q in new[end] if q in before and before[q] not in found]
    return found


def _what(
    customer: str,
    parties: set[str],
    ends: set[str],
    known: tuple[Mapping[str, set[str]], Owners],
    resolve: Callable[[str], str],
) -> tuple[str, bool]:
    """What happened to a customer, and whether its id is where it must be."""
    new, before = known
    led = resolve(customer)
    if len(ends) != 1:
        return "split", led in ends
    end = next(iter(ends))
    if new[end] == parties:
        return "as it was", end == customer
    strangers = any(before.get(p, customer) != customer for p in new[end])
    return "joined", parties <= new[end] and (led == end if strangers else customer == end)


def _how_near(
    ends: set[str],
    new: Mapping[str, set[str]],
    old: Mapping[str, set[str]],
    before: Owners,
    moved: set[str],
) -> str:
    here = set().union(*(new[end] for end in ends))
    if here & moved:
        return "beside a touched record"
    if any(old[before[p]] & moved for p in here if p in before):
        return "beside one that lost a record"
    return "further away"


def in_touched_knots(before: Owners, after: Owners, touched: Iterable[str]) -> set[str]:
    """The parties of now that are in a knot with a touched party."""
    moved, new = set(touched), _groups(after)
    disturbed = _disturbed(_groups(before), new, before, moved)
    return {
        party
        for parties in new.values()
        if any(p in moved or before.get(p) in disturbed for p in parties)
        for party in parties
    }


def apart_from(one: Owners, other: Owners) -> set[str]:
    """Parties that do not have the same parties beside them in both."""
    left, right = _groups(one), _groups(other)
    return {p for p in {*one, *other} if p not in one or p not in other or left[one[p]] != right[other[p]]}


def ids_of_whole(before: Owners, after: Owners, resolve: Callable[[str], str]) -> dict[str, int]:
    """What became of the ids of customers that were not split, whatever happened in between.

    A customer is *whole* if all its parties are with one customer now; it is *joined* if parties of another
    customer of before are there too, else *alone*, whoever came to it that was not known then. An id of
    one alone must be the same; an id of one joined must lead to where it is.

    Args:
        before: Party -> customer, before.
        after: Party -> customer, after.
        resolve: Where an id leads now.
    """
    new = _groups(after)
    found: Counter[str] = Counter()
    for customer, parties in _groups(before).items():
        ends = {after.get(p, "") for p in parties}
        found["customers"] += 1
        if len(ends) > 1 or "" in ends:
            found["split"] += 1
            found["split_id_leads_to_a_part"] += resolve(customer) in ends
            continue
        end = next(iter(ends))
        joined = any(before.get(p, customer) != customer for p in new[end])
        kept = resolve(customer) == end if joined else customer == end
        found["joined" if joined else "alone"] += 1
        found["joined_led_to" if joined else "alone_same_id"] += kept
    return dict(found)
