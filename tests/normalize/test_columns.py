"""The fast paths over whole columns say what the path value by value says, on every value tried.

Each test makes a table of random spellings (fixed seeds) and normalises it twice: as it is, and with
the fast paths switched off. Both must give the same parties, contacts, addresses and issues.
"""

from __future__ import annotations

import re
from random import Random

import pandas as pd
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.data import read_list, read_table
from crmclean.normalize import person, person_fast, records_addresses, records_contacts, records_names
from crmclean.normalize.address_columns import _KNOWN
from crmclean.normalize.address_street import street_score
from crmclean.normalize.records import normalize_records
from crmclean.normalize.records_contacts import COLUMNS

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
]
SEPARATORS = ["", " ", "/", "-", ".", " - ", "  ", " / ", "(", ")", "--", "/-", "/ 0"]


def frame(**columns):
    """Records with these columns; None is missing."""
    rows = len(next(iter(columns.values())))
    # few rows per source, so that no finding is said once for a column
    data = {
        "source": [f"s{n // 15:04}" for n in range(rows)],
        "record_id": [f"{n:06}" for n in range(rows)],
        "file": ["f.csv"] * rows,
    }
    table = pd.DataFrame({**data, **columns}, dtype="str")
    table["row"] = range(2, rows + 2)
    return table


def check(records):
    """Normalises with the fast paths and without; compares all four tables."""
    fast = normalize_records(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records_names, "_plain", lambda *_, **__: [])
        patch.setattr(records_addresses, "_plain", lambda *_, **__: [])
        patch.setattr(records_contacts, "_plain_column", lambda *_, **__: (NO_POINTS, None))
        slow = normalize_records(records)
    for name in ("parties", "contacts", "addresses", "issues"):
        pd.testing.assert_frame_equal(getattr(fast, name), getattr(slow, name), obj=name)


NO_POINTS = pd.DataFrame(columns=COLUMNS)


def spelled(rng, digits):
    """Digits with separators strewn in."""
    out = ""
    for digit in digits:
        out += digit
        if rng.random() < 0.15:
            out += rng.choice(SEPARATORS)
    return out


def phone_texts(rng):
    """Numbers of all countries and kinds, in the usual forms, mistyped, and with odd separators."""
    texts = []
    for region in REGIONS:
        for kind in range(11):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            shown = phonenumbers.format_number(example, rng.choice(FORMATS))
            digits = "".join(c for c in shown if c.isdigit())
            at = rng.randrange(len(digits))
            mistyped = digits[:at] + rng.choice("0123456789") + digits[at + 1 :]
            prefix = "+" if shown.startswith("+") else ""
            other = rng.choice(["DE", "AT", "CH", "US", "FR", "GB", None])
            texts += [(shown, region), (prefix + spelled(rng, digits), other), (prefix + mistyped, region)]
    for _ in range(1500):
        start = rng.choice(["0", "+49", "0049", "+43", "0043", "+41", "0041", "+49 (0)", "(0", "00", "+"])
        number = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 13)))
        texts.append((start + spelled(rng, number), rng.choice(["DE", "AT", "CH", "US", None])))
    counted = ["0123456789", "0987654321", "01234", "0111111111", "0300000000", "+4900000000", "030 1111111"]
    return [*texts, *((t, "DE") for t in counted)]


def test_phones_of_all_countries():
    """Numbers of every country that phonenumbers knows, in many spellings."""
    rng = Random(5)  # noqa: S311  made-up data, no secret
    texts, countries = zip(*phone_texts(rng), strict=True)
    fields = [rng.choice(["phone", "mobile", "fax", "phone_work"]) for _ in texts]
    columns = {f: [t if g == f else None for t, g in zip(texts, fields, strict=True)] for f in set(fields)}
    check(frame(country=list(countries), **columns))


