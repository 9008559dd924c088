"""Builds given_names.txt and family_names.txt from the name lists of Faker (MIT).

Run ``python crmclean/data/build/names.py DATE`` with Faker installed (not a dependency of crmclean). The
gender of a name is what the German, Austrian and Swiss lists say; only where these do not know
the name, what the other lists say; ``u`` where a name is on lists of both sexes.
"""

from __future__ import annotations

import importlib
import sys
import textwrap
import unicodedata
from importlib.metadata import version
from pathlib import Path

HERE = "crmclean/data/build/names.py"
DATA = Path(__file__).resolve().parent.parent
HOME = ("de_DE", "de_AT", "de_CH", "de_LI")
WORLD = (
    "en_US", "en_GB", "fr_FR", "fr_CH", "it_IT", "es_ES", "nl_NL", "pl_PL", "tr_TR", "cs_CZ",
    "hu_HU", "hr_HR", "ro_RO", "pt_PT", "sv_SE", "no_NO", "fi_FI", "ru_RU",
)  # fmt: skip
SURNAMES = (*HOME, "en_US", "en_GB", "fr_FR", "it_IT", "es_ES", "nl_NL", "tr_TR", "cs_CZ", "hr_HR", "sv_SE")
# These entries are family names or titles in the sources' own lists of given names.
NOT_GIVEN = {"dr", "prof", "von", "van", "de"}


def names(locale: str, attribute: str) -> set[str]:
    """The names of one list, composed, without those that hold blanks or dots."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    found = {unicodedata.normalize("NFC", n.strip()) for n in getattr(provider, attribute, ())}
    return {n for n in found if n and "." not in n and " " not in n and n.lower() not in NOT_GIVEN}


def gender_of(locales: tuple[str, ...]) -> dict[str, str]:
    """Name -> m, f or u over these locales."""
    sexes: dict[str, set[str]] = {}
    for locale in locales:
        for sex, attribute in (("m", "first_names_male"), ("f", "first_names_female")):
            for name in names(locale, attribute):
                sexes.setdefault(name, set()).add(sex)
    return {n: s.pop() if len(s) == 1 else "u" for n, s in sexes.items()}


def write(name: str, what: str, lines: list[str], locales: tuple[str, ...], today: str) -> None:
    """One list with its header."""
    source = f"source: Faker {version('Faker')}, person providers {' '.join(locales)}; made by {HERE}"
    header = [
        f"# {what}",
        *textwrap.wrap(source, 115, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False),
        "# licence: MIT",
        f"# date: {today}",
        f"# count: {len(lines)}",
    ]
    (DATA / name).write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8", newline="\n")


def main(today: str) -> None:
    """Writes both lists."""
    known = {**gender_of(WORLD), **gender_of(HOME)}
    rows = [f"{n}\t{known[n]}" for n in sorted(known)]
    write("given_names.txt", "given names and their sex (m, f, u = both)", rows, (*HOME, *WORLD), today)
    families = set().union(*(names(locale, "last_names") for locale in SURNAMES))
    write("family_names.txt", "frequent family names", sorted(families), SURNAMES, today)


if __name__ == "__main__":
    main(sys.argv[1])
