"""A run over an existing store that takes only what is new or changed; docs/pipeline.md, "Increments".

plan    whether a run may be an increment, and why not
program what of the program results depend on
base    the parties of the store with the new ones
reach   the customers that are touched: members, ids, relations
finding findings that stay, and those that are made anew
taking  the stages, joined for the touched customers
saving  what is written, and the whole result read back
"""

from __future__ import annotations

from crmclean.increment.plan import How, full_because, settings_of
from crmclean.increment.saving import renewed_by, save_taken, stored_result
from crmclean.increment.taking import Taken, take_increment

__all__ = [
    "How",
    "Taken",
    "full_because",
    "renewed_by",
    "save_taken",
    "settings_of",
    "stored_result",
    "take_increment",
]
