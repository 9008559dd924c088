"""Postal addresses: one field or several, German, Austrian, Swiss and, soundly, those of others.

Sources: DIN 5008 (address block, Postfach, c/o), the layouts of the Austrian and Swiss posts, the
Universal Postal Union's country pages. The spelling of street and town is kept; compare forms are
`street_key` and `city_key`. Does not know which streets exist. A country is only set where the
text says so; what the postcode's format suggests stands in the finding ``country_assumed``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from crmclean.normalize.address_country import country_of
from crmclean.normalize.address_keys import city_key, street_key
from crmclean.normalize.address_lists import NUMBER_FIRST
from crmclean.normalize.address_place import split_district, take_place
from crmclean.normalize.address_street import StreetLine, split_street
from crmclean.normalize.address_text import Parts, parse_text, take_special
from crmclean.normalize.place_register import check_place, has_register
from crmclean.normalize.postcode import postcode_info
from crmclean.normalize.text import is_placeholder
from crmclean.text.fold import collapse, fold, visible
from crmclean.values import Cleaned, Finding, Status

__all__ = [
    "FLAT",
    "SPECIAL",
    "Address",
    "city_key",
    "clean_part",
    "normalize_address",
    "plain_city",
    "plain_street",
    "street_key",
]

_ISO = re.compile(r"[A-Z]{2}")
_TELLING = re.compile(r"[^\W\d_]{4}.*[\s.]\d")  # words and a number: no filler such as k. A.
# The commonest line by far, name and number: read without the search for boxes, flats and the like.
_PLAIN_LINE = re.compile(r"(?P<street>[^\W\d_](?:[^\W\d_]|[ .'’-])*[^\W\d_]\.?) (?P<number>\d{1,4}[a-zA-Z]?)")
# Words that need a closer look; patterns that Python and RE2 read alike.
SPECIAL = r"(?i)c\s?/\s?o|hd\.|h[aä]nden|box|bo[iî]te|post|pack|\bot\b|teil|[cb]\.?p\b|attn|\bpf|apartado|p\.?\s?a\.?\s|care|bag|abhol|℅|poczt"
_SPECIAL = re.compile(SPECIAL)
_PLAIN_CITY = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’()/-])*")
_RARE = ("care_of", "house_number", "addition", "po_box", "district")
FLAT = r"(?i)\b(?:whg|wohnung|suite|apt|unit|flat|ste|nr|no|num|nummer|hausnummer)\b"
_FLAT = re.compile(FLAT)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address as written; empty where not there.

    Args:
        care_of: Name behind c/o.
        street: Without the house number.
        house_number: With suffix, range, staircase.
        addition: Floor, flat, building, parcel locker.
        po_box: Number of the post office box, or its name where it has none.
        postal_code: In the usual form of its country; empty where it is none (see the findings).
        city: Town, with delivery district where written (Bern 65).
        district: Part of the town.
        region: State, canton.
        country: ISO 3166-1 alpha-2, only where said.
        rest: What is none of these, such as the name above the street.
    """

    care_of: str = ""
    street: str = ""
    house_number: str = ""
    addition: str = ""
    po_box: str = ""
    postal_code: str = ""
    city: str = ""
    district: str = ""
    region: str = ""
    country: str = ""
    rest: str = ""


_NOTHING = Address()


def clean_part(text: str | None) -> str:
    """One part as it is read: visible, blanks collapsed; empty where it is a filler."""
    return _cleaned(text) if text else ""


@lru_cache(maxsize=1 << 16)
def _cleaned(text: str) -> str:
    plain = text.isascii() and text.isprintable()
    shown = " ".join((text if plain else visible(unicodedata.normalize("NFC", text))).split())
    if not shown or (not _TELLING.search(shown) and is_placeholder(shown)):
        return ""
    return shown.strip(" ,;")


def _block(text: str) -> str:
    """A text with its line breaks, invisible characters and damage of composition removed."""
    lines = visible(unicodedata.normalize("NFC", text)).replace("\r\n", "\n").split("\n")
    shown = "\n".join(collapse(line) for line in lines).strip(" \n,;")
    return "" if is_placeholder(shown) else shown


def _country(text: str | None, findings: list[Finding]) -> str | None:
    clean = clean_part(text)
    if not clean:
        return None
    if _ISO.fullmatch(clean):
        return clean
    code = country_of(clean)
    if code is None:
        findings.append(Finding("country_unknown", field="country"))
    return code


