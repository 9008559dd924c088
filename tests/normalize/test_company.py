"""Companies: legal form, status, branch, owner, compare form."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean.normalize.company import (
    Company,
    company_tokens,
    company_words,
    compare_name,
    display_name,
    normalize_company,
    normalize_legal_form,
)
from crmclean.normalize.person import looks_like_company, looks_like_person
from crmclean.normalize.person_or_company import is_surely_company


def company(text: str, text_2: str = "", country: str | None = None) -> Company:
    value = normalize_company(text, text_2=text_2, country=country).value
    assert value is not None
    return value


def codes(text: str) -> set[str]:
    return {f.code for f in normalize_company(text).issues}


FORMS = [
    ("Lindhoff GmbH", "Lindhoff", "GmbH"),
    ("Lindhoff Ges. m. b. H.", "Lindhoff", "GmbH"),
    ("Lindhoff Gesellschaft mit beschränkter Haftung", "Lindhoff", "GmbH"),
    ("Lindhoff Vertriebsgesellschaft mbH", "Lindhoff Vertriebsgesellschaft", "GmbH"),
    ("Lindhoff HandelsgmbH", "Lindhoff Handels", "GmbH"),
    ("Lindhoff + Borstel GmbH&Co.KG", "Lindhoff + Borstel", "GmbH & Co. KG"),
    ("Lindhoff UG (haftungsbeschränkt) & Co. KG", "Lindhoff", "UG & Co. KG"),
    ("Lindhoff SE & Co. KGaA", "Lindhoff", "SE & Co. KGaA"),
    ("Lindhoff Stiftung & Co. KG", "Lindhoff", "Stiftung & Co. KG"),
    ("Lindhoff & Co. KG", "Lindhoff & Co.", "KG"),
    ("Praxis Lindhoff PartG m.b.B.", "Praxis Lindhoff", "PartG mbB"),
    ("Lindhoff e. K.", "Lindhoff", "e.K."),
    ("Elektro Hubinger e.U.", "Elektro Hubinger", "e.U."),
    ("Turnverein Xdorf e. V.", "Turnverein Xdorf", "e.V."),
    ("Xdorfer Versicherungsverein a. G. in Xstadt", "Xdorfer Versicherungsverein", "VVaG"),
    ("gGmbH für Xhilfe", "für Xhilfe", "gGmbH"),
    ("Lindhoff Maschinen-Aktiengesellschaft", "Lindhoff Maschinen", "AG"),
    ("Garage Lindhoff S.à r.l.", "Garage Lindhoff", "Sàrl"),
    ("Lindhoff Group SA (The)", "Lindhoff Group", "SA"),
    ("Lindhoff, S.A. de C.V.", "Lindhoff", "SA de CV"),
    ("Lindhoff Pty. Ltd.", "Lindhoff", "Pty Ltd"),
    ("Łódź-X Sp. z o.o.", "Łódź-X", "Sp. z o.o."),
    ("ООО Ромашка", "Ромашка", "ООО"),
    ("Limited Lindhoff Products Ltd", "Limited Lindhoff Products", "Ltd."),
]


@pytest.mark.parametrize(("text", "base", "form"), FORMS)
def test_forms(text, base, form):
    """The base is spelled as in the source, the form in its usual short spelling."""
    value = company(text)
    assert (value.base, value.legal_form) == (base, form)


@pytest.mark.parametrize(
    "text", ["Kg-Handel", "ag bau", "KGaA-Stiftung", "Hotel & Spa", "Xer Genossenschafts-Bund", "Daniel Ek"]
)
def test_what_only_looks_like_a_form_stays(text):
    """A form in front, hyphenated or as an ordinary word is none."""
    assert company(text).legal_form is None
    assert company(text).base == text


def test_status_branch_and_owner():
    """Each has its field, and the display form names all of them."""
    value = company("Fa. Lindhoff G.m.b.H. i. L., NL Xstadt")
    assert (value.base, value.legal_form, value.status) == ("Lindhoff", "GmbH", "in_liquidation")
    assert value.branch == "Niederlassung Xstadt"
    assert display_name(value) == "Lindhoff GmbH i.L., Niederlassung Xstadt"
    assert company("Lindhoff GmbH in Gründung").status == "in_formation"
    assert company("Bäckerei Lindhoff, Inh. Petra Lindhoff").person == "Petra Lindhoff"
    assert company("Autohaus Lindhoff Inhaber: Hans Lindhoff e.K.").legal_form == "e.K."
    assert company("Metzgerei Andreas Lindhoff").person == "Andreas Lindhoff"
    assert company("Metzgerei Lindhoff").person is None


def test_two_lines_are_one_name():
    """Systems wrap long names, even within the form; a repeated line counts once."""
    assert company("Lindhoff Druckerei GmbH &", "Co. KG").name == "Lindhoff Druckerei GmbH & Co. KG"
    assert company("Lindhoff Druckerei e.", "K.").legal_form == "e.K."
    assert company("Lindhoff Druck", "Lindhoff Druck GmbH").name == "Lindhoff Druck GmbH"


def test_cut_forms_are_reported():
    """GmbH & Co lost its end: a proposal, never a silent guess."""
    assert "legal_form_variant" in codes("Lindhoff GmbH & Co")
    assert normalize_company("Lindhoff GmbH &").issues[0].proposal == "GmbH & Co. KG"
    assert "legal_form_unknown" in codes("Lindhoff Druck e.")


def test_form_in_the_middle():
    """Words behind a sure form belong to the name, a seat or an address part does not."""
    assert company("Lindhoff GmbH Sanitär und Heizung").base == "Lindhoff Sanitär und Heizung"
    assert company("Lindhoff GmbH, Werk Xstadt").base == "Lindhoff"
    assert "value_in_wrong_field" in codes("Lindhoff GmbH, Werk Xstadt")


def test_compare_form_and_generic_words():
    """Compare form is folded and without form; generic words are told apart."""
    assert compare_name("Fa. Lindhoff & Söhne G.m.b.H.") == compare_name("Lindhoff und Soehne GmbH")
    assert company_tokens("A. B. C. Lindhoff") == ("abc", "lindhoff")
    assert company_words("Lindhoff Fensterbau") == (("lindhoff",), ("fensterbau",))


def test_acronyms():
    """In brackets, the name itself, or initials of three words; never of a person's name."""
    assert company("Xdorfer Motoren Werke AG").acronym == "XMW"
    assert company("Gesellschaft für Xhilfe (GXH) GmbH").acronym == "GXH"
    assert company("XYZ GmbH").acronym == "XYZ"
    assert company("Hans Peter Lindhoff").acronym is None


