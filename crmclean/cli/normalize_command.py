"""``crmclean normalize``: a single table, original columns kept, normalised ones added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pandas as pd

from crmclean.cli.console import tell, tell_json
from crmclean.cli.options import common_options, configured, inputs_of
from crmclean.messages import say

__all__ = ["command"]

_PARTY = [
    "salutation",
    "title",
    "given_name",
    "middle_names",
    "name_prefix",
    "family_name",
    "name_suffix",
    "birth_name",
    "birth_date",
    "organization",
    "legal_form",
    "vat_id",
    "iban",
]
_ADDRESS = [
    "care_of",
    "street",
    "house_number",
    "addition",
    "po_box",
    "postal_code",
    "city",
    "district",
    "country",
]
_CONTACTS = ("email", "phone", "fax", "handle", "web")


@click.command("normalize")
@click.argument("file", metavar="FILE")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("-"),
    help="File to write; - is standard output (default).",
)
@common_options
def command(file: str, output: Path, **options: Any) -> None:
    """Add normalised columns (prefix n_) to a table; findings go beside it as NAME.issues.csv."""
    from crmclean.normalize.records import normalize_records
    from crmclean.read import read_records
    from crmclean.write import issue_sentences, write_csv, write_file

    config = configured(options["config"], lang=options["lang"])
    read = read_records(inputs_of([file], []), config.read)
    normal = normalize_records(read.records, config.normalize, sources=read.sources)
    frame = normalized_columns(read.frames, read.records, normal.parties, normal.contacts, normal.addresses)
    issues = pd.concat([read.issues, normal.issues], ignore_index=True)
    if str(output) == "-":
        write_csv(frame, "-", config.write.csv_format)
        return
    beside = output.with_name(f"{output.stem}.issues.csv")
    form = config.write.csv_format
    write_file(output, lambda path: write_csv(frame, path, form))
    found = issues.assign(message=issue_sentences(issues, config.lang))
    write_file(beside, lambda path: write_csv(found, path, form))
    if options["as_json"]:
        tell_json(
            {"records": len(frame), "issues": len(issues), "file": str(output), "issues_file": str(beside)}
        )
    elif not options["quiet"]:
        tell(
            say(
                "cli.normalize.summary",
                config.lang,
                records=len(frame),
                issues=len(issues),
                file=beside.as_posix(),
            )
        )


def normalized_columns(
    frames: dict[str, pd.DataFrame],
    records: pd.DataFrame,
    parties: pd.DataFrame,
    contacts: pd.DataFrame,
    addresses: pd.DataFrame,
) -> pd.DataFrame:
    """The raw columns of all sources and behind them the normalised ones, a row per record."""
    raw = pd.concat([f.assign(source=s, record_id=f.index) for s, f in frames.items()], ignore_index=True)
    result = records[["source", "record_id"]].merge(
        raw, on=["source", "record_id"], how="left", suffixes=("", "_raw")
    )
    first = parties.sort_values("party").drop_duplicates(["source", "record_id", "kind"])
    person = first[first["kind"] == "person"].set_index(["source", "record_id"])
    company = first[first["kind"] == "organization"].set_index(["source", "record_id"])
    key = pd.MultiIndex.from_frame(result[["source", "record_id"]])
    for name in _PARTY:
        result[f"n_{name}"] = person[name].reindex(key).array
        result[f"n_{name}"] = result[f"n_{name}"].fillna(
            pd.Series(company[name].reindex(key).array, index=result.index)
        )
    owner = (
        first.sort_values("kind", ascending=False).drop_duplicates(["source", "record_id"]).set_index("party")
    )
    for name, values in _reach(contacts, owner):
        result[name] = values.reindex(key).array
    home = addresses[addresses["party"].isin(owner.index)].drop_duplicates("party")
    home = home.assign(
        source=home["party"].map(owner["source"]), record_id=home["party"].map(owner["record_id"])
    )
    home = home.set_index(["source", "record_id"])
    for name in _ADDRESS:
        result[f"n_{name}"] = home[name].reindex(key).array
    return result


def _reach(contacts: pd.DataFrame, owner: pd.DataFrame) -> list[tuple[str, pd.Series[str]]]:
    """Per kind of contact the valid values of each record, joined by blanks."""
    valid = contacts[contacts["valid"] & contacts["party"].isin(owner.index)]
    found = []
    for kind in _CONTACTS:
        part = valid[valid["kind"] == kind].drop_duplicates(["party", "value"])
        if len(part):
            where = [part["party"].map(owner["source"]), part["party"].map(owner["record_id"])]
            found.append((f"n_{kind}", part["value"].groupby(where).agg(" ".join)))
    return found
