"""Words of other files for a source are tied by name, else by the ids they cite."""

from __future__ import annotations

import pandas as pd

from crmclean.config import SourceConfig
from crmclean.read.ties import Known, tie_sources

FAIR = Known("messe_leads", frozenset({"excel"}), pd.Index(["L1", "L2", "L3", "L4"]))
CARDS = Known("contacts", frozenset({"vcard"}), pd.Index(["vc-1", "vc-2", "vc-3"]))
ERP = Known("erp", frozenset({"csv"}), pd.Index(["10", "11", "12"]))
ALL = [FAIR, CARDS, ERP]


def tie(word: str, *ids: str, config: dict[str, SourceConfig] | None = None) -> str | None:
    """The source that the word was tied to."""
    return tie_sources({word: pd.Index(ids, dtype="str")}, ALL, config or {}).get(word)


def test_by_name():
    """Equal names, a part of the name, and the format of the only such file."""
    assert tie("erp", "10") == "erp"
    assert tie("ERP", "99") == "erp"
    assert tie("messe", "L1", "L2") == "messe_leads"
    assert tie("vcard", "vc-1") == "contacts"


def test_by_ids():
    """A word without any likeness is tied by what it cites."""
    assert tie("fair", "L1", "L2", "L9") == "messe_leads"
    assert tie("fair", "Z1", "Z2") is None


def test_ids_deny_a_name():
    """A likeness of names is not believed against the ids."""
    assert tie("messe", "10", "11", "12") == "erp"


def test_a_steward_knows_better():
    """Configured names are exact."""
    assert tie("alt", "Z9", config={"erp": SourceConfig(also_known_as=("alt",))}) == "erp"
