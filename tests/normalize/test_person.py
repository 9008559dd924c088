"""Names in one field: what each word is."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean.normalize.letter import letter_salutation
from crmclean.normalize.person import Person, display_name, full_family_name, normalize_person


def one(text: str, **fields: str) -> Person:
    people = normalize_person(text, **fields).value
    assert people is not None
    assert len(people) == 1
    return people[0]


def codes(text: str) -> set[str]:
    return {f.code for f in normalize_person(text).issues}


GERMAN = [
    # text, title, given and middle names, prefix, family name, suffix
    ("Uwe Kreutzkamp", None, "Uwe", None, "Kreutzkamp", None),
    ("Frau Dr. med. Eva Lindhoff", "Dr. med.", "Eva", None, "Lindhoff", None),
    (
        "Prof. Dr. Dr. h.c. mult. Jens A. Borstel",
        "Prof. Dr. Dr. h.c. mult.",
        "Jens A.",
        None,
        "Borstel",
        None,
    ),
    ("Dipl.-Ing. (FH) Hans Lindhoff", "Dipl.-Ing. (FH)", "Hans", None, "Lindhoff", None),
    ("Mag. (FH) Eva Hubinger, MSc", "Mag. (FH)", "Eva", None, "Hubinger", "MSc"),
    ("DI Dr. Hannes Hubinger", "DI Dr.", "Hannes", None, "Hubinger", None),
    ("PD Dr. med. habil. Rolf Lindhoff", "PD Dr. med. habil.", "Rolf", None, "Lindhoff", None),
    ("Herr von Lindhoff", None, None, "von", "Lindhoff", None),
    ("Dr. van den Borstel", "Dr.", None, "van den", "Borstel", None),
    ("Otto Graf Lindhoff", None, "Otto", "Graf", "Lindhoff", None),
    ("Karl Maria Freiherr von und zu Borstel", None, "Karl Maria", "Freiherr von und zu", "Borstel", None),
    ("Ludwig Borstel van der Aue", None, "Ludwig", None, "Borstel van der Aue", None),
    ("Petra Graf", None, "Petra", None, "Graf", None),
    ("Hans-Jürgen Lindhoff sen.", None, "Hans-Jürgen", None, "Lindhoff", "sen."),
    ("Heinrich Schulte genannt Borstel", None, "Heinrich", None, "Schulte genannt Borstel", None),
    ("Lindhoff, Dr. Paul von", "Dr.", "Paul", "von", "Lindhoff", None),
    ("z. Hd. Frau Eva Lindhoff", None, "Eva", None, "Lindhoff", None),
    ("Sehr geehrte Frau Lindhoff", None, None, None, "Lindhoff", None),
    ("Eva Müller - Lindhoff", None, "Eva", None, "Müller-Lindhoff", None),
    ("Eva Lindhoff, Dipl.-Ing.", "Dipl.-Ing.", "Eva", None, "Lindhoff", None),
]


@pytest.mark.parametrize(("text", "title", "given_names", "prefix", "family", "suffix"), GERMAN)
def test_german_names(text, title, given_names, prefix, family, suffix):
    """Titles, particles, former noble titles and suffixes go to their own parts."""
    person = one(text)
    assert person.title == title
    assert " ".join(p for p in (person.given_name, person.middle_names) if p) == (given_names or "")
    whole = full_family_name(person)
    assert whole == " ".join(p for p in (prefix, family) if p)
    assert person.name_suffix == suffix
    if prefix is not None:
        assert (person.name_prefix, person.family_name) == (prefix, family)


WORLD = [
    ("Juan Q. Lopez y Garcia, Jr.", "Juan", "Lopez y Garcia", "Jr."),
    ("Gabriel García Martínez", "Gabriel", "García Martínez", None),
    ("Mehmet Öztürk", "Mehmet", "Öztürk", None),
    ("Nguyen, Van", "Van", "Nguyen", None),
    ("O'Neill, Patrick", "Patrick", "O'Neill", None),
    ("山田 太郎", "太郎", "山田", None),
    ("Иванов Иван Иванович", "Иван", "Иванов", None),
    ("Lt. Col. John Smith", "John", "Smith", None),
    ("Leonardo da Vinci", "Leonardo", "da Vinci", None),
]


@pytest.mark.parametrize(("text", "given_name", "family", "suffix"), WORLD)
def test_names_of_the_world(text, given_name, family, suffix):
    """Names from elsewhere survive unharmed."""
    person = one(text)
    assert (person.given_name, full_family_name(person), person.name_suffix) == (given_name, family, suffix)


def test_birth_name_and_nickname_have_their_own_fields():
    """geb., geborene, née and quotes mark them wherever they stand."""
    assert one("Eva Lindhoff, geb. von Borstel").birth_name == "von Borstel"
    assert one("Eva Lindhoff (geborene Borstel)").birth_name == "Borstel"
    person = one("Josef Martin „Beppo“ Lindhoff")
    assert (person.given_name, person.nickname, person.family_name) == ("Josef", "Beppo", "Lindhoff")


def test_gender_comes_from_the_salutation_alone():
    """A given name never sets the gender, and a contradiction is reported."""
    assert one("Petra Lindhoff").gender is None
    assert one("Frau Petra Lindhoff").gender == "f"
    assert one("Petra Lindhoff", sex="weiblich").gender == "f"
    assert "salutation_gender_mismatch" in codes("Herr Petra Lindhoff")
    assert one("Herr Petra Lindhoff").gender == "m"


def test_family_name_first_is_seen_and_reported():
    """Without a comma only the names themselves tell the order: a finding with a proposal."""
    cleaned = normalize_person("Lindhoff Petra")
    assert cleaned.value is not None
    assert (cleaned.value[0].given_name, cleaned.value[0].family_name) == ("Petra", "Lindhoff")
    assert cleaned.status == "ambiguous"
    assert cleaned.issues[0].proposal == "Petra Lindhoff"
    assert one("Lindhoff Petra", order="given_first").family_name == "Petra"
    assert one("Nagy Xolt", order="family_first").family_name == "Nagy"


def test_case_is_restored_only_for_a_whole_entry_in_one_case():
    """MCDONALD is restored, mixed case is kept whatever it looks like."""
    assert display_name(one("PATRICK VON DER MCDONALD")) == "Patrick von der McDonald"
    assert display_name(one("eva müller-lindhoff")) == "Eva Müller-Lindhoff"
    assert display_name(one("Eva LINDHOFF")) == "Eva LINDHOFF"
    assert display_name(one("İBRAHİM YILMAZ")) == "İbrahim Yilmaz"
    assert "name_all_caps" in codes("EVA LINDHOFF")


@pytest.mark.parametrize("text", ["k.A.", "n/a", "-", "unbekannt", "xxx", "???", "N. N.", "0000"])
def test_placeholders_are_no_names(text):
    """A placeholder has no value and says so."""
    cleaned = normalize_person(text)
    assert cleaned.value is None
    assert cleaned.issues[0].code == "placeholder"


def test_test_rows_keep_their_name():
    """Test rows are marked, not deleted."""
    assert one("Max Mustermann").family_name == "Mustermann"
    assert "test_data" in codes("Max Mustermann")
    assert "test_data" in codes("Mustermann, Erika")
    assert "test_data" not in codes("Max Lindhoff")


@pytest.mark.parametrize(
    "text", ["Autohaus Schöne", "Lindhoff & Söhne", "Metallbau Hagen", "Borstel GmbH & Co. KG"]
)
def test_a_company_is_no_person(text):
    """A company in a person's field has no value here."""
    cleaned = normalize_person(text)
    assert cleaned.value is None
    assert cleaned.issues[0].code == "name_is_company"