def test_slash_before_a_zero():
    """A slash that cuts an area code in two, and one between two numbers."""
    rng = Random(8)  # noqa: S311  made-up data, no secret
    ahead = ["0306", "040", "030", "0899", "01", "0151", "03012", "069", "0110"]
    behind = [
        "0924645",
        "04302",
        "0",
        "00",
        "0171392006",
        "03012345678",
        "0000000",
        "069110",
        "0999999999999",
    ]
    texts = [f"{a}{sep}{b}" for a in ahead for b in behind for sep in ("/", " / ", "/ ")]
    texts += [f"0{rng.randrange(10, 9999)}/0{rng.randrange(10 ** rng.randrange(3, 9))}" for _ in range(300)]
    countries = [rng.choice(["DE", "AT", "CH", "US", "IT", None]) for _ in texts]
    check(frame(country=countries, phone=texts))


DOMAINS = [
    "gmx.de", "web.de", "GMX.de", "googlemail.com", "gmail.com", "gmial.com", "beispiel-firma.de", "müller.de",
    "xn--mller-kva.de", "t-online.de", "gmx..de", "gmx.de.", "example.com", "firma.invalid", "localhost", "a.b.co.uk",
    "firma.dex", "[127.0.0.1]", "-x.de", "angabe.de", "mailinator.com", "sub.web.de", "web.de ", "firma.museum",
]  # fmt: skip
LOCALS = [
    "max", "Max.Muster", "m_m", "info", "INFO", "info-berlin", "kontakt2", "m.info", "keine", "none", "no.email", "a+b",
    "a..b", ".a", "a.", "ü.x", "x" * 64, "x" * 65, "a b", '"a b"', "vertrieb_nord", "sales.team", "test123", "o'neil",
    "-a-", "_", "0", "a@b",
]  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(LOCALS), st.sampled_from(DOMAINS)).map("@".join),
            st.tuples(
                st.text("abcXYZ019._-+ äß", min_size=0, max_size=12), st.text("abgmx-.DE", max_size=12)
            ).map("@".join),
            st.text(max_size=20),
        ),
        min_size=20,
        max_size=60,
    )
)
def test_mailboxes(texts):
    """Local parts and domains of all sorts, and arbitrary texts."""
    check(frame(email=[t or None for t in texts]))


def words():
    """Words of all lists that have a say about names."""
    return [
        [row[0] for row in read_table("given_names.txt")], list(read_list("family_names.txt")),
        [w.lstrip("*") for w in read_list("company_words.txt")], list(read_list("titles.txt")),
        list(read_list("suffixes.txt")), list(read_list("nobility.txt")),
        [row[0] for row in read_table("particles.txt")], [row[0] for row in read_table("legal_forms.txt")],
        [w for line in read_list("test_names.txt") for w in line.split()], list(read_list("name_placeholders.txt")),
        [w for row in read_table("salutations.txt") for w in row[3].split("|")], list(read_list("placeholders.txt")),
    ]  # fmt: skip


def name(rng, lists):
    """A word of any list, mostly a name, in any case, now and then mistyped, joined or shortened."""
    pool = lists[rng.choice([0, 0, 0, 1, 1, 1, *range(len(lists))])]
    word = rng.choice(pool)
    if rng.random() < 0.15 and len(word) > 2:
        at = rng.randrange(len(word) - 1)
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if rng.random() < 0.05:
        word = f"{word}-{rng.choice(pool)}"
    if rng.random() < 0.05:
        word = word[:1] + "."
    return rng.choice([str, str, str, str.capitalize, str.title, str.upper, str.lower])(word)


SALUTATIONS = [None] * 6 + [
    "Herr",
    "Frau",
    "Frau Dr.",
    "Herrn",
    "Firma",
    "Familie",
    "Mr.",
    " Herr ",
    "x",
    "Divers",
]


