"""Persons: salutation, title, given names, prefix, family name, suffix, birth name, nickname.

A name comes in one field or in several; both give the same `Person`. Case is restored only where
the whole entry is upper or lower case. Nothing is guessed silently: an order that only the names
themselves suggest is reported as ``name_order_unclear``, a gender comes from the salutation alone.
Words that fit nowhere are reported as ``name_unassigned`` or ``value_in_wrong_field``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import lru_cache

from crmclean.normalize.letter import letter_salutation
from crmclean.normalize.person_case import is_one_case, restore_case
from crmclean.normalize.person_couple import parse_people
from crmclean.normalize.person_fast import Plain, read_plain_fields, read_plain_text
from crmclean.normalize.person_fields import Fields, parse_fields
from crmclean.normalize.person_model import Person, display_name, full_family_name
from crmclean.normalize.person_or_company import (
    is_name_placeholder,
    is_surely_company,
    is_test_name,
    looks_like_company,
    looks_like_person,
)
from crmclean.normalize.person_pieces import Pieces
from crmclean.normalize.person_text import Order
from crmclean.normalize.person_words import given_gender, is_family, is_given, is_initial, is_near_given
from crmclean.normalize.titles import canonical_title
from crmclean.text.fold import collapse, fold, visible
from crmclean.values import Cleaned, Finding

__all__ = [
    "Address",
    "Person",
    "display_name",
    "full_family_name",
    "is_name_placeholder",
    "is_test_name",
    "letter_salutation",
    "looks_like_company",
    "looks_like_person",
    "normalize_person",
    "plain_address",
]

People = tuple[Person, ...]
Address = tuple[str | None, str | None, str | None, tuple[Finding, ...]]
_NO_ADDRESS: Address = (None, None, None, ())
_QUIET = frozenset({"title_in_name"})
_SEXES = {
    "m": "m", "male": "m", "mann": "m", "maennlich": "m", "mnl": "m", "herr": "m", "mr": "m", "homme": "m", "1": "m",
    "f": "f", "w": "f", "female": "f", "frau": "f", "weiblich": "f", "wbl": "f", "ms": "f", "mrs": "f",
    "femme": "f", "2": "f",
}  # fmt: skip
_AMBIGUOUS = frozenset({"name_order_unclear", "particle_ambiguous", "salutation_gender_mismatch"})
_NOBODY = "Xyxyx"  # a name on no list: the side fields are read beside it
_LONG = 120
_READINGS = 3
_COMPANY = 0.9


def normalize_person(  # noqa: PLR0913 - the fields of a name; callers pass them by keyword
    text: str | None = None,
    *,
    salutation: str | None = None,
    title: str | None = None,
    given_name: str | None = None,
    middle_names: str | None = None,
    name_prefix: str | None = None,
    family_name: str | None = None,
    name_suffix: str | None = None,
    birth_name: str | None = None,
    sex: str | None = None,
    order: Order = "auto",
) -> Cleaned[People]:
    """The persons a text or several fields name: one, or two for a couple in one row.

    Args:
        text: The whole name in one field; read where given and family name are both empty.
        salutation: Herr, Frau Dr., Familie ...; its titles are taken over.
        title: Titles in a field of their own.
        given_name: Given names.
        middle_names: Further given names, or particles that a source files there.
        name_prefix: Particles and former noble titles.
        family_name: Family name, or a whole name where the given name is empty.
        name_suffix: Suffixes.
        birth_name: Name at birth.
        sex: m, f, männlich, weiblich ...; sets the gender where no salutation does.
        order: How names in one text are ordered; auto decides by comma, then by known names.

    Returns:
        The persons, or None with the reason: ``name_is_company``, ``placeholder``,
        ``name_missing``, ``name_has_digits``.

    Example:
        >>> normalize_person("Frau Dr. Eva von Berg").value[0].family_name
        'Berg'
        >>> [p.given_name for p in normalize_person("Eheleute Hans und Petra Meyer").value]
        ['Hans', 'Petra']
    """
    if (given_name or family_name) and not (text or middle_names or name_prefix or name_suffix or birth_name):
        plain = _plain_fields(salutation or "", title or "", given_name or "", family_name or "", sex or "")
        if plain is not None:
            return plain
    rest = (title, given_name, middle_names, name_prefix, family_name, name_suffix, birth_name)
    if not any(rest):
        return _from_text(text or "", salutation or "", sex or "", order)
    values = (salutation, *rest)
    shown = Fields(*(_shown(v) for v in values))
    if text and not (given_name or family_name):
        return _from_text_beside(text, shown, sex or "", order)
    raw = " ".join(v for v in values if v)
    return _finish(raw, shown.joined(), _checked_fields(shown), sex or "")


def _shown(text: str | None) -> str:
    if not text:
        return ""
    return collapse(visible(unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=4096)
def plain_address(salutation: str, title: str, sex: str) -> Address | None:
    """Salutation code, gender and title of the side fields, or None where they need the full path."""
    if any(v != _shown(v) for v in (salutation, title, sex)):
        return None
    found = _finish(
        "", "x", parse_fields(Fields(_shown(salutation), _shown(title), _NOBODY, "", "", _NOBODY + "x")), sex
    )
    if found.value is None or len(found.value) != 1 or {f.code for f in found.issues} - _QUIET:
        return None
    person = found.value[0]
    return person.salutation, person.gender, person.title, found.issues


def _plain_fields(salutation: str, title: str, given: str, family: str, sex: str) -> Cleaned[People] | None:
    """The fast path: plain words in both fields and nothing that moves from field to field."""
    named = read_plain_fields(given, family)
    if named is None:
        return None
    address = plain_address(salutation, title, sex) if salutation or title or sex else _NO_ADDRESS
    if address is None:
        return None
    return _plain_person(" ".join([v for v in (salutation, title, given, family) if v]), named, address)


def _plain_person(raw: str, named: Plain, address: Address) -> Cleaned[People]:
    code, gender, title, issues = address
    person = Person(
        code, title, named.given, named.middle, named.prefix, named.family, None, None, None, gender
    )
    if named.restored:
        issues = (*issues, Finding("name_all_caps"))
    if gender is not None and named.sex is not None and named.sex not in {gender, "u"}:
        mismatch = Finding("salutation_gender_mismatch", field="salutation", confidence=0.9)
        return Cleaned(raw, (person,), "ambiguous", (*issues, mismatch))
    return Cleaned(raw, (person,), "repaired" if issues else "ok", issues)


@lru_cache(maxsize=65536)
def _from_text(text: str, salutation: str, sex: str, order: Order) -> Cleaned[People]:
    plain = read_plain_text(text) if order != "family_first" else None
    if plain is not None and not (salutation and (plain.salutation or plain.title)):
        address = plain_address(salutation or plain.salutation, plain.title, sex)
        if address is not None:
            return _plain_person(f"{salutation} {text}" if salutation else text, plain, address)
    return _from_text_beside(text, Fields(salutation=_shown(salutation)), sex, order)


def _from_text_beside(text: str, beside: Fields, sex: str, order: Order) -> Cleaned[People]:
    """A whole name in one text, with fields beside it that hold no name."""
    shown = _shown(text)
    raw = " ".join(v for v in (beside.joined(), text) if v)
    refused = _refusal(shown, raw)
    if refused is not None:
        return refused
    people = parse_people(shown, order)
    extra = parse_fields(
        Fields(salutation=beside.salutation, title=beside.title, given_name="", family_name="")
    )[0]
    people[0].salutation = extra.salutation or people[0].salutation
    people[0].titles = extra.titles + people[0].titles
    people[0].suffix += beside.name_suffix.split()
    people[0].birth_name = people[0].birth_name or beside.birth_name or None
    cleaned = replace(_finish(text, shown, people, sex), raw=raw)
    return _settled(cleaned, shown) if order == "auto" else cleaned


def _settled(cleaned: Cleaned[People], shown: str) -> Cleaned[People]:
    """The reading whose display form is read as itself again.

    Salads of titles and suffixes may need a second reading; what never settles is kept whole as
    a family name and reported.
    """
    if cleaned.value is None or len(cleaned.value) != 1:
        return cleaned
    first = last = cleaned.value[0]
    for _ in range(_READINGS):
        now = display_name(last)
        if now == shown:
            return _with_person(cleaned, last, first)
        again = _read_once(now)
        if again is None:
            break
        if display_name(again) == now:
            return _with_person(cleaned, last, first)
        last = again
    kept = replace(Person(family_name=shown), salutation=first.salutation, gender=first.gender)
    issues = (*cleaned.issues, Finding("name_order_unclear", confidence=0.1))
    return Cleaned(cleaned.raw, (kept,), "ambiguous", issues)


def _with_person(cleaned: Cleaned[People], last: Person, first: Person) -> Cleaned[People]:
    if last is first:
        return cleaned
    person = replace(last, salutation=first.salutation, gender=first.gender)
    return Cleaned(cleaned.raw, (person,), cleaned.status, cleaned.issues)


@lru_cache(maxsize=4096)
def _read_once(shown: str) -> Person | None:
    """The one person that a text names, without settling; None where it names none or a couple."""
    plain = read_plain_text(shown)
    if plain is not None and not (plain.salutation or plain.title or plain.restored):
        return Person(None, None, plain.given, plain.middle, plain.prefix, plain.family)
    if _refusal(_shown(shown), shown) is not None:
        return None
    found = _finish(shown, shown, parse_people(shown), "").value
    return found[0] if found is not None and len(found) == 1 else None


def _refusal(shown: str, raw: str) -> Cleaned[People] | None:
    """Why a text names no person, or None if it may."""
    if not shown:
        return Cleaned(raw, None, "empty", (Finding("empty"),))
    if is_name_placeholder(shown):
        return Cleaned(raw, None, "invalid", (Finding("placeholder"),))
    if not any(c.isalpha() for c in shown):
        return Cleaned(raw, None, "invalid", (Finding("name_has_digits"), Finding("name_missing")))
    score = looks_like_company(shown)
    if score >= _COMPANY and looks_like_person(shown) < 0.5:
        return Cleaned(raw, None, "invalid", (Finding("name_is_company", confidence=round(score, 2)),))
    return None


def _checked_fields(shown: Fields) -> list[Pieces] | Finding:
    """What the fields hold, or the finding that says why they hold no person."""
    given = "" if is_name_placeholder(shown.given_name) else shown.given_name
    family = "" if is_name_placeholder(shown.family_name) else shown.family_name
    if not given and not family and not shown.middle_names:
        wanted = "placeholder" if shown.given_name or shown.family_name else "name_missing"
        return Finding(wanted)
    joined = f"{given} {family}".strip()
    if is_surely_company(joined) and looks_like_person(joined) < 0.5:
        return Finding("name_is_company", confidence=0.97)
    kept = Fields(
        shown.salutation, shown.title, given, shown.middle_names, shown.name_prefix, family, shown.name_suffix,
        "" if is_name_placeholder(shown.birth_name) else shown.birth_name,
    )  # fmt: skip
    people = parse_fields(kept)
    if (shown.given_name and not given) or (shown.family_name and not family):
        people[0].findings.append(Finding("placeholder", field="given_name" if not given else "family_name"))
    if given and family:
        people[0].findings += _swapped(given, family)
    return people


def _swapped(given: str, family: str) -> list[Finding]:
    """Given and family name in each other's field: a proposal, never applied."""
    confidence = _swap_confidence(given, family)
    if confidence is None:
        return []
    shown = f"{family} {given}"
    proposal = restore_case(shown) if is_one_case(shown) else shown
    return [Finding("name_order_unclear", proposal=proposal, confidence=confidence)]


