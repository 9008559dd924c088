"""``crmclean consent key``: which key erased people are known by, and a new one."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured
from crmclean.messages import say

__all__ = ["command"]


@click.command("key")
@click.option("--rotate", is_flag=True, help="Put a new key in use; the old ones stay for their entries.")
@common_options
def command(*, rotate: bool, **options: Any) -> None:
    """Say which key hides erased people, never the key itself."""
    from crmclean.store.keys import key_file, read_keys, rotate_key

    config = configured(options["config"], lang=options["lang"])
    ring = rotate_key(lang=config.lang) if rotate else read_keys(create=False, lang=config.lang)
    if options["as_json"]:
        ids = list(ring.keys) if ring else []
        tell_json(
            {"place": ring.place if ring else str(key_file()), "ids": ids, "made": bool(ring and ring.made)}
        )
    elif ring is None:
        tell(say("ledger.key_none", config.lang, place=key_file()))
    else:
        if ring.made:
            tell(say("ledger.key_made", config.lang, place=ring.place))
        first, *older = ring.keys
        tell(say("ledger.key_used", config.lang, id=first, place=ring.place))
        if older:
            tell(say("ledger.key_old", config.lang, ids=", ".join(older)))
