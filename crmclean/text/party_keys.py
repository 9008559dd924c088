"""Keys of parties taken apart, a column at once: ``source:record_id/kind``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["key_parts"]

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


def key_parts(keys: pa.Array) -> tuple[pa.Array, pa.Array, pa.DictionaryArray]:
    """Source, record id and kind of each party.

    The source ends at the first colon, the record id at the last slash: a record id may have both in it.
    The kind is told without the number that counts the persons of a record.

    Args:
        keys: Parties as `tables.PARTIES` names them, none missing.

    Returns:
        Two arrays of large_string, and a dictionary of the kinds.

    Example:
        >>> [part.to_pylist() for part in key_parts(pa.array(["erp:a/1/person2"], pa.large_string()))]
        [['erp'], ['a/1'], ['person']]
    """
    _, ends, data = keys.buffers()
    if not len(keys) or data is None:
        none = pa.array([None] * len(keys), pa.large_string())
        return none, none, none.dictionary_encode()
    at = np.frombuffer(ends, dtype=np.int64)[keys.offset : keys.offset + len(keys) + 1]
    text, at = np.frombuffer(data, dtype=np.uint8)[at[0] : at[-1]], at - at[0]
    begins, stops = at[:-1], at[1:]
    colons, slashes = np.flatnonzero(text == ord(":")), np.flatnonzero(text == ord("/"))
    colon = colons[np.searchsorted(colons, begins)]
    slash = slashes[np.searchsorted(slashes, stops) - 1]
    kind = _between(text, slash + 1, stops).dictionary_encode()
    words = pc.replace_substring_regex(kind.dictionary, "[0-9]+$", "")
    kinds = pa.DictionaryArray.from_arrays(kind.indices, words)
    return _between(text, begins, colon), _between(text, colon + 1, slash), kinds


def _between(text: Bytes, begins: Places, stops: Places) -> pa.Array:
    """The texts from each place to the next, of which none begins before the one before it stops."""
    ends = np.zeros(len(begins) + 1, dtype=np.int64)
    np.cumsum(stops - begins, out=ends[1:])
    edges = np.zeros(len(text) + 1, dtype=np.int8)
    edges[begins] += 1  # each text has a begin and a stop of its own: a key holds a colon and a slash
    edges[stops] -= 1
    kept = text[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)]
    return pa.Array.from_buffers(
        pa.large_string(), len(begins), [None, pa.py_buffer(ends), pa.py_buffer(kept)]
    )