def test_words_of_letters_by_one_list():
    """Words of all lists are plain by the one list of words that mean something, as by each list."""
    found = {w for known in words() for line in known for w in re.split(r"[^\w]+", line) if w.isascii()}
    for word in {*found, *map(str.capitalize, found), "Na", "Xx", "Aaa", "Bb", "Zzzz"}:
        quick = person_fast._is_plain.__wrapped__(word)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(person_fast, "_ascii_word", lambda _: False)
            assert person_fast._is_plain.__wrapped__(word) == quick, word


def test_names_in_two_columns():
    """Given and family names of all lists, with salutations, titles, sexes and companies beside them."""
    rng = Random(5)  # noqa: S311  made-up data, no secret
    lists = words()
    rows = range(4000)
    one_case = [rng.random() < 0.1 for _ in rows]
    given_names = [None if rng.random() < 0.05 else name(rng, lists) for _ in rows]
    family_names = [None if rng.random() < 0.05 else name(rng, lists) for _ in rows]
    check(
        frame(
            given_name=[g.upper() if g and o else g for g, o in zip(given_names, one_case, strict=True)],
            family_name=[f.upper() if f and o else f for f, o in zip(family_names, one_case, strict=True)],
            salutation=[rng.choice(SALUTATIONS) for _ in rows],
            title=[rng.choice([None] * 8 + ["Dr.", "Prof. Dr.", "Herr"]) for _ in rows],
            sex=[rng.choice([None] * 5 + ["m", "w", "divers"]) for _ in rows],
            organization=[rng.choice([None] * 5 + ["Muster GmbH", "k. A.", "Hans Meyer"]) for _ in rows],
            full_name=[rng.choice([None] * 9 + ["Hans Meyer"]) for _ in rows],
        )
    )


def test_family_names_alone():
    """A family name without a given name, of all lists, a whole name or a firm among them."""
    rng = Random(11)  # noqa: S311  made-up data, no secret
    lists = words()
    texts = [" ".join(name(rng, lists) for _ in range(rng.choice([1, 1, 1, 2]))) for _ in range(2500)]
    check(
        frame(
            given_name=[rng.choice([None] * 9 + ["k. A."]) for _ in texts],
            family_name=texts,
            salutation=[rng.choice(SALUTATIONS) for _ in texts],
            title=[rng.choice([None] * 8 + ["Dr.", "Herr"]) for _ in texts],
            organization=[rng.choice([None] * 5 + ["Muster GmbH", "Hans Meyer"]) for _ in texts],
            full_name=[rng.choice([None] * 9 + ["Hans Meyer"]) for _ in texts],
        )
    )


def test_names_in_one_text():
    """Two words of all lists with a blank or a comma between them."""
    rng = Random(5)  # noqa: S311  made-up data, no secret
    lists = words()
    texts = []
    for _ in range(5000):
        text = f"{name(rng, lists)}{rng.choice([' ', ' ', ' ', ', ', ', ', ',', '  '])}{name(rng, lists)}"
        texts.append(text.upper() if rng.random() < 0.1 else text)
    check(
        frame(
            full_name=texts,
            salutation=[rng.choice(SALUTATIONS) for _ in texts],
            sex=[rng.choice([None] * 5 + ["m", "w"]) for _ in texts],
        )
    )


