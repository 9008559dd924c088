"""Tables of many shapes with their truth, invented: odd headers, few columns, gaps, crossed columns, companies.

    python tests/benchmark/shapes.py DIR [--entities N] [--seed S]
    python tests/benchmark/quality.py --data DIR

Writes one folder per shape with records.csv and gold.csv (id,cluster), as `quality.py` takes them. People
have names from the lists of crmclean/data, drawn with falling frequency; a quarter live with others; a
quarter have copies with slips, spellings, moves, other numbers and gaps. Not part of the test suite.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from crmclean.data import read_table
from crmclean.text.fold import fold_umlaut

STREETS = (
    "Ahornweg",
    "Bachgasse",
    "Dorfplatz",
    "Eichenallee",
    "Feldstraße",
    "Gartenweg",
    "Hügelstraße",
    "Lindenring",
)
TOWNS = (
    "Aldorf",
    "Bergfelden",
    "Dornbach",
    "Eschenau",
    "Fichtental",
    "Grünwiesen",
    "Hohenstein",
    "Kaltenbrunn",
)
TRADES = (
    "Bau",
    "Metallbau",
    "Elektro",
    "Logistik",
    "Handel",
    "Software",
    "Druck",
    "Möbel",
    "Textil",
    "Garten",
)
FORMS = (
    ("GmbH", "G.m.b.H.", "gmbh"),
    ("AG", "Aktiengesellschaft", "AG"),
    ("KG", "Kommanditgesellschaft", "KG"),
)
HOSTS = ("post.example", "mail.example", "brief.example")


def drawn(rng: np.random.Generator, words: list[str], n: int) -> list[str]:
    """Words with falling frequency."""
    at = (len(words) * rng.random(n) ** 2).astype(int)
    return [words[i] for i in at]


def slip(rng: np.random.Generator, text: str) -> str:
    """One letter swapped, lost, doubled or wrong."""
    if len(text) < 3:
        return text
    at, kind = int(rng.integers(0, len(text) - 1)), int(rng.integers(0, 4))
    letter = "abcdefghiklmnoprstu"[int(rng.integers(0, 19))]
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return (
        swapped,
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
        text[:at] + letter + text[at + 1 :],
    )[kind]


def people(entities: int, rng: np.random.Generator, *, gaps: float = 0.08) -> pd.DataFrame:
    """Records of people with their entity; every value is text, "" where it is missing."""
    given = [row[0] for row in read_table("given_names.txt")][:900]
    family = [row[0] for row in read_table("family_names.txt")][:2500]
    rows: list[dict[str, str]] = []
    before: dict[str, str] = {}
    for entity, (first, last) in enumerate(
        zip(drawn(rng, given, entities), drawn(rng, family, entities), strict=True)
    ):
        person = {
            "first": first,
            "last": last,
            **home(rng),
            "phone": phone(rng),
            "email": mail(rng, first, last),
        }
        person["birth"] = f"{rng.integers(1935, 2006)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        if before and rng.random() < 0.25:
            person |= {name: before[name] for name in ("street", "zip", "city", "last")}
        before = person
        copies = 1 if rng.random() > 0.25 else int(rng.choice([2, 2, 2, 3, 4]))
        for copy in range(copies):
            record = damaged(rng, person) if copy else dict(person)
            for name in ("phone", "email", "birth", "street", "zip", "city"):
                record[name] = "" if rng.random() < gaps else record[name]
            rows.append({**record, "entity": str(entity)})
    return pd.DataFrame(rows)


def home(rng: np.random.Generator) -> dict[str, str]:
    """A street with number, a postcode and its town."""
    town = int(len(TOWNS) * 12 * rng.random() ** 1.5)
    street = f"{STREETS[int(rng.integers(0, len(STREETS)))]} {rng.integers(1, 120)}"
    return {
        "street": street,
        "zip": f"{10000 + 731 * town}",
        "city": f"{TOWNS[town % 8]} {'abcdefghijkl'[town // 8]}",
    }


def phone(rng: np.random.Generator) -> str:
    """A German mobile or landline number."""
    return f"{('0151', '0171', '0221', '089')[int(rng.integers(0, 4))]}{rng.integers(1_000_000, 9_999_999)}"


def mail(rng: np.random.Generator, first: str, last: str) -> str:
    """An address made of the name."""
    number = str(rng.integers(1, 99)) if rng.random() < 0.4 else ""
    local = "".join(c for c in fold_umlaut(f"{first}.{last}") if c.isalnum() or c == ".")
    return f"{local}{number}@{HOSTS[int(rng.integers(0, 3))]}"


def damaged(rng: np.random.Generator, person: dict[str, str]) -> dict[str, str]:
    """A copy: moved, other numbers, slips, umlauts written out, initials, swapped names."""
    copy = dict(person)
    copy |= home(rng) if rng.random() < 0.12 else {}
    copy["phone"] = phone(rng) if rng.random() < 0.2 else copy["phone"]
    copy["email"] = (
        mail(rng, copy["last"], str(rng.integers(10, 99))) if rng.random() < 0.2 else copy["email"]
    )
    for name, chance in (("first", 0.07), ("last", 0.08), ("street", 0.08), ("city", 0.05), ("birth", 0.04)):
        copy[name] = slip(rng, copy[name]) if rng.random() < chance else copy[name]
    if rng.random() < 0.2:
        for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
            copy |= {name: copy[name].replace(old, new) for name in ("first", "last", "street", "city")}
    copy["first"] = copy["first"][0] + "." if rng.random() < 0.05 else copy["first"]
    if rng.random() < 0.02:
        copy["first"], copy["last"] = copy["last"], copy["first"]
    return copy


def companies(entities: int, rng: np.random.Generator) -> pd.DataFrame:
    """Records of companies: legal forms in several spellings, slips, other streets."""
    family = [row[0] for row in read_table("family_names.txt")][:1200]
    rows = []
    for entity, stem in enumerate(drawn(rng, family, entities)):
        name, forms, place = f"{stem} {rng.choice(TRADES)}", FORMS[int(rng.integers(0, 3))], home(rng)
        for copy in range(1 if rng.random() > 0.35 else int(rng.integers(2, 4))):
            said = slip(rng, name) if copy and rng.random() < 0.12 else name
            rows.append({"name": f"{said} {forms[copy % 3]}", **place, "entity": str(entity)})
    return pd.DataFrame(rows)


def parts(births: pd.Series) -> pd.DataFrame:
    """Year, month and day, without leading zeros."""
    found = births.str.split("-", expand=True).reindex(columns=[0, 1, 2]).fillna("")
    return pd.DataFrame({"by": found[0], "bm": found[1].str.lstrip("0"), "bd": found[2].str.lstrip("0")})


def frame(**columns: pd.Series) -> pd.DataFrame:
    """A table of these columns."""
    return pd.DataFrame(columns)


SHAPES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "names_dates": lambda d: pd.concat([frame(vn=d["first"], nn=d["last"]), parts(d["birth"])], axis=1),
    "name_mail": lambda d: frame(Kunde=d["first"] + " " + d["last"], Mail=d["email"]),
    "name_phone": lambda d: frame(Name=d["last"] + ", " + d["first"], Telefon=d["phone"]),
    "upper_short": lambda d: frame(
        vn=d["first"].str.upper(),
        nn=d["last"].str.upper(),
        gebdat=d["birth"].str.replace("-", ""),
        plz=d["zip"],
    ),
    "crossed": lambda d: frame(
        first_name=d["last"], last_name=d["first"], birth_date=d["birth"], city=d["city"]
    ),
    "names_town": lambda d: frame(vorname=d["first"], nachname=d["last"], ort=d["city"]),
    "italian": lambda d: frame(
        nome=d["first"],
        cognome=d["last"],
        data_nascita=d["birth"],
        via=d["street"],
        cap=d["zip"],
        citta=d["city"],
    ),
    "prefixed": lambda d: frame(
        pat_first_name=d["first"],
        pat_last_name=d["last"],
        res_street=d["street"],
        res_city=d["city"],
        home_phone=d["phone"],
    ),
    "unknown_number": lambda d: frame(
        lfd=pd.Series(range(1, len(d) + 1)).astype(str),
        kdref="K" + (d["entity"].astype(int) * 7919 % 99991).astype(str).str.zfill(5),
        vorname=d["first"],
        nachname=d["last"],
        ort=d["city"],
    ),
    "sparse": lambda d: frame(
        Vorname=d["first"],
        Nachname=d["last"],
        Geburtsdatum=d["birth"],
        PLZ=d["zip"],
        Telefon=d["phone"],
        Mail=d["email"],
    ),
    "company_full": lambda d: frame(Firma=d["name"], Strasse=d["street"], PLZ=d["zip"], Ort=d["city"]),
    "company_names": lambda d: frame(Firma=d["name"]),
}


def put(folder: Path, table: pd.DataFrame, entity: pd.Series, rng: np.random.Generator) -> None:
    """Writes a shape, its rows in random order and numbered anew."""
    order = rng.permutation(len(table))
    ids = [f"r{i:06d}" for i in range(1, len(table) + 1)]
    folder.mkdir(parents=True, exist_ok=True)
    shuffled = table.iloc[order].reset_index(drop=True)
    shuffled.insert(0, "id", ids)
    shuffled.to_csv(folder / "records.csv", index=False, encoding="utf-8")
    gold = pd.DataFrame({"id": ids, "cluster": "c" + entity.iloc[order].reset_index(drop=True)})
    gold.to_csv(folder / "gold.csv", index=False, encoding="utf-8")


def main() -> None:
    """Writes all shapes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--entities", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for number, (name, shape) in enumerate(SHAPES.items()):
        rng = np.random.default_rng([chosen.seed, number])
        if name.startswith("company"):
            records = companies(chosen.entities, rng)
        else:
            records = people(chosen.entities, rng, gaps=0.6 if name == "sparse" else 0.08)
        put(chosen.out / name, shape(records), records["entity"], rng)


if __name__ == "__main__":
    main()
