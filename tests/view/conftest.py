"""The store that the tests of the view share."""

from __future__ import annotations

import pytest

from crmclean.store import Store
from tests.view.shop import saved


@pytest.fixture(scope="package")
def shop(tmp_path_factory):
    """The store open for reading, and the ids by party."""
    path = tmp_path_factory.mktemp("view") / "crmclean.db"
    ids = saved(path)
    with Store(path, read_only=True) as store:
        yield store, ids
