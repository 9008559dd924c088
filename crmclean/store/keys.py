"""The secret keys under which erased addresses are remembered: from the environment or a private file.

A plain hash of a mail address or number can be guessed, a keyed one cannot without the key. So the
key is never in the store and never in the project: ``CRMCLEAN_SUPPRESSION_KEY`` holds it, or a file
of the user that nobody else may read, made on first use. Several keys may be known, the first is
the one in use: a key is replaced by putting a new one before it; the entries of the old one stay
readable as long as the old key is kept.

Form, in the variable separated by commas or blanks, in the file one per line: ``id:secret``, or
``secret`` alone, whose id is then made of it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmclean.errors import ConfigError
from crmclean.messages import Lang, say

__all__ = ["VARIABLE", "KeyRing", "key_file", "read_keys", "rotate_key"]

VARIABLE = "CRMCLEAN_SUPPRESSION_KEY"
_LEAST = 16  # characters of a secret


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys at hand, the one in use first.

    Args:
        keys: Key id = secret.
        place: The variable or the file they came from.
        made: Whether the file was made just now.
    """

    keys: Mapping[str, bytes]
    place: str
    made: bool = False

    @property
    def current(self) -> tuple[str, bytes]:
        """Id and secret of the key in use."""
        return next(iter(self.keys.items()))


def key_file(environment: Mapping[str, str] | None = None) -> Path:
    """Where the key lies if the environment does not hold it: the user's folder of settings."""
    said = os.environ if environment is None else environment
    if sys.platform == "win32" and said.get("APPDATA"):
        return Path(said["APPDATA"]) / "crmclean" / "suppression.key"
    folder = said.get("XDG_CONFIG_HOME") or str(Path(said.get("HOME") or Path.home()) / ".config")
    return Path(folder) / "crmclean" / "suppression.key"


def read_keys(
    *, create: bool, lang: Lang = "en", environment: Mapping[str, str] | None = None
) -> KeyRing | None:
    """The keys at hand; None where there is none and none is to be made.

    Args:
        create: Make a key where there is none.
        lang: Language of errors.
        environment: Variables; missing: those of the process.

    Raises:
        ConfigError: A key is too short, or others may read the file.
    """
    said = os.environ if environment is None else environment
    if said.get(VARIABLE, "").strip():
        return KeyRing(_parsed(said[VARIABLE].replace(",", " ").split(), VARIABLE, lang), VARIABLE)
    path = key_file(said)
    if path.is_file():
        return KeyRing(_of_file(path, lang), str(path))
    if not create:
        return None
    _write(path, [_fresh()], lang)
    return KeyRing(_of_file(path, lang), str(path), made=True)


def rotate_key(*, lang: Lang = "en", environment: Mapping[str, str] | None = None) -> KeyRing:
    """Puts a new key before the others of the file; those stay for the entries made with them.

    Raises:
        ConfigError: The environment holds the key: it is replaced there; or the file is not private.
    """
    said = os.environ if environment is None else environment
    if said.get(VARIABLE, "").strip():
        raise ConfigError(
            say("ledger.key_elsewhere", lang, variable=VARIABLE),
            hint=say("ledger.key_elsewhere_hint", lang, variable=VARIABLE),
        )
    path = key_file(said)
    old = list(_of_file(path, lang).items()) if path.is_file() else []
    _write(path, [_fresh(), *(f"{name}:{secret.decode('utf-8')}" for name, secret in old)], lang)
    return KeyRing(_of_file(path, lang), str(path), made=True)


def _fresh() -> str:
    secret = secrets.token_hex(32)
    return f"{_name(secret)}:{secret}"


def _name(secret: str) -> str:
    return hashlib.sha256(f"id of {secret}".encode()).hexdigest()[:8]


def _parsed(entries: list[str], place: str, lang: Lang) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for entry in entries:
        name, colon, secret = entry.rpartition(":")
        if len(secret) < _LEAST:
            raise ConfigError(
                say("ledger.key_short", lang, place=place, least=_LEAST),
                hint=say("ledger.key_short_hint", lang),
            )
        keys[name if colon else _name(secret)] = secret.encode("utf-8")
    return keys


def _of_file(path: Path, lang: Lang) -> dict[str, bytes]:
    try:
        if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                say("ledger.key_open", lang, path=path), hint=say("ledger.key_open_hint", lang, path=path)
            )
        lines = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise ConfigError(say("ledger.key_unreadable", lang, path=path, reason=error.strerror)) from error
    keys = _parsed(lines, str(path), lang)
    if not keys:
        raise ConfigError(say("ledger.key_unreadable", lang, path=path, reason="empty"))
    return keys


def _write(path: Path, lines: list[str], lang: Lang) -> None:
    """The file anew, readable by its owner alone from its first byte on."""
    beside = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ConfigError(
            say("ledger.key_unwritable", lang, path=path, reason=error.strerror),
            hint=say("ledger.key_unwritable_hint", lang, variable=VARIABLE),
        ) from error
