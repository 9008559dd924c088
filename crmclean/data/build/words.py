"""Makes countries.txt, calendar.txt and tlds.txt from babel and tldextract.

Development only: ``pip install babel tldextract``, then ``python crmclean/data/build/words.py DATE``.
Countries: names of CLDR in German, English, French and Italian with the codes of ISO 3166-1.
Months and weekdays: names and abbreviations of CLDR in the languages below; a name that means
different months in two languages is left out, unless German or English has it.
Top-level domains: the one-label ICANN entries of the Public Suffix List.
"""

from __future__ import annotations

import importlib.resources
import sys
import textwrap
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from babel import Locale
from babel.core import get_global

TARGET = Path(__file__).resolve().parent.parent
NAMES = ("de", "en", "fr", "it")
LANGUAGES = (
    "de", "de_AT", "en", "fr", "it", "es", "nl", "pt", "pl", "cs", "sk", "da", "sv", "nb", "fi", "hu",
    "tr", "ro", "hr", "sl", "ru", "uk", "bg", "el", "lt", "lv", "et", "is", "ca",
)  # fmt: skip
RESERVED = {
    "EU",
    "EZ",
    "UN",
    "QO",
    "XA",
    "XB",
    "ZZ",
    "AC",
    "CP",
    "CQ",
    "DG",
    "EA",
    "IC",
    "TA",
}  # no ISO country
HERE = "made by crmclean/data/build/words.py"
CLDR = f"Unicode CLDR through babel {version('babel')}, {HERE}"
PSL = f"Public Suffix List (ICANN part, entries of one label) through tldextract {version('tldextract')}, {HERE}"


def write(name: str, what: str, lines: list[str], *, source: str, licence: str, date: str) -> None:
    """The list with its comment header, LF line ends."""
    head = (what, f"source: {source}", f"licence: {licence}", f"date: {date}", f"count: {len(lines)}")
    wrapped = (
        part
        for line in head
        for part in textwrap.wrap(
            line, 115, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False
        )
    )
    text = "".join(f"{line}\n" for line in (*wrapped, *lines))
    (TARGET / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


def countries() -> list[str]:
    """Lines: alpha-2, alpha-3, names; separated by tabs, names by bars."""
    alias = get_global("territory_aliases")
    alpha3 = {v[0]: k for k, v in sorted(alias.items()) if len(k) == 3 and k.isalpha() and len(v) == 1}
    locales = [Locale.parse(name) for name in NAMES]
    codes = [c for c in sorted(locales[1].territories) if len(c) == 2 and c.isalpha() and c not in RESERVED]
    lines = []
    for code in codes:
        names = dict.fromkeys(locale.territories[code] for locale in locales if code in locale.territories)
        lines.append(f"{code}\t{alpha3.get(code, '')}\t{'|'.join(names)}")
    return lines


def words(attribute: str) -> dict[str, int]:
    """Month or weekday names of all languages -> number; unclear names are left out."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for rank, language in enumerate(LANGUAGES):
        table = getattr(Locale.parse(language), attribute)
        for context in table.values():
            for width in ("wide", "abbreviated"):
                for number, name in context.get(width, {}).items():
                    word = name.strip(". ").lower()
                    if len(word) > 1 and not word[0].isdigit():
                        found[word].setdefault(number, rank)
    return {
        word: min(numbers, key=lambda n: numbers[n])
        for word, numbers in found.items()
        if len(numbers) == 1 or min(numbers.values()) <= 2
    }


def suffixes() -> list[str]:
    """One-label entries of the ICANN part of the Public Suffix List."""
    source = importlib.resources.files("tldextract") / ".tld_set_snapshot"
    text = source.read_text(encoding="utf-8").split("===BEGIN PRIVATE DOMAINS===")[0]
    rows = (line.strip() for line in text.splitlines())
    return sorted(
        {r.encode("idna").decode() for r in rows if r and not r.startswith("//") and r.isidentifier()}
    )


def main(date: str) -> None:
    """All three lists."""
    names = "ISO 3166-1 alpha-2, alpha-3, names (de|en|fr|it)"
    write("countries", names, countries(), source=CLDR, licence="Unicode-3.0", date=date)
    lines = [f"{w}\tmonth\t{n}" for w, n in sorted(words("months").items())]
    lines += [f"{w}\tday\t{n + 1}" for w, n in sorted(words("days").items())]
    calendar = f"months and weekdays in {' '.join(LANGUAGES)}"
    write("calendar", calendar, lines, source=CLDR, licence="Unicode-3.0", date=date)
    write("tlds", "top-level domains", suffixes(), source=PSL, licence="MPL-2.0", date=date)


if __name__ == "__main__":
    main(sys.argv[1])
