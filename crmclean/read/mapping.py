"""Columns become fields: which column of a table is which field, how sure, and why.

Order of authority: the configuration; private columns are left out; the export profile; the words
of the header; values and neighbours for ambiguous words; values alone for unknown headers. A field
taken twice is numbered (email, email_2) or, where one is enough, the better column keeps it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from crmclean.config import ReadConfig, SourceConfig
from crmclean.errors import ConfigError
from crmclean.fields import FIELDS, is_field
from crmclean.read.aliases import (
    AMBIGUOUS,
    KNOWN_UNUSED,
    Hit,
    aliases,
    ambiguous_word,
    find_alias,
    find_spelling,
    find_tail,
)
from crmclean.read.ambiguous import View, decide, names_businesses
from crmclean.read.content import Content, date_order, read_contents
from crmclean.read.flags import consent_field
from crmclean.read.guess import contradicts, guess_field, is_shared_id
from crmclean.read.headers import Header, parse_header
from crmclean.read.profiles import Profile, detect_profile
from crmclean.read.roles import ROLE_KEYS, ROLES, find_roles, role_columns, speaks_of_events
from crmclean.read.sensitive import is_named, kept_out

__all__ = ["Guess", "Understood", "keyed", "map_table", "without_number"]

_ONCE = frozenset(
    [
        "record_id",
        "source",
        "customer_no",
        "salutation",
        "title",
        "birth_date",
        "birth_year",
        "birth_month",
        "birth_day",
        "sex",
        "language",
        "created_at",
        "modified_at",
        "address_valid_from",
        "address_valid_to",
        "last_order",
        "revenue",
        "consent_given_at",
        "consent_confirmed_at",
        "consent_withdrawn_at",
        "consent_origin",
        "consent_evidence",
        "occurred_at",
        "channel",
        "direction",
        "subject",
        "agent",
    ]
)
"""Fields of which a second column is left out rather than numbered."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One column and the field it was taken for.

    Args:
        column: Header as read.
        position: Place of the column, from 0.
        field: Canonical field, or column of another table; None where it is left out.
        confidence: 0 to 1.
        reason: profile alias values config sensitive note unknown duplicate.
    """

    column: str
    position: int
    field: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A table with its columns and roles understood.

    Args:
        guesses: One per column, in order; for customers canonical fields, else the role's columns.
        roles: What the table is.
        columns: Role -> its column -> position, for every role but customers.
        profile: The export profile, None for none.
        headers: Parsed headers.
        contents: What the columns hold.
        date_order: DMY, MDY, YMD or empty.
    """

    guesses: tuple[Guess, ...]
    roles: tuple[str, ...]
    columns: Mapping[str, Mapping[str, int]]
    profile: Profile | None
    headers: tuple[Header, ...]
    contents: tuple[Content, ...]
    date_order: str


def map_table(frame: pd.DataFrame, config: ReadConfig, said: SourceConfig) -> Understood:
    """The table's columns and roles, by configuration, headers and values.

    Args:
        frame: Raw cells, text.
        config: For the private columns that may be read.
        said: What a steward said about this source.

    Raises:
        ConfigError: The configuration names a field or role that does not exist.
    """
    names = [str(name) for name in frame.columns]
    headers = tuple(parse_header(name) for name in names)
    contents = tuple(read_contents(frame))
    profile = detect_profile(names)
    first = [_direct(h, c, profile, config, said) for h, c in zip(headers, contents, strict=True)]
    view = View(
        frame, headers, contents, [g.field for g in first], _consents(first), speaks_of_events(headers)
    )
    guesses = [replace(_settled(g, i, view), column=names[i], position=i) for i, g in enumerate(first)]
    guesses = _uncrossed(_numbered(guesses), contents)
    roles = _said_roles(said) or find_roles(headers, contents, [g.field for g in guesses])
    columns = {
        role: _role_columns(headers, role, said) for role in roles if role not in {"customers", "unknown"}
    }
    if "customers" not in roles:
        guesses = _role_guesses(guesses, columns)
    dated = [c for c in contents if c.share("date", "compact_date") >= 0.5]
    return Understood(
        tuple(guesses), roles, columns, profile, headers, contents, said.date_order or date_order(dated)
    )


