"""Every golden value leads back to the cell it was read from."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.merge.origin import raw_cells, says
from crmclean.store import Store
from crmclean.tables import CUSTOMERS, RECORDS
from tests.benchmark.provenance import measure


def test_every_value_of_the_example(example):
    """Record, rule and cell of all of them are there."""
    with Store(example.store, read_only=True) as store:
        found = measure(store)
    assert found["how"].get("lost", 0) == 0
    assert found["without_rule"] == 0
    assert found["how"]["said"] > 0.8 * found["values"]


@pytest.mark.parametrize(
    ("field", "source_field", "value", "cell"),
    [
        ("given_name", "given_name", "Ute", ("full_name", "Dr. Ute Ast")),
        ("house_number", "home_house_number", "5a", ("home_street", "Gasse 5 a")),
        ("city", "home_city", "Köln", ("full_address", "Ring 1, 50667 Koeln")),
        ("phone", "phone", "+49711123456", ("phone", "0711 / 12 34 56")),
        ("birth_date", "birth_date", "1980-02-01", ("birth_date", "1.2.80")),
        ("customer_no", "customer_no", "10234", ("subject", "zu Kd.-Nr. 10234")),
        ("email", "email", "nobody@example.org", (None, None)),
    ],
)
def test_cells(field, source_field, value, cell):
    """The column of the field, else the one of the whole in which the value stands."""
    record = {
        "source": "a", "record_id": "1", "full_name": "Dr. Ute Ast", "home_street": "Gasse 5 a", "street": "Ring 1",
        "full_address": "Ring 1, 50667 Koeln", "phone": "0711 / 12 34 56", "birth_date": "1.2.80", "subject": "zu Kd.-Nr. 10234",
    }  # fmt: skip
    row = {
        "customer_id": "c",
        "field": field,
        "value": value,
        "source": "a",
        "record_id": "1",
        "source_field": source_field,
    }
    found = raw_cells(CUSTOMERS.check(pd.DataFrame([row])), RECORDS.check(pd.DataFrame([record])))
    assert tuple(None if pd.isna(v) else v for v in found.iloc[0]) == cell


def test_number_that_is_the_id():
    """A source whose record ids are customer numbers may be several files, of which one has no column for it."""
    place = {"source": "a", "record_id": "K77"}
    row = {**place, "customer_id": "c", "field": "customer_no", "value": "K77", "source_field": "customer_no"}
    found = raw_cells(CUSTOMERS.check(pd.DataFrame([row])), RECORDS.check(pd.DataFrame([place])))
    assert found.iloc[0].tolist() == ["record_id", "K77"]


@pytest.mark.parametrize(
    ("raw", "value", "answer"),
    [("MÜLLER", "Mueller", True), ("Mahler", "Mueller", False), ("", "x", False), ("12.03.1980", "1980-03-12", True),
     ("12.03.1980", "1981-03-12", False), ("1980", "1980", True), ("0711-99", "+49711999999", False)],
)  # fmt: skip
def test_says(raw, value, answer):
    """Words, digits and dates, in other spellings."""
    assert says(raw, value) is answer
