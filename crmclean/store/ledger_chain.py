"""The chain of the consent ledger: what of an event is sealed, and how one seal follows another.

Every event has a number, a salt, a digest of its content and a link: the hash over the link before,
the number and the digest. Nothing personal is in the link, so an event's content and salt may be
erased, and every link before and after still holds. An erasure is an entry of the chain itself; its
note is public and names nothing but numbers.

The salt is made of a key and the event's id: importing an event twice makes the same entry, and two
runs over the same files make the same chain. The key of a new store is made of everything the first
run read. With each erasure the key is replaced by one that does not lead back to it, so that the
salt of an erased event cannot be made again from a guess of its content.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from json.encoder import encode_basestring

import pandas as pd

__all__ = ["START", "digest_of", "link_of", "next_key", "note_digest", "payload_of", "salt_of", "secret_of"]

START = hashlib.sha256(b"crmclean consent ledger, version 1").digest()
_SIZE = 1 << 256


def payload_of(names: Sequence[str], values: Sequence[str | None]) -> bytes:
    """The content of an event in one form: what is said of it, by name, as JSON.

    Args:
        names: Names of the columns, sorted.
        values: Their values in the same order; None is left out.
    """
    said = [f'"{n}":{encode_basestring(v)}' for n, v in zip(names, values, strict=True) if v is not None]
    return ("{" + ",".join(said) + "}").encode("utf-8")


def salt_of(key: bytes, event_id: str) -> bytes:
    """The salt of an event."""
    return hmac.digest(key, event_id.encode("utf-8"), "sha256")[:16]


def digest_of(salt: bytes, payload: bytes) -> bytes:
    """The digest of an event's content."""
    return hashlib.sha256(salt + payload).digest()


def note_digest(note: str) -> bytes:
    """The digest of an entry that is no event: nothing personal, so without salt."""
    return hashlib.sha256(note.encode("utf-8")).digest()


def link_of(before: bytes, number: int, digest: bytes) -> bytes:
    """The hash that ties an entry to all before it."""
    return hashlib.sha256(before + number.to_bytes(8, "big") + digest).digest()


def next_key(key: bytes) -> bytes:
    """The key after an erasure; nobody gets back from it to the one before."""
    return hmac.digest(key, b"after an erasure", "sha256")


def secret_of(frame: pd.DataFrame) -> bytes:
    """The key of a new store: a digest of all rows whatever their order.

    Whoever does not know every row byte for byte, those of erased people too, cannot make it again.

    Args:
        frame: The raw records of the first run; lines and file names do not count.
    """
    names = sorted(str(name) for name in frame.columns if name not in {"row", "file"})
    columns = [frame[name].astype("str").fillna("").tolist() for name in names]
    total = 0
    for row in zip(*columns, strict=True):
        line = "\x1f".join(row).encode("utf-8", "surrogatepass")
        total += int.from_bytes(hashlib.sha256(line).digest(), "big")
    return hashlib.sha256((total % _SIZE).to_bytes(32, "big") + repr(names).encode("utf-8")).digest()
