"""How long one customer with a long history takes: ``python tests/benchmark/show.py [--json FILE]``.

A store is made by the main job of invented exports: 2,000 customers, one of them with 500 contacts on all
channels, orders, sales cases and tasks. Then processes of their own, one after the other, open the store and
make the view and its text, or the view and the page. Counted is from opening the store to the finished text:
neither Python's start nor imports. Processor seconds tell what a loaded machine hides.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CONTACTS, CUSTOMERS, REPEATS = 500, 2000, 7
CHILD = """
import json, sys, time
from crmclean.report.customer_page import render_customer
from crmclean.store import Store
from crmclean.view import customer_text, view_customer
wall, cpu = time.perf_counter(), time.process_time()
with Store(sys.argv[1], create=False, read_only=True) as store:
    view = view_customer(store, sys.argv[2])
    text = render_customer(view, "de") if sys.argv[3] == "page" else customer_text(view, "de")
print(json.dumps({
    "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "contacts": len(view["touchpoints"]),
    "characters": len(text),
}))
"""


def write_exports(folder: Path) -> list[Path]:
    """Invented exports; the customer with the history is 10001."""
    chance = random.Random(8)  # noqa: S311  invented data, no secrets
    given = ("Anna", "Bernd", "Carla", "Dieter", "Erna", "Franz", "Greta", "Hans", "Ida", "Jan")
    family = (
        "Ahrens",
        "Bollmann",
        "Carstens",
        "Dierks",
        "Ebeling",
        "Fricke",
        "Gerdes",
        "Harms",
        "Ihnen",
        "Jansen",
    )
    people = ["Kundennummer;Vorname;Nachname;Straße;PLZ;Ort;Telefon;E-Mail;Angelegt am"]
    for i in range(CUSTOMERS):
        first, last = given[i % 10], family[(i // 10) % 10] + "abcdefghijklmnopqrst"[i // 100]
        people.append(
            f"{10001 + i};{first};{last};Musterweg {i};20095;Hamburg;040 {7000000 + 37 * i};k{i}@firma{i}.de;2020-01-15"
        )
    channels = ("call", "email", "letter", "fax")
    known = {"call": "040 7000000", "fax": "040 7000000", "email": "k0@firma0.de", "letter": "10001"}
    subjects = ("Angebot", "Rechnung falsch", "AW: Rechnung falsch", "Wartung", "Lieferung", "Termin VC-1")
    log = ["touchpoint_id,at,channel,direction,identifier,subject,agent"]
    for i in range(CONTACTS):
        channel = chance.choice(channels)
        log.append(
            f"T{i},{2021 + i // 100}-{1 + i // 9 % 12:02d}-{1 + i % 28:02d}T{8 + i % 9:02d}:30:00,{channel},"
            f"{chance.choice(('in', 'in', 'out'))},{known[channel]},{chance.choice(subjects)},sb"
        )
    orders = ["Auftragsnr;Kundennummer;Datum;Betrag;Währung;Status"]
    orders += [
        f"A{i};{10001 + i % 50};2025-{1 + i % 12:02d}-11;{100 + i},50;EUR;geliefert" for i in range(1000)
    ]
    sales = "Chance-ID;Kundennummer;Titel;Volumen;Währung;Wahrscheinlichkeit;Entscheidung am;Phase;Rolle\n"
    sales += "VC-1;10001;Wartungsvertrag;4800,00;EUR;60 %;2026-09-30;Angebot;Entscheider\n"
    tasks = "Aufgaben-ID;Kundennummer;Betreff;Zuständig;Von;Fällig am;Status\nA1;10001;Nachfassen;mk;2026-06-01;2026-06-15;offen\n"
    texts = {
        "kunden.csv": "\n".join(people), "kontakte.csv": "\n".join(log), "auftraege.csv": "\n".join(orders),
        "chancen.csv": sales, "aufgaben.csv": tasks,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return [folder / name for name in texts]


def measured(store: Path, what: str) -> dict[str, Any]:
    """Wall and processor milliseconds of several processes: median and most."""
    found: list[dict[str, float]] = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(store), "10001", what],
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    return {
        "contacts": found[0]["contacts"], "characters": found[0]["characters"], "processes": REPEATS,
        "wall_ms_median": round(1000 * statistics.median(f["wall"] for f in found)),
        "wall_ms_most": round(1000 * max(f["wall"] for f in found)),
        "cpu_ms_median": round(1000 * statistics.median(f["cpu"] for f in found)),
    }  # fmt: skip


def main() -> None:
    """Makes the store and prints or writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_exports(folder)
        run = [sys.executable, "-m", "crmclean", "run", *map(str, files), "--output", "out", "--quiet"]
        subprocess.run([*run, "--as-of", "2026-06-30"], cwd=folder, check=True)
        figures = {what: measured(folder / "crmclean.db", what) for what in ("text", "page")}
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if given.json:
        given.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
