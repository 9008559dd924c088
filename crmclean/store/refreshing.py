"""New permissions between two runs: part of the last run's step, so that undoing it undoes them, too."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

import pandas as pd

from crmclean.store.saving import Saving
from crmclean.tables import PERMISSIONS

__all__ = ["add_permissions"]


def add_permissions(
    connection: sqlite3.Connection, permissions: pd.DataFrame, customers: Collection[str] | None
) -> None:
    """Writes the permissions of some customers, and the rows for SQL made of them.

    Args:
        connection: The file, in a transaction.
        permissions: All rows of these customers.
        customers: Whose rows are replaced; None: everybody's.
    """
    last = connection.execute("SELECT step, run_id FROM step ORDER BY step DESC LIMIT 1").fetchone()
    step, run_id = last or (None, "")
    saving = Saving(connection, run_id, step=step, log=False)
    saving.write(PERMISSIONS, permissions, customers)
    saving.finish(None)