def _merge_street(
    parts: Parts, street: str, number: str, country: str | None, findings: list[Finding]
) -> None:
    """Street and house number of two fields, or of one that holds both."""
    if number:
        line = split_street(street, country) if street else StreetLine("")
        same = line.house_number and fold(line.house_number).replace(" ", "") == fold(number).replace(" ", "")
        parts.street, parts.house_number = (line.street, number) if same else (street, number)
        return
    line = split_street(street, country)
    parts.street, parts.house_number = line.street, line.house_number
    parts.additions += [line.addition] if line.addition else []
    if line.house_number:
        findings.append(_about("house_number_in_street", "street"))


def _whole_in_street(given: dict[str, str], country: str | None) -> Parts | None:
    """A street field that holds postcode and town as well, where those fields are empty."""
    if given["postal_code"] or given["city"] or not given["street"]:
        return None
    street = given["street"]
    if not re.search(r"\d{4,}|[,;\n]", street):
        return None
    parts = parse_text(street, country)
    return parts if parts.postal_code and (parts.street or parts.po_box) else None


def _swap_place(given: dict[str, str], country: str | None, parts: Parts) -> None:
    """Postcode and town that stand in one another's field."""
    for name in ("postal_code", "city"):
        other = "city" if name == "postal_code" else "postal_code"
        text = given[name]
        if given[other] or not re.search(r"\d", text) or not re.search(r"[^\W\d_]{3}", text):
            continue
        place = take_place([text], country)
        if place is not None and place.city:
            given["postal_code"], given["city"] = place.postal_code, place.city
            parts.country = parts.country or place.country
            return


def _from_fields(given: dict[str, str], country: str | None, findings: list[Finding]) -> Parts:
    plain = _plain_line(given, country)
    if plain is not None:
        findings.append(_about("house_number_in_street", "street"))
        return plain
    whole = _whole_in_street(given, country)
    if whole is not None:
        _add(whole, given)
        return whole
    parts = Parts()
    _swap_place(given, country, parts)
    street = _street_line(given["street"], parts)
    _merge_street(parts, street, given["house_number"], country, findings)
    parts.postal_code = given["postal_code"]
    parts.city, parts.district = split_district(given["city"])
    _add(parts, given)
    return parts


@lru_cache(maxsize=1 << 17)
def plain_street(text: str) -> tuple[str, str] | None:
    """Street and number of the commonest line, name and number; None where a closer look is needed."""
    line = _PLAIN_LINE.fullmatch(text)
    if line is None or "  " in text or _SPECIAL.search(text) or _FLAT.search(text):
        return None
    return line["street"], line["number"]


@lru_cache(maxsize=1 << 16)
def plain_city(text: str) -> bool:
    """Whether a town has nothing about it that needs a closer look."""
    return bool(_PLAIN_CITY.fullmatch(text)) and not _SPECIAL.search(text) and clean_part(text) == text


def _plain_line(given: dict[str, str], country: str | None) -> Parts | None:
    """Street with number, postcode and town, all as usual; None where a closer look is needed."""
    if any(given[name] for name in _RARE) or country in NUMBER_FIRST:
        return None
    line = plain_street(given["street"])
    code, city = given["postal_code"], given["city"]
    if line is None or not code.isdigit() or not plain_city(city):
        return None
    return Parts(street=line[0], house_number=line[1], postal_code=code, city=city, region=given["region"])


def _street_line(text: str, parts: Parts) -> str:
    """The street field without c/o, box and the like, each in its own part."""
    if not _SPECIAL.search(text):
        return text
    pieces = [take_special(piece, parts) for piece in re.split(r"\s*[,;]\s*", text)]
    return ", ".join(piece for piece in pieces if piece)


def _add(parts: Parts, given: dict[str, str]) -> None:
    """Fields that are what they say: addition, box, district, region."""
    if given["addition"]:
        left = take_special(given["addition"], parts)
        parts.additions = [*([left] if left else []), *parts.additions]
    if given["po_box"]:
        taken = Parts()
        take_special(
            given["po_box"] if re.search(r"[^\W\d_]", given["po_box"]) else f"Postfach {given['po_box']}",
            taken,
        )
        parts.po_box = taken.po_box or given["po_box"]
    parts.district = given["district"] or parts.district
    parts.region = given["region"] or parts.region
    parts.care_of = parts.care_of or given["care_of"]


@lru_cache(maxsize=4096)
def _of_postcode(finding: Finding) -> Finding:
    return finding if finding.field else replace(finding, field="postal_code")


@lru_cache(maxsize=64)
def _about(code: str, field: str) -> Finding:
    return Finding(code, field=field)


def _postcode(parts: Parts, country: str | None, findings: list[Finding]) -> str:
    if not parts.postal_code:
        return ""
    info = postcode_info(parts.postal_code, country)
    findings += map(_of_postcode, info.issues)
    if info.value is not None and info.value.country is not None and parts.country is None:
        parts.country = info.value.country if country is None else parts.country
    return info.value.code if info.value is not None else ""


