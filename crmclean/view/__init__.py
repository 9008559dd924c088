"""Stage 7: one customer all round, and who is this."""

from __future__ import annotations

from crmclean.view.customer import view_customer
from crmclean.view.find import CANDIDATES, find_customers, pick_customer, why_text
from crmclean.view.text import customer_text

__all__ = [
    "CANDIDATES",
    "customer_text",
    "find_customers",
    "pick_customer",
    "view_customer",
    "why_text",
]
