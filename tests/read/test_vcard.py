"""vCards become rows; the columns are documented in the module."""

from __future__ import annotations

import pytest

from crmclean.errors import ReadError
from crmclean.read.files import Blob
from crmclean.read.vcard import read_vcard


def read(text, encoding="utf-8"):
    return read_vcard(Blob(text.replace("\n", "\r\n").encode(encoding), "contacts.vcf", "", "0"))


def row(text, encoding="utf-8"):
    table = read(text, encoding)
    return table.frame.iloc[0].dropna().to_dict()


def card(body, version="3.0"):
    return f"BEGIN:VCARD\nVERSION:{version}\n{body}\nEND:VCARD\n"


def test_version_3():
    """Name parts, several numbers and addresses by kind, escapes undone."""
    text = card(
        "UID:vc-1\nN:Meier;Ida;Maria,Eva;Dr.;jun.\nFN:Dr. Ida Meier\nORG:Bau\\; Garten GmbH;Einkauf;Nord\n"
        "TITLE:Leiterin\nTEL;TYPE=CELL:0171 1\nTEL;TYPE=CELL:0171 2\nTEL;TYPE=HOME,FAX:030 3\nTEL:030 4\n"
        "EMAIL;TYPE=INTERNET:a@example.org\nEMAIL;TYPE=INTERNET,PREF:b@example.org\n"
        "ADR;TYPE=WORK:;;Weg 1;Ulm;;89073;Deutschland\nADR;TYPE=WORK:;;Hof 2;Bonn;;53111;\n"
        "BDAY:1980-05-01\nNOTE:eins\\nzwei\\, drei\nCATEGORIES:Kunde,Messe\nX-SKYPE:ida"
    )
    assert row(text) == {
        "UID": "vc-1", "FN": "Dr. Ida Meier",
        "N.family": "Meier", "N.given": "Ida", "N.additional": "Maria Eva", "N.prefix": "Dr.", "N.suffix": "jun.",
        "ORG": "Bau; Garten GmbH", "ORG.unit": "Einkauf; Nord", "TITLE": "Leiterin",
        "TEL.cell": "0171 1", "TEL.cell.2": "0171 2", "TEL.fax": "030 3", "TEL": "030 4",
        "EMAIL": "b@example.org", "EMAIL.2": "a@example.org",
        "ADR.work.street": "Weg 1", "ADR.work.city": "Ulm", "ADR.work.postal_code": "89073",
        "ADR.work.country": "Deutschland",
        "ADR.work.2.street": "Hof 2", "ADR.work.2.city": "Bonn", "ADR.work.2.postal_code": "53111",
        "BDAY": "1980-05-01", "CATEGORIES": "Kunde, Messe", "NOTE": "eins\nzwei, drei", "X-SKYPE": "ida",
    }  # fmt: skip


def test_version_2_1_quoted_printable():
    """Bare types, quoted-printable in its charset, soft line breaks, folding at blanks."""
    text = card(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=FCr=\ngen\n"
        "NOTE;QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe=0D=0Aaus Ulm\nTEL;CELL;VOICE:0171 1\n"
        "TITLE:Leiter der\n Abteilung\nPHOTO;ENCODING=BASE64;JPEG:\n  /9j/4AAQ\n",
        "2.1",
    )
    assert row(text) == {
        "N.family": "Müller", "N.given": "Jürgen", "TEL.cell": "0171 1",
        "TITLE": "Leiter der Abteilung", "NOTE": "Grüße\r\naus Ulm",
    }  # fmt: skip


def test_version_4():
    """Groups, preferences, URIs and quoted parameters."""
    text = card(
        'item1.TEL;VALUE=uri;TYPE="voice,cell":tel:+49-171-1\nitem1.X-ABLabel:Mobil\nKIND:individual\n'
        "EMAIL;PREF=2:mailto:b@example.org\nEMAIL;PREF=1:a@example.org\nBDAY:--0412\n"
        'ADR;TYPE=home;LABEL="Hof 2: Ulm":;;Hof 2;Ulm;;89073;',
        "4.0",
    )
    assert row(text) == {
        "KIND": "individual", "TEL.cell": "+49-171-1", "EMAIL": "a@example.org", "EMAIL.2": "b@example.org",
        "ADR.home.street": "Hof 2", "ADR.home.city": "Ulm", "ADR.home.postal_code": "89073",
        "ADR.home.label": "Hof 2: Ulm", "BDAY": "--0412",
    }  # fmt: skip


def test_folded_lines_are_joined_without_a_blank():
    """From 3.0 on a line may break within a word."""
    assert row(card("NOTE:Donau\n dampf\n\tschiff"))["NOTE"] == "Donaudampfschiff"


def test_lines_and_order():
    """Each row has the line of its BEGIN; columns come in the documented order."""
    table = read(card("EMAIL:a@example.org\nFN:Ida") + card("FN:Ole"))
    assert (table.lines.tolist(), list(table.frame.columns)) == ([1, 6], ["FN", "EMAIL"])
    assert table.format == "vcard"


def test_windows_letters_are_read():
    """A file in cp1252 is read as such and reported."""
    table = read(card("FN:Jürgen Müller\nNOTE:Grüße aus Köln"), "cp1252")
    assert table.frame["FN"].tolist() == ["Jürgen Müller"]
    assert [f["code"] for f in table.findings] == ["encoding_guessed"]


def test_damaged_cards_are_reported():
    """A card without an end is kept; lines that are no properties stay with the one above."""
    table = read("BEGIN:VCARD\nFN:Ida\nNOTE:eins\nzwei\nBEGIN:VCARD\nFN:Ole\n")
    assert table.frame["FN"].tolist() == ["Ida", "Ole"]
    assert table.frame["NOTE"].tolist()[0] == "eins\nzwei"
    assert [(f["code"], f["row"]) for f in table.findings] == [
        ("line_unreadable", 4), ("line_unreadable", 1), ("line_unreadable", 5),
    ]  # fmt: skip


def test_file_without_cards_is_refused():
    """A .vcf without a card is an error."""
    with pytest.raises(ReadError, match="no vCard"):
        read("FN:Ida\n")
