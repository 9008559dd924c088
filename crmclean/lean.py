"""Matching alone needs little of what was read: the rest is let go of before it begins.

The raw rows, and the facts that only golden records are made of, take room that pairs need.
"""

from __future__ import annotations

from dataclasses import replace

from crmclean.match.features import needed
from crmclean.normalize.admission import AGE_AND_QUALITY, Admitted
from crmclean.read import ReadResult
from crmclean.tables import ADDRESSES, CONTACTS, RECORDS, Addresses, Contacts, Parties

__all__ = ["for_matching", "let_go", "parties_alone"]


def for_matching(
    parties: Parties, contacts: Contacts, addresses: Addresses
) -> tuple[Parties, Contacts, Addresses]:
    """The columns that matching asks for, and by which records are admitted."""
    kept = needed(parties, contacts, addresses)
    asked = {*kept[0].columns, *AGE_AND_QUALITY}
    return Parties(parties[[c for c in parties.columns if c in asked]]), kept[1], kept[2]


def let_go(read: ReadResult, admitted: Admitted) -> tuple[ReadResult, Admitted]:
    """The same without records and frames, and with the columns alone that matching asks for."""
    normal = admitted.normal
    parties, contacts, addresses = needed(normal.parties, normal.contacts, normal.addresses)
    normal = replace(normal, parties=parties, contacts=contacts, addresses=addresses)
    return replace(read, records=RECORDS.empty(), frames={}), replace(admitted, normal=normal)


def parties_alone(admitted: Admitted) -> Admitted:
    """The same without contacts and addresses: once matched, ids are made of the parties."""
    normal = replace(admitted.normal, contacts=CONTACTS.empty(), addresses=ADDRESSES.empty())
    return replace(admitted, normal=normal)
