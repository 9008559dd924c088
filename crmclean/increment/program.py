"""What of the program results depend on, as a number: a store made with other rules is consolidated anew.

The number of the version tells releases apart, but not two states of an installation from its sources. So the
bytes of the stages and of their lists count, and the versions of the libraries that know numbering plans, names
and check digits. Comments count, too: a full run too many costs time, one too few leaves customers behind.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import crmclean

__all__ = ["digest_of", "program"]

STAGES = ("consent", "data", "increment", "match", "merge", "normalize", "read", "text")
"""Rooms whose rules decide what a result is; the modules beside the rooms count as well."""
LIBRARIES = (
    "chardet", "email-validator", "ftfy", "jellyfish", "nameparser", "phonenumbers", "python-stdnum", "rapidfuzz",
    "disposable-email-domains", "countrystatecity-postal-codes",
)  # fmt: skip
_RULES = frozenset({".csv", ".json", ".py", ".toml", ".txt"})


@cache
def program() -> str:
    """Version and rules of this installation, in one word."""
    found = hashlib.blake2b(digest_of(Path(crmclean.__file__).parent).encode("ascii"), digest_size=6)
    for name in LIBRARIES:
        found.update(f"\n{name} {_version(name)}".encode())
    return f"{crmclean.__version__}+{found.hexdigest()}"


def digest_of(package: Path) -> str:
    """A digest of the files that hold rules; ends of lines do not count.

    Args:
        package: The folder of the package.
    """
    found = hashlib.blake2b(digest_size=16)
    rooms = [package.glob("*"), *((package / room).rglob("*") for room in STAGES)]
    files = {file for room in rooms for file in room if file.suffix in _RULES and file.parent.name != "build"}
    for name, file in sorted((file.relative_to(package).as_posix(), file) for file in files):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{name}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _version(name: str) -> str:
    """The version of a library, "" where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
