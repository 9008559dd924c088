"""Nicknames as match keys; the lists and functions live in `crmclean.text.nicknames`."""

from __future__ import annotations

from crmclean.text.nicknames import nickname_key, nickname_keys

__all__ = ["nickname_key", "nickname_keys"]
