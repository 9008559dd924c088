"""The registry of issue codes: every finding that crmclean can report, with severity and kind.

The sentences are in `crmclean.messages.issues`. Codes are the contract of issues.csv: they are
never renamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import pandas as pd

from crmclean.tables import ISSUES, Issues

__all__ = ["CODES", "Severity", "issue_table", "severity_of"]

Severity = Literal["error", "warning", "info"]
_SEVERITY: dict[str, Severity] = {"E": "error", "W": "warning", "I": "info"}
_GROUPS: dict[str, str] = {
    "all": (
        "empty:I placeholder:W whitespace:I invisible_characters:W mojibake_repaired:W mojibake_suspected:W "
        "replacement_character:E not_nfc:I too_long:W test_data:W html_remnant:W mixed_script:W "
        "value_in_wrong_field:W multiple_values:W"
    ),
    "name": (
        "name_missing:E name_order_unclear:W name_all_caps:I name_has_digits:E name_is_company:W "
        "name_household:I title_in_name:I salutation_gender_mismatch:W "
        "salutation_unknown:W single_letter_name:W birth_name_split:I particle_ambiguous:W "
        "same_given_and_family:W nickname_in_name:I name_unassigned:W"
    ),
    "company": (
        "legal_form_unknown:W legal_form_variant:I legal_form_conflict:W "
        "company_is_person:W company_in_liquidation:W company_in_formation:W branch_in_name:I"
    ),
    "address": (
        "street_missing:E house_number_missing:W house_number_in_street:I house_number_unusual:W "
        "postcode_missing:E postcode_format:E postcode_leading_zero_lost:W postcode_unknown:E "
        "postcode_city_mismatch:E postcode_country_mismatch:E city_missing:E city_spelling:W "
        "country_missing:W country_unknown:E country_assumed:I po_box:I parcel_locker:W care_of:I "
        "delivery_hint:I large_recipient_postcode:I pre_1993_postcode:E"
    ),
    "phone": (
        "phone_unparseable:E phone_too_short:E phone_too_long:E phone_invalid_for_region:E "
        "phone_region_missing:E phone_region_assumed:I phone_plus_lost:W phone_trunk_zero:I "
        "phone_scientific_notation:E phone_extension:I phone_comment:I phone_multiple:W "
        "phone_premium:W phone_type_mismatch:W phone_emergency:E phone_placeholder:W phone_letters:W"
    ),
    "email": (
        "email_syntax:E email_no_at:E email_double_at:E email_blank:E email_dot:E "
        "email_domain_invalid:E email_reserved_domain:E email_local_too_long:E "
        "email_quoted_local:E email_address_literal:E email_display_name:I email_multiple:W "
        "email_domain_typo:W email_tld_unknown:W email_disposable:W email_role:I "
        "email_freemail_for_company:I email_idn:I email_smtputf8:W email_obfuscated:W"
    ),
    "date": (
        "date_unreadable:E date_impossible:E date_ambiguous_order:W date_two_digit_year:W "
        "date_partial:I time_zone_of_file:I date_excel_serial:I date_excel_1900_bug:E date_placeholder:W date_future:E "
        "age_implausible:W minor:W"
    ),
    "identifier": (
        "id_checksum:E id_length:E id_format:E id_country_mismatch:W id_label_removed:I "
        "id_court_missing:W id_type_unclear:W"
    ),
    "amount": "amount_unreadable:E amount_ambiguous:W",
    "file": (
        "encoding_guessed:W encoding_mixed:E bom:I delimiter_guessed:I delimiter_not_found:E "
        "ragged_rows:E preamble_skipped:I sep_line:I footer_row:W duplicate_header:E "
        "empty_header:W numbers_as_text:I leading_zeros_lost:W no_id_column:W ids_repeated:W duplicate_record_id:W "
        "identical_rows:W sensitive_column:I note_column:I columns_unknown:I file_not_understood:W "
        "no_rows:W source_untied:W sheet_skipped:I "
        "header_missing:W header_repeated:W quote_unclosed:E scientific_notation:E line_unreadable:E "
        "member_skipped:I record_excluded:I record_suppressed:I purchased_notice:W"
    ),
    "match": (
        "shared_contact:I cluster_implausible:W bridge_cut:I conflict_kept_apart:I block_cut:W "
        "model_not_converged:W field_constant:W numbers_not_unique:W values_misplaced:W names_alone:W facts_missing:W"
    ),
    "consent": (
        "consent_no_person:E consent_unknown_person:W consent_no_channel:E consent_unknown_event:E "
        "consent_unknown_purpose:E consent_bad_date:E consent_future:E consent_undated_grant:W "
        "consent_no_evidence:W consent_duplicate:I consent_legacy_claim:I consent_conflict:W "
        "consent_any_grant:W consent_denial_by_merge:I consent_import_ignored_denial_stands:W consent_suppressed:I"
    ),
    "merge": "value_conflict:W lock_contradicted:W lock_stale:W",
}
CODES: dict[str, tuple[str, Severity]] = {
    entry.split(":")[0]: (group, _SEVERITY[entry.split(":")[1]])
    for group, entries in _GROUPS.items()
    for entry in entries.split()
}


def severity_of(code: str) -> Severity:
    """The severity of a registered code.

    Raises:
        KeyError: The code is not registered: a programming error.
    """
    return CODES[code][1]


def issue_table(rows: Iterable[dict[str, object]]) -> Issues:
    """The issues table of these rows; severity is filled in from the registry.

    Args:
        rows: Dictionaries with at least `code`; keys are columns of the issues table.
    """
    frame = pd.DataFrame(list(rows))
    if frame.empty:
        return ISSUES.empty()
    frame["severity"] = frame["code"].map(lambda code: severity_of(str(code)))
    return ISSUES.check(frame)
