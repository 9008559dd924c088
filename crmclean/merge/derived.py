"""Rules that are made for the data at hand: with an argument, or from the times and sources of a run.

- ``trust_decay``: each source has a trust that is highest when a value was just written and falls
  with its age; values not known to be good lose a share of it. Age is counted to the newest time in
  the data, not to today: the same data give the same result on any day.
- ``ladder(lead < customer < partner)``: the value furthest on a ladder; others come last.
- ``follow(address)``: the value of the record that won another field or group. With every chain
  beginning ``follow(name)`` a whole record wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from crmclean.config import MergeConfig, TrustConfig
from crmclean.errors import ConfigError
from crmclean.merge.columns import Book
from crmclean.merge.pieces import Piece
from crmclean.merge.rules import Evidence, Ints, Rule
from crmclean.text.fold import fold_umlaut

__all__ = ["followed_fields", "made_rules", "winners_of", "without_follow"]

_LINK = re.compile(r"(?P<name>\w+)\((?P<said>.*)\)", re.DOTALL)
# the field whose winner is the winner of a group
_HEAD = {"name": "family_name", "company": "organization", "employer": "organization", "address": "street"}
Chains = Mapping[str, Sequence[str]]


def made_rules(
    book: Book, chains: Chains, config: MergeConfig, winners: Mapping[str, Ints] | None = None
) -> dict[str, Rule]:
    """The rules of these chains that have to be made, by the link that names them.

    Args:
        book: The parties.
        chains: Rules by field or group.
        config: How far sources are trusted.
        winners: Field or group -> record that won it, per customer; -1 where there is none.

    Raises:
        ConfigError: An argument is missing or names nothing.
    """
    made: dict[str, Rule] = {}
    for field, chain in chains.items():
        for link in chain:
            name, said = _parts(link)
            if name == "trust_decay":
                made[link] = _trust(book, config.trust)
            elif name == "ladder":
                made[link] = _ladder(field, said)
            elif name == "follow" and winners is not None:
                made[link] = _follow(book, winners[said])
    return made


def _parts(link: str) -> tuple[str, str]:
    found = _LINK.fullmatch(link)
    return (found["name"], found["said"].strip()) if found else (link, "")


def followed_fields(chains: Chains) -> dict[str, list[str]]:
    """The fields and groups with a follow in their chain, and whom they follow.

    Raises:
        ConfigError: What is followed is not there, or follows itself.
    """
    found = {
        field: [said for name, said in map(_parts, chain) if name == "follow"]
        for field, chain in chains.items()
    }
    found = {field: said for field, said in found.items() if said}
    for field, said in found.items():
        for other in said:
            if other not in chains or other == field:
                raise ConfigError(
                    f"merge.rules.{field}: follow({other}) leads nowhere",
                    hint=f"one of {', '.join(sorted(chains))}",
                )
            if other in found:
                raise ConfigError(
                    f"merge.rules.{field}: follow({other}), which itself follows",
                    hint=f"follow {found[other][0]}",
                )
    return found


def without_follow(chains: Chains) -> dict[str, tuple[str, ...]]:
    """The chains without such links: what is followed is chosen first."""
    return {
        field: tuple(link for link in chain if _parts(link)[0] != "follow") for field, chain in chains.items()
    }


def winners_of(book: Book, pieces: Sequence[Piece], wanted: set[str]) -> dict[str, Ints]:
    """For each field or group the record whose value is shown, per customer; -1 where there is none."""
    found = {}
    for name in wanted:
        record = np.full(len(book.customers), -1, dtype=np.int64)
        for piece in pieces:
            if piece.field == _HEAD.get(name, name):
                rows = np.flatnonzero(piece.primary & (piece.record >= 0))
                record[piece.customer[rows]] = book.account[piece.record[rows]]
        found[name] = record
    return found


def _follow(book: Book, winner: Ints) -> Rule:
    def follow(evidence: Evidence) -> Ints:
        """Values of the record that won the other field first."""
        other: Ints = (book.account[evidence.record] != winner[evidence.customer]).astype(np.int64)
        return other

    return follow


def _ladder(field: str, said: str) -> Rule:
    stages = {
        fold_umlaut(stage.strip()): place for place, stage in enumerate(said.split("<")) if stage.strip()
    }
    if len(stages) < 2:
        raise ConfigError(
            f"merge.rules.{field}: a ladder needs its stages",
            hint="for example ladder(lead < customer < partner)",
        )

    def furthest(evidence: Evidence) -> Ints:
        """The furthest stage first, what is no stage last."""
        if evidence.code is None:
            return np.zeros(len(evidence.customer), dtype=np.int64)
        places = np.array([stages.get(fold_umlaut(value), -1) for value in evidence.listed], dtype=np.int64)
        found: Ints = -places[evidence.code]
        return found

    return furthest


def _trust(book: Book, trust: Mapping[str, TrustConfig]) -> Rule:
    names = sorted(set(book.given["source"].dropna()))
    said = [trust.get(name, TrustConfig()) for name in names]
    most, least, months, loss = (
        np.array([get(one) for one in said] or [0.0], dtype=np.float64) for get in _FIGURES
    )
    ages = _ages(book.times)

    def trusted(evidence: Evidence) -> Ints:
        """The highest trust first, to a thousandth of a percent."""
        source = evidence.source
        left = 1.0 - ages[evidence.time] / np.maximum(months[source], 1e-9)
        now = least[source] + (most[source] - least[source]) * np.clip(left, 0.0, 1.0)
        now = np.where(evidence.valid == 0, now * (1.0 - loss[source] / 100.0), now)
        return -np.round(now * 1000.0).astype(np.int64)

    return trusted


_FIGURES: tuple[Callable[[TrustConfig], float], ...] = (
    lambda one: one.maximum,
    lambda one: one.minimum,
    lambda one: float(one.months),
    lambda one: one.downgrade,
)


def _ages(times: Sequence[str]) -> np.ndarray:
    """Months from each time to the newest; the last is that of an unknown time: older than all."""
    months = np.array([_months(time) for time in times], dtype=np.float64)
    newest = months.max(initial=0.0)
    return np.append(newest - months, np.inf)


def _months(time: str) -> float:
    parts = [int(part) for part in re.findall(r"\d+", time[:10])[:3]]
    year, month, day = (parts + [1, 1, 1][len(parts) :])[:3] if parts else (1, 1, 1)
    return year * 12 + month + day / 31
