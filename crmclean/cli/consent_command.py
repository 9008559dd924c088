"""``crmclean consent``: may we contact this person, and whom may we contact at all?"""

from __future__ import annotations

import click

from crmclean.cli import (
    consent_check,
    consent_confirm,
    consent_conflicts,
    consent_correct,
    consent_denials,
    consent_forget,
    consent_grant,
    consent_import,
    consent_key,
    consent_proof,
    consent_reach,
    consent_renewals,
    consent_retention,
    consent_select,
    consent_texts,
    consent_verify,
    consent_withdraw,
)

__all__ = ["command"]


@click.group("consent")
def command() -> None:
    """Ask who may be contacted, on which channel, for what, and why."""


for _module in (
    consent_check,
    consent_confirm,
    consent_conflicts,
    consent_correct,
    consent_denials,
    consent_forget,
    consent_grant,
    consent_import,
    consent_key,
    consent_proof,
    consent_reach,
    consent_renewals,
    consent_retention,
    consent_select,
    consent_texts,
    consent_verify,
    consent_withdraw,
):
    command.add_command(_module.command)
