"""crmclean: scattered customer exports in, consolidated customers out.

The way through the code: `pipeline.py` holds the stages in order and is the page to read first;
each stage is a package of its own (read, normalize, match, consent, merge, view, write, report);
`tables.py` declares the tables in which they meet. docs/concepts.md explains the rest.

Public names load on first use, so that importing the package stays fast.
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_HOME: dict[str, str] = {
    "Cleaned": "crmclean.values",
    "Config": "crmclean.config",
    "CrmcleanError": "crmclean.errors",
    "Finding": "crmclean.values",
    "load_config": "crmclean.config",
}
__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605  built from the map above


def __getattr__(name: str) -> object:
    """A public name, loaded from its home on first use (PEP 562)."""
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'crmclean' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
