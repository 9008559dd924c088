"""Tables as csv: exact for machines, safe for a German Excel."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.text.spreadsheet import unguard
from crmclean.write import csv_chunks, write_csv


def _table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "postal_code": ["01067", None],
            "organization": ['Weber "Bau", GmbH', "Zeile\nZeile"],
            "birth_date": ["1980-05-04", "1980-05"],
            "records": [3, 1],
            "quality": [0.5, float("nan")],
            "allowed": [True, False],
        }
    )


def test_standard_is_comma_lf_and_nothing_altered() -> None:
    """Missing is empty, quotes only where needed, flags are yes and no."""
    assert b"".join(csv_chunks(_table())).decode() == (
        "customer_id,postal_code,organization,birth_date,records,quality,allowed\n"
        'a,01067,"Weber ""Bau"", GmbH",1980-05-04,3,0.5,yes\n'
        'b,,"Zeile\nZeile",1980-05,1,,no\n'
    )


def test_excel_de_is_semicolon_bom_crlf_and_guards() -> None:
    """Leading zeros and partial dates are guarded, whole dates in date columns are dates."""
    assert b"".join(csv_chunks(_table(), "excel-de")).decode() == (
        "\ufeffcustomer_id;postal_code;organization;birth_date;records;quality;allowed\r\n"
        'a;"=""01067""";"Weber ""Bau"", GmbH";1980-05-04;3;0,5;yes\r\n'
        'b;;"Zeile\nZeile";"=""1980-05""";1;;no\r\n'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1 + 0.2, "0.3"),
        (1e-6, "0.000001"),
        (1e-9, "0"),
        (-1e-9, "0"),
        (12.0, "12"),
        (1234567.5, "1234567.5"),
    ],
)
def test_decimals_are_plain_with_six_places(value: float, written: str) -> None:
    """No exponents, no noise of the last bits."""
    frame = pd.DataFrame({"x": ["a"], "weight": [value]})
    assert b"".join(csv_chunks(frame)).decode().splitlines()[1] == f"a,{written}"


def test_an_empty_table_has_its_header() -> None:
    """Programs find the columns even where there are no rows."""
    frame = pd.DataFrame({"a": pd.Series(dtype="str"), "b": pd.Series(dtype="str")})
    assert b"".join(csv_chunks(frame)) == b"a,b\n"


def test_a_missing_value_alone_on_its_line_is_kept() -> None:
    """Readers skip empty lines; a quoted nothing is a row."""
    assert b"".join(csv_chunks(pd.DataFrame({"a": ["x", None]}))) == b'a\nx\n""\n'


def test_slices_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file does not show how many rows were written at once."""
    whole = b"".join(csv_chunks(_table()))
    monkeypatch.setattr("crmclean.write.csv_files._SLICE", 1)
    assert b"".join(csv_chunks(_table())) == whole


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))


@given(st.lists(st.tuples(texts, texts), min_size=1))
def test_every_text_comes_back_from_both_formats(rows: list[tuple[str, str]]) -> None:
    """What is read from the file, after unguarding, is what was written."""
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype="str")
    for form, delimiter in (("standard", ","), ("excel-de", ";")):
        data = b"".join(csv_chunks(frame, form)).decode("utf-8-sig")  # type: ignore[arg-type]
        read = list(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))[1:]
        back = [tuple(unguard(v) if form == "excel-de" else v for v in row) for row in read]
        assert back == rows


def test_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """The bytes are those of the file: no second carriage return, no other encoding."""
    frame = pd.DataFrame({"a": ["ä"], "b": ["x"]})
    write_csv(frame, "-", "excel-de")
    assert capfdbinary.readouterr().out == "\ufeffa;b\r\nä;x\r\n".encode()


def test_a_file_is_written(tmp_path: Path) -> None:
    """The chunks end in the file."""
    write_csv(_table(), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == b"".join(csv_chunks(_table()))
