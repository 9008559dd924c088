"""Exports as rows, to be changed and written again in their own form: csv, jsonl, xlsx, vcf."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ENDINGS = (".csv", ".jsonl", ".xlsx", ".vcf")
Row = dict[str, str]


@dataclass
class Export:
    """A file and its rows; of a vCard a row is the text of the card and its UID."""

    path: Path
    rows: list[Row]
    encoding: str = "utf-8"
    delimiter: str = ","

    def write(self, target: Path, rows: list[Row]) -> Path:
        """These rows in the form of this file."""
        kind = self.path.suffix
        if kind == ".csv":
            text = io.StringIO()
            writer = csv.DictWriter(
                text,
                list(self.rows[0]),
                delimiter=self.delimiter,
                lineterminator="\r\n",
                quoting=csv.QUOTE_ALL,
            )
            writer.writeheader()
            writer.writerows(rows)
            target.write_bytes(text.getvalue().encode(self.encoding, errors="replace"))
        elif kind == ".jsonl":
            lines = (json.dumps(row, ensure_ascii=False) for row in rows)
            target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        elif kind == ".xlsx":
            with pd.ExcelWriter(target, engine="xlsxwriter") as book:
                pd.DataFrame(rows, columns=list(self.rows[0])).to_excel(book, sheet_name="Leads", index=False)
        else:
            target.write_bytes("".join(row["card"] for row in rows).encode())
        return target


def opened(path: Path) -> Export:
    """The rows of a file."""
    raw = path.read_bytes()
    if path.suffix == ".csv":
        encoding = next(e for e in ("utf-8-sig", "cp1252", "latin-1") if _reads(raw, e))
        text = raw.decode(encoding)
        head = text.partition("\n")[0]
        delimiter = ";" if head.count(";") > head.count(",") else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        return Export(path, rows, encoding, delimiter)
    if path.suffix == ".jsonl":
        return Export(path, [json.loads(line) for line in raw.decode().splitlines() if line.strip()])
    if path.suffix == ".xlsx":
        frame = pd.read_excel(path, dtype=str, engine="calamine").fillna("")
        return Export(path, frame.to_dict("records"))
    cards = [f"{card}END:VCARD\r\n" for card in raw.decode().split("END:VCARD\r\n") if card.strip()]
    return Export(path, [{"card": card, "UID": _uid(card)} for card in cards])


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _uid(card: str) -> str:
    return next((line.partition(":")[2].strip() for line in card.splitlines() if line.startswith("UID")), "")
