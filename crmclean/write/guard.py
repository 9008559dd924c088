"""Columns of text made safe for spreadsheets: each distinct value is looked at once.

The rules for one text are in `crmclean.text.spreadsheet`, where the reader finds their inverse.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.text.spreadsheet import damaged, guard, unguard

__all__ = ["damaged", "guard", "guard_texts", "unguard"]

# A sieve, so that ids and mail addresses pass at full speed. It lets everything through that `guard`
# may change: what begins with no letter and has few of them, with a currency, a month or a truth
# value, and what has letters beyond a to z.
_SUSPECT = (
    r"(?i)^\s*(?:[^a-z0-9]|eur|chf|usd|dm|[0-9][^a-z]*(?:e[^a-z]*)?(?:eur|chf|usd|dm|[ap]m?)?[^a-z]*$"
    r"|[^a-z]*(?:j[aäu]n|feb|m[aä]|mrz|apr|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*[^a-z]*$"
    r"|(?:wahr|falsch|true|false)\s*$)|[^\x00-\x7f]"
)


def guard_texts(texts: pa.StringArray) -> pa.StringArray:
    """The texts in the form that a spreadsheet leaves alone; missing stays missing."""
    suspect = pc.fill_null(pc.match_substring_regex(texts, _SUSPECT), fill_value=False)
    if not pc.any(suspect).as_py():
        return texts
    encoded = pc.dictionary_encode(pc.filter(texts, suspect))
    guarded = pa.array([guard(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(texts, suspect, pc.take(guarded, encoded.indices))