def test_names_one_by_one():
    """The fast path of `normalize_person` itself, in fields and in one text."""
    rng = Random(3)  # noqa: S311  made-up data, no secret
    lists = words()
    for _ in range(3000):
        one, two, beside = name(rng, lists), name(rng, lists), rng.choice(SALUTATIONS)
        if rng.random() < 0.2:
            one, two = one.upper(), two.upper()
        text = f"{one}{rng.choice([' ', ', '])}{two}"
        fast = [
            person.normalize_person(given_name=one, family_name=two, salutation=beside),
            person.normalize_person(text),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(person, "read_plain_fields", lambda *_: None)
            patch.setattr(person, "read_plain_text", lambda *_: None)
            person._from_text.cache_clear()
            assert fast == [
                person.normalize_person(given_name=one, family_name=two, salutation=beside),
                person.normalize_person(text),
            ]
        person._from_text.cache_clear()


STREETS = [
    "Hauptstraße", "Am Markt", "Weg", "Straße", "Bahnhofstr.", "St.-Anna-Platz", "C", "Q", "Platz der Republik",
    "Highway", "Rue de la Paix", "Straße des 17. Juni", "Postplatz", "Packhofgasse", "Alte Post", "Teilstraße", "Calle Mayor",
    "An der  Bahn", "Im Haus", "Hof", "Top", "Block", "Wohnung", "O'Hara-Weg", "Juni", "Rue du 8 mai", "Unter den Eichen",
    "k. A.", "Suite", "Dorf", "zu Hd", "Münchner Str", "Nr", "Kirchbergring", "Musterfirma", "Bau GmbH Weg", "Am Postfach",
]  # fmt: skip
NUMBERS = ["5", "12", "123", "1234", "5a", "17 b", "5-7", "05", "5/2", "", "1", "4c", "12345"]
CODES = [
    "12345",
    "01067",
    "1067",
    "00000",
    "99999",
    "8010",
    "05123",
    "123456",
    "D-12345",
    "1234 AB",
    "²345",
    "",
]
CITIES = [
    "Berlin", "Bad Homburg", "Frankfurt (Main)", "Neustadt a.d. Weinstraße", "Wien", "München", "Köln OT Deutz", "X", "Au",
    "k.A.", "Deutschland", "Bonn Deutschland", "Halle/Saale", "St. Gallen", "Rom, Italien", "Poststadt", "Paris", "Madrid Madrid",
    "Luxemburg", "Am Weg", "Hof", "Queens", "CA", "Weil am Rhein", "Jena-Ost", "Bern 5", "Ort", "Musterhausen  Süd", "",
]  # fmt: skip


def test_addresses_in_columns():
    """Streets, numbers, postcodes, towns and countries of all sorts, each of which may be missing."""
    rng = Random(5)  # noqa: S311  made-up data, no secret
    rows = range(5000)
    streets = [f"{rng.choice(STREETS)} {rng.choice(NUMBERS)}".strip() for _ in rows]
    check(
        frame(
            street=[s if rng.random() < 0.85 else None for s in streets],
            postal_code=[(rng.choice(CODES) or None) if rng.random() < 0.6 else "12345" for _ in rows],
            city=[rng.choice(CITIES) or None for _ in rows],
            country=[rng.choice([None] * 6 + ["DE", "Österreich", "CH", "US", "Xx", "France"]) for _ in rows],
            address_addition=[rng.choice([None] * 20 + ["Hinterhaus"]) for _ in rows],
        )
    )


def test_addresses_in_one_text():
    """The same in one text."""
    rng = Random(5)  # noqa: S311  made-up data, no secret
    forms = [
        "{s} {n}, {c} {t}",
        "{s} {n}",
        "{c} {t}",
        "{s} {n}, {t}",
        "{s} {n}, {c}",
        "{s}, {c} {t}",
        "{s} {n} {c} {t}",
        "{c}",
    ]
    texts = [
        rng.choice(forms).format(
            s=rng.choice(STREETS), n=rng.choice(NUMBERS[:8]), c=rng.choice(["12345", "12345", *CODES]), t=rng.choice(CITIES)
        )
        for _ in range(4000)
    ]  # fmt: skip
    check(frame(full_address=[t.strip() or None for t in texts]))


def test_known_street_is_weak():
    """The street beside which towns are tried looks like one only by its number."""
    assert street_score(f"{_KNOWN['street']} 5") == 2


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(max_size=25), min_size=10, max_size=40))
def test_any_text(texts):
    """Arbitrary texts in every column."""
    names = ["given_name", "family_name", "email", "phone", "street", "postal_code", "city", "birth_date"]
    check(frame(**{n: [t or None for t in texts[i % 3 :] + texts[: i % 3]] for i, n in enumerate(names)}))
    check(frame(full_name=[t or None for t in texts], full_address=[t or None for t in texts[::-1]]))
