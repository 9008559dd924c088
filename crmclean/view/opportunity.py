"""One sales case: what is at stake, who takes part over all companies, and its line of time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmclean.errors import NotFoundError
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.view.commerce import is_open, names_case
from crmclean.view.customer import day_of, names_of
from crmclean.view.history import contacts_of, history_of
from crmclean.view.rows import of_customers, plain_rows

__all__ = ["view_opportunity"]

_FACTS = ("opportunity_id", "source", "title", "volume", "currency", "probability", "expected_at", "stage")


def view_opportunity(
    store: Store, opportunity_id: str, *, as_of: str | None = None, lang: Lang = "en"
) -> dict[str, Any]:
    """A sales case with its participants and the contacts that belong to it.

    A contact belongs to it if its row or its subject names the case. Keys: the columns of the table,
    open, as_of, participants (customer_id, name, buying_role), touchpoints (who says of whom),
    channel_figures, cases, unanswered.

    Args:
        store: The store.
        opportunity_id: Its identifier.
        as_of: Day of the view; later contacts are left out. None: the day of the last run.
        lang: Language of the errors.

    Raises:
        NotFoundError: No such sales case.
    """
    rows = of_customers(store, "opportunities", [opportunity_id], "opportunity_id")
    if not len(rows):
        raise NotFoundError(say("view.no_opportunity", lang, id=opportunity_id))
    day = as_of or day_of(store)
    customers = rows["customer_id"].dropna().unique().tolist()
    names = names_of(store, customers)
    contacts = contacts_of(store, customers, day)
    named = [names_case(t, opportunity_id) for t in plain_rows(contacts, ("opportunity_id", "subject"))]
    own: pd.DataFrame = contacts[named] if named else contacts
    history = history_of(own, "", names, day)
    facts = plain_rows(rows.drop_duplicates("opportunity_id"), _FACTS)[0]
    return {
        **facts,
        "open": is_open(facts.get("stage")),
        "as_of": day,
        "participants": [
            {
                "customer_id": p.get("customer_id"),
                "name": names.get(str(p.get("customer_id")), ""),
                "buying_role": p.get("buying_role"),
                "customer_no": p.get("customer_no"),
            }
            for p in plain_rows(rows)
        ],
        **history,
    }
