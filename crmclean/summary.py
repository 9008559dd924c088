"""What a run counted, as figures for machines and as sentences for people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

import crmclean
from crmclean.common_tables import pair_rows
from crmclean.issues import CODES
from crmclean.merge.columns import ranks
from crmclean.messages import say
from crmclean.report import ReportFacts
from crmclean.result import Result
from crmclean.schema import coded_rows, codes_of, ranked_codes
from crmclean.tables import SCORES
from crmclean.write import issue_sentences

__all__ = [
    "counts_of",
    "not_understood",
    "permission_rows",
    "report_facts",
    "riskiest_merges",
    "summary_lines",
    "taken_lines",
]
_OF_FILES = [code for code, (group, _) in CODES.items() if group == "file"]


def counts_of(result: Result) -> dict[str, Any]:
    """The figures of a run: records, files, customers, pairs, permissions per channel and reason."""
    if "counts" not in result.cache:
        result.cache["counts"] = _counts(result)
    return {**result.cache["counts"], "ledger_head": result.ledger_head}


def _counts(result: Result) -> dict[str, Any]:
    customers = result.customers
    records = result.read.records
    issues = result.issues
    return {
        "as_of": result.as_of,
        "policy": result.policy,
        "files": int(result.read.sources["file"].nunique()),
        "customer_files": int(records["source"].nunique()),
        "records": len(records),
        "customers": len(customers),
        "persons": int((customers["kind"] == "person").sum()),
        "organizations": int((customers["kind"] == "organization").sum()),
        "excluded": len(result.excluded),
        "merged_records": len(records)
        - int((result.excluded["reason"] != "suppressed").sum())
        - int(result.crosswalk["customer_id"].nunique()),
        "pairs_match": int((result.pairs["band"] == "match").sum()),
        "pairs_review": int((result.pairs["band"] == "review").sum()),
        "consent_events": len(result.consents),
        "ledger_head": result.ledger_head,
        "touchpoints": len(result.touchpoints),
        "touchpoints_linked": int(result.touchpoints["customer_id"].notna().sum()),
        "relations": {
            str(k): int(v) for k, v in result.relations["kind"].value_counts().sort_index().items()
        },
        "issues": {str(k): int(v) for k, v in issues["severity"].value_counts().sort_index().items()},
        "permissions": permission_counts(result.decided),
    }


def permission_counts(permissions: pd.DataFrame | pa.Table) -> dict[str, dict[str, int]]:
    """Channel and purpose -> reason -> customers; the best answer over a customer's contact points."""
    if not len(permissions):
        return {}
    rows = coded_rows(permissions, ["customer_id", "channel", "purpose", "allowed", "reason"])
    customer = codes_of(rows["customer_id"])[0]
    channel, purpose, reason = (ranked_codes(rows[name]) for name in ("channel", "purpose", "reason"))
    asked = channel[0] * len(purpose[1]) + purpose[0]
    group = customer * (len(channel[1]) * len(purpose[1])) + asked
    refused = ~rows["allowed"].to_numpy()
    order = np.argsort(group * (2 * len(reason[1])) + refused * len(reason[1]) + reason[0])
    first = order[np.concatenate([[True], np.diff(group[order]) != 0])]
    kinds, customers = np.unique(asked[first] * len(reason[1]) + reason[0][first], return_counts=True)
    result: dict[str, dict[str, int]] = {}
    for kind, count in zip(kinds.tolist(), customers.tolist(), strict=True):
        question, why = divmod(kind, len(reason[1]))
        on, what = divmod(question, len(purpose[1]))
        result.setdefault(f"{channel[1][on]} {purpose[1][what]}", {})[reason[1][why]] = count
    return result


def riskiest_merges(result: Result, most: int = 10) -> pd.DataFrame:
    """The automatic merges that hang on the least: for each merged party its strongest link.

    Returns:
        Rows of pairs.csv, the weakest link first.
    """
    key = f"riskiest {most}"
    if key not in result.cache:
        result.cache[key] = _riskiest(result, most)
    found: pd.DataFrame = result.cache[key]
    return found


def _riskiest(result: Result, most: int) -> pd.DataFrame:
    scores = result.matches.scores
    rows = np.flatnonzero((scores["outcome"] == "merged").to_numpy())
    left, right = (scores[side].take(rows) for side in ("party_l", "party_r"))
    rank = ranks(pd.concat([left, right], ignore_index=True))
    one, other = rank[: len(rows)], rank[len(rows) :]
    weight = scores["weight"].to_numpy()[rows]
    party, place = rank, np.tile(np.arange(len(rows)), 2)
    order = np.lexsort((other[place], one[place], -weight[place], party))
    strongest = place[order[np.flatnonzero(np.diff(party[order], prepend=-1))]]
    found = np.unique(strongest)
    chosen = rows[found[np.lexsort((other[found], one[found], weight[found]))[:most]]]
    return pair_rows(SCORES.check(scores.iloc[chosen][SCORES.names]), result.lang)


