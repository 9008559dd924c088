"""Stage 7: one customer all round, and who is this.

`access_request` and `check_new` have modules of their own, `access` and `check`: what they need loads slowly.
"""

from __future__ import annotations

from crmclean.view.customer import view_customer
from crmclean.view.find import CANDIDATES, find_customers, permission_text, pick_customer, why_text
from crmclean.view.finder import Candidate, Finder
from crmclean.view.opportunity import view_opportunity
from crmclean.view.saved import Renewed, fresh_index, index_of, renew_index, save_index
from crmclean.view.text import customer_text, opportunity_text

__all__ = [
    "CANDIDATES",
    "Candidate",
    "Finder",
    "Renewed",
    "customer_text",
    "find_customers",
    "fresh_index",
    "index_of",
    "opportunity_text",
    "permission_text",
    "pick_customer",
    "renew_index",
    "save_index",
    "view_customer",
    "view_opportunity",
    "why_text",
]
