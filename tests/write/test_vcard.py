"""vCard 4.0: escaping, folding, and the way back through our own reader."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crmclean.read import load_tables
from crmclean.tables import CUSTOMERS, MEMBERS, RELATIONS, Customers, Members, Relations
from crmclean.write.vcard import vcard_chunks, write_vcard

ANNA, OLE, FIRM = (f"0000000{n}-0000-5000-8000-000000000000" for n in (1, 2, 3))
VALUES = [
    (ANNA, "title", "Dr.", True, None),
    (ANNA, "given_name", "Anna", True, None),
    (ANNA, "name_prefix", "von der", True, None),
    (ANNA, "family_name", "Heide; geb. Öz,türk", True, None),
    (ANNA, "birth_date", "1980-03-05", True, None),
    (ANNA, "email", "anna@heide.example", True, "home"),
    (ANNA, "email", "a.heide@firma.example", False, "work"),
    (ANNA, "mobile", "+491712345678", True, "mobile"),
    (ANNA, "phone", "+4973112345", True, "work"),
    (ANNA, "street", "Lindenweg", True, "home"),
    (ANNA, "house_number", "4 a", True, "home"),
    (ANNA, "postal_code", "89073", True, "home"),
    (ANNA, "city", "Ulm, Donau", True, "home"),
    (ANNA, "role", "Leiterin \\ Einkauf\nund Lager", True, None),
    (FIRM, "organization", "Süß & Söhne; Backwaren, Konditorei GmbH & Co. KG", True, None),
    (FIRM, "fax", "+4973199999", True, "fax"),
    (OLE, "email", "ole@x.example", True, None),
]


def _values(rows: list[tuple[str, str, str, bool, str | None]] = VALUES) -> Customers:
    frame = pd.DataFrame(rows, columns=["customer_id", "field", "value", "is_primary", "type"])
    seen = frame["customer_id"].map({ANNA: "2024-05-01T09:30:00Z", FIRM: "2023-01-02"}).astype("str")
    return CUSTOMERS.check(
        frame.assign(source="erp", record_id="7", source_field=frame["field"], last_seen=seen)
    )


def _members() -> Members:
    rows = [(ANNA, "person"), (OLE, "person"), (FIRM, "organization")]
    frame = pd.DataFrame(rows, columns=["customer_id", "kind"])
    frame["party"] = frame["customer_id"]
    return MEMBERS.check(frame.assign(source="erp", record_id=frame["party"]))


def _relations() -> Relations:
    rows = [(ANNA, OLE, "household"), (ANNA, FIRM, "works_at")]
    return RELATIONS.check(pd.DataFrame(rows, columns=["left", "right", "kind"]))


def _text(card: str) -> str:
    return card.replace("\r\n ", "")


def test_a_card_comes_back_through_our_reader(tmp_path: Path) -> None:
    """What the reader finds in the file is what the customers hold, with awkward signs."""
    write_vcard(_values(), _members(), _relations(), tmp_path / "x.vcf")
    (table,) = load_tables([str(tmp_path / "x.vcf")])
    anna = table.frame.set_index("UID").loc[f"urn:uuid:{ANNA}"]
    expected = {
        "FN": "Dr. Anna von der Heide; geb. Öz,türk", "N.family": "von der Heide; geb. Öz,türk",
        "N.given": "Anna", "N.prefix": "Dr.", "KIND": "individual", "BDAY": "19800305",
        "TITLE": "Leiterin \\ Einkauf\nund Lager", "EMAIL": "anna@heide.example",
        "EMAIL.2": "a.heide@firma.example", "TEL.cell": "+491712345678", "TEL.work": "+4973112345",
        "ADR.home.street": "Lindenweg 4 a", "ADR.home.city": "Ulm, Donau", "ADR.home.postal_code": "89073",
        "REV": "20240501T093000Z",
    }  # fmt: skip
    assert {name: anna[name] for name in expected} == expected
    firm = table.frame.set_index("UID").loc[f"urn:uuid:{FIRM}"]
    assert (firm["KIND"], firm["ORG"]) == ("org", "Süß & Söhne; Backwaren, Konditorei GmbH & Co. KG")
    assert firm["TEL.fax"] == "+4973199999"
    assert firm["REV"] == "20230102T000000Z"
    assert not table.findings


def test_a_card_says_who_belongs_together() -> None:
    """Who lives together is co-resident, the firm's people are its contacts; both cards say so."""
    anna, ole, firm = (_text(c.decode()) for c in vcard_chunks(_values(), _members(), _relations()))
    assert f"RELATED;TYPE=co-resident:urn:uuid:{OLE}\r\n" in anna
    assert f"RELATED:urn:uuid:{FIRM}\r\n" in anna
    assert f"RELATED;TYPE=co-resident:urn:uuid:{ANNA}\r\n" in ole
    assert f"RELATED;TYPE=contact:urn:uuid:{ANNA}\r\n" in firm
    assert "\r\nN:" in ole
    assert "\r\nN:" not in firm
    assert "REV" not in ole


def test_every_card_has_a_name() -> None:
    """FN must be there: a customer without a name is called by how it is reached, else by its id."""
    nobody = CUSTOMERS.empty()
    cards = [_text(c.decode()) for c in vcard_chunks(nobody, _members())]
    assert f"FN:{ANNA}\r\n" in cards[0]
    assert "FN:ole@x.example\r\n" in _text(list(vcard_chunks(_values(), _members()))[1].decode())


def test_row_order_changes_no_byte() -> None:
    """Shuffled tables give the same file."""
    shuffled = CUSTOMERS.check(_values().sample(frac=1, random_state=3))
    mixed = MEMBERS.check(_members().iloc[::-1])
    turned = RELATIONS.check(_relations().iloc[::-1])
    made = b"".join(vcard_chunks(shuffled, mixed, turned))
    assert made == b"".join(vcard_chunks(_values(), _members(), _relations()))


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from(list("\n;,\\")),
        max_size=300,
    )
)
def test_any_text_survives(text: str) -> None:
    """Lines have at most 75 octets, end with CRLF, hold whole characters; unfolding and unescaping gives the text."""
    rows = [(FIRM, "organization", f"x{text}x", True, None)]
    card = list(vcard_chunks(_values(rows), _members()))[2]
    lines = card.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() or line == b"" for line in lines)
    line = next(part for part in _text(card.decode()).split("\r\n") if part.startswith("FN:"))
    pieces = line[3:].replace("\\\\", "\0").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
    assert pieces.replace("\0", "\\") == f"x{text}x"
