"""Stage 6: parties and clusters -> customers.

Which value wins (`golden`), ids that stay (`identity`), and the customers of touchpoints, orders
and relations.
"""

from __future__ import annotations

from crmclean.merge.attach import (
    attach_opportunities,
    attach_orders,
    attach_qualifications,
    attach_tasks,
    attach_touchpoints,
)
from crmclean.merge.documents import customer_documents, document_tables
from crmclean.merge.flat import FLAT_COLUMNS, flat_customers
from crmclean.merge.golden import merge_clusters, merge_coded
from crmclean.merge.identity import identify_clusters, named_parties
from crmclean.merge.relate import relate_customers
from crmclean.merge.rules import RULES, Evidence, Rule
from crmclean.merge.uuids import NAMESPACE, resolve_ids

__all__ = [
    "FLAT_COLUMNS",
    "NAMESPACE",
    "RULES",
    "Evidence",
    "Rule",
    "attach_opportunities",
    "attach_orders",
    "attach_qualifications",
    "attach_tasks",
    "attach_touchpoints",
    "customer_documents",
    "document_tables",
    "flat_customers",
    "identify_clusters",
    "merge_clusters",
    "merge_coded",
    "named_parties",
    "relate_customers",
    "resolve_ids",
]
