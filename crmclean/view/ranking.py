"""Words of a query against the words of an index: which customers have most of them.

Every word of the query marks the customers that have it, or a word it may stand for; the score of a
customer is the share of the query's words that were found, each weighed by how rare it is and how well
it was found. Half of the words must be found, one of them in a name.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmclean.text.fold import fold_umlaut, tokens
from crmclean.text.similarity import jaro_winkler
from crmclean.view.index import Index
from crmclean.view.terms import NAMES, PLACES
from crmclean.view.vocabulary import Found, Vocabulary

__all__ = ["Hit", "Terms", "rank_words"]

_MOST_WORDS = 10
_MOST_MARKED = 400_000  # customers that one word marks at most
_SHORTEST_PART = 3
_NEAR = 0.78  # from which on a word found is taken for the one that was meant
_CLOSER = 80  # customers that are compared with the query as a whole
_UNKNOWN = 0.5  # weight of a word that nobody has
_local = threading.local()
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is looked for.

    Args:
        words: Words of names and places, folded.
        houses: House numbers: they rank, and find nobody.
        initials: First letters of given names; likewise.
        names: Words that were given as parts of a name.
        places: Words that were given as parts of a place; a word of neither may stand in both.
    """

    words: tuple[str, ...]
    houses: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that was found by words: its number, score (0 to 1) and how each word was found."""

    row: int
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the query: what it may stand for, the worst first, and its weight."""

    found: list[tuple[Vocabulary, Found]]
    marked: Ints
    weight: float


def rank_words(index: Index, terms: Terms, *, limit: int) -> list[Hit]:
    """The customers that have most of the words, the best first.

    Args:
        index: Where to look.
        terms: What to look for.
        limit: How many at most.
    """
    known = _as_known(index, terms.words)[:_MOST_WORDS]
    words = [_look_up(index, terms, word) for word in known]
    if not words or not any(len(w.marked) for w in words):
        return []
    marks = _marks(index.count, len(words))
    try:
        for mark, word in zip(marks, words, strict=False):
            _mark(mark, word)
        rows, scores = _best(words, marks, most=max(_CLOSER, 2 * limit))
        enough = _enough(index, words, marks, rows)
        ranked = _closer(index, terms, rows[enough].tolist(), scores[enough].tolist())[:limit]
        return [Hit(row, score, _why(index, words, marks, row)) for row, score in ranked]
    finally:
        for mark, word in zip(marks, words, strict=False):
            mark[word.marked] = 0


def _as_known(index: Index, words: Sequence[str]) -> list[str]:
    """The words; two that only together are a word are joined, one that is two words is divided."""
    known = {word for word in words if _has(index, word)}
    found: list[str] = []
    for word in words:
        if word in known or not word.isalpha():
            found.append(word)
            continue
        both = found[-1] + word if found and found[-1].isalpha() and found[-1] not in known else ""
        if both and _has(index, both):
            found[-1] = both
            known.add(both)
        else:
            found += _divided(index, word)
    return found


def _has(index: Index, word: str) -> bool:
    return index.names.exact(word) is not None or index.places.exact(word) is not None


def _is_near(index: Index, word: str) -> bool:
    found = [v.find(word)[:1] for v in (index.names, index.places)]
    return any(first and first[0].quality >= _NEAR for first in found)


def _divided(index: Index, word: str) -> list[str]:
    """A word as the two of which it was made by a forgotten blank, or a letter for it; else as it is.

    A word that is near to one that somebody has is a slip, and no two words.
    """
    if len(word) < 2 * _SHORTEST_PART or _is_near(index, word):
        return [word]
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if _has(index, word[:at]):
            for rest in (word[at:], word[at + 1 :]):
                if len(rest) >= _SHORTEST_PART and _has(index, rest):
                    return [word[:at], rest]
    return [word]


def _look_up(index: Index, terms: Terms, word: str) -> _Word:
    found: list[tuple[Vocabulary, Found]] = []
    if word in terms.names or word not in terms.places:
        found += [(index.names, f) for f in index.names.find(word)]
    if word in terms.places or word not in terms.names:
        found += [(index.places, f) for f in index.places.find(word)]
    found.sort(key=lambda pair: -pair[1].quality)
    kept: list[tuple[Vocabulary, Found]] = []
    total = 0
    for vocabulary, f in found:
        total += vocabulary.count(f.word)
        if kept and total > _MOST_MARKED:
            break
        kept.append((vocabulary, f))
    marked = np.concatenate([v.rows(f.word) for v, f in kept]) if kept else np.zeros(0, np.int32)
    weight = _UNKNOWN
    if kept:
        best = kept[0][1].quality
        holders = sum(v.count(f.word) for v, f in kept if f.quality >= best - 0.02)
        weight = max(0.05, math.log((index.count + 1) / (holders + 0.5)) / math.log(index.count + 2))
    return _Word(kept[::-1], marked, weight)


