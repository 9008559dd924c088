"""Every table of crmclean: stages meet in these and in nothing else.

The declarations check frames, make the store's schema and make docs/tables.md. Records are keyed
by `source, record_id`; a party (a person or an organization that a record names) by `party`, the
text ``source:record_id/person`` or ``source:record_id/organization`` (a second person of the same
row is ``/person2``).
"""

from __future__ import annotations

from typing import Any, NewType

import pandas as pd

from crmclean.schema import Column, Table

__all__ = [
    "ADDRESSES",
    "CHANGES",
    "CLUSTERS",
    "CONSENTS",
    "CONTACTS",
    "CUSTOMERS",
    "DECISIONS",
    "IDENTITIES",
    "ISSUES",
    "LOCKS",
    "MAPPINGS",
    "MEMBERS",
    "MODELS",
    "OPPORTUNITIES",
    "ORDERS",
    "PARTIES",
    "PERMISSIONS",
    "QUALIFICATIONS",
    "RECORDS",
    "RELATIONS",
    "RUNS",
    "SCORES",
    "SOURCES",
    "TABLES",
    "TASKS",
    "TEXTS",
    "TOUCHPOINTS",
    "Addresses",
    "Changes",
    "Clusters",
    "Consents",
    "Contacts",
    "Customers",
    "Decisions",
    "Identities",
    "Issues",
    "Locks",
    "Mappings",
    "Members",
    "Models",
    "Opportunities",
    "Orders",
    "Parties",
    "Permissions",
    "Qualifications",
    "Records",
    "Relations",
    "Runs",
    "Scores",
    "Sources",
    "Tasks",
    "Texts",
    "Touchpoints",
]

Sources = NewType("Sources", pd.DataFrame)
Mappings = NewType("Mappings", pd.DataFrame)
Records = NewType("Records", pd.DataFrame)
Parties = NewType("Parties", pd.DataFrame)
Contacts = NewType("Contacts", pd.DataFrame)
Addresses = NewType("Addresses", pd.DataFrame)
Issues = NewType("Issues", pd.DataFrame)
Scores = NewType("Scores", pd.DataFrame)
Decisions = NewType("Decisions", pd.DataFrame)
Clusters = NewType("Clusters", pd.DataFrame)
Changes = NewType("Changes", pd.DataFrame)
Locks = NewType("Locks", pd.DataFrame)
Members = NewType("Members", pd.DataFrame)
Models = NewType("Models", pd.DataFrame)
Relations = NewType("Relations", pd.DataFrame)
Consents = NewType("Consents", pd.DataFrame)
Permissions = NewType("Permissions", pd.DataFrame)
Texts = NewType("Texts", pd.DataFrame)
Touchpoints = NewType("Touchpoints", pd.DataFrame)
Orders = NewType("Orders", pd.DataFrame)
Opportunities = NewType("Opportunities", pd.DataFrame)
Tasks = NewType("Tasks", pd.DataFrame)
Qualifications = NewType("Qualifications", pd.DataFrame)
Customers = NewType("Customers", pd.DataFrame)
Identities = NewType("Identities", pd.DataFrame)
Runs = NewType("Runs", pd.DataFrame)


def _text(name: str, doc: str, *, required: bool = False) -> Column:
    return Column(name, "text", doc, required)


def _key(name: str, doc: str) -> Column:
    return Column(name, "text", doc, required=True)


_SOURCE = _key("source", "name of the source")
_RECORD = _key("record_id", "identifier of the row within its source")
_PARTY = _key("party", "the party, source:record_id/kind")
_CUSTOMER = _text("customer_id", "the customer, missing where unknown")