def _missing(address: Address, parts: Parts, findings: list[Finding]) -> None:
    placed = bool(address.po_box) or any(
        re.match(r"(?i)(dhl[- ])?(packstation|postfiliale|paket)", a) for a in parts.additions
    )
    noted = (
        ("po_box", bool(address.po_box), "po_box"),
        ("care_of", bool(address.care_of), "care_of"),
        ("parcel_locker", placed and not address.po_box, "addition"),
        ("delivery_hint", bool(address.addition) and not (placed and not address.po_box), "addition"),
        ("street_missing", not address.street and not placed, "street"),
        (
            "house_number_missing",
            bool(address.street)
            and not address.house_number
            and address.country in {"", "DE", "AT", "CH", "LI"},
            "house_number",
        ),
        ("postcode_missing", not parts.postal_code, "postal_code"),
        ("city_missing", not address.city, "city"),
        ("country_missing", not address.country, "country"),
    )
    findings += [_about(code, name) for code, holds, name in noted if holds]


def _address(parts: Parts, country: str | None, findings: list[Finding]) -> Address:
    if parts.proven and country is not None and parts.country not in {None, country}:
        findings.append(Finding("postcode_country_mismatch", field="country", detail=parts.country))
    where = country or parts.country
    code = _postcode(parts, where, findings)
    address = Address(
        parts.care_of, parts.street, parts.house_number, ", ".join(parts.additions), parts.po_box, code, parts.city,
        parts.district, parts.region, where or parts.country or "", ", ".join(parts.rest),
    )  # fmt: skip
    _missing(address, parts, findings)
    if code and address.city and not address.po_box and has_register():
        told = check_place(code, address.city, where)
        findings += [told] if told is not None else []
    return address


def _normalize(
    text: str, given_key: tuple[str | None, ...]
) -> tuple[Address | None, Status, tuple[Finding, ...]]:
    findings: list[Finding] = []
    raw_country = given_key[-1]
    country = _country(raw_country, findings)
    given = {name: clean_part(value) for name, value in zip(_GIVEN, given_key, strict=True)}
    block = _block(text) if text else ""
    if block:
        parts = parse_text(block, country)
        parts.street, parts.city = clean_part(parts.street), clean_part(parts.city)
        _add(parts, given)
    else:
        if not any(given.values()) and not findings:
            return None, "empty", (Finding("empty"),)
        parts = _from_fields(given, country, findings)
    address = _address(parts, country, findings)
    if address == _NOTHING:
        return None, "invalid", tuple(findings)
    serious = any(
        f.code in {"postcode_format", "country_unknown", "postcode_country_mismatch"} for f in findings
    )
    repaired = any(f.code in {"postcode_leading_zero_lost", "house_number_in_street"} for f in findings)
    return address, "ambiguous" if serious else "repaired" if repaired else "ok", tuple(findings)


_GIVEN = (
    "care_of",
    "street",
    "house_number",
    "addition",
    "po_box",
    "postal_code",
    "city",
    "district",
    "region",
    "country",
)


def normalize_address(  # noqa: PLR0913  the parts of an address, all optional and by keyword
    text: str | None = None,
    *,
    care_of: str | None = None,
    street: str | None = None,
    house_number: str | None = None,
    addition: str | None = None,
    po_box: str | None = None,
    postal_code: str | None = None,
    city: str | None = None,
    district: str | None = None,
    region: str | None = None,
    country: str | None = None,
) -> Cleaned[Address]:
    """The parts of an address given in one field or in several.

    A postcode that cannot be right leaves `postal_code` empty; where a leading zero was lost, the
    repaired code stands in the finding ``postcode_leading_zero_lost``. The raw text of several
    fields is their values joined by a vertical bar.

    Args:
        text: A whole address, with commas, line breaks or nothing between the parts; the other
            fields then only add to it.
        care_of: Name behind c/o.
        street: May hold the house number, or the whole address.
        house_number: House number with suffix.
        addition: Further line.
        po_box: Post office box.
        postal_code: Postcode, with an old country prefix or without; may hold the town.
        city: Town; may hold the postcode or an Ortsteil.
        district: Part of the town.
        region: State.
        country: Country in any spelling.

    Example:
        >>> normalize_address("Beethovenstr. 75, D-89614 Öpfingen").value.house_number
        '75'
        >>> normalize_address(street="C 4, 12", postal_code="68159", city="Mannheim").value.street
        'C 4'
    """
    given = (care_of, street, house_number, addition, po_box, postal_code, city, district, region, country)
    raw = text if text is not None else "|".join(v or "" for v in given) if any(given) else ""
    value, status, issues = _normalize(text or "", given)
    return Cleaned(raw, value, status, issues)
