"""Findings of recognition: ids, private columns, unknown columns, files that were not understood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmclean.issues import issue_table, severity_of
from crmclean.read.keys import Keys, repeated_id
from crmclean.read.mapping import Understood
from crmclean.read.raw import RawTable
from crmclean.tables import Issues

__all__ = ["duplicate_findings", "own_findings", "table_findings", "untied_findings"]


def own_findings(table: RawTable, source: str) -> Issues:
    """What the loader noticed, with source and file."""
    return issue_table(
        {"source": source, "file": table.file or table.stem, "row": 0, **f} for f in table.findings
    )


def table_findings(
    table: RawTable, source: str, understood: Understood, key: int | None, keys: Keys
) -> Issues:
    """What recognition noticed about a table as a whole; columns are named, values never."""
    rows: list[dict[str, object]] = []
    reported = {str(f.get("code")) for f in table.findings}
    if table.frame.empty:
        if "no_rows" not in reported:
            rows.append({"code": "no_rows"})
    elif understood.roles == ("unknown",):
        rows.append({"code": "file_not_understood", "detail": ", ".join(map(str, table.frame.columns[:12]))})
    elif key is None and "customers" in understood.roles:
        same = int(pd.Series(keys.ids).str.contains("#", regex=False).sum())
        rows.append({"code": "no_id_column", "detail": str(len(keys.ids))})
        if (again := repeated_id(table.frame, understood)) is not None:
            rows.append({"code": "ids_repeated", "field": again[0], "detail": str(again[1])})
        rows += [{"code": "identical_rows", "detail": str(same)}] if same else []
    rows += [
        {"code": f"{g.reason}_column", "field": g.column}
        for g in understood.guesses
        if g.reason in {"sensitive", "note"}
    ]
    unknown = [g.column for g in understood.guesses if g.reason == "unknown"]
    if unknown and not table.frame.empty:
        rows.append({"code": "columns_unknown", "detail": ", ".join(unknown)})
    return issue_table({"source": source, "file": table.file or table.stem, "row": 0, **row} for row in rows)


def duplicate_findings(place: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """One finding per row whose id stood in its source before."""
    rows = np.flatnonzero(keys.repeated & ~keys.made)
    found = place.iloc[rows][["source", "record_id", "file", "row"]].copy()
    found["raw"] = found["record_id"].str.rsplit("#", n=1).str[0]
    return found.assign(
        code="duplicate_record_id", severity=severity_of("duplicate_record_id"), field="record_id"
    )


def untied_findings(untied: Mapping[str, int]) -> Issues:
    """One finding per word for a source that could not be tied."""
    return issue_table(
        {"source": word, "code": "source_untied", "field": "source", "detail": str(count), "row": 0}
        for word, count in sorted(untied.items())
    )
