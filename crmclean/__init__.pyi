# What type checkers and editors see of the public names; see __init__.py.

import crmclean.steward as steward  # noqa: F401, PLR0402  not one of the names: what `crmclean.steward` is, loaded on first use
from crmclean.config import Config, config_from, load_config
from crmclean.consent.decide import Decision, may_contact
from crmclean.consent.event import ConsentEvent
from crmclean.consent.importing import import_consents
from crmclean.consent.many import may_contact_many
from crmclean.consent.policy import Policy, policy_of
from crmclean.duplicates import Duplicates, dedupe
from crmclean.errors import (
    ConfigError,
    ConsentError,
    CrmcleanError,
    GateError,
    ModelError,
    NotFoundError,
    ReadError,
    StoreError,
    TableError,
)
from crmclean.match.explain import Explanation, explain_pair
from crmclean.match.model import Model
from crmclean.match.parties import Matches, match_parties
from crmclean.merge.flat import flat_customers
from crmclean.merge.golden import merge_clusters
from crmclean.merge.identity import identify_clusters
from crmclean.normalize.address import normalize_address
from crmclean.normalize.amount import normalize_amount
from crmclean.normalize.company import normalize_company
from crmclean.normalize.contact_point import normalize_contact_point
from crmclean.normalize.country import normalize_country
from crmclean.normalize.date import normalize_date
from crmclean.normalize.email import normalize_email
from crmclean.normalize.events import (
    normalize_consents,
    normalize_opportunities,
    normalize_orders,
    normalize_qualifications,
    normalize_tasks,
    normalize_touchpoints,
)
from crmclean.normalize.house_number import normalize_house_number
from crmclean.normalize.identifier import normalize_identifier
from crmclean.normalize.person import normalize_person
from crmclean.normalize.phone import normalize_phone
from crmclean.normalize.postcode import postcode_info
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.normalize.salutation import normalize_salutation
from crmclean.normalize.text import repair_text
from crmclean.normalize.time import normalize_time
from crmclean.pipeline import run
from crmclean.profile import (
    profile_ages,
    profile_columns,
    profile_issues,
    profile_overlap,
    profile_sources,
)
from crmclean.read import read_records
from crmclean.read.records import ReadResult
from crmclean.result import Result
from crmclean.steward.pairs import link_customers, split_customer
from crmclean.steward.pins import lock_value, unlock_field
from crmclean.steward.proposal import Proposal, Word
from crmclean.store.store import Store
from crmclean.text.phonetics import cologne_phonetics
from crmclean.values import Cleaned, Finding
from crmclean.view.access import access_request
from crmclean.view.check import Checked, check_new
from crmclean.view.customer import view_customer
from crmclean.view.find import find_customers
from crmclean.view.finder import Candidate, Finder
from crmclean.view.opportunity import view_opportunity
from crmclean.write.result import write_result

__version__: str
__all__ = [
    "Candidate",
    "Checked",
    "Cleaned",
    "Config",
    "ConfigError",
    "ConsentError",
    "ConsentEvent",
    "CrmcleanError",
    "Decision",
    "Duplicates",
    "Explanation",
    "Finder",
    "Finding",
    "GateError",
    "Matches",
    "Model",
    "ModelError",
    "Normalized",
    "NotFoundError",
    "Policy",
    "Proposal",
    "ReadError",
    "ReadResult",
    "Result",
    "Store",
    "StoreError",
    "TableError",
    "Word",
    "__version__",
    "access_request",
    "check_new",
    "cologne_phonetics",
    "config_from",
    "dedupe",
    "explain_pair",
    "find_customers",
    "flat_customers",
    "identify_clusters",
    "import_consents",
    "link_customers",
    "load_config",
    "lock_value",
    "match_parties",
    "may_contact",
    "may_contact_many",
    "merge_clusters",
    "normalize_address",
    "normalize_amount",
    "normalize_company",
    "normalize_consents",
    "normalize_contact_point",
    "normalize_country",
    "normalize_date",
    "normalize_email",
    "normalize_house_number",
    "normalize_identifier",
    "normalize_opportunities",
    "normalize_orders",
    "normalize_person",
    "normalize_phone",
    "normalize_qualifications",
    "normalize_records",
    "normalize_salutation",
    "normalize_tasks",
    "normalize_time",
    "normalize_touchpoints",
    "policy_of",
    "postcode_info",
    "profile_ages",
    "profile_columns",
    "profile_issues",
    "profile_overlap",
    "profile_sources",
    "read_records",
    "repair_text",
    "run",
    "split_customer",
    "unlock_field",
    "view_customer",
    "view_opportunity",
    "write_result",
]
