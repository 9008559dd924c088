"""Nicknames: one key for a given name and its short forms, for matching only."""

from __future__ import annotations

__all__ = ["nickname_key"]


def nickname_key(given: str) -> str:
    """The key."""
    return given
