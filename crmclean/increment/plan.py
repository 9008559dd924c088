"""Whether a run may be an increment, and why not.

What is not looked at again must come out as it is. So a run is a full one where something else than the
records changed on which all customers depend: the program, the settings, the weights of matching, the
order of the sources; and where so much is new that little would be left.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Literal

import pandas as pd

from crmclean.choices import sources_by_rank
from crmclean.config import Config, SourceConfig
from crmclean.increment.program import program
from crmclean.match.model import Model, model_text
from crmclean.store import Store
from crmclean.tables import Parties

__all__ = ["How", "full_because", "large", "outgrown", "ranked_otherwise", "settings_of"]

How = Literal["", "full", "increment"]
"""What was asked for; empty: an increment where that may be."""
LARGEST = 0.35
"""Share of the stored records up to which new, changed (twice: as new and as gone) and gone ones are taken as an increment: a month
in which a tenth changed, some came and some went leaves customers of whom nothing changed as they are."""


def settings_of(config: Config, models: Mapping[str, Model] | None = None) -> str:
    """The program and a digest of all settings that results depend on, beside those that say what one run may do.

    Args:
        config: All sections.
        models: Models that were handed in.
    """
    said = dataclasses.asdict(config)
    for section, names in {"read": ("allow_loss",), "match": ("max_merge_share",)}.items():
        for name in names:
            said[section].pop(name)
    said["read"]["sources"] = _without_mode(config)
    kept = {name: said[name] for name in ("read", "normalize", "match", "merge", "consent")}
    kept["write"] = {name: said["write"][name] for name in ("consent_channels", "consent_purposes")}
    kept["models"] = {kind: model_text(model) for kind, model in (models or {}).items()}
    text = json.dumps(kept, sort_keys=True, default=_named)
    return f"{program()} {hashlib.blake2b(text.encode('utf-8'), digest_size=8).hexdigest()}"


def _without_mode(config: Config) -> dict[str, dict[str, object]]:
    """What is said of the sources; whether they are snapshots says only what is gone."""
    plain = {name: dataclasses.replace(source, mode="") for name, source in config.read.sources.items()}
    return {name: dataclasses.asdict(one) for name, one in plain.items() if one != SourceConfig()}


def _named(value: object) -> str:
    """Functions by their name: their text would hold an address that is another one in each process."""
    if callable(value):
        return (
            f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"
        )
    return str(value)


def full_because(store: Store | None, config: Config, settings: str, how: How) -> str:
    """Why a run must be a full one, as far as that is known before anything is read; empty: it need not.

    Args:
        store: The store.
        config: All sections.
        settings: Their digest.
        how: What was asked for.
    """
    if store is None or store.last_run() is None:
        return "first"
    if how == "full":
        return "asked"
    runs, standing = store.load("runs"), set(store.standing())
    before = runs.loc[runs["run_id"].isin(standing), "settings"].dropna().tolist()
    if not before:
        return "unknown"
    if before[-1] != settings:
        return "program" if before[-1].split()[0] != settings.split(maxsplit=1)[0] else "settings"
    said = config.read.sources.values()
    if any(not s.include or s.min_quality or s.max_age or s.origin for s in said):
        return "conditions"
    chains = config.merge.rules.values()
    return "conditions" if any("trust_decay" in chain for chain in chains) else ""


def large(touched: int, stored: int) -> bool:
    """Whether so many records are touched that a full run takes no longer.

    Args:
        touched: Records that are new, changed or gone.
        stored: Records of the store.
    """
    return touched > LARGEST * stored


def outgrown(store: Store, kept: Mapping[str, Model]) -> bool:
    """Whether the parties of a kind are too many by now, or too few, for its model of before.

    Args:
        store: The run before.
        kept: The models that still fit.
    """
    models = store.load("models")
    return bool((models["parties"].gt(0) & ~models["kind"].isin(list(kept))).any())


def ranked_otherwise(config: Config, before: Parties, now: Parties) -> bool:
    """Whether the sources stand in another order than before; those that are new do not count."""
    one, two = (
        sources_by_rank(config, parties.groupby("source")["quality"].mean()) for parties in (before, now)
    )
    return one != tuple(source for source in two if source in set(one)) or _only_last(one, two)


def _only_last(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    return len(pd.Index(one).difference(pd.Index(two))) > 0
