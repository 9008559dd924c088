"""Candidate pairs in portions: made, bounded, compared and scored, and only what matters is kept.

The parties are cut into stretches of rows that meet about as many others. Each stretch is worked on
by itself, so that memory holds a few hundred thousand pairs however many there are; stretches run
in threads and are joined in their order, so that the result does not depend on how many there are
or in what order they end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from crmclean.config import LimitsConfig, thread_count
from crmclean.match.block import Blocks, pairs_between, pairs_of_rows
from crmclean.match.bound import Bound, bound_of
from crmclean.match.codes import Ints
from crmclean.match.compare import Compared, compare_homes, compare_pairs
from crmclean.match.features import Features
from crmclean.match.model import Model
from crmclean.match.relate import Homes, homes_of, may_share_home
from crmclean.match.score import Scored, score_pairs
from crmclean.memory import check_memory, room_left

__all__ = ["Found", "Watch", "Work", "find_pairs", "joined", "sample_pairs", "taken", "unwatched", "work_of"]

SAMPLE = 200_000
"""Candidate pairs from which the model learns; all where there are no more."""
SMALLEST, PER_PAIR = 20_000, 1_000
"""Pairs of the smallest portion, and bytes that a pair takes while it is worked on."""
T = TypeVar("T")


Watch = Callable[[int, int], None]


def unwatched(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Work:
    """How pairs are worked on.

    Args:
        threads: Stretches worked on at once.
        portion: Pairs, counted once per rule, in a stretch.
        within: Source per row where pairs of one source are not asked about; None: they are.
        watch: Told how many parties are done, and of how many.
        homes: Whether those who share a home are asked for.
    """

    threads: int = 1
    portion: int = 400_000
    within: Ints | None = None
    watch: Watch = unwatched
    homes: bool = True


def work_of(limits: LimitsConfig, watch: Watch = unwatched, *, homes: bool = True) -> Work:
    """Threads and portions that the limits allow; the other arguments are those of `Work`.

    Raises:
        ConfigError: The memory limit leaves no room for the smallest portion.
    """
    threads, room = thread_count(limits), room_left(limits)
    if room is None:
        return Work(threads, watch=watch, homes=homes)
    check_memory(limits, "normalize", needed=SMALLEST * PER_PAIR)
    threads = max(1, min(threads, room // (SMALLEST * PER_PAIR)))
    portion = max(SMALLEST, min(400_000, room // (threads * PER_PAIR)))
    return Work(threads, portion, watch=watch, homes=homes)


@dataclass(frozen=True, slots=True)
class Found:
    """The pairs that may be one customer, and those that may share a home.

    Args:
        compared: Pairs that reach the least probability asked for, sorted.
        scored: Their scores.
        homes: Persons of one family name that share an address or a contact point.
        pairs: Candidate pairs that were looked at.
    """

    compared: Compared
    scored: Scored
    homes: Homes
    pairs: int


def find_pairs(
    model: Model, features: Features, blocks: Sequence[Blocks], *, least: float, work: Work
) -> Found:
    """All candidate pairs that reach a probability, compared and scored.

    Args:
        model: The trained model.
        features: Facts of the parties.
        blocks: Who meets whom.
        least: Probability of "match" that is asked for.
        work: Threads, portions, sources.
    """
    bound = bound_of(model, features, float(np.log2(least / (1.0 - least))) if least < 1 else 0.0)

    def one(stretch: tuple[int, int]) -> Found:
        left, right = _asked(pairs_between(blocks, features.n, *stretch), work)
        return _scored(model, features, (left, right), bound, least, homes=work.homes)

    stretches = _stretches(blocks, features.n, work.portion)
    parts = []
    for part, (_, last) in zip(_in_threads(one, stretches, work.threads), stretches, strict=True):
        parts.append(part)
        work.watch(last, features.n)
    nothing = compare_pairs(model, features, *_NOBODY)
    return Found(
        joined([part.compared for part in parts], nothing),
        joined([part.scored for part in parts], score_pairs(model, nothing)),
        joined([part.homes for part in parts], homes_of(model, nothing)),
        sum(part.pairs for part in parts),
    )


_NOBODY = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _asked(pairs: tuple[Ints, Ints], work: Work) -> tuple[Ints, Ints]:
    if work.within is None:
        return pairs
    kept = work.within[pairs[0]] != work.within[pairs[1]]
    return pairs[0][kept], pairs[1][kept]


def _scored(
    model: Model, features: Features, pairs: tuple[Ints, Ints], bound: Bound, least: float, *, homes: bool
) -> Found:
    left, right = pairs
    kept = bound.may_reach(left, right)
    # sorted by the greater row the bound finds what it looks up side by side; what is kept is sorted by the smaller
    chosen = np.sort(left[kept] * features.n + right[kept])
    compared = compare_pairs(model, features, *np.divmod(chosen, max(1, features.n)))
    scored = score_pairs(model, compared)
    reached = scored.probability >= least
    if homes:
        at = np.flatnonzero(~kept)
        at = at[may_share_home(features, left[at], right[at])]
        others = homes_of(*compare_homes(model, features, left[at], right[at]))
        found = _in_order(homes_of(model, compared), others)
    else:
        found = homes_of(model, compared.take(_NOBODY[0]))
    return Found(compared.take(reached), taken(scored, reached), found, len(left))


def _in_order(one: Homes, two: Homes) -> Homes:
    """Both, sorted by their pairs."""
    both = joined([one, two], one)
    order = np.lexsort((both.right, both.left))
    return Homes(*(getattr(both, f.name)[order] for f in fields(both)))


def taken(scored: Scored, at: npt.NDArray[np.bool_]) -> Scored:
    """The scores of the chosen pairs."""
    return Scored(*(getattr(scored, f.name)[at] for f in fields(scored)))


def joined(parts: Sequence[T], empty: T) -> T:
    """Tables of arrays (`Compared`, `Scored`, `Homes`), one after the other.

    Args:
        parts: The tables.
        empty: A table without rows, for no parts.
    """
    filled = parts or [empty]
    names = [f.name for f in fields(empty)]  # type: ignore[arg-type]  # all three are dataclasses
    return type(empty)(*(np.concatenate([getattr(part, name) for part in filled]) for name in names))


def _stretches(blocks: Sequence[Blocks], n: int, portion: int) -> list[tuple[int, int]]:
    """Rows first..last - 1 that meet about `portion` others."""
    meets = np.zeros(n + 1, dtype=np.int64)
    for block in blocks:
        meets[1:] += np.bincount(block.rows, weights=block.further, minlength=n).astype(np.int64)
    total = np.cumsum(meets)
    ends = np.searchsorted(total, np.arange(portion, int(total[-1]) + portion, portion), side="left")
    cuts = sorted({0, n, *np.minimum(ends, n).tolist()})
    return list(pairwise(cuts))


def _in_threads(
    one: Callable[[tuple[int, int]], Found], stretches: Iterable[tuple[int, int]], threads: int
) -> Iterator[Found]:
    if threads <= 1:
        yield from map(one, stretches)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(one, stretches)


def sample_pairs(
    features: Features, blocks: Sequence[Blocks], *, seed: int, work: Work
) -> tuple[tuple[Ints, Ints], float]:
    """Candidate pairs to learn from, and the share of all that they are.

    All pairs of some rows with later ones; every row where there are few pairs.
    """
    total = sum(block.pairs for block in blocks)
    rows = np.ones(features.n, dtype=bool)
    share = min(1.0, 2.0 * SAMPLE / max(1, total))  # most pairs are met by two rules or more
    if share < 1.0:
        rows = np.random.default_rng(seed).random(features.n) < share
    return _asked(pairs_of_rows(blocks, features.n, rows), work), share
