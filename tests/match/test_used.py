"""Tables that go once they are read."""

import gc
import weakref
from typing import Any

import pytest

from crmclean.config import LimitsConfig
from crmclean.match.parties import READERS, gather
from crmclean.match.used import Tables
from tests.match.builders import addresses, contact, contacts, crowd, parties


def made() -> list[Any]:
    """Parties, contacts and addresses of a crowd."""
    people, homes = crowd()
    return [parties(*people), contacts(contact("a:1", "email", "ida@berg.example")), addresses(*homes)]


def test_a_table_goes_with_its_last_reader() -> None:
    """Two readers: there for the second, gone for a third."""
    tables = Tables(*made(), readers=2)
    for _ in range(2):
        with tables.read("contacts") as found:
            assert list(found.columns)
    with pytest.raises(KeyError):
        tables.look("contacts")
    assert tables.look("addresses") is not None


def test_without_readers_tables_stay() -> None:
    """Tables of a caller who keeps them are there after any number of readers."""
    tables = Tables(*made())
    for _ in range(5):
        with tables.read("parties"):
            pass
    assert tables.look("parties") is not None


@pytest.mark.parametrize("threads", [1, 2])
def test_gathering_leaves_no_table(threads: int) -> None:
    """All tables are let go of when facts are made, whatever the number of threads."""
    three = made()
    count = len(three[0])
    seen = [weakref.ref(table) for table in three]
    tables = Tables(*three, readers=READERS)
    three.clear()
    known = gather(tables, limits=LimitsConfig(threads=threads))
    gc.collect()
    assert known["person"][0].n == count
    assert [table() for table in seen] == [None] * 3