def test_placeholders_and_test_rows():
    """No value for a placeholder; a test firm is marked."""
    assert normalize_company("k.A.").value is None
    assert normalize_company("").status == "empty"
    assert "test_data" in codes("Max Mustermann")


PERSONS = [
    "Uwe Lindhoff",
    "Frau Petra Meyer",
    "Dr. Eva Lindhoff",
    "Ewald Maurer",
    "S. Meyer",
    "Hannah Frau Lindhoff",
    "Christohp Schlenk",
]
COMPANIES = [
    "Lindhoff GmbH",
    "Autohaus Schöne",
    "Fa. Schneider",
    "Meyer & Lindhoff",
    "Metallbau Hagen",
    "Friseursalon Jörg",
    "Hoffmann und Schmidt",
]


@pytest.mark.parametrize("text", PERSONS)
def test_persons_look_like_persons(text):
    """A clerk typed a person's name into the company field."""
    assert looks_like_person(text) >= 0.7
    assert looks_like_company(text) < 0.7


@pytest.mark.parametrize("text", COMPANIES)
def test_companies_look_like_companies(text):
    """Trade words, & and legal forms tell."""
    assert looks_like_company(text) >= 0.85
    assert looks_like_person(text) < 0.3


def test_company_is_person_is_reported():
    """The value stays, the steward is told."""
    assert "company_is_person" in codes("Uwe Lindhoff")
    assert "company_is_person" not in codes("Lindhoff Metallbau")


@pytest.mark.parametrize(
    ("text", "form"),
    [("Gesellschaft mbH & Co. KG", "GmbH & Co. KG"), ("BGB-Gesellschaft", "GbR"), ("Besloten Venootschap", "BV"),
     ("SE & Co KGaA", "SE & Co. KGaA"), ("GmbH i.G.", "GmbH"), ("Lindhoff", None)],
)  # fmt: skip
def test_legal_form_alone(text, form):
    """A text that is nothing but a form, one slip of the keys forgiven in long ones."""
    assert normalize_legal_form(text) == form


WORDS = st.sampled_from(
    ["Lindhoff", "GmbH", "&", "Co.", "KG", "e.K.", "Inh.", "Filiale", "NL", "Ulm", "i.L.", "(The)", '"', "(", ")",
     "Fa.", "a.G.", "in", "AG", "SE", "mbH", "und", "-", ",", "ООО", "Handel", "SA", "de", "CV", "The"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=7).map(" ".join)))
@example("株式会社 ( x")
def test_any_text_is_read_and_the_display_form_is_stable(text):
    """No exception, raw kept, no value only with a finding, display form read as itself."""
    cleaned = normalize_company(text)
    assert cleaned.raw == text
    if cleaned.value is None:
        assert cleaned.issues
    else:
        assert company(cleaned.value.name).name == cleaned.value.name


WORDS = [
    "Hans",
    "Meyer",
    "GmbH",
    "&",
    "Inh.",
    "Fa.",
    "Dr.",
    "AS",
    "und",
    "Bau",
    "Herr",
    "-",
    "k. A.",
    "Co.",
    "7",
]


@given(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join))
def test_surely_a_company_is_the_highest_score(text):
    """The short question and the score agree: owners and legal forms, and nothing else."""
    assert is_surely_company(text) == (looks_like_company(text) >= 0.97)