def summary_lines(result: Result) -> list[str]:
    """The summary in sentences: what was counted and what was not understood."""
    counts, lang = counts_of(result), result.lang
    lines = [
        say(
            "cli.summary.records",
            lang,
            records=counts["records"],
            files=counts["customer_files"],
            customers=counts["customers"],
            persons=counts["persons"],
            organizations=counts["organizations"],
            review=counts["pairs_review"],
        ),
    ]
    if counts["excluded"]:
        lines.append(say("cli.summary.excluded", lang, records=counts["excluded"]))
    if counts["touchpoints"]:
        lines.append(
            say(
                "cli.summary.touchpoints",
                lang,
                linked=counts["touchpoints_linked"],
                all=counts["touchpoints"],
            )
        )
    found = counts["issues"]
    lines.append(
        say(
            "cli.summary.issues",
            lang,
            errors=found.get("error", 0),
            warnings=found.get("warning", 0),
            infos=found.get("info", 0),
        )
    )
    lines.append(say("cli.summary.policy", lang, policy=result.policy, as_of=result.as_of))
    if result.ledger_head:
        lines.append(say("ledger.head", lang, events=counts["consent_events"], head=result.ledger_head))
    return lines


def taken_lines(result: Result) -> list[str]:
    """Whether the run was an increment, and why not; nothing of a first run."""
    if result.taken == "increment":
        counts = result.intake
        records = 0 if counts is None else int(counts[["new", "changed"]].to_numpy().sum())
        lines = [say("increment.taken", result.lang, records=records, customers=result.touched)]
        return [*lines, say("increment.partial", result.lang)] if result.partial else lines
    if result.because in ("", "first"):
        return []
    return [
        say("increment.full", result.lang, because=say(f"increment.because.{result.because}", result.lang))
    ]


def not_understood(result: Result, most: int = 8) -> list[str]:
    """Warnings and errors about whole files and columns, as sentences."""
    issues = result.issues
    whole = issues[issues["record_id"].isna() & issues["severity"].isin(["error", "warning"])]
    whole = whole[whole["code"].isin(_OF_FILES)].drop_duplicates(["file", "code", "detail"])
    lines = [
        f"{file}: {sentence}"
        for file, sentence in zip(
            whole["file"].fillna(whole["source"]), issue_sentences(whole, result.lang), strict=True
        )
    ]
    if len(lines) > most:
        lines = [*lines[:most], say("cli.summary.more", result.lang, number=len(lines) - most)]
    return lines


def permission_rows(result: Result) -> list[list[str | int]]:
    """Customers per channel and purpose: by consent, otherwise permitted, unproven, denied, nothing known."""
    rows: list[list[str | int]] = []
    for key, reasons in counts_of(result)["permissions"].items():
        channel, _, purpose = key.partition(" ")
        groups = [sum(n for r, n in reasons.items() if r in names) for names in _GROUPS]
        rest = sum(reasons.values()) - sum(groups)
        rows.append([say(f"cli.channel.{channel}", result.lang), purpose, *groups, rest])
    return rows


def report_facts(result: Result) -> ReportFacts:
    """What the report shows of a run."""
    counts = counts_of(result)
    figures = {name: counts[name] for name in ("records", "files", "customers", "persons", "organizations")}
    return ReportFacts(
        sources=result.read.sources,
        mappings=result.read.mappings,
        customers_flat=result.customers,
        pairs=result.pairs,
        riskiest=riskiest_merges(result),
        issues=result.issues,
        permissions=result.decided,
        relations=result.relations_shown,
        touchpoints=result.touchpoints,
        records=result.read.records,
        counts={**figures, "review": counts["pairs_review"]},
        policy=result.policy,
        as_of=result.as_of,
        version=crmclean.__version__,
        models=tuple(result.matches.models[k] for k in sorted(result.matches.models)),
    )


_GROUPS = (
    {"CONSENT"},
    {"EXISTING_CUSTOMER", "PRESUMED_CONSENT", "LIVE_CALL_PERMITTED", "LEGITIMATE_INTEREST"},
    {"LEGACY_UNPROVEN", "NOT_PROVEN", "PENDING_CONFIRMATION", "NOT_SPECIFIC"},
    {"WITHDRAWN", "OBJECTED", "DECLINED", "SUPPRESSED", "ERASED", "BLOCKED", "RESTRICTED"},
)