def keyed(understood: Understood, key: int | None) -> Understood:
    """The same table once its key is known: the key column is shown as the key if it is nothing else.

    A number that a program gives itself (`Profile.own_number`) is not a customer number for others;
    a second id column is left out: what it numbers is not known.
    """
    own = understood.profile is not None and understood.profile.own_number
    name = "record_id" if "customers" in understood.roles else ROLE_KEYS.get(understood.roles[0])
    guesses = []
    for guess in understood.guesses:
        found = guess
        if guess.position == key and (guess.field is None or (own and guess.field == "customer_no")):
            found = replace(guess, field=name, confidence=max(guess.confidence, 0.6), reason=_shown(guess))
        elif guess.position != key and guess.field == "record_id" and "customers" in understood.roles:
            found = replace(guess, field=None, reason="duplicate")
        guesses.append(found)
    return replace(understood, guesses=tuple(guesses))


def without_number(understood: Understood) -> Understood:
    """The same table, its customer number only the id of its rows."""
    guesses = tuple(
        replace(g, field="record_id", reason="values") if g.field == "customer_no" else g
        for g in understood.guesses
    )
    return replace(understood, guesses=guesses)


def _shown(guess: Guess) -> str:
    return "values" if guess.reason in {"unknown", "duplicate"} else guess.reason


def _guess(field: str | None, confidence: float, reason: str) -> Guess:
    return Guess("", 0, field, confidence, reason)


def _direct(
    header: Header, content: Content, profile: Profile | None, config: ReadConfig, said: SourceConfig
) -> Guess:
    """What the configuration, privacy, the profile or an unambiguous header say; else undecided."""
    configured = _configured(header, said)
    private = kept_out(header, content, config)
    if configured is not None and not private:
        return _guess(configured or None, 1.0, "config")
    known = profile.field_of(header) if profile else None
    if known is not None:
        return _guess(known or KNOWN_UNUSED, 0.99, "profile")
    if private:
        return _guess(None, 0.95, private)
    if is_named(header, config, "sensitive") or is_named(header, config, "note"):
        return _guess(KNOWN_UNUSED, 1.0, "config")
    if header.compact in AMBIGUOUS:
        return _guess(None, 0.0, "open")
    exact = aliases().get(header.compact)
    consent = consent_field(header, content) if exact is None or exact in _FLAGLIKE else None
    if consent:
        return _guess(consent, 0.9, "alias")
    hit = find_alias(header)
    if hit is None and not ambiguous_word(header):
        hit = find_spelling(header)
    return _guess(hit.field, hit.confidence, "alias") if hit else _guess(None, 0.0, "open")


_FLAGLIKE = frozenset({"consent_given_at", "consent_confirmed_at", "consent_withdrawn_at", "mobile"})
"""Fields whose words also head flags: Double-Opt-in holds a date here and yes or no there."""


def _configured(header: Header, said: SourceConfig) -> str | None:
    for column, field in said.columns.items():
        if column == header.raw or parse_header(column).compact == header.compact:
            known = is_field(field) or field == "" or any(field in aliases(role).values() for role in ROLES)
            if not known:
                near = difflib.get_close_matches(field, sorted(FIELDS), n=1)
                said_of = {"column": repr(column), "field": repr(field)}
                if near:
                    raise ConfigError.of("errors.config.field_near", **said_of, near=repr(near[0]))
                raise ConfigError.of("errors.config.field", **said_of)
            return field
    return None


def _consents(guesses: Sequence[Guess]) -> bool:
    return any(g.field and g.field.startswith(("consent_", "optin_", "optout_")) for g in guesses)


def _settled(guess: Guess, position: int, view: View) -> Guess:
    """The guess after values were looked at; fills the view's fields from left to right."""
    header, content = view.headers[position], view.contents[position]
    found = guess
    if guess.reason == "open":
        question = ambiguous_word(header)
        hit = decide(question, position, view) if question else guess_field(position, view)
        tail = None if question or (hit and hit.confidence >= 0.7) else _tail(position, view)
        hit = tail or hit
        found = _guess(hit.field, hit.confidence, "values") if hit else _unknown(position, view)
        if found.field == "note":
            found = _guess(None, 0.8, "note")
    elif guess.reason == "alias" and guess.field and contradicts(guess.field, content):
        hit = guess_field(position, view)
        sure = hit is not None and hit.confidence >= 0.7
        found = (
            _guess(hit.field, hit.confidence, "values") if hit and sure else replace(guess, confidence=0.4)
        )
    if found.field == "full_name" and found.reason == "alias" and names_businesses(content):
        found = found if view.has("organization") else _guess("organization", 0.6, "values")
    view.fields[position] = found.field
    return replace(found, field=None if found.field == KNOWN_UNUSED else found.field)


