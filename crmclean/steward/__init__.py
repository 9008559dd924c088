"""What a steward decides of customers: link, split, lock, unlock, undo. First looked at, then done.

A `Proposal` is rows for the tables `decisions` and `locks`, both append only. `preview` says what
they would change; `apply` writes them and everything that follows from them in one transaction. What
follows is worked out by the stages of a run over what the store holds, so the next run agrees.

Linking two customers says *same* of each pair of their records, splitting says *different* of each
pair across the cut: so the word holds whichever of the records a later run still has, and a word
that contradicts an earlier one takes its place.
"""

from __future__ import annotations

from crmclean.steward.doubts import Doubt, doubts_of
from crmclean.steward.effects import Effects, Golden
from crmclean.steward.pairs import link_customers, split_customer
from crmclean.steward.pins import GROUPS, lock_value, lockable_fields, unlock_field
from crmclean.steward.proposal import COMMANDS, Proposal, Word, apply, decide_pairs, last_day, preview
from crmclean.steward.settle import propose_review
from crmclean.steward.undo import propose_undo, run_to_undo, undo
from crmclean.steward.workbook import Finding, Reviewed, read_workbook, write_workbook_of

__all__ = [
    "COMMANDS",
    "GROUPS",
    "Doubt",
    "Effects",
    "Finding",
    "Golden",
    "Proposal",
    "Reviewed",
    "Word",
    "apply",
    "decide_pairs",
    "doubts_of",
    "last_day",
    "link_customers",
    "lock_value",
    "lockable_fields",
    "preview",
    "propose_review",
    "propose_undo",
    "read_workbook",
    "run_to_undo",
    "split_customer",
    "undo",
    "unlock_field",
    "write_workbook_of",
]