def test_what_fits_nowhere_is_reported():
    """Comments, addresses and places do not vanish silently."""
    assert "name_unassigned" in codes("Eva Lindhoff (privat)")
    assert "value_in_wrong_field" in codes("Eva Lindhoff (eva@lindhoff.example)")
    assert "name_unassigned" in codes("Eva Lindhoff, Xstadt")


def test_a_lone_word_is_sorted_by_the_lists():
    """Given name or family name; behind a salutation the family name."""
    assert one("Petra").given_name == "Petra"
    assert one("Schneider").family_name == "Schneider"
    assert one("Frau Schneider").family_name == "Schneider"


COUPLES = [
    ("Eheleute Hans und Petra Lindhoff", [("Hans", "Lindhoff"), ("Petra", "Lindhoff")]),
    ("Hans & Petra Lindhoff", [("Hans", "Lindhoff"), ("Petra", "Lindhoff")]),
    ("Hans/Petra Lindhoff", [("Hans", "Lindhoff"), ("Petra", "Lindhoff")]),
    ("Dr. Hans und Petra von Borstel", [("Hans", "von Borstel"), ("Petra", "von Borstel")]),
    ("Lindhoff, Hans und Petra", [("Hans", "Lindhoff"), ("Petra", "Lindhoff")]),
    ("Hans Lindhoff und Petra Borstel", [("Hans", "Lindhoff"), ("Petra", "Borstel")]),
    ("Herr und Frau Lindhoff", [(None, "Lindhoff"), (None, "Lindhoff")]),
    ("Herrn Hans Lindhoff und Frau", [("Hans", "Lindhoff"), (None, "Lindhoff")]),
    ("Familie Lindhoff", [(None, "Lindhoff")]),
]


