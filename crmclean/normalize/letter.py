"""Salutation of a letter, German and English: "Sehr geehrte Frau Dr. Meyer", "Dear Dr Meyer".

Source: DIN 5008. A professor is addressed by that title alone, of several doctorates one is
spoken, diplomas (Dipl.-Ing., DI, MBA) are not spoken in Germany; in Austria Mag. and DI are.
Without gender or name the letter greets everybody.
"""

from __future__ import annotations

from typing import Literal

from crmclean.normalize.person_model import Person, full_family_name
from crmclean.normalize.person_words import noble_titles, word_key

__all__ = ["letter_salutation"]


def letter_salutation(person: Person, lang: Literal["de", "en"] = "de", *, country: str = "DE") -> str:
    """The salutation of a letter to a person, without the comma.

    Args:
        person: As normalised; the gender decides, never the given name.
        lang: Language of the letter.
        country: AT also speaks Mag., DI and Ing.

    Example:
        >>> letter_salutation(Person(salutation="ms", gender="f", title="Dr. med.", family_name="Meyer"), "de")
        'Sehr geehrte Frau Dr. Meyer'
        >>> letter_salutation(Person(given_name="Kim", family_name="Meyer"), "en")
        'Dear Kim Meyer'
    """
    family = full_family_name(person)
    title = _spoken_title(person, country)
    if person.salutation == "family" and family:
        return f"Sehr geehrte Familie {family}" if lang == "de" else f"Dear {family} family"
    if not family or (person.gender is None and not person.given_name):
        return "Sehr geehrte Damen und Herren" if lang == "de" else "Dear Sir or Madam"
    if person.gender is None or person.salutation == "diverse":
        given = f"{person.given_name} " if person.given_name else ""
        named = f"{_with(title)}{given}{family}"
        return f"Guten Tag {named}" if lang == "de" else f"Dear {named}"
    if lang == "en":
        spoken = {"Prof.": "Professor"}.get(title, title.replace(".", ""))
        if spoken:
            return f"Dear {spoken} {family}"
        return f"Dear {'Mr' if person.gender == 'm' else 'Ms'} {family}"
    return f"{_greeting(person)}{_with(title)}{family}"


def _with(title: str) -> str:
    return f"{title} " if title else ""


def _greeting(person: Person) -> str:
    male = person.gender == "m"
    first = word_key((person.name_prefix or "").split(" ")[0]) if person.name_prefix else ""
    if first in noble_titles():
        # Graf, Gräfin, Freifrau are spoken in place of Herr and Frau.
        return "Sehr geehrter " if male else "Sehr geehrte "
    return "Sehr geehrter Herr " if male else "Sehr geehrte Frau "


def _spoken_title(person: Person, country: str) -> str:
    words = (person.title or "").split()
    keys = [word_key(w) for w in words]
    if any(
        k in {"prof", "professor", "professorin", "univprof", "fhprof", "aounivprof", "aplprof"} for k in keys
    ):
        return "Prof."
    if any(k in {"dr", "ddr", "drs"} for k in keys):
        return "Dr."
    if country == "AT":
        for key, shown in (
            ("mag", "Mag."),
            ("mmag", "Mag."),
            ("di", "DI"),
            ("dipling", "DI"),
            ("ing", "Ing."),
        ):
            if key in keys:
                return shown
    return ""
