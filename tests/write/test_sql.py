"""Tables of a database: keyed, in one transaction, nothing deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmclean.errors import ConfigError, StoreError
from crmclean.write import upsert_tables

sqlalchemy = pytest.importorskip("sqlalchemy")


def _tables(names: list[str]) -> dict[str, pd.DataFrame]:
    ids = [f"id-{name}" for name in names]
    customers = pd.DataFrame({"customer_id": ids, "given_name": names, "records": 1, "quality": 0.5})
    crosswalk = pd.DataFrame({"source": "erp", "record_id": names, "customer_id": ids})
    consent = pd.DataFrame(
        {"customer_id": ids, "channel": "email", "purpose": "marketing", "reason": "consent"}
    )
    consent = consent.assign(contact_point=pd.Series([None] * len(ids), dtype="str"), allowed=True)
    return {"customers": customers, "crosswalk": crosswalk, "consent": consent}


def _url(folder: Path) -> str:
    return f"sqlite:///{(folder / 'crm.sqlite').as_posix()}"


def _rows(folder: Path, statement: str) -> list[Any]:
    engine = sqlalchemy.create_engine(_url(folder))
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sqlalchemy.text(statement))]
    engine.dispose()
    return found


def test_rows_are_added_changed_and_never_deleted(tmp_path: Path) -> None:
    """A known key is changed, a new one added, a lost one marked; a lost permission allows nothing."""
    first = upsert_tables(_tables(["Ida", "Ole"]), _url(tmp_path))
    assert (first[0].table, first[0].rows, first[0].gone) == ("crmclean_customers", 2, 0)
    later = _tables(["Ida", "Uwe"])
    later["customers"].loc[0, "given_name"] = "Ida'; DROP TABLE crmclean_customers; --"
    again = upsert_tables(later, _url(tmp_path))
    assert [(t.rows, t.gone) for t in again] == [(2, 1)] * 3
    rows = _rows(tmp_path, "SELECT customer_id, given_name, gone FROM crmclean_customers ORDER BY 1")
    assert rows == [
        ("id-Ida", "Ida'; DROP TABLE crmclean_customers; --", 0), ("id-Ole", "Ole", 1), ("id-Uwe", "Uwe", 0),
    ]  # fmt: skip
    permissions = _rows(
        tmp_path, "SELECT customer_id, contact_point, allowed, reason FROM crmclean_permissions ORDER BY 1"
    )
    assert permissions == [
        ("id-Ida", "", 1, "consent"), ("id-Ole", "", 0, "gone"), ("id-Uwe", "", 1, "consent"),
    ]  # fmt: skip
    upsert_tables(_tables(["Ida", "Ole"]), _url(tmp_path))  # back again: no longer gone
    assert _rows(tmp_path, "SELECT gone, allowed FROM crmclean_permissions WHERE customer_id = 'id-Ole'") == [
        (0, 1)
    ]


def test_all_or_nothing(tmp_path: Path) -> None:
    """A table that refuses undoes what the others got, the making of tables included."""
    upsert_tables({"customers": _tables(["Ole"])["customers"]}, _url(tmp_path))
    engine = sqlalchemy.create_engine(_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE crmclean_permissions (customer_id TEXT)"))
    engine.dispose()
    with pytest.raises(StoreError, match="no column allowed"):
        upsert_tables(_tables(["Ida"]), _url(tmp_path))
    assert _rows(tmp_path, "SELECT customer_id, gone FROM crmclean_customers") == [("id-Ole", 0)]
    assert not _rows(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'crmclean_crosswalk'")


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:geheim@h/b", "postgresql+nodriver://u:geheim@h/b"])
def test_a_wrong_url_is_said_without_its_password(url: str) -> None:
    """No database, another kind, a driver that is not there: a sentence and a hint, no password."""
    with pytest.raises(ConfigError) as caught:
        upsert_tables(_tables(["Ida"]), url)
    assert caught.value.hint
    assert "geheim" not in str(caught.value)


def test_an_unreachable_place_is_said_without_values(tmp_path: Path) -> None:
    """The driver's words may hold values: only the kind of the error is told."""
    with pytest.raises(StoreError, match="nothing was changed") as caught:
        upsert_tables(_tables(["Ida"]), f"sqlite:///{(tmp_path / 'no' / 'x.db').as_posix()}")
    assert "Ida" not in str(caught.value)
