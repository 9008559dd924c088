"""The words of an index: found as they are, with one slip, by sound, by short form, by their beginning.

A word has a list of customers, each with the field in which it stands. Slips are found by deletions
(Garbe 2012: two words one edit apart share a word with one letter left out), sounds by Cologne
phonetics; every word found so is looked at once more, because codes are coarse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crmclean.text.nicknames import nickname_keys
from crmclean.text.phonetics import cologne_phonetics, orthography
from crmclean.text.similarity import edit_distance, jaro_winkler
from crmclean.view.arrays import Arrays, Texts, key_numbers, spans, texts_of
from crmclean.view.terms import deletions

__all__ = ["Found", "How", "Vocabulary", "vocabulary_arrays"]

How = Literal["exact", "nick", "typo", "sound", "start"]
Ints = NDArray[np.int32]
_CHUNK = 100_000
_MOST = 250  # words that one word of a query may stand for
_LOOKED_AT = 4000  # words of one code that are looked at more closely
_SHORTEST_SLIP = 4
_SHORTEST_START = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the index that a word of the query may stand for: its number, how well, and how."""

    word: int
    quality: float
    how: How


def vocabulary_arrays(
    name: str, listed: Sequence[str], codes: NDArray[np.int64], whose: tuple[Ints, NDArray[np.uint8]]
) -> Arrays:
    """The arrays of a vocabulary, their names beginning with its name.

    Args:
        name: Of the vocabulary.
        listed: The words.
        codes: The word of each entry: its position among them.
        whose: The customer of each entry, and the number of its field; of several of one customer the
            smallest is kept.
    """
    rows, fields = whose
    plain = list(listed)
    # the order of bytes, in which beginnings are looked for, is that of code points in UTF-8
    order = np.array(sorted(range(len(plain)), key=plain.__getitem__), dtype=np.int64)
    rank = np.empty(len(plain), dtype=np.int64)
    rank[order] = np.arange(len(plain))
    plain = [plain[i] for i in order]
    entry = np.lexsort((fields, rows, rank[codes]))
    word, row, field = rank[codes][entry], rows[entry], fields[entry]
    first = np.ones(len(word), dtype=bool)
    first[1:] = (word[1:] != word[:-1]) | (row[1:] != row[:-1])
    word, row, field = word[first], row[first], field[first]
    texts = texts_of(plain)
    arrays = {
        "words.data": texts["data"],
        "words.starts": texts["starts"],
        "starts": np.searchsorted(word, np.arange(len(plain) + 1)).astype(np.int64),
        "rows": row.astype(np.int32),
        "fields": field.astype(np.uint8),
        **_coded("slip", plain, lambda w: deletions(w) if len(w) >= _SHORTEST_SLIP - 1 else [w]),
        **_coded("sound", plain, _sounds),
        **_coded("nick", plain, lambda w: sorted(nickname_keys(w) - {w})),
    }
    return {f"{name}.{key}": array for key, array in arrays.items()}


def _sounds(word: str) -> list[str]:
    code = cologne_phonetics(word) if word.isalpha() else ""
    return [code] if len(code) > 1 else []


def _coded(name: str, words: Sequence[str], codes_of: Any) -> Arrays:
    """Sorted numbers of codes, and the words that have them."""
    numbers, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    for start in range(0, len(words), _CHUNK):
        lists = [codes_of(word) for word in words[start : start + _CHUNK]]
        numbers.append(key_numbers([code for codes in lists for code in codes]))
        counts = np.array([len(codes) for codes in lists], dtype=np.int64)
        owners.append(np.repeat(np.arange(start, start + len(lists), dtype=np.int32), counts))
    keys, values = np.concatenate(numbers), np.concatenate(owners)
    order = np.argsort(keys, kind="stable")
    return {f"{name}.keys": keys[order], f"{name}.words": values[order]}


