"""The language in which a command's errors are said, known before the command has begun.

In this order: --lang; `lang` of the configuration (--config, else crmclean.toml beside the store or here);
German where the system speaks German; else English. Results never depend on the system.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from crmclean.errors import CrmcleanError
from crmclean.messages import Lang, catalogue, say

__all__ = ["error_texts", "spoken"]

_PROJECT_FILE = "crmclean.toml"


def spoken(arguments: Sequence[str]) -> Lang:
    """The language of a command line's errors.

    Args:
        arguments: As given to the program, without its name.
    """
    said = _option(arguments, "--lang") or _configured(arguments) or _system()
    return "de" if said == "de" else "en"


def error_texts(error: CrmcleanError, lang: Lang) -> tuple[str, str]:
    """Message and hint of an error in a language, as far as the catalogue has them."""
    if not error.key or error.key not in catalogue():
        return error.message, error.hint
    hint = f"{error.key}.hint"
    try:
        message = say(error.key, lang, **error.values)
        return message, say(hint, lang, **error.values) if hint in catalogue() else error.hint
    except KeyError:  # an error made with other values than its sentence asks for is said as it came
        return error.message, error.hint


def _option(arguments: Sequence[str], *names: str) -> str:
    """The value of an option, the last if it stands twice; empty without one."""
    found = ""
    for at, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if argument == "--":
            break
        if name in names:
            found = value if sign else next(iter(arguments[at + 1 : at + 2]), "")
    return found


def _configured(arguments: Sequence[str]) -> str:
    """The language in the configuration, empty if it says none or cannot be read."""
    named = _option(arguments, "--config", "-c")
    store = _option(arguments, "--store")
    target = Path(named) if named else Path(store).parent / _PROJECT_FILE
    try:
        lang = tomllib.loads(target.read_text(encoding="utf-8-sig")).get("lang", "")
    except (OSError, ValueError):
        return ""
    return lang if lang in {"en", "de"} else ""


def _system() -> str:
    """The first two letters of the system's language."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), "") or locale.getlocale()[0] or ""
    return "de" if name.lower().startswith(("de", "german")) else ""
