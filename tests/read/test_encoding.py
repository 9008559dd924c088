"""Which encoding a file has."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmclean.errors import ReadError
from crmclean.read.encoding import _is_utf8, decode_text, encoding_findings

GERMAN = "Name;Ort\nMüller;Köln\nSchäfer;Gießen\nJürgens;Österreich\nWEIß;MÜNCHEN\nHauptstraße 5;Fürth\n"
WESTERN = "Name;Ort\nJosé García;Málaga\nFrançois Lefèvre;Besançon\nSørensen;Ålborg\nPeña;Logroño\n"
CENTRAL = "Name;Ort\nDvořák;Plzeň\nŁukasz Wójcik;Kraków\nŠťastný;Brno\nMałgorzata;Łódź\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "cp850"),
        (GERMAN, "mac-roman"),
        (WESTERN, "cp1252"),
        (WESTERN, "cp850"),
        (WESTERN, "mac-roman"),
        (CENTRAL, "cp1250"),
        ("Preis;15 €\nZins – fällig;„neu“\n", "cp1252"),
    ],
)
def test_single_byte_encodings_are_told_by_their_words(text, encoding):
    """The encoding whose words are plausible is found, and reported as a guess."""
    decoded = decode_text(text.encode(encoding), "x.csv")
    assert decoded.data.decode() == text
    assert decoded.guessed
    assert [f["code"] for f in encoding_findings(decoded)] == ["encoding_guessed"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(encoding):
    """UTF-8, and UTF-16 and UTF-32 with their mark; UTF-16 without it too."""
    assert decode_text(GERMAN.encode(encoding), "x.csv").data.decode() == GERMAN


def test_cyrillic_and_greek_by_second_opinion():
    """Other scripts than Latin are left to the general detector."""
    for text, encoding in (
        ("Иван Петров;Москва\nАнна Смирнова;Санкт-Петербург\n" * 3, "cp1251"),
        ("Γεώργιος Παπαδόπουλος;Αθήνα\nΜαρία;Θεσσαλονίκη\n" * 3, "cp1253"),
    ):
        assert decode_text(text.encode(encoding), "x.csv").data.decode() == text


def test_two_encodings_in_one_file():
    """Exports pasted together are read line by line, and the first foreign line is named."""
    half = GERMAN.encode() + GERMAN.encode("cp1252")
    decoded = decode_text(half, "x.csv")
    assert decoded.data.decode() == GERMAN * 2
    [finding] = encoding_findings(decoded)
    assert (finding["code"], finding["row"]) == ("encoding_mixed", 8)


def test_appended_block_is_found():
    """A few UTF-8 lines below many of Windows are read as what they are."""
    text = GERMAN * 30
    decoded = decode_text(text.encode("cp1252") + GERMAN.encode(), "x.csv")
    assert decoded.data.decode() == text + GERMAN
    assert decoded.mixed


def test_single_damaged_cells_stay_as_they_are():
    """Text that was garbled before (Ã¼ for ü) does not make the file UTF-8; normalize repairs it."""
    text = GERMAN * 10 + "MÃ¼ller;Ulm\n" + GERMAN * 10
    decoded = decode_text(text.encode("cp1252"), "x.csv")
    assert (decoded.encoding, decoded.mixed) == ("cp1252", ())
    assert decoded.data.decode() == text


def test_bytes_without_a_character_survive():
    """A byte that cp1252 does not define is kept as control character, not lost."""
    decoded = decode_text(GERMAN.encode("cp1252") + b"x\x81y", "x.csv")
    assert decoded.data.decode().endswith("x\x81y")


def test_forced_encoding():
    """The configured encoding holds; bytes that do not fit are refused with their line."""
    assert decode_text("ä".encode("cp850"), "x.csv", forced="cp850").data.decode() == "ä"
    with pytest.raises(ReadError, match="line 2"):
        decode_text(b"a\n\xe4\n", "x.csv", forced="utf-8")
    with pytest.raises(ReadError, match="does not exist"):
        decode_text(b"a", "x.csv", forced="utf-9")


@given(st.binary(max_size=300))
def test_any_bytes_become_text(data):
    """Whatever the bytes, text comes out and nothing is raised."""
    decode_text(data, "x.csv").data.decode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_utf8_is_never_taken_for_something_else(text):
    """Valid UTF-8 stays what it is."""
    if not text.startswith("\ufeff"):
        assert decode_text(text.encode(), "x.csv").data.decode() == text


@given(st.binary() | st.text().map(lambda t: t.encode("utf-8", "surrogatepass")) | st.text().map(str.encode))
@example(b"\xed\xa0\x80")
@example(b"\xf4\x90\x80\x80")
@example(b"\xc0\xaf")
@example(b"a\xe2\x82")
def test_utf8_is_what_python_decodes(data):
    """Bytes are UTF-8 where Python's strict decoder takes them: no halves of pairs, nothing cut off."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert not _is_utf8(data)
    else:
        assert _is_utf8(data)
