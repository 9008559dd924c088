"""crmclean: scattered customer exports in, consolidated customers out.

The way through the code: `pipeline.py` holds the stages in order and is the page to read first;
each stage is a package of its own (read, normalize, match, consent, merge, view, write, report);
`tables.py` declares the tables in which they meet. docs/concepts.md explains the rest.

Public names load on first use, so that importing the package stays fast. `__init__.pyi` says the
same to type checkers and editors; tests/test_api.py keeps both alike.
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_NAMES_OF: dict[str, str] = {
    "pipeline": "run",
    "duplicates": "Duplicates dedupe",
    "result": "Result",
    "config": "Config config_from load_config",
    "errors": (
        "ConfigError ConsentError CrmcleanError GateError ModelError NotFoundError ReadError StoreError "
        "TableError"
    ),
    "values": "Cleaned Finding",
    "read": "read_records",
    "read.records": "ReadResult",
    "profile": "profile_ages profile_columns profile_issues profile_overlap profile_sources",
    "normalize.address": "normalize_address",
    "normalize.amount": "normalize_amount",
    "normalize.company": "normalize_company",
    "normalize.contact_point": "normalize_contact_point",
    "normalize.country": "normalize_country",
    "normalize.date": "normalize_date",
    "normalize.email": "normalize_email",
    "normalize.events": (
        "normalize_consents normalize_opportunities normalize_orders normalize_qualifications "
        "normalize_tasks normalize_touchpoints"
    ),
    "normalize.house_number": "normalize_house_number",
    "normalize.identifier": "normalize_identifier",
    "normalize.person": "normalize_person",
    "normalize.phone": "normalize_phone",
    "normalize.postcode": "postcode_info",
    "normalize.records": "Normalized normalize_records",
    "normalize.salutation": "normalize_salutation",
    "normalize.text": "repair_text",
    "normalize.time": "normalize_time",
    "text.phonetics": "cologne_phonetics",
    "match.explain": "Explanation explain_pair",
    "match.model": "Model",
    "match.parties": "Matches match_parties",
    "merge.flat": "flat_customers",
    "merge.golden": "merge_clusters",
    "merge.identity": "identify_clusters",
    "consent.decide": "Decision may_contact",
    "consent.event": "ConsentEvent",
    "consent.importing": "import_consents",
    "consent.many": "may_contact_many",
    "consent.policy": "Policy policy_of",
    "steward.pairs": "link_customers split_customer",
    "steward.pins": "lock_value unlock_field",
    "steward.proposal": "Proposal Word",
    "store.store": "Store",
    "view.access": "access_request",
    "view.check": "Checked check_new",
    "view.customer": "view_customer",
    "view.find": "find_customers",
    "view.finder": "Candidate Finder",
    "view.opportunity": "view_opportunity",
    "write.result": "write_result",
}
_HOME: dict[str, str] = {
    name: f"crmclean.{module}" for module, names in _NAMES_OF.items() for name in names.split()
}
_MODULES = frozenset({"steward"})
"""Modules that are attributes without an import of their own: `crmclean.steward.apply`."""
__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605  built from the map above


def __getattr__(name: str) -> object:
    """A public name, loaded from its home on first use (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"crmclean.{name}")
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'crmclean' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
