"""An address written into one field: commas, line breaks, semicolons or nothing between its parts.

What is neither street, place nor a part with a name of its own (c/o, Postfach, Ortsteil ...) goes to
`rest`, never lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crmclean.normalize.address_country import country_at_end
from crmclean.normalize.address_lists import NUMBER_FIRST, region_codes, street_words
from crmclean.normalize.address_place import BOROUGHS, split_district, take_place, take_region
from crmclean.normalize.address_street import (
    StreetLine,
    is_street_word,
    is_unit,
    number_only,
    split_street,
    street_score,
)
from crmclean.normalize.house_number import normalize_house_number
from crmclean.normalize.person_or_company import looks_like_company, looks_like_person
from crmclean.normalize.postcode import postcode_pattern
from crmclean.text.fold import collapse, fold

__all__ = ["Parts", "parse_text", "stands_alone", "take_special"]

_SEPARATOR = re.compile(r"\s*[\n\r;|\t]+\s*|\s*,\s+|,(?=\D)|\s+[·•]\s+")
_CARE_OF = re.compile(
    r"^(?:c\s?/\s?o|℅|care of|z\.?\s?hd\.?(?:\s?v\.?)?|zu h[aä]nden(?: von)?|attn\.?:?|p\.?\s?a\.?\s(?=[A-Z]))\s*(?P<name>.+)$",
    re.IGNORECASE,
)
_CARE_INSIDE = re.compile(r"[\s,(]+c\s?/\s?o\.?\s+(?P<name>[^,\n)]+)\)?", re.IGNORECASE)
_PO_BOX = re.compile(
    r"(?<!\w)(?:postfach|postf\.|pf\.?(?=\s?\d)|(?:g\.?\s?)?p\.?\s?o\.?\s?box|post office box|locked bag|private bag|case postale|casella postale|c\.?p\.?(?=\s\d)|b\.?p\.?(?=\s?\d)|apartado(?: de correos)?|postbus|postboks|skr\.? poczt\.?)"
    r"(?:\s*(?:nr|no)?\.?:?\s*(?P<number>\d{1,4}(?:[ .]\d{2,3}){0,3}|\d+))?(?![\w])",
    re.IGNORECASE,
)
_LOCKER = re.compile(
    r"^(?:dhl[- ])?(?:packstation|paketbox|postfiliale|paketshop|parcel locker|pickup station|abholstation|paketkasten)\b.*$",
    re.IGNORECASE,
)
_LOCKER_INSIDE = re.compile(r"(?<!\w)(?:packstation|postfiliale)\s+(?:nr\.?\s*)?\d{1,3}(?!\d)", re.IGNORECASE)
_DISTRICT = re.compile(r"^(?:OT|Ortsteil|Stadtteil)\.?\s+(?P<name>[^\W\d_].*)$", re.IGNORECASE)
# Town and code grown together, a slash or hyphen before the code, the number before the code.
_GLUED_CODE = re.compile(r"(?<![\w-])(\d{4,5})(?=[A-ZÄÖÜ][a-zäöüß])")
_GLUED_FLAT = re.compile(r"(?<=\w)/(?=(?:Stiege|Stg|Top|Tür)\b)", re.IGNORECASE)
_BEFORE_CODE = re.compile(r"\s+[-–/]\s+(?=(?:[A-Z]{1,2}-)?\d{4,5}\s+[^\W\d_])")
_NUMBER_THEN_CODE = re.compile(r",\s+(\d{1,4}[a-z]?)\s+(?=\d{5}\s+[^\W\d_])")
_TOWN_BEHIND = re.compile(
    r"^(?P<line>.*[^\W\d_].*?\s\d{1,4}\s?[a-zA-Z]?(?:\s?-\s?\d{1,4}\s?[a-z]?)?)\s+(?P<city>[^\W\d_][^\d]+)$"
)
_DIRECTIONS = frozenset(
    (
        "nord",
        "sued",
        "ost",
        "west",
        "mitte",
        "links",
        "rechts",
        "ecke",
        "nordost",
        "nordwest",
        "suedost",
        "suedwest",
    )
)
_MIDDLE_NUMBER = re.compile(r"^(?P<name>[^\W\d_].*?)\s+(?P<line>\d{1,5}(?:-\d{1,5})?[A-Za-z]?\s+[^\W\d_].*)$")


@dataclass(slots=True)
class Parts:
    """The parts of an address text as they are found; empty where not there."""

    care_of: str = ""
    street: str = ""
    house_number: str = ""
    additions: list[str] = field(default_factory=list)
    po_box: str = ""
    postal_code: str = ""
    city: str = ""
    district: str = ""
    region: str = ""
    country: str | None = None
    proven: bool = False
    rest: list[str] = field(default_factory=list)


def take_special(segment: str, parts: Parts) -> str:
    """The segment without c/o, post office box, parcel locker and Ortsteil, which go into parts."""
    care = _CARE_OF.match(segment)
    if care:
        parts.care_of = parts.care_of or care["name"].strip()
        return ""
    inside = _CARE_INSIDE.search(segment)
    if inside:
        parts.care_of = parts.care_of or inside["name"].strip()
        segment = collapse(segment[: inside.start()] + " " + segment[inside.end() :])
    district = _DISTRICT.match(segment)
    if district:
        parts.district = parts.district or district["name"].strip()
        return ""
    if _LOCKER.match(segment):
        locker = _LOCKER_INSIDE.match(segment)
        cut = locker.end() if locker else len(segment)
        parts.additions.append(segment[:cut])
        return segment[cut:].strip(" ,")
    while box := _PO_BOX.search(segment):
        named = collapse(box["number"] or box[0])
        parts.additions += [collapse(box[0])] if parts.po_box else []
        parts.po_box = parts.po_box or named
        segment = collapse(segment[: box.start()] + " " + segment[box.end() :]).strip(" ,")
    return segment


def _segments(text: str) -> list[str]:
    text = _GLUED_FLAT.sub(", ", text)
    text = _BEFORE_CODE.sub(", ", _NUMBER_THEN_CODE.sub(r" \1, ", _GLUED_CODE.sub(r"\1 ", text)))
    raw = [collapse(s).strip(" ,") for s in _SEPARATOR.split(text)]
    return _joined([s for s in raw if s])


def _joined(raw: list[str]) -> list[str]:
    """Segments with a lone house number brought back to its street."""
    out: list[str] = []
    skip = False
    for at, segment in enumerate(raw):
        if skip:
            skip = False
            continue
        following = raw[at + 1] if at + 1 < len(raw) else ""
        lone = re.match(
            r"^(?:Nr\.?\s*)?\d{1,3}\s?(?:bis|ter|[a-z])?(?:\s?[-/]\s?\d{1,3}\s?[a-z]?)?$",
            segment,
            re.IGNORECASE,
        )
        if (
            lone
            and following
            and not out
            and street_score(following) in {2, 3}
            and not re.search(r"\d", following.split()[0])
        ):
            out.append(f"{segment}, {following}")
            skip = True
        elif out and (_continues(out[-1], segment) or _is_lone_number(out, segment, following)):
            out[-1] = f"{out[-1]}, {segment}"
        else:
            out.append(segment)
    return out


def _is_lone_number(before: list[str], segment: str, following: str) -> bool:
    """``López Mateos | 106 | 21840``: a number between the first segment and the code."""
    return (
        len(before) == 1
        and re.fullmatch(r"\d{1,4}\s?[a-zA-Z]?", segment) is not None
        and re.match(r"\d{4,5}\b", following) is not None
        and not re.search(r"\d", before[0])
    )


def _continues(street: str, segment: str) -> bool:
    """Whether the segment is the number of the street before it: C 4 | 12; Castellana | 185 - 5º."""
    block = re.fullmatch(r"[A-U]\s?(?:1[0-5]|[1-9])", street)
    if block and re.match(r"^\d{1,3}\s?[a-z]?\b", segment):
        return True
    number = re.match(r"^(?:n[.°º]?\s?)?\d{1,4}\s?[a-zA-Z]?(?:\s*[-,/]\s*\d{1,2}\s?[ºª°].*)?$", segment)
    named = not re.search(r"\d", street) or re.fullmatch(r"\d+\.? [^\W\d_]+", street) is not None
    return bool(number) and street_score(street) >= 2 and named


def _cut_name(segment: str) -> tuple[str, str]:
    """(name before, street line) of a segment that holds both without a comma."""
    middle = _MIDDLE_NUMBER.match(segment)
    if middle:
        words = [fold(w).strip(",") for w in middle["line"].split()[1:]]
        before = [fold(w) for w in middle["name"].split()]
        known = any(w in street_words("tail") for w in words)
        if known and not any(is_street_word(w) for w in before) and before[0] not in street_words("lead"):
            return middle["name"], middle["line"]
    words = segment.split()
    folded = [fold(w) for w in words]
    for at in range(1, len(words)):
        glued = is_street_word(folded[at]) and not any(folded[at] == s for s in street_words("suffix"))
        if glued and not words[at - 1].endswith("-") and folded[at - 1] not in street_words("adjective"):
            return " ".join(words[:at]), " ".join(words[at:])
    return "", segment


def _choose_street(segments: list[str], *, place_at_end: bool) -> int | None:
    scored = [(street_score(s), at) for at, s in enumerate(segments)]
    best = max((score for score, _ in scored), default=0)
    if best >= 2:
        return max(at for score, at in scored if score == best)
    named = [at for at, s in enumerate(segments) if not is_unit(s)]
    plain = [at for at in named if not any(w in street_words("company") for w in fold(segments[at]).split())]
    return plain[0] if len(plain) == 1 and place_at_end else None


def _fill_street(parts: Parts, segments: list[str], country: str | None, *, joined: bool) -> list[str]:
    """Street, number and addition into parts; returns the segments that are left."""
    with_place = bool(parts.postal_code or parts.city)
    at = _choose_street(segments, place_at_end=with_place and not parts.po_box and not parts.additions)
    if at is None:
        return segments
    line = segments[at]
    if joined:
        name, line = _cut_name(line)
        parts.rest += [name] if name else []
    split = _number_alone(line) or split_street(line, country)
    parts.street, parts.house_number = split.street, split.house_number
    parts.additions += [split.addition] if split.addition else []
    return [*segments[:at], "", *segments[at + 1 :]]


def _number_alone(line: str) -> StreetLine | None:
    """``Nr. 12`` and ``Haus Nr. 12``: villages without street names."""
    bare = re.sub(r"^Haus\s+(?=Nr)", "", line)
    if not number_only(bare):
        return None
    found = normalize_house_number(bare).value
    return StreetLine("", found.text) if found is not None else None


def stands_alone(line: str) -> bool:
    """Whether a segment is street and number and nothing else, whatever postcode or town stands beside.

    What `parse_text` asks of its segments, asked of one: a number of up to three digits at its end
    cannot be taken for a postcode, so that the others do not matter.
    """
    if _number_alone(line) is not None:
        return False
    return take_special(line, Parts()) == line and street_score(line) >= 2 and _cut_name(line) == ("", line)


def _settle(parts: Parts, segments: list[str], *, town_open: bool) -> None:
    """What is left after the street: additions, perhaps the town, the rest."""
    marker = segments.index("") if "" in segments else -1
    behind = [s for s in segments[marker + 1 :] if s] if parts.street else [s for s in segments if s]
    ahead = [s for s in segments[: max(marker, 0)] if s] if parts.street else []
    parts.additions += [s for s in [*ahead, *behind] if is_unit(s)]
    ahead, behind = ([s for s in side if not is_unit(s)] for side in (ahead, behind))
    if town_open and behind and not number_only(behind[-1]):
        parts.city = behind.pop()
    elif town_open and not behind and not parts.postal_code and len(ahead) == 1 and _may_be_town(ahead[0]):
        parts.city = ahead.pop()
    parts.rest += [*ahead, *behind]


def _may_be_town(text: str) -> bool:
    """Whether the only words before a street are a town: ``Praha, Dlouhá 12``, no firm and no person."""
    words = text.split()
    if re.search(r"\d", text) or not 1 <= len(words) <= 4 or not text[0].isupper():
        return False
    if any(w in street_words("company") for w in fold(text).split()) or looks_like_company(text) >= 0.6:
        return False
    return len(words) == 1 or looks_like_person(text) < 0.7


def _town_behind(segments: list[str], parts: Parts) -> list[str]:
    """The one segment without the town behind its street: ``Hauptstr. 5 Berlin``, ``Königsallee Düsseldorf``."""
    line = segments[0]
    found = _TOWN_BEHIND.match(line)
    if found and street_score(found["line"]) >= 4 and _is_town_tail(found["city"]):
        parts.city = found["city"]
        return [found["line"]]
    words = line.split()
    for at in range(len(words) - 1):
        folded = fold(words[at])
        glued = is_street_word(folded) and folded not in street_words("suffix")
        if glued and not re.search(r"\d", line) and _is_town_tail(" ".join(words[at + 1 :])):
            parts.city = " ".join(words[at + 1 :])
            return [" ".join(words[: at + 1])]
    return segments


def _is_town_tail(text: str) -> bool:
    words = fold(text).split()
    return (
        text[0].isupper()
        and len(words) <= 4
        and len(words[0]) > 2
        and not is_unit(text)
        and not _DIRECTIONS & set(words[:1])
        and not any(is_street_word(w) for w in words)
    )


def _by_format(segments: list[str]) -> str | None:
    """The country whose order of parts the text shows: CA 95014, NSW 2000, SW1A 2AA.

    An aid to reading, not a finding about the country.
    """
    for at, segment in enumerate(segments):
        before = segments[at - 1] if at else ""
        if (
            re.fullmatch(r"[A-Z]{2}", before)
            and before in region_codes("US")
            and re.fullmatch(r"\d{5}", segment)
        ):
            return "US"
        if re.search(rf"(?<!\w){postcode_pattern('CA')}(?!\w)", segment.upper()):
            return "CA"
        state = re.search(r"\b(?P<state>[A-Z]{2,3})\s(?P<code>\d{4,5})(?:-\d{4})?$", segment)
        for country, digits in (("US", 5), ("AU", 4)):
            if state and len(state["code"]) == digits and state["state"] in region_codes(country):
                return country
        if re.search(rf"(?<!\w){postcode_pattern('GB')}(?!\w)", segment):
            return "GB"
    return None


def parse_text(text: str, country: str | None) -> Parts:
    """The parts of an address in one field.

    Args:
        text: Cleaned text with its line breaks.
        country: Country of the address if another field names it.
    """
    parts = Parts()
    segments = _segments(text)
    segments, named = country_at_end(segments, country)
    parts.country, parts.proven = named, named is not None
    where = named or country or _by_format(segments)
    segments = [s for s in (take_special(s, parts) for s in segments) if s]
    place = take_place(segments, where)
    joined = len(segments) - (place is not None) <= 1 or where in {"US", "GB"}
    if place is not None:
        parts.postal_code, parts.city, parts.region = place.postal_code, place.city, place.region
        parts.country, parts.proven = (
            parts.country or place.country,
            parts.proven or place.country is not None,
        )
        segments = place.left
    elif len(segments) == 1 and where not in NUMBER_FIRST - {"FR", "LU"}:
        segments = _town_behind(segments, parts)
    elif len(segments) > 1:
        rest, parts.region = take_region(segments[-1], where)
        segments = [*segments[:-1], *([rest] if rest else [])]
    left = _fill_street(parts, segments, where or parts.country, joined=joined and place is not None)
    _settle(parts, left, town_open=not parts.city)
    parts.city, district = split_district(parts.city)
    parts.district = parts.district or district
    _borough(parts)
    return parts


def _borough(parts: Parts) -> None:
    """Jackson Heights Queens: the borough is the town, what stands before it a part of it."""
    folded = fold(parts.city)
    for borough in BOROUGHS:
        if folded.endswith(" " + borough):
            cut = len(parts.city) - len(borough)
            parts.district = parts.district or parts.city[:cut].strip(" ,")
            parts.city = parts.city[cut:]