def _tail(position: int, view: View) -> Hit | None:
    """What the known end of an unknown header says, if no other column says it and the values allow it."""
    hit = find_tail(view.headers[position])
    if hit is None or view.has(hit.field) or contradicts(hit.field, view.contents[position]):
        return None
    return hit


def _unknown(position: int, view: View) -> Guess:
    content = view.contents[position]
    if is_shared_id(position, view):
        return _guess("other_id", 0.5, "values")
    return _guess(None, 0.8, "note") if content.share("text") >= 0.5 else _guess(None, 0.0, "unknown")


def _numbered(guesses: list[Guess]) -> list[Guess]:
    """Guesses in which no field is taken twice."""
    best: dict[str, int] = {}
    for guess in guesses:
        field = guess.field
        if field in _ONCE and (field not in best or guess.confidence > guesses[best[field]].confidence):
            best[field] = guess.position
    taken: set[str] = {g.field for g in guesses if g.field and g.reason == "config"}
    result = []
    for guess in guesses:
        field = guess.field
        if field is None or guess.reason == "config":
            result.append(guess)
        elif field in _ONCE:
            mine = best[field] == guess.position and field not in taken
            result.append(guess if mine else replace(guess, field=None, reason="duplicate"))
        else:
            name = next(
                (n for n in (field, *(f"{field}_{i}" for i in range(2, 100))) if n not in taken), None
            )
            taken |= {name} if name else set()
            result.append(replace(guess, field=name, reason=guess.reason if name else "duplicate"))
    return result


def _uncrossed(guesses: list[Guess], contents: Sequence[Content]) -> list[Guess]:
    """Given and family names under each other's header change places, if the values leave no doubt."""
    at = {g.field: g.position for g in guesses if g.reason != "config"}
    if not {"given_name", "family_name"} <= set(at):
        return guesses
    given, family = (contents[at[field]].share("given") for field in ("given_name", "family_name"))
    if family < _CROSSED or given > _STRAIGHT:
        return guesses
    other = {at["given_name"]: "family_name", at["family_name"]: "given_name"}
    return [
        replace(g, field=other[g.position], confidence=0.7, reason="values") if g.position in other else g
        for g in guesses
    ]


_CROSSED, _STRAIGHT = 0.6, 0.25
"""Share of known given names in the column of family names, and in that of given names, that means a swap.
Surnames such as Peters or Martin stay far below the first; given names that we know, above the second."""


def _said_roles(said: SourceConfig) -> tuple[str, ...]:
    for role in said.roles:
        if role not in ROLES:
            near = difflib.get_close_matches(role, ROLES, n=1)
            if near:
                raise ConfigError.of("errors.config.role_near", name=repr(role), near=repr(near[0]))
            raise ConfigError.of("errors.config.role", name=repr(role), known=", ".join(ROLES))
    return tuple(role for role in ROLES if role in said.roles)


def _role_columns(headers: Sequence[Header], role: str, said: SourceConfig) -> dict[str, int]:
    found = role_columns(headers, role)
    names = set(aliases(role).values())
    for position, header in enumerate(headers):
        field = _configured(header, said)
        if field is not None and (field == "" or field in names):
            found = {name: at for name, at in found.items() if at != position}
            if field:
                found[field] = position
    return found


def _role_guesses(guesses: list[Guess], columns: Mapping[str, Mapping[str, int]]) -> list[Guess]:
    """Guesses of a table that holds no customers: its columns are those of its role."""
    names = {at: name for found in columns.values() for name, at in found.items()}
    result = []
    for guess in guesses:
        if guess.reason in {"sensitive", "config"}:
            result.append(guess)
        elif guess.position in names:
            result.append(replace(guess, field=names[guess.position], confidence=0.9, reason="alias"))
        else:
            result.append(replace(guess, field=None, reason="note" if guess.reason == "note" else "unknown"))
    return result
