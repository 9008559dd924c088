"""Which records become customers: include, min_quality, max_age, bought addresses."""

from __future__ import annotations

import pandas as pd
import pytest

from crmclean.config import SourceConfig
from crmclean.errors import ConfigError
from crmclean.normalize.admission import Admitted, admit_records
from crmclean.normalize.records import Normalized, normalize_records
from crmclean.tables import RECORDS

TODAY = "2026-06-30"
ROWS = [
    {"record_id": "1", "given_name": "Ida", "family_name": "Maier", "modified_at": "2026-05-01"},
    {"record_id": "2", "given_name": "Ole", "family_name": "Blum", "modified_at": "2019-05-01"},
    {"record_id": "3", "given_name": "Pia", "family_name": "Wirth", "created_at": "2018-02-01"},
    {"record_id": "4", "family_name": "Kern"},
]


def normal() -> Normalized:
    """Four records of one source: a fresh one, two old ones, one that says nothing of its age."""
    frame = pd.DataFrame([{"source": "old", "file": "old.csv", "row": 1, **row} for row in ROWS])
    frame.loc[0, ["email", "street", "postal_code", "city"]] = ["i@maier.de", "Weg 1", "01067", "Dresden"]
    return normalize_records(RECORDS.check(frame))


def admitted(**said: object) -> Admitted:
    """What is left of them."""
    return admit_records(normal(), {"old": SourceConfig(**said)}, as_of=TODAY)  # type: ignore[arg-type]


def reasons(found: Admitted) -> dict[str, str]:
    return dict(zip(found.excluded["record_id"], found.excluded["reason"], strict=True))


def test_a_source_may_be_left_out_as_a_whole() -> None:
    """No party, no contact point is left; every record has its finding."""
    found = admitted(include=False)
    assert reasons(found) == dict.fromkeys("1234", "include")
    assert [len(t) for t in (found.normal.parties, found.normal.contacts, found.normal.addresses)] == [0] * 3
    assert found.issues["code"].tolist() == ["record_excluded"] * 4
    assert found.issues["severity"].unique().tolist() == ["info"]


def test_old_records_are_left_out() -> None:
    """By the last change, else by the creation; what says neither is not known to be old."""
    assert reasons(admitted(max_age=36)) == {"2": "max_age", "3": "max_age"}
    assert reasons(admitted(max_age=86)) == {"3": "max_age"}


def test_poor_records_are_left_out() -> None:
    """The share of expected facts that are there and valid decides."""
    quality = normal().parties.set_index("record_id")["quality"]
    assert quality["1"] > quality["2"] > quality["4"]
    assert reasons(admitted(min_quality=float(quality["2"]))) == {"4": "min_quality"}


def test_nothing_said_changes_nothing() -> None:
    """The same tables, not copies."""
    tables = normal()
    found = admit_records(tables, {"other": SourceConfig(include=False)}, as_of=TODAY)
    assert found.normal is tables
    assert found.excluded.empty
    assert found.issues.empty


@pytest.mark.parametrize(
    ("said", "until"),
    [("", "2026-07-30"), ("2026-01-31", "2026-02-28"), ("2025-12-15", "2026-01-15")],
)
def test_bought_addresses_have_a_day_for_the_notice(said: str, until: str) -> None:
    """One month after they were got; without a day of that, after the run."""
    [notice] = admitted(origin="purchased", obtained=said).issues.to_dict("records")
    assert (notice["code"], notice["severity"]) == ("purchased_notice", "warning")
    assert notice["detail"] == f"until={until} records=4"


def test_wrong_settings_are_said() -> None:
    """A day that is none, a share above one."""
    with pytest.raises(ConfigError, match=r"read\.sources\.old\.obtained"):
        admitted(origin="purchased", obtained="Mai 2026")
    with pytest.raises(ConfigError, match="min_quality"):
        admitted(min_quality=7.0)
