"""`Person`: a person as named by a record, and how the name is shown."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Person", "display_name", "full_family_name"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person as named by a record; parts that are not there are None.

    Args:
        salutation: mr, ms, diverse or family (a household: no single person is named).
        title: Academic and professional titles, in order.
        given_name: First given name; a hyphenated name is one.
        middle_names: Further given names and initials.
        name_prefix: Particles and former noble titles in front of the family name: von der,
            Freiherr von. In Germany they are part of the family name (Art. 109 WRV).
        family_name: Family name without prefix.
        name_suffix: jun., sen., MBA.
        birth_name: Name at birth.
        nickname: Nickname given beside the name.
        gender: m or f as stated by the salutation or the sex field, never guessed.
    """

    salutation: str | None = None
    title: str | None = None
    given_name: str | None = None
    middle_names: str | None = None
    name_prefix: str | None = None
    family_name: str | None = None
    name_suffix: str | None = None
    birth_name: str | None = None
    nickname: str | None = None
    gender: str | None = None


def full_family_name(person: Person) -> str:
    """Prefix and family name: ``von der Leyen``; empty where there is none."""
    if person.name_prefix is None:
        return person.family_name or ""
    joined = "" if person.name_prefix.endswith(("'", "’")) else " "
    return f"{person.name_prefix}{joined}{person.family_name or ''}".strip()


def display_name(person: Person) -> str:
    """The name as it is shown, titles first, without salutation; Chinese, Japanese and Korean names family first.

    Example:
        >>> display_name(Person(title="Dr.", given_name="Eva", name_prefix="von", family_name="Berg"))
        'Dr. Eva von Berg'
    """
    family, given = full_family_name(person), person.given_name
    if family and given and not person.middle_names and "\u2e80" <= family[0] <= "\ud7ff":
        return f"{family} {given}"
    nickname = f'"{person.nickname}"' if person.nickname else None
    parts = (person.title, given, person.middle_names, nickname, family)
    shown = " ".join(p for p in parts if p)
    if person.name_suffix:
        shown = f"{shown}, {person.name_suffix}" if shown else person.name_suffix
    return f"{shown}, geb. {person.birth_name}" if person.birth_name else shown
