"""Record ids: the column that identifies rows, or a stable key of the content.

An id column is taken only if nearly every row has a value of its own. Without one the key is a
64-bit digest of the row's cells by column name (column order and row order do not matter), with an
occurrence number for identical rows. Equal ids get a number in the order of their content.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from crmclean.config import SourceConfig
from crmclean.errors import ReadError
from crmclean.read.bytes_of import is_rising, is_unique
from crmclean.read.headers import Header, parse_header
from crmclean.read.mapping import Understood
from crmclean.read.roles import ROLE_KEYS
from crmclean.read.sensitive import private_kind

__all__ = ["Keys", "content_digests", "id_column", "number_keys", "repeated_id", "row_ids", "unique_keys"]

_FIRST = ("id", "recordid", "uid", "uuid", "guid", "datensatzid", "recid")
_FILLED, _DISTINCT = 0.9, 0.95


@dataclass(frozen=True, slots=True)
class Keys:
    """The ids of a source's rows.

    Args:
        ids: One per row, unique.
        made: Whether the id is a content key.
        repeated: Whether a number had to be added because the id was taken.
    """

    ids: np.ndarray | ExtensionArray
    made: np.ndarray
    repeated: np.ndarray


def id_column(frame: pd.DataFrame, understood: Understood, said: SourceConfig) -> int | None:
    """Position of the column that identifies the rows, or None.

    Raises:
        ReadError: The configuration names a column that is not there.
    """
    headers = understood.headers
    if said.id_column:
        wanted = parse_header(said.id_column).compact
        for position, header in enumerate(headers):
            if header.raw == said.id_column or header.compact == wanted:
                return position
        raise ReadError.of("errors.config.id_column", column=repr(said.id_column))
    named = next((g.position for g in understood.guesses if g.field == "source"), None)
    for position in _candidates(understood):
        column = frame.iloc[:, position]
        if named is not None:
            column = frame.iloc[:, named] + "\x1f" + column
        if _identifies(column):
            return position
    return None


def repeated_id(frame: pd.DataFrame, understood: Understood) -> tuple[str, int] | None:
    """A column that by its name numbers the rows and does not: its name, and the rows whose value stands elsewhere too.

    Args:
        frame: The rows.
        understood: What the columns are.
    """
    named = {g.position for g in understood.guesses if g.field == "record_id"}
    for position, header in enumerate(understood.headers):
        if header.compact not in _FIRST and position not in named:
            continue
        column = frame.iloc[:, position]
        again = int((column.duplicated(keep=False) & column.notna()).sum())
        if again and int(column.notna().sum()) >= _FILLED * len(column):
            return header.raw, again
    return None


def _candidates(understood: Understood) -> list[int]:
    headers, guesses = understood.headers, understood.guesses
    at = {header.compact: i for i, header in reversed(list(enumerate(headers)))}
    found = [at[name] for name in (understood.profile.ids if understood.profile else ()) if name in at]
    for role in understood.roles:
        key = ROLE_KEYS.get(role, "")
        if key in understood.columns.get(role, {}):
            found.append(understood.columns[role][key])
    found += [at[name] for name in _FIRST if name in at]
    found += [g.position for g in guesses if g.field == "record_id"]
    if "customers" in understood.roles:
        found += [g.position for g in guesses if g.field == "customer_no"]
    found += [
        i for i, h in enumerate(headers) if _is_id_word(h) and guesses[i].reason in {"duplicate", "unknown"}
    ]
    return list(dict.fromkeys(found))


def _is_id_word(header: Header) -> bool:
    return header.compact.endswith(("id", "nummer", "nr", "no", "number", "key", "code", "ref"))


def _identifies(column: pd.Series) -> bool:
    """Whether nearly each row has a value and nearly each value stands once."""
    filled = int(column.notna().sum())
    if filled == 0 or filled < _FILLED * len(column):
        return False
    if is_rising(column):
        return True
    return int(column.nunique()) >= _DISTINCT * filled


def content_digests(frame: pd.DataFrame, understood: Understood) -> np.ndarray:
    """A 64-bit digest per row of its cells, whatever the order of columns.

    Private columns do not count: a note may change without making another record. Equal rows have
    equal digests; two of a million different rows share one with a probability of 3 in 10^8.
    """
    total = np.zeros(len(frame), dtype=np.uint64)
    for position, (header, content) in enumerate(zip(understood.headers, understood.contents, strict=True)):
        if private_kind(header, content):
            continue
        column = frame.iloc[:, position]
        cells = pd.util.hash_array(column.to_numpy(dtype=object, na_value=""), categorize=False)
        name = pd.util.hash_array(np.array([header.compact or header.raw], dtype=object), categorize=False)[0]
        mixed = (cells ^ name) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        total += np.where(column.isna().to_numpy(), np.uint64(0), mixed * np.uint64(0xBF58476D1CE4E5B9))
    return total


def row_ids(frame: pd.DataFrame, position: int | None) -> pd.Series:
    """The id of each row as it stands in the column; missing where there is none."""
    if position is None:
        return pd.Series(np.nan, index=range(len(frame)), dtype="str")
    ids = frame.iloc[:, position].reset_index(drop=True).str.strip()
    return ids.mask(ids == "")


def unique_keys(ids: pd.Series) -> Keys | None:
    """The ids as they are where none is missing and none repeated, else None."""
    if ids.isna().any() or not is_unique(ids):
        return None
    nothing = np.zeros(len(ids), dtype=np.bool_)
    return Keys(ids.array, nothing, nothing)


def number_keys(ids: pd.Series, digests: np.ndarray) -> Keys:
    """Unique ids: missing ones become content keys, repeated ones get ``#2``, ``#3`` ...

    Args:
        ids: As found, missing where there is none.
        digests: Content digests of the same rows; equal ids are numbered in their order.
    """
    made = ids.isna().to_numpy()
    names = ids.to_numpy(dtype=object)
    if made.any():
        names = names.copy()
        names[made] = _hex(digests[made])
    if not (counts := pd.Series(names).duplicated(keep=False).to_numpy()).any():
        return Keys(names, made, counts)
    rows = np.flatnonzero(counts)
    order = pd.DataFrame({"id": names[rows], "digest": digests[rows], "row": rows}).sort_values(
        ["id", "digest", "row"]
    )
    nth = order.groupby("id").cumcount().to_numpy()
    at = order["row"].to_numpy()
    late = nth > 0
    names = names.copy()
    names[at[late]] = [f"{name}#{n + 1}" for name, n in zip(names[at[late]], nth[late], strict=True)]
    repeated = np.zeros(len(names), dtype=bool)
    repeated[at[late]] = True
    return Keys(names, made, repeated)


def _hex(digests: np.ndarray) -> np.ndarray:
    """Sixteen hexadecimal digits per digest."""
    text = digests.astype(">u8").tobytes().hex().encode("ascii")
    return np.frombuffer(text, dtype="S16").astype("U16").astype(object)
