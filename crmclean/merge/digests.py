"""SHA-1 (FIPS 180-4) of many short texts at once, column by column.

Half a million calls of a hash function keep Python from anything else; these steps leave it free
for other threads, and take a third of the time.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["digests"]

Words = NDArray[np.uint32]
FEW = 1000
"""Texts below which a call for each is faster."""
_SLICE = 1 << 14
_BLOCK, _LENGTH = 64, 8
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_ROUNDS = tuple(np.uint32(k) for k in (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6))


def digests(prefix: bytes, keys: pa.Array) -> NDArray[np.uint8]:
    """The twenty bytes of SHA-1 of the prefix and each key.

    Args:
        prefix: What every text begins with.
        keys: The texts (large_string), none missing.
    """
    if len(keys) < FEW:
        return _one_by_one(prefix, keys)
    result = np.empty((len(keys), 20), dtype=np.uint8)
    for start in range(0, len(keys), _SLICE):  # what is worked on stays in the cache
        part = keys[start : start + _SLICE]
        ends = np.frombuffer(part.buffers()[1], dtype=np.int64)[part.offset : part.offset + len(part) + 1]
        blocks = (np.diff(ends) + len(prefix) + _LENGTH) // _BLOCK + 1
        for count in np.unique(blocks).tolist():
            at = np.flatnonzero(blocks == count)
            chosen = part if len(at) == len(part) else part.take(pa.array(at))
            result[start + at] = _of_blocks(prefix, chosen, count)
    return result


def _one_by_one(prefix: bytes, keys: pa.Array) -> NDArray[np.uint8]:
    begun = hashlib.sha1(prefix, usedforsecurity=False)
    raw = bytearray()
    for key in keys.cast(pa.large_binary()).to_pylist():
        text = begun.copy()
        text.update(key)
        raw += text.digest()
    return np.frombuffer(raw, dtype=np.uint8).reshape(-1, 20)


def _of_blocks(prefix: bytes, keys: pa.Array, count: int) -> NDArray[np.uint8]:
    """The digests of texts that fill so many blocks."""
    n, width = len(keys), count * _BLOCK
    ends = np.frombuffer(keys.buffers()[1], dtype=np.int64)[keys.offset : keys.offset + n + 1]
    size, begin = np.diff(ends), np.arange(n) * width + len(prefix)
    table = np.zeros((n, width), dtype=np.uint8)
    table[:, : len(prefix)] = np.frombuffer(prefix, dtype=np.uint8)
    flat = table.reshape(-1)
    if ends[-1] > ends[0]:
        letters = np.frombuffer(keys.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
        flat[np.arange(len(letters)) + np.repeat(begin - (ends[:-1] - ends[0]), size)] = letters
    flat[begin + size] = 0x80
    words = np.ascontiguousarray(table.view(">u4").T).astype(np.uint32)
    words[-1] = (size + len(prefix)) * 8
    state = [np.full(n, word, dtype=np.uint32) for word in _START]
    for block in range(count):
        state = _compressed(state, words[16 * block : 16 * block + 16])
    return np.stack(state, axis=1).astype(">u4").view(np.uint8)


def _compressed(state: list[Words], words: Words) -> list[Words]:
    """The state after a block; the block is used up."""
    a, b, c, d, e = (word.copy() for word in state)
    mixed, spare, turned = np.empty_like(a), np.empty_like(a), np.empty_like(a)
    for step in range(80):
        word = words[step % 16]
        if step >= 16:
            for before in (3, 8, 14):
                word ^= words[(step - before) % 16]
            _turn(word, 1, spare, word)
        _choose(step // 20, (b, c, d), spare, mixed)
        for term in (e, word, _ROUNDS[step // 20]):
            mixed += term
        _turn(a, 5, spare, turned)
        mixed += turned
        _turn(b, 30, spare, turned)
        a, b, c, d, e, mixed, turned = mixed, a, turned, c, d, e, b
    return [one + other for one, other in zip(state, (a, b, c, d, e), strict=True)]


def _choose(quarter: int, words: tuple[Words, Words, Words], spare: Words, out: Words) -> None:
    """The function of the quarter: choice, parity, majority, parity."""
    b, c, d = words
    if quarter == 0:
        np.bitwise_xor(c, d, out=out)
        out &= b
        out ^= d
    elif quarter == 2:
        np.bitwise_or(b, c, out=out)
        out &= d
        np.bitwise_and(b, c, out=spare)
        out |= spare
    else:
        np.bitwise_xor(b, c, out=out)
        out ^= d


def _turn(word: Words, bits: int, spare: Words, out: Words) -> None:
    """The word rotated to the left; `out` may be the word itself."""
    np.right_shift(word, np.uint32(32 - bits), out=spare)
    np.left_shift(word, np.uint32(bits), out=out)
    out |= spare
