"""The store: one SQLite file with all tables that must last."""

from __future__ import annotations

from crmclean.store.changelog import first_changes
from crmclean.store.locks import holding
from crmclean.store.migrations import SCHEMA_VERSION
from crmclean.store.store import Store

__all__ = ["SCHEMA_VERSION", "Store", "first_changes", "holding"]
