"""Addresses as they are printed: the lines of the address block by country.

Sources: DIN 5008 (Germany: street and number, postcode and town, country in capitals abroad), the
layouts of the Austrian and Swiss posts (the same order; a Swiss Postfach above the town). Other
countries by their own order: number before the street and the postcode last where it is so there.
"""

from __future__ import annotations

from crmclean.normalize.address import Address
from crmclean.normalize.address_lists import NUMBER_FIRST, POSTCODE_LAST, country_name

__all__ = ["address_lines"]

_DACH = frozenset({"", "DE", "AT", "CH", "LI"})
_BOX = {
    "FR": "BP",
    "US": "PO Box",
    "GB": "PO Box",
    "AU": "PO Box",
    "CA": "PO Box",
    "NZ": "PO Box",
    "IE": "PO Box",
    "NL": "Postbus",
}


def _street(address: Address) -> str:
    number, street = address.house_number, address.street
    ordered = (number, street) if address.country in NUMBER_FIRST else (street, number)
    # DIN 5008 parts the flat by two strokes; a block of Mannheim keeps its comma.
    if len(street) <= 3 and street[:1].isalpha() and number and address.country in _DACH:
        return f"{street}, {number}"
    return " ".join(part for part in ordered if part)


def _place(address: Address) -> str:
    if address.country in POSTCODE_LAST:
        town = ", ".join(p for p in (address.city, address.region) if p) if address.country == "US" else " ".join(
            p for p in (address.city, address.region) if p
        )  # fmt: skip
        return " ".join(p for p in (town, address.postal_code) if p)
    return " ".join(p for p in (address.postal_code, address.city) if p)


def address_lines(
    address: Address, *, sender_country: str = "DE", names: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The lines of the address block, the country last and only abroad.

    Args:
        address: Parts of the address.
        sender_country: Letters within this country do not name it.
        names: Lines above: company, person.

    Example:
        >>> address_lines(Address(street="Moosweg", house_number="15", postal_code="8010", city="Graz", country="AT"))
        ('Moosweg 15', '8010 Graz', 'ÖSTERREICH')
    """
    lines = [*names]
    lines += [f"c/o {address.care_of}"] if address.care_of else []
    lines += [address.district] if address.district and address.country in _DACH else []
    box = address.po_box
    word = _BOX.get(address.country, "Postfach")
    lines += [box if any(c.isalpha() for c in box) else f"{word} {box}"] if box else []
    street = _street(address)
    if street and address.addition and address.country in _DACH:
        lines.append(f"{street} // {address.addition}")
    else:
        lines += [part for part in (address.addition, street) if part]
    lines += [_place(address)] if _place(address) else []
    if address.country and address.country != sender_country:
        lines.append(country_name(address.country).upper())
    return tuple(lines)