SOURCES: Table[Sources] = Table(
    "sources",
    "one file, sheet or frame as it was understood",
    (
        _SOURCE,
        _text("file", "file name without its folder", required=True),
        _text("sheet", "sheet of a workbook"),
        _text(
            "roles",
            "what it holds, separated by blanks: customers consents touchpoints orders opportunities tasks qualifications unknown",
        ),
        _text("format", "csv excel vcard jsonl json parquet frame sql"),
        _text("profile", "export profile that was recognised, such as outlook_de"),
        _text("encoding", "encoding as found"),
        _text("delimiter", "delimiter of a csv file"),
        _text("date_order", "DMY, MDY or YMD where dates are written so"),
        _text("id_column", "column that identifies the rows; missing where a content key was made"),
        Column("rows", "integer", "rows read"),
        _text("sha256", "digest of the file's bytes"),
    ),
    ("source", "file", "sheet"),
)
MAPPINGS: Table[Mappings] = Table(
    "mappings",
    "one column of a source and the field it was taken for",
    (
        _SOURCE,
        _text("column", "header as read", required=True),
        Column("position", "integer", "place of the column, from 0"),
        _text("field", "canonical field; missing where the column is left out"),
        Column("confidence", "decimal", "0 to 1"),
        _text("reason", "code: profile alias values config sensitive note unknown duplicate"),
    ),
    ("source", "column"),
)
RECORDS: Table[Records] = Table(
    "records",
    "a source row, raw text under canonical field names (see fields.py); further columns are fields",
    (
        _SOURCE,
        _RECORD,
        _text("file", "file name without its folder"),
        Column("row", "integer", "line or row number in the file, from 1, header included"),
    ),
    ("source", "record_id"),
    open=True,
)
PARTIES: Table[Parties] = Table(
    "parties",
    "a person or an organization named by a record",
    (
        _PARTY,
        _SOURCE,
        _RECORD,
        _key("kind", "person or organization"),
        _text("salutation", "mr, ms, diverse, family or company"),
        _text("gender", "m or f as read from salutation or sex; serves matching and salutation only"),
        _text("title", "academic and professional titles, in order"),
        _text("given_name", "first given name (hyphenated names are one)"),
        _text("middle_names", "further given names and initials"),
        _text("name_prefix", "particles and former noble titles: von der, Freiherr von"),
        _text("family_name", "family name without particles"),
        _text("name_suffix", "jun., sen., MBA"),
        _text("birth_name", "name at birth"),
        _text("nickname", "nickname given in the name"),
        Column("birth_date", "date", "ISO date, possibly only year or year-month"),
        _text("organization", "display name of the organization (for a person: the one on the same row)"),
        _text("org_base", "organization without legal form and status, as written"),
        _text("legal_form", "usual short form: GmbH & Co. KG"),
        _text("department", "department"),
        _text("role", "position or job title"),
        _text("customer_no", "ERP number of the customer, compact"),
        _text("vat_id", "compact"),
        _text("tax_no", "compact"),
        _text("register_no", "compact"),
        _text("iban", "compact"),
        _text("national_id", "compact"),
        _text("other_id", "identifier of unknown kind, compact"),
        _text("language", "BCP 47 code or as written"),
        Column("created_at", "time", "when the record was created, ISO; a date where no time is known"),
        Column("modified_at", "time", "when the record was changed last"),
        Column("revenue", "decimal", "revenue figure kept on the record"),
        Column("last_order", "date", "date of the last order"),
        Column("is_test", "flag", "a test row (Max Mustermann): never linked to anyone"),
        Column("quality", "decimal", "0 to 1: share of the expected facts that are there and valid"),
    ),
    ("party",),
)
CONTACTS: Table[Contacts] = Table(
    "contacts",
    "one way to reach a party",
    (
        _PARTY,
        _key("kind", "email phone fax handle web"),
        _text("value", "normalised: stored e-mail form, E.164, handle as written; missing where invalid"),
        _text("key", "match key: folded e-mail, E.164, folded handle; missing where it must not link"),
        _text("raw", "as read"),
        _text("type", "work home mobile landline central fax role other; premium"),
        _text("extension", "telephone extension"),
        _text("field", "canonical field it was read from"),
        Column("valid", "flag", "whether value may be used"),
    ),
    ("party", "kind", "value", "raw", "field"),
)
ADDRESSES: Table[Addresses] = Table(
    "addresses",
    "one postal address of a party",
    (
        _PARTY,
        _text("type", "home work billing delivery other"),
        _text("care_of", "c/o"),
        _text("street", "street as written, without the number"),
        _text("house_number", "with suffix or range"),
        _text("addition", "further line"),
        _text("po_box", "post office box"),
        _text("postal_code", "as written in its country"),
        _text("city", "town"),
        _text("district", "part of the town"),
        _text("region", "state, canton, region"),
        _text("country", "ISO 3166-1 alpha-2"),
        _text("raw", "as read, parts joined by a vertical bar"),
        Column("valid_from", "date", "since when it holds"),
        _text("field", "place prefix it was read from: '', work_, home_ ..."),
        Column("valid_to", "date", "until when it held; missing: no end is known"),
    ),
)
ISSUES: Table[Issues] = Table(
    "issues",
    "one finding about a value, a record or a file",
    (
        _text("source", "name of the source"),
        _text("record_id", "the record; missing for a file"),
        _text("field", "canonical field or column"),
        _text("code", "issue code, see docs/issues.md", required=True),
        _text("severity", "error, warning or info"),
        _text("raw", "the value as read"),
        _text("proposal", "a better value, not applied"),
        Column("confidence", "decimal", "of the proposal, 0 to 1"),
        _text("file", "file name"),
        Column("row", "integer", "line or row in the file; 0 for the whole file"),
        _text("detail", "codes and counts that complete the sentence"),
    ),
)
SCORES: Table[Scores] = Table(
    "scores",
    "a compared pair of parties",
    (
        _key("party_l", "the smaller party"),
        _key("party_r", "the greater party"),
        Column("weight", "decimal", "match weight: log2 of the Bayes factor times the prior odds"),
        Column("probability", "decimal", "0 to 1"),
        _text("band", "match, review or none (another pair of the two customers is asked about)"),
        _text("levels", "agreement level of each comparison: name=equal;birth=missing"),
        _text("outcome", "merged, or the code of what kept it apart"),
    ),
    ("party_l", "party_r"),
)
DECISIONS: Table[Decisions] = Table(
    "decisions",
    "what a steward said of two parties; append only, the last one holds",
    (
        _key("party_l", "the smaller party"),
        _key("party_r", "the greater party"),
        _key("decision", "same, different, or withdrawn: no word any more"),
        _text("actor", "who decided"),
        Column("at", "time", "when"),
        _text("reason", "why"),
    ),
)
CLUSTERS: Table[Clusters] = Table(
    "clusters",
    "a party and the cluster of parties that are one customer",
    (_PARTY, _key("cluster", "the smallest party of the cluster")),
    ("party",),
)
MEMBERS: Table[Members] = Table(
    "members",
    "a party and its customer",
    (
        _key("customer_id", "the customer"),
        _PARTY,
        _SOURCE,
        _RECORD,
        _key("kind", "person or organization"),
        Column("is_primary", "flag", "whether the record counts for this customer in the crosswalk"),
    ),
    ("party",),
)
RELATIONS: Table[Relations] = Table(
    "relations",
    "two clusters (on output: customers) that belong together and are not one",
    (
        _key("left", "cluster or customer"),
        _key("right", "cluster or customer"),
        _key("kind", "household, works_at, branch_of, same_name"),
        _text("evidence", "codes of the facts, separated by blanks"),
        Column("records", "integer", "records that show it"),
    ),
    ("left", "right", "kind"),
)
CONSENTS: Table[Consents] = Table(
    "consents",
    "one consent event; append only",
    (
        _text("event_id", "uuid5 of the content; the same event twice has one id"),
        _text("source_event_id", "identifier in the file it came from"),
        Column("at", "time", "effective time, UTC; missing where unknown"),
        Column("recorded_at", "time", "when it was written down"),
        _text("source", "source of the record it belongs to"),
        _text("record_id", "record it belongs to"),
        _text("channel", "email phone sms messenger fax robocall post push visit any"),
        _text("purpose", "dotted path: marketing.newsletter; 'any' only for denials"),
        _text("contact_point", "normalised address or number it is about"),
        _text("event", "granted confirmed withdrawn objected ...: see docs/consent.md"),
        _text("controller", "company that may use it"),
        _text("actor", "who took the declaration"),
        _text("origin", "where it was declared: URL, form, fair, call"),
        _text("method", "web_form signed_form card oral ..."),
        _text("text_version", "version of the wording"),
        _text("evidence_ref", "where the proof lies"),
        _text("legal_basis", "as stated by the source"),
        Column("valid_until", "time", "end of validity; a date means the end of that day"),
        _text("grounds", "why interest may be presumed"),
        _text("confirms", "event confirmed"),
        _text("corrects", "event corrected"),
        _text("declaration", "shared by the events of one declaration"),
        _text("value", "of an imported flag or list entry: true or false"),
        _text("sale_ref", "order or contract of an existing customer"),
        _text("address_from_sale", "whether the address was got with the sale: true or false"),
        _text("notice_at_collection", "whether the right to object was pointed out then: true or false"),
        _text("scope", "organization: a denial for a company's contact points, not its people's own"),
        _text("guardian", "who consented for a minor"),
        _text("listing", "external list: robinson, ecg, star"),
        _text("file", "file name"),
        Column("row", "integer", "line in the file"),
    ),
    ("event_id",),
    open=True,
)
PERMISSIONS: Table[Permissions] = Table(
    "permissions",
    "a decision: may this customer be contacted on this channel for this purpose",
    (
        _key("customer_id", "the customer"),
        _key("channel", "channel"),
        _key("purpose", "dotted path"),
        _text("contact_point", "the address or number asked about; missing for the channel as a whole"),
        Column("allowed", "flag", "may be contacted"),
        _text("reason", "reason code, see docs/consent.md"),
        _text("basis", "legal basis"),
        Column("since", "time", "time of the event it rests on"),
        Column("valid_until", "time", "end of validity"),
        Column("as_of", "date", "day of the question"),
        _text("policy", "name of the policy"),
        _text("events", "ids of the events it rests on, separated by blanks"),
    ),
    ("customer_id", "channel", "purpose", "contact_point"),
)
TEXTS: Table[Texts] = Table(
    "texts",
    "one wording that consents cite as their text_version",
    (
        _key("text_id", "the version, as events cite it"),
        _text("language", "BCP 47 code"),
        _text("wording", "the full text agreed to"),
        _text("controller", "company named in it"),
        _text("valid_from", "first day of use"),
        _text("valid_to", "last day of use; missing: still in use"),
    ),
    ("text_id",),
)
TOUCHPOINTS: Table[Touchpoints] = Table(
    "touchpoints",
    "one contact on any channel",
    (
        _key("touchpoint_id", "identifier, unique within its source"),
        _SOURCE,
        _text("record_id", "record it is, where the row is a record too"),
        Column("at", "time", "when"),
        _text("channel", "email call sms whatsapp fax letter social chat ... as named by the source"),
        _text("direction", "in or out"),
        _text("identifier", "as the channel knows the customer"),
        _text("identifier_kind", "email phone handle customer_no or missing"),
        _text("key", "match key of the identifier"),
        _text("subject", "subject; may name a customer number"),
        _text("agent", "who of ours took part"),
        _text("outcome", "what came of it, as written: answered, bounced, wrong number"),
        _text("opportunity_id", "sales case it belongs to"),
        _CUSTOMER,
        _text("candidates", "customers that share the identifier, separated by blanks"),
    ),
    ("source", "touchpoint_id"),
)
ORDERS: Table[Orders] = Table(
    "orders",
    "one order",
    (
        _key("order_id", "identifier"),
        _SOURCE,
        _text("customer_no", "number of the customer as written"),
        Column("at", "date", "order date"),
        Column("amount", "decimal", "credit notes are negative"),
        _text("currency", "ISO 4217"),
        _text("status", "as written"),
        _text("sales_channel", "as written"),
        _CUSTOMER,
    ),
    ("source", "order_id"),
)
OPPORTUNITIES: Table[Opportunities] = Table(
    "opportunities",
    "one sales case",
    (
        _key("opportunity_id", "identifier"),
        _SOURCE,
        _text("customer_no", "customer or record as written"),
        _text("title", "subject"),
        Column("volume", "decimal", "expected volume"),
        _text("currency", "ISO 4217"),
        Column("probability", "decimal", "0 to 1"),
        Column("expected_at", "date", "decision date"),
        _text("stage", "as written"),
        _text("buying_role", "role of the person"),
        _CUSTOMER,
    ),
)
TASKS: Table[Tasks] = Table(
    "tasks",
    "one planned activity",
    (
        _key("task_id", "identifier"),
        _SOURCE,
        _text("customer_no", "customer or record as written"),
        _text("subject", "what"),
        _text("owner", "who"),
        Column("due_from", "date", "from"),
        Column("due_to", "date", "until"),
        _text("status", "as written"),
        _CUSTOMER,
    ),
)
QUALIFICATIONS: Table[Qualifications] = Table(
    "qualifications",
    "one segmenting fact",
    (
        _SOURCE,
        _text("customer_no", "customer or record as written"),
        _text("name", "industry, size class ..."),
        _text("value", "value"),
        Column("observed_at", "date", "when"),
        _CUSTOMER,
    ),
)
CUSTOMERS: Table[Customers] = Table(
    "customers",
    "one value of one customer, with where it came from and why it was chosen",
    (
        _key("customer_id", "the customer"),
        _key("field", "field: given_name, email, street ..."),
        _text("value", "the value"),
        Column("is_primary", "flag", "the value shown in the flat file; others are kept beside it"),
        _text("type", "type of a contact point or address"),
        _text("source", "source it came from"),
        _text("record_id", "record it came from"),
        _text("source_field", "canonical field in that record"),
        _text("rule", "rule that chose it"),
        Column("first_seen", "time", "earliest record time"),
        Column("last_seen", "time", "latest record time"),
        Column("records", "integer", "records that carry it"),
    ),
)
IDENTITIES: Table[Identities] = Table(
    "identities",
    "a customer id that was ever issued and what became of it",
    (
        _key("customer_id", "the id"),
        _key("kind", "person or organization"),
        _key("anchor", "party it was made from; if that one is gone, the smallest of its parties"),
        _key("status", "active merged split retired"),
        _text("merged_into", "the id that took over"),
        _text("split_from", "the id it was split from"),
        Column("valid_from", "time", "run that created it"),
        Column("valid_to", "time", "run that ended it"),
        _text(
            "stood_for",
            "digests of the sets of parties it had before it was joined or divided, last one last",
        ),
    ),
    ("customer_id",),
)
RUNS: Table[Runs] = Table(
    "runs",
    "one run",
    (
        _key("run_id", "identifier"),
        Column("at", "time", "as-of time of the run"),
        _text("version", "version of crmclean"),
        _text("command", "what was run"),
        Column("records", "integer", "records read"),
        Column("customers", "integer", "customers found"),
        _text("head", "digest of the consent ledger"),
        _text("taken", "full: all records were consolidated anew; increment: what was new or changed"),
        _text("why", "why it was a full run"),
        _text("settings", "program, and digest of the settings that results depend on"),
    ),
    ("run_id",),
)
MODELS: Table[Models] = Table(
    "models",
    "the matching model of one kind of party, as it was trained in the last run",
    (
        _key("kind", "person or organization"),
        _key("text", "the model as text, see docs/match.md"),
        Column("parties", "integer", "parties of this kind when it was trained"),
    ),
    ("kind",),
)
LOCKS: Table[Locks] = Table(
    "locks",
    "what a steward pinned of a customer; append only, the last row of a customer and field holds",
    (
        _key("customer_id", "the customer"),
        _key("field", "field as in customers; with a record also a group: name company employer address"),
        _text("value", "the value that holds"),
        _text("source", "instead of a value: the record whose value holds"),
        _text("record_id", "its identifier"),
        _key("state", "locked; cleared: empty until a later record fills it; unlocked; withdrawn: as before"),
        _text("actor", "who decided"),
        Column("at", "time", "when"),
        _text("reason", "why"),
        Column("expires", "time", "until when it holds; missing: for good"),
        Column("since", "time", "when it was first said, of a word that an undoing brought back"),
    ),
)
CHANGES: Table[Changes] = Table(
    "changes",
    "what a run changed of a customer",
    (
        _key("run_id", "the run"),
        Column("at", "time", "as-of time of the run"),
        _key("change", "created merged split retired moved changed"),
        _key("customer_id", "the customer; of a record that moved, the one it belongs to now"),
        _text("other_id", "the customer that took over, was split, or had the record before"),
        _text("kind", "person or organization"),
        _text("source", "source of the record that moved"),
        _text("record_id", "the record that moved"),
        _text("field", "field whose primary value changed"),
        _text("old", "value before; missing where there was none"),
        _text("new", "value now; missing where there is none"),
    ),
)
TABLES: tuple[Table[Any], ...] = (
    SOURCES, MAPPINGS, RECORDS, PARTIES, CONTACTS, ADDRESSES, ISSUES, SCORES, DECISIONS, CLUSTERS,
    MEMBERS, MODELS, RELATIONS, CONSENTS, TEXTS, PERMISSIONS, TOUCHPOINTS, ORDERS, OPPORTUNITIES, TASKS,
    QUALIFICATIONS, CUSTOMERS, IDENTITIES, LOCKS, CHANGES, RUNS,
)  # fmt: skip
