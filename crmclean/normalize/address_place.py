"""The place in an address text: postcode, town, state, and the words around them.

Continental addresses write the code before the town (``D-24149 Kiel``), English ones after it
(``Brooklyn, N.Y., 11216``); the code may also stand alone in its segment, or in the middle of an
address that was written without any comma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from crmclean.normalize.address_lists import POSTCODE_LAST, region_codes, region_names, street_words
from crmclean.normalize.address_street import is_street_word, is_unit, street_score
from crmclean.normalize.postcode import known_country, postcode_info, postcode_pattern, postcode_prefixes
from crmclean.text.fold import fold

__all__ = ["Found", "Place", "find_postcode", "split_district", "take_place", "take_region"]

_DISTRICT = re.compile(
    r"^(?P<city>.*?)[\s,(]*\b(?:OT|Ortsteil|Stadtteil|Ot)\.?\s+(?P<district>[^\W\d_][^)]*)\)?$"
)
_REPEAT = re.compile(r"^(?P<city>\S.*?)\s+(?P=city)$", re.IGNORECASE)
_TAIL_REGION = re.compile(r"\s*[,(]?\s*(?P<code>[A-Z]{2})\)?$")
_UNIT_FIRST = re.compile(
    r"^(?P<unit>(?:ste|suite|apt|unit|flat|rm|room|#)\.?\s?\w*\d\w*)[\s,]+(?P<city>[^\W\d_][^\d]*)$",
    re.IGNORECASE,
)
_LEADS = frozenset({"am", "an", "auf", "im", "zum", "zur", "in", "bei", "unter", "hinter"})
# New York's boroughs stand where other towns have their name.
BOROUGHS = ("queens", "brooklyn", "bronx", "manhattan", "staten island")


@dataclass(frozen=True, slots=True)
class Found:
    """A postcode found in a segment: its place there, the code and the country that it proves."""

    segment: int
    start: int
    end: int
    code: str
    country: str | None
    score: int


@dataclass(frozen=True, slots=True)
class Place:
    """What was taken out of the segments: town and what comes with it, and what is left."""

    left: list[str]
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str | None = None


@cache
def _prefix() -> str:
    names = sorted(postcode_prefixes(), key=lambda p: (-len(p), p))
    return "(?:" + "|".join(names) + ")"


@cache
def _search(country: str | None) -> re.Pattern[str]:
    prefixed = rf"(?P<prefix>{_prefix()})\s?[-–]\s?"
    if country is not None and known_country(country):
        body = postcode_pattern(country)
    else:
        body = (
            "(?:"
            + "|".join([*map(postcode_pattern, ("NL", "GB", "PL", "CA")), r"\d{5}(?:-\d{4})?", r"\d{4}"])
            + ")"
        )
    return re.compile(rf"(?<![\w/-])(?:{prefixed})?(?P<code>{body})(?![\w/]|[-–.]\d|\.\s?[a-z])")


def _score(text: str, start: int, end: int, country: str | None) -> int:
    before, after = text[:start].strip(" ,"), text[end:].strip(" ,")
    last = country in POSTCODE_LAST
    if not before and not after:
        return 5
    if not before:
        if last and street_score(text) >= 4:
            return 0  # 12345 Main Street
        return 5 if after[0].isalpha() else 1
    if not after:
        return 5 if last else 3 if _is_town_then_code(before, text[start:end], country) else 1
    if after[0].isalpha() and not is_street_word(fold(after.split()[0])):
        return 4 if re.search(r"\d", before) or last else 3
    return 1


def _is_town_then_code(before: str, code: str, country: str | None) -> bool:
    """``Berlin 10115``, ``Wien 1010``: no house has such a number, and nothing says street."""
    if re.search(r"\d", before) or street_score(before) or not code.isdigit():
        return False
    if fold(before).split()[0] in {"postfach", "pf", "nr", "hausnummer"} or "." in before:
        return False
    return len(code) == 5 or (country in {"AT", "CH", "LI"} and code[0] != "0")


def find_postcode(segments: list[str], country: str | None) -> Found | None:
    """The best postcode in the segments; the last of equally good ones."""
    best: Found | None = None
    for number, segment in enumerate(segments):
        upper = segment.upper() if country in {"GB", "CA", "IE", "NL"} else segment
        upper = upper if len(upper) == len(segment) else segment
        for match in _search(country).finditer(upper):
            named = postcode_prefixes().get(match["prefix"] or "")
            score = _score(segment, match.start(), match.end(), named or country) + (3 if named else 0)
            wide = len(re.sub(r"\D", "", match["code"])) >= 5 or not match["code"].isdigit()
            if score + wide < 3:
                continue
            if best is None or score + wide >= best.score:
                best = Found(number, match.start(), match.end(), match["code"], named, score + wide)
    return best if best is not None or country != "DE" else _short_german(segments)


def _short_german(segments: list[str]) -> Found | None:
    """A German code of four digits before its town: the leading zero is lost, or it is an old one."""
    for number, segment in enumerate(segments):
        found = re.match(r"(?:[DWO]\s?-\s?)?(?P<code>\d{4})\s+(?=[^\W\d_]{2})", segment)
        if found:
            return Found(number, 0, found.end("code"), found["code"], None, 1)
    return None


def take_region(text: str, country: str | None) -> tuple[str, str]:
    """The text without a state at its end, and the state as written; '' where none is."""
    if country is None or not text:
        return text, ""
    codes, names = region_codes(country), region_names(country)
    words = text.split()
    for length in (4, 3, 2, 1):
        if length > len(words):
            continue
        tail = " ".join(words[-length:]).strip(" ,()")
        compact = tail.replace(".", "").replace(" ", "").upper()
        coded = length <= 2 and compact in codes and country in POSTCODE_LAST and len(compact) > 1
        if coded or fold(tail) in names:
            return " ".join(words[:-length]).strip(" ,("), tail
    if country == "IT":
        found = _TAIL_REGION.search(text)
        if found and found.start():
            return text[: found.start()].strip(" ,("), found["code"]
    return text, ""


def split_district(city: str) -> tuple[str, str]:
    """Town and its part: ``Musterstadt OT Dorf`` -> Musterstadt, Dorf."""
    found = _DISTRICT.match(city)
    if found:
        return found["city"].strip(" ,-("), found["district"].strip()
    return city, ""


def _single(city: str) -> str:
    """The town once: ``Madrid Madrid`` names town and province."""
    repeated = _REPEAT.match(city)
    return repeated["city"] if repeated and len(repeated["city"]) > 3 else city


def _after_street(text: str) -> tuple[str, str]:
    """Street and town of a text that holds both without a comma: split behind the street's type."""
    words = text.split()
    folded = [fold(w).strip(",") for w in words]
    for at in range(len(words) - 1, 0, -1):
        if folded[at] in street_words("tail") and folded[at] not in {"st.", "la"}:
            if at == len(words) - 1 or not re.search(r"\d", " ".join(words[:at])):
                break
            end, tail = at + 1, words[at + 1 :]
            while len(tail) > 1 and is_unit(" ".join(tail[:2])):
                end, tail = end + 2, tail[2:]
            if tail and re.match(r"^\d", tail[0]):
                break
            return " ".join(words[:end]).strip(" ,"), " ".join(tail)
    return text, ""


