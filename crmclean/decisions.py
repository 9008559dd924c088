"""What holds of the stewards' decisions: the last word on each pair.

The table `decisions` is append only. Who changes their mind adds a row; ``withdrawn`` takes a word
back without saying the opposite, and the evidence decides again.
"""

from __future__ import annotations

from crmclean.tables import DECISIONS, Decisions

__all__ = ["WORDS", "standing"]

WORDS = ("same", "different", "withdrawn")


def standing(decisions: Decisions) -> Decisions:
    """The last word on each pair, in the order in which they were said; withdrawn ones have none.

    Of two words of one time the one that was written later holds.

    Args:
        decisions: All rows, in the order of writing.

    Example:
        >>> import pandas as pd
        >>> said = pd.DataFrame({"party_l": "a", "party_r": "b", "decision": ["same", "withdrawn"], "at": ["1", "2"]})
        >>> len(standing(DECISIONS.check(said)))
        0
    """
    last = decisions.sort_values("at", kind="stable").drop_duplicates(["party_l", "party_r"], keep="last")
    return DECISIONS.check(last[last["decision"] != "withdrawn"])
