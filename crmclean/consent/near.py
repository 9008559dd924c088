"""Contact points of events that nobody carries as written, and who is meant nevertheless.

A log without country column holds national numbers: the same digits may be an Austrian or a Swiss
customer's. And a withdrawal may name an address that stands on the record with a slip of the pen. A
number read under another country is the customer's own; an address one letter away only takes away.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from crmclean.text.similarity import edit_distance

__all__ = ["near_mails", "near_numbers"]

# Countries whose numbers are mixed up when written nationally.
_CODES = re.compile(r"(?:\+(?:49|43|41)|0)(\d{6,})")
_EDGE, _SHORTEST = 3, 5


def near_numbers(unknown: pd.Series[Any], held: pd.Series[Any]) -> pd.DataFrame:
    """Place (index of `unknown`) and point (value of `held`): the same national digits elsewhere.

    Args:
        unknown: Numbers in comparable form that nobody carries.
        held: Number in comparable form = its code.
    """
    digits = pd.DataFrame(
        {
            "digits": held.index.astype("str").str.extract(_CODES.pattern, expand=False),
            "point": held.to_numpy(),
        }
    ).dropna()
    asked = unknown.astype("str").str.extract(f"^{_CODES.pattern}$", expand=False).dropna()
    frame = pd.DataFrame({"place": asked.index, "digits": asked.to_numpy()})
    return frame.merge(digits, on="digits")[["place", "point"]]


def near_mails(unknown: pd.Series[Any], held: pd.Series[Any]) -> pd.DataFrame:
    """Place and point of addresses that differ in one letter, before or behind the @.

    A digit that differs makes another person (anna1 and anna2), a letter a slip. Short names
    (below five letters) are not compared.

    Args:
        unknown: Addresses in comparable form that nobody carries.
        held: Address in comparable form = its code.
    """
    asked = _split(unknown.drop_duplicates())
    known = _split(pd.Series(held.index.astype("str"), index=held.to_numpy()))
    if not len(asked) or not len(known):
        return pd.DataFrame({"place": [], "point": []}, dtype="int64")
    pairs = pd.concat(
        [
            asked.merge(known, on=keys, suffixes=("", "_held"))
            for keys in (["domain", "head"], ["domain", "tail"], ["local"])
        ]
    )
    for name in ("local", "domain"):
        pairs[f"{name}_held"] = pairs[f"{name}_held"].fillna(pairs[name])
    pairs = pairs[(pairs["text"] != pairs["text_held"])].drop_duplicates(["text", "text_held"])
    long = (pairs[["local", "local_held"]].apply(lambda c: c.str.len()).min(axis=1) >= _SHORTEST).to_numpy()
    pairs = pairs[long & (pairs["digits"] == pairs["digits_held"]).to_numpy()]
    close = edit_distance(pairs["text"].tolist(), pairs["text_held"].tolist()) <= 1
    found = pairs.loc[close, ["text", "place_held"]].rename(columns={"place_held": "point"})
    places = pd.DataFrame({"text": unknown.astype("str").to_numpy(), "place": unknown.index})
    return places.merge(found, on="text")[["place", "point"]].astype("int64")


def _split(mails: pd.Series[Any]) -> pd.DataFrame:
    """text, local, domain, head and tail of the local part, its digits; place is the index."""
    text = mails.astype("str")
    text = text[text.str.contains("@", regex=False).fillna(False).to_numpy(dtype=bool)]
    local, domain = text.str.rsplit("@", n=1).str[0], text.str.rsplit("@", n=1).str[-1]
    return pd.DataFrame(
        {
            "text": text.to_numpy(),
            "local": local.to_numpy(),
            "domain": domain.to_numpy(),
            "head": local.str[:_EDGE].to_numpy(),
            "tail": local.str[-_EDGE:].to_numpy(),
            "digits": text.str.replace(r"\D", "", regex=True).to_numpy(),
            "place": text.index,
        }
    )
