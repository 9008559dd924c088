"""One value at a time: what a text means, and what was wrong with it.

Every function returns `Cleaned(raw, value, status, issues)` and never raises on dirty data.

python examples/04_normalize_values.py
"""

from __future__ import annotations

import crmclean

CELLS = [
    crmclean.normalize_person("Frau Dr. Annegret von der Heide"),
    crmclean.normalize_company("Müller & Söhne GmbH & Co KG"),
    crmclean.normalize_phone("0171 - 123 45 67", country="DE"),
    crmclean.normalize_email("ida.meier@gmial.com"),
    crmclean.normalize_address("Hauptstr. 12a, D-80331 München"),
    crmclean.normalize_date("3.4.1985", order="DMY"),
    crmclean.normalize_country("Oesterreich"),
    crmclean.normalize_identifier("de 214.567.896", kind="vat"),
    crmclean.repair_text("MÃ¼ller"),
]


def main() -> None:
    """Shows raw text, meaning, status and findings of a few values."""
    for cell in CELLS:
        print(f"{cell.raw!r} -> {cell.value} ({cell.status})")
        for finding in cell.issues:
            print(f"    {finding.code}" + (f", proposal: {finding.proposal}" if finding.proposal else ""))
    print("Cologne phonetics:", crmclean.cologne_phonetics("Meyer"), crmclean.cologne_phonetics("Maier"))


if __name__ == "__main__":
    main()
