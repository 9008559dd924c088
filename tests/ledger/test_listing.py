"""Lists of those who want no advertising: known again by postal address, obeyed by the policy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crmclean.ledger.listing import import_list
from crmclean.ledger.standing import decisions_of
from crmclean.store import Store
from tests.ledger.conftest import CONFIG, customer_of

ROBINSON = """Vorname;Nachname;Straße;PLZ;Ort
Carla;Brandt;Hafenstraße 12;20457;Hamburg
Ida;Koehler;Lindenweg 5;80331;München
Zora;Fremd;Hafenstraße 12;20457;Hamburg
"""


@pytest.fixture
def robinson(tmp_path: Path) -> Path:
    """A list of three: a customer spelled otherwise, another house, another name."""
    file = tmp_path / "robinson.csv"
    file.write_text(ROBINSON, encoding="utf-8")
    return file


def letters(path: Path, *, lists: bool = True) -> dict[str, str]:
    """The reason per record for advertising by letter."""
    config = replace(CONFIG, consent=replace(CONFIG.consent, external_lists=lists))
    with Store(path, read_only=True) as store:
        rows = decisions_of(store, config, channels=["post"], purposes=["marketing"])
    reasons = rows.set_index("customer_id")["reason"]
    return {n: str(reasons[customer_of(path, n)]) for n in ("1", "2", "4")}


def test_a_postal_list_closes_letters(path: Path, robinson: Path) -> None:
    """Name, street, house number and postcode must all fit; other entries are not kept."""
    with Store(path) as store:
        before = store.count("consents")
        done = import_list([robinson], store, "robinson", CONFIG)
        assert store.count("consents") == before + 1
        assert import_list([robinson], store, "robinson", CONFIG).added == 0
        kept = store.load("permissions", where={"customer_id": [customer_of(path, "4")]})
    assert (done.read, done.added, done.unmatched) == (3, 1, 2)
    assert letters(path) == {
        "1": "LEGITIMATE_INTEREST", "2": "LEGITIMATE_INTEREST", "4": "EXTERNAL_OPT_OUT_LIST",
    }  # fmt: skip
    assert letters(path, lists=False)["4"] == "LEGITIMATE_INTEREST"
    post = kept[kept["channel"] == "post"]
    assert post.empty or set(post["reason"]) == {"EXTERNAL_OPT_OUT_LIST"}


def test_a_mere_list_of_bounces(path: Path, tmp_path: Path) -> None:
    """Addresses alone are enough."""
    file = tmp_path / "bounces.csv"
    file.write_text("E-Mail\ncarla.brandt@posteo.de\n", encoding="utf-8")
    with Store(path) as store:
        assert import_list([file], store, "bounce", CONFIG).added == 1
        rows = decisions_of(store, CONFIG, channels=["email"], purposes=["marketing.newsletter"])
    reasons = rows.set_index("customer_id")["reason"]
    assert reasons[customer_of(path, "4")] == "CONTACT_POINT_INVALID"
