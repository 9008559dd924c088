"""``crmclean consent``: may we contact this person, and whom may we contact at all?"""

from __future__ import annotations

import importlib

import click

__all__ = ["command"]

_COMMANDS = (
    "check", "confirm", "conflicts", "correct", "denials", "forget", "grant", "import", "key", "proof",
    "reach", "renewals", "retention", "select", "texts", "verify", "withdraw",
)  # fmt: skip


@click.group("consent")
def command() -> None:
    """Ask who may be contacted, on which channel, for what, and why."""


for _name in _COMMANDS:
    command.add_command(importlib.import_module(f"crmclean.cli.consent_{_name}").command)