def _city_of(before: str, code_country: str | None) -> tuple[str, str, str]:
    """(left, city, region) of the words before a code that stands behind its town."""
    before, region = take_region(before.strip(" ,"), code_country)
    if not before:
        return "", "", region
    unit = _UNIT_FIRST.match(before)
    if unit:
        return unit["unit"], unit["city"], region
    if street_score(before) >= 2 or re.search(r"\d", before):
        left, city = _after_street(before)
        return left, city, region
    return "", before, region


def take_place(segments: list[str], country: str | None) -> Place | None:
    """Postcode, town and state taken out of the segments; None where no code is found."""
    found = find_postcode(segments, country)
    if found is None:
        return None
    where = found.country or country
    text = segments[found.segment]
    before, after = text[: found.start].strip(" ,-"), text[found.end :].strip(" ,-")
    head, tail = segments[: found.segment], segments[found.segment + 1 :]
    region = ""
    if after and not (where in POSTCODE_LAST and before and not re.search(r"\d", before)):
        city, street = _street_behind(after) if not before and not tail else (after, "")
        left = [*head, before, *([street] if street else []), *tail]
    elif where in POSTCODE_LAST or (before and not re.search(r"\d", before)):
        rest, city, region = _city_of(before, where)
        if not city and not rest and head:
            head, city, region = _from_previous(head, where, region)
        left = [*head, rest, *([after] if after else []), *tail]
        if not city:
            city, left = _from_next(left, len(head) + 1)
    else:
        left = [*head, before, *tail]
        city, left = _from_next(left, len(head) + 1) if before else _beside(head, tail)
    city, more = take_region(_single(city), where)
    code = postcode_info(found.code, where).value
    left = [re.sub(r"\s+in$", "", s) for s in left]
    return Place(
        [s for s in left if s],
        code.code if code else found.code,
        city or ("" if more.isupper() and len(more) <= 3 else more),
        region or (more if city else ""),
        found.country,
    )


def _street_behind(text: str) -> tuple[str, str]:
    """Town and street of the words behind a code: ``Musterstadt Schulstr. 12``."""
    words = text.split()
    if not re.search(r"\s\d{1,4}\s?[a-zA-Z]?$", text):
        return text, ""
    for at in range(1, len(words) - 1):
        folded = fold(words[at])
        if not (is_street_word(folded) or (words[at][0].isupper() and folded in _LEADS)):
            continue
        start = at - 1 if folded in street_words("suffix") and at > 1 else at
        if folded not in street_words("suffix") or at > 1:
            return " ".join(words[:start]), " ".join(words[start:])
    return text, ""


def _from_previous(head: list[str], where: str | None, region: str) -> tuple[list[str], str, str]:
    """Town from the segments before, states and nations skipped: London, Greater London, England."""
    head = list(head)
    while len(head) > 1 and (where == "GB" or not region):
        rest, named = take_region(head[-1], where)
        if rest or not named:
            break
        head, region = head[:-1], region or named
    if street_score(head[-1]) >= 4:
        street, city = _after_street(head[-1])
        return [*head[:-1], street], city, region
    return head[:-1], head[-1], region


def _from_next(left: list[str], at: int) -> tuple[str, list[str]]:
    if at < len(left) and left[at] and not is_unit(left[at]) and street_score(left[at]) < 4:
        return left[at], [*left[:at], *left[at + 1 :]]
    return "", left


def _beside(head: list[str], tail: list[str]) -> tuple[str, list[str]]:
    """The town of a code that stands alone: the segment before it, else the one behind."""
    if head and street_score(head[-1]) < 2 and not re.search(r"\d", head[-1]):
        return head[-1], [*head[:-1], *tail]
    if tail and street_score(tail[0]) < 4:
        return tail[0], [*head, *tail[1:]]
    return "", [*head, *tail]
