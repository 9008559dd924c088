"""Damage of transport is repaired where nothing is lost; what stands for nothing is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.normalize.text import is_placeholder, repair_text


def codes(cleaned):
    return [f.code for f in cleaned.issues]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  Müller\t", "Müller"),
        ("Mu\u0308ller", "Müller"),
        ("Mül\u00adler\u200b", "Müller"),
        ("WeiÃŸ", "Weiß"),
        ("CafÃ© „Schöne Aussicht“", "CafÃ© „Schöne Aussicht“"),
    ],
)
def test_repairs_without_loss(text, value):
    """Blanks, composition, hidden characters and reversible mojibake are repaired."""
    cleaned = repair_text(text)
    assert cleaned.value == value
    assert cleaned.raw == text


def test_irreversible_mojibake_is_a_proposal():
    """Where undoing the repair would not give the text back, it is only proposed."""
    cleaned = repair_text("CafÃ© „Schöne Aussicht“")
    assert cleaned.status == "ambiguous"
    assert cleaned.issues[0].code == "mojibake_suspected"
    assert cleaned.issues[0].proposal == "Café „Schöne Aussicht“"


@pytest.mark.parametrize("text", ["M\ufffdller", "Gro?mann"])
def test_lost_letters_are_refused(text):
    """Nothing tells which letter was lost."""
    cleaned = repair_text(text)
    assert cleaned.value is None
    assert codes(cleaned) == ["replacement_character"]


@pytest.mark.parametrize("text", ["Wann kommt das Paket?", "https://a.example/?q=1", "NESTLÉ®"])
def test_sound_text_stays(text):
    """Question marks and capitals with accents are no damage."""
    assert repair_text(text).value == text


@pytest.mark.parametrize("text", ["k. A.", "K.A.", "-", "n/a", "#NV", "unbekannt", "xxx", "...", "(leer)"])
def test_placeholders(text):
    """Fillers of exports are known in any writing."""
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["Leer", "Blank", "Meier", "0", "", "Kein & Co."])
def test_no_placeholders(text):
    """Towns and names that look like fillers are none."""
    assert not is_placeholder(text)


@given(st.text(max_size=30))
def test_repair_is_idempotent_and_total(text):
    """Any text is accepted, and a repaired one has nothing left to repair."""
    first = repair_text(text)
    assert first.raw == text
    assert first.value is not None or first.issues
    if first.value is not None and first.status != "ambiguous":
        again = repair_text(first.value)
        assert (
            again.value == first.value or again.status == "ambiguous" or "mojibake_repaired" in codes(again)
        )
