"""A person's name in several fields: each field is read for what does not belong there.

Clerks put salutations, titles, particles and suffixes into name fields (``Herr Frank``,
``Dr. med. Rudolf``, ``Birgit von``, ``Wagner jun.``); they are moved to their own fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from crmclean.normalize.person_couple import parse_people
from crmclean.normalize.person_pieces import Pieces, cut_marked, take_suffixes
from crmclean.normalize.person_text import split_prefix
from crmclean.normalize.person_words import (
    COUPLE_WORDS,
    is_family,
    is_given,
    noble_titles,
    particles,
    word_key,
)
from crmclean.normalize.salutation import Salutation, normalize_salutation, split_salutation
from crmclean.normalize.titles import split_titles
from crmclean.values import Finding

__all__ = ["Fields", "field_words", "parse_fields"]


@dataclass(frozen=True, slots=True)
class Fields:
    """The name fields of a row: visible text without surplus blanks, empty where there is none."""

    salutation: str = ""
    title: str = ""
    given_name: str = ""
    middle_names: str = ""
    name_prefix: str = ""
    family_name: str = ""
    name_suffix: str = ""
    birth_name: str = ""

    def joined(self) -> str:
        """All fields in the order in which a name is written."""
        values = (
            self.salutation, self.title, self.given_name, self.middle_names, self.name_prefix,
            self.family_name, self.name_suffix, self.birth_name,
        )  # fmt: skip
        return " ".join(v for v in values if v)


def parse_fields(fields: Fields) -> list[Pieces]:
    """What the fields hold, one entry per person."""
    people = _as_text(fields)
    if people is None:
        people = [_separate(fields)]
    elif len(people) == 1 and fields.middle_names:
        people[0].given += fields.middle_names.split()
    first = people[0]
    _add_salutation(fields.salutation, people)
    if fields.title:
        titles, rest = split_titles(fields.title.replace(",", " ").split(), addressed=True, alone=True)
        first.titles = titles + rest + [t for t in first.titles if word_key(t) not in map(word_key, titles)]
    if fields.name_suffix:
        first.suffix += [s.strip() for s in fields.name_suffix.split(",") if s.strip()]
    if fields.birth_name:
        words = fields.birth_name.split()
        first.birth_name = (
            " ".join(words[1:] if word_key(words[0]) in {"geb", "geborene", "nee"} else words) or None
        )
    return people


def _as_text(fields: Fields) -> list[Pieces] | None:
    """The fields read as one text, where one of them holds a whole name or a couple."""
    given, family = fields.given_name, fields.family_name
    words = f"{given} {family}".lower().split()
    if any(w in COUPLE_WORDS for w in words[1:-1]) or ("/" in given and family):
        joined = f"{given} {fields.name_prefix} {family}".strip()
        people = parse_people(joined)
        if len(people) > 1:
            return people
    if given and family:
        return None
    only = given or family
    parts = only.replace(",", " , ").split()
    names = [w for w in parts if w != ","]
    if len(names) < 2 or fields.middle_names or fields.name_prefix:
        return None
    if "," in parts or (family and any(is_given(w) for w in names)):
        return parse_people(only)
    return parse_people(only) if given and is_family(names[-1]) and not is_given(names[-1]) else None


def _separate(fields: Fields) -> Pieces:
    pieces = Pieces()
    given, suffix = field_words(fields.given_name, pieces, "given_name")
    pieces.suffix += suffix
    middle = fields.middle_names.split()
    given += middle
    moved: list[str] = []
    while given and (fields.family_name or fields.name_prefix) and _is_plain_particle(given[-1], len(given)):
        moved.insert(0, given.pop())
    if moved:
        pieces.findings.append(Finding("value_in_wrong_field", field="name_prefix", detail=" ".join(moved)))
    pieces.given = given
    family, suffix = field_words(fields.family_name, pieces, "family_name")
    pieces.suffix += suffix
    prefix, pieces.family = split_prefix(family)
    pieces.prefix = [*moved, *fields.name_prefix.split(), *prefix]
    return pieces


def _is_plain_particle(word: str, count: int) -> bool:
    """``von`` behind a given name; ``Van`` alone in the field is a name."""
    if word_key(word) in noble_titles():
        return count > 1
    return (
        word.lower() in particles()
        and not (count == 1 and word[0].isupper())
        and not (word[0].isupper() and word.endswith("."))
    )


def field_words(text: str, pieces: Pieces, name: str) -> tuple[list[str], list[str]]:
    """The words of one name field without what belongs elsewhere, and its suffixes.

    What belongs elsewhere is put into `pieces`.
    """
    if not text:
        return [], []
    if text.isalpha():
        return [text], []
    words = cut_marked(_tight_hyphen(text), pieces).replace(",", " ").split()
    salutation, rest = split_salutation(words)
    if salutation is None and len(words) > 1 and words[-1].lower() in {"herr", "frau"}:
        salutation, rest = split_salutation([words[-1], "x"])[0], words[:-1]
    if salutation is not None and salutation.code in {"mr", "ms"}:
        pieces.salutation = salutation
        pieces.findings.append(Finding("value_in_wrong_field", field="salutation", detail=salutation.text))
        words = rest
    titles, words = split_titles(words, addressed=True)
    if titles:
        pieces.titles += titles
        pieces.findings.append(Finding("title_in_name", field=name))
    return take_suffixes(words, 1)


def _tight_hyphen(text: str) -> str:
    return text.replace(" - ", "-").replace("- ", "-").replace(" -", "-") if "-" in text else text


def _add_salutation(text: str, people: list[Pieces]) -> None:
    if not text:
        return
    cleaned = normalize_salutation(text)
    found = cleaned.value
    people[0].findings += [f for f in cleaned.issues if f.code == "salutation_unknown"]
    if found is None:
        return
    if found.titles:
        own = found.titles.split()
        people[0].titles = own + [t for t in people[0].titles if t not in own]
    if found.code is None:
        return
    if found.text == "Herr und Frau" and len(people) == 1:
        first = people[0]
        people.append(Pieces(Salutation("ms", "f", "Frau"), prefix=first.prefix, family=first.family))
        first.salutation = Salutation("mr", "m", "Herr")
        first.findings.append(Finding("name_household"))
    elif len(people) == 1:
        people[0].salutation = found
