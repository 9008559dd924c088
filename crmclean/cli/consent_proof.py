"""``crmclean consent proof``: what proves a person's consents, as JSON or as a page to print."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.consent_options import STORE, today
from crmclean.cli.console import tell_json
from crmclean.cli.options import common_options, configured, store_path
from crmclean.config import Config

__all__ = ["command"]

_NAME = ("title", "given_name", "family_name")
_PLACE = (("street", "house_number"), ("po_box",), ("postal_code", "city"), ("country",))


@click.command("proof")
@click.argument("customer", metavar="CUSTOMER")
@click.option("--channel", help="Only what concerns this channel.")
@click.option("--contact-point", help="Only what concerns this address or number.")
@click.option("--as-of", help="Day asked about, as 2026-06-30; default: today.")
@STORE
@click.option(
    "--texts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="csv of wordings beside those kept.",
)
@click.option(
    "--output", "-o", help="File: .html is a page to print, else JSON; default: JSON on standard output."
)
@common_options
def command(
    customer: str,
    channel: str | None,
    contact_point: str | None,
    store: Path | None,
    texts: Path | None,
    output: str | None,
    **options: Any,
) -> None:
    """Show the evidence of a customer's consents: who, which words, when, how, confirmation, uses, withdrawal.

    After Art. 7(1) GDPR and s. 7a UWG; under the names of ISO/IEC TS 27560 and the W3C Data Privacy
    Vocabulary. Exit code 1 if the ledger is broken. CUSTOMER as for show.
    """  # fmt: skip
    from crmclean.report.proof import render_proof
    from crmclean.store import Store
    from crmclean.store.ledger_verify import verify_ledger
    from crmclean.view import pick_customer

    config = today(configured(options["config"], lang=options["lang"], as_of=options["as_of"], store=store))
    with Store(store_path(store), create=False, read_only=True, lang=config.lang) as opened:
        country = config.normalize.default_country or None
        customer_id = pick_customer(opened, customer, country=country, lang=config.lang)
        proof = _proof(opened, customer_id, (channel, _point(contact_point, config)), config, texts)
        checked = asdict(verify_ledger(opened.ledger.connection))
    proof["ledger"] = {**checked, "ok": not checked["broken"]}
    if output is None:
        tell_json(proof)
    else:
        _write(proof, output, lambda: render_proof(proof, config.lang))
    if checked["broken"]:
        raise click.exceptions.Exit(1)


def _write(proof: dict[str, Any], output: str, page: Any) -> None:
    import json

    from crmclean.write.one_file import write_file

    html = output.lower().endswith((".html", ".htm"))
    text = page() if html else json.dumps(proof, ensure_ascii=False, indent=2) + "\n"

    def written(place: Path) -> None:
        place.write_bytes(text.encode("utf-8"))

    write_file(output, written)


def _point(written: str | None, config: Config) -> str | None:
    """The contact point as the ledger has it."""
    if written is None:
        return None
    from crmclean.normalize.contact_point import normalize_contact_point

    country = config.normalize.default_country or None
    return (normalize_contact_point(written, country=country).value or written).lower()


def _proof(
    store: Any, customer_id: str, only: tuple[str | None, str | None], config: Config, texts: Path | None
) -> dict[str, Any]:
    from crmclean.cli.consent_people import neighbourhood, own_events, person_of
    from crmclean.cli.consent_texts import read_texts
    from crmclean.consent import events_of
    from crmclean.consent.proof import proof_of
    from crmclean.permissions import policy_for
    from crmclean.tables import Members

    tables = neighbourhood(store, customer_id)
    kept = store.load("texts")
    wordings = pd.concat([kept, read_texts(texts)]).drop_duplicates("text_id") if texts is not None else kept
    found = wordings.astype(object).where(wordings.notna(), None).to_dict("records")
    members = Members(tables["members"])
    person = person_of(tables, customer_id, config)
    proof = proof_of(
        events_of(own_events(tables, customer_id)),
        person,
        config.as_of,
        policy=policy_for(customer_id, members, config),
        wordings={str(row["text_id"]): {str(k): v for k, v in row.items()} for row in found},
        only=only,
    )
    return {"principal": _principal(tables["values"], members, customer_id), **proof}


def _principal(values: pd.DataFrame, members: pd.DataFrame, customer_id: str) -> dict[str, Any]:
    """Who it is: name, address, records."""
    shown = values[values["is_primary"]].drop_duplicates("field").set_index("field")["value"].to_dict()
    person = " ".join(str(shown[n]) for n in _NAME if shown.get(n))
    lines = [" ".join(str(shown[n]) for n in line if shown.get(n)) for line in _PLACE]
    own = members[members["customer_id"] == customer_id]
    return {
        "pii_principal_id": customer_id,
        "name": ", ".join(part for part in (person, str(shown.get("organization") or "")) if part),
        "address": ", ".join(line for line in lines if line),
        "records": sorted(set(own["source"] + ":" + own["record_id"])),
    }
