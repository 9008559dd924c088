"""A verdict per source with its evidence: use it, repair it first, or leave it out.

When in doubt few valid records beat many stale ones. Each figure that speaks against a source is
named with its share; the thresholds are below. A source whose persons all stand elsewhere and that
has not been cared for adds errors and nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from crmclean.profile.findings import last_change
from crmclean.tables import Clusters, Contacts, Issues, Parties, Records, Sources

__all__ = ["profile_overlap", "profile_sources"]

_REPAIR: Mapping[str, float] = {"affected": 0.25, "empty": 0.1, "duplicates": 0.1, "stale": 0.5}
"""Share of the records from which a source is to be repaired first."""
_LEAVE: Mapping[str, float] = {"affected": 0.75, "empty": 0.5}
_STALE_YEARS = 5
_MOSTLY_STALE = 0.8
_NOTHING_NEW = 0.05


def profile_sources(
    sources: Sources,
    records: Records,
    issues: Issues,
    *,
    parties: Parties | None = None,
    overlap: pd.DataFrame | None = None,
    as_of: str = "",
) -> pd.DataFrame:
    """Figures and a verdict per source.

    Args:
        sources: Files and what they were taken for.
        records: Raw records.
        issues: Findings of reading and normalising.
        parties: Normalised; tells quality, age and records without a valid fact.
        overlap: As `profile_overlap` gives it; tells duplicates and what only this source has.
        as_of: ISO day from which age is counted; empty: records are not called stale.

    Returns:
        source, roles (str), rows, records (int), errors, warnings (int, findings), affected (share of
        records with an error in a value that is there), completeness (share of the expected facts that are there and valid),
        empty (share of records with no valid fact at all), stale (share without a sign of life for five years, of
        those that tell one), dated (share that tell one), duplicates, only_here (shares; missing without
        overlap), evidence (codes and shares of what speaks against it), verdict (use, repair or leave_out).
    """
    bad = issues[issues["severity"] == "error"]
    figures = {
        "records": records.groupby("source").size(),
        "errors": bad.groupby("source").size(),
        "warnings": issues[issues["severity"] == "warning"].groupby("source").size(),
    }
    result = (
        sources.groupby("source", sort=True).agg(roles=("roles", "first"), rows=("rows", "sum")).reset_index()
    )
    for name, counts in figures.items():
        result[name] = result["source"].map(counts).fillna(0).astype("int64")
    wrong = bad[~bad["code"].astype("str").str.endswith("_missing")].dropna(subset=["record_id"])
    touched = wrong.groupby("source")["record_id"].nunique()
    counted = result["source"].map(touched).astype("float64").fillna(0)
    result["affected"] = (counted / result["records"].clip(lower=1)).round(4)
    shares = pd.DataFrame(index=pd.Index([], name="source")) if parties is None else _shares(parties, as_of)
    if overlap is not None:
        shares = shares.join(overlap.set_index("source")[["duplicates", "only_here"]], how="outer")
    for name in ("completeness", "empty", "stale", "dated", "duplicates", "only_here"):
        known = shares[name] if name in shares else pd.Series(dtype="float64")
        result[name] = result["source"].map(known).astype("float64").round(4)
    said = [_verdict(row) for row in result.to_dict("records")]
    result["evidence"] = pd.Series([evidence for evidence, _ in said], index=result.index, dtype="str")
    result["verdict"] = pd.Series([verdict for _, verdict in said], index=result.index, dtype="str")
    return result


def _shares(parties: Parties, as_of: str) -> pd.DataFrame:
    """completeness, empty, dated, stale per source."""
    best = parties.groupby(["source", "record_id"])["quality"].max().reset_index()
    best["empty"] = best["quality"] == 0
    result = best.groupby("source").agg(completeness=("quality", "mean"), empty=("empty", "mean"))
    changed = last_change(parties)
    result["dated"] = changed.groupby("source")["changed"].agg(lambda days: days.notna().mean())
    dated = changed.dropna(subset=["changed"])
    if as_of:
        limit = f"{int(as_of[:4]) - _STALE_YEARS:04d}{as_of[4:10]}"
        result["stale"] = (dated["changed"] < limit).groupby(dated["source"]).mean()
    return result


def _verdict(row: Mapping[Hashable, object]) -> tuple[str, str]:
    """The evidence against a source, and what follows from it."""
    if int(str(row["rows"])) == 0:
        return "no_rows=1.00", "leave_out"
    if str(row["roles"]) in {"", "unknown"}:
        return "not_understood=1.00", "repair"
    shares = {name: float(str(row[name])) for name in (*_REPAIR, "only_here")}
    against = [name for name, limit in _REPAIR.items() if shares[name] >= limit]
    told = [f"{name}={shares[name]:.2f}" for name in against]
    redundant = shares["stale"] >= _MOSTLY_STALE and shares["only_here"] < _NOTHING_NEW
    if redundant:
        told.append(f"only_here={shares['only_here']:.2f}")
    if redundant or any(shares[name] >= limit for name, limit in _LEAVE.items()):
        return " ".join(told), "leave_out"
    return " ".join(told), "repair" if against else "use"


def profile_overlap(clusters: Clusters, parties: Parties, contacts: Contacts | None = None) -> pd.DataFrame:
    """What each source shares with the others, after matching.

    Args:
        clusters: Party -> cluster.
        parties: All parties.
        contacts: Their contact points, if what each source adds of these is to be told, too.

    Returns:
        source, customers (int: clusters with a record of it), only_here (share of these with records of
        no other source), duplicates (share of its records beyond the first of each customer), new_contacts
        (share of its contact points that no other source has; missing without contacts).
    """
    source = parties.set_index("party")["source"]
    placed = clusters.assign(source=clusters["party"].map(source))
    sources = placed.groupby("cluster")["source"].nunique()
    pairs = placed.groupby(["source", "cluster"], sort=True).size().reset_index(name="parties")
    pairs["alone"] = pairs["cluster"].map(sources) == 1
    result = pairs.groupby("source", sort=True).agg(
        customers=("cluster", "size"), only_here=("alone", "mean"), parties=("parties", "sum")
    )
    result["duplicates"] = 1 - result["customers"] / result["parties"]
    result["new_contacts"] = float("nan") if contacts is None else _new_contacts(contacts, source)
    return result.drop(columns="parties").round(4).reset_index()


def _new_contacts(contacts: Contacts, source: pd.Series[str]) -> pd.Series[float]:
    keyed = contacts.dropna(subset=["key"])
    points = pd.DataFrame({"source": keyed["party"].map(source), "kind": keyed["kind"], "key": keyed["key"]})
    points = points.drop_duplicates()
    alone = ~points.duplicated(["kind", "key"], keep=False)
    share: pd.Series[float] = alone.astype("float64").groupby(points["source"]).mean()
    return share
