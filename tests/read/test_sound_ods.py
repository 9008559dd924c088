"""OpenDocument sheets that would hang the reader or fill the memory are told from sound ones."""

from __future__ import annotations

import pytest

from crmclean.read.sound_ods import is_sound_ods

CELL = '<table:table-cell office:value-type="string"{0}><text:p>01067</text:p></table:table-cell>'


def content(rows: str) -> bytes:
    """A content.xml with one sheet of these rows."""
    return (
        '<o:d xmlns:o="o" xmlns:table="t" xmlns:office="f" xmlns:text="x">'
        f'<table:table table:name="A">{rows}</table:table></o:d>'
    ).encode()


def test_plain_sheet_with_blank_tail_is_sound():
    """The millions of blank cells that every writer appends do not count."""
    tail = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert is_sound_ods(
        content(f"<table:table-row>{CELL.format('')}</table:table-row>{tail}"), cells=100_000_000
    )


@pytest.mark.parametrize("end", [b"</table:tabld></o:d>", b"", b"</o:d>"])
def test_torn_xml_is_not_sound(end):
    """An element that never ends sends the reader round for ever."""
    whole = content(f"<table:table-row>{CELL.format('')}</table:table-row>")
    assert not is_sound_ods(whole.replace(b"</table:table></o:d>", end), cells=100_000_000)


def test_unknown_encoding_is_not_sound():
    """A damaged declaration names an encoding that does not exist."""
    whole = content(f"<table:table-row>{CELL.format('')}</table:table-row>")
    assert not is_sound_ods(b'<?xml version="1.0" encoding="UTF-\xc2\xa48"?>' + whole, cells=100_000_000)
    assert not is_sound_ods(b'<?xml version="1.0" encoding="UTX-8"?>' + whole, cells=100_000_000)


def test_filled_cells_repeated_beyond_reason_are_not_sound():
    """Few bytes may say billions of cells."""
    cell = CELL.format(' table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    assert not is_sound_ods(content(rows), cells=100_000_000)
    assert is_sound_ods(content(f"<table:table-row>{cell}</table:table-row>"), cells=100_000_000)