def _swap_confidence(given: str, family: str) -> float | None:
    """How sure it is that the names stand in each other's field; None where nothing says so."""
    if not is_given(family) or " " in given or is_initial(given):
        return None
    if is_given(given):
        return None
    if is_family(given):
        return 0.75 if is_family(family) else 0.9
    return None if is_family(family) or is_near_given(given) else 0.6


def _finish(raw: str, shown: str, found: list[Pieces] | Finding, sex: str) -> Cleaned[People]:
    """Pieces made persons, with the findings of the whole."""
    if isinstance(found, Finding):
        return Cleaned(raw, None, "empty" if found.code == "name_missing" else "invalid", (found,))
    one_case = is_one_case(" ".join(w for p in found for w in (*p.given, *p.prefix, *p.family)))
    people = tuple(_person(p, sex if len(found) == 1 else "", one_case=one_case) for p in found)
    people = tuple(p for p in people if p.given_name or p.family_name)
    if not people:
        return Cleaned(raw, None, "invalid", (Finding("name_missing"),))
    issues = [f for p in found for f in p.findings]
    if one_case:
        issues.append(Finding("name_all_caps"))
    if raw and (raw != collapse(raw) or shown != _shown(raw)):
        issues.append(Finding("whitespace"))
    for person in people:
        issues += _oddities(person)
    if sex and len(people) == 1 and _sex(sex) not in {None, people[0].gender}:
        issues.append(Finding("salutation_gender_mismatch", field="sex"))
    if len(shown) > _LONG:
        issues.append(Finding("too_long"))
    status = "ambiguous" if any(f.code in _AMBIGUOUS for f in issues) else "repaired" if issues else "ok"
    return Cleaned(
        raw, people, "ambiguous" if status == "ambiguous" else "repaired" if issues else "ok", tuple(issues)
    )


