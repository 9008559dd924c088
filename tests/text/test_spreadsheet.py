"""What a spreadsheet would damage is guarded, and the guard can be taken off again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.text.spreadsheet import damaged, guard, unguard


@pytest.mark.parametrize(
    "text",
    [
        "01067",  # a postcode with a leading zero
        "+49 30 901820",
        "+493012345678",
        "=HYPERLINK(1)",
        "-1+1",
        "@SUM(A1)",
        "＝1+1",
        "\t=1",
        "  =1",
        "1E10",
        "12e3",
        "4711000000000000",
        "123456789",
        "3-5",  # a range of house numbers: 3 May
        "3/4",
        "1.5",
        "1.234",
        "1,50",
        "12.05.",
        "1980-05",
        "Mai 12",
        "1. März",
        "SEP 7",
        "5 a",
        "12:30",
        "50%",
        "(5)",
        "5 €",
        "wahr",
        "FALSE",
        "#NV",
        " 12",
    ],
)
def test_a_text_that_would_be_damaged_is_guarded(text: str) -> None:
    """Excel would calculate, shorten or reinterpret it."""
    assert damaged(text)
    assert guard(text).startswith('="')


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Dresden",
        "80331",
        "4711",
        "0",
        "12a",
        "Weber & Söhne",
        "Mai",
        "Hauptstr. 5",
        "info@firma.example",
        "A-1010",
        "D 12",
        "'s-Graveland",
    ],
)
def test_a_harmless_text_is_left_alone(text: str) -> None:
    """The form ="..." is used only where there is danger."""
    assert guard(text) == text


def test_a_long_text_is_put_together_of_pieces() -> None:
    """A text in a formula has 255 characters at most, so it is joined from several."""
    text = "- " + 'er sagte "nein" ' * 40
    assert max(len(piece) for piece in guard(text).split('"&"')) <= 255
    assert unguard(guard(text)) == text


def test_a_text_too_long_for_a_formula_gets_an_apostrophe() -> None:
    """No formula holds more than 8,192 characters; what is left must not start one."""
    text = "=" + "x" * 9000
    assert guard(text)[0] == "'"
    assert unguard(guard(text)) == text


@given(st.one_of(st.text(), st.from_regex(r"[=+\-@'\"&0-9,./ ]*"), st.text().map(lambda t: "'" * 3 + t)))
def test_unguard_gives_back_what_guard_was_given(text: str) -> None:
    """Reading a guarded file restores every value, whatever it was."""
    assert unguard(guard(text)) == text


@given(st.text(alphabet="'=-x", min_size=3990, max_size=4010))
def test_unguard_gives_back_texts_around_the_longest_formula(text: str) -> None:
    """The apostrophe, too, is taken off only where it was put on."""
    assert unguard(guard(text)) == text


@given(st.text())
def test_no_guarded_text_begins_like_a_formula_of_its_own(text: str) -> None:
    """What is written is harmless or the one form that yields a text."""
    written = guard(text)
    assert written.startswith('="') or not written.lstrip().startswith(("=", "+", "-", "@"))
