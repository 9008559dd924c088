"""E-mail addresses: stored form, match key, reasons, likely typing errors."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize.email import normalize_email
from crmclean.normalize.email_domain import is_role, suggest_domain


def addresses(text):
    return [e.address for e in normalize_email(text).value or ()]


def codes(text):
    return [f.code for f in normalize_email(text).issues]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Eva.Muster@Firma.EXAMPLE.org", "Eva.Muster@firma.example.org"),
        ("mailto:eva@firma.org?subject=Hallo", "eva@firma.org"),
        ("Eva Muster <eva@firma.org>", "eva@firma.org"),
        ("(eva@firma.org)", "eva@firma.org"),
        (" eva@firma.org\u200b\n", "eva@firma.org"),
        ("jörg@xn--mller-kva.de", "jörg@müller.de"),
        ("Info@firma.org", "Info@firma.org"),
    ],
)
def test_stored_form(text, address):
    """The domain is folded, the local part is not; wrappings are taken off."""
    assert addresses(text) == [address]


def test_key_folds_what_reaches_one_mailbox():
    """Googlemail and gmail are one, capitals and +tag do not matter; the stored form keeps them."""
    email = normalize_email("Eva.Muster+Shop@GoogleMail.com").value[0]
    assert email.key == "eva.muster@gmail.com"
    assert email.address == "Eva.Muster+Shop@googlemail.com"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eva.firma.org", "email_no_at"),
        ("eva@@firma.org", "email_double_at"),
        ("eva muster@firma.org", "email_blank"),
        ("eva..muster@firma.org", "email_dot"),
        ("eva@firma..org", "email_dot"),
        ("eva@localhost", "email_domain_invalid"),
        ("eva@firma.invalid", "email_reserved_domain"),
        ('"eva m"@firma.org', "email_quoted_local"),
        ("eva@[127.0.0.1]", "email_address_literal"),
        ("a" * 65 + "@firma.org", "email_local_too_long"),
        ("eva (at) firma (punkt) org", "email_obfuscated"),
        ("keine@angabe.de", "placeholder"),
    ],
)
def test_reasons(text, code):
    """What is no address comes back without one and with the reason."""
    assert addresses(text) == []
    assert code in codes(text)


def test_several_addresses():
    """Several addresses in one cell are several."""
    assert addresses("eva@firma.org; max@firma.org") == ["eva@firma.org", "max@firma.org"]
    assert "email_multiple" in codes("eva@firma.org, max@firma.org")


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("t-onlien.de", "t-online.de"),
        ("web.ed", "web.de"),
        ("wbe.de", "web.de"),
        ("freenet.dee", "freenet.de"),
        ("muster-bau.dee", "muster-bau.de"),
    ],
)
def test_typing_errors_are_proposed(domain, meant):
    """A near miss of a large provider is proposed, and the address stays as it is."""
    cleaned = normalize_email(f"eva@{domain}")
    assert cleaned.value[0].address == f"eva@{domain}"
    assert [f.proposal for f in cleaned.issues if f.code == "email_domain_typo"] == [f"eva@{meant}"]


@pytest.mark.parametrize(
    "domain", ["gmx.net", "email.de", "mail.de", "web.com", "wdb.de", "gmk.de", "aol.de", "live.at"]
)
def test_existing_domains_are_not_corrected(domain):
    """Providers, and short names that a company may have, are left alone."""
    assert suggest_domain(domain) is None


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("info", True),
        ("Buchhaltung", True),
        ("kontakt2", True),
        ("info-berlin", True),
        ("infotainment", False),
        ("m.info", False),
    ],
)
def test_roles(local, expected):
    """Mailboxes of a function are told from those of a person."""
    assert is_role(local) is expected


@given(st.emails())
def test_agrees_with_email_validator(text):
    """An address is valid here if email-validator says so, quoted local parts apart."""
    try:
        validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        valid = False
    else:
        valid = True
    found = normalize_email(text)
    assert (
        bool(found.value) == valid
        or "placeholder" in codes(text)
        or text.count("@") > 1
        or not text.isprintable()
    )


@given(st.text(max_size=30))
def test_any_text_is_accepted(text):
    """Dirty data is a finding, never an exception; the stored form is stable."""
    cleaned = normalize_email(text)
    assert cleaned.raw == text
    assert cleaned.value or cleaned.issues
    for email in cleaned.value or ():
        assert addresses(email.address) == [email.address]
