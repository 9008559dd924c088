"""Who is this: ranked candidates for a number, an address, a key or a name, each with the reason.

`find_customers` asks the index of a store once; `Finder` holds it open for services. Two customers
who share a number are two candidates; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from crmclean.errors import NotFoundError
from crmclean.messages import Lang, say
from crmclean.store import Store
from crmclean.view.finder import Candidate, find_in
from crmclean.view.query import read_fields, read_query
from crmclean.view.saved import index_of
from crmclean.write.words import word

__all__ = ["CANDIDATES", "display_name", "find_customers", "permission_text", "pick_customer", "why_text"]

CANDIDATES = (
    "customer_id", "kind", "name", "street", "postal_code", "city", "score", "why", "last_contact", "last_channel",
)  # fmt: skip
SURE = 0.9  # from here on a single candidate is the one meant
_KEYS = frozenset({"id", "former_id", "record", "email", "phone", "customer_no", "handle"})


def find_customers(
    store: Store, query: str | Mapping[str, str], *, limit: int = 10, country: str | None = "DE"
) -> pd.DataFrame:
    """The candidates, best first, one row per customer; columns `CANDIDATES`.

    `score` is 1 for keys, at least 0.9 for whatever identifies, less for names by sound, by their
    beginning, with a slip or with words that were not found. `why` holds codes separated by blanks;
    `why_text` makes a sentence of them. Equal scores stand in the order of their last contact.

    Args:
        store: The store.
        query: An id, also a former one; source:record_id; a phone number in any spelling; an
            e-mail address; a handle; a customer number; words of name, street and place. Or texts
            by field, see `ASKED`.
        limit: How many at most.
        country: Country of numbers without a country code; None: they are not understood.
    """
    asked = (
        read_query(query, country=country) if isinstance(query, str) else read_fields(query, country=country)
    )
    return _frame(find_in(index_of(store), asked, limit=limit))


def _frame(candidates: Sequence[Candidate]) -> pd.DataFrame:
    rows = [
        {name: getattr(c, name) or None for name in CANDIDATES} | {"score": c.score, "why": " ".join(c.why)}
        for c in candidates
    ]
    frame = pd.DataFrame(rows, columns=list(CANDIDATES))
    return frame.astype({name: "float64" if name == "score" else "str" for name in CANDIDATES})


def pick_customer(store: Store, what: str, *, country: str | None = "DE", lang: Lang = "en") -> str:
    """The id of the one customer meant; see `find_customers`.

    Raises:
        NotFoundError: Nobody, or several; the hint names the ids to choose from.
    """
    here = _present_id(store, what)
    if here is not None:
        return here
    found = find_in(index_of(store), read_query(what, country=country), limit=50)
    sure = [c for c in found if c.score >= SURE and _KEYS & set(c.why)]
    sure = sure or [c for c in found if c.score >= SURE - 0.001]
    if len(sure) == 1 or len(found) == 1:
        return (sure or found)[0].customer_id
    if not found:
        raise NotFoundError(say("view.nobody", lang), hint=say("view.nobody_hint", lang))
    several = sure or found
    ids = ", ".join(c.customer_id for c in several[:5])
    raise NotFoundError(
        say("view.several", lang, count=len(several)), hint=say("view.several_hint", lang, ids=ids)
    )


def _present_id(store: Store, what: str) -> str | None:
    """What an id stands for now; asked of the store, whose index need not be there for that."""
    asked = what.strip().lower()
    if len(asked) != 36 or asked.count("-") != 4:
        return None
    try:
        return store.resolve(asked)
    except NotFoundError:
        return None


def why_text(why: str, lang: Lang = "en") -> str:
    """The reason codes of a candidate in words.

    Example:
        >>> why_text("phone")
        'has this phone number'
    """
    parts = []
    for code in why.split():
        how, _, field = code.partition(":")
        name = say(f"view.field.{field}", lang) if field else ""
        parts.append(say(f"view.why.{how}", lang, field=name))
    return ", ".join(parts)


def permission_text(permissions: Iterable[Mapping[str, str | bool]], lang: Lang = "en") -> str:
    """Per channel whether any purpose allows a contact, in words.

    Example:
        >>> permission_text([{"channel": "email", "purpose": "marketing", "allowed": True, "reason": "CONSENT"}])
        'e-mail yes'
    """
    answers: dict[str, bool] = {}
    for row in permissions:
        channel = str(row["channel"])
        answers[channel] = answers.get(channel, False) or bool(row["allowed"])
    return ", ".join(
        f"{word('channel', channel, lang)} {say('view.yes' if allowed else 'view.no', lang)}"
        for channel, allowed in answers.items()
    )


def display_name(values: Mapping[str, str], kind: str) -> str:
    """The name of a customer as it is written on a letter, "" if there is none."""
    if kind == "organization":
        return values.get("organization", "")
    parts = ("title", "given_name", "name_prefix", "family_name", "name_suffix")
    return " ".join(values[part] for part in parts if values.get(part))
