"""Damaged files for every reader: ``python tests/benchmark/fuzz_readers.py --minutes 3 [--reader csv ...]``.

Each file is a small one of our own with bits flipped, bytes cut, doubled or swapped, or a member of
its archive damaged. A file may be read or refused (ReadError); anything else is a finding: a
traceback, a reader that dies or hangs, more than five seconds of computing, more than the memory allowed. Findings are
kept in --keep with the seed that makes them again. Readers run in processes of their own, so that
one that dies is found too. Exit code 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from crmclean.errors import ReadError
from crmclean.read import read_records
from tests.benchmark.fuzz_samples import READERS

MEMORY = 4 << 30
SLOW, STUCK = 5, 60
"""Seconds of computing that a file may take, and seconds after which a reader hangs."""
TOKENS = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b'"', b"'", b";", b",", b"\t", b"\r", b"\n", b"\r\n", b"=", b"\\", b"{", b"}",
    b"[", b"]", b":", b"-1", b"0", b"9" * 40, b"1e999", b"null", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"END:VCARD", b"BEGIN:VCARD",
    b"<!", b"&#0;", b"PK\x03\x04", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x1a", b"\x85", b"\x0b", b"\x1f",
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to eight mutations."""
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        if not body:
            break
        at, kind = chance.randrange(len(body)), chance.randrange(8)
        length = min(len(body) - at, chance.choice((1, 2, 4, 16, 200)))
        if kind == 0:
            body[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            body[at] = chance.randrange(256)
        elif kind == 2:
            del body[at : at + length]
        elif kind == 3:
            body[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 2, 50))
        elif kind == 4:
            body[at:at] = body[at : at + length] * chance.choice((1, 3, 40))
        elif kind == 5:
            body[at : at + length] = chance.choice(TOKENS)
        elif kind == 6:
            other = chance.randrange(len(body))
            body[at : at + length] = body[other : other + length]
        else:
            del body[at:]
    return bytes(body)


def inside(data: bytes, chance: random.Random) -> bytes:
    """The archive with one member damaged; packed soundly again, so that the damage is reached."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = chance.choice(names)
        for name in names:
            plain = old.read(name)
            new.writestr(name, damaged(plain, chance) if name == hit else plain)
    return stream.getvalue()


def case(reader: str, seed: int) -> tuple[str, bytes]:
    """File name and bytes of a seed: the same on every machine."""
    chance = random.Random(f"{reader} {seed}")  # noqa: S311  not for secrets
    name = chance.choice(sorted(READERS[reader]))
    data = READERS[reader][name]
    if data.startswith(b"PK") and chance.random() < 0.7:
        return name, inside(data, chance)
    return name, damaged(data, chance)


def attempt(reader: str, seed: int, folder: Path) -> str:
    """What came of a file: read, refused, or the finding."""
    name, data = case(reader, seed)
    path = folder / name
    path.write_bytes(data)
    (folder / "seed").write_text(str(seed), encoding="utf-8")
    source = f"sqlite:///{path.as_posix()}#customers" if reader == "sql" else path
    signal.setitimer(signal.ITIMER_PROF, SLOW)
    signal.alarm(STUCK)
    try:
        read_records([source])
    except ReadError as error:
        return "refused" if error.hint else f"no hint: {error.message}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    return "read"


def too_slow(_number: int, _frame: object) -> None:
    """Ends a file that takes too long."""
    raise TimeoutError


def work(reader: str, seconds: float, first: int, folder: Path) -> None:
    """Reads damaged files until the time is over; prints one line per finding and the counts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, too_slow)
    signal.signal(signal.SIGPROF, too_slow)
    counts: Counter[str] = Counter()
    end, seed = time.monotonic() + seconds, first
    while time.monotonic() < end:
        said = attempt(reader, seed, folder)
        counts[said] += 1
        if said not in {"read", "refused"} and counts[said] <= 3:
            print(f"FINDING {reader} seed {seed}: {said}", flush=True)
        seed += 1
        if seed % 200 == 0:
            (folder / "counts").write_text(f"{seed - first} files: {dict(counts)}", encoding="utf-8")
    print(f"{reader}: {seed - first} files: {dict(counts.most_common())}", flush=True)


def run(words: list[str], most: float) -> subprocess.CompletedProcess[str]:
    """A reader's process; ended where it hangs in code that no signal of Python's reaches."""
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=most)
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode("utf-8", "replace") if isinstance(error.stdout, bytes) else ""
        return subprocess.CompletedProcess(words, -signal.SIGKILL, said, "hangs")


def supervise(reader: str, seconds: float, keep: Path) -> int:
    """Runs a reader in a process of its own, again where it died; the number of findings."""
    findings, first, end = 0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as name:
            left = end - time.monotonic()
            words = [sys.executable, __file__, "--work", reader, str(left), str(first), name]
            done = run(words, left + 2 * STUCK)
            lines = done.stdout.splitlines()
            seeds = [int(line.split()[3].rstrip(":")) for line in lines if line.startswith("FINDING")]
            print("\n".join(lines), flush=True)
            if done.returncode:
                seed = int((Path(name) / "seed").read_text(encoding="utf-8"))
                last = (done.stderr.strip().splitlines() or [""])[-1]
                print(f"FINDING {reader} seed {seed}: died with {done.returncode} {last}", flush=True)
                seeds.append(seed)
                first = seed + 1
        for seed in seeds:
            file, data = case(reader, seed)
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{reader}_{seed}_{file}").write_bytes(data)
        findings += len(seeds)
        if not done.returncode:
            break
    return findings


def main() -> None:
    """Reads damaged files for some minutes per reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="per reader")
    parser.add_argument("--reader", action="append", choices=sorted(READERS))
    parser.add_argument("--keep", type=Path, default=Path("fuzz_findings"))
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        reader, seconds, first, folder = options.work
        work(reader, float(seconds), int(first), Path(folder))
        return
    readers = options.reader or sorted(READERS)
    findings = sum(supervise(reader, 60 * options.minutes, options.keep) for reader in readers)
    print(f"{findings} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
