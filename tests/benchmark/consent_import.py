"""Import at scale: ``python tests/benchmark/speed.py consent-import [--events N] [--json FILE]``.

N invented consent events of half as many people in a csv file: four channels, four kinds, six in ten
with an address or number of their own, all with times and evidence. Measured in a process of its own:
reading, understanding, sealing and storing them in a new ledger (seconds and processor seconds), then
`verify` over all of them, and the same import again, which must add nothing.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import Any

__all__ = ["import_file", "write_events"]

HEADER = "event_id,source,record_id,contact,channel,purpose,event_type,occurred_at,recorded_at,legal_basis,evidence\n"
CHANNELS = ("email", "phone", "post", "sms")
KINDS = ("granted", "confirmed", "withdrawn", "used")


def write_events(target: Path, number: int, seed: int = 5) -> None:
    """A csv file of so many events, the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311  the same events each time
    start = dt.datetime(2016, 1, 1, tzinfo=dt.UTC)
    with target.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for n in range(number):
            person, channel = draw.randrange(number // 2 + 1), draw.choice(CHANNELS)
            at = start + dt.timedelta(seconds=draw.randrange(315_000_000))
            mail = channel in {"email", "post"}
            point = f"person{person}@example{person % 97}.org" if mail else f"+49151{person:08d}"
            cells = (
                f"E{n:07d}", "erp", str(person), point if draw.random() < 0.6 else "", channel, "newsletter",
                draw.choice(KINDS), f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at + dt.timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
                "Art. 6 (1) a DSGVO", f"Formular {draw.randrange(50_000)}",
            )  # fmt: skip
            file.write(",".join(cells) + "\n")


def import_file(file: Path) -> dict[str, Any]:
    """Figures of importing a file into a new ledger, verifying it, and importing it again."""
    from crmclean.config import Config
    from crmclean.ledger.importing import import_events
    from crmclean.store import Store
    from crmclean.store.ledger_verify import verify_ledger

    config = Config(as_of="2026-11-22")
    with tempfile.TemporaryDirectory() as scratch, Store(Path(scratch) / "crmclean.db") as store:
        started, worked = time.perf_counter(), time.process_time()
        done = import_events([file], store, config)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        began = time.process_time()
        broken = verify_ledger(store.ledger.connection).broken
        verified = time.process_time() - began
        size = store.path.stat().st_size
    return {
        "events": done.read, "added": done.added, "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2), "verify_processor_seconds": round(verified, 2),
        "broken": broken, "store_mb": round(size / 1e6),
    }  # fmt: skip