def _sex(text: str) -> str | None:
    return _SEXES.get(fold(text).strip(". "))


def _person(pieces: Pieces, sex: str, *, one_case: bool) -> Person:
    def name(words: list[str]) -> str | None:
        joined = " ".join(words)
        return (restore_case(joined) if one_case else joined) or None

    salutation = pieces.salutation
    code = salutation.code if salutation is not None and salutation.code != "company" else None
    gender = salutation.gender if salutation is not None else None
    prefix = " ".join(pieces.prefix) or None
    if one_case and prefix is not None:
        prefix = prefix.lower() if prefix.islower() or prefix.isupper() else prefix
    return Person(
        code,
        canonical_title(pieces.titles),
        name(pieces.given[:1]),
        name(pieces.given[1:]),
        prefix,
        name(pieces.family),
        ", ".join(pieces.suffix) or None,
        name([pieces.birth_name]) if pieces.birth_name else None,
        pieces.nickname,
        gender or _sex(sex),
    )


def _oddities(person: Person) -> list[Finding]:
    """Findings about one person: digits, single letters, equal names, gender against salutation."""
    found: list[Finding] = []
    given, family = person.given_name or "", person.family_name or ""
    if any(c.isdigit() for c in given + family):
        found.append(Finding("name_has_digits"))
    if len(family.strip(".")) == 1:
        found.append(Finding("single_letter_name", field="family_name"))
    if given and fold(given) == fold(family):
        found.append(Finding("same_given_and_family"))
    if given and person.gender is not None and given_gender(given) not in {person.gender, "u", None}:
        found.append(Finding("salutation_gender_mismatch", field="salutation", confidence=0.9))
    if is_test_name(f"{given} {family}".strip()):
        found.append(Finding("test_data"))
    return found