class Vocabulary:
    """The words of an index, mapped; safe to use from any number of threads.

    Args:
        name: Of the vocabulary.
        arrays: All arrays of the index.
    """

    def __init__(self, name: str, arrays: Arrays) -> None:
        own = {key: arrays[f"{name}.{key}"] for key in ("starts", "rows", "fields")}
        self.words = Texts(arrays[f"{name}.words.data"], arrays[f"{name}.words.starts"])
        self._starts, self._rows, self._fields = own["starts"], own["rows"], own["fields"]
        self._codes = {
            code: (arrays[f"{name}.{code}.keys"], arrays[f"{name}.{code}.words"])
            for code in ("slip", "sound", "nick")
        }

    def rows(self, word: int) -> Ints:
        """The customers that have a word, sorted."""
        return self._rows[int(self._starts[word]) : int(self._starts[word + 1])]

    def count(self, word: int) -> int:
        """How many customers have a word."""
        return int(self._starts[word + 1] - self._starts[word])

    def field(self, word: int, row: int) -> int:
        """Number of the field in which a customer has a word."""
        start = int(self._starts[word])
        return int(self._fields[start + int(np.searchsorted(self.rows(word), row))])

    def find(self, word: str) -> list[Found]:
        """The words that a word of a query may stand for, the likeliest first."""
        best: dict[int, Found] = {}
        for found in (*self._exact(word), *self._nicks(word), *self._near(word), *self._starting(word)):
            known = best.get(found.word)
            if known is None or known.quality < found.quality:
                best[found.word] = found
        return sorted(best.values(), key=lambda f: (-f.quality, f.word))[:_MOST]

    def exact(self, word: str) -> int | None:
        """The number of a word, None if nobody has it."""
        return self.words.find(word)

    def _exact(self, word: str) -> Iterable[Found]:
        at = self.exact(word)
        return [] if at is None else [Found(at, 1.0, "exact")]

    def _having(self, code: str, keys: Sequence[str]) -> list[int]:
        numbers, words = self._codes[code]
        found: set[int] = set()
        for first, end in spans(numbers, key_numbers(keys)) if keys else []:
            found.update(words[first : min(end, first + _LOOKED_AT)].tolist())
        return sorted(found)

    def _nicks(self, word: str) -> Iterable[Found]:
        """Short forms of the word, what it is short for, and other short forms of that."""
        keys = sorted(nickname_keys(word))
        full = [at for key in keys if key != word and (at := self.exact(key)) is not None]
        return [Found(at, 0.88, "nick") for at in {*full, *self._having("nick", keys)}]

    def _near(self, word: str) -> Iterable[Found]:
        """Words with one slip, and words that sound the same and look alike."""
        if len(word) < _SHORTEST_SLIP - 1 or not word.isalpha():
            return []
        slips = self._having("slip", deletions(word)) if len(word) >= _SHORTEST_SLIP else []
        sounding = set(self._having("sound", _sounds(word)))
        at = sorted({*slips, *sounding})
        if not at:
            return []
        texts = [self.words[i] for i in at]
        same = [word] * len(at)
        distances, alike = edit_distance(same, texts), jaro_winkler(same, texts)
        written = orthography(word)
        found: list[Found] = []
        for i, text, distance, likeness in zip(at, texts, distances.tolist(), alike.tolist(), strict=True):
            if distance == 1 and len(word) >= _SHORTEST_SLIP:
                found.append(Found(i, 0.8 + 0.1 * min(1.0, (len(word) - 4) / 6), "typo"))
            if i in sounding and orthography(text) == written:
                found.append(Found(i, 0.92, "sound"))
            elif i in sounding and likeness >= 0.6:
                found.append(Found(i, 0.55 + 0.35 * likeness, "sound"))
        return found

    def _starting(self, word: str) -> Iterable[Found]:
        if len(word) < _SHORTEST_START or word.isdigit():
            return []
        first, end = self.words.begins(word)
        # the shortest are the likeliest; of too many only the first are looked at
        lengths = np.diff(self.words.starts[first : min(end, first + _LOOKED_AT) + 1])
        chosen = np.argsort(lengths, kind="stable")[:_MOST]
        return [
            Found(first + int(i), 0.6 + 0.3 * len(word) / max(len(word), int(lengths[i])), "start")
            for i in chosen.tolist()
        ]
