"""Makes crmclean/data/countries.txt, calendar.txt and tlds.txt from registry packages.

Development only: ``pip install babel tldextract``, then ``python scripts/build_words.py DATE``.
Countries: names of CLDR in German, English, French and Italian with the codes of ISO 3166-1.
Months and weekdays: names and abbreviations of CLDR in the languages below; a name that means
different months in two languages is left out, unless German or English has it.
Top-level domains: the one-label ICANN entries of the Public Suffix List.
"""

from __future__ import annotations

import importlib.resources
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from babel import Locale
from babel.core import get_global

TARGET = Path(__file__).parent.parent / "crmclean" / "data"
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
CLDR = "Unicode CLDR through babel {version}; licence: Unicode-3.0"


def write(name: str, head: tuple[str, ...], lines: list[str]) -> None:
    """The list with its comment header, LF line ends."""
    text = "".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines)
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
    cldr = CLDR.format(version=version("babel"))
    made = f"made: {date} by scripts/build_words.py; count: "
    rows = countries()
    write(
        "countries",
        ("ISO 3166-1 alpha-2, alpha-3, names (de|en|fr|it)", f"source: {cldr}", made + str(len(rows))),
        rows,
    )
    lines = [f"{w}\tmonth\t{n}" for w, n in sorted(words("months").items())]
    lines += [f"{w}\tday\t{n + 1}" for w, n in sorted(words("days").items())]
    write(
        "calendar",
        (f"months and weekdays in {' '.join(LANGUAGES)}", f"source: {cldr}", made + str(len(lines))),
        lines,
    )
    rows = suffixes()
    psl = f"Public Suffix List (ICANN part, one label) through tldextract {version('tldextract')}; licence: MPL-2.0"
    write("tlds", ("top-level domains", f"source: {psl}", made + str(len(rows))), rows)


if __name__ == "__main__":
    main(sys.argv[1])