@pytest.mark.parametrize(("text", "expected"), COUPLES)
def test_couples_are_two_persons_and_a_family_is_one_household(text, expected):
    """One row, two persons, both with their family name; a household is reported."""
    cleaned = normalize_person(text)
    assert cleaned.value is not None
    assert [(p.given_name, full_family_name(p)) for p in cleaned.value] == expected
    assert "name_household" in {f.code for f in cleaned.issues}


def test_household_has_the_salutation_family():
    """No single person is named by Familie."""
    assert one("Familie Lindhoff").salutation == "family"
    both = normalize_person("Herr und Frau Lindhoff").value
    assert both is not None
    assert [p.gender for p in both] == ["m", "f"]


LETTERS = [
    ("Frau Dr. med. Eva Lindhoff", "Sehr geehrte Frau Dr. Lindhoff", "Dear Dr Lindhoff"),
    ("Herr Prof. Dr. Jens von Borstel", "Sehr geehrter Herr Prof. von Borstel", "Dear Professor von Borstel"),
    ("Herr Dipl.-Ing. Jens Borstel", "Sehr geehrter Herr Borstel", "Dear Mr Borstel"),
    ("Familie Borstel", "Sehr geehrte Familie Borstel", "Dear Borstel family"),
    ("Kim Borstel", "Guten Tag Kim Borstel", "Dear Kim Borstel"),
    ("Petra", "Sehr geehrte Damen und Herren", "Dear Sir or Madam"),
    ("Frau Marion Gräfin Borstel", "Sehr geehrte Gräfin Borstel", "Dear Ms Gräfin Borstel"),
]


@pytest.mark.parametrize(("text", "german", "english"), LETTERS)
def test_letter_salutation(text, german, english):
    """DIN 5008: one doctorate is spoken, a diploma is not, nobody's gender is guessed."""
    person = one(text)
    assert letter_salutation(person, "de") == german
    assert letter_salutation(person, "en") == english


def test_austria_speaks_the_magister():
    """In Austria Mag. and DI are part of the address."""
    person = one("Frau Mag. Eva Hubinger")
    assert letter_salutation(person, "de", country="AT") == "Sehr geehrte Frau Mag. Hubinger"


WORDS = st.sampled_from(
    ["Hans", "Petra", "Lindhoff", "von", "der", "Dr.", "Prof.", "h.c.", "(FH)", "Frau", "Herr", "und", "&", ",",
     "geb.", "jun.", "MBA", "Graf", "GmbH", "Van", "y", "„Joe“", "(x)", "Familie", "İ", "MÜLLER", "meyer", "J."]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=6).map(" ".join)))
@example("Landry DBA Jr.")
@example("'' x")
def test_any_text_is_read_and_the_display_form_is_stable(text):
    """No exception, raw kept, no value only with a finding, display form read as itself."""
    cleaned = normalize_person(text)
    assert cleaned.raw == text
    if cleaned.value is None:
        assert cleaned.issues
    elif len(cleaned.value) == 1:
        shown = display_name(cleaned.value[0])
        again = normalize_person(shown).value
        assert again is not None
        assert [display_name(p) for p in again] == [shown]


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("DIDIER Marianne", "Marianne", "DIDIER"),
        ("LE GALL Brigitte", "Brigitte", "LE GALL"),
        ("MÜLLER-BRANDT Karl-Heinz", "Karl-Heinz", "MÜLLER-BRANDT"),
        ("Marianne DIDIER", "Marianne", "DIDIER"),
        ("HANS Meyer", "HANS", "Meyer"),
    ],
)
def test_a_family_name_in_capitals_stands_first(text, given, family):
    """Capitals in front of a name that has none are the family name, though they may be a given name, too."""
    (found,) = normalize_person(text).value
    assert found.given_name == given
    assert " ".join(filter(None, [found.name_prefix, found.family_name])) == family
