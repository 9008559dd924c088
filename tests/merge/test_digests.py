"""Digests of whole columns against hashlib."""

import hashlib

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from crmclean.merge import digests
from crmclean.merge.uuids import customer_ids


def expected(prefix: bytes, keys: list[str]) -> list[bytes]:
    """What hashlib says."""
    return [hashlib.sha1(prefix + key.encode(), usedforsecurity=False).digest() for key in keys]


def found(prefix: bytes, keys: pa.Array) -> list[bytes]:
    """What the columns say."""
    return [bytes(row) for row in digests.digests(prefix, keys)]


@given(st.binary(max_size=20), st.lists(st.text(st.characters(codec="utf-8"), max_size=150), max_size=8))
def test_few_digests_are_those_of_hashlib(prefix: bytes, keys: list[str]) -> None:
    """Few texts, in any letters."""
    assert found(prefix, pa.array(keys, pa.large_string())) == expected(prefix, keys)


def test_many_digests_are_those_of_hashlib() -> None:
    """Many texts, of one block and of several, in any letters."""
    rng = np.random.default_rng(3)
    letters = np.array(list("abcxyz/:0189äß漢"))
    keys = ["".join(rng.choice(letters, size)) for size in rng.integers(0, 90, digests.FEW + 500)]
    assert found(b"prefix", pa.array(keys, pa.large_string())) == expected(b"prefix", keys)


def test_every_length_and_slice() -> None:
    """Lengths at which a block is full, and more texts than are worked on at once."""
    keys = ["x" * size for size in range(140)] * 130
    assert len(keys) > digests._SLICE
    array = pa.array(["before", *keys], pa.large_string())[1:]
    assert found(b"n" * 16, array) == expected(b"n" * 16, keys)


def test_nothing_gives_nothing() -> None:
    """No keys, no ids."""
    assert customer_ids([]) == []
    assert np.array(digests.digests(b"", pa.array([], pa.large_string()))).shape == (0, 20)
