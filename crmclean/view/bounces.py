"""What did not arrive: returned letters, bounced mails, numbers out of service.

Read off the subject and the outcome of a contact by phrases of `data/bounce_words.txt`. A contact that
comes in afterwards from the same address or number shows that it works again.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmclean.data import read_table
from crmclean.text.fold import fold

__all__ = ["did_not_arrive", "undeliverable"]


@cache
def _phrases(kinds: tuple[str, ...]) -> re.Pattern[str]:
    listed = [phrase for phrase, kind in read_table("bounce_words.txt") if kind in kinds]
    return re.compile("|".join(map(re.escape, listed)))


def did_not_arrive(touchpoints: pd.DataFrame) -> NDArray[np.bool_]:
    """Per contact whether its subject or outcome says that it did not arrive.

    What customers write themselves ("falsche Adresse") counts only in what we sent, or as outcome.
    """
    every, sure = _phrases(("any", "out")), _phrases(("any",))
    came_in = touchpoints["direction"].eq("in").to_numpy(dtype=bool)
    outcome, subject = (_says(touchpoints, column, every) for column in ("outcome", "subject"))
    return outcome | (subject & ~came_in) | _says(touchpoints, "subject", sure)


def _says(touchpoints: pd.DataFrame, column: str, phrases: re.Pattern[str]) -> NDArray[np.bool_]:
    codes, texts = pd.factorize(touchpoints[column])
    says = [phrases.search(fold(str(text))) is not None for text in texts]
    return np.array([*says, False], dtype=bool)[codes]


def undeliverable(touchpoints: pd.DataFrame) -> pd.Series[str]:
    """Match keys of addresses and numbers that failed last, each with the time of the failure.

    Args:
        touchpoints: Uses key, identifier_kind, at, direction, subject, outcome.
    """
    keyed = touchpoints[touchpoints["key"].notna() & touchpoints["identifier_kind"].isin(["email", "phone"])]
    failed = did_not_arrive(keyed)
    last = keyed[failed].assign(at=keyed["at"].fillna("")).groupby("key")["at"].max()
    came = keyed[~failed & keyed["direction"].eq("in").to_numpy(dtype=bool)]
    worked = came.groupby("key")["at"].max().reindex(last.index).fillna("")
    return last[~worked.gt(last)].astype("str")
