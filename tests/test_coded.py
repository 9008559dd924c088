"""Rows of which texts are codes say what the frame says."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from crmclean.report.consents import decided
from crmclean.schema import coded_rows, codes_of, frame_of_rows, joined_rows, ranked_codes
from crmclean.summary import permission_counts
from crmclean.write import csv_chunks


def _permissions() -> pd.DataFrame:
    rows = [
        ("b", "phone", "news", "+491", False, "NO_CONSENT"),
        ("b", "phone", "news", "+492", True, "CONSENT"),
        ("b", "email", "news", None, False, "NO_CONSENT"),
        ("a", "phone", "news", None, False, "WITHDRAWN"),
    ]
    names = ["customer_id", "channel", "purpose", "contact_point", "allowed", "reason"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: "str" for name in names if name != "allowed"})


def test_there_and_back() -> None:
    """A frame is the same after it was codes, missing texts and flags included."""
    frame = _permissions()
    pd.testing.assert_frame_equal(frame_of_rows(coded_rows(frame)), frame)


def test_joined_tables_share_one_list_of_texts() -> None:
    """Equal texts of two tables have equal codes afterwards, and no text is there twice."""
    frame = _permissions()
    joined = joined_rows([coded_rows(frame.iloc[:1]), coded_rows(frame.iloc[1:])])
    pd.testing.assert_frame_equal(frame_of_rows(joined), frame)
    for name in ("customer_id", "reason", "contact_point"):
        codes, texts = codes_of(joined[name])
        assert len(set(texts.to_pylist())) == len(texts)
        assert [None if code < 0 else texts[code].as_py() for code in codes.tolist()] == [
            None if pd.isna(value) else value for value in frame[name]
        ]


def test_codes_in_the_order_of_texts() -> None:
    """What is missing counts as the empty text, which comes first; texts that no row has are left out."""
    column = pa.chunked_array([pa.DictionaryArray.from_arrays([2, None, 0], pa.array(["m", "z", "a"]))])
    codes, texts = ranked_codes(column)
    assert (codes.tolist(), texts) == ([1, 0, 2], ["", "a", "m"])


@pytest.mark.parametrize("count", [permission_counts, lambda rows: decided(rows).to_numpy().tolist()])
def test_counts_are_those_of_the_frame(count: object) -> None:
    """Customers per channel, purpose and reason: the allowed contact point answers for a channel."""
    assert callable(count)
    frame = _permissions()
    assert count(coded_rows(frame)) == count(frame)
    assert permission_counts(frame) == {
        "email news": {"NO_CONSENT": 1},
        "phone news": {"CONSENT": 1, "WITHDRAWN": 1},
    }


def test_csv_of_codes_is_that_of_the_frame() -> None:
    """In both dialects, byte by byte."""
    frame = _permissions()
    for dialect in ("standard", "excel-de"):
        coded, plain = (
            b"".join(map(bytes, csv_chunks(rows, dialect))) for rows in (coded_rows(frame), frame)
        )
        assert coded == plain
        assert plain.count(b"\n") == 5
