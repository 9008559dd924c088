"""Nicknames as match keys, and the lists behind names."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from crmclean.data import read_list
from crmclean.normalize.nicknames import nickname_key, nickname_keys
from crmclean.normalize.person_words import given_gender

LISTS = (
    "titles.txt", "title_parts.txt", "suffixes.txt", "particles.txt", "nobility.txt", "salutations.txt",
    "given_names.txt", "family_names.txt", "name_placeholders.txt", "test_names.txt", "company_words.txt",
    "legal_forms.txt", "nicknames_de.txt", "nicknames_en.txt",
)  # fmt: skip


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Hans", "Johannes"),
        ("Sepp", "Josef"),
        ("Uschi", "Ursula"),
        ("Bob", "Robert"),
        ("Liz", "Elizabeth"),
        ("Fritz", "Friedrich"),
    ],
)
def test_short_forms_share_the_key_of_their_name(short, full):
    """One key for a name and its short form."""
    assert nickname_key(short) == nickname_key(full)
    assert nickname_keys(short) & nickname_keys(full)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Stefan", "Stefanie"), ("Andreas", "Andrea"), ("Michael", "Michaela"), ("Jens", "Johannes")],
)
def test_full_names_stay_apart(one, other):
    """Names of husband and wife or of two independent names never meet."""
    assert nickname_key(one) != nickname_key(other)
    assert not nickname_keys(one) & nickname_keys(other)


def test_a_short_form_may_stand_for_several_names():
    """Steffi meets both Stefan and Stefanie."""
    assert nickname_keys("Steffi") & nickname_keys("Stefan")
    assert nickname_keys("Steffi") & nickname_keys("Stefanie")
    assert nickname_key("Xaverius") == "xaverius"


def test_listed_gender_is_a_hint():
    """Sure, both or unknown."""
    assert (given_gender("Hans-Jürgen"), given_gender("Kim"), given_gender("Xqz")) == ("m", "u", None)


@pytest.mark.parametrize("name", LISTS)
def test_lists_say_where_they_come_from(name):
    """Source, licence, date and the true count stand in the header."""
    text = files("crmclean.data").joinpath(name).read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert "source:" in header
    assert "licence:" in header
    assert re.search(r"\d{4}-\d\d-\d\d", header)
    count = re.search(r"count: (\d+)", header)
    assert count is not None
    assert int(count[1]) == len(read_list(name))
