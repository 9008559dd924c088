"""``crmclean consent texts``: the wordings that consents cite, kept with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, now
from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.errors import ReadError
from crmclean.messages import say

__all__ = ["command", "read_texts"]

_NAMES = ("text_id", "language", "wording", "controller", "valid_from", "valid_to")
_SPELLINGS = {
    "id": "text_id", "text_version": "text_id", "version": "text_id", "fassung": "text_id", "sprache": "language",
    "lang": "language", "text": "wording", "wortlaut": "wording", "firma": "controller", "unternehmen": "controller",
    "from": "valid_from", "von": "valid_from", "gueltig_von": "valid_from", "gültig_von": "valid_from",
    "to": "valid_to", "bis": "valid_to", "gueltig_bis": "valid_to", "gültig_bis": "valid_to",
}  # fmt: skip


@click.command("texts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@STORE
@common_options
def command(file: Path, store: Path | None, **options: Any) -> None:
    """Keep the wordings of FILE, a csv with text_id, language, wording, controller, valid_from, valid_to.

    A version that is kept already stays as it is: wordings that consents cite do not change.
    """
    import crmclean
    from crmclean.store import Store
    from crmclean.tables import TEXTS

    config = configured(options["config"], lang=options["lang"], store=store)
    fresh = read_texts(file)
    with Store(store_path(store), lang=config.lang) as opened:
        kept = opened.load("texts")
        new = fresh[~fresh["text_id"].isin(kept["text_id"])]
        both = TEXTS.check(
            pd.concat([kept, new], ignore_index=True) if len(kept) else new.reset_index(drop=True)
        )
        if len(new):
            note = {"at": now(), "version": crmclean.__version__, "command": "consent texts"}
            opened.save_run({"texts": both}, note)
    counts = {"count": len(both), "fresh": len(new)}
    if options["as_json"]:
        tell_json(counts)
    elif not options["quiet"]:
        tell(say("cli.consent.texts_kept", config.lang, **counts))


def read_texts(file: Path) -> pd.DataFrame:
    """The wordings of a csv file, comma or semicolon, one per version.

    Raises:
        ReadError: It is not UTF-8, or has no column for version or wording.
    """
    try:
        frame = pd.read_csv(
            file, sep=None, engine="python", dtype="str", encoding="utf-8-sig", keep_default_na=False
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ReadError.of("errors.texts.csv", name=file.name) from error
    names = {str(name): str(name).strip().lower().replace(" ", "_") for name in frame}
    frame = frame.rename(columns={name: _SPELLINGS.get(plain, plain) for name, plain in names.items()})
    for name in ("text_id", "wording"):
        if name not in frame:
            raise ReadError.of("errors.texts.column", column=name, name=file.name, known=", ".join(_NAMES))
    known = frame.reindex(columns=list(_NAMES)).astype("str")
    known = known.where(known.notna() & (known != ""))
    return known[known["text_id"].notna()].drop_duplicates("text_id").reset_index(drop=True)
