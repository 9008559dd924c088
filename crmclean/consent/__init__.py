"""Consent: who may be contacted, on which channel, for what, at which address, and why.

Two concepts: an append-only history of *events*, and a *policy*. A decision is a pure function of
both; nothing stores a state. The way through the code:

- `event`: one event; `words`: what people call channels, purposes and kinds of event;
- `decide`: the rules in order, `may_contact` and `explain` (no pandas, no store, thread-safe), over
  `history` (which events count), `claims` (which consents hold), `permits` (what needs none);
- `many`: the same answers for whole tables; `importing` and `flags`: events out of files.

What works on tables loads pandas on first use only.
"""

from __future__ import annotations

import importlib
from typing import Any

from crmclean.consent.decide import Decision, Step, explain, may_contact
from crmclean.consent.event import ConsentEvent
from crmclean.consent.person import Person
from crmclean.consent.policy import DEFAULT_POLICY, PRESETS, Policy, policy_of, without_presumption

_TABLES = {
    "consent_findings": "crmclean.consent.findings",
    "consent_summary": "crmclean.consent.summary",
    "consents_from_flags": "crmclean.consent.flags",
    "decide_coded": "crmclean.consent.many",
    "decide_customers": "crmclean.consent.many",
    "events_of": "crmclean.consent.frames",
    "import_consents": "crmclean.consent.importing",
    "may_contact_many": "crmclean.consent.many",
}
__all__ = [
    "DEFAULT_POLICY",
    "PRESETS",
    "ConsentEvent",
    "Decision",
    "Person",
    "Policy",
    "Step",
    "consent_findings",
    "consent_summary",
    "consents_from_flags",
    "decide_coded",
    "decide_customers",
    "events_of",
    "explain",
    "import_consents",
    "may_contact",
    "may_contact_many",
    "policy_of",
    "without_presumption",
]


def __getattr__(name: str) -> Any:
    """What works on tables, loaded from its home on first use (PEP 562)."""
    home = _TABLES.get(name)
    if home is None:
        raise AttributeError(f"module 'crmclean.consent' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value
