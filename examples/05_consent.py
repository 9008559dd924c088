"""May we contact this person? An answer with its reason, from events and a policy.

python examples/05_consent.py
"""

from __future__ import annotations

from pathlib import Path

import crmclean
from crmclean import ConsentEvent

HERE = Path(__file__).parent
MAIL = {"channel": "email", "purpose": "marketing.newsletter", "contact_point": "ida@example.org"}
EVENTS = [
    ConsentEvent(
        event="granted",
        at="2026-01-10T09:00:00Z",
        method="web_form",
        text_version="2025-11",
        origin="https://shop.example/newsletter",
        **MAIL,
    ),
    ConsentEvent(event="confirmed", at="2026-01-10T09:03:00Z", **MAIL),
    ConsentEvent(event="withdrawn", at="2026-05-01T12:00:00Z", channel="email", purpose="marketing"),
]


def main() -> None:
    """Asks before and after a withdrawal, for other purposes, and for all customers of a run."""
    for day in ("2026-01-09", "2026-03-01", "2026-06-30"):
        answer = crmclean.may_contact(EVENTS, {}, "email", "marketing.newsletter", day)
        print(day, "yes" if answer.allowed else "no", answer.reason, answer.since or "")
    print("survey:", crmclean.may_contact(EVENTS, {}, "email", "marketing.survey", "2026-03-01").reason)

    config = crmclean.load_config(HERE / "house_policy.toml")
    files = [HERE / "data" / name for name in ("erp.csv", "newsletter.csv", "consent_events.csv")]
    consent = crmclean.run(files, config).consent
    offers = consent[(consent["channel"] == "email") & (consent["purpose"] == "marketing.offers")]
    print(offers["reason"].value_counts().sort_index().to_string())


if __name__ == "__main__":
    main()
