"""Columns of text made safe for spreadsheets: each distinct value is looked at once.

The rules for one text are in `crmclean.text.spreadsheet`, where the reader finds their inverse.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.text.spreadsheet import damaged, guard, unguard

__all__ = ["damaged", "guard", "guard_texts", "unguard"]


def guard_texts(texts: pa.StringArray) -> pa.StringArray:
    """The texts in the form that a spreadsheet leaves alone; missing stays missing."""
    encoded = pc.dictionary_encode(texts)
    guarded = [guard(value) for value in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(guarded, pa.string()), encoded.indices)