def _marks(count: int, words: int) -> list[NDArray[np.uint16]]:
    """Cleared arrays of this thread, one per word, with a place for every customer.

    A thread may ask several indexes in turn: all its arrays are as long as the largest needs.
    """
    held: list[NDArray[np.uint16]] = getattr(_local, "marks", [])
    if held and len(held[0]) < count:
        held = []
    size = len(held[0]) if held else count
    while len(held) < words:
        held.append(np.zeros(size, dtype=np.uint16))
    _local.marks = held
    return held[:words]


def _mark(mark: NDArray[np.uint16], word: _Word) -> None:
    """Notes for each customer the best of the words it has: position in `found`, from 1."""
    for at, (vocabulary, found) in enumerate(word.found):
        mark[vocabulary.rows(found.word)] = at + 1


def _best(
    words: Sequence[_Word], marks: Sequence[NDArray[np.uint16]], *, most: int
) -> tuple[Ints, NDArray[np.float32]]:
    """The customers with the highest scores, each once.

    Who has at least half of n words has one of any n - n/2 + 1 of them: the rarest are gone through.
    """
    order = sorted(range(len(words)), key=lambda i: len(words[i].marked))
    enough = len(words) - math.ceil(len(words) / 2) + 1
    rows = np.concatenate([words[i].marked for i in order[:enough]])
    total = sum(word.weight for word in words)
    scores = np.zeros(len(rows), dtype=np.float32)
    for word, mark in zip(words, marks, strict=True):
        gains = np.array([0.0, *(f.quality for _, f in word.found)], dtype=np.float32)
        scores += gains[mark[rows]] * np.float32(word.weight / total)
    chosen = np.flatnonzero(scores >= _threshold(scores, most * len(words)))
    rows, first = np.unique(rows[chosen], return_index=True)
    scores = scores[chosen][first]
    best = np.argsort(-scores, kind="stable")[:most]
    return rows[best], scores[best]


def _threshold(scores: NDArray[np.float32], most: int) -> float:
    """The score of the `most`-th best, a customer counted as often as it is marked."""
    if len(scores) <= most:
        return 0.0
    return float(np.partition(scores, len(scores) - most)[len(scores) - most])


def _enough(
    index: Index, words: Sequence[_Word], marks: Sequence[NDArray[np.uint16]], rows: Ints
) -> NDArray[np.bool_]:
    """Which customers have half of the words, and one of them in a name."""
    count = np.zeros(len(rows), dtype=np.int64)
    named = np.zeros(len(rows), dtype=bool)
    for word, mark in zip(words, marks, strict=True):
        at = mark[rows]
        count += at > 0
        named |= np.array([False, *(v is index.names for v, _ in word.found)])[at]
    return named & (2 * count >= len(words))


def _why(
    index: Index, words: Sequence[_Word], marks: Sequence[NDArray[np.uint16]], row: int
) -> tuple[str, ...]:
    """How each word was found, and in which field."""
    why = []
    for word, mark in zip(words, marks, strict=True):
        at = int(mark[row])
        if at:
            vocabulary, found = word.found[at - 1]
            fields = NAMES if vocabulary is index.names else PLACES
            why.append(f"{found.how}:{fields[vocabulary.field(found.word, row)]}")
    return tuple(dict.fromkeys(why))


def _closer(
    index: Index, terms: Terms, rows: Sequence[int], scores: Sequence[float]
) -> list[tuple[int, float]]:
    """The customers in their final order: house numbers and initials count, then the likeness as a whole."""
    if not rows:
        return []
    asked = " ".join(sorted((*terms.words, *terms.houses)))
    shown = [" ".join(index.shown(row).values()) for row in rows]
    folded = [sorted(fold_umlaut(text).split()) for text in map(_plain, shown)]
    whole = jaro_winkler([asked] * len(rows), [" ".join(words) for words in folded]).tolist()
    ranked = []
    for row, score, words, likeness in zip(rows, scores, folded, whole, strict=True):
        extra = [house in words for house in terms.houses]
        extra += [any(w.startswith(initial) for w in words) for initial in terms.initials]
        share = sum(extra) / len(extra) if extra else 1.0
        ranked.append((round(score * (0.92 + 0.08 * share), 4), likeness, row))
    ranked.sort(key=lambda r: (-r[0], -r[1], r[2]))
    return [(row, score) for score, _, row in ranked]


def _plain(text: str) -> str:
    """The words of a text joined by blanks."""
    return " ".join(tokens(text))
