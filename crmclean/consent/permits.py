"""Rule 11: what is permitted without consent, as long as nobody said no.

Letters (GDPR 6(1)(f), recital 47), advertising to existing customers (UWG 7(3)), calls to businesses
on presumed interest (UWG 7(2) no. 1), calls to Swiss customers (UWG-CH 3(1)(u)); and the lists of
those who want none (Robinson, ECG, star entries).
"""

from __future__ import annotations

from crmclean.consent.case import Case, Limit, Outcome, point_of_record
from crmclean.consent.claims import lacking
from crmclean.consent.event import present
from crmclean.consent.history import Fact, covers_channel, covers_purpose

__all__ = ["permit_of"]

_LISTS = {"robinson": "post", "ecg": "email", "rtr": "email", "star": "phone", "stern": "phone"}


def permit_of(case: Case) -> Outcome | None:
    """Rule 11's answer, a yes or a no, or None where it has nothing to say."""
    channel = case.question.channel
    if channel == "post":
        return _letter(case)
    if channel in case.policy.soft_opt_in.channels:
        return _existing_customer(case)
    if channel == "phone":
        return _call(case)
    return None


def _letter(case: Case) -> Outcome | None:
    if case.policy.post_marketing == "consent":
        return _existing_customer(case) if "post" in case.policy.soft_opt_in.channels else None
    entry = _listed(case)
    if entry is not None and not _is_customer(case):
        return Outcome("EXTERNAL_OPT_OUT_LIST", (entry,))
    return Outcome("LEGITIMATE_INTEREST")


def _is_customer(case: Case) -> bool:
    return case.person.customer or any(f.dated for f in case.own("existing_customer"))


def _listed(case: Case) -> Fact | None:
    """The entry in an external list for the channel, unless it was taken off later."""
    if not case.policy.external_lists:
        return None
    entries = [f for f in case.own("external_list") if _list_channel(f) in {None, case.question.channel}]
    newest = entries[-1] if entries else None
    return newest if newest is not None and newest.event.value is not False else None


def _list_channel(fact: Fact) -> str | None:
    said = fact.event
    if said.channel not in {None, "", "any"}:
        return said.channel
    name = (said.listing or said.origin or "").lower()
    return next((channel for word, channel in _LISTS.items() if word in name), None)


def _existing_customer(case: Case) -> Outcome | None:
    """Yes where a sale shows all that the exception asks for, no where one falls short."""
    rule, asked = case.policy.soft_opt_in, case.question
    if not any(covers_purpose(purpose, asked.purpose) for purpose in rule.purposes):
        return None
    sales = [
        f
        for f in case.own("existing_customer")
        if covers_channel(f.event.channel, asked.channel) and covers_purpose(f.event.purpose, asked.purpose)
    ]
    if not sales:
        return None
    listed = case.country == "AT" and _listed(case) is not None
    for sale in reversed(sales):
        limit = Limit("months", sale, rule.months)
        if not listed and _sale_holds(case, sale, limit):
            return Outcome("EXISTING_CUSTOMER", (sale,), (limit,))
    return Outcome("SOFT_OPT_IN_INCOMPLETE", (sales[-1],))


def _sale_holds(case: Case, sale: Fact, limit: Limit) -> bool:
    if not sale.dated or sale.shared or lacking(sale, case.policy.soft_opt_in.evidence):
        return False
    asked = case.question.point
    if asked is not None and (
        sale.point != asked if sale.point is not None else not point_of_record(case, sale)
    ):
        return False
    if case.closed(sale.point, sale.at) is not None:
        return False
    end = limit.end(case.policy.timezone)
    return end is None or end >= case.question.at


def _call(case: Case) -> Outcome | None:
    """Live calls: Swiss customers without star entry; businesses with concrete grounds."""
    if case.country == "CH" and case.policy.live_call_ch:
        entry = _listed(case)
        if entry is not None:
            return Outcome("EXTERNAL_OPT_OUT_LIST", (entry,))
        if _is_customer(case):
            return Outcome("LIVE_CALL_PERMITTED", tuple(case.own("existing_customer")[-1:]))
        return None
    rule = case.policy.presumed
    if case.country not in rule.countries or not case.business:
        return None
    for grounds in reversed(case.reaching("presumed_interest")):
        limit = Limit("months", grounds, rule.months)
        if _grounds_hold(case, grounds, limit):
            return Outcome("PRESUMED_CONSENT", (grounds,), (limit,))
    return None


def _grounds_hold(case: Case, grounds: Fact, limit: Limit) -> bool:
    asked = case.question.point
    elsewhere = None not in {asked, grounds.point} and asked != grounds.point
    if elsewhere or grounds.shared or not present(grounds.event.grounds):
        return False
    end = limit.end(case.policy.timezone)
    return end is None or end >= case.question.at
